//! Credentials of services by their published shapes: one row each, and nothing else to add.
//!
//! A row says how such a credential begins, what it is made of, how long it is, and where that is written down. A prefix
//! costs a bit in the bitmap of the pass, so rows are free until a word begins like one of them. Check sums that some of
//! them carry are not asked for: a mistyped token is nearly a secret. What begins like a credential and goes on in
//! ordinary words is none; where the beginning says little, the rest must look drawn at random. Credentials without a
//! shape of their own are found by the name before them ([`key_value`](super::key_value)).

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;
use std::borrow::Cow;

/// What a credential is made of, behind its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// Hex digits.
    Hex,
    /// Digits, letters of one case.
    Lower,
    Upper,
    /// Letters and digits.
    Alnum,
    /// And `-`.
    Dash,
    /// And `_`.
    Word,
    /// And `-`, `_` (base64url).
    Url,
    /// And `-`, `_`, `.`.
    Dotted,
    /// And `+`, `/`, `=`, `-`, `_`.
    Base64,
    /// And `-`, `%`.
    Percent,
    /// And `$`, `_`.
    Dollar,
    /// And `-`, `_`, `:`.
    Fcm,
    /// And `!`, `.`, `_`.
    Bang,
    /// Eight, four, four, four, twelve hex digits with dashes.
    Uuid,
    /// The rest of a path.
    Path,
    /// The rest of a path and its query.
    Query,
}

impl Body {
    const fn holds(self, byte: u8) -> bool {
        let more: &[u8] = match self {
            Self::Hex => return byte.is_ascii_hexdigit(),
            Self::Lower => return byte.is_ascii_digit() || byte.is_ascii_lowercase(),
            Self::Upper => return byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            Self::Uuid => return byte.is_ascii_hexdigit() || byte == b'-',
            Self::Alnum => b"",
            Self::Dash => b"-",
            Self::Word => b"_",
            Self::Url => b"-_",
            Self::Dotted => b"-_.",
            Self::Base64 => b"+/=-_",
            Self::Percent => b"-%",
            Self::Dollar => b"$_",
            Self::Fcm => b"-_:",
            Self::Bang => b"!._",
            Self::Path => b"-_./@~%",
            Self::Query => b"-_./@~%?=&",
        };
        let mut at = 0;
        while at < more.len() {
            if more[at] == byte {
                return true;
            }
            at += 1;
        }
        byte.is_ascii_alphanumeric()
    }

    /// For people: the class as a pattern has it.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Hex => "[0-9a-f]",
            Self::Lower => "[0-9a-z]",
            Self::Upper => "[0-9A-Z]",
            Self::Alnum => "[0-9A-Za-z]",
            Self::Dash => "[0-9A-Za-z-]",
            Self::Word => "[0-9A-Za-z_]",
            Self::Url => "[0-9A-Za-z_-]",
            Self::Dotted => "[0-9A-Za-z_.-]",
            Self::Base64 => "[0-9A-Za-z+/=_-]",
            Self::Percent => "[0-9A-Za-z%-]",
            Self::Dollar => "[0-9A-Za-z$_]",
            Self::Fcm => "[0-9A-Za-z_:-]",
            Self::Bang => "[0-9A-Za-z!._]",
            Self::Uuid => "[0-9a-f-]",
            Self::Path => "[0-9A-Za-z_./@~%-]",
            Self::Query => "[0-9A-Za-z_./@~%?=&-]",
        }
    }
}

/// One kind of credential: a row of [`TOKENS`].
#[derive(Debug)]
pub(super) struct Token {
    pub(super) name: &'static str,
    pub(super) service: &'static str,
    /// Where the shape is published.
    pub(super) source: &'static str,
    sites: [Site; 1],
    pub(super) body: Body,
    least: u16,
    most: u16,
    /// The body holds digits and looks drawn at random: its prefix says little.
    random: bool,
    /// How many dots the body has, if it has a fixed number.
    dots: Option<u8>,
    /// The body holds a colon.
    colon: bool,
    /// How many letters and digits, and then a dot, stand before the prefix.
    lead: u8,
    /// Eight to ten digits and a colon stand before the prefix.
    numbered: bool,
    /// Only what is behind the prefix is secret: the prefix is an address.
    behind: bool,
    /// One of these stands in the body.
    marks: &'static [&'static str],
    /// One of these words stands near.
    near: &'static [&'static str],
}

const fn token(
    name: &'static str,
    service: &'static str,
    prefixes: &'static [&'static str],
    body: Body,
    least: u16,
    most: u16,
    source: &'static str,
) -> Token {
    Token {
        name,
        service,
        source,
        sites: [if prefixes.is_empty() { Site::OpaqueRun } else { Site::Prefix(prefixes) }],
        body,
        least,
        most,
        random: false,
        dots: None,
        colon: false,
        lead: 0,
        numbered: false,
        behind: false,
        marks: &[],
        near: &[],
    }
}

impl Token {
    const fn digits(mut self) -> Self {
        self.random = true;
        self
    }

    const fn dots(mut self, dots: u8) -> Self {
        self.dots = Some(dots);
        self
    }

    const fn colon(mut self) -> Self {
        self.colon = true;
        self
    }

    const fn lead(mut self, letters: u8) -> Self {
        self.lead = letters;
        self
    }

    const fn bot(mut self) -> Self {
        self.numbered = true;
        self
    }

    const fn behind(mut self) -> Self {
        self.behind = true;
        self
    }

    const fn marked(mut self, marks: &'static [&'static str]) -> Self {
        self.marks = marks;
        self
    }

    const fn near(mut self, words: &'static [&'static str]) -> Self {
        self.near = words;
        self
    }

    fn prefixes(&self) -> &'static [&'static str] {
        match self.sites {
            [Site::Prefix(prefixes)] => prefixes,
            _ => &[],
        }
    }

    /// For people: prefixes, what follows them, how long it is.
    pub(super) fn shape(&self) -> String {
        let prefixes = self.prefixes();
        let mut shape = match prefixes {
            [] => String::new(),
            [first] => format!("{first} + "),
            [first, .., last] if prefixes.len() > 12 => format!("{first} to {last} + "),
            _ => format!("({}) + ", prefixes.join(" ")),
        };
        if self.lead > 0 {
            shape = format!("{} letters and digits, {shape}", self.lead);
        }
        if self.numbered {
            shape = format!("a number, : and {shape}");
        }
        let length = if self.least == self.most {
            self.least.to_string()
        } else {
            format!("{} to {}", self.least, self.most)
        };
        shape.push_str(&format!("{length} {}", self.body.words()));
        match self.dots {
            Some(1) => shape.push_str(", one dot"),
            Some(dots) => shape.push_str(&format!(", {dots} dots")),
            None => {}
        }
        if !self.marks.is_empty() {
            shape.push_str(&format!(" with {}", self.marks.join(" or ")));
        }
        if !self.near.is_empty() {
            shape.push_str(&format!(" near {}", self.near.join(", ")));
        }
        shape
    }
}

impl Detector for Token {
    fn spec(&self) -> Spec {
        Spec {
            name: Cow::Borrowed(self.name),
            class: Class::Credential,
            sentence: Cow::Borrowed(self.service),
            confidence: if self.near.is_empty() && !self.random { 95 } else { 85 },
            packs: &["credentials"],
            finds: &[],
            passes_over: &[],
        }
    }

    fn sites(&self) -> &[Site] {
        &self.sites
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let prefixes = self.prefixes();
        let mut body = at;
        if !prefixes.is_empty() {
            body += prefixes.iter().find(|prefix| probe.starts_with(at, prefix))?.len();
        }
        let most = usize::from(self.most);
        let end = probe.run_end(body, most + 1, |byte| self.body.holds(byte));
        // Punctuation of the sentence around.
        let end = body + (end - body) - trailing(probe.slice(body..end));
        let length = end - body;
        if length < usize::from(self.least) || length > most || probe.byte(end).is_ascii_alphanumeric() {
            return None;
        }
        let text = probe.slice(body..end);
        let count = |wanted: u8| text.iter().filter(|byte| **byte == wanted).count();
        let looks = match self.body {
            Body::Uuid => is_uuid(text),
            // One word is seldom of just that length behind just that beginning.
            Body::Hex | Body::Lower | Body::Upper | Body::Alnum
                if self.least == self.most && self.least >= 16 && !self.random =>
            {
                true
            }
            _ if self.random => is_random(text),
            _ => is_opaque(text),
        };
        let marked = |mark: &&str| text.windows(mark.len()).any(|window| window == mark.as_bytes());
        if !looks
            || self.dots.is_some_and(|dots| count(b'.') != usize::from(dots))
            || self.colon && count(b':') == 0
            || !self.marks.is_empty() && !self.marks.iter().any(marked)
        {
            return probe.refuse("made of ordinary words, or not of the parts that such a credential has");
        }
        let mut start = if self.behind { body } else { at };
        if self.lead > 0 {
            let first = probe.run_start(at.checked_sub(1)?, usize::from(self.lead) + 1, |byte| {
                byte.is_ascii_alphanumeric()
            });
            if probe.before(at) != b'.' || at - 1 - first != usize::from(self.lead) {
                return None;
            }
            start = first;
        }
        if self.numbered {
            let first = probe.run_start(at.checked_sub(1)?, 11, |byte| byte.is_ascii_digit());
            if probe.before(at) != b':' || !(8..=10).contains(&(at - 1 - first)) {
                return None;
            }
            start = first;
        }
        if !self.near.is_empty() && !probe.near(&(start..end), self.near) {
            return probe.refuse("nothing near names the service");
        }
        Some(start..end)
    }
}

/// How many bytes at the end are punctuation.
fn trailing(text: &[u8]) -> usize {
    text.iter()
        .rev()
        .take_while(|byte| matches!(byte, b'.' | b'-' | b'_' | b':' | b'/' | b'&' | b'?'))
        .count()
}

/// Whether text is neither made of words nor filled in: a digit, or letters of both cases.
fn is_opaque(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_digit)
        || text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase)
}

/// Whether text changes between capitals, small letters and digits as often as drawn letters do and words do not.
pub(super) fn is_random(text: &[u8]) -> bool {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        b'a'..=b'z' => 2,
        _ => 3,
    };
    let changes = text.windows(2).filter(|pair| matches!(pair, [a, b] if kind(*a) != kind(*b))).count();
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let mixed = text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase);
    let share = if mixed { 3 } else { 7 };
    // Without digits only letters of both cases tell, if there are enough of them.
    (digits >= 2 || mixed && text.len() >= 16) && digits < text.len() && changes * share >= text.len()
}

/// Whether text is a UUID.
pub(super) fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

const GITHUB_LIST: &str = "https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns";
const GITLEAKS: &str = "https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml";
const TRUFFLEHOG: &str = "https://github.com/trufflesecurity/trufflehog/tree/main/pkg/detectors";

/// Signatures that Azure puts into its keys.
const AZURE: [&str; 11] =
    ["JQQJ99", "+ASt", "+ACR", "+AMC", "+AEh", "+ABa", "ACDb", "AzCa", "AzSe", "AzFu", "AIoT"];
const DEVOPS: [&str; 1] = ["AZDO"];
/// How base64 of a number begins: the user's id, which is the first part.
const DISCORD: &[&str] = &[
    "MTA", "MTE", "MTI", "MTM", "MTQ", "MTU", "MTY", "MTc", "MTg", "MTk", "MjA", "MjE", "MjI", "MjM", "MjQ",
    "MjU", "MjY", "Mjc", "Mjg", "Mjk", "MzA", "MzE", "MzI", "MzM", "MzQ", "MzU", "MzY", "Mzc", "Mzg", "Mzk",
    "NDA", "NDE", "NDI", "NDM", "NDQ", "NDU", "NDY", "NDc", "NDg", "NDk", "NTA", "NTE", "NTI", "NTM", "NTQ",
    "NTU", "NTY", "NTc", "NTg", "NTk", "NjA", "NjE", "NjI", "NjM", "NjQ", "NjU", "NjY", "Njc", "Njg", "Njk",
    "NzA", "NzE", "NzI", "NzM", "NzQ", "NzU", "NzY", "Nzc", "Nzg", "Nzk", "ODA", "ODE", "ODI", "ODM", "ODQ",
    "ODU", "ODY", "ODc", "ODg", "ODk", "OTA", "OTE", "OTI", "OTM", "OTQ", "OTU", "OTY", "OTc", "OTg", "OTk",
];
/// A token's part behind the bot's number and its colon.
const TELEGRAM: &[&str] = &["AAA", "AAB", "AAC", "AAD", "AAE", "AAF", "AAG", "AAH", "AAI", "AAJ"];
/// Accounts and keys, with the first of their hex digits.
const TWILIO: &[&str] = &[
    "AC0", "AC1", "AC2", "AC3", "AC4", "AC5", "AC6", "AC7", "AC8", "AC9", "ACa", "ACb", "ACc", "ACd", "ACe",
    "ACf", "SK0", "SK1", "SK2", "SK3", "SK4", "SK5", "SK6", "SK7", "SK8", "SK9", "SKa", "SKb", "SKc", "SKd",
    "SKe", "SKf",
];
const OKTA: &[&str] = &[
    "00a", "00b", "00c", "00d", "00e", "00f", "00g", "00h", "00i", "00j", "00k", "00l", "00m", "00n", "00o",
    "00p", "00q", "00r", "00s", "00t", "00u", "00v", "00w", "00x", "00y", "00z", "00A", "00B", "00C", "00D",
    "00E", "00F", "00G", "00H", "00I", "00J", "00K", "00L", "00M", "00N", "00O", "00P", "00Q", "00R", "00S",
    "00T", "00U", "00V", "00W", "00X", "00Y", "00Z",
];

/// The credentials of services.
#[rustfmt::skip] // One row a line reads as the table that it is.
pub(super) static TOKENS: &[Token] = &[
    // Clouds and hosting
    token("aws-access-key", "AWS", &["AKIA", "ASIA", "ABIA", "ACCA"], Body::Upper, 16, 16, "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"),
    token("aws-bedrock-key", "Amazon Bedrock", &["ABSKQmVkcm9ja0FQSUtleS", "bedrock-api-key-"], Body::Base64, 60, 800, GITLEAKS),
    token("aws-mws-token", "Amazon MWS", &["amzn.mws."], Body::Url, 36, 36, TRUFFLEHOG),
    token("amazon-oauth-secret", "Login with Amazon", &["amzn1.oa2-cs.v1."], Body::Hex, 64, 64, GITHUB_LIST),
    token("google-api-key", "Google Cloud", &["AIza"], Body::Url, 35, 35, "https://cloud.google.com/docs/authentication/api-keys"),
    token("google-oauth-secret", "Google OAuth", &["GOCSPX-"], Body::Url, 28, 28, GITHUB_LIST),
    token("google-oauth-token", "Google OAuth", &["ya29."], Body::Dotted, 20, 2048, "https://developers.google.com/identity/protocols/oauth2").digits(),
    token("azure-key", "Microsoft Azure", &[], Body::Base64, 43, 120, GITHUB_LIST).marked(&AZURE),
    token("alibaba-access-key", "Alibaba Cloud", &["LTAI"], Body::Alnum, 12, 30, GITLEAKS).digits(),
    token("tencent-secret-id", "Tencent Cloud", &["AKIDz", "AKID"], Body::Alnum, 28, 36, TRUFFLEHOG).digits(),
    token("volcengine-access-key", "Volcengine", &["AKLT"], Body::Alnum, 40, 64, GITHUB_LIST).digits(),
    token("yandex-key", "Yandex Cloud", &["AQVN", "y0_", "y1_"], Body::Url, 35, 64, GITHUB_LIST).digits(),
    token("digitalocean-token", "DigitalOcean", &["dop_v1_", "doo_v1_", "dor_v1_"], Body::Hex, 64, 64, "https://docs.digitalocean.com/reference/api/create-personal-access-token/"),
    token("cloudflare-origin-key", "Cloudflare", &["v1.0-"], Body::Dash, 150, 180, GITLEAKS),
    token("cloudflare-token", "Cloudflare", &["cfut_", "cfat_", "cfk_"], Body::Alnum, 36, 80, GITHUB_LIST).digits(),
    token("heroku-key", "Heroku", &["HRKU-"], Body::Url, 36, 80, GITLEAKS),
    token("fly-token", "Fly.io", &["fo1_", "fm1_", "fm1a_", "fm1r_", "fm2_"], Body::Base64, 40, 1500, "https://fly.io/docs/security/tokens/"),
    token("vercel-token", "Vercel", &["vcp_", "vci_", "vca_", "vcr_", "vck_"], Body::Alnum, 24, 80, GITHUB_LIST).digits(),
    token("netlify-token", "Netlify", &["nfp_", "nfc_", "nfo_", "nfb_", "nfu_"], Body::Url, 32, 60, GITHUB_LIST).digits(),
    token("render-key", "Render", &["rnd_"], Body::Alnum, 28, 40, GITHUB_LIST).digits(),
    token("scaleway-access-key", "Scaleway", &["SCW"], Body::Upper, 17, 17, "https://www.scaleway.com/en/docs/iam/").digits(),
    token("scalingo-token", "Scalingo", &["tk-us-"], Body::Url, 48, 48, GITLEAKS),
    token("backblaze-key", "Backblaze B2", &["K001", "K002", "K003", "K004", "K005"], Body::Base64, 27, 27, GITHUB_LIST).digits(),
    token("hetzner-token", "Hetzner Cloud", &[], Body::Alnum, 64, 64, TRUFFLEHOG).near(&["hetzner", "hcloud"]),
    token("tailscale-key", "Tailscale", &["tskey-"], Body::Url, 20, 120, "https://tailscale.com/kb/1277/key-prefixes"),
    token("defined-networking-key", "Defined Networking", &["dnkey-"], Body::Url, 30, 110, GITLEAKS),
    token("zuplo-key", "Zuplo", &["zpka_"], Body::Alnum, 32, 50, GITHUB_LIST),
    token("kong-token", "Kong Konnect", &["kpat_", "spat_"], Body::Alnum, 40, 60, "https://docs.konghq.com/konnect/api/"),
    token("deno-token", "Deno Deploy", &["ddp_", "ddo_"], Body::Alnum, 36, 40, GITHUB_LIST),
    token("pulumi-token", "Pulumi", &["pul-"], Body::Hex, 40, 40, GITLEAKS),
    token("terraform-token", "HCP Terraform", &["atlasv1."], Body::Url, 60, 70, GITLEAKS).lead(14),
    token("vault-token", "HashiCorp Vault", &["hvs.", "hvb.", "hvr."], Body::Url, 24, 300, "https://developer.hashicorp.com/vault/docs/concepts/tokens"),
    token("doppler-token", "Doppler", &["dp.pt.", "dp.st.", "dp.sa.", "dp.ct.", "dp.scim.", "dp.audit."], Body::Dotted, 40, 90, "https://docs.doppler.com/reference/auth-token-formats"),
    token("infisical-token", "Infisical", &["st."], Body::Dotted, 70, 120, TRUFFLEHOG).digits(),
    token("1password-token", "1Password", &["ops_eyJ"], Body::Base64, 80, 2000, GITLEAKS),
    token("1password-secret-key", "1Password", &["A3-"], Body::Dash, 30, 36, GITLEAKS).digits(),
    token("age-secret-key", "age", &["AGE-SECRET-KEY-1"], Body::Upper, 58, 58, "https://github.com/FiloSottile/age"),
    token("akamai-token", "Akamai", &["akab-"], Body::Dotted, 16, 90, TRUFFLEHOG).digits(),
    token("launchdarkly-key", "LaunchDarkly", &["sdk-", "api-", "mob-"], Body::Uuid, 36, 36, "https://docs.launchdarkly.com/home/account/api"),
    token("settlemint-token", "SettleMint", &["sm_aat_", "sm_pat_", "sm_sat_"], Body::Alnum, 16, 24, GITLEAKS),
    // Code hosts, builds and packages
    token("github-token", "GitHub", &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], Body::Word, 30, 255, "https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/"),
    token("github-fine-grained-token", "GitHub", &["github_pat_"], Body::Word, 40, 255, "https://github.blog/2022-10-18-introducing-fine-grained-personal-access-tokens-for-github/"),
    token("gitlab-token", "GitLab", &["glpat-", "gldt-", "glrt-", "glrtr-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "gloas-", "glsoat-", "glffct-", "glwt-"], Body::Dotted, 20, 320, "https://docs.gitlab.com/security/tokens/"),
    token("gitlab-runner-token", "GitLab", &["GR1348941"], Body::Url, 20, 20, "https://docs.gitlab.com/security/tokens/"),
    token("atlassian-token", "Atlassian", &["ATATT3", "ATCTT3", "ATSTT3", "ATOTT3"], Body::Base64, 60, 300, "https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/"),
    token("bitbucket-password", "Bitbucket", &["ATBB"], Body::Alnum, 28, 40, "https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/").digits(),
    token("bitbucket-token", "Bitbucket Data Center", &["BBDC-"], Body::Base64, 40, 60, GITHUB_LIST),
    token("trello-token", "Trello", &["ATTA"], Body::Hex, 64, 80, GITHUB_LIST),
    token("sourcegraph-token", "Sourcegraph", &["sgp_", "slk_"], Body::Word, 40, 64, "https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token"),
    token("circleci-token", "CircleCI", &["CCIPAT_", "CCIPRJ_"], Body::Word, 40, 100, "https://circleci.com/docs/managing-api-tokens/"),
    token("buildkite-token", "Buildkite", &["bkua_", "bkaj_", "bkct_", "bkat_"], Body::Alnum, 32, 64, "https://buildkite.com/docs/apis/managing-api-tokens"),
    token("teamcity-token", "TeamCity", &["eyJ0eXAiOiAiVENWMiJ9."], Body::Dotted, 60, 160, TRUFFLEHOG),
    token("octopus-key", "Octopus Deploy", &["API-"], Body::Upper, 25, 30, GITLEAKS).digits(),
    token("harness-token", "Harness", &["pat.", "sat."], Body::Dotted, 60, 80, GITLEAKS).digits(),
    token("azure-devops-token", "Azure DevOps", &[], Body::Alnum, 84, 84, GITHUB_LIST).marked(&DEVOPS),
    token("sonar-token", "SonarQube", &["squ_", "sqp_", "sqa_", "sqco_"], Body::Alnum, 40, 40, GITLEAKS),
    token("snyk-token", "Snyk", &["snyk_uat.", "snyk_sat."], Body::Dotted, 60, 120, "https://docs.snyk.io/snyk-api/authentication-for-api"),
    token("chromatic-token", "Chromatic", &["chpt_"], Body::Alnum, 12, 20, "https://www.chromatic.com/docs/cli/"),
    token("depot-token", "Depot", &["depot_project_", "depot_org_"], Body::Hex, 64, 64, "https://depot.dev/docs/cli/authentication"),
    token("aikido-token", "Aikido", &["AIK_CI_", "AIK_RUNTIME_"], Body::Word, 40, 100, GITHUB_LIST),
    token("socket-token", "Socket", &["sktsec_"], Body::Url, 40, 60, GITHUB_LIST),
    token("npm-token", "npm", &["npm_"], Body::Alnum, 36, 36, "https://docs.npmjs.com/about-access-tokens"),
    token("pypi-token", "PyPI", &["pypi-AgE"], Body::Url, 50, 1000, "https://pypi.org/help/#apitoken"),
    token("rubygems-key", "RubyGems", &["rubygems_"], Body::Hex, 48, 48, "https://guides.rubygems.org/api-key-scopes/"),
    token("nuget-key", "NuGet", &["oy2"], Body::Lower, 43, 43, "https://learn.microsoft.com/nuget/nuget-org/publish-a-package").digits(),
    token("crates-token", "crates.io", &["cio"], Body::Alnum, 32, 32, "https://doc.rust-lang.org/cargo/reference/publishing.html").digits(),
    token("docker-token", "Docker Hub", &["dckr_pat_", "dckr_oat_"], Body::Url, 24, 64, "https://docs.docker.com/security/access-tokens/"),
    token("clojars-token", "Clojars", &["CLOJARS_"], Body::Hex, 60, 60, GITLEAKS),
    token("packagist-token", "Packagist", &["packagist_uut_", "packagist_ack_", "packagist_acs_", "packagist_out_", "packagist_ort_"], Body::Hex, 60, 80, GITHUB_LIST),
    token("artifactory-key", "JFrog Artifactory", &["AKCp"], Body::Alnum, 69, 73, GITLEAKS),
    token("artifactory-token", "JFrog Artifactory", &["cmVmdGtu"], Body::Alnum, 56, 56, GITLEAKS),
    token("postman-key", "Postman", &["PMAK-"], Body::Dash, 50, 64, "https://learning.postman.com/docs/developer/postman-api/authentication/"),
    token("readme-key", "ReadMe", &["rdme_"], Body::Lower, 70, 70, GITLEAKS),
    token("prefect-key", "Prefect", &["pnu_", "pnb_"], Body::Alnum, 36, 36, GITLEAKS),
    token("dbt-token", "dbt", &["dbtc_", "dbts_", "dbtu_"], Body::Base64, 32, 80, "https://docs.getdbt.com/docs/dbt-cloud-apis/authentication").digits(),
    token("retool-token", "Retool", &["retool_"], Body::Alnum, 24, 60, GITHUB_LIST).digits(),
    token("statsig-key", "Statsig", &["secret-", "console-"], Body::Alnum, 40, 50, "https://docs.statsig.com/sdk-keys/api-keys").digits(),
    token("flagsmith-key", "Flagsmith", &["ser."], Body::Alnum, 20, 30, TRUFFLEHOG).digits(),
    token("unkey-key", "Unkey", &["unkey_"], Body::Alnum, 20, 40, GITHUB_LIST).digits(),
    token("val-town-token", "Val Town", &["vtwn_"], Body::Alnum, 24, 40, GITHUB_LIST),
    token("trigger-dev-key", "Trigger.dev", &["tr_dev_", "tr_prod_", "tr_pat_"], Body::Alnum, 20, 48, "https://trigger.dev/docs/apikeys"),
    token("inngest-key", "Inngest", &["signkey-prod-", "signkey-test-", "signkey-branch-"], Body::Hex, 32, 64, "https://www.inngest.com/docs/platform/signing-keys"),
    token("stackhawk-key", "StackHawk", &["hawk."], Body::Dotted, 40, 50, TRUFFLEHOG).digits(),
    token("ory-token", "Ory", &["ory_at_", "ory_rt_", "ory_st_", "ory_pat_", "ory_ac_"], Body::Dotted, 30, 100, "https://www.ory.com/docs/concepts/personal-access-token"),
    token("workos-key", "WorkOS", &["sk_prod_"], Body::Word, 24, 120, TRUFFLEHOG).digits(),
    token("stytch-secret", "Stytch", &["secret-live-", "secret-test-"], Body::Base64, 36, 40, "https://stytch.com/docs/api/authentication"),
    token("okta-token", "Okta", OKTA, Body::Url, 39, 39, "https://developer.okta.com/docs/guides/create-an-api-token/").near(&["okta"]),
    // Observability and operations
    token("datadog-key", "Datadog", &["ddapp_", "ddapi_", "ddpat_"], Body::Alnum, 32, 64, "https://docs.datadoghq.com/account_management/api-app-keys/"),
    token("new-relic-key", "New Relic", &["NRAK-", "NRAA-", "NRII-", "NRIQ-", "NRRA-", "NRJS-"], Body::Url, 19, 42, "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/"),
    token("new-relic-license", "New Relic", &["eu01xx", "us01xx"], Body::Alnum, 34, 34, "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/"),
    token("grafana-token", "Grafana", &["glc_", "glsa_", "eyJrIjoi"], Body::Base64, 40, 400, "https://grafana.com/docs/grafana/latest/administration/service-accounts/"),
    token("sentry-token", "Sentry", &["sntrys_", "sntryu_", "sntrya_"], Body::Base64, 40, 400, "https://docs.sentry.io/account/auth-tokens/"),
    token("honeycomb-key", "Honeycomb", &["hcaik_", "hcxik_", "hcbik_", "hcamk_", "hcxmk_", "hcalk_", "hcxlk_"], Body::Word, 50, 70, "https://docs.honeycomb.io/configure/environments/manage-api-keys/"),
    token("dynatrace-token", "Dynatrace", &["dt0c01.", "dt0s01.", "dt0s02.", "dt0s16.", "dt0e01.", "dt0a01."], Body::Dotted, 80, 96, "https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens"),
    token("axiom-token", "Axiom", &["xaat-", "xapt-"], Body::Uuid, 36, 36, "https://axiom.co/docs/reference/tokens"),
    token("logfire-token", "Logfire", &["pylf_v1_", "pylf_v2_"], Body::Word, 40, 80, GITHUB_LIST),
    token("posthog-key", "PostHog", &["phx_", "phs_"], Body::Alnum, 40, 60, "https://posthog.com/docs/api"),
    token("segment-token", "Segment", &["sgp_"], Body::Alnum, 64, 64, "https://segment.com/docs/api/public-api/"),
    token("rootly-token", "Rootly", &["rootly_"], Body::Alnum, 40, 80, GITHUB_LIST),
    token("firehydrant-token", "FireHydrant", &["fhb-"], Body::Hex, 32, 32, TRUFFLEHOG),
    token("checkly-key", "Checkly", &["cu_"], Body::Hex, 32, 32, "https://www.checklyhq.com/docs/api/authentication/"),
    token("elastic-token", "Elastic Cloud", &["essu_"], Body::Base64, 40, 120, GITHUB_LIST),
    token("langfuse-key", "Langfuse", &["sk-lf-"], Body::Uuid, 36, 36, "https://langfuse.com/docs/api"),
    token("langsmith-key", "LangSmith", &["lsv2_pt_", "lsv2_sk_"], Body::Word, 40, 50, "https://docs.smith.langchain.com/administration/how_to_guides/organization_management/create_account_api_key"),
    token("wandb-key", "Weights & Biases", &["wandb_v1_"], Body::Word, 40, 100, "https://docs.wandb.ai/"),
    // Databases
    token("planetscale-token", "PlanetScale", &["pscale_tkn_", "pscale_pw_", "pscale_oauth_"], Body::Dotted, 32, 64, "https://planetscale.com/docs/concepts/service-tokens"),
    token("supabase-key", "Supabase", &["sbp_", "sb_secret_"], Body::Url, 30, 64, "https://supabase.com/docs/guides/api/api-keys"),
    token("neon-key", "Neon", &["napi_", "npg_"], Body::Alnum, 12, 80, "https://neon.com/docs/manage/api-keys").digits(),
    token("mongodb-secret", "MongoDB Atlas", &["mdb_sa_sk_"], Body::Url, 36, 60, "https://www.mongodb.com/docs/atlas/api/service-accounts-overview/"),
    token("databricks-token", "Databricks", &["dapi", "dose", "dkea"], Body::Dash, 32, 34, "https://docs.databricks.com/aws/en/dev-tools/auth/pat").digits(),
    token("clickhouse-secret", "ClickHouse Cloud", &["4b1d"], Body::Alnum, 38, 38, GITLEAKS),
    token("aiven-password", "Aiven", &["AVNS_"], Body::Url, 16, 32, "https://aiven.io/docs/platform/concepts/authentication-tokens"),
    token("cockroach-key", "CockroachDB", &["CCDB1_"], Body::Word, 40, 80, GITHUB_LIST),
    token("confluent-secret", "Confluent", &["cflt"], Body::Base64, 60, 60, GITLEAKS).digits(),
    token("xata-key", "Xata", &["xau_"], Body::Alnum, 28, 40, "https://xata.io/docs/concepts/api-keys"),
    token("tinybird-token", "Tinybird", &["p.eyJ"], Body::Dotted, 60, 400, "https://www.tinybird.co/docs/forward/administration/auth-tokens"),
    token("pinecone-key", "Pinecone", &["pcsk_"], Body::Word, 50, 80, "https://docs.pinecone.io/guides/projects/manage-api-keys"),
    token("upstash-token", "Upstash", &[], Body::Base64, 50, 60, "https://upstash.com/docs/redis/features/restapi").near(&["upstash"]),
    // Chat, telephony, push
    token("slack-token", "Slack", &["xoxa-", "xoxb-", "xoxc-", "xoxd-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xoxe.xox", "xapp-"], Body::Percent, 12, 512, "https://api.slack.com/concepts/token-types"),
    token("slack-webhook", "Slack", &["hooks.slack.com/services/", "hooks.slack.com/workflows/", "hooks.slack.com/triggers/"], Body::Path, 16, 256, "https://api.slack.com/messaging/webhooks").behind(),
    token("discord-token", "Discord", DISCORD, Body::Dotted, 50, 90, "https://discord.com/developers/docs/reference#authentication").dots(2),
    token("discord-webhook", "Discord", &["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"], Body::Path, 60, 128, "https://discord.com/developers/docs/resources/webhook").behind(),
    token("telegram-token", "Telegram", TELEGRAM, Body::Url, 31, 33, "https://core.telegram.org/bots/api#authorizing-your-bot").bot(),
    token("teams-webhook", "Microsoft Teams", &["webhook.office.com/webhookb2/", "outlook.office.com/webhook/"], Body::Path, 60, 400, "https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/").behind(),
    token("google-chat-webhook", "Google Chat", &["chat.googleapis.com/v1/spaces/"], Body::Query, 40, 300, "https://developers.google.com/workspace/chat/quickstart/webhooks").behind(),
    token("twilio-key", "Twilio", TWILIO, Body::Hex, 31, 31, "https://www.twilio.com/docs/iam/api-keys"),
    token("plivo-key", "Plivo", &["MAM", "MAN", "MAO", "MAY", "MAZ"], Body::Upper, 17, 17, TRUFFLEHOG).near(&["plivo"]),
    token("telnyx-key", "Telnyx", &["KEY0"], Body::Word, 44, 60, "https://developers.telnyx.com/docs/v2/development/api-guide/setup"),
    token("onesignal-key", "OneSignal", &["os_v2_app_", "os_v2_org_"], Body::Lower, 80, 120, "https://documentation.onesignal.com/docs/keys-and-ids"),
    token("fcm-key", "Firebase Cloud Messaging", &["AAAA"], Body::Fcm, 140, 180, "https://firebase.google.com/docs/cloud-messaging/auth-server").colon(),
    token("intra42-secret", "42 Intra", &["s-s4t2ud-", "s-s4t2af-"], Body::Hex, 64, 64, GITLEAKS),
    token("vk-token", "VK", &["vk1.a."], Body::Url, 80, 300, "https://dev.vk.com/en/api/access-token/getting-started"),
    token("lark-token", "Lark", &["t-g1", "u-g1"], Body::Dotted, 24, 60, GITHUB_LIST).digits(),
    // Payment and commerce
    token("stripe-key", "Stripe", &["sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_org_"], Body::Word, 16, 255, "https://docs.stripe.com/keys").digits(),
    token("stripe-webhook-secret", "Stripe", &["whsec_"], Body::Base64, 24, 80, "https://docs.stripe.com/webhooks"),
    token("square-token", "Square", &["sq0atp-", "sq0csp-", "EAAAE", "EAAAF", "EAAAl"], Body::Url, 22, 80, "https://developer.squareup.com/docs/build-basics/access-tokens").digits(),
    token("paypal-token", "PayPal Braintree", &["access_token$production$", "access_token$sandbox$"], Body::Dollar, 40, 60, "https://developer.paypal.com/braintree/docs/guides/authorization/client-token"),
    token("shopify-token", "Shopify", &["shpat_", "shpca_", "shppa_", "shpss_", "shpua_", "shprt_", "shpit_", "shpsb_"], Body::Hex, 32, 40, "https://shopify.dev/docs/apps/build/authentication-authorization"),
    token("razorpay-key", "Razorpay", &["rzp_live_", "rzp_test_"], Body::Alnum, 14, 14, "https://razorpay.com/docs/api/authentication/"),
    token("flutterwave-key", "Flutterwave", &["FLWSECK-", "FLWSECK_TEST-"], Body::Url, 12, 48, "https://developer.flutterwave.com/docs/authentication"),
    token("mollie-key", "Mollie", &["live_", "test_"], Body::Alnum, 30, 34, "https://docs.mollie.com/reference/authentication").digits(),
    token("plaid-token", "Plaid", &["access-production-", "access-sandbox-", "access-development-"], Body::Uuid, 36, 36, "https://plaid.com/docs/api/tokens/"),
    token("paddle-key", "Paddle", &["pdl_live_apikey_", "pdl_sdbx_apikey_", "pdl_ntfset_"], Body::Word, 40, 80, "https://developer.paddle.com/api-reference/about/api-keys"),
    token("klarna-key", "Klarna", &["klarna_live_api_", "klarna_test_api_"], Body::Base64, 40, 200, "https://docs.klarna.com/"),
    token("checkout-key", "Checkout.com", &["sk_sbox_"], Body::Lower, 24, 40, "https://www.checkout.com/docs"),
    token("adyen-key", "Adyen", &["AQE"], Body::Base64, 100, 250, "https://docs.adyen.com/development-resources/api-credentials/").digits(),
    token("xendit-key", "Xendit", &["xnd_production_", "xnd_development_"], Body::Alnum, 40, 80, "https://docs.xendit.co/"),
    token("midtrans-key", "Midtrans", &["Mid-server-", "SB-Mid-server-"], Body::Url, 20, 40, "https://docs.midtrans.com/docs/midtrans-account"),
    token("duffel-token", "Duffel", &["duffel_live_", "duffel_test_"], Body::Url, 43, 43, GITLEAKS),
    token("shippo-token", "Shippo", &["shippo_live_", "shippo_test_"], Body::Hex, 40, 40, GITLEAKS),
    token("easypost-key", "EasyPost", &["EZAK", "EZTK"], Body::Alnum, 54, 54, GITLEAKS),
    token("lob-key", "Lob", &["live_", "test_"], Body::Hex, 35, 35, GITLEAKS),
    token("polar-token", "Polar", &["polar_oat_", "polar_pat_", "polar_whs_"], Body::Alnum, 30, 64, "https://docs.polar.sh/integrate/oat"),
    // Mail and marketing
    token("sendgrid-key", "SendGrid", &["SG."], Body::Dotted, 60, 70, "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys").dots(1),
    token("mailgun-key", "Mailgun", &["key-", "pubkey-"], Body::Hex, 32, 32, "https://documentation.mailgun.com/docs/mailgun/api-reference/mg-auth"),
    token("brevo-key", "Brevo", &["xkeysib-", "xsmtpsib-"], Body::Dash, 60, 90, "https://developers.brevo.com/docs/getting-started"),
    token("resend-key", "Resend", &["re_"], Body::Word, 30, 40, "https://resend.com/docs/dashboard/api-keys/introduction").digits(),
    token("mailersend-token", "MailerSend", &["mlsn."], Body::Hex, 64, 64, "https://developers.mailersend.com/general.html#authentication"),
    token("hubspot-token", "HubSpot", &["pat-na1-", "pat-na2-", "pat-eu1-", "pat-ap1-"], Body::Uuid, 36, 36, "https://developers.hubspot.com/docs/guides/apps/private-apps/overview"),
    token("klaviyo-key", "Klaviyo", &["pk_"], Body::Hex, 34, 34, "https://developers.klaviyo.com/en/docs/authenticate_"),
    token("typeform-token", "Typeform", &["tfp_"], Body::Dotted, 40, 64, GITLEAKS),
    token("intercom-token", "Intercom", &["dG9rO"], Body::Base64, 55, 60, "https://developers.intercom.com/docs/build-an-integration/learn-more/authentication"),
    // Work and content
    token("notion-token", "Notion", &["secret_", "ntn_"], Body::Alnum, 43, 46, "https://developers.notion.com/docs/authorization"),
    token("linear-key", "Linear", &["lin_api_", "lin_oauth_", "lin_wh_"], Body::Alnum, 32, 64, GITLEAKS),
    token("airtable-token", "Airtable", &["pat"], Body::Dotted, 79, 79, "https://airtable.com/developers/web/guides/personal-access-tokens").dots(1),
    token("airtable-key", "Airtable", &["key"], Body::Alnum, 14, 14, "https://airtable.com/developers/web/api/introduction").digits().near(&["airtable"]),
    token("figma-token", "Figma", &["figd_", "figo_", "figu_", "figp_"], Body::Url, 36, 80, "https://www.figma.com/developers/api#access-tokens"),
    token("contentful-token", "Contentful", &["CFPAT-"], Body::Url, 40, 64, "https://www.contentful.com/developers/docs/references/authentication/"),
    token("frameio-token", "Frame.io", &["fio-u-"], Body::Url, 64, 64, GITLEAKS),
    token("dropbox-token", "Dropbox", &["sl."], Body::Dotted, 130, 1400, "https://developers.dropbox.com/oauth-guide").digits(),
    token("salesforce-token", "Salesforce", &["00D"], Body::Bang, 96, 160, "https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_oauth_and_connected_apps.htm"),
    token("zoho-token", "Zoho", &["1000."], Body::Dotted, 65, 65, "https://www.zoho.com/accounts/protocol/oauth.html").dots(1),
    token("adobe-secret", "Adobe", &["p8e-", "p8-"], Body::Url, 32, 48, GITLEAKS).digits(),
    token("canva-secret", "Canva", &["cnvca"], Body::Url, 40, 60, "https://www.canva.dev/docs/connect/authentication/").digits(),
    token("mapbox-token", "Mapbox", &["sk.eyJ", "pk.eyJ", "tk.eyJ"], Body::Dotted, 60, 200, "https://docs.mapbox.com/api/accounts/tokens/").dots(1),
    token("facebook-token", "Facebook", &["EAAC", "EAAG", "EAAJ", "EAAB", "EAAM", "EAAL", "EAAD"], Body::Alnum, 90, 400, "https://developers.facebook.com/docs/facebook-login/guides/access-tokens").digits(),
    token("instagram-token", "Instagram", &["IGQV", "IGAA"], Body::Url, 90, 300, "https://developers.facebook.com/docs/instagram-platform").digits(),
    token("twitter-token", "X", &["AAAAAAAAAAAAAAAAAAAAA"], Body::Percent, 60, 120, "https://docs.x.com/fundamentals/authentication/oauth-2-0/bearer-tokens").digits(),
    token("linkedin-token", "LinkedIn", &["AQX", "AQV", "AQU"], Body::Url, 150, 400, "https://learn.microsoft.com/linkedin/shared/authentication/authentication").digits(),
    token("ifttt-webhook", "IFTTT", &["maker.ifttt.com/trigger/"], Body::Path, 40, 160, "https://ifttt.com/maker_webhooks").behind(),
    token("zapier-webhook", "Zapier", &["hooks.zapier.com/hooks/catch/"], Body::Path, 10, 80, "https://zapier.com/apps/webhook/integrations").behind(),
    token("make-webhook", "Make", &["hook.eu1.make.com/", "hook.eu2.make.com/", "hook.us1.make.com/", "hook.us2.make.com/", "hook.integromat.com/"], Body::Path, 24, 60, "https://www.make.com/en/integrations/gateway").behind(),
    token("clickup-token", "ClickUp", &["pk_"], Body::Word, 38, 45, "https://developer.clickup.com/docs/authentication").digits(),
    // Machine learning
    token("openai-key", "OpenAI", &["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-"], Body::Url, 40, 220, "https://platform.openai.com/docs/api-reference/authentication").digits(),
    token("openai-legacy-key", "OpenAI and others", &["sk-"], Body::Alnum, 32, 64, "https://platform.openai.com/docs/api-reference/authentication").digits(),
    token("anthropic-key", "Anthropic", &["sk-ant-"], Body::Url, 40, 160, "https://docs.anthropic.com/en/api/getting-started"),
    token("hugging-face-token", "Hugging Face", &["hf_", "api_org_"], Body::Alnum, 34, 40, "https://huggingface.co/docs/hub/security-tokens"),
    token("replicate-token", "Replicate", &["r8_"], Body::Alnum, 37, 40, "https://replicate.com/docs/topics/security/api-tokens"),
    token("groq-key", "Groq", &["gsk_"], Body::Alnum, 48, 60, "https://console.groq.com/docs/quickstart"),
    token("perplexity-key", "Perplexity", &["pplx-"], Body::Alnum, 40, 64, "https://docs.perplexity.ai/guides/getting-started"),
    token("xai-key", "xAI", &["xai-"], Body::Alnum, 70, 90, "https://docs.x.ai/docs/overview"),
    token("openrouter-key", "OpenRouter", &["sk-or-v1-", "sk-or-"], Body::Hex, 64, 64, "https://openrouter.ai/docs/api-reference/authentication"),
    token("together-key", "Together AI", &["tgp_v1_"], Body::Url, 40, 60, "https://docs.together.ai/reference/authentication-1"),
    token("fireworks-key", "Fireworks AI", &["fw_", "fpk_"], Body::Alnum, 22, 40, "https://docs.fireworks.ai/api-reference/introduction").digits(),
    token("elevenlabs-key", "ElevenLabs", &["sk_"], Body::Hex, 48, 48, "https://elevenlabs.io/docs/api-reference/authentication"),
    token("voyage-key", "Voyage AI", &["pa-"], Body::Url, 40, 50, "https://docs.voyageai.com/docs/api-key-and-installation").digits(),
    token("jina-key", "Jina AI", &["jina_"], Body::Url, 50, 80, "https://jina.ai/embeddings/"),
    token("cerebras-key", "Cerebras", &["csk-"], Body::Lower, 40, 60, "https://inference-docs.cerebras.ai/quickstart"),
    token("nvidia-key", "NVIDIA", &["nvapi-"], Body::Url, 60, 80, "https://docs.nvidia.com/ngc/"),
    token("tavily-key", "Tavily", &["tvly-"], Body::Url, 32, 60, "https://docs.tavily.com/"),
    token("firecrawl-key", "Firecrawl", &["fc-"], Body::Hex, 32, 32, "https://docs.firecrawl.dev/"),
    token("llamaindex-key", "LlamaCloud", &["llx-"], Body::Alnum, 40, 60, "https://docs.cloud.llamaindex.ai/"),
    token("runpod-key", "RunPod", &["rpa_"], Body::Alnum, 40, 50, "https://docs.runpod.io/get-started/api-keys").digits(),
    token("modal-token", "Modal", &["ak-", "as-"], Body::Alnum, 22, 22, "https://modal.com/docs/guide/trigger-deployed-functions").digits(),
    token("e2b-key", "E2B", &["e2b_"], Body::Hex, 40, 40, "https://e2b.dev/docs"),
    token("apify-token", "Apify", &["apify_api_", "apify_proxy_"], Body::Alnum, 30, 60, "https://docs.apify.com/platform/integrations/api"),
    token("anyscale-key", "Anyscale", &["esecret_"], Body::Alnum, 26, 40, "https://docs.anyscale.com/"),
    token("cursor-key", "Cursor", &["key_"], Body::Hex, 64, 64, "https://docs.cursor.com/"),
    token("dify-key", "Dify", &["app-", "dataset-"], Body::Alnum, 24, 24, "https://docs.dify.ai/").digits(),
    token("helicone-key", "Helicone", &["sk-helicone-", "pk-helicone-"], Body::Url, 30, 50, "https://docs.helicone.ai/"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{FieldContext, Hits, Scanner};

    /// Letters and digits that look drawn, of the alphabet of a body.
    fn drawn(body: Body, length: usize) -> String {
        let letters: &[u8] = match body {
            Body::Hex => b"3f0a9c61d72be485",
            Body::Lower => b"k3x9q0w7mz2r8t5a",
            Body::Upper => b"K3X9Q0W7MZ2R8T5A",
            _ => b"k3X9qW0r7MzT2a8Hv5",
        };
        (0..length).map(|at| char::from(letters[(at * 7 + at / 11) % letters.len()])).collect()
    }

    /// A credential as a row describes it.
    fn example(token: &Token, prefix: &str, length: usize) -> String {
        let mut body = match token.body {
            Body::Uuid => "3f0a9c61-d72b-4e85-9b1c-0a7e5d2f8c46".to_owned(),
            body => drawn(body, length),
        };
        if let Some(mark) = token.marks.first() {
            body.replace_range(20..20 + mark.len(), mark);
        }
        for dot in 0..token.dots.unwrap_or(0) {
            let place = 14 + usize::from(dot) * 9;
            body.replace_range(place..=place, ".");
        }
        if token.colon {
            body.replace_range(11..12, ":");
        }
        let lead = drawn(Body::Alnum, usize::from(token.lead));
        let lead = if lead.is_empty() { lead } else { format!("{lead}.") };
        let number = if token.numbered { "123456789:" } else { "" };
        format!("{number}{lead}{prefix}{body}")
    }

    /// Scenario: for each row and each of its prefixes, the shortest and the longest credential, in different company; one that
    /// is too short; and the prefix before ordinary words.
    /// Guarantees: exactly the first are found, whole; where the prefix is an address, what is behind it.
    #[test]
    fn rows_tell_the_truth() {
        for token in TOKENS {
            let scanner = Scanner::with(vec![token]).unwrap();
            let find = |text: &str| {
                let mut hits = Hits::new();
                scanner.find(text, FieldContext::default(), &mut hits);
                hits.iter().map(|hit| text[hit.start..hit.end].to_owned()).collect::<Vec<_>>()
            };
            let address = if token.behind { "https://" } else { "(" };
            let near = token.near.first().copied().unwrap_or("use");
            let prefixes = token.prefixes();
            for prefix in if prefixes.is_empty() { &[""] } else { prefixes } {
                for length in [token.least, token.most] {
                    let secret = example(token, prefix, usize::from(length));
                    let expected = if token.behind { &secret[prefix.len()..] } else { &secret[..] };
                    for (before, after) in [("", ""), (" ", "."), ("=", "\n"), ("\"", "\","), (address, ")")]
                    {
                        let text = format!(
                            "{near}{}{before}{secret}{after}",
                            if before.is_empty() { " " } else { "" }
                        );
                        assert_eq!(find(&text), [expected], "{}: {text}", token.name);
                    }
                }
                let short = example(token, prefix, 64.max(usize::from(token.least)));
                let cut = short.len() - (64.max(usize::from(token.least)) - usize::from(token.least)) - 1;
                assert_eq!(find(&format!("{near} {}", &short[..cut])), [""; 0], "{}", token.name);
                let words = format!("{near} {prefix}{} ", "configuration_of_the_handler_".repeat(3));
                assert_eq!(find(&words), [""; 0], "{}: {words}", token.name);
            }
        }
    }

    /// Scenario: the table as a whole.
    /// Guarantees: at least 150 services, each with a source; no name stands twice.
    #[test]
    fn the_table_is_broad_and_sourced() {
        let services: std::collections::HashSet<&str> = TOKENS.iter().map(|token| token.service).collect();
        assert!(services.len() >= 150, "{}", services.len());
        let names: std::collections::HashSet<&str> = TOKENS.iter().map(|token| token.name).collect();
        assert_eq!(names.len(), TOKENS.len());
        assert!(TOKENS.iter().all(|token| token.source.starts_with("https://")));
    }
}

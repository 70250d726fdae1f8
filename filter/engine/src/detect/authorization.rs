//! HTTP credentials: what stands behind `Authorization:` and its scheme, and bearer and basic credentials in free text
//! (RFC 9110 section 11, RFC 6750, RFC 7617).

use super::jwt::decode_base64;
use super::list::List;
use super::probe::Reach;
use super::{Detector, Probe, Site, Spec, is_placeholder, key_value};
use crate::Class;
use core::ops::Range;

pub(super) struct Authorization;

const SCHEMES: &[&str] =
    &["bearer", "basic", "plain", "login", "xoauth2", "oauthbearer", "cram-md5", "ssws", "geniekey", "flyv1"];

impl Detector for Authorization {
    fn spec(&self) -> Spec {
        Spec::new("authorization", Class::Credential, "Bearer, basic and other HTTP credentials")
            .finds(&[
                "Authorization: Bearer «mF_9.B5f-4.1JqM»",
                "authorization: basic «YW5uOnNlY3JldA==»\r\nhost: x",
                r#"{"Authorization":"Bearer «abc123»"}"#,
                "sent Bearer «9f86d081884c7d659a2feaa0c55ad015» to it",
                "curl -H 'Authorization: token «0123abcd»' x",
                "Proxy-Authorization: Digest username=\"ann\", response=\"«1949323746fe6a43ef61f9606e7febea»\", qop=auth",
                "with basic «YW5uOnNlY3JldA==».",
                r#"{"name":"Authorization","value":"ApiKey «abc123»"}"#,
                r#"{"auths":{"registry.example.org":{"auth":"«YW5uOmh1bnRlcjIy»"}}}"#,
                "//npm.example.org/:_auth=«YW5uOmh1bnRlcjIyMg==»",
                "C: AUTH PLAIN «AGFubgBodW50ZXIy» and AUTHENTICATE XOAUTH2 «dXNlcj1hbm5AZXhhbXBsZS5vcmc=»",
                "SMTP AUTH LOGIN «YW5uQGV4YW1wbGUub3Jn» «aHVudGVyMjI=», Authorization: MAC «id=\"h480\", mac=\"bhdmttJPcduB9krHA3kKULNXiiY=\"»",
                "Authorization: TC3-HMAC-SHA256 Credential=«AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE»/2019-02-25/cvm/tc3_request, Signature=«0f3a9c61d72be4850f3a9c61d72be4850f3a9c61d72be4850f3a9c61d72be485»",
                "Authorization: GenieKey «eb243592-faa2-4ba2-a551-1afdf565c889»",
                "Authorization: SSWS «007sb_KGgln23aCzE3TS»",
                "token «oauth:k3x9q0w7mz2r8t5ak3x9q0w7mz2r8t» of the bot",
                "HEC Authorization: Splunk «gzOiC5nkUOkW8X0fRb9Y+1/ohl011»",
                "Authorization: AWS4-HMAC-SHA256 Credential=«AKIAIOSFODNN7EXAMPLE»/20240503/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=«0f3a9c61d72be4850f3a9c61d72be4850f3a9c61d72be4850f3a9c61d72be485»",
                "Authorization: Bearer  «x», x\nAuthorization:\tBasic\t«YW5uOnNlY3JldA==»\nAuthorization: Bearer: «k3X9qW0r7MzT»",
                r#"{"Authorization":["Bearer «abc123»"]} Authorization:[Bearer «abc123»] authorization=Bearer%20«abc123»&a=Bearer"#,
                "authorization=Bearer+«k3X9qW0r7MzT» Authorization: Bearer \"«abc123»\"",
                "SSWS «00Ec_JnzsdNisBEAmth6wGP5d0JkmGe5LRR2pq36nv», GenieKey «eb243592-faa2-4ba2-a551-1afdf565c889»",
                "Basic realm rejected: «YXBwOldRYUV6RGMydW5neFZ1TjRMQmFIeA==»",
            ])
            .passes_over(&[
                "Basic authentication required",
                "AUTH LOGIN mechanism unsupported, AUTH PLAIN mechanism-unsupported, plain dXNlcj1hbm5AZXhhbXBsZS5vcmc=, AUTH LOGIN [credential], AUTH LOGIN failed-attempt-3",
                "bearer authentication failed",
                "Authorization: Bearer [credential]",
                "authorization: required",
                "Authorization: Bearer ***",
                "Authorization: Digest username=\"ann\", response=\"[credential]\", nonce=\"f7febea0\"",
                "Authorization: Bearer ${TOKEN}",
                "Authorization: Bearer  [credential], Authorization:[Bearer [credential]], authorization=Bearer%20[credential]",
                "Authorization: MAC unsupported, authorization: basic+digest, authorization: bearer:missing",
                "token_type=Bearer tokens_used=47500",
                "auth=MTIzNDU2Nzg5MDEy oauth:google",
                "Authorization: AWS4-HMAC-SHA256 Credential=[credential]/20240503/x/s3/aws4_request, Signature=[credential]",
                "report YXBwOldRYUV6RGMydW5neFZ1TjRMQmFIeA== sent, authorization: denied for-client-20241",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Key(&["authorization", "value", "auth"]), Site::After(SCHEMES), Site::OpaqueRun]
    }

    fn next(&self, probe: &Probe<'_>, mut list: List, end: usize) -> Option<Range<usize>> {
        if list.key > 0 {
            return None;
        }
        if probe.byte(end) == b' ' {
            let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
            let password = end + 1..probe.reach(end + 1, 128, base64);
            let whole = password.len() >= 8 && password.len() % 4 == 0;
            return (whole && is_odd_base64(probe.slice(password.clone()))).then_some(password);
        }
        list.key = 1;
        probe.note(list);
        signature(probe, end)
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if matches!(probe.byte(at), b':' | b'=') {
            // The name of a header may stand in a pair of its own.
            let name = key_value::named_before(probe, at).unwrap_or(at);
            if probe.key_ends_with(name, &["authorization"]).is_some() {
                return header(probe, at);
            }
            if probe.key_ends_with(name, &["auth"]).is_some() {
                return account(probe, at);
            }
        }
        if probe.before(at) != b' ' {
            return None;
        }
        if probe.has_before(at, 48, &["basic."]) {
            let end = credential_end(probe, at);
            if is_user_and_password(probe.slice(at..end)) {
                return Some(at..end);
            }
        }
        let scheme = SCHEMES.iter().find(|scheme| probe.ends_with_any_case(at.saturating_sub(1), scheme))?;
        if probe.before(at - 1 - scheme.len()).is_ascii_alphanumeric() {
            return None;
        }
        let end = credential_end(probe, at);
        let credential = probe.slice(at..end);
        let sasl = || {
            let command = at.saturating_sub(2 + scheme.len());
            ["auth", "authenticate"].iter().any(|word| probe.ends_with_any_case(command, word))
        };
        let real = match *scheme {
            // What a client of mail sends (RFC 4954, RFC 3501): a user, or a user and password.
            "plain" | "login" | "xoauth2" | "oauthbearer" | "cram-md5" => {
                let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
                credential.iter().all(base64)
                    && (looks_random(credential) || credential.ends_with(b"="))
                    && sasl()
            }
            "basic" => is_user_and_password(credential),
            // A name and its value are the next pair.
            _ => {
                looks_random(credential)
                    && !credential.iter().skip_while(|byte| **byte != b'=').any(|byte| *byte != b'=')
            }
        };
        // The password follows its user.
        if real && *scheme == "login" && probe.byte(end) == b' ' {
            probe.note(List::again());
        }
        (credential.len() >= 12 && real || real && *scheme == "login" && credential.len() >= 8)
            .then_some(at..end)
    }
}

/// Whether text is no word of a sentence, but one in base64.
fn is_odd_base64(text: &[u8]) -> bool {
    looks_random(text)
        || text.ends_with(b"=")
        || text.iter().any(u8::is_ascii_lowercase) && text.iter().skip(1).any(u8::is_ascii_uppercase)
}

/// The user and password in base64 that registries are entered with (`"auth": "…"`, `_auth=…`), and the tokens of Twitch, which
/// `oauth:` belongs to: thirty small letters and digits (https://dev.twitch.tv/docs/chat/authenticating/).
fn account(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 256;
    let value = key_value::value_start(probe, at);
    let end = probe.reach(value, LONGEST, is_credential);
    let text = probe.slice(value..end);
    let drawn = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if value == at + 1 && text.len() == 30 && text.iter().all(drawn) && looks_random(text) {
        return probe.ends_with_any_case(at, "oauth").then_some(at - "oauth".len()..end);
    }
    (text.len() >= 8 && end - value < LONGEST && is_user_and_password(text)).then_some(value..end)
}

fn header(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const WHOLE_LINE: &[&str] = &[
        "digest",
        "aws4-hmac-sha256",
        "hawk",
        "oauth",
        "signature",
        "mac",
        "hoba",
        "vapid",
        "eg1-hmac-sha256",
    ];
    /// Those that say what was signed with which key, and the signature.
    const SIGNED: &[&str] =
        &["aws4-hmac-sha256", "tc3-hmac-sha256", "acs3-hmac-sha256", "sdk-hmac-sha256", "goog4-hmac-sha256"];
    const ONE_WORD: &[&str] = &[
        "bearer",
        "basic",
        "token",
        "negotiate",
        "ntlm",
        "apikey",
        "key",
        "dpop",
        "sharedkey",
        "ssws",
        "splunk",
        "geniekey",
        "deepl-auth-key",
        "apitoken",
        "api-key",
        "api-token",
        "bot",
        "jwt",
        "pat",
    ];
    let value = key_value::value_start(probe, at);
    // The first of several, as maps of headers print them: `{"Authorization":["Bearer …"]}`, `Authorization:[Bearer …]`.
    let value = match probe.byte(value) {
        b'[' => probe.reach(value + 1, 3, |byte| matches!(byte, b'"' | b'\\')),
        _ => value,
    };
    if probe.is_claimed(Reach::Header, value) {
        return None;
    }
    let word_end = probe.reach(value, 20, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let word = probe.slice(value..word_end);
    let is = |schemes: &[&str]| schemes.iter().any(|scheme| word.eq_ignore_ascii_case(scheme.as_bytes()));
    // What stands between a scheme and its credential; in an address it is escaped.
    let behind = match probe.byte(word_end) {
        b'%' if probe.starts_with(word_end, "%20") => word_end + 3,
        b'+' if is(ONE_WORD) => word_end + 1,
        _ => {
            let colon = word_end + usize::from(probe.byte(word_end) == b':' && is(ONE_WORD));
            let blank = probe.reach(colon, 8, |byte| matches!(byte, b' ' | b'\t'));
            let quote = blank + usize::from(key_value::is_quote(probe.byte(blank)));
            if blank > colon { quote } else { word_end }
        }
    };
    let spaced = behind > word_end;
    if is(SIGNED) && probe.starts_with(behind, "Credential=") {
        return signed(probe, behind + "Credential=".len());
    }
    // What is said of the scheme: `AWS4-HMAC-SHA256 signature mismatch`.
    if is(SIGNED) && !probe.slice(word_end..(word_end + 64).min(probe.len())).contains(&b'=') {
        return None;
    }
    // Under a scheme of its own a service has a key that nothing follows.
    let own = || {
        let end = credential_end(probe, behind);
        let credential = probe.slice(behind..end);
        let any = |belongs: fn(&u8) -> bool| credential.iter().any(belongs);
        credential.len() >= 16
            && super::tokens::is_random(credential)
            && any(u8::is_ascii_uppercase)
            && any(u8::is_ascii_lowercase)
            && word.iter().all(u8::is_ascii_alphanumeric)
            && matches!(probe.byte(end), 0 | b'"' | b'\'' | b'\r' | b'\n' | b'\\')
    };
    // Of a digest (RFC 7616) the answer is what may be guessed from; what was asked is known to all.
    if spaced && is(&["digest"]) {
        const ANSWER: &[u8] = b"response=";
        let line = probe.reach(word_end, 512, |byte| !matches!(byte, b'\r' | b'\n'));
        if let Some(place) = memchr::memmem::find(probe.slice(word_end..line), ANSWER) {
            let quote = probe.reach(word_end + place + ANSWER.len(), 4, |byte| matches!(byte, b'\\' | b'"'));
            let end = probe.reach(quote, 129, |byte| byte.is_ascii_hexdigit());
            probe.claim(Reach::Header, &(value..line));
            return (end >= quote + 32).then_some(quote..end);
        }
    }
    let holds = || probe.slice(word_end..(word_end + 64).min(probe.len())).contains(&b'=');
    if spaced && is(WHOLE_LINE) && (is(&["signature", "oauth", "hawk", "digest"]) || holds()) {
        // Parameters are quoted themselves, so that only a line break (raw or escaped) or an outer quote ends them.
        let outer = probe.before(value);
        let outer = if matches!(outer, b'"' | b'\'') { outer } else { 0 };
        let end = probe.run_end(behind, usize::MAX, |byte| {
            !matches!(byte, b'\r' | b'\n') && (outer == 0 || byte != outer)
        });
        probe.claim(Reach::Header, &(value..end));
        return Some(behind..end);
    }
    if spaced && (is(ONE_WORD) || own()) {
        // Words are joined so, and say what is said of them.
        let joined = matches!(probe.byte(word_end), b'+' | b':');
        let end =
            if joined { probe.reach(behind, 512, is_credential) } else { credential_end(probe, behind) };
        let credential = probe.slice(behind..end);
        let joined = joined && !looks_random(credential);
        return (!is_placeholder(credential) && !credential.is_empty() && !joined).then_some(behind..end);
    }
    // Without a scheme nothing but a key is a secret. No `:` or `=` inside: names before values would be gone through again.
    let end = probe.reach(value, usize::MAX, |byte| is_credential(byte) && byte != b'=');
    let end = probe.reach(end, 2, |byte| byte == b'=');
    looks_random(probe.slice(value..end)).then_some(value..end)
}

/// The id of the key that a request to AWS is signed with. What it was signed for is no secret; the signature follows as in a list.
fn signed(probe: &Probe<'_>, id: usize) -> Option<Range<usize>> {
    let end = probe.reach(id, 128, |byte| byte.is_ascii_alphanumeric());
    if end < id + 16 {
        return signature(probe, id);
    }
    probe.note(List::again());
    Some(id..end)
}

/// The signature of such a header, behind a place in it.
fn signature(probe: &Probe<'_>, from: usize) -> Option<Range<usize>> {
    const NAME: &[u8] = b"Signature=";
    let line = probe.reach(from, 384, |byte| !matches!(byte, b'\r' | b'\n' | b'"' | b'\''));
    let name = memchr::memmem::find(probe.slice(from..line), NAME)?;
    let start = from + name + NAME.len();
    let end = probe.reach(start, 129, |byte| byte.is_ascii_hexdigit());
    (end >= start + 32).then_some(start..end)
}

/// One past a credential, less a dot at the end of a sentence. It begins behind a space and has none, so that no byte
/// is gone through twice.
fn credential_end(probe: &Probe<'_>, from: usize) -> usize {
    let end = probe.reach(from, usize::MAX, |byte| is_credential(byte) || byte == b':' || byte == b'|');
    probe.reach_back(end, 1, |byte| matches!(byte, b'.' | b':')).max(from)
}

/// `token68` of RFC 9110, section 11.2.
const fn is_credential(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
}

fn looks_random(text: &[u8]) -> bool {
    text.len() >= 8 && text.iter().any(u8::is_ascii_digit) && text.iter().any(u8::is_ascii_alphabetic)
}

fn is_user_and_password(text: &[u8]) -> bool {
    let mut decoded = [0_u8; 48];
    let length = decode_base64(text, &mut decoded);
    let decoded = decoded.get(..length).unwrap_or(&[]);
    // The user's name comes first. Letters outside ASCII are rare, and bytes drawn at random rarely without.
    decoded.first().is_some_and(u8::is_ascii_alphanumeric)
        && decoded.contains(&b':')
        && decoded.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

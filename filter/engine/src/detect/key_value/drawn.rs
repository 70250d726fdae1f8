//! Values behind names that mean other things, too, and are secrets if they are drawn at random: signatures of URLs, codes that are traded
//! for tokens, keys.

use super::extent::value_start;
use super::words::STRONG;
use crate::detect::{Probe, is_listed, tokens};
use core::ops::Range;

/// What keys of services are called in settings of any form.
#[rustfmt::skip] // A list of words reads as one.
const SERVICES: &[&str] = &[
    "consumerkey", "integrationkey", "pagerdutyroutingkey", "sessionkey", "cookiekey", "partnerkey",
    "merchantkey", "tenantkey", "ingestkey", "licensekey", "webhookkey", "hmackey", "cryptokey",
    "backendkey", "sdkkey", "restkey", "saaskey", "kmskey", "sakey", "unsealkey", "servicebuskey",
    "rolekey", "servicekey", "cosmoskey", "molliekey", "tomtomkey", "vultrkey", "alchemykey",
    "bugsnagkey", "anthropickey", "openaikey", "elevenlabskey", "deepgramkey", "assemblyaikey",
    "easypostkey", "mailchimpkey", "mailgunkey", "sendgridkey", "sparkpostkey", "mapskey",
    "weatherkey", "youtubekey", "artifactorykey", "namecheapkey", "posthogkey", "pineconekey",
    "coherekey", "mistralkey", "groqkey", "geminikey", "stripekey", "twiliokey", "algoliakey",
    "datadogkey", "newrelickey", "sentrykey", "honeycombkey", "rollbarkey", "pagerdutykey",
    "opsgeniekey", "shodankey", "virustotalkey", "etherscankey", "infurakey", "moralisskey",
    "hubspotkey", "airtablekey", "figmakey", "linearkey", "notionkey", "zendeskkey", "freshdeskkey",
    "shippokey", "lobkey", "plaidkey", "adyenkey", "braintreekey", "coinbasekey", "binancekey",
    "krakenkey", "googlekey", "awskey", "azurekey", "gcpkey", "cloudflarekey", "fastlykey",
    "hetznerkey", "linodekey", "herokukey", "vercelkey", "supabasekey", "firebasekey", "fcmkey",
    "apnskey", "onesignalkey", "pusherkey", "ablykey", "wandbkey", "comethkey", "grafanakey",
    "splunkkey", "logzkey", "loggingkey", "telemetrykey", "authkey", "tokenkey", "botkey", "iexkey",
    "finnhubkey", "polygonkey", "messagebirdkey", "vonagekey", "nexmokey", "telnyxkey", "infobipkey",
    "clicksendkey", "mandrillkey", "postmarkkey", "sendinbluekey", "brevokey", "mailjetkey", "mapboxkey",
    "opencagekey", "ipinfokey", "maxmindkey", "coingeckokey", "tiingokey", "deeplkey", "replicatekey",
    "huggingfacekey", "launchdarklykey", "dynatracekey", "honeybadgerkey", "statuspagekey", "snykkey",
    "digitaloceankey", "scalewaykey", "ovhkey", "wasabikey", "cloudinarykey", "dropboxkey", "shipenginekey",
    "oldkey", "newkey", "previouskey", "currentkey", "nextkey", "routingkey", "taxjarkey", "razorpaykey", "paystackkey", "worldpaykey", "chargebeekey", "openrouterkey", "speechkey", "datakey",
];

/// A key drawn at random, whose name ends at a place, mostly before the operator: as a parameter called nothing else (`?key=…`), as a setting of an environment (`STORAGE_KEY=…`), or as that of
/// what signs (`"Jwt": {"Key": "…"}`).
#[inline(never)] // few values stand behind names that mean nothing more
pub(super) fn key(probe: &Probe<'_>, named: usize, operator: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 256;
    /// Keys that are none: they find, divide or name something.
    const OTHERS: &str = " public cache idempotency partition routing primary foreign object sort range hash lookup message row shard redis \
                          site publishable group dedup etag host queue topic event index search storage_object map dict bucket ";
    let quotes = |byte: u8| matches!(byte, b'"' | b'\'' | b'\\' | b' ');
    let end = probe.reach_back(named, 4, quotes);
    let word = probe.reach_back(end, 48, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let name = probe.slice(word..end);
    let from = value_start(probe, operator);
    let to = probe.reach(from, LONGEST, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
    });
    let value = probe.slice(from..to);
    if value.len() < 20 || value.len() == LONGEST || !tokens::is_random(value) || tokens::is_uuid(value) {
        return None;
    }
    let any = |belongs: fn(&u8) -> bool| value.iter().any(belongs);
    let mixed = any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase) && any(u8::is_ascii_digit);
    let parameter = name == b"key"
        && probe.byte(operator) == b'='
        && matches!(probe.before(word), b'?' | b'&')
        && mixed
        && !any(|byte| *byte == b'/');
    let kind = name.get(..name.len().saturating_sub(4)).unwrap_or(&[]);
    let kind = kind.rsplit(|byte| *byte == b'_').next().unwrap_or(&[]);
    let padded = mixed && value.len() >= 40 && probe.byte(to) == b'=';
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    // What is shorter might be several words.
    let changes = |pair: &[u8]| matches!(pair, [a, b] if a.is_ascii_digit() != b.is_ascii_digit() || a.is_ascii_lowercase() != b.is_ascii_lowercase());
    let drawn = || digits > 1 && value.windows(2).filter(|pair| changes(pair)).count() * 2 >= value.len();
    let setting = name.ends_with(b"_KEY")
        && !name.iter().any(u8::is_ascii_lowercase)
        && probe.byte(operator) == b'='
        && mixed
        && (value.len() >= 32 || drawn())
        && !is_listed(kind, OTHERS)
        // Base64 of 32 bytes and more, whatever else is called so.
        || padded && probe.key_ends_with(named, &["primarykey", "secondarykey", "primarymasterkey"]).is_some();
    // What only keys of ciphers are: of a property of Java, or where one is spoken of.
    let ciphers = || {
        const CIPHERS: &[&str] = &["keytab", "kerberos", "krb5", "aes.", "aes256", "luks", "unwrap"];
        let path = probe.reach_back(word, 48, |byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        let holder = probe.slice(path..word).strip_prefix(b"-D").and_then(|path| path.strip_suffix(b"."));
        let holder = holder.and_then(|path| path.rsplit(|byte| *byte == b'.').next());
        name.eq_ignore_ascii_case(b"key")
            && value.len() >= 32
            && (holder.is_some_and(|holder| !is_listed(holder, OTHERS))
                || probe.has_before(word, 64, CIPHERS))
    };
    let signs = || {
        let holder = probe.reach_back(word, 12, |byte| !byte.is_ascii_alphanumeric() && byte != b'\n');
        let named = |text: &str| probe.ends_with_any_case(holder, text);
        name.eq_ignore_ascii_case(b"key")
            && value.len() >= 32
            && ["jwt", "jwtsettings", "jwtoptions"].into_iter().any(named)
    };
    // Keys of services, by what they are called in settings of any form.
    let service = || {
        // Of letters with few digits are names of what happened: `OrderCreatedEventV2`.
        let cased = any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase);
        let plain = !cased && value.len() >= 24 && value.iter().all(u8::is_ascii_alphanumeric);
        (cased && digits > 2 || plain)
            && probe.key_ends_with(named, SERVICES).is_some()
            && probe.key_ends_with(named, &["metadatakey"]).is_none()
    };
    let whole = probe.reach(to, 2, |byte| byte == b'=');
    (parameter || setting || service() || signs() || ciphers()).then_some(from..whole)
}

/// The value of a parameter whose URL is written in percent escapes within another: `%3Ftoken%3D…%26`. The run of letters begins with
/// what is left of its `=`.
#[inline(never)] // few runs are so long
pub(super) fn escaped_parameter(probe: &Probe<'_>, run: usize) -> Option<Range<usize>> {
    if !probe.starts_with(run, "3D") || probe.before(run) != b'%' {
        return None;
    }
    probe
        .key_ends_with(run - 1, STRONG)
        .or_else(|| probe.key_ends_with(run - 1, &["token", "secret", "sig"]))?;
    let end =
        probe.reach(run, 256, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    tokens::is_random(probe.slice(run + 2..end)).then_some(run + 2..end)
}

/// What a request is signed with, in a header of its own: `X-Hub-Signature: sha1=…`, `Stripe-Signature: t=…,v1=…`,
/// `webhook-signature: v1,…`.
#[inline(never)] // of few
fn of_request(probe: &Probe<'_>, word: usize, operator: usize) -> Option<Range<usize>> {
    let end = probe.reach_back(operator, 2, |byte| matches!(byte, b'"' | b'\\'));
    let word = probe
        .reach_back(end, 48, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .min(word);
    let divided = probe.slice(word..end).iter().any(|byte| matches!(byte, b'-' | b'_'));
    if probe.byte(operator) != b':' || !divided {
        return None;
    }
    let from = value_start(probe, operator);
    let line = probe.reach(from, 256, |byte| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'\\'));
    // Of several parts the longest, without what stands before its first mark.
    let text = probe.slice(from..line);
    let part = text.split(|byte| matches!(byte, b',' | b';')).max_by_key(|part| part.len())?;
    let start = from + part.as_ptr().addr() - text.as_ptr().addr();
    let named =
        part.iter().position(|byte| *byte == b'=').filter(|named| *named < 8 && part.len() > named + 20);
    let start = named.map_or(start, |named| start + named + 1);
    let belongs = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    let end = probe.reach(start, 256, belongs);
    let value = probe.slice(start..end);
    let end = probe.reach(end, 2, |byte| byte == b'=');
    (value.len() >= 27 && tokens::is_random(value) && !tokens::is_uuid(value)).then_some(start..end)
}

/// The signature of a signed URL: a long random parameter.
pub(super) fn signature(probe: &Probe<'_>, operator: usize) -> Option<Range<usize>> {
    // In quotes it is that of a header: `oauth_signature="…"` (RFC 5849).
    let quoted = probe.starts_with(operator, "=\"") && probe.ends_with_any_case(operator, "signature");
    let from = operator + 1 + usize::from(quoted);
    let end = probe.reach(from, 1024, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'%' | b'-' | b'_' | b'+' | b'/' | b'~' | b'.')
    });
    let end = probe.reach_back(end, 1, |byte| byte == b'.').max(from);
    // Padding only: another `sig=` inside would be gone through again.
    let end = probe.reach(end, 2, |byte| byte == b'=');
    let value = probe.slice(from..end);
    let word =
        probe.reach_back(operator, 24, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if let Some(span) = of_request(probe, word, operator) {
        return Some(span);
    }
    let parameter = probe.byte(operator) == b'='
        && (quoted || matches!(probe.before(word), b'?' | b'&' | b' ' | b'"' | b'\'' | b'.' | b'~' | 0));
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    // A code that was sent, where one is spoken of: `[OTP] generated user=ann code=482913`.
    if digits == value.len() && (6..=8).contains(&digits) && probe.slice(word..operator) == b"code" {
        const MADE: &[&str] = &["generated", "sent", "issued", "created"];
        let told = probe.has_before(word, 48, &["otp.", "one-time", "2fa.", "mfa."]);
        return (told && probe.has_before(word, 48, MADE)).then_some(from..end);
    }
    let drawn = value.len() >= 20 && digits >= 2 || value.len() >= 16 && tokens::is_random(value);
    (parameter && drawn).then_some(from..end)
}

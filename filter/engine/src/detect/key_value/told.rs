//! Secrets that are told, not set: behind a word and a blank, behind `is`, offered as a code, sent to a server.

use super::extent::{
    SEED, is_inside, is_quote, next_string, phrase_end, quoted_end, string_at, unquoted_end, value_start,
};
use super::none::{is_none, is_odd, is_prose, is_resource};
use super::renewed::{beside_login, beside_name, changed_to, names_secret, seed, setting_of_image, value_at};
use super::said::{answered, on_next_line};
use super::words::{ANNOUNCED, ASKED, FUNCTIONS, SEEDS, SETTING, STRONG};
use crate::detect::{Probe, is_listed, is_placeholder, tokens};
use core::ops::Range;

/// Longest value that is told. One that is cut leaves an end that the next hop would take for a value of its own.
const LONGEST: usize = 512;

/// The value of a constant whose name begins at a place, or of a setting that is a line of its own.
pub(super) fn constant(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    if let Some(setting) = SETTING.iter().find(|setting| probe.starts_with(at, setting)) {
        let from = at + setting.len();
        let end = probe
            .reach(from, LONGEST, |byte| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b','));
        let value = probe.slice(from..end);
        let line = matches!(probe.before(at), 0 | b'\n') && matches!(probe.byte(end), 0 | b'\n' | b'\r');
        let digit = value.iter().any(u8::is_ascii_digit);
        return ((line || digit) && !is_placeholder(value) && !is_prose(value, true, false))
            .then_some(from..end);
    }
    if ANNOUNCED.iter().any(|program| probe.starts_with(at, program)) {
        return on_next_line(probe, at).filter(|span| is_odd(probe.slice(span.clone())));
    }
    if ASKED.iter().any(|question| probe.starts_with(at, question)) {
        return answered(probe, at);
    }
    let function = FUNCTIONS.iter().find(|function| probe.starts_with(at, function))?;
    passed(probe, at + function.len(), function.ends_with("hrase") || function.ends_with("HRASE"))
}

/// The key that a function of a database is passed behind its name, as its second argument or first: `pgp_sym_decrypt(card, '…')`,
/// `ENCRYPTBYPASSPHRASE('…', card)`.
#[inline(never)] // once in a while
fn passed(probe: &Probe<'_>, name: usize, first: bool) -> Option<Range<usize>> {
    const BYTES: &str = "_bytea";
    let open = name + if probe.starts_with(name, BYTES) { BYTES.len() } else { 0 };
    if probe.byte(open) != b'(' {
        return None;
    }
    let mut from = open + 1;
    let (mut depth, mut arguments) = (0_usize, 0);
    while !first && arguments == 0 && from < open + 256 {
        match probe.byte(from) {
            quote if is_quote(quote) => from = quoted_end(probe, from + 1),
            b'(' => depth += 1,
            b')' => depth = depth.checked_sub(1)?,
            b',' if depth == 0 => arguments += 1,
            0 | b'\n' => return None,
            _ => {}
        }
        from += 1;
    }
    let from = probe.reach(from, 4, |byte| byte == b' ');
    let from = from + usize::from(probe.byte(from) == b'N');
    let escaped = probe.reach(from, 2, |byte| byte == b'\\');
    if !is_quote(probe.byte(escaped)) {
        return None;
    }
    string_at(probe, escaped + 1).filter(|span| !span.is_empty())
}

/// The value of a setting that a call gives behind its name, which begins at a place: `define('AUTH_KEY', '…')`.
#[inline(never)] // few are defined
pub(super) fn defined(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let end = probe.reach(at, 48, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
    if !is_quote(probe.before(at)) || probe.byte(end) != probe.before(at) {
        return None;
    }
    let strong = probe.key_ends_with(end, STRONG).is_some();
    probe.key_ends_with(end, if strong { STRONG } else { &["key", "salt", "secret", "token", "pass"] })?;
    let value = string_at(probe, next_string(probe, end)?)?;
    // A key may be of anything, but what one is to put there has no digit.
    let text = probe.slice(value.clone());
    let drawn = text.len() >= 12 && tokens::is_random(text);
    // In small letters it is what a form or a map calls it, too.
    let constant = !probe.slice(at..end).iter().any(u8::is_ascii_lowercase);
    let other = probe.key_ends_with(end, &["cachekey", "sortkey", "primarykey", "publickey"]).is_some();
    let chosen = strong && !text.contains(&b' ') && (constant || is_odd(text) && !is_none(text, true));
    (!other && (drawn || chosen)).then_some(value)
}

/// The password of a command of Redis as its monitor prints it, behind a name or alone: `"AUTH" "ann" "…"`, `"requirepass" "…"`.
pub(super) fn authenticates(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const COMMANDS: [&str; 3] = ["\"auth", "\"requirepass", "\"masterauth"];
    let command = |word: &str| probe.ends_with_any_case(at - 2, word);
    // A field of a hash: `HSET user:7 "api_key" "…"`.
    let field = || {
        let named = probe.key_ends_with(at - 2, STRONG).is_some();
        let value = string_at(probe, at + 1)?;
        let text = probe.slice(value.clone());
        let drawn = text.len() >= 16 && tokens::is_random(text) || tokens::is_uuid(text);
        let told = named || drawn && probe.key_ends_with(at - 2, &["token", "secret"]).is_some();
        (told && is_odd(text) && !is_none(text, true)).then_some(value)
    };
    if probe.byte(at) != b'"' {
        return None;
    }
    if !COMMANDS.into_iter().any(command) {
        return field();
    }
    let first = string_at(probe, at + 1)?;
    match next_string(probe, first.end) {
        Some(second) => string_at(probe, second),
        None => Some(first),
    }
}

/// The password of the same command as a client sends it: `AUTH …`, and nothing else.
fn authenticated(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let command = at - "AUTH ".len();
    let end = probe.reach(at, LONGEST, |byte| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'\\'));
    let alone = matches!(probe.before(command), 0 | b'"' | b'\'' | b'\n' | b'`')
        && matches!(probe.byte(end), 0 | b'"' | b'\'' | b'\n' | b'\r' | b'\\')
        || probe.has_before(command, 12, &["redis"]);
    let value = probe.slice(at..end);
    (alone && is_odd(value) && !is_none(value, true)).then_some(at..end)
}

/// Words that stand before a secret with nothing but a space between.
pub(super) const NAMED: &[&str] = &[
    "secretkey",
    "secretaccesskey",
    "accesskey",
    "accesskeysecret",
    "access key secret",
    "secret access key",
    "accesstoken",
    "refreshtoken",
    "sessiontoken",
    "bearertoken",
    "apitoken",
    "keypassphrase",
    "secret-id",
    "secret id",
    "set-initial-password",
    "rocommunity",
    "rwcommunity",
    "rocommunity6",
    "rwcommunity6",
    "trapcommunity",
    "authorization code",
    "auth code",
    "code verifier",
    "pkce verifier",
    // Of routers.
    "password cipher",
    "irreversible-cipher",
    "shared-key cipher",
    "psksecret",
    "psksecret enc",
    "geheimschlüssel",
    "chave secreta",
    "clave secreta",
    "clé secrète",
    "chiave segreta",
    "presharedkey",
    "clientsecret",
    "appsecret",
    "apisecret",
    // Commands that are given one.
    "ngrok authtoken",
    "snyk auth",
    "auth:token",
    "vault login",
    "cargo login",
    "auth default",
    "nickserv identify",
    ":identify",
    // Users of SNMP with the kinds of what they are told by and hidden with.
    "auth sha",
    "auth md5",
    "auth sha-256",
    "auth sha256",
    "auth sha512",
    "priv des",
    "priv 3des",
    "priv aes",
    "priv aes 128",
    "priv aes 192",
    "priv aes 256",
    "priv aes128",
    "priv aes256",
    "set passwd enc",
    "requirepass",
    "masterauth",
    "api-key",
    "api-schlüssel",
    "api-sleutel",
    "api-nyckel",
    "api-nyckeln",
    "chave de api",
    "clave de api",
    "clé api",
    "clé d'api",
    "clé d’api",
    "chiave api",
    "klucz api",
    "_authtoken",
    "add-authtoken",
    "password",
    "passwd",
    "passwort",
    "token",
    "secret",
    "apikey",
    "api key",
    "access key",
    "api_key",
    "license key",
    "pass",
    "passphrase",
    "identified by",
    "password from",
    "password by",
    "-asplaintext",
    "convertto-securestring",
    "securestring -string",
    "reg_sz",
    "password 7",
    "password 0",
    "password 8",
    "password 9",
    "secret 0",
    "secret 4",
    "secret 8",
    "secret 9",
    "key 0",
    "key 6",
    "key 7",
    "community",
    "/rp",
    "sp_addlogin",
    "bindpw",
    "rootpw",
    "-pw",
    "-pwd",
    "pw",
    "entry",
    "echo",
    "echo -n",
    "printf",
    "clé",
    "mot de passe",
    "contraseña",
    "senha",
    "kennwort",
    "wachtwoord",
    "lösenord",
    "hasło",
    // Told beside a name.
    "value",
    "changed from",
    "updated from",
    "rotated from",
    "supplied",
    "entered",
    "provided",
    "attempted",
    "typed",
    "seed",
    // Lines of devices.
    "secret 5",
    "password 5",
    "psk",
    "pre-shared-key",
    "pre-shared-key local",
    "pre-shared-key remote",
    "pre-shared-key ascii-text",
    "key-string",
    "key-string 7",
    "authentication-key",
    "version 2c",
    "ppp chap password 0",
    "unseal",
    "env",
    "set password enc",
    "community string",
    "community name",
    "credentials",
    "credential",
    // Before what it is for, or behind that.
    "heslo pro",
    "geslo za",
    "lozinka za",
    "wachtwoord voor",
    "mot de passe pour",
    "contrasena para",
    "senha para",
    "parola pentru",
    "passord til",
    "adgangskode til",
    "password per",
    "için",
    "icin",
    "define(",
    "old",
    "new",
    "private key",
    "secret key",
    "encryption key",
    "decryption key",
    "signing key",
    "master key",
    "fernet key",
    "hmac key",
    "shared key",
    "session key",
    "account key",
    // Behind what ends so.
    "sk",
    "md5",
    "key",
];

/// What stands before a token that is used as one, and not called by its id: `using token 3f0a…`, `ACL token "3f0a…"`.
const USED: &[&str] = &[
    "using ",
    "with ",
    "use ",
    "invalid ",
    "bad ",
    "wrong ",
    "unknown ",
    "expired ",
    "revoked ",
    "leaked ",
    "rejected ",
    "session ",
    "refresh ",
    "access ",
    "acl ",
    "auth ",
    "bearer ",
    "api ",
    "for ",
    "supplied ",
    "provided ",
    "presented ",
    "upload ",
    "deploy ",
    // Those of which are drawn as UUIDs.
    "hec ",
    "consul ",
    "loggly ",
    "snyk ",
    "codecov ",
    "nomad ",
    "heroku ",
];

/// Words that offer a code. Not `enter`: it ends like `after`, which stands before numbers in every other line.
pub(super) const OFFERS: &[&str] =
    &["use", "tried", "code", "lautet", "ist", "est", "was", "luidt", "brzmi", "lyder", "er", "je", "este"];

/// Whether a word is a setting of Redis, whose value is a password whatever it looks like.
fn is_setting(word: &str) -> bool {
    matches!(word, "requirepass" | "masterauth")
}

/// What is drawn at random, right behind a word for secrets; behind a word for passwords also what stands in quotes.
pub(super) fn behind_word(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let end = at.saturating_sub(1);
    if probe.slice(end.saturating_sub(4)..end) == b"AUTH" {
        return authenticated(probe, at);
    }
    // Few of them end like a word that stands there.
    let last = probe.before(end).to_ascii_lowercase();
    let told = |word: &&&str| word.as_bytes().last() == Some(&last) && probe.ends_with_any_case(end, word);
    let word = NAMED.iter().find(told)?;
    let named = end - word.len();
    // In capitals it is a command, or what a test did.
    if probe.slice(end - word.len()..end) == b"PASS" {
        return sent(probe, end - word.len(), at).or_else(|| as_constant(probe, end - word.len(), at));
    }
    if probe.before(at - 1 - word.len()).is_ascii_alphanumeric() {
        return None;
    }
    // A value of the registry, behind its name and its type.
    if *word == "reg_sz" {
        probe.key_ends_with(end - word.len(), STRONG)?;
        let end = probe.reach(at, LONGEST, |byte| byte > b' ' && !matches!(byte, b'"' | b'\\'));
        let value = probe.slice(at..end);
        return (!is_none(value, true)).then_some(at..end);
    }
    if let Some(value) = of_command(probe, word, at) {
        return value;
    }
    let quote = probe.reach(at, 8, |byte| byte == b'\\');
    let at = if is_quote(probe.byte(quote)) { quote + 1 } else { at };
    // `pass` is a verb, too, and things are identified by something; a user by a secret.
    let told = match *word {
        "pass" => false,
        "identified by" => probe.has_before(at, 64, &["user", "grant", "role", "connect to"]),
        "psk" | "convertto-securestring" | "securestring -string" | "-asplaintext" => true,
        word => word.starts_with("pass") || is_setting(word) || SPOKEN.contains(&word),
    };
    if at > quote && told {
        let end = quoted_end(probe, at);
        let value = probe.slice(at..end);
        let first = value.split(|byte| *byte == b' ').next().unwrap_or(&[]);
        let closed = matches!(probe.byte(end), b'\\' | b'"' | b'\'' | b'`');
        if word.ends_with(" from") && probe.starts_with(end + 1, " to ") && is_quote(probe.byte(end + 5)) {
            let second = end + 6;
            return (!is_placeholder(value) && is_odd(value)).then(|| at..quoted_end(probe, second));
        }
        return (closed && !is_placeholder(value) && !is_prose(first, true, false)).then_some(at..end);
    }
    let end = probe.reach(at, 256, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+' | b'/' | b'=' | b'~')
    });
    let end = probe.reach_back(end, 1, |byte| byte == b'.').max(at);
    let value = probe.slice(at..end);
    if word.ends_with(" from") {
        return changed(probe, at);
    }
    if told && word.ends_with(" by") {
        let end = unquoted_end(probe, at);
        return (!is_none(probe.slice(at..end), true) && end > at).then_some(at..end);
    }
    let used = || {
        at > quote && probe.starts_with(named, word)
            || USED.iter().any(|used| probe.ends_with_any_case(named, used))
    };
    let ids = tokens::is_uuid(value) && *word == "token" && !used() || word.ends_with(" by");
    // What somebody chose, where one password is spoken of; and what a setting says.
    let any = |belongs: fn(&u8) -> bool| value.iter().any(belongs);
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let mixed = any(u8::is_ascii_digit) && any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase);
    let begins = at - 1 - word.len();
    let chosen = told && mixed && probe.ends_with_any_case(begins, "the ");
    const GIVEN: &[&str] = &[
        "generated ",
        "comparing ",
        "set ",
        "mit ",
        "avec ",
        "received ",
        "using ",
        "with ",
        "and ",
        "new ",
        "old ",
        "initial ",
        "default ",
        "temporary ",
        "tried ",
        "wrong ",
        "entered ",
        "temp ",
        "invalid ",
        "incorrect ",
        "falsches ",
        "neues ",
        "altes ",
        "das ",
        "la ",
        "le ",
        "het ",
    ];
    // A line of a dialog, or of a device's settings.
    const DIALOGS: &[&str] =
        &["machine", "username", "neighbor", "enable", "registering", "register.", "sip.", "ppp.", "chap."];
    let dialog = (told || *word == "secret")
        && matches!(probe.byte(word_end(probe, at)), 0 | b'\n' | b'\r' | b' ' | b'\\' | b'"')
        && probe.has_before(begins, 64, DIALOGS);
    if dialog {
        let end = word_end(probe, at);
        let value = probe.slice(at..end);
        let cased =
            value.iter().any(u8::is_ascii_uppercase) && value.iter().skip(1).any(u8::is_ascii_lowercase);
        // Resources are called so: `register secret db-credentials-2`.
        let resource =
            *word == "secret" && value.contains(&b'-') && !value.iter().any(u8::is_ascii_uppercase);
        let told = !resource && (is_odd(value) || cased && value.len() >= 10);
        return (value.len() >= 6 && told && !is_resource(value) && !is_none(value, true)).then_some(at..end);
    }
    if told && let Some(span) = beside_login(probe, begins, at) {
        return Some(span);
    }
    // Marks stand in what was chosen as well.
    let whole = probe.slice(at..word_end(probe, at));
    let marked = whole.iter().rev().skip(1).any(|byte| b"!#$%^&*+?".contains(byte))
        || value.len() == whole.len() && digits > 2 && value.iter().any(|byte| matches!(byte, b'.' | b'_'));
    if told
        && (mixed || is_typed(value) || marked)
        && GIVEN.iter().any(|given| probe.ends_with_any_case(begins, given))
    {
        let end = word_end(probe, at);
        let value = probe.slice(at..end);
        return (value.len() >= 8 && is_odd(value) && !is_resource(value)).then_some(at..end);
    }
    let set = is_setting(word);
    (value.len() >= 11
        && !ids
        && (tokens::is_random(value) || chosen || set)
        && !is_resource(value)
        && !is_placeholder(value))
    .then_some(at..end)
}

/// Whether small letters and digits are what somebody chose, and no name with its number or a kind of hash.
fn is_typed(value: &[u8]) -> bool {
    let inside = |pair: &[u8]| matches!(pair, [a, b] if a.is_ascii_digit() && b.is_ascii_lowercase());
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    value.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && (digits >= 3 && digits < value.len() || value.windows(2).any(inside))
        && !names_hash(value)
}

/// Whether a value is a kind of hash, as passwords are said to be kept.
pub(super) fn names_hash(value: &[u8]) -> bool {
    const HASHES: [&[u8]; 7] = [b"sha", b"md5", b"pbkdf", b"argon", b"scram", b"bcrypt", b"scrypt"];
    HASHES.iter().any(|hash| value.starts_with(hash))
}

/// One past a word that somebody tells: up to a blank or a mark of the sentence.
#[inline(never)] // asked in several places
pub(super) fn word_end(probe: &Probe<'_>, at: usize) -> usize {
    let goes_on = |byte: u8| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'`' | b',' | b')' | b'\\');
    let mut end = probe.reach(at, LONGEST, goes_on);
    // A bracket inside of what was drawn closes nothing around it.
    while end < at + LONGEST && probe.byte(end) == b')' && is_inside(probe, at, end) {
        end = probe.reach(end + 1, at + LONGEST - end - 1, goes_on);
    }
    probe.reach_back(end, 2, |byte| matches!(byte, b'.' | b';')).max(at)
}

/// What stands behind a word that tells of a secret only in a command or dialog; `None` of other words. `at` is where the value
/// begins.
#[inline(never)] // once in a while
fn of_command(probe: &Probe<'_>, word: &str, at: usize) -> Option<Option<Range<usize>>> {
    const SHARED: &[&str] =
        &["ssid", "wifi", "wi-fi", "wlan", "wpa", "radius", "isakmp", "tacacs", "ntp authentication"];
    const READERS: [&str; 21] = [
        "wg ",
        "wrangler secret",
        "gcloud secrets",
        "gh secret",
        "kubectl create secret",
        "vault ",
        "fly secrets",
        "flyctl secrets",
        "chntpw",
        "cryptsetup",
        "sudo ",
        "passwd",
        "chpasswd",
        "docker login",
        "podman login",
        "helm registry",
        "gpg ",
        "kinit",
        "su ",
        "smbpasswd",
        "openssl",
    ];
    let begins = at - 1 - word.len();
    let spoken = word.starts_with("community");
    let string = (spoken || matches!(word, "echo" | "echo -n" | "printf" | "pre-shared-key ascii-text"))
        && is_quote(probe.byte(at));
    let at = at + usize::from(string);
    let end = word_end(probe, at);
    let value = probe.slice(at..end);
    let odd = is_odd(value) && !is_resource(value);
    let secret = match word {
        "rocommunity" | "rwcommunity" | "rocommunity6" | "rwcommunity6" | "trapcommunity" => {
            odd && value.len() >= 6 && value.iter().any(u8::is_ascii_digit)
        }
        "set-initial-password" => value.len() >= 8 && !value.starts_with(b"-"),
        "md5" => {
            const NEIGHBORS: &[&str] = &["message-digest-key", "authentication-key", "authentication mode"];
            odd && value.len() >= 6 && probe.has_before(begins, 48, NEIGHBORS)
        }
        "psk" if !string && !is_quote(probe.byte(at)) => {
            odd && value.len() >= 8 && value.iter().any(u8::is_ascii_digit)
        }
        "password cipher" | "irreversible-cipher" | "shared-key cipher" | "psksecret" | "psksecret enc" => {
            odd && value.len() >= 6
        }
        "auth default" => odd && value.len() >= 6,
        "nickserv identify" | ":identify" => probe.has_before(at, 48, &["nickserv"]) && value.len() >= 6,
        word if word.starts_with("auth ") || word.starts_with("priv ") => {
            probe.has_before(begins, 128, &["snmp"]) && value.len() >= 6
        }
        // Devices of Cisco: the digit says how what follows is written.
        _ if word.len() > 3 && word.as_bytes().last().is_some_and(u8::is_ascii_digit) => {
            value.len() >= 6 && value.iter().any(u8::is_ascii_alphabetic)
        }
        // Who asked gave it: `Authentication failure for community "…"`.
        "community" | "community string" | "community name" => {
            probe.has_before(begins, if string { 64 } else { 24 }, &["snmp", "trap"])
                || string && probe.has_before(begins, 32, &["authentication failure"])
        }
        "old" | "new" => return Some(typed_anew(probe, begins, at)),
        "define(" => return Some(defined(probe, at + 1)),
        "credentials" | "credential" => {
            let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
            value.len() >= 20 && digits > 1 && tokens::is_random(value) && !tokens::is_uuid(value)
        }
        "/rp" => probe.has_before(begins, 256, &["schtasks"]),
        // `Parola veritabanı için … olarak ayarlandı`
        "için" | "icin" => {
            odd && value.len() >= 6 && probe.starts_with(end, " olarak ") && names_secret(probe, begins, 64)
        }
        // `Heslo pro mail-gw1: …`
        "heslo pro" | "geslo za" | "lozinka za" | "wachtwoord voor" | "mot de passe pour"
        | "contrasena para" | "senha para" | "parola pentru" | "passord til" | "adgangskode til"
        | "password per" => {
            let name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@/".contains(&byte);
            let whose = probe.reach(at, 64, name);
            let colon = probe.reach(whose, 1, |byte| byte == b' ');
            return Some(if probe.starts_with(colon, ": ") { value_at(probe, colon + 2) } else { None });
        }
        "value" | "supplied" | "entered" | "provided" | "attempted" | "typed" => {
            return Some(beside_name(probe, word, begins, at).or_else(|| as_password(probe, at)));
        }
        "seed" => return Some(seed(probe, at)),
        "env" => return Some(setting_of_image(probe, at)),
        "changed from" | "updated from" | "rotated from" => {
            return Some(if names_secret(probe, begins, 16) { changed(probe, at) } else { None });
        }
        "version 2c" => probe.has_before(begins, 64, &["snmp"]) && !value.contains(&b'.'),
        "pre-shared-key"
        | "pre-shared-key local"
        | "pre-shared-key remote"
        | "pre-shared-key ascii-text"
        | "key-string"
        | "authentication-key"
        | "set password enc"
        | "set passwd enc" => odd && value.len() >= 6,
        "unseal" => value.len() >= 40 && tokens::is_random(value) && probe.has_before(begins, 32, &["vault"]),
        "add-authtoken" => value.len() >= 24,
        "_authtoken" => value.len() >= 16 && probe.has_before(begins, 96, &["npm", "yarn", "pnpm"]),
        "clé" => value.len() >= 16 && tokens::is_random(value) && !tokens::is_uuid(value),
        // What a shell gives to a command as a file: `wg set wg0 private-key <(echo …)`.
        "echo" | "echo -n" | "printf" if probe.slice(begins.saturating_sub(2)..begins) == b"<(" => {
            const KEYS: &[&str] = &["private-key", "preshared-key", "pass", "key-file", "secret", "token"];
            value.len() >= 6 && probe.has_before(begins, 64, KEYS)
        }
        "echo" | "echo -n" | "printf" => {
            let pipe = probe.reach(end, 2, |byte| matches!(byte, b' ' | b'"' | b'\'' | b'\\'));
            probe.starts_with(pipe, "| ") && READERS.iter().any(|reader| probe.starts_with(pipe + 2, reader))
        }
        "key" => {
            let given = ["with ", "using "].iter().any(|given| probe.ends_with_any_case(begins, given));
            odd && value.len() >= 8 && probe.has_before(begins, 64, SHARED)
                || matches!(value.len(), 32 | 40)
                    && value.iter().all(u8::is_ascii_hexdigit)
                    && value.iter().any(u8::is_ascii_digit)
                    && ["routing", "integration", "service", "ingestion", "insert", "app", "application"]
                        .iter()
                        .any(|kind| probe.ends_with_any_case(begins.saturating_sub(1), kind))
                || given
                    && value.len() >= 16
                    && tokens::is_random(value)
                    && probe.has_before(begins, 32, &["api"])
                || value.len() >= 32
                    && value.iter().any(u8::is_ascii_uppercase)
                    && value.iter().any(u8::is_ascii_lowercase)
                    && tokens::is_random(value)
                    && !tokens::is_uuid(value)
                    && (["their ", "our ", "my "].iter().any(|whose| probe.ends_with_any_case(begins, whose))
                        || probe.has_before(
                            begins,
                            32,
                            &["unauthorized", "forbidden", "unauthenticated", "unseal"],
                        ))
        }
        "bindpw" | "rootpw" | "-pw" | "-pwd" => true,
        // What a database says of a value that is there already: `Duplicate entry '…' for key 'users.api_token'`.
        "entry" => {
            let string = string_at(probe, at + 1).filter(|_| is_quote(probe.byte(at)));
            let whose = |string: &Range<usize>| for_name(probe, string.end);
            return Some(string.filter(|string| whose(string).is_some()));
        }
        // The name comes first.
        "sp_addlogin" => {
            let second =
                is_quote(probe.byte(at)).then(|| next_string(probe, quoted_end(probe, at + 1))).flatten();
            return Some(second.and_then(|second| string_at(probe, second)));
        }
        _ => return None,
    };
    Some((secret && !is_none(value, true) && !is_prose(value, true, false)).then_some(at..end))
}

/// Where the name of a secret ends for which a string that ends at a place was given: `'…' for column 'password'`.
pub(super) fn for_name(probe: &Probe<'_>, end: usize) -> Option<usize> {
    const KINDS: [&str; 4] = [" for key ", " for column ", " for field ", " for parameter "];
    let kind = KINDS.iter().find(|kind| probe.starts_with(end + 1, kind))?;
    let name = end + 1 + kind.len();
    let name = name + usize::from(is_quote(probe.byte(name)));
    let end =
        probe.reach(name, 64, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
    probe.key_ends_with(end, STRONG).or_else(|| probe.key_ends_with(end, &["token", "secret"]))?;
    Some(end)
}

/// A secret in an entry that says what something was before and is now: `password changed old=… new=…`.
pub(super) fn changed_pair(probe: &Probe<'_>, operator: usize) -> Option<Range<usize>> {
    /// So far that a long value may stand between.
    const FAR: usize = 192;
    const KEYS: &[&str] = &[
        "api key",
        "apikey",
        "access key",
        "signing key",
        "encryption key",
        "hmac",
        "token.",
        "shared key",
        "psk.",
    ];
    let key = probe.reach_back(operator, 6, |byte| byte.is_ascii_alphabetic() || is_quote(byte));
    let key = key + usize::from(is_quote(probe.byte(key)));
    if !matches!(operator - key, 3..=4) || !probe.has_before(key, FAR, CHANGED) {
        return None;
    }
    let chosen = probe.has_before(key, FAR, &["passw", "pwd.", "passphrase", "secret."]);
    if !chosen && !probe.has_before(key, FAR, KEYS) && !probe.has_before(key, FAR / 2, PINS) {
        return None;
    }
    let from = value_start(probe, operator);
    let end = if is_quote(probe.before(from)) { quoted_end(probe, from) } else { word_end(probe, from) };
    let value = probe.slice(from..end);
    // Keys and tokens are drawn; what is called like them has names and numbers.
    let drawn = || value.len() >= 16 && tokens::is_random(value) && !tokens::is_uuid(value);
    let typed = (4..=8).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
    let told = if typed {
        probe.has_before(key, FAR / 2, PINS)
    } else {
        is_odd(value) && (chosen || drawn()) && !is_none(value, true)
    };
    told.then_some(from..end)
}

/// The words with which something says that a secret is another one now.
const CHANGED: &[&str] = &["chang", "rotat", "updat", "reset", "replac", "field", "attribute", "roll"];

/// What numbers are called that somebody types to be let in.
const PINS: &[&str] = &["pin.", "pincode", "passcode", "puk.", "door code", "alarm code"];

/// A number that somebody types to be let in, or a password, in a message of what it was and is: `PIN change: old 8108 new 8908`.
fn typed_anew(probe: &Probe<'_>, begins: usize, at: usize) -> Option<Range<usize>> {
    let end = probe.reach(at, 9, |byte| byte.is_ascii_digit());
    // Behind a mark, or behind the old one.
    let before = probe.reach_back(begins.saturating_sub(1), 64, |byte| byte > b' ');
    let told = matches!(probe.before(begins.saturating_sub(1)), b':' | b',' | b';')
        || probe.ends_with_any_case(before, "old ");
    if !told || !probe.has_before(begins, 48, CHANGED) {
        return None;
    }
    if (4..=8).contains(&(end - at)) && !probe.byte(end).is_ascii_alphanumeric() {
        return (probe.has_before(begins, 48, PINS) && !probe.is_measure(end)).then_some(at..end);
    }
    let end = word_end(probe, at);
    let value = probe.slice(at..end);
    let drawn = value.len() >= 20 && tokens::is_random(value) && !tokens::is_uuid(value);
    let told = value.len() >= 8
        && is_odd(value)
        && is_typed_or_mixed(value)
        && (probe.has_before(begins, 48, SPOKEN)
            || drawn && probe.has_before(begins, 96, &["key.", "key rotated", "secret.", "token."]));
    (told && !is_resource(value) && !is_none(value, true)).then_some(at..end)
}

/// Whether a value is what somebody chose, by its letters and digits.
fn is_typed_or_mixed(value: &[u8]) -> bool {
    let any = |belongs: fn(&u8) -> bool| value.iter().any(belongs);
    any(u8::is_ascii_digit) && any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase) || is_typed(value)
}

/// A secret that an address stands beside: `password for ann@example.org: …`, `SET PASSWORD FOR 'ann'@'%' = '…'`, the password of a
/// rule of Redis (`ACL SETUSER ann on >… +@all`).
#[inline(never)] // of few addresses
pub(super) fn beside_address(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let quote = probe.before(at);
    if is_quote(quote) && is_quote(probe.byte(at + 1)) {
        if !probe.has_before(at, 96, &["set password for"]) {
            return None;
        }
        let host = probe.reach(at + 2, 64, |byte| !is_quote(byte) && byte != b'\n');
        let equals = probe.reach(host + 1, 8, |byte| byte == b' ');
        let value = value_start(probe, equals);
        return (probe.byte(equals) == b'=' && is_quote(probe.before(value)))
            .then(|| string_at(probe, value))?;
    }
    if matches!(quote, b'+' | b'-') && probe.byte(at + 1).is_ascii_alphabetic() {
        let rule = probe.slice(at.saturating_sub(160)..at);
        probe.count(rule.len());
        memchr::memmem::find(rule, b"SETUSER ")?;
        let from = at - rule.len() + memchr::memmem::rfind(rule, b" >")? + 2;
        let end = probe.reach(from, LONGEST, |byte| byte > b' ');
        return (!is_placeholder(probe.slice(from..end))).then_some(from..end);
    }
    let name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+');
    let start = probe.reach_back(at, 64, name);
    let word = start.checked_sub(" for ".len()).filter(|word| probe.starts_with(*word, " for "))?;
    let token = probe.has_before(word, 16, &["token", "secret", "api key"]);
    if !token && !probe.has_before(word, 40, SPOKEN) {
        return None;
    }
    let end = probe.reach(at + 1, 64, name);
    let colon = probe.starts_with(end, ": ");
    let from = end + if colon { ": " } else { " is " }.len();
    if !colon && !probe.starts_with(end, " is ") {
        return None;
    }
    let end = word_end(probe, from);
    let value = probe.slice(from..end);
    let told = if token {
        value.len() >= 16 && tokens::is_random(value) && !tokens::is_uuid(value)
    } else {
        is_odd(value) || colon && value.len() >= 8 && value.contains(&b'-')
    };
    (told && !is_none(value, true) && !is_prose(value, true, false)).then_some(from..end)
}

/// What a password was changed from, with what it was changed to: `… password from hunter2x to hunter3x`.
fn changed(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let word = |at: usize| {
        let end =
            probe.reach(at, 64, |byte| byte > b' ' && !matches!(byte, b',' | b'"' | b'\'' | b'`' | b')'));
        at..probe.reach_back(end, 1, |byte| matches!(byte, b'.' | b';'))
    };
    let odd = |span: &Range<usize>| {
        let value = probe.slice(span.clone());
        value.len() >= 5 && value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic)
    };
    let first = word(at);
    let second = word(first.end + " to ".len());
    (odd(&first) && probe.starts_with(first.end, " to ") && odd(&second)).then_some(at..second.end)
}

/// The string that a constant of C is given whose name ends in the word at a place: `#define WIFI_PASS "…"`.
fn as_constant(probe: &Probe<'_>, word: usize, at: usize) -> Option<Range<usize>> {
    let name =
        probe.reach_back(word, 48, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let defined = probe.ends_with_any_case(name, "#define ") && is_quote(probe.byte(at));
    defined.then(|| string_at(probe, at + 1))?.filter(|string| !string.is_empty())
}

/// Protocols whose name stands right before what is sent.
const PROTOCOLS: [&str; 5] = ["ftp", "ftps", "pop3", "pop", "quote"];

/// The password that a client sends behind its name (RFC 959, RFC 1939): `USER ann`, then `PASS x` at the beginning of a line or behind
/// a mark of who speaks. The rest of the line is the password.
#[inline(never)] // once in a while
fn sent(probe: &Probe<'_>, word: usize, at: usize) -> Option<Range<usize>> {
    let line = match probe.before(word) {
        0 | b'\n' => true,
        // An escaped line break.
        b'n' => probe.before(word - 1) == b'\\',
        b' ' => {
            matches!(probe.before(word - 1), b'>' | b'<' | b':' | b'-' | b']')
                // Behind who it is of: `USER ann PASS …`.
                || probe.ends_with_any_case(probe.reach_back(word - 1, 48, |byte| byte > b' '), "user ")
                || PROTOCOLS.iter().any(|protocol| probe.ends_with_any_case(word - 1, protocol))
        }
        _ => false,
    };
    let spoken = probe.has_before(word, 160, &["user"])
        || probe.has_before(word, 48, &["ftp.", "ftps.", "sftp.", "pop3", "pop.", "imap", "irc."])
        || ["---> ", "c> ", ">>> "].iter().any(|mark| probe.ends_with_any_case(word, mark))
        || probe.ends_with_any_case(word, "c: ");
    if !line || probe.byte(at) == b'(' || !spoken {
        return None;
    }
    let end = probe.reach(at, LONGEST, |byte| byte > b' ' && !matches!(byte, b'"' | b'\\'));
    let value = probe.slice(at..end);
    (matches!(probe.byte(end), 0 | b'\r' | b'\n' | b'"' | b'\\') && !is_none(value, true)).then_some(at..end)
}

/// Words for secrets behind which a few others may stand before what they are: `the password for the account is …`.
pub(super) const SPOKEN: &[&str] = &[
    "password",
    "passwort",
    "passphrase",
    "kennwort",
    "wachtwoord",
    "lösenord",
    "contraseña",
    "senha",
    "hasło",
    "palavra-passe",
    "parola",
    "mot de passe",
    "passwd",
    "passcode",
    "pwd",
    "pw",
    "lösenordet",
    "adgangskode",
    "adgangskoden",
    "passord",
    "passordet",
    "salasana",
    "heslo",
    "geslo",
    "lozinka",
    "jelszó",
    "mdp",
];

/// What such words go on with.
const GOES_ON: &str = " von vom der du on for of to für de do van voor per till dla para pour set changed reset updated del da di dell' provisoire \
                       temporaire initial initiale actuel actuelle temporal provisional inicial actual temporária provisória atual \
                       provvisoria temporanea iniziale attuale tymczasowe początkowe nowe d'accès d'administration wifi wi-fi admin root \
                       till för til ved del dello della des pentru k ke pro od za do dla ";

/// A secret that somebody tells: `my password is hunter2`. Only what no sentence goes on with.
#[inline(never)] // asked in several places
pub(super) fn told(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const VERBS: [&str; 16] = [
        " is ", " es ", " to ", " ist ", " est ", " was ", " lautet ", " é ", " è ", " är ", " luidt ",
        " brzmi ", " lyder ", " er ", " je ", " este ",
    ];
    const KEYS: &[&str] = &[
        "token",
        "secret",
        "apikey",
        "accesskey",
        "jeton",
        "clé",
        "chiave",
        "chave",
        "schlüssel",
        "sleutel",
        "nyckel",
        "klucz",
    ];
    let verb = VERBS.iter().find(|verb| probe.starts_with(at, verb))?;
    if probe.key_ends_with(at, SEEDS).is_some() {
        let from = at + verb.len();
        return phrase_end(probe, from, SEED).map(|end| from..end);
    }
    // Of a token only what is drawn at random: the word stands in sentences.
    let constant = probe.before(at).is_ascii_uppercase();
    if (*verb != " to " || constant) && probe.key_ends_with(at, KEYS).is_some() {
        let from = at + verb.len();
        let end = word_end(probe, from);
        let value = probe.slice(from..end);
        let cased = value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase);
        let plain = value.iter().all(u8::is_ascii_alphanumeric);
        let drawn = value.len() >= 16 && tokens::is_random(value) && (cased || plain);
        if drawn && !is_resource(value) && !is_none(value, true) {
            return Some(from..end);
        }
    }
    let short = |word: &str| {
        probe.ends_with_any_case(at, word) && !probe.before(at - word.len()).is_ascii_alphanumeric()
    };
    if probe.key_ends_with(at, STRONG).is_none() && !["pw", "pass", "clave"].into_iter().any(short) {
        if *verb == " to "
            && let Some(value) = changed_to(probe, at)
        {
            return Some(value);
        }
        // `the password for the account is …`: a word for secrets with a few words behind it.
        if !probe.has_before(at, 64, SPOKEN) {
            return None;
        }
        let clause = probe.reach_back(at, 64, |byte| {
            byte.is_ascii_alphanumeric() || !byte.is_ascii() || b" -_=\"'`.".contains(&byte)
        });
        // The dots of a host's name divide no sentences.
        let sentence = probe.slice(clause..at).windows(2).rposition(|pair| pair == b". ");
        let clause = clause + sentence.unwrap_or(0);
        let named = |at: usize| SPOKEN.iter().any(|word| probe.ends_with_any_case(at, word));
        let goes_on = |at: &usize| {
            let end = probe.reach(at + 1, 20, |byte| byte > b' ');
            is_listed(probe.slice(at + 1..end), GOES_ON)
        };
        (clause..at).filter(|at| probe.byte(*at) == b' ').filter(|at| named(*at)).find(goes_on)?;
    }
    const NOW: [&str; 10] =
        ["now ", "jetzt ", "nun ", "nu ", "still ", "noch ", "toujours ", "ahora ", "ora ", "agora "];
    let from = at + verb.len();
    let from = from + NOW.iter().find(|now| probe.starts_with(from, now)).map_or(0, |now| now.len());
    let quoted = is_quote(probe.byte(from));
    let from = from + usize::from(quoted);
    // Of several words only what stands in quotes.
    let phrase = if quoted { quoted_end(probe, from) } else { from };
    let words = probe.slice(from..phrase.min(from + 64));
    if is_quote(probe.byte(phrase)) && words.contains(&b' ') && words.len() < 64 && is_odd(words) {
        return Some(from..phrase);
    }
    let end =
        probe.reach(from, LONGEST, |byte| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'`' | b',' | b')'));
    let end = probe.reach_back(end, 2, |byte| matches!(byte, b'.' | b';')).max(from);
    let value = probe.slice(from..end);
    let told = is_odd(value) && !is_none(value, true);
    if told {
        Some(from..end)
    } else {
        on_next_line(probe, from).filter(|span| is_odd(probe.slice(span.clone())))
    }
}

/// What tells that something is something, in the languages in which that is a word of one or two letters.
pub(in crate::detect) const IS: [&str; 6] = [" is ", " es ", " é ", " è ", " är ", " to "];

/// A code that logs somebody in: behind the words that say so with a few words between (`the OTP for this login is 120692`), or
/// before them: `493817 is your code`, `use 493817 as your login code`.
pub(super) fn code(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const CODES: [&str; 8] = ["code", "otp", "pin", "passcode", "password", "código", "codice", "kod"];
    if let Some(verb) = IS.iter().find(|verb| probe.starts_with(at, verb)) {
        let from = at + verb.len();
        let end = probe.reach(from, 9, |byte| byte.is_ascii_digit());
        if (4..=8).contains(&(end - from))
            && !probe.byte(end).is_ascii_alphanumeric()
            && !probe.is_measure(end)
        {
            const SAYS_SO: &[&str] = &[
                "otp.",
                "one-time",
                "one time",
                "passcode",
                "verification code",
                "login code",
                "security code",
                "access code",
                "authentication code",
                "confirmation code",
                "sign-in code",
                "2fa",
                "your pin",
                "my pin",
                "pin for",
                "pin code",
                "uw code",
                "je code",
                "jouw code",
                "mijn code",
                "tu código",
                "su código",
                "mi código",
                "seu código",
                "teu código",
                "meu código",
                "tuo codice",
                "suo codice",
                "mio codice",
                "din kod",
                "min kod",
                "twój kod",
                "mój kod",
                "código de verif",
                "código de conf",
                "código de acc",
                "código de seg",
                "codigo de verif",
                "codice di verif",
                "codice di conf",
                "codice di acc",
                "codice di sic",
                "codice otp",
                "puk",
                "verificatiec",
                "engångsk",
                "verifieringsk",
            ];
            return probe.has_before(at, 48, SAYS_SO).then_some(from..end);
        }
    }
    let from = probe.reach_back(at, 9, |byte| byte.is_ascii_digit());
    if !(4..=8).contains(&(at - from)) || probe.before(from).is_ascii_alphanumeric() {
        return None;
    }
    const YOURS: [&str; 7] =
        [" is your ", " as your ", " es tu ", " es su ", " é o seu ", " è il tuo ", " är din "];
    let yours = at + YOURS.iter().find(|yours| probe.starts_with(at, yours))?.len();
    let words = yours..probe.reach(yours, 40, |byte| {
        byte.is_ascii_alphanumeric() || !byte.is_ascii() || matches!(byte, b' ' | b'-')
    });
    let is_code = |word: &[u8]| CODES.iter().any(|code| word.eq_ignore_ascii_case(code.as_bytes()));
    probe.slice(words).split(|byte| *byte == b' ').any(is_code).then_some(from..at)
}

/// What is to be used as a password, as one says to another: `use hunter2x as the vpn password`.
fn as_password(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let end = word_end(probe, at);
    let words = end + " as ".len();
    let words =
        words..probe.reach(words, 40, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-'));
    let named = |word: &[u8]| SPOKEN.iter().any(|spoken| word.eq_ignore_ascii_case(spoken.as_bytes()));
    let value = probe.slice(at..end);
    let cased = value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase);
    let told = (probe.starts_with(end, " as ") || cased && probe.starts_with(end, " for the "))
        && probe.slice(words).split(|byte| *byte == b' ').any(named);
    (told && is_odd(value)).then_some(at..end)
}

/// A code between a word that offers it and what it is for: `use 482913 to log in`, `enter code 4829 to verify`. Behind a verb
/// that is no site of its own, what somebody tells.
pub(super) fn offered(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const FOR: [&str; 11] = [
        " to log in",
        " to login",
        " to sign in",
        " to sign-in",
        " to verify",
        " to confirm",
        " to complete",
        " to reset",
        " to authenticate",
        " to access",
        " to unlock",
    ];
    // In French a code is of an error, a product or a place as well.
    const SAYS_SO: &[&str] = &[
        "bestätigungsc",
        "sicherheitsc",
        "verifizierungsc",
        "zugangsc",
        "einmal",
        "ihr code",
        "dein code",
        "mein code",
        "votre code",
        "ton code",
        "mon code",
        "uw code",
        "je code",
        "mijn code",
        "din kod",
        "min kod",
        "twój kod",
        "mój kod",
        "verificatiec",
        "code de v",
        "code de sécurité",
        "code de connexion",
        "code de confirmation",
        "code d'accès",
        "code sms",
        "code secret",
        "code confidentiel",
        "code à usage",
        "kod weryf",
        "kod pot",
        "kod dost",
        "pin.",
        "tan.",
        "puk",
        "pukk",
        "otp.",
    ];
    const FAILS: &[&str] = &["expired", "verification", "verify", "one-time", "sms.", "2fa"];
    let word = OFFERS.iter().find(|word| probe.ends_with_any_case(at - 1, word))?;
    if matches!(*word, "use" | "tried")
        && let Some(value) = as_password(probe, at)
    {
        return Some(value);
    }
    if *word == "tried"
        && let Some(value) = beside_name(probe, word, at - 1 - word.len(), at)
    {
        return Some(value);
    }
    let end = probe.reach(at, 9, |byte| byte.is_ascii_digit());
    let offers = matches!(*word, "use" | "code");
    let offered = if !(4..=8).contains(&(end - at)) {
        false
    } else if offers {
        FOR.iter().any(|purpose| probe.starts_with(end, purpose))
            || probe.ends_with_any_case(at - 1, "the code") && probe.near(&(at..end), FAILS)
    } else {
        probe.has_before(at, 48, SAYS_SO)
    };
    let word_start = at - 1 - word.len();
    let code = offered
        && *word != "tried"
        && !probe.byte(end).is_ascii_alphanumeric()
        && !probe.before(word_start).is_ascii_alphanumeric();
    if code { Some(at..end) } else { told(probe, word_start.checked_sub(1).filter(|_| !offers)?) }
}

//! Secrets that are told, not set: behind a word and a blank, behind `is`, offered as a code, sent to a server.

use super::extent::{SEED, is_quote, next_string, phrase_end, quoted_end, string_at};
use super::none::{is_none, is_odd, is_prose, is_resource};
use super::words::{SEEDS, SETTING, STRONG};
use crate::detect::{Probe, is_listed, is_placeholder, tokens};
use core::ops::Range;

/// The value of a constant whose name begins at a place, or of a setting that is a line of its own.
pub(super) fn constant(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    if let Some(setting) = SETTING.iter().find(|setting| probe.starts_with(at, setting)) {
        let from = at + setting.len();
        let end =
            probe.reach(from, 128, |byte| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b','));
        let value = probe.slice(from..end);
        let line = matches!(probe.before(at), 0 | b'\n') && matches!(probe.byte(end), 0 | b'\n' | b'\r');
        let digit = value.iter().any(u8::is_ascii_digit);
        return ((line || digit) && !is_placeholder(value) && !is_prose(value, true, false))
            .then_some(from..end);
    }
    let quote = probe.before(at);
    let end = probe.reach(at, 48, |byte| byte.is_ascii_uppercase() || byte == b'_');
    if !is_quote(quote) || probe.byte(end) != quote || !probe.has_before(at, 16, &["define"]) {
        return None;
    }
    probe.key_ends_with(end, STRONG).or_else(|| probe.key_ends_with(end, &["key"]))?;
    string_at(probe, next_string(probe, end)?)
}

/// The password of a command of Redis as its monitor prints it, behind a name or alone: `"AUTH" "ann" "…"`.
pub(super) fn authenticates(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    if probe.byte(at) != b'"' || !probe.ends_with_any_case(at - 2, "\"auth") {
        return None;
    }
    let first = string_at(probe, at + 1)?;
    match next_string(probe, first.end) {
        Some(second) => string_at(probe, second),
        None => Some(first),
    }
}

/// Words that stand before a secret with nothing but a space between.
pub(super) const NAMED: &[&str] = &[
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
    "convertto-securestring",
    "securestring -string",
    "reg_sz",
];

/// Words that offer a code. Not `enter`: it ends like `after`, which stands before numbers in every other line.
pub(super) const OFFERS: &[&str] = &["use", "code", "lautet", "ist", "est", "was", "luidt", "brzmi", "lyder"];

/// Whether a word is a setting of Redis, whose value is a password whatever it looks like.
fn is_setting(word: &str) -> bool {
    matches!(word, "requirepass" | "masterauth")
}

/// What is drawn at random, right behind a word for secrets; behind a word for passwords also what stands in quotes.
pub(super) fn behind_word(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let end = at.saturating_sub(1);
    // Few of them end like a word that stands there.
    let last = probe.before(end).to_ascii_lowercase();
    let told = |word: &&&str| word.as_bytes().last() == Some(&last) && probe.ends_with_any_case(end, word);
    let word = NAMED.iter().find(told)?;
    // In capitals it is a command, or what a test did.
    if probe.slice(end - word.len()..end) == b"PASS" {
        return sent(probe, end - word.len(), at);
    }
    if probe.before(at - 1 - word.len()).is_ascii_alphanumeric() {
        return None;
    }
    // A value of the registry, behind its name and its type.
    if *word == "reg_sz" {
        probe.key_ends_with(end - word.len(), STRONG)?;
        let end = probe.reach(at, 128, |byte| byte > b' ' && !matches!(byte, b'"' | b'\\'));
        let value = probe.slice(at..end);
        return (!is_none(value, true)).then_some(at..end);
    }
    let quote = probe.run_end(at, 8, |byte| byte == b'\\');
    let at = if is_quote(probe.byte(quote)) { quote + 1 } else { at };
    // `pass` is a verb, too, and things are identified by something; a user by a secret.
    let told = match *word {
        "pass" => false,
        "identified by" => probe.has_before(at, 64, &["user", "grant"]),
        "convertto-securestring" | "securestring -string" => true,
        word => word.starts_with("pass") || is_setting(word),
    };
    if at > quote && told {
        let end = quoted_end(probe, at);
        let value = probe.slice(at..end);
        let first = value.split(|byte| *byte == b' ').next().unwrap_or(&[]);
        let closed = matches!(probe.byte(end), b'\\' | b'"' | b'\'' | b'`');
        return (closed && !is_placeholder(value) && !is_prose(first, true, false)).then_some(at..end);
    }
    let end = probe.run_end(at, 256, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+' | b'/' | b'=' | b'~')
    });
    let end = probe.run_start(end, 1, |byte| byte == b'.').max(at);
    let value = probe.slice(at..end);
    if word.ends_with(" from") {
        return changed(probe, at);
    }
    let ids = tokens::is_uuid(value) && *word == "token" || word.ends_with(" by");
    // What somebody chose, where one password is spoken of; and what a setting says.
    let any = |belongs: fn(&u8) -> bool| value.iter().any(belongs);
    let chosen = told
        && any(u8::is_ascii_digit)
        && any(u8::is_ascii_uppercase)
        && any(u8::is_ascii_lowercase)
        && probe.ends_with_any_case(at - 1 - word.len(), "the ");
    let set = is_setting(word);
    (value.len() >= 11
        && !ids
        && (tokens::is_random(value) || chosen || set)
        && !is_resource(value)
        && !is_placeholder(value))
    .then_some(at..end)
}

/// What a password was changed from, with what it was changed to: `… password from hunter2x to hunter3x`.
fn changed(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let word = |at: usize| {
        let end =
            probe.reach(at, 64, |byte| byte > b' ' && !matches!(byte, b',' | b'"' | b'\'' | b'`' | b')'));
        at..probe.reach_back(end, 1, |byte| byte == b'.')
    };
    let odd = |span: &Range<usize>| {
        let value = probe.slice(span.clone());
        value.len() >= 5 && value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic)
    };
    let first = word(at);
    let second = word(first.end + " to ".len());
    (odd(&first) && probe.starts_with(first.end, " to ") && odd(&second)).then_some(at..second.end)
}

/// The password that a client sends behind its name (RFC 959, RFC 1939): `USER ann`, then `PASS x` at the beginning of a line or behind
/// a mark of who speaks. The rest of the line is the password.
#[inline(never)] // once in a while
fn sent(probe: &Probe<'_>, word: usize, at: usize) -> Option<Range<usize>> {
    let line = match probe.before(word) {
        0 | b'\n' => true,
        // An escaped line break.
        b'n' => probe.before(word - 1) == b'\\',
        b' ' => matches!(probe.before(word - 1), b'>' | b':' | b'-' | b']'),
        _ => false,
    };
    if !line || probe.byte(at) == b'(' || !probe.has_before(word, 160, &["user"]) {
        return None;
    }
    let end = probe.reach(at, 128, |byte| byte > b' ' && !matches!(byte, b'"' | b'\\'));
    let value = probe.slice(at..end);
    (matches!(probe.byte(end), 0 | b'\r' | b'\n' | b'"' | b'\\') && !is_none(value, true)).then_some(at..end)
}

/// Words for secrets behind which a few others may stand before what they are: `the password for the account is …`.
const SPOKEN: &[&str] = &[
    "password",
    "passwort",
    "passphrase",
    "kennwort",
    "wachtwoord",
    "lösenord",
    "contraseña",
    "senha",
    "hasło",
    "parola",
    "mot de passe",
];

/// What such words go on with.
const GOES_ON: &str = " for of to für de do van voor per till dla para pour set changed reset updated ";

/// A secret that somebody tells: `my password is hunter2`. Only what no sentence goes on with.
#[inline(never)] // asked in several places
pub(super) fn told(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const VERBS: [&str; 13] = [
        " is ", " es ", " to ", " ist ", " est ", " was ", " lautet ", " é ", " è ", " är ", " luidt ",
        " brzmi ", " lyder ",
    ];
    let verb = VERBS.iter().find(|verb| probe.starts_with(at, verb))?;
    if probe.key_ends_with(at, SEEDS).is_some() {
        let from = at + verb.len();
        return phrase_end(probe, from, SEED).map(|end| from..end);
    }
    if probe.key_ends_with(at, STRONG).is_none() {
        // `the password for the account is …`: a word for secrets with a few words behind it.
        if !probe.has_before(at, 40, SPOKEN) {
            return None;
        }
        let clause = probe.reach_back(at, 40, |byte| {
            byte.is_ascii_alphanumeric() || !byte.is_ascii() || matches!(byte, b' ' | b'-' | b'_' | b'=')
        });
        let named = |at: usize| SPOKEN.iter().any(|word| probe.ends_with_any_case(at, word));
        let goes_on = |at: &usize| {
            let end = probe.reach(at + 1, 6, |byte| byte > b' ');
            is_listed(probe.slice(at + 1..end), GOES_ON)
        };
        (clause..at).filter(|at| probe.byte(*at) == b' ').filter(|at| named(*at)).find(goes_on)?;
    }
    const NOW: [&str; 3] = ["now ", "jetzt ", "nun "];
    let from = at + verb.len();
    let from = from + NOW.iter().find(|now| probe.starts_with(from, now)).map_or(0, |now| now.len());
    let from = from + usize::from(is_quote(probe.byte(from)));
    let end =
        probe.reach(from, 128, |byte| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'`' | b',' | b')'));
    let end = probe.reach_back(end, 2, |byte| matches!(byte, b'.' | b';')).max(from);
    let value = probe.slice(from..end);
    (is_odd(value) && !is_placeholder(value)).then_some(from..end)
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
    let end = probe.reach(at, 9, |byte| byte.is_ascii_digit());
    let offers = matches!(*word, "use" | "code");
    let offered = if offers {
        FOR.iter().any(|purpose| probe.starts_with(end, purpose))
            || probe.ends_with_any_case(at - 1, "the code") && probe.near(&(at..end), FAILS)
    } else {
        probe.has_before(at, 48, SAYS_SO)
    };
    let word_start = at - 1 - word.len();
    let code = offered
        && (4..=8).contains(&(end - at))
        && !probe.byte(end).is_ascii_alphanumeric()
        && !probe.before(word_start).is_ascii_alphanumeric();
    if code { Some(at..end) } else { told(probe, word_start.checked_sub(1).filter(|_| !offers)?) }
}

//! Secrets that are told beside their names: what one was changed to (`DB_PASSWORD changed, new value …`), what somebody tried as one
//! (`password mismatch for ann, supplied "…"`), and what a second factor is set up with (`2FA seed for ann: …`).

use super::extent::{is_quote, quoted_end};
use super::none::{is_none, is_odd, is_prose, is_resource};
use super::told::{SPOKEN, names_hash, word_end};
use super::words::STRONG;
use crate::detect::{Probe, tokens};
use core::ops::Range;

/// Whether a name of secrets ends within so many bytes before a place. Names of settings may be of keys, too.
pub(super) fn names_secret(probe: &Probe<'_>, to: usize, far: usize) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let ends = |at: &usize| !word(probe.byte(*at)) && word(probe.before(*at)) && probe.byte(*at) != b'_';
    let named = |at: usize| {
        probe.key_ends_with(at, STRONG).or_else(|| probe.key_ends_with(at, &["secret", "token"])).is_some()
            || [&b"_KEY"[..], b"PASS", b"_PAT", b"LICENSE"]
                .iter()
                .any(|end| probe.slice(0..at).ends_with(end))
    };
    probe.count(far);
    (to.saturating_sub(far).max(1)..to).filter(ends).any(named)
}

/// The value that begins at a place, a word or what stands in quotes there.
pub(super) fn value_at(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let quote = probe.reach(at, 4, |byte| byte == b'\\');
    let (from, end) = if is_quote(probe.byte(quote)) {
        (quote + 1, quoted_end(probe, quote + 1))
    } else {
        (at, word_end(probe, at))
    };
    let value = probe.slice(from..end);
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    // A name with its number, a count with its unit.
    let name = |byte: &u8| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'.');
    let behind = value.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (head, _) = value.split_at(value.len() - behind);
    let divided = from == at && head.iter().all(name) && head.iter().any(|byte| !byte.is_ascii_lowercase());
    let phrase = head.iter().filter(|byte| **byte == b'-').count() > 2;
    let unit = value.iter().skip_while(|byte| byte.is_ascii_digit() || **byte == b'.');
    let measured = unit.clone().count() <= 4 && unit.clone().all(u8::is_ascii_alphabetic);
    let numbered =
        digits < 2 && value.len() < 12 && value.iter().all(u8::is_ascii_alphanumeric) && !changes_case(value);
    let numbered = numbered || divided && digits < 6 && !phrase || measured;
    let secret = value.len() >= 6
        && value.len() <= 256
        && is_odd(value)
        && !numbered
        && !names_hash(value)
        && !value.first().is_some_and(|first| b"$/<{([%".contains(first))
        && !value.contains(&b' ')
        && !is_resource(value)
        && !is_none(value, true)
        && !is_prose(value, true, false);
    secret.then_some(from..end)
}

/// Whether the letters of a short value change their case too often for words.
fn changes_case(value: &[u8]) -> bool {
    let changes = |pair: &&[u8]| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase() || a.is_ascii_uppercase() && b.is_ascii_lowercase());
    value.windows(2).filter(changes).count() > 3
}

/// What a word that begins at `begins` gives a value for, if that is a secret.
#[inline(never)] // once in a while
pub(super) fn beside_name(probe: &Probe<'_>, word: &str, begins: usize, at: usize) -> Option<Range<usize>> {
    const SAID: [&str; 7] = ["new ", "old ", "current ", "previous ", "with ", "its ", ", "];
    if word == "value" && !SAID.iter().any(|said| probe.ends_with_any_case(begins, said)) {
        return None;
    }
    let span = value_at(probe, at)?;
    // What is entered may be anything, but beside words for passwords, and drawn at random beside others.
    let drawn = span.len() >= 16 && tokens::is_random(probe.slice(span.clone()));
    let told = word == "value" || drawn || probe.has_before(begins, 64, SPOKEN);
    (told && names_secret(probe, begins, 96)).then_some(span)
}

/// The secret of a line that builds an image: `ENV MIXPANEL_KEY …`. `at` is where the name begins.
pub(super) fn setting_of_image(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let name = probe.reach(at, 64, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let command = probe.slice(at.saturating_sub(4)..at) == b"ENV " && probe.byte(name) == b' ';
    let base = probe.slice(at..name).ends_with(b"_BASE");
    let span = value_at(probe, name + 1)?;
    (command && (base || names_secret(probe, name + 1, 1))).then_some(span)
}

/// What a setting was changed to, or the seed of a second factor: `DB_PASSWORD updated to …`. `at` is before the verb.
pub(super) fn changed_to(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const CHANGED: &[&str] = &["changed", "updated", "rotated", "replaced", "set"];
    let (_, begins) = probe.key_ends_with(at, CHANGED)?;
    let name = probe.reach_back(begins, 12, |byte| byte == b' ' || byte.is_ascii_lowercase());
    let named = names_secret(probe, begins, 1) || names_secret(probe, name + 1, 1);
    named.then(|| value_at(probe, at + " to ".len()))?
}

/// The seed that codes of a second factor are made from, in base32 (RFC 6238, RFC 4648), where one is spoken of.
#[inline(never)] // of few runs
pub(super) fn seed(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const FACTORS: &[&str] = &[
        "2fa",
        "mfa",
        "totp",
        "otp.",
        "authenticator",
        "two-factor",
        "two factor",
        "second factor",
        "seed.",
        "hotp",
    ];
    let end = probe.reach(at, 129, |byte| byte.is_ascii_alphanumeric());
    let whole = probe.reach(end, 6, |byte| byte == b'=');
    let value = probe.slice(at..end);
    let base32 = |byte: &u8| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(byte);
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let drawn = (16..=128).contains(&value.len())
        && value.iter().all(base32)
        && (if value.len() < 26 { 2 } else { 1 }..value.len()).contains(&digits);
    let before = probe.before(at);
    let apart = !(before.is_ascii_alphanumeric() || matches!(before, b'/' | b'-' | b'_' | b'.'));
    (drawn && apart && probe.has_before(at, 64, FACTORS)).then_some(at..whole)
}

/// What was issued for somebody, behind a colon: `issued new api token for user 3391: …`. Long ones only: no word stands before them.
pub(super) fn issued(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const FOR: &[&str] = &[
        "token for",
        "secret for",
        "key for",
        "password for",
        "credential for",
        "key i use",
        "token i use",
        "unseal key",
        "recovery key",
        "hmac-sha",
    ];
    /// What they print is what they found.
    const SCANNERS: &[&str] = &[
        "gitleaks",
        "trufflehog",
        "detect-secrets",
        "ggshield",
        "secret found",
        "token leaked",
        "secret leaked",
        "key leaked",
        "leaked token",
        "leaked secret",
        "leaked key",
        "credential leak",
        "exposed secret",
        "exposed token",
    ];
    let end = probe.reach(at, 512, |byte| byte.is_ascii_alphanumeric() || b"-_.+/=~".contains(&byte));
    let end = probe.reach_back(end, 1, |byte| byte == b'.');
    let value = probe.slice(at..end);
    let told = at.checked_sub(2).is_some_and(|colon| probe.starts_with(colon, ": "))
        && (probe.has_before(at, 64, FOR) || probe.has_before(at, 96, SCANNERS))
        && end < at + 512;
    (told && tokens::is_random(value)).then_some(at..end)
}

/// The password of an account or network that is told with a colon behind it, `new password for root: …`, `creds admin:…`, or what
/// somebody gave as one: `bad password attempt: …`.
pub(super) fn of_account(probe: &Probe<'_>, operator: usize) -> Option<Range<usize>> {
    const PAIRS: &[&str] = &["cred", "default login", "valid login", "chpasswd"];
    // What somebody tried as one: `reason=bad_password tried="…"`.
    if probe.byte(operator) == b'=' && probe.key_ends_with(operator, &["tried", "attempted"]).is_some() {
        return if names_secret(probe, operator, 96) { value_at(probe, operator + 1) } else { None };
    }
    if probe.byte(operator) == b'=' {
        let user =
            probe.reach_back(operator, 24, |byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b' '));
        let made = probe.slice(user.saturating_sub(8)..user + 1).ends_with(b"PASSWORD ");
        return if made { value_at(probe, probe.reach(operator + 1, 2, |byte| byte == b' ')) } else { None };
    }
    if probe.byte(operator) != b':' {
        return None;
    }
    let told = if probe.byte(operator + 1) == b' ' {
        probe.has_before(operator, 40, SPOKEN) || names_secret(probe, operator, 40)
    } else {
        probe.has_before(operator, 32, PAIRS)
    };
    let from = probe.reach(operator + 1, 2, |byte| byte == b' ');
    told.then(|| value_at(probe, from))?
}

/// Whether a pair called `value` is what a store is given: `vault kv put secret/shop value=…`.
pub(super) fn kept_in_vault(probe: &Probe<'_>, operator: usize) -> bool {
    probe.byte(operator) == b'='
        && probe.key_ends_with(operator, &["value"]).is_some()
        && probe.byte(operator + 1) != b'@'
        && probe.has_before(operator, 96, &["vault kv put", "vault kv patch", "vault write"])
}

/// A password beside the name of who logs in: `user ann, password …`.
pub(super) fn beside_login(probe: &Probe<'_>, begins: usize, at: usize) -> Option<Range<usize>> {
    const LOGINS: &[&str] = &[
        "user",
        "login",
        "logged in",
        "log in",
        "account",
        "usuario",
        "usuário",
        "utente",
        "benutzer",
        "identifiant",
        "utilisateur",
        "gebruiker",
        "użytkownik",
        "konto",
        "compte",
        "cuenta",
        "connect",
        "ssid",
        "bind",
        "auth",
    ];
    const JOINED: [&str; 10] = [", ", "and ", "und ", "et ", "y ", "e ", "en ", "i ", "/ ", "; "];
    const NAMES: &[&str] = &[
        "user ",
        "username ",
        "login ",
        "bind ",
        "usuario ",
        "usuário ",
        "utente ",
        "benutzer ",
        "gebruiker ",
        "utilisateur ",
        "identifiant ",
        "użytkownik ",
    ];
    // `user ann password …`
    let named = || {
        let name = probe.reach_back(begins.saturating_sub(1), 48, |byte| byte > b' ');
        NAMES.iter().any(|login| probe.ends_with_any_case(name, login))
    };
    if !JOINED.iter().any(|joined| probe.ends_with_any_case(begins, joined)) && !named() {
        return None;
    }
    let span = value_at(probe, at)?;
    let value = probe.slice(span.clone());
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let marked = value.iter().any(|byte| b"!@#$%^&*+?".contains(byte));
    (value.len() >= 7
        && (digits > 1 || marked || changes_case(value))
        && probe.has_before(begins, 64, LOGINS))
    .then_some(span)
}

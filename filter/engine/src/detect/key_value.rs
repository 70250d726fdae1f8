//! Secrets by the name in front of them: `password=…`, `"api_key": "…"`, `\"token\":\"…\"`, `--password …`.
//!
//! The finding is the value alone. Labels, placeholders and the words of people writing about passwords are passed over.
//! A value that is a token of ours is found: only the caller can tell a genuine one from a copy.

use super::probe::Reach;
use super::{Detector, Probe, Site, Spec, is_placeholder};
use crate::Class;
use core::ops::Range;

/// Names of values that are secret whatever they look like.
const STRONG: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "pwd",
    "clientsecret",
    "secretkey",
    "secretkeybase",
    "secretaccesskey",
    "apikey",
    "accesskey",
    "privatekey",
    "accesstoken",
    "refreshtoken",
    "authtoken",
    "idtoken",
    "apitoken",
    "sessiontoken",
    "bearertoken",
    "authkey",
    "encryptionkey",
    "signingkey",
    "accountkey",
    "sharedkey",
    "apisecret",
    "senha",
    "contrasena",
    "kennwort",
    "motdepasse",
];

/// Names that also stand before ordinary words.
const WEAK: &[&str] = &["token", "secret", "credential", "credentials", "pass"];

const ALL: &[&str] = &[
    // Every ending above has one of these as its own ending.
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "pwd",
    "secret",
    "key",
    "token",
    "senha",
    "contrasena",
    "kennwort",
    "passe",
    "credential",
    "credentials",
    "pass",
    "base",
];

pub(super) struct KeyValue;

impl Detector for KeyValue {
    fn spec(&self) -> Spec {
        Spec::new(
            "secret",
            Class::Credential,
            "Values of passwords, API keys and tokens, by the name before them",
        )
        .finds(&[
            "login password=«hunter2» ok",
            r#"{"password":"«x»","user":"ann"}"#,
            r#"{\"password\":\"«p w\\\"d»\",\"a\":1}"#,
            "passwd: «hunter2»",
            "pwd=«a,b;c», next",
            "https://example.org/?api_key=«abc»&x=1",
            "X-Api-Key: «abc123»",
            "client_secret='«a b c»'",
            "mysql --password «hunter2» --host db",
            "tool --token=«abc»",
            "aws_secret_access_key = «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
            "dbPassword=«pässword»",
            "DB_PASS=«hunter2»;Server=x",
            "password=«u_abcdefghijklmnopqrst2345»",
            "AccountKey=«abcd1234==»;EndpointSuffix=x",
            "(user=ann, password=«hunter2»)",
            "access_token: «abc-def-123»",
            "password=\"«cut off here",
            "user[password]=«hunter2»",
            "password => «hunter2»",
            r"password=«abc»\nuser=ann",
            "secret=«letmein»",
            "secret_key_base: «0123456789abcdef0123456789abcdef»",
        ])
        .passes_over(&[
            "password=[credential] password=*** password=<redacted>",
            "password=null password=true password=${VAR} password=$DB_PASSWORD",
            "password: must be at least 8 characters",
            "invalid token: expected a string",
            "PWD=/home/app",
            "compass=north bypass=1",
            "WHERE password = ? AND token = $1",
            "key=value monkey=1 primary_key: id",
            "max_tokens=100 token_type=jwt",
            "Unexpected token: <",
            "password=",
            "token: 42",
            "password reset",
            "--password --host db",
        ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Key(ALL), Site::Flag]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let flag = probe.byte(at) == b'-';
        let operator = if flag {
            let end = probe
                .run_end(at + 2, 48, |byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
            if probe.byte(end) != b' ' {
                return None;
            }
            end
        } else {
            at
        };
        let (strong, name) = match probe.key_ends_with(operator, STRONG) {
            Some((_, name)) => (true, name),
            None => {
                let (word, name) = probe.key_ends_with(operator, WEAK)?;
                let inside =
                    probe.before(name).is_ascii_lowercase() && !probe.byte(name).is_ascii_uppercase();
                if inside && matches!(word, "pass" | "secret") {
                    return None;
                }
                (false, name)
            }
        };
        let from = value_start(probe, operator);
        let quoted = is_quote(probe.before(from));
        let option = flag && probe.byte(from) == b'-';
        let directory = probe.byte(from) == b'/' && probe.slice(name..operator) == b"PWD";
        if option || directory || !quoted && probe.is_claimed(Reach::Value, from) {
            return None;
        }
        let end = if quoted { quoted_end(probe, from) } else { unquoted_end(probe, from) };
        let value = probe.slice(from..end);
        let spaced = probe.byte(operator) == b':' && probe.byte(operator + 1) == b' ';
        let passes = is_placeholder(value)
            || !quoted && is_prose(value, strong, spaced)
            || !strong && value.len() < 6 && value.iter().all(u8::is_ascii_digit);
        if passes {
            return None;
        }
        probe.claim(Reach::Value, &(from..end));
        Some(from..end)
    }
}

/// Where the value after an operator begins: behind `=`, `:`, `=>`, `:=` and blanks; a quote is not skipped unless the
/// value is quoted: then the byte before the result is that quote.
pub(super) fn value_start(probe: &Probe<'_>, operator: usize) -> usize {
    let from = probe.run_end(operator, 3, |byte| matches!(byte, b'=' | b':' | b'>'));
    let from = probe.run_end(from, 4, |byte| byte == b' ' || byte == b'\t');
    // An opening quote, with as many backslashes as the text is escaped.
    let quote = probe.run_end(from, 8, |byte| byte == b'\\');
    if is_quote(probe.byte(quote)) { quote + 1 } else { from }
}

pub(super) const fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// One past a value whose opening quote stands before `from`: the next such quote with as few backslashes before it,
/// or the end of the line if the text was cut off.
fn quoted_end(probe: &Probe<'_>, from: usize) -> usize {
    let quote = probe.before(from);
    let escapes = |at: usize| at - probe.run_start(at, 16, |byte| byte == b'\\');
    let level = escapes(from - 1);
    let mut at = from;
    loop {
        at = probe.run_end(at, usize::MAX, |byte| byte != quote && byte != b'\n');
        if probe.byte(at) != quote {
            return at;
        }
        let here = escapes(at).min(at - from);
        if here <= level {
            return at - here;
        }
        at += 1;
    }
}

/// One past an unquoted value. Separators end it only where something begins behind them that is not the value.
fn unquoted_end(probe: &Probe<'_>, from: usize) -> usize {
    let mut at = from;
    loop {
        at = probe.run_end(at, usize::MAX, |byte| {
            !matches!(
                byte,
                0..=b' '
                    | b'"'
                    | b'\''
                    | b'`'
                    | b'<'
                    | b'&'
                    | b','
                    | b';'
                    | b')'
                    | b']'
                    | b'}'
                    | b'|'
                    | b'\\'
            )
        });
        let next = probe.byte(at + 1);
        match probe.byte(at) {
            b'&' | b',' | b';' | b'|' => {
                let key = probe.run_end(at + 1, 24, |byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
                });
                let another = key > at + 1 && matches!(probe.byte(key), b'=' | b':');
                if another || next <= b' ' || matches!(next, b'"' | b'\'') {
                    return at;
                }
            }
            b')' | b']' | b'}' if at > from => {
                if !next.is_ascii_alphanumeric() {
                    return at;
                }
            }
            b'\\' => {
                if matches!(next, b'n' | b'r' | b't' | b'"' | b'\'') {
                    return at;
                }
            }
            b')' | b']' | b'}' => {}
            _ => return at,
        }
        at += 1;
    }
}

/// What people write after a colon when they write about secrets.
fn is_prose(text: &[u8], strong: bool, spaced: bool) -> bool {
    const WORDS: &[&str] = &[
        "must",
        "is",
        "are",
        "was",
        "not",
        "required",
        "invalid",
        "incorrect",
        "expired",
        "missing",
        "wrong",
        "reset",
        "changed",
        "failed",
        "cannot",
        "should",
        "does",
        "has",
        "too",
        "unknown",
        "for",
        "the",
        "a",
        "an",
        "no",
        "expected",
        "unexpected",
        "found",
        "revoked",
        "denied",
        "rejected",
        "string",
        "str",
        "bool",
        "optional",
    ];
    let word = text.strip_suffix(b".").or(text.strip_suffix(b",")).unwrap_or(text);
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
        || spaced && !strong && !(text.iter().any(u8::is_ascii_digit) && text.len() >= 6) && text.len() < 20
}

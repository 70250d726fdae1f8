//! What stands behind a name of secrets and is none: placeholders, states, prose, lines of programs, paths and resources.

use super::extent::is_quote;
use super::words::{STRONG, WEAK};
use crate::detect::{Probe, is_listed, is_placeholder, tokens};
use core::ops::Range;

/// What stands behind a name of secrets, where its value was found.
pub(super) struct Candidate {
    /// Where the operator is, where the part of the key begins that tells, and the value.
    pub(super) operator: usize,
    pub(super) name: usize,
    pub(super) span: Range<usize>,
    /// The name means a secret whatever the value looks like.
    pub(super) strong: bool,
    pub(super) quoted: bool,
    /// The value is the text of a tag.
    pub(super) element: bool,
    pub(super) arrow: bool,
    /// The name stands in a pair of its own.
    pub(super) named: bool,
}

impl Candidate {
    /// Whether it is none after all.
    #[inline(never)] // long
    pub(super) fn is_passed_over(&self, probe: &Probe<'_>) -> bool {
        let Self { operator, strong, quoted, .. } = *self;
        let value = probe.slice(self.span.clone());
        let spaced = probe.byte(operator) == b':' && probe.byte(operator + 1) == b' ';
        let whole = |name: &'static str| probe.key_ends_with(operator, &[name]).is_some();
        if self.named && is_number(value) && self.is_typed(probe) {
            return false;
        }
        is_none(value, strong)
            // A map, as schemes have it: `password: {type: string}`.
            || !quoted && value.len() < 32 && value.first() == Some(&b'{') && value.last() == Some(&b':')
            // What holds pairs: `CREDENTIALS=(AWS_KEY_ID='x'`.
            || !quoted && value.first() == Some(&b'(') && value.last() == Some(&b'=')
            || !quoted && (is_prose(value, strong, spaced) || is_code(value))
            || !quoted && !self.element && is_program(probe, operator, strong, &self.span)
            || self.named && !strong && !quoted && is_number(value)
            || !quoted && self.is_variable(probe, value)
            || !strong && !quoted && spaced && is_setting(value)
            || self.arrow && !quoted && flows(value, strong)
            || !quoted && value.len() < 16 && self.is_spoken_of(probe)
            // An assertion is a document; its name stands before words, too.
            || strong && value.len() < 64 && whole("samlresponse")
            // A key of the keyboard, in HTML.
            || value.len() == 1 && whole("accesskey")
            // The log of the tool that sets them: `passwd: Authentication token manipulation error`.
            || spaced && !quoted && whole("passwd") && self.is_sentence(probe)
            || whole("cred") && !probe.has_before(self.name, 160, &["bind"])
    }

    /// A word of letters with another behind it, or a label.
    fn is_sentence(&self, probe: &Probe<'_>) -> bool {
        let value = probe.slice(self.span.clone());
        let word = value.strip_suffix(b":").unwrap_or(value);
        word.iter().all(u8::is_ascii_alphabetic)
            && probe.byte(self.span.end) == b' '
            && (word.len() < value.len() || probe.byte(self.span.end + 1).is_ascii_lowercase())
    }

    /// What somebody types to be let in.
    fn is_typed(&self, probe: &Probe<'_>) -> bool {
        (4..=8).contains(&self.span.len())
            && probe.slice(self.name..self.name + 3).eq_ignore_ascii_case(b"pin")
    }

    /// A variable of a query in the place of the value that it stands for: `revoke(token: $token)`.
    fn is_variable(&self, probe: &Probe<'_>, value: &[u8]) -> bool {
        let Some((b'$', name)) = value.split_first() else { return false };
        let named = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
        name.first().is_some_and(u8::is_ascii_lowercase)
            && name.iter().all(named)
            && probe.byte(self.operator) == b':'
            && matches!(probe.byte(self.span.end), b')' | b',')
    }

    /// A name in quotes, and what is said of it: `secret "db-password" : secret not found`.
    fn is_spoken_of(&self, probe: &Probe<'_>) -> bool {
        is_quote(probe.before(probe.reach_back(self.operator, 1, |byte| byte == b' ')))
            && probe.slice(self.span.clone()).iter().all(u8::is_ascii_lowercase)
    }

    /// One past the value: of a key of AWS what it was signed for is none of it (`AKIA…/20241224/eu-central-1/s3/aws4_request`).
    pub(super) fn end(&self, probe: &Probe<'_>) -> usize {
        let Range { start, end } = self.span.clone();
        let id = probe.reach(start, 32, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let scope = probe.slice(id..end);
        let scoped =
            (scope.starts_with(b"/") || scope.starts_with(b"%2F")) && scope.ends_with(b"aws4_request");
        if id >= start + 16 && scoped { id } else { end }
    }
}

/// What a program computes behind an arrow (`password -> hash(password)`), and how secrets flow, are told in words.
fn flows(value: &[u8], strong: bool) -> bool {
    let path = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.');
    let moved = || value.contains(&b'.') && value.iter().all(path);
    !strong || !is_odd(value) || value.contains(&b'(') || moved()
}

/// Whether a value is none, quoted or not, though its name speaks of a secret: what stands for one, a state, a label, a file; behind a name
/// that may mean other things, what it names then, or a count.
pub(super) fn is_none(value: &[u8], strong: bool) -> bool {
    let counts = || value.len() < 6 && value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    is_placeholder(value)
        // What makes one of it follows.
        || value.first() == Some(&b'(') && value.contains(&b'-') && value.iter().skip(1).all(|byte| byte.is_ascii_alphabetic() || *byte == b'-')
        || is_masked(value)
        || begins_with_ours(value)
        || is_state(value)
        || is_label(value)
        || is_file(value)
        || is_reference(value)
        || is_type(value)
        || !strong && (is_resource(value) || counts() || is_card(value))
}

/// Whether a value is what a service of payments stands a card for: letters of both cases, or a word.
fn is_card(value: &[u8]) -> bool {
    value
        .strip_prefix(b"tok_")
        .is_some_and(|card| card.iter().any(u8::is_ascii_uppercase) || !card.iter().any(u8::is_ascii_digit))
}

/// Whether a value is the name of a setting with a number, as what is printed of an object has it: `token: expirationSeconds=3607`.
fn is_setting(value: &[u8]) -> bool {
    let name = value.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'_').count();
    let number = value.get(name..).and_then(|rest| rest.strip_prefix(b"="));
    name > 2 && number.is_some_and(|number| (1..=6).contains(&number.len()) && is_number(number))
}

/// Whether a value begins with what an earlier hop left of one that its quote was taken with: `[credential], and so on`.
fn begins_with_ours(value: &[u8]) -> bool {
    let Some((b'[', class)) = value.split_first() else { return false };
    let end = class.iter().take_while(|byte| byte.is_ascii_lowercase() || **byte == b'-').count();
    end > 0 && matches!(class.get(end..), Some([b']', b',' | b' ' | b';' | b'\n', ..]))
}

/// Whether the middle or beginning of a value was taken out already: `sk-****r0rm`.
fn is_masked(value: &[u8]) -> bool {
    // Of longer ones what else stands in them counts, and what is passed over is looked at again.
    const LONGEST: usize = 64;
    value.len() <= LONGEST
        && (value.windows(3).any(|marks| marks == b"***")
            || memchr::memmem::find(value, "••".as_bytes()).is_some())
}

/// Whether a value is what no sentence goes on with: letters with digits or marks, a phrase of several words with dashes, or
/// letters that change their case all the time.
#[inline(never)] // asked in several places
pub(super) fn is_odd(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    // What is said of it, with the mark of a note or try behind: `is incorrect1`.
    let said = value.get(..letters).unwrap_or(&[]);
    if letters + digits == value.len() && digits < 3 && (is_prose(said, true, false) || is_state(said)) {
        return false;
    }
    // A phrase of several words is a password, and so are letters that change their case all the time.
    let phrase = value.iter().filter(|byte| **byte == b'-').count() >= 3;
    let mixed = |pair: &[u8]| matches!(pair, [a, b] if a.is_ascii_lowercase() != b.is_ascii_lowercase());
    let drawn = value.windows(2).filter(|pair| mixed(pair)).count() * 2 >= value.len();
    let drawn = drawn || tokens::is_random(value);
    let odd = digits > 0 || phrase || drawn || value.iter().any(|byte| b"!@#$%^&*+?".contains(byte));
    value.len() >= 5 && letters > 0 && odd
}

/// What programs print of their objects: `token=Token{a64f992 …`, `secret=Secret@1b6d3586`.
#[inline(never)] // asked in several places, and of few
pub(in crate::detect) fn is_object(text: &[u8]) -> bool {
    let named = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$');
    let name = text.iter().take(64).take_while(|byte| named(byte)).count();
    let capital = text.iter().take(name).any(u8::is_ascii_uppercase);
    name > 2
        && match text.get(name) {
            Some(b'{' | b'(' | b'[') => true,
            // The number behind is in hex digits, and seldom short.
            Some(b'@') => {
                let hash = text.get(name + 1..).unwrap_or(&[]).iter();
                capital && hash.take_while(|byte| byte.is_ascii_hexdigit()).count() > 4
            }
            _ => false,
        }
}

/// What a program looks up somewhere: `process.env.API_KEY`, `os.environ['KEY']`, `config.token`.
#[inline(never)] // asked in several places, and of few
pub(in crate::detect) fn is_code(text: &[u8]) -> bool {
    const HEADS: &str = " process os sys system env environ environment config configuration conf settings this self request req ctx \
                         context app application args options opts params props properties secrets vars var data local module values \
                         params state session credentials creds user account global ";
    let name = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (head, rest) = text.split_at_checked(name).unwrap_or((text, &[]));
    let named = |byte: &u8| {
        byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.' | b'[' | b'(' | b'\'' | b'"' | b')' | b']')
    };
    rest.len() > 1 && rest.first() == Some(&b'.') && rest.iter().all(named) && is_listed(head, HEADS)
}

/// A line of a program instead of a value: a function's arrow (`token => token.length`), a type (`Option<Secret>`), a call
/// (`read_password()?`), a path (`Token::Eof`), something made (`new Token(…)`). Only names without digits, and only where the
/// bracket closes: a secret may hold a bracket or two colons.
pub(super) fn is_program(probe: &Probe<'_>, operator: usize, strong: bool, span: &Range<usize>) -> bool {
    // What is passed over is looked at again by the next name in it, so only so much is.
    const LONGEST: usize = 64;
    let value = probe.slice(span.clone());
    if value.len() > LONGEST {
        return false;
    }
    let path = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.' | b':' | b'?');
    let end = probe.byte(span.end);
    let capital = value.first().is_some_and(u8::is_ascii_uppercase);
    let open = value.iter().position(|byte| matches!(byte, b'(' | b'[')).unwrap_or(value.len());
    let (head, rest) = value.split_at_checked(open).unwrap_or((value, &[]));
    if head.len() < 3 || !head.first().is_some_and(u8::is_ascii_alphabetic) || !head.iter().all(path) {
        return false;
    }
    let scoped = head.windows(2).any(|pair| pair == b"::");
    // With blanks around, as programs are written and settings seldom.
    let assigned = probe.before(operator) == b' ' && matches!(probe.byte(operator), b'=' | b':');
    if !rest.is_empty() {
        let closes = matches!(end, b')' | b']' | b'"' | b'\'');
        // An element of a list, a type with another one in it.
        let index = rest.first() == Some(&b'[') && end == b']' && (assigned || capital || !strong);
        return closes && (rest.len() == 1 || scoped || index || head.contains(&b'.'));
    }
    let arrow = probe.byte(operator) == b'=' && probe.byte(operator + 1) == b'>';
    let inside = probe.reach(span.end + 1, 32, |byte| byte.is_ascii_alphabetic() || b"_:&".contains(&byte));
    let generic = end == b'<' && inside > span.end + 1 && matches!(probe.byte(inside), b'>' | b'<' | b',');
    let next = probe.byte(span.end + 1);
    let made = end == b' '
        && (value == b"new" && next.is_ascii_uppercase()
            || (assigned || !strong && value == b"await")
                && is_listed(value, KEYWORDS)
                && next.is_ascii_alphabetic());
    // A member of something: of what may be prose anything, of a secret one that is called so.
    let last = value.rsplit(|byte| *byte == b'.').next().unwrap_or(&[]);
    let member = assigned
        && last.len() > 1
        && last.len() < value.len()
        && !value.windows(2).any(|pair| pair == b"..")
        && (!strong
            || probe.key_ends_with(span.end, STRONG).or(probe.key_ends_with(span.end, WEAK)).is_some());
    // What is compared with a name, or given to one that is called the same.
    let compared = probe.starts_with(operator, "== ");
    let same = assigned && end == b';' && probe.ends_with_any_case(operator - 1, probe.text(span.clone()));
    arrow && (!strong || head.contains(&b'.'))
        || capital && (generic || scoped)
        || made
        || member
        || compared
        || same
}

/// Words that programs begin an expression with.
const KEYWORDS: &str = " new await yield async function lambda not typeof move ";

#[inline(never)] // asked in several places, and of few
pub(super) fn is_number(text: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
}

/// Where a secret is kept, by the scheme of the store: `vault:secret/shop`, `op://shop/db`, `arn:aws:secretsmanager:…`.
fn is_reference(text: &[u8]) -> bool {
    const STORES: &str = " ssm vault op arn secretref sm awssm azkv keyvault doppler sops gcpsm ";
    // A field of what a path leads to: `kv/shop/db:password`.
    if let Some(colon) = memchr::memrchr(b':', text) {
        let (path, field) = text.split_at_checked(colon).unwrap_or((text, &[]));
        let field = field.get(1..).unwrap_or(&[]);
        if is_resource(path) && STRONG.iter().chain(WEAK).any(|word| field == word.as_bytes()) {
            return true;
        }
    }
    let scheme = text.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let (scheme, rest) = text.split_at_checked(scheme).unwrap_or((text, &[]));
    rest.first() == Some(&b':') && is_listed(scheme, STORES)
}

/// How a resource of a cluster or a cloud is named, with what holds it: `prod/registry-7d9f8b6c5d`.
pub(super) fn is_resource(text: &[u8]) -> bool {
    let label = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_lowercase)
            && part.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
    };
    if !text.contains(&b'/') {
        return false;
    }
    // A path of three parts or more may number some of them: `projects/730/secrets/db-pass/versions/4`.
    let deep = text.iter().filter(|byte| **byte == b'/').count() > 1;
    let number = |part: &[u8]| deep && !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    text.first().is_some_and(u8::is_ascii_lowercase)
        && text.split(|byte| *byte == b'/').all(|part| label(part) || number(part))
}

/// Whether a value that a pair gives to a name for secrets is surely none: a state, what a program looks up, an object without any
/// number, the status of a mail (RFC 3463), which is called as the source of data is: `dsn=4.0.0`.
#[inline(never)] // asked in several places, and of few
pub(in crate::detect) fn names_no_secret(text: &[u8]) -> bool {
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let object = letters > 2
        && text.first().is_some_and(u8::is_ascii_uppercase)
        && text.get(letters) == Some(&b'{')
        && !text.iter().any(u8::is_ascii_digit);
    let status = matches!(text, [b'2' | b'4' | b'5', b'.', b'0'..=b'9', b'.', rest @ ..] if matches!(rest.len(), 1..=3) && is_number(rest));
    object || status || is_masked(text) || is_state(text) || is_code(text) || is_file(text)
}

/// What programs print of what is no text, and how databases and schemes call what is one: `bool(true)`, `VARCHAR(255)`.
fn is_type(text: &[u8]) -> bool {
    const TYPES: &str = " bool object array enum varchar char nvarchar string text boolean integer ";
    // One that must be there, in GraphQL: `$password: String!`.
    let text = text.strip_suffix(b"!").unwrap_or(text);
    let name = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (name, rest) = text.split_at_checked(name).unwrap_or((text, &[]));
    is_listed(name, TYPES) && (rest.first() == Some(&b'(') || rest.is_empty() && name != b"text")
}

/// How programs say how a secret is doing, or where it comes from, in the place of one.
#[inline(never)] // asked in several places, and of few
fn is_state(text: &[u8]) -> bool {
    const STATES: &str = " public enabled disabled loaded valid accepted ok cached configured rotated refreshed renewed issued granted \
                          include omit same-origin env kms vault present absent unset verified unverified required \
                          expired changed missing found denied revoked invalid incorrect reset !vault (sensitive (known (redacted (hidden (no (not (none (empty (unset (unchanged (masked (omitted (removed \
                          (optional (required (same \
                          erforderlich ungültig falsch abgelaufen geändert fehlt obligatoire requis invalide incorrect expiré modifié manquant \
                          obligatorio obligatoria requerido requerida inválido inválida incorrecta expirada obligatório obrigatório obrigatória \
                          inválida expirado errata scaduta obbligatoria verplicht vereist ongeldig verlopen wymagane nieprawidłowe krävs \
                          oublié oubliée perdu olvidada esquecida vergessen bearer flyv1 !ref !sub !getatt !join !secret !importvalue ";
    // A sentence of Chinese, Japanese or Korean says how it is doing, too.
    is_listed(text, STATES) || text.first() >= Some(&0xe3) && text.iter().all(|byte| !byte.is_ascii())
}

/// What a form calls a secret, in the place of one: `"password": "Your password"`, `<label>API key</label>`.
fn is_label(text: &[u8]) -> bool {
    let (mut letters, mut length) = ([0; 48], 0);
    let mut spaced = false;
    for byte in text {
        match byte {
            b' ' => spaced = true,
            b'?' | b'!' | b'.' | b':' | b'*' => {}
            byte if byte.is_ascii_alphabetic() || !byte.is_ascii() => {
                let Some(to) = letters.get_mut(length) else { return false };
                *to = byte.to_ascii_lowercase();
                length += 1;
            }
            _ => return false,
        }
    }
    let letters = letters.get(..length).unwrap_or(&[]);
    let named = |word: &&str| {
        let word = word.as_bytes();
        letters == word || spaced && (letters.starts_with(word) || letters.ends_with(word))
    };
    // In small letters it is what somebody chose.
    (spaced || !text.first().is_some_and(u8::is_ascii_lowercase)) && STRONG.iter().chain(WEAK).any(named)
}

/// Where a secret lies, in the place of one: `/etc/ssl/private/shop.key`, `C:\\keys\\shop.pfx`. Secrets may begin with a slash, too.
fn is_file(text: &[u8]) -> bool {
    if !text.iter().any(|byte| matches!(byte, b'/' | b'\\')) {
        return false;
    }
    const ENDS: &str =
        " key pem crt cer pfx p12 p8 jks pub jwk jwks der ppk asc gpg txt json yaml yml env keystore ";
    const ROOTS: &str = " etc run home var opt usr srv mnt app root tmp users secrets certs keys ssl data ";
    if matches!(text, [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic()) {
        return true;
    }
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"/\\_-.~:${}@".contains(byte);
    if !text.iter().all(part) {
        return false;
    }
    if text.starts_with(b"~/") {
        return true;
    }
    let mut parts = text.split(|byte| matches!(byte, b'/' | b'\\'));
    let here = |part: &&[u8]| {
        !(part.is_empty() || part.first() == Some(&b'.') || *part == b"~" || *part == b"file:")
    };
    let first = parts.find(here).unwrap_or(&[]);
    let last = parts.next_back().unwrap_or(first);
    let end = last.rsplit(|byte| *byte == b'.').next().unwrap_or(&[]);
    let rooted = matches!(text.first(), Some(b'/' | b'~' | b'.')) || text.starts_with(b"file:");
    end.len() < last.len() && is_listed(end, ENDS) || rooted && is_listed(first, ROOTS)
}

/// What people write after a colon when they write about secrets.
pub(super) fn is_prose(text: &[u8], strong: bool, spaced: bool) -> bool {
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
        "this",
        "all",
        "via",
    ];
    let word = text.strip_suffix(b".").or(text.strip_suffix(b",")).unwrap_or(text);
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
        || spaced && !strong && !(text.iter().any(u8::is_ascii_digit) && text.len() >= 6) && text.len() < 20
}

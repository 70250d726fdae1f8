//! Values that only the name in front of them gives away: names of people, addresses of houses, ids of devices, codes.
//!
//! One row a kind: the words that its key ends in, and what a value must look like, so that a key that is used for something
//! else (`name=payment-service`, `address: 0x7f`) costs nothing. Secrets have their own file ([`key_value`]).

use super::{Detector, Probe, Site, Spec, is_placeholder, key_value, tokens};
use crate::Class;
use core::ops::Range;
use std::borrow::Cow;

/// What a value behind a key must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    /// One to five words with capitals.
    Name,
    /// Two to four words with capitals, none of them a word of software.
    FullName,
    /// The same, and the first word is a common given name.
    GivenName,
    /// A number and words with capitals.
    Address,
    /// So many digits at least, with letters, dots, dashes and slashes.
    Number(usize),
    /// Between so many digits, and nothing else.
    Digits(usize, usize),
    /// Hex digits and dashes, as devices are told apart.
    Device,
    /// Letters and digits of a postal code.
    Postcode,
    /// A bank's code (ISO 9362).
    Bank,
    /// A date with the name of a month.
    Date,
    /// Digits as telephone numbers are written.
    Phone,
    /// At least sixteen bytes drawn at random.
    Session,
    /// The same, and a cookie is spoken of.
    Cookie,
}

/// Values of one kind by their keys.
pub(super) struct Keyed {
    name: &'static str,
    class: Class,
    sentence: &'static str,
    sites: [Site; 1],
    value: Value,
    /// The key is this word and not one that ends in it.
    whole: bool,
    finds: &'static [&'static str],
    passes_over: &'static [&'static str],
}

const fn keyed(
    name: &'static str,
    class: Class,
    sentence: &'static str,
    words: &'static [&'static str],
    value: Value,
    finds: &'static [&'static str],
    passes_over: &'static [&'static str],
) -> Keyed {
    Keyed { name, class, sentence, sites: [Site::Key(words)], value, whole: false, finds, passes_over }
}

impl Keyed {
    const fn whole(mut self) -> Self {
        self.whole = true;
        self
    }
}

/// The kinds. Words as [`Probe::key_ends_with`] reads them: lower case, letters only.
pub(super) static KEYED: &[Keyed] = &[
    keyed(
        "person-name",
        Class::DirectId,
        "Names of people behind keys that say so",
        &[
            "firstname",
            "lastname",
            "fullname",
            "surname",
            "givenname",
            "familyname",
            "middlename",
            "maidenname",
            "customername",
            "patientname",
            "employeename",
            "cardholdername",
            "cardholder",
            "accountholder",
            "holdername",
            "contactname",
            "recipientname",
            "beneficiaryname",
            "beneficiary",
            "passengername",
            "guestname",
            "nameoncard",
            "vorname",
            "nachname",
            "apellido",
            "apellidos",
            "prenom",
            "cognome",
            "nachnamen",
            "realname",
            "legalname",
            "personname",
            "clientname",
            "membername",
            "studentname",
        ],
        Value::Name,
        &[
            "first_name=«Ann» last_name=«Example»",
            r#"{"customerName":"«Ann Example»","n":1}"#,
            "cardholder: «Jane van Example», 12/29",
            "Nachname: «Müller»",
        ],
        &[
            "first_name=null",
            "lastName=%s",
            "full_name: string",
            "filename=Report.pdf",
            "cardholder_count=Two2",
        ],
    ),
    keyed(
        "full-name",
        Class::DirectId,
        "Full names behind words for people",
        &[
            "customer",
            "patient",
            "employee",
            "recipient",
            "passenger",
            "guest",
            "traveler",
            "traveller",
            "kunde",
            "cliente",
            "beneficiary",
            "tenant",
        ],
        Value::FullName,
        &["customer: «Ann Example»", r#"{"customer":"«Ann B. Example»"}"#, "patient=«Ann Example»"],
        &["customer: Payment Service", "customer=checkout", "patient: Order Created", "guest: Us"],
    )
    .whole(),
    keyed(
        "given-name",
        Class::DirectId,
        "Names that begin with a common given name, behind keys that mean other things too",
        &[
            "name", "user", "client", "sender", "contact", "owner", "author", "nombre", "nom", "login",
            "account", "assignee", "from",
        ],
        Value::GivenName,
        &["name: «Ann Example»", r#"{"user":"«Maria Example»"}"#, "owner=«Peter van Example»"],
        &[
            "name: Payment Service",
            "name=Ann",
            "hostname: Ann Example",
            "user=root",
            "name: Visual Studio",
            "contact: Us",
        ],
    )
    .whole(),
    keyed(
        "postal-address",
        Class::Location,
        "Addresses of houses behind keys that say so",
        &[
            "address",
            "street",
            "streetaddress",
            "addressline",
            "addr",
            "anschrift",
            "adresse",
            "strasse",
            "direccion",
            "indirizzo",
            "endereco",
            "residence",
        ],
        Value::Address,
        &[
            r#""shipping_address":"«12 Example Street, Springfield»""#,
            "address: «742 Example Terrace, Springfield»; ok",
            "street=«Musterstraße 12» city=x",
        ],
        &[
            "address: 0x7ffee4b8c9a0",
            "remote address: 203.0.113.7",
            "address=tcp://db:5432",
            "address already in use",
            "address: Bind 2",
        ],
    ),
    keyed(
        "postal-code",
        Class::Location,
        "Postal codes behind keys that say so",
        &["zipcode", "postalcode", "postcode", "zip", "plz", "codepostal", "codigopostal"],
        Value::Postcode,
        &["zip=«94107»", "postal_code: «SW1A 1AA»", "plz=«10115»"],
        &["zip=true", "gzip=12345", "zip: archive.zip"],
    )
    .whole(),
    keyed(
        "device-id",
        Class::OnlineId,
        "Ids of devices and for advertising",
        &[
            "idfa",
            "idfv",
            "gaid",
            "aaid",
            "adid",
            "advertisingid",
            "advertiserid",
            "deviceid",
            "androidid",
            "deviceuuid",
            "deviceidentifier",
            "udid",
            "hardwareid",
        ],
        Value::Device,
        &["idfa=«AEBE52E7-03EE-455A-B3C4-E57283966239»", "android_id: «9774d56d682e549c»"],
        &["device_id=sda1", "deviceId=42", "device_id=null"],
    ),
    keyed(
        "national-id",
        Class::DirectId,
        "Numbers of people behind keys that say so",
        &[
            "nationalid",
            "nationalidnumber",
            "nationalnumber",
            "taxid",
            "taxnumber",
            "taxpayerid",
            "taxidnumber",
            "ssn",
            "socialsecuritynumber",
            "socialsecurityno",
            "socialinsurancenumber",
            "passportnumber",
            "passportno",
            "passport",
            "driverlicense",
            "driverslicense",
            "driverlicence",
            "drivinglicence",
            "drivinglicense",
            "licencenumber",
            "driverlicensenumber",
            "driverslicensenumber",
            "idcardnumber",
            "idcard",
            "personalid",
            "personalnumber",
            "citizenid",
            "insurancenumber",
            "steuerid",
            "pesel",
            "curp",
            "cpf",
            "nino",
            "bsn",
            "dni",
            "aadhaar",
            "nric",
            "identitynumber",
        ],
        Value::Number(5),
        &[
            "national_id=«12-345-678»",
            r#""passportNumber":"«C01X0060T4»""#,
            "tax_id: «98765432»",
            "ssn=«123-00-6789»",
        ],
        &["passport=true", "tax_id=none", "passport: strategy", "ssn=12"],
    ),
    keyed(
        "account-number",
        Class::Payment,
        "Account numbers behind keys that say so",
        &[
            "accountnumber",
            "accountno",
            "acctno",
            "acctnumber",
            "bankaccount",
            "bankaccountnumber",
            "kontonummer",
            "sortcode",
            "routingnumber",
            "numerodecuenta",
        ],
        Value::Digits(6, 20),
        &["account_number=«12345678»", r#"{"acctNo":"«00012345»"}"#],
        &["account_number=12", "accountNumber=null"],
    ),
    keyed(
        "medical-id",
        Class::Health,
        "Numbers of patients and policies behind keys that say so",
        &[
            "mrn",
            "medicalrecordnumber",
            "patientid",
            "patientnumber",
            "memberid",
            "policynumber",
            "healthid",
            "insuranceid",
            "kvnr",
            "nhsnumber",
        ],
        Value::Number(5),
        &["MRN: «1234567»", r#""patientId":"«P-88123»""#],
        &["mrn=12", "patient_id=none", "member_id: owner"],
    ),
    keyed(
        "bic",
        Class::Payment,
        "Codes of banks behind keys that say so",
        &["bic", "swift", "swiftcode", "biccode", "bicswift", "swiftbic"],
        Value::Bank,
        &["BIC: «DEUTDEFF500»", r#""swift":"«NEDSZAJJ»""#],
        &["swift: version", "BIC: deutdeff", "swift=SWIFTLY"],
    ),
    keyed(
        "card-code",
        Class::Payment,
        "Verification codes of cards",
        &["cvv", "cvc", "cvvcode", "cvccode", "securitycode", "cardcode", "csc"],
        Value::Digits(3, 4),
        &["cvv=«123»", r#"{"cvc":"«0042»"}"#],
        &["cvv=12", "cvv=12345", "cvc: ***"],
    ),
    keyed(
        "one-time-code",
        Class::Credential,
        "Codes that log somebody in once",
        &[
            "otp",
            "otpcode",
            "onetimecode",
            "onetimepassword",
            "verificationcode",
            "mfacode",
            "totp",
            "smscode",
            "passcode",
            "pincode",
        ],
        Value::Digits(4, 10),
        &["otp=«493021»", "verification_code: «0042»"],
        &["otp=3", "otp: sent"],
    ),
    keyed(
        "date-of-birth",
        Class::DirectId,
        "Dates of birth with the month's name",
        &[
            "dob",
            "dateofbirth",
            "birthdate",
            "birthday",
            "born",
            "geburtsdatum",
            "geburtstag",
            "datedenaissance",
            "fechadenacimiento",
        ],
        Value::Date,
        &["dob: «12 March 1985»", r#""birthday":"«March 12, 1985»""#, "geburtsdatum=«12. Mai 1985»"],
        &["dob: unknown", "birthday: today", "birthdate=12"],
    ),
    keyed(
        "phone-number",
        Class::DirectId,
        "Telephone numbers behind keys that say so",
        &[
            "phone",
            "phonenumber",
            "phoneno",
            "mobile",
            "mobilenumber",
            "mobileno",
            "cellphone",
            "telephone",
            "tel",
            "msisdn",
            "telefon",
            "telefono",
            "handy",
            "handynummer",
            "fax",
            "whatsapp",
            "rufnummer",
        ],
        Value::Phone,
        &["phone=«555-0132»", r#""mobile":"«0170 1234567»""#, "tel: «(030) 901820»"],
        &["phone=12", "phone: none", "tel: 12.5"],
    ),
    keyed(
        "session-cookie",
        Class::Credential,
        "Ids of sessions by the names that servers give their cookies",
        &[
            "jsessionid",
            "phpsessid",
            "aspsessionid",
            "aspnetsessionid",
            "connectsid",
            "laravelsession",
            "sessid",
            "asfauth",
            "aspxauth",
            "wordpressloggedin",
            "racksession",
            "csrftoken",
            "xsrftoken",
            "sessiontoken",
        ],
        Value::Session,
        &[
            "jsessionid=«5A1B2C3D4E5F60718293A4B5C6D7E8F9»",
            "connect.sid=«s%3Ak3X9qW0r7MzT2a8Hv5k3X9qW.0r7MzT2a8Hv5k3X9»",
        ],
        &["jsessionid=none", "PHPSESSID="],
    ),
    keyed(
        "session-id",
        Class::Credential,
        "Ids of sessions in cookies",
        &["sessionid", "sid", "session", "sess", "auth", "remember"],
        Value::Cookie,
        &["cookie sid=«k3X9qW0r7MzT2a8Hv5k3»"],
        &["session=9f86d081884c7d659a2feaa0c55ad015", "sid=S-1-5-21", "cookie session=short"],
    ),
];

impl Detector for Keyed {
    fn spec(&self) -> Spec {
        Spec {
            name: Cow::Borrowed(self.name),
            class: self.class,
            sentence: Cow::Borrowed(self.sentence),
            confidence: if self.whole { 60 } else { 75 },
            packs: &[],
            finds: self.finds,
            passes_over: self.passes_over,
        }
    }

    fn sites(&self) -> &[Site] {
        &self.sites
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let [Site::Key(words)] = self.sites else { return None };
        let (_, key) = probe.key_ends_with(at, words)?;
        let part = probe.before(key);
        if self.whole && (part.is_ascii_alphanumeric() || matches!(part, b'_' | b'.' | b'-'))
            || part.is_ascii_lowercase() && probe.byte(key).is_ascii_lowercase()
        {
            return None;
        }
        let from = key_value::value_start(probe, at);
        let quoted = key_value::is_quote(probe.before(from));
        let end = if quoted { bounded_quote_end(probe, from)? } else { self.value.end(probe, from) };
        let value = probe.slice(from..end);
        if value.is_empty() || is_placeholder(value) {
            return None;
        }
        if !self.value.fits(probe, &(from..end)) {
            return probe.refuse("its key speaks of one, but it does not look like one");
        }
        Some(from..end)
    }
}

/// Longest value that is looked at.
const LONGEST: usize = 128;

/// One past a quoted value, if it is short enough.
fn bounded_quote_end(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let quote = probe.before(from);
    let end = probe.run_end(from, LONGEST, |byte| byte != quote && byte != b'\n' && byte != b'\\');
    (end - from < LONGEST).then_some(end)
}

const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii() || matches!(byte, b'-' | b'\'' | b'.')
}

impl Value {
    /// One past an unquoted value.
    fn end(self, probe: &Probe<'_>, from: usize) -> usize {
        match self {
            Self::Name | Self::FullName | Self::GivenName => words_end(probe, from, 5, is_name_byte),
            Self::Address => {
                // To the end of the sentence, or to the next key.
                let mut end = from;
                loop {
                    end = probe.run_end(end, LONGEST - (end - from), |byte| {
                        !matches!(byte, b';' | b'|' | b'"' | b'\n' | b'\r' | b'\\' | b' ' | b'}' | b']')
                    });
                    let word = probe.run_end(end + 1, 24, |byte| {
                        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
                    });
                    let lower =
                        probe.byte(end + 1).is_ascii_lowercase() && is_address(probe.slice(from..end));
                    if lower
                        || probe.byte(end) != b' '
                        || end - from >= LONGEST
                        || matches!(probe.byte(word), b'=' | b':')
                        || word == end + 1
                    {
                        break;
                    }
                    end += 1;
                }
                probe.run_start(end, 2, |byte| matches!(byte, b',' | b'.')).max(from)
            }
            Self::Date => words_end(probe, from, 3, |byte| {
                is_name_byte(byte) || byte.is_ascii_digit() || matches!(byte, b',' | b'/')
            }),
            Self::Postcode => {
                let first = probe.run_end(from, 10, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
                let second =
                    probe.run_end(first + 1, 4, |byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
                let halves = probe.byte(first) == b' '
                    && second - first == 4
                    && probe.byte(first + 1).is_ascii_digit()
                    && !probe.byte(second).is_ascii_alphanumeric();
                if halves && !probe.before(first).is_ascii_lowercase() { second } else { first }
            }
            Self::Phone => {
                let end = probe.run_end(from, 24, |byte| {
                    byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'+' | b'/')
                });
                probe.run_start(end, end - from, |byte| !byte.is_ascii_digit())
            }
            _ => {
                let end = probe.run_end(from, LONGEST, |byte| {
                    byte.is_ascii_alphanumeric()
                        || matches!(byte, b'-' | b'.' | b'/' | b'_' | b'%' | b'+' | b':')
                });
                probe.run_start(end, end - from, |byte| matches!(byte, b'.' | b':' | b'-'))
            }
        }
    }

    fn fits(self, probe: &Probe<'_>, span: &Range<usize>) -> bool {
        let text = probe.slice(span.clone());
        let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
        let all = |belongs: fn(&u8) -> bool| text.iter().all(belongs);
        match self {
            Self::Name => {
                is_name(text, 1) && !matches!(probe.byte(span.end), b'(' | b'_' | b'/' | b':' | b'=')
            }
            Self::GivenName if !begins_with_given_name(text) => false,
            Self::FullName | Self::GivenName => {
                is_name(text, 2)
                    && !speaks_of_software(text)
                    && !matches!(probe.byte(span.end), b'(' | b'_' | b'/' | b':' | b'=')
            }
            Self::Address => is_address(text),
            Self::Number(least) => {
                digits >= least
                    && text.len() <= 24
                    && all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'/' | b' '))
            }
            Self::Digits(least, most) => {
                (least..=most).contains(&digits) && all(|byte| byte.is_ascii_digit() || *byte == b'-')
            }
            Self::Device => {
                (14..=64).contains(&text.len())
                    && digits >= 2
                    && all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
            }
            Self::Postcode => {
                digits >= 2
                    && (4..=10).contains(&text.len())
                    && all(|byte| {
                        byte.is_ascii_digit() || byte.is_ascii_uppercase() || matches!(byte, b' ' | b'-')
                    })
            }
            Self::Bank => {
                matches!(text.len(), 8 | 11)
                    && all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
                    && text.iter().take(6).all(u8::is_ascii_uppercase)
            }
            Self::Date => (3..=6).contains(&digits) && has_month(text),
            Self::Phone => (7..=15).contains(&digits) && !text.contains(&b'.') || (9..=15).contains(&digits),
            Self::Session => text.len() >= 16 && (digits >= 2 || tokens::is_random(text)),
            Self::Cookie => text.len() >= 16 && tokens::is_random(text) && probe.near(span, &["cookie"]),
        }
    }
}

/// One past at most so many words with single spaces between them.
fn words_end(probe: &Probe<'_>, from: usize, most: usize, belongs: fn(u8) -> bool) -> usize {
    let mut end = from;
    for word in 0..most {
        let start = if word == 0 { from } else { end + 1 };
        let next = probe.run_end(start, 40, belongs);
        let key = matches!(probe.byte(next), b'=' | b':' | b'_' | b'/');
        let starts = probe.byte(start);
        let lower = starts.is_ascii_lowercase() && word > 0 && !is_particle(probe.slice(start..next));
        if next == start
            || key
            || word > 0
                && (probe.byte(end) != b' '
                    || lower && belongs(b'0') && !has_month(probe.slice(start..next))
                    || lower && !belongs(b'0'))
        {
            break;
        }
        end = next;
    }
    // Particles and punctuation at the end belong to what follows.
    probe.run_start(end, 2, |byte| matches!(byte, b'.' | b',' | b'-' | b'\'')).max(from)
}

fn is_particle(word: &[u8]) -> bool {
    [&b"de"[..], b"da", b"van", b"von", b"der", b"den", b"la", b"del", b"di", b"bin", b"al", b"ter", b"zu"]
        .contains(&word)
}

/// Whether text is that many words at least, all with a capital or a letter outside ASCII, but for particles.
fn is_name(text: &[u8], least: usize) -> bool {
    let mut count = 0;
    for word in text.split(|byte| *byte == b' ') {
        let shaped = word.iter().all(|byte| is_name_byte(*byte)) && word.len() <= 40;
        let capital = word.first().is_some_and(|first| first.is_ascii_uppercase() || !first.is_ascii());
        let shouted = word.len() > 3 && word.iter().all(u8::is_ascii_uppercase);
        let camel = word
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()))
            && word.len() > 12;
        if !shaped
            || !(capital || count > 0 && is_particle(word))
            || shouted && least > 1
            || camel
            || word.is_empty()
        {
            return false;
        }
        count += 1;
    }
    (least..=5).contains(&count) && text.len() >= 2
}

/// Whether one of the words is one that names of services, events and products are made of.
fn speaks_of_software(text: &[u8]) -> bool {
    const WORDS: &[&str] = &[
        "service",
        "server",
        "system",
        "manager",
        "handler",
        "worker",
        "client",
        "controller",
        "api",
        "job",
        "task",
        "event",
        "created",
        "updated",
        "deleted",
        "failed",
        "error",
        "test",
        "queue",
        "database",
        "cache",
        "cluster",
        "node",
        "pool",
        "request",
        "response",
        "order",
        "payment",
        "checkout",
        "gateway",
        "process",
        "thread",
        "agent",
        "engine",
        "module",
        "plugin",
        "app",
        "application",
        "web",
        "windows",
        "linux",
        "microsoft",
        "google",
        "amazon",
        "apache",
        "default",
        "main",
        "new",
        "old",
        "all",
        "not",
        "the",
        "is",
        "user",
        "admin",
        "root",
        "group",
        "team",
        "store",
        "shop",
        "data",
        "report",
        "monitor",
        "metrics",
        "log",
        "file",
        "network",
        "device",
        "update",
        "daily",
        "weekly",
        "batch",
        "sync",
        "premium",
        "basic",
        "plan",
        "account",
        "settings",
        "profile",
        "home",
        "page",
        "search",
        "product",
        "catalog",
        "inventory",
        "shipping",
        "email",
        "message",
        "session",
        "token",
        "key",
        "secret",
        "north",
        "south",
        "east",
        "west",
        "us",
        "eu",
        "support",
        "sales",
        "unknown",
        "invalid",
        "bluetooth",
        "audio",
        "input",
        "output",
        "internal",
        "external",
        "remote",
        "local",
        "health",
        "check",
        "status",
        "http",
        "get",
        "post",
        "no",
        "has",
        "found",
        "object",
        "class",
        "type",
        "policy",
        "rule",
    ];
    text.split(|byte| matches!(byte, b' ' | b'-' | b'.'))
        .any(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes())))
}

/// Whether the first word is a given name that many people have, in some country.
fn begins_with_given_name(text: &[u8]) -> bool {
    const NAMES: &str = " adam ahmed aisha akira alan alejandro alex alexander alice amit amy ana andrea andreas andrew anita ann         anna anne antonio arjun barbara ben bob brian bruno carla carlos carol charles charlotte chen chloe chris christian claire         clara daniel david deepak diana diego elena elias elizabeth emil emily emma eric erik eva fatima felix fernando francesca         francisco frank gabriel george giulia giuseppe grace hana hans hannah helen henry hugo ibrahim igor ines ingrid isabella ivan         jack jacob james jan jane jean jennifer jessica joan joao john jonas jorge jose joseph juan julia julie karen karl kate         kenji kim kumar lars laura lea lena leo li liam lisa louis lucas lucia luis luisa luca maja marco marek maria marie mario mark         marta martin mary mateo matthew max mei mia michael miguel mohamed mohammed monika natalia nicolas nina noah nora olga oliver         olivia omar oscar pablo patricia patrick paul paula pedro peter petra philip piotr priya rachel rafael raj ravi rebecca         ricardo richard robert rosa ruth sakura samuel sandra sara sarah sebastian sergei simon sofia sophie stefan stephen steven         susan sven tanaka thomas tim tom tomas valentina victor victoria wang wei william yuki yusuf zhang zoe ";
    let first = text.split(|byte| *byte == b' ').next().unwrap_or(&[]);
    let mut sought = [b' '; 16];
    let Some(to) = sought.get_mut(1..=first.len()) else { return false };
    to.copy_from_slice(first);
    to.make_ascii_lowercase();
    sought.get(..first.len() + 2).is_some_and(|word| memchr::memmem::find(NAMES.as_bytes(), word).is_some())
}

/// A house number, and a word of three letters or more with a capital.
fn is_address(text: &[u8]) -> bool {
    let mut number = false;
    let mut word = false;
    for part in text.split(|byte| matches!(byte, b' ' | b',')) {
        let digits = part.iter().take_while(|byte| byte.is_ascii_digit()).count();
        number |= (1..=5).contains(&digits) && part.len() <= digits + 1;
        word |= part.len() >= 4
            && part.first().is_some_and(|first| first.is_ascii_uppercase() || !first.is_ascii())
            && part.iter().all(|byte| is_name_byte(*byte));
    }
    number
        && word
        && text.len() >= 8
        && text.contains(&b' ')
        && !text.iter().any(|byte| matches!(byte, b'=' | b'{' | b'<' | b'_' | b':'))
}

fn has_month(text: &[u8]) -> bool {
    const MONTHS: &[&str] = &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mär", "mai",
        "okt", "dez", "ene", "abr", "ago", "dic", "fév", "avr", "juin", "jui", "aoû", "déc", "gen", "mag",
        "giu", "lug", "set", "ott",
    ];
    text.split(|byte| matches!(byte, b' ' | b'-' | b'.' | b',' | b'/')).any(|word| {
        MONTHS.iter().any(|month| {
            word.get(..month.len()).is_some_and(|head| head.eq_ignore_ascii_case(month.as_bytes()))
        })
    })
}

//! Treatments as a policy writes them, and nothing about how they are applied.
//!
//! Options that exclude each other are alternatives, and ranges are checked when they are read.

use crate::error::{is_plain, quoted};
use crate::values::{Name, Period, Whole};
use frostglass_keys::Purpose;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

#[cfg(feature = "authoring")]
use schemars::JsonSchema;

/// What is done to a value. Exactly one word; a word without options may stand bare.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename = "treatment", rename_all = "kebab-case")]
pub enum Treatment {
    /// It stays.
    Keep,
    /// It goes.
    Suppress,
    /// Its characters are hidden.
    Mask(Mask),
    /// A fixed text stands in its place.
    Replace(Replace),
    /// A token stands in its place.
    Pseudonymize(Pseudonymize),
    /// It is encrypted to a key that no host holds.
    Seal(WithKey),
    /// A token stands in its place that a key holder turns back.
    Tokenize(Tokenize),
    /// Another address stands in the place of an IP address; a key holder turns it back.
    EncryptIp(WithKey),
    /// Another id stands in the place of the id of a trace, span or profile.
    Rekey(WithKey),
    /// A time moves back, by one offset for all of a trace.
    Shift(Shift),
    /// It becomes coarser.
    Generalize(Generalize),
    /// Its end goes.
    Truncate(Truncate),
    /// Its length class and shape stand in its place.
    Summarize,
    /// Detectors run on it; the rest stays.
    Scan(Scan),
}

impl Treatment {
    /// All words, in the order of the variants.
    pub const WORDS: [&str; 14] = [
        "keep",
        "suppress",
        "mask",
        "replace",
        "pseudonymize",
        "seal",
        "tokenize",
        "encrypt-ip",
        "rekey",
        "shift",
        "generalize",
        "truncate",
        "summarize",
        "scan",
    ];

    /// Words that may be used as a treatment without an entry in `treatments`.
    pub const BARE: [&str; 6] = ["keep", "suppress", "mask", "replace", "scan", "summarize"];

    /// The word of the policy.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Suppress => "suppress",
            Self::Mask(_) => "mask",
            Self::Replace(_) => "replace",
            Self::Pseudonymize(_) => "pseudonymize",
            Self::Seal(_) => "seal",
            Self::Tokenize(_) => "tokenize",
            Self::EncryptIp(_) => "encrypt-ip",
            Self::Rekey(_) => "rekey",
            Self::Shift(_) => "shift",
            Self::Generalize(_) => "generalize",
            Self::Truncate(_) => "truncate",
            Self::Summarize => "summarize",
            Self::Scan(_) => "scan",
        }
    }

    /// The key that it names, and what that must be for.
    #[must_use]
    pub fn key(&self) -> Option<(&Name, KeyUse)> {
        match self {
            Self::Pseudonymize(options) => Some((&options.key, KeyUse::Pseudonymize)),
            Self::Seal(options) => Some((&options.key, KeyUse::Seal)),
            Self::Tokenize(options) => Some((&options.key, KeyUse::Tokenize)),
            Self::EncryptIp(options) => Some((&options.key, KeyUse::Tokenize)),
            Self::Rekey(options) => Some((&options.key, KeyUse::Pseudonymize)),
            Self::Shift(options) => Some((&options.key, KeyUse::Pseudonymize)),
            _ => None,
        }
    }

    /// The treatment that a bare word means.
    #[must_use]
    pub fn bare(word: &str) -> Option<Self> {
        match word {
            "keep" => Some(Self::Keep),
            "suppress" => Some(Self::Suppress),
            "mask" => Some(Self::Mask(Mask::default())),
            "replace" => Some(Self::Replace(Replace::default())),
            "summarize" => Some(Self::Summarize),
            "scan" => Some(Self::Scan(Scan::default())),
            _ => None,
        }
    }
}

impl Serialize for Treatment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        if Self::bare(self.word()).is_some_and(|bare| bare == *self) {
            return serializer.serialize_str(self.word());
        }
        let mut map = serializer.serialize_map(Some(1))?;
        match self {
            Self::Keep | Self::Suppress | Self::Summarize => {}
            Self::Mask(options) => map.serialize_entry("mask", options)?,
            Self::Replace(options) => map.serialize_entry("replace", options)?,
            Self::Pseudonymize(options) => map.serialize_entry("pseudonymize", options)?,
            Self::Seal(options) => map.serialize_entry("seal", options)?,
            Self::Tokenize(options) => map.serialize_entry("tokenize", options)?,
            Self::EncryptIp(options) => map.serialize_entry("encrypt-ip", options)?,
            Self::Rekey(options) => map.serialize_entry("rekey", options)?,
            Self::Shift(options) => map.serialize_entry("shift", options)?,
            Self::Generalize(options) => map.serialize_entry("generalize", options)?,
            Self::Truncate(options) => map.serialize_entry("truncate", options)?,
            Self::Scan(options) => {
                map.serialize_entry("scan", &options.scan)?;
                map.serialize_entry("on-hit", &options.on_hit)?;
            }
        }
        map.end()
    }
}

/// How much a mask leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "MaskOptions", into = "MaskOptions")]
pub enum Mask {
    /// Nothing.
    #[default]
    Full,
    /// The last characters.
    KeepLast(Whole<1, 64>),
    /// The domain of an address.
    KeepDomain,
}

/// How much a mask leaves: nothing, the last characters, or the domain of an address.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "mask", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct MaskOptions {
    /// How many characters at the end stay. Not together with `keep`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keep_last: Option<Whole<1, 64>>,
    /// Which part stays. Not together with `keep-last`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keep: Option<MaskKeep>,
}

/// A part that a mask leaves.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "part", rename_all = "kebab-case")]
enum MaskKeep {
    /// What follows the last `@` of an address.
    Domain,
}

impl TryFrom<MaskOptions> for Mask {
    type Error = &'static str;

    fn try_from(options: MaskOptions) -> Result<Self, &'static str> {
        match (options.keep_last, options.keep) {
            (None, None) => Ok(Self::Full),
            (Some(count), None) => Ok(Self::KeepLast(count)),
            (None, Some(MaskKeep::Domain)) => Ok(Self::KeepDomain),
            (Some(_), Some(_)) => Err("`keep-last` and `keep` exclude each other; keep one of them"),
        }
    }
}

impl From<Mask> for MaskOptions {
    fn from(mask: Mask) -> Self {
        match mask {
            Mask::Full => Self { keep_last: None, keep: None },
            Mask::KeepLast(count) => Self { keep_last: Some(count), keep: None },
            Mask::KeepDomain => Self { keep_last: None, keep: Some(MaskKeep::Domain) },
        }
    }
}

/// What stands in a value's place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "replace", rename_all = "kebab-case", deny_unknown_fields)]
pub struct Replace {
    /// The text. Absent: the name of the class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
}

/// How tokens are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "pseudonymize", rename_all = "kebab-case", deny_unknown_fields)]
pub struct Pseudonymize {
    /// A name of `keys`.
    pub key: Name,
    /// When equal values have equal tokens.
    #[serde(default)]
    pub mode: TokenMode,
    /// What tokens begin with.
    pub prefix: Prefix,
    /// What counts as equal. Absent: exactly the same text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical: Option<Canonical>,
}

/// How reversible tokens are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "tokenize", rename_all = "kebab-case", deny_unknown_fields)]
pub struct Tokenize {
    /// A name of `keys` with `use: tokenize`.
    pub key: Name,
    /// What tokens begin with.
    pub prefix: Prefix,
}

/// With which key. One type for all treatments that ask for nothing else: each would be code in the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "with-key", rename_all = "kebab-case", deny_unknown_fields)]
pub struct WithKey {
    /// A name of `keys`: for `seal` with `use: seal`, for `encrypt-ip` with `use: tokenize`, for `rekey` with `use: pseudonymize`.
    pub key: Name,
}

/// How times move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "shift", rename_all = "kebab-case", deny_unknown_fields)]
pub struct Shift {
    /// A name of `keys` with `use: pseudonymize`.
    pub key: Name,
    /// The largest offset.
    pub within: Period,
}

/// When equal values have equal tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "mode", rename_all = "kebab-case")]
pub enum TokenMode {
    /// Always, within one tenant, epoch, recipient and class.
    #[default]
    Deterministic,
    /// Inside one trace; a record without a trace id is a document of its own.
    Document,
    /// Never: each value gets a fresh token, which nothing joins.
    Randomized,
}

/// What counts as an equal value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "canonical", rename_all = "kebab-case")]
pub enum Canonical {
    /// The same text.
    Exact,
    /// The same mailbox.
    Email,
    /// The same text but for upper and lower case.
    Lowercase,
    /// The same telephone number.
    Phone,
    /// The same IP address.
    Ip,
}

/// What a token begins with: a small letter, then up to seven small letters or digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Prefix(String);

impl Prefix {
    /// Pattern in the JSON Schema.
    #[cfg(feature = "authoring")]
    pub(crate) const PATTERN: &str = "^[a-z][a-z0-9]{0,7}$";

    /// The prefix as text, without the `_` that follows it in a token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Prefix {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        // Seals begin so, and are told from tokens by it.
        if text == "sealed" {
            return Err("`sealed` is what seals begin with; choose another prefix".into());
        }
        if text.len() <= 8 && !text.contains('-') && Name::allows(&text) {
            Ok(Self(text))
        } else {
            Err(format!(
                "{} is not a prefix; use one to eight small letters or digits, a letter first",
                quoted(&text)
            ))
        }
    }
}

/// How a value becomes coarser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "generalization", rename_all = "kebab-case")]
pub enum Generalize {
    /// An address becomes its network.
    Ip(IpPrefix),
    /// A number becomes the lower end of its bucket.
    Number(NumberBucket),
    /// A time is rounded down to a multiple of this.
    Time(Period),
}

/// How many leading bits of an address stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "ip", rename_all = "kebab-case", deny_unknown_fields)]
pub struct IpPrefix {
    /// Of an IPv4 address.
    #[serde(default = "v4_bits")]
    pub v4: Whole<1, 31>,
    /// Of an IPv6 address.
    #[serde(default = "v6_bits")]
    pub v6: Whole<1, 127>,
}

fn v4_bits() -> Whole<1, 31> {
    Whole(24)
}

fn v6_bits() -> Whole<1, 127> {
    Whole(48)
}

/// How wide a bucket of numbers is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "number", rename_all = "kebab-case", deny_unknown_fields)]
pub struct NumberBucket {
    /// Width, in the unit of the value.
    pub bucket: Whole<1, 999_999_999_999_999>,
}

/// How much of a text stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "truncate", rename_all = "kebab-case", deny_unknown_fields)]
pub struct Truncate {
    /// Characters from the beginning.
    pub chars: Whole<1, 1_000_000>,
}

/// Which detectors run and what becomes of what they find.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "scan", rename_all = "kebab-case", deny_unknown_fields)]
pub struct Scan {
    /// Which detectors run.
    #[serde(default)]
    pub scan: ScanFor,
    /// What becomes of what they find.
    #[serde(default)]
    pub on_hit: OnHit,
}

/// Which detectors run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ScanFor {
    /// All, written `all`.
    #[default]
    All,
    /// These, by name; at least one.
    Only(Vec<Name>),
}

impl Serialize for ScanFor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::Only(names) => names.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ScanFor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AllOrNames;

        impl<'de> serde::de::Visitor<'de> for AllOrNames {
            type Value = ScanFor;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`all` or a list of detectors")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<ScanFor, E> {
                match word {
                    "all" => Ok(ScanFor::All),
                    other => {
                        let single =
                            if is_plain(other) { format!("as [{other}]") } else { "in brackets".into() };
                        Err(E::custom(format!(
                            "{} is neither `all` nor a list of detectors; write a single one {single}",
                            quoted(other)
                        )))
                    }
                }
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<ScanFor, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = items.next_element()? {
                    names.push(name);
                }
                if names.is_empty() {
                    return Err(A::Error::custom("names no detector; write `all` or a list of detectors"));
                }
                Ok(ScanFor::Only(names))
            }
        }

        deserializer.deserialize_any(AllOrNames)
    }
}

/// What becomes of what a detector finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "action", rename_all = "kebab-case")]
pub enum OnHit {
    /// The treatment of its own class.
    #[default]
    ByClass,
    /// It is masked.
    Mask,
    /// It goes, and the rest of the text stays.
    Suppress,
}

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "authoring", derive(JsonSchema))]
#[serde(rename = "use", rename_all = "kebab-case")]
pub enum KeyUse {
    /// Tokens that nobody turns back.
    Pseudonymize,
    /// Encryption that hosts cannot undo: they hold the public half alone.
    Seal,
    /// Tokens that whoever holds the key can turn back.
    Tokenize,
}

impl KeyUse {
    /// The word of a policy.
    #[must_use]
    pub fn word(self) -> &'static str {
        Purpose::from(self).word()
    }
}

impl From<KeyUse> for Purpose {
    fn from(purpose: KeyUse) -> Self {
        match purpose {
            KeyUse::Pseudonymize => Self::Pseudonymize,
            KeyUse::Seal => Self::Seal,
            KeyUse::Tokenize => Self::Tokenize,
        }
    }
}

//! Hashes guesses by every method without a secret, and remembers which value each one gives.

use super::super::evidence::ValueId;
use super::digests::Targets;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::time::{Duration, Instant};

/// Keys that protect nothing: none at all, those of tutorials, and the published demo key.
const PUBLISHED: [&str; 9] = [
    "",
    "secret",
    "key",
    "password",
    "changeme",
    "salt",
    "your-secret-key",
    "test",
    frostglass_keys::DEMO_KEY,
];

/// How a value may have become a digest without a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in super::super) struct Method {
    hash: Hash,
    /// Key of an HMAC, if there is one.
    key: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Hash {
    Sha256,
    Md5,
    Sha1,
    Sha512,
}

/// All methods, the commonest first.
pub(in super::super) fn methods() -> Vec<Method> {
    let hashes = [Hash::Sha256, Hash::Md5, Hash::Sha1, Hash::Sha512];
    let plain = hashes.into_iter().map(|hash| Method { hash, key: None });
    let empty = hashes.into_iter().map(|hash| Method { hash, key: Some("") });
    let published = PUBLISHED.into_iter().skip(1).map(|key| Method { hash: Hash::Sha256, key: Some(key) });
    plain.chain(empty).chain(published).collect()
}

impl fmt::Display for Method {
    /// The demo key is told by its name, since logs that hold it look alarming.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hash = match self.hash {
            Hash::Sha256 => "SHA-256",
            Hash::Md5 => "MD5",
            Hash::Sha1 => "SHA-1",
            Hash::Sha512 => "SHA-512",
        };
        match self.key {
            None => write!(f, "{hash} without a key"),
            Some("") => write!(f, "HMAC of {hash} with an empty key"),
            Some(frostglass_keys::DEMO_KEY) => write!(f, "HMAC of {hash} with the published demo key"),
            Some(key) => write!(f, "HMAC of {hash} with the key `{key}`"),
        }
    }
}

impl Method {
    /// The digest of a text in hex.
    pub(in super::super) fn hex(self, text: &[u8]) -> String {
        HEXLOWER.encode(&self.digest(text))
    }

    pub(super) fn digest(self, text: &[u8]) -> Vec<u8> {
        let mut out = [0; 64];
        let length = Prepared::new(self).digest(text, &mut out);
        out.get(..length).unwrap_or_default().to_vec()
    }
}

/// A method with its key set up.
enum Prepared {
    Sha256,
    Md5,
    Sha1,
    Sha512,
    HmacSha256(Hmac<Sha256>),
    HmacMd5(Hmac<Md5>),
    HmacSha1(Hmac<Sha1>),
    HmacSha512(Hmac<Sha512>),
}

impl Prepared {
    fn new(method: Method) -> Self {
        // An HMAC takes keys of any length, so the other arms of these are never taken.
        let plain = match method.hash {
            Hash::Sha256 => Self::Sha256,
            Hash::Md5 => Self::Md5,
            Hash::Sha1 => Self::Sha1,
            Hash::Sha512 => Self::Sha512,
        };
        let Some(key) = method.key.map(str::as_bytes) else { return plain };
        let keyed = match method.hash {
            Hash::Sha256 => Hmac::new_from_slice(key).ok().map(Self::HmacSha256),
            Hash::Md5 => Hmac::new_from_slice(key).ok().map(Self::HmacMd5),
            Hash::Sha1 => Hmac::new_from_slice(key).ok().map(Self::HmacSha1),
            Hash::Sha512 => Hmac::new_from_slice(key).ok().map(Self::HmacSha512),
        };
        keyed.unwrap_or(plain)
    }

    /// Writes the digest to the beginning of `out` and tells its length.
    #[inline]
    fn digest(&self, text: &[u8], out: &mut [u8; 64]) -> usize {
        fn put(digest: &[u8], out: &mut [u8; 64]) -> usize {
            out.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
            digest.len()
        }
        fn keyed<M: Mac + Clone>(state: &M, text: &[u8], out: &mut [u8; 64]) -> usize {
            let mut state = state.clone();
            state.update(text);
            put(&state.finalize().into_bytes(), out)
        }
        match self {
            Self::Sha256 => put(&Sha256::digest(text), out),
            Self::Md5 => put(&Md5::digest(text), out),
            Self::Sha1 => put(&Sha1::digest(text), out),
            Self::Sha512 => put(&Sha512::digest(text), out),
            Self::HmacSha256(state) => keyed(state, text, out),
            Self::HmacMd5(state) => keyed(state, text, out),
            Self::HmacSha1(state) => keyed(state, text, out),
            Self::HmacSha512(state) => keyed(state, text, out),
        }
    }
}

/// What a value was, and how it was hashed.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) text: String,
    pub(super) method: Method,
}

/// Tries texts against targets.
pub(super) struct Guesser<'t> {
    targets: &'t Targets,
    methods: Vec<(Method, Prepared)>,
    hits: HashMap<ValueId, Hit>,
    guesses: u64,
    begun: Instant,
}

impl<'t> Guesser<'t> {
    pub(super) fn new(targets: &'t Targets, methods: Vec<Method>) -> Self {
        let methods = methods.into_iter().map(|method| (method, Prepared::new(method))).collect();
        Self { targets, methods, hits: HashMap::new(), guesses: 0, begun: Instant::now() }
    }

    /// Tries one text by every method.
    #[inline]
    pub(super) fn guess(&mut self, text: &[u8]) {
        self.guesses += 1;
        let mut digest = [0; 64];
        for (method, prepared) in &self.methods {
            let length = prepared.digest(text, &mut digest);
            for value in self.targets.matching(digest.get(..length).unwrap_or_default()) {
                self.hits.entry(value).or_insert_with(|| Hit {
                    text: String::from_utf8_lossy(text).into_owned(),
                    method: *method,
                });
            }
        }
    }

    pub(super) fn hit(&self, value: ValueId) -> Option<&Hit> {
        self.hits.get(&value)
    }

    pub(super) fn into_hits(self) -> HashMap<ValueId, String> {
        self.hits.into_iter().map(|(value, hit)| (value, hit.text)).collect()
    }

    /// How many matches of a value chance alone gives: guesses by all methods over all digests of its length.
    pub(super) fn by_chance(&self, value: ValueId) -> f64 {
        self.guesses as f64 * self.methods.len() as f64 / self.targets.bits(value).exp2()
    }

    pub(super) fn guesses(&self) -> u64 {
        self.guesses
    }

    /// Guesses a second so far, each by all methods.
    pub(super) fn rate(&self) -> f64 {
        let spent = self.begun.elapsed().max(Duration::from_micros(1));
        self.guesses as f64 / spent.as_secs_f64()
    }
}

/// Guesses a second by these methods alone, measured on addresses.
pub(super) fn rate_of(methods: &HashSet<Method>) -> f64 {
    const GUESSES: u32 = 20_000;
    let prepared: Vec<Prepared> = methods.iter().map(|method| Prepared::new(*method)).collect();
    let (mut digest, begun) = ([0; 64], Instant::now());
    for guess in 0..GUESSES {
        let text = std::net::Ipv4Addr::from(guess.wrapping_mul(0x9e37_79b9)).to_string();
        for one in &prepared {
            std::hint::black_box(one.digest(text.as_bytes(), &mut digest));
        }
    }
    f64::from(GUESSES) / begun.elapsed().max(Duration::from_micros(1)).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: published answers: FIPS 180 and RFC 1321 for `abc`, RFC 4231 and RFC 2202 do not print empty keys, so the HMAC of
    /// an empty key and text is the one that everybody's library gives.
    /// Guarantees: the digests are those that other programs make.
    #[test]
    fn methods_give_known_answers() {
        let of = |hash, key, text: &str| Method { hash, key }.hex(text.as_bytes());
        assert_eq!(of(Hash::Md5, None, "abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(of(Hash::Sha1, None, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert!(of(Hash::Sha256, None, "abc").starts_with("ba7816bf8f01cfea414140de5dae2223"));
        assert!(of(Hash::Sha512, None, "abc").starts_with("ddaf35a193617abacc417349ae204131"));
        assert!(of(Hash::Sha256, Some(""), "").starts_with("b613679a0814d9ec772f95d778c35fc5"));
        assert_eq!(of(Hash::Md5, Some(""), ""), "74e6f7298a9c2d168935f58c001bad88");
    }
}

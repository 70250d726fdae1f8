//! The only crate that sees raw key bytes: ring, pseudonymization domains, tokens, seals.
//!
//! A [`Ring`] holds the keys that a host was given: standalone ones, and those of an [`Issued`] document. A
//! [`Pseudonymizer`] is resolved from it once and makes tokens; a [`Sealer`] makes seals, which nothing on a host opens; a
//! [`Recognizer`] tells what this domain made from look-alikes. The formats and every derivation are specified in
//! `docs/reference/tokens.md` and `seals.md`, with vectors in `tests/vectors/`. Opening seals is behind the feature `open`,
//! for the command alone.
//!
//! Promises: no key byte leaves the crate, not in `Debug`, not in an error (but for the `vault` feature, which is never part
//! of the module and whose work is to hand keys out); what holds key bytes is wiped when it goes
//! (as far as a process can: copies that the compiler spilled and snapshots of a VM are out of reach); a key that cannot
//! be used gives nothing, never an unkeyed result. Leaves to others: what is worth a token, and what a value's canonical
//! form is.

mod base32;
mod derive;
mod hpke;
mod ip;
mod issued;
mod key_text;
#[cfg(any(test, feature = "open"))]
mod open;
mod pseudonymizer;
mod purpose;
mod random;
mod recent;
mod recognizer;
mod ring;
mod seal;
#[cfg(any(test, feature = "open"))]
mod share;
#[cfg(any(test, feature = "open"))]
mod spoils;
mod token;
mod tokenize;
#[cfg(feature = "vault")]
pub mod vault;
#[cfg(test)]
mod vectors;

pub use ip::IpCipher;
pub use issued::{Issued, IssuedEpoch, IssuedError, MAX_ISSUED_BYTES};
pub use key_text::{DEMO_KEY, KeyError, KeyProblem, looks_like_key};
#[cfg(any(test, feature = "open"))]
pub use open::{OpenError, OpeningKey};
pub use pseudonymizer::{Document, Pseudonymizer, Rotation};
pub use purpose::Purpose;
pub use random::{Random, Seeding};
pub use recognizer::Recognizer;
pub use ring::{Binding, Domain, Ring};
pub use seal::{SealBinding, SealInfo, Sealer};
#[cfg(any(test, feature = "open"))]
pub use share::{Lent, MAX_SHARES, NEEDED, Share, encapsulated, open_lent};
#[cfg(any(test, feature = "open"))]
pub use spoils::{Guesses, Spoils, epoch_of, stands_for};
pub use token::{Prefix, PrefixError, Token, TokenInfo};
pub use tokenize::Tokenizer;
#[cfg(any(test, feature = "open"))]
pub use tokenize::is_tokenized;

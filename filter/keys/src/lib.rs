//! The only crate that sees raw key bytes: ring, pseudonymization domains, tokens.
//!
//! A [`Ring`] holds the keys that a host was given: standalone ones, and those of an [`Issued`] document. A [`Pseudonymizer`] is resolved from it once and makes tokens; a
//! [`Recognizer`] tells the tokens of this domain from look-alikes. The format and every derivation are specified in
//! `docs/reference/tokens.md`, with vectors in `tests/vectors/tokens.json`.
//!
//! Promises: no key byte leaves the crate, not in `Debug`, not in an error (but for the `vault` feature, which is never part
//! of the module and whose work is to hand keys out); what holds key bytes is wiped when it goes
//! (as far as a process can: copies that the compiler spilled and snapshots of a VM are out of reach); a key that cannot
//! be used gives nothing, never an unkeyed result. Leaves to others: what is worth a token, and what a value's canonical
//! form is.

mod derive;
mod issued;
mod key_text;
mod pseudonymizer;
mod purpose;
mod recognizer;
mod ring;
mod token;
#[cfg(feature = "vault")]
pub mod vault;
#[cfg(test)]
mod vectors;

pub use issued::{Issued, IssuedEpoch, IssuedError, MAX_ISSUED_BYTES};
pub use key_text::{DEMO_KEY, KeyError, KeyProblem};
pub use pseudonymizer::{Pseudonymizer, Rotation};
pub use purpose::Purpose;
pub use recognizer::Recognizer;
pub use ring::{Binding, Domain, Ring};
pub use token::{Prefix, PrefixError, Token, TokenInfo};

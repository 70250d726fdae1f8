//! From what a host was given to the keys that a plan asks for: the same in every host.
//!
//! A key that is missing or unsuited is no error: what needs it is suppressed, and the rest goes on. Which keys those are and
//! why is told, for the host's log.

use super::Plan;
use frostglass_keys::{Issued, Ring};
use frostglass_policy::{KeySource, KeyUse};

/// A key that the policy asks for and that its host does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingKey {
    /// The policy's name for it.
    pub name: String,
    /// Why, for people: no word of it is of the key.
    pub why: String,
}

impl Plan {
    /// The keys that the policy asks for, from the document that the host reads and from `standalone`, which gives the text of
    /// a key by its name or says why there is none.
    pub fn ring(
        &self,
        issued: Option<&Issued>,
        standalone: &mut dyn FnMut(&str) -> Result<String, String>,
    ) -> (Ring, Vec<MissingKey>) {
        let mut ring = Ring::default();
        let mut missing = Vec::new();
        let allow_demo = self.name() == "demo";
        for entry in &self.file().keys {
            let (name, key) = (entry.name.as_str(), &entry.value);
            let taken = match (key.from, key.purpose) {
                (KeySource::Issued, _) => match (issued, key.rotation()) {
                    (Some(issued), Some(rotation)) => ring
                        .add_issued(issued, name, key.purpose.into(), rotation)
                        .map_err(|error| format!("is not taken: {error}")),
                    _ => Err("was not issued: there is no document of issued keys".to_owned()),
                },
                (KeySource::Standalone, KeyUse::Seal) => {
                    Err("is not taken: a sealing key is issued; write `from: issued`".to_owned())
                }
                (KeySource::Standalone, _) => standalone(name).and_then(|text| {
                    ring.add_standalone(name, &text, allow_demo)
                        .map_err(|error| format!("is not taken: {error}"))
                }),
            };
            if let Err(why) = taken {
                missing.push(MissingKey { name: name.to_owned(), why });
            }
        }
        (ring, missing)
    }
}

//! Encrypt-ip: another address stands for an IP address, and whoever holds the key turns it back.
//!
//! The result is an address, so that fields, indexes and lookups that take one take it. Equal addresses stay equal inside one
//! tenant, epoch, recipient and class, whatever their text form. Nothing in an address can tell that it was encrypted: at a
//! second hop it is encrypted again. What is no address, or lacks the key, is suppressed.

use super::{Apply, Beginning, Context, Example, Spec, Treated, Treatment, address};
use crate::Reason;
use frostglass_formats::Value;
use frostglass_keys::{Binding, Domain, IpCipher, Prefix, Rotation};
use std::fmt::Write as _;

pub(super) static SPEC: Spec = Spec {
    name: "encrypt-ip",
    sentence: "Another address, in the form of IPv6, stands for an IP address, and whoever holds the key turns it back: the host can, too.",
    keyed: true,
    joins: true,
    once_only: true,
    examples: &[
        Example::new(
            r#"{"encrypt-ip": {"key": "ids"}}"#,
            "203.0.113.77",
            "d525:5657:e029:cae8:4695:ff78:c5e2:e6dd",
        ),
        Example::new(
            r#"{"encrypt-ip": {"key": "ids"}}"#,
            "::ffff:203.0.113.77",
            "d525:5657:e029:cae8:4695:ff78:c5e2:e6dd",
        ),
        Example::withheld(r#"{"encrypt-ip": {"key": "ids"}}"#, "anns-laptop.example.org"),
    ],
};

/// Puts encrypted addresses in place of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptIp {
    /// The policy's name for the key.
    pub key: Box<str>,
    /// How often the key changes.
    pub rotation: Rotation,
}

impl Treatment for EncryptIp {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn resolve(&self, context: &Context<'_>) -> Box<dyn Apply> {
        let binding = Binding {
            key: &self.key,
            domain: Domain { tenant: context.tenant, recipient: context.recipient },
            class: context.class_name,
            canonicalizer: "exact/1",
            rotation: self.rotation,
            prefix: Prefix::default(),
        };
        Box::new(Addresses { cipher: context.ring.ip_cipher(&binding) })
    }
}

#[derive(Debug)]
struct Addresses {
    cipher: Option<IpCipher>,
}

impl Apply for Addresses {
    fn begin(&mut self, beginning: Beginning<'_>) -> bool {
        self.cipher.as_mut().is_some_and(|cipher| cipher.turn_to(beginning.now_unix_nanos))
    }

    fn apply(&self, value: Value<'_>, out: &mut String) -> Treated {
        let Some(cipher) = &self.cipher else {
            return Treated::Suppress(Some(Reason::NoKey));
        };
        let Value::Text(text) = value else { return Treated::UNSUITED };
        for (index, part) in text.split(',').enumerate() {
            let Some(address) = address::parse(part.trim_ascii()) else { return Treated::UNSUITED };
            let Some(encrypted) = cipher.encrypt(address.to_canonical()) else {
                return Treated::Suppress(Some(Reason::NoKey));
            };
            // Writing to a `String` cannot fail.
            let _ = write!(out, "{}{encrypted}", if index > 0 { ", " } else { "" });
        }
        Treated::Text
    }
}

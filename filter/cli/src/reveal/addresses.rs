//! Encrypted addresses: nothing in one tells its key, its epoch, or that it was encrypted at all.
//!
//! An address of IPv4 has 96 bits that are the same in all of them, so a key that makes one of an address made that address. What
//! else comes out is any address of IPv6, and is believed only where somebody says the epoch.

use crate::failure::{Failure, wrong};
use frostglass_keys::vault::Vault;
use frostglass_keys::{Binding, Domain, Prefix, Purpose, Ring, Rotation};
use std::net::{IpAddr, Ipv6Addr};
use zeroize::Zeroizing;

/// The keys of a vault that may have encrypted addresses.
pub(super) struct Addresses {
    keys: Vec<Key>,
    /// Whether the epoch was said.
    said: bool,
}

struct Key {
    name: String,
    rotation: Rotation,
    epochs: Vec<u32>,
    ring: Ring,
}

impl Addresses {
    /// The epochs that are kept, or one alone.
    pub(super) fn of(vault: &Vault, epoch: Option<u32>) -> Result<Self, Failure> {
        let mut keys = Vec::new();
        for key in vault.status().into_iter().filter(|key| key.spec.purpose == Purpose::Tokenize) {
            let kept = key.epochs.iter().filter(|known| known.destroyed.is_none()).map(|known| known.epoch);
            let epochs: Vec<u32> = kept.filter(|kept| epoch.is_none_or(|epoch| epoch == *kept)).collect();
            let (name, rotation) = (key.spec.name, key.spec.rotation);
            if !epochs.is_empty() {
                let ring = vault.ring(&name)?;
                keys.push(Key { name, rotation, epochs, ring });
            }
        }
        if keys.is_empty() {
            let of = epoch.map(|epoch| format!(" of epoch {epoch}")).unwrap_or_default();
            return Err(wrong(format!(
                "the vault has no key that encrypts addresses{of}; `frostglass keys status` shows what it has"
            )));
        }
        Ok(Self { keys, said: epoch.is_some() })
    }

    /// The address that an encrypted one stands for, as text.
    pub(super) fn turned_back(
        &self,
        text: &str,
        domain: Domain<'_>,
        class: &str,
    ) -> Result<Zeroizing<Vec<u8>>, String> {
        let encrypted: IpAddr = text.parse().map_err(|_| "is no address".to_owned())?;
        let mut other = Vec::new();
        for key in &self.keys {
            let binding = Binding {
                key: &key.name,
                domain,
                class,
                // As the treatment has it.
                canonicalizer: "exact/1",
                rotation: key.rotation,
                prefix: Prefix::default(),
            };
            for epoch in &key.epochs {
                match key.ring.decrypt_ip(&binding, *epoch, encrypted) {
                    Some(IpAddr::V4(address)) => return Ok(shown(address.into())),
                    Some(IpAddr::V6(address)) if self.said && in_use(address) => other.push(address),
                    _ => {}
                }
            }
        }
        match other.as_slice() {
            [address] => Ok(shown((*address).into())),
            [] if self.said => Err("no key of the vault makes an address of it under this tenant, recipient, class and epoch".to_owned()),
            [] => Err("no key of the vault makes an address of IPv4 of it under this tenant, recipient and class; for one of IPv6, say its --epoch".to_owned()),
            _ => Err("more than one key of the vault makes an address of IPv6 of it: nothing tells which is right".to_owned()),
        }
    }
}

fn shown(address: IpAddr) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(address.to_string().into_bytes())
}

/// Whether hosts have such addresses: global unicast, unique local, link-local, and loopback. One in seven of all has the form.
fn in_use(address: Ipv6Addr) -> bool {
    let global = address.segments().first().is_some_and(|first| first >> 13 == 1);
    global || address.is_unique_local() || address.is_unicast_link_local() || address.is_loopback()
}

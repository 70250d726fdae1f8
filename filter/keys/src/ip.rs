//! Encrypts IP addresses to addresses: ipcrypt-deterministic (draft-denis-ipcrypt, section on the deterministic mode), one
//! block of AES-128.
//!
//! Whoever holds the key can turn them back. Nothing in an address can tell that it was encrypted: used at two hops it is
//! encrypted twice.

use crate::Rotation;
use crate::derive;
use crate::ring::{Binding, Key};
use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

/// Encrypts addresses of one class. Resolved once by [`crate::Ring::ip_cipher`].
///
/// Must be told the time once a payload, so that a payload falls into exactly one epoch.
pub struct IpCipher {
    key: Arc<Key>,
    domain: Vec<u8>,
    rotation: Rotation,
    current: Option<(u32, Aes128)>,
}

impl IpCipher {
    pub(crate) fn new(key: Arc<Key>, binding: &Binding<'_>) -> Option<Self> {
        let domain = bound(binding)?;
        Some(Self { key, domain, rotation: binding.rotation, current: None })
    }

    /// Takes the time of a payload, in nanoseconds since 1970. Derives a key when the epoch changed, and nothing else. Says whether it did.
    pub fn turn_to(&mut self, unix_nanos: u64) -> bool {
        let epoch = self.key.epoch_at(self.rotation, unix_nanos);
        let before = self.current.as_ref().map(|(epoch, _)| *epoch);
        if epoch.is_some() && epoch == before {
            return false;
        }
        self.current =
            epoch.and_then(|epoch| Some((epoch, cipher(&self.key.epoch_key(epoch)?, &self.domain)?)));
        before != self.current.as_ref().map(|(epoch, _)| *epoch)
    }

    /// The encrypted address; `None` when there is no key for the present epoch.
    #[must_use]
    pub fn encrypt(&self, address: IpAddr) -> Option<IpAddr> {
        let (_, cipher) = self.current.as_ref()?;
        let mut block = mapped(address).octets().into();
        cipher.encrypt_block(&mut block);
        Some(Ipv6Addr::from(<[u8; 16]>::from(block)).to_canonical())
    }
}

impl fmt::Debug for IpCipher {
    /// The epoch, and nothing derived from a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let epoch = self.current.as_ref().map(|(epoch, _)| *epoch);
        f.debug_struct("IpCipher").field("epoch", &epoch).finish_non_exhaustive()
    }
}

/// The address that `encrypted` stands for, under an epoch's key.
#[cfg(any(test, feature = "open"))]
pub(crate) fn decrypt(key: &Key, binding: &Binding<'_>, epoch: u32, encrypted: IpAddr) -> Option<IpAddr> {
    use aes::cipher::BlockCipherDecrypt;
    let mut block = mapped(encrypted).octets().into();
    cipher(&key.epoch_key(epoch)?, &bound(binding)?)?.decrypt_block(&mut block);
    Some(Ipv6Addr::from(<[u8; 16]>::from(block)).to_canonical())
}

/// IPv4 addresses in the form that IPv6 has for them.
fn mapped(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

fn cipher(epoch_key: &derive::Secret, domain: &[u8]) -> Option<Aes128> {
    let key = derive::ip_key(epoch_key, domain)?;
    Some(Aes128::new(&(*key).into()))
}

fn bound(binding: &Binding<'_>) -> Option<Vec<u8>> {
    let Binding { domain, class, canonicalizer, .. } = *binding;
    derive::length_prefixed(&[domain.tenant, domain.recipient, class, canonicalizer])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the test vectors of draft-denis-ipcrypt for the deterministic mode.
    /// Guarantees: this is that mode.
    #[test]
    fn agrees_with_the_draft() {
        for (key, address, expected) in [
            (
                0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128,
                "0.0.0.0",
                "bde9:6789:d353:824c:d7c6:f58a:6bd2:26eb",
            ),
            (
                0x1032_5476_98ba_dcfe_efcd_ab89_6745_2301,
                "255.255.255.255",
                "aed2:92f6:ea23:58c3:48fd:8b8:74e8:45d8",
            ),
            (
                0x2b7e_1516_28ae_d2a6_abf7_1588_09cf_4f3c,
                "192.0.2.1",
                "1dbd:c1b9:fff1:7586:7d0b:67b4:e76e:4777",
            ),
        ] {
            let cipher = Aes128::new(&key.to_be_bytes().into());
            let mut block = mapped(address.parse().unwrap()).octets().into();
            cipher.encrypt_block(&mut block);
            assert_eq!(Ipv6Addr::from(<[u8; 16]>::from(block)).to_string(), expected);
        }
    }
}

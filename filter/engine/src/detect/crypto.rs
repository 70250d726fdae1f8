//! Addresses of wallets: base58 with its double SHA-256 check (Bitcoin and its relatives), bech32 with its polynomial
//! (BIP 173, BIP 350), forty hex digits behind `0x` (Ethereum), Monero and Solana by length and words around.

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;
use sha2::{Digest, Sha256};

const WORDS: &[&str] = &["wallet", "solana", "sol.", "phantom", "address", "payout", "deposit"];

pub(super) struct Wallet;

impl Detector for Wallet {
    fn spec(&self) -> Spec {
        Spec::new("crypto-address", Class::Payment, "Addresses of crypto wallets")
            .sure(90)
            .finds(&[
                "send to «1BoatSLRHtKNngkdXEeobR76b53LETtpyT» now",
                "«3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy»",
                "«bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq»,",
                "to=«0x52908400098527886E0F7030069857D2E4169EE7»",
                "wallet «4Nd1mYvHqYmBTFHuDv5Yt4Wv9t1q2zKvYpHbUzGk6dQa»",
            ])
            .passes_over(&[
                "1BoatSLRHtKNngkdXEeobR76b53LETtpyU",
                "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp",
                "0x7ffee4b8c9a0 0x52908400098527886E0F7030069857D2E4169EE",
                "4Nd1mYvHqYmBTFHuDv5Yt4Wv9t1q2zKvYpHbUzGk6dQa",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[
            Site::OpaqueRun,
            Site::Prefix(&[
                "bc1", "tb1", "ltc1", "0x0", "0x1", "0x2", "0x3", "0x4", "0x5", "0x6", "0x7", "0x8", "0x9",
                "0xa", "0xb", "0xc", "0xd", "0xe", "0xf", "0xA", "0xB", "0xC", "0xD", "0xE", "0xF",
            ]),
        ]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let end = probe.run_end(at, 108, |byte| byte.is_ascii_alphanumeric());
        let text = probe.slice(at..end);
        if matches!(probe.byte(end), b'_' | b'+' | b'/' | b'=') || probe.before(at) == b'_' {
            return None;
        }
        let found = match text {
            [b'0', b'x', digits @ ..] => digits.len() == 40 && digits.iter().all(u8::is_ascii_hexdigit),
            [b'b' | b't', b'c' | b'b', b'1', ..] | [b'l', b't', b'c', b'1', ..] => bech32(text),
            _ => {
                let mut all = [0; 25];
                let whole = (26..=36).contains(&text.len()) && base58(text, &mut all) && checked(&all);
                let monero = text.len() == 95 && matches!(text.first(), Some(b'4' | b'8'));
                let alphabet = || text.iter().all(|byte| base58_value(*byte).is_some());
                let mixed = || super::tokens::is_random(text);
                whole
                    || (monero || (43..=44).contains(&text.len()) && probe.near(&(at..end), WORDS))
                        && alphabet()
                        && mixed()
            }
        };
        found.then_some(at..end)
    }
}

fn base58_value(byte: u8) -> Option<u32> {
    const ALPHABET: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    ALPHABET.iter().position(|known| *known == byte).map(|place| place as u32)
}

/// Decodes base58 into exactly as many bytes; says whether it did.
fn base58(text: &[u8], out: &mut [u8; 25]) -> bool {
    for byte in text {
        let Some(mut carry) = base58_value(*byte) else { return false };
        for digit in out.iter_mut().rev() {
            carry += u32::from(*digit) * 58;
            *digit = carry as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return false;
        }
    }
    let ones = text.iter().take_while(|byte| **byte == b'1').count();
    out.iter().take_while(|byte| **byte == 0).count() == ones
}

/// Whether the last four bytes are the head of the double hash of the others.
fn checked(all: &[u8; 25]) -> bool {
    let (head, check) = all.split_at(21);
    Sha256::digest(Sha256::digest(head)).get(..4) == Some(check)
}

fn bech32(text: &[u8]) -> bool {
    const ALPHABET: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let Some(separator) = text.iter().position(|byte| *byte == b'1') else { return false };
    let (human, data) = (text.get(..separator).unwrap_or(&[]), text.get(separator + 1..).unwrap_or(&[]));
    if !(14..=90).contains(&text.len()) {
        return false;
    }
    let mut check = 1_u32;
    let mut add = |value: u32| {
        let top = check >> 25;
        check = (check & 0x1ff_ffff) << 5 ^ value;
        for (bit, generator) in GENERATOR.iter().enumerate() {
            if top >> bit & 1 == 1 {
                check ^= generator;
            }
        }
    };
    human.iter().for_each(|byte| add(u32::from(byte >> 5)));
    add(0);
    human.iter().for_each(|byte| add(u32::from(byte & 31)));
    for byte in data {
        match ALPHABET.iter().position(|known| known == byte) {
            Some(value) => add(value as u32),
            None => return false,
        }
    }
    matches!(check, 1 | 0x2bc8_30a3)
}

//! Addresses of wallets by their check sums: base58 with its double SHA-256 (Bitcoin and its relatives, Tezos, Zcash; XRP with an
//! alphabet of its own), bech32 with its polynomial (BIP 173, BIP 350: Bitcoin, Litecoin, Cardano, the Cosmos chains), CashAddr with its
//! own (Bitcoin Cash), CRC-16 behind base32 or base64url (Stellar's SEP 23, TON); forty hex digits behind `0x` (Ethereum); Monero, Solana,
//! Polkadot and Algorand by length and words around. And what restores a wallet: private keys (WIF, BIP 32, Stellar) by the same sums.

use super::jwt::decode_base64;
use super::probe::is_base64url;
use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;
use sha2::{Digest, Sha256};

const WORDS: &[&str] = &[
    "wallet", "solana", "sol.", "phantom", "address", "payout", "deposit", "algo", "polkadot", "dot.",
    "kusama",
];

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// The alphabet of XRP: https://xrpl.org/docs/references/protocol/data-types/base58-encodings
const RIPPLE: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

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
                "sweep «tz1fTbbsLDxZMh9aMRRkFJKDsgagNCmN52ST», «t1dhAv5t9JJQ1SoiBrezsQvwxwLF5pHsNgH»",
                "sweep «rLFZuk7rKycQiwCHvNBkHfisgghrnLwjfp»",
                "sweep «cosmos1m95kjk43qjqv2lgqg2a06qdqhg926npqtmfmqh»",
                "sweep «addr1q8vkj626kyzgp3taqppt4lgp5zaq4t2vyzfg2kvqg0m8uwc6r9ladktfd9dtzpyqc47sqs46l5q6pws244xzpy59txqqzszmaf»",
                "to «bitcoincash:qrvkj626kyzgp3taqppt4lgp5zaq4t2vyqm6jezzjk» or «qrvkj626kyzgp3taqppt4lgp5zaq4t2vyqm6jezzjk»",
                "sweep «GDMWS2K2WECIBRL5ABBLV7IBUC5AVLKMECJIKWMAIP3H4OY2DF75N5S5»",
                "sweep «UQDZaWlasQSAxX0AQrr9AaC6Cq1MIJKFWYBD9n47Ghl_1io3»",
                "algorand «3FUWSWVRASAMK7IAIK5P2ANAXIFK2TBASKCVTACD6Z7DWGQZP7LGCM6GNI»",
            ])
            .passes_over(&[
                "1BoatSLRHtKNngkdXEeobR76b53LETtpyU",
                "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp",
                "0x7ffee4b8c9a0 0x52908400098527886E0F7030069857D2E4169EE",
                "4Nd1mYvHqYmBTFHuDv5Yt4Wv9t1q2zKvYpHbUzGk6dQa",
                "tz1fTbbsLDxZMh9aMRRkFJKDsgagNCmN52SU rLFZuk7rKycQiwCHvNBkHfisgghrnLwjfq",
                "cosmos1m95kjk43qjqv2lgqg2a06qdqhg926npqtmfmqq qrvkj626kyzgp3taqppt4lgp5zaq4t2vyqm6jezzjj",
                "GDMWS2K2WECIBRL5ABBLV7IBUC5AVLKMECJIKWMAIP3H4OY2DF75N5S6",
                "UQDZaWlasQSAxX0AQrr9AaC6Cq1MIJKFWYBD9n47Ghl_1io4",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[
            Site::OpaqueRun,
            Site::Prefix(&[
                "bc1", "tb1", "ltc1", "0x0", "0x1", "0x2", "0x3", "0x4", "0x5", "0x6", "0x7", "0x8", "0x9",
                "0xa", "0xb", "0xc", "0xd", "0xe", "0xf", "0xA", "0xB", "0xC", "0xD", "0xE", "0xF", "EQA",
                "EQB", "EQC", "EQD", "UQA", "UQB", "UQC", "UQD",
            ]),
        ]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let end = probe.reach(at, 108, |byte| byte.is_ascii_alphanumeric());
        let text = probe.slice(at..end);
        if matches!(text, [b'E' | b'U', b'Q', ..]) {
            let end = probe.reach(at, 49, is_base64url);
            let mut all = [0; 36];
            let whole = end - at == 48 && decode_base64(probe.slice(at..end), &mut all) == all.len();
            let (head, sum) = all.split_at(34);
            return (whole && sum == crc16(head).to_be_bytes()).then_some(at..end);
        }
        if matches!(probe.byte(end), b'_' | b'+' | b'/' | b'=') || probe.before(at) == b'_' {
            return None;
        }
        let all = |alphabet: &[u8]| text.iter().all(|byte| place_in(alphabet, *byte).is_some());
        let spoken = || super::tokens::is_random(text) && probe.near(&(at..end), WORDS);
        let found = match text {
            [b'0', b'x', digits @ ..] => digits.len() == 40 && digits.iter().all(u8::is_ascii_hexdigit),
            [b'q' | b'p', ..] if text.len() == 42 && polynomial(b"bitcoincash", text, true) => {
                let named = probe.ends_with_any_case(at, "bitcoincash:");
                return Some(at - if named { "bitcoincash:".len() } else { 0 }..end);
            }
            [first, ..] if first.is_ascii_lowercase() && bech32(text) => true,
            _ => {
                let alphabet = if text.first() == Some(&b'r') { RIPPLE } else { BASE58 };
                match text.len() {
                    26..=36 => is_checked(text, alphabet, 25..=27),
                    43..=48 => all(BASE58) && spoken(),
                    56 => is_stellar(text, b'G'),
                    58 => all(BASE32) && spoken(),
                    95 => {
                        matches!(text.first(), Some(b'4' | b'8'))
                            && all(BASE58)
                            && super::tokens::is_random(text)
                    }
                    _ => false,
                }
            }
        };
        found.then_some(at..end)
    }
}

pub(super) struct Restore;

impl Detector for Restore {
    fn spec(&self) -> Spec {
        Spec::new("wallet-private-key", Class::Credential, "Private keys of crypto wallets")
            .sure(95)
            .finds(&[
                "imported «L4WL9Y2YS9QUsWkRwmgNJZK9LvA4FfJCHK3ckmH99AC9XmGh1pmx»",
                "imported «5KU35CZXEQCfVDBHypHAp2RxMpqiyLYzPGsSKXRW2rD3PQ24ZaQ».",
                "from «xprv9zG6sGn4Jfd6FAVGCQDDqyj86wZXqfcmFLWWDnHtk4218KdnStnghNH8qKngoJTaCo7SyW3qPFSYi17RBxJWHSw6qUDJdsULmLKcKwYfdaq»",
                "seed «SDMWS2K2WECIBRL5ABBLV7IBUC5AVLKMECJIKWMAIP3H4OY2DF75MZBC»",
            ])
            .passes_over(&[
                "L4WL9Y2YS9QUsWkRwmgNJZK9LvA4FfJCHK3ckmH99AC9XmGh1pmy",
                "SDMWS2K2WECIBRL5ABBLV7IBUC5AVLKMECJIKWMAIP3H4OY2DF75N5S5",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::OpaqueRun]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let end = probe.reach(at, 113, |byte| byte.is_ascii_alphanumeric());
        let text = probe.slice(at..end);
        let found = match text {
            [b'5' | b'9' | b'K' | b'L' | b'c', ..] if matches!(text.len(), 51 | 52) => {
                is_checked(text, BASE58, 37..=38)
            }
            [_, b'p', b'r', b'v', ..] if text.len() == 111 => is_checked(text, BASE58, 82..=82),
            [b'S', ..] if text.len() == 56 => is_stellar(text, b'S'),
            _ => false,
        };
        found.then_some(at..end)
    }
}

/// Whether text is base58 of so many bytes, of which the last four are the head of the double hash of the others.
#[inline(never)] // asked in several places
fn is_checked(text: &[u8], alphabet: &[u8; 58], lengths: core::ops::RangeInclusive<usize>) -> bool {
    let mut all = [0_u8; 82];
    let most = all.len() - lengths.end();
    let out = all.get_mut(most..).unwrap_or(&mut []);
    for byte in text {
        let Some(mut carry) = place_in(alphabet, *byte) else { return false };
        for digit in out.iter_mut().rev() {
            carry += u32::from(*digit) * 58;
            *digit = carry as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return false;
        }
    }
    // As many zeros before as the first letter says.
    let zeros = |text: &[u8], zero: u8| text.iter().take_while(|byte| **byte == zero).count();
    let ones = zeros(text, alphabet[0]);
    let Some(all) = zeros(out, 0).checked_sub(ones).and_then(|from| out.get(from..)) else { return false };
    let Some((head, sum)) = all.split_last_chunk::<4>() else { return false };
    lengths.contains(&all.len()) && Sha256::digest(Sha256::digest(head)).get(..4) == Some(sum)
}

fn bech32(text: &[u8]) -> bool {
    let Some(separator) = text.iter().rposition(|byte| *byte == b'1') else { return false };
    let (human, data) = (text.get(..separator).unwrap_or(&[]), text.get(separator + 1..).unwrap_or(&[]));
    // The public keys of age are none of a wallet.
    (14..=108).contains(&text.len())
        && (2..=12).contains(&human.len())
        && human.iter().all(u8::is_ascii_lowercase)
        && human != b"age"
        && polynomial(human, data, false)
}

/// Whether letters of bech32, with what stands before them, have the check sum of it or that of CashAddr
/// (https://reference.cash/protocol/blockchain/encoding/cashaddr).
#[inline(never)] // asked in several places
fn polynomial(human: &[u8], data: &[u8], cash: bool) -> bool {
    const BECH: [u64; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    const CASH: [u64; 5] = [0x98_f2bc_8e61, 0x79_b76d_99e2, 0xf3_3e5f_b3c4, 0xae_2eab_e2a8, 0x1e_4f43_e470];
    let (generators, bits) = if cash { (CASH, 35) } else { (BECH, 25) };
    // The high bits of what stands before (bech32 alone) and a zero, its low bits (and a zero, CashAddr alone), then the letters.
    let high = if cash { 0 } else { human.len() + 1 };
    let low = high + human.len();
    let mut check = 1_u64;
    for at in 0..low + usize::from(cash) + data.len() {
        let value = if at < low {
            let byte = human.get(if at < high { at } else { at - high }).copied().unwrap_or(0);
            u64::from(if at < high { byte >> 5 } else { byte & 31 })
        } else {
            match (at - low).checked_sub(usize::from(cash)).and_then(|at| data.get(at)) {
                None => 0,
                Some(letter) => match place_in(BECH32, *letter) {
                    Some(value) => u64::from(value),
                    None => return false,
                },
            }
        };
        let top = check >> bits;
        check = (check & ((1 << bits) - 1)) << 5 ^ value;
        for (bit, generator) in generators.iter().enumerate() {
            check ^= generator * (top >> bit & 1);
        }
    }
    check == 1 || !cash && check == 0x2bc8_30a3
}

/// The number that a letter of an alphabet stands for.
#[inline(never)] // likewise
fn place_in(alphabet: &[u8], letter: u8) -> Option<u32> {
    alphabet.iter().position(|known| *known == letter).map(|place| place as u32)
}

/// Whether text is an account (`G`) or seed (`S`) of Stellar: base32 of 35 bytes, the last two of which are a check sum.
#[inline(never)] // asked in several places
fn is_stellar(text: &[u8], kind: u8) -> bool {
    let mut all = [0_u8; 35];
    let (mut word, mut held, mut length) = (0_u32, 0, 0);
    for byte in text {
        let Some(value) = place_in(BASE32, *byte) else { return false };
        word = word << 5 | value;
        held += 5;
        if held >= 8 {
            held -= 8;
            let Some(to) = all.get_mut(length) else { return false };
            *to = (word >> held) as u8;
            length += 1;
        }
    }
    let (head, sum) = all.split_at(33);
    text.first() == Some(&kind) && length == all.len() && sum == crc16(head).to_le_bytes()
}

/// CRC-16 as XMODEM has it.
#[inline(never)] // asked in several places
fn crc16(bytes: &[u8]) -> u16 {
    let mut check = 0_u16;
    for byte in bytes {
        check ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            check = if check & 0x8000 != 0 { check << 1 ^ 0x1021 } else { check << 1 };
        }
    }
    check
}

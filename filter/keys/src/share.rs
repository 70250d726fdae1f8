//! Splits the private half of a sealing key among persons: any two of them open together, and one alone opens nothing.
//!
//! Shamir's scheme (1979) with a threshold of two, over the scalars of Curve25519's subgroup of prime order. The key is never put
//! together again: each person *lends* a part of the agreement with one encapsulated key, and two such parts give what X25519 would
//! have given (threshold decryption of ElGamal; Desmedt & Frankel 1989). What was lent for one encapsulated key is of no use for
//! another. Specified in `docs/reference/shares.md`; not part of the module.

use crate::derive::Secret;
use crate::hpke::{self, KEY};
use crate::open::OpenError;
use crate::ring::Domain;
use crate::seal::{self, Sealed};
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::traits::IsIdentity;
use curve25519_dalek::{EdwardsPoint, MontgomeryPoint, Scalar};
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// How many persons open together.
pub const NEEDED: u8 = 2;

/// Most shares of one key.
pub const MAX_SHARES: u8 = 32;

/// One person's share of a private key. Wiped when dropped.
#[derive(Clone)]
pub struct Share {
    number: u8,
    public: [u8; KEY],
    secret: Secret,
}

/// What a person lends for one encapsulated key: with that of a second person it opens what was sealed under it, alone nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lent {
    /// Number of the share that it comes from.
    pub number: u8,
    /// A point of the curve, compressed (RFC 8032 section 5.1.2).
    pub point: [u8; KEY],
}

impl Share {
    /// Splits a private key (RFC 7748) into shares numbered from 1, of which any two open. `random` must be fresh.
    ///
    /// `None` for fewer than two or more than [`MAX_SHARES`] shares, or randomness that is none.
    #[must_use]
    pub fn split(private: &Secret, shares: u8, random: &Zeroizing<[u8; 64]>) -> Option<Vec<Self>> {
        if !(NEEDED..=MAX_SHARES).contains(&shares) {
            return None;
        }
        let public = hpke::public_of(private);
        let mut clamped = Zeroizing::new(**private);
        // RFC 7748, section 5: what X25519 itself makes of a private key.
        clamped[0] &= 248;
        clamped[31] = clamped[31] & 127 | 64;
        // Clamped keys are multiples of eight. Taking the eight out and putting it into the point instead lets parts be added
        // modulo the order of the subgroup, whatever the point's component of small order.
        let mut secret = Scalar::from_bytes_mod_order(*clamped) * Scalar::from(8_u8).invert();
        let mut slope = Scalar::from_bytes_mod_order_wide(random);
        if slope == Scalar::ZERO {
            return None;
        }
        let made = (1..=shares)
            .map(|number| {
                let at = secret + slope * Scalar::from(number);
                Self { number, public, secret: Zeroizing::new(at.to_bytes()) }
            })
            .collect();
        secret.zeroize();
        slope.zeroize();
        Some(made)
    }

    /// A share from its parts, as they were written down; `None` if the secret is no reduced scalar.
    #[must_use]
    pub fn of(number: u8, public: [u8; KEY], secret: Secret) -> Option<Self> {
        let reduced: Option<Scalar> = Scalar::from_canonical_bytes(*secret).into();
        (reduced.is_some() && (1..=MAX_SHARES).contains(&number)).then_some(Self { number, public, secret })
    }

    /// Its number, from 1.
    #[must_use]
    pub fn number(&self) -> u8 {
        self.number
    }

    /// The public half of the key that was split.
    #[must_use]
    pub fn public(&self) -> [u8; KEY] {
        self.public
    }

    /// The secret, to write it down.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// This share's part of the agreement with an encapsulated key; `None` if that is none that a host makes.
    #[must_use]
    pub fn lend(&self, encapsulated: &[u8; KEY]) -> Option<Lent> {
        // Either sign would do, as long as all lend with the same one: the result is read without it.
        let point = MontgomeryPoint(*encapsulated).to_edwards(0)?.mul_by_cofactor();
        if point.is_identity() {
            return None;
        }
        let mut secret: Scalar = Option::from(Scalar::from_canonical_bytes(*self.secret))?;
        let lent = point * secret;
        secret.zeroize();
        Some(Lent { number: self.number, point: lent.compress().to_bytes() })
    }
}

impl fmt::Debug for Share {
    /// The number alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Share").field("number", &self.number).finish_non_exhaustive()
    }
}

/// The encapsulated key of a text that has the shape of a seal: what shares are lent for.
#[must_use]
pub fn encapsulated(text: &str) -> Option<[u8; KEY]> {
    Some(Sealed::parse(text)?.encapsulated())
}

/// The value of a seal, by what two persons lent for its encapsulated key.
///
/// # Errors
/// It is no seal, is another key's, or does not open: under other words than it was sealed with, or because one of the two lent
/// something else.
pub fn open_lent(
    public: &[u8; KEY],
    lent: [&Lent; 2],
    text: &str,
    domain: Domain<'_>,
    class: &str,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let sealed = Sealed::parse(text).ok_or(OpenError::Shape)?;
    if sealed.info().key_id != seal::key_id(public) {
        return Err(OpenError::OtherKey);
    }
    let shared = agreed(lent)
        .and_then(|agreed| hpke::shared_secret(&agreed, &sealed.encapsulated(), public))
        .and_then(|shared| seal::value_key(&shared));
    shared.and_then(|key| sealed.value(&key, domain, class)).ok_or(OpenError::Refused)
}

/// What X25519 would have given: the parts, each times its coefficient of Lagrange's interpolation at zero.
fn agreed([one, other]: [&Lent; 2]) -> Option<Secret> {
    let (x, y) = (Scalar::from(one.number), Scalar::from(other.number));
    if x == y {
        return None;
    }
    let point = |lent: &Lent| CompressedEdwardsY(lent.point).decompress();
    let sum: EdwardsPoint = point(one)? * (y * (y - x).invert()) + point(other)? * (x * (x - y).invert());
    if sum.is_identity() {
        return None;
    }
    Some(Zeroizing::new(sum.to_montgomery().to_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OpeningKey, Random, Ring, Rotation, SealBinding};
    use proptest::prelude::*;

    fn sealed(private: &Secret, value: &[u8], seed: [u8; 32]) -> String {
        let mut ring = Ring::default();
        let public = OpeningKey::new(private.clone()).public();
        ring.add_sealing_key("safe", Rotation::Never, 0, public, [3; 32]).unwrap();
        let binding = SealBinding {
            key: "safe",
            domain: Domain::default(),
            class: "health",
            rotation: Rotation::Never,
        };
        let mut sealer = ring.sealer(&binding).unwrap();
        sealer.turn_to(0);
        let mut out = String::new();
        sealer.seal(value, &mut Random::seeded(seed), &mut out).unwrap();
        out
    }

    fn opened(share: &Share, lent: [&Lent; 2], text: &str) -> Result<Vec<u8>, OpenError> {
        open_lent(&share.public(), lent, text, Domain::default(), "health").map(|value| value.to_vec())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// Scenario: any key is split among three to six persons, and any two of them lend for a seal.
        /// Guarantees: it opens by each pair, as the whole key opens it; by one person twice, by a part of another
        /// encapsulation, and by a changed part it does not.
        #[test]
        fn any_two_open_and_one_does_not(
            private: [u8; 32], random: [u8; 64], seed: [u8; 32], count in 3_u8..=6, value: Vec<u8>,
        ) {
            let private = Zeroizing::new(private);
            let text = sealed(&private, &value, seed);
            let whole = OpeningKey::new(private.clone()).open(&text, Domain::default(), "health").unwrap();
            prop_assert_eq!(&*whole, &value);
            let shares = Share::split(&private, count, &Zeroizing::new(random)).unwrap();
            let enc = encapsulated(&text).unwrap();
            let lent: Vec<Lent> = shares.iter().map(|share| share.lend(&enc).unwrap()).collect();
            for (at, one) in lent.iter().enumerate() {
                for (index, other) in lent.iter().enumerate() {
                    let result = opened(&shares[0], [one, other], &text);
                    if at == index {
                        prop_assert_eq!(result, Err(OpenError::Refused));
                    } else {
                        prop_assert_eq!(result, Ok(value.clone()));
                    }
                }
            }
            // One share alone, under any number it may claim to have, and beside any guess of the other part.
            for number in 1..=MAX_SHARES {
                for point in [lent[0].point, [0; 32], enc] {
                    let guess = Lent { number, point };
                    prop_assert_eq!(opened(&shares[0], [&lent[0], &guess], &text), Err(OpenError::Refused));
                }
            }
            let mut other_seed = seed;
            other_seed[0] ^= 1;
            let later = sealed(&private, &value, other_seed);
            prop_assert_eq!(opened(&shares[0], [&lent[0], &lent[1]], &later), Err(OpenError::Refused));
            // The secret of one share is no private key, and neither is the sum of two.
            let alone = OpeningKey::new(shares[0].secret().clone());
            prop_assert!(alone.open(&text, Domain::default(), "health").is_err());
        }
    }

    /// Scenario: the published shares of the published seals' keys, which a second implementation computed.
    /// Guarantees: this one splits and lends to the same bytes, and each two parts open the seal.
    #[test]
    fn shares_agree_with_the_specification() {
        fn bytes<const N: usize>(text: &serde_json::Value) -> [u8; N] {
            let text = text.as_str().unwrap();
            std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
        }
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let seals = read(include_str!("../../../tests/vectors/seals.json"));
        let published = read(include_str!("../../../tests/vectors/shares.json"));
        let list = |value: &serde_json::Value| value.as_array().unwrap().clone();
        for case in list(&published["shares"]) {
            let seal = list(&seals["seals"]).into_iter().find(|seal| seal["name"] == case["seal"]).unwrap();
            let word = |name: &str| seal[name].as_str().unwrap().to_owned();
            let private = Zeroizing::new(bytes(&seal["private"]));
            let (expected, lent) = (list(&case["shares"]), list(&case["lent"]));
            let random = Zeroizing::new(bytes(&case["random"]));
            let shares = Share::split(&private, expected.len() as u8, &random).unwrap();
            let encapsulated = encapsulated(&word("sealed")).unwrap();
            let parts: Vec<Lent> = shares.iter().map(|share| share.lend(&encapsulated).unwrap()).collect();
            for ((share, part), (secret, point)) in shares.iter().zip(&parts).zip(expected.iter().zip(&lent))
            {
                assert_eq!(**share.secret(), bytes(secret), "{}", case["seal"]);
                assert_eq!(part.point, bytes(point), "{}", case["seal"]);
            }
            let (tenant, recipient, class) = (word("tenant"), word("recipient"), word("class"));
            let domain = Domain { tenant: &tenant, recipient: &recipient };
            let whole = OpeningKey::new(private).open(&word("sealed"), domain, &class).unwrap();
            let two = [&parts[parts.len() - 1], &parts[0]];
            assert_eq!(open_lent(&shares[0].public(), two, &word("sealed"), domain, &class).unwrap(), whole);
        }
    }

    /// Scenario: encapsulated keys that no host makes: of small order, and off the curve.
    /// Guarantees: nothing is lent for them.
    #[test]
    fn nothing_is_lent_for_what_no_host_makes() {
        let shares = Share::split(&Zeroizing::new([9; 32]), 2, &Zeroizing::new([3; 64])).unwrap();
        let mut one = [0; 32];
        one[0] = 1;
        for encapsulated in [[0; 32], one] {
            assert_eq!(shares[0].lend(&encapsulated), None);
        }
        let off = (2..=255_u8).map(|byte| [byte; 32]).find(|u| MontgomeryPoint(*u).to_edwards(0).is_none());
        assert_eq!(shares[0].lend(&off.unwrap()), None);
        assert_eq!(format!("{:?}", shares[0]), "Share { number: 1, .. }");
        for count in [0, 1, MAX_SHARES + 1] {
            assert!(Share::split(&Zeroizing::new([9; 32]), count, &Zeroizing::new([3; 64])).is_none());
        }
        assert!(Share::split(&Zeroizing::new([9; 32]), 2, &Zeroizing::new([0; 64])).is_none());
    }
}

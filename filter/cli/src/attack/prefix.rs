//! Prefixes: where treated addresses keep the networks of what they stand for, a few known ones give away their neighbors.
//!
//! From pairs of an address and what became of it, the attacker takes for each other treated address the known one with which it
//! shares the most bits, and says that the original shares as many with the known original. Truncated addresses show their
//! network openly and give nothing beyond it.

use super::control::{self, Controls};
use super::evidence::{Evidence, FieldId};
use super::statistics::{self, Draw};
use super::verdict::{Finding, Outcome};
use super::{Attack, Settings};
use frostglass_engine::Class;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

pub(super) struct Prefix;

const NAME: &str = "prefix";

/// Pairs that are taken from the truth as known.
const KNOWN: usize = 20;

/// Bits of a network that truncation shows anyway: more must be right for a success.
const SHOWN_V4: u32 = 16;
const SHOWN_V6: u32 = 32;

impl Attack for Prefix {
    fn name(&self) -> &'static str {
        NAME
    }

    fn sentence(&self) -> &'static str {
        "recovers networks of addresses from a few known ones, where pseudonyms keep prefixes"
    }

    fn run(&self, evidence: &Evidence, settings: &Settings) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (output, view) in evidence.outputs.iter().enumerate() {
            for field in view.fields() {
                findings.extend(infer(evidence, output, field, settings));
            }
        }
        if findings.is_empty() {
            let says =
                "no treated field has addresses of which some are known: give --truth, or --with PAIRS.csv";
            findings.push(Finding::not_tried(NAME, says));
        }
        findings
    }

    fn controls(&self) -> Controls {
        let mut controls = Controls::default();
        // Forty networks of twenty-five addresses each.
        let shop = |treat: fn(u32) -> u32, with_truth: bool| {
            let mut evidence = Evidence::default();
            let field = evidence.field("span/client.address", Some(Class::OnlineId));
            let addresses = (0..1000_u32).map(|at| scramble(at / 25, 0) & 0xffff_ff00 | (at % 25 * 9 + 1));
            let rows = |of: fn(u32) -> u32| -> Vec<_> {
                let text = |address: u32| Ipv4Addr::from(of(address)).to_string();
                addresses.clone().map(|address| (None, vec![(field, text(address))])).collect()
            };
            let (treated, plain) = (rows(treat), rows(|address| address));
            let view = control::view(&mut evidence, "shop", &treated);
            evidence.outputs.push(view);
            if with_truth {
                let view = control::view(&mut evidence, "shop", &plain);
                evidence.truth.push(view);
            } else {
                let pairs = plain.iter().zip(&treated).step_by(3);
                let text =
                    |row: &(Option<u64>, Vec<(FieldId, String)>)| row.1.first().map(|cell| cell.1.clone());
                evidence.pairs =
                    pairs.filter_map(|(plain, treated)| Some((text(plain)?, text(treated)?))).collect();
            }
            evidence
        };
        controls.win("prefixes kept", shop(prefix_preserving, true), Settings::default());
        controls.win("prefixes kept, from pairs alone", shop(prefix_preserving, false), Settings::default());
        controls.hold("addresses scattered", shop(|address| scramble(address, 3), true), Settings::default());
        controls.hold(
            "addresses truncated",
            shop(|address| address & 0xffff_ff00, true),
            Settings::default(),
        );
        controls
    }
}

/// A number that has nothing to do with another (the finalizer of MurmurHash3, which is a bijection).
fn scramble(number: u32, seed: u32) -> u32 {
    let mut x = number ^ seed.wrapping_mul(0x9e37_79b9) ^ 0x5bd1_e995;
    x = (x ^ (x >> 16)).wrapping_mul(0x85eb_ca6b);
    x = (x ^ (x >> 13)).wrapping_mul(0xc2b2_ae35);
    x ^ (x >> 16)
}

/// Crypto-PAn (Xu, Fan, Ammar and Moon 2002) with a weak function for its cipher: each bit is flipped as the bits before it say.
fn prefix_preserving(address: u32) -> u32 {
    (0..32).fold(0, |out, bit| {
        let before = if bit == 0 { 0 } else { address >> (32 - bit) };
        let flip = scramble(before, bit + 11) & 1;
        out << 1 | (address >> (31 - bit) & 1) ^ flip
    })
}

/// An address as bits from the top, and how many there are.
fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    }
}

/// Leading bits that two addresses of a kind share.
fn shared(a: IpAddr, b: IpAddr) -> Option<u32> {
    let ((a, kind), (b, other)) = (bits(a), bits(b));
    (kind == other).then(|| (a ^ b).leading_zeros().min(kind))
}

fn infer(evidence: &Evidence, output: usize, field: FieldId, settings: &Settings) -> Option<Finding> {
    let view = evidence.outputs.get(output)?;
    let address = |text: &str| text.parse::<IpAddr>().ok();
    let treated: BTreeSet<IpAddr> =
        view.histogram(field).into_keys().filter_map(|value| address(evidence.text(value))).collect();
    if treated.len() < 2 {
        return None;
    }
    // Original by what it became.
    let told = evidence.pairs.iter().filter_map(|(raw, treated)| Some((address(treated)?, address(raw)?)));
    let mut known: BTreeMap<IpAddr, IpAddr> = told.filter(|pair| treated.contains(&pair.0)).collect();
    let origins = evidence.origins(output, field);
    let mut targets: BTreeMap<IpAddr, IpAddr> = BTreeMap::new();
    if let Some(origins) = origins {
        let all = origins.iter().filter_map(|(treated, raw)| {
            Some((address(evidence.text(*treated))?, address(evidence.text(*raw))?))
        });
        targets = all.collect();
        if known.is_empty() {
            let mut draw = Draw::new(super::linking::SEED);
            known = draw.sample(targets.iter().map(|(a, b)| (*a, *b)).collect(), KNOWN).into_iter().collect();
        }
        targets.retain(|treated, _| !known.contains_key(treated));
    }
    let name = evidence.name(field);
    if known.len() < 2 {
        return None;
    }
    // Without the truth, each known one is guessed from the others.
    let leave_one_out = targets.is_empty();
    let asked = if leave_one_out { &known } else { &targets };
    let (mut right, mut guessed, mut gained, mut shown) = (0_usize, 0_usize, 0_u64, Vec::new());
    for (treated, raw) in asked {
        let others = known.iter().filter(|(other, _)| !leave_one_out || *other != treated);
        let best = others.filter_map(|(other, origin)| Some((shared(*treated, *other)?, *origin)));
        let Some((same, origin)) = best.max_by_key(|best| best.0) else { continue };
        // What the treated address shows of its original needs no guess.
        let open = shared(*treated, *raw).unwrap_or(0);
        let floor = if raw.is_ipv4() { SHOWN_V4 } else { SHOWN_V6 };
        if same < floor {
            continue;
        }
        guessed += 1;
        if shared(origin, *raw).is_some_and(|true_bits| true_bits >= same) && same > open {
            right += 1;
            gained += u64::from(same);
            shown.push(format!("{treated} shares {same} bits with {origin}"));
        }
    }
    let share = statistics::share(right as f64, guessed.max(1));
    // By chance a guess of sixteen bits is right once in 65,536.
    let succeeded = right >= 2 && share.low > 0.01;
    let outcome = if succeeded { Outcome::Succeeded } else { Outcome::Held };
    let says = if succeeded {
        format!(
            "from {} known addresses, {right} of {guessed} guesses of {} bits on average are right",
            known.len(),
            gained / right.max(1) as u64
        )
    } else {
        format!(
            "from {} known addresses, {right} of {guessed} guesses are right beyond what stands there openly",
            known.len()
        )
    };
    let finding = Finding::new(NAME, name, outcome, says)
        .measured("guesses right", share)
        .number("known", known.len() as f64)
        .number("guesses", guessed as f64)
        .number("right", right as f64)
        .shown(settings.show, shown);
    let line = super::line(evidence, field, "ip-prefix");
    Some(finding.stop(format!(
        "treatments:\n  ip-prefix: {{generalize: {{ip: {{v4: 24, v6: 48}}}}}}\ncatalog:\n{line}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// Scenario: any two addresses under the treatment of the positive control.
        /// Guarantees: they share exactly as many bits after it as before.
        #[test]
        fn the_control_keeps_prefixes(a: u32, b: u32) {
            let as_ip = |address: u32| IpAddr::V4(address.into());
            let before = shared(as_ip(a), as_ip(b));
            proptest::prop_assert_eq!(shared(as_ip(prefix_preserving(a)), as_ip(prefix_preserving(b))), before);
        }
    }
}

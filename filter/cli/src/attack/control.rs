//! Positive and negative controls: data against which an attack must win, and data against which it must not.
//!
//! An attack that cannot win proves nothing when it holds, so `--self-check` and the tests run them all.

use super::evidence::{Evidence, FieldId, Row, View};
use super::verdict::Outcome;
use super::{Attack, Settings};
use data_encoding::BASE32_NOPAD;
use frostglass_formats::Signal;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// One piece of evidence with what must come of it.
pub(super) struct Control {
    pub(super) label: &'static str,
    pub(super) evidence: Evidence,
    pub(super) settings: Settings,
    pub(super) must_win: bool,
}

/// The controls of one attack.
#[derive(Default)]
pub(super) struct Controls(Vec<Control>);

impl Controls {
    /// Adds data against which all that is tried must succeed.
    pub(super) fn win(&mut self, label: &'static str, evidence: Evidence, settings: Settings) {
        self.0.push(Control { label, evidence, settings, must_win: true });
    }

    /// Adds data against which nothing may succeed.
    pub(super) fn hold(&mut self, label: &'static str, evidence: Evidence, settings: Settings) {
        self.0.push(Control { label, evidence, settings, must_win: false });
    }
}

/// Extent from which on a control counts as won.
const WON: f64 = 0.95;

/// How one control ended.
pub(super) struct Checked {
    pub(super) attack: &'static str,
    pub(super) label: &'static str,
    pub(super) must_win: bool,
    /// How much of the data the attack took, at least, over what it tried.
    pub(super) extent: f64,
    pub(super) as_it_must: bool,
}

/// Runs an attack against its controls.
pub(super) fn check(attack: &dyn Attack) -> Vec<Checked> {
    let controls = attack.controls().0.into_iter();
    let check = |control: Control| {
        let findings = attack.run(&control.evidence, &control.settings);
        let tried: Vec<_> = findings.iter().filter(|found| found.outcome != Outcome::NotTried).collect();
        let won = |extent: f64| extent >= WON;
        let extents = tried.iter().map(|found| found.extent());
        let (extent, as_it_must) = if control.must_win {
            let least = extents.fold(f64::INFINITY, f64::min);
            (least, tried.iter().all(|found| found.outcome == Outcome::Succeeded) && won(least))
        } else {
            let most = extents.fold(f64::NEG_INFINITY, f64::max);
            (most, tried.iter().all(|found| found.outcome == Outcome::Held))
        };
        Checked {
            attack: attack.name(),
            label: control.label,
            must_win: control.must_win,
            extent,
            as_it_must: as_it_must && !tried.is_empty(),
        }
    };
    controls.map(check).collect()
}

/// A text of the shape of a token, under a key that the attacker does not have: of a domain, an epoch and a value.
pub(super) fn keyed_token(domain: &str, epoch: u32, value: &str) -> String {
    const KEY: &[u8] = b"\x5d\x11\xc2 a key that no attack is told \x07\x9e\xf0";
    let mut bytes = ((1 << 28) | epoch).to_be_bytes().to_vec();
    bytes.push(0x2a);
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(KEY) {
        mac.update(&epoch.to_be_bytes());
        mac.update(domain.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        bytes.extend(mac.finalize().into_bytes().iter().take(15));
    }
    format!("u_{}", base32(&bytes))
}

/// RFC 4648, section 6, in lower case, without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    BASE32_NOPAD.encode(bytes).to_ascii_lowercase()
}

/// A record of a control: when it was, and its fields.
type Sketched = (Option<u64>, Vec<(FieldId, String)>);

/// Records for controls: a list of texts by field for each.
pub(super) fn view(evidence: &mut Evidence, name: &str, rows: &[Sketched]) -> View {
    let rows = rows.iter().map(|(start, cells)| Row {
        signal: Signal::Traces,
        start: *start,
        span: None,
        cells: cells.iter().map(|(field, text)| (*field, evidence.value(text))).collect(),
    });
    View::new(name, rows.collect())
}

//! The tokens that values have: to turn tokens back with a list of candidates, and to list the tokens of a subject.
//!
//! A token is computed as a host computes it, by the policy's own treatments under the vault's key of each epoch that is still
//! kept. Pseudonyms of another mode than `deterministic` cannot be computed again.

use super::Opened;
use super::find::readings;
use crate::failure::{Failure, wrong};
use crate::policy;
use frostglass_engine::policy::{ClassPlan, Line, Plan, TokenMode, Treatment, TreatmentPlan};
use frostglass_engine::treat::{Beginning, Context, Treated};
use frostglass_formats::Value;
use frostglass_keys::vault::{KeyStatus, Vault};
use frostglass_keys::{Domain, Purpose};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use zeroize::Zeroizing;

/// Longest list of candidates, in bytes.
const MOST: u64 = 256 << 20;

/// A token of a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TokenOf {
    pub(crate) key: String,
    pub(crate) epoch: u32,
    pub(crate) class: String,
    pub(crate) token: String,
}

/// Values of a file, one a line, without blanks around them and without empty lines.
pub(crate) fn lines(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let unreadable = |error| Failure::file(path, "cannot be read", &error);
    if std::fs::metadata(path).map_err(unreadable)?.len() > MOST {
        return Err(wrong(format!("{}: is larger than {MOST} bytes", path.display())));
    }
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(unreadable)?);
    // Some editors begin a file with a mark that is nobody's value.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let values = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(Zeroizing::new(values.fold(String::with_capacity(text.len() + 1), |mut all, value| {
        all.push_str(value);
        all.push('\n');
        all
    })))
}

/// Values that tokens may stand for, and the policy that made the tokens.
pub(super) struct Candidates {
    plan: Plan,
    list: Zeroizing<String>,
}

impl Candidates {
    pub(super) fn read(policy: &Path, list: &Path) -> Result<Self, Failure> {
        let plan = Plan::compile(policy::read(policy)?)?;
        let values = lines(list)?;
        if values.is_empty() {
            return Err(wrong(format!("{}: holds no candidate, so nothing could be told", list.display())));
        }
        Ok(Self { plan, list: values })
    }

    /// The candidates behind those of the `found` texts that are their tokens, each with the token itself.
    pub(super) fn tokens<'t>(
        &self,
        vault: &Vault,
        class: &str,
        domain: Domain<'_>,
        found: &BTreeSet<&'t str>,
    ) -> Result<BTreeMap<&'t str, Opened<'t>>, Failure> {
        let mut wanted: BTreeMap<&str, Vec<&'t str>> = BTreeMap::new();
        for text in found {
            readings(text).for_each(|reading| wanted.entry(reading).or_default().push(*text));
        }
        let mut known = BTreeMap::new();
        let values: Vec<&str> = self.list.lines().collect();
        each(vault, &self.plan, Some(class), domain, &values, &mut |value, token| {
            for text in wanted.get(token.token.as_str()).into_iter().flatten() {
                let Some(made) = readings(text).find(|made| *made == token.token) else { continue };
                known.insert(*text, Opened { text: made, value: Zeroizing::new(value.to_owned()) });
            }
        })?;
        Ok(known)
    }

    /// Why texts were not turned back, and how many for each reason. The check of a token outlives its epoch, so that the vault tells
    /// whose it is even where nothing computes it any more.
    pub(super) fn refusals<'t>(
        &self,
        vault: &Vault,
        class: &str,
        domain: Domain<'_>,
        texts: impl Iterator<Item = &'t str>,
    ) -> Result<BTreeMap<String, u64>, Failure> {
        let file = self.plan.file();
        let others = file.recipients.iter().map(|entry| entry.name.as_str());
        let others = others.chain([""]).filter(|other| *other != domain.recipient);
        let recipients: Vec<&str> = std::iter::once(domain.recipient).chain(others).collect();
        let keys: Vec<KeyStatus> =
            vault.status().into_iter().filter(|key| key.spec.purpose != Purpose::Seal).collect();
        let mut recognizers = Vec::new();
        for key in &keys {
            let ring = vault.ring(&key.spec.name)?;
            for recipient in &recipients {
                let recognizer = ring.recognizer(Domain { tenant: domain.tenant, recipient });
                recognizers.push((key, *recipient, recognizer));
            }
        }
        let used: BTreeSet<&str> =
            makers(&self.plan, Some(class)).map(|(treatment, _)| key_of(treatment)).collect();
        let mut refusals = BTreeMap::new();
        for text in texts {
            let made = readings(text).find_map(|reading| {
                recognizers.iter().find_map(|(key, recipient, recognizer)| {
                    Some((recognizer.recognize(reading)?.epoch, *key, *recipient))
                })
            });
            let why = match made {
                None => {
                    "no key of the vault made it, for this tenant and any recipient of the policy".to_owned()
                }
                Some((_, _, recipient)) if recipient != domain.recipient => match recipient {
                    "" => "made for no recipient: leave --recipient out".to_owned(),
                    recipient => format!("made for the recipient `{recipient}`: say --recipient {recipient}"),
                },
                Some((epoch, key, _)) => {
                    let name = key.spec.name.as_str();
                    match key.epochs.iter().find(|known| known.epoch == epoch) {
                        None => format!(
                            "epoch {epoch} of key `{name}` is not in this vault, so no candidate could be tried"
                        ),
                        Some(epoch) if epoch.destroyed.is_some() => format!(
                            "epoch {} of key `{name}` was destroyed, so no candidate could be tried",
                            epoch.epoch
                        ),
                        Some(_) if !used.contains(name) => format!(
                            "made under the key `{name}`, under which the policy makes no tokens of class `{class}` that can be computed again"
                        ),
                        Some(_) => format!(
                            "no candidate has it: tried as class `{class}` under key `{name}`, epoch {epoch}"
                        ),
                    }
                }
            };
            *refusals.entry(why).or_default() += 1;
        }
        Ok(refusals)
    }

    /// For whom, under which keys and in which epochs candidates were tried, and which epochs are gone.
    pub(super) fn tried(&self, vault: &Vault, class: &str, domain: Domain<'_>) -> Vec<String> {
        let whose = match (domain.recipient, domain.tenant) {
            ("", "") => String::new(),
            (recipient, "") => format!(" for the recipient `{recipient}`"),
            ("", tenant) => format!(" for the tenant `{tenant}`"),
            (recipient, tenant) => format!(" for the recipient `{recipient}` of the tenant `{tenant}`"),
        };
        let used: BTreeSet<&str> =
            makers(&self.plan, Some(class)).map(|(treatment, _)| key_of(treatment)).collect();
        let status = vault.status();
        let of_key = |name: &str| {
            let Some(key) = status.iter().find(|key| key.spec.name == name) else {
                return format!("tried nothing under key `{name}`: it is not in this vault");
            };
            let epochs = |destroyed: bool| {
                let epochs = key.epochs.iter().filter(|epoch| epoch.destroyed.is_some() == destroyed);
                numbers(&epochs.map(|epoch| epoch.epoch).collect::<Vec<_>>())
            };
            let gone = Some(epochs(true)).filter(|gone| !gone.is_empty());
            let gone = gone.map(|gone| format!("; destroyed: {gone}")).unwrap_or_default();
            match epochs(false).as_str() {
                "" => format!("tried nothing under key `{name}`: no epoch of it is left{gone}"),
                kept => format!("tried as class `{class}`{whose} under key `{name}`, epochs {kept}{gone}"),
            }
        };
        if used.is_empty() {
            return vec![format!(
                "tried nothing: the policy makes no tokens of class `{class}` that can be computed again"
            )];
        }
        used.into_iter().map(of_key).collect()
    }
}

/// Numbers in ascending order, those in a row as one range: `3, 7 to 9`.
fn numbers(all: &[u32]) -> String {
    let rows = all.chunk_by(|one, next| one.checked_add(1) == Some(*next));
    let row = |row: &[u32]| match row {
        [first, .., last] => format!("{first} to {last}"),
        one => one.iter().map(u32::to_string).collect(),
    };
    rows.map(row).collect::<Vec<_>>().join(", ")
}

/// Treatments that make tokens which can be computed again, each with every class (or the one asked for) that it treats: fields by
/// their lines, and findings in text by their class. No other pair is ever made.
fn makers<'p>(
    plan: &'p Plan,
    class: Option<&'p str>,
) -> impl Iterator<Item = (&'p TreatmentPlan, &'p ClassPlan)> {
    let classes: Vec<_> = (0..u16::MAX)
        .map_while(|id| Some((id, plan.class(id)?)))
        .filter(|(_, known)| class.is_none_or(|class| class == known.name))
        .collect();
    let treatments = (0..u16::MAX).map_while(|id| Some((id, plan.treatment(id)?)));
    let treatments = treatments.filter(|(_, treatment)| !key_of(treatment).is_empty());
    treatments.flat_map(move |(id, treatment)| {
        let by_line = move |class: u16| move |line: &Line| line.class == class && line.treatment == id;
        let treated: Vec<_> = classes
            .iter()
            .filter(|(of, class)| class.treatment == id || plan.lines().iter().any(by_line(*of)))
            .map(|(_, class)| (treatment, *class))
            .collect();
        treated
    })
}

/// Name of the key under which a treatment makes tokens that can be computed again; empty for one that makes none.
fn key_of(treatment: &TreatmentPlan) -> &str {
    match &treatment.options {
        Treatment::Pseudonymize(options) if options.mode == TokenMode::Deterministic => options.key.as_str(),
        Treatment::Tokenize(options) => options.key.as_str(),
        Treatment::EncryptIp(options) => options.key.as_str(),
        _ => "",
    }
}

/// Shows each token of each value: for every class (or one), every treatment of it that makes tokens and every epoch that is
/// kept.
pub(crate) fn each(
    vault: &Vault,
    plan: &Plan,
    class: Option<&str>,
    domain: Domain<'_>,
    values: &[&str],
    see: &mut dyn FnMut(&str, TokenOf),
) -> Result<(), Failure> {
    let status = vault.status();
    let mut rings = BTreeMap::new();
    let mut done = BTreeSet::new();
    for (treatment, class) in makers(plan, class) {
        let Some(key) = status.iter().find(|key| key.spec.name == key_of(treatment)) else { continue };
        let ring = match rings.entry(key.spec.name.as_str()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(vault.ring(&key.spec.name)?),
        };
        let context = Context {
            class: class.class,
            class_name: &class.name,
            ring: &*ring,
            recipient: domain.recipient,
            tenant: domain.tenant,
        };
        let mut apply = treatment.resolve(&context);
        for epoch in key.epochs.iter().filter(|epoch| epoch.destroyed.is_none()) {
            apply.begin(Beginning {
                now_unix_nanos: epoch.not_before.saturating_mul(1_000_000_000),
                random: None,
            });
            for value in values {
                let mut token = String::new();
                if apply.apply(Value::Text(value), &mut token) != Treated::Text {
                    continue;
                }
                let of = TokenOf {
                    key: key.spec.name.clone(),
                    epoch: epoch.epoch,
                    class: class.name.clone(),
                    token,
                };
                if done.insert((of.token.clone(), of.class.clone())) {
                    see(value, of);
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: no number, one, some in a row and some apart.
    /// Guarantees: each is named, those in a row by their ends.
    #[test]
    fn numbers_in_a_row_are_a_range() {
        for (all, told) in [
            (&[][..], ""),
            (&[7], "7"),
            (&[7, 8], "7 to 8"),
            (&[1, 3, 4, 5, 9, u32::MAX - 1, u32::MAX], "1, 3 to 5, 9, 4294967294 to 4294967295"),
        ] {
            assert_eq!(numbers(all), told);
        }
    }
}

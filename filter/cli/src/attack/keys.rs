//! Keys: what somebody makes of the output who has a host's keys, or what is left of a vault.
//!
//! Two attacks, because one must win and the other must not. `keys` takes what was made under keys in hand: their tokens fall to a
//! list, and what they seal or tokenize comes back. `keyless` takes what was made under other keys (of earlier epochs, of epochs that
//! were destroyed, private halves that no host holds) and tries every 32 bytes of key material on it, in every role that a key
//! has. Neither ever shows a value: turning values back is for `frostglass reveal`, which is audited.

use super::control::Controls;
use super::evidence::{Evidence, FieldId, Row, View};
use super::statistics;
use super::stolen::Stolen;
use super::verdict::{Finding, Outcome, grouped};
use super::{Attack, Settings};
use crate::reveal::find;
use crate::screen::counted;
use frostglass_engine::Class;
use frostglass_engine::policy::{ClassPlan, Plan};
use frostglass_engine::treat::{Canonicalizer, Context, Mode, Pseudonymize, Treated, Treatment as _};
use frostglass_formats::{Signal, Value};
use frostglass_keys::{
    Binding, Domain, OpeningKey, Prefix, Random, Ring, Rotation, SealBinding, Spoils, epoch_of, stands_for,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

pub(super) struct Keys;

impl Attack for Keys {
    fn name(&self) -> &'static str {
        "keys"
    }

    fn sentence(&self) -> &'static str {
        "takes what was made under keys that the attacker has: tries a list on its tokens, and opens what opens"
    }

    fn run(&self, evidence: &Evidence, _: &Settings) -> Vec<Finding> {
        run(self.name(), true, evidence)
    }

    fn controls(&self) -> Controls {
        let mut controls = Controls::default();
        let keys = |spoils: &mut Spoils| {
            let _ = spoils.take_standalone(CONTROL_KEY);
            spoils.take_private_half(0, PRIVATE.into());
        };
        let cases = [
            ("tokens of two epochs under their key, with a list", Made::Tokens, true),
            ("reversible tokens under their key", Made::Reversible, true),
            ("seals, with the private half", Made::Seals, true),
            ("tokens under their key, with a list of others", Made::TokensOfOthers, false),
        ];
        for (label, made, must_win) in cases {
            add(&mut controls, label, control(made, keys), must_win);
        }
        controls
    }
}

pub(super) struct Keyless;

impl Attack for Keyless {
    fn name(&self) -> &'static str {
        "keyless"
    }

    fn sentence(&self) -> &'static str {
        "takes what was made under other keys than those that the attacker has, and tries every piece of key material as each kind of key"
    }

    fn run(&self, evidence: &Evidence, _: &Settings) -> Vec<Finding> {
        run(self.name(), false, evidence)
    }

    fn controls(&self) -> Controls {
        let mut controls = Controls::default();
        let root = |spoils: &mut Spoils| {
            // As bytes of which nothing is known: that every epoch derives from them is for the attack to find out.
            spoils.take_piece(CONTROL_ROOT);
        };
        let half = |spoils: &mut Spoils| spoils.take_piece(PRIVATE);
        let hosts = |spoils: &mut Spoils| {
            let _ = spoils.take_standalone(OTHER_KEY);
            spoils.take_piece(OpeningKey::new(PRIVATE.into()).public());
            spoils.take_piece(CHECK_SECRET);
        };
        add(
            &mut controls,
            "tokens of two epochs that derive from one key",
            control(Made::Tokens, root),
            true,
        );
        add(&mut controls, "reversible tokens of two epochs likewise", control(Made::Reversible, root), true);
        add(&mut controls, "seals, with the private half among the pieces", control(Made::Seals, half), true);
        add(&mut controls, "tokens of epochs whose keys are others", control(Made::Tokens, hosts), false);
        add(&mut controls, "reversible tokens likewise", control(Made::Reversible, hosts), false);
        add(&mut controls, "seals, with all that hosts hold", control(Made::Seals, hosts), false);
        controls
    }
}

/// Texts of a field that are tried.
const MOST_TEXTS: usize = 20_000;

fn run(name: &'static str, known: bool, evidence: &Evidence) -> Vec<Finding> {
    let Some(stolen) = &evidence.stolen else {
        let needs = "needs keys: give --with-keys what a host was issued, or a vault";
        return vec![Finding::not_tried(name, needs)];
    };
    let mut fields = fields(evidence, stolen, known);
    if fields.is_empty() {
        let which = if known { "these keys" } else { "other keys than these" };
        let none = format!("no token or sealed value in the output was made under {which}");
        return vec![Finding::not_tried(name, none)];
    }
    let list = list(evidence);
    if list.is_empty() {
        // A token that nothing was tried on is no token that held.
        fields.values_mut().for_each(|texts| texts.retain(|text| stands_for(text).is_none()));
        fields.retain(|_, texts| !texts.is_empty());
        if fields.is_empty() {
            return vec![Finding::not_tried(name, "needs values to try on the tokens: give --with LIST.txt")];
        }
    }
    let texts: BTreeSet<&str> = fields.values().flatten().copied().collect();
    let found = found(stolen, known, &texts, &list);
    fields
        .iter()
        .map(|(field, texts)| finding(name, known, evidence, stolen, (*field, texts), &found))
        .collect()
}

/// The tokens and sealed values of each field whose key is in hand, or is not.
fn fields<'e>(evidence: &'e Evidence, stolen: &Stolen, known: bool) -> BTreeMap<FieldId, BTreeSet<&'e str>> {
    let mut fields: BTreeMap<FieldId, BTreeSet<&str>> = BTreeMap::new();
    let mut in_hand: HashMap<&str, bool> = HashMap::new();
    let cells: BTreeSet<_> =
        evidence.outputs.iter().flat_map(|view| &view.rows).flat_map(|row| &row.cells).collect();
    for (field, value) in cells {
        let text = evidence.text(*value);
        let made: Vec<&str> = if epoch_of(text).is_some() {
            vec![text]
        } else {
            let places = find::openable(text).into_iter().chain(find::tokens(text));
            places.filter_map(|place| text.get(place)).collect()
        };
        for longest in made {
            let mut has_key_of = |made: &'e str| {
                let has = || stolen.domains().any(|domain| stolen.spoils.has_key_of(made, domain));
                *in_hand.entry(made).or_insert_with(has)
            };
            // A `-` may be of the prefix or stand before the token: the key tells.
            let known_one = find::readings(longest).find(|made| has_key_of(made));
            let (made, is_known) = known_one.map_or((longest, false), |made| (made, true));
            let texts = fields.entry(*field).or_default();
            if is_known == known && texts.len() < MOST_TEXTS {
                texts.insert(made);
            }
        }
    }
    fields.retain(|_, texts| !texts.is_empty());
    fields
}

/// All values that the attacker knows from elsewhere.
fn list(evidence: &Evidence) -> BTreeSet<&str> {
    let cells = evidence.telemetry.iter().flat_map(|view| &view.rows).flat_map(|row| &row.cells);
    let listed = evidence.candidates.iter().map(|candidate| candidate.0.as_str());
    let pairs = evidence.pairs.iter().map(|pair| pair.0.as_str());
    listed.chain(pairs).chain(cells.map(|cell| evidence.text(cell.1))).collect()
}

/// The texts that were turned back. What class and canonical form a policy took is not relied on: all are tried.
fn found<'e>(
    stolen: &Stolen,
    known: bool,
    texts: &BTreeSet<&'e str>,
    list: &BTreeSet<&str>,
) -> HashSet<&'e str> {
    let classes: Vec<&ClassPlan> = (0..u16::MAX).map_while(|id| stolen.plan.class(id)).collect();
    let binding = |domain, class| Binding {
        key: KEY,
        domain,
        class,
        canonicalizer: Canonicalizer::Exact.id(),
        rotation: Rotation::Never,
        prefix: Prefix::default(),
    };
    let all = stolen.domains().flat_map(|domain| classes.iter().map(move |class| (domain, &class.name)));
    let bindings: Vec<Binding<'_>> = all.map(|(domain, class)| binding(domain, class)).collect();
    let mut epochs: BTreeMap<u32, Vec<&'e str>> = BTreeMap::new();
    texts.iter().for_each(|text| epochs.entry(epoch_of(text).unwrap_or(0)).or_default().push(text));
    let mut found = HashSet::new();
    for (epoch, texts) in epochs {
        let guesses = stolen.spoils.guesses(epoch, known);
        let mut tokens: HashMap<[u8; 10], Vec<&str>> = HashMap::new();
        for text in texts {
            match stands_for(text) {
                Some((_, middle)) => tokens.entry(middle).or_default().push(text),
                None => found.extend(guesses.opens(text, &bindings).then_some(text)),
            }
        }
        if tokens.is_empty() {
            continue;
        }
        for ring in guesses.rings(KEY) {
            compute(stolen, &ring, &classes, list, &mut |middle| {
                found.extend(tokens.get(&middle).into_iter().flatten());
            });
        }
    }
    found
}

/// The only name in the rings that are tried.
const KEY: &str = "stolen";

/// Shows what stands for each value of the list under a guess at the key.
fn compute(
    stolen: &Stolen,
    ring: &Ring,
    classes: &[&ClassPlan],
    list: &BTreeSet<&str>,
    see: &mut dyn FnMut([u8; 10]),
) {
    let mut token = String::new();
    for canonicalizer in Canonicalizer::ALL {
        let treatment = Pseudonymize {
            key: KEY.into(),
            mode: Mode::Deterministic,
            rotation: Rotation::Never,
            prefix: Prefix::default(),
            canonicalizer,
        };
        for (domain, class) in
            stolen.domains().flat_map(|domain| classes.iter().map(move |class| (domain, class)))
        {
            let Domain { tenant, recipient } = domain;
            let apply = treatment.resolve(&Context {
                class: class.class,
                class_name: &class.name,
                ring,
                recipient,
                tenant,
            });
            for value in list {
                token.clear();
                if apply.apply(Value::Text(value), &mut token) == Treated::Text
                    && let Some((_, middle)) = stands_for(&token)
                {
                    see(middle);
                }
            }
        }
    }
}

fn finding(
    name: &'static str,
    known: bool,
    evidence: &Evidence,
    stolen: &Stolen,
    (field, texts): (FieldId, &BTreeSet<&str>),
    found: &HashSet<&str>,
) -> Finding {
    let hits = texts.iter().filter(|text| found.contains(**text)).count();
    let tokens = texts.iter().filter(|text| stands_for(text).is_some()).count();
    let epochs: BTreeSet<u32> = texts.iter().filter_map(|text| epoch_of(text)).collect();
    let outcome = if hits > 0 { Outcome::Succeeded } else { Outcome::Held };
    let share = if hits > 0 { grouped(hits as u64) } else { "none".to_owned() };
    let how = if known { "by their own keys, which are among" } else { "by anything that can be made of" };
    let says = format!(
        "{share} of {} tokens and sealed values of {} turned back {how} {} of key material",
        grouped(texts.len() as u64),
        counted(epochs.len() as u64, "epoch"),
        counted(stolen.spoils.pieces() as u64, "piece"),
    );
    let stop = if !known {
        "keys:   # each epoch's key is drawn on its own, and private halves stay in the vault\n  ids:  {use: pseudonymize, from: issued, epoch: 24h}\n  safe: {use: seal, from: issued}".to_owned()
    } else if tokens > 0 {
        format!(
            "keys:   # what the vault alone opens; and shorter epochs for what must stay a token\n  safe: {{use: seal, from: issued}}\n\
             treatments:\n  sealed: {{seal: {{key: safe}}}}\ncatalog:\n{}",
            super::line(evidence, field, "sealed")
        )
    } else {
        "# what its own key opens is closed by `frostglass keys destroy` alone".to_owned()
    };
    Finding::new(name, evidence.name(field), outcome, says)
        .measured("values found", statistics::share(hits as f64, texts.len()))
        .number("values", texts.len() as f64)
        .number("found", hits as f64)
        .number("tokens", tokens as f64)
        .number("epochs", epochs.len() as f64)
        .number("pieces of key material", stolen.spoils.pieces() as f64)
        .stop(stop)
}

/// What a control's output holds.
#[derive(Clone, Copy, PartialEq)]
enum Made {
    Tokens,
    /// Tokens of people who are on no list.
    TokensOfOthers,
    Reversible,
    Seals,
}

/// 32 random bytes each, for controls alone.
const CONTROL_KEY: &str = "c2f1a7d09b3e58461f7ae0b4d55c93288e6601bdfa4b7c1329d7f0e85a36c4b9";
const CONTROL_ROOT: [u8; 32] = [
    0xc2, 0xf1, 0xa7, 0xd0, 0x9b, 0x3e, 0x58, 0x46, 0x1f, 0x7a, 0xe0, 0xb4, 0xd5, 0x5c, 0x93, 0x28, 0x8e,
    0x66, 0x01, 0xbd, 0xfa, 0x4b, 0x7c, 0x13, 0x29, 0xd7, 0xf0, 0xe8, 0x5a, 0x36, 0xc4, 0xb9,
];
const OTHER_KEY: &str = "7d40be12c95fa8630e91d7463bb8f25c04ea6d7f91b2c83e5560fd19a7c8e234";
const PRIVATE: [u8; 32] = *b"\x8b\x41\x9e\x02\xd7\x5c\xf3\x60\x1a\xc4\x77\xe9\x35\xba\x58\x0d\xc1\x96\x2f\x84\xee\x13\x6b\xd0\x49\xa7\x7c\x32\xf8\x05\x9d\xb6";
const CHECK_SECRET: [u8; 32] = *b"\x33\xd9\x70\x0e\xb5\x62\xfc\x18\x87\xa3\x4d\xe1\x5f\xc6\x29\x94\x0b\x7e\xd2\x41\xac\x38\xf6\x55\x91\xcb\x04\x6a\xbf\x1d\x83\xe7";

/// Seconds of a control's epochs.
const DAY: u64 = 86_400;

fn add(controls: &mut Controls, label: &'static str, evidence: Option<Evidence>, must_win: bool) {
    let Some(evidence) = evidence else { return };
    if must_win {
        controls.win(label, evidence, Settings::default());
    } else {
        controls.hold(label, evidence, Settings::default());
    }
}

/// An output of fifty people on two days, and an attacker with a list of people and these keys. None if this build makes no tokens.
fn control(made: Made, keys: impl Fn(&mut Spoils)) -> Option<Evidence> {
    let plan = Plan::from_json(r#"{"policy": "control", "schema": 1}"#, "control").ok()?;
    let mut ring = Ring::default();
    ring.add_standalone("ids", CONTROL_KEY, false).ok()?;
    let public = OpeningKey::new(PRIVATE.into()).public();
    ring.add_sealing_key("safe", Rotation::Never, 0, public, CHECK_SECRET).ok()?;
    let (class, domain) = (Class::DirectId.word(), Domain::default());
    let rotation = Rotation::every(u32::try_from(DAY).ok()?)?;
    let binding = Binding {
        key: "ids",
        domain,
        class,
        canonicalizer: "exact/1",
        rotation,
        prefix: Prefix::parse("u").ok()?,
    };
    let mut tokens = ring.pseudonymizer(&binding)?;
    let mut reversible = ring.tokenizer(&binding)?;
    let mut sealer = ring.sealer(&SealBinding { key: "safe", domain, class, rotation: Rotation::Never })?;
    let (mut random, mut evidence) = (Random::seeded(CONTROL_ROOT), Evidence::default());
    let field = evidence.field("span/user.id", Some(Class::DirectId));
    let mut rows = Vec::new();
    for day in [20_000, 20_001] {
        let now = day * DAY * 1_000_000_000;
        tokens.turn_to(now);
        reversible.turn_to(now);
        sealer.turn_to(now);
        for at in 0..50 {
            let person = person(at);
            let mut text = String::new();
            match made {
                Made::Seals => sealer.seal(person.as_bytes(), &mut random, &mut text)?,
                Made::Reversible => reversible.tokenize(person.as_bytes(), &mut text)?,
                Made::Tokens | Made::TokensOfOthers => tokens.token(person.as_bytes())?.push_to(&mut text),
            }
            let cells = vec![(field, evidence.value(&text))];
            rows.push(Row { signal: Signal::Traces, start: None, span: None, cells });
        }
    }
    evidence.outputs.push(View::new("control", rows));
    let first = if made == Made::TokensOfOthers { 50 } else { 0 };
    evidence.candidates = (first..first + 50).map(|at| (person(at), 1)).collect();
    let mut spoils = Spoils::default();
    keys(&mut spoils);
    let domains = vec![(String::new(), String::new())];
    evidence.stolen = Some(Stolen { spoils, plan: Rc::new(plan), domains });
    Some(evidence)
}

fn person(at: usize) -> String {
    format!("person{at}@example.org")
}

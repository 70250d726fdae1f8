//! Data points that come again: an engine that has met them treats them as one that has not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; a panic there is a failed claim")]

use frostglass_engine::policy::Plan;
use frostglass_engine::{Engine, Host, Options};
use frostglass_formats::Level;
use frostglass_formats::columns::{Kind, Place};
use frostglass_keys::{DEMO_KEY, Ring};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// `user` rotates every day, `home` never leaves, a line ends on the second day.
const POLICY: &str = r#"{
    "policy": "p", "schema": 1, "default": "scan",
    "keys": {"ids": {"use": "pseudonymize", "from": "standalone", "epoch": "1d"}},
    "treatments": {"daily": {"pseudonymize": {"key": "ids", "prefix": "u"}}},
    "catalog": {
        "user": {"class": "direct-id", "treat": "daily"}, "home": {"class": "direct-id", "treat": "suppress"},
        "note": {"class": "content", "treat": "scan", "until": "2026-11-26"}}}"#;

/// 2026-11-25T12:00:00Z.
const NOON: u64 = 1_795_608_000;
const KEYS: [&str; 4] = ["user", "home", "note", "sample"];
/// The key that stands on exemplars.
const SAMPLE: usize = 3;
const VALUES: [&str; 5] =
    ["lena.hartmann@example.org", "Lindenweg", "at Lindenweg", "card 4111 1111 1111 1111", ""];

/// The hour of a batch.
struct Hour(u64);

impl Host for Hour {
    fn now_unix_nanos(&self) -> u64 {
        (NOON + self.0 * 3600) * 1_000_000_000
    }

    fn random(&self) -> Option<[u8; 32]> {
        None
    }
}

/// Labels of a point: numbers of keys and values.
type Point = Vec<(usize, usize)>;

/// An engine and the ids that it gave to names, as a host keeps them.
struct Instance {
    engine: Engine,
    generation: u32,
    names: BTreeMap<(u8, &'static str), u32>,
}

impl Instance {
    fn new() -> Self {
        let plan = Plan::from_json(POLICY, "p.json").unwrap_or_else(|error| panic!("{error}"));
        let mut ring = Ring::default();
        ring.add_standalone("ids", DEMO_KEY, true).unwrap();
        let engine = Engine::new(Arc::new(plan), ring, Options::default());
        Self { engine, generation: 0, names: BTreeMap::new() }
    }

    fn begin(&mut self, hour: u64) {
        let generation = self.engine.begin_columns(&Hour(hour));
        if generation != self.generation {
            self.names.clear();
            self.generation = generation;
        }
    }

    fn name(&mut self, level: Level, key: &'static str) -> u32 {
        *self.names.entry((level as u8, key)).or_insert_with(|| {
            let bound = self.engine.bind(Place::Attribute(level), key.as_bytes()).unwrap();
            assert!(bound.lasting);
            bound.id
        })
    }
}

/// What an engine makes of a batch of points: what it says, its edits, its counts.
///
/// They are of one metric. Another one before it has the first of them and, if `deep`, a point that nests too deep, for which it goes.
fn treat(
    instance: &mut Instance,
    hour: u64,
    points: &[Point],
    deep: bool,
) -> (Result<bool, String>, Vec<u8>, String) {
    instance.begin(hour);
    let (mut heads, mut contents) = (Vec::new(), Vec::new());
    let mut count = 0u32;
    let mut op = |kind: Kind, id: u32, content: &str| {
        count += 1;
        heads.extend_from_slice(&id.to_le_bytes());
        heads.extend_from_slice(&((kind as u32) << 28 | content.len() as u32).to_le_bytes());
        contents.extend_from_slice(content.as_bytes());
        if !content.is_empty() {
            contents.push(0);
        }
    };
    for (at, point) in points.iter().take(1).chain(points).enumerate() {
        if at < 2 {
            op(Kind::Record, Level::Metric as u32, "");
            op(Kind::Style, at as u32, "");
        }
        op(Kind::Point, 0, "");
        for (key, value) in point.iter().filter(|(key, _)| *key != SAMPLE) {
            op(Kind::Text, instance.name(Level::Point, KEYS[*key]), VALUES[*value]);
        }
        // Without what goes of them two points may become alike.
        op(Kind::Text, instance.name(Level::Point, "shard"), "shard");
        for (_, value) in point.iter().filter(|(key, _)| *key == SAMPLE) {
            op(Kind::Text, instance.name(Level::Exemplar, KEYS[SAMPLE]), VALUES[*value]);
            // Something is learned from samples, too.
            op(Kind::Text, instance.name(Level::Exemplar, "user"), VALUES[(*value + at) % VALUES.len()]);
        }
        if at == 0 && deep {
            op(Kind::Point, 0, "");
            (0..80).for_each(|_| op(Kind::Array, instance.name(Level::Point, "note"), ""));
            (0..80).for_each(|_| op(Kind::Close, 0, ""));
        }
    }
    let batch = [&count.to_le_bytes()[..], &[0; 4], &heads, &contents].concat();
    let engine = &mut instance.engine;
    let said = engine.treat_columns(&batch, [1, 2]).map_err(|why| why.to_string());
    (said, engine.edits().bytes().to_vec(), format!("{:?}", engine.tally()))
}

proptest! {
    // An engine for each batch takes its time.
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Scenario: batches of one or two points over three days, so that many come again, under tokens that rotate daily and a line that
    /// ends; labels repeat what is learned from others, and so do exemplars, of which each report has another; some stand in metrics that go.
    /// Guarantees: what an engine says, its edits and its counts are those of an engine that never met any of them.
    #[test]
    fn points_that_come_again_are_treated_as_new_ones(
        series in prop::collection::vec(prop::collection::vec((0..3usize, 0..VALUES.len()), 1..4), 2),
        samples in prop::collection::vec(0..VALUES.len(), 3),
        mut batches in prop::collection::vec(
            (0u64..3, prop::collection::vec((0..2usize, prop::option::of(0..3usize)), 1..3), any::<bool>()),
            6..14,
        ),
    ) {
        let mut living = Instance::new();
        batches.sort_by_key(|(day, ..)| *day);
        for (day, which, deep) in &batches {
            let points: Vec<_> = which
                .iter()
                .map(|(point, sample)| {
                    let sample = sample.map(|sample| (SAMPLE, samples[sample]));
                    series[*point].iter().copied().chain(sample).collect()
                })
                .collect();
            let new = treat(&mut Instance::new(), 24 * day, &points, *deep);
            prop_assert_eq!(treat(&mut living, 24 * day, &points, *deep), new);
        }
    }
}

/// Labels of a point, and what stands on its exemplar.
type Texts<'t> = (&'t [(&'static str, &'t str)], &'t [(&'static str, &'t str)]);

/// What a living engine and a new one make of a batch of points of one metric must be the same; gives what they say.
fn same(living: &mut Instance, points: &[Texts<'_>]) -> Result<bool, String> {
    let treat = |instance: &mut Instance| {
        instance.begin(0);
        let mut ops = vec![(Kind::Record, Level::Metric as u32, "")];
        for (labels, samples) in points {
            ops.push((Kind::Point, 0, ""));
            for (level, texts) in [(Level::Point, labels), (Level::Exemplar, samples)] {
                ops.extend(texts.iter().map(|(key, text)| (Kind::Text, instance.name(level, key), *text)));
            }
        }
        let mut batch = [(ops.len() as u32).to_le_bytes(), [0; 4]].concat();
        for (kind, id, text) in &ops {
            batch.extend(id.to_le_bytes());
            batch.extend(((*kind as u32) << 28 | text.len() as u32).to_le_bytes());
        }
        for (.., text) in ops.iter().filter(|(.., text)| !text.is_empty()) {
            batch.extend(text.as_bytes());
            batch.push(0);
        }
        let engine = &mut instance.engine;
        let said = engine.treat_columns(&batch, [1, 2]).map_err(|why| why.to_string());
        (said, engine.edits().bytes().to_vec(), format!("{:?}", engine.tally()))
    };
    let new = treat(&mut Instance::new());
    assert_eq!(treat(living), new);
    new.0
}

/// Scenario: two series that are known well report exemplars from which is learned what tells them apart.
/// Guarantees: that they become alike is noticed, as by an engine that meets them for the first time; and not in the report after it.
#[test]
fn what_exemplars_teach_counts_for_series_that_are_known() {
    let mut living = Instance::new();
    let edited: Texts<'_> = (&[("user", "someone"), ("shard", "other")], &[]);
    let (lena, karl) = ([("note", "by lena.hartmann")], [("note", "by karl.weber12")]);
    for round in 0..8 {
        let plain = ["a", "b", "c", "d"][round % 4];
        let points: [Texts<'_>; 3] = [(&lena, &[("sample", plain)]), (&karl, &[("sample", plain)]), edited];
        assert_eq!(same(&mut living, &points), Ok(true), "{round}");
        let points: [Texts<'_>; 3] =
            [(&lena, &[("home", "lena.hartmann")]), (&karl, &[("home", "karl.weber12")]), edited];
        if round > 3 {
            assert_eq!(same(&mut living, &points), Ok(false), "{round}");
        }
    }
}

/// Scenario: a series whose labels hold a learned value in another writing, found while they are walked, reports again and again.
/// Guarantees: what became of it is counted each time.
#[test]
fn what_was_hunted_down_is_counted_each_time() {
    let mut living = Instance::new();
    let labels = [("user", "Anna Maria"), ("shard", "https://shop.example.org/?n=Anna+Maria")];
    for sample in ["a", "b", "c", "d", "e", "f"] {
        assert_eq!(same(&mut living, &[(&labels, &[("sample", sample)])]), Ok(true));
    }
}

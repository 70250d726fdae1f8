//! Claims about columns: what a host sends is shown, edits name what they belong to, and no batch does harm.
//!
//! That columns are ruled as OTLP protobuf is, field by field, is held in the Collector's processor, where both are at hand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; a panic there is a failed claim")]

use frostglass_formats::columns::{Columns, EditKind, Edits, Kind, Place, Show, Walked};
use frostglass_formats::{
    Defect, Edit, FieldVisitor, FormatError, Level, Limits, Marks, Name, Ruling, Value, Verdict,
};
use proptest::prelude::*;

/// A batch as a host writes it.
#[derive(Default)]
struct Batch {
    heads: Vec<u8>,
    contents: Vec<u8>,
    count: u32,
}

impl Batch {
    fn op(mut self, kind: Kind, id: u32, content: &[u8]) -> Self {
        self.heads.extend_from_slice(&id.to_le_bytes());
        self.heads.extend_from_slice(&((kind as u32) << 28 | content.len() as u32).to_le_bytes());
        self.contents.extend_from_slice(content);
        if !content.is_empty() {
            self.contents.push(0);
        }
        self.count += 1;
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let head = [self.count.to_le_bytes(), [0; 4]].concat();
        [head, self.heads.clone(), self.contents.clone()].concat()
    }
}

/// Suppresses what holds `secret`, drops what is called `gone`, leaves out of the question what is called `kept`.
#[derive(Default)]
struct Hunter {
    shown: Vec<String>,
    withheld: Vec<(Level, u64, Defect)>,
    unreadable: Vec<Defect>,
    rejects: bool,
    /// Numbers below this stay.
    passing: u64,
    passed: u64,
    /// Says that equal points have equal outcomes, and what was counted again.
    holds: Option<u64>,
    period: u64,
    again: Vec<u32>,
}

impl FieldVisitor for Hunter {
    fn rule(&mut self, name: Name<'_>, _: Option<Ruling>) -> Ruling {
        let (verdict, id) = match name.key() {
            "gone" => (Verdict::Drop, 1),
            "kept" => (Verdict::Keep, 2),
            _ => (Verdict::Look, 0),
        };
        Ruling { verdict, look_at_key: name.path.contains("secret"), id }
    }
    fn key(&mut self, _: Ruling, key: &str, out: &mut String) -> Edit {
        if key.contains("very") {
            return Edit::Drop;
        }
        out.push_str("key");
        Edit::Text
    }
    fn value(&mut self, _: Ruling, value: Value<'_>, out: &mut String) -> Edit {
        self.shown.push(format!("{value:?}"));
        match value {
            Value::Text(text) if text.contains("secret") => {
                out.push_str("***");
                Edit::Text
            }
            Value::Int(4111) => Edit::Drop,
            _ => Edit::Keep,
        }
    }
    fn sifts(&self, _: Ruling) -> bool {
        true
    }
    fn sift(&mut self, texts: &[u8], from: usize, marks: &mut Marks) {
        texts
            .windows(6)
            .enumerate()
            .filter(|(_, word)| *word == b"secret")
            .for_each(|(at, _)| marks.mark(from + at));
        texts
            .iter()
            .enumerate()
            .filter(|(_, byte)| !byte.is_ascii())
            .for_each(|(at, _)| marks.mark(from + at));
    }
    fn outcomes_hold(&self) -> Option<(u64, u64)> {
        self.holds.map(|stamp| (stamp, self.period))
    }
    fn end_repeatable(&mut self) -> Option<u32> {
        Some(7)
    }
    fn repeat(&mut self, outcome: u32, _: bool) {
        self.again.push(outcome);
    }
    fn passing_number(&self) -> u64 {
        self.passing
    }
    fn met_sifted(&mut self, count: u64) {
        self.passed += count;
    }
    fn unknown(&mut self, _: Level) -> bool {
        false
    }
    fn unreadable(&mut self, _: Level, defect: Defect) {
        self.unreadable.push(defect);
    }
    fn record_withheld(&mut self, level: Level, items: u64, defect: Defect) -> bool {
        self.withheld.push((level, items, defect));
        !self.rejects
    }
}

/// An edit as read back: index of the operation, kind, content.
type Read = (u32, u32, Vec<u8>);

/// Names as they are bound by every test: an attribute, one that goes, one that stays, one with a telling key, a metric's
/// name, and a label of points.
struct Host {
    columns: Columns,
    hunter: Hunter,
    limits: Limits,
    names: [u32; 6],
}

impl Host {
    fn new() -> Self {
        let (mut columns, mut hunter, limits) = (Columns::default(), Hunter::default(), Limits::default());
        let places = [
            (Place::Attribute(Level::Log), "note"),
            (Place::Attribute(Level::Log), "gone"),
            (Place::Attribute(Level::Log), "kept"),
            (Place::Attribute(Level::Log), "secret"),
            (Place::BuiltIn(Level::Metric), "name"),
            (Place::Attribute(Level::Point), "label"),
        ];
        let names =
            places.map(|(place, key)| columns.bind(place, key.as_bytes(), &limits, &mut hunter).unwrap().id);
        Self { columns, hunter, limits, names }
    }

    fn walk(&mut self, batch: &[u8]) -> Result<(Walked, Vec<Read>), FormatError> {
        let mut edits = Edits::default();
        let walked = self.columns.walk(batch, &self.limits, &mut self.hunter, [1, 2], &mut edits)?;
        let (mut read, mut rest) = (Vec::new(), edits.bytes());
        while let Some((index, after)) = rest.split_first_chunk::<4>() {
            let (head, after) = after.split_first_chunk::<4>().unwrap();
            let head = u32::from_le_bytes(*head);
            let (content, after) = after.split_at(head as usize & 0x0fff_ffff);
            read.push((u32::from_le_bytes(*index), head >> 28, content.to_vec()));
            rest = after;
        }
        assert_eq!(read.len(), edits.count() as usize);
        assert!(read.is_sorted_by(|one, other| one.0 < other.0), "edits ascend");
        Ok((walked, read))
    }
}

const DROP: u32 = EditKind::Drop as u32;
const TEXT: u32 = EditKind::Text as u32;

/// Scenario: a record with texts, one of them with something to treat, a number that goes and a name that goes.
/// Guarantees: edits belong to these operations alone; texts in which sifting marks nothing are not shown one by one.
#[test]
fn edits_name_their_operations() {
    let mut host = Host::new();
    let [note, gone, kept, ..] = host.names;
    let batch = Batch::default()
        .op(Kind::Record, Level::Log as u32, b"")
        .op(Kind::Text, note, b"plain")
        .op(Kind::Text, note, b"a secret")
        .op(Kind::Name, gone, b"")
        .op(Kind::Int, note, &4111i64.to_le_bytes())
        .op(Kind::Int, note, &7i64.to_le_bytes())
        .op(Kind::Text, kept, b"secret, and yet kept")
        .op(Kind::Text, note, b"");
    let (walked, edits) = host.walk(&batch.bytes()).unwrap();
    assert_eq!(walked, Walked::Done);
    assert_eq!(edits, [(2, TEXT, b"***".to_vec()), (3, DROP, vec![]), (4, DROP, vec![])]);
    assert_eq!(host.hunter.shown, ["Text(\"a secret\")", "Int(4111)", "Int(7)"]);
}

/// Scenario: whole numbers on both sides of the size below which they stay, between texts, as the last of a batch, in an array, and
/// cut short; other values of eight bytes.
/// Guarantees: those below are passed over and counted, all others are shown; a batch that ends in the middle of one is refused.
#[test]
fn small_numbers_are_passed_over() {
    let mut host = Host::new();
    let note = host.names[0];
    let batch = |last: &[u8]| {
        [99, -99, 100, -100, i64::MIN]
            .into_iter()
            .fold(Batch::default(), |batch, number: i64| batch.op(Kind::Int, note, &number.to_le_bytes()))
            .op(Kind::Text, note, b"plain")
            .op(Kind::Double, note, &0f64.to_le_bytes())
            .op(Kind::Array, note, b"")
            .op(Kind::Int, note, &7i64.to_le_bytes())
            .op(Kind::Close, 0, b"")
            .op(Kind::Text, note, b"")
            .op(Kind::Int, note, last)
    };
    host.hunter.passing = 100;
    host.walk(&batch(&1i64.to_le_bytes()).bytes()).unwrap();
    let least = format!("Int({})", i64::MIN);
    assert_eq!(host.hunter.shown, ["Int(100)", "Int(-100)", &least, "Double(0.0)", "Int(7)"]);
    assert_eq!(host.hunter.passed, 5);
    let whole = batch(&1i64.to_le_bytes()).bytes();
    for cut in 1..9 {
        assert!(host.walk(&whole[..whole.len() - cut]).is_err(), "{cut}");
    }
    // A number that is told of and cut short where all there is ends.
    host.walk(&batch(&[1, 0, 0]).bytes()).unwrap();
    assert_eq!(host.hunter.unreadable, [Defect::Shape]);
}

/// Scenario: keys that tell something, before a value and before a whole map.
/// Guarantees: a key may become another one; one that goes takes its value along, with all that is in it.
#[test]
fn a_key_that_goes_takes_its_value_along() {
    let mut host = Host::new();
    let [note, .., secret, _, _] = host.names;
    let batch = Batch::default()
        .op(Kind::Key, secret, b"secret")
        .op(Kind::Text, secret, b"plain")
        .op(Kind::Key, secret, b"very secret")
        .op(Kind::Map, secret, b"")
        .op(Kind::Text, note, b"secret")
        .op(Kind::Array, note, b"")
        .op(Kind::Close, 0, b"")
        .op(Kind::Close, 0, b"")
        .op(Kind::Text, note, b"secret");
    let (_, edits) = host.walk(&batch.bytes()).unwrap();
    assert_eq!(edits, [(0, TEXT, b"key".to_vec()), (3, DROP, vec![]), (8, TEXT, b"***".to_vec())]);
}

/// Scenario: one record nests too deep, after an edit in it, between two others.
/// Guarantees: it goes alone and whole, its edits are void, and the others are treated; where the host wants whole batches
/// or none, the batch is refused.
#[test]
fn a_record_that_nests_too_deep_goes_alone() {
    let mut host = Host::new();
    let note = host.names[0];
    let record =
        |batch: Batch| batch.op(Kind::Record, Level::Log as u32, b"").op(Kind::Text, note, b"secret");
    let mut batch = record(record(Batch::default()));
    for _ in 0..100 {
        batch = batch.op(Kind::Array, note, b"");
    }
    for _ in 0..100 {
        batch = batch.op(Kind::Close, 0, b"");
    }
    let bytes = record(batch).bytes();
    let (_, edits) = host.walk(&bytes).unwrap();
    assert_eq!(edits, [(1, TEXT, b"***".to_vec()), (2, DROP, vec![]), (205, TEXT, b"***".to_vec())]);
    assert_eq!(host.hunter.withheld, [(Level::Log, 1, Defect::Depth)]);
    host.hunter.rejects = true;
    assert!(matches!(host.walk(&bytes), Err(FormatError::Depth { limit: 64, .. })));
}

/// Scenario: the name of a metric goes.
/// Guarantees: the metric goes, with all its points counted.
#[test]
fn a_metric_without_name_goes() {
    let mut host = Host::new();
    let [.., name, label] = host.names;
    let batch = Batch::default()
        .op(Kind::Record, Level::Metric as u32, b"")
        .op(Kind::Text, name, &[0xff])
        .op(Kind::Point, 0, b"")
        .op(Kind::Text, label, b"a secret")
        .op(Kind::Point, 0, b"")
        .op(Kind::Record, Level::Metric as u32, b"")
        .op(Kind::Text, name, b"orders");
    let (_, edits) = host.walk(&batch.bytes()).unwrap();
    assert_eq!(edits, [(0, DROP, vec![])]);
    assert_eq!(host.hunter.withheld, [(Level::Metric, 2, Defect::Nameless)]);
    assert_eq!(host.hunter.unreadable, [Defect::Utf8]);
}

/// Scenario: two points that a label tells apart, whose texts become one; two points that were alike before; two metrics.
/// Guarantees: the first pair is noticed, the others are not.
#[test]
fn points_that_become_alike_are_noticed() {
    let points = |first: &[u8], second: &[u8], names: [&[u8]; 2]| {
        let mut host = Host::new();
        let [.., name, label] = host.names;
        let batch = Batch::default()
            .op(Kind::Resource, 0, b"")
            .op(Kind::Scope, 0, b"")
            .op(Kind::Record, Level::Metric as u32, b"")
            .op(Kind::Text, name, names[0])
            .op(Kind::Style, 3, b"")
            .op(Kind::Point, 0, b"")
            .op(Kind::Text, label, first)
            .op(Kind::Record, Level::Metric as u32, b"")
            .op(Kind::Text, name, names[1])
            .op(Kind::Style, 3, b"")
            .op(Kind::Point, 0, b"")
            .op(Kind::Text, label, second);
        host.walk(&batch.bytes()).unwrap().0
    };
    let same: [&[u8]; 2] = [b"orders", b"orders"];
    assert_eq!(points(b"secret 1", b"secret 2", same), Walked::Alike);
    assert_eq!(points(b"secret 1", b"***", same), Walked::Alike);
    assert_eq!(points(b"secret 1", b"secret 1", same), Walked::Done);
    assert_eq!(points(b"secret 1", b"plain", same), Walked::Done);
    assert_eq!(points(b"secret 1", b"secret 2", [b"orders", b"errors"]), Walked::Done);
    assert_eq!(points(b"secret 1", b"secret 2", [b"secret orders", b"secret errors"]), Walked::Alike);
}

/// Scenario: a batch of metrics comes several times, and once more after the visitor said that outcomes changed; one point has an exemplar.
/// Guarantees: the edits are the same each time, at the places where the points stand; points that came twice before are counted again and not
/// shown, but for the sample; nothing is remembered for a visitor that does not say that outcomes hold.
#[test]
fn points_that_come_again_are_not_shown_again() {
    let mut host = Host::new();
    let [note, .., label] = host.names;
    let sample = Place::Attribute(Level::Exemplar);
    let sample = host.columns.bind(sample, b"sample", &host.limits, &mut host.hunter).unwrap().id;
    let batch = |ahead: usize| {
        (0..ahead)
            .fold(Batch::default().op(Kind::Record, Level::Metric as u32, b""), |batch, _| {
                batch.op(Kind::Text, note, b"ahead")
            })
            .op(Kind::Point, 0, b"")
            .op(Kind::Text, label, b"a secret")
            .op(Kind::Int, label, &4111i64.to_le_bytes())
            .op(Kind::Point, 0, b"")
            .op(Kind::Text, label, b"plain")
            .op(Kind::Point, 0, b"")
            .op(Kind::Text, label, b"another secret")
            .op(Kind::Text, sample, b"a secret sample")
            .bytes()
    };
    let edits = |ahead: u32| {
        let text = || b"***".to_vec();
        let at = |index: u32| index + ahead;
        vec![(at(2), TEXT, text()), (at(3), DROP, vec![]), (at(7), TEXT, text()), (at(8), TEXT, text())]
    };
    let all = ["Text(\"a secret\")", "Int(4111)", "Text(\"another secret\")", "Text(\"a secret sample\")"];
    for (holds, ahead, shown, again) in [
        (None, 0, &all[..], 0),
        (None, 0, &all, 0),
        (Some(1), 0, &all, 0),
        (Some(1), 2, &all, 0),
        (Some(1), 3, &all[3..], 3),
        (Some(1), 1, &all[3..], 3),
        (Some(2), 0, &all, 0),
        (None, 0, &all, 0),
    ] {
        host.hunter.holds = holds;
        assert_eq!(host.walk(&batch(ahead)).unwrap().1, edits(ahead as u32));
        assert_eq!(std::mem::take(&mut host.hunter.shown), shown, "{holds:?}, {ahead}");
        assert_eq!(std::mem::take(&mut host.hunter.again), vec![7; again], "{holds:?}, {ahead}");
    }
}

/// Scenario: a point comes again in the period after the one in which it became known, once more when others came for a period, and when
/// nothing came for one.
/// Guarantees: it is known in the next period, and forgotten when it was not met for a whole one, whether others were or not.
#[test]
fn points_are_forgotten_with_time() {
    let mut host = Host::new();
    host.hunter.holds = Some(1);
    let label = host.names[5];
    let point = Batch::default()
        .op(Kind::Record, Level::Metric as u32, b"")
        .op(Kind::Point, 0, b"")
        .op(Kind::Text, label, b"a secret")
        .bytes();
    let other = Batch::default().op(Kind::Record, Level::Metric as u32, b"").bytes();
    for (period, batch, again) in [
        (1, &point, 0),
        (1, &point, 0),
        (1, &point, 1),
        (2, &point, 1),
        (3, &other, 0),
        (4, &point, 0),
        (4, &point, 1),
        (6, &point, 0),
    ] {
        host.hunter.period = period;
        host.walk(batch).unwrap();
        assert_eq!(std::mem::take(&mut host.hunter.again).len(), again, "{period}");
    }
}

/// Scenario: what tells series apart is edited in points that came before, so that two become alike.
/// Guarantees: it is noticed as it is the first time.
#[test]
fn points_that_came_before_are_noticed_when_they_become_alike() {
    let mut host = Host::new();
    host.hunter.holds = Some(1);
    let label = host.names[5];
    let point = |batch: Batch, text: &[u8]| batch.op(Kind::Point, 0, b"").op(Kind::Text, label, text);
    let metric = || Batch::default().op(Kind::Record, Level::Metric as u32, b"");
    for _ in 0..3 {
        // With a third one that stays, so that there is something to tell each of them from.
        for text in [&b"one secret"[..], b"a secret too"] {
            let two = point(point(metric(), text), b"plain");
            assert_eq!(host.walk(&two.bytes()).unwrap().0, Walked::Done);
        }
    }
    host.hunter.again.clear();
    let both = point(point(metric(), b"one secret"), b"a secret too");
    assert_eq!(host.walk(&both.bytes()).unwrap().0, Walked::Alike);
    assert_eq!(host.hunter.again, [7, 7]);
}

/// Scenario: far more points than are remembered, none of which comes again, and then a few that always do.
/// Guarantees: each is treated; those that come again are remembered in the end.
#[test]
fn what_hardly_comes_again_is_forgotten() {
    let mut host = Host::new();
    host.hunter.holds = Some(1);
    let label = host.names[5];
    let batch = |texts: &mut dyn Iterator<Item = String>| {
        texts.fold(Batch::default().op(Kind::Record, Level::Metric as u32, b""), |batch, text| {
            batch.op(Kind::Point, 0, b"").op(Kind::Text, label, text.as_bytes())
        })
    };
    for round in 0..60 {
        let edits = host.walk(&batch(&mut (0..1000).map(|n| format!("secret {round} {n}"))).bytes());
        assert_eq!(edits.map(|(_, edits)| edits.len()), Ok(1000));
    }
    let steady = batch(&mut (0..1000).map(|n| format!("steady secret {n}"))).bytes();
    let mut shown = Vec::new();
    for _ in 0..100 {
        host.hunter.shown.clear();
        assert_eq!(host.walk(&steady).map(|(_, edits)| edits.len()), Ok(1000));
        shown.push(host.hunter.shown.len());
    }
    assert_eq!((shown.first(), shown.last()), (Some(&1000), Some(&0)));
}

/// Scenario: points that differ only in a label that goes: in its text, or inside a map under it.
/// Guarantees: they are noticed, and the label goes as one; points whose labels were equal are not noticed.
#[test]
fn points_that_differ_in_what_goes_are_noticed() {
    let mut host = Host::new();
    let bind = |host: &mut Host, place, key: &str| {
        host.columns.bind(place, key.as_bytes(), &host.limits, &mut host.hunter).unwrap()
    };
    let gone = bind(&mut host, Place::Attribute(Level::Point), "gone");
    assert_eq!(gone.show, Show::Gone);
    let member = bind(&mut host, Place::Member(gone.id), "member").id;
    let metric = || Batch::default().op(Kind::Record, Level::Metric as u32, b"").op(Kind::Point, 0, b"");
    let texts = |other: &[u8]| {
        metric().op(Kind::Text, gone.id, b"one").op(Kind::Point, 0, b"").op(Kind::Text, gone.id, other)
    };
    let maps = |other: &[u8]| {
        let first =
            metric().op(Kind::Map, gone.id, b"").op(Kind::Text, member, b"one").op(Kind::Close, 0, b"");
        let second = first.op(Kind::Point, 0, b"").op(Kind::Map, gone.id, b"");
        second.op(Kind::Text, member, other).op(Kind::Close, 0, b"")
    };
    for (same, differing, at) in
        [(texts(b"one"), texts(b"two"), [2, 4]), (maps(b"one"), maps(b"two"), [2, 6])]
    {
        assert_eq!(host.walk(&differing.bytes()).unwrap().0, Walked::Alike);
        let (walked, edits) = host.walk(&same.bytes()).unwrap();
        assert_eq!(walked, Walked::Done);
        assert_eq!(edits, at.map(|index| (index, DROP, Vec::new())));
    }
}

/// Scenario: names that are not UTF-8, members of members under a path that is too long, names of nothing.
/// Guarantees: what cannot be ruled on goes; what a host made up is an error.
#[test]
fn names_that_cannot_be_ruled_on_go() {
    let mut host = Host::new();
    let limits = host.limits;
    let mut bind = |place, key: &[u8]| host.columns.bind(place, key, &limits, &mut host.hunter);
    assert_eq!(bind(Place::Attribute(Level::Log), b"\xff").unwrap().show, Show::Gone);
    let parent = bind(Place::Attribute(Level::Log), b"order").unwrap();
    let long = bind(Place::Member(parent.id), &[b'k'; 600]).unwrap();
    assert_eq!((long.show, long.look_at_key), (Show::Gone, false));
    assert!(bind(Place::BuiltIn(Level::Log), b"boddy").is_err());
    assert!(bind(Place::Member(4711), b"card").is_err());
    let batch = Batch::default().op(Kind::Name, long.id, b"").bytes();
    assert_eq!(host.walk(&batch).unwrap().1, [(0, DROP, vec![])]);
    assert_eq!(host.hunter.unreadable, [Defect::Depth]);
}

/// Scenario: a host that lays contents out in another way, a byte more behind each text or none.
/// Guarantees: refused, rather than read as if it were ours.
#[test]
fn contents_laid_out_otherwise_are_refused() {
    let mut host = Host::new();
    let mut batch =
        Batch::default().op(Kind::Record, Level::Log as u32, b"").op(Kind::Text, host.names[2], b"kept");
    assert!(host.walk(&batch.bytes()).is_ok());
    batch.contents.push(0);
    assert!(matches!(host.walk(&batch.bytes()), Err(FormatError::Malformed { .. })));
    batch.contents.truncate(4);
    assert!(host.walk(&batch.bytes()).is_err());
}

/// Scenario: batches cut anywhere, with unknown kinds, names and levels, and ends that end nothing.
/// Guarantees: refused, with a place.
#[test]
fn broken_batches_are_refused() {
    let mut host = Host::new();
    let note = host.names[0];
    let whole = Batch::default().op(Kind::Text, note, b"one").op(Kind::Text, note, b"a secret").bytes();
    for cut in 0..whole.len() - 1 {
        assert!(host.walk(&whole[..cut]).is_err(), "cut at {cut}");
    }
    let mut refuse = |batch: Batch| assert!(host.walk(&batch.bytes()).is_err());
    refuse(Batch::default().op(Kind::Int, 999, &[0; 8]));
    refuse(Batch::default().op(Kind::Close, 0, b""));
    refuse(Batch::default().op(Kind::Map, note, b""));
    refuse(Batch::default().op(Kind::Record, 99, b""));
    refuse(Batch::default().op(Kind::Map, note, b"").op(Kind::Point, 0, b""));
    let mut unknown = Batch::default().op(Kind::Text, note, b"");
    unknown.heads[7] = 0xf0;
    refuse(unknown);
}

proptest! {
    /// Scenario: any operations at all, and batches with bytes changed at random.
    /// Guarantees: no panic, and edits that are well-formed whenever there are any.
    #[test]
    fn no_batch_does_harm(
        operations in prop::collection::vec((0u8..16, 0u32..8, prop::collection::vec(any::<u8>(), 0..12)), 0..60),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let mut host = Host::new();
        let mut batch = Batch::default();
        for (kind, id, content) in operations {
            batch = batch.op(Kind::Text, id, &content);
            let last = batch.heads.len() - 1;
            batch.heads[last] |= kind << 4;
        }
        let mut bytes = batch.bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = host.walk(&bytes);
    }
}

//! What the chain promises, told by what somebody with the file and without the signing key could do to it.

// Helpers of tests may unwrap as tests do; clippy knows that of tests alone.
#![allow(clippy::unwrap_used)]

use frostglass_audit::{
    Digest, Event, Kept, Line, Log, LogError, Problem, PublicKey, Report, Reveal, Signer, Text, Time, Volume,
    Word, follow, verify,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

const SEED: [u8; 32] = *b"the seed of a key in tests alone";

fn signer() -> Signer {
    Signer::from_seed(&SEED)
}

fn key() -> PublicKey {
    signer().public()
}

fn at(seconds: u64) -> Time {
    Time::from_seconds(1_796_148_000 + seconds)
}

fn word(text: &str) -> Word {
    Word::new(text).unwrap()
}

fn issued(epoch: u64) -> Event {
    Event::KeyIssued { key: word("ids"), epoch, check: word("1a2b3c4d"), to: word("gateway-1") }
}

fn reveal(who: &str, values: u64) -> Event {
    Event::Reveal(Reveal {
        who: word(who),
        role: word("incident"),
        purpose: word("debug"),
        reason: Text::new("checkout fails for one customer").unwrap(),
        ticket: word("OPS-4711"),
        classes: BTreeMap::from([(word("direct-id"), values)]),
        values,
        opened: Some(values),
        digests: (0..values).map(|number| Digest::of(&[&number.to_be_bytes()])).collect(),
        roles: None,
        request: None,
        approved_by: Vec::new(),
    })
}

/// A new file of one test.
fn file(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{test}.jsonl"));
    let _ = fs::remove_file(&path);
    path
}

/// A chain of `events` after its beginning, a checkpoint after every `every` lines.
fn chain(test: &str, every: u64, events: u64) -> (PathBuf, Vec<u8>) {
    let path = file(test);
    let mut log = Log::create(&path, signer(), every, at(0)).unwrap();
    for number in 0..events {
        let event = if number % 3 == 0 { reveal("ann", number % 5) } else { issued(number) };
        log.append(at(number), &event).unwrap();
    }
    let bytes = fs::read(&path).unwrap();
    (path, bytes)
}

fn check(bytes: &[u8], kept: Option<&Kept>) -> Report {
    verify(bytes, &key(), kept, |_| {}).unwrap()
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

/// Scenario: a chain as writers leave it.
/// Guarantees: it verifies, checkpoints come after every so many lines, its owner alone may read it, and entries read as
/// they were told.
#[test]
fn what_was_told_is_read() {
    let (path, bytes) = chain("told", 8, 30);
    let mut told = Vec::new();
    let report = verify(&*bytes, &key(), None, |line| told.extend(line.entry.event.clone())).unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    assert_eq!(told.len() as u64, report.lines);
    assert_eq!(
        told.iter().filter(|event| **event == Event::Checkpoint {}).count() as u64,
        report.checkpoints
    );
    assert!(report.checkpoints >= 4 && report.unsigned() < 8);
    assert!(told.contains(&reveal("ann", 3)) && told.contains(&issued(29)));
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Scenario: eight threads, each opening the chain for each of its lines.
/// Guarantees: no line is lost or torn and the chain verifies.
#[test]
fn writers_wait_for_each_other() {
    let path = file("concurrent");
    drop(Log::create(&path, signer(), 16, at(0)).unwrap());
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let path = &path;
            scope.spawn(move || {
                for number in 0..20 {
                    let mut log = Log::open(path, Some(signer()), at(1)).unwrap();
                    log.append(at(1), &issued(thread * 100 + number)).unwrap();
                }
            });
        }
    });
    let mut told = Vec::new();
    let report =
        verify(&*fs::read(path).unwrap(), &key(), None, |line| told.extend(line.entry.event.clone()))
            .unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    for epoch in (0..8).flat_map(|thread| (0..20).map(move |number| thread * 100 + number)) {
        assert_eq!(told.iter().filter(|event| **event == issued(epoch)).count(), 1);
    }
}

/// Scenario: a file that was removed, emptied, opened to others, edited at its end, or continued with another's key.
/// Guarantees: it is refused, each for its reason, and not a byte is written.
#[test]
fn what_does_not_hold_is_not_continued() {
    let missing = Log::open(&file("missing"), None, at(0)).unwrap_err();
    assert!(matches!(missing, LogError::Missing));
    let (path, good) = chain("refused", 100, 5);
    let refused = |bytes: &[u8], signer: Option<Signer>| {
        fs::write(&path, bytes).unwrap();
        let error = Log::open(&path, signer, at(9)).map(drop).unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), bytes);
        error.to_string()
    };
    assert!(refused(b"", None).contains("empty"));
    let mut edited = good.clone();
    let place = edited.len() - 100;
    edited[place] ^= 1;
    assert!(refused(&edited, None).contains("last line"));
    let other = Signer::from_seed(&[7; 32]);
    assert!(refused(&good, Some(other)).contains("signing key"));
    fs::set_permissions(&path, PermissionsExt::from_mode(0o602)).unwrap();
    assert!(refused(&good, None).contains("chmod 600"));
}

/// Scenario: a writer was cut off in the middle of its line; the next one comes.
/// Guarantees: the piece is gone, its removal is told, and the chain verifies.
#[test]
fn a_torn_line_is_mended_and_told() {
    let (path, good) = chain("torn", 100, 5);
    let piece = br#"{"entry":{"checkpoint":2,"eve"#;
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(piece).unwrap();
    let report = check(&fs::read(&path).unwrap(), None);
    assert_eq!(report.faults.last().unwrap().problem, Problem::Torn);
    let mut log = Log::open(&path, None, at(6)).unwrap();
    log.append(at(6), &issued(7)).unwrap();
    let mended = fs::read(&path).unwrap();
    assert!(mended.starts_with(&good) && check(&mended, None).faults.is_empty());
    let torn = Line::parse(lines(&mended)[lines(&good).len()].trim_ascii_end()).unwrap();
    let expected = Event::Torn { bytes: piece.len() as u64, digest: Digest::of(&[piece]) };
    assert_eq!(torn.entry.event, Some(expected));
}

/// Scenario: counting what a person had revealed, on a chain of which a line was taken out.
/// Guarantees: the chain is refused, so that nobody gets more by deleting lines.
#[test]
fn nothing_is_counted_in_a_broken_chain() {
    let (path, good) = chain("counted", 100, 10);
    let without: Vec<u8> = lines(&good)
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != 5)
        .flat_map(|(_, line)| line.to_vec())
        .collect();
    fs::write(&path, without).unwrap();
    let log = Log::open(&path, None, at(20)).unwrap();
    let error = log.read(|_| {}).unwrap_err();
    assert!(matches!(error, LogError::Faulty(_)) && error.to_string().contains("line 6"), "{error}");
}

/// Scenario: one deletion, one copy, one exchange, one edit, in the middle.
/// Guarantees: each is one fault, or two where two lines stand wrong, at the line where it is.
#[test]
fn faults_say_their_line() {
    let (_, good) = chain("faults", 100, 10);
    let all = lines(&good);
    let of = |lines: &[&[u8]]| check(&lines.concat(), None).faults;
    let mut deleted = all.clone();
    deleted.remove(5);
    let faults = of(&deleted);
    assert_eq!((faults.len(), faults[0].line), (1, 6));
    assert_eq!(faults[0].problem, Problem::Missing { from: 6, to: 6 });
    let mut copied = all.clone();
    copied.insert(5, all[4]);
    assert_eq!(of(&copied)[0].problem, Problem::Order { found: 5, expected: 6 });
    let edited = String::from_utf8(good.clone()).unwrap().replacen("\"epoch\":4", "\"epoch\":9", 1);
    let faults = check(edited.as_bytes(), None).faults;
    assert_eq!((faults.len(), &faults[0].problem), (1, &Problem::Edited));
    assert_eq!(faults[0].to_string(), "line 7: was edited: its hash is not that of its entry");
}

/// Scenario: somebody without the signing key writes the chain anew from some line on, hashes and all.
/// Guarantees: found where a checkpoint follows, and where a kept checkpoint is missed.
#[test]
fn a_chain_rewritten_without_the_key_is_found() {
    let (path, good) = chain("rewritten", 8, 40);
    let all = lines(&good);
    let last = all.iter().rposition(|line| line.windows(9).any(|at| at == b"signature")).unwrap();
    let kept = Kept::parse(std::str::from_utf8(all[last]).unwrap(), &key()).unwrap();
    // Cut before the last checkpoint, and continued with other events.
    fs::write(&path, all[..last - 3].concat()).unwrap();
    let mut log = Log::open(&path, None, at(50)).unwrap();
    for epoch in 0..20 {
        log.append(at(50), &issued(epoch)).unwrap();
    }
    let forged = fs::read(&path).unwrap();
    assert!(check(&forged, None).faults.is_empty(), "what nobody kept, nobody misses");
    let faults = check(&forged, Some(&kept)).faults;
    assert_eq!(faults[0].problem, Problem::NotKept);
    // The same with the old checkpoints behind it.
    let mut behind = all[..last - 3].concat();
    behind.extend(all[last - 2..].concat());
    assert!(!check(&behind, None).faults.is_empty());
    // A wholly new chain under another key.
    let other = file("rewritten-other");
    let mut log = Log::create(&other, Signer::from_seed(&[9; 32]), 8, at(0)).unwrap();
    log.append(at(1), &issued(1)).unwrap();
    let faults = check(&fs::read(&other).unwrap(), None).faults;
    assert!(faults.iter().any(|fault| fault.problem == Problem::ForeignKey));
    assert!(faults.iter().any(|fault| fault.problem == Problem::Signature));
    // Nothing at all.
    assert_eq!(check(b"", Some(&kept)).faults[0].problem, Problem::Truncated { kept: kept.seq() });
    assert_eq!(check(b"", None).faults[0].problem, Problem::Empty);
}

/// What somebody does to a file.
#[derive(Debug, Clone)]
enum Mutation {
    Edit { place: usize, xor: u8 },
    Insert { place: usize, byte: u8 },
    Remove { place: usize },
    Delete { line: usize },
    Duplicate { line: usize },
    Swap { one: usize, other: usize },
    Truncate { to: usize },
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let place = || any::<prop::sample::Index>().prop_map(|index| index.index(1 << 20));
    prop_oneof![
        (place(), 1..=255_u8).prop_map(|(place, xor)| Mutation::Edit { place, xor }),
        (place(), any::<u8>()).prop_map(|(place, byte)| Mutation::Insert { place, byte }),
        place().prop_map(|place| Mutation::Remove { place }),
        place().prop_map(|line| Mutation::Delete { line }),
        place().prop_map(|line| Mutation::Duplicate { line }),
        (place(), place()).prop_map(|(one, other)| Mutation::Swap { one, other }),
        place().prop_map(|to| Mutation::Truncate { to }),
    ]
}

impl Mutation {
    fn of(&self, bytes: &[u8]) -> Vec<u8> {
        let mut all: Vec<Vec<u8>> = lines(bytes).into_iter().map(<[u8]>::to_vec).collect();
        let count = all.len();
        let mut flat = bytes.to_vec();
        match *self {
            Self::Edit { place, xor } => {
                flat[place % bytes.len()] ^= xor;
                return flat;
            }
            Self::Insert { place, byte } => {
                flat.insert(place % (bytes.len() + 1), byte);
                return flat;
            }
            Self::Remove { place } => {
                flat.remove(place % bytes.len());
                return flat;
            }
            Self::Truncate { to } => {
                flat.truncate(to % bytes.len());
                return flat;
            }
            Self::Delete { line } => drop(all.remove(line % count)),
            Self::Duplicate { line } => all.insert(line % count, all[line % count].clone()),
            Self::Swap { one, other } => all.swap(one % count, other % count),
        }
        all.concat()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    /// Scenario: any one mutation of a chain of which the last checkpoint was kept.
    /// Guarantees: it is found, or all lines up to the kept checkpoint stand as they were.
    #[test]
    fn any_mutation_is_found_or_comes_after_what_was_kept(mutation in mutation()) {
        static CHAIN: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let good = CHAIN.get_or_init(|| chain("mutated", 8, 37).1);
        let all = lines(good);
        let last = all.iter().rposition(|line| line.windows(9).any(|at| at == b"signature")).unwrap();
        let kept = Kept::parse(std::str::from_utf8(all[last]).unwrap(), &key()).unwrap();
        let mutated = mutation.of(good);
        prop_assume!(&mutated != good);
        let signed = all[..=last].concat();
        let found = !check(&mutated, Some(&kept)).faults.is_empty();
        prop_assert!(found || mutated.starts_with(&signed));
        // Inside the file, a change of what is there is found without a kept checkpoint; only an end can go unseen.
        let found = !check(&mutated, None).faults.is_empty();
        prop_assert!(found || good.starts_with(&mutated) || mutated.starts_with(good));
    }
}

proptest! {
    /// Scenario: any bytes as a chain.
    /// Guarantees: no panic, and a fault.
    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(!check(&bytes, None).faults.is_empty());
    }

    /// Scenario: a line is read and written again.
    /// Guarantees: the same bytes, whatever a person's reason holds.
    #[test]
    fn lines_are_written_one_way(reason in "\\PC{1,80}") {
        prop_assume!(Text::new(&reason).is_ok());
        static FILE: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
        let path = FILE.get_or_init(|| chain("one-way", 1000, 1).0);
        let Event::Reveal(mut told) = reveal("ann", 2) else { unreachable!() };
        told.reason = Text::new(&reason).unwrap();
        Log::open(path, None, at(1)).unwrap().append(at(1), &Event::Reveal(told.clone())).unwrap();
        let bytes = fs::read(path).unwrap();
        let line = Line::parse(lines(&bytes).last().unwrap().trim_ascii_end()).unwrap();
        prop_assert_eq!(line.entry.event.clone(), Some(Event::Reveal(told)));
        let written = format!("{line}\n");
        prop_assert_eq!(written.as_bytes(), *lines(&bytes).last().unwrap());
    }
}

/// Scenario: 20 days of three to five values a day, then a day of hundreds by one person, and the day after one of twelve.
/// Guarantees: the one day is flagged, and it neither excuses nor accuses the next.
#[test]
fn an_unusual_day_is_flagged() {
    let path = file("volume");
    let mut log = Log::create(&path, signer(), 1000, at(0)).unwrap();
    let day = 86_400;
    for number in 0..20 {
        log.append(at(number * day), &reveal("ann", 3 + number % 3)).unwrap();
        log.append(at(number * day), &reveal("bob", 1)).unwrap();
    }
    log.append(at(20 * day), &reveal("ann", 200)).unwrap();
    log.append(at(20 * day + 60), &reveal("ann", 200)).unwrap();
    log.append(at(21 * day), &reveal("ann", 12)).unwrap();
    let mut volume = Volume::default();
    log.read(|line| volume.see(&line.entry)).unwrap();
    let days = volume.days();
    let unusual: Vec<_> = days.iter().filter(|day| day.is_unusual()).collect();
    assert_eq!(unusual.len(), 1, "{unusual:?}");
    assert_eq!((unusual[0].who.as_str(), unusual[0].values, unusual[0].requests), ("ann", 400, 2));
    assert_eq!((unusual[0].usual, unusual[0].compared), (12, 20));
}

/// Scenario: the chain of `tests/vectors`, one of each event in it, made from a fixed seed and fixed times.
/// Guarantees: it verifies, and this code writes the very bytes that the second implementation reads. With
/// `FROSTGLASS_WRITE_VECTORS` set, the files are written anew.
#[test]
fn the_published_chain_is_what_is_written() {
    let vectors = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    let path = vectors.join("audit.jsonl");
    let digest = |byte: u8| Digest::of(&[&[byte]]);
    let Event::Reveal(mut with_marks) = reveal("ann", 2) else { unreachable!() };
    with_marks.reason = Text::new("„checkout“ fails: \"500\" \\ timeout — every züri customer").unwrap();
    (with_marks.opened, with_marks.roles, with_marks.request) = (Some(1), Some(digest(6)), Some(digest(3)));
    with_marks.approved_by = vec![word("bob")];
    let events = [
        Event::Policy { policy: word("shop"), before: None, after: digest(1) },
        Event::Policy { policy: word("shop"), before: Some(digest(1)), after: digest(2) },
        Event::KeyMade { key: word("ids"), epoch: 20_780 },
        issued(20_780),
        Event::KeySplit { key: word("safe"), epoch: 0, shares: 3, needed: 2 },
        Event::Approval(frostglass_audit::Approval {
            who: word("bob"),
            asked_by: word("ann"),
            role: word("incident"),
            request: digest(3),
            ticket: word("OPS-4711"),
            values: 2,
        }),
        Event::Reveal(with_marks),
        Event::Treatment {
            policy: word("shop"),
            digest: digest(2),
            counts: BTreeMap::from([(word("direct-id/pseudonymize"), 12), (word("none/suppress"), 3)]),
            withheld: 1,
        },
        Event::HostTreatment {
            host: word("gateway-1"),
            policies: BTreeMap::from([(word("shop"), word("dbc1b4c900ffe48d"))]),
            after: 0,
            counts: BTreeMap::from([(word("direct-id/seal"), 40)]),
            withheld: 2,
            counts_in_all: BTreeMap::from([(word("direct-id/seal"), 40)]),
            withheld_in_all: 2,
        },
        Event::Forget { who: word("cleo"), order: digest(4), tokens: 7, ticket: word("DSR-12") },
        Event::KeyDestroyed { key: word("ids"), epoch: 20_778, who: None, ticket: None },
        Event::KeyDestroyed {
            key: word("ids"),
            epoch: 20_779,
            who: Some(word("cleo")),
            ticket: Some(word("DSR-12")),
        },
        Event::Torn { bytes: 17, digest: digest(5) },
    ];
    if std::env::var_os("FROSTGLASS_WRITE_VECTORS").is_some() {
        let public = vectors.join("audit.jsonl.pub");
        let _ = (fs::remove_file(&path), fs::remove_file(&public));
        signer().public().write_new(&public).unwrap();
        let mut log = Log::create(&path, signer(), 8, at(0)).unwrap();
        for (number, event) in (1..).zip(&events) {
            log.append(at(60 * number), event).unwrap();
        }
        fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    }
    let bytes = fs::read(&path).unwrap();
    let public = PublicKey::read(&vectors.join("audit.jsonl.pub")).unwrap();
    let mut told = Vec::new();
    let report = verify(&*bytes, &public, None, |line| {
        assert!(bytes.windows(line.to_string().len()).any(|at| at == line.to_string().as_bytes()));
        told.extend(line.entry.event.clone());
    });
    assert_eq!(report.unwrap().faults, []);
    let told: Vec<Event> = told
        .into_iter()
        .filter(|event| !matches!(event, Event::Begin { .. } | Event::Checkpoint {}))
        .collect();
    assert_eq!(told, events);
}

/// Scenario: a chain with an edited line and one that is missing, and a whole chain of somebody else's key; followed with the key, and
/// without one.
/// Guarantees: each line is shown with what is wrong with it alone, the same with or without a key; nothing but the key tells the chain
/// that was written anew.
#[test]
fn each_line_is_shown_with_its_faults() {
    let (_, bytes) = chain("followed", 8, 10);
    let (mut text, whole) = (String::from_utf8(bytes.clone()).unwrap(), String::from_utf8(bytes).unwrap());
    let cut = whole.lines().nth(6).unwrap();
    text = text.replacen(&format!("{cut}\n"), "", 1).replacen("OPS-4711", "OPS-4712", 1);
    let faulty = |text: &str, key: Option<&PublicKey>| {
        let mut faults = Vec::new();
        let report = follow(text.as_bytes(), key, None, |number, line, problems| {
            assert!(line.is_some());
            faults.extend(problems.iter().map(|problem| (number, problem.clone())));
        });
        assert_eq!(report.unwrap().faults_in_all, faults.len() as u64);
        faults
    };
    let own = key();
    for key in [Some(&own), None] {
        assert_eq!(faulty(&whole, key), []);
        assert_eq!(faulty(&text, key), [(3, Problem::Edited), (7, Problem::Missing { from: 7, to: 7 })]);
    }
    let other = file("anew");
    drop(Log::create(&other, Signer::random().unwrap(), 8, at(0)).unwrap());
    let anew = fs::read_to_string(other).unwrap();
    assert_eq!(faulty(&anew, None), []);
    assert_eq!(faulty(&anew, Some(&own)), [(1, Problem::ForeignKey), (2, Problem::Signature)]);
}

/// Scenario: an event of a word that is none, read as JSON.
/// Guarantees: the words that are known are those of the list, in its order.
#[test]
fn the_list_of_events_is_whole() {
    let error = serde_json::from_str::<Event>(r#"{"event":"none"}"#).unwrap_err().to_string();
    let known: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
    assert_eq!(known, frostglass_audit::KINDS, "{error}");
}

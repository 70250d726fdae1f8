//! One instance of the module in the Collector: what each call does. Answers, never panics.
//!
//! A host fills [`Guest::buffer`], calls, and reads the answer from [`Guest::answer`] before it calls again.

use super::configuration::Configuration;
use super::tally;
use frostglass_engine::{Engine, Host, Outcome, Payload, Tally};
use frostglass_formats::columns::{Bound, Place};
use frostglass_formats::{Level, Signal};
use frostglass_keys::{Random, Seeding};
use std::cell::RefCell;

/// Largest configuration, in bytes.
const MOST_CONFIGURATION: usize = 16 << 20;

/// First word of an answer: what the rest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Status {
    /// Edits, maybe none; after a rewrite, that nothing changes.
    Done = 0,
    /// Nothing may go on; the rest is why, in fixed words.
    Withheld = 1,
    /// Metric points would become alike: rewrite the batch as OTLP instead.
    Alike = 2,
    /// The rest replaces the payload.
    Rewritten = 3,
    /// The call itself is wrong, or comes before a configuration: a defect of the host. The rest says which.
    Misuse = 4,
}

/// What a batch came with: its time, and what its randomness gives.
#[derive(Debug, Default)]
struct Batch {
    unix_nanos: u64,
    random: RefCell<Option<Random>>,
}

impl Host for Batch {
    fn now_unix_nanos(&self) -> u64 {
        self.unix_nanos
    }

    fn random(&self) -> Option<[u8; 32]> {
        self.random.borrow_mut().as_mut().map(Random::draw)
    }
}

/// One instance.
#[derive(Default)]
pub(super) struct Guest {
    engine: Option<Engine>,
    most: usize,
    now: Batch,
    seeding: Seeding,
    secret: [u64; 2],
    /// What the host hands over.
    pub(super) buffer: Vec<u8>,
    /// What it gets back.
    pub(super) answer: Vec<u8>,
}

impl Guest {
    /// Makes room for `length` bytes; false if no call takes as many.
    pub(super) fn reserve(&mut self, length: usize) -> bool {
        if length > self.most.max(MOST_CONFIGURATION) {
            return false;
        }
        if self.buffer.len() < length {
            self.buffer.resize(length, 0);
        }
        true
    }

    /// Takes a configuration of `length` bytes from the buffer, and wipes it there.
    pub(super) fn configure(&mut self, length: usize) {
        let bytes = self.buffer.get_mut(..length).unwrap_or_default();
        let loaded = Configuration::parse(bytes).and_then(|configuration| {
            let (engine, loaded) = configuration.load()?;
            Ok((configuration.most(), engine, loaded))
        });
        bytes.fill(0);
        match loaded {
            Ok((most, engine, loaded)) => {
                self.engine = Some(engine);
                self.most = most;
                self.begin_answer(Status::Done, None);
                // Serializing strings cannot fail.
                let _ = serde_json::to_writer(&mut self.answer, &loaded);
            }
            Err(why) => self.say(Status::Withheld, &why),
        }
    }

    /// Begins a batch; gives the generation of names that holds.
    pub(super) fn begin(&mut self, now_unix_nanos: u64, random: [u64; 4]) -> u32 {
        let mut seed = [0; 32];
        for (bytes, word) in seed.chunks_exact_mut(8).zip(random) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        // A batch may begin twice, since it is rewritten when its columns do not do: each try draws its own.
        let mut random = self.seeding.take(Some(seed));
        // Fingerprints need randomness that a sender cannot guess, nothing more: they go on without.
        self.secret =
            random.as_mut().map_or([0; 2], |random| [0; 2].map(|_| u64::from_le_bytes(random.draw())));
        self.now = Batch { unix_nanos: now_unix_nanos, random: RefCell::new(random) };
        self.engine.as_mut().map_or(0, |engine| engine.begin_columns(&self.now))
    }

    /// Binds the name of `length` bytes in the buffer; none when there is no such place.
    pub(super) fn bind(&mut self, place: Place, length: usize) -> Option<Bound> {
        self.engine.as_mut()?.bind(place, self.buffer.get(..length)?).ok()
    }

    /// Treats the batch of `length` bytes in the buffer.
    pub(super) fn treat(&mut self, length: usize) {
        let (Some(engine), Some(batch)) = (&mut self.engine, self.buffer.get(..length)) else {
            return self.say(Status::Misuse, "not configured, or longer than the buffer");
        };
        match engine.treat_columns(batch, self.secret) {
            Ok(true) => {
                self.begin_answer_with_tally(Status::Done);
                if let Some(engine) = &self.engine {
                    self.answer.extend_from_slice(&engine.edits().count().to_le_bytes());
                    self.answer.extend_from_slice(engine.edits().bytes());
                }
            }
            Ok(false) => self.begin_answer(Status::Alike, None),
            Err(why) => self.withhold(&why.to_string()),
        }
    }

    /// Rewrites the OTLP protobuf request of `length` bytes in the buffer.
    pub(super) fn rewrite(&mut self, signal: u32, length: usize) {
        let signal = [Signal::Logs, Signal::Traces, Signal::Metrics].get(signal as usize).copied();
        let (Some(engine), Some(payload), Some(signal)) =
            (&mut self.engine, self.buffer.get(..length), signal)
        else {
            return self.say(Status::Misuse, "not configured, longer than the buffer, or an unknown signal");
        };
        let mut rewritten = Vec::new();
        let status = match engine.rewrite(payload, Payload::OtlpProto(signal), &self.now) {
            Outcome::Unchanged => Status::Done,
            Outcome::Rewritten(bytes) => {
                rewritten.extend_from_slice(bytes);
                Status::Rewritten
            }
            Outcome::Withheld(why) => return self.withhold(&why.to_string()),
        };
        self.begin_answer_with_tally(status);
        self.answer.append(&mut rewritten);
    }

    fn begin_answer_with_tally(&mut self, status: Status) {
        self.answer.clear();
        write_head(&mut self.answer, status, self.engine.as_ref().map(Engine::tally));
    }

    fn begin_answer(&mut self, status: Status, tally: Option<&Tally>) {
        self.answer.clear();
        write_head(&mut self.answer, status, tally);
    }

    fn withhold(&mut self, why: &str) {
        self.begin_answer_with_tally(Status::Withheld);
        self.answer.extend_from_slice(why.as_bytes());
    }

    fn say(&mut self, status: Status, why: &str) {
        self.begin_answer(status, None);
        self.answer.extend_from_slice(why.as_bytes());
    }
}

/// Status, length of the counts, counts.
fn write_head(out: &mut Vec<u8>, status: Status, counts: Option<&Tally>) {
    out.extend_from_slice(&(status as u32).to_le_bytes());
    let length_at = out.len();
    out.extend_from_slice(&[0; 4]);
    if let Some(counts) = counts {
        tally::write(counts, out);
    }
    let length = (out.len() - length_at - 4) as u32;
    if let Some(place) = out.get_mut(length_at..length_at + 4) {
        place.copy_from_slice(&length.to_le_bytes());
    }
}

/// A place as the ABI numbers it: `parent` below the top half says a member, `level << 8 | part` says the rest.
pub(super) fn place(parent: u32, place: u32) -> Option<Place> {
    const ATTRIBUTE: u32 = 0;
    const BUILT_IN: u32 = 1;
    const MEMBER: u32 = 2;
    let level = Level::ALL.get((place >> 8) as usize).copied();
    match (place & 0xff, level) {
        (ATTRIBUTE, Some(level)) => Some(Place::Attribute(level)),
        (BUILT_IN, Some(level)) => Some(Place::BuiltIn(level)),
        (MEMBER, _) => Some(Place::Member(parent)),
        _ => None,
    }
}

/// A bound name as the ABI packs it: id in the low half; in the high half what to do with values (bits 0 and 1), whether the
/// key goes before them (bit 2) and whether the id lasts (bit 3). All ones for a name that cannot be bound.
pub(super) fn packed(bound: Option<Bound>) -> u64 {
    let Some(bound) = bound else { return u64::MAX };
    let flags = bound.show as u64 | u64::from(bound.look_at_key) << 2 | u64::from(bound.lasting) << 3;
    flags << 32 | u64::from(bound.id)
}

//! From the bytes of a request body to the bytes that go on: unwraps, has the engine treat, wraps again.
//!
//! Promises: what goes on has been treated or is refused; nothing compressed is passed unseen; messages leave uncompressed;
//! work is bounded by the payload bound after inflation, over all messages of a body together.

use super::refusal::Refusal;
use super::request::{Request, Wrapping};
use frostglass_engine::{Counts, Engine, Host, OnWithheld, Outcome, Reason, Tally};
use frostglass_formats::Limits;
use frostglass_formats::compression::{Compression, snap};
use std::fmt::{Display, Formatter};

/// More messages than any exporter sends in a unary call; each costs a fixed price.
const MESSAGES: usize = 1024;

/// Flag and length before each gRPC message.
const PREFIX: usize = 5;

/// Scratch memory of one worker, kept between exchanges. Bounded by the payload and output bounds.
#[derive(Debug, Default)]
pub(super) struct Desk {
    inflated: Vec<u8>,
    messages: Vec<u8>,
}

/// Records that the engine dropped, by reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Dropped(Counts<Reason>);

impl Dropped {
    /// All of them.
    pub(super) fn total(&self) -> u64 {
        self.0.sum()
    }

    fn add(&mut self, tally: &Tally) {
        for (reason, count) in tally.records_dropped.iter() {
            self.0.add(*reason, count);
        }
    }
}

impl Display for Dropped {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.total())?;
        for (index, (reason, count)) in self.0.iter().enumerate() {
            write!(f, "{}{} {count}", if index == 0 { " (" } else { ", " }, reason.word())?;
        }
        f.write_str(if self.0.is_empty() { "" } else { ")" })
    }
}

/// What became of a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Treated {
    /// Length of the new body; none if the body goes on as it is.
    pub(super) replaced: Option<usize>,
    /// Records dropped on the way.
    pub(super) dropped: Dropped,
}

/// One body to treat.
pub(super) struct Job<'a> {
    request: &'a Request,
    limit: usize,
    host: &'a dyn Host,
    count: &'a mut dyn FnMut(&Tally),
    dropped: Dropped,
}

impl<'a> Job<'a> {
    /// A body of what `request` says, of at most `limit` bytes, as it came and inflated. `count` takes the counts of each
    /// payload in it.
    pub(super) fn new(
        request: &'a Request,
        limit: usize,
        host: &'a dyn Host,
        count: &'a mut dyn FnMut(&Tally),
    ) -> Self {
        Self { request, limit, host, count, dropped: Dropped::default() }
    }

    /// Treats the body; `forward` takes the new one, once, if there is one. On an error nothing of either may go on.
    pub(super) fn treat(
        mut self,
        engine: &mut Engine,
        desk: &mut Desk,
        body: &[u8],
        on_withheld: OnWithheld,
        forward: &mut dyn FnMut(&[u8]) -> Result<(), Refusal>,
    ) -> Result<Treated, Refusal> {
        if body.len() > self.limit {
            return Err(self.too_large());
        }
        let mut replaced = None;
        match self.request.wrapping {
            Wrapping::Plain => self.rewrite(engine, body, &mut |bytes| {
                replaced = Some(bytes.len());
                forward(bytes)
            })?,
            Wrapping::Compressed(compression) => {
                self.inflate(compression, body, self.limit, &mut desk.inflated)?;
                self.rewrite(engine, &desk.inflated, &mut |bytes| {
                    replaced = Some(bytes.len());
                    forward(bytes)
                })?;
                if replaced.is_none() {
                    replaced = Some(desk.inflated.len());
                    forward(&desk.inflated)?;
                }
            }
            Wrapping::Snapped => {
                self.inflate(Compression::Snappy, body, self.limit, &mut desk.inflated)?;
                self.rewrite(engine, &desk.inflated, &mut |bytes| {
                    let packed = snap(bytes).map_err(Refusal::Compression)?;
                    replaced = Some(packed.len());
                    forward(&packed)
                })?;
            }
            Wrapping::Messages(compression) => {
                if self.messages(engine, desk, body, compression)? {
                    replaced = Some(desk.messages.len());
                    forward(&desk.messages)?;
                }
            }
        }
        if on_withheld == OnWithheld::Reject && self.dropped.total() > 0 {
            return Err(Refusal::Records(format!("records withheld: {}", self.dropped)));
        }
        Ok(Treated { replaced, dropped: self.dropped })
    }

    fn too_large(&self) -> Refusal {
        Refusal::TooLarge { limit: self.limit }
    }

    /// Inflates into at most `left` bytes of what the bound allows.
    fn inflate(
        &self,
        compression: Compression,
        bytes: &[u8],
        left: usize,
        inflated: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        let limits = Limits { payload: left, ..Limits::default() };
        compression.undo(bytes, &limits, inflated).map_err(|error| {
            // The answer names the bound as configured, not what was left of it.
            if error.is_too_large() { self.too_large() } else { Refusal::Compression(error) }
        })
    }

    /// Treats each message of a gRPC body into `desk.messages`. Says whether anything changed.
    fn messages(
        &mut self,
        engine: &mut Engine,
        desk: &mut Desk,
        body: &[u8],
        compression: Option<Compression>,
    ) -> Result<bool, Refusal> {
        let Desk { inflated, messages } = desk;
        messages.clear();
        if body.is_empty() {
            return Err(Refusal::Framing("no message"));
        }
        let mut rest = body;
        let mut changed = false;
        let mut left = self.limit;
        for _ in 0..MESSAGES {
            let Some((prefix, after)) = rest.split_first_chunk::<PREFIX>() else {
                return Err(Refusal::Framing("ends inside a message's prefix"));
            };
            let [flag, length @ ..] = *prefix;
            let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
            if length > self.limit {
                return Err(self.too_large());
            }
            let Some((message, next)) = after.split_at_checked(length) else {
                return Err(Refusal::Framing("ends inside a message"));
            };
            let payload = match (flag, compression) {
                (0, _) => message,
                (1, Some(compression)) => {
                    self.inflate(compression, message, left, inflated)?;
                    changed = true;
                    inflated.as_slice()
                }
                (1, None) => return Err(Refusal::Framing("compressed message without grpc-encoding")),
                _ => return Err(Refusal::Framing("unknown message flag")),
            };
            left = left.checked_sub(payload.len()).ok_or_else(|| self.too_large())?;
            let start = messages.len();
            messages.extend_from_slice(&[0; PREFIX]);
            let mut rewritten = false;
            self.rewrite(engine, payload, &mut |bytes| {
                messages.extend_from_slice(bytes);
                rewritten = true;
                Ok(())
            })?;
            changed |= rewritten;
            if !rewritten {
                messages.extend_from_slice(payload);
            }
            let size = u32::try_from(messages.len() - start - PREFIX).map_err(|_| self.too_large())?;
            if let Some(length) = messages.get_mut(start + 1..start + PREFIX) {
                length.copy_from_slice(&size.to_be_bytes());
            }
            if next.is_empty() {
                return Ok(changed);
            }
            rest = next;
        }
        Err(Refusal::Framing("too many messages"))
    }

    /// Treats one payload; `take` gets the result if it differs.
    fn rewrite(
        &mut self,
        engine: &mut Engine,
        payload: &[u8],
        take: &mut dyn FnMut(&[u8]) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let result = match engine.rewrite(payload, self.request.payload, self.host) {
            Outcome::Unchanged => Ok(()),
            Outcome::Rewritten(bytes) => take(bytes),
            Outcome::Withheld(withheld) => Err(withheld.into()),
        };
        let tally = engine.tally();
        (self.count)(tally);
        self.dropped.add(tally);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envoy::request::Dialect;
    use flate2::write::GzEncoder;
    use frostglass_engine::{Options, Payload, policy::Plan};
    use frostglass_formats::Signal;
    use frostglass_keys::Ring;
    use std::io::Write;
    use std::sync::Arc;

    const LIMIT: usize = 4096;

    fn treat(wrapping: Wrapping, body: &[u8]) -> (Result<Treated, Refusal>, Vec<u8>) {
        // An export request without records: whatever the policy, nothing in it changes.
        let plan = Arc::new(Plan::embedded().unwrap());
        let mut engine = Engine::new(plan, Ring::default(), Options::default());
        let request =
            Request { payload: Payload::OtlpProto(Signal::Logs), wrapping, dialect: Dialect::Proto };
        let mut out = Vec::new();
        let mut forward = |bytes: &[u8]| {
            out.extend_from_slice(bytes);
            Ok(())
        };
        let mut count = |_: &Tally| {};
        let job = Job::new(&request, LIMIT, &0u64, &mut count);
        let result = job.treat(&mut engine, &mut Desk::default(), body, OnWithheld::Drop, &mut forward);
        (result, out)
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn message(flag: u8, bytes: &[u8]) -> Vec<u8> {
        let mut message = vec![flag];
        message.extend_from_slice(&u32::try_from(bytes.len()).unwrap().to_be_bytes());
        message.extend_from_slice(bytes);
        message
    }

    /// One empty `ResourceLogs`.
    const EMPTY: &[u8] = &[0x0a, 0x00];

    /// Scenario: a payload without records, plain, gzipped, as zstd and as snappy.
    /// Guarantees: plain it goes on as it is; compressed in any way it goes on inflated.
    #[test]
    fn what_is_compressed_goes_on_inflated() {
        let (result, out) = treat(Wrapping::Plain, EMPTY);
        assert_eq!((result.unwrap().replaced, out), (None, Vec::new()));
        let (result, out) = treat(Wrapping::Compressed(Compression::Gzip), &deflate(EMPTY));
        assert_eq!((result.unwrap().replaced, out.as_slice()), (Some(2), EMPTY));
        // A frame of one raw block, as RFC 8878 writes it: no window, a length of two.
        let zstd = [&[0x28, 0xb5, 0x2f, 0xfd, 0x20, 2, 0x11, 0, 0], EMPTY].concat();
        let snappy = [&[2, 0x04], EMPTY].concat();
        for (compression, body) in [(Compression::Zstd, zstd), (Compression::Snappy, snappy)] {
            let (result, out) = treat(Wrapping::Compressed(compression), &body);
            assert_eq!((result.unwrap().replaced, out.as_slice()), (Some(2), EMPTY));
            let (result, out) = treat(Wrapping::Compressed(compression), EMPTY);
            assert!(matches!(result, Err(Refusal::Compression(_))));
            assert!(out.is_empty());
        }
    }

    /// Scenario: remote write of a series that stays and of one that goes, and a body that is no snappy.
    /// Guarantees: what stays goes on as it came, what changes goes on as snappy, and the rest is refused.
    #[test]
    fn snappy_stays_snappy_where_the_protocol_demands_it() {
        let plan = r#"{"policy": "keeps", "schema": 1, "default": "suppress",
            "catalog": {"metric/@name": {"class": "operational", "treat": "keep"}}}"#;
        let plan = Arc::new(Plan::from_json(plan, "test").unwrap());
        let mut engine = Engine::new(plan, Ring::default(), Options::default());
        let (wrapping, dialect) = (Wrapping::Snapped, Dialect::Text);
        let request = Request { payload: Payload::Prometheus, wrapping, dialect };
        let mut treat = |body: &[u8]| {
            let mut out = Vec::new();
            let mut forward = |bytes: &[u8]| {
                out.extend_from_slice(bytes);
                Ok(())
            };
            let mut count = |_: &Tally| {};
            let job = Job::new(&request, LIMIT, &0u64, &mut count);
            let desk = &mut Desk::default();
            let result = job.treat(&mut engine, desk, body, OnWithheld::Drop, &mut forward);
            (result.map(|treated| treated.replaced), out)
        };
        let name = b"\x0a\x0e\x0a\x08__name__\x12\x02up";
        let user = b"\x0a\x0b\x0a\x04user\x12\x03ann";
        let series = |labels: &[u8]| [&[0x0a, labels.len() as u8], labels].concat();
        let small = series(name);
        assert_eq!(treat(&snap(&small).unwrap()), (Ok(None), Vec::new()));
        let (result, out) = treat(&snap(&series(&[&name[..], user].concat())).unwrap());
        assert_eq!(result, Ok(Some(out.len())));
        let mut plain = Vec::new();
        Compression::Snappy.undo(&out, &Limits::default(), &mut plain).unwrap();
        assert_eq!(plain, small);
        for body in [small.as_slice(), b"", &snap(&[0; LIMIT + 1]).unwrap()] {
            let (result, out) = treat(body);
            assert!(result.is_err() && out.is_empty());
        }
    }

    /// Scenario: gRPC bodies of several messages, some compressed.
    /// Guarantees: compressed messages go on inflated with flag 0, the others as they came, in order.
    #[test]
    fn each_message_of_a_body_is_treated() {
        let plain = [message(0, EMPTY), message(0, b"")].concat();
        let (result, out) = treat(Wrapping::Messages(Some(Compression::Gzip)), &plain);
        assert_eq!((result.unwrap().replaced, out), (None, Vec::new()));
        let mixed = [message(1, &deflate(EMPTY)), message(0, b""), message(1, &deflate(b""))].concat();
        let (result, out) = treat(Wrapping::Messages(Some(Compression::Gzip)), &mixed);
        assert_eq!(result.unwrap().replaced, Some(17));
        assert_eq!(out, [message(0, EMPTY), message(0, b""), message(0, b"")].concat());
    }

    /// Scenario: gRPC bodies cut anywhere, with unknown flags, or compressed without saying so.
    /// Guarantees: refused, and nothing was handed on.
    #[test]
    fn broken_framing_is_refused() {
        let whole = message(0, EMPTY);
        for cut in 0..whole.len() {
            let (result, out) = treat(Wrapping::Messages(None), whole.get(..cut).unwrap());
            assert!(matches!(result, Err(Refusal::Framing(_))), "cut at {cut}");
            assert!(out.is_empty());
        }
        for body in [message(1, &deflate(EMPTY)), message(2, EMPTY), [whole.as_slice(), b"\0"].concat()] {
            let (result, _) = treat(Wrapping::Messages(None), &body);
            assert!(matches!(result, Err(Refusal::Framing(_))));
        }
        let flood = message(0, b"").repeat(MESSAGES + 1);
        let (result, _) = treat(Wrapping::Messages(None), flood.get(..LIMIT).unwrap());
        assert!(matches!(result, Err(Refusal::Framing(_))));
    }

    /// Scenario: bodies that are, claim to be, or inflate to more than the bound, in one message or in all together.
    /// Guarantees: refused as too large, with the configured bound.
    #[test]
    fn the_bound_holds_before_and_after_inflation() {
        let large = vec![0; LIMIT + 1];
        let half = vec![0; LIMIT / 2 + 1];
        let too_large = Err(Refusal::TooLarge { limit: LIMIT });
        assert_eq!(treat(Wrapping::Plain, &large).0, too_large);
        assert_eq!(treat(Wrapping::Compressed(Compression::Gzip), &deflate(&large)).0, too_large);
        let grpc = Wrapping::Messages(Some(Compression::Gzip));
        assert_eq!(treat(grpc, &[0, 255, 255, 255, 255]).0, too_large);
        assert_eq!(treat(grpc, &message(1, &deflate(&large))).0, too_large);
        let both = [message(1, &deflate(&half)), message(1, &deflate(&half))].concat();
        assert!(treat(grpc, &both).0.is_err());
    }
}

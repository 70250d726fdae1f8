//! The engine in this process, as a host of cases.

use crate::{Case, Encoding, Reply, Status};
use frostglass_engine::policy::Plan;
use frostglass_engine::{Engine, Outcome, Payload, Withheld};
use frostglass_formats::Signal;
use frostglass_keys::Ring;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The clock of the hosts that have none of their own: 2023-11-14T22:13:20Z.
pub const NOW: u64 = 1_700_000_000_000_000_000;

/// The key of the name `ids` in all hosts. Any other name that a policy asks for is a key that the host was not given.
pub const TEST_KEY: &str = "3c1f9e0a57d2486bb1e5a09c74d8f2630e6db7c9a14f58327be0d5196a8c42f7";

/// An engine for a plan, with the test key if the plan asks for it.
#[must_use]
pub fn engine(plan: Arc<Plan>, options: frostglass_engine::Options) -> Engine {
    let mut ring = Ring::default();
    if plan.key_names().any(|name| name == "ids") {
        ring.add_standalone("ids", TEST_KEY, false).unwrap();
    }
    Engine::new(plan, ring, options)
}

/// What an encoding of a signal is to the engine.
#[must_use]
pub fn payload(encoding: Encoding, signal: Signal) -> Payload {
    match encoding {
        Encoding::OtlpProto => Payload::OtlpProto(signal),
        Encoding::OtlpJson => Payload::OtlpJson(signal),
        Encoding::Json => Payload::Json,
        Encoding::Ndjson => Payload::Ndjson,
        Encoding::Text => Payload::Text,
        Encoding::LokiJson => Payload::LokiJson,
        Encoding::LokiProto => Payload::LokiProto,
        Encoding::Elasticsearch => Payload::Bulk,
        Encoding::Syslog => Payload::Syslog,
        Encoding::Prometheus => Payload::Prometheus,
    }
}

/// Runs a case.
#[must_use]
pub fn run(case: &Case, encoding: Encoding, engine: &mut Engine) -> Reply {
    run_bytes(case, encoding, engine, &case.payload(encoding))
}

/// Runs other bytes under a case's policy: a second hop, for example.
#[must_use]
pub fn run_bytes(case: &Case, encoding: Encoding, engine: &mut Engine, bytes: &[u8]) -> Reply {
    let mut reply = Reply {
        id: format!("{}/{}", case.name, encoding.word()),
        status: Status::Forwarded,
        reason: None,
        body: Default::default(),
        written_anew: false,
        withheld: None,
        said: String::new(),
        pages: 0,
    };
    match engine.rewrite(bytes, payload(encoding, case.signal.signal()), &NOW) {
        Outcome::Unchanged => reply.body.0 = bytes.to_vec(),
        Outcome::Rewritten(treated) => reply.body.0 = treated.to_vec(),
        Outcome::Withheld(withheld) => {
            reply.status = Status::Refused;
            reply.reason = Some(word(&withheld).to_owned());
            reply.said = format!("{withheld}\n{withheld:?}");
        }
    }
    let tally = engine.tally();
    let mut counts = BTreeMap::new();
    for (reason, count) in tally.withheld.iter() {
        *counts.entry(reason.word().to_owned()).or_default() += count;
    }
    for (reason, count) in tally.records_dropped.iter() {
        *counts.entry(reason.word().to_owned()).or_default() += count;
    }
    reply.withheld = Some(counts);
    reply.said.push_str(&format!("\n{tally:?}"));
    reply
}

/// The word under which hosts count a refusal.
#[must_use]
pub fn word(withheld: &Withheld) -> &'static str {
    match withheld {
        Withheld::Format(error) if error.is_too_large() => "too-large",
        Withheld::Output { .. } => "too-large",
        Withheld::Records { .. } => "records",
        _ => "malformed",
    }
}

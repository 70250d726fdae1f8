//! A canary in every leaf of every OTLP message, made from the published descriptors, in both encodings.
//!
//! The messages hold each variant of each oneof and each list of messages with each of their variants, so that one payload a
//! signal reaches every field. A field that OTLP gains stands in them without a line of this file changing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; a panic there is a failed claim")]

use frostglass_engine::policy::Plan;
use frostglass_engine::{Engine, Options, Outcome, Payload};
use frostglass_formats::Signal;
use frostglass_formats::otlp::schema;
use frostglass_keys::{DEMO_KEY, Ring};
use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value,
};
use std::collections::BTreeSet;
use std::sync::Arc;

const SIGNALS: [Signal; 3] = [Signal::Logs, Signal::Traces, Signal::Metrics];
const NOW: u64 = 1_700_000_000_000_000_000;

/// Ids as bytes, as protobuf's JSON and as OTLP's JSON writes them.
const TRACE_ID: ([u8; 16], &str, &str) =
    ([7; 16], "BwcHBwcHBwcHBwcHBwcHBw==", "07070707070707070707070707070707");
const SPAN_ID: ([u8; 8], &str, &str) = ([8; 8], "CAgICAgICAg=", "0808080808080808");

/// Values nested in values, below which only leaves are filled.
const NESTED: usize = 2;

/// Fields that only profiles use, and requests of other signals leave alone: indexes into a table of strings.
fn is_index(field: &FieldDescriptor) -> bool {
    field.name().ends_with("_strindex")
}

/// Makes messages, and remembers what it planted where.
struct Planter {
    /// A canary by its number.
    canary: fn(usize) -> String,
    /// Key of every attribute; none for a canary as the key.
    key: Option<&'static str>,
    planted: Vec<(String, String)>,
}

impl Planter {
    fn plant(&mut self, field: &FieldDescriptor) -> String {
        let canary = (self.canary)(self.planted.len());
        self.planted.push((canary.clone(), field.full_name().to_owned()));
        canary
    }

    /// One message for each variant that can stand in one place, every other field filled.
    fn messages(&mut self, of: &MessageDescriptor, nested: usize) -> Vec<DynamicMessage> {
        let nested = nested + usize::from(of.name() == "AnyValue");
        let mut columns: Vec<Vec<(FieldDescriptor, Value)>> = Vec::new();
        for field in of.fields().filter(|field| !is_index(field)) {
            if field.containing_oneof().is_some_and(|oneof| !oneof.is_synthetic()) {
                continue;
            }
            let values = self.values(&field, nested);
            columns.push(values.into_iter().map(|value| (field.clone(), value)).collect());
        }
        for oneof in of.oneofs().filter(|oneof| !oneof.is_synthetic()) {
            let mut column = Vec::new();
            for field in oneof.fields().filter(|field| !is_index(field)) {
                if matches!(field.kind(), Kind::Message(_)) && of.name() == "AnyValue" && nested > NESTED {
                    continue;
                }
                column.extend(self.values(&field, nested).into_iter().map(|value| (field.clone(), value)));
            }
            columns.push(column);
        }
        let count = columns.iter().map(Vec::len).max().unwrap_or(1).max(1);
        (0..count)
            .map(|row| {
                let mut message = DynamicMessage::new(of.clone());
                for column in columns.iter().filter(|column| !column.is_empty()) {
                    let (field, value) = &column[row % column.len()];
                    message.set_field(field, value.clone());
                }
                message
            })
            .collect()
    }

    /// What can stand in a field: a list of all for a repeated one.
    fn values(&mut self, field: &FieldDescriptor, nested: usize) -> Vec<Value> {
        let values: Vec<Value> = match field.kind() {
            Kind::Message(inner) => self.messages(&inner, nested).into_iter().map(Value::Message).collect(),
            Kind::String if field.full_name() == "opentelemetry.proto.common.v1.KeyValue.key" => {
                vec![Value::String(self.key.map_or_else(|| self.plant(field), str::to_owned))]
            }
            Kind::String => vec![Value::String(self.plant(field))],
            Kind::Bytes => vec![match field.name() {
                "trace_id" => Value::Bytes(TRACE_ID.0.to_vec().into()),
                "span_id" | "parent_span_id" => Value::Bytes(SPAN_ID.0.to_vec().into()),
                _ => Value::Bytes(self.plant(field).into_bytes().into()),
            }],
            Kind::Enum(_) => vec![Value::EnumNumber(1)],
            Kind::Bool => vec![Value::Bool(true)],
            Kind::Double => vec![Value::F64(1.5)],
            Kind::Float => vec![Value::F32(1.5)],
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => vec![Value::I32(3)],
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => vec![Value::I64(3)],
            Kind::Uint32 | Kind::Fixed32 => vec![Value::U32(3)],
            Kind::Uint64 | Kind::Fixed64 => vec![Value::U64(3)],
        };
        if field.is_list() { vec![Value::List(values)] } else { values }
    }
}

fn request(signal: Signal) -> MessageDescriptor {
    let pool = DescriptorPool::decode(opentelemetry_proto::DESCRIPTORS).unwrap();
    pool.get_message_by_name(schema::request(signal).name).unwrap()
}

/// A request with everything in it, in both encodings, and what was planted.
fn planted(
    signal: Signal,
    canary: fn(usize) -> String,
    key: Option<&'static str>,
) -> ([Vec<u8>; 2], Vec<(String, String)>) {
    let mut planter = Planter { canary, key, planted: Vec::new() };
    let message = planter.messages(&request(signal), 0).remove(0);
    let json = serde_json::to_string(&message)
        .unwrap()
        .replace(TRACE_ID.1, TRACE_ID.2)
        .replace(SPAN_ID.1, SPAN_ID.2);
    ([message.encode_to_vec(), json.into_bytes()], planter.planted)
}

/// The result of treating a payload in both encodings, as protobuf and, for JSON, as the text too.
fn treated(plan: &Arc<Plan>, signal: Signal, payloads: &[Vec<u8>; 2]) -> [Vec<Vec<u8>>; 2] {
    let mut ring = Ring::default();
    for name in plan.key_names() {
        ring.add_standalone(name, DEMO_KEY, true).unwrap();
    }
    let mut engine = Engine::new(Arc::clone(plan), ring, Options::default());
    let [proto, json] = payloads;
    let mut rewrite = |payload: &[u8], kind| match engine.rewrite(payload, kind, &NOW) {
        Outcome::Unchanged => payload.to_vec(),
        Outcome::Rewritten(bytes) => bytes.to_vec(),
        Outcome::Withheld(withheld) => panic!("{withheld}"),
    };
    let proto = rewrite(proto, Payload::OtlpProto(signal));
    let json = rewrite(json, Payload::OtlpJson(signal));
    DynamicMessage::decode(request(signal), proto.as_slice()).unwrap();
    let text = String::from_utf8(json.clone())
        .unwrap()
        .replace(TRACE_ID.2, TRACE_ID.1)
        .replace(SPAN_ID.2, SPAN_ID.1);
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    let mut reader = serde_json::Deserializer::from_str(&text);
    let decoded = DynamicMessage::deserialize_with_options(request(signal), &mut reader, &options).unwrap();
    [vec![proto], vec![json, decoded.encode_to_vec()]]
}

fn survivors<'a>(output: &[u8], planted: &'a [(String, String)]) -> BTreeSet<&'a str> {
    let there = |canary: &str| memchr::memmem::find(output, canary.as_bytes()).is_some();
    planted.iter().filter(|(canary, _)| there(canary)).map(|(_, field)| field.as_str()).collect()
}

fn plain(number: usize) -> String {
    format!("canary{number:05}x")
}

fn address(number: usize) -> String {
    format!("ann{number:05}@example.org")
}

/// Scenario: the generator itself.
/// Guarantees: a canary stands in every text and bytes field that a request can hold, but for ids.
#[test]
fn canaries_reach_every_text_field() {
    fn collect(message: &MessageDescriptor, seen: &mut BTreeSet<String>, fields: &mut BTreeSet<String>) {
        if !seen.insert(message.full_name().to_owned()) {
            return;
        }
        for field in message.fields() {
            match field.kind() {
                Kind::Message(inner) => collect(&inner, seen, fields),
                Kind::String | Kind::Bytes if !field.name().ends_with("_id") => {
                    fields.insert(field.full_name().to_owned());
                }
                _ => {}
            }
        }
    }
    for signal in SIGNALS {
        let (payloads, planted) = planted(signal, plain, None);
        let mut published = BTreeSet::new();
        collect(&request(signal), &mut BTreeSet::new(), &mut published);
        let reached = survivors(&payloads[0], &planted);
        assert_eq!(reached, published.iter().map(String::as_str).collect());
    }
}

/// Scenario: a canary in every leaf and every key, under a policy that knows nothing and suppresses.
/// Guarantees: none is left, in either encoding.
#[test]
fn suppressing_leaves_no_canary() {
    let plan = Arc::new(
        Plan::from_json(r#"{"policy": "none", "schema": 1, "default": "suppress"}"#, "none").unwrap(),
    );
    for signal in SIGNALS {
        let (payloads, planted) = planted(signal, plain, None);
        for output in treated(&plan, signal, &payloads).iter().flatten() {
            assert_eq!(survivors(output, &planted), BTreeSet::new(), "{signal:?}");
        }
    }
}

/// Scenario: every built-in text and one attribute key are in the catalog, everything else is kept.
/// Guarantees: their canaries are treated wherever they stand, in either encoding; the numbers around them stay.
#[test]
fn catalogued_canaries_are_treated_wherever_they_stand() {
    let mut lines: Vec<String> = vec![r#""known.key": {"class": "content", "treat": "mask"}"#.into()];
    for (level, name, structural) in schema::built_ins() {
        if !structural {
            lines.push(format!(r#""{}/@{name}": {{"class": "content", "treat": "mask"}}"#, level.word()));
        }
    }
    let policy = format!(
        r#"{{"policy": "all", "schema": 1, "default": "keep", "catalog": {{{}}}}}"#,
        lines.join(", ")
    );
    let plan = Arc::new(Plan::from_json(&policy, "all").unwrap_or_else(|error| panic!("{error}")));
    for signal in SIGNALS {
        let (payloads, planted) = planted(signal, plain, Some("known.key"));
        for outputs in treated(&plan, signal, &payloads) {
            for output in &outputs {
                assert_eq!(survivors(output, &planted), BTreeSet::new(), "{signal:?}");
            }
            let masks = memchr::memmem::find_iter(outputs.last().unwrap(), "***").count();
            assert!(masks > planted.len() / 2, "{signal:?}: {masks} masks for {} canaries", planted.len());
        }
    }
}

/// Scenario: an address in every leaf and every key, then in every leaf under a key whose values stay but for what is found,
/// under the embedded policy and one that scans everything.
/// Guarantees: none leaves in plain, in either encoding.
#[test]
fn addresses_never_leave_in_plain() {
    let scan = Plan::from_json(r#"{"policy": "all", "schema": 1, "default": "scan"}"#, "all").unwrap();
    for plan in [Plan::embedded().unwrap(), scan].map(Arc::new) {
        for key in [None, Some("error.type")] {
            for signal in SIGNALS {
                let (payloads, planted) = planted(signal, address, key);
                for output in treated(&plan, signal, &payloads).iter().flatten() {
                    assert_eq!(
                        survivors(output, &planted),
                        BTreeSet::new(),
                        "{signal:?} under {}",
                        plan.name()
                    );
                }
            }
        }
    }
}

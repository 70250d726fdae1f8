//! Ten thousand mutated payloads through the engine.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; a panic there is a failed claim")]

use frostglass_tests_fuzz::counting::{Counting, cost};
use frostglass_tests_fuzz::{corpus, verdict};
use frostglass_tests_runner::Encoding;
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

#[global_allocator]
static COUNTING: Counting = Counting;

/// Bytes that one payload may cost beyond what the engine held before: what is remembered, and a few times its size.
fn most_bytes(payload: usize) -> usize {
    (2 << 20) + 32 * payload
}

/// For all of them together, on a busy machine and without optimization. One that takes exponential time takes longer.
const MOST_TIME: Duration = Duration::from_secs(120);

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What stands around the first place where two payloads differ, in each of them.
fn difference<'a>(one: &'a [u8], other: &'a [u8]) -> [Cow<'a, str>; 2] {
    const AROUND: usize = 200;
    let place = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let from = place.saturating_sub(AROUND);
    [one, other].map(|bytes| String::from_utf8_lossy(&bytes[from..bytes.len().min(place + AROUND)]))
}

/// Scenario: bit flips, cuts, splices, repeated pieces, deep nests, overlong numbers and odd text in payloads of every encoding
/// and signal, under policies that take different paths, with overflow checks on.
/// Guarantees: each ends in an output that independent readers can read, or in a refusal that quotes nothing; none panics;
/// under a suppressing policy no text is left; a second hop takes the output; memory and time are bounded.
#[test]
fn hostile_payloads_end_in_an_output_or_a_refusal() {
    let corpus = corpus::all();
    let mut engines = corpus::engines();
    let policies = corpus::policies();
    let (mut faults, mut refused, mut most) = (Vec::new(), 0, 0);
    let started = Instant::now();
    for hostile in &corpus {
        let engine = &mut engines[hostile.policy];
        let policy = policies[hostile.policy].0;
        let mut fault = |what: String| {
            let word = hostile.encoding.word();
            faults.push(format!(
                "{} under {policy}, {word} {:?}: {what}\n  {}",
                hostile.name,
                hostile.signal,
                hex(&hostile.bytes)
            ));
        };
        let (treated, cost) = cost(|| catch_unwind(AssertUnwindSafe(|| verdict::treat(engine, hostile))));
        most = most.max(cost.peak);
        if cost.peak > most_bytes(hostile.bytes.len()) {
            fault(format!("took {} bytes for a payload of {}", cost.peak, hostile.bytes.len()));
        }
        match treated {
            Err(_) => fault("panicked".into()),
            Ok(Err(what)) => fault(what),
            Ok(Ok(Err(_))) => refused += 1,
            Ok(Ok(Ok(output))) => {
                match verdict::read(hostile, policy == "structure", &output) {
                    Err(error) => fault(format!("the output cannot be read: {error}")),
                    Ok(tree) => {
                        let otlp = matches!(hostile.encoding, Encoding::OtlpProto | Encoding::OtlpJson);
                        if let (true, "suppress", Some(text)) = (otlp, policy, verdict::first_text(&tree)) {
                            fault(format!("text is left: {text:?}"));
                        }
                    }
                }
                let again = corpus::Hostile { bytes: output, ..hostile.clone() };
                match verdict::treat(engine, &again) {
                    Ok(Ok(second)) if second == again.bytes => {}
                    Ok(Ok(second)) => {
                        let [first, second] = difference(&again.bytes, &second);
                        fault(format!("a second hop changes it again: {first:?} to {second:?}"));
                    }
                    other => fault(format!("a second hop refuses it: {other:?}")),
                }
            }
        }
    }
    let took = started.elapsed();
    let count = faults.len();
    faults.truncate(20);
    assert!(faults.is_empty(), "{count} of {}:\n{}", corpus.len(), faults.join("\n"));
    assert!(
        refused > corpus.len() / 20 && refused < corpus.len() * 19 / 20,
        "{refused} of {} refused",
        corpus.len()
    );
    assert!(most > 0, "the allocator does not count");
    assert!(took < MOST_TIME, "took {took:?}");
}

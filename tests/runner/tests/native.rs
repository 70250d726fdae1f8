//! All cases in the engine itself.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; a panic there is a failed claim")]

use frostglass_tests_runner::claims::{contains, decode, forms};
use frostglass_tests_runner::{Case, Status, case, claims, native};
use std::sync::Arc;

/// Runs one case and gives what is wrong.
fn faults(case: &Case) -> Vec<String> {
    let mut faults = Vec::new();
    let mut decoded = Vec::new();
    for encoding in case.encodings() {
        let mut engine = native::engine(Arc::new(case.plan()), case.options());
        let reply = native::run(case, encoding, &mut engine);
        let mut here = claims::check(case, encoding, &reply, None);
        if reply.status == Status::Forwarded {
            let first = decode(case, encoding, &reply.body.0);
            let second = native::run_bytes(case, encoding, &mut engine, &reply.body.0);
            let again = decode(case, encoding, &second.body.0);
            if case.once.is_none() && first != again {
                here.push(format!("a second hop changes it again: {again:?}"));
            }
            decoded.push(first);
        }
        faults.extend(here.into_iter().map(|fault| format!("{}/{}: {fault}", case.name, encoding.word())));
    }
    if decoded.windows(2).any(|pair| pair[0] != pair[1]) {
        faults.push(format!("{}: the encodings differ: {decoded:#?}", case.name));
    }
    faults
}

/// Scenario: each case, in each of its encodings, one hop and a second one under the same policy.
/// Guarantees: what the case says; both encodings of OTLP come out alike; the second hop changes nothing, or the case says why.
#[test]
fn every_case_holds() {
    let only = std::env::var("CASE").unwrap_or_default();
    let cases = case::all();
    let run = cases.iter().filter(|case| !case.skip.contains_key("native") && case.name.contains(&only));
    // A case that cannot even be read is a fault of its own, and hides no other.
    let faults: Vec<String> = run
        .flat_map(|case| {
            std::panic::catch_unwind(|| faults(case))
                .unwrap_or_else(|_| vec![format!("{}: panicked, see above", case.name)])
        })
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Scenario: the cases themselves.
/// Guarantees: each value that is claimed to be absent stands in the input, so that no claim is empty.
#[test]
fn what_is_claimed_absent_was_there() {
    for case in case::all() {
        let encoding = case.encodings()[0];
        let mut texts = vec![case.payload(encoding)];
        texts.extend(claims::texts(&case, encoding, &texts[0]).into_iter().map(String::into_bytes));
        for value in &case.absent {
            let there = forms(value).iter().any(|(_, form)| texts.iter().any(|text| contains(text, form)));
            assert!(there, "{}: {value:?} is not in the input", case.name);
        }
        assert!(
            !case.absent.is_empty()
                || !case.kept.is_empty()
                || case.expect.is_some()
                || case.outcome.is_some(),
            "{}: claims nothing",
            case.name
        );
    }
}

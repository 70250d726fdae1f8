//! What a token, a seal and a reversible token cost: `cargo run --release -p frostglass-keys --features open --example
//! key_speed`, natively or for wasm32-wasip1 under Node (`tests/bench/engine/run-wasi.mjs`). Best of nine loops.

// A measurement prints, and ends where it cannot measure.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use frostglass_keys::{Binding, DEMO_KEY, Domain, Prefix, Random, Ring, Rotation, SealBinding};
use std::hint::black_box;
use std::time::Instant;

const VALUE: &[u8] = b"ann.miller.4711@shop.example.org";

fn main() {
    let mut ring = Ring::default();
    ring.add_standalone("ids", DEMO_KEY, true).unwrap();
    ring.add_sealing_key("safe", Rotation::Never, 0, [9; 32], [3; 32]).unwrap();
    let binding = Binding {
        key: "ids",
        domain: Domain::default(),
        class: "direct-id",
        canonicalizer: "exact/1",
        rotation: Rotation::Never,
        prefix: Prefix::default(),
    };
    let seal_binding =
        SealBinding { key: "safe", domain: Domain::default(), class: "direct-id", rotation: Rotation::Never };
    let pseudonymizer = ring.pseudonymizer(&binding).unwrap();
    let mut tokenizer = ring.tokenizer(&binding).unwrap();
    tokenizer.turn_to(0);
    let mut sealer = ring.sealer(&seal_binding).unwrap();
    sealer.turn_to(0);
    let recognizer = ring.recognizer(Domain::default());
    let mut random = Random::seeded([1; 32]);
    let mut out = String::new();
    sealer.seal(VALUE, &mut random, &mut out).unwrap();
    let sealed = out.clone();

    measure("token", 20_000, || pseudonymizer.token(black_box(VALUE)).unwrap().push_to(cleared(&mut out)));
    measure("token in a document", 20_000, || {
        pseudonymizer.document_token(&[7; 16], black_box(VALUE)).unwrap().push_to(cleared(&mut out));
    });
    measure("randomized token", 20_000, || {
        pseudonymizer.random_token(&mut random).unwrap().push_to(cleared(&mut out));
    });
    measure("seal", 20_000, || sealer.seal(black_box(VALUE), &mut random, cleared(&mut out)).unwrap());
    measure("reversible token", 20_000, || tokenizer.tokenize(black_box(VALUE), cleared(&mut out)).unwrap());
    measure("recognize a seal", 20_000, || assert!(recognizer.recognize(black_box(&sealed)).is_some()));
    measure("tell a text from all of them", 200_000, || {
        assert!(recognizer.recognize(black_box("no mailbox for the customer, who may call again")).is_none());
    });
    let mut minute = 0;
    measure("encapsulation and a seal", 200, || {
        minute += 60_000_000_000;
        sealer.turn_to(minute);
        sealer.seal(black_box(VALUE), &mut random, cleared(&mut out)).unwrap();
    });
}

fn cleared(out: &mut String) -> &mut String {
    out.clear();
    out
}

fn measure(what: &str, times: u32, mut work: impl FnMut()) {
    let mut best = f64::INFINITY;
    for _ in 0..9 {
        let start = Instant::now();
        for _ in 0..times {
            work();
        }
        best = best.min(start.elapsed().as_secs_f64() / f64::from(times));
    }
    println!("{what}: {:.0} ns", best * 1e9);
}

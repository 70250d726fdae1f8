//! Measures the detectors on log text: clean, with 12 % of the lines dirty, with fewer and more detectors, as short values.
//!
//! The same program runs native and, as wasm32-wasip1, under Node. The best of several rounds counts: on a shared
//! machine the others tell about the neighbors.
#![allow(clippy::print_stdout)] // Printing is what it is for.

mod corpus;

use frostglass_engine::Class;
use frostglass_engine::detect::{DetectError, FieldContext, Hits, Scanner, Selection, UserDetector};
use std::{hint::black_box, time::Instant};

/// Short rounds and many of them: some fall between two interruptions even on a busy machine.
const ROUNDS: u32 = 400;
const SECONDS_PER_ROUND: f64 = 0.002;
const MEBIBYTE: usize = 1 << 20;

fn main() -> Result<(), DetectError> {
    let all = Scanner::new(&Selection::All, Vec::new())?;
    let names = all.detectors().count();
    println!("{names} detectors; MB/s unless stated otherwise");
    let clean = corpus::lines(MEBIBYTE, 0, None);
    let dirty = corpus::lines(MEBIBYTE, 12, None);
    speed(&all, "clean, one text", &[clean.join("\n")]);
    speed(&all, "clean, line by line", &clean);
    speed(&all, "12 % of lines dirty, one text", &[dirty.join("\n")]);
    speed(&all, "12 % of lines dirty, line by line", &dirty);
    speed(&all, "every line dirty, line by line", &corpus::lines(MEBIBYTE, 100, None));
    for (kind, name) in corpus::KINDS.iter().enumerate() {
        speed(&all, &format!("clean {name}"), &[corpus::lines(MEBIBYTE, 0, Some(kind)).join("\n")]);
    }
    let half: Vec<String> = all.detectors().step_by(2).map(|spec| spec.name.to_string()).collect();
    let half = Scanner::new(&Selection::Named(half), Vec::new())?;
    speed(&half, "clean, half of the detectors", &[clean.join("\n")]);
    let users = (0..names).map(|number| UserDetector {
        name: format!("user-{number}"),
        pattern: format!("Q{}-[0-9]{{6}}", char::from(b'A' + (number % 26) as u8)),
        near: Vec::new(),
        class: Class::DirectId,
    });
    let more = Scanner::new(&Selection::All, users.collect())?;
    speed(&more, "clean, and as many users' patterns", &[clean.join("\n")]);
    for value in [
        "GET",
        "checkout-service",
        "a clean value of thirty bytes.",
        "2026-11-23T07:54:21.123456789Z",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "https://shop.example.org/api/v1/orders?limit=10&page=2#top",
    ] {
        let values = vec![value.to_owned(); 1000];
        let mut hits = Hits::new();
        let seconds = best(|| all_of(&all, &values, &mut hits));
        println!("{:>9.1} ns a value of {} bytes", seconds * 1e9 / values.len() as f64, value.len());
    }
    Ok(())
}

fn speed(scanner: &Scanner, name: &str, texts: &[String]) {
    let mut hits = Hits::new();
    let bytes: usize = texts.iter().map(String::len).sum();
    let found = all_of(scanner, texts, &mut hits);
    let seconds = best(|| all_of(scanner, texts, &mut hits));
    println!("{:>9.0} {name} ({found} findings)", bytes as f64 / seconds / 1e6);
}

fn all_of(scanner: &Scanner, texts: &[String], hits: &mut Hits) -> usize {
    let mut found = 0;
    for text in texts {
        scanner.find(black_box(text), FieldContext::default(), hits);
        found += hits.len();
    }
    found
}

/// Seconds of one run in the best round.
fn best(mut run: impl FnMut() -> usize) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut runs = 0_u32;
        while start.elapsed().as_secs_f64() < SECONDS_PER_ROUND {
            black_box(run());
            runs += 1;
        }
        best = best.min(start.elapsed().as_secs_f64() / f64::from(runs));
    }
    best
}

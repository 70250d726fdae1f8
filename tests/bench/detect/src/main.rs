//! Measures the detectors on log text: clean, with 12 % of the lines dirty, with fewer and more detectors, as short values.
//!
//! With a word as argument it measures only what is called so. The same program runs native and, as wasm32-wasip1, under Node. The best of several rounds counts: on a shared
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
/// How often the detectors are halved by lot.
const HALVINGS: usize = 4;

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
    doubling(&all, &clean.join("\n"))?;
    for value in [
        "GET",
        "checkout-service",
        "a clean value of thirty bytes.",
        "2026-11-23T07:54:21.123456789Z",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "https://shop.example.org/api/v1/orders?limit=10&page=2#top",
    ] {
        if !is_asked(value) {
            continue;
        }
        let values = vec![value.to_owned(); 1000];
        let mut hits = Hits::new();
        let seconds = best(|| all_of(&all, &values, &mut hits));
        println!("{:>9.1} ns a value of {} bytes", seconds * 1e9 / values.len() as f64, value.len());
    }
    Ok(())
}

/// What twice as many detectors cost: all of them against halves drawn by lot, and against themselves with as many patterns of a
/// user. Each half is measured together with the rest of them, so that none is chosen for being cheap.
fn doubling(all: &Scanner, text: &str) -> Result<(), DetectError> {
    let texts = [text.to_owned()];
    let mut dice = corpus::Dice::new(0xd01b_1e5e_ed00_0001);
    let mut names: Vec<String> = all.detectors().map(|spec| spec.name.to_string()).collect();
    let count = names.len();
    let mut speeds = Vec::new();
    let half_of_them = "clean, half of the detectors";
    for _ in 0..if is_asked(half_of_them) { HALVINGS } else { 0 } {
        for last in (1..count).rev() {
            names.swap(last, dice.roll(last as u64 + 1) as usize);
        }
        for half in names.chunks(count.div_ceil(2)) {
            let half = Scanner::new(&Selection::Named(half.to_vec()), Vec::new())?;
            speeds.push(speed_of(&half, &texts).0);
        }
    }
    if let (Some(least), Some(most)) =
        (speeds.iter().copied().reduce(f64::min), speeds.iter().copied().reduce(f64::max))
    {
        // Times are what adds up, not speeds.
        let mean = speeds.len() as f64 / speeds.iter().map(|speed| 1.0 / speed).sum::<f64>();
        println!("{mean:>9.0} {half_of_them} ({} halves, {least:.0} to {most:.0})", speeds.len());
    }
    let letter = |number: usize| char::from(b'A' + (number % 26) as u8);
    let users = (0..count).map(|number| UserDetector {
        name: format!("user-{number}"),
        pattern: format!("{}{}-[0-9]{{6}}", letter(number / 26), letter(number)),
        near: Vec::new(),
        class: Class::DirectId,
    });
    let more = Scanner::new(&Selection::All, users.collect())?;
    speed(&more, "clean, and as many patterns of a user", &texts);
    Ok(())
}

/// Whether somebody asked for a measurement, or for none in particular.
fn is_asked(name: &str) -> bool {
    std::env::args().nth(1).is_none_or(|asked| name.contains(&asked))
}

fn speed(scanner: &Scanner, name: &str, texts: &[String]) {
    if !is_asked(name) {
        return;
    }
    let (speed, found) = speed_of(scanner, texts);
    println!("{speed:>9.0} {name} ({found} findings)");
}

/// Megabytes a second, and how many findings there are.
fn speed_of(scanner: &Scanner, texts: &[String]) -> (f64, usize) {
    let mut hits = Hits::new();
    let bytes: usize = texts.iter().map(String::len).sum();
    let found = all_of(scanner, texts, &mut hits);
    let seconds = best(|| all_of(scanner, texts, &mut hits));
    (bytes as f64 / seconds / 1e6, found)
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

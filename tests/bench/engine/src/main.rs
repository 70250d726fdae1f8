//! Measures the engine on prebuilt payloads: one line of JSON a payload, with its speed and what became of its fields.
//!
//! The same program runs native and, as wasm32-wasip1, under Node. It reads files and a clock; all else is the engine.
//! The clock is CPU time, and the best of several rounds counts: on a shared machine the rest tells about the neighbors.
#![allow(clippy::print_stdout)] // Printing is what it is for.

use frostglass_engine::{Engine, OnWithheld, Options, Outcome, Payload, policy::Plan};
use frostglass_formats::Signal;
use frostglass_keys::Ring;
use std::{
    error::Error,
    fs,
    path::Path,
    sync::{Arc, LazyLock},
    time::Instant,
};

const ROUNDS: u32 = 7;
const SECONDS_PER_ROUND: f64 = 0.25;
/// A fixed time, so that every run does the same work.
const NOW: u64 = 1_700_000_000_000_000_000;
/// 32 bytes of nothing in particular: tokens cost the same under any key.
const KEY: &str = "3f9c1de07ab25486c3d1e90f5b7a6248190d3ecfa4b87216e5d0c94f8a3b7162";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let policy = arguments.next().ok_or("usage: bench-engine POLICY.json PAYLOAD.pb...")?;
    let plan = Arc::new(Plan::from_json(&fs::read_to_string(&policy)?, &policy)?);
    for path in arguments {
        measure(&plan, Path::new(&path))?;
    }
    Ok(())
}

/// Measures one payload. Its file name starts with its signal: `logs-dirty-0.pb`.
fn measure(plan: &Arc<Plan>, path: &Path) -> Result<(), Box<dyn Error>> {
    let name = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a payload without a name")?;
    let signal = match name.split('-').next() {
        Some("logs") => Signal::Logs,
        Some("traces") => Signal::Traces,
        Some("metrics") => Signal::Metrics,
        _ => return Err(format!("{name}: no signal in the name").into()),
    };
    let kind = Payload::OtlpProto(signal);
    let input = fs::read(path)?;
    let mut engine = engine(plan)?;
    let output_len = match engine.rewrite(&input, kind, &NOW) {
        Outcome::Unchanged => input.len(),
        Outcome::Rewritten(output) => output.len(),
        Outcome::Withheld(reason) => return Err(format!("{name}: withheld: {reason}").into()),
    };
    let tally = engine.tally();
    let fields = tally.fields;
    let changed: u64 = tally.treated.sum();
    let dropped: u64 = tally
        .treated
        .iter()
        .filter(|((_, treatment), _)| *treatment == "suppress")
        .map(|(_, count)| count)
        .sum();
    let treated = changed - dropped;
    let kept = fields.saturating_sub(changed);
    let best = (0..ROUNDS).map(|_| round(&mut engine, &input, kind)).fold(0.0, f64::max);
    println!(
        "{{\"name\":\"{name}\",\"bytes\":{},\"output\":{output_len},\"mb_per_s\":{best:.1},\"kept\":{kept},\
         \"treated\":{treated},\"dropped\":{dropped}}}",
        input.len()
    );
    Ok(())
}

fn engine(plan: &Arc<Plan>) -> Result<Engine, Box<dyn Error>> {
    let mut ring = Ring::default();
    for name in plan.key_names() {
        ring.add_standalone(name, KEY, false)?;
    }
    let options = Options { on_withheld: OnWithheld::Drop, ..Options::default() };
    Ok(Engine::new(Arc::clone(plan), ring, options))
}

/// Megabytes (10^6) a second over one round.
fn round(engine: &mut Engine, input: &[u8], kind: Payload) -> f64 {
    let start = seconds_now();
    let mut bytes = 0;
    loop {
        for _ in 0..8 {
            std::hint::black_box(engine.rewrite(std::hint::black_box(input), kind, &NOW));
            bytes += input.len();
        }
        let seconds = seconds_now() - start;
        if seconds >= SECONDS_PER_ROUND {
            return bytes as f64 / 1e6 / seconds;
        }
    }
}

/// CPU seconds of this thread as Linux counts them. Elsewhere the monotonic clock, which `run-wasi.mjs` replaces by
/// Node's CPU time.
fn seconds_now() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let on_cpu = fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    on_cpu.map_or_else(|| START.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

//! `frostglass-hostile requests` prints the hostile payloads as requests, one JSON line each; `frostglass-hostile check` reads
//! a host's replies, and ends with 1 and a list of faults if one is not what the engine itself makes of the payload.

#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a tool of tests: a panic here is a failed claim")]

use frostglass_tests_fuzz::{corpus, verdict};
use frostglass_tests_runner::{Reply, Status};
use std::io::BufRead as _;
use std::process::ExitCode;

/// Pages of 64 KiB that a module may have taken after all payloads: 32 MiB. The largest payload is under 200 kB.
const MOST_PAGES: u64 = 512;

fn main() -> ExitCode {
    let corpus = corpus::all();
    match std::env::args().nth(1).as_deref() {
        Some("requests") => {
            for request in corpus::requests(&corpus) {
                println!("{request}");
            }
            ExitCode::SUCCESS
        }
        Some("check") => {
            let mut engines = corpus::engines();
            let (mut replies, mut faults, mut most_pages) = (0, 0, 0);
            for (line, hostile) in std::io::stdin().lock().lines().zip(&corpus) {
                let reply: Reply = serde_json::from_str(&line.unwrap()).unwrap();
                let own = verdict::treat(&mut engines[hostile.policy], hostile)
                    .unwrap_or_else(|fault| panic!("{fault}"));
                let same = match (&own, reply.status) {
                    (Ok(output), Status::Forwarded) => {
                        *output == hostile.encoding.unpack(reply.body.0.clone())
                    }
                    (Err(word), Status::Refused) => reply.reason.as_deref() == Some(word),
                    _ => false,
                };
                if !same {
                    faults += 1;
                    println!(
                        "{}: {:?} {:?}, in the engine {:?}",
                        hostile.name,
                        reply.status,
                        reply.reason,
                        own.map(|_| ())
                    );
                }
                replies += 1;
                most_pages = most_pages.max(reply.pages);
            }
            println!("{replies} replies, {faults} faults, at most {most_pages} pages");
            ExitCode::from(u8::from(faults > 0 || replies != corpus.len() || most_pages > MOST_PAGES))
        }
        _ => panic!("usage: frostglass-hostile requests|check"),
    }
}

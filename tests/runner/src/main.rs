//! `frostglass-cases requests HOST` prints the requests of all cases that a host runs, one JSON line each;
//! `frostglass-cases check HOST` reads the replies, and ends with 1 and a list of faults if a case does not hold.

#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a tool of tests: a panic here is a failed claim")]

use frostglass_tests_runner::{Encoding, Reply, Status, case, claims, native};
use std::collections::BTreeMap;
use std::io::BufRead as _;
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let host = arguments.next().unwrap_or_default();
    let cases = case::all().into_iter().filter(|case| !case.skip.contains_key(&host));
    match command.as_str() {
        "requests" => {
            for case in cases {
                for encoding in case.encodings() {
                    println!("{}", serde_json::to_string(&case.request(encoding)).unwrap());
                }
            }
            ExitCode::SUCCESS
        }
        "check" => {
            let mut replies = BTreeMap::new();
            for line in std::io::stdin().lock().lines() {
                let mut reply: Reply = serde_json::from_str(&line.unwrap()).unwrap();
                let word = reply.id.rsplit('/').next().unwrap_or_default();
                if let Some(encoding) = Encoding::ALL.into_iter().find(|encoding| encoding.word() == word)
                    && reply.status == Status::Forwarded
                {
                    reply.body.0 = encoding.unpack(reply.body.0);
                }
                replies.insert(reply.id.clone(), reply);
            }
            let mut failed = false;
            for case in cases {
                for encoding in case.encodings() {
                    let id = format!("{}/{}", case.name, encoding.word());
                    let own = native::run(
                        &case,
                        encoding,
                        &mut native::engine(Arc::new(case.plan()), case.options()),
                    );
                    let faults = replies.get(&id).map_or_else(
                        || vec!["no reply".to_owned()],
                        |reply| {
                            claims::check(
                                &case,
                                encoding,
                                reply,
                                (!case.skip.contains_key("native")).then_some(&own),
                            )
                        },
                    );
                    for fault in &faults {
                        println!("{host}: {id}: {fault}");
                    }
                    failed |= !faults.is_empty();
                }
            }
            println!("{host}: {} replies", replies.len());
            ExitCode::from(u8::from(failed))
        }
        _ => panic!("usage: frostglass-cases requests|check wasm|envoy|collector"),
    }
}

//! Measures the walkers alone, without an engine: `cargo run --release -p frostglass-formats --example walk_speed`.
//!
//! Each line is a format under one visitor: `keep` rules every name but needs no value, `look` is shown every value and
//! keeps it, `replace` gives every leaf other text. Best of several rounds, in megabytes of input a second.

#![allow(clippy::print_stdout, reason = "the measurement is the output")]

use frostglass_formats::{
    Defect, Edit, FieldVisitor, Format, FormatError, Level, Limits, Name, Ruling, Scratch, Signal, Value,
    Verdict, json, lines, otlp,
};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

struct Same(Verdict, Edit);

impl FieldVisitor for Same {
    fn rule(&mut self, _: Name<'_>, _: Option<Ruling>) -> Ruling {
        Ruling { verdict: self.0, look_at_key: false, id: 0 }
    }
    fn key(&mut self, _: Ruling, _: &str, _: &mut String) -> Edit {
        Edit::Keep
    }
    fn value(&mut self, _: Ruling, _: Value<'_>, out: &mut String) -> Edit {
        if self.1 == Edit::Text {
            out.push_str("u_mfzwizltoqqgc3tpo5xa");
        }
        self.1
    }
    fn unknown(&mut self, _: Level) -> bool {
        false
    }
    fn unreadable(&mut self, _: Level, _: Defect) {}
    fn record_withheld(&mut self, _: Level, _: u64, _: Defect) -> bool {
        true
    }
}

/// One log record as SDKs write it, the same but for its numbers.
fn record(number: usize) -> String {
    format!(
        concat!(
            r#"{{"timeUnixNano":"17000000000{:08}","severityNumber":9,"severityText":"INFO","#,
            r#""body":{{"stringValue":"order {} placed, paying by invoice"}},"attributes":["#,
            r#"{{"key":"http.request.method","value":{{"stringValue":"POST"}}}},"#,
            r#"{{"key":"http.response.status_code","value":{{"intValue":"200"}}}},"#,
            r#"{{"key":"url.full","value":{{"stringValue":"https://shop.example.org/cart/{}?step=2"}}}},"#,
            r#"{{"key":"user.id","value":{{"stringValue":"user-{}"}}}},"#,
            r#"{{"key":"server.address","value":{{"stringValue":"shop.example.org"}}}},"#,
            r#"{{"key":"cart.total","value":{{"doubleValue":{}.25}}}}],"#,
            r#""traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","flags":1}}"#
        ),
        number, number, number, number, number
    )
}

fn measure(
    name: &str,
    format: &dyn Format,
    input: &[u8],
    visitor: &mut dyn FieldVisitor,
) -> Result<(), FormatError> {
    let mut scratch = Scratch::default();
    let mut output = Vec::new();
    let mut best = Duration::MAX;
    for _ in 0..40 {
        let start = Instant::now();
        format.walk(input, &Limits::default(), visitor, &mut scratch)?;
        if !scratch.splice.is_empty() {
            scratch.splice.apply(input, &mut output);
        }
        best = best.min(start.elapsed());
    }
    println!("{:10} {name:8} {:6.0} MB/s", format.name(), input.len() as f64 / best.as_secs_f64() / 1e6);
    Ok(())
}

fn main() -> Result<(), FormatError> {
    let mut lines = String::new();
    for number in 0..1500 {
        let _ = writeln!(lines, "{}", record(number));
    }
    let records = lines.trim_end().replace('\n', ",");
    let otlp = format!(
        r#"{{"resourceLogs":[{{"resource":{{}},"scopeLogs":[{{"scope":{{}},"logRecords":[{records}]}}]}}]}}"#
    );
    let formats: [(&dyn Format, &str); 3] =
        [(&otlp::Json(Signal::Logs), &otlp), (&json::Json, &otlp), (&lines::Ndjson, &lines)];
    for (format, input) in formats {
        let input = input.as_bytes();
        measure("keep", format, input, &mut Same(Verdict::Keep, Edit::Keep))?;
        measure("look", format, input, &mut Same(Verdict::Look, Edit::Keep))?;
        measure("replace", format, input, &mut Same(Verdict::Look, Edit::Text))?;
    }
    Ok(())
}

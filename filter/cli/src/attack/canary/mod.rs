//! Canaries: values that were planted, or are known to be sensitive, hunted in the output in many encodings.
//!
//! Plain in any case, reversed, in base64 and base32 at every alignment, in hex, in lists of byte values; behind escapes of JSON, C,
//! URLs, mail and HTML; split by separators; in gzip members, which may themselves be encoded. Field by field, in names of fields, and in the bytes of the file.

mod hunt;
mod undo;

use super::control::{self, Controls, base32, keyed_token};
use super::evidence::{Evidence, FieldId, ValueId};
use super::load::list;
use super::statistics;
use super::verdict::{Finding, Outcome, grouped};
use super::{Attack, Settings};
use crate::failure::{Failure, wrong};
use frostglass_engine::Class;
use hunt::{Hunt, SHORTEST, hexed, in_base64_bytes};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::PathBuf;

pub(super) struct Canary;

const NAME: &str = "canary";

/// What is undone, for people.
const ENCODINGS: &str = "in any case, reversed, split by separators, in base64, base32, hex, lists of byte values or gzip, behind escapes";

/// What stands for the bytes of a file outside of its fields.
const IN_THE_FILE: FieldId = FieldId::MAX;

impl Attack for Canary {
    fn name(&self) -> &'static str {
        NAME
    }

    fn sentence(&self) -> &'static str {
        "hunts planted values, encoded or not"
    }

    fn run(&self, evidence: &Evidence, settings: &Settings) -> Vec<Finding> {
        if evidence.canaries.is_empty() {
            return vec![Finding::not_tried(NAME, "needs values to hunt: give --canaries FILE")];
        }
        let hunt = Hunt::new(&evidence.canaries);
        let mut found: BTreeMap<FieldId, BTreeSet<(usize, &'static str)>> = BTreeMap::new();
        let mut fields_of: BTreeMap<ValueId, BTreeSet<FieldId>> = BTreeMap::new();
        for (field, value) in evidence.outputs.iter().flat_map(|view| &view.rows).flat_map(|row| &row.cells) {
            fields_of.entry(*value).or_default().insert(*field);
        }
        for (value, fields) in &fields_of {
            let hits = hunt.search(evidence.text(*value).as_bytes(), true);
            for field in fields {
                found.entry(*field).or_default().extend(&hits);
            }
        }
        for (field, hits) in &mut found {
            hits.extend(hunt.search(evidence.written(*field).as_bytes(), true));
        }
        found.retain(|_, hits| !hits.is_empty());
        let in_fields: BTreeSet<usize> = found.values().flatten().map(|hit| hit.0).collect();
        for view in &evidence.outputs {
            let hits = hunt.search(&view.bytes, false);
            // What a field was found with need not be told again.
            let mut outside = hits.into_iter().filter(|hit| !in_fields.contains(&hit.0)).peekable();
            if outside.peek().is_some() {
                found.entry(IN_THE_FILE).or_default().extend(outside);
            }
        }
        let count = evidence.canaries.len();
        if found.is_empty() {
            let says = format!("none of {} canaries stands in the output {ENCODINGS}", grouped(count as u64));
            return vec![
                Finding::new(NAME, "", Outcome::Held, says)
                    .measured("canaries found", statistics::share(0.0, count))
                    .number("canaries", count as f64),
            ];
        }
        let told = found.into_iter().map(|(field, hits)| {
            let canaries: BTreeSet<usize> = hits.iter().map(|hit| hit.0).collect();
            let ways: BTreeSet<&str> = hits.iter().map(|hit| hit.1).collect();
            let ways: Vec<&str> = ways.into_iter().collect();
            let says = format!(
                "{} of {} canaries: {}",
                grouped(canaries.len() as u64),
                grouped(count as u64),
                ways.join(", ")
            );
            let shown = canaries.iter().filter_map(|at| evidence.canaries.get(*at).cloned());
            let (name, stop) = if field == IN_THE_FILE {
                ("(file)", "default: suppress".to_owned())
            } else {
                let line = super::line(evidence, field, "suppress");
                (evidence.name(field), format!("catalog:\n{line}"))
            };
            Finding::new(NAME, name, Outcome::Succeeded, says)
                .measured("canaries found", statistics::share(canaries.len() as f64, count))
                .number("canaries", count as f64)
                .number("found", canaries.len() as f64)
                .shown(settings.show, shown)
                .stop(stop)
        });
        told.collect()
    }

    fn controls(&self) -> Controls {
        let mut controls = Controls::default();
        let canaries: Vec<String> =
            (0..50).map(|at| format!("Canary.Bird-{}@example.org", at * 7919)).collect();
        let planted = |ways: &[Way]| {
            let mut evidence = Evidence::default();
            let mut rows = Vec::new();
            for (name, way) in ways {
                let field = evidence.field(&format!("span/{name}"), Some(Class::Content));
                rows.extend(canaries.iter().map(|canary| (None, vec![(field, way(canary))])));
            }
            let view = control::view(&mut evidence, "planted", &rows);
            evidence.outputs.push(view);
            evidence.canaries = canaries.clone();
            evidence
        };
        controls.win("each encoding", planted(WAYS), Settings::default());
        let tokens: &[Way] = &[("token", |canary| keyed_token("", 1, canary))];
        controls.hold("keyed tokens", planted(tokens), Settings::default());
        controls
    }
}

/// Values that must not be in any output: lines of a list; of JSON lines the member `value`, and where they say so in a member
/// `canary`, as the labels of `frostglass synth` do, only those that are canaries.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<String>, Failure> {
    let mut out = Vec::new();
    for path in paths {
        for line in list(path)? {
            match serde_json::from_str::<serde_json::Value>(&line) {
                Ok(document) if document.is_object() => {
                    let is_canary =
                        document.get("canary").and_then(serde_json::Value::as_bool) != Some(false);
                    let value = document.get("value").and_then(serde_json::Value::as_str);
                    out.extend(value.filter(|_| is_canary).map(str::to_owned));
                }
                _ => out.push(line),
            }
        }
    }
    out.sort();
    out.dedup();
    if out.is_empty() && !paths.is_empty() {
        return Err(wrong(
            "--canaries: no value in it; write one a line, or JSON lines with a member `value`",
        ));
    }
    // Left out in silence, they would be said to stand nowhere.
    let short = out.iter().filter(|value| value.chars().count() < SHORTEST).count();
    if short > 0 {
        return Err(wrong(format!(
            "--canaries: {short} of {} values cannot be hunted: with fewer than {SHORTEST} characters, they stand somewhere by \
             accident; plant longer ones, or take them out",
            out.len()
        )));
    }
    Ok(out)
}

/// Takes care that no name of a field in which a canary stands is told.
pub(super) fn hide_names(evidence: &mut Evidence) {
    let hunt = Hunt::new(&evidence.canaries);
    for field in evidence.fields() {
        if !hunt.search(evidence.written(field).as_bytes(), true).is_empty() {
            evidence.hide_name(field);
        }
    }
}

/// A name for a way to write a value, and how it goes.
type Way = (&'static str, fn(&str) -> String);

/// Encodings of the positive control.
const WAYS: &[Way] = &[
    ("plain", |text| format!("mail to {text}, now")),
    ("upper", |text| text.to_uppercase()),
    ("reversed", |text| text.chars().rev().collect()),
    ("base64-0", |text| in_base64(&format!("{text}~"))),
    ("base64-1", |text| in_base64(&format!(">{text}~"))),
    ("base64-2", |text| in_base64(&format!(">>{text}~~"))),
    ("base64-twice", |text| in_base64(&in_base64(text))),
    ("base32-3", |text| base32(format!("abc{text}").as_bytes())),
    ("hex", |text| hexed(text.as_bytes(), "")),
    ("hex-colons", |text| hexed(text.as_bytes(), ":")),
    ("hex-dashes", |text| hexed(text.as_bytes(), "-")),
    ("hex-spaces", |text| hexed(text.as_bytes(), " ")),
    ("hex-escapes", |text| hexed(text.as_bytes(), "\\x")),
    ("hex-list", |text| format!("[{}]", hexed(text.as_bytes(), ", 0x"))),
    ("octal-escapes", |text| text.bytes().map(|byte| format!("\\{byte:03o}")).collect()),
    ("decimal-list", |text| format!("{:?}", text.as_bytes())),
    ("percent", |text| hexed(text.as_bytes(), "%")),
    ("parameter", |text| format!("/leave?mail={}", text.to_lowercase().replace('@', "%40"))),
    ("quoted-printable", |text| hexed(text.as_bytes(), "=")),
    ("soft-breaks", |text| text.chars().flat_map(|c| [c, '=', '\r', '\n']).collect()),
    ("json-escapes", |text| text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect()),
    ("html", |text| text.chars().map(|c| format!("&#{};", u32::from(c))).collect()),
    ("html-names", |text| text.replace('@', "&commat;").replace('.', "&period;")),
    ("split", |text| text.chars().flat_map(|c| [c, ' ']).collect()),
    ("gzip", |text| in_base64_bytes(&zipped(text))),
    ("gzip-hex", |text| hexed(&zipped(text), "")),
];

fn in_base64(text: &str) -> String {
    in_base64_bytes(text.as_bytes())
}

fn zipped(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = flate2::read::GzEncoder::new(text.as_bytes(), flate2::Compression::default());
    // Reading from memory does not fail; and if it did, the control would not win.
    let _ = encoder.read_to_end(&mut out);
    out
}

//! Reads payload files: opens them, undoes compression, and tells what they hold where that is beyond doubt.

use crate::failure::{Failure, wrong};
use clap::ValueEnum;
use frostglass_engine::Payload;
use frostglass_formats::compression::Compression;
use frostglass_formats::{Limits, Signal};
use std::fs::File;
use std::io::{Read, stdin};
use std::path::{Path, PathBuf};

/// Largest file that is taken as one payload, in bytes.
pub(crate) const LARGEST: usize = 1 << 30;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileFormat {
    /// An OTLP export request in protobuf
    OtlpProto,
    /// OTLP export requests in JSON: one, or one a line as the Collector's file exporter writes them
    OtlpJson,
    /// One JSON document
    Json,
    /// One JSON document a line
    Ndjson,
    /// Lines of text
    Text,
    /// A push to Loki in JSON
    LokiJson,
    /// A push to Loki as clients mostly send it: protobuf in snappy
    LokiProto,
    /// A request to the bulk API of Elasticsearch or OpenSearch
    Elasticsearch,
    /// Lines of syslog: RFC 5424 or RFC 3164
    Syslog,
    /// A request of Prometheus remote write 1.0 as it is sent: protobuf in snappy
    Prometheus,
}

/// `--signal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SignalWord {
    /// Log records
    Logs,
    /// Spans
    Traces,
    /// Metric points
    Metrics,
}

impl From<SignalWord> for Signal {
    fn from(word: SignalWord) -> Self {
        match word {
            SignalWord::Logs => Self::Logs,
            SignalWord::Traces => Self::Traces,
            SignalWord::Metrics => Self::Metrics,
        }
    }
}

/// `--format` and `--signal`.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct FormatArguments {
    /// What the input is; guessed from its name and beginning where that leaves no doubt.
    #[arg(short, long, value_name = "FORMAT")]
    pub(crate) format: Option<FileFormat>,
    /// Which signal OTLP protobuf holds; OTLP/JSON says so itself.
    #[arg(short, long, value_name = "SIGNAL")]
    pub(crate) signal: Option<SignalWord>,
}

/// How the bytes of an input are cut into payloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// One payload.
    Whole(Payload),
    /// One payload, as a block of snappy.
    Snapped(Payload),
    /// One payload a line.
    Lines(Payload),
    /// Pieces of any size between lines.
    Stream(Payload),
}

/// Bounds on payloads from files. Whoever runs the command chose the file, so they are wider than a host's.
pub(crate) fn limits() -> Limits {
    Limits { payload: LARGEST, output: LARGEST.saturating_mul(2), ..Limits::default() }
}

/// A file, or standard input for `-`.
pub(crate) struct Input {
    /// Name for messages.
    pub(crate) name: String,
    path: PathBuf,
    source: Box<dyn Read>,
    head: Vec<u8>,
    at: usize,
    /// Bytes in all, if that is known.
    pub(crate) size: Option<u64>,
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Bytes that a guess looks at.
const HEAD: usize = 64 << 10;

/// Longest first line, in bytes, behind which a second one is looked for.
const LONGEST_FIRST_LINE: usize = 64 << 20;

impl Input {
    /// Opens a file, or standard input for `-`, and undoes gzip and zstd, which it knows by their first bytes.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let from_stdin = path.as_os_str() == "-";
        let name = if from_stdin { "standard input".to_owned() } else { path.display().to_string() };
        let (source, size): (Box<dyn Read>, _) = if from_stdin {
            (Box::new(stdin()), None)
        } else {
            let file = File::open(path).map_err(|error| Failure::file(path, "cannot be read", &error))?;
            let size = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
            (Box::new(file), size)
        };
        let mut input = Self { name, path: path.to_owned(), source, head: Vec::new(), at: 0, size };
        input.fill_head(HEAD)?;
        let known: [(&[u8], _, _); 2] =
            [(&[0x1f, 0x8b], Compression::Gzip, "gz"), (&[0x28, 0xb5, 0x2f, 0xfd], Compression::Zstd, "zst")];
        if let Some((_, compression, ending)) =
            known.into_iter().find(|(magic, _, _)| input.head.starts_with(magic))
        {
            let packed = input.rest()?;
            let mut plain = Vec::new();
            compression
                .undo(&packed, &limits(), &mut plain)
                .map_err(|error| Failure::Stopped(format!("{}: {error}", input.name)))?;
            input.size = Some(plain.len() as u64);
            input.head = plain;
            input.at = 0;
            input.source = Box::new(std::io::empty());
            if input.path.extension().is_some_and(|extension| extension == ending) {
                input.path.set_extension("");
            }
        }
        // JSON stands behind a byte order mark where Windows wrote it; readers may pass over it (RFC 8259, section 8.1).
        if input.head.starts_with(b"\xef\xbb\xbf{") {
            input.at = "\u{feff}".len();
        }
        // Whether a line follows can only be told behind the first one, and export requests make long lines.
        while input.begins_json() && !input.head.contains(&b'\n') && input.head.len() < LONGEST_FIRST_LINE {
            let known = input.head.len();
            input.fill_head(known.max(HEAD))?;
            if input.head.len() == known {
                break;
            }
        }
        Ok(input)
    }

    /// What the input is: as said, or as guessed.
    pub(crate) fn cut(&self, said: &FormatArguments) -> Result<Cut, Failure> {
        let format = match said.format.or_else(|| self.guess()) {
            Some(format) => format,
            None => {
                let asks = if self.is_empty() { "is empty;" } else { "what is it?" };
                return Err(wrong(format!(
                    "{}: {asks} say --format otlp-proto, otlp-json, json, ndjson, text, loki-json, loki-proto, elasticsearch, prometheus or syslog",
                    self.name
                )));
            }
        };
        let is_document = matches!(format, FileFormat::Json | FileFormat::OtlpJson | FileFormat::LokiJson);
        if is_document && self.is_empty() {
            return Err(Failure::Stopped(format!("{}: is empty, and not a document of JSON", self.name)));
        }
        Ok(match format {
            FileFormat::OtlpProto => match said.signal {
                Some(signal) => Cut::Whole(Payload::OtlpProto(signal.into())),
                None => {
                    return Err(wrong(format!(
                        "{}: OTLP protobuf does not say what it holds; add --signal logs, traces or metrics",
                        self.name
                    )));
                }
            },
            FileFormat::OtlpJson => {
                let signal = said.signal.map(Signal::from).or_else(|| self.top_member()).ok_or_else(|| {
                    wrong(format!(
                        "{}: has no resourceLogs, resourceSpans or resourceMetrics near its beginning; add --signal",
                        self.name
                    ))
                })?;
                let payload = Payload::OtlpJson(signal);
                if self.is_lines() { Cut::Lines(payload) } else { Cut::Whole(payload) }
            }
            FileFormat::Json => Cut::Whole(Payload::Json),
            FileFormat::Ndjson => Cut::Stream(Payload::Ndjson),
            FileFormat::Text => Cut::Stream(Payload::Text),
            FileFormat::LokiJson => Cut::Whole(Payload::LokiJson),
            FileFormat::LokiProto => Cut::Snapped(Payload::LokiProto),
            FileFormat::Elasticsearch => Cut::Whole(Payload::Bulk),
            FileFormat::Syslog => Cut::Stream(Payload::Syslog),
            FileFormat::Prometheus => Cut::Snapped(Payload::Prometheus),
        })
    }

    fn guess(&self) -> Option<FileFormat> {
        let begins_json = self.begins_json();
        if begins_json && self.top_member().is_some() {
            return Some(FileFormat::OtlpJson);
        }
        let extension = self.path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        match extension {
            "ndjson" | "jsonl" => Some(FileFormat::Ndjson),
            "json" if self.is_lines() => Some(FileFormat::Ndjson),
            "json" => Some(FileFormat::Json),
            "log" | "txt" if !begins_json => Some(FileFormat::Text),
            "log" | "txt" if self.is_lines() => Some(FileFormat::Ndjson),
            "pb" | "binpb" | "otlp" => Some(FileFormat::OtlpProto),
            _ if begins_json && self.is_lines() => Some(FileFormat::Ndjson),
            _ => None,
        }
    }

    /// Whether nothing stands in it but blanks.
    fn is_empty(&self) -> bool {
        self.beginning().trim_ascii().is_empty()
    }

    fn begins_json(&self) -> bool {
        self.beginning().iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
    }

    /// Whether the first line is a JSON document of its own and another line follows.
    fn is_lines(&self) -> bool {
        let beginning = self.beginning();
        let Some(end) = beginning.iter().position(|byte| *byte == b'\n') else { return false };
        let (first, rest) = beginning.split_at(end);
        serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok()
            && rest.iter().any(|byte| !byte.is_ascii_whitespace())
    }

    fn top_member(&self) -> Option<Signal> {
        signal_of(self.beginning())
    }

    fn beginning(&self) -> &[u8] {
        self.head.get(self.at..).unwrap_or_default()
    }

    fn fill_head(&mut self, wanted: usize) -> Result<(), Failure> {
        let failed =
            |error: std::io::Error| Failure::Stopped(format!("{}: cannot be read: {error}", self.name));
        self.source.by_ref().take(wanted as u64).read_to_end(&mut self.head).map_err(failed)?;
        Ok(())
    }

    /// Appends more bytes; false at the end.
    pub(crate) fn more(&mut self, out: &mut Vec<u8>, wanted: usize) -> Result<bool, Failure> {
        if let Some(waiting) = self.head.get(self.at..).filter(|waiting| !waiting.is_empty()) {
            let taken = waiting.get(..wanted).unwrap_or(waiting);
            out.extend_from_slice(taken);
            self.at += taken.len();
            return Ok(true);
        }
        let failed =
            |error: std::io::Error| Failure::Stopped(format!("{}: cannot be read: {error}", self.name));
        let read = self.source.by_ref().take(wanted as u64).read_to_end(out).map_err(failed)?;
        Ok(read > 0)
    }

    /// All that is left, which is one block of snappy, as what stands in it.
    pub(crate) fn unsnapped(&mut self) -> Result<Vec<u8>, Failure> {
        let packed = self.rest()?;
        let mut plain = Vec::new();
        Compression::Snappy
            .undo(&packed, &limits(), &mut plain)
            .map_err(|error| Failure::Stopped(format!("{}: {error}", self.name)))?;
        Ok(plain)
    }

    /// All that is left, up to the largest payload.
    pub(crate) fn rest(&mut self) -> Result<Vec<u8>, Failure> {
        let mut all = Vec::new();
        while self.more(&mut all, LARGEST)? {
            if all.len() > LARGEST {
                return Err(Failure::Stopped(format!("{}: larger than {LARGEST} bytes", self.name)));
            }
        }
        Ok(all)
    }
}

/// The signal of the first member of an OTLP/JSON request, if that is one.
pub(crate) fn signal_of(request: &[u8]) -> Option<Signal> {
    let text = request.trim_ascii_start().strip_prefix(b"{")?.trim_ascii_start();
    let members: [(&[&str], Signal); 3] = [
        (&["resourceLogs", "resource_logs"], Signal::Logs),
        (&["resourceSpans", "resource_spans"], Signal::Traces),
        (&["resourceMetrics", "resource_metrics"], Signal::Metrics),
    ];
    let opens = |name: &str| text.starts_with(format!("\"{name}\"").as_bytes());
    members.into_iter().find(|(names, _)| names.iter().any(|name| opens(name))).map(|(_, signal)| signal)
}

//! One telemetry request through Envoy: headers wait until the body is treated, so that they can still say what it is.
//!
//! Promises: nothing of a request reaches the upstream before all of it has been treated; each way a body can end (last
//! piece, trailers, none at all) leads to the same treatment; a body stays in Envoy's buffer until it is whole; what is
//! refused is answered once, after the sender has finished if that is near, so that its connection survives.

use super::body::{Job, Treated};
use super::counters::{self, NONE, Series};
use super::hostcalls::{self, Buffer, Map, Status};
use super::pairs::Entry;
use super::partial::Notice;
use super::refusal::Refusal;
use super::request::{self, Asked, Dialect, Head, Request, Wrapping};
use super::root::{EnvoyHost, Serving};
use frostglass_engine::Tally;
use frostglass_formats::Edit;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::rc::Rc;

/// How many payload bounds of a refused body are thrown away before the answer no longer waits for its end.
const DRAINED_BOUNDS: usize = 4;

/// An upstream's answer to an export is a few bytes; a larger one is passed on as it is.
const RESPONSE_LIMIT: usize = 64 << 10;

/// Headers of the hop and of the framing, which this module or Envoy itself sets right. `transport/` lines cannot reach them.
const FRAMING: [&[u8]; 10] = [
    b"connection",
    b"content-encoding",
    b"content-length",
    b"content-type",
    b"grpc-encoding",
    b"host",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
];

/// Where an exchange stands.
#[derive(Debug)]
enum Stage {
    /// Nothing was seen.
    Start,
    /// The body is gathering in Envoy's buffer.
    Gathering(Request),
    /// The body is thrown away, then the refusal is sent.
    Draining { refusal: Refusal, dialect: Dialect, seen: usize, bound: usize },
    /// Answered from here; what follows is our own answer on its way out.
    Answered,
    /// The treated request is on its way; the upstream's answer may have to carry a notice.
    Sent(Option<(Notice, Dialect)>),
    /// The upstream's answer is gathering, to take up the notice.
    Answering(Notice, Dialect),
    /// Nothing more is to be done.
    Through,
}

/// The stream context.
#[derive(Debug)]
pub(super) struct Egress {
    serving: Option<Rc<Serving>>,
    stage: Stage,
    /// Metric label of the payload's signal.
    label: &'static str,
}

impl Egress {
    /// A context under the configuration in force; without one every request is refused.
    pub(super) fn new(serving: Option<Rc<Serving>>) -> Self {
        Self { serving, stage: Stage::Start, label: "none" }
    }

    fn take_stage(&mut self) -> Stage {
        std::mem::replace(&mut self.stage, Stage::Through)
    }

    /// Refuses now.
    fn refuse(&mut self, refusal: &Refusal, dialect: Dialect) -> Action {
        if let Some(serving) = &self.serving {
            let word = refusal.word();
            serving.count(Series { name: counters::REFUSED, labels: [("reason", word), NONE] }, 1);
            serving.count(payloads(self.label, "refused"), 1);
            serving.warn(word, || format!("refused: {refusal}"));
        }
        let answer = refusal.answer(dialect);
        self.answer(answer.status, answer.grpc_status, &answer.headers, &answer.body, refusal.word())
    }

    /// Refuses once the sender has finished, if it has not.
    fn refuse_after_body(
        &mut self,
        refusal: Refusal,
        dialect: Dialect,
        ended: bool,
        announced: usize,
    ) -> Action {
        let limit = self.serving.as_ref().map_or(0, |serving| serving.settings.limits().payload);
        let bound = limit.saturating_mul(DRAINED_BOUNDS);
        if ended || announced > bound {
            return self.refuse(&refusal, dialect);
        }
        self.stage = Stage::Draining { refusal, dialect, seen: 0, bound };
        Action::Pause
    }

    fn answer(
        &mut self,
        status: u32,
        grpc_status: i32,
        headers: &[(&str, &str)],
        body: &[u8],
        detail: &str,
    ) -> Action {
        self.stage = Stage::Answered;
        let details = format!("frostglass_{}", detail.replace('-', "_"));
        if hostcalls::respond(status, grpc_status, headers, body, &details).is_err() {
            hostcalls::reset();
        }
        Action::Pause
    }

    fn health(&mut self, serving: &Serving) -> Action {
        let (policy, digest) = &serving.policy;
        let policy = serde_json::Value::from(policy.as_str());
        let body = format!("{{\"status\":\"ok\",\"policy\":{policy},\"digest\":\"{digest}\"}}\n");
        let headers = [("content-type", "application/json"), ("cache-control", "no-store")];
        self.answer(200, -1, &headers, body.as_bytes(), "health")
    }

    /// The request is whole: treats its body and sends it on, or refuses.
    fn finish(&mut self, request: Request, body_size: Option<usize>, trailers: bool) -> Action {
        let Some(serving) = self.serving.clone() else {
            return self.refuse(&Refusal::NoPolicy, request.dialect);
        };
        match treat(&serving, &request, body_size, trailers, self.label) {
            Ok(notice) => {
                self.stage = Stage::Sent(notice.map(|notice| (notice, request.dialect)));
                Action::Continue
            }
            Err(refusal) => self.refuse(&refusal, request.dialect),
        }
    }

    /// The upstream's answer is whole: puts the notice in.
    fn put_notice(notice: &Notice, dialect: Dialect) {
        let Ok(response) = hostcalls::buffer(Buffer::ResponseBody, 0, RESPONSE_LIMIT) else { return };
        let merged = match dialect {
            Dialect::Proto => notice.in_proto(&response),
            Dialect::Json => notice.in_json(&response),
            Dialect::Grpc => notice.in_grpc(&response),
            Dialect::Text => None,
        };
        let Some(merged) = merged else { return };
        // A stale length would truncate or stall the answer: without one that is right, the answer stays as it came.
        let length = if dialect == Dialect::Grpc {
            hostcalls::remove_header(Map::ResponseHeaders, b"content-length")
        } else {
            set_length(Map::ResponseHeaders, merged.len())
        };
        if length.is_ok() {
            let _ = hostcalls::set_buffer(Buffer::ResponseBody, 0, response.len(), &merged);
        }
    }
}

fn payloads(label: &'static str, outcome: &'static str) -> Series {
    Series { name: counters::PAYLOADS, labels: [("signal", label), ("outcome", outcome)] }
}

fn set_length(map: Map, length: usize) -> Result<(), Status> {
    hostcalls::replace_header(map, b"content-length", length.to_string().as_bytes())
}

/// Treats a whole body (`None` for a request without one) and sets body and headers right.
fn treat(
    serving: &Serving,
    request: &Request,
    body_size: Option<usize>,
    trailers: bool,
    label: &'static str,
) -> Result<Option<Notice>, Refusal> {
    let limits = serving.settings.limits();
    let body = match body_size {
        None => Vec::new(),
        Some(_) => hostcalls::buffer(Buffer::RequestBody, 0, limits.payload.saturating_add(1))
            .map_err(|_| Refusal::Host)?,
    };
    if body_size.is_some_and(|size| size != body.len() && size <= limits.payload) {
        return Err(Refusal::Host);
    }
    // One callback runs at a time, so both are free; were they not, refusing is right.
    let (Ok(mut engine), Ok(mut desk)) = (serving.engine.try_borrow_mut(), serving.desk.try_borrow_mut())
    else {
        return Err(Refusal::Host);
    };
    let mut count = |tally: &Tally| serving.count_tally(tally, label);
    let mut forward = |bytes: &[u8]| {
        if body_size.is_none() && bytes.is_empty() {
            return Ok(());
        }
        hostcalls::set_buffer(Buffer::RequestBody, 0, body.len(), bytes).map_err(|_| Refusal::Host)
    };
    let job = Job::new(request, limits.payload, &EnvoyHost, &mut count);
    let on_withheld = serving.settings.options.on_withheld;
    let Treated { replaced, dropped } =
        job.treat(&mut engine, &mut desk, &body, on_withheld, &mut forward)?;
    let notice = request.records().and_then(|signal| Notice::new(signal, &dropped));
    set_headers(request, replaced, trailers, notice.is_some()).map_err(|_| Refusal::Host)?;

    let outcome = if replaced.is_some() { "rewritten" } else { "unchanged" };
    serving.count(payloads(label, outcome), 1);
    let bytes = |name| Series { name, labels: [("signal", label), NONE] };
    serving.count(bytes(counters::BYTES_IN), body.len() as u64);
    serving.count(bytes(counters::BYTES_OUT), replaced.unwrap_or(body.len()) as u64);
    if dropped.total() > 0 {
        serving.warn("dropped", || format!("dropped records of {label}: {dropped}"));
    }
    Ok(notice)
}

/// Makes the request's headers say what its body now is.
fn set_headers(
    request: &Request,
    replaced: Option<usize>,
    trailers: bool,
    noticed: bool,
) -> Result<(), Status> {
    const MAP: Map = Map::RequestHeaders;
    if noticed {
        // The notice goes into the answer's body, which must therefore come uncompressed.
        hostcalls::remove_header(MAP, b"accept-encoding")?;
        hostcalls::remove_header(MAP, b"grpc-accept-encoding")?;
    }
    let Some(length) = replaced else { return Ok(()) };
    match request.wrapping {
        Wrapping::Compressed(_) => hostcalls::remove_header(MAP, b"content-encoding")?,
        Wrapping::Messages(Some(_)) => hostcalls::remove_header(MAP, b"grpc-encoding")?,
        Wrapping::Plain | Wrapping::Snapped | Wrapping::Messages(None) => {}
    }
    // HTTP/1 carries trailers only behind a body without a length, and gRPC needs none.
    if trailers || request.dialect == Dialect::Grpc {
        hostcalls::remove_header(MAP, b"content-length")
    } else {
        hostcalls::remove_header(MAP, b"transfer-encoding")?;
        set_length(MAP, length)
    }
}

/// Treats the headers or trailers of the telemetry request by the policy's `transport/` lines.
fn treat_headers(serving: &Serving, map: Map, headers: &[Entry]) -> Result<(), Refusal> {
    let mut engine = serving.engine.try_borrow_mut().map_err(|_| Refusal::Host)?;
    if !engine.plan().rules_transport() {
        return Ok(());
    }
    let mut out = String::new();
    let mut edits: Vec<(usize, Option<String>)> = Vec::new();
    for (index, (name, value)) in headers.iter().enumerate() {
        if name.first() == Some(&b':') || FRAMING.contains(&name.as_slice()) {
            continue;
        }
        // Envoy lets no such name in; no line could rule it.
        let Ok(text) = std::str::from_utf8(name) else {
            edits.push((index, None));
            continue;
        };
        match engine.header(text, value, &EnvoyHost, &mut out) {
            Edit::Keep => {}
            Edit::Drop => edits.push((index, None)),
            Edit::Text => edits.push((index, Some(std::mem::take(&mut out)))),
            Edit::Int(number) => edits.push((index, Some(number.to_string()))),
            Edit::Double(number) => edits.push((index, Some(number.to_string()))),
        }
    }
    if edits.is_empty() {
        return Ok(());
    }
    serving.count(Series { name: counters::HEADERS, labels: [NONE, NONE] }, edits.len() as u64);
    write_edits(map, headers, &edits).map_err(|_| Refusal::Host)
}

/// Writes the edits. A header may come several times, and the host can only replace all of a name at once: so a name with an
/// edit is removed, then its values are added again in their order.
fn write_edits(map: Map, headers: &[Entry], edits: &[(usize, Option<String>)]) -> Result<(), Status> {
    let names = edits.iter().filter_map(|(index, _)| headers.get(*index)).map(|(name, _)| name);
    let mut names: Vec<&Vec<u8>> = names.collect();
    frostglass_formats::order::sort_by(&mut names, Ord::cmp);
    names.dedup();
    for name in names {
        hostcalls::remove_header(map, name)?;
        for (index, (_, value)) in headers.iter().enumerate().filter(|(_, (other, _))| other == name) {
            match edits.iter().find(|(edited, _)| *edited == index) {
                None => hostcalls::add_header(map, name, value)?,
                Some((_, Some(text))) => hostcalls::add_header(map, name, text.as_bytes())?,
                Some((_, None)) => {}
            }
        }
    }
    Ok(())
}

/// The headers that decide, and the length that was announced.
fn read_head(headers: Vec<Entry>) -> (Head, usize) {
    let mut head = Head::default();
    let mut announced = 0;
    for (name, value) in headers {
        let slot = match name.as_slice() {
            b":method" => &mut head.method,
            b":path" => &mut head.path,
            b"content-type" => &mut head.content_type,
            b"content-encoding" => &mut head.content_encoding,
            b"grpc-encoding" => &mut head.grpc_encoding,
            b"content-length" => {
                announced = std::str::from_utf8(&value).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
                continue;
            }
            _ => continue,
        };
        if slot.is_empty() {
            *slot = value;
        } else {
            // Given twice: together they name nothing that we know, and so are refused.
            slot.push(b',');
            slot.extend_from_slice(&value);
        }
    }
    (head, announced)
}

impl Context for Egress {}

impl HttpContext for Egress {
    fn on_http_request_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        let Ok(headers) = hostcalls::headers(Map::RequestHeaders) else {
            return self.refuse(&Refusal::Host, Dialect::Text);
        };
        let Some(serving) = self.serving.clone() else {
            let (head, _) = read_head(headers);
            let dialect = match request::read(&head, &Default::default()) {
                Asked::Treat(request) => request.dialect,
                Asked::Refuse(_, dialect) => dialect,
                Asked::Health => Dialect::Text,
            };
            return self.refuse(&Refusal::NoPolicy, dialect);
        };
        let treated = treat_headers(&serving, Map::RequestHeaders, &headers);
        let (head, announced) = read_head(headers);
        match request::read(&head, &serving.settings) {
            Asked::Health => self.health(&serving),
            Asked::Refuse(refusal, dialect) => {
                self.refuse_after_body(refusal, dialect, end_of_stream, announced)
            }
            Asked::Treat(request) => {
                self.label = request.label();
                let limit = serving.settings.limits().payload;
                if let Err(refusal) = treated {
                    self.refuse_after_body(refusal, request.dialect, end_of_stream, announced)
                } else if announced > limit {
                    let refusal = Refusal::TooLarge { limit };
                    self.refuse_after_body(refusal, request.dialect, end_of_stream, announced)
                } else if end_of_stream {
                    self.finish(request, None, false)
                } else {
                    self.stage = Stage::Gathering(request);
                    Action::Pause
                }
            }
        }
    }

    fn on_http_request_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        match self.take_stage() {
            Stage::Gathering(request) => {
                let limit = self.serving.as_ref().map_or(0, |serving| serving.settings.limits().payload);
                if size > limit {
                    self.stage = Stage::Draining {
                        refusal: Refusal::TooLarge { limit },
                        dialect: request.dialect,
                        seen: 0,
                        bound: limit.saturating_mul(DRAINED_BOUNDS),
                    };
                    return self.on_http_request_body(size, end_of_stream);
                }
                if end_of_stream {
                    return self.finish(request, Some(size), false);
                }
                self.stage = Stage::Gathering(request);
                Action::Pause
            }
            Stage::Draining { refusal, dialect, seen, bound } => {
                let seen = seen.saturating_add(size);
                let emptied = hostcalls::set_buffer(Buffer::RequestBody, 0, size, &[]);
                if end_of_stream || seen > bound || emptied.is_err() {
                    return self.refuse(&refusal, dialect);
                }
                self.stage = Stage::Draining { refusal, dialect, seen, bound };
                Action::Pause
            }
            Stage::Answered => {
                self.stage = Stage::Answered;
                Action::Pause
            }
            other => {
                self.stage = other;
                Action::Continue
            }
        }
    }

    fn on_http_request_trailers(&mut self, _: usize) -> Action {
        match self.take_stage() {
            Stage::Gathering(request) => {
                let treated = match (&self.serving, hostcalls::headers(Map::RequestTrailers)) {
                    (Some(serving), Ok(trailers)) => treat_headers(serving, Map::RequestTrailers, &trailers),
                    _ => Err(Refusal::Host),
                };
                if let Err(refusal) = treated {
                    return self.refuse(&refusal, request.dialect);
                }
                // The body callback saw every piece and its bound; how much there is in all, the buffer says.
                let limit = self.serving.as_ref().map_or(0, |serving| serving.settings.limits().payload);
                match hostcalls::buffer(Buffer::RequestBody, 0, limit.saturating_add(1)) {
                    Ok(body) => self.finish(request, Some(body.len()), true),
                    Err(_) => self.refuse(&Refusal::Host, request.dialect),
                }
            }
            Stage::Draining { refusal, dialect, .. } => self.refuse(&refusal, dialect),
            Stage::Answered => {
                self.stage = Stage::Answered;
                Action::Pause
            }
            other => {
                self.stage = other;
                Action::Continue
            }
        }
    }

    fn on_http_response_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        let (notice, dialect) = match self.take_stage() {
            Stage::Sent(Some((notice, dialect))) => (notice, dialect),
            other => {
                // Also the upstream's answer to a request that it did not wait for: we answered or will, not it.
                self.stage = other;
                return Action::Continue;
            }
        };
        let encoding = hostcalls::header(Map::ResponseHeaders, "content-encoding").unwrap_or_default();
        let succeeded = hostcalls::header(Map::ResponseHeaders, ":status").as_deref() == Some(b"200");
        if !succeeded || !matches!(encoding.as_slice(), b"" | b"identity") {
            return Action::Continue;
        }
        if !end_of_stream {
            self.stage = Stage::Answering(notice, dialect);
            return Action::Pause;
        }
        // A success without a body is an empty message. A body cannot be added to it, but the answer can be replaced.
        let answer = match dialect {
            Dialect::Proto => notice.in_proto(&[]).map(|body| (body, "application/x-protobuf")),
            Dialect::Json => notice.in_json(&[]).map(|body| (body, "application/json")),
            Dialect::Grpc | Dialect::Text => None,
        };
        match answer {
            Some((body, content_type)) => {
                self.answer(200, -1, &[("content-type", content_type)], &body, "partial_success")
            }
            None => Action::Continue,
        }
    }

    fn on_http_response_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        match self.take_stage() {
            Stage::Answering(notice, dialect) if size <= RESPONSE_LIMIT => {
                if end_of_stream {
                    Self::put_notice(&notice, dialect);
                    return Action::Continue;
                }
                self.stage = Stage::Answering(notice, dialect);
                Action::Pause
            }
            Stage::Answering(..) => Action::Continue,
            other => {
                self.stage = other;
                Action::Continue
            }
        }
    }

    fn on_http_response_trailers(&mut self, _: usize) -> Action {
        match self.take_stage() {
            Stage::Answering(notice, dialect) => {
                let failed = dialect == Dialect::Grpc
                    && hostcalls::header(Map::ResponseTrailers, "grpc-status").as_deref() != Some(b"0");
                if !failed {
                    Self::put_notice(&notice, dialect);
                }
            }
            other => self.stage = other,
        }
        Action::Continue
    }
}

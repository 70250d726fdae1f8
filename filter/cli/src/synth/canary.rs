//! Canaries: values that stand nowhere else, put where values hide, in the codings in which they hide.

use super::chance::{Seed, Subject};
use super::draft::{LogDraft, SpanDraft};
use super::truth::{Fact, Kind, Said};
use crate::otlp::Any;
use frostglass_formats::Level;

/// A value to be hunted.
#[derive(Debug)]
pub(super) struct Canary {
    /// Which of the places it takes.
    place: u64,
    pub(super) fact: Fact,
}

/// Places of a canary in a span or a log record.
const PLACES: u64 = 8;

/// The canary of a request, if it carries one: `wanted` of them lie evenly over `requests`.
pub(super) fn of_request(seed: Seed, request: u64, wanted: u64, requests: u64) -> Option<Canary> {
    let before = u128::from(request) * u128::from(wanted) / u128::from(requests.max(1));
    let after = (u128::from(request) + 1) * u128::from(wanted) / u128::from(requests.max(1));
    if before == after {
        return None;
    }
    let number = before as u64;
    let mut chance = seed.stream(Subject::Canary, number);
    let mark: String = chance.bytes::<6>().iter().map(|byte| format!("{byte:02x}")).collect();
    let fact = Fact::new(Kind::Canary, format!("canary.{mark}@example.org"));
    Some(Canary { place: number % PLACES, fact })
}

impl Canary {
    /// The text that holds the canary, and the attribute that holds the text. The first three places are ones that a catalog
    /// knows, the others ones that nobody has thought of.
    fn text(&self) -> (&'static str, Said) {
        let value = &self.fact.value;
        let plain = Said::from(&self.fact);
        match self.place {
            0 => ("user.email", plain),
            1 => (
                "db.query.text",
                Said::words("SELECT 1 FROM users WHERE email = '").tell(&self.fact).and("'"),
            ),
            2 => (
                "url.full",
                Said::words("https://shop.example.org/unsubscribe?mail=").tell_as(
                    &self.fact,
                    "percent",
                    &value.replace('@', "%40").replace('.', "%2E"),
                ),
            ),
            3 => {
                ("shop.debug.state", Said::default().tell_as(&self.fact, "base64", &base64(value.as_bytes())))
            }
            4 => ("shop.debug.key", Said::default().tell_as(&self.fact, "hex", &hex(value))),
            5 => (
                "shop.debug.request",
                Said::words("{\"mail\":\"")
                    .tell_as(&self.fact, "json", &value.replace('@', "\\u0040"))
                    .and("\"}"),
            ),
            6 => ("shop.note", Said::words("reported by ").tell(&self.fact).and(", call back")),
            _ => {
                ("error.message", Said::words("mailbox ").tell_as(&self.fact, "upper", &value.to_uppercase()))
            }
        }
    }

    /// Puts the canary into a span.
    pub(super) fn put_into_span(&self, span: &mut SpanDraft) {
        let (key, said) = self.text();
        span.told.say_instead(Level::Span, key, said);
    }

    /// Puts the canary into a log record: into an attribute, or into the text of the body.
    pub(super) fn put_into_log(&self, log: &mut LogDraft) {
        let (key, said) = self.text();
        match self.place % 2 {
            0 => {
                log.told.say_instead(Level::Log, key, said);
            }
            _ => {
                log.told.forget("log/@body");
                let text = log.told.built_in(Level::Log, "body", Said::words("debug: ").then(said));
                log.body = Any::from(text.as_str());
            }
        }
    }
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = ALPHABET[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

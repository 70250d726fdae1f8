//! Issued keys from an endpoint: where to ask, how often, and what to make of an answer. Makes no host call.
//!
//! The endpoint is `frostglass keys serve`, behind an Envoy cluster on a Unix socket or with mutual TLS. What cannot be taken
//! changes nothing: keys that are there serve until their own end, and while there are none, what needs them is suppressed.

use frostglass_keys::{Issued, IssuedEpoch, MAX_ISSUED_BYTES};

/// Where keys are fetched, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// Name of the Envoy cluster.
    pub(super) cluster: String,
    /// Path of the document.
    pub(super) path: String,
    /// Milliseconds between two questions.
    pub(super) every_millis: u32,
}

impl Source {
    /// Milliseconds after a configuration at which is asked first: not at once, since workers may have no clusters yet.
    pub(super) const FIRST_MILLIS: u32 = 50;
    /// Milliseconds between two questions while nothing comes of them.
    pub(super) const RETRY_MILLIS: u32 = 1000;
    /// Milliseconds for which an answer is waited for.
    pub(super) const PATIENCE_MILLIS: u64 = 5000;

    /// Milliseconds to the next question.
    pub(super) fn pause(&self, answered: bool) -> u32 {
        if answered { self.every_millis } else { Self::RETRY_MILLIS.min(self.every_millis) }
    }
}

/// A document that was taken.
#[derive(Debug, Clone)]
pub(super) struct Fetched {
    pub(super) issued: Issued,
    /// What the endpoint calls its content; empty if it does not say.
    pub(super) etag: String,
}

/// What an answer of the endpoint is good for.
#[derive(Debug)]
pub(super) enum Answer {
    /// The document that is there already.
    Same,
    /// Another document.
    New(Fetched),
    /// Nothing, and why, in fixed words and numbers.
    Refused(String),
}

impl Answer {
    /// Reads an answer: its status, its ETag, and its body, of which there are `size` bytes.
    pub(super) fn read(status: Option<&[u8]>, etag: Option<&[u8]>, body: &[u8], size: usize) -> Self {
        match status {
            Some(b"304") => Self::Same,
            Some(b"200") if size > MAX_ISSUED_BYTES || size != body.len() => {
                Self::Refused("the document is too large, or came short".to_owned())
            }
            Some(b"200") => match Issued::parse(body) {
                Ok(issued) => {
                    let etag = etag.and_then(|etag| std::str::from_utf8(etag).ok()).unwrap_or_default();
                    Self::New(Fetched { issued, etag: etag.to_owned() })
                }
                Err(error) => Self::Refused(error.to_string()),
            },
            Some(status) => {
                let digits = status.iter().all(u8::is_ascii_digit);
                let said = std::str::from_utf8(status).ok().filter(|_| digits).unwrap_or("no number");
                Self::Refused(format!("the endpoint answers with status {said}"))
            }
            None => Self::Refused("no answer came from the endpoint".to_owned()),
        }
    }
}

/// A document for a log: names, epochs and check values.
pub(super) fn told(issued: &Issued) -> String {
    let mut out = String::from("issued keys in force:");
    for (name, _, epochs) in issued.keys() {
        out.push_str(&format!(" {name}"));
        for IssuedEpoch { epoch, check_value, .. } in epochs {
            out.push_str(&format!(" {epoch}/{check_value}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: answers as a good, a broken and a foreign endpoint gives them.
    /// Guarantees: a document is taken when it is one; everything else is refused, and no text of it is repeated.
    #[test]
    fn only_a_document_is_taken() {
        let empty = br#"{"frostglass": "issued-keys", "version": 1, "issued": 1, "keys": []}"#;
        let taken = Answer::read(Some(b"200"), Some(b"\"abc\""), empty, empty.len());
        assert!(matches!(taken, Answer::New(fetched) if fetched.etag == "\"abc\""));
        assert!(matches!(Answer::read(Some(b"304"), None, b"", 0), Answer::Same));
        for (status, body, size) in [
            (Some(&b"200"[..]), &b"{\"secret\": 1}"[..], 13),
            (Some(b"200"), empty, empty.len() + 1),
            (Some(b"200"), b"", 2 << 20),
            (Some(b"503"), b"secret", 6),
            (Some(b"secret"), b"", 0),
            (None, b"", 0),
        ] {
            let Answer::Refused(why) = Answer::read(status, None, body, size) else { panic!("{status:?}") };
            assert!(!why.contains("secret"), "{why}");
        }
    }

    /// Scenario: the endpoint answers, and does not.
    /// Guarantees: asked as often as configured, and more often while nothing comes, never more often than configured.
    #[test]
    fn questions_are_asked_more_often_while_nothing_comes() {
        let source = |every_millis| Source { cluster: "keys".into(), path: "/v1/keys".into(), every_millis };
        assert_eq!((source(60_000).pause(true), source(60_000).pause(false)), (60_000, 1000));
        assert_eq!(source(1000).pause(false), 1000);
        assert_eq!(
            told(
                &Issued::parse(br#"{"frostglass": "issued-keys", "version": 1, "issued": 1, "keys": []}"#)
                    .unwrap()
            ),
            "issued keys in force:"
        );
    }
}

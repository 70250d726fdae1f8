//! Codes of banks that need no key (ISO 9362): right behind the number of an account, as EDIFACT, tables and people write them, and in
//! the headers of SWIFT messages. Those behind keys are a row of [`keyed`](super::keyed).

use super::{Detector, Probe, Site, Spec, iban, is_listed};
use crate::Class;
use core::ops::Range;

/// How the basic and application headers of a message go on behind their numbers (SWIFT FIN, blocks 1 and 2): a service, or the
/// direction and type of the message.
const HEADERS: &[&str] = &["F01", "F21", "I10", "I19", "I20", "I21", "I54", "I90", "I91", "I94", "I95"];

/// Words between the number of an account and the code of its bank.
const CALLS: &str = " bic swift code bicfi biccode swiftcode swiftbic kod código codice ";

/// Those that are nothing else.
const OWN_CALLS: &str = " bic swift bicfi biccode swiftcode swiftbic ";

pub(super) struct Behind;

impl Detector for Behind {
    fn spec(&self) -> Spec {
        Spec::new(
            "bank-bic",
            Class::Payment,
            "Codes of banks behind account numbers, and in headers of SWIFT messages",
        )
        .finds(&[
            "FII+BF+DE89370400440532013000+«DEUTDEFF500»:25:5'",
            "to DE89 3704 0044 0532 0130 00 (BIC «DEUTDEFF»), DE89370400440532013000 bic: «NEDSZAJJ»",
            "ABA 075283056, account number 807179779, SWIFT «MARKDEFF»",
            "{1:F01«DEUTDEFFAXXX»0000000000}{2:I103«NEDSZAJJXXXX»N}{4:",
        ])
        .passes_over(&[
            "DE89370400440532013000 RETURNED, DE89370400440532013000 bic is missing",
            "F01DEUTDEFFAXXX0000000000 and {1:F01deutdeffaxxx0000000000}",
            "FII+BF+DE89370400440532013001+DEUTDEFF500",
            "807179779, SWIFT PAYMENTS and 807179779 SWIFT TRANSFER, 807179779 MARKDEFF",
            "order 12345678 code ACCEPTED and 12345678 kod DATABASE",
        ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Iban, Site::Number, Site::Prefix(HEADERS)]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if probe.before(at) == b':' && matches!(probe.byte(at), b'F' | b'I') {
            let opened = at.checked_sub(3).is_some_and(|from| probe.byte(from) == b'{');
            // The type of a message has three digits; the address of a terminal has a letter more than the code, and a branch.
            let from = at + if probe.byte(at) == b'F' { 3 } else { 4 };
            return (opened && is_code(probe.slice(from..from + 12))).then_some(from..from + 12);
        }
        // Numbers of a country have no letters; the code behind one is called so.
        let mut end = if probe.byte(at).is_ascii_digit() {
            probe.run_end(at, 18, |byte| byte.is_ascii_digit() || byte == b'-')
        } else {
            let account = iban::account(probe, at);
            probe.forget();
            account?.end
        };
        let local = probe.byte(at).is_ascii_digit();
        let mut called = false;
        for _ in 0..4 {
            let from = probe.reach(end, 3, |byte| {
                matches!(byte, b' ' | b'+' | b',' | b'(' | b':' | b'/' | b'-' | b'"' | b'=' | b';')
            });
            let to = probe.reach(from, 12, |byte| byte.is_ascii_alphanumeric());
            let word = probe.slice(from..to);
            let joined = called || !local && probe.slice(end..from) == b"+";
            let known = !local || is_country(word.get(4..6).unwrap_or(&[]));
            if joined && known && matches!(word.len(), 8 | 11) && is_code(word) {
                return Some(from..to);
            }
            // Behind other numbers stand codes of other kinds.
            called = is_listed(word, if local && !called { OWN_CALLS } else { CALLS });
            if !called {
                break;
            }
            end = to;
        }
        None
    }
}

/// Whether letters are those of a country that banks are in: of one whose accounts have international numbers, or of a large one.
fn is_country(letters: &[u8]) -> bool {
    const OTHERS: &str = " us ca mx ar cl co pe au nz jp cn hk sg kr in th my id ph vn za ng ke ma ";
    iban::length(letters).is_some() || is_listed(letters, OTHERS)
}

/// Whether text begins like the code of a bank: its own letters, those of its country, a place.
fn is_code(text: &[u8]) -> bool {
    let upper = |byte: &u8| byte.is_ascii_uppercase();
    text.len() >= 8
        && text.iter().take(6).all(upper)
        && text.iter().all(|byte| upper(byte) || byte.is_ascii_digit())
}

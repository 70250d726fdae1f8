//! Lines of JSON and of text: each is a document of its own, and goes alone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed claim")]

use crate::same::{Same, walk};
use frostglass_formats::lines::{Ndjson, Text, split_point};
use frostglass_formats::{Edit, FormatError, Verdict};

/// Scenario: good, blank and broken lines, with both kinds of line endings.
/// Guarantees: broken lines go alone, with their endings, and are told by what is wrong; the rest stays byte for byte.
#[test]
fn a_broken_line_is_withheld_alone() {
    let deep = "[".repeat(65);
    let input =
        [b"{broken}\n{\"a\": 1}\r\n \r\n\"\xff\"\n".as_slice(), deep.as_bytes(), b"\n[2]\n\"cut"].concat();
    let mut same = Same::new(Verdict::Look, Edit::Keep);
    assert_eq!(walk(&Ndjson, &input, &mut same).unwrap(), b"{\"a\": 1}\r\n \r\n[2]\n");
    assert_eq!(
        same.seen,
        [
            "log/@body",
            "1 log withheld: Malformed",
            "log/@body",
            "log/@body.a",
            "Int(1)",
            "log/@body",
            "1 log withheld: Utf8",
            "log/@body",
            "1 log withheld: Depth",
            "log/@body",
            "Int(2)",
            "log/@body",
            "1 log withheld: Malformed",
        ]
    );
    same.alone = false;
    assert!(matches!(walk(&Ndjson, &input, &mut same), Err(FormatError::Malformed { at: 1, .. })));
}

/// Scenario: every line is ruled out, or every leaf dropped or replaced.
/// Guarantees: no line is left, or every line is still one document.
#[test]
fn lines_follow_the_ruling_of_a_body() {
    let input = b"{\"a\":1}\n[2]\n3\n";
    assert_eq!(walk(&Ndjson, input, &mut Same::new(Verdict::Drop, Edit::Keep)).unwrap(), b"");
    assert_eq!(walk(&Ndjson, input, &mut Same::new(Verdict::Keep, Edit::Drop)).unwrap(), input);
    assert_eq!(walk(&Ndjson, input, &mut Same::new(Verdict::Look, Edit::Drop)).unwrap(), b"{}\n[]\n");
    assert_eq!(
        walk(&Ndjson, input, &mut Same::new(Verdict::Look, Edit::Text)).unwrap(),
        b"{\"a\":\"new\"}\n[\"new\"]\n\"new\"\n"
    );
}

/// Scenario: text of several lines, one of which is not UTF-8.
/// Guarantees: the visitor sees the other lines as they would leave, in one piece; the bad line is told and gone, as a record is.
#[test]
fn text_is_shown_in_one_piece_without_unreadable_lines() {
    let input = b"-----BEGIN KEY-----\r\n\xff\xff\nMIIB\n\xfe\nend\r\n";
    let mut same = Same::new(Verdict::Look, Edit::Keep);
    assert_eq!(walk(&Text, input, &mut same).unwrap(), b"-----BEGIN KEY-----\r\nMIIB\nend\r\n");
    assert_eq!(
        same.seen,
        [
            "log/@body",
            "1 log withheld: Utf8",
            "1 log withheld: Utf8",
            r#"Text("-----BEGIN KEY-----\r\nMIIB\nend")"#
        ]
    );
    assert_eq!(walk(&Text, input, &mut Same::new(Verdict::Look, Edit::Text)).unwrap(), b"new\r\n");
    assert_eq!(walk(&Text, b"a\nb", &mut Same::new(Verdict::Look, Edit::Text)).unwrap(), b"new");
    assert_eq!(walk(&Text, b"a\nb", &mut Same::new(Verdict::Look, Edit::Int(-7))).unwrap(), b"-7");
    assert_eq!(walk(&Text, input, &mut Same::new(Verdict::Look, Edit::Drop)).unwrap(), b"");
    assert_eq!(walk(&Text, input, &mut Same::new(Verdict::Drop, Edit::Keep)).unwrap(), b"");
    assert_eq!(walk(&Text, input, &mut Same::new(Verdict::Keep, Edit::Drop)).unwrap(), input);
}

/// Scenario: a long log is read in chunks, and private keys stand in it.
/// Guarantees: chunks end behind lines, never inside a key; a mark that nothing closes does not hold up the rest.
#[test]
fn chunks_split_between_lines_and_outside_pem_blocks() {
    assert_eq!(split_point(b""), None);
    assert_eq!(split_point(b"half a line"), None);
    assert_eq!(split_point(b"one\ntwo\nthr"), Some(8));
    let open = b"one\n-----BEGIN PRIVATE KEY-----\nMII\nAB\n";
    assert_eq!(split_point(open), Some(4));
    assert_eq!(split_point(&open[4..]), None);
    let closed = [open.as_slice(), b"-----END PRIVATE KEY-----"].concat();
    assert_eq!(split_point(&closed), Some(4));
    let after = [closed.as_slice(), b"\nnext\nopen -----BEGIN"].concat();
    assert_eq!(split_point(&after), Some(closed.len() + 6));
    let unclosed = [b"-----BEGIN \n".repeat(20_000).as_slice(), b"tail"].concat();
    assert_eq!(split_point(&unclosed), Some(unclosed.len() - 4 - (64 << 10) / 12 * 12));
}

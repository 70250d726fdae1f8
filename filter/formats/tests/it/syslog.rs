//! Holds the walker of syslog against what the RFCs say: what is shown, what is left after edits.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed claim")]

use crate::lottery::{Lots, Lottery};
use crate::same::{self, Same};
use frostglass_formats::syslog::Syslog;
use frostglass_formats::{Edit, FieldVisitor, FormatError, Level, Verdict};
use proptest::prelude::*;

fn walk(input: &[u8], visitor: &mut dyn FieldVisitor) -> Result<String, FormatError> {
    same::walk(&Syslog, input, visitor).map(|output| String::from_utf8(output).unwrap())
}

/// A message of RFC 5424.
#[derive(Debug, Clone, PartialEq)]
struct Message {
    /// Host, application, process and message id.
    header: [String; 4],
    data: Vec<(String, Vec<(String, String)>)>,
    text: Option<String>,
}

fn message() -> impl Strategy<Value = Message> {
    let word = prop_oneof![Just("-".to_owned()), "[!-~]{1,6}"];
    let parameter =
        ("[a-d]{1,2}", prop_oneof!["\\PC{0,5}", Just("a\"b\\c]".to_owned()), Just("\\x".to_owned())]);
    let element = ("[a-z]{1,3}@[0-9]", proptest::collection::vec(parameter, 0..3));
    (
        [word.clone(), word.clone(), word.clone(), word],
        proptest::collection::vec(element, 0..3),
        proptest::option::of("\\PC{1,9}"),
    )
        .prop_map(|(header, data, text)| Message { header, data, text })
}

fn write(message: &Message) -> String {
    let mut line = format!("<165>1 2003-10-11T22:14:15.003Z {}", message.header.join(" "));
    line.push(' ');
    if message.data.is_empty() {
        line.push('-');
    }
    for (id, parameters) in &message.data {
        line += &format!("[{id}");
        for (name, value) in parameters {
            let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace(']', "\\]");
            line += &format!(" {name}=\"{escaped}\"");
        }
        line.push(']');
    }
    if let Some(text) = &message.text {
        line += &format!(" {text}");
    }
    line
}

const NAMES: [(Level, &str, usize); 4] = [
    (Level::Resource, "host.name", 255),
    (Level::Resource, "service.name", 48),
    (Level::Log, "syslog.procid", 128),
    (Level::Log, "syslog.msgid", 32),
];

fn treated(message: &Message, lots: Lots) -> Message {
    let header = std::array::from_fn(|at| {
        let ((level, name, longest), old) = (NAMES[at], &message.header[at]);
        if old == "-" {
            return "-".to_owned();
        }
        let new = lots.treat(level, name, old).unwrap_or_default();
        let fits = new.bytes().all(|byte| byte.is_ascii_graphic()) && (1..=longest).contains(&new.len());
        if fits { new } else { "-".to_owned() }
    });
    let parameter = |(name, value): &(String, String)| {
        let (name, new) = lots.attribute(Level::Log, name, value, false)?;
        (!new.is_empty() || value.is_empty()).then(|| (name, new.replace('\n', " ")))
    };
    let element = |(id, parameters): &(String, Vec<(String, String)>)| {
        let id = lots.treat(Level::Log, "syslog.sdid", id).filter(|new| !new.contains([' ', '"']))?;
        Some((id, parameters.iter().filter_map(parameter).collect()))
    };
    let text = message
        .text
        .as_ref()
        .map(|text| lots.treat(Level::Log, "body", text).unwrap_or_default().replace('\n', " "));
    Message { header, data: message.data.iter().filter_map(element).collect(), text }
}

proptest! {
    /// Scenario: made-up messages of RFC 5424, each field decided by lot.
    /// Guarantees: what leaves is the message that the decisions make of it; nothing decided means no byte changed.
    #[test]
    fn messages_are_treated_as_decided(messages in proptest::collection::vec(message(), 0..3), seed: u64) {
        let all = |messages: &[Message]| messages.iter().map(|one| write(one) + "\n").collect::<String>();
        let input = all(&messages);
        let output = walk(input.as_bytes(), &mut Lottery::new(seed)).unwrap();
        let expected: Vec<_> = messages.iter().map(|one| treated(one, Lots(seed))).collect();
        prop_assert_eq!(&output, &all(&expected));
        prop_assert_eq!(walk(input.as_bytes(), &mut Same::new(Verdict::Look, Edit::Keep)).unwrap(), input);
    }

    /// Scenario: messages that are cut, or have a byte changed.
    /// Guarantees: no panic; what leaves is syslog again, line by line.
    #[test]
    fn broken_messages_end_well(one in message(), seed: u64, at: usize, byte: u8) {
        let input = write(&one).into_bytes();
        let at = at % input.len();
        let _ = walk(&input[..at], &mut Lottery::new(seed));
        let mut broken = input;
        broken[at] = byte;
        let output = walk(&broken, &mut Lottery::new(seed)).unwrap();
        let mut again = Same::new(Verdict::Look, Edit::Keep);
        prop_assert_eq!(walk(output.as_bytes(), &mut again).unwrap(), output);
        prop_assert!(!again.seen.iter().any(|seen| seen.contains("record")));
    }
}

/// Scenario: the examples of both RFCs.
/// Guarantees: each field is shown under its name.
#[test]
fn the_examples_of_the_rfcs_are_read() {
    let shown = |line: &str| {
        let mut same = Same::new(Verdict::Look, Edit::Keep);
        assert_eq!(walk(line.as_bytes(), &mut same).unwrap(), line);
        same.seen.join(" ")
    };
    assert_eq!(
        shown("<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \u{feff}'su root' failed"),
        "resource/host.name Text(\"mymachine.example.com\") resource/service.name Text(\"su\") \
         log/syslog.msgid Text(\"ID47\") log/@body Text(\"'su root' failed\")"
    );
    assert_eq!(
        shown("<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time."),
        "resource/host.name Text(\"192.0.2.1\") resource/service.name Text(\"myproc\") \
         log/syslog.procid Text(\"8710\") log/@body Text(\"%% It's time.\")"
    );
    assert_eq!(
        shown("<165>1 - - - - - [a@1 iut=\"3\"][b@2 user.email=\"x\\]\"]"),
        "log/syslog.sdid Text(\"a@1\") log/iut Text(\"3\") log/syslog.sdid Text(\"b@2\") log/user.email Text(\"x]\")"
    );
    assert_eq!(
        shown("<34>Oct 11 22:14:15 mymachine su: 'su root' failed"),
        "resource/host.name Text(\"mymachine\") resource/service.name Text(\"su\") log/@body Text(\"'su root' failed\")"
    );
    assert_eq!(
        shown("<13>Feb  5 17:32:18 10.0.0.99 sshd[4721]: Accepted"),
        "resource/host.name Text(\"10.0.0.99\") resource/service.name Text(\"sshd\") \
         log/syslog.procid Text(\"4721\") log/@body Text(\"Accepted\")"
    );
    assert_eq!(
        shown("<13>Feb  5 17:32:18 cron[1]: done"),
        "resource/service.name Text(\"cron\") log/syslog.procid Text(\"1\") log/@body Text(\"done\")"
    );
    assert_eq!(
        shown("<0>Oct 22 10:52:01 host no tag here"),
        "resource/host.name Text(\"host\") log/@body Text(\"no tag here\")"
    );
}

/// Scenario: lines that are no syslog between sound ones, with both kinds of line endings; then times and priorities that go.
/// Guarantees: they go alone and are told, or the payload is refused; a header without its value is `-`.
#[test]
fn a_line_that_is_no_syslog_goes_alone() {
    let sound = "<13>Feb  5 17:32:18 h a: x\r\n";
    let mut input = sound.as_bytes().to_vec();
    for odd in [
        "",
        "no priority",
        "<192>1 - - - - - -",
        "<1>2 - - - - - -",
        "<>1 - - - - - -",
        "<1>1 - - - -",
        "<1>1 - - - - - [a",
        "<1>1 - - - - - [a b]",
        "<1>1 - - - - - [a b=\"c]",
        "<1>1 - - - - - x",
        "<1>1 2003-10-11 - - - - -",
        "<1>Foo 11 22:14:15 h x",
        "<1>1 - - - - - -x",
        "<1>1 2003-10-11T22:14:15.1.2Z - - - - -",
    ] {
        input.extend_from_slice(odd.as_bytes());
        input.push(b'\n');
    }
    input.extend_from_slice(b"<1>1 - \xff - - - -\n");
    input.extend_from_slice(sound.as_bytes());
    let mut same = Same::new(Verdict::Look, Edit::Keep);
    assert_eq!(walk(&input, &mut same).unwrap(), format!("{sound}\n{sound}"));
    let told = |what: &str| same.seen.iter().filter(|seen| *seen == what).count();
    assert_eq!((told("1 log withheld: Malformed"), told("1 log withheld: Utf8")), (13, 1));
    same.alone = false;
    assert!(walk(&input, &mut same).is_err());

    let mut same = Same::new(Verdict::Drop, Edit::Keep);
    same.structure = true;
    let input = b"<34>1 2003-10-11T22:14:15Z h a 1 m [x y=\"z\"] text\n<34>Oct 11 22:14:15 h a: text\n";
    assert_eq!(walk(input, &mut same).unwrap(), "<13>1 - - - - - - \n");
}

/// Scenario: lines of RFC 3164 that are a message alone, or nothing behind the time.
/// Guarantees: what leaves is read the same way again: no word of a new message is taken for a host.
#[test]
fn a_message_alone_stays_one() {
    let input = b"<13>May  6 07:08:09 [odd] words\n<13>May  6 07:08:09 \n";
    let mut same = Same::new(Verdict::Look, Edit::Text);
    let output = walk(input, &mut same).unwrap();
    assert_eq!(output, "<13>May  6 07:08:09 - new\n<13>May  6 07:08:09 \n");
    assert_eq!(walk(output.as_bytes(), &mut Same::new(Verdict::Look, Edit::Text)).unwrap(), output);
    let output = walk(input, &mut Same::new(Verdict::Drop, Edit::Keep)).unwrap();
    assert_eq!(output, "<13>May  6 07:08:09 \n<13>May  6 07:08:09 \n");
    assert_eq!(walk(output.as_bytes(), &mut Same::new(Verdict::Drop, Edit::Keep)).unwrap(), output);
}

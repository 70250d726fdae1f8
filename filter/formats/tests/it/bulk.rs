//! Holds the walker of bulk requests against serde_json: what is shown, what is left after edits.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed claim")]

use crate::lottery::{Lots, Lottery};
use crate::same::{self, Same};
use frostglass_formats::bulk::Bulk;
use frostglass_formats::{Edit, FieldVisitor, FormatError, Level, Verdict};
use proptest::prelude::*;
use serde_json::{Map, Value as Tree, json};

fn walk(input: &[u8], visitor: &mut dyn FieldVisitor) -> Result<Vec<u8>, FormatError> {
    same::walk(&Bulk, input, visitor)
}

fn value() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        Just(Tree::Null),
        any::<bool>().prop_map(Tree::from),
        any::<i32>().prop_map(Tree::from),
        "[a-c\"\\\\\n]{0,3}".prop_map(Tree::from),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Tree::from),
            proptest::collection::vec(("[a-d]", inner), 0..3)
                .prop_map(|members| Tree::Object(members.into_iter().collect())),
        ]
    })
}

fn object() -> impl Strategy<Value = Tree> {
    proptest::collection::vec(("[a-d]", value()), 0..4)
        .prop_map(|members| Tree::Object(members.into_iter().collect()))
}

/// An action with its source, if it has one.
type Pair = (String, Tree, Option<Tree>);

fn bulk() -> impl Strategy<Value = Vec<Pair>> {
    let meta = (any::<[bool; 3]>(), "[a-d]{1,2}", any::<u8>()).prop_map(|(there, id, version)| {
        let all = [("_index", json!("logs")), ("_id", json!(id)), ("version", json!(version))];
        let some = all.into_iter().zip(there).filter(|(_, there)| *there);
        Tree::Object(some.map(|((key, value), _)| (key.to_owned(), value)).collect())
    });
    let change =
        (any::<[bool; 3]>(), object(), object(), value()).prop_map(|(there, doc, upsert, script)| {
            let all = [("doc", doc), ("upsert", upsert), ("script", json!({"params": script}))];
            let some = all.into_iter().zip(there).filter(|(_, there)| *there);
            Tree::Object(some.map(|((key, value), _)| (key.to_owned(), value)).collect())
        });
    let pair = (0..4_usize, meta, object(), change).prop_map(|(action, meta, document, change)| {
        let word = ["index", "create", "update", "delete"][action];
        let source = match action {
            0 | 1 => Some(document),
            2 => Some(change),
            _ => None,
        };
        (word.to_owned(), meta, source)
    });
    proptest::collection::vec(pair, 0..5)
}

fn to_bytes(bulk: &[Pair], ending: &str) -> Vec<u8> {
    let mut text = String::new();
    for (word, meta, source) in bulk {
        text += &json!({word: meta}).to_string();
        text += ending;
        if let Some(source) = source {
            text += &source.to_string();
            text += ending;
        }
    }
    text.into_bytes()
}

/// As Elasticsearch reads it: an action, then a source if it is not `delete`; all lines end.
fn of_bytes(bytes: &[u8]) -> Vec<Pair> {
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    let mut lines = text.lines();
    let mut bulk = Vec::new();
    while let Some(line) = lines.next() {
        let action: Map<String, Tree> = serde_json::from_str(line).unwrap();
        assert_eq!(action.len(), 1);
        let (word, meta) = action.into_iter().next().unwrap();
        let source = (word != "delete").then(|| serde_json::from_str(lines.next().unwrap()).unwrap());
        bulk.push((word, meta, source));
    }
    bulk
}

fn treated_value(lots: Lots, path: &str, verdict: Verdict, tree: &Tree) -> Option<Tree> {
    match verdict {
        Verdict::Keep => return Some(tree.clone()),
        Verdict::Drop => return None,
        Verdict::Look => {}
    }
    match tree {
        Tree::String(text) => match lots.text(path, text) {
            Edit::Keep => Some(tree.clone()),
            Edit::Drop => None,
            Edit::Text => Some(json!(crate::lottery::REPLACEMENT)),
            Edit::Int(number) => Some(json!(number)),
            Edit::Double(number) => Some(json!(number)),
        },
        Tree::Array(items) => Some(
            items
                .iter()
                .filter_map(|item| treated_value(lots, path, Verdict::Look, item))
                .collect::<Vec<_>>()
                .into(),
        ),
        Tree::Object(members) => {
            let member = |(key, value): (&String, &Tree)| treated_member(lots, path, key, value, true);
            Some(Tree::Object(members.iter().filter_map(member).collect()))
        }
        _ => Some(tree.clone()),
    }
}

fn treated_member(
    lots: Lots,
    holder: &str,
    key: &str,
    value: &Tree,
    keys_change: bool,
) -> Option<(String, Tree)> {
    let path = if holder.is_empty() { key.to_owned() } else { format!("{holder}.{key}") };
    let new_key = lots.new_key(Level::Log, &path, key, keys_change)?;
    Some((new_key, treated_value(lots, &path, lots.verdict(Level::Log, &path), value)?))
}

fn treated(bulk: &[Pair], lots: Lots) -> Vec<Pair> {
    let body = lots.verdict(Level::Log, "body");
    let one = |(word, meta, source): &Pair| {
        let mut left = Map::new();
        for (key, value) in meta.as_object().unwrap() {
            match treated_member(lots, "", key, value, false) {
                Some((key, value)) => drop(left.insert(key, value)),
                None if key == "_index" => return None,
                None if key == "_id" && (word == "update" || word == "delete") => return None,
                None => {}
            }
        }
        let source = match source {
            Some(Tree::Object(members)) if word == "update" && body == Verdict::Look => {
                let mut left = Map::new();
                for (key, value) in members {
                    let member = if key == "doc" || key == "upsert" {
                        treated_value(lots, "body", body, value).map(|value| (key.clone(), value))
                    } else {
                        treated_member(lots, "body", key, value, false)
                    };
                    left.extend(member);
                }
                if left.is_empty() && !members.is_empty() {
                    return None;
                }
                Some(Tree::Object(left))
            }
            Some(source) => Some(treated_value(lots, "body", body, source)?),
            None => None,
        };
        Some((word.clone(), Tree::Object(left), source))
    };
    bulk.iter().filter_map(one).collect()
}

proptest! {
    /// Scenario: made-up bulk requests with all actions, each field decided by lot.
    /// Guarantees: a reader of the format reads exactly what the decisions make of it; nothing decided means no byte changed.
    #[test]
    fn a_bulk_is_treated_as_decided(bulk in bulk(), seed: u64, windows: bool) {
        let input = to_bytes(&bulk, if windows { "\r\n" } else { "\n" });
        let output = walk(&input, &mut Lottery::new(seed)).unwrap();
        prop_assert_eq!(of_bytes(&output), treated(&bulk, Lots(seed)));
        let kept = walk(&input, &mut Same::new(Verdict::Look, Edit::Keep)).unwrap();
        prop_assert_eq!(kept, input);
    }

    /// Scenario: a bulk request that is cut, or has a byte changed.
    /// Guarantees: no panic; what is taken is still actions with their sources.
    #[test]
    fn broken_bulks_stay_in_step(bulk in bulk(), seed: u64, at: usize, byte: u8) {
        let input = to_bytes(&bulk, "\n");
        prop_assume!(!input.is_empty());
        let at = at % input.len();
        let _ = walk(&input[..at], &mut Lottery::new(seed));
        let mut broken = input;
        broken[at] = byte;
        if let Ok(output) = walk(&broken, &mut Same::new(Verdict::Look, Edit::Text))
            && broken.ends_with(b"\n")
        {
            for line in output.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
                prop_assert!(serde_json::from_slice::<Tree>(line).is_ok());
            }
        }
    }
}

/// Scenario: documents that cannot be read between sound ones, blank lines, and actions that cannot be read.
/// Guarantees: a document goes with its action; after a broken action the payload is refused, and so is an action without source.
#[test]
fn a_broken_source_takes_its_action_along() {
    let input =
        b"{\"index\":{}}\n{\"a\":1}\n\n{\"index\":{\"_id\":\"1\"}}\n{broken\n{\"delete\":{\"_id\":\"2\"}}\n\
        {\"create\":{}}\n\"\xff\"\n \n{\"index\":{}}\n{\"b\":2}\n";
    let mut same = Same::new(Verdict::Look, Edit::Keep);
    let output = walk(input, &mut same).unwrap();
    let left = b"{\"index\":{}}\n{\"a\":1}\n\n{\"delete\":{\"_id\":\"2\"}}\n \n{\"index\":{}}\n{\"b\":2}\n";
    assert_eq!(output, left);
    let told = |what: &str| same.seen.iter().filter(|seen| *seen == what).count();
    assert_eq!((told("1 log withheld: Malformed"), told("1 log withheld: Utf8")), (1, 1));
    same.alone = false;
    assert!(walk(input, &mut same).is_err());
    for broken in [
        "{\"index\":{}}\n",
        "{\"index\":{}}",
        "{\"remove\":{}}\n{}\n",
        "{}\n{}\n",
        "{\"index\":{},\"create\":{}}\n{}\n",
        "{\"index\":null}\n{}\n",
        "{\"index\":{}} x\n{}\n",
        "[]\n",
    ] {
        let mut same = Same::new(Verdict::Look, Edit::Keep);
        assert!(walk(broken.as_bytes(), &mut same).is_err(), "{broken}");
    }
}

/// Scenario: an index action, an update and a delete.
/// Guarantees: what is said of a document are attributes, its members those of a body, also inside an update.
#[test]
fn names_are_those_of_ndjson() {
    let input = b"{\"index\":{\"_index\":\"a\"}}\n{\"user\":{\"email\":\"x\"}}\n\
        {\"update\":{\"_id\":\"b\"}}\n{\"doc\":{\"user\":{\"email\":\"x\"}},\"script\":{\"params\":{\"p\":1}}}\n";
    let mut same = Same::new(Verdict::Look, Edit::Keep);
    walk(input, &mut same).unwrap();
    let names: Vec<_> = same.seen.iter().filter(|seen| seen.starts_with("log/")).collect();
    assert_eq!(
        names,
        [
            "log/_index",
            "log/@body",
            "log/@body.user",
            "log/@body.user.email",
            "log/_id",
            "log/@body",
            "log/@body.user",
            "log/@body.user.email",
            "log/@body.script",
            "log/@body.script.params",
            "log/@body.script.params.p"
        ]
    );
    assert_eq!(walk(input, &mut Same::new(Verdict::Drop, Edit::Keep)).unwrap(), b"");
}

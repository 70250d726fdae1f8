//! Words in errors, with a stand-in for the detectors. Reading policies is tested in the engine, beside the detectors that judge there.

use frostglass_policy::{Period, PolicyFile, judge_words, quoted, unknown};

/// Scenario: a program reads words and a policy, at first without saying what tells words from values, then with.
/// Guarantees: at first no word is repeated; then all but what holds a value; and a later answer changes nothing.
#[test]
fn words_are_repeated_once_they_are_judged() {
    let period = || Period::parse("5min").unwrap_err();
    assert_eq!(quoted("suppress"), "this word (8 bytes)");
    assert_eq!(unknown("class", "drect-id", &["direct-id"]).0, "unknown class: this word (8 bytes)");
    assert_eq!(period(), "unknown unit: this word (3 bytes); did you mean `m`?");

    let text = "{\"policy\": \"Shop\", \"schema\": 1}";
    let error = PolicyFile::from_json(text, "p.json", |word| word.contains("hunter")).unwrap_err();
    assert!(error.to_string().contains("`Shop` is not a name"), "{error}");
    assert_eq!(quoted("suppress"), "`suppress`");
    assert_eq!(quoted("hunter2"), "this word (7 bytes)");
    assert_eq!(period(), "unknown unit `min`; did you mean `m`?");

    judge_words(|_| false);
    assert_eq!(quoted("hunter2"), "this word (7 bytes)");
}

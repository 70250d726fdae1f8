//! The rules for policies. A rule is one function and one entry in [`RULES`]; the page of the reference reads the same list.

use super::cover::covers;
use super::structure;
use crate::complaint::{Complaint, Severity};
use crate::explain::{place, without_catalog};
use crate::field;
use crate::policy::scanner;
use crate::policy::{self, described};
use crate::sample::plain;
use crate::screen::counted;
use frostglass_engine::Class;
use frostglass_engine::detect::{FieldContext, Hits};
use frostglass_engine::policy::{
    Fallback, Finding, Generalize, KeySource, KeyUse, Levels, Line, Mask, MissingKey, Origin, Plan,
    PolicyFile, Pseudonymize, Strength, TokenMode, Treatment, TreatmentPlan,
};
use frostglass_formats::Level;
use frostglass_keys::looks_like_key;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// A rule: its name, what it looks for, and the looking.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) severity: Severity,
    pub(crate) sentence: &'static str,
    check: fn(&Book<'_>, &mut dyn FnMut(Finding)),
}

/// All rules but `policy`, which stands for what reading and compiling find.
pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "default-keep",
        severity: Severity::Warning,
        sentence: "`default: keep` lets out every field that nobody classed.",
        check: default_keep,
    },
    Rule {
        name: "no-tests",
        severity: Severity::Warning,
        sentence: "A policy without tests claims nothing that could be checked.",
        check: no_tests,
    },
    Rule {
        name: "dead-line",
        severity: Severity::Warning,
        sentence: "A line can never decide, since another one names all its fields and is stricter.",
        check: dead_lines,
    },
    Rule {
        name: "conflict",
        severity: Severity::Warning,
        sentence: "Two lines name one field and do not compare, so the field is suppressed.",
        check: conflicts,
    },
    Rule {
        name: "weak-keep",
        severity: Severity::Warning,
        sentence: "What is secret or about people is kept or only scanned; detectors know no names.",
        check: weak_keep,
    },
    Rule {
        name: "weak-mask",
        severity: Severity::Warning,
        sentence: "A mask leaves a part of a secret.",
        check: weak_mask,
    },
    Rule {
        name: "weak-truncate",
        severity: Severity::Warning,
        sentence: "The beginning of what names people often still names them; truncating makes nothing anonymous.",
        check: weak_truncate,
    },
    Rule {
        name: "weak-pseudonym",
        severity: Severity::Warning,
        sentence: "A pseudonym of one of few possible values is guessed by counting.",
        check: weak_pseudonym,
    },
    Rule {
        name: "host-can-read",
        severity: Severity::Note,
        sentence: "What `tokenize` and `encrypt-ip` hide is readable to whoever has the key, and every host that treats has it.",
        check: host_can_read,
    },
    Rule {
        name: "once-only",
        severity: Severity::Note,
        sentence: "Nothing in an encrypted address, a re-keyed id or a shifted time tells that it is one: a second hop treats it again.",
        check: once_only,
    },
    Rule {
        name: "torn-trace",
        severity: Severity::Warning,
        sentence: "Some of the ids or times that hold traces together are treated, and others stay or are treated otherwise; so does a trace state, which may hold ids.",
        check: structure::torn_traces,
    },
    Rule {
        name: "unsuited",
        severity: Severity::Warning,
        sentence: "`rekey` is for ids and `shift` for times; anything else they suppress.",
        check: structure::unsuited,
    },
    Rule {
        name: "jumping-points",
        severity: Severity::Warning,
        sentence: "Points of metrics are shifted by a key with epochs, so they jump whenever an epoch ends.",
        check: structure::jumping_points,
    },
    Rule {
        name: "fresh-labels",
        severity: Severity::Warning,
        sentence: "A treatment that never gives one result twice makes a series of every point.",
        check: fresh_labels,
    },
    Rule {
        name: "weak-prefix",
        severity: Severity::Note,
        sentence: "A long prefix of an address still singles out a household.",
        check: weak_prefix,
    },
    Rule {
        name: "weaker-than-built-in",
        severity: Severity::Note,
        sentence: "A line replaces a built-in one and is weaker.",
        check: weaker_than_built_in,
    },
    Rule {
        name: "not-forced",
        severity: Severity::Note,
        sentence: "Credentials are not forced, so any line can weaken them.",
        check: not_forced,
    },
    Rule {
        name: "no-epoch",
        severity: Severity::Note,
        sentence: "Without an epoch, pseudonyms join for ever: whoever learns one once knows it always.",
        check: no_epoch,
    },
    Rule {
        name: "key",
        severity: Severity::Error,
        sentence: "A key of the environment is short, a sample, not random, or the same as another one.",
        check: bad_keys,
    },
    Rule {
        name: "key-in-policy",
        severity: Severity::Error,
        sentence: "A key stands in the policy, which more people read than may have it.",
        check: keys_in_policy,
    },
    Rule {
        name: "standalone-key",
        severity: Severity::Note,
        sentence: "A standalone key holds all its epochs: who gets a host's key computes the tokens of every one.",
        check: standalone_keys,
    },
    Rule {
        name: "long-epoch",
        severity: Severity::Note,
        sentence: "A long epoch is a long re-identification window: who gets its key computes all its tokens.",
        check: long_epochs,
    },
    Rule {
        name: "until",
        severity: Severity::Warning,
        sentence: "The time of a line is over, so its fields are suppressed.",
        check: expired,
    },
    Rule {
        name: "until-soon",
        severity: Severity::Note,
        sentence: "The time of a line ends within thirty days.",
        check: expires_soon,
    },
    Rule {
        name: "unused",
        severity: Severity::Note,
        sentence: "A key, class or treatment is named nowhere.",
        check: unused,
    },
    Rule {
        name: "untested-detector",
        severity: Severity::Note,
        sentence: "No test of the policy gives a text in which its own detector finds anything.",
        check: untested_detectors,
    },
];

/// Seconds before its end at which a line is worth a note.
const SOON: i64 = 30 * 86_400;

/// Everything that the rules find, in the order of the text.
pub(crate) fn findings(plan: &Plan, now_unix_seconds: i64) -> Vec<Complaint> {
    let book = Book { plan, file: plan.file(), now: now_unix_seconds };
    let mut complaints = Vec::new();
    for rule in RULES {
        (rule.check)(&book, &mut |finding| {
            complaints.push(Complaint { severity: rule.severity, rule: rule.name, finding });
        });
    }
    complaints.sort_by_key(|one| (one.finding.place, one.severity));
    complaints
}

/// What rules look at.
pub(super) struct Book<'p> {
    pub(super) plan: &'p Plan,
    pub(super) file: &'p PolicyFile,
    pub(super) now: i64,
}

impl<'p> Book<'p> {
    /// The policy's own lines with their names in the catalog.
    pub(super) fn own_lines(&self) -> impl Iterator<Item = (&'p str, &'p Line)> {
        let plan = self.plan;
        self.file.catalog.iter().filter_map(move |entry| {
            let line = plan.lines().iter().find(|line| line.origin == Origin::User(entry.at))?;
            Some((entry.name.as_str(), line))
        })
    }

    fn strength(&self, line: &Line) -> Strength {
        self.plan.treatment(line.treatment).map_or(Strength::Suppress, |treatment| treatment.strength)
    }

    fn treatment(&self, line: &Line) -> String {
        self.plan
            .treatment(line.treatment)
            .map_or_else(String::new, |treatment| described(&treatment.name, &treatment.options))
    }

    fn class(&self, line: &Line) -> Option<(Class, &'p str)> {
        self.plan.class(line.class).map(|class| (class.class, class.name.as_str()))
    }

    /// What each class and each line with a treatment of its own does, by its path in the policy: only what the policy
    /// itself says.
    pub(super) fn uses(&self) -> Vec<(Vec<&'p str>, Class, &'p TreatmentPlan)> {
        let plan = self.plan;
        let mut uses = Vec::new();
        for id in 0.. {
            let Some(class) = plan.class(id) else { break };
            let said = self.file.classes.find(&class.name).is_some_and(|rule| rule.treat.is_some());
            if let (true, Some(treatment)) = (said, plan.treatment(class.treatment)) {
                uses.push((vec!["classes", class.name.as_str(), "treat"], class.class, treatment));
            }
        }
        for (name, line) in self.own_lines() {
            let said = self.file.catalog.find(name).is_some_and(|line| line.treat.is_some());
            if let (true, Some((class, _)), Some(treatment)) =
                (said, self.class(line), plan.treatment(line.treatment))
            {
                uses.push((vec!["catalog", name, "treat"], class, treatment));
            }
        }
        uses
    }
}

/// Whether a class is about people or secret, so that what is left of a value matters.
fn names_people(class: Class) -> bool {
    matches!(
        class,
        Class::Credential
            | Class::DirectId
            | Class::OnlineId
            | Class::Location
            | Class::Payment
            | Class::Health
            | Class::Special
    )
}

fn default_keep(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    if book.plan.default_treatment() == Fallback::Keep {
        let what = "every field that no line names leaves as it is";
        say(book.file.finding(&["default"], what, "write `default: suppress`, or `scan`"));
    }
}

fn no_tests(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    if book.file.tests.is_empty() {
        let hint = "add `tests`: fields that are given, texts that must be absent or kept";
        say(book.file.finding(&["tests"], "the policy has no tests", hint));
    }
}

fn dead_lines(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    for (name, line) in book.own_lines() {
        let strength = book.strength(line);
        let stricter = book.plan.lines().iter().find(|other| {
            other.origin != line.origin
                && covers(&other.selector, &line.selector)
                && book.strength(other).partial_cmp(&strength) == Some(Ordering::Greater)
        });
        if let Some(other) = stricter {
            let (at, _, _) = place(book.plan, other);
            let what = format!(
                "never decides: {at} ({}) names all its fields and says {}, which is stricter",
                other.selector,
                book.treatment(other)
            );
            let forced = matches!(other.origin, Origin::BuiltIn(_))
                && book.plan.class(other.class).is_some_and(|class| class.force);
            let hint = if forced {
                "its class is forced; remove the line"
            } else {
                "remove it, or make the other line narrower"
            };
            say(book.file.finding(&["catalog", name], what, hint));
        }
    }
}

fn conflicts(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    let lines: Vec<_> = book.own_lines().collect();
    for (at, (name, line)) in lines.iter().enumerate() {
        let own = lines.iter().take(at).map(|(_, other)| *other);
        let built_in = book.plan.lines().iter().filter(|other| matches!(other.origin, Origin::BuiltIn(_)));
        for other in own.chain(built_in) {
            let (narrow, wide) = if covers(&other.selector, &line.selector) {
                (*line, other)
            } else if covers(&line.selector, &other.selector) {
                (other, *line)
            } else {
                continue;
            };
            let (a, b) = (book.strength(narrow), book.strength(wide));
            let quarrel = match a.partial_cmp(&b) {
                None => true,
                Some(Ordering::Equal) => narrow.treatment != wide.treatment,
                Some(_) => false,
            };
            // A third line that is stricter than both settles it.
            let settled = quarrel
                && book.plan.lines().iter().any(|third| {
                    let third_strength = book.strength(third);
                    third_strength > a && third_strength > b && covers(&third.selector, &narrow.selector)
                });
            if !quarrel || settled {
                continue;
            }
            let what = format!(
                "{} here and {} in {} ({}) do not compare, so the fields of {} are suppressed",
                book.treatment(line),
                book.treatment(other),
                place(book.plan, other).0,
                other.selector,
                narrow.selector
            );
            say(book.file.finding(
                &["catalog", name],
                what,
                "give both lines one treatment, or make one narrower",
            ));
            break;
        }
    }
}

fn weak_keep(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    for (path, class, treatment) in book.uses() {
        // The region of a place is no more than signal, which is why the catalogs keep it.
        let coarse = class == Class::Location && path.first() == Some(&"catalog");
        let weak = match treatment.strength {
            Strength::Keep => !coarse,
            Strength::Scan => !matches!(class, Class::OnlineId | Class::Location),
            _ => false,
        };
        if names_people(class) && weak {
            let how = if treatment.strength == Strength::Keep {
                "kept"
            } else {
                "only scanned, and no detector knows names"
            };
            let what = format!("{} is {how}", class.word());
            say(book.file.finding(&path, what, "use `suppress`, `mask` or `pseudonymize`"));
        }
    }
}

fn weak_mask(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    for (path, class, treatment) in book.uses() {
        let Treatment::Mask(mask) = &treatment.options else { continue };
        if class == Class::Credential && *mask != Mask::Full {
            say(book.file.finding(
                &path,
                "the mask leaves a part of a credential",
                "use `suppress`, or `mask` without options",
            ));
        }
    }
}

fn weak_truncate(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    for (path, class, treatment) in book.uses() {
        if treatment.strength == Strength::Truncate && names_people(class) {
            let what = format!("the beginning of a {} often names whom the whole names", class.word());
            say(book.file.finding(&path, what, "use `suppress`, `mask` or `pseudonymize`"));
        }
    }
}

/// Last words of names whose values are few.
const FEW_VALUES: &[&str] = &[
    "age", "bool", "code", "count", "country", "day", "enabled", "flag", "gender", "kind", "language",
    "level", "method", "month", "os", "port", "region", "role", "score", "sex", "size", "state", "status",
    "tier", "type", "version", "year", "zip", "zipcode",
];

fn weak_pseudonym(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    for (name, line) in book.own_lines() {
        let is_token = matches!(
            book.plan.treatment(line.treatment).map(|treatment| &treatment.options),
            Some(Treatment::Pseudonymize(Pseudonymize { mode: TokenMode::Deterministic, .. }))
                | Some(Treatment::Tokenize(_))
        );
        let last = name.rsplit(['.', '_', '-', '/', '@']).next().unwrap_or(name).to_ascii_lowercase();
        if is_token && FEW_VALUES.contains(&last.as_str()) {
            let what =
                format!("`{last}` has few possible values; how often each token stands gives them away");
            say(book.file.finding(&["catalog", name], what, "use `generalize` or `suppress`"));
        }
    }
}

fn host_can_read(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    for entry in &book.file.treatments {
        if matches!(entry.value, Treatment::Tokenize(_) | Treatment::EncryptIp(_)) {
            let what = "whoever has the key turns this back, and every host that treats has the key";
            let hint = "use `seal` if no host is to read it, or `pseudonymize` if nobody is";
            say(book.file.finding(&["treatments", &entry.name], what, hint));
        }
    }
}

fn once_only(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    for entry in &book.file.treatments {
        let what = match entry.value {
            Treatment::EncryptIp(_) => {
                "a second hop takes an encrypted address for an address and encrypts it again"
            }
            Treatment::Rekey(_) => "a second hop takes a re-keyed id for an id and makes another one of it",
            Treatment::Shift(_) => "a second hop takes a shifted time for a time and moves it once more",
            _ => continue,
        };
        let hint = "use it at one hop only: the one that knows the recipient";
        say(book.file.finding(&["treatments", &entry.name], what, hint));
    }
}

fn fresh_labels(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    for (name, line) in book.own_lines() {
        let fresh = matches!(
            book.strength(line),
            Strength::Seal | Strength::PseudonymizeRandomized | Strength::PseudonymizeDocument
        );
        let levels = line.selector.levels();
        // A bare name stands on all levels, and mostly means others.
        if fresh && (levels == Levels::only(Level::Point) || levels == Levels::only(Level::Resource)) {
            let what = "each value of it is new, so each point becomes a series of its own";
            let hint = "use mode `deterministic`, or `suppress`";
            say(book.file.finding(&["catalog", name], what, hint));
        }
    }
}

fn weak_prefix(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    for entry in &book.file.treatments {
        let Treatment::Generalize(Generalize::Ip(bits)) = &entry.value else { continue };
        if bits.v4.get() > 24 || bits.v6.get() > 56 {
            let what = format!("/{} and /{} still single out a household", bits.v4.get(), bits.v6.get());
            say(book.file.finding(
                &["treatments", &entry.name],
                what,
                "use at most 24 bits of IPv4 and 48 of IPv6",
            ));
        }
    }
}

fn weaker_than_built_in(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    let Some(bare) = without_catalog(book.file) else { return };
    for (name, line) in book.own_lines() {
        let strength = book.strength(line);
        for built_in in bare.lines().iter().filter(|built_in| built_in.selector == line.selector) {
            let Some(treatment) = bare.treatment(built_in.treatment) else { continue };
            if treatment.strength.partial_cmp(&strength) == Some(Ordering::Greater) {
                let what = format!(
                    "replaces {}, which says {}, by {}",
                    place(&bare, built_in).0,
                    described(&treatment.name, &treatment.options),
                    book.treatment(line)
                );
                say(book.file.finding(&["catalog", name], what, "say `why` on the line if it is meant"));
            }
        }
    }
}

fn not_forced(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    if book.plan.class(Class::Credential as u16).is_some_and(|class| !class.force) {
        let what = "lines of the policy can weaken the built-in lines for credentials";
        say(book.file.finding(&["classes", "credential"], what, "add `force: true`"));
    }
}

fn no_epoch(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    for entry in book.file.keys.iter().filter(|entry| entry.value.epoch.is_none()) {
        let used = book
            .file
            .treatments
            .iter()
            .any(|treatment| treatment.value.key().is_some_and(|(key, _)| key.as_str() == entry.name));
        if used {
            let what = match entry.value.purpose {
                KeyUse::Pseudonymize => {
                    "tokens of this key join for ever, and so does what is ever learned about one"
                }
                KeyUse::Seal | KeyUse::Tokenize => {
                    "one key opens all that is ever made with it, and no part of it can be destroyed alone"
                }
            };
            say(book.file.finding(&["keys", &entry.name], what, "add `epoch`, as in `epoch: 24h`"));
        }
    }
}

fn bad_keys(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    let mut given = BTreeSet::new();
    let (_, missing) = book.plan.ring(None, &mut |name| {
        let text = std::env::var(policy::variable(name)).map_err(|_| String::new())?;
        given.insert(name.to_owned());
        Ok(text)
    });
    // One that is not there is no mistake of the policy, and where lint runs it need not be.
    for MissingKey { name, why } in missing.into_iter().filter(|one| given.contains(&one.name)) {
        let what = format!("{} {why}", policy::variable(&name));
        say(book.file.finding(&["keys", &name], what, "hosts would suppress what needs it"));
    }
}

fn keys_in_policy(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    let mut look = |path: &[&str], text: Option<&str>| {
        if text.is_some_and(|text| text.split_ascii_whitespace().any(looks_like_key)) {
            let hint =
                "remove it, and take a new one: the host reads keys from its environment or from a file";
            say(book.file.finding(path, "looks like a key", hint));
        }
    };
    for entry in &book.file.catalog {
        look(&["catalog", &entry.name, "why"], entry.value.why.as_deref());
        look(&["catalog", &entry.name, "owner"], entry.value.owner.as_deref());
    }
    for entry in &book.file.treatments {
        if let Treatment::Replace(replace) = &entry.value {
            look(&["treatments", &entry.name, "replace", "with"], replace.with.as_deref());
        }
    }
    for entry in &book.file.detectors {
        look(&["detectors", &entry.name, "why"], entry.value.why.as_deref());
    }
}

fn standalone_keys(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    for (name, _) in book.plan.keys_from(KeySource::Standalone) {
        let what =
            "whoever gets a host's key has all epochs of it, past ones too, and none can be destroyed alone";
        let hint = "write `from: issued` and keep a vault (`frostglass keys`) where tokens must not outlive their epoch";
        say(book.file.finding(&["keys", name, "from"], what, hint));
    }
}

/// Seconds of an epoch from which on its length is worth a note.
const LONG_EPOCH: u64 = 7 * 86_400;

fn long_epochs(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    for entry in &book.file.keys {
        let Some(epoch) = entry.value.epoch.filter(|epoch| epoch.seconds() >= LONG_EPOCH) else { continue };
        let window = match entry.value.overlap {
            Some(overlap) => format!("{epoch}, and {overlap} of overlap"),
            None => epoch.to_string(),
        };
        let what = match entry.value.purpose {
            KeyUse::Seal => {
                format!("whoever gets the private half of an epoch opens what was sealed in {window}")
            }
            KeyUse::Tokenize => format!("whoever gets a host's key turns back the tokens of {window}"),
            KeyUse::Pseudonymize => {
                format!("whoever gets a host's key can tell whose the tokens of {window} are")
            }
        };
        say(book.file.finding(
            &["keys", &entry.name, "epoch"],
            what,
            "a shorter epoch is a shorter re-identification window",
        ));
    }
}

fn expired(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    for (name, line) in book.own_lines() {
        if line.until_unix_seconds.is_some_and(|until| until <= book.now) {
            let what = "its time is over, so its fields are suppressed";
            say(book.file.finding(&["catalog", name, "until"], what, "remove the line, or renew it"));
        }
    }
}

fn expires_soon(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    for (name, line) in book.own_lines() {
        let left = line.until_unix_seconds.map(|until| until - book.now);
        if let Some(left) = left.filter(|left| *left > 0 && *left <= SOON) {
            let what = format!("its time ends in {}; then its fields are suppressed", days(left));
            say(book.file.finding(&["catalog", name, "until"], what, "renew it, or let it end"));
        }
    }
}

fn days(seconds: i64) -> String {
    counted(u64::try_from(seconds / 86_400 + 1).unwrap_or(1), "day")
}

fn unused(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    let file = book.file;
    let mut named: BTreeSet<&str> = BTreeSet::new();
    named.extend(file.classes.iter().filter_map(|entry| entry.value.treat.as_deref()));
    named.extend(file.catalog.iter().filter_map(|entry| entry.value.treat.as_deref()));
    // Lines of the catalogs name treatments too, and take the policy's own of that name.
    let used_by_catalogs = |name: &str| {
        book.plan.lines().iter().any(|line| {
            matches!(line.origin, Origin::BuiltIn(_))
                && book.plan.treatment(line.treatment).is_some_and(|treatment| treatment.name == name)
        })
    };
    for entry in file
        .treatments
        .iter()
        .filter(|entry| !named.contains(entry.name.as_str()) && !used_by_catalogs(&entry.name))
    {
        say(file.finding(&["treatments", &entry.name], "no class and no line uses it", "remove it"));
    }
    for entry in &file.keys {
        let used = file
            .treatments
            .iter()
            .any(|treatment| treatment.value.key().is_some_and(|(key, _)| key.as_str() == entry.name));
        if !used {
            say(file.finding(&["keys", &entry.name], "no treatment uses it", "remove it"));
        }
    }
    for entry in file.classes.iter().filter(|entry| entry.value.is.is_some()) {
        let used = file.catalog.iter().any(|line| line.value.class.as_str() == entry.name)
            || file.detectors.iter().any(|detector| detector.value.class.as_str() == entry.name);
        if !used {
            say(file.finding(&["classes", &entry.name], "no line and no detector uses it", "remove it"));
        }
    }
}

fn untested_detectors(book: &Book<'_>, say: &mut dyn FnMut(Finding)) {
    if book.file.detectors.is_empty() {
        return;
    }
    let Ok(scanner) = scanner(book.plan) else { return };
    let names: Vec<String> = scanner.detectors().map(|spec| spec.name.to_string()).collect();
    let mut found = BTreeSet::new();
    let mut hits = Hits::new();
    for (selector, value) in
        book.file.tests.iter().flat_map(|test| test.given.iter().map(|entry| (&entry.name, &entry.value)))
    {
        let key = field::Field::parse(selector).map(|field| field.path().to_owned()).unwrap_or_default();
        scanner.find(&plain(value), FieldContext { key: &key }, &mut hits);
        found.extend(hits.iter().filter_map(|hit| names.get(usize::from(hit.detector)).cloned()));
    }
    for entry in book.file.detectors.iter().filter(|entry| !found.contains(&entry.name)) {
        // Exemptions leave no finding to look for.
        if entry.value.class.as_str() != Class::Operational.word() {
            let hint = "add a test with a text that it finds";
            say(book.file.finding(&["detectors", &entry.name], "no test shows that it finds anything", hint));
        }
    }
}

//! Uniqueness: combinations of quasi-identifiers that single somebody out, and what an equivalence class says of its members.
//!
//! k, l and t are those of the literature, computed as the Python package pycanon does (`make attack-oracle` holds both against each
//! other): k-anonymity (Sweeney 2002), distinct and entropy l-diversity (Machanavajjhala 2007), t-closeness (Li 2007, with the equal
//! distance for texts and the ordered one for numbers). Where a field tells whose record it is, people are counted beside records:
//! ten records of one person hide nobody.

use super::control::{self, Controls};
use super::evidence::{Evidence, FieldId, ValueId, View};
use super::statistics;
use super::verdict::{Finding, Outcome, grouped};
use super::{Attack, Settings};
use frostglass_engine::Class;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

pub(super) struct Uniqueness;

const NAME: &str = "uniqueness";

/// Quasi-identifiers that are taken by guess, at most: with more, everybody is unique.
const MOST_GUESSED: usize = 8;

/// Parts of a name that mostly describe a person's device or place.
const GUESSED: [&str; 12] = [
    "user_agent",
    "browser.",
    "device.",
    "os.",
    "geo.",
    "client.address",
    "net.peer.ip",
    "locale",
    "language",
    "birth",
    "zip",
    "postal",
];

impl Attack for Uniqueness {
    fn name(&self) -> &'static str {
        NAME
    }

    fn sentence(&self) -> &'static str {
        "looks for people whom a combination of quasi-identifiers singles out: k-anonymity, l-diversity, t-closeness"
    }

    fn run(&self, evidence: &Evidence, settings: &Settings) -> Vec<Finding> {
        let findings: Vec<Finding> =
            evidence.outputs.iter().filter_map(|view| single_out(evidence, view, settings)).collect();
        if findings.is_empty() {
            let says = "no quasi-identifiers were guessed; name them with --quasi";
            return vec![Finding::not_tried(NAME, says)];
        }
        findings
    }

    fn controls(&self) -> Controls {
        let mut controls = Controls::default();
        let people = |group: usize| {
            let mut evidence = Evidence::default();
            let user = evidence.field("span/user.id", Some(Class::DirectId));
            let place = evidence.field("span/geo.postal_code", Some(Class::Location));
            let agent = evidence.field("span/user_agent.original", Some(Class::OnlineId));
            let rows: Vec<_> = (0..600)
                .map(|at| {
                    let (group, person) = (at / group, format!("person{at}"));
                    let cells = [
                        (user, person),
                        (place, (group / 20).to_string()),
                        (agent, (group % 20).to_string()),
                    ];
                    (None, cells.to_vec())
                })
                .collect();
            let view = control::view(&mut evidence, "people", &rows);
            evidence.outputs.push(view);
            evidence
        };
        controls.win("groups of one", people(1), Settings::default());
        controls.hold("groups of ten", people(10), Settings::default());
        controls
    }
}

/// A table of records: what each has of the quasi-identifiers, whose it is, and its sensitive values.
#[derive(Debug, Default)]
struct Table {
    /// Rows by what they have of the quasi-identifiers.
    classes: BTreeMap<Vec<ValueId>, Vec<usize>>,
    /// The person of each row.
    people: Vec<Option<ValueId>>,
}

/// What a table says of its groups.
#[derive(Debug, Clone, PartialEq)]
struct Groups {
    /// Members of the smallest group, records or people.
    k: usize,
    /// Groups of one, and of fewer than the floor.
    alone: usize,
    members_in_small: usize,
    members: usize,
    groups: usize,
}

impl Table {
    fn new(view: &View, quasi: &[FieldId], subject: Option<FieldId>, also: &[FieldId]) -> Self {
        let mut table = Self::default();
        for row in &view.rows {
            let cells: HashMap<FieldId, ValueId> = row.cells.iter().rev().copied().collect();
            let key: Option<Vec<ValueId>> = quasi.iter().map(|field| cells.get(field).copied()).collect();
            let has_all = also.iter().all(|field| cells.contains_key(field));
            table.people.push(subject.and_then(|field| cells.get(&field).copied()));
            if let Some(key) = key.filter(|_| has_all) {
                table.classes.entry(key).or_default().push(table.people.len() - 1);
            }
        }
        table
    }

    /// Members of each group: people if they are known, else records.
    fn sizes(&self, of_people: bool) -> Vec<usize> {
        let size = |rows: &Vec<usize>| {
            if of_people {
                rows.iter().filter_map(|row| *self.people.get(*row)?).collect::<HashSet<_>>().len()
            } else {
                rows.len()
            }
        };
        self.classes.values().map(size).filter(|size| *size > 0).collect()
    }

    fn groups(&self, of_people: bool, floor: usize) -> Option<Groups> {
        let sizes = self.sizes(of_people);
        Some(Groups {
            k: *sizes.iter().min()?,
            alone: sizes.iter().filter(|size| **size == 1).count(),
            members_in_small: sizes.iter().filter(|size| **size < floor).sum(),
            members: sizes.iter().sum(),
            groups: sizes.len(),
        })
    }

    /// Distinct and entropy l-diversity and t-closeness for a sensitive field.
    fn diversity(&self, evidence: &Evidence, view: &View, sensitive: FieldId) -> Option<Diversity> {
        let value = |row: &usize| view.rows.get(*row).and_then(|row| row.value(sensitive));
        let mut groups: Vec<BTreeMap<ValueId, f64>> = Vec::new();
        for rows in self.classes.values() {
            let mut counts = BTreeMap::new();
            rows.iter().filter_map(value).for_each(|value| *counts.entry(value).or_insert(0.0) += 1.0);
            groups.push(counts);
        }
        let texts = |value: &ValueId| evidence.text(*value).to_owned();
        let values: BTreeSet<ValueId> = groups.iter().flat_map(BTreeMap::keys).copied().collect();
        // Numbers are ordered by size if all of them are numbers; else the order does not count.
        let numbers: Option<Vec<f64>> = values.iter().map(|value| texts(value).parse::<f64>().ok()).collect();
        let mut ordered: Vec<ValueId> = values.iter().copied().collect();
        if let Some(numbers) = &numbers {
            let size: HashMap<ValueId, f64> = values.iter().copied().zip(numbers.iter().copied()).collect();
            let of = |value: &ValueId| size.get(value).copied().unwrap_or_default();
            ordered.sort_by(|a, b| of(a).total_cmp(&of(b)));
        }
        Diversity::of(&groups, &ordered, numbers.is_some())
    }
}

/// How much a group tells of its members' sensitive values.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Diversity {
    distinct: usize,
    /// The exponential of the least entropy; pycanon rounds it down.
    entropy: f64,
    closeness: f64,
}

impl Diversity {
    /// Of groups of counts by value. `ordered` are all values, `numeric` whether their order counts.
    fn of(groups: &[BTreeMap<ValueId, f64>], ordered: &[ValueId], numeric: bool) -> Option<Self> {
        let total: f64 = groups.iter().flat_map(BTreeMap::values).sum();
        let mut all: HashMap<ValueId, f64> = HashMap::new();
        groups.iter().flatten().for_each(|(value, n)| *all.entry(*value).or_default() += n);
        let (mut distinct, mut entropy, mut closeness) = (usize::MAX, f64::INFINITY, 0.0_f64);
        for group in groups.iter().filter(|group| !group.is_empty()) {
            let size: f64 = group.values().sum();
            distinct = distinct.min(group.len());
            entropy = entropy.min(group.values().map(|n| -(n / size) * (n / size).ln()).sum());
            let gap = |value: &ValueId| {
                let share = |of: Option<&f64>, size: f64| of.copied().unwrap_or_default() / size;
                share(group.get(value), size) - share(all.get(value), total)
            };
            let distance = if numeric {
                let mut moved = 0.0;
                let sum: f64 = ordered
                    .iter()
                    .map(|value| {
                        moved += gap(value);
                        f64::abs(moved)
                    })
                    .sum();
                sum / ordered.len().saturating_sub(1).max(1) as f64
            } else {
                ordered.iter().map(|value| gap(value).abs()).sum::<f64>() / 2.0
            };
            closeness = closeness.max(distance);
        }
        (distinct != usize::MAX).then(|| Self { distinct, entropy: entropy.exp(), closeness })
    }
}

fn quasi(evidence: &Evidence, view: &View, settings: &Settings, subject: Option<FieldId>) -> Vec<FieldId> {
    let present = view.fields();
    if !settings.quasi.is_empty() {
        let named = settings
            .quasi
            .iter()
            .filter_map(|name| evidence.named(name).into_iter().find(|field| present.contains(field)));
        return named.collect();
    }
    let guessed = present.into_iter().filter_map(|field| {
        let name = evidence.name(field);
        let values = view.histogram(field);
        let looks_so =
            evidence.class(field) == Some(Class::Location) || GUESSED.iter().any(|part| name.contains(part));
        let told = values.values().sum::<u64>();
        (Some(field) != subject && looks_so && values.len() >= 2).then_some((field, told))
    });
    let guessed: Vec<(FieldId, u64)> = guessed.collect();
    // What stands in few records beside the others describes few people.
    let most = guessed.iter().map(|field| field.1).max().unwrap_or_default();
    guessed.into_iter().filter(|field| 2 * field.1 >= most).map(|field| field.0).take(MOST_GUESSED).collect()
}

fn single_out(evidence: &Evidence, view: &View, settings: &Settings) -> Option<Finding> {
    let subject = evidence.subject(view, settings);
    let quasi = quasi(evidence, view, settings, subject);
    let sensitive: Vec<FieldId> = settings
        .sensitive
        .iter()
        .filter_map(|name| evidence.named(name).into_iter().find(|field| view.fields().contains(field)))
        .collect();
    if quasi.is_empty() {
        return None;
    }
    let table = Table::new(view, &quasi, subject, &sensitive);
    let records = table.groups(false, settings.floor)?;
    let of_people = table.groups(true, settings.floor);
    let (groups, unit) = of_people.clone().map_or((records.clone(), "record"), |people| (people, "people"));
    let succeeded = groups.members_in_small > 0;
    let outcome = if succeeded { Outcome::Succeeded } else { Outcome::Held };
    let names: Vec<&str> = quasi.iter().map(|field| evidence.name(*field)).collect();
    let unit_of = |count: usize| {
        if unit == "people" {
            "people"
        } else if count == 1 {
            "record"
        } else {
            "records"
        }
    };
    let mut says = format!(
        "by {}: {} of {} {} stand in groups of fewer than {}, {} of them alone; k is {}",
        names.join(", "),
        grouped(groups.members_in_small as u64),
        grouped(groups.members as u64),
        unit_of(groups.members),
        settings.floor,
        grouped(groups.alone as u64),
        groups.k
    );
    let share = statistics::share(groups.members_in_small as f64, groups.members);
    let mut finding = Finding::new(NAME, &names.join(" "), outcome, String::new())
        .measured("in small groups", share)
        .number("k", records.k as f64)
        .number("records", records.members as f64)
        .number("groups", records.groups as f64);
    if let Some(people) = &of_people {
        finding = finding.number("k of people", people.k as f64).number("people", people.members as f64);
    }
    let mut least: Option<Diversity> = None;
    for field in &sensitive {
        let Some(told) = table.diversity(evidence, view, *field) else { continue };
        let Diversity { distinct, entropy, closeness } = told;
        says.push_str(&format!(
            "; {}: l is {distinct} (by entropy {entropy:.2}), t is {closeness:.2}",
            evidence.name(*field)
        ));
        least = Some(least.map_or(told, |known| Diversity {
            distinct: known.distinct.min(distinct),
            entropy: known.entropy.min(entropy),
            closeness: known.closeness.max(closeness),
        }));
    }
    if let Some(Diversity { distinct, entropy, closeness }) = least {
        finding = finding.number("l", distinct as f64).number("l by entropy", entropy).number("t", closeness);
    }
    finding.says = says;
    // The field of most values takes the most people out of their groups.
    let widest = quasi.iter().max_by_key(|field| view.histogram(**field).len()).copied().unwrap_or_default();
    let alone = table.classes.values().filter(|rows| rows.len() == 1).flatten();
    let shown = alone.filter_map(|row| view.rows.get(*row)).map(|row| {
        let texts = quasi.iter().filter_map(|field| Some(evidence.text(row.value(*field)?)));
        texts.collect::<Vec<_>>().join(", ")
    });
    let finding = finding.shown(settings.show, shown);
    let line = super::line(evidence, widest, "suppress");
    Some(finding.stop(format!("catalog:   # the field with the most values; or generalize it\n{line}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same arithmetic once more, from the definitions, by comparing all rows with all rows.
    fn by_definition(rows: &[(u8, u8, u8)]) -> (usize, usize, f64, f64) {
        let alike = |row: &(u8, u8, u8)| -> Vec<u8> {
            rows.iter().filter(|other| (other.0, other.1) == (row.0, row.1)).map(|other| other.2).collect()
        };
        let share = |of: &[u8], value: u8| {
            of.iter().filter(|known| **known == value).count() as f64 / of.len() as f64
        };
        let all: Vec<u8> = rows.iter().map(|row| row.2).collect();
        let values: BTreeSet<u8> = all.iter().copied().collect();
        let (mut k, mut l, mut entropy, mut t) = (usize::MAX, usize::MAX, f64::INFINITY, 0.0_f64);
        for row in rows {
            let group = alike(row);
            k = k.min(group.len());
            l = l.min(group.iter().collect::<BTreeSet<_>>().len());
            let shares: Vec<f64> = values.iter().map(|value| share(&group, *value)).collect();
            entropy = entropy.min(shares.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum());
            t = t.max(values.iter().map(|v| (share(&group, *v) - share(&all, *v)).abs()).sum::<f64>() / 2.0);
        }
        (k, l, entropy.exp(), t)
    }

    fn table(rows: &[(u8, u8, u8)]) -> (Evidence, View, Table, FieldId) {
        let mut evidence = Evidence::default();
        let fields = ["a", "b", "s"].map(|name| evidence.field(name, None));
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                let texts = [row.0.to_string(), row.1.to_string(), format!("v{}", row.2)];
                (None, fields.into_iter().zip(texts).collect())
            })
            .collect();
        let view = control::view(&mut evidence, "table", &rows);
        let table = Table::new(&view, &fields[..2], None, &fields[2..]);
        (evidence, view, table, fields[2])
    }

    proptest::proptest! {
        /// Scenario: any table of two quasi-identifiers and a sensitive value.
        /// Guarantees: k, l, entropy l and t are those of the definitions.
        #[test]
        fn arithmetic_is_that_of_the_definitions(
            rows in proptest::collection::vec((0_u8..3, 0_u8..3, 0_u8..4), 1..40),
        ) {
            let (evidence, view, table, sensitive) = table(&rows);
            let (k, l, entropy, t) = by_definition(&rows);
            let groups = table.groups(false, 5).unwrap();
            let diversity = table.diversity(&evidence, &view, sensitive).unwrap();
            proptest::prop_assert_eq!((groups.k, diversity.distinct), (k, l));
            proptest::prop_assert!((diversity.entropy - entropy).abs() < 1e-9);
            proptest::prop_assert!((diversity.closeness - t).abs() < 1e-9);
        }

        /// Scenario: any table, and the same with every record twice.
        /// Guarantees: k doubles, l and t stay: they are about shares.
        #[test]
        fn doubling_all_doubles_k_alone(
            rows in proptest::collection::vec((0_u8..3, 0_u8..3, 0_u8..4), 1..20),
        ) {
            let twice: Vec<_> = rows.iter().chain(&rows).copied().collect();
            let ((e1, v1, t1, s1), (e2, v2, t2, s2)) = (table(&rows), table(&twice));
            proptest::prop_assert_eq!(2 * t1.groups(false, 5).unwrap().k, t2.groups(false, 5).unwrap().k);
            let (a, b) = (t1.diversity(&e1, &v1, s1).unwrap(), t2.diversity(&e2, &v2, s2).unwrap());
            proptest::prop_assert_eq!(a.distinct, b.distinct);
            proptest::prop_assert!((a.entropy - b.entropy).abs() < 1e-9 && (a.closeness - b.closeness).abs() < 1e-9);
        }
    }
}

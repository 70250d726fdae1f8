//! `roles.yaml`: who may have which classes revealed, for which purpose, how many values, until when.
//!
//! Written in the language of policies and read as strictly: an unknown word is an error with its line. What nobody wrote is
//! not allowed.

use crate::failure::{Failure, wrong};
use crate::person::Person;
use crate::policy;
use frostglass_audit::Digest;
use frostglass_engine::Class;
use frostglass_engine::policy::{
    Document, Entries, Finding, Name, PolicyError, Until, Whole, read_document, unknown,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The file as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename = "roles file", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RolesFile {
    /// Version of the language. Always 1.
    #[serde(rename = "schema")]
    _schema: Whole<1, 1>,
    /// Roles by name.
    pub(crate) roles: Entries<Role>,
    /// Login names and the roles that they have.
    #[serde(default)]
    people: Entries<Vec<Name>>,
    /// Groups of the system and the roles that their members have.
    #[serde(default)]
    groups: Entries<Vec<Name>>,
    /// Audit file in which everything that is revealed under these roles is told and counted; relative to the roles file.
    #[serde(default)]
    audit: Option<String>,
    /// Classes of which a value opens for two persons together alone.
    #[serde(default)]
    two_persons: Vec<Name>,
    /// Classes that the policy adds to the built-in ones.
    #[serde(default)]
    own_classes: Vec<Name>,
}

/// What a role allows.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename = "role", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Role {
    /// Classes that it may have revealed.
    pub(crate) classes: Vec<Name>,
    /// What for.
    pub(crate) purposes: Vec<Name>,
    /// How many values.
    pub(crate) values: Most,
    /// Until when the role holds: a day (to its end) or an instant in UTC.
    pub(crate) until: Until,
    /// Why there is such a role.
    #[serde(default)]
    pub(crate) why: Option<String>,
}

/// How many values.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename = "values", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Most {
    /// At once.
    pub(crate) request: Whole<1, 10_000>,
    /// In 24 hours, counted from the audit chain.
    pub(crate) day: Whole<1, 1_000_000>,
}

/// A roles file whose references lead somewhere.
#[derive(Debug, Clone)]
pub(crate) struct Roles {
    file: RolesFile,
    path: PathBuf,
    digest: Digest,
}

/// What somebody wants to see.
#[derive(Debug, Clone)]
pub(crate) struct Wish<'a> {
    pub(crate) role: &'a str,
    pub(crate) purpose: &'a str,
    /// How many values of each class.
    pub(crate) classes: &'a BTreeMap<String, u64>,
    /// Seconds since 1970.
    pub(crate) now: i64,
}

impl Roles {
    /// Reads a roles file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = policy::text(path)?;
        let roles = Self::parse(&text, &path.display().to_string())?;
        Ok(Self { path: path.to_owned(), ..roles })
    }

    /// Reads a roles file from its text. `file` names it in errors.
    pub(crate) fn parse(text: &str, file: &str) -> Result<Self, PolicyError> {
        let document: Document<RolesFile> = read_document(text, file)?;
        PolicyError::check(check(&document))?;
        Ok(Self { file: document.value, path: PathBuf::new(), digest: Digest::of(&[text.as_bytes()]) })
    }

    /// Names exactly this text of the roles file.
    pub(crate) fn digest(&self) -> Digest {
        self.digest
    }

    /// The audit file in which what is revealed is told, and in which the values of a day are counted.
    ///
    /// # Errors
    /// The roles file names none, or another one than was given.
    pub(crate) fn audit(&self, given: Option<&Path>) -> Result<PathBuf, Failure> {
        let roles = self.path.display();
        let Some(named) = &self.file.audit else {
            return Err(wrong(format!(
                "{roles}: names no audit file, in which values of a day are counted; add a line like `audit: audit.jsonl`"
            )));
        };
        // Whoever asks could count from nothing in any other file.
        let named = self.path.parent().unwrap_or(Path::new("")).join(named);
        let is_named = |given: &Path| match (given.canonicalize(), named.canonicalize()) {
            (Ok(given), Ok(named)) => given == named,
            // Neither is there, which opening the one that is named says.
            (Err(_), Err(_)) => true,
            _ => false,
        };
        match given {
            Some(given) if !is_named(given) => Err(wrong(format!(
                "{}: is not the audit file that {roles} names ({}); leave --audit out",
                given.display(),
                named.display()
            ))),
            _ => Ok(named),
        }
    }

    /// Names of the roles that a person has, in the order of the file.
    pub(crate) fn of(&self, person: &Person) -> Vec<&str> {
        self.file
            .roles
            .iter()
            .map(|entry| entry.name.as_str())
            .filter(|role| self.has(person, role))
            .collect()
    }

    fn has(&self, person: &Person, role: &str) -> bool {
        let given =
            |names: Option<&Vec<Name>>| names.is_some_and(|names| names.iter().any(|name| **name == *role));
        given(self.file.people.find(&person.login))
            || person.groups.iter().any(|group| given(self.file.groups.find(group)))
    }

    /// People and groups that have a role.
    pub(crate) fn holders(&self, role: &str) -> Vec<String> {
        let of = |entries: &Entries<Vec<Name>>, mark: &str| -> Vec<String> {
            let given = entries.iter().filter(|entry| entry.value.iter().any(|name| **name == *role));
            given.map(|entry| format!("{mark}{}", entry.name)).collect()
        };
        let mut holders = of(&self.file.people, "");
        holders.extend(of(&self.file.groups, "@"));
        holders
    }

    /// All roles by name.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Role)> {
        self.file.roles.iter().map(|entry| (entry.name.as_str(), &entry.value))
    }

    /// Whether a value of this class opens for two persons together alone.
    pub(crate) fn needs_two(&self, class: &str) -> bool {
        self.file.two_persons.iter().any(|name| **name == *class)
    }

    /// Whether a person has any role that covers a class for a purpose at a time.
    pub(crate) fn covers(&self, person: &Person, class: &str, purpose: &str, now: i64) -> bool {
        self.all().any(|(name, role)| {
            self.has(person, name)
                && now < role.until.ends_unix_seconds()
                && role.classes.iter().any(|known| **known == *class)
                && role.purposes.iter().any(|known| **known == *purpose)
        })
    }

    /// The role under which a person may see what is asked for.
    ///
    /// # Errors
    /// A sentence on what the role does not cover. Nothing was read by then.
    pub(crate) fn allow(&self, person: &Person, wish: &Wish<'_>) -> Result<&Role, String> {
        let names: Vec<&str> = self.all().map(|(name, _)| name).collect();
        let Some(role) = self.file.roles.find(wish.role) else {
            let (what, hint) = unknown("role", wish.role, &names);
            return Err(if hint.is_empty() { what } else { format!("{what}; {hint}") });
        };
        if !self.has(person, wish.role) {
            let own = self.of(person);
            let own = if own.is_empty() { "no role".to_owned() } else { own.join(", ") };
            return Err(format!("{} does not have the role `{}`, but {own}", person.login, wish.role));
        }
        if wish.now >= role.until.ends_unix_seconds() {
            return Err(format!("the role `{}` ended ({})", wish.role, role.until.as_str()));
        }
        if !role.purposes.iter().any(|purpose| **purpose == *wish.purpose) {
            let purposes: Vec<&str> = role.purposes.iter().map(|name| name.as_str()).collect();
            let (what, hint) = unknown("purpose", wish.purpose, &purposes);
            return Err(format!("the role `{}` does not cover it: {what}; {hint}", wish.role));
        }
        let uncovered = wish.classes.keys().find(|class| !role.classes.iter().any(|name| **name == ***class));
        if let Some(class) = uncovered {
            return Err(format!("the role `{}` does not cover the class `{class}`", wish.role));
        }
        let values: u64 = wish.classes.values().sum();
        let most = role.values.request.get();
        if values > most {
            return Err(format!(
                "{values} values are asked for, and the role `{}` has {most} a request",
                wish.role
            ));
        }
        Ok(role)
    }
}

/// References that lead nowhere, and parts that say nothing.
fn check(document: &Document<RolesFile>) -> Vec<Finding> {
    let file = &document.value;
    let mut findings = Vec::new();
    let mut say =
        |path: &[&str], what: String, hint: String| findings.push(document.finding(path, what, hint));
    if file.audit.as_ref().is_some_and(String::is_empty) {
        say(&["audit"], "is empty".into(), "name the audit file, like `audit: audit.jsonl`".into());
    }
    let mut known: Vec<&str> = Class::ALL.map(Class::word).to_vec();
    known.extend(file.own_classes.iter().map(|name| name.as_str()));
    let mut classes = |path: &[&str], names: &[Name]| {
        for (index, name) in names.iter().enumerate().filter(|(_, name)| !known.contains(&name.as_str())) {
            let index = index.to_string();
            let path: Vec<&str> = path.iter().copied().chain([index.as_str()]).collect();
            let (what, near) = unknown("class", name, &known);
            let own = || format!("add it to `own-classes` if the policy has it: `own-classes: [{name}]`");
            say(&path, what, if near.starts_with("did") { near } else { own() });
        }
    };
    classes(&["two-persons"], &file.two_persons);
    for entry in &file.roles {
        classes(&["roles", &entry.name, "classes"], &entry.value.classes);
    }
    for entry in &file.roles {
        let path = |part| ["roles", entry.name.as_str(), part];
        if !Name::allows(&entry.name) {
            let hint = "use small letters, digits and single dashes, a letter first";
            say(&["roles", &entry.name], "is not a name".into(), hint.into());
        }
        if entry.value.classes.is_empty() {
            say(&path("classes"), "is empty".into(), "list classes, or remove the role".into());
        }
        if entry.value.purposes.is_empty() {
            say(&path("purposes"), "is empty".into(), "list purposes, like `[debug]`".into());
        }
        if entry.value.values.day.get() < entry.value.values.request.get() {
            let what = "a day has fewer values than a request".into();
            say(&path("values"), what, "let `day` be at least `request`".into());
        }
    }
    let roles: Vec<&str> = file.roles.iter().map(|entry| entry.name.as_str()).collect();
    for (section, entries) in [("people", &file.people), ("groups", &file.groups)] {
        for entry in entries {
            for (index, name) in
                entry.value.iter().enumerate().filter(|(_, name)| !roles.contains(&name.as_str()))
            {
                let (what, hint) = unknown("role", name, &roles);
                say(&[section, &entry.name, &index.to_string()], what, hint);
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: &str = "\
schema: 1
roles:
  incident:
    classes:  [online-id, loyalty]
    purposes: [debug, security]
    values:   {request: 5, day: 20}
    until:    \"2026-12-31\"
  audit:
    classes:  [health]
    purposes: [audit]
    values:   {request: 1, day: 1}
    until:    \"2020-01-01\"
people:
  ann: [incident, audit]
groups:
  oncall: [incident]
two-persons: [health]
own-classes: [loyalty]
";

    /// 2026-11-26.
    const NOW: i64 = 1_795_651_200;

    fn person(login: &str, groups: &[&str]) -> Person {
        Person { login: login.into(), groups: groups.iter().map(|&group| group.to_owned()).collect() }
    }

    fn asked(who: &Person, role: &str, purpose: &str, class: &str, values: u64) -> Result<(), String> {
        let classes = BTreeMap::from([(class.to_owned(), values)]);
        let wish = Wish { role, purpose, classes: &classes, now: NOW };
        Roles::parse(ROLES, "roles.yaml").unwrap().allow(who, &wish).map(drop)
    }

    /// Scenario: wishes that a role covers, and each way in which one does not.
    /// Guarantees: the first pass, and every other is refused for its own reason.
    #[test]
    fn a_role_covers_what_it_says() {
        let (ann, on_call) = (person("ann", &[]), person("bob", &["staff", "oncall"]));
        assert_eq!(asked(&ann, "incident", "debug", "online-id", 5), Ok(()));
        assert_eq!(asked(&on_call, "incident", "security", "loyalty", 1), Ok(()));
        for (who, role, purpose, class, values, why) in [
            (&ann, "incidnt", "debug", "online-id", 1, "did you mean `incident`?"),
            (&person("eve", &["staff"]), "incident", "debug", "online-id", 1, "eve does not have the role"),
            (&on_call, "audit", "audit", "health", 1, "bob does not have the role `audit`, but incident"),
            (&ann, "audit", "audit", "health", 1, "ended (2020-01-01)"),
            (
                &ann,
                "incident",
                "marketing",
                "online-id",
                1,
                "unknown purpose `marketing`; known: `debug`, `security`",
            ),
            (&ann, "incident", "debug", "health", 1, "does not cover the class `health`"),
            (
                &ann,
                "incident",
                "debug",
                "online-id",
                6,
                "6 values are asked for, and the role `incident` has 5",
            ),
        ] {
            let told = asked(who, role, purpose, class, values).unwrap_err();
            assert!(told.contains(why), "{told}");
        }
    }

    /// Scenario: a person who is called like a group, and the other way round.
    /// Guarantees: a name counts where it stands.
    #[test]
    fn people_are_no_groups() {
        assert!(asked(&person("oncall", &[]), "incident", "debug", "online-id", 1).is_err());
        assert!(asked(&person("eve", &["ann"]), "incident", "debug", "online-id", 1).is_err());
    }

    /// Scenario: files with one thing wrong in each.
    /// Guarantees: refused with line, column, path and what to do.
    #[test]
    fn errors_say_where() {
        for (from, to, told) in [
            (
                "online-id, loyalty",
                "onlin-id, loyalty",
                "4:16: roles.incident.classes[0]: unknown class `onlin-id`; did you mean `online-id`?",
            ),
            (
                "online-id, loyalty",
                "points",
                "4:16: roles.incident.classes[0]: unknown class `points`; add it to `own-classes`",
            ),
            (
                "purposes: [debug, security]",
                "purpose: [debug]",
                "5:5: roles.incident.purpose: unknown field `purpose`; did you mean `purposes`?",
            ),
            (
                "ann: [incident, audit]",
                "ann: [incdent]",
                "14:9: people.ann[0]: unknown role `incdent`; did you mean `incident`?",
            ),
            (
                "{request: 5, day: 20}",
                "{request: 50, day: 20}",
                "6:15: roles.incident.values: a day has fewer values",
            ),
            ("    until:    \"2026-12-31\"\n", "", "roles.incident: needs `until`"),
            ("\"2026-12-31\"", "soon", "neither a day nor an instant"),
            ("schema: 1", "schema: 2", "1:9: schema: 2 is not known to this version"),
            ("people:", "persons:", "persons: unknown field `persons`"),
        ] {
            let text = ROLES.replacen(from, to, 1);
            let error = Roles::parse(&text, "roles.yaml").unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }

    proptest::proptest! {
        /// Scenario: any wish of anybody.
        /// Guarantees: allowed only if the person has the role, and class, purpose, number and time are the role's.
        #[test]
        fn nothing_is_allowed_that_nobody_wrote(
            login in "ann|bob|eve",
            group in "oncall|staff",
            role in "incident|audit|other",
            purpose in "debug|security|audit|marketing",
            class in "online-id|loyalty|health|direct-id",
            values in 0_u64..10,
            now in proptest::sample::select(vec![0_i64, 1_577_000_000, NOW, 1_798_761_600]),
        ) {
            let roles = Roles::parse(ROLES, "roles.yaml").unwrap();
            let classes = BTreeMap::from([(class.clone(), values)]);
            let wish = Wish { role: &role, purpose: &purpose, classes: &classes, now };
            let allowed = roles.allow(&person(&login, &[&group]), &wish).is_ok();
            let incident = role == "incident"
                && (login == "ann" || group == "oncall")
                && matches!(purpose.as_str(), "debug" | "security")
                && matches!(class.as_str(), "online-id" | "loyalty")
                && values <= 5
                && now < 1_798_761_600;
            let audit = role == "audit" && login == "ann" && purpose == "audit" && class == "health" && values <= 1
                && now < 1_577_923_200;
            proptest::prop_assert_eq!(allowed, incident || audit);
        }
    }
}

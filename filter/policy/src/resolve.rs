//! From the words of a policy to numbers: joins in the built-in catalogs and follows every name.
//!
//! Promises: what is resolved holds no class and no treatment that does not exist; everything wrong with it is reported at once,
//! with its place. Does not know what treatments and detectors do: the engine makes them.

use crate::Class;
use crate::catalogs;
use crate::error::{Finding, unknown};
use crate::file::{CatalogFile, CatalogLine, PolicyFile};
use crate::node::Place;
use crate::selector::Selector;
use crate::treatment::Treatment;
use crate::values::{Entries, Until};
use frostglass_formats::otlp::schema;
use frostglass_formats::{Level, order};

/// Number of a line in a plan.
pub type LineId = u32;
/// Number of a class in a plan: built-in ones by their discriminant, then the policy's own.
pub type ClassId = u16;
/// Number of a treatment in a plan.
pub type TreatmentId = u16;

/// A line of a catalog, of the user's policy or a built-in one.
#[derive(Debug)]
pub struct Line {
    /// Its selector.
    pub selector: Selector,
    /// Class of the fields that it names.
    pub class: ClassId,
    /// What it does to them.
    pub treatment: TreatmentId,
    /// Who wrote it, and where.
    pub origin: Origin,
    /// Why, as written.
    pub why: Option<String>,
    /// When it ends, in seconds since 1970; afterwards its fields are suppressed.
    pub until_unix_seconds: Option<i64>,
}

/// Where a line comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The policy itself.
    User(Place),
    /// A built-in catalog.
    BuiltIn(&'static str),
}

/// A class in force.
#[derive(Debug)]
pub struct ClassPlan {
    /// Its name: a built-in class's word or the policy's own.
    pub name: String,
    /// The built-in class that it is.
    pub class: Class,
    /// What happens to its fields and to findings of it in scanned text.
    pub treatment: TreatmentId,
    /// Whether users' lines cannot replace built-in lines of this class.
    pub force: bool,
}

/// A policy whose names are all followed, but for those of detectors and of keys.
#[derive(Debug)]
pub struct Resolved {
    /// Every class in force, at its number.
    pub classes: Vec<ClassPlan>,
    /// Every treatment that may be named, at its number.
    pub treatments: Entries<Treatment>,
    /// Every line in force, built-in ones that the policy replaced left out.
    pub lines: Vec<Line>,
    /// How sure findings of a class must be, in percent.
    pub floors: Vec<(Class, u8)>,
}

impl Resolved {
    /// Treatment 0 is always `suppress`.
    pub const SUPPRESS: TreatmentId = 0;
    /// Treatment 1 is always `keep`.
    pub const KEEP: TreatmentId = 1;
    /// Treatment 2 is always a full scan whose hits are treated by their classes.
    pub const SCAN: TreatmentId = 2;

    /// Resolves a policy, as far as that goes: what is wrong with it comes beside.
    #[must_use]
    pub fn of(file: &PolicyFile) -> (Self, Vec<Finding>) {
        let mut resolver = Resolver {
            file,
            findings: Vec::new(),
            treatments: Entries::default(),
            classes: Vec::new(),
            floors: Vec::new(),
            lines: Vec::new(),
        };
        let catalogs = resolver.catalogs();
        resolver.treatments(&catalogs);
        resolver.classes();
        resolver.lines(&catalogs);
        resolver.detectors();
        let Resolver { findings, treatments, classes, floors, lines, .. } = resolver;
        (Self { classes, treatments, lines, floors }, findings)
    }

    /// A class by its name.
    #[must_use]
    pub fn class(&self, name: &str) -> Option<ClassId> {
        class_named(&self.classes, name)
    }
}

fn class_named(classes: &[ClassPlan], name: &str) -> Option<ClassId> {
    classes.iter().position(|class| class.name == name).map(|at| at as ClassId)
}

/// A built-in catalog with its name.
type Catalog = (&'static str, CatalogFile);

struct Resolver<'f> {
    file: &'f PolicyFile,
    findings: Vec<Finding>,
    treatments: Entries<Treatment>,
    classes: Vec<ClassPlan>,
    floors: Vec<(Class, u8)>,
    lines: Vec<Line>,
}

/// What a class means where the policy does not say: what names or singles out people goes, text is scanned, signal is
/// scanned too, since a misused attribute is still caught that way.
fn class_default(class: Class) -> (TreatmentId, bool) {
    match class {
        Class::Credential => (Resolved::SUPPRESS, true),
        Class::DirectId
        | Class::OnlineId
        | Class::Location
        | Class::Payment
        | Class::Health
        | Class::Special => (Resolved::SUPPRESS, false),
        Class::Content | Class::Carrier | Class::Infra | Class::Operational => (Resolved::SCAN, false),
        Class::Correlation | Class::Structural => (Resolved::KEEP, false),
    }
}

impl Resolver<'_> {
    fn catalogs(&mut self) -> Vec<Catalog> {
        let mut chosen = Vec::new();
        for (index, name) in self.file.extends.iter().enumerate() {
            match catalogs::find(name.as_str()) {
                Some(catalog) => chosen.push(catalog),
                None => {
                    let (what, hint) = unknown("catalog", name.as_str(), catalogs::NAMES);
                    self.findings.push(self.file.finding(&["extends", &index.to_string()], what, hint));
                }
            }
        }
        chosen
    }

    fn treatments(&mut self, catalogs: &[Catalog]) {
        for word in ["suppress", "keep", "scan", "mask", "replace", "summarize"] {
            if let Some(options) = Treatment::bare(word) {
                self.treatments.push(word, options);
            }
        }
        for entry in &self.file.treatments {
            self.treatments.push(&entry.name, entry.value.clone());
        }
        for entry in catalogs.iter().flat_map(|(_, catalog)| &catalog.treatments) {
            // The policy's own treatment of that name stands before the catalog's.
            if self.treatments.find(&entry.name).is_none() {
                self.treatments.push(&entry.name, entry.value.clone());
            }
        }
    }

    fn treatment(&self, name: &str) -> Option<TreatmentId> {
        let named = self.treatments.find(name)?;
        // Two names for one thing are one treatment: lines that say the same do not quarrel.
        self.treatments.iter().position(|other| other.value == *named).map(|at| at as TreatmentId)
    }

    fn classes(&mut self) {
        for class in Class::ALL {
            let (treatment, force) = class_default(class);
            self.classes.push(ClassPlan { name: class.word().to_owned(), class, treatment, force });
        }
        // Built-in classes first: an own class without a treatment takes that of the class which it is, wherever the two
        // stand. The order of a map says nothing, and the digest does not see it.
        let (built_in, own): (Vec<_>, Vec<_>) =
            self.file.classes.iter().partition(|entry| Class::parse(&entry.name).is_some());
        for entry in built_in.into_iter().chain(own) {
            let own = entry.value.is.map(|is| is.0);
            let treatment = entry.value.treat.as_ref().map(|name| (name, self.treatment(name.as_str())));
            if let Some((name, None)) = treatment {
                let known: Vec<&str> =
                    self.treatments.iter().map(|treatment| treatment.name.as_str()).collect();
                let (what, hint) = unknown("treatment", name.as_str(), &known);
                self.findings.push(self.file.finding(&["classes", &entry.name, "treat"], what, hint));
            }
            let treatment = treatment.and_then(|(_, id)| id);
            let sure = entry.value.sure.and_then(|sure| u8::try_from(sure.get()).ok());
            match (Class::parse(&entry.name), own) {
                (Some(class), _) => {
                    self.floors.extend(sure.map(|sure| (class, sure)));
                    if let Some(plan) = self.classes.get_mut(class as usize) {
                        plan.treatment = treatment.unwrap_or(plan.treatment);
                        plan.force = entry.value.force;
                    }
                }
                (None, Some(class)) => {
                    if sure.is_some() {
                        let what = "an own class cannot say how sure findings must be".to_owned();
                        let hint = format!(
                            "put `sure` under `{}`, which is the class of its findings",
                            class.word()
                        );
                        self.findings.push(self.file.finding(&["classes", &entry.name, "sure"], what, hint));
                    }
                    let inherited =
                        self.classes.get(class as usize).map_or(Resolved::SUPPRESS, |plan| plan.treatment);
                    self.classes.push(ClassPlan {
                        name: entry.name.clone(),
                        class,
                        treatment: treatment.unwrap_or(inherited),
                        force: entry.value.force,
                    });
                }
                (None, None) => {
                    let known: Vec<&str> = Class::ALL.iter().map(|class| class.word()).collect();
                    let (what, _) = unknown("class", &entry.name, &known);
                    let hint = "an own class says what it is, as in `is: direct-id`";
                    self.findings.push(self.file.finding(&["classes", &entry.name], what, hint));
                }
            }
        }
    }

    fn class(&self, name: &str) -> Option<ClassId> {
        class_named(&self.classes, name)
    }

    fn lines(&mut self, catalogs: &[Catalog]) {
        let built_ins: Vec<(Level, &str)> = schema::built_ins().iter().map(|leaf| (leaf.0, leaf.1)).collect();
        for entry in &self.file.catalog {
            let path = ["catalog", entry.name.as_str()];
            let selector = match Selector::parse(&entry.name, &built_ins) {
                Ok(selector) => selector,
                Err(error) => {
                    self.findings.push(self.file.finding(&path, error.to_string(), ""));
                    continue;
                }
            };
            let line = &entry.value;
            let class = self.class(line.class.as_str());
            let treatment = line.treat.as_ref().map(|name| self.treatment(name.as_str()));
            let (Some(class), Some(treatment)) = (class, treatment.unwrap_or(Some(TreatmentId::MAX))) else {
                self.complain_of_line(&path, line, class);
                continue;
            };
            self.lines.push(Line {
                selector,
                class,
                treatment: if line.treat.is_some() {
                    treatment
                } else {
                    self.classes[usize::from(class)].treatment
                },
                origin: Origin::User(entry.at),
                why: line.why.clone(),
                until_unix_seconds: line.until.as_ref().map(Until::ends_unix_seconds),
            });
        }
        let mut own: Vec<Selector> = self.lines.iter().map(|line| line.selector.clone()).collect();
        order::sort_by(&mut own, Ord::cmp);
        for (name, catalog) in catalogs {
            for entry in &catalog.lines {
                let selector = Selector::parse(&entry.name, &built_ins);
                let class = self.class(entry.value.class.as_str());
                let treatment = entry.value.treat.as_ref().map(|name| self.treatment(name.as_str()));
                let (Ok(selector), Some(class), Some(treatment)) =
                    (selector, class, treatment.unwrap_or(Some(TreatmentId::MAX)))
                else {
                    let what = format!("the built-in catalog `{name}` has a broken line `{}`", entry.name);
                    self.findings.push(self.file.finding(&["extends"], what, "this build is defective"));
                    continue;
                };
                let Some(plan) = self.classes.get(usize::from(class)) else { continue };
                if own.binary_search(&selector).is_ok() && !plan.force {
                    continue;
                }
                self.lines.push(Line {
                    selector,
                    class,
                    treatment: if entry.value.treat.is_some() { treatment } else { plan.treatment },
                    origin: Origin::BuiltIn(name),
                    why: entry.value.why.clone(),
                    until_unix_seconds: None,
                });
            }
        }
    }

    fn complain_of_line(&mut self, path: &[&str; 2], line: &CatalogLine, class: Option<ClassId>) {
        if class.is_none() {
            let known: Vec<&str> = self.classes.iter().map(|class| class.name.as_str()).collect();
            let (what, hint) = unknown("class", line.class.as_str(), &known);
            self.findings.push(self.file.finding(&[path[0], path[1], "class"], what, hint));
        }
        if let Some(name) = line.treat.as_ref().filter(|name| self.treatment(name.as_str()).is_none()) {
            let known: Vec<&str> = self.treatments.iter().map(|treatment| treatment.name.as_str()).collect();
            let (what, hint) = unknown("treatment", name.as_str(), &known);
            self.findings.push(self.file.finding(&[path[0], path[1], "treat"], what, hint));
        }
    }

    fn detectors(&mut self) {
        for entry in &self.file.detectors {
            if self.class(entry.value.class.as_str()).is_none() {
                let known: Vec<&str> = self.classes.iter().map(|class| class.name.as_str()).collect();
                let (what, hint) = unknown("class", entry.value.class.as_str(), &known);
                self.findings.push(self.file.finding(&["detectors", &entry.name, "class"], what, hint));
            }
        }
    }
}

//! From a policy as written to a plan that runs: joins in the built-in catalogs, resolves every name, builds the matcher.
//!
//! Promises: a plan holds no word that does not exist; everything wrong with a policy is reported at once, with its
//! place. Which of several lines decides is [`super::plan`]'s.

use super::catalogs;
use super::plan::{ClassId, ClassPlan, Line, LineId, Origin, Plan, ScannerPlan, TreatmentId, TreatmentPlan};
use super::{Matcher, Matches, ReadText, Strength};
use crate::Class;
use crate::detect::{Scanner, Selection, UserDetector};
use crate::treat::{self, Treatment};
use frostglass_formats::otlp::schema;
use frostglass_formats::{Level, Name};
use frostglass_keys::Rotation;
use frostglass_policy::{
    self as written, CatalogFile, Finding, PolicyError, PolicyFile, ScanFor, Selector, Until, unknown,
};

impl Plan {
    /// The policy embedded in this build (`filter/policies/default.yaml`).
    ///
    /// # Errors
    /// None in a build whose tests passed; hosts withhold everything all the same.
    pub fn embedded() -> Result<Self, PolicyError> {
        Self::from_json(catalogs::DEFAULT_POLICY, "default.yaml")
    }

    /// Compiles a policy from its JSON form. `file` names it in errors.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn from_json(text: &str, file: &str) -> Result<Self, PolicyError> {
        Self::compile(PolicyFile::read_json(text, file)?)
    }

    /// Compiles a policy.
    ///
    /// # Errors
    /// Everything that does not fit together: unknown catalogs, classes, treatments, built-in fields, patterns.
    pub fn compile(file: PolicyFile) -> Result<Self, PolicyError> {
        super::judge_words(); // of a policy that was made, not read
        let mut compiler = Compiler::new(&file);
        let catalogs = compiler.catalogs();
        compiler.treatments(&catalogs);
        compiler.classes();
        compiler.lines(&catalogs);
        compiler.scanners();
        let Compiler { findings, treatments, classes, lines, scanners, .. } = compiler;
        PolicyError::check(findings)?;
        let built_ins = schema::built_ins();
        let mut plan = Self {
            digest: file.digest(),
            default: file.default,
            matcher: Matcher::new(lines.iter().enumerate().map(|(id, line)| (&line.selector, id as LineId))),
            ends: lines.iter().filter_map(|line| line.until_unix_seconds).collect(),
            structural: built_ins.iter().filter(|leaf| leaf.2).map(|leaf| (leaf.0, leaf.1)).collect(),
            rules_structure: false,
            heeds_traces: treatments.iter().any(|treatment| treatment.treat.heeds_traces()),
            draws: treatments.iter().any(|treatment| treatment.treat.draws()),
            rules_transport: lines.iter().any(|line| line.selector.levels().contains(Level::Transport)),
            lines,
            classes,
            treatments,
            scanners,
            file,
        };
        let mut matches = Matches::default();
        plan.rules_structure = plan.structural.iter().any(|(level, name)| {
            plan.matcher.matches(&Name::built_in(*level, name), &mut matches);
            !matches.ids().is_empty()
        });
        Ok(plan)
    }
}

/// A built-in catalog with its name.
type Catalog = (&'static str, CatalogFile);

struct Compiler<'f> {
    file: &'f PolicyFile,
    findings: Vec<Finding>,
    treatments: Vec<TreatmentPlan>,
    classes: Vec<ClassPlan>,
    /// How sure findings of a class must be, in percent.
    floors: Vec<(Class, u8)>,
    lines: Vec<Line>,
    scanners: Vec<ScannerPlan>,
    /// Which detectors each scanner runs.
    scans: Vec<ScanFor>,
}

/// What a class means where the policy does not say: what names or singles out people goes, text is scanned, signal is
/// scanned too, since a misused attribute is still caught that way.
fn class_default(class: Class) -> (TreatmentId, bool) {
    match class {
        Class::Credential => (Plan::SUPPRESS, true),
        Class::DirectId
        | Class::OnlineId
        | Class::Location
        | Class::Payment
        | Class::Health
        | Class::Special => (Plan::SUPPRESS, false),
        Class::Content | Class::Carrier | Class::Infra | Class::Operational => (Plan::SCAN, false),
        Class::Correlation | Class::Structural => (Plan::KEEP, false),
    }
}

impl<'f> Compiler<'f> {
    fn new(file: &'f PolicyFile) -> Self {
        Self {
            file,
            findings: Vec::new(),
            treatments: Vec::new(),
            classes: Vec::new(),
            floors: Vec::new(),
            lines: Vec::new(),
            scanners: Vec::new(),
            scans: Vec::new(),
        }
    }

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
            if let Some(options) = written::Treatment::bare(word) {
                self.add_treatment(word, options);
            }
        }
        for entry in &self.file.treatments {
            self.add_treatment(&entry.name, entry.value.clone());
        }
        for entry in catalogs.iter().flat_map(|(_, catalog)| &catalog.treatments) {
            // The policy's own treatment of that name stands before the catalog's.
            if self.treatment(&entry.name).is_none() {
                self.add_treatment(&entry.name, entry.value.clone());
            }
        }
    }

    fn add_treatment(&mut self, name: &str, options: written::Treatment) {
        let strength = match &options {
            written::Treatment::Keep => Strength::Keep,
            written::Treatment::Suppress => Strength::Suppress,
            written::Treatment::Mask(_) => Strength::Mask,
            written::Treatment::Replace(_) => Strength::Replace,
            written::Treatment::Pseudonymize(tokens) => match tokens.mode {
                written::TokenMode::Deterministic => Strength::PseudonymizeDeterministic,
                written::TokenMode::Document => Strength::PseudonymizeDocument,
                written::TokenMode::Randomized => Strength::PseudonymizeRandomized,
            },
            written::Treatment::Seal(_) => Strength::Seal,
            written::Treatment::Tokenize(_) | written::Treatment::EncryptIp(_) => Strength::Tokenize,
            written::Treatment::Rekey(_) => Strength::Rekey,
            written::Treatment::Shift(_) => Strength::Shift,
            written::Treatment::Generalize(_) => Strength::Generalize,
            written::Treatment::Truncate(_) => Strength::Truncate,
            written::Treatment::Summarize => Strength::Summarize,
            written::Treatment::Scan(_) => Strength::Scan,
        };
        let scan = match &options {
            written::Treatment::Scan(scan) => Some((self.scanner(&scan.scan), scan.on_hit)),
            _ => None,
        };
        let treat = self.configured(name, &options);
        let remembers = treat.spec().keyed && treat.joins();
        self.treatments.push(TreatmentPlan {
            name: name.to_owned(),
            strength,
            options,
            treat,
            remembers,
            scan,
        });
    }

    /// The treatment that the options describe. Scanning is the engine's own and suppresses where it is asked as one.
    fn configured(&mut self, name: &str, options: &written::Treatment) -> Box<dyn Treatment> {
        let made: Option<Box<dyn Treatment>> = match options {
            written::Treatment::Keep => Some(Box::new(treat::Keep)),
            written::Treatment::Suppress | written::Treatment::Scan(_) => Some(Box::new(treat::Suppress)),
            written::Treatment::Mask(written::Mask::Full) => Some(Box::new(treat::Mask::Full)),
            written::Treatment::Mask(written::Mask::KeepLast(count)) => {
                Some(Box::new(treat::Mask::KeepLast(u8::try_from(count.get()).unwrap_or(u8::MAX))))
            }
            written::Treatment::Mask(written::Mask::KeepDomain) => Some(Box::new(treat::Mask::KeepDomain)),
            written::Treatment::Replace(replace) => {
                Some(Box::new(treat::Replace { with: replace.with.as_deref().map(Into::into) }))
            }
            written::Treatment::Truncate(truncate) => {
                Some(Box::new(treat::Truncate { chars: usize::try_from(truncate.chars.get()).unwrap_or(0) }))
            }
            written::Treatment::Summarize => Some(Box::new(treat::Summarize)),
            written::Treatment::Generalize(generalize) => {
                generalized(*generalize).map(|made| Box::new(made) as _)
            }
            written::Treatment::Pseudonymize(tokens) => self.tokens(tokens).map(|made| Box::new(made) as _),
            written::Treatment::Seal(seal) => self
                .rotation(&seal.key)
                .map(|rotation| Box::new(treat::Seal { key: seal.key.as_str().into(), rotation }) as _),
            written::Treatment::Tokenize(tokens) => self.reversible(tokens).map(|made| Box::new(made) as _),
            written::Treatment::EncryptIp(encrypt) => self.rotation(&encrypt.key).map(|rotation| {
                Box::new(treat::EncryptIp { key: encrypt.key.as_str().into(), rotation }) as _
            }),
            written::Treatment::Rekey(rekey) => self
                .rotation(&rekey.key)
                .map(|rotation| Box::new(treat::Rekey { key: rekey.key.as_str().into(), rotation }) as _),
            written::Treatment::Shift(shift) => self.shift(shift).map(|made| Box::new(made) as _),
        };
        made.unwrap_or_else(|| {
            let what = "these options are out of range";
            self.findings.push(self.file.finding(&["treatments", name], what, ""));
            Box::new(treat::Suppress)
        })
    }

    fn tokens(&self, tokens: &written::Pseudonymize) -> Option<treat::Pseudonymize> {
        let rotation = self.rotation(&tokens.key)?;
        Some(treat::Pseudonymize {
            key: tokens.key.as_str().into(),
            rotation,
            mode: match tokens.mode {
                written::TokenMode::Deterministic => treat::Mode::Deterministic,
                written::TokenMode::Document => treat::Mode::Document,
                written::TokenMode::Randomized => treat::Mode::Randomized,
            },
            prefix: frostglass_keys::Prefix::parse(tokens.prefix.as_str()).ok()?,
            canonicalizer: match tokens.canonical {
                None | Some(written::Canonical::Exact) => treat::Canonicalizer::Exact,
                Some(written::Canonical::Lowercase) => treat::Canonicalizer::Lowercase,
                Some(written::Canonical::Email) => treat::Canonicalizer::Email,
                Some(written::Canonical::Phone) => treat::Canonicalizer::Phone,
                Some(written::Canonical::Ip) => treat::Canonicalizer::Ip,
            },
        })
    }

    fn reversible(&self, tokens: &written::Tokenize) -> Option<treat::Tokenize> {
        Some(treat::Tokenize {
            key: tokens.key.as_str().into(),
            rotation: self.rotation(&tokens.key)?,
            prefix: frostglass_keys::Prefix::parse(tokens.prefix.as_str()).ok()?,
        })
    }

    fn shift(&self, shift: &written::Shift) -> Option<treat::Shift> {
        Some(treat::Shift {
            key: shift.key.as_str().into(),
            rotation: self.rotation(&shift.key)?,
            within_nanos: shift.within.seconds().checked_mul(1_000_000_000)?,
        })
    }

    /// How often a key changes; none for a length of epochs that nothing can number.
    fn rotation(&self, key: &written::Name) -> Option<Rotation> {
        self.file.keys.find(key.as_str()).map_or(Some(Rotation::Never), written::Key::rotation)
    }

    fn treatment(&self, name: &str) -> Option<TreatmentId> {
        let at = self.treatments.iter().position(|treatment| treatment.name == name)?;
        // Two names for one thing are one treatment: lines that say the same do not quarrel.
        let same = self
            .treatments
            .iter()
            .position(|other| self.treatments.get(at).is_some_and(|named| named.options == other.options));
        Some(same.unwrap_or(at) as TreatmentId)
    }

    fn scanner(&mut self, wanted: &ScanFor) -> usize {
        if let Some(known) = self.scans.iter().position(|scan| scan == wanted) {
            return known;
        }
        self.scans.push(wanted.clone());
        self.scans.len() - 1
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
                        self.classes.get(class as usize).map_or(Plan::SUPPRESS, |plan| plan.treatment);
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
        self.classes.iter().position(|class| class.name == name).map(|at| at as ClassId)
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
        frostglass_formats::order::sort_by(&mut own, Ord::cmp);
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

    fn complain_of_line(&mut self, path: &[&str; 2], line: &written::CatalogLine, class: Option<ClassId>) {
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

    fn scanners(&mut self) {
        let own = |wanted: &dyn Fn(&str) -> bool| -> Vec<UserDetector> {
            let detectors = self.file.detectors.iter().filter(|entry| wanted(&entry.name));
            detectors
                .map(|entry| UserDetector {
                    name: entry.name.clone(),
                    pattern: entry.value.pattern.clone(),
                    near: entry.value.near.clone(),
                    class: self
                        .class(entry.value.class.as_str())
                        .and_then(|id| self.classes.get(usize::from(id)))
                        .map_or(Class::Credential, |class| class.class),
                })
                .collect()
        };
        let mut made = Vec::new();
        for scan in &self.scans {
            let scanner = match scan {
                ScanFor::All => Scanner::new(&Selection::All, own(&|_| true)),
                ScanFor::Only(names) => {
                    let built_in = |name: &str| !self.file.detectors.iter().any(|entry| entry.name == name);
                    let named = names.iter().map(|name| name.as_str()).filter(|name| built_in(name));
                    let selection = Selection::Named(named.map(str::to_owned).collect());
                    Scanner::new(&selection, own(&|name| names.iter().any(|wanted| wanted.as_str() == name)))
                }
            };
            made.push(scanner);
        }
        for scanner in made {
            match scanner {
                Ok(mut scanner) => {
                    for (class, sure) in &self.floors {
                        scanner.set_floor(*class, *sure);
                    }
                    let classes = scanner
                        .detectors()
                        .map(|spec| {
                            let own =
                                self.file.detectors.find(&spec.name).map(|detector| detector.class.as_str());
                            own.and_then(|name| self.class(name)).unwrap_or(spec.class as ClassId)
                        })
                        .collect();
                    self.scanners.push(ScannerPlan { scanner, classes });
                }
                Err(error) => {
                    let finding = self.file.finding(&["detectors"], error.to_string(), "");
                    if !self.findings.iter().any(|known| known.what == finding.what) {
                        self.findings.push(finding);
                    }
                }
            }
        }
        for entry in &self.file.detectors {
            if self.class(entry.value.class.as_str()).is_none() {
                let known: Vec<&str> = self.classes.iter().map(|class| class.name.as_str()).collect();
                let (what, hint) = unknown("class", entry.value.class.as_str(), &known);
                self.findings.push(self.file.finding(&["detectors", &entry.name, "class"], what, hint));
            }
        }
    }
}

fn generalized(generalize: written::Generalize) -> Option<treat::Generalize> {
    match generalize {
        written::Generalize::Ip(bits) => {
            treat::Generalize::ip(u8::try_from(bits.v4.get()).ok()?, u8::try_from(bits.v6.get()).ok()?)
        }
        written::Generalize::Number(bucket) => treat::Generalize::number(bucket.bucket.get()),
        written::Generalize::Time(step) => treat::Generalize::time(step.seconds()),
    }
}

//! From a policy whose names are resolved to a plan that runs: makes the treatments and scanners, builds the matcher.
//!
//! Promises: a plan holds no word that does not exist; everything wrong with a policy is reported at once, with its
//! place. Which of several lines decides is [`super::plan`]'s.

use super::plan::{Plan, ScannerPlan, TreatmentPlan};
use super::{Matcher, Matches, ReadText, Strength};
use crate::Class;
use crate::detect::{Scanner, Selection, UserDetector};
use crate::treat::{self, Treatment};
use frostglass_formats::otlp::schema;
use frostglass_formats::{Level, Name};
use frostglass_keys::Rotation;
use frostglass_policy::{
    self as written, ClassId, DEFAULT_POLICY, Finding, LineId, PolicyError, PolicyFile, Resolved, ScanFor,
};

impl Plan {
    /// The policy embedded in this build (`filter/policies/default.yaml`).
    ///
    /// # Errors
    /// None in a build whose tests passed; hosts withhold everything all the same.
    pub fn embedded() -> Result<Self, PolicyError> {
        Self::from_json(DEFAULT_POLICY, "default.yaml")
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
        let (resolved, findings) = Resolved::of(&file);
        let mut compiler = Compiler {
            file: &file,
            findings,
            treatments: Vec::new(),
            scanners: Vec::new(),
            scans: Vec::new(),
        };
        for entry in &resolved.treatments {
            compiler.add_treatment(&entry.name, entry.value.clone());
        }
        compiler.scanners(&resolved);
        let Compiler { findings, treatments, scanners, .. } = compiler;
        PolicyError::check(findings)?;
        let Resolved { lines, classes, .. } = resolved;
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

struct Compiler<'f> {
    file: &'f PolicyFile,
    findings: Vec<Finding>,
    treatments: Vec<TreatmentPlan>,
    scanners: Vec<ScannerPlan>,
    /// Which detectors each scanner runs.
    scans: Vec<ScanFor>,
}

impl Compiler<'_> {
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
        let remembers = treat.is_remembered();
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

    fn scanner(&mut self, wanted: &ScanFor) -> usize {
        if let Some(known) = self.scans.iter().position(|scan| scan == wanted) {
            return known;
        }
        self.scans.push(wanted.clone());
        self.scans.len() - 1
    }

    fn scanners(&mut self, resolved: &Resolved) {
        let own = |wanted: &dyn Fn(&str) -> bool| -> Vec<UserDetector> {
            let detectors = self.file.detectors.iter().filter(|entry| wanted(&entry.name));
            detectors
                .map(|entry| UserDetector {
                    name: entry.name.clone(),
                    pattern: entry.value.pattern.clone(),
                    near: entry.value.near.clone(),
                    class: resolved
                        .class(entry.value.class.as_str())
                        .and_then(|id| resolved.classes.get(usize::from(id)))
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
                    for (class, sure) in &resolved.floors {
                        scanner.set_floor(*class, *sure);
                    }
                    let classes = scanner
                        .detectors()
                        .map(|spec| {
                            let own =
                                self.file.detectors.find(&spec.name).map(|detector| detector.class.as_str());
                            own.and_then(|name| resolved.class(name)).unwrap_or(spec.class as ClassId)
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

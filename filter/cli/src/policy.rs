//! Reads the policy that a command runs under, and the keys that it asks for.

use crate::clock;
use crate::failure::{Failure, wrong};
use frostglass_engine::Class;
use frostglass_engine::detect::{Scanner, Selection, UserDetector};
use frostglass_engine::policy::{KeySource, MissingKey, Plan, PolicyError, PolicyFile, ReadText, Treatment};
use frostglass_keys::vault::{Readers, read_private};
use frostglass_keys::{Issued, MAX_ISSUED_BYTES, Ring};
use std::path::{Path, PathBuf};

/// The policy that is built in, as people wrote it: its places are those of `filter/policies/default.yaml`.
const DEFAULT: &str = include_str!("../../policies/default.yaml");

/// `--policy`, as most commands have it.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PolicyArgument {
    /// Policy to use, YAML or JSON; without it, the one that is built in.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
}

impl PolicyArgument {
    /// The policy as written.
    pub(crate) fn file(&self) -> Result<PolicyFile, Failure> {
        self.policy.as_deref().map_or_else(embedded, read)
    }

    /// The policy as it runs.
    pub(crate) fn plan(&self) -> Result<Plan, Failure> {
        Ok(Plan::compile(self.file()?)?)
    }
}

/// `--recipient`, for commands that show what a policy does.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct RecipientArgument {
    /// Who gets the telemetry, as in the configuration of a host: one of the policy's `recipients`. Classes that it may not see are
    /// suppressed, and tokens differ between recipients. Without it, no class is suppressed for who gets it.
    #[arg(long, value_name = "NAME")]
    recipient: Option<String>,
}

impl RecipientArgument {
    /// The plan as it runs for the recipient, if one is named.
    pub(crate) fn narrowed(&self, plan: Plan) -> Result<Plan, Failure> {
        match &self.recipient {
            Some(name) => Ok(plan.for_recipient(name)?),
            None => Ok(plan),
        }
    }

    /// Its name; empty for none.
    pub(crate) fn name(&self) -> &str {
        self.recipient.as_deref().unwrap_or_default()
    }
}

/// The policy that is built in.
pub(crate) fn embedded() -> Result<PolicyFile, Failure> {
    Ok(PolicyFile::read_yaml(DEFAULT, "default.yaml")?)
}

/// The text of a policy's file.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, "cannot be read", &error))?;
    String::from_utf8(bytes).map_err(|_| wrong(format!("{}: is not UTF-8", path.display())))
}

/// Reads a policy from a file.
pub(crate) fn read(path: &Path) -> Result<PolicyFile, Failure> {
    parse(&text(path)?, path)
}

/// Reads a policy from the text of a file: JSON if the file says so or its first character does, YAML otherwise.
pub(crate) fn parse(text: &str, path: &Path) -> Result<PolicyFile, Failure> {
    Ok(parsed(text, path)?)
}

/// The same, with what is wrong still in parts.
pub(crate) fn parsed(text: &str, path: &Path) -> Result<PolicyFile, PolicyError> {
    let name = path.display().to_string();
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let is_json = match extension {
        "json" => true,
        "yaml" | "yml" => false,
        _ => text.trim_start().starts_with('{'),
    };
    if is_json { PolicyFile::read_json(text, &name) } else { PolicyFile::read_yaml(text, &name) }
}

/// The environment variable of a key.
pub(crate) fn variable(key: &str) -> String {
    format!("FROSTGLASS_KEY_{}", key.to_ascii_uppercase().replace('-', "_"))
}

/// `--keys`, as commands that treat values have it.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct KeysArgument {
    /// Issued keys, as `frostglass keys issue` writes them; without it, those that FROSTGLASS_KEYS_FILE names.
    #[arg(long = "keys", value_name = "FILE")]
    issued: Option<PathBuf>,
}

impl KeysArgument {
    fn issued(&self) -> Result<Option<(PathBuf, Issued)>, Failure> {
        let named = std::env::var_os("FROSTGLASS_KEYS_FILE").filter(|name| !name.is_empty());
        let Some(path) = self.issued.clone().or_else(|| named.map(PathBuf::from)) else { return Ok(None) };
        let bytes = read_private(&path, MAX_ISSUED_BYTES, Readers::Group)?;
        let issued = Issued::parse(&bytes);
        let issued = issued.map_err(|error| Failure::Stopped(format!("{}: {error}", path.display())))?;
        Ok(Some((path, issued)))
    }

    /// A sentence on issued keys of which a plan asks for one that has no epoch at a time in nanoseconds since 1970.
    pub(crate) fn out_of_time(&self, plan: &Plan, now: u64) -> Result<Option<String>, Failure> {
        let (Some((path, issued)), now) = (self.issued()?, now / 1_000_000_000) else { return Ok(None) };
        let wanted: Vec<&str> = plan.keys_from(KeySource::Issued).map(|(name, _)| name).collect();
        let mut told = None;
        for (name, _, epochs) in issued.keys().filter(|(name, ..)| wanted.contains(name)) {
            let held = epochs.iter().any(|epoch| (epoch.not_before..epoch.not_after).contains(&now));
            let from = epochs.iter().map(|epoch| epoch.not_before).min();
            let to = epochs.iter().map(|epoch| epoch.not_after).max();
            if let (false, Some((from, to)), None) = (held, from.zip(to), &told) {
                told = Some(format!(
                    "{}: key `{name}` is held from {} to {}, which is not now, so what needs it is suppressed; write the document anew with `frostglass keys issue`",
                    path.display(),
                    clock::written(from),
                    clock::written(to)
                ));
            }
        }
        Ok(told)
    }

    /// The keys that a plan asks for, issued ones and those of the environment, and a sentence for each that is missing. The
    /// published demo key is taken for a policy named `demo` alone.
    pub(crate) fn ring(&self, plan: &Plan) -> Result<(Ring, Vec<String>), Failure> {
        let issued = self.issued()?;
        let (ring, missing) = plan.ring(issued.as_ref().map(|(_, issued)| issued), &mut |name| {
            let variable = variable(name);
            match std::env::var_os(&variable).map(std::ffi::OsString::into_string) {
                None => Err(format!("{variable} is not set")),
                Some(Err(_)) => Err(format!("{variable} is not text")),
                Some(Ok(text)) => Ok(text),
            }
        });
        let told = missing.into_iter().map(|MissingKey { name, why }| {
            // Where it would come from says itself which key it is.
            let subject =
                if why.starts_with("FROSTGLASS_KEY_") { String::new() } else { format!("key `{name}` ") };
            format!("{subject}{why}; what needs the key `{name}` is suppressed")
        });
        Ok((ring, told.collect()))
    }
}

/// A treatment as people write it: `mask`, `pseudonymize with key ids`, `scan for all, hits by class`.
pub(crate) fn described(name: &str, options: &Treatment) -> String {
    let word = options.word();
    let written = serde_json::to_value(options).ok().filter(serde_json::Value::is_object);
    let detail = written.and_then(|written| {
        let inner = written.get(word).cloned()?;
        Some(compact(&if word == "scan" { written } else { inner }))
    });
    match detail {
        _ if name == word => word.to_owned(),
        Some(detail) => format!("{name} ({word} {detail})"),
        None => format!("{name} ({word})"),
    }
}

/// JSON as a YAML flow on one line, without quotes around plain words.
fn compact(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{name}: {}", compact(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        serde_json::Value::Array(items) => {
            format!("[{}]", items.iter().map(compact).collect::<Vec<_>>().join(", "))
        }
        serde_json::Value::String(text)
            if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') =>
        {
            text.clone()
        }
        other => other.to_string(),
    }
}

/// The detectors of a policy: all built-in ones, and its own.
pub(crate) fn scanner(plan: &Plan) -> Result<Scanner, Failure> {
    let class_of = |name: &str| {
        let ids = (0..).map_while(|id| plan.class(id));
        ids.into_iter().find(|class| class.name == name).map_or(Class::Credential, |class| class.class)
    };
    let own = plan.file().detectors.iter().map(|entry| UserDetector {
        name: entry.name.clone(),
        pattern: entry.value.pattern.clone(),
        near: entry.value.near.clone(),
        class: class_of(entry.value.class.as_str()),
    });
    Scanner::new(&Selection::All, own.collect()).map_err(wrong)
}

//! `frostglass render`: a policy in the form that a host loads, put where the host watches.

use crate::audit::{TrailArguments, word};
use crate::clock::Clock;
use crate::complaint::Severity;
use crate::envoy::Resource;
use crate::failure::{Done, Failure, wrong};
use crate::files;
use crate::lint;
use crate::policy;
use crate::screen;
use clap::ValueEnum;
use frostglass_audit::{Digest, Event};
use frostglass_engine::policy::{Plan, PolicyFile, ReadText};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Check a policy and write it in the form that a host loads.
///
/// With -o, the file changes in one step (a new file beside it is renamed), which is how a running Envoy notices. A policy
/// that is wrong changes nothing. What stands in the file that is replaced and is not said here stays: the path of the
/// module, names, options.
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("host").required(true).args(["envoy", "json"]),
    after_help = "\
Examples:
  frostglass render --envoy policy.yaml -o envoy/egress/ecds/frostglass.json    change the policy of a running Envoy
  frostglass render --envoy policy.yaml --on-withheld reject                    print the resource
  frostglass render --json policy.yaml                                          the policy alone, as hosts read it"
)]
pub(crate) struct Render {
    /// Write Envoy's ECDS resource: the filter with this policy.
    #[arg(long, value_name = "POLICY")]
    envoy: Option<PathBuf>,
    /// Write the policy alone, in its canonical JSON form.
    #[arg(long, value_name = "POLICY")]
    json: Option<PathBuf>,
    /// File to replace; standard output without it.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Name of the filter, as the listener's configuration has it [default: frostglass].
    #[arg(long, value_name = "NAME", requires = "envoy")]
    name: Option<String>,
    /// Where Envoy finds the module, from the folder that Envoy runs in [default: ../../dist/frostglass.wasm].
    #[arg(long, value_name = "PATH", requires = "envoy")]
    wasm: Option<String>,
    /// Who gets the telemetry: tokens differ between recipients.
    #[arg(long, value_name = "NAME", requires = "envoy")]
    recipient: Option<String>,
    /// Whose telemetry it is: tokens differ between tenants.
    #[arg(long, value_name = "NAME", requires = "envoy")]
    tenant: Option<String>,
    /// What becomes of a payload of which single records must be withheld.
    #[arg(long, value_name = "WHAT", requires = "envoy")]
    on_withheld: Option<OnWithheldWord>,
    /// Largest payload in bytes, after decompression.
    #[arg(long, value_name = "BYTES", requires = "envoy", value_parser = clap::value_parser!(u64).range(1..=MOST_PAYLOAD))]
    max_payload_bytes: Option<u64>,
    /// Largest treated payload in bytes.
    #[arg(long, value_name = "BYTES", requires = "envoy", value_parser = clap::value_parser!(u64).range(1..=4 * MOST_PAYLOAD))]
    max_output_bytes: Option<u64>,
    /// Envoy cluster from which issued keys are fetched, as `frostglass keys serve` gives them, every minute.
    #[arg(long, value_name = "NAME", requires = "envoy")]
    keys_cluster: Option<String>,
    #[command(flatten)]
    trail: TrailArguments,
    #[command(flatten)]
    clock: Clock,
}

/// The module's own ceiling on `max_payload_bytes`.
const MOST_PAYLOAD: u64 = 64 << 20;

/// `--on-withheld`.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum OnWithheldWord {
    /// The records go, the rest passes
    Drop,
    /// The payload is refused
    Reject,
}

impl Render {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let path =
            self.envoy.as_deref().or(self.json.as_deref()).ok_or_else(|| wrong("say --envoy or --json"))?;
        let (file, plan) = checked(path, self.clock)?;
        let text = if self.envoy.is_some() {
            let resource = self.resource();
            // The host would refuse it, too, but only there.
            let recipient = resource.settings.get("recipient").and_then(serde_json::Value::as_str);
            Plan::compile(file.clone())?.for_recipient(recipient.unwrap_or_default())?;
            resource.text(&file, &plan)
        } else {
            format!("{}\n", file.to_json())
        };
        match &self.output {
            None => std::io::stdout().lock().write_all(text.as_bytes())?,
            Some(output) => {
                self.trail.tell(&Event::Policy {
                    policy: word("the policy's name", plan.name())?,
                    before: digest_in(output),
                    after: Digest::parse(plan.digest()).unwrap_or_default(),
                })?;
                files::write(output, text.as_bytes())?;
                screen::say(&format!(
                    "{}: policy {} {}",
                    output.display(),
                    plan.name(),
                    short(plan.digest())
                ));
            }
        }
        Ok(Done::Well)
    }

    /// What the resource says besides the policy: what the file says that is to be replaced, but for what the arguments say.
    fn resource(&self) -> Resource {
        let mut resource = self.output.as_deref().map(Resource::of_file).unwrap_or_default();
        if let Some(name) = &self.name {
            resource.name.clone_from(name);
        }
        if let Some(wasm) = &self.wasm {
            resource.wasm.clone_from(wasm);
        }
        let on_withheld = self.on_withheld.map(|what| match what {
            OnWithheldWord::Drop => "drop",
            OnWithheldWord::Reject => "reject",
        });
        let said = [
            ("recipient", self.recipient.as_ref().map(|name| json!(name))),
            ("tenant", self.tenant.as_ref().map(|name| json!(name))),
            ("on_withheld", on_withheld.map(|word| json!(word))),
            ("max_payload_bytes", self.max_payload_bytes.map(|bytes| json!(bytes))),
            ("max_output_bytes", self.max_output_bytes.map(|bytes| json!(bytes))),
            ("keys", self.keys_cluster.as_ref().map(|cluster| json!({"cluster": cluster}))),
        ];
        for (word, value) in said {
            if let Some(value) = value {
                resource.settings.insert(word.to_owned(), value);
            }
        }
        resource
    }
}

/// Digest of the policy in a file of either form, if it holds one.
fn digest_in(path: &Path) -> Option<Digest> {
    let text = std::fs::read_to_string(path).ok()?;
    let written: serde_json::Value = serde_json::from_str(&text).ok()?;
    match written.get("version_info") {
        Some(version) => Digest::parse(version.as_str()?),
        None => Digest::parse(&PolicyFile::read_json(&text, "").ok()?.digest()),
    }
}

/// A policy without errors, those that only lint knows included.
fn checked(path: &Path, clock: Clock) -> Result<(PolicyFile, Plan), Failure> {
    let file = policy::read(path)?;
    let plan = Plan::compile(file.clone())?;
    let findings = lint::findings(&plan, clock.seconds());
    let errors: Vec<String> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.finding.to_string())
        .collect();
    if !errors.is_empty() {
        return Err(Failure::Wrong(errors.join("\n")));
    }
    let warnings = findings.iter().filter(|finding| finding.severity == Severity::Warning).count();
    if warnings > 0 {
        let warnings = screen::counted(warnings as u64, "warning");
        screen::notice(&format!("{warnings}; `frostglass lint {}` shows them", path.display()));
    }
    Ok((file, plan))
}

fn short(digest: &str) -> &str {
    digest.get(..16).unwrap_or(digest)
}

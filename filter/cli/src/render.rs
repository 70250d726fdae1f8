//! `frostglass render`: a policy in the form that a host loads, put where the host watches.

use crate::clock::Clock;
use crate::failure::{Done, Failure, wrong};
use crate::files;
use crate::lint;
use crate::policy;
use crate::screen;
use clap::ValueEnum;
use frostglass_engine::policy::{Plan, PolicyFile};
use serde_json::{Map, Value, json};
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

const RESOURCE: &str = "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig";
const FILTER: &str = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";
const STRING: &str = "type.googleapis.com/google.protobuf.StringValue";

impl Render {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let path =
            self.envoy.as_deref().or(self.json.as_deref()).ok_or_else(|| wrong("say --envoy or --json"))?;
        let (file, plan) = checked(path, self.clock)?;
        let text = if self.envoy.is_some() {
            let old = self.output.as_deref().and_then(old_resource);
            format!("{:#}\n", self.resource(&file, &plan, old.as_ref())?)
        } else {
            format!("{}\n", file.to_json())
        };
        match &self.output {
            None => std::io::stdout().lock().write_all(text.as_bytes())?,
            Some(output) => {
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

    /// The resource, with what `old` says where the arguments say nothing.
    fn resource(&self, file: &PolicyFile, plan: &Plan, old: Option<&Value>) -> Result<Value, Failure> {
        let old_text = |pointer: &str| old?.pointer(pointer)?.as_str().map(str::to_owned);
        let config = "/resources/0/typed_config/config";
        let name = self
            .name
            .clone()
            .or_else(|| old_text("/resources/0/name"))
            .unwrap_or_else(|| "frostglass".into());
        let wasm = self.wasm.clone().or_else(|| old_text(&format!("{config}/vm_config/code/local/filename")));
        let vm = old_text(&format!("{config}/vm_config/vm_id")).unwrap_or_else(|| format!("{name}-egress"));
        let settings = old_text(&format!("{config}/configuration/value"));
        let settings: Option<Map<String, Value>> = settings.and_then(|text| serde_json::from_str(&text).ok());
        let mut settings = settings.unwrap_or_default();
        settings.remove("policy");
        let mut say = |word: &str, value: Option<Value>| {
            if let Some(value) = value {
                settings.insert(word.to_owned(), value);
            }
        };
        say("recipient", self.recipient.as_ref().map(|name| json!(name)));
        say("tenant", self.tenant.as_ref().map(|name| json!(name)));
        say(
            "on_withheld",
            self.on_withheld.map(|what| {
                json!(match what {
                    OnWithheldWord::Drop => "drop",
                    OnWithheldWord::Reject => "reject",
                })
            }),
        );
        say("max_payload_bytes", self.max_payload_bytes.map(|bytes| json!(bytes)));
        say("max_output_bytes", self.max_output_bytes.map(|bytes| json!(bytes)));
        // The policy's text stays canonical, so that its digest can be checked in Envoy's dump.
        let mut configuration = format!("{{\"policy\":{}", file.to_json());
        for (word, value) in &settings {
            configuration.push_str(&format!(",{}:{value}", json!(word)));
        }
        configuration.push('}');
        let keys: Vec<String> = plan.key_names().map(policy::variable).collect();
        let mut vm_config = json!({
            "vm_id": vm,
            "runtime": "envoy.wasm.runtime.v8",
            "code": {"local": {"filename": wasm.unwrap_or_else(|| "../../dist/frostglass.wasm".into())}},
        });
        if let (false, Some(members)) = (keys.is_empty(), vm_config.as_object_mut()) {
            members.insert("environment_variables".into(), json!({"host_env_keys": keys}));
        }
        Ok(json!({
            "version_info": plan.digest(),
            "resources": [{
                "@type": RESOURCE,
                "name": name,
                "typed_config": {
                    "@type": FILTER,
                    "config": {
                        "name": name,
                        "root_id": name,
                        // A module that trapped comes back at once: refusing everybody for a second would help nobody.
                        "failure_policy": "FAIL_RELOAD",
                        "reload_config": {"backoff": {"base_interval": "0.01s", "max_interval": "0.05s"}},
                        "allow_on_headers_stop_iteration": true,
                        "vm_config": vm_config,
                        "configuration": {"@type": STRING, "value": configuration},
                    },
                },
            }],
        }))
    }
}

/// A policy without errors, those that only lint knows included.
fn checked(path: &Path, clock: Clock) -> Result<(PolicyFile, Plan), Failure> {
    let file = policy::read(path)?;
    let plan = Plan::compile(file.clone())?;
    let findings = lint::findings(&plan, clock.seconds());
    let errors: Vec<String> = findings
        .iter()
        .filter(|finding| finding.severity == lint::Severity::Error)
        .map(|finding| finding.finding.to_string())
        .collect();
    if !errors.is_empty() {
        return Err(Failure::Wrong(errors.join("\n")));
    }
    let warnings = findings.iter().filter(|finding| finding.severity == lint::Severity::Warning).count();
    if warnings > 0 {
        let warnings = screen::counted(warnings as u64, "warning");
        screen::notice(&format!("{warnings}; `frostglass lint {}` shows them", path.display()));
    }
    Ok((file, plan))
}

/// The resource that stands in a file, if it is one of ours.
fn old_resource(path: &Path) -> Option<Value> {
    let old: Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    (old.pointer("/resources/0/@type")?.as_str()? == RESOURCE).then_some(old)
}

fn short(digest: &str) -> &str {
    digest.get(..16).unwrap_or(digest)
}

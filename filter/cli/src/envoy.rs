//! Envoy's ECDS resource: the filter with one policy, as `envoy/egress` and every running Envoy read it.
//!
//! Whatever is not a setting of the user's stands here and nowhere else: how Envoy treats a module that trapped, which host
//! calls it lets the module make, which keys it hands in.

use crate::policy;
use frostglass_engine::policy::{KeySource, Plan, PolicyFile};
use serde_json::{Map, Value, json};
use std::path::Path;

const RESOURCE: &str = "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig";
const FILTER: &str = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";
const STRING: &str = "type.googleapis.com/google.protobuf.StringValue";

/// The list that the module's own tests hold against the module as built.
const CAPABILITIES: &str = include_str!("../../module/capabilities.txt");

/// What a resource says besides the policy.
#[derive(Debug)]
pub(crate) struct Resource {
    /// Name of the filter, as the listener's configuration has it.
    pub(crate) name: String,
    /// Where Envoy finds the module, from the folder that Envoy runs in.
    pub(crate) wasm: String,
    /// Filters of one name share VMs, and so share crashes. Absent: named after the filter.
    vm: Option<String>,
    /// The words of the plugin configuration, without the policy.
    pub(crate) settings: Map<String, Value>,
}

impl Default for Resource {
    /// As `envoy/egress` has it.
    fn default() -> Self {
        Self {
            name: "frostglass".into(),
            wasm: "../../dist/frostglass.wasm".into(),
            vm: None,
            settings: Map::new(),
        }
    }
}

impl Resource {
    /// What stands in a file, as far as it is a resource of ours.
    pub(crate) fn of_file(path: &Path) -> Self {
        let read = std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        read.as_ref().and_then(Self::of).unwrap_or_default()
    }

    fn of(written: &Value) -> Option<Self> {
        let resource = written.pointer("/resources/0")?;
        if resource.get("@type")?.as_str()? != RESOURCE {
            return None;
        }
        let text = |pointer: &str| resource.pointer(pointer)?.as_str().map(str::to_owned);
        let settings = text("/typed_config/config/configuration/value");
        let settings = settings.and_then(|text| serde_json::from_str(&text).ok());
        let mut settings: Map<String, Value> = settings.unwrap_or_default();
        settings.remove("policy");
        let usual = Self::default();
        Some(Self {
            name: text("/name").unwrap_or(usual.name),
            wasm: text("/typed_config/config/vm_config/code/local/filename").unwrap_or(usual.wasm),
            vm: text("/typed_config/config/vm_config/vm_id"),
            settings,
        })
    }

    /// The resource's text under a policy and the plan that was made of it.
    pub(crate) fn text(&self, file: &PolicyFile, plan: &Plan) -> String {
        // The policy's text stays canonical, so that its digest can be checked in Envoy's dump.
        let mut configuration = format!("{{\"policy\":{}", file.to_json());
        for (word, value) in &self.settings {
            configuration.push_str(&format!(",{}:{value}", json!(word)));
        }
        configuration.push('}');
        let keys: Vec<String> =
            plan.keys_from(KeySource::Standalone).map(|(name, _)| policy::variable(name)).collect();
        let mut vm_config = json!({
            "vm_id": self.vm.clone().unwrap_or_else(|| format!("{}-egress", self.name)),
            "runtime": "envoy.wasm.runtime.v8",
            "code": {"local": {"filename": self.wasm}},
        });
        if let (false, Some(members)) = (keys.is_empty(), vm_config.as_object_mut()) {
            members.insert("environment_variables".into(), json!({"host_env_keys": keys}));
        }
        let allowed: Map<String, Value> =
            allowed(self.settings.contains_key("keys")).map(|name| (name.to_owned(), json!({}))).collect();
        let resource = json!({
            "version_info": plan.digest(),
            "resources": [{
                "@type": RESOURCE,
                "name": self.name,
                "typed_config": {
                    "@type": FILTER,
                    "config": {
                        "name": self.name,
                        "root_id": self.name,
                        // A module that trapped comes back at once: refusing everybody for a second would help nobody.
                        "failure_policy": "FAIL_RELOAD",
                        "reload_config": {"backoff": {"base_interval": "0.01s", "max_interval": "0.05s"}},
                        "allow_on_headers_stop_iteration": true,
                        "vm_config": vm_config,
                        "configuration": {"@type": STRING, "value": configuration},
                        "capability_restriction_config": {"allowed_capabilities": allowed},
                    },
                },
            }],
        });
        format!("{resource:#}\n")
    }
}

/// What Envoy lets the module call, and calls in it. Calls to other services are among it only where keys are fetched by one.
fn allowed(fetches_keys: bool) -> impl Iterator<Item = &'static str> {
    CAPABILITIES.lines().filter_map(move |line| {
        line.strip_prefix("allow ").or_else(|| line.strip_prefix("keys ").filter(|_| fetches_keys))
    })
}

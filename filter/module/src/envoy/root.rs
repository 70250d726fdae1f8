//! Owns one plugin configuration: reads it, compiles its policy, and makes a stream context for each request.
//!
//! Envoy makes a new root context for each configuration on each worker, and lets running streams keep theirs; so all
//! that belongs to a policy hangs on the root context and nothing on the VM, and a payload meets exactly one policy.

use super::body::Desk;
use super::config::Settings;
use super::counters::{self, Ids, Series};
use super::egress::Egress;
use super::hostcalls::{self, Buffer, Level, Metric};
use super::warnings::Warnings;
use frostglass_engine::policy::{MissingKey, Plan};
use frostglass_engine::{Engine, Host, Tally};
use frostglass_keys::{Issued, Ring};
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// Envoy's clock, and the randomness of its WASI (`random_get`).
#[derive(Debug, Clone, Copy)]
pub(super) struct EnvoyHost;

impl Host for EnvoyHost {
    fn now_unix_nanos(&self) -> u64 {
        hostcalls::now_unix_nanos()
    }

    fn random(&self) -> Option<[u8; 32]> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).is_ok().then_some(bytes)
    }
}

/// One configuration in force, shared by the streams that started under it.
#[derive(Debug)]
pub(super) struct Serving {
    pub(super) settings: Settings,
    /// Name and digest of the policy.
    pub(super) policy: (String, String),
    pub(super) engine: RefCell<Engine>,
    pub(super) desk: RefCell<Desk>,
    ids: RefCell<Ids>,
    warnings: RefCell<Warnings>,
}

impl Serving {
    fn new(configuration: &[u8]) -> Result<Self, String> {
        let settings = Settings::parse(configuration).map_err(|error| error.to_string())?;
        let plan = match &settings.policy {
            Some(text) => Plan::from_json(text, "plugin configuration"),
            None => Plan::embedded(),
        }
        .map_err(|error| error.to_string())?;
        let ring = keys(&plan, None);
        let policy = (plan.name().to_owned(), plan.digest().to_owned());
        let engine = Engine::new(Arc::new(plan), ring, settings.options.clone());
        Ok(Self {
            settings,
            policy,
            engine: RefCell::new(engine),
            desk: RefCell::default(),
            ids: RefCell::default(),
            warnings: RefCell::default(),
        })
    }

    /// Adds to a counter. A host that refuses a metric does not stop the exchange.
    pub(super) fn count(&self, series: Series, by: u64) {
        let Ok(mut ids) = self.ids.try_borrow_mut() else { return };
        let define = |name: &str| hostcalls::define_metric(Metric::Counter, name).ok();
        if let Some(id) = ids.id(series, define) {
            let _ = hostcalls::increment_metric(id, by);
        }
    }

    /// Adds the counts of one payload.
    pub(super) fn count_tally(&self, tally: &Tally, signal: &str) {
        counters::tally(tally, signal, &mut |series, by| self.count(series, by));
    }

    /// Warns about one more `kind`, at most once a minute. `what` is made of fixed words and numbers.
    pub(super) fn warn(&self, kind: &'static str, what: impl FnOnce() -> String) {
        let Ok(mut warnings) = self.warnings.try_borrow_mut() else { return };
        match warnings.due(kind, hostcalls::now_unix_nanos()) {
            Some(1) => hostcalls::log(Level::Warn, &format!("frostglass: {}", what())),
            Some(count) => {
                hostcalls::log(Level::Warn, &format!("frostglass: {} ({count} since the last line)", what()));
            }
            None => {}
        }
    }

    /// Publishes which policy was loaded.
    fn announce(&self) {
        let (name, digest) = &self.policy;
        let short = digest.get(..16).unwrap_or(digest);
        let series = counters::series(counters::POLICY, &[("policy", name), ("digest", short)]);
        if let Ok(id) = hostcalls::define_metric(Metric::Gauge, &series) {
            let _ = hostcalls::record_metric(id, hostcalls::now_unix_nanos() / 1_000_000_000);
        }
    }
}

/// Keys from the environment, `FROSTGLASS_KEY_<NAME>`, and those that were issued. A missing or unsuited one is said and left
/// out: what needs it is then suppressed, and the rest of the telemetry goes on.
fn keys(plan: &Plan, issued: Option<&Issued>) -> Ring {
    let (ring, missing) = plan.ring(issued, &mut |name| {
        let variable = format!("FROSTGLASS_KEY_{}", name.to_ascii_uppercase().replace('-', "_"));
        // Unlike `var`, this says nothing about a value that is not UTF-8, and none of the errors carries the value.
        match std::env::var_os(&variable).map(std::ffi::OsString::into_string) {
            None => Err(format!("{variable} is not set")),
            Some(Err(_)) => Err(format!("{variable} is not text")),
            Some(Ok(text)) => Ok(text),
        }
    });
    for MissingKey { name, why } in missing {
        hostcalls::log(Level::Error, &format!("frostglass: key {name}: {why}; what needs it is suppressed"));
    }
    ring
}

/// The root context.
#[derive(Debug, Default)]
pub(super) struct Root {
    serving: Option<Rc<Serving>>,
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, size: usize) -> bool {
        let configuration = match hostcalls::buffer(Buffer::PluginConfiguration, 0, size) {
            Ok(bytes) if bytes.len() == size => bytes,
            Ok(_) => {
                hostcalls::log(Level::Error, "frostglass: plugin configuration came short");
                return false;
            }
            Err(status) => {
                hostcalls::log(Level::Error, &format!("frostglass: plugin configuration: {status}"));
                return false;
            }
        };
        match Serving::new(&configuration) {
            Ok(serving) => {
                serving.announce();
                self.serving = Some(Rc::new(serving));
                true
            }
            Err(error) => {
                for line in error.lines() {
                    hostcalls::log(Level::Error, &format!("frostglass: {line}"));
                }
                false
            }
        }
    }

    fn create_http_context(&self, _context_id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Egress::new(self.serving.clone())))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

//! Owns one plugin configuration: reads it, compiles its policy, and makes a stream context for each request.
//!
//! Envoy makes a new root context for each configuration on each worker, and lets running streams keep theirs; so all
//! that belongs to a policy hangs on the root context and nothing on the VM, and a payload meets exactly one policy.

use super::body::Desk;
use super::config::Settings;
use super::counters::{self, Ids, NONE, Series};
use super::egress::Egress;
use super::hostcalls::{self, Buffer, Level, Map, Metric};
use super::keys::{Answer, Fetched, Source, told};
use super::warnings::Warnings;
use frostglass_engine::policy::{MissingKey, Plan};
use frostglass_engine::{Engine, Host, Tally};
use frostglass_keys::{Issued, MAX_ISSUED_BYTES, Ring};
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

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
    plan: Arc<Plan>,
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
        // A new configuration starts with the keys that this VM has, not with none.
        let fetched = settings.keys.as_ref().and_then(fetched);
        Ok(Self::of(settings, Arc::new(plan), fetched.as_ref().map(|fetched| &fetched.issued)))
    }

    fn of(settings: Settings, plan: Arc<Plan>, issued: Option<&Issued>) -> Self {
        let policy = (plan.name().to_owned(), plan.digest().to_owned());
        let engine = Engine::new(Arc::clone(&plan), keys(&plan, issued), settings.options.clone());
        Self {
            settings,
            policy,
            plan,
            engine: RefCell::new(engine),
            desk: RefCell::default(),
            ids: RefCell::default(),
            warnings: RefCell::default(),
        }
    }

    /// The same configuration with other keys, for the streams that come.
    fn with_keys(&self, issued: &Issued) -> Self {
        Self::of(self.settings.clone(), Arc::clone(&self.plan), Some(issued))
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

thread_local! {
    /// What this VM fetched last, by where from. It outlives configurations.
    static FETCHED: RefCell<Vec<(Source, Fetched)>> = const { RefCell::new(Vec::new()) };
}

fn fetched(source: &Source) -> Option<Fetched> {
    let same = |known: &&(Source, Fetched)| known.0.cluster == source.cluster && known.0.path == source.path;
    FETCHED.with_borrow(|all| all.iter().find(same).map(|(_, fetched)| fetched.clone()))
}

fn remember(source: &Source, new: Fetched) {
    FETCHED.with_borrow_mut(|all| {
        all.retain(|(known, _)| known.cluster != source.cluster || known.path != source.path);
        // Configurations with ever new sources must not fill the VM.
        all.truncate(15);
        all.push((source.clone(), new));
    });
}

/// The root context.
#[derive(Debug, Default)]
pub(super) struct Root {
    serving: Option<Rc<Serving>>,
    /// Whether the endpoint was asked and has not answered.
    asking: bool,
}

impl Root {
    /// What came of a question, and when the next one is due.
    fn answered(&mut self, serving: &Serving, source: &Source, answer: Answer) {
        self.asking = false;
        let (outcome, well) = match answer {
            Answer::Same => ("same", true),
            Answer::New(new) => {
                hostcalls::log(Level::Info, &format!("frostglass: {}", told(&new.issued)));
                self.serving = Some(Rc::new(serving.with_keys(&new.issued)));
                remember(source, new);
                ("taken", true)
            }
            Answer::Refused(why) => {
                serving.warn("keys", || {
                    format!(
                        "issued keys are not taken and what is there stays, each key until its own end: {why}"
                    )
                });
                ("refused", false)
            }
        };
        serving.count(Series { name: counters::KEY_FETCHES, labels: [("outcome", outcome), NONE] }, 1);
        tick_in(source.pause(well));
    }
}

/// Asks Envoy for the next tick.
fn tick_in(milliseconds: u32) {
    if let Err(status) = hostcalls::set_tick_period(milliseconds) {
        let what =
            "issued keys cannot be fetched, and what needs them is suppressed; render the resource anew";
        hostcalls::log(Level::Error, &format!("frostglass: {what}: no ticks: {status}"));
    }
}

impl Context for Root {
    fn on_http_call_response(&mut self, _token: u32, headers: usize, size: usize, _trailers: usize) {
        let Some(serving) = self.serving.clone() else { return };
        let Some(source) = &serving.settings.keys else { return };
        let header =
            |name| if headers > 0 { hostcalls::header(Map::CallResponseHeaders, name) } else { None };
        let most = size.min(MAX_ISSUED_BYTES);
        let body = Zeroizing::new(hostcalls::buffer(Buffer::CallResponseBody, 0, most).unwrap_or_default());
        let answer = Answer::read(header(":status").as_deref(), header("etag").as_deref(), &body, size);
        self.answered(&serving, source, answer);
    }
}

impl RootContext for Root {
    fn on_tick(&mut self) {
        let Some(serving) = self.serving.clone() else { return };
        let Some(source) = &serving.settings.keys else { return };
        if self.asking {
            return;
        }
        let known = fetched(source).map(|fetched| fetched.etag).unwrap_or_default();
        let mut headers = vec![
            (":method", "GET"),
            (":path", source.path.as_str()),
            (":authority", "frostglass"),
            (":scheme", "http"),
        ];
        if !known.is_empty() {
            headers.push(("if-none-match", known.as_str()));
        }
        let patience = Duration::from_millis(Source::PATIENCE_MILLIS);
        // Through the SDK, whose dispatcher ends the VM on answers to calls that it does not know of.
        match proxy_wasm::hostcalls::dispatch_http_call(&source.cluster, headers, None, Vec::new(), patience)
        {
            Ok(_) => {
                self.asking = true;
                tick_in(source.pause(false));
            }
            Err(_) => {
                let why = "the cluster is not there, or the endpoint cannot be reached".to_owned();
                self.answered(&serving, source, Answer::Refused(why));
            }
        }
    }

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
                if serving.settings.keys.is_some() {
                    tick_in(Source::FIRST_MILLIS);
                }
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

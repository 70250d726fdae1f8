//! `frostglass audit record`: tells the chain what running hosts treated, and which policy is in force.
//!
//! Hosts write no chain: they have no file, and telemetry must not wait for one. They count, and whoever keeps the chain asks.

use super::page::Page;
use super::trail::{Trail, word};
use super::{failed, holds_no_value, now};
use crate::failure::{Done, Failure, wrong};
use crate::input::Input;
use crate::policy;
use crate::screen::{self, counted};
use frostglass_audit::{Digest, Event, Time, Word};
use frostglass_engine::policy::Plan;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Tell the chain what a running host has treated since it was last asked, and which policy is in force.
///
/// With --metrics, the page of a host's metrics is read, a Collector's or Envoy's, in the text form of Prometheus: how many values by
/// class and treatment, how many were withheld, and under which policies. Nothing is told when nothing was treated. A host that was
/// started anew counts from its start. The exit code is 1 when the host runs a policy that is not the last one that the chain was told.
///
/// With --policy, the chain is told that a policy is in force, if the last one of its name was another. `frostglass render -o` tells it
/// itself.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  curl -s http://127.0.0.1:8888/metrics | frostglass audit record audit.jsonl --metrics - --host collector-1
  curl -s http://127.0.0.1:9901/stats/prometheus | frostglass audit record audit.jsonl --metrics - --host envoy-1
  frostglass audit record audit.jsonl --policy policy.yaml")]
pub(super) struct Record {
    /// The chain's file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The signing key [default: FILE.key].
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Page of a host's metrics, or - for standard input. It must be fresh.
    #[arg(long, value_name = "FILE", requires = "host", required_unless_present = "policy")]
    metrics: Option<PathBuf>,
    /// What to call the host, always the same.
    #[arg(long, value_name = "NAME", requires = "metrics")]
    host: Option<String>,
    /// Policy that is in force, YAML or JSON.
    #[arg(short, long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// Seconds that a host may have been running longer than its page says, since that took time to come.
const SLACK: u64 = 2;

/// What the chain knows already.
#[derive(Default)]
struct Known {
    /// Digest of the last policy of each name.
    policies: BTreeMap<Word, Digest>,
    /// The last line of the host.
    last: Option<Last>,
}

struct Last {
    seq: u64,
    time: Time,
    counts: BTreeMap<Word, u64>,
    withheld: u64,
}

impl Record {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let plan = self.policy.as_deref().map(|path| Ok::<_, Failure>(Plan::compile(policy::read(path)?)?));
        let plan = plan.transpose()?;
        let host = self.host.as_deref().map(|host| {
            holds_no_value("the host's name", host)?;
            word("the host's name", host)
        });
        let page = self.metrics.as_deref().map(|path| {
            let text = String::from_utf8(Input::open(path)?.rest()?)
                .map_err(|_| wrong(format!("{}: is not UTF-8", path.display())))?;
            Page::read(&text).map_err(|what| wrong(format!("{}: {what}", path.display())))
        });
        let (host, page) = (host.transpose()?, page.transpose()?);

        let trail = Trail { file: self.file, key: self.key };
        let mut log = trail.open()?;
        let mut known = Known::default();
        let read = log.read(|line| match &line.entry.event {
            Some(Event::Policy { policy, after, .. }) => {
                known.policies.insert(policy.clone(), *after);
            }
            Some(Event::HostTreatment { host: of, counts_in_all, withheld_in_all, .. })
                if Some(of) == host.as_ref() =>
            {
                known.last = Some(Last {
                    seq: line.entry.seq,
                    time: line.entry.time,
                    counts: counts_in_all.clone(),
                    withheld: *withheld_in_all,
                });
            }
            _ => {}
        });
        read.map_err(|error| failed(&trail.file, &error))?;
        if let Some(plan) = &plan {
            let name = word("the policy's name", plan.name())?;
            let after = Digest::parse(plan.digest()).unwrap_or_default();
            let before = known.policies.insert(name.clone(), after);
            if before == Some(after) {
                screen::say(&format!("policy {name}: is told already"));
            } else {
                trail.append(&mut log, &Event::Policy { policy: name.clone(), before, after })?;
                screen::say(&format!("policy {name}: told"));
            }
        }
        let (Some(host), Some(page)) = (host, page) else { return Ok(Done::Well) };
        match page.since(host.clone(), known.last.as_ref()) {
            Some(event) => {
                trail.append(&mut log, &event)?;
                screen::say(&told(&event));
            }
            None => screen::say(&format!("{host}: nothing was treated since it was last told")),
        }
        let mut done = Done::Well;
        for (policy, digest) in &page.policies {
            let is_last = |known: &Digest| known.to_string().starts_with(digest.as_str());
            if !known.policies.is_empty() && !known.policies.values().any(is_last) {
                done = Done::Look;
                screen::notice(&format!(
                    "{host} runs policy {policy} {digest}, which the chain was not told last; find out who changed it, or tell it with --policy"
                ));
            }
        }
        Ok(done)
    }
}

fn told(event: &Event) -> String {
    let Event::HostTreatment { host, after, counts, withheld, .. } = event else { return String::new() };
    let values = counted(counts.values().sum(), "value");
    let since = if *after == 0 { "its start".to_owned() } else { format!("line {after}") };
    format!("{host}: {values} treated, {withheld} withheld, since {since}")
}

impl Page {
    /// What is to be told after the last line; nothing where nothing was treated.
    fn since(&self, host: Word, last: Option<&Last>) -> Option<Event> {
        let grew = |last: &&Last| {
            let none = 0;
            let counted = |(of, before): (&Word, &u64)| self.counts.get(of).unwrap_or(&none) >= before;
            last.counts.iter().all(counted) && self.withheld >= last.withheld
        };
        // Counts that fell tell of a start; counts that are past the old ones again do not, but the time of running does.
        let went_on = |last: &&Last| {
            let between = now().seconds().saturating_sub(last.time.seconds());
            self.uptime.is_none_or(|uptime| uptime.saturating_add(SLACK) >= between)
        };
        let last = last.filter(grew).filter(went_on);
        let before = |of: &Word| last.and_then(|last| last.counts.get(of)).copied().unwrap_or(0);
        let counts: BTreeMap<Word, u64> = self
            .counts
            .iter()
            .map(|(of, count)| (of.clone(), count.saturating_sub(before(of))))
            .filter(|(_, count)| *count > 0)
            .collect();
        let withheld = self.withheld.saturating_sub(last.map_or(0, |last| last.withheld));
        (!counts.is_empty() || withheld > 0).then(|| Event::HostTreatment {
            host,
            policies: self.policies.clone(),
            after: last.map_or(0, |last| last.seq),
            counts,
            withheld,
            counts_in_all: self.counts.clone(),
            withheld_in_all: self.withheld,
        })
    }
}

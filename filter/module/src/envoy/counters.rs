//! Names of the metrics, shaped so that Envoy's Prometheus page gives them proper labels.
//!
//! A series is `name.label=value.label=value`; the bootstrap's `stats_tags` cut the labels out. Envoy keeps a series for
//! ever, so all values come from closed lists; only the policy's name and digest change, once a reload.

use frostglass_engine::{Class, Tally};

/// Payloads by what became of them.
pub(super) const PAYLOADS: &str = "frostglass_payloads_total";
/// Requests refused, by reason.
pub(super) const REFUSED: &str = "frostglass_refused_total";
/// Body bytes as they came.
pub(super) const BYTES_IN: &str = "frostglass_bytes_in_total";
/// Body bytes as they went on.
pub(super) const BYTES_OUT: &str = "frostglass_bytes_out_total";
/// Fields that were ruled, kept ones included.
pub(super) const FIELDS: &str = "frostglass_fields_total";
/// Fields by class and treatment, without the kept ones.
pub(super) const TREATED: &str = "frostglass_fields_treated_total";
/// Values withheld, by reason.
pub(super) const WITHHELD: &str = "frostglass_values_withheld_total";
/// Records dropped, by reason.
pub(super) const DROPPED: &str = "frostglass_records_dropped_total";
/// Data points merged into another, because treatment made them alike.
pub(super) const MERGED: &str = "frostglass_points_merged_total";
/// Telemetry headers changed or removed by `transport/` lines.
pub(super) const HEADERS: &str = "frostglass_headers_treated_total";
/// Answers of the endpoint of issued keys, by what they were good for.
pub(super) const KEY_FETCHES: &str = "frostglass_key_fetches_total";
/// When a policy was loaded, in seconds since the epoch: the greatest is in force. (A gauge of 1 could not be taken back
/// without racing against the next policy, since workers reload on their own.)
pub(super) const POLICY: &str = "frostglass_policy_loaded_seconds";

/// A series' full name. Values are cleaned to letters, digits, `-` and `_`, since dots and `=` divide.
pub(super) fn series(name: &str, labels: &[(&str, &str)]) -> String {
    let mut series = name.to_owned();
    for (label, value) in labels {
        series.push('.');
        series.push_str(label);
        series.push('=');
        series.extend(value.chars().take(64).map(|letter| {
            if letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_') { letter } else { '_' }
        }));
    }
    series
}

/// Calls `add` with each series of a tally and by how much it grows.
pub(super) fn tally(tally: &Tally, signal: &str, add: &mut dyn FnMut(Series, u64)) {
    if tally.fields > 0 {
        add(Series { name: FIELDS, labels: [("signal", signal_word(signal)), NONE] }, tally.fields);
    }
    for ((class, treatment), count) in tally.treated.iter() {
        add(
            Series {
                name: TREATED,
                labels: [("class", class.map_or("unclassified", Class::word)), ("treatment", treatment)],
            },
            count,
        );
    }
    for (reason, count) in tally.withheld.iter() {
        add(Series { name: WITHHELD, labels: [("reason", reason.word()), NONE] }, count);
    }
    for (reason, count) in tally.records_dropped.iter() {
        add(
            Series { name: DROPPED, labels: [("signal", signal_word(signal)), ("reason", reason.word())] },
            count,
        );
    }
    if tally.merged > 0 {
        add(Series { name: MERGED, labels: [NONE, NONE] }, tally.merged);
    }
}

/// No label.
pub(super) const NONE: (&str, &str) = ("", "");

fn signal_word(signal: &str) -> &'static str {
    ["logs", "traces", "metrics", "json", "ndjson", "text", "loki", "elasticsearch", "prometheus", "syslog"]
        .into_iter()
        .find(|word| *word == signal)
        .unwrap_or("other")
}

/// A series by its fixed words: what ids are cached by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Series {
    /// Name of the metric.
    pub(super) name: &'static str,
    /// Up to two labels; [`NONE`] where there is none.
    pub(super) labels: [(&'static str, &'static str); 2],
}

impl Series {
    /// The full name.
    pub(super) fn full(&self) -> String {
        let labels = self.labels.iter().filter(|label| !label.0.is_empty()).copied().collect::<Vec<_>>();
        series(self.name, &labels)
    }
}

/// Ids of the series that were used so far, in order.
#[derive(Debug, Default)]
pub(super) struct Ids(Vec<(Series, Option<u32>)>);

impl Ids {
    /// The id of a series; `define` is asked once for each. None if the host refused it.
    pub(super) fn id(&mut self, series: Series, define: impl FnOnce(&str) -> Option<u32>) -> Option<u32> {
        let found = self.0.binary_search_by(|(known, _)| known.cmp(&series));
        match found {
            Ok(at) => self.0.get(at).and_then(|(_, id)| *id),
            Err(at) => {
                let id = define(&series.full());
                self.0.insert(at, (series, id));
                id
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use frostglass_engine::{Class, Reason};

    /// Scenario: a tally with everything in it, and a policy name with dividing letters.
    /// Guarantees: names divide into labels by dots and `=` alone.
    #[test]
    fn series_divide_by_dots_alone() {
        let counts = Tally {
            fields: 9,
            treated: [((Some(Class::DirectId), "pseudonymize"), 2)].into_iter().collect(),
            withheld: [(Reason::NoKey, 1)].into_iter().collect(),
            records_dropped: [(Reason::Malformed, 4)].into_iter().collect(),
            merged: 3,
        };
        let mut seen = Vec::new();
        tally(&counts, "logs", &mut |series, by| seen.push(format!("{} {by}", series.full())));
        assert_eq!(
            seen,
            [
                "frostglass_fields_total.signal=logs 9",
                "frostglass_fields_treated_total.class=direct-id.treatment=pseudonymize 2",
                "frostglass_values_withheld_total.reason=no-key 1",
                "frostglass_records_dropped_total.signal=logs.reason=malformed 4",
                "frostglass_points_merged_total 3",
            ]
        );
        assert_eq!(
            series(POLICY, &[("policy", "a.b=c é")]),
            "frostglass_policy_loaded_seconds.policy=a_b_c__"
        );
    }

    /// Scenario: one series is used twice.
    /// Guarantees: the host is asked for its id once.
    #[test]
    fn an_id_is_asked_for_once() {
        let mut ids = Ids::default();
        let series = Series { name: BYTES_IN, labels: [("signal", "logs"), NONE] };
        assert_eq!(ids.id(series, |_| Some(7)), Some(7));
        assert_eq!(ids.id(series, |_| Some(8)), Some(7));
    }
}

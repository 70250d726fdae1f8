//! The page of a host's metrics, in the text form of Prometheus: what of it the audit chain is told.
//!
//! A page is input like any other. Classes and treatments are those that there are, so that nothing else gets into the chain.

use frostglass_audit::Word;
use frostglass_engine::Class;
use frostglass_engine::treat::SPECS;
use std::collections::BTreeMap;

/// What a page says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// Values by `class/treatment`, since the host's start.
    pub(super) counts: BTreeMap<Word, u64>,
    /// Values and records that were withheld.
    pub(super) withheld: u64,
    /// Policies in force: the first digits of their digests, by name.
    pub(super) policies: BTreeMap<Word, Word>,
    /// Seconds since the host's start, if it says so.
    pub(super) uptime: Option<u64>,
}

impl Page {
    /// Reads a page.
    ///
    /// # Errors
    /// It holds nothing of Frostglass, or a line of it that is none; said without its text.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut page = Self::default();
        let mut found = false;
        // By name: how long in force, since when, and the digest.
        let mut young: BTreeMap<Word, (u64, Word)> = BTreeMap::new();
        let mut newest: Option<(u64, Word, Word)> = None;
        for (number, line) in (1..).zip(text.lines()) {
            let wrong = || format!("line {number} is no line of a host's metrics");
            let name = line.split(['{', ' ', '\t']).next().unwrap_or_default();
            if name.starts_with("otelcol_process_uptime") || name == "envoy_server_uptime" {
                page.uptime = Some(Sample::read(line).ok_or_else(wrong)?.value);
                continue;
            }
            // What stands before it is the host's.
            let Some((_, name)) = name.split_once("frostglass_").filter(|_| !line.starts_with('#')) else {
                continue;
            };
            let name = name.strip_suffix("_total").unwrap_or(name);
            if !["fields", "fields_treated", "values_withheld", "records_dropped"].contains(&name)
                && !name.starts_with("policy_age")
                && name != "policy_loaded_seconds"
            {
                continue;
            }
            found = true;
            let sample = Sample::read(line).ok_or_else(wrong)?;
            match name {
                "fields" => {}
                "fields_treated" => {
                    let of = sample.treated().ok_or_else(|| {
                        format!("line {number} has a class or a treatment that this version does not know")
                    })?;
                    let count = page.counts.entry(of).or_default();
                    *count = count.saturating_add(sample.value);
                }
                "values_withheld" | "records_dropped" => {
                    page.withheld = page.withheld.saturating_add(sample.value);
                }
                _ => {
                    let (policy, digest) = sample.policy().ok_or_else(wrong)?;
                    // A Collector says how old each is, of each processor; Envoy when it was loaded, and keeps what was.
                    if name == "policy_loaded_seconds" {
                        let newer = newest.as_ref().is_none_or(|(loaded, ..)| sample.value >= *loaded);
                        newest = if newer { Some((sample.value, policy, digest)) } else { newest };
                    } else if young.get(&policy).is_none_or(|(age, _)| sample.value <= *age) {
                        young.insert(policy, (sample.value, digest));
                    }
                }
            }
        }
        if !found {
            return Err("holds no counts of Frostglass; is it the metrics page of a host that runs it, and did anything pass yet?".to_owned());
        }
        page.policies.extend(young.into_iter().map(|(policy, (_, digest))| (policy, digest)));
        page.policies.extend(newest.map(|(_, policy, digest)| (policy, digest)));
        Ok(page)
    }
}

/// A line of a page.
struct Sample<'t> {
    labels: Vec<(&'t str, String)>,
    value: u64,
}

impl<'t> Sample<'t> {
    fn read(line: &'t str) -> Option<Self> {
        let mut rest = line.split_at(line.find(['{', ' ', '\t'])?).1;
        let mut labels = Vec::new();
        if let Some(inside) = rest.strip_prefix('{') {
            rest = inside.trim_start();
            while !rest.starts_with('}') {
                let (name, after) = rest.split_once('=')?;
                let (value, after) = quoted(after.trim_start())?;
                labels.push((name.trim(), value));
                rest = after.trim_start_matches([',', ' ']);
            }
            rest = rest.strip_prefix('}')?;
        }
        let value: f64 = rest.split_whitespace().next()?.parse().ok()?;
        // 2^53: beyond it, counts are no longer whole.
        let counts = (0.0..=9_007_199_254_740_992.0).contains(&value);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
        counts.then_some(Self { labels, value: value as u64 })
    }

    fn label(&self, wanted: &str) -> Option<&str> {
        self.labels.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str())
    }

    fn treated(&self) -> Option<Word> {
        let (class, treatment) = (self.label("class")?, self.label("treatment")?);
        let class_is_one = class == "unclassified" || Class::ALL.iter().any(|known| known.word() == class);
        let known = class_is_one && SPECS.iter().any(|spec| spec.name == treatment);
        known.then(|| Word::new(format!("{class}/{treatment}")).ok()).flatten()
    }

    fn policy(&self) -> Option<(Word, Word)> {
        let digest = self.label("digest")?;
        let is_digest = digest.len() == 16 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        let policy = Word::new(self.label("policy")?).ok()?;
        is_digest.then(|| Some((policy, Word::new(digest).ok()?))).flatten()
    }
}

/// A value in quotes, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.strip_prefix('"')?.chars();
    loop {
        match letters.next()? {
            '"' => return Some((value, letters.as_str())),
            '\\' => match letters.next()? {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Word {
        Word::new(text).unwrap()
    }

    /// Scenario: a Collector's page with two processors, and Envoy's with a policy that was replaced.
    /// Guarantees: counts are added up, those of other metrics are not taken, and the policies are those in force.
    #[test]
    fn pages_of_both_hosts_are_read() {
        let collector = "\
# HELP otelcol_processor_frostglass_fields_treated Fields by class and treatment
# TYPE otelcol_processor_frostglass_fields_treated counter
otelcol_process_uptime_seconds_total{service_name=\"a\"} 61.5
otelcol_processor_frostglass_fields_total{signal=\"logs\"} 100
otelcol_processor_frostglass_fields_treated_total{class=\"direct-id\",otel_scope_name=\"x, \\\"y\\\"}\",treatment=\"seal\"} 7
otelcol_processor_frostglass_fields_treated_total{class=\"direct-id\",treatment=\"seal\",more=\"\"} 1e+01 1700000000
otelcol_processor_frostglass_fields_treated_total{class=\"unclassified\",treatment=\"suppress\"} 2
otelcol_processor_frostglass_values_withheld_total{reason=\"no-key\"} 3
otelcol_processor_frostglass_records_dropped_total{reason=\"no-key\"} 1
otelcol_processor_frostglass_policy_age_seconds{policy=\"shop\",digest=\"00112233445566aa\"} 90
otelcol_processor_frostglass_policy_age_seconds{policy=\"shop\",digest=\"ff112233445566aa\"} 9
otelcol_processor_frostglass_guest_time_seconds_bucket{le=\"+Inf\"} NaN
other{frostglass_fields_treated=\"x\"} 5
";
        let page = Page::read(collector).unwrap();
        let counts = BTreeMap::from([(word("direct-id/seal"), 17), (word("unclassified/suppress"), 2)]);
        let policies = BTreeMap::from([(word("shop"), word("ff112233445566aa"))]);
        assert_eq!(page, Page { counts, withheld: 4, policies, uptime: Some(61) });
        let envoy = "\
envoy_server_uptime{} 5
frostglass_fields_treated_total{class=\"payment\",treatment=\"mask\"} 4
frostglass_policy_loaded_seconds{policy=\"b\",digest=\"00112233445566bb\"} 1700000002
frostglass_policy_loaded_seconds{policy=\"a\",digest=\"00112233445566aa\"} 1700000001
";
        let page = Page::read(envoy).unwrap();
        assert_eq!(page.policies, BTreeMap::from([(word("b"), word("00112233445566bb"))]));
        assert_eq!((page.counts[&word("payment/mask")], page.uptime), (4, Some(5)));
    }

    /// Scenario: values where a class, a treatment, a policy or a number belongs, lines that stop, and pages of something else.
    /// Guarantees: refused with the line, and without what stands in it.
    #[test]
    fn nothing_but_counts_is_taken() {
        for line in [
            r#"frostglass_fields_treated_total{class="canary",treatment="mask"} 4"#,
            r#"frostglass_fields_treated_total{class="payment",treatment="canary"} 4"#,
            r#"frostglass_fields_treated_total{class="payment",treatment="mask"} canary"#,
            r#"frostglass_fields_treated_total{class="payment",treatment="mask"} -1"#,
            r#"frostglass_fields_treated_total{class="payment",treatment="mask"} +Inf"#,
            r#"frostglass_fields_treated_total{class="payment",treatment="mask"}"#,
            r#"frostglass_fields_treated_total{class="payment",treatment="mask"#,
            r#"frostglass_policy_age{policy="shop",digest="canary"} 4"#,
            r#"frostglass_policy_age{policy="canary bird",digest="00112233445566aa"} 4"#,
            "frostglass_values_withheld_total",
        ] {
            let told = Page::read(&format!("# a page\n{line}\n")).unwrap_err();
            assert!(told.starts_with("line 2 ") && !told.contains("canary"), "{line}: {told}");
        }
        for text in ["", "up 1\n", "<html>frostglass_fields</html>"] {
            assert!(Page::read(text).unwrap_err().contains("no counts of Frostglass"), "{text}");
        }
    }
}

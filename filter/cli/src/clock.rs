//! The time that the command tells the engine: the system's, or one given for output that can be repeated. And the
//! randomness, which is always the system's.

use clap::Args;
use frostglass_engine::Host;
use std::time::{SystemTime, UNIX_EPOCH};

/// The clock of a command.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Clock {
    /// Time to treat by: RFC 3339 in UTC, or nanoseconds since 1970.
    #[arg(long = "now", value_name = "TIME", value_parser = read, hide = true, global = true)]
    fixed: Option<u64>,
}

impl Clock {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub(crate) fn now(self) -> u64 {
        self.fixed.unwrap_or_else(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
        })
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub(crate) fn seconds(self) -> i64 {
        i64::try_from(self.now() / 1_000_000_000).unwrap_or(i64::MAX)
    }
}

/// This machine at a time in nanoseconds since 1970, as what an engine runs on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Machine(pub(crate) u64);

impl Host for Machine {
    fn now_unix_nanos(&self) -> u64 {
        self.0
    }

    fn random(&self) -> Option<[u8; 32]> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).is_ok().then_some(bytes)
    }
}

/// Reads a time; the policy's own reader of instants knows the calendar.
pub(crate) fn read(text: &str) -> Result<u64, String> {
    if let Ok(nanos) = text.parse() {
        return Ok(nanos);
    }
    let instant = frostglass_engine::policy::Until::try_from(text.to_owned())
        .map_err(|_| "write 2026-01-31T18:00:00Z, or nanoseconds since 1970".to_owned())?;
    let day = if text.contains('T') { 0 } else { 86_400 };
    let seconds =
        u64::try_from(instant.ends_unix_seconds() - day).map_err(|_| "lies before 1970".to_owned())?;
    seconds.checked_mul(1_000_000_000).ok_or_else(|| "lies too far ahead".to_owned())
}

/// A time in seconds since 1970 as people write it, in UTC. The calendar is the algorithm `civil_from_days` (H. Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms").
pub(crate) fn written(unix_seconds: u64) -> String {
    let (days, second) = (unix_seconds / 86_400, unix_seconds % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: instants around leap days, ends of years and of centuries, read and written.
    /// Guarantees: what is written is what was read.
    #[test]
    fn instants_are_written_as_they_are_read() {
        for text in [
            "1970-01-01T00:00:00Z",
            "1999-12-31T23:59:59Z",
            "2000-02-29T12:00:00Z",
            "2026-11-26T08:00:01Z",
            "2100-02-28T23:59:59Z",
            "2100-03-01T00:00:00Z",
            "2400-02-29T00:00:00Z",
        ] {
            assert_eq!(written(read(text).unwrap() / 1_000_000_000), text);
        }
    }
}

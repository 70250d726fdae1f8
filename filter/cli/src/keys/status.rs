//! `frostglass keys status`: what is in a vault, and for how long it makes people known again; never a key.

use super::VaultArgument;
use crate::clock;
use crate::explain::Answer;
use crate::failure::{Done, Failure};
use crate::screen::counted;
use frostglass_keys::vault::{EpochStatus, KeyStatus};
use serde_json::json;
use std::io::Write;

/// Show names, epochs, ages, check values and re-identification windows; never a key.
///
/// The re-identification window is the time for whose tokens and seals the vault still holds what turns them back or computes
/// them again. It ends where `destroy` and `rotate --prune` end it.
#[derive(Debug, clap::Args)]
pub(super) struct Status {
    #[command(flatten)]
    vault: VaultArgument,
    /// How to say it.
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: Answer,
}

impl Status {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let now = self.vault.now();
        let keys = self.vault.open()?.status();
        let mut out = std::io::stdout().lock();
        match self.format {
            Answer::Json => {
                let all: Vec<_> = keys.iter().map(|key| as_json(key, now)).collect();
                writeln!(out, "{:#}", json!(all))?;
            }
            Answer::Text => {
                for key in &keys {
                    out.write_all(as_text(key, now).as_bytes())?;
                }
            }
        }
        Ok(Done::Well)
    }
}

/// First second of the oldest epoch whose key the vault still has: what was destroyed or split among persons it cannot use.
fn window(key: &KeyStatus) -> Option<u64> {
    key.epochs
        .iter()
        .filter(|epoch| epoch.destroyed.is_none() && epoch.split.is_none())
        .map(|epoch| epoch.not_before)
        .min()
}

fn as_json(key: &KeyStatus, now: u64) -> serde_json::Value {
    let epoch = |epoch: &EpochStatus| {
        json!({
            "epoch": epoch.epoch, "not_before": epoch.not_before, "not_after": epoch.not_after,
            "check_value": epoch.check_value, "destroyed": epoch.destroyed, "split": epoch.split,
        })
    };
    json!({
        "key": key.spec.name, "use": key.spec.purpose.word(), "epoch_seconds": key.spec.rotation.seconds(),
        "overlap_seconds": key.spec.overlap_seconds,
        "reidentifies_since": window(key), "reidentification_window_seconds": window(key).map(|from| now.saturating_sub(from)),
        "epochs": key.epochs.iter().map(epoch).collect::<Vec<_>>(),
    })
}

fn as_text(key: &KeyStatus, now: u64) -> String {
    let spec = &key.spec;
    let epochs = spec.rotation.seconds().map_or_else(
        || "no epochs".to_owned(),
        |seconds| match spec.overlap_seconds {
            0 => format!("epochs of {}", length(seconds.into())),
            overlap => format!("epochs of {}, overlap {}", length(seconds.into()), length(overlap.into())),
        },
    );
    let mut out = format!("{}: {}, {epochs}\n", spec.name, spec.purpose);
    out.push_str(&match window(key) {
        Some(from) if from <= now => {
            let word = if spec.purpose == frostglass_keys::Purpose::Pseudonymize {
                "computes again"
            } else {
                "turns back"
            };
            format!(
                "  the vault {word} what was made since {}: {}\n",
                clock::written(from),
                length(now - from)
            )
        }
        _ => "  the vault turns nothing back\n".to_owned(),
    });
    for epoch in key.epochs.iter().rev() {
        let state = match epoch.destroyed {
            Some(at) => format!("destroyed on {}", clock::written(at)),
            None if epoch.split.is_some() => "split among persons".to_owned(),
            None if now < epoch.not_before => format!("begins in {}", length(epoch.not_before - now)),
            None => format!("{} old", length(now - epoch.not_before)),
        };
        out.push_str(&format!(
            "  epoch {:<9} from {}  check value {}  {state}\n",
            epoch.epoch,
            clock::written(epoch.not_before),
            epoch.check_value,
        ));
    }
    out
}

/// A length of time in its largest unit of which there are two.
fn length(seconds: u64) -> String {
    match seconds {
        0..120 => counted(seconds, "second"),
        120..7200 => counted(seconds / 60, "minute"),
        7200..172_800 => counted(seconds / 3600, "hour"),
        _ => counted(seconds / 86_400, "day"),
    }
}

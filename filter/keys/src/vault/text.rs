//! The text of a vault: a header, a line for each key, a line of tags. Specified in `docs/reference/keys.md`.

use super::lock::{Lock, Unlock, UnlockError};
use super::{KeySpec, State, Vault, VaultEpoch, VaultError, VaultKey, Wrapped};
use crate::issued::{Hex, is_name, push_hex, read_hex};
use crate::token::MAX_EPOCH;
use crate::{Purpose, Rotation};
use serde::Deserialize;
use std::fmt::Write as _;
use std::path::Path;
use subtle::ConstantTimeEq;

/// Largest vault, in bytes: some hundred thousand epochs.
pub(super) const MAX_BYTES: usize = 64 << 20;

const HEADER: &str = "frostglass/vault-header/v1";
const WHOLE: &str = "frostglass/vault-whole/v1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyLine {
    name: String,
    #[serde(rename = "use")]
    purpose: Purpose,
    #[serde(default)]
    epoch_seconds: Option<u32>,
    #[serde(default)]
    overlap_seconds: u32,
    check_secret: Sealed,
    epochs: Vec<EpochLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    nonce: Hex<24>,
    sealed: Hex<48>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EpochLine {
    epoch: u32,
    not_before: u64,
    not_after: u64,
    check_value: Hex<4>,
    #[serde(default)]
    destroyed: Option<u64>,
    #[serde(default)]
    public: Option<Hex<32>>,
    #[serde(default)]
    nonce: Option<Hex<24>>,
    #[serde(default)]
    sealed: Option<Hex<48>>,
}

/// The whole text, tags included.
pub(super) fn write(lock: &Lock, keys: &[VaultKey]) -> Result<String, VaultError> {
    let mut out = format!("{}\n", lock.header);
    for VaultKey { spec, check_secret, epochs } in keys {
        let _ = write!(out, r#"{{"name": "{}", "use": "{}", "#, spec.name, spec.purpose.word());
        if let Some(seconds) = spec.rotation.seconds() {
            let _ = write!(out, r#""epoch_seconds": {seconds}, "#);
        }
        if spec.overlap_seconds > 0 {
            let _ = write!(out, r#""overlap_seconds": {}, "#, spec.overlap_seconds);
        }
        out.push_str(r#""check_secret": {"#);
        push_wrapped(check_secret, &mut out);
        out.push_str(r#"}, "epochs": ["#);
        for (at, epoch) in epochs.iter().enumerate() {
            let VaultEpoch { epoch, not_before, not_after, check_value, state } = epoch;
            let comma = if at > 0 { ", " } else { "" };
            let _ = write!(
                out,
                r#"{comma}{{"epoch": {epoch}, "not_before": {not_before}, "not_after": {not_after}, "check_value": ""#
            );
            push_hex(check_value, &mut out);
            out.push_str("\", ");
            match state {
                State::Destroyed(at) => {
                    let _ = write!(out, r#""destroyed": {at}"#);
                }
                State::Kept { wrapped, public } => {
                    if let Some(public) = public {
                        out.push_str(r#""public": ""#);
                        push_hex(public, &mut out);
                        out.push_str("\", ");
                    }
                    push_wrapped(wrapped, &mut out);
                }
            }
            out.push('}');
        }
        out.push_str("]}\n");
    }
    let tags = [lock.tag(HEADER, &lock.header)?, lock.tag(WHOLE, &out)?];
    out.push_str("tags");
    for tag in tags {
        out.push(' ');
        push_hex(&tag, &mut out);
    }
    out.push('\n');
    Ok(out)
}

fn push_wrapped(wrapped: &Wrapped, out: &mut String) {
    out.push_str(r#""nonce": ""#);
    push_hex(&wrapped.nonce, out);
    out.push_str(r#"", "sealed": ""#);
    push_hex(&wrapped.sealed, out);
    out.push('"');
}

/// Reads a vault. Nothing behind the header is looked at before the tag over it all was found right.
pub(super) fn read(path: &Path, bytes: &[u8], unlock: &Unlock) -> Result<Vault, VaultError> {
    let no_vault = |line| VaultError::Format { file: path.to_owned(), line };
    let text = std::str::from_utf8(bytes).map_err(|_| no_vault(1))?;
    let lines = text.lines().count();
    let (header, _) = text.split_once('\n').ok_or_else(|| no_vault(1))?;
    let ended = text.strip_suffix('\n').ok_or_else(|| no_vault(lines))?;
    let (body, tags) = ended.rsplit_once('\n').ok_or_else(|| no_vault(lines))?;
    let (mut header_tag, mut whole_tag) = ([0; 32], [0; 32]);
    tags.strip_prefix("tags ")
        .and_then(|tags| tags.split_once(' '))
        .and_then(|(first, second)| read_hex(first, &mut header_tag).zip(read_hex(second, &mut whole_tag)))
        .ok_or_else(|| no_vault(lines))?;
    let lock = Lock::of(header, unlock)?.ok_or_else(|| no_vault(1))?;
    let fits = |one: &[u8; 32], other: &[u8; 32]| bool::from(one.ct_eq(other));
    if !fits(&lock.tag(HEADER, header)?, &header_tag) {
        return Err(UnlockError::Wrong.into());
    }
    let tagged = text.get(..=body.len()).ok_or_else(|| no_vault(lines))?;
    if !fits(&lock.tag(WHOLE, tagged)?, &whole_tag) {
        return Err(VaultError::Changed(path.to_owned()));
    }
    let mut keys = Vec::new();
    for (at, line) in body.split('\n').enumerate().skip(1) {
        let read: Option<KeyLine> = serde_json::from_str(line).ok();
        keys.push(read.and_then(key).ok_or_else(|| no_vault(at + 1))?);
    }
    Ok(Vault { path: path.to_owned(), lock, keys, folder: None })
}

fn key(line: KeyLine) -> Option<VaultKey> {
    let rotation = match line.epoch_seconds {
        None => Rotation::Never,
        Some(seconds) => Rotation::every(seconds)?,
    };
    let spec =
        KeySpec { name: line.name, purpose: line.purpose, rotation, overlap_seconds: line.overlap_seconds };
    let check_secret = Wrapped { nonce: *line.check_secret.nonce.0, sealed: *line.check_secret.sealed.0 };
    let epoch = |line: EpochLine| {
        let state = match (line.destroyed, line.nonce, line.sealed) {
            (Some(at), None, None) => State::Destroyed(at),
            (None, Some(nonce), Some(sealed)) => State::Kept {
                wrapped: Wrapped { nonce: *nonce.0, sealed: *sealed.0 },
                public: line.public.map(|public| *public.0),
            },
            _ => return None,
        };
        let EpochLine { epoch, not_before, not_after, check_value, .. } = line;
        (epoch <= MAX_EPOCH).then_some(VaultEpoch {
            epoch,
            not_before,
            not_after,
            check_value: *check_value.0,
            state,
        })
    };
    let epochs: Vec<VaultEpoch> = line.epochs.into_iter().map(epoch).collect::<Option<_>>()?;
    is_name(&spec.name).then_some(VaultKey { spec, check_secret, epochs })
}

//! Claims about the vault: what opens it, what cannot be changed in it, what is left of what was destroyed.

use super::*;
use crate::{Binding, Domain, Prefix, Ring};
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// Drawn once, for these tests alone.
const KEY: &[u8] = b"d3c1f09a5be274168c0f7ae3b9452d6e11c85f70a29b3e6d84f15c07be92a36d";
const OTHER: &[u8] = b"70b1c4f58e2d93a6417fd02c9ab5e836f49d1207c86ea35b0d92fe4c5817ab63";
const DAY: u32 = 86_400;
/// 2026-11-26T08:00:00Z.
const NOW: u64 = 1_795_680_000;

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("frostglass-vault-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("keys.vault")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn unlock() -> Unlock {
    Unlock::key_file(KEY).unwrap()
}

fn spec(name: &str, purpose: Purpose, epoch: Option<u32>, overlap_seconds: u32) -> KeySpec {
    let rotation = epoch.map_or(Rotation::Never, |seconds| Rotation::every(seconds).unwrap());
    KeySpec { name: name.to_owned(), purpose, rotation, overlap_seconds }
}

/// A vault with a key of each kind, kept up at [`NOW`].
fn vault(scratch: &Scratch) -> Vault {
    let mut vault = Vault::create(&scratch.file(), &unlock()).unwrap();
    vault.add(spec("ids", Purpose::Pseudonymize, Some(DAY), 7200)).unwrap();
    vault.add(spec("safe", Purpose::Seal, Some(DAY), 0)).unwrap();
    vault.add(spec("back", Purpose::Tokenize, None, 0)).unwrap();
    vault.keep_up(NOW, None).unwrap();
    vault.save().unwrap();
    vault
}

fn bytes(scratch: &Scratch) -> Vec<u8> {
    fs::read(scratch.file()).unwrap()
}

fn put(scratch: &Scratch, bytes: &[u8]) {
    private_file::write(&scratch.file(), bytes).unwrap();
}

fn epochs(issued: &Issued, name: &str) -> Vec<u32> {
    let key = issued.keys().find(|(known, ..)| *known == name).unwrap();
    key.2.iter().map(|epoch| epoch.epoch).collect()
}

/// Scenario: a vault is written and opened again, days and epochs later.
/// Guarantees: the same keys; each epoch has its own, and the present one is made when it is missing.
#[test]
fn keys_of_all_epochs_are_kept() {
    let scratch = Scratch::new("kept");
    let first = vault(&scratch).epoch_key("ids", (NOW / 86_400) as u32).unwrap();
    let mut again = Vault::open_to_change(&scratch.file(), &unlock()).unwrap();
    let made = again.keep_up(NOW + 3 * 86_400, None).unwrap();
    let today = (NOW / 86_400) as u32;
    assert_eq!(made, [("ids".to_owned(), today + 3), ("safe".to_owned(), today + 3)]);
    again.save().unwrap();
    drop(again);
    let read = Vault::open(&scratch.file(), &unlock()).unwrap();
    assert_eq!(*read.epoch_key("ids", today).unwrap(), *first);
    assert_ne!(*read.epoch_key("ids", today + 3).unwrap(), *first);
    assert_eq!(read.status()[0].epochs.len(), 2);
    assert!(matches!(read.epoch_key("ids", today + 1), Err(VaultError::NoEpoch { .. })));
    assert!(matches!(read.epoch_key("safe", today), Err(VaultError::OtherUse { .. })));
    assert!(matches!(read.private_half("ids", today), Err(VaultError::OtherUse { .. })));
    assert!(matches!(read.save(), Err(VaultError::ReadOnly)));
    assert_eq!(
        fs::metadata(scratch.file()).unwrap().permissions().mode() & 0o777,
        0o600,
        "nobody else may read it"
    );
}

/// Scenario: the document for hosts before, within and after the lead of a roll-over, and in the overlap after it.
/// Guarantees: it holds the present epoch, the next one within the lead, the previous one in the overlap, and no other; of a
/// sealing key the public half, which is that of the private one; it reads back as written.
#[test]
fn hosts_are_issued_what_they_need_now() {
    let scratch = Scratch::new("issued");
    let mut vault = vault(&scratch);
    let today = (NOW / 86_400) as u32;
    let midnight = u64::from(today + 1) * 86_400;
    let at = |vault: &mut Vault, time: u64| {
        vault.keep_up(time, None).unwrap();
        let issued = vault.issue(time, None, &[]).unwrap();
        let read = Issued::parse(issued.text().as_bytes()).unwrap();
        assert_eq!(*read.text(), *issued.text());
        read
    };
    assert_eq!(epochs(&at(&mut vault, NOW), "ids"), [today]);
    assert_eq!(epochs(&at(&mut vault, midnight - 7201), "ids"), [today]);
    assert_eq!(epochs(&at(&mut vault, midnight - 7200), "ids"), [today, today + 1]);
    assert_eq!(epochs(&at(&mut vault, midnight), "ids"), [today, today + 1]);
    assert_eq!(epochs(&at(&mut vault, midnight + 7199), "ids"), [today, today + 1]);
    let later = at(&mut vault, midnight + 7200);
    assert_eq!(epochs(&later, "ids"), [today + 1]);
    assert_eq!(epochs(&later, "safe"), [today + 1]);
    assert_eq!(epochs(&later, "back"), [0]);
    assert_eq!(vault.issue(NOW, None, &["safe".to_owned()]).unwrap().keys().count(), 1);
    assert!(matches!(vault.issue(NOW, None, &["sfae".to_owned()]), Err(VaultError::NoKey { .. })));

    let mut ring = Ring::default();
    ring.add_issued(&later, "safe", Purpose::Seal, Rotation::every(DAY).unwrap()).unwrap();
    let (epoch, public) = ring.sealing_key("safe", (midnight + 9000) * 1_000_000_000).unwrap();
    let private = vault.private_half("safe", epoch).unwrap();
    assert_eq!((epoch, x25519(*private, X25519_BASEPOINT_BYTES)), (today + 1, public));
    assert!(!later.text().contains(&hex(private.as_slice())));
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::new();
    push_hex(bytes, &mut out);
    out
}

/// Scenario: a host is seized with everything that it was issued.
/// Guarantees: no earlier epoch's key is in it, nor does any key in it derive one: the same document serves whatever the
/// earlier keys were, for they are drawn on their own.
#[test]
fn an_issued_document_knows_nothing_of_earlier_epochs() {
    let scratch = Scratch::new("seized");
    let mut vault = vault(&scratch);
    let today = (NOW / 86_400) as u32;
    let earlier = [vault.epoch_key("ids", today).unwrap(), vault.private_half("safe", today).unwrap()];
    let later = NOW + 2 * 86_400;
    vault.keep_up(later, None).unwrap();
    let with = vault.issue(later, None, &[]).unwrap().text();
    for secret in earlier {
        assert!(!with.contains(&hex(secret.as_slice())));
    }
    // Without the earlier epochs the vault issues the same bytes: they are no input of anything that a host gets.
    vault.prune(later, later);
    assert_eq!(*vault.issue(later, None, &[]).unwrap().text(), *with);
}

/// Scenario: an epoch is destroyed.
/// Guarantees: its wrapped bytes are in no file of the folder, it is never made again, and hosts get none for it.
#[test]
fn a_destroyed_epoch_is_gone() {
    let scratch = Scratch::new("destroyed");
    drop(vault(&scratch));
    let today = (NOW / 86_400) as u32;
    let before = String::from_utf8(bytes(&scratch)).unwrap();
    let sealed = |text: &str| {
        let from = text.find(&format!("\"epoch\": {today}")).unwrap();
        let from = from + text[from..].find("\"sealed\": \"").unwrap() + 11;
        text[from..from + 96].to_owned()
    };
    let gone = sealed(&before);
    // Whoever holds the old file open sees it overwritten, too.
    let mut held = fs::File::open(scratch.file()).unwrap();
    let mut vault = Vault::open_to_change(&scratch.file(), &unlock()).unwrap();
    vault.destroy("ids", today, NOW).unwrap();
    vault.save().unwrap();
    for entry in fs::read_dir(&scratch.0).unwrap() {
        let text = String::from_utf8(fs::read(entry.unwrap().path()).unwrap()).unwrap();
        assert!(!text.contains(&gone));
    }
    let mut old = Vec::new();
    std::io::Read::read_to_end(&mut held, &mut old).unwrap();
    assert!(old.iter().all(|byte| *byte == 0));

    assert!(matches!(vault.epoch_key("ids", today), Err(VaultError::Destroyed { .. })));
    assert!(matches!(vault.destroy("ids", today, NOW), Err(VaultError::Destroyed { .. })));
    assert!(vault.keep_up(NOW, None).unwrap().is_empty(), "a destroyed epoch is not made anew");
    assert!(epochs(&vault.issue(NOW, None, &[]).unwrap(), "ids").is_empty());
    assert_eq!(vault.status()[0].epochs[0].destroyed, Some(NOW));
    drop(vault);
    let read = Vault::open(&scratch.file(), &unlock()).unwrap();
    assert!(matches!(read.epoch_key("ids", today), Err(VaultError::Destroyed { .. })));
}

/// Scenario: a key without epochs is replaced, twice in one second.
/// Guarantees: numbers count up, hosts get one key at a time, and the old ones stay in the vault.
#[test]
fn a_key_without_epochs_is_replaced_by_rotating() {
    let scratch = Scratch::new("rotated");
    let mut vault = vault(&scratch);
    assert_eq!(vault.rotate("back", NOW + 10).unwrap(), (1, true));
    assert_eq!(vault.rotate("back", NOW + 10).unwrap(), (2, true));
    // The first of them gives way a second later, before any other document may come.
    assert_eq!(epochs(&vault.issue(NOW + 10, None, &[]).unwrap(), "back"), [1, 2]);
    assert_eq!(epochs(&vault.issue(NOW + 20, None, &[]).unwrap(), "back"), [2]);
    assert_eq!(epochs(&vault.issue(NOW, None, &[]).unwrap(), "back"), [0]);
    assert!(vault.epoch_key("back", 0).is_ok());
    // Of a key with epochs the next one is made ahead of its time.
    let next = u32::try_from(NOW / 86_400).unwrap() + 1;
    assert_eq!(vault.rotate("ids", NOW).unwrap(), (next, true));
    assert_eq!(vault.status()[0].epochs.len(), 2);
    // Once more makes nothing, and what was destroyed is never said to be there.
    assert_eq!(vault.rotate("ids", NOW).unwrap(), (next, false));
    vault.destroy("ids", next, NOW).unwrap();
    assert!(matches!(vault.rotate("ids", NOW), Err(VaultError::Destroyed { .. })));
    vault.save().unwrap();
}

/// Scenario: the wrong key file, a passphrase for a key file, a short passphrase; then the right passphrase.
/// Guarantees: each is refused by name; the right one opens.
#[test]
fn only_what_locked_it_opens_it() {
    let scratch = Scratch::new("locks");
    drop(vault(&scratch));
    let refusal = |unlock: &Unlock| Vault::open(&scratch.file(), unlock).unwrap_err().to_string();
    assert_eq!(
        refusal(&Unlock::key_file(OTHER).unwrap()),
        "the passphrase or key file does not open this vault"
    );
    let passphrase = Unlock::passphrase(b"five words or more at random\n").unwrap();
    assert_eq!(refusal(&passphrase), "the vault is locked with a key file; give --key-file");
    assert_eq!(Unlock::passphrase(b"hunter2\n").unwrap_err(), UnlockError::Short);
    assert!(matches!(Unlock::key_file(b"hunter2"), Err(UnlockError::KeyFile(_))));

    let path = scratch.0.join("second.vault");
    let mut second = Vault::create(&path, &passphrase).unwrap();
    second.add(spec("ids", Purpose::Pseudonymize, None, 0)).unwrap();
    second.save().unwrap();
    drop(second);
    assert!(Vault::open(&path, &passphrase).is_ok());
    let close = Unlock::passphrase(b"five words or more at random.").unwrap();
    assert!(matches!(Vault::open(&path, &close), Err(VaultError::Unlock(UnlockError::Wrong))));
    assert!(matches!(Vault::open(&path, &unlock()), Err(VaultError::Unlock(UnlockError::NeedsPassphrase))));
    assert!(matches!(Vault::create(&path, &passphrase), Err(VaultError::There(_))));
}

/// Scenario: the file is readable by its group, or by everybody.
/// Guarantees: not read, whatever is in it.
#[test]
fn a_vault_that_others_may_read_is_refused() {
    let scratch = Scratch::new("modes");
    drop(vault(&scratch));
    for mode in [0o640, 0o604, 0o660, 0o666] {
        fs::set_permissions(scratch.file(), fs::Permissions::from_mode(mode)).unwrap();
        let refused = Vault::open(&scratch.file(), &unlock());
        assert!(matches!(refused, Err(VaultError::File(FileError::Open { .. }))), "{mode:o}");
    }
}

/// Scenario: every bit of a vault flipped, one at a time, and every length of it cut.
/// Guarantees: never a panic, never a key: each is refused.
#[test]
fn no_damage_goes_unnoticed() {
    let scratch = Scratch::new("damaged");
    drop(vault(&scratch));
    let whole = bytes(&scratch);
    let path = scratch.file();
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << bit;
            assert!(text::read(&path, &damaged, &unlock()).is_err(), "bit {bit} of byte {at}");
        }
        assert!(text::read(&path, &whole[..at], &unlock()).is_err(), "cut at {at}");
    }
    assert!(text::read(&path, &whole, &unlock()).is_ok());
}

/// Scenario: somebody with the wrapping key's own tag at hand (a defect, say) puts the wrapped bytes of one entry in another's
/// place.
/// Guarantees: the entry does not unwrap.
#[test]
fn entries_cannot_be_swapped_or_renamed() {
    let scratch = Scratch::new("swapped");
    let mut vault = vault(&scratch);
    let today = (NOW / 86_400) as u32;
    vault.keep_up(NOW + 86_400, None).unwrap();
    let wrapped = |vault: &Vault, at: usize| match &vault.keys[0].epochs[at].state {
        State::Kept { wrapped, .. } => wrapped.clone(),
        _ => unreachable!(),
    };
    let second = wrapped(&vault, 1);
    if let State::Kept { wrapped, .. } = &mut vault.keys[0].epochs[0].state {
        *wrapped = second;
    }
    assert!(matches!(vault.epoch_key("ids", today), Err(VaultError::Unwrap { .. })));
    assert!(vault.epoch_key("ids", today + 1).is_ok());
    vault.keys[0].spec.name = "other".to_owned();
    assert!(matches!(vault.epoch_key("other", today + 1), Err(VaultError::Unwrap { .. })));
    assert!(matches!(vault.issue(NOW + 86_400, None, &[]), Err(VaultError::Unwrap { .. })));
}

/// Scenario: a writer is stopped before its temporary file takes the name, with half of it written.
/// Guarantees: the old vault opens; the next writer is not in its way and leaves nothing behind.
#[test]
fn a_stopped_writer_leaves_the_old_vault() {
    let scratch = Scratch::new("stopped");
    drop(vault(&scratch));
    let whole = bytes(&scratch);
    let temporary = private_file::temporary_of(&scratch.file());
    fs::write(&temporary, &whole[..whole.len() / 2]).unwrap();
    let mut vault = Vault::open_to_change(&scratch.file(), &unlock()).unwrap();
    vault.destroy("ids", (NOW / 86_400) as u32, NOW).unwrap();
    vault.save().unwrap();
    assert!(!temporary.exists());
    put(&scratch, &whole);
    assert!(Vault::open(&scratch.file(), &unlock()).is_ok());
}

/// Scenario: two commands change one vault at the same time.
/// Guarantees: the second waits, and neither's work is lost.
#[test]
fn writers_take_turns() {
    let scratch = Scratch::new("turns");
    drop(vault(&scratch));
    let threads: Vec<_> = ["one", "two", "three", "four"]
        .map(|name| {
            let path = scratch.file();
            std::thread::spawn(move || {
                let mut vault = Vault::open_to_change(&path, &unlock()).unwrap();
                vault.add(spec(name, Purpose::Pseudonymize, None, 0)).unwrap();
                vault.save().unwrap();
            })
        })
        .into();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(Vault::open(&scratch.file(), &unlock()).unwrap().status().len(), 7);
}

/// Scenario: names and bounds that no policy has.
/// Guarantees: refused.
#[test]
fn impossible_keys_are_refused() {
    let scratch = Scratch::new("impossible");
    let mut vault = vault(&scratch);
    for name in ["ids", "", "Ids", "a b", "a\"b"] {
        assert!(matches!(vault.add(spec(name, Purpose::Seal, None, 0)), Err(VaultError::Name(_))), "{name}");
    }
    assert!(matches!(vault.add(spec("a", Purpose::Seal, None, 1)), Err(VaultError::Bounds(_))));
    assert!(matches!(vault.add(spec("a", Purpose::Seal, Some(60), 60)), Err(VaultError::Bounds(_))));
    assert!(matches!(vault.keep_up(u64::MAX, None), Err(VaultError::Time(_))));
}

/// Scenario: two hosts are issued keys at different times of one day, one of them with a part of the keys.
/// Guarantees: their tokens agree.
#[test]
fn hosts_agree_without_talking() {
    let scratch = Scratch::new("agree");
    let vault = vault(&scratch);
    let token = |issued: &Issued| {
        let mut ring = Ring::default();
        let rotation = Rotation::every(DAY).unwrap();
        ring.add_issued(issued, "ids", Purpose::Pseudonymize, rotation).unwrap();
        let mut pseudonymizer = ring
            .pseudonymizer(&Binding {
                key: "ids",
                domain: Domain::default(),
                class: "direct-id",
                canonicalizer: "exact/1",
                rotation,
                prefix: Prefix::default(),
            })
            .unwrap();
        pseudonymizer.turn_to(NOW * 1_000_000_000);
        pseudonymizer.token(b"ann").unwrap().to_string()
    };
    let one = vault.issue(NOW, None, &[]).unwrap();
    let other = vault.issue(NOW + 3600, None, &["ids".to_owned()]).unwrap();
    assert_eq!(token(&one), token(&other));
}

/// Scenario: a source of randomness that fails, that stands still, that repeats itself, and that counts.
/// Guarantees: no key is made of any.
#[test]
fn bad_randomness_makes_no_key() {
    assert!(matches!(secret_of(&mut |_| Err(VaultError::Random)), Err(VaultError::Random)));
    assert!(matches!(secret_of(&mut |_| Ok(())), Err(VaultError::Random)), "zeros");
    let good = *random_secret().unwrap();
    let mut repeat = |bytes: &mut [u8]| {
        bytes.copy_from_slice(&good);
        Ok(())
    };
    assert!(matches!(secret_of(&mut repeat), Err(VaultError::Random)), "the same twice");
    let mut next = 0_u8;
    let mut count = |bytes: &mut [u8]| {
        for byte in bytes {
            *byte = next;
            next = next.wrapping_add(1);
        }
        Ok(())
    };
    assert!(matches!(secret_of(&mut count), Err(VaultError::Random)), "a counter");
}

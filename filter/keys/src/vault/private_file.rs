//! Files that hold secrets: who else may read them, and how they are replaced.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

/// Who may read a file beside its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Nobody: what makes or opens keys.
    Owner,
    /// Its group too, as Kubernetes mounts secrets; never everybody.
    Group,
}

/// What is wrong with a file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// The system's word.
    #[error("{}: {what}: {error}", .file.display())]
    System {
        /// The file.
        file: PathBuf,
        /// What was tried.
        what: &'static str,
        /// The system's error.
        error: io::Error,
    },
    /// Its permissions let others in.
    #[error(
        "{}: others may read or write it (mode {mode:03o}); run `chmod 600` on it, and take new keys if it was so for long",
        .file.display()
    )]
    Open {
        /// The file.
        file: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// More than such a file has.
    #[error("{}: is larger than such a file can be", .0.display())]
    Large(PathBuf),
    /// Not a file.
    #[error("{}: is not a file, but a folder, a link, a device or a pipe", .0.display())]
    NoFile(PathBuf),
}

fn failed(file: &Path, what: &'static str) -> impl FnOnce(io::Error) -> FileError {
    let file = file.to_owned();
    move |error| FileError::System { file, what, error }
}

/// Reads a file of at most `most` bytes that `readers` may read and nobody else; its owner alone may write it.
///
/// # Errors
/// The system's, permissions that let others in, too many bytes.
pub fn read(path: &Path, most: usize, readers: Readers) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let mut file = File::open(path).map_err(failed(path, "cannot be read"))?;
    // What was opened is looked at, not what now bears the name.
    let metadata = file.metadata().map_err(failed(path, "cannot be read"))?;
    if !metadata.is_file() {
        return Err(FileError::NoFile(path.to_owned()));
    }
    let mode = metadata.mode() & 0o777;
    let others = match readers {
        Readers::Owner => 0o077,
        Readers::Group => 0o037,
    };
    if mode & others != 0 {
        return Err(FileError::Open { file: path.to_owned(), mode });
    }
    let size = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    if size > most {
        return Err(FileError::Large(path.to_owned()));
    }
    // The right size at once: a growing buffer would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(size + 1));
    (&mut file).take(size as u64 + 1).read_to_end(&mut bytes).map_err(failed(path, "cannot be read"))?;
    if bytes.len() > size {
        return Err(FileError::Large(path.to_owned()));
    }
    Ok(bytes)
}

/// Writes a file with mode 600: a temporary file, on the disk, takes the name in one step, and the folder is on the disk too.
/// Whoever reads sees the old file or the new one.
///
/// # Errors
/// The system's. The old file is as it was then.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    is_a_place(path)?;
    let temporary = temporary(path);
    // One that an earlier writer left when it was stopped.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(failed(path, "cannot be written")(error));
        }
        _ => {}
    }
    let written =
        File::options().write(true).create_new(true).mode(0o600).open(&temporary).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&temporary, path)?;
            File::open(folder(path))?.sync_all()
        });
    written.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        failed(path, "cannot be written")(error)
    })
}

/// Refuses a link, which may be somebody else's, and a device or a pipe: the file would take their place.
///
/// # Errors
/// [`FileError::NoFile`].
pub(super) fn is_a_place(path: &Path) -> Result<(), FileError> {
    match path.symlink_metadata() {
        Ok(there) if !there.is_file() => Err(FileError::NoFile(path.to_owned())),
        _ => Ok(()),
    }
}

/// [`write`], after which the old file's bytes are overwritten where they stood. A file system that copies on write, a disk that
/// moves blocks, and backups keep them all the same.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let old = File::options().write(true).open(path).ok();
    write(path, bytes)?;
    if let Some(mut old) = old {
        // The new file is in its place: nothing depends on whether this succeeds.
        let _ = overwrite(&mut old);
    }
    Ok(())
}

fn overwrite(old: &mut File) -> io::Result<()> {
    let mut left = old.metadata()?.len();
    old.seek(SeekFrom::Start(0))?;
    let zeros = [0; 4096];
    while left > 0 {
        let step = zeros.get(..left.min(4096) as usize).unwrap_or(&zeros);
        old.write_all(step)?;
        left -= step.len() as u64;
    }
    old.sync_all()
}

/// The same name for every writer, so that none is left when one was stopped: writers exclude one another or do not care.
fn temporary(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    path.with_file_name(name)
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The lock on a file's folder, for those who change the file. The file itself is replaced, and a lock would go with it.
pub(super) struct Folder(#[expect(dead_code, reason = "held, not read: closing it ends the lock")] File);

impl Folder {
    /// Waits for whoever has it.
    pub(super) fn lock(path: &Path) -> Result<Self, FileError> {
        let open = File::open(folder(path)).and_then(|folder| folder.lock().map(|()| folder));
        open.map(Self).map_err(failed(path, "its folder cannot be locked"))
    }
}

#[cfg(test)]
pub(super) fn temporary_of(path: &Path) -> PathBuf {
    temporary(path)
}

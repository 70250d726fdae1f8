//! Writes files so that a reader sees the old one or the new one, never half of one.

use crate::failure::Failure;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A file that takes its place when it is complete. Dropped before that, it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct NewFile {
    target: PathBuf,
    temporary: PathBuf,
    writer: Option<BufWriter<File>>,
}

impl NewFile {
    /// Begins beside `target`, in the same folder, so that renaming is one step of the file system. A link is followed:
    /// what it points to is replaced.
    pub(crate) fn create(target: &Path) -> Result<Self, Failure> {
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
        is_a_place(&target)?;
        replaceable(&target)?;
        let Some(name) = target.file_name() else {
            return Err(Failure::Wrong(format!("{}: names no file", target.display())));
        };
        let mut temporary_name = std::ffi::OsString::from(".");
        temporary_name.push(name);
        temporary_name.push(format!(".{}.new", std::process::id()));
        let temporary = target.with_file_name(temporary_name);
        let failed = |error: &io::Error| Failure::file(&target, "cannot be written", error);
        let file = File::options().write(true).create_new(true).open(&temporary).map_err(|error| {
            let folder = folder(&target);
            if folder.is_dir() {
                return failed(&error);
            }
            Failure::Stopped(format!(
                "{}: cannot be written: there is no folder {}; make it first",
                target.display(),
                folder.display()
            ))
        })?;
        let made = Self { target, temporary, writer: Some(BufWriter::new(file)) };
        // Who may read the file does not change because its text does.
        if let Ok(old) = fs::metadata(&made.target) {
            let kept = fs::set_permissions(&made.temporary, old.permissions());
            kept.map_err(|error| Failure::file(&made.target, "cannot be written", &error))?;
        }
        Ok(made)
    }

    /// Puts the file in its place: flushed, on the disk, renamed.
    pub(crate) fn place(mut self) -> Result<(), Failure> {
        let placed = self.writer.take().map_or(Ok(()), |writer| {
            let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            fs::rename(&self.temporary, &self.target)
        });
        placed.map_err(|error| {
            let _ = fs::remove_file(&self.temporary);
            Failure::file(&self.target, "cannot be written", &error)
        })
    }

    /// Writes to the file that waits.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.writer.as_mut().map_or(Ok(()), |writer| writer.write_all(bytes));
        written.map_err(|error| Failure::file(&self.target, "cannot be written", &error))
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if self.writer.take().is_some() {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Refuses a device, a pipe or a link that leads nowhere: a file would take its name, and `/dev/null` would be one.
fn is_a_place(target: &Path) -> Result<(), Failure> {
    match target.symlink_metadata() {
        Ok(there) if !there.is_file() => {
            let what =
                if there.is_dir() { "is a folder" } else { "is a device, a pipe or a link, and no file" };
            let hint = "choose another name, or leave it out for standard output";
            Err(Failure::Stopped(format!("{}: cannot be written: {what}; {hint}", target.display())))
        }
        _ => Ok(()),
    }
}

/// Writes a whole file at once.
pub(crate) fn write(target: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = NewFile::create(target)?;
    file.write(bytes)?;
    file.place()
}

/// New files that are written together or not at all, for their owner alone. Dropped before they are filled, they are gone.
#[derive(Debug)]
pub(crate) struct NewFiles {
    files: Vec<(PathBuf, File)>,
    filled: bool,
}

impl NewFiles {
    /// Takes the places. No file is there before, and none is followed or replaced.
    pub(crate) fn create(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut made = Self { files: Vec::new(), filled: false };
        for path in paths {
            let file = File::options().write(true).create_new(true).mode(0o600).open(path);
            let file = file.map_err(|error| Failure::file(path, "cannot be written", &error))?;
            made.files.push((path.clone(), file));
        }
        Ok(made)
    }

    /// Writes a text to each. When this returns, all are on the disk.
    pub(crate) fn fill<'t>(mut self, texts: impl Iterator<Item = &'t [u8]>) -> Result<(), Failure> {
        for ((path, file), text) in self.files.iter_mut().zip(texts) {
            let written = file.write_all(text).and_then(|()| file.sync_all());
            written.map_err(|error| Failure::file(path, "cannot be written", &error))?;
        }
        for (path, _) in &self.files {
            let synced = File::open(folder(path)).and_then(|folder| folder.sync_all());
            synced.map_err(|error| Failure::file(path, "cannot be written", &error))?;
        }
        self.filled = true;
        Ok(())
    }
}

impl Drop for NewFiles {
    fn drop(&mut self) {
        if !self.filled {
            for (path, _) in &self.files {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// Refuses a place where something stands that no output may replace: a vault, what opens it, a share of a key, an audit chain or its
/// keys. Whatever else is there is replaced, as people expect of an output.
pub(crate) fn replaceable(target: &Path) -> Result<(), Failure> {
    let mut head = [0; 128];
    // What cannot be read is not told apart; writing fails for the same reason, or there is nothing yet.
    let read = File::open(target).and_then(|mut file| file.read(&mut head)).unwrap_or(0);
    let head = String::from_utf8_lossy(head.get(..read).unwrap_or_default());
    let plain: String = head.chars().filter(|letter| !letter.is_whitespace()).collect();
    let what = match plain.as_str() {
        text if text.starts_with(r#"{"frostglass":"vault""#) => "a vault",
        text if text.starts_with(r#"{"frostglass":"share""#) => "a share of a key",
        text if text.starts_with(r#"{"entry":{"chain":"#) => "an audit chain",
        text if text.starts_with("frostglass-audit-") => "a key of an audit chain",
        text if text.len() == 44 && frostglass_keys::looks_like_key(text) => "a key",
        _ => return Ok(()),
    };
    Err(Failure::Wrong(format!("{}: is there already and is {what}; choose another name", target.display())))
}

/// Refuses an output that is one of the files that the command reads.
pub(crate) fn is_none_of<'p>(
    output: &Path,
    inputs: impl IntoIterator<Item = &'p Path>,
) -> Result<(), Failure> {
    let place = output.canonicalize().ok();
    match inputs.into_iter().find(|input| place.is_some() && input.canonicalize().ok() == place) {
        Some(_) => Err(Failure::Wrong(format!(
            "{}: is a file that this command reads; choose another name",
            output.display()
        ))),
        None => Ok(()),
    }
}

/// Whether a file for its owner alone could be written there, which leaves nothing behind. A link is not followed, for it may be
/// somebody else's.
pub(crate) fn can_be_written(target: &Path) -> Result<(), Failure> {
    is_a_place(target)?;
    NewFile::create(target).map(drop)
}

/// The folder of a file.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

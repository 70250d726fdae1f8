//! Writes files so that a reader sees the old one or the new one, never half of one.

use crate::failure::Failure;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
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
        let Some(name) = target.file_name() else {
            return Err(Failure::Wrong(format!("{}: names no file", target.display())));
        };
        let mut temporary_name = std::ffi::OsString::from(".");
        temporary_name.push(name);
        temporary_name.push(format!(".{}.new", std::process::id()));
        let temporary = target.with_file_name(temporary_name);
        let failed = |error: &io::Error| Failure::file(&target, "cannot be written", error);
        let file =
            File::options().write(true).create_new(true).open(&temporary).map_err(|error| failed(&error))?;
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

/// Writes a whole file at once.
pub(crate) fn write(target: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = NewFile::create(target)?;
    file.write(bytes)?;
    file.place()
}

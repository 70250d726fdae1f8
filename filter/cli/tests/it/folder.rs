//! A folder of one test, and the command as people run it there: words in, exit code, output and complaints out.

// Helpers of tests may unwrap as tests do; clippy knows that of tests alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::Value;
use std::fs;
use std::io::Write;
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The published demo key, which a policy named `demo` takes.
pub(crate) const DEMO_KEY: &str = "ZnJvc3RnbGFzcyBkZW1vIGtleTogcHVibGlzaGVkLCBwcm90ZWN0cyBub3RoaW5n";

/// A folder of one test, empty at its start. Serves where a path does.
pub(crate) struct Folder(PathBuf);

/// How a command ended.
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) complaints: String,
}

impl Folder {
    /// `name` is of this test alone: `subject/test`.
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Of a file in it, as an argument.
    pub(crate) fn path(&self, name: &str) -> String {
        self.join(name).display().to_string()
    }

    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// A file that is its owner's alone.
    pub(crate) fn private(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.file(name, text);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.join(name)).unwrap()
    }

    /// Names of the files that stand in it.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The command in this folder, with the words of a line; one argument may stand in single quotes.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = frostglass();
        for (index, part) in line.split('\'').enumerate() {
            if index % 2 == 1 {
                command.arg(part);
            } else {
                command.args(part.split_whitespace());
            }
        }
        command.current_dir(self);
        command
    }

    pub(crate) fn run(&self, line: &str) -> Answer {
        ended(self.command(line))
    }

    /// The output of what must succeed.
    pub(crate) fn well(&self, line: &str) -> String {
        let answer = self.run(line);
        assert_eq!(answer.code, 0, "{line}: {}{}", answer.out, answer.complaints);
        answer.out
    }
}

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.complaints))
    }

    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code().unwrap(),
            out: text(output.stdout),
            complaints: text(output.stderr),
        }
    }
}

/// The command, with no key of whoever runs the tests.
pub(crate) fn frostglass() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frostglass"));
    command.env_remove("FROSTGLASS_KEY_IDS").env_remove("FROSTGLASS_KEYS_FILE");
    command
}

/// Runs a command that reads no input.
pub(crate) fn ended(mut command: Command) -> Answer {
    Answer::of(command.output().unwrap())
}

/// Runs a command on an input.
pub(crate) fn fed(mut command: Command, input: &[u8]) -> Answer {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A command that refuses its arguments reads nothing; then the pipe breaks, and that is fine.
    let writing = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    Answer::of(output)
}

/// Who runs the tests, as roles name people.
pub(crate) fn me() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

//! Who runs the command, by the system's own word: the real user and the groups of the process.
//!
//! Environment variables such as `USER` say what the caller likes; they are not asked. Names come from `/etc/passwd` and
//! `/etc/group`; who stands in neither is `uid-1000` and `gid-1000`.

use std::fs;

/// A person as far as the system knows.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Login name.
    pub(crate) login: String,
    /// Names of the groups.
    pub(crate) groups: Vec<String>,
}

impl Person {
    /// Who runs this process.
    pub(crate) fn current() -> Self {
        let user = rustix::process::getuid().as_raw();
        let mut groups = vec![rustix::process::getgid().as_raw()];
        groups
            .extend(rustix::process::getgroups().unwrap_or_default().into_iter().map(|group| group.as_raw()));
        groups.sort_unstable();
        groups.dedup();
        let groups = groups
            .into_iter()
            .map(|group| name("/etc/group", group).unwrap_or_else(|| format!("gid-{group}")))
            .collect();
        Self { login: name("/etc/passwd", user).unwrap_or_else(|| format!("uid-{user}")), groups }
    }
}

/// The name beside a number in a file of lines like `name:x:number:`.
fn name(file: &str, number: u32) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        let found: u32 = parts.nth(1)?.parse().ok()?;
        (found == number && !name.is_empty()).then(|| name.to_owned())
    })
}

//! Who runs the command, by the system's own word: the real user and the groups of the process.
//!
//! Environment variables such as `USER` say what the caller likes; they are not asked. Names come from `/etc/passwd` and
//! `/etc/group`; who stands in neither is `uid-1000` and `gid-1000`.
//!
//! In a user namespace, numbers are what its maker chose: there, nobody is anybody.

use crate::failure::{Failure, wrong};
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
    ///
    /// # Errors
    /// A user namespace, in which the caller may be any number that they like.
    pub(crate) fn current() -> Result<Self, Failure> {
        // Systems without the file have no such namespaces.
        if fs::read_to_string("/proc/self/uid_map").is_ok_and(|map| !is_initial(&map)) {
            return Err(wrong(
                "this runs in a user namespace (`unshare -U`, a rootless container), where the caller chooses who they are; \
run it outside, or in a container that has the host's users",
            ));
        }
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
        Ok(Self { login: name("/etc/passwd", user).unwrap_or_else(|| format!("uid-{user}")), groups })
    }

    /// Somebody else, with the groups that the system's files say.
    pub(crate) fn named(login: &str) -> Self {
        let read = |file| fs::read_to_string(file).unwrap_or_default();
        Self { login: login.to_owned(), groups: groups_of(login, &read("/etc/passwd"), &read("/etc/group")) }
    }
}

/// Whether a map of users is that of the system itself: every number is itself.
fn is_initial(map: &str) -> bool {
    map.split_whitespace().eq(["0", "0", "4294967295"])
}

/// Groups of which somebody is a member, or which the line of their account names.
fn groups_of(login: &str, passwd: &str, group: &str) -> Vec<String> {
    let account = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let own = account.filter(|parts| parts.first() == Some(&login)).find_map(|parts| parts.get(3).copied());
    group
        .lines()
        .filter_map(|line| {
            let mut parts = line.split(':');
            let (name, number, members) = (parts.next()?, parts.nth(1)?, parts.next()?);
            (own == Some(number) || members.split(',').any(|member| member == login)).then(|| name.to_owned())
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the map of the system, and those of namespaces that rename or narrow users.
    /// Guarantees: only where every number is itself does the system say who somebody is.
    #[test]
    fn a_namespace_names_nobody() {
        assert!(is_initial("         0          0 4294967295\n"));
        for map in ["", "1000 0 1\n", "0 1000 1\n", "0 0 65536\n", "0 0 1\n1 1 4294967294\n"] {
            assert!(!is_initial(map), "{map}");
        }
    }

    /// Scenario: a person with a group of their account and one that lists them, beside others.
    /// Guarantees: these two groups and no other.
    #[test]
    fn groups_are_those_of_the_files() {
        let groups = groups_of(
            "ann",
            "bob:x:1:8::/:\nann:x:2:7:Ann:/:/bin/sh\n",
            "staff:x:7:\nbobs:x:8:bob\noncall:x:9:bob,ann\nannex:x:10:anna\n",
        );
        assert_eq!(groups, ["staff", "oncall"]);
    }
}

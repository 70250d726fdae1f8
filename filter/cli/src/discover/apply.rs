//! Puts proposed lines into the text of a policy.

use super::proposal::Proposal;
use crate::failure::{Failure, wrong};
use crate::files;
use crate::policy;
use crate::screen::{self, counted};
use frostglass_engine::policy::{CatalogLine, Name, Plan, PolicyFile};
use std::fmt::Write as _;
use std::path::Path;

/// Adds lines to the catalog of a policy's file, and nothing else.
pub(super) fn apply(path: &Path, proposals: &[Proposal]) -> Result<(), Failure> {
    let text = policy::text(path)?;
    let old = policy::parse(&text, path)?;
    let wanted: Vec<&Proposal> =
        proposals.iter().filter(|proposal| old.catalog.find(&proposal.selector).is_none()).collect();
    if wanted.is_empty() {
        screen::say(&format!("{}: nothing to add", path.display()));
        return Ok(());
    }
    let new = with_lines(&text, &wanted).ok_or_else(|| {
        wrong(format!("{}: has no catalog in block form to add to; add the lines by hand", path.display()))
    })?;
    let read = policy::parse(&new, path)?;
    Plan::compile(read.clone())?;
    // What was meant to be added, and only that.
    if !is_extension(&old, &read, &wanted) {
        return Err(wrong(format!("{}: cannot be extended safely; add the lines by hand", path.display())));
    }
    files::write(path, new.as_bytes())?;
    screen::say(&format!(
        "{}: added {} to the catalog",
        path.display(),
        counted(wanted.len() as u64, "line")
    ));
    Ok(())
}

fn is_extension(old: &PolicyFile, new: &PolicyFile, wanted: &[&Proposal]) -> bool {
    let mut expected = old.clone();
    for proposal in wanted {
        let Ok(class) = Name::try_from(proposal.class.word().to_owned()) else { return false };
        expected.catalog.push(proposal.selector.clone(), CatalogLine::of(class));
    }
    expected == *new
}

/// The text with lines at the end of its catalog. None if the catalog is not in block form.
fn with_lines(text: &str, proposals: &[&Proposal]) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let is_blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let section = lines.iter().position(|line| line.starts_with("catalog:"));
    let (at, indent, heading) = match section {
        Some(section) => {
            let rest = lines.get(section)?.strip_prefix("catalog:")?.trim();
            if !(rest.is_empty() || rest.starts_with('#')) {
                return None;
            }
            let inside = |line: &&str| is_blank(line) || line.starts_with(' ');
            let body = lines.get(section + 1..)?;
            let length = body.iter().position(|line| !inside(line)).unwrap_or(body.len());
            let body = body.get(..length)?;
            let last = body.iter().rposition(|line| !is_blank(line));
            let first = body.iter().find(|line| !is_blank(line));
            let indent = first.map_or(2, |line| line.len() - line.trim_start().len());
            (section + 1 + last.map_or(0, |last| last + 1), indent, false)
        }
        // Before the tests, where the catalog belongs when one reads from top to bottom.
        None => (lines.iter().position(|line| line.starts_with("tests:")).unwrap_or(lines.len()), 2, true),
    };
    let mut out = lines.get(..at)?.concat();
    if !out.is_empty() && !out.ends_with('\n') {
        out.push_str(ending);
    }
    if heading {
        out.push_str("catalog:");
        out.push_str(ending);
    }
    for proposal in proposals {
        let _ = write!(out, "{:indent$}{}   # {}{ending}", "", proposal.line(), proposal.reason);
    }
    if heading && at < lines.len() {
        out.push_str(ending);
    }
    out.push_str(&lines.get(at..)?.concat());
    Some(out)
}

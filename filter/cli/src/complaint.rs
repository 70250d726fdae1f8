//! What is wrong somewhere: a finding, the rule that found it, and how bad that is. Policies and configurations of Collectors are
//! complained of alike.

use frostglass_engine::policy::Finding;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// No host loads it.
    Error,
    /// It runs, and does less than it seems to.
    Warning,
    /// Worth a second look.
    Note,
}

impl Severity {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One finding of a rule.
#[derive(Debug, Clone)]
pub(crate) struct Complaint {
    pub(crate) severity: Severity,
    /// Name of the rule.
    pub(crate) rule: &'static str,
    pub(crate) finding: Finding,
}

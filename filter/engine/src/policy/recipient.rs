//! What a recipient may not see is suppressed for it: a plan narrowed to the recipient that the host's configuration names.

use super::error::{PolicyError, quoted, unknown};
use super::plan::{ClassId, Plan};
use crate::Class;

impl Plan {
    /// The plan as it runs for one recipient: classes that the recipient may not see are suppressed, in fields and in what is
    /// found in text. A policy without `recipients` serves anybody alike.
    ///
    /// # Errors
    /// The policy has recipients and this is none of them: the host must not let anything out.
    pub fn for_recipient(mut self, recipient: &str) -> Result<Self, PolicyError> {
        if self.file.recipients.is_empty() {
            return Ok(self);
        }
        let Some(seen) = self.file.recipients.find(recipient) else {
            let known: Vec<&str> = self.file.recipients.iter().map(|entry| entry.name.as_str()).collect();
            let (what, hint) = if recipient.is_empty() {
                let hint = format!(
                    "name one of {}",
                    known.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
                );
                ("the host names no recipient, and the policy lists who gets what".to_owned(), hint)
            } else {
                let (what, hint) = unknown("recipient", recipient, &known);
                (format!("the host names an {what}"), hint)
            };
            return Err(PolicyError::new(vec![self.file.finding(&["recipients"], what, hint)]));
        };
        let may_see = |name: &str| seen.classes.iter().any(|class| class.as_str() == name);
        let denied: Vec<bool> = self
            .classes
            .iter()
            .map(|class| {
                class.class != Class::Structural && !may_see(&class.name) && !may_see(class.class.word())
            })
            .collect();
        let is_denied = |id: ClassId| denied.get(usize::from(id)).copied().unwrap_or(true);
        for (class, denied) in self.classes.iter_mut().zip(&denied) {
            if *denied {
                class.treatment = Self::SUPPRESS;
            }
        }
        for line in &mut self.lines {
            if is_denied(line.class) {
                line.treatment = Self::SUPPRESS;
            }
        }
        Ok(self)
    }
}

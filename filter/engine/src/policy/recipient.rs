//! What a recipient may not see is suppressed for it: a plan narrowed to the recipient that the host's configuration names.

use super::plan::Plan;
use crate::Class;
use frostglass_policy::{ClassPlan, PolicyError, unknown};

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
            let (mut what, hint) = unknown("recipient", recipient, &known);
            if recipient.is_empty() {
                "the host names no recipient".clone_into(&mut what);
            }
            return Err(PolicyError::new(vec![self.file.finding(&["recipients"], what, hint)]));
        };
        let may_see = |name: &str| seen.classes.iter().any(|class| class.as_str() == name);
        let is_denied = |class: &ClassPlan| {
            class.class != Class::Structural && !may_see(&class.name) && !may_see(class.class.word())
        };
        for line in &mut self.lines {
            if self.classes.get(usize::from(line.class)).is_none_or(is_denied) {
                line.treatment = Self::SUPPRESS;
            }
        }
        for class in &mut self.classes {
            if is_denied(class) {
                class.treatment = Self::SUPPRESS;
            }
        }
        Ok(self)
    }
}

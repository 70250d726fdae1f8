//! Arguments of a program that stand apart, as elements of an array: an option says what the next of them is, and the program what
//! its options mean.
//!
//! Each is read once as any text, and once more as the end of a command: behind the program and the argument before it, as they
//! came out. So what an option is for is found as in a command line, and nothing is treated in another way because it stands
//! in an array. Promises: work for an argument is bounded by its own length and a fixed number of bytes; nothing is kept for
//! longer than a record.

use super::Decider;
use crate::policy::{Decision, OnHit};
use frostglass_formats::Edit;
use frostglass_formats::parts::Shape;

/// Longer programs and options say nothing of what stands behind them.
const LONGEST: usize = 128;

/// The arguments that are being walked.
#[derive(Default)]
pub(super) struct Arguments {
    /// The ruling of their field.
    id: u32,
    program: String,
    /// The argument before, if it is another than the program; as it came out.
    before: String,
    line: String,
    piece: String,
}

impl std::fmt::Debug for Arguments {
    /// Without the arguments.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arguments").finish_non_exhaustive()
    }
}

impl Arguments {
    /// What follows are no more of them.
    pub(super) fn forget(&mut self) {
        for text in [&mut self.program, &mut self.before, &mut self.line, &mut self.piece] {
            text.clear();
        }
    }

    /// Writes a command that ends in an argument; gives where that begins, and whether it stands in quotes there. None if it is the
    /// first.
    fn command(&mut self, argument: &str) -> Option<(usize, bool)> {
        if self.program.is_empty() {
            return None;
        }
        self.line.clear();
        for word in [&self.program, &self.before].into_iter().filter(|word| !word.is_empty()) {
            self.line.push_str(word);
            self.line.push(' ');
        }
        let quoted = argument.contains([' ', '\t']) && !argument.contains('"');
        let quote = if quoted { "\"" } else { "" };
        let begins = self.line.len();
        for piece in [quote, argument, quote] {
            self.line.push_str(piece);
        }
        Some((begins, quoted))
    }

    /// Remembers an argument for the one behind it.
    fn pass(&mut self, argument: &str) {
        let word = Some(argument).filter(|word| word.len() <= LONGEST && !word.contains([' ', '\t', '\n']));
        if self.program.is_empty() {
            // An option is no program: whoever made the array left that out, and the option speaks for the next argument alone.
            self.program.push_str(word.filter(|word| !word.starts_with('-')).unwrap_or("-"));
            if self.program != "-" {
                return;
            }
        }
        self.before.clear();
        self.before.push_str(word.unwrap_or(""));
    }
}

impl Decider {
    /// Scans an argument: by itself, and behind those before it. `out` comes empty.
    #[inline(never)] // few fields hold any
    pub(super) fn scan_argument(
        &mut self,
        argument: &str,
        decision: Decision,
        scan: (usize, OnHit),
        id: u32,
        out: &mut String,
    ) -> Edit {
        let mut arguments = std::mem::take(&mut self.arguments);
        if arguments.id != id {
            arguments.forget();
            arguments.id = id;
        }
        let alone = self.scan_text(argument, Decision { shape: Shape::Text, ..decision }, scan, id, out);
        let read = if alone == Edit::Text { out.as_str() } else { argument };
        let edit = match arguments.command(read).filter(|_| alone != Edit::Drop) {
            None => alone,
            Some((begins, quoted)) => {
                let mut treated = std::mem::take(&mut arguments.piece);
                treated.clear();
                let command = Decision { shape: Shape::Command, ..decision };
                let edit = match self.scan_text(&arguments.line, command, scan, id, &mut treated) {
                    // What stands before came out so already.
                    Edit::Text if treated.get(..begins) == arguments.line.get(..begins) => {
                        let rest = treated.get(begins..).unwrap_or_default();
                        let inside = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                        out.clear();
                        out.push_str(inside.filter(|_| quoted).unwrap_or(rest));
                        Edit::Text
                    }
                    Edit::Keep => alone,
                    _ => Edit::Drop,
                };
                arguments.piece = treated;
                edit
            }
        };
        match edit {
            Edit::Text => arguments.pass(out),
            Edit::Keep => arguments.pass(argument),
            _ => arguments.pass(""),
        }
        self.arguments = arguments;
        edit
    }
}

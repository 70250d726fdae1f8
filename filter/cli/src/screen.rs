//! Says things to people: colors where they can be seen, complaints to standard error.

use std::fmt::Display;
use std::io::{IsTerminal, Write};

/// Whether the environment allows colors (<https://no-color.org>).
pub(crate) fn colors_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Colors, or none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    on: bool,
}

impl Paint {
    /// For what goes to standard output.
    pub(crate) fn stdout() -> Self {
        Self { on: colors_wanted() && std::io::stdout().is_terminal() }
    }

    /// For what goes to standard error.
    pub(crate) fn stderr() -> Self {
        Self { on: colors_wanted() && std::io::stderr().is_terminal() }
    }

    pub(crate) fn bold(self, text: impl Display) -> String {
        self.with("1", text)
    }

    pub(crate) fn dim(self, text: impl Display) -> String {
        self.with("2", text)
    }

    pub(crate) fn red(self, text: impl Display) -> String {
        self.with("31", text)
    }

    pub(crate) fn green(self, text: impl Display) -> String {
        self.with("32", text)
    }

    pub(crate) fn yellow(self, text: impl Display) -> String {
        self.with("33", text)
    }

    fn with(self, code: &str, text: impl Display) -> String {
        if self.on { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }
}

/// Says on standard error why the command stops.
pub(crate) fn complain(text: &str) {
    let label = Paint::stderr().red("error:");
    say(&format!("{label} {text}"));
}

/// Says on standard error what somebody should know.
pub(crate) fn notice(text: &str) {
    let label = Paint::stderr().yellow("notice:");
    say(&format!("{label} {text}"));
}

/// Says a line on standard error. Where nobody listens, nothing can be done about it.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Text for a terminal: control characters and invisible marks as escapes, so that a value cannot draw.
pub(crate) fn printable(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if hidden(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
        out
    })
}

/// `1 span`, `2 spans`.
pub(crate) fn counted(count: u64, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ if one.ends_with('s') => format!("{count} {one}es"),
        _ => format!("{count} {one}s"),
    }
}

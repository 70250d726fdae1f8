//! Names that stand in values of their own: the option before an argument in a list of them, `name` beside `value`.
//!
//! What stands behind such a name is ruled as a member of its field that is called so, too: a catalog, or the words of the name, make
//! it stricter as they would a member of a map.

/// Longest name that counts.
const LONGEST: usize = 96;

/// Which half of a pair a member is, by its own name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    /// The name.
    Name,
    /// What it names.
    Value,
}

impl Half {
    /// The half that a member's name says, if it says one.
    #[inline]
    pub(crate) fn of(member: &str) -> Option<Self> {
        if (3..=5).contains(&member.len()) { Self::of_short(member) } else { None }
    }

    #[inline(never)] // asked in several places
    fn of_short(member: &str) -> Option<Self> {
        match member {
            "name" | "key" | "Name" | "Key" => Some(Self::Name),
            "value" | "Value" => Some(Self::Value),
            _ => None,
        }
    }
}

/// Whether a text may name something: a word, with what divides words in names.
#[inline(never)] // likewise
pub(crate) fn is_name(text: &str) -> bool {
    let belongs = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b':');
    text.len() <= LONGEST && text.bytes().all(belongs) && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// The name of an option, which an argument follows: `--api-key`. One letter means something else with each command.
#[inline]
pub(crate) fn option(text: &str) -> Option<&str> {
    let name = text.strip_prefix('-')?;
    let name = name.strip_prefix('-').unwrap_or(name);
    // What is switched off is followed by something else.
    (name.len() > 2 && !name.starts_with('-') && !name.starts_with("no-") && is_name(name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: arguments of commands, and members of pairs.
    /// Guarantees: long options are names, values and options of a letter are none; names are words.
    #[test]
    fn options_and_names_are_told() {
        assert_eq!(option("--api-key"), Some("api-key"));
        assert_eq!(option("-password"), Some("password"));
        for none in ["-p", "--no-password", "--", "---x", "password", "--api key", "--x=1 2", ""] {
            assert_eq!(option(none), None, "{none}");
        }
        assert!(
            is_name("DB_PASSWORD") && is_name("/prod/db/password") && is_name("spring.datasource.password")
        );
        assert!(!is_name("Reset password") && !is_name("") && !is_name("1234"));
    }
}

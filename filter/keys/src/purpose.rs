//! What a key serves: one use each, so that what one use reveals says nothing about another.

use std::fmt;

/// The use of a key, by the words of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Tokens that nobody turns back.
    Pseudonymize,
    /// Encryption to a public half; hosts hold no other.
    Seal,
    /// Tokens that whoever holds the key can turn back.
    Tokenize,
}

impl Purpose {
    /// All uses.
    pub const ALL: [Self; 3] = [Self::Pseudonymize, Self::Seal, Self::Tokenize];

    /// The word of a policy.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pseudonymize => "pseudonymize",
            Self::Seal => "seal",
            Self::Tokenize => "tokenize",
        }
    }

    /// The use of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

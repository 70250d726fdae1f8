//! Looks for many texts at once.

use aho_corasick::{AhoCorasick, MatchKind};

/// Texts to look for. More than fit an automaton (some hundred million bytes) are not looked for; the caller's lists are bounded
/// far below.
#[derive(Debug)]
pub(super) struct Needles {
    automaton: Option<AhoCorasick>,
}

impl Needles {
    pub(super) fn new<T: AsRef<[u8]>>(texts: impl IntoIterator<Item = T>) -> Self {
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(texts).ok();
        Self { automaton }
    }

    /// Numbers of all texts that stand in a haystack; a text may come several times.
    pub(super) fn inside<'n>(&'n self, haystack: &'n [u8]) -> impl Iterator<Item = usize> + 'n {
        let found = self.automaton.iter().flat_map(move |all| all.find_overlapping_iter(haystack));
        found.map(|found| found.pattern().as_usize())
    }

    /// Texts that stand in a haystack with no letter or digit beside them.
    pub(super) fn whole_words<'n>(&'n self, haystack: &'n str) -> impl Iterator<Item = &'n str> + 'n {
        let bytes = haystack.as_bytes();
        let goes_on = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at)).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
        };
        let found = self.automaton.iter().flat_map(move |all| all.find_overlapping_iter(bytes));
        let whole =
            found.filter(move |found| !goes_on(found.start().checked_sub(1)) && !goes_on(Some(found.end())));
        whole.filter_map(|found| haystack.get(found.start()..found.end()))
    }
}

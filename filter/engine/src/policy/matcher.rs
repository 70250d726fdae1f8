//! Asks all selectors of a catalog at once which of them name a field.
//!
//! Promises: a thousand lines cost a field about what ten do, the work for any name is bounded by its length times the
//! lines that have stars, nothing recurses or backtracks across segments, and asking allocates nothing once a
//! [`Matches`] has grown. Answers do not depend on the run: hashing is fixed.
//!
//! Selectors without a star stand in one hash map by their whole path. The others form a tree of segments: literal
//! children by hash, `*` and `**` as single children, and globs in a list behind an index of three-byte pieces, so
//! that only globs of which some piece occurs in the segment are tried. A path is walked with the set of tree nodes at
//! which it can stand. Does not know what a line does; strictness is another file's.

use frostglass_formats::{Level, Name, Part};
use frostglass_policy::{Segment, Selector, glob_matches};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Many selectors, each with an id, as one question.
#[derive(Debug, Clone)]
pub struct Matcher<Id> {
    ids: Vec<Id>,
    exact: Map<Box<str>, Exact>,
    tree: Vec<Node>,
    /// Where some line compares itself with members of whole values: see [`Matcher::reaches_below`].
    members: Fields,
    /// Where some line of the tree does, so that names without one are not walked again.
    tree_members: Fields,
}

/// What a [`Matcher`] answers, and the memory that it works with. Reuse one.
#[derive(Debug, Clone)]
pub struct Matches<Id> {
    ids: Vec<Id>,
    lines: Vec<u32>,
    literal: bool,
    states: States,
}

impl<Id> Default for Matches<Id> {
    fn default() -> Self {
        Self { ids: Vec::new(), lines: Vec::new(), literal: false, states: States::default() }
    }
}

impl<Id> Matches<Id> {
    /// Ids of the lines that name the field, each once; those without stars first, otherwise in no promised order.
    #[must_use]
    pub fn ids(&self) -> &[Id] {
        &self.ids
    }

    /// Whether a selector without stars named the field: then its key is no secret, for the policy spells it.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.literal
    }

    /// Keeps a line if it speaks about the field in this aspect and is not there yet.
    fn keep(&mut self, end: &End, field: Fields, aspect: Aspect, ids: &[Id]) -> bool
    where
        Id: Copy,
    {
        let fields = match aspect {
            Aspect::Path => end.path,
            Aspect::Member => end.member,
        };
        let hit = fields.meets(field);
        if hit
            && !self.lines.contains(&end.line)
            && let Some(id) = ids.get(end.line as usize)
        {
            self.lines.push(end.line);
            self.ids.push(*id);
        }
        hit
    }
}

impl<Id: Copy> Matcher<Id> {
    /// Builds the matcher. Ids come back as they are given; two lines may share one.
    #[must_use]
    pub fn new<'a>(lines: impl IntoIterator<Item = (&'a Selector, Id)>) -> Self {
        let mut matcher = Self {
            ids: Vec::new(),
            exact: Map::default(),
            tree: vec![Node::default()],
            members: Fields::NONE,
            tree_members: Fields::NONE,
        };
        for (selector, id) in lines {
            let end = End {
                line: u32::try_from(matcher.ids.len()).unwrap_or(u32::MAX),
                path: Fields::of(selector, selector.parts()),
                member: Fields::of(selector, selector.member_parts()),
            };
            matcher.ids.push(id);
            matcher.members = matcher.members.or(end.member);
            match selector.pattern().literal() {
                Some(path) => matcher.add_exact(path, end),
                None => matcher.add_pattern(selector.pattern().segments(), end),
            }
        }
        matcher.tree.iter_mut().for_each(|node| node.globs.index());
        matcher
    }

    /// Finds all lines that name the field. `out` is cleared first.
    pub fn matches(&self, name: &Name<'_>, out: &mut Matches<Id>) {
        out.ids.clear();
        out.lines.clear();
        out.literal = false;
        self.matches_also(name, out);
    }

    /// Adds the lines that name a field by another of its names.
    pub fn matches_also(&self, name: &Name<'_>, out: &mut Matches<Id>) {
        let field = Fields::one(name.level, name.part);
        let member = name.member().filter(|_| self.members.meets(field));
        self.match_exact(name.path, field, Aspect::Path, out);
        if let Some(member) = member {
            self.match_exact(member, field, Aspect::Member, out);
        }
        if self.tree.len() > 1 {
            self.match_tree(name.path, field, Aspect::Path, out);
            if let Some(member) = member
                && self.tree_members.meets(field)
            {
                self.match_tree(member, field, Aspect::Member, out);
            }
        }
    }

    /// Whether any line could name a member below this field. If not, one ruling holds for all that is in it.
    ///
    /// Lines with a bare name or `json/` name members of any value on their levels, so under a catalog that has some
    /// the answer is yes for every whole value there.
    pub fn reaches_below(&self, name: &Name<'_>, scratch: &mut Matches<Id>) -> bool {
        let field = Fields::one(name.level, name.part);
        match name.member() {
            None if self.members.meets(field) => return true,
            Some(member)
                if self.members.meets(field) && self.below(member, field, Aspect::Member, scratch) =>
            {
                return true;
            }
            _ => {}
        }
        self.below(name.path, field, Aspect::Path, scratch)
    }

    fn add_exact(&mut self, path: String, end: End) {
        for (dot, _) in path.match_indices('.') {
            if let Some(prefix) = path.get(..dot) {
                self.exact.entry(prefix.into()).or_default().below.add(&end);
            }
        }
        self.exact.entry(path.into()).or_default().ends.push(end);
    }

    fn add_pattern(&mut self, segments: &[Segment], end: End) {
        self.tree_members = self.tree_members.or(end.member);
        let mut at = 0;
        for segment in segments {
            let fresh = self.tree.len() as u32;
            let Some(node) = self.tree.get_mut(at) else { return };
            node.below.add(&end);
            let child = match segment {
                Segment::Literal(text) => *node.literals.entry(text.clone()).or_insert(fresh),
                Segment::Any => *node.any.get_or_insert(fresh),
                Segment::Deep => *node.deep.get_or_insert(fresh),
                Segment::Glob(glob) => node.globs.child(glob, fresh),
            };
            if child == fresh {
                self.tree.push(Node { stays: *segment == Segment::Deep, ..Node::default() });
            }
            at = child as usize;
        }
        if let Some(node) = self.tree.get_mut(at) {
            if node.stays {
                // What ends in `**` ends below itself as well.
                node.below.add(&end);
            }
            node.ends.push(end);
        }
    }

    fn match_exact(&self, path: &str, field: Fields, aspect: Aspect, out: &mut Matches<Id>) {
        if let Some(exact) = self.exact.get(path) {
            for end in &exact.ends {
                out.literal |= out.keep(end, field, aspect, &self.ids);
            }
        }
    }

    fn match_tree(&self, path: &str, field: Fields, aspect: Aspect, out: &mut Matches<Id>) {
        self.walk(path, &mut out.states);
        let reached = std::mem::take(&mut out.states.now);
        for node in reached.iter().filter_map(|at| self.tree.get(*at as usize)) {
            for end in &node.ends {
                out.keep(end, field, aspect, &self.ids);
            }
        }
        out.states.now = reached;
    }

    fn below(&self, path: &str, field: Fields, aspect: Aspect, scratch: &mut Matches<Id>) -> bool {
        let reaches = |below: &Below| match aspect {
            Aspect::Path => below.path.meets(field),
            Aspect::Member => below.member.meets(field),
        };
        if self.exact.get(path).is_some_and(|exact| reaches(&exact.below)) {
            return true;
        }
        self.walk(path, &mut scratch.states);
        scratch
            .states
            .now
            .iter()
            .filter_map(|at| self.tree.get(*at as usize))
            .any(|node| reaches(&node.below))
    }

    /// Leaves in `states.now` the nodes at which the whole path can stand.
    fn walk(&self, path: &str, states: &mut States) {
        states.restart(self.tree.len());
        self.enter(0, states);
        for segment in path.split('.') {
            if states.next.is_empty() {
                states.now.clear();
                return;
            }
            states.advance();
            let now = std::mem::take(&mut states.now);
            for (at, node) in now.iter().filter_map(|at| Some((*at, self.tree.get(*at as usize)?))) {
                if node.stays {
                    self.enter(at, states);
                }
                if let Some(child) = node.any {
                    self.enter(child, states);
                }
                if let Some(child) = node.literals.get(segment) {
                    self.enter(*child, states);
                }
                if !node.globs.list.is_empty() {
                    node.globs.find(segment, &mut states.tried, &mut states.found);
                    while let Some(child) = states.found.pop() {
                        self.enter(child, states);
                    }
                }
            }
            states.now = now;
        }
        states.advance();
    }

    /// Enters a node, and behind it the `**` that may stand for nothing.
    fn enter(&self, at: u32, states: &mut States) {
        let mut next = Some(at);
        while let Some(at) = next.filter(|at| states.mark(*at)) {
            states.next.push(at);
            next = self.tree.get(at as usize).and_then(|node| node.deep);
        }
    }
}

/// Which of a name's two texts is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aspect {
    /// The whole path.
    Path,
    /// The path inside the structured value.
    Member,
}

/// A set of (level, part) pairs: 11 times 8 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Fields(u128);

impl Fields {
    const NONE: Self = Self(0);

    fn one(level: Level, part: Part) -> Self {
        Self(1 << (level as u32 * 8 + part as u32))
    }

    fn of(selector: &Selector, parts: super::Parts) -> Self {
        selector
            .levels()
            .iter()
            .flat_map(|level| Part::ALL.into_iter().map(move |part| (level, part)))
            .filter(|(_, part)| parts.contains(*part))
            .fold(Self::NONE, |all, (level, part)| all.or(Self::one(level, part)))
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Where a line ends: what it is compared with there.
#[derive(Debug, Clone, Copy)]
struct End {
    line: u32,
    path: Fields,
    member: Fields,
}

/// What lines reach further down.
#[derive(Debug, Clone, Copy, Default)]
struct Below {
    path: Fields,
    member: Fields,
}

impl Below {
    fn add(&mut self, end: &End) {
        self.path = self.path.or(end.path);
        self.member = self.member.or(end.member);
    }
}

/// Lines without stars that end at a path or go on below it.
#[derive(Debug, Clone, Default)]
struct Exact {
    ends: Vec<End>,
    below: Below,
}

/// A place in the tree of segments.
#[derive(Debug, Clone, Default)]
struct Node {
    literals: Map<Box<str>, u32>,
    globs: Globs,
    any: Option<u32>,
    deep: Option<u32>,
    /// Entered by `**`: whatever segment comes, it stays.
    stays: bool,
    ends: Vec<End>,
    below: Below,
}

/// Globs of one node.
///
/// Each glob is filed under the first three bytes of its longest piece between stars. A segment is read once; where
/// three of its bytes are filed, those globs are tried, each at most once. Globs without a piece that long are always
/// tried.
#[derive(Debug, Clone, Default)]
struct Globs {
    list: Vec<(Box<str>, u32)>,
    filed: Map<u32, Vec<u32>>,
    /// One bit for each of 1024 hashes of filed bytes: most positions of most segments end here.
    sieve: [u64; 16],
    always: Vec<u32>,
}

impl Globs {
    fn child(&mut self, glob: &str, fresh: u32) -> u32 {
        if let Some((_, child)) = self.list.iter().find(|(known, _)| **known == *glob) {
            return *child;
        }
        self.list.push((glob.into(), fresh));
        fresh
    }

    fn index(&mut self) {
        for (at, (glob, _)) in self.list.iter().enumerate() {
            let at = at as u32;
            let piece = glob.split('*').max_by_key(|piece| piece.len()).unwrap_or_default();
            match piece.as_bytes() {
                [a, b, c, ..] => {
                    let three = three(*a, *b, *c);
                    self.filed.entry(three).or_default().push(at);
                    let (word, bit) = sieve_at(three);
                    if let Some(word) = self.sieve.get_mut(word) {
                        *word |= bit;
                    }
                }
                _ => self.always.push(at),
            }
        }
    }

    /// Pushes the children of globs that match. `tried` is scratch.
    fn find(&self, segment: &str, tried: &mut Vec<u32>, found: &mut Vec<u32>) {
        let text = segment.as_bytes();
        let mut try_one = |at: u32| {
            if let Some((glob, child)) = self.list.get(at as usize)
                && glob_matches(glob.as_bytes(), text)
            {
                found.push(*child);
            }
        };
        self.always.iter().copied().for_each(&mut try_one);
        tried.clear();
        for window in text.windows(3) {
            let &[a, b, c] = window else { continue };
            let three = three(a, b, c);
            let (word, bit) = sieve_at(three);
            if self.sieve.get(word).is_some_and(|word| word & bit != 0)
                && !tried.contains(&three)
                && let Some(globs) = self.filed.get(&three)
            {
                tried.push(three);
                globs.iter().copied().for_each(&mut try_one);
            }
        }
    }
}

fn three(a: u8, b: u8, c: u8) -> u32 {
    u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c)
}

/// Word and bit of a sieve, from the upper ten bits of a multiplicative hash.
fn sieve_at(three: u32) -> (usize, u64) {
    let hash = three.wrapping_mul(0x9E37_79B1) >> 22;
    ((hash >> 6) as usize, 1 << (hash & 63))
}

/// The set of nodes at which a path can stand, step by step.
#[derive(Debug, Clone, Default)]
struct States {
    now: Vec<u32>,
    next: Vec<u32>,
    /// Step at which each node was last entered; steps never repeat, so nothing is cleared between names.
    marks: Vec<u64>,
    step: u64,
    tried: Vec<u32>,
    found: Vec<u32>,
}

impl States {
    fn restart(&mut self, nodes: usize) {
        if self.marks.len() < nodes {
            self.marks.resize(nodes, 0);
        }
        self.now.clear();
        self.next.clear();
        self.step += 1;
    }

    /// What was entered becomes where the path stands.
    fn advance(&mut self) {
        std::mem::swap(&mut self.now, &mut self.next);
        self.next.clear();
        self.step += 1;
    }

    /// Whether the node is new in this step.
    fn mark(&mut self, at: u32) -> bool {
        let Some(mark) = self.marks.get_mut(at as usize) else { return false };
        std::mem::replace(mark, self.step) != self.step
    }
}

/// A hash map with a fixed, fast hash. Its keys come from a policy; payloads only look up, so they cannot crowd a
/// bucket, and no host is asked for randomness.
type Map<K, V> = HashMap<K, V, BuildHasherDefault<FixedHasher>>;

/// Eight bytes at a time: rotate, xor, multiply (the method of Firefox's `FxHasher`), and the upper bits brought down
/// at the end, for the map takes its bucket from the lower ones.
#[derive(Debug, Clone, Copy, Default)]
struct FixedHasher(u64);

impl FixedHasher {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0xF135_7AEA_2E62_A9C5);
    }
}

impl Hasher for FixedHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.add(word.try_into().map_or(0, u64::from_le_bytes));
        }
        let rest = words.remainder();
        if !rest.is_empty() {
            self.add(rest.iter().fold(rest.len() as u64, |word, byte| word << 8 | u64::from(*byte)));
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(u64::from(byte));
    }

    fn write_u32(&mut self, number: u32) {
        self.add(u64::from(number));
    }

    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Instant;

    const BUILT_INS: &[(Level, &str)] = &[(Level::Log, "body"), (Level::Log, "a"), (Level::Span, "a.b")];

    fn read(texts: &[impl AsRef<str>]) -> Vec<Selector> {
        texts.iter().map(|text| Selector::parse(text.as_ref(), BUILT_INS).unwrap()).collect()
    }

    fn matcher(selectors: &[Selector]) -> Matcher<usize> {
        Matcher::new(selectors.iter().zip(0..))
    }

    fn found(matcher: &Matcher<usize>, name: &Name<'_>) -> Vec<usize> {
        let mut out = Matches::default();
        matcher.matches(name, &mut out);
        let mut ids = out.ids().to_vec();
        ids.sort_unstable();
        ids
    }

    /// Reads the written selector a second way: as a regular expression. Knows only what the strategy below writes.
    fn oracle(text: &str, name: &Name<'_>) -> bool {
        let (place, rest) = text.split_once('/').unwrap_or(("", text));
        let built_in = rest.starts_with('@');
        let level = Level::ALL.into_iter().find(|level| level.word() == place);
        let on_level = match level {
            Some(level) => level == name.level,
            None => name.level != Level::Transport,
        };
        let mut regex = String::from("^");
        for segment in rest.trim_start_matches('@').split('.') {
            if segment == "**" {
                // Each segment keeps its dot in front; the path gets one for its first.
                regex.push_str(r"(\.[^.]*)*");
                continue;
            }
            regex.push_str(r"\.");
            regex.push_str(&regex::escape(segment).replace(r"\*", "[^.]*"));
        }
        regex.push('$');
        let regex = regex::Regex::new(&regex).unwrap();
        let is = |path: &str| regex.is_match(&format!(".{path}"));
        let whole = match (place, built_in) {
            (_, true) => name.part == Part::BuiltIn,
            ("attribute", _) => name.part == Part::Attribute,
            ("json", _) => name.part == Part::Json,
            ("cookie", _) => name.part == Part::Cookie,
            ("transport", _) => name.part == Part::Header,
            _ => matches!(name.part, Part::Attribute | Part::Json),
        };
        let member = !built_in && !matches!(place, "attribute" | "cookie" | "transport");
        on_level && (whole && is(name.path) || member && name.member().is_some_and(is))
    }

    fn selector_text() -> impl Strategy<Value = String> {
        let segment = prop_oneof![
            4 => "[ab]{1,2}",
            2 => r"[ab]{0,3}\*[ab]{0,4}(\*[ab]{1,3})?",
            1 => Just("*".to_owned()),
            2 => Just("**".to_owned()),
        ]
        .prop_filter("stars stand alone or apart", |text| text == "**" || !text.contains("**"));
        let place = prop_oneof![
            4 => Just(""), 1 => Just("log/"), 1 => Just("span/"), 1 => Just("attribute/"), 1 => Just("json/"),
            1 => Just("cookie/"), 1 => Just("transport/"), 1 => Just("log/@"), 1 => Just("@"),
        ];
        (place, prop::collection::vec(segment, 1..5))
            .prop_map(|(place, path)| format!("{place}{}", path.join(".")))
    }

    fn name_parts() -> impl Strategy<Value = (Level, Part, String, usize)> {
        let level = prop::sample::select(vec![Level::Log, Level::Span, Level::Resource, Level::Transport]);
        let part = prop::sample::select(Part::ALL.to_vec());
        let path = prop::collection::vec("[ab]{0,4}", 1..6);
        (level, part, path, any::<prop::sample::Index>()).prop_map(|(level, part, path, member)| {
            let skip = member.index(path.len());
            let member_at = path.iter().take(skip).map(|segment| segment.len() + 1).sum();
            (level, part, path.join("."), member_at)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// Scenario: any few lines and any name over a small alphabet, so that most lines nearly match.
        /// Guarantees: the matcher, the single selector and a regular expression made from the text agree on each line,
        /// and a name that matches is announced above it.
        #[test]
        fn matcher_agrees_with_regex(
            texts in prop::collection::vec(selector_text(), 1..12),
            (level, part, path, member_at) in name_parts(),
        ) {
            let texts: Vec<_> =
                texts.into_iter().filter(|text| Selector::parse(text, BUILT_INS).is_ok()).collect();
            let selectors = read(&texts);
            let matcher = matcher(&selectors);
            let name = Name { level, part, path: &path, member_at, key_at: 0 };
            let hits = found(&matcher, &name);
            let expected: Vec<_> = (0..texts.len()).filter(|at| oracle(&texts[*at], &name)).collect();
            prop_assert_eq!(&hits, &expected, "{:?} {:?}", texts, name);
            let single: Vec<_> = (0..texts.len()).filter(|at| selectors[*at].matches(&name)).collect();
            prop_assert_eq!(&hits, &single);

            let literal = hits.iter().any(|at| !texts[*at].contains('*'));
            let mut out = Matches::default();
            matcher.matches(&name, &mut out);
            prop_assert_eq!(out.is_literal(), literal);

            // Whoever holds the matched name must have been told that something below counts.
            if !hits.is_empty() {
                for (dot, _) in path.match_indices('.') {
                    let holder = Name { path: &path[..dot], member_at: if member_at > dot { 0 } else { member_at }, ..name };
                    prop_assert!(matcher.reaches_below(&holder, &mut out), "{:?} {:?}", texts, holder);
                }
            }
        }

        /// Scenario: a segment and a glob with any number of stars.
        /// Guarantees: the two-pointer method finds what a regular expression finds.
        #[test]
        fn glob_agrees_with_regex(glob in "[ab*]{0,10}", text in "[ab]{0,12}") {
            let regex = regex::Regex::new(&format!("^{}$", glob.replace('*', ".*"))).unwrap();
            prop_assert_eq!(glob_matches(glob.as_bytes(), text.as_bytes()), regex.is_match(&text));
        }
    }

    /// Scenario: values under catalogs whose lines reach into them, past them or nowhere near.
    /// Guarantees: only where no line can name a member may a walker keep the whole.
    #[test]
    fn only_reachable_members_are_looked_for() {
        let mut scratch = Matches::default();
        let selectors =
            read(&["log/@body.payment.**", "attribute/order.card.number", "attribute/*.secret", "cookie/**"]);
        let matcher = matcher(&selectors);
        let member = |path, member_at| Name {
            level: Level::Log,
            part: Part::BuiltIn,
            path,
            member_at,
            key_at: member_at,
        };
        let mut ask = |name: &Name<'_>| matcher.reaches_below(name, &mut scratch);
        assert!(ask(&Name::built_in(Level::Log, "body")));
        assert!(ask(&member("body.payment", 5)));
        assert!(ask(&member("body.payment.card.x", 5)));
        assert!(!ask(&member("body.shop", 5)));
        assert!(!ask(&Name::built_in(Level::Span, "body")));
        assert!(ask(&Name::attribute(Level::Span, "order")));
        assert!(ask(&Name::attribute(Level::Span, "order.card")));
        assert!(!ask(&Name::attribute(Level::Span, "order.card.number")));
        assert!(ask(&Name::attribute(Level::Span, "anything")));
        assert!(!ask(&Name::attribute(Level::Span, "any.thing")));

        let bare = read(&["user.email"]);
        let matcher = Matcher::new(bare.iter().zip(0..));
        assert!(matcher.reaches_below(&Name::built_in(Level::Log, "body"), &mut scratch));
        assert!(matcher.reaches_below(&member("body.user", 5), &mut scratch));
        assert!(!matcher.reaches_below(&member("body.shop", 5), &mut scratch));
    }

    /// Scenario: a key made to hurt: 64 kB of what nearly matches every line, cut into segments or not.
    /// Guarantees: an answer in well under a second; time is for a debug build on a busy machine.
    #[test]
    fn hostile_keys_end() {
        let texts =
            ["**.a.**.a.**.a.**.b", "**.*a*a*a*b", "*a*aa*aaa*", "a.**.a.*.a.**.c", "**.aaa*", "**.*aaab"];
        let matcher = matcher(&read(&texts));
        for key in ["a".repeat(65_536), "a.".repeat(32_768), "aaab.".repeat(13_107), ".".repeat(65_536)] {
            let start = Instant::now();
            found(&matcher, &Name::attribute(Level::Span, &key));
            assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
        }
    }

    /// Scenario: catalogs of ten and of a thousand lines, a third of them with stars.
    /// Guarantees: the nodes that a name visits do not grow with the lines. (Counted, not timed: machines are busy.)
    #[test]
    fn thousand_lines_visit_what_ten_do() {
        let visits = |lines: usize| {
            let texts: Vec<_> = (0..lines)
                .map(|at| match at % 3 {
                    0 => format!("shop.order{at}.item"),
                    1 => format!("**.field{at}"),
                    _ => format!("**.*_w{at}ord"),
                })
                .collect();
            let matcher = matcher(&read(&texts));
            let mut out = Matches::default();
            matcher.matches(&Name::attribute(Level::Span, "http.request.method_original"), &mut out);
            out.states.now.len()
        };
        assert_eq!(visits(10), visits(1000));
    }

    /// Prints what a question costs: `cargo test --release -p frostglass-engine costs -- --ignored --nocapture`.
    #[test]
    #[ignore = "a measurement, not a claim"]
    fn costs() {
        for lines in [10, 100, 1000, 10_000] {
            let texts: Vec<_> = (0..lines)
                .map(|at| match at % 10 {
                    0 => format!("**.*_w{at}ord"),
                    1 => format!("shop.*.field{at}"),
                    2 => format!("**.x{at}"),
                    _ => format!("shop.order.field{at}"),
                })
                .collect();
            let matcher = matcher(&read(&texts));
            let names = [
                "http.request.method",
                "shop.order.field7",
                "user.id",
                "k8s.pod.label.app.kubernetes.io/name",
            ];
            let mut out = Matches::default();
            let rounds = 200_000;
            let start = Instant::now();
            for _ in 0..rounds {
                for name in names {
                    matcher.matches(std::hint::black_box(&Name::attribute(Level::Span, name)), &mut out);
                    std::hint::black_box(out.ids());
                }
            }
            let each = start.elapsed().as_nanos() as f64 / (rounds * names.len()) as f64;
            eprintln!("{lines:>6} lines: {each:.0} ns a name");
        }
    }
}

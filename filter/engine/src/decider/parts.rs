//! Opens scanned text that holds fields, and treats what is found in it so that it parses afterwards.
//!
//! A text is walked first: its parts are ruled like any other field, and what is to change in them is written. Then the
//! whole of the result is scanned as if nobody had opened it. So opening only ever adds: names that a catalog knows, and
//! values that their writing hid. How far a part without quotes goes is asked of a scan of the whole before that. What the scan of the whole finds inside a structure is written as the structure
//! demands. Promises: bounded levels, no allocation once the memory of each level has grown.

use super::Decider;
use super::learned::Stretch;
use crate::Class;
use crate::policy::{ClassId, Decision, OnHit};
use frostglass_formats::parts::{self, Coding, JsonTokens, Opened, Region};
use frostglass_formats::{Edit, Level, Name, Part, Scratch};
use std::iter::Peekable;
use std::ops::Range;
use std::sync::Arc;

/// Text in text in text. Whoever encodes more often hides something or is a machine; it is scanned as it stands.
const DEEPEST: usize = 4;

/// The memory of one level.
#[derive(Debug, Default)]
pub(super) struct Room {
    scratch: Scratch,
    path: String,
    text: String,
}

/// What texts are opened with.
#[derive(Default)]
pub(super) struct Rooms {
    level: usize,
    free: Vec<Room>,
    piece: Vec<u8>,
    /// For each level, what a scan finds in its text.
    found: [Found; DEEPEST],
}

/// What a scan finds in a text that is open, once somebody asks.
#[derive(Default)]
struct Found {
    scanner: usize,
    id: u32,
    known: bool,
    /// Where, and whether a secret.
    hits: Vec<(Range<usize>, bool)>,
}

impl std::fmt::Debug for Rooms {
    /// Without the memory: it holds values of payloads.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rooms").field("level", &self.level).finish_non_exhaustive()
    }
}

impl Rooms {
    /// Whether what is shown is a part of a text.
    pub(super) fn is_open(&self) -> bool {
        self.level > 0
    }

    /// Whether one more text may be opened.
    #[inline]
    pub(super) fn has_room(&self) -> bool {
        self.level < DEEPEST
    }

    /// Whether a field is no part of a text: those are scanned with it.
    #[inline]
    pub(super) fn is_whole(&self, id: u32) -> bool {
        match self.level {
            0 => true,
            1 => self.found.first().is_some_and(|found| found.id == id),
            _ => false,
        }
    }
}

impl Decider {
    /// Opens a text of a field that is scanned. `out` comes empty.
    #[inline(never)]
    pub(super) fn open(
        &mut self,
        text: &str,
        decision: Decision,
        (scanner, on_hit): (usize, OnHit),
        id: u32,
        out: &mut String,
    ) -> Edit {
        let mut room = self.rooms.free.pop().unwrap_or_default();
        self.rooms.level += 1;
        if let Some(found) = self.rooms.found.get_mut(self.rooms.level - 1) {
            (found.scanner, found.id, found.known) = (scanner, id, false);
        }
        let edit = self.open_in(&mut room, text, decision, (scanner, on_hit), id, out);
        self.rooms.level -= 1;
        self.rooms.free.push(room);
        edit
    }

    /// One past what begins in a part of the text that is open, as far as a scan of the whole knows.
    #[inline(never)] // of few parts
    pub(super) fn extent_of(&mut self, text: &str, span: &Range<usize>) -> usize {
        let level = self.rooms.level.wrapping_sub(1);
        let Some((scanner, id, known)) =
            self.rooms.found.get(level).map(|found| (found.scanner, found.id, found.known))
        else {
            return span.end;
        };
        if !known {
            self.find(text, scanner, id);
        }
        let Some(found) = self.rooms.found.get_mut(level) else { return span.end };
        if !known {
            found.known = true;
            found.hits.clear();
            found
                .hits
                .extend(self.hits.iter().map(|hit| (hit.start..hit.end, hit.class == Class::Credential)));
        }
        let bytes = text.as_bytes();
        // The scheme of a credential is no value without it.
        let scheme =
            text.get(span.clone()).is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic()))
                && bytes.get(span.end) == Some(&b' ');
        let at = found.hits.partition_point(|(hit, _)| hit.end <= span.start);
        let mut end = span.end;
        for (hit, secret) in found.hits.get(at..).unwrap_or(&[]) {
            if span.start <= hit.start && hit.start < end || scheme && *secret && hit.start == span.end + 1 {
                end = end.max(hit.end);
            } else if hit.start > span.end {
                break;
            }
        }
        end
    }

    fn open_in(
        &mut self,
        room: &mut Room,
        text: &str,
        decision: Decision,
        (scanner, on_hit): (usize, OnHit),
        id: u32,
        out: &mut String,
    ) -> Edit {
        let Room { scratch, path, text: edited } = room;
        path.clear();
        let (level, part) = match self.rulings.question(id) {
            Some((tag, name)) => {
                path.push_str(std::str::from_utf8(name).unwrap_or(""));
                place(tag)
            }
            None => (Level::Log, Part::Attribute),
        };
        // Text is a value of its own: members count their path from its top.
        let holder = Name { level, part, path, member_at: 0, key_at: 0 };
        let limits = self.options.limits;
        let opened = parts::walk(text, decision.shape, holder, decision.ruling(id), &limits, self, scratch);
        let result = match opened {
            Opened::Kept => text,
            Opened::Edited if parts::finish(text, scratch, edited) => edited.as_str(),
            Opened::Edited | Opened::Withheld => {
                self.count(decision.class, "suppress");
                return Edit::Drop;
            }
        };
        let structure = Structure::of(result, scratch, opened == Opened::Edited);
        let edit = self.scan_in(result, Some(structure), (scanner, on_hit), id, out);
        if edit == Edit::Keep && opened == Opened::Edited {
            out.clear();
            out.push_str(result);
            return Edit::Text;
        }
        edit
    }

    /// Treats a finding inside a structure, and tells whether that changed anything.
    pub(super) fn treat_hit_inside(
        &mut self,
        structure: &mut Structure<'_>,
        stretch: Stretch,
        on_hit: OnHit,
        text: &str,
        out: &mut String,
    ) -> Option<bool> {
        let hit = stretch.span();
        let found = text.get(hit.clone())?;
        let region = structure.at(&hit)?;
        // A learned value stands whole in one string, as it is.
        if region.coding == Coding::Json && stretch.learned.is_none() {
            return self.treat_hit_in_json(structure, stretch.class, on_hit, text, hit, out);
        }
        let from = out.len();
        if !self.treat_stretch(stretch, on_hit, found, out) {
            return Some(false);
        }
        if region.coding == Coding::Json {
            let treated = out.split_off(from);
            parts::JsonToken::escape(&treated, out);
            return Some(true);
        }
        let treated = out.split_off(from);
        if matches!(region.coding, Coding::Host | Coding::Url) && text.as_bytes().get(hit.end) == Some(&b'@')
        {
            // What stands for a user and password, in the word of OpenTelemetry's conventions: brackets end a host.
            out.push_str("REDACTED:REDACTED");
            return Some(true);
        }
        let before = hit.start.checked_sub(1).and_then(|at| text.as_bytes().get(at));
        if region.coding == Coding::Url && treated.starts_with('[') && before == Some(&b'=') {
            // As a parameter that its own name gave away, so that a second hop says the same.
            out.push_str("REDACTED");
            return Some(true);
        }
        let mut piece = std::mem::take(&mut self.rooms.piece);
        piece.clear();
        region.coding.encode(found, &treated, &mut piece);
        out.push_str(std::str::from_utf8(&piece).unwrap_or(""));
        self.rooms.piece = piece;
        Some(true)
    }

    fn treat_hit_in_json(
        &mut self,
        structure: &mut Structure<'_>,
        class: ClassId,
        on_hit: OnHit,
        text: &str,
        hit: std::ops::Range<usize>,
        out: &mut String,
    ) -> Option<bool> {
        let region = structure.at(&hit)?;
        let tokens = structure.tokens.as_mut()?;
        let (mut at, mut changed, mut covered) = (hit.start, false, 0);
        if at < region.start {
            changed |= self.treat_hit(class, on_hit, text.get(at..region.start).unwrap_or(""), out);
            at = region.start;
        }
        while tokens.next_if(|token| token.span.end <= at).is_some() {}
        let mut plain = String::new();
        while let Some(token) = tokens.peek().filter(|token| token.span.start < hit.end).cloned() {
            // A string may hold the next finding, too.
            if token.span.end <= hit.end {
                tokens.next();
            }
            if token.span.end <= at {
                break;
            }
            let stretch = at.max(token.span.start)..hit.end.min(token.span.end);
            out.push_str(text.get(at..stretch.start).unwrap_or(""));
            // Where the token begins in what is written: a finding before this one may have changed it since.
            if structure.token != token.span.start {
                structure.token = token.span.start;
                structure.token_in_out = out.len().saturating_sub(stretch.start - token.span.start);
            }
            at = stretch.end;
            plain.clear();
            if token.piece(text, &stretch, &mut plain) {
                let from = out.len();
                if self.treat_hit(class, on_hit, &plain, out) {
                    let treated = out.split_off(from);
                    parts::JsonToken::escape(&treated, out);
                    changed = true;
                } else {
                    out.truncate(from);
                    out.push_str(text.get(stretch).unwrap_or(""));
                }
                if token.span.end > hit.end {
                    break;
                }
                continue;
            }
            // A number or word, or a string of which an escape would be torn apart: the whole of it goes. What stands
            // of it in `out` already is taken back.
            out.truncate(out.floor_char_boundary(structure.token_in_out));
            let quote = if token.is_string { "" } else { "\"" };
            out.push_str(quote);
            self.label_of(class, out);
            out.push_str(quote);
            changed = true;
            at = token.span.end;
            covered = at;
            if token.span.end > hit.end {
                break;
            }
        }
        structure.covered = covered;
        if at < hit.end {
            let inside = hit.end.min(region.end).max(at);
            out.push_str(text.get(at..inside).unwrap_or(""));
            if inside < hit.end {
                changed |= self.treat_hit(class, on_hit, text.get(inside..hit.end).unwrap_or(""), out);
            }
        }
        Some(changed)
    }

    /// Writes the label of a class.
    pub(super) fn label_of(&mut self, class: ClassId, out: &mut String) {
        let plan = Arc::clone(&self.plan);
        out.push('[');
        out.push_str(plan.class(class).map_or("withheld", |class| class.name.as_str()));
        out.push(']');
        self.count(Some(class), "suppress");
    }
}

/// The structures of a text, passed through from its beginning to its end.
pub(super) struct Structure<'t> {
    text: &'t str,
    regions: Peekable<std::slice::Iter<'t, Region>>,
    /// What was written while the parts were walked.
    written: Peekable<std::vec::IntoIter<std::ops::Range<usize>>>,
    tokens: Option<Peekable<JsonTokens<'t>>>,
    in_region: usize,
    /// Where the token of JSON begins that was met last, and where in what is written.
    token: usize,
    token_in_out: usize,
    /// What was covered beyond the finding that asked for it.
    pub(super) covered: usize,
}

impl<'t> Structure<'t> {
    fn of(text: &'t str, scratch: &'t Scratch, edited: bool) -> Self {
        let written: Vec<_> = if edited { scratch.splice.written().collect() } else { Vec::new() };
        Self {
            text,
            regions: parts::regions(scratch).iter().peekable(),
            written: written.into_iter().peekable(),
            tokens: None,
            in_region: usize::MAX,
            token: usize::MAX,
            token_in_out: 0,
            covered: 0,
        }
    }

    /// Whether a finding lies wholly in what the walk wrote: what a line made of a part, or what a scan left of it. An
    /// address that was cut to its network is not to be treated as an address again.
    pub(super) fn is_treated(&mut self, hit: &std::ops::Range<usize>) -> bool {
        while self.written.next_if(|written| written.end <= hit.start).is_some() {}
        self.written.peek().is_some_and(|written| written.start <= hit.start && hit.end <= written.end)
    }

    /// The structure that a finding lies in. Asked in ascending order.
    fn at(&mut self, hit: &std::ops::Range<usize>) -> Option<Region> {
        while self.regions.next_if(|region| region.end <= hit.start).is_some() {}
        let region = **self.regions.peek()?;
        let mut touched = self.regions.clone().take_while(|region| region.start < hit.end);
        let within = match region.coding {
            // Whatever touches JSON is written token by token; the rest of the finding lies outside. A finding that reaches over all
            // of it from outside, as a value whose quote is never closed does, is no part of it: the brackets that would be
            // left are no structure to a second hop.
            Coding::Json => {
                region.start < hit.end
                    && !touched.all(|region| hit.start < region.start && region.end <= hit.end)
            }
            _ => region.start <= hit.start && hit.end <= region.end,
        };
        if !within {
            return None;
        }
        if region.coding == Coding::Json && self.in_region != region.start {
            self.in_region = region.start;
            self.tokens = Some(JsonTokens::of(self.text, &region).peekable());
        }
        Some(region)
    }
}

/// Level and part of a name, from its tag in the table of rulings.
fn place(tag: u64) -> (Level, Part) {
    let level = Level::ALL.get((tag >> 28 & 0xf) as usize).copied().unwrap_or(Level::Log);
    let part = Part::ALL.get((tag >> 24 & 0xf) as usize).copied().unwrap_or(Part::Attribute);
    (level, part)
}

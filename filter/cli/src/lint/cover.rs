//! Which selectors make others needless.

use frostglass_engine::policy::{Segment, Selector};

/// Whether one selector names every field that another names. May say no where the answer is yes, never the reverse.
pub(super) fn covers(wide: &Selector, narrow: &Selector) -> bool {
    let levels = narrow.levels().iter().all(|level| wide.levels().contains(level));
    let parts = {
        frostglass_formats::Part::ALL.into_iter().all(|part| {
            (!narrow.parts().contains(part) || wide.parts().contains(part))
                && (!narrow.member_parts().contains(part) || wide.member_parts().contains(part))
        })
    };
    levels && parts && covers_segments(wide.pattern().segments(), narrow.pattern().segments())
}

/// Whether each path that one pattern matches is matched by the other: a table over both, as long as their product.
fn covers_segments(wide: &[Segment], narrow: &[Segment]) -> bool {
    // `reach[at]` says whether `wide` from its present end on covers `narrow` from `at` on; filled from the ends.
    let mut reach: Vec<bool> = (0..=narrow.len()).map(|at| at == narrow.len()).collect();
    for segment in wide.iter().rev() {
        let mut next = vec![false; narrow.len() + 1];
        for at in (0..=narrow.len()).rev() {
            let here = |row: &[bool], at: usize| row.get(at) == Some(&true);
            let covered = match (segment, narrow.get(at)) {
                (Segment::Deep, Some(_)) => here(&reach, at) || here(&next, at + 1),
                (Segment::Deep, None) => here(&reach, at),
                (_, None | Some(Segment::Deep)) => false,
                (Segment::Any, Some(_)) => here(&reach, at + 1),
                (wide, Some(Segment::Literal(text))) => wide.matches(text) && here(&reach, at + 1),
                (wide, Some(narrow)) => wide == narrow && here(&reach, at + 1),
            };
            if let Some(cell) = next.get_mut(at) {
                *cell = covered;
            }
        }
        reach = next;
    }
    reach.first() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field;

    /// Scenario: pairs of selectors, one at least as wide as the other or not.
    /// Guarantees: covering is found where it is certain, and never claimed where some field is left out.
    #[test]
    fn covering_is_never_claimed_wrongly() {
        let built_ins = field::built_ins();
        let covers = |wide: &str, narrow: &str| {
            covers(&Selector::parse(wide, &built_ins).unwrap(), &Selector::parse(narrow, &built_ins).unwrap())
        };
        for (wide, narrow) in [
            ("a.*", "a.b"),
            ("a.**", "a"),
            ("a.**", "a.*.c"),
            ("**.password", "db.password"),
            ("**.*_password", "x.db_password"),
            ("**", "**.x"),
            ("a.b", "span/a.b"),
            ("a.b", "attribute/a.b"),
            ("log/@body.**", "log/@body.payment.**"),
            ("**.a.**", "x.a"),
        ] {
            assert!(covers(wide, narrow), "{wide} {narrow}");
        }
        for (wide, narrow) in [
            ("a.b", "a.*"),
            ("a.*", "a.**"),
            ("span/a.b", "a.b"),
            ("attribute/a.b", "a.b"),
            ("a.*", "a.b.c"),
            ("*_password", "*password"),
            ("**.a", "**"),
            ("header/a", "a"),
        ] {
            assert!(!covers(wide, narrow), "{wide} {narrow}");
        }
    }
}

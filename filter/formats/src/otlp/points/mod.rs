//! Keeps the data points of one metrics payload apart, after treatment made some of them alike.
//!
//! A label that goes makes two series one. What adds up without state is merged: delta sums, delta histograms and
//! delta exponential histograms over equal or overlapping times. What does not (gauges, summaries, cumulative points,
//! histograms of different bounds) is withheld and counted, because two points under one identity are read as one
//! overwriting the other. Points that were alike before treatment are the sender's own and stay as they came, and so do
//! points that nothing collides with, byte for byte. Time and memory are linear in the payload but for one sort.
//!
//! Identity and merging follow <https://opentelemetry.io/docs/specs/otel/metrics/data-model/>. Does not know why
//! anything was edited: it reads the payload before and after, and where what is left came from.

mod exponential;
mod identity;
mod json;
mod merge;
mod point;
mod protobuf;
mod source;

use crate::order;
use crate::{FormatError, Limits, Splice};
use identity::{Style, Survey};
use point::Point;
use source::Source;
use std::ops::Range;

/// The encoding of a metrics payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// OTLP protobuf.
    Protobuf,
    /// OTLP/JSON.
    Json,
}

/// What became of data points that treatment made alike.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// Points merged into another one.
    pub merged: u64,
    /// Points that cannot be merged without state, and go.
    pub withheld: u64,
}

/// Merges or takes out the points of `treated` that are alike and were not alike in `input`.
///
/// `treated` is what `edits` made of `input`. The edits that are still to be made to `treated` are left in `splice`,
/// which is cleared first; it is empty when nothing collides.
///
/// # Errors
/// [`FormatError`] when the treated payload cannot be read, or would grow over [`Limits::output`].
pub fn settle(
    encoding: Encoding,
    input: &[u8],
    edits: &Splice,
    treated: &[u8],
    limits: &Limits,
    splice: &mut Splice,
) -> Result<Settled, FormatError> {
    splice.clear();
    match encoding {
        Encoding::Protobuf => {
            settle_in::<protobuf::ProtobufSource<'_>>(input, edits, treated, limits, splice)
        }
        Encoding::Json => settle_in::<json::JsonSource<'_>>(input, edits, treated, limits, splice),
    }
}

/// What becomes of one point.
#[derive(Debug, Clone)]
enum Fate {
    /// It goes: merged into another one, or withheld.
    Goes,
    /// It becomes this range of [`Changes::written`].
    Becomes(Range<usize>),
}

/// What is to change, by the offset at which a point begins in the treated payload, ascending.
#[derive(Debug, Default)]
struct Changes {
    fates: Vec<(usize, Fate)>,
    written: Vec<u8>,
}

fn settle_in<'a, E: Source<'a>>(
    input: &'a [u8],
    edits: &Splice,
    treated: &'a [u8],
    limits: &Limits,
    splice: &mut Splice,
) -> Result<Settled, FormatError> {
    let after = Survey::of_treated::<E>(treated, limits)?;
    let identities = after.identities();
    let mut settled = Settled::default();
    if !identities.any_alike() {
        return Ok(settled);
    }
    let origins = origins::<E>(input, edits, &after, limits);
    let mut changes = Changes::default();
    let mut settler = Settler::<E> {
        treated,
        limits,
        survey: &after,
        origins: &origins,
        changes: &mut changes,
        source: std::marker::PhantomData,
    };
    for alike in identities.alike() {
        if settler.distinct(alike) {
            let of_group = settler.group(alike)?;
            settled.merged += of_group.merged;
            settled.withheld += of_group.withheld;
        }
    }
    if !changes.fates.is_empty() {
        order::sort_by_key(&mut changes.fates, |(start, _)| *start);
        E::edit(treated, limits, &changes, splice)?;
    }
    Ok(settled)
}

/// The identity that each point of the treated payload had before. A point whose past is not known shares it with none.
fn origins<'a, E: Source<'a>>(input: &'a [u8], edits: &Splice, after: &Survey, limits: &Limits) -> Vec<u32> {
    let before = Survey::of_input::<E>(input, limits).unwrap_or_default();
    let identities = before.identities();
    let mut trace = edits.origins();
    let mut strangers = u32::MAX;
    after
        .starts()
        .map(|start| {
            let known = trace.of(start).and_then(|from| identities.of(before.starting_at(from)?));
            known.unwrap_or_else(|| {
                strangers = strangers.wrapping_sub(1);
                strangers
            })
        })
        .collect()
}

/// Points that became one.
struct Merged {
    /// The point in whose place the sum stands.
    place: u32,
    /// Markers that no value was recorded: they have nothing to add to a value and are withheld, not merged.
    markers: u64,
}

/// Settles groups of points that are alike.
struct Settler<'s, 'a, E> {
    treated: &'a [u8],
    limits: &'s Limits,
    survey: &'s Survey,
    origins: &'s [u32],
    changes: &'s mut Changes,
    source: std::marker::PhantomData<E>,
}

impl<'a, E: Source<'a>> Settler<'_, 'a, E> {
    /// Whether the points had more than one identity before.
    fn distinct(&self, points: &[u32]) -> bool {
        let mut origins = points.iter().map(|&point| self.origins.get(point as usize));
        let first = origins.next();
        origins.any(|origin| Some(origin) != first)
    }

    fn group(&mut self, points: &[u32]) -> Result<Settled, FormatError> {
        let style = points.first().and_then(|&point| self.survey.style(point));
        let Some(style) = style.filter(|style| style.adds_up()) else {
            return Ok(self.withhold(points));
        };
        let mut windows = Vec::with_capacity(points.len());
        for &index in points {
            let Some(point) = self.read(index, style) else { return Ok(self.withhold(points)) };
            windows.push((point.window(), index));
        }
        order::sort_by(&mut windows, Ord::cmp);
        let mut settled = Settled::default();
        let mut cluster = Vec::new();
        let mut end = 0;
        for (window, index) in windows {
            // Windows are open at the start: what ends where the next begins does not overlap it.
            if !cluster.is_empty() && window.0 >= end && window.1 != end {
                let of_cluster = self.cluster(&mut cluster, style)?;
                settled.merged += of_cluster.merged;
                settled.withheld += of_cluster.withheld;
            }
            end = if cluster.is_empty() { window.1 } else { end.max(window.1) };
            cluster.push(index);
        }
        let of_cluster = self.cluster(&mut cluster, style)?;
        settled.merged += of_cluster.merged;
        settled.withheld += of_cluster.withheld;
        Ok(settled)
    }

    /// Merges points of one identity whose times overlap, and empties the list.
    fn cluster(&mut self, points: &mut Vec<u32>, style: Style) -> Result<Settled, FormatError> {
        let mut points = std::mem::take(points);
        order::sort_by(&mut points, Ord::cmp);
        if !self.distinct(&points) {
            return Ok(Settled::default());
        }
        let from = self.changes.written.len();
        let Some(Merged { place, markers }) = self.merged(&points, style) else {
            self.changes.written.truncate(from);
            return Ok(self.withhold(&points));
        };
        if self.changes.written.len() > self.limits.output {
            return Err(FormatError::TooLarge { format: E::NAME, limit: self.limits.output });
        }
        for &index in &points {
            let Some(span) = self.survey.span(index) else { continue };
            let fate =
                if index == place { Fate::Becomes(from..self.changes.written.len()) } else { Fate::Goes };
            self.changes.fates.push((span.start, fate));
        }
        Ok(Settled { merged: points.len() as u64 - 1 - markers, withheld: markers })
    }

    /// Writes the sum of the points. None when they do not add up.
    fn merged(&mut self, points: &[u32], style: Style) -> Option<Merged> {
        let mut whole: Option<(u32, Point)> = None;
        let mut markers = 0;
        for &index in points {
            let point = self.read(index, style)?;
            markers += u64::from(point.is_marker());
            match &mut whole {
                Some((_, whole)) if whole.is_marker() == point.is_marker() => whole.absorb(point).ok()?,
                Some((_, whole)) if !whole.is_marker() => {}
                _ => whole = Some((index, point)),
            }
        }
        let (place, whole) = whole?;
        E::write(self.treated, &whole, &mut self.changes.written).ok()?;
        Some(Merged { place, markers: if whole.is_marker() { 0 } else { markers } })
    }

    fn withhold(&mut self, points: &[u32]) -> Settled {
        for &index in points {
            if let Some(span) = self.survey.span(index) {
                self.changes.fates.push((span.start, Fate::Goes));
            }
        }
        Settled { merged: 0, withheld: points.len() as u64 }
    }

    fn read(&self, index: u32, style: Style) -> Option<Point> {
        let span = self.survey.span(index)?;
        let mut source = E::at_point(self.treated, span, self.limits).ok()?;
        Point::read(&mut source, style.kind).ok().flatten()
    }
}

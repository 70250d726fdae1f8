//! A data point as merging sees it, read from either encoding.

use super::exponential::Exponential;
use super::identity::PointKind;
use super::merge::{Histogram, Total, Unmergeable};
use super::source::{Read, Scalar, Source};
use crate::Signal;
use crate::otlp::schema::{self, Kind, Message, Shape};
use std::ops::Range;

/// `DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK`.
const NO_RECORDED_VALUE: u64 = 1;

/// A data point that adds up.
#[derive(Debug)]
pub(super) struct Point {
    /// Nanoseconds since the epoch; 0 when not known.
    pub(super) start: u64,
    /// Nanoseconds since the epoch.
    pub(super) time: u64,
    pub(super) flags: u64,
    /// Attributes as they stand in the payload.
    pub(super) attributes: Vec<Range<usize>>,
    /// Exemplars as they stand in the payload.
    pub(super) exemplars: Vec<Range<usize>>,
    pub(super) data: Data,
}

/// What a point measures.
#[derive(Debug)]
pub(super) enum Data {
    Number(Total),
    Histogram(Histogram),
    Exponential(Exponential),
}

impl Data {
    fn of(kind: PointKind) -> Option<(Self, &'static Message)> {
        let (data, field) = match kind {
            PointKind::Sum => (Self::Number(Total::default()), "sum"),
            PointKind::Histogram => (Self::Histogram(Histogram::default()), "histogram"),
            PointKind::Exponential => (Self::Exponential(Exponential::default()), "exponential_histogram"),
            PointKind::Gauge | PointKind::Summary => return None,
        };
        let path = ["resource_metrics", "scope_metrics", "metrics", field, "data_points"];
        let message =
            path.iter().try_fold(schema::request(Signal::Metrics), |message, name| {
                match message.member(name)?.kind {
                    Kind::Message(inner) => Some(inner),
                    _ => None,
                }
            })?;
        Some((data, message))
    }
}

impl Point {
    /// Takes the point that `source` stands before. None when it has what merging would lose or misread: a field that
    /// the table does not know, or one that stands twice where it may stand once.
    pub(super) fn read<'a, E: Source<'a>>(source: &mut E, kind: PointKind) -> Read<Option<Self>> {
        let Some((data, message)) = Data::of(kind) else { return Ok(None) };
        let (attributes, exemplars) = (Vec::new(), Vec::new());
        let mut point = Self { start: 0, time: 0, flags: 0, attributes, exemplars, data };
        let mut seen = 0_u32;
        let mut plain = true;
        source.message(message, |source, field| {
            let bit = 1_u32.checked_shl(field.number).unwrap_or(0);
            plain &= field.repeated || seen & bit == 0;
            seen |= bit;
            match field.kind {
                Kind::Attributes => take_range(source, &mut point.attributes),
                Kind::Structural(_, shape) if field.repeated => {
                    plain &= point.list(source, field.name, shape)?;
                    Ok(())
                }
                Kind::Structural(_, shape) => {
                    plain &= source.scalar(shape)?.is_some_and(|scalar| point.set(field.name, scalar));
                    Ok(())
                }
                Kind::Message(inner) if !field.repeated => match &mut point.data {
                    Data::Exponential(data) => {
                        plain &= data.read_buckets(source, field.name, inner)?;
                        Ok(())
                    }
                    _ => source.skip(),
                },
                Kind::Message(_) => take_range(source, &mut point.exemplars),
                _ => source.skip(),
            }
        })?;
        plain &= source.unknown() == 0;
        Ok((plain && (point.is_marker() || point.is_complete())).then_some(point))
    }

    /// Whether the point says that no value was recorded.
    pub(super) fn is_marker(&self) -> bool {
        self.flags & NO_RECORDED_VALUE != 0
    }

    /// The time that the point covers, open at its start. Without a known start it is the moment itself.
    pub(super) fn window(&self) -> (u64, u64) {
        let start = if self.start == 0 { self.time } else { self.start.min(self.time) };
        (start, self.time)
    }

    /// Adds another point of the same kind to this one.
    pub(super) fn absorb(&mut self, other: Self) -> Result<(), Unmergeable> {
        self.start = match (self.start, other.start) {
            (0, known) | (known, 0) => known,
            (a, b) => a.min(b),
        };
        self.time = self.time.max(other.time);
        self.flags |= other.flags;
        self.exemplars.extend(other.exemplars);
        if self.is_marker() {
            return Ok(());
        }
        match (&mut self.data, other.data) {
            (Data::Number(total), Data::Number(other)) => total.absorb(other),
            (Data::Histogram(histogram), Data::Histogram(other)) => histogram.absorb(other),
            (Data::Exponential(histogram), Data::Exponential(other)) => histogram.absorb(other),
            _ => Err(Unmergeable),
        }
    }

    fn is_complete(&self) -> bool {
        match &self.data {
            Data::Number(total) => total.has_value(),
            Data::Histogram(histogram) => histogram.is_sound(),
            Data::Exponential(_) => true,
        }
    }

    /// False when the leaf has no place in the point.
    fn set(&mut self, field: &str, scalar: Scalar) -> bool {
        match (field, scalar) {
            ("start_time_unix_nano", Scalar::Count(time)) => self.start = time,
            ("time_unix_nano", Scalar::Count(time)) => self.time = time,
            ("flags", Scalar::Count(flags)) => self.flags = flags,
            (_, scalar) => {
                return match &mut self.data {
                    Data::Number(total) => total.set(scalar),
                    Data::Histogram(histogram) => histogram.set(field, scalar),
                    Data::Exponential(histogram) => histogram.set(field, scalar),
                };
            }
        }
        true
    }

    fn list<'a, E: Source<'a>>(&mut self, source: &mut E, field: &str, shape: Shape) -> Read<bool> {
        let Data::Histogram(histogram) = &mut self.data else {
            source.skip()?;
            return Ok(false);
        };
        source.scalars(shape, |scalar| match (field, scalar) {
            ("bucket_counts", Scalar::Count(count)) => histogram.counts.push(count),
            ("explicit_bounds", Scalar::Double(bound)) => histogram.bounds.push(bound),
            _ => {}
        })
    }
}

fn take_range<'a, E: Source<'a>>(source: &mut E, ranges: &mut Vec<Range<usize>>) -> Read {
    let start = source.start()?;
    source.skip()?;
    ranges.push(start..source.end());
    Ok(())
}

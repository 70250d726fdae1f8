//! The walkers from outside, against independent readers: one module a subject, one program, so that what they share is linked once.

mod bulk;
mod columns;
mod json;
mod lines;
mod loki;
mod lottery;
mod made_up;
mod otlp_descriptors;
mod otlp_json;
mod otlp_points;
mod prometheus;
mod same;
mod syslog;

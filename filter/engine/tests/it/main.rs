//! The engine from outside: one module a subject, one program, so that what they share is linked once.

mod canaries;
mod catalogs;
mod first_light;
mod metric_points;
mod modes;
mod parts;
mod policy_reading;
mod series;
mod sift;

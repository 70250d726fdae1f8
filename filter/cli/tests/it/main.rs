//! The command, run as people run it: one module a subject, one program, so that what they share is linked once.

mod attack;
mod audit;
mod collector_lint;
mod command;
mod folder;
mod keys;
mod reveal;
mod stolen_keys;
mod synth;

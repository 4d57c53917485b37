//! The analyser.

pub mod compat;

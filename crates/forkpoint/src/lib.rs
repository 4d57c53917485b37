//! The analyser: two event logs in, a verdict out.

#![warn(missing_docs)]

pub mod ingest;
pub mod pair;
pub mod profile;
pub mod trace;
pub mod value;

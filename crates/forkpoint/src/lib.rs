//! The analyser: two event logs in, a verdict out.

#![warn(missing_docs)]

pub mod align;
pub mod compare;
pub mod finding;
pub mod identity;
pub mod ingest;
pub mod pair;
pub mod profile;
pub mod report;
pub mod trace;
pub mod value;

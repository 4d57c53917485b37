//! The analyser: two event logs in, a verdict out.
//!
//! ```text
//! ingest → profile → identity → align → finding → cause → report
//! ```
//!
//! [`compare::compare`] is the table of contents. Nothing here prints, reads the environment or
//! exits; only opening and reading a log, loading a profile and writing a report can fail.

pub mod align;
pub mod analysis;
pub mod audit;
pub mod check;
pub mod class;
pub mod compare;
pub mod convert;
pub mod error;
pub mod explain;
pub mod firsts;
pub mod formats;
pub mod identity;
pub mod learn;
pub mod manual;
pub mod pair;
pub mod panel;
pub mod profile;
pub mod read;
pub mod render;
pub mod report;
pub mod scan;
pub mod show;
pub mod trace;
pub mod value;

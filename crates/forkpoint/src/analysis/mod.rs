//! What two logs have to say about each other: all that was compared, what differs, and why.
//!
//! [`analyse`] is the table of contents. Invariant: it cannot fail, and the same logs, profile and options
//! give the same analysis.

pub mod cause;
mod class;
mod creation;
mod facts;
mod finding;
mod findings;
mod known;
mod options;
mod repeats;

pub use crate::class::Class;
pub use creation::created_by;
pub use facts::{Facts, analyse};
pub use finding::{At, Detail, Found};
pub use options::Options;

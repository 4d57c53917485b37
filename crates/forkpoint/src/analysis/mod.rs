//! What two logs have to say about each other: all that was compared, what differs, and why.
//!
//! [`analyse`] is the table of contents. Invariant: it cannot fail, and the same logs, profile and options
//! give the same analysis.

mod analyse;
pub mod cause;
mod class;
mod creation;
mod finding;
mod findings;
mod noise;
mod options;
mod repeats;
mod shown_value;
mod waived;

pub use crate::class::Class;
pub use analyse::{Analysis, analyse};
pub use creation::created_by;
pub use finding::{Detail, EventRef, Finding};
pub use noise::Noise;
pub use options::Options;

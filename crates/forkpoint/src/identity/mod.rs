//! Which object a raw value names.
//!
//! So far: which objects are shared by threads, so that it is scheduling who touches them first.

mod shared;

pub use shared::{SharedObjects, shared_objects};

//! Which object a raw value names, and which object of one log is which of the other.

mod among;
mod bijection;
mod inferred;
mod names;
mod object;
mod objects;
mod recipe;
mod shared;

pub use among::Among;
pub use bijection::{Bijection, Conflict, Identities, Meeting, Pointer};
pub use inferred::{Both, Name, Use, Uses, contradictions};
pub use object::{Object, ObjectId, Spot};
pub use objects::{ObjectNames, ObjectRules, Objects, scoped};
pub use recipe::Recipe;
pub use shared::{SharedObjects, shared_objects};

//! Which object a raw value names, and which object of one log is which of the other.

mod among;
mod bijection;
mod inferred;
mod lifetimes;
mod names;
mod object;
mod recipe;
mod shared;

pub use among::Among;
pub use bijection::{Bijection, Identities, ObjectMatch, ObjectMismatch, Pointer};
pub use inferred::{Both, Name, Use, Uses, contradictions};
pub use lifetimes::{ObjectNames, ObjectRules, Objects, scoped};
pub use object::{Object, ObjectId, Spot};
pub use recipe::Recipe;
pub use shared::{SharedObjects, shared_objects};

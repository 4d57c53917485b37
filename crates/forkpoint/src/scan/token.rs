//! The token of an event: a fingerprint of all that must be equal on both sides.
//!
//! Invariant: two events have one token exactly when [`crate::align::explain`] finds no difference
//! between them; both go through the same treatment of the same values.

use forkpoint_event::SemanticId;

use crate::profile::plan::{MaskedValue, Node, RuleId, note};
use crate::value::{Value, fold, hash_integer, hash_member};

/// Returns the token of an event with this symbol and this sum of members.
#[inline]
pub fn of(symbol: u64, members: u64) -> u64 {
    fold(symbol, members)
}

/// Returns what an index that is compared adds to the members.
pub fn index(index: u64) -> u64 {
    hash_member(0x7469_645F_6964_7831, hash_integer(i128::from(index)))
}

/// Returns the hash of a member as the rules leave it; none if they leave nothing.
pub fn treated(
    node: &Node,
    value: Value<'_>,
    key: u64,
    asides: &mut Vec<MaskedValue>,
) -> Option<u64> {
    let value = node.canonical(value, key, asides)?;
    (!value.is_null()).then(|| value.hash())
}

/// Notes the object that an event creates, if its id proves that threads share it: the id is made
/// from the guest's pointer alone. Else its type, by which the id may prove itself later.
pub fn note_shared(
    id: Option<&Value<'_>>,
    pointer: Option<&Value<'_>>,
    object_type: Option<&Value<'_>>,
    asides: &mut Vec<MaskedValue>,
) {
    let Some(id) = id.map(note) else { return };
    let Some(Ok(object_type)) = object_type.and_then(Value::word).map(u32::try_from) else {
        return;
    };
    let proves = |pointer| SemanticId::shared_global(pointer, object_type).0 == id;
    asides.push(if pointer.and_then(Value::word).is_some_and(proves) {
        MaskedValue { rule: RuleId::SHARED, field: 0, value: id }
    } else {
        MaskedValue { rule: RuleId::OBJECT_TYPE, field: 0, value: object_type.into() }
    });
}

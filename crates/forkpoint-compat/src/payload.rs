//! An event's payload, asked for in the references' several ways.
//!
//! One idea: each way has its own answer for an absent, null or misshapen payload,
//! and each is one function here.

use super::failure::Shape;
use super::log::Event;
use super::value::{Dict, Value, or_none};

/// Returns `event.get("payload") or {}`, with no dict for `{}`.
///
/// A payload that is neither falsy nor an object is an error, since every caller
/// asks it for a key next.
pub(super) fn or_empty(event: &Event) -> Result<Option<&Dict>, Shape> {
    match event.get("payload") {
        Some(Value::Dict(dict)) => Ok(Some(dict)),
        Some(other) if other.is_truthy() => Err(Shape::not_an_object("payload", other)),
        _ => Ok(None),
    }
}

/// Returns [`or_empty`], to change it in place.
pub(super) fn or_empty_mut(event: &mut Event) -> Result<Option<&mut Dict>, Shape> {
    match event.get_mut("payload") {
        Some(Value::Dict(dict)) => Ok(Some(dict)),
        Some(other) if other.is_truthy() => Err(Shape::not_an_object("payload", other)),
        _ => Ok(None),
    }
}

/// Returns `(event.get("payload") or {}).get(key)`.
pub(super) fn field<'a>(event: &'a Event, key: &str) -> Result<&'a Value, Shape> {
    Ok(or_none(or_empty(event)?.and_then(|payload| payload.get(key))))
}

/// Returns `event.get("payload", {})` as the object it has to be.
pub(super) fn object(event: &Event) -> Result<&Dict, Shape> {
    static EMPTY: std::sync::LazyLock<Dict> = std::sync::LazyLock::new(Dict::default);
    match event.get("payload") {
        None => Ok(&EMPTY),
        Some(Value::Dict(dict)) => Ok(dict),
        Some(other) => Err(Shape::not_an_object("payload", other)),
    }
}

/// Returns true for an event whose `kind` is this string.
pub(super) fn has_kind(event: &Event, kind: &str) -> bool {
    event.get("kind").is_some_and(|value| value.is_str(kind))
}

/// Returns `event.get("kind")`, checked to be hashable.
pub(super) fn hashable_kind(event: &Event) -> Result<&Value, Shape> {
    let kind = or_none(event.get("kind"));
    match kind {
        Value::List(_) | Value::Dict(_) => Err(Shape::unhashable("kind", kind)),
        _ => Ok(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::loads;

    fn event(json: &str) -> Event {
        match loads(json) {
            Ok(Value::Dict(event)) => *event,
            other => panic!("expected an object, found {other:?}"),
        }
    }

    #[test]
    fn a_falsy_payload_is_empty_where_python_says_or() {
        for json in ["{}", r#"{"payload":null}"#, r#"{"payload":[]}"#, r#"{"payload":0.0}"#] {
            assert!(field(&event(json), "name").is_ok_and(|v| matches!(v, Value::None)), "{json}");
        }
        assert!(field(&event(r#"{"payload":[1]}"#), "name").is_err());
    }

    #[test]
    fn only_an_absent_payload_is_empty_where_python_has_a_default() {
        assert!(object(&event("{}")).is_ok_and(Dict::is_empty));
        assert!(object(&event(r#"{"payload":null}"#)).is_err());
    }
}

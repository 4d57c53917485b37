//! Recognises critical-section pairs that only the canary runs.
//!
//! One idea: where the canary enters and ours leaves, the canary may first run
//! balanced enter/leave pairs, up to [`MAX_PAIRS`], and then leave as well.

use super::failure::Shape;
use super::log::Event;
use super::payload::{field, has_kind};
use super::value::or_none;

const ENTER: &str = "RtlEnterCriticalSection";
const LEAVE: &str = "RtlLeaveCriticalSection";
const BLOCK: [&str; 3] = ["import.call", "kernel.call", "kernel.return"];
const MAX_PAIRS: usize = 32; // the reference gives up here as well

/// Events of one enter/leave pair.
pub(super) const PAIR_LEN: usize = 2 * BLOCK.len();

/// Returns how many of the canary's next events are such pairs, if they explain
/// why it is elsewhere than ours.
pub(super) fn surplus(canary: &[Event], ours: &Event) -> Result<Option<usize>, Shape> {
    let [next, ..] = canary else { return Ok(None) };
    if !(is_named(next, BLOCK[0], ENTER)? && is_named(ours, BLOCK[0], LEAVE)?) {
        return Ok(None);
    }
    let mut rest = canary;
    for n_pairs in 1..=MAX_PAIRS {
        if !(is_block(rest, ENTER)? && is_block(&rest[BLOCK.len()..], LEAVE)?) {
            return Ok(None);
        }
        rest = &rest[PAIR_LEN..];
        if let Some(next) = rest.first()
            && or_none(next.get("kind")).equals(or_none(ours.get("kind")))
            && field(next, "name")?.equals(field(ours, "name")?)
        {
            return Ok(Some(n_pairs * PAIR_LEN));
        }
    }
    Ok(None)
}

fn is_block(events: &[Event], name: &str) -> Result<bool, Shape> {
    let Some(block) = events.get(..BLOCK.len()) else { return Ok(false) };
    for (event, kind) in block.iter().zip(BLOCK) {
        if !is_named(event, kind, name)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_named(event: &Event, kind: &str, name: &str) -> Result<bool, Shape> {
    Ok(has_kind(event, kind) && field(event, "name")?.is_str(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Dict, Value};

    fn event(kind: &str, name: &str) -> Event {
        let mut payload = Dict::default();
        payload.insert("name".into(), Value::Str(name.into()));
        let mut event = Dict::default();
        event.insert("kind".into(), Value::Str(kind.into()));
        event.insert("payload".into(), Value::Dict(Box::new(payload)));
        event
    }

    fn pairs(n_pairs: usize) -> Vec<Event> {
        let names = [ENTER, LEAVE].repeat(n_pairs);
        names.into_iter().flat_map(|name| BLOCK.map(|kind| event(kind, name))).collect()
    }

    fn surplus_of(n_pairs: usize, last: Option<&str>) -> Option<usize> {
        let mut canary = pairs(n_pairs);
        canary.extend(last.map(|name| event("import.call", name)));
        surplus(&canary, &event("import.call", LEAVE)).expect("well-formed events")
    }

    #[test]
    fn balanced_pairs_before_a_leave_are_surplus() {
        assert_eq!(surplus_of(1, Some(LEAVE)), Some(6));
        assert_eq!(surplus_of(32, Some(LEAVE)), Some(192));
    }

    #[test]
    fn too_many_pairs_or_another_event_behind_them_are_not() {
        assert_eq!(surplus_of(33, Some(LEAVE)), None);
        assert_eq!(surplus_of(2, Some("NtClose")), None);
        assert_eq!(surplus_of(2, None), None);
        assert_eq!(surplus_of(0, Some(LEAVE)), None);
    }
}

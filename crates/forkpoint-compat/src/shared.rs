//! Which semantic ids name a dispatcher that threads share.
//!
//! One idea: an id is shared if its recipe says so (it is the hash of a guest
//! pointer), or if two threads of one log use it.

use std::collections::{HashMap, HashSet};

use super::failure::{Failure, Shape};
use super::int::{hex_wrapping, low_32_bits};
use super::log::{Event, Log};
use super::payload::{self, has_kind};
use super::text::{Text, TextBuf};
use super::value::{Value, or_none};

/// The shared ids of both logs.
#[derive(Debug, Default)]
pub(super) struct SharedSids(HashSet<Text>);

/// Collects the shared ids of both logs.
pub(super) fn collect(canary: &Log, ours: &Log) -> Result<SharedSids, Failure> {
    let mut sids = HashSet::new();
    for log in [canary, ours] {
        let mut users: HashMap<Text, User> = HashMap::new();
        for (lane_idx, lane) in log.lanes.iter().enumerate() {
            for (i, event) in lane.events.iter().enumerate() {
                let at = |shape: Shape| shape.at(&log.name, &lane.tid, i);
                if is_created_shared(event).map_err(at)? {
                    sids.insert(created_sid(event).map_err(at)?);
                }
                for sid in used(event).map_err(at)? {
                    let user = users.entry(sid).or_insert(User::One(lane_idx));
                    if *user != User::One(lane_idx) {
                        *user = User::Many;
                    }
                }
            }
        }
        sids.extend(users.into_iter().filter(|(_, user)| *user == User::Many).map(|(sid, _)| sid));
    }
    Ok(SharedSids(sids))
}

impl SharedSids {
    /// Returns true for a `handle.create` of a shared dispatcher.
    pub(super) fn has_created(&self, event: &Event) -> Result<bool, Shape> {
        Ok(self.0.contains(&created_sid(event)?))
    }

    /// Returns true for a `wait.begin` on at least one shared dispatcher.
    pub(super) fn has_awaited(&self, event: &Event) -> Result<bool, Shape> {
        Ok(!self.0.is_empty()
            && has_kind(event, "wait.begin")
            && awaited(event)?.iter().any(|sid| self.0.contains(sid)))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum User {
    One(usize),
    Many,
}

fn used(event: &Event) -> Result<Vec<Text>, Shape> {
    if has_kind(event, "wait.begin") {
        return awaited(event);
    }
    if !has_kind(event, "handle.create") {
        return Ok(Vec::new());
    }
    Ok(match payload::field(event, "handle_semantic_id")? {
        Value::Str(sid) => vec![sid.clone()],
        _ => Vec::new(),
    })
}

/// The strings among `handles_semantic_ids`, as Python iterates it: a string gives
/// its characters, an object its keys.
fn awaited(event: &Event) -> Result<Vec<Text>, Shape> {
    let handles = payload::field(event, "handles_semantic_ids")?;
    let string = |value: &Value| match value {
        Value::Str(sid) => Some(sid.clone()),
        _ => None,
    };
    Ok(match handles {
        Value::List(handles) => handles.iter().filter_map(string).collect(),
        Value::Dict(handles) => handles.iter().map(|(sid, _)| sid.clone()).collect(),
        Value::Str(handles) => handles.code_points().map(character).collect(),
        handles if handles.is_truthy() => {
            return Err(Shape::not_a_list("handles_semantic_ids", handles));
        }
        _ => Vec::new(),
    })
}

fn character(c: u32) -> Text {
    let mut buf = TextBuf::new();
    buf.code_point(c);
    buf.into()
}

/// The id of a `handle.create`, empty if it is not a string.
fn created_sid(event: &Event) -> Result<Text, Shape> {
    Ok(match payload::field(event, "handle_semantic_id")? {
        Value::Str(sid) => sid.clone(),
        _ => Text::from(""),
    })
}

fn is_created_shared(event: &Event) -> Result<bool, Shape> {
    if !has_kind(event, "handle.create") {
        return Ok(false);
    }
    let Some(payload) = payload::or_empty(event)? else { return Ok(false) };
    let field = |key| or_none(payload.get(key));
    let (Value::Str(sid), Value::Str(raw)) = (field("handle_semantic_id"), field("raw_handle_id"))
    else {
        return Ok(false);
    };
    let pointer = std::str::from_utf8(raw.as_bytes()).ok().and_then(hex_wrapping);
    let (Some(pointer), Some(object_type)) = (pointer, low_32_bits(field("object_type"))) else {
        return Ok(false);
    };
    Ok(sid.as_bytes() == format!("{:016x}", shared_sid(pointer, object_type)).as_bytes())
}

const SHARED_SITE: u32 = 0xC01A_B005;

/// FNV-1a 64 over site, thread 0, pointer and type: the recipe of a shared id.
fn shared_sid(pointer: u64, object_type: u32) -> u64 {
    let [site, tid] = [SHARED_SITE, 0].map(u32::to_le_bytes);
    let pointer = pointer.to_le_bytes();
    let bytes = site.into_iter().chain(tid).chain(pointer).chain(object_type.to_le_bytes());
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::loads;
    use crate::log::read;

    fn event(json: &str) -> Event {
        match loads(json) {
            Ok(Value::Dict(event)) => *event,
            other => panic!("expected an object, found {other:?}"),
        }
    }

    fn log(events: &[&str]) -> Log {
        let header = r#"{"kind":"schema_version","schema_version":1}"#;
        let lines: Vec<&str> = [&[header], events].concat();
        read(lines.join("\n").as_bytes(), "log").expect("readable")
    }

    fn wait(handles: &str) -> String {
        format!(
            r#"{{"tid":9,"tid_event_idx":0,"kind":"wait.begin","payload":{{"handles_semantic_ids":{handles}}}}}"#
        )
    }

    #[test]
    fn an_id_that_hashes_its_pointer_is_shared() {
        let sid = shared_sid(0x8200_0040, 1);
        let create = |raw| {
            event(&format!(
                r#"{{"kind":"handle.create","payload":{{"handle_semantic_id":"{sid:016x}","raw_handle_id":"{raw}","object_type":true}}}}"#
            ))
        };
        assert_eq!(is_created_shared(&create("0x82000040")), Ok(true));
        assert_eq!(is_created_shared(&create("0x82000080")), Ok(false));
        assert_eq!(is_created_shared(&create("slot 3")), Ok(false));
    }

    #[test]
    fn an_id_that_two_threads_of_one_log_use_is_shared() {
        let one = wait(r#"["a","b"]"#);
        let two = one.replace(r#""tid":9"#, r#""tid":8"#).replace(r#""b""#, "7");
        let shared = collect(&log(&[&one, &two]), &log(&[])).expect("well-formed");
        assert_eq!(shared.0, HashSet::from([Text::from("a")]));
        let apart = collect(&log(&[&one]), &log(&[&two])).expect("well-formed");
        assert!(apart.0.is_empty());
    }

    #[test]
    fn handles_are_iterated_as_python_iterates_them() {
        let handles = |json| awaited(&event(&wait(json)));
        assert_eq!(handles(r#""ab""#), Ok(vec!["a".into(), "b".into()]));
        assert_eq!(handles(r#"{"k":1}"#), Ok(vec!["k".into()]));
        assert_eq!(handles("0"), Ok(vec![]));
        assert!(handles("5").is_err());
    }
}

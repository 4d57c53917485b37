//! Logs drawn at random, edited at random, and written in several ways.
//!
//! Invariant: indices rise by one in each thread, and clocks rise with the events, so that every log
//! is one that an engine could have written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Value, json};

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub thread: i64,
    pub index: u64,
    pub clock: u64,
    pub kind: &'static str,
    pub payload: Value,
}

/// What is done to an event to get the other engine's log.
#[derive(Clone, Copy, Debug)]
pub enum Edit {
    /// A value that counts differs.
    Change,
    /// The event is not there.
    Delete,
    /// It is there twice.
    Repeat,
    /// It follows the next of its thread.
    Swap,
    /// A value that does not count differs.
    Noise,
}

/// How a log is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layout {
    /// Lines end in CR LF.
    pub crlf: bool,
    /// Keys start with another than the first.
    pub rotate: usize,
    /// Blanks between all that may have some, and empty lines.
    pub blanks: bool,
    /// A byte order mark comes first.
    pub mark: bool,
    /// The last line has no end.
    pub no_last_end: bool,
    /// Payloads have a null more.
    pub nulls: bool,
}

const NAMES: [&str; 4] =
    ["NtClose", "RtlAllocateHeap", "RtlEnterCriticalSection", "RtlLeaveCriticalSection"];

fn event() -> impl Strategy<Value = (&'static str, Value)> {
    let name = || prop::sample::select(&NAMES[..]);
    prop_oneof![
        3 => name().prop_map(|name| ("import.call", json!({"name": name}))),
        4 => (name(), 0..2).prop_map(|(name, r3)| ("kernel.call", json!({"name": name, "args": {"r3": r3}}))),
        4 => (name(), 0..2).prop_map(|(name, value)| ("kernel.return", json!({"name": name, "return_value": value}))),
        2 => (0..2, 0..9).prop_map(|(x, noise)| ("guest.note", json!({"x": x, "noise": noise, "deep": {"b": [x, 1], "a": "é"}}))),
        1 => Just(("guest.tick", json!({}))),
        1 => (0..9).prop_map(|x| ("signal.match", json!({"x": x}))),
        1 => (0..9).prop_map(|x| ("sema.release", json!({"x": x}))),
        1 => (0..3, 0..9).prop_map(|(object, handle)| ("handle.create", json!({
            "handle_semantic_id": format!("{object:016x}"), "raw_handle_id": handle, "object_type": 1,
        }))),
        1 => (0..3).prop_map(|object| ("wait.begin", json!({
            "handles_semantic_ids": [format!("{object:016x}")], "wait_type": "any",
        }))),
        1 => (0..2, 0..9).prop_map(|(status, cycles)| ("wait.end", json!({"status": status, "wait_duration_cycles": cycles}))),
    ]
}

/// A log of one to three threads, each with a first call of its own.
pub fn events() -> impl Strategy<Value = Vec<Event>> {
    let lane = prop::collection::vec(event(), 0..40);
    (prop::collection::vec(lane, 1..=3), any::<u64>()).prop_map(|(lanes, seed)| {
        let mut events = Vec::new();
        for (thread, lane) in lanes.into_iter().enumerate() {
            let main = ("kernel.call", json!({"name": format!("Main{thread}")}));
            for (index, (kind, payload)) in std::iter::once(main).chain(lane).enumerate() {
                let clock = index as u64 * 10 + thread as u64;
                events.push(Event {
                    thread: thread as i64 + 1,
                    index: index as u64,
                    clock,
                    kind,
                    payload,
                });
            }
        }
        interleave(&events, seed)
    })
}

/// A log with at least one return that no rule is about, and a draw to choose one.
pub fn events_with_returns() -> impl Strategy<Value = (Vec<Event>, prop::sample::Index)> {
    (events(), any::<prop::sample::Index>())
        .prop_filter("a return to change", |(events, _)| events.iter().any(is_plain_return))
}

fn is_plain_return(event: &Event) -> bool {
    event.kind == "kernel.return" && event.payload["name"] == "NtClose"
}

/// Where one of those returns is.
pub fn nth_return(events: &[Event], draw: prop::sample::Index) -> usize {
    let returns: Vec<usize> =
        (0..events.len()).filter(|&at| is_plain_return(&events[at])).collect();
    returns[draw.index(returns.len())]
}

/// Whether the next event of the thread says the same.
pub fn is_followed_by_its_equal(events: &[Event], at: usize) -> bool {
    let mut rest = events[at + 1..].iter();
    let next = rest.find(|event| event.thread == events[at].thread);
    next.is_some_and(|next| (next.kind, &next.payload) == (events[at].kind, &events[at].payload))
}

type Edits = Vec<(prop::sample::Index, Edit)>;

/// A log, and what is done to it.
pub fn edited() -> impl Strategy<Value = (Vec<Event>, Edits)> {
    let edit = prop::sample::select(
        &[Edit::Change, Edit::Delete, Edit::Repeat, Edit::Swap, Edit::Noise, Edit::Noise][..],
    );
    (events(), prop::collection::vec((any::<prop::sample::Index>(), edit), 0..4))
}

/// Returns the other engine's log. The first event of a thread stays, so that lanes pair.
pub fn edit(events: &[Event], edits: &Edits) -> Vec<Event> {
    let mut events = events.to_vec();
    for (at, edit) in edits {
        let at = at.index(events.len());
        if events[at].index == 0 {
            continue;
        }
        match edit {
            Edit::Change => events[at].payload["return_value"] = json!("0xc0000005"),
            Edit::Noise => {
                for key in ["noise", "raw_handle_id", "wait_duration_cycles"] {
                    if let Some(value) = events[at].payload.get_mut(key) {
                        *value = json!(99);
                    }
                }
            }
            Edit::Delete => drop(events.remove(at)),
            Edit::Repeat => events.insert(at, events[at].clone()),
            Edit::Swap => {
                let thread = events[at].thread;
                let next = (at + 1..events.len()).find(|&next| events[next].thread == thread);
                if let Some(next) = next {
                    events.swap(at, next);
                }
            }
        }
        number(&mut events);
    }
    events
}

/// Numbers each thread's events anew.
fn number(events: &mut [Event]) {
    let mut next: BTreeMap<i64, u64> = BTreeMap::new();
    for event in events {
        let index = next.entry(event.thread).or_default();
        (event.index, event.clock) = (*index, *index * 10 + event.thread as u64);
        *index += 1;
    }
}

/// Returns the events with their lanes mixed in another way.
pub fn interleave(events: &[Event], mut seed: u64) -> Vec<Event> {
    let mut lanes: BTreeMap<i64, std::collections::VecDeque<Event>> = BTreeMap::new();
    for event in events {
        lanes.entry(event.thread).or_default().push_back(event.clone());
    }
    let mut mixed = Vec::with_capacity(events.len());
    while !lanes.is_empty() {
        seed = seed.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        let thread = *lanes.keys().nth((seed >> 33) as usize % lanes.len()).expect("in range");
        let lane = lanes.get_mut(&thread).expect("just found");
        mixed.extend(lane.pop_front());
        if lane.is_empty() {
            lanes.remove(&thread);
        }
    }
    mixed
}

/// Writes a log.
pub fn log(events: &[Event], layout: Layout) -> Vec<u8> {
    let end = if layout.crlf { "\r\n" } else { "\n" };
    let mut out = if layout.mark { "\u{feff}".to_owned() } else { String::new() };
    out.push_str(r#"{"kind":"schema_version","schema_version":1,"engine":"drawn"}"#);
    out.push_str(end);
    for event in events {
        let mut payload = event.payload.clone();
        if layout.nulls {
            payload["nothing"] = Value::Null;
        }
        let mut line = json!({
            "kind": event.kind, "tid": event.thread, "tid_event_idx": event.index,
            "host_ns": event.clock, "payload": payload,
        });
        if event.payload == json!({}) {
            line.as_object_mut().expect("made as an object").remove("payload");
        }
        write_value(&line, layout, &mut out);
        out.push_str(end);
        if layout.blanks {
            out.push_str(end);
        }
    }
    if layout.no_last_end {
        out.truncate(out.trim_end().len());
    }
    out.into_bytes()
}

fn write_value(value: &Value, layout: Layout, out: &mut String) {
    let blank = if layout.blanks { " \t" } else { "" };
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            let middle = layout.rotate % members.len().max(1);
            members.rotate_left(middle);
            out.push('{');
            for (at, (key, value)) in members.into_iter().enumerate() {
                let comma = if at > 0 { "," } else { "" };
                write!(out, "{comma}{blank}{}{blank}:{blank}", json!(key)).expect("to a string");
                write_value(value, layout, out);
            }
            out.push_str(blank);
            out.push('}');
        }
        Value::Array(values) => {
            out.push('[');
            for (at, value) in values.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                out.push_str(blank);
                write_value(value, layout, out);
            }
            out.push(']');
        }
        value => write!(out, "{value}").expect("to a string"),
    }
}

//! Replaces values that differ by engine with ordinals.
//!
//! One idea: the n-th allocation of a name in a thread gets the same word in both
//! logs, and so does the n-th address of the guest heap in a field.

use std::collections::HashMap;

use super::failure::{Failure, Shape};
use super::log::{Event, Log};
use super::options::Generation;
use super::payload;
use super::text::Text;
use super::value::Value;

const ALLOCATORS: [&str; 8] = [
    "MmAllocatePhysicalMemoryEx",
    "MmAllocatePhysicalMemory",
    "NtAllocateVirtualMemory",
    "RtlAllocateHeap",
    "MmCreateKernelStack",
    // The strict generation knows only those above.
    "RtlImageXexHeaderField",
    "XamNotifyCreateListener",
    "MmGetPhysicalAddress",
];
const STRICT_ALLOCATORS: usize = 5;

/// Replaces what allocators return.
pub(super) fn allocators(log: &mut Log, generation: Generation) -> Result<(), Failure> {
    let names = match generation {
        Generation::Strict => &ALLOCATORS[..STRICT_ALLOCATORS],
        Generation::Floating => &ALLOCATORS[..],
    };
    each_lane(log, |counts, event| allocation(counts, event, names))
}

/// Replaces payload fields that hold addresses of the host's heap.
pub(super) fn host_heap(log: &mut Log) -> Result<(), Failure> {
    each_lane(log, context_pointer)
}

type Counts = HashMap<&'static str, usize>;

fn each_lane(
    log: &mut Log,
    change: impl Fn(&mut Counts, &mut Event) -> Result<(), Shape>,
) -> Result<(), Failure> {
    for lane in &mut log.lanes {
        let mut counts = Counts::new();
        for (i, event) in lane.events.iter_mut().enumerate() {
            change(&mut counts, event).map_err(|shape| shape.at(&log.name, &lane.tid, i))?;
        }
    }
    Ok(())
}

fn allocation(counts: &mut Counts, event: &mut Event, names: &[&'static str]) -> Result<(), Shape> {
    if !payload::has_kind(event, "kernel.return") {
        return Ok(());
    }
    let Some(payload) = payload::or_empty_mut(event)? else { return Ok(()) };
    let name = match payload.get("name") {
        Some(found @ (Value::List(_) | Value::Dict(_))) => {
            return Err(Shape::unhashable("name", found));
        }
        Some(found) => names.iter().find(|name| found.is_str(name)),
        None => None,
    };
    let Some(&name) = name else { return Ok(()) };
    let ordinal = next(counts, name);
    let word = || Value::Str(Text::from(format!("<ALLOC_{name}_{ordinal}>").as_str()));
    payload.insert("return_value".into(), word());
    if payload.get("status").is_some() {
        payload.insert("status".into(), word());
    }
    Ok(())
}

const POINTER: &str = "ctx_ptr";

fn context_pointer(counts: &mut Counts, event: &mut Event) -> Result<(), Shape> {
    if !payload::hashable_kind(event)?.is_str("thread.create") {
        return Ok(());
    }
    let Some(payload) = event.get_mut("payload").filter(|payload| payload.is_truthy()) else {
        return Ok(());
    };
    // Python asks `"ctx_ptr" in payload`, which strings and lists can answer too.
    let is_unfit = match payload {
        Value::Dict(payload) => {
            if let Some(pointer @ Value::Str(_)) = payload.get_mut(POINTER) {
                let word = format!("<HOSTHEAP_thread.create_{POINTER}_{}>", next(counts, POINTER));
                *pointer = Value::Str(word.as_str().into());
            }
            false
        }
        Value::List(items) => items.iter().any(|item| item.is_str(POINTER)),
        Value::Str(text) => {
            text.as_bytes().windows(POINTER.len()).any(|part| part == POINTER.as_bytes())
        }
        _ => true,
    };
    if is_unfit { Err(Shape::not_an_object("payload", payload)) } else { Ok(()) }
}

fn next(counts: &mut Counts, name: &'static str) -> usize {
    let count = counts.entry(name).or_default();
    *count += 1;
    *count - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::read;
    use crate::repr::repr;

    fn log(events: &[&str]) -> Log {
        let header = r#"{"kind":"schema_version","schema_version":1}"#.to_owned();
        let lines = events
            .iter()
            .enumerate()
            .map(|(i, event)| format!("\n{{\"tid\":1,\"tid_event_idx\":{i},{event}}}"));
        read((header + &lines.collect::<String>()).as_bytes(), "a").expect("readable")
    }

    fn payloads(log: &Log) -> Vec<String> {
        let payload = |event: &Event| event.get("payload").map(|p| repr(p).escaped());
        log.lanes[0].events.iter().filter_map(payload).collect()
    }

    #[test]
    fn the_nth_allocation_gets_the_nth_word_and_a_status_mirrors_it() {
        let alloc = r#""kind":"kernel.return","payload":{"status":0,"name":"RtlAllocateHeap"}"#;
        let mut log = log(&[alloc, alloc]);
        assert_eq!(allocators(&mut log, Generation::Strict), Ok(()));
        assert_eq!(
            payloads(&log)[1],
            "{'status': '<ALLOC_RtlAllocateHeap_1>', 'name': 'RtlAllocateHeap', \
             'return_value': '<ALLOC_RtlAllocateHeap_1>'}"
        );
    }

    #[test]
    fn strict_leaves_the_younger_names_alone() {
        let alloc = r#""kind":"kernel.return","payload":{"name":"MmGetPhysicalAddress"}"#;
        let mut log = log(&[alloc]);
        assert_eq!(allocators(&mut log, Generation::Strict), Ok(()));
        assert_eq!(payloads(&log), ["{'name': 'MmGetPhysicalAddress'}"]);
        assert_eq!(allocators(&mut log, Generation::Floating), Ok(()));
        assert!(payloads(&log)[0].contains("<ALLOC_MmGetPhysicalAddress_0>"));
    }

    #[test]
    fn only_a_string_is_an_address() {
        let create = |ptr| format!(r#""kind":"thread.create","payload":{{"ctx_ptr":{ptr}}}"#);
        let mut log = log(&[&create("5"), &create("\"0x1\"")]);
        assert_eq!(host_heap(&mut log), Ok(()));
        assert_eq!(
            payloads(&log),
            ["{'ctx_ptr': 5}", "{'ctx_ptr': '<HOSTHEAP_thread.create_ctx_ptr_0>'}"]
        );
    }

    #[test]
    fn a_payload_that_could_not_hold_a_pointer_passes() {
        for (payload, passes) in
            [("\"x\"", true), ("[1]", true), ("0", true), ("1", false), ("[\"ctx_ptr\"]", false)]
        {
            let mut log = log(&[&format!(r#""kind":"thread.create","payload":{payload}"#)]);
            assert_eq!(host_heap(&mut log).is_ok(), passes, "{payload}");
        }
    }

    #[test]
    fn a_kind_that_cannot_be_looked_up_is_an_error_with_its_place() {
        let mut log = log(&[r#""kind":["x"]"#]);
        let failure = host_heap(&mut log).expect_err("a list is no kind");
        assert!(failure.to_string().ends_with("as kind, found `['x']` (a: tid=1, event 0)"));
    }
}

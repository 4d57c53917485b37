//! Where lanes diverge, by a walk that is slow and obviously right: parsed events, no tokens, no
//! cleverness; all gaps are tried.

use std::collections::{BTreeMap, BTreeSet};

use forkpoint::pair::Pair;
use serde_json::Value;

use crate::random::Event;

/// The rules that the walk here knows by heart.
pub const PROFILE: &str = r#"
name = "naive"
about = "What the naive walk knows."

[roles]
call = ["kernel.call"]
return = ["kernel.return"]
wait = ["wait.begin"]
wake = ["wait.end"]

[[skip]]
id = "noise"
why = "It is noise."
fields = "noise"

[[local]]
id = "signals"
why = "They are the engine's own."
kind = "signal.match"
"#;

/// Where two lanes diverge.
#[derive(Debug)]
pub struct Divergence {
    /// The indices of the two events; of a lane that has ended, its last.
    pub indices: Pair<Option<u64>>,
    /// Classes that are right. There are two when two anchors are equally near.
    pub classes: BTreeSet<&'static str>,
}

/// Returns for each thread how many events are equal, and where it parts.
pub fn divergences(
    reference: &[Event],
    candidate: &[Event],
) -> BTreeMap<i64, (usize, Option<Divergence>)> {
    let threads: BTreeSet<i64> = reference.iter().map(|event| event.thread).collect();
    let lane = |events: &[Event], thread: i64| -> Vec<Event> {
        let events = events.iter().filter(|event| event.thread == thread);
        events.filter(|event| event.kind != "signal.match").cloned().collect()
    };
    threads
        .into_iter()
        .map(|thread| (thread, walk(&lane(reference, thread), &lane(candidate, thread))))
        .collect()
}

fn equal(a: &Event, b: &Event) -> bool {
    let payload = |event: &Event| -> BTreeMap<String, Value> {
        let members = event.payload.as_object().expect("drawn as an object").clone();
        members.into_iter().filter(|(key, value)| key != "noise" && !value.is_null()).collect()
    };
    a.kind == b.kind && payload(a) == payload(b)
}

fn walk(reference: &[Event], candidate: &[Event]) -> (usize, Option<Divergence>) {
    let matched = reference.iter().zip(candidate).take_while(|(a, b)| equal(a, b)).count();
    let (a, b) = (&reference[matched..], &candidate[matched..]);
    let classes = match (a.is_empty(), b.is_empty()) {
        (true, true) => return (matched, None),
        (true, false) => [ended(reference)].into(),
        (false, true) => [ended(candidate)].into(),
        (false, false) => differ(a, b),
    };
    let index = |lane: &[Event]| lane.get(matched).or(lane.last()).map(|event| event.index);
    let indices = Pair::new(index(reference), index(candidate));
    (matched, Some(Divergence { indices, classes }))
}

fn ended(lane: &[Event]) -> &'static str {
    match lane.last().map(|event| event.kind) {
        Some("wait.begin") => "blocked",
        Some("kernel.call") => "cut",
        _ => "behind",
    }
}

fn differ(a: &[Event], b: &[Event]) -> BTreeSet<&'static str> {
    let same_symbol =
        a[0].kind == b[0].kind && a[0].payload.get("name") == b[0].payload.get("name");
    let values = match a[0].kind {
        "kernel.call" => "arguments",
        "kernel.return" => "return-value",
        _ => "payload",
    };
    let class = |(skip_a, skip_b): (usize, usize)| match (skip_a, skip_b) {
        (_, 0) => "missing-call",
        (0, _) => "extra-call",
        _ if same_symbol => values,
        _ if same_events(&a[..skip_a], &b[..skip_b]) => "reordered",
        _ => "different-call",
    };
    // The nearest anchors: the fewest events skipped, then the most balanced.
    let mut gaps = BTreeMap::<(usize, usize), Vec<(usize, usize)>>::new();
    for skip_a in 0..a.len() {
        for skip_b in 0..b.len() {
            if is_anchor(&a[skip_a..], &b[skip_b..]) {
                let near = (skip_a + skip_b, skip_a.abs_diff(skip_b));
                gaps.entry(near).or_default().push((skip_a, skip_b));
            }
        }
    }
    match gaps.into_iter().next() {
        Some((_, nearest)) => nearest.into_iter().map(class).collect(),
        None if same_symbol => [values].into(),
        None => [if a.len().min(b.len()) > 2 { "lost-sync" } else { "different-call" }].into(),
    }
}

/// Two equal events in a row, or one that is the last of both.
fn is_anchor(a: &[Event], b: &[Event]) -> bool {
    match (a, b) {
        ([x], [y]) => equal(x, y),
        ([x, next_x, ..], [y, next_y, ..]) => equal(x, y) && equal(next_x, next_y),
        _ => false,
    }
}

/// The same events, as often, in whatever order.
fn same_events(a: &[Event], b: &[Event]) -> bool {
    let mut left: Vec<&Event> = b.iter().collect();
    let all = a.iter().all(|x| {
        let found = left.iter().position(|y| equal(x, y));
        found.map(|at| left.remove(at)).is_some()
    });
    all && left.is_empty()
}

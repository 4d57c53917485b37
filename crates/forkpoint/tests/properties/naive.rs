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
        Some((_, nearest)) => {
            let pieces = nearest.into_iter().flat_map(|(skip_a, skip_b)| {
                let (a, b) = (&a[..skip_a], &b[..skip_b]);
                if same_events(a, b) { vec![(skip_a, skip_b)] } else { first_pieces(a, b) }
            });
            pieces.map(class).collect()
        }
        None if same_symbol => [values].into(),
        None => [if a.len().min(b.len()) > 2 { "lost-sync" } else { "different-call" }].into(),
    }
}

/// Returns with what each best alignment of two gaps begins: a pair that differs in part (1, 1), or so many
/// events without a partner.
fn first_pieces(a: &[Event], b: &[Event]) -> Vec<(usize, usize)> {
    fn best(a: &[Event], b: &[Event], known: &mut BTreeMap<(usize, usize), u64>) -> u64 {
        let (Some(x), Some(y)) = (a.first(), b.first()) else { return 0 };
        if let Some(&best) = known.get(&(a.len(), b.len())) {
            return best;
        }
        let skip = best(&a[1..], b, known).max(best(a, &b[1..], known));
        let pair = score(x, y);
        let pair = if pair > 0 { pair + best(&a[1..], &b[1..], known) } else { 0 };
        known.insert((a.len(), b.len()), skip.max(pair));
        skip.max(pair)
    }
    let mut known = BTreeMap::new();
    let mut best = |r: usize, c: usize| best(&a[r..], &b[c..], &mut known);
    let (mut found, mut seen, mut work) = (BTreeSet::new(), BTreeSet::new(), vec![(0, 0)]);
    while let Some((r, c)) = work.pop() {
        if !seen.insert((r, c)) {
            continue;
        }
        if r == a.len() || c == b.len() {
            found.insert((a.len(), b.len()));
            continue;
        }
        let pair = score(&a[r], &b[c]);
        if pair > 0 && best(r, c) == pair + best(r + 1, c + 1) {
            found.insert(if (r, c) == (0, 0) { (1, 1) } else { (r, c) });
        }
        work.extend(
            [(r + 1, c), (r, c + 1)].into_iter().filter(|&(x, y)| best(x, y) == best(r, c)),
        );
    }
    found.into_iter().collect()
}

/// Returns how much two events speak for being one: all if they are equal; by the share of their fields that
/// are equal, the function included, if that is half of them at least.
fn score(a: &Event, b: &Event) -> u64 {
    if equal(a, b) {
        return 50;
    }
    if a.kind != b.kind || a.payload.get("name") != b.payload.get("name") {
        return 0;
    }
    let fields = |event: &Event| -> BTreeMap<String, Value> {
        let members = event.payload.as_object().expect("drawn as an object");
        let known = members
            .iter()
            .filter(|(key, value)| !matches!(key.as_str(), "noise" | "name") && !value.is_null());
        let inner = known.flat_map(|(key, value)| match value {
            Value::Object(inner) => {
                inner.iter().map(|(name, value)| (format!("{key}.{name}"), value.clone())).collect()
            }
            value => vec![(key.clone(), value.clone())],
        });
        inner.collect()
    };
    let (a, b) = (fields(a), fields(b));
    let equal = a.iter().filter(|(key, value)| b.get(*key) == Some(value)).count() as u64 + 1;
    let all = a.len().max(b.len()) as u64 + 1;
    if equal * 2 < all { 0 } else { 30 * equal / all }
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

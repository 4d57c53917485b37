//! How much there is of what.

use std::collections::HashMap;

use crate::align::tail::Tail;
use crate::check::{KindCount, LaneSummary, NameCount};
use crate::profile::Role;
use crate::trace::{SymbolId, Symbols, Trace};

/// A function's name, by number: a call and its return are different symbols of one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct FunctionId(u32);

/// The function of each symbol.
pub(super) struct Functions(Vec<FunctionId>);

impl Functions {
    pub(super) fn of(&self, id: SymbolId) -> FunctionId {
        self.0[id.0 as usize]
    }
}

/// Returns the function of each symbol.
pub(super) fn functions(symbols: &Symbols) -> Functions {
    let mut known: HashMap<Option<&str>, u32> = HashMap::new();
    let ids = symbols.0.iter().map(|symbol| {
        let next = known.len() as u32;
        FunctionId(*known.entry(symbol.name.as_deref()).or_insert(next))
    });
    Functions(ids.collect())
}

fn by_symbol(trace: &Trace, symbols: &Symbols) -> Vec<u64> {
    let mut counts = vec![0; symbols.0.len()];
    for id in trace.lanes.iter().flat_map(|lane| &lane.symbols) {
        counts[id.0 as usize] += 1;
    }
    counts
}

/// Returns how many events of each kind there are, the most frequent first.
pub(super) fn kinds(trace: &Trace, symbols: &Symbols) -> Vec<KindCount> {
    let mut kinds: HashMap<&str, u64> = HashMap::new();
    for (symbol, count) in symbols.0.iter().zip(by_symbol(trace, symbols)) {
        *kinds.entry(&symbol.kind).or_default() += count;
    }
    let kinds = kinds.into_iter().filter(|(_, events)| *events > 0);
    let mut kinds: Vec<KindCount> =
        kinds.map(|(kind, events)| KindCount { kind: kind.to_owned(), events }).collect();
    kinds.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.kind.cmp(&b.kind)));
    kinds
}

/// Returns the `top` functions that are called most often, and how many there are in all.
pub(super) fn names(trace: &Trace, symbols: &Symbols, top: usize) -> (Vec<NameCount>, u64) {
    let mut names: HashMap<&str, (u64, u64)> = HashMap::new();
    for (symbol, count) in symbols.0.iter().zip(by_symbol(trace, symbols)) {
        let Some(name) = symbol.name.as_deref().filter(|_| count > 0) else { continue };
        let (calls, events) = names.entry(name).or_default();
        let is_call = matches!(symbol.role, Some(Role::Call | Role::Whole));
        *calls += if is_call { count } else { 0 };
        *events += count;
    }
    let n_names = names.len() as u64;
    let mut names: Vec<NameCount> = names
        .into_iter()
        .map(|(name, (calls, events))| NameCount { name: name.to_owned(), calls, events })
        .collect();
    names.sort_by(|a, b| {
        (b.calls, b.events).cmp(&(a.calls, a.events)).then_with(|| a.name.cmp(&b.name))
    });
    names.truncate(top);
    (names, n_names)
}

/// Returns what is to be said of each lane.
pub(super) fn lanes(trace: &Trace, ends: &[Tail]) -> Vec<LaneSummary> {
    let lanes = trace.lanes.iter().zip(ends);
    lanes
        .map(|(lane, end)| LaneSummary {
            name: trace.lane_name(lane.key),
            process: lane.key.process,
            tid: lane.key.thread,
            events: lane.n_events() as u64,
            first_idx: lane.event_idx(0),
            last_idx: lane.event_idx(lane.n_events().saturating_sub(1)),
            end: *end,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::check::tests::checked_text;
    use crate::trace::skip::{EMPTY, HEADER};

    #[test]
    fn kinds_names_and_lanes_are_counted_the_most_frequent_first() {
        let report = checked_text(concat!(
            "{\"kind\":\"schema_version\",\"schema_version\":1,\"engine\":\"e\"}\n",
            "{\"kind\":\"kernel.call\",\"tid\":6,\"tid_event_idx\":4,\"payload\":{\"name\":\"A\"}}\n",
            "{\"kind\":\"kernel.return\",\"tid\":6,\"tid_event_idx\":5,\"payload\":{\"name\":\"A\"}}\n",
            "\n",
            "{\"kind\":\"kernel.call\",\"tid\":7,\"tid_event_idx\":0,\"payload\":{\"name\":\"B\"}}\n",
            "{\"kind\":\"import.call\",\"tid\":6,\"tid_event_idx\":9,\"payload\":{\"name\":\"C\"}}\n",
        ));
        let kinds: Vec<_> = report.kinds.iter().map(|k| (k.kind.as_str(), k.events)).collect();
        assert_eq!(kinds, [("kernel.call", 2), ("import.call", 1), ("kernel.return", 1)]);
        let names: Vec<_> =
            report.names.iter().map(|n| (n.name.as_str(), n.calls, n.events)).collect();
        assert_eq!(names, [("A", 1, 2), ("B", 1, 1), ("C", 0, 1)]);
        let lanes: Vec<_> =
            report.lanes.iter().map(|l| (l.tid, l.events, l.first_idx, l.last_idx)).collect();
        assert_eq!(lanes, [(6, 3, 4, 9), (7, 1, 0, 0)]);
        let skipped: Vec<_> = report.skipped.iter().map(|s| (s.reason, s.lines)).collect();
        assert_eq!(skipped, [(EMPTY.reason, 1), (HEADER.reason, 1)]);
        assert_eq!((report.engine.as_deref(), report.lines, report.events), (Some("e"), 6, 4));
    }
}

//! What was found so far: counted by kind, with the first places of each.

use std::collections::BTreeMap;

use crate::check::{EXAMPLES, EventAt, Example, Finding, Kind};
use crate::trace::{Lane, Place, Symbol, Symbols, Trace};

/// An event: its lane and its position there, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) lane: u32,
    pub(super) at: u32,
}

/// What was found so far in a log.
pub(super) struct Tally<'a> {
    pub(super) trace: &'a Trace,
    pub(super) symbols: &'a Symbols,
    kinds: BTreeMap<Kind, Held>,
}

#[derive(Default)]
struct Held {
    count: u64,
    /// The first places, in the order of the log.
    examples: Vec<(Place, Spot, String)>,
}

impl<'a> Tally<'a> {
    pub(super) fn new(trace: &'a Trace, symbols: &'a Symbols) -> Self {
        Self { trace, symbols, kinds: BTreeMap::new() }
    }

    pub(super) fn lane(&self, spot: Spot) -> &'a Lane {
        &self.trace.lanes[spot.lane as usize]
    }

    pub(super) fn place(&self, spot: Spot) -> Place {
        self.lane(spot).places.at(spot.at as usize)
    }

    pub(super) fn symbol(&self, spot: Spot) -> &'a Symbol {
        self.symbols.of(self.lane(spot).symbols[spot.at as usize])
    }

    /// Returns an event in words: `kernel.call NtClose (index 12)`.
    pub(super) fn words(&self, spot: Spot) -> String {
        let index = self.lane(spot).event_idx(spot.at as usize);
        format!("{} (index {index})", self.symbol(spot).title())
    }

    pub(super) fn lane_name(&self, spot: Spot) -> String {
        self.trace.lane_name(self.lane(spot).key)
    }

    /// Counts one more finding; `detail` is asked for only if the place is kept.
    pub(super) fn add(&mut self, kind: Kind, spot: Spot, detail: impl FnOnce(&Self) -> String) {
        let place = self.place(spot);
        let held = self.kinds.entry(kind).or_default();
        held.count += 1;
        let at = held.examples.partition_point(|(other, ..)| *other <= place);
        if at < EXAMPLES {
            let detail = detail(self);
            let examples = &mut self.kinds.entry(kind).or_default().examples;
            examples.insert(at, (place, spot, detail));
            examples.truncate(EXAMPLES);
        }
    }

    /// Returns all findings, those of reading the log among them.
    pub(super) fn finish(self) -> Vec<Finding> {
        let trace = self.trace;
        let mut findings: Vec<Finding> = trace
            .faults
            .0
            .iter()
            .map(|(kind, fault)| Finding {
                kind: Kind::Line(*kind),
                count: fault.count,
                hint: kind.hint(),
                examples: vec![Example {
                    file: fault.file.clone(),
                    line: fault.line,
                    event: None,
                    detail: fault.detail.clone(),
                }],
            })
            .collect();
        if trace.lanes.is_empty() {
            let file = trace.files.first().cloned().unwrap_or_default();
            let detail = "the log holds a header and no event".to_owned();
            let example = Example { file, line: None, event: None, detail };
            let (kind, examples) = (Kind::NoEvent, vec![example]);
            findings.push(Finding { kind, count: 1, hint: kind.hint(), examples });
        }
        for (kind, held) in &self.kinds {
            let examples = held
                .examples
                .iter()
                .map(|(place, spot, detail)| self.example(*place, *spot, detail.clone()));
            let (count, hint) = (held.count, kind.hint());
            findings.push(Finding { kind: *kind, count, hint, examples: examples.collect() });
        }
        findings
    }

    fn example(&self, place: Place, spot: Spot, detail: String) -> Example {
        Example {
            file: self.trace.files[place.part()].clone(),
            line: self.trace.lines.read(place).ok().map(|line| line.number),
            event: Some(EventAt {
                lane: self.lane_name(spot),
                event_idx: self.lane(spot).event_idx(spot.at as usize),
                title: self.symbol(spot).title(),
            }),
            detail,
        }
    }
}

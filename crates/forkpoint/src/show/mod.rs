//! Single events of one log, to be looked at.
//!
//! Its one idea: events are asked for by their place in a lane, by a word of their names, or not at
//! all; what surrounds them in their own lanes comes with them. Nothing is compared, and no rule
//! changes what is shown.

pub mod document;
pub mod formats;

use std::ops::Range;

use crate::profile::glob;
use crate::trace::{Symbols, Trace};

/// Which events are asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Only those of this lane, by its place in the log.
    pub lane: Option<usize>,
    /// Only the one at this position of its lane.
    pub position: Option<usize>,
    /// Only those whose kind or function holds this, whatever its case; `*` stands for anything.
    pub name: Option<String>,
    /// How many events before and after each are shown.
    pub context: usize,
}

/// Events to be shown.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Of each lane, which positions are shown, in order.
    lanes: Vec<Vec<Range<usize>>>,
    /// Of each lane, which were asked for; empty when all were.
    hits: Vec<Vec<usize>>,
    /// Whether some were asked for, and others surround them.
    pub is_chosen: bool,
}

impl Shown {
    /// Returns the events that are asked for, with those around them.
    pub fn of(trace: &Trace, symbols: &Symbols, asked: &Asked) -> Self {
        let is_chosen = asked.position.is_some() || asked.name.is_some();
        let wanted: Option<Vec<bool>> = asked.name.as_ref().map(|name| {
            let pattern = format!("*{}*", name.to_lowercase());
            symbols.0.iter().map(|symbol| glob(&pattern, &symbol.title().to_lowercase())).collect()
        });
        let mut shown = Self { is_chosen, ..Self::default() };
        for (number, lane) in trace.lanes.iter().enumerate() {
            let mut hits = Vec::new();
            let mut ranges: Vec<Range<usize>> = Vec::new();
            if asked.lane.is_some_and(|asked| asked != number) {
                // none of its events
            } else if is_chosen {
                let is_wanted = |position: &usize| {
                    asked.position.is_none_or(|asked| asked == *position)
                        && wanted
                            .as_ref()
                            .is_none_or(|wanted| wanted[lane.symbols[*position].0 as usize])
                };
                hits = (0..lane.n_events()).filter(is_wanted).collect();
                for &hit in &hits {
                    let start = hit.saturating_sub(asked.context);
                    let end =
                        hit.saturating_add(asked.context).saturating_add(1).min(lane.n_events());
                    match ranges.last_mut() {
                        Some(last) if start <= last.end => last.end = end,
                        _ => ranges.push(start..end),
                    }
                }
            } else {
                ranges.push(0..lane.n_events());
            }
            shown.lanes.push(ranges);
            shown.hits.push(hits);
        }
        shown
    }

    /// Returns whether nothing is shown.
    pub fn is_empty(&self) -> bool {
        self.lanes.iter().flatten().all(Range::is_empty)
    }

    /// Returns whether an event was asked for, and does not only surround one.
    pub fn is_hit(&self, lane: usize, position: usize) -> bool {
        self.hits[lane].binary_search(&position).is_ok()
    }

    fn holds(&self, lane: usize, position: usize) -> bool {
        let ranges = &self.lanes[lane];
        let after = ranges.partition_point(|range| range.start <= position);
        after > 0 && ranges[after - 1].contains(&position)
    }

    /// Returns the events in the order of the files.
    pub fn events<'a>(&'a self, trace: &'a Trace) -> impl Iterator<Item = (usize, usize)> + 'a {
        trace.in_file_order().filter(|&(lane, position)| self.holds(lane, position))
    }
}

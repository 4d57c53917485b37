//! What a reference says for the candidate: where both have the same.
//!
//! Invariant: a reference that cannot see an event, or whose comparison did not get there, says nothing.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use crate::align::alignment::{DivergenceKind, MatchedRun};
use crate::analysis::{Analysis, Detail, Finding};
use crate::pair::{Pair, Side};
use crate::trace::SymbolId;

/// Where the candidate has what one reference has.
#[derive(Debug, Default)]
pub(super) struct Agreement {
    /// By lane of the candidate.
    lanes: Vec<Lane>,
    /// Events of the candidate that name another object than this reference's: lane and position.
    conflicts: HashSet<(usize, usize)>,
}

/// What is said of one lane of the candidate.
#[derive(Debug, Default)]
struct Lane {
    /// Where the events that this reference can see stand in the lane.
    seen: Vec<u32>,
    /// Runs of them that are aligned with equal events, without a gap on either side.
    runs: Vec<MatchedRun>,
    /// Whether the lane ends where the reference's lane does.
    ends_alike: bool,
}

impl Agreement {
    /// Returns what the comparison with one reference says for the candidate.
    pub(super) fn of(facts: &Analysis<'_>) -> Self {
        let n_lanes = facts.traces.candidate.lanes.len();
        let mut lanes: Vec<Lane> = (0..n_lanes).map(|_| Lane::default()).collect();
        for (pair, walk) in facts.walks.iter().enumerate() {
            let lane = facts.lanes(pair).candidate;
            let stream = facts.stream(Side::Candidate, lane);
            let ends_apart = walk
                .divergences
                .last()
                .is_some_and(|divergence| matches!(divergence.how, DivergenceKind::Ends(_)));
            lanes[lane] = Lane {
                seen: (0..stream.len()).map(|nth| stream.position(nth) as u32).collect(),
                runs: walk.segments.clone(),
                ends_alike: !walk.lost_sync && !ends_apart && walk.exchanged.is_none(),
            };
        }
        let conflicts = facts.conflicts.iter().map(|conflict| {
            (facts.lanes(conflict.pair).candidate, conflict.meeting.at.candidate as usize)
        });
        Self { lanes, conflicts: conflicts.collect() }
    }

    /// Returns whether this reference has what the candidate has at the place of another's finding.
    pub(super) fn has_the_same(&self, facts: &Analysis<'_>, found: &Finding) -> bool {
        let Some(pair) = found.pair else { return false };
        let lane_number = facts.lanes(pair).candidate;
        let lane = &self.lanes[lane_number];
        let stream = facts.stream(Side::Candidate, lane_number);
        let nth = found.nth.candidate;
        // Where the finding begins and where the candidate goes on behind it.
        let from = if nth < stream.len() { stream.position(nth) } else { usize::MAX };
        let behind =
            |nth: usize| if nth < stream.len() { stream.position(nth) } else { usize::MAX };
        match &found.detail {
            Detail::Differ(Some(gap)) if gap.is_one_event() => lane.stands(from),
            Detail::Differ(Some(gap)) | Detail::Repeats { gap, .. } => {
                lane.is_whole(from, behind(nth + gap.candidate))
            }
            // The lanes agree nowhere behind; what stands right here is the same here.
            Detail::Differ(None) => lane.stands(from) && lane.is_whole(from, from),
            Detail::Ends(Side::Candidate) => lane.ends_alike && !lane.seen.is_empty(),
            Detail::Ends(Side::Reference) => lane.ends_alike && lane.is_whole(from, usize::MAX),
            Detail::Object(_) => found.at.candidate.is_some_and(|at| {
                lane.stands(at.position) && !self.conflicts.contains(&(lane_number, at.position))
            }),
            Detail::Drift(_) | Detail::Float(_) | Detail::Thread(_) | Detail::Signal { .. } => {
                false
            }
        }
    }
}

impl Lane {
    /// Whether the event at a position is aligned with an equal one.
    fn stands(&self, position: usize) -> bool {
        let nth = self.seen.partition_point(|&seen| (seen as usize) < position);
        let is_seen = self.seen.get(nth).is_some_and(|&seen| seen as usize == position);
        is_seen && self.is_in_one_run(nth..=nth)
    }

    /// Whether all that is seen from one position up to another, with what stands right before and
    /// right behind, is aligned with equal events without a gap.
    fn is_whole(&self, from: usize, behind: usize) -> bool {
        let nth_at =
            |position: usize| self.seen.partition_point(|&seen| (seen as usize) < position);
        let (first, last) = (nth_at(from), nth_at(behind));
        if self.seen.is_empty() || (last == self.seen.len() && !self.ends_alike) {
            return false;
        }
        let begins_alike =
            first > 0 || self.runs.first().is_some_and(|run| run.nth == Pair::new(0, 0));
        begins_alike && self.is_in_one_run(first.saturating_sub(1)..=last.min(self.seen.len() - 1))
    }

    fn is_in_one_run(&self, events: RangeInclusive<usize>) -> bool {
        let after = self.runs.partition_point(|run| run.nth.candidate <= *events.start());
        let run = self.runs[..after].last();
        run.is_some_and(|run| *events.end() < run.nth.candidate + run.length)
    }
}

/// Returns the symbols of all events that a finding is about.
pub(super) fn symbols_of(facts: &Analysis<'_>, found: &Finding) -> Vec<SymbolId> {
    let mut symbols = Vec::new();
    let gap = match &found.detail {
        Detail::Differ(Some(gap)) | Detail::Repeats { gap, .. } => Some(*gap),
        _ => None,
    };
    match (found.pair, gap) {
        (Some(pair), Some(gap)) => {
            let streams = facts.streams_of(pair);
            let lengths = Pair::new(gap.reference, gap.candidate);
            for side in Side::BOTH {
                let stream = streams.on(side);
                let from = *found.nth.on(side);
                let to = (from + lengths.on(side)).min(stream.len());
                symbols.extend((from..to).map(|nth| stream.symbol(nth)));
            }
        }
        _ => {
            let events = [found.at.reference, found.at.candidate].into_iter().flatten();
            symbols.extend(events.map(|at| facts.lane(at.side, at.lane).symbols[at.position]));
        }
    }
    symbols.sort_unstable();
    symbols.dedup();
    symbols
}

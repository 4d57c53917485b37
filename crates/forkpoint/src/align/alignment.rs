//! How two lanes are aligned: what came of a walk.

use std::collections::BTreeMap;

use crate::align::drift::Drift;
use crate::align::resync::Gap;
use crate::objects::{ObjectMatch, Uses};
use crate::pair::{Pair, Side};
use crate::profile::{RuleId, WaiverId};

/// Differences that a rule excused: how many, and the first.
#[derive(Clone, Debug, Default)]
pub struct ExcuseCounts {
    /// By rule: the count, and where the first was, as positions in the lanes.
    pub by_rule: Vec<Option<(u64, Pair<u32>)>>,
}

impl ExcuseCounts {
    pub(super) fn add(&mut self, rule: RuleId, at: Pair<u32>) {
        let index = usize::from(rule.0);
        if self.by_rule.len() <= index {
            self.by_rule.resize(index + 1, None);
        }
        self.by_rule[index].get_or_insert((0, at)).0 += 1;
    }
}

/// What came of a walk.
#[derive(Clone, Debug, Default)]
pub struct LaneAlignment {
    /// Runs of pairs of events that are equal or known to differ, in order.
    pub segments: Vec<MatchedRun>,
    /// Where the lanes diverge, in order.
    pub divergences: Vec<Divergence>,
    /// What rules excused on the way.
    pub excusals: ExcuseCounts,
    /// Pairs of events that are known to differ.
    pub known: WaivedPairs,
    /// Aligned events that name objects.
    pub meetings: Vec<ObjectMatch>,
    /// Aligned events that name objects which no event creates: before the lanes first diverge, and behind.
    pub uses: Uses,
    /// Those behind.
    pub uses_behind: Uses,
    /// Where a number that may differ by a constant differs by a different one than before.
    pub drifts: Vec<Drift>,
    /// Whether the lanes took the work of others, which settled where they diverge.
    pub exchanged: Option<Exchanged>,
    /// Whether the lanes were not followed to their ends: they agree nowhere near, or part too often.
    pub lost_sync: bool,
}

/// Pairs of events whose differences waivers are about.
#[derive(Clone, Debug, Default)]
pub struct WaivedPairs {
    /// By waiver: how many, and which of the aligned events were the first.
    pub by_waiver: BTreeMap<WaiverId, (u64, Pair<usize>)>,
    /// How many before the lanes first diverge.
    pub n_before_parting: usize,
}

/// A run of pairs of events that are equal, or known to differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatchedRun {
    /// Which of the aligned events comes first, on each side.
    pub nth: Pair<usize>,
    /// How many pairs there are.
    pub length: usize,
}

/// Where two lanes diverge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// Which of the aligned events, on each side; one past the last where a lane has ended.
    pub nth: Pair<usize>,
    /// How.
    pub how: DivergenceKind,
}

/// How two lanes diverge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DivergenceKind {
    /// Two events differ, and it is so far to where the lanes agree again, if they do.
    Differ(Option<Gap>),
    /// This side has ended, the other goes on.
    Ends(Side),
}

impl LaneAlignment {
    /// Returns how many pairs of events are aligned before the lanes first diverge.
    pub fn matched(&self) -> usize {
        let first = self.segments.first().filter(|segment| segment.nth == Pair::new(0, 0));
        first.map_or(0, |segment| segment.length)
    }

    /// Returns how many pairs of events are known to differ.
    pub fn n_known(&self) -> usize {
        self.known.by_waiver.values().map(|(count, _)| *count as usize).sum()
    }

    /// Returns how many pairs of events are equal in all.
    pub fn equal(&self) -> usize {
        let beside: usize = self.segments.iter().map(|segment| segment.length).sum();
        beside - self.n_known()
    }

    /// Returns the aligned event that is aligned with the `nth` of one side.
    pub fn beside(&self, side: Side, nth: usize) -> Option<usize> {
        let after = self.segments.partition_point(|segment| *segment.nth.on(side) <= nth);
        let segment = self.segments[..after].last()?;
        let ahead = nth - segment.nth.on(side);
        (ahead < segment.length).then_some(segment.nth.on(side.other()) + ahead)
    }
}

/// That lanes took one another's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchanged {
    /// The rule that lets them.
    pub rule: RuleId,
    /// How many events of each lane were compared piece by piece.
    pub events: Pair<u64>,
}

//! One thread's events, in columns.
//!
//! Invariant: the columns of a lane have one length, and its places rise.

use crate::profile::RuleId;
use crate::profile::plan::MaskedValue;
use crate::trace::places::Places;
use crate::trace::symbol::SymbolId;

/// What a lane is called in its log: a process, where the log distinguishes processes, and a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneKey {
    /// The process.
    pub process: Option<u32>,
    /// The thread.
    pub thread: i64,
}

impl LaneKey {
    /// Writes a lane: its thread; behind its process, where there is one, both in hexadecimal, as the
    /// program takes them.
    pub fn as_program(self) -> String {
        match self.process {
            Some(process) => format!("{process:04x}:{:04x}", self.thread),
            None => self.thread.to_string(),
        }
    }
}

/// What was left out of, or noted beside, the event at a position of its lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaskedAt {
    /// The word that was there, or a hash of it.
    pub value: u64,
    /// The event's position in its lane.
    pub at: u32,
    /// The rule.
    pub rule: RuleId,
    /// Which field it was.
    pub field: u16,
}

impl MaskedAt {
    /// Returns `aside` at a position.
    pub fn new(at: u32, aside: MaskedValue) -> Self {
        Self { value: aside.value, at, rule: aside.rule, field: aside.field }
    }
}

/// One thread's events, in order.
#[derive(Debug)]
pub struct Lane {
    /// What the log calls it.
    pub key: LaneKey,
    /// The process whose handles, descriptors and addresses its events name: that of the key, or one
    /// that the log says otherwise.
    pub owner: Option<u32>,
    /// What must be equal of each event.
    pub tokens: Vec<u64>,
    /// Where each event's line is.
    pub places: Places,
    /// Each event's kind and name.
    pub symbols: Vec<SymbolId>,
    /// The event's own index, where it is not one more than that of the event before.
    pub index_breaks: Vec<(u32, u64)>,
    /// What was left out or noted, in the order of the events.
    pub asides: Vec<MaskedAt>,
}

impl Lane {
    /// Returns an empty lane.
    pub fn new(key: LaneKey) -> Self {
        Self {
            key,
            owner: key.process,
            tokens: Vec::new(),
            places: Places::default(),
            symbols: Vec::new(),
            index_breaks: Vec::new(),
            asides: Vec::new(),
        }
    }

    /// Returns the number of events.
    pub fn n_events(&self) -> usize {
        self.tokens.len()
    }

    /// Returns the index that the log itself gives the event at `position`.
    pub fn event_idx(&self, position: usize) -> u64 {
        let after = self.index_breaks.partition_point(|&(at, _)| at as usize <= position);
        match after.checked_sub(1).map(|last| self.index_breaks[last]) {
            Some((at, idx)) => idx.saturating_add((position - at as usize) as u64),
            None => position as u64,
        }
    }

    /// Returns the position of the event that the log itself gives the index `event_idx`.
    pub fn position_of(&self, event_idx: u64) -> Option<usize> {
        let mut low = 0;
        let mut high = self.n_events();
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.event_idx(middle) < event_idx { low = middle + 1 } else { high = middle }
        }
        (low < self.n_events() && self.event_idx(low) == event_idx).then_some(low)
    }

    /// Returns what was left out of, or noted beside, the event at `position`.
    pub fn asides_at(&self, position: usize) -> &[MaskedAt] {
        let start = self.asides.partition_point(|aside| (aside.at as usize) < position);
        let length = self.asides[start..].partition_point(|aside| aside.at as usize == position);
        &self.asides[start..start + length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_kept_as_their_breaks() {
        let mut lane = Lane::new(LaneKey { process: None, thread: 1 });
        lane.tokens = vec![0; 6];
        lane.index_breaks = vec![(0, 5), (3, 10)];
        let indices: Vec<u64> = (0..6).map(|position| lane.event_idx(position)).collect();
        assert_eq!(indices, [5, 6, 7, 10, 11, 12]);
        assert_eq!(lane.position_of(11), Some(4));
        assert_eq!(lane.position_of(8), None);
        assert_eq!(lane.position_of(13), None);
    }
}

//! A log in memory: columns, not parsed events.
//!
//! Per event: a token (8 bytes), the place of its line (4), and its symbol (4); beside them, only
//! where there is something, the breaks of the index and what rules left out. The line itself stays
//! where it was and is read again to be shown.
//!
//! Invariant: the columns of a lane have one length, and its places rise.

mod places;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use crate::ingest::{Faults, Format, Lines, Notice, Parsed, ReadError, Skipped, legible};
use crate::profile::plan::Aside;
use crate::profile::{Pattern, Plan, Role, RuleId};
pub use places::Places;

/// What a lane is called in its log: a process, where the log tells processes apart, and a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneKey {
    /// The process.
    pub process: Option<u32>,
    /// The thread.
    pub thread: i64,
}

/// A kind of event together with the function's name, by its place in [`Symbols`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolId(pub u32);

/// A kind of event, the function's name, and what the profile does to it.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// The kind.
    pub kind: String,
    /// The function's name, for kinds that have one.
    pub name: Option<String>,
    /// What the profile does to such events.
    pub plan: Plan,
    /// What such events mean.
    pub role: Option<Role>,
    /// Whether the profile may call such an event otherwise, by its payload.
    pub may_be_renamed: bool,
    /// The hash of kind and name, with which each token starts.
    pub hash: u64,
}

impl Symbol {
    /// Returns the kind and the name, as one would say them.
    pub fn title(&self) -> String {
        match &self.name {
            Some(name) => format!("{} {name}", self.kind),
            None => self.kind.clone(),
        }
    }
}

/// The symbols of both logs. Their numbers depend on scheduling and never reach a user.
#[derive(Debug, Default)]
pub struct Symbols(pub Vec<Arc<Symbol>>);

impl Symbols {
    /// Returns a symbol.
    pub fn of(&self, id: SymbolId) -> &Symbol {
        &self.0[id.0 as usize]
    }
}

/// The place of a line: which file of the log, and the byte in it (after decompression).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(u64);

impl Place {
    /// A place behind all events.
    pub const LAST: Self = Self(u64::MAX);

    /// Returns a place behind all earlier events.
    pub fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    const OFFSET_BITS: u32 = 48; // 256 TiB a file, 65,536 files a log

    /// Returns the place at byte `offset` of file number `part`.
    pub fn new(part: u16, offset: u64) -> Self {
        Self(u64::from(part) << Self::OFFSET_BITS | offset & ((1 << Self::OFFSET_BITS) - 1))
    }

    /// Returns which file of the log it is in.
    pub fn part(self) -> usize {
        (self.0 >> Self::OFFSET_BITS) as usize
    }

    /// Returns the byte in the file.
    pub fn offset(self) -> u64 {
        self.0 & ((1 << Self::OFFSET_BITS) - 1)
    }
}

/// What was left out of, or noted beside, the event at a position of its lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsideAt {
    /// The word that was there, or a hash of it.
    pub value: u64,
    /// The event's position in its lane.
    pub at: u32,
    /// The rule.
    pub rule: RuleId,
    /// Which field it was.
    pub field: u16,
}

impl AsideAt {
    /// Returns `aside` at a position.
    pub fn new(at: u32, aside: Aside) -> Self {
        Self { value: aside.value, at, rule: aside.rule, field: aside.field }
    }
}

/// One thread's events, in order.
#[derive(Debug)]
pub struct Lane {
    /// What the log calls it.
    pub key: LaneKey,
    /// The process whose handles, descriptors and addresses its events name: that of the key, or one
    /// that the log tells otherwise.
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
    pub asides: Vec<AsideAt>,
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
    pub fn asides_at(&self, position: usize) -> &[AsideAt] {
        let start = self.asides.partition_point(|aside| (aside.at as usize) < position);
        let length = self.asides[start..].partition_point(|aside| aside.at as usize == position);
        &self.asides[start..start + length]
    }
}

/// One log.
#[derive(Debug)]
pub struct Trace {
    /// Its files.
    pub files: Vec<String>,
    /// Its format.
    pub format: &'static Format,
    /// The format that its lanes are named by: its own, or the one that it was converted from.
    pub named_by: &'static Format,
    /// How its lines are read, where the profile says.
    pub pattern: Option<Arc<Pattern>>,
    /// The engine that wrote it, if it says so.
    pub engine: Option<String>,
    /// Its lanes, in the order of their first events.
    pub lanes: Vec<Lane>,
    /// What is wrong with it.
    pub faults: Faults,
    /// Lines that hold no event to compare, by reason.
    pub skipped: Skipped,
    /// What is to be said of it as a whole.
    pub notices: Vec<Notice>,
    /// Where its lines are read again.
    pub lines: Lines,
    /// How many lines it has.
    pub n_lines: u64,
    /// How many bytes it has, after decompression.
    pub n_bytes: u64,
}

impl Trace {
    /// Returns the number of events in all lanes.
    pub fn n_events(&self) -> usize {
        self.lanes.iter().map(Lane::n_events).sum()
    }

    /// Returns the event that starts at `place`, read again; none if it cannot be, which
    /// [`check_intact`] reports.
    pub fn event(&self, place: Place) -> Option<Parsed<'static>> {
        let line = self.lines.bytes(place).ok()?;
        self.event_of(place, &line)
    }

    /// Returns the event that starts at `place` with this line.
    pub fn event_of(&self, place: Place, line: &[u8]) -> Option<Parsed<'static>> {
        let parsed = (self.format.parse)(self, place, &legible(line)).map(Parsed::into_static);
        if parsed.is_none() {
            self.lines.fail_as_changed(place);
        }
        parsed
    }

    /// Returns the event whose line, or one of whose lines, starts at `place`: its lane's place and its own
    /// in it.
    pub fn event_at(&self, place: Place) -> Option<(usize, usize)> {
        let place = self.lines.start_of(place);
        let at = |lane: &Lane| {
            let position = lane.places.up_to(place).checked_sub(1)?;
            (lane.places.at(position) == place).then_some(position)
        };
        self.lanes.iter().enumerate().find_map(|(number, lane)| Some((number, at(lane)?)))
    }

    /// Returns where the nearest events before `place` and behind it are, in its file.
    pub fn events_around(&self, place: Place) -> [Option<Place>; 2] {
        let same = |other: &Place| other.part() == place.part();
        let before = self.lanes.iter().filter_map(|lane| {
            lane.places.get(lane.places.up_to(place).checked_sub(1)?).filter(same)
        });
        let behind = self
            .lanes
            .iter()
            .filter_map(|lane| lane.places.get(lane.places.up_to(place)).filter(same));
        [before.max(), behind.min()]
    }

    /// Returns a lane as the log's readers know it.
    pub fn lane_name(&self, key: LaneKey) -> String {
        (self.named_by.lane)(key)
    }

    /// Returns all events in the order of the files: each its lane's place and its own in it.
    pub fn in_file_order(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let first =
            |(lane, events): (usize, &Lane)| Some(Reverse((events.places.first()?, lane, 0)));
        let mut next: BinaryHeap<Reverse<(Place, usize, usize)>> =
            self.lanes.iter().enumerate().filter_map(first).collect();
        std::iter::from_fn(move || {
            let Reverse((_, lane, position)) = next.pop()?;
            if let Some(place) = self.lanes[lane].places.get(position + 1) {
                next.push(Reverse((place, lane, position + 1)));
            }
            Some((lane, position))
        })
    }
}

/// Says whether all lines of these logs that were read again were there as before: what was made of the
/// logs counts only then.
///
/// # Errors
/// Why the first line could not be read again that could not.
pub fn check_intact<'a>(traces: impl IntoIterator<Item = &'a Trace>) -> Result<(), ReadError> {
    let failure = traces.into_iter().find_map(|trace| trace.lines.failure());
    failure.cloned().map_or(Ok(()), Err)
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

    #[test]
    fn a_place_holds_file_and_byte() {
        let place = Place::new(3, 1 << 40);
        assert_eq!((place.part(), place.offset()), (3, 1 << 40));
        assert!(Place::new(0, u64::MAX) < Place::new(1, 0));
    }
}

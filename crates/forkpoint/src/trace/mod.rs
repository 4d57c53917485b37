//! A log in memory: columns, not parsed events.
//!
//! Per event: a token (8 bytes), the place of its line (4), and its symbol (4); beside them, only
//! where there is something, the breaks of the index and what rules left out. The line itself stays
//! where it was and is read again to be shown.
//!
//! Invariant: the columns of a lane have one length, and its places rise.

pub mod fault;
mod lane;
pub mod line;
pub mod parsed_event;
mod places;
pub mod skip;
mod source;
mod symbol;
pub mod warning;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::error::Error;
use crate::trace::fault::Faults;
use crate::trace::line::legible;
use crate::trace::parsed_event::ParsedEvent;
use crate::trace::skip::Skipped;
use crate::trace::warning::LogWarning;
pub use lane::{Lane, LaneKey, MaskedAt};
pub use places::{Place, Places};
pub use source::EventSource;
pub use symbol::{Symbol, SymbolId, Symbols};

/// One log.
#[derive(Debug)]
pub struct Trace {
    /// Its files.
    pub files: Vec<String>,
    /// The name of its format.
    pub format: &'static str,
    /// Whether emitters wrote it for this program: its first line is a header, and all others are JSON.
    pub is_event_log: bool,
    /// Whether the program's imports tell its calls from those of the engine.
    pub takes_imports: bool,
    /// The name of the format that it was converted from, or its own.
    pub original_format: &'static str,
    /// Writes a lane as readers of the log, or of the one that it was converted from, know it.
    pub name_lane: fn(LaneKey) -> String,
    /// The engine that wrote it, if it says so.
    pub engine: Option<String>,
    /// Its lanes, in the order of their first events.
    pub lanes: Vec<Lane>,
    /// What is wrong with it.
    pub faults: Faults,
    /// Lines that hold no event to compare, by reason.
    pub skipped: Skipped,
    /// What is to be said of it as a whole.
    pub notices: Vec<LogWarning>,
    /// Where its lines are read again.
    pub lines: Box<dyn EventSource>,
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

    /// Returns whether one of its files is one of the other log's, too.
    pub fn shares_file(&self, other: &Self) -> bool {
        let files = other.lines.identities();
        self.lines.identities().iter().flatten().any(|file| files.contains(&Some(*file)))
    }

    /// Returns the event that starts at `place`, read again; none if it cannot be, which
    /// [`check_intact`] reports.
    pub fn event(&self, place: Place) -> Option<ParsedEvent<'static>> {
        let line = self.lines.bytes(place).ok()?;
        self.event_of(place, &line)
    }

    /// Returns the event that starts at `place` with this line.
    pub fn event_of(&self, place: Place, line: &[u8]) -> Option<ParsedEvent<'static>> {
        let parsed = self.lines.parse(&legible(line));
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
        (self.name_lane)(key)
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
pub fn check_intact<'a>(traces: impl IntoIterator<Item = &'a Trace>) -> Result<(), Error> {
    let failure = traces.into_iter().find_map(|trace| trace.lines.failure());
    failure.cloned().map_or(Ok(()), Err)
}

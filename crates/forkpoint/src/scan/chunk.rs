//! What the scan of one block found, and how blocks are put together again, in their order.
//!
//! Invariant: the lanes that come out do not depend on where the blocks were cut, nor on which
//! thread scanned which.

use std::collections::HashMap;

use rapidhash::RapidHashMap;

use crate::profile::plan::MaskedValue;
use crate::trace::fault::{FaultKind, Faults};
use crate::trace::skip::{Skip, Skipped};
use crate::trace::{Lane, LaneKey, MaskedAt, Place, SymbolId};

/// What the scan of one block found.
#[derive(Debug)]
pub struct Chunk {
    /// The lanes met in this block, and after them memory of earlier blocks' lanes.
    lanes: Vec<LaneChunk>,
    n_lanes: usize,
    /// Lines of the block, counted by their ends.
    pub n_lines: u64,
    /// Faults: kind, line counted from the block's first as 0 (before it, from 2⁶⁴ down), what was found.
    pub faults: Vec<(FaultKind, u64, String)>,
    /// Lines without an event to compare.
    pub skipped: Skipped,
    /// Whether a line of the most talkative level was among them, in a format that has levels.
    pub debug: bool,
    /// Whether the last line of a file has no end, and nothing there says that it is whole.
    pub may_go_on: bool,
    /// Events that take several lines: the places of each and of the next.
    pub continued: Vec<(Place, Place)>,
    lane_of: RapidHashMap<LaneKey, usize>,
    /// The lanes of late: threads take turns, so each event may be another's.
    late: [Option<(LaneKey, usize)>; LATE],
}

/// A power of two: threads are mostly numbered one after the other, or in steps of four.
const LATE: usize = 64;

/// One lane's events of one block.
#[derive(Debug)]
pub struct LaneChunk {
    key: LaneKey,
    tokens: Vec<u64>,
    places: Vec<Place>,
    symbols: Vec<SymbolId>,
    asides: Vec<MaskedAt>,
    index_breaks: Vec<(u32, u64)>,
    last_index: u64,
    /// The line of the lane's first event, counted as faults are.
    first_line: u64,
}

/// One event, scanned.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What must be equal.
    pub token: u64,
    /// Where its line is.
    pub place: Place,
    /// Its kind and name.
    pub symbol: SymbolId,
    /// The index that the log gives it; none in a format without.
    pub index: Option<u64>,
}

impl Default for Chunk {
    fn default() -> Self {
        Self {
            lanes: Vec::new(),
            n_lanes: 0,
            n_lines: 0,
            faults: Vec::new(),
            skipped: Skipped::default(),
            debug: false,
            may_go_on: false,
            continued: Vec::new(),
            lane_of: RapidHashMap::default(),
            late: [None; LATE],
        }
    }
}

impl Chunk {
    /// Forgets what was found, keeps the memory.
    pub fn clear(&mut self) {
        self.n_lanes = 0;
        self.lanes.truncate(KEPT_LANES);
        self.lane_of.clear();
        self.late = [None; LATE];
        self.n_lines = 0;
        self.faults.clear();
        self.skipped.clear();
        self.debug = false;
        self.may_go_on = false;
        self.continued.clear();
    }

    /// Counts a line without an event to compare.
    pub fn skip(&mut self, why: &'static Skip) {
        *self.skipped.entry(why).or_default() += 1;
    }

    /// Notes a fault of the line that is being scanned.
    pub fn fault(&mut self, kind: FaultKind, detail: impl Into<String>) {
        self.faults.push((kind, self.n_lines, detail.into()));
    }

    /// Adds an event and takes `asides`. An index that does not rise is a fault; the event stays.
    #[inline]
    pub fn push(&mut self, key: LaneKey, row: Row, asides: &mut Vec<MaskedValue>) {
        let late = (key.thread ^ key.thread >> 6) as usize % LATE;
        let lane = match self.late[late] {
            Some((last, lane)) if last == key => lane,
            _ => {
                let lane = self.lane(key);
                self.late[late] = Some((key, lane));
                lane
            }
        };
        let lane = &mut self.lanes[lane];
        let at = lane.tokens.len() as u32;
        if let Some(index) = row.index {
            let expected = lane.last_index.wrapping_add(1);
            if at == 0 || index != expected {
                if at > 0 && index < expected {
                    let detail = falling(key, index, lane.last_index);
                    self.faults.push((FaultKind::FallingIndex, self.n_lines, detail));
                }
                lane.index_breaks.push((at, index));
            }
            lane.last_index = index;
        }
        lane.tokens.push(row.token);
        lane.places.push(row.place);
        lane.symbols.push(row.symbol);
        if !asides.is_empty() {
            asides.sort_unstable(); // keys have no order, so what was left out must have one
            lane.asides.extend(asides.drain(..).map(|aside| MaskedAt::new(at, aside)));
        }
    }

    fn lane(&mut self, key: LaneKey) -> usize {
        let Self { lanes, n_lanes, lane_of, .. } = self;
        let first_line = self.n_lines;
        *lane_of.entry(key).or_insert_with(|| {
            match lanes.get_mut(*n_lanes) {
                Some(lane) => lane.begin(key, first_line),
                None => lanes.push(LaneChunk::new(key, first_line)),
            }
            *n_lanes += 1;
            *n_lanes - 1
        })
    }
}

/// This many lanes keep their memory between blocks.
const KEPT_LANES: usize = 1024;

impl LaneChunk {
    fn new(key: LaneKey, first_line: u64) -> Self {
        Self {
            first_line,
            key,
            tokens: Vec::new(),
            places: Vec::new(),
            symbols: Vec::new(),
            asides: Vec::new(),
            index_breaks: Vec::new(),
            last_index: 0,
        }
    }

    /// Forgets the events, keeps the memory.
    fn begin(&mut self, key: LaneKey, first_line: u64) {
        (self.key, self.first_line, self.last_index) = (key, first_line, 0);
        self.tokens.clear();
        self.places.clear();
        self.symbols.clear();
        self.asides.clear();
        self.index_breaks.clear();
    }
}

fn falling(key: LaneKey, index: u64, before: u64) -> String {
    format!("index {index} of thread {} follows {before}", key.thread)
}

/// The lanes of all blocks so far.
#[derive(Debug, Default)]
pub struct Assembly {
    /// The lanes, in the order of their first events.
    pub lanes: Vec<Lane>,
    /// What is wrong.
    pub faults: Faults,
    /// Lines without an event to compare.
    pub skipped: Skipped,
    /// Whether a line of the most talkative level was among them, in a format that has levels.
    pub debug: bool,
    /// Whether the last line of a file has no end, and nothing there says that it is whole.
    pub may_go_on: bool,
    /// Lines so far, in all files.
    pub n_lines: u64,
    /// Events that take several lines: the places of each and of the next.
    pub continued: HashMap<Place, Place>,
    last_index: Vec<u64>,
    lane_of: RapidHashMap<LaneKey, usize>,
}

impl Assembly {
    /// Adds what the next block held; `first_line` is the number of its first line in `file`.
    pub fn add(&mut self, chunk: &mut Chunk, file: &str, first_line: u64) {
        for lane_chunk in &chunk.lanes[..chunk.n_lanes] {
            self.add_lane(lane_chunk, file, first_line.wrapping_add(lane_chunk.first_line));
        }
        for (kind, line, detail) in chunk.faults.drain(..) {
            self.faults.add(kind, file, Some(first_line.wrapping_add(line)), detail);
        }
        for (why, count) in &chunk.skipped {
            *self.skipped.entry(why).or_default() += count;
        }
        self.debug |= chunk.debug;
        self.may_go_on |= chunk.may_go_on;
        self.n_lines += chunk.n_lines;
        self.continued.extend(chunk.continued.drain(..));
    }

    fn add_lane(&mut self, chunk: &LaneChunk, file: &str, line: u64) {
        let key = chunk.key;
        let lanes = &mut self.lanes;
        let last_index = &mut self.last_index;
        let number = *self.lane_of.entry(key).or_insert_with(|| {
            lanes.push(Lane::new(key));
            last_index.push(0);
            lanes.len() - 1
        });
        let lane = &mut self.lanes[number];
        let base = lane.tokens.len() as u32;
        for &(at, index) in &chunk.index_breaks {
            if at == 0 && base > 0 {
                let before = self.last_index[number];
                if index == before.wrapping_add(1) {
                    continue; // no break after all: the block before ended there
                }
                if index <= before {
                    // The scan cannot see this one: the events lie in different blocks.
                    self.faults.add(
                        FaultKind::FallingIndex,
                        file,
                        Some(line),
                        falling(key, index, before),
                    );
                }
            }
            if at == 0 && base == 0 && index == 0 {
                continue; // counting from 0 is not a break
            }
            lane.index_breaks.push((base + at, index));
        }
        self.last_index[number] = chunk.last_index;
        lane.tokens.extend_from_slice(&chunk.tokens);
        lane.places.extend(&chunk.places);
        lane.symbols.extend_from_slice(&chunk.symbols);
        lane.asides
            .extend(chunk.asides.iter().map(|aside| MaskedAt { at: base + aside.at, ..*aside }));
    }
}

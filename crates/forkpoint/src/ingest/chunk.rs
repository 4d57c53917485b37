//! What the scan of one block found, and how blocks are put together again, in their order.
//!
//! Invariant: the lanes that come out do not depend on where the blocks were cut, nor on which
//! thread scanned which.

use std::collections::HashMap;

use crate::ingest::fault::{FaultKind, Faults, Skipped};
use crate::profile::plan::Aside;
use crate::trace::{AsideAt, Lane, LaneKey, Place, SymbolId};

/// What the scan of one block found.
#[derive(Debug, Default)]
pub struct Chunk {
    /// The lanes met in this block.
    pub lanes: Vec<LaneChunk>,
    /// Lines of the block, counted by their ends.
    pub n_lines: u64,
    /// Faults: kind, line counted from the block's first as 0, what was found.
    pub faults: Vec<(FaultKind, u64, String)>,
    /// Lines without an event to compare.
    pub skipped: Skipped,
    /// Events that take two lines: the places of the first and the second.
    pub continued: Vec<(Place, Place)>,
    lane_of: HashMap<LaneKey, usize>,
    last: Option<(LaneKey, usize)>,
}

/// One lane's events of one block.
#[derive(Debug)]
pub struct LaneChunk {
    key: LaneKey,
    tokens: Vec<u64>,
    places: Vec<Place>,
    symbols: Vec<SymbolId>,
    asides: Vec<AsideAt>,
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

impl Chunk {
    /// Forgets what was found, keeps the memory.
    pub fn clear(&mut self) {
        self.lanes.clear();
        self.lane_of.clear();
        self.last = None;
        self.n_lines = 0;
        self.faults.clear();
        self.skipped.clear();
        self.continued.clear();
    }

    /// Counts a line without an event to compare.
    pub fn skip(&mut self, reason: &'static str) {
        *self.skipped.entry(reason).or_default() += 1;
    }

    /// Notes a fault of the line that is being scanned.
    pub fn fault(&mut self, kind: FaultKind, detail: impl Into<String>) {
        self.faults.push((kind, self.n_lines, detail.into()));
    }

    /// Adds an event and takes `asides`. An index that does not rise is a fault; the event stays.
    #[inline]
    pub fn push(&mut self, key: LaneKey, row: Row, asides: &mut Vec<Aside>) {
        let lane = match self.last {
            Some((last, lane)) if last == key => lane,
            _ => self.lane(key),
        };
        self.last = Some((key, lane));
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
            lane.asides.extend(asides.drain(..).map(|aside| AsideAt::new(at, aside)));
        }
    }

    fn lane(&mut self, key: LaneKey) -> usize {
        let lanes = &mut self.lanes;
        let first_line = self.n_lines;
        *self.lane_of.entry(key).or_insert_with(|| {
            lanes.push(LaneChunk {
                first_line,
                key,
                tokens: Vec::new(),
                places: Vec::new(),
                symbols: Vec::new(),
                asides: Vec::new(),
                index_breaks: Vec::new(),
                last_index: 0,
            });
            lanes.len() - 1
        })
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
    /// Lines so far, in all files.
    pub n_lines: u64,
    /// Events that take two lines: the places of the first and the second.
    pub continued: HashMap<Place, Place>,
    last_index: Vec<u64>,
    lane_of: HashMap<LaneKey, usize>,
}

impl Assembly {
    /// Adds what the next block held; `first_line` is the number of its first line in `file`.
    pub fn add(&mut self, chunk: &mut Chunk, file: &str, first_line: u64) {
        for lane_chunk in chunk.lanes.drain(..) {
            self.add_lane(&lane_chunk, file, first_line + lane_chunk.first_line);
        }
        for (kind, line, detail) in chunk.faults.drain(..) {
            self.faults.add(kind, file, Some(first_line + line), detail);
        }
        for (reason, count) in &chunk.skipped {
            *self.skipped.entry(reason).or_default() += count;
        }
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
                continue; // counting from 0 is no break
            }
            lane.index_breaks.push((base + at, index));
        }
        self.last_index[number] = chunk.last_index;
        lane.tokens.extend_from_slice(&chunk.tokens);
        lane.places.extend_from_slice(&chunk.places);
        lane.symbols.extend_from_slice(&chunk.symbols);
        lane.asides
            .extend(chunk.asides.iter().map(|aside| AsideAt { at: base + aside.at, ..*aside }));
    }
}

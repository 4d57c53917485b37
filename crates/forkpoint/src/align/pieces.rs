//! What corresponds to what within a gap: events that are equal, events of one function that differ in part,
//! and the rest, which has no partner.
//!
//! Its one idea: between two places where the lanes agree, the alignment of the highest score. An equal pair
//! counts most; a pair of one function counts by how many of its fields are equal, and is none if most differ.
//! Time and memory are bounded: a larger gap is one piece.

use crate::align::absorb::Absorber;
use crate::align::explain::field_hashes;
use crate::align::filter::AlignedLane;
use crate::align::resync::Gap;
use crate::pair::Pair;

/// Gaps of more pairs of events than this are one piece.
const MAX_CELLS: usize = 1 << 14;
/// An equal pair.
const EQUAL: u32 = 50;
/// A pair of one function of which all fields are equal, as far as its lines show.
const ALIKE: u32 = 30;

/// The pieces of a gap, in order: those that differ. What lies between them is equal.
#[derive(Debug, Default)]
pub struct Pieces {
    /// Where each begins, and how long it is.
    list: Vec<(Pair<usize>, Gap)>,
    /// Where the gap ends.
    end: Pair<usize>,
}

impl Pieces {
    /// Returns the pieces of the gap at `nth`.
    pub fn of(
        streams: Pair<&AlignedLane<'_>>,
        nth: Pair<usize>,
        gap: Gap,
        absorber: &Absorber<'_>,
    ) -> Self {
        let end = Pair::new(nth.reference + gap.reference, nth.candidate + gap.candidate);
        let is_one = gap.is_lopsided() || gap.is_one_event() || same_events(streams, nth, gap);
        if is_one || gap.reference.saturating_mul(gap.candidate) > MAX_CELLS {
            return Self { list: vec![(nth, gap)], end };
        }
        let list = Scores::of(streams, nth, gap, absorber).pieces(nth);
        Self { list, end }
    }

    /// Returns the piece that begins at `nth`, if the gap goes on there.
    pub fn at(&self, nth: Pair<usize>) -> Option<Gap> {
        let key = |at: &Pair<usize>| (at.reference, at.candidate);
        let found = self.list.binary_search_by_key(&key(&nth), |(at, _)| key(at)).ok()?;
        Some(self.list[found].1)
    }

    /// Returns what is left of the gap at `nth`, if it goes on there.
    pub fn rest(&self, nth: Pair<usize>) -> Option<Gap> {
        let reference = self.end.reference.checked_sub(nth.reference)?;
        let candidate = self.end.candidate.checked_sub(nth.candidate)?;
        (reference + candidate > 0).then_some(Gap { reference, candidate })
    }
}

/// The best score of what is left of a gap, from each pair of events on.
struct Scores {
    size: Gap,
    /// Row by row, from each event of the reference and of the candidate to the end.
    best: Vec<u32>,
    /// Of each pair of events; 0 if they are none.
    pair: Vec<u32>,
}

impl Scores {
    fn of(
        streams: Pair<&AlignedLane<'_>>,
        nth: Pair<usize>,
        size: Gap,
        absorber: &Absorber<'_>,
    ) -> Self {
        let mut scores = Self {
            size,
            best: vec![0; (size.reference + 1) * (size.candidate + 1)],
            pair: vec![0; size.reference * size.candidate],
        };
        let Pair { reference, candidate } = streams;
        let mut read = Pair::new(vec![None; size.reference], vec![None; size.candidate]);
        for r in 0..size.reference {
            for c in 0..size.candidate {
                let (left, right) = (nth.reference + r, nth.candidate + c);
                if reference.symbol(left) != candidate.symbol(right) {
                    continue;
                }
                scores.pair[r * size.candidate + c] =
                    if reference.token(left) == candidate.token(right) {
                        EQUAL
                    } else {
                        let a = read.reference[r].get_or_insert_with(|| {
                            shown(reference, left, absorber, &absorber.logs.traces.reference)
                        });
                        let b = read.candidate[c].get_or_insert_with(|| {
                            shown(candidate, right, absorber, &absorber.logs.traces.candidate)
                        });
                        alike(a, b)
                    };
            }
        }
        for r in (0..size.reference).rev() {
            for c in (0..size.candidate).rev() {
                let skip = scores.at(r + 1, c).max(scores.at(r, c + 1));
                let pair = scores.pair[r * size.candidate + c];
                let taken = if pair > 0 { pair + scores.at(r + 1, c + 1) } else { 0 };
                let index = scores.index(r, c);
                scores.best[index] = skip.max(taken);
            }
        }
        scores
    }

    fn index(&self, r: usize, c: usize) -> usize {
        r * (self.size.candidate + 1) + c
    }

    fn at(&self, r: usize, c: usize) -> u32 {
        self.best[self.index(r, c)]
    }

    /// Returns the pieces that differ, along the alignment of the highest score.
    fn pieces(&self, start: Pair<usize>) -> Vec<(Pair<usize>, Gap)> {
        let mut list = Vec::new();
        let (mut r, mut c) = (0, 0);
        let mut open = (0, 0); // where events without a partner begin
        let mut close = |open: (usize, usize), r: usize, c: usize| {
            let gap = Gap { reference: r - open.0, candidate: c - open.1 };
            if gap.reference + gap.candidate > 0 {
                list.push((Pair::new(start.reference + open.0, start.candidate + open.1), gap));
            }
        };
        while r < self.size.reference && c < self.size.candidate {
            let pair = self.pair[r * self.size.candidate + c];
            if pair > 0 && self.at(r, c) == pair + self.at(r + 1, c + 1) {
                close(open, r, c);
                if pair != EQUAL {
                    close((r, c), r + 1, c + 1);
                }
                (r, c) = (r + 1, c + 1);
                open = (r, c);
            } else if self.at(r + 1, c) >= self.at(r, c + 1) {
                r += 1;
            } else {
                c += 1;
            }
        }
        close(open, self.size.reference, self.size.candidate);
        list
    }
}

/// Whether both sides of a gap hold the same events, in whatever order.
pub fn same_events(streams: Pair<&AlignedLane<'_>>, nth: Pair<usize>, gap: Gap) -> bool {
    let tokens = |stream: &AlignedLane<'_>, from: usize, length: usize| {
        let mut tokens: Vec<u64> = (from..from + length).map(|nth| stream.token(nth)).collect();
        tokens.sort_unstable();
        tokens
    };
    gap.reference == gap.candidate
        && tokens(streams.reference, nth.reference, gap.reference)
            == tokens(streams.candidate, nth.candidate, gap.candidate)
}

/// Returns the fields of an event, as they are compared.
fn shown(
    stream: &AlignedLane<'_>,
    nth: usize,
    absorber: &Absorber<'_>,
    trace: &crate::trace::Trace,
) -> Vec<(u64, u64)> {
    let plan = &absorber.logs.symbols.of(stream.symbol(nth)).plan;
    field_hashes(trace, stream.lane.places.at(stream.position(nth)), plan)
}

/// Returns the score of two events of one function: by how much of them is equal, the function included.
fn alike(a: &[(u64, u64)], b: &[(u64, u64)]) -> u32 {
    let equal = a.iter().filter(|field| b.contains(field)).count() + 1;
    let all = a.len().max(b.len()) + 1;
    if equal * 2 < all { 0 } else { ALIKE * equal as u32 / all as u32 }
}

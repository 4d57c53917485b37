//! Finds the next place where both lanes agree again.
//!
//! Invariant: an anchor has as many tokens as the profile asks for on both sides, or all that is
//! left of both. Time and memory are bound by the window, whatever the lanes hold.

use std::collections::HashMap;

use crate::align::filter::AlignedLane;
use crate::pair::Pair;
use crate::profile::Resync;
use crate::value::fold;

/// How many events either lane must skip to agree again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Events of the reference that have no partner.
    pub reference: usize,
    /// Events of the candidate that have no partner.
    pub candidate: usize,
}

impl Gap {
    /// Returns whether only one side skips events.
    pub fn is_lopsided(self) -> bool {
        self.reference == 0 || self.candidate == 0
    }

    /// Returns whether one event stands against one.
    pub fn is_one_event(self) -> bool {
        self.reference == 1 && self.candidate == 1
    }

    /// Small gaps come first, balanced ones before lopsided ones of the same size.
    fn cost(self) -> (usize, usize, usize) {
        let total = self.reference + self.candidate;
        (total, self.reference.abs_diff(self.candidate), self.reference)
    }
}

/// Of the places in the reference's window where one anchor stands, this many are tried.
const MAX_PLACES: usize = 16;

/// Returns the smallest gap after which both streams agree again, if there is one in the window.
pub fn next_anchor(
    streams: Pair<&AlignedLane<'_>>,
    at: Pair<usize>,
    resync: Resync,
) -> Option<Gap> {
    let left = streams.zip(at).map(|(stream, at)| stream.len() - at);
    let starts = left.map(|left| (left + 1).saturating_sub(resync.anchor).min(resync.window + 1));
    let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
    for skipped in 0..starts.reference {
        let key = anchor(streams.reference, at.reference + skipped, resync.anchor);
        let list = places.entry(key).or_default();
        if list.len() < MAX_PLACES {
            list.push(skipped);
        }
    }
    let mut best = at_the_end(streams, at, left, resync);
    for candidate in 0..starts.candidate {
        if best.is_some_and(|best| best.cost().0 < candidate) {
            break;
        }
        let key = anchor(streams.candidate, at.candidate + candidate, resync.anchor);
        for &reference in places.get(&key).into_iter().flatten() {
            let gap = Gap { reference, candidate };
            let better = best.is_none_or(|best| gap.cost() < best.cost());
            if better && gap.cost().0 > 0 && agree(streams, at, gap, resync.anchor) {
                best = Some(gap);
            }
        }
    }
    best
}

/// Returns whether the lanes go on with the same functions behind two events of one function, and one of
/// these at least is equal. So a function that returns a different value parts no lanes.
pub fn in_step(streams: Pair<&AlignedLane<'_>>, at: Pair<usize>, resync: Resync) -> bool {
    let Pair { reference, candidate } = streams;
    let length = resync.anchor.min(reference.len() - at.reference - 1);
    let mut steps = (0..=length).map(|k| (at.reference + k, at.candidate + k));
    steps.clone().all(|(r, c)| c < candidate.len() && reference.symbol(r) == candidate.symbol(c))
        && steps.any(|(r, c)| reference.token(r) == candidate.token(c))
}

/// Both lanes may end before an anchor is whole: then all that is left must be equal.
fn at_the_end(
    streams: Pair<&AlignedLane<'_>>,
    at: Pair<usize>,
    left: Pair<usize>,
    resync: Resync,
) -> Option<Gap> {
    let longest = (resync.anchor - 1).min(left.reference).min(left.candidate);
    (1..=longest).rev().find_map(|rest| {
        let gap = Gap { reference: left.reference - rest, candidate: left.candidate - rest };
        let near = gap.reference <= resync.window && gap.candidate <= resync.window;
        (near && gap.cost().0 > 0 && agree(streams, at, gap, rest)).then_some(gap)
    })
}

fn anchor(stream: &AlignedLane<'_>, at: usize, length: usize) -> u64 {
    (at..at + length).fold(0, |key, nth| fold(key, stream.token(nth)))
}

fn agree(streams: Pair<&AlignedLane<'_>>, at: Pair<usize>, gap: Gap, length: usize) -> bool {
    (0..length).all(|k| {
        streams.reference.token(at.reference + gap.reference + k)
            == streams.candidate.token(at.candidate + gap.candidate + k)
    })
}

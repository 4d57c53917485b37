//! Recognises that a gap is more rounds of a loop that both sides run.
//!
//! The events that one side has more of are whole rounds, and at least one more round of the same
//! surrounds them. What a round returns may vary; what it calls may not.

use crate::align::filter::AlignedLane;
use crate::align::resync::Gap;
use crate::pair::{Pair, Side};
use crate::profile::Role;
use crate::trace::Symbols;

/// Longer rounds than this are not looked for.
const MAX_ROUND: usize = 64;

/// More rounds than this are not counted.
const MAX_ROUNDS: usize = 1 << 20;

/// Returns how many events a round has and how many rounds each side ran, if the gap is rounds.
pub fn repeats(
    symbols: &Symbols,
    streams: Pair<&AlignedLane<'_>>,
    nth: Pair<usize>,
    gap: Gap,
) -> Option<(usize, Pair<u64>)> {
    let (side, length) = match gap {
        Gap { reference: length, candidate: 0 } => (Side::Reference, length),
        Gap { reference: 0, candidate: length } => (Side::Candidate, length),
        _ => return None,
    };
    let stream = *streams.on(side);
    let start = *nth.on(side);
    let lane = Rounds { symbols, stream };
    (1..=MAX_ROUND.min(length)).find_map(|round| {
        let whole = length % round == 0
            && (1..length / round).all(|k| lane.alike(start, start + k * round, round))
            && lane.calls(start, round);
        if !whole {
            return None;
        }
        // The loop may begin and end inside a round of the gap: what surrounds it goes on in
        // step with it.
        let before = (0..start)
            .rev()
            .take(round * MAX_ROUNDS)
            .take_while(|&nth| lane.alike(nth, nth + round, 1))
            .count();
        let end = start + length;
        let after = (end..stream.len())
            .take(round * MAX_ROUNDS)
            .take_while(|&nth| lane.alike(nth, nth - round, 1))
            .count();
        let common = ((before + after) / round) as u64;
        if common == 0 {
            return None;
        }
        let mut rounds = Pair::new(common, common);
        *rounds.on_mut(side) += (length / round) as u64;
        Some((round, rounds))
    })
}

struct Rounds<'a> {
    symbols: &'a Symbols,
    stream: &'a AlignedLane<'a>,
}

impl Rounds<'_> {
    /// Whether two rounds are the same but for what they return.
    fn alike(&self, a: usize, b: usize, length: usize) -> bool {
        (0..length).all(|k| {
            let symbol = self.stream.symbol(a + k);
            symbol == self.stream.symbol(b + k)
                && (self.symbols.of(symbol).role.is_some_and(Role::is_return)
                    || self.stream.token(a + k) == self.stream.token(b + k))
        })
    }

    /// Whether a round calls anything at all.
    fn calls(&self, start: usize, length: usize) -> bool {
        (start..start + length)
            .any(|nth| self.symbols.of(self.stream.symbol(nth)).role == Some(Role::Call))
    }
}

//! Pairs lanes where there are too many to look at every pair of them.
//!
//! Lanes pair within their process and the function they call first: those whose first events are
//! equal, then the likeliest of those that stand near one another by thread number, then what is left
//! by thread number. Invariant: the work grows about as the number of lanes, whatever they hold.

use std::collections::BTreeMap;

use crate::align::fingerprint::{LaneFingerprint, PREFIX_LEN};
use crate::align::pairing::Evidence;
use crate::pair::{Pair, Side};
use crate::trace::SymbolId;

/// Of this many first events, all are equal: the more, the earlier two lanes pair.
const EQUAL: [usize; 5] = [PREFIX_LEN, 48, 32, 24, 16];

/// The lanes that may pair with one another, by thread number.
type Groups<K> = BTreeMap<K, Pair<Vec<usize>>>;

/// Returns pairs of the lanes of `free`, none of which has a lane in common with another; at most
/// `max_scored` pairs are scored.
pub fn best_first(
    free: &Pair<Vec<usize>>,
    faces: &Pair<Vec<LaneFingerprint>>,
    processes: &Pair<Vec<Option<usize>>>,
    max_scored: usize,
) -> Vec<(Pair<usize>, Evidence)> {
    let mut crowd = LargePairing { left: free.clone(), faces, pairs: Vec::new() };
    let home = |side: Side, lane: usize| -> Option<(usize, SymbolId)> {
        Some((processes.on(side)[lane]?, faces.on(side)[lane].first_call?))
    };
    // Who has nobody to pair with stays alone.
    let homes = crowd.groups(home);
    for side in Side::BOTH {
        crowd.left.on_mut(side).retain(|&lane| {
            let group = home(side, lane).and_then(|home| homes.get(&home));
            group.is_some_and(|group| !group.on(side.other()).is_empty())
        });
    }
    for look in EQUAL {
        let groups = crowd.groups(|side, lane| {
            let tokens = &faces.on(side)[lane].tokens;
            // One that is shorter is equal as a whole.
            Some((home(side, lane)?, &tokens[..look.min(tokens.len())]))
        });
        crowd.in_step(groups);
    }
    let near = (max_scored / crowd.left.reference.len().max(1) / 2).max(1);
    let groups = crowd.groups(home);
    crowd.likeliest(groups, near);
    let groups = crowd.groups(home);
    crowd.in_step(groups);
    crowd.pairs
}

struct LargePairing<'a> {
    /// Lanes without a partner, by thread number.
    left: Pair<Vec<usize>>,
    faces: &'a Pair<Vec<LaneFingerprint>>,
    pairs: Vec<(Pair<usize>, Evidence)>,
}

impl LargePairing<'_> {
    fn groups<K: Ord>(&self, key: impl Fn(Side, usize) -> Option<K>) -> Groups<K> {
        let mut groups = Groups::new();
        for side in Side::BOTH {
            for &lane in self.left.on(side) {
                if let Some(key) = key(side, lane) {
                    groups.entry(key).or_default().on_mut(side).push(lane);
                }
            }
        }
        groups
    }

    /// Pairs the first of each group with the first, the second with the second.
    fn in_step<K>(&mut self, groups: Groups<K>) {
        let mut lanes = Vec::new();
        for group in groups.into_values() {
            let both = group.reference.into_iter().zip(group.candidate);
            lanes.extend(both.map(|(reference, candidate)| Pair::new(reference, candidate)));
        }
        self.take(lanes);
    }

    /// Pairs within each group those that are most alike, of those that stand near one another.
    fn likeliest<K>(&mut self, groups: Groups<K>, near: usize) {
        let mut scored = Vec::new();
        for group in groups.into_values() {
            for (rank, &r) in group.reference.iter().enumerate() {
                let from = rank.saturating_sub(near);
                for (rank_c, &c) in group.candidate.iter().enumerate().skip(from).take(2 * near) {
                    let alike = self.faces.reference[r].likeness(&self.faces.candidate[c]);
                    if let Some((score, _)) = alike {
                        scored.push((std::cmp::Reverse(score), rank, rank_c, Pair::new(r, c)));
                    }
                }
            }
        }
        scored.sort_by_key(|&(score, r, c, _)| (score, r, c));
        self.take(scored.into_iter().map(|(_, _, _, lanes)| lanes));
    }

    /// Pairs the lanes in this order, as far as they are free.
    fn take(&mut self, lanes: impl IntoIterator<Item = Pair<usize>>) {
        let mut is_taken = self.faces.as_ref().map(|faces| vec![false; faces.len()]);
        for lanes in lanes {
            if is_taken.reference[lanes.reference] || is_taken.candidate[lanes.candidate] {
                continue;
            }
            is_taken.reference[lanes.reference] = true;
            is_taken.candidate[lanes.candidate] = true;
            let (mine, theirs) =
                (&self.faces.reference[lanes.reference], &self.faces.candidate[lanes.candidate]);
            if let Some((_, evidence)) = mine.likeness(theirs) {
                self.pairs.push((lanes, evidence));
            }
        }
        for side in Side::BOTH {
            self.left.on_mut(side).retain(|&lane| !is_taken.on(side)[lane]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lane that calls `first` first and then does what only `own` does.
    fn face(first: u32, own: u64) -> LaneFingerprint {
        let symbols = vec![SymbolId(first); 8];
        let tokens = [vec![u64::from(first); 4], vec![1_000 + own; 4]].concat();
        LaneFingerprint { first_call: Some(SymbolId(first)), tokens, symbols }
    }

    fn pairs_of(faces: &Pair<Vec<LaneFingerprint>>) -> Vec<(usize, usize)> {
        let free = faces.as_ref().map(|faces| (0..faces.len()).collect());
        let processes = faces.as_ref().map(|faces| vec![Some(0); faces.len()]);
        let pairs = best_first(&free, faces, &processes, 10);
        let mut pairs: Vec<_> =
            pairs.iter().map(|(lanes, _)| (lanes.reference, lanes.candidate)).collect();
        pairs.sort_unstable();
        pairs
    }

    #[test]
    fn equal_lanes_find_one_another_however_far_apart() {
        let reference = (0..100).map(|own| face(1, own)).collect();
        let candidate = (0..100).map(|own| face(1, 99 - own)).collect();
        let shown: Vec<_> = (0..100).map(|lane| (lane, 99 - lane)).collect();
        assert_eq!(pairs_of(&Pair::new(reference, candidate)), shown);
    }

    #[test]
    fn what_calls_another_function_first_stays_alone() {
        let reference = (0..3).map(|own| face(1, own)).chain([face(2, 0)]).collect();
        let candidate = [face(3, 0)].into_iter().chain((0..3).map(|own| face(1, own))).collect();
        assert_eq!(pairs_of(&Pair::new(reference, candidate)), [(0, 1), (1, 2), (2, 3)]);
    }

    #[test]
    fn all_that_call_the_same_function_pair_though_none_is_equal() {
        let reference = (0..40).map(|own| face(1, own)).collect();
        let candidate = (0..60).map(|own| face(1, 500 + own)).collect();
        let shown: Vec<_> = (0..40).map(|lane| (lane, lane)).collect();
        assert_eq!(pairs_of(&Pair::new(reference, candidate)), shown);
    }
}

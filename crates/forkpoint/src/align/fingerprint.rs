//! What a lane looks like from its first events, and how alike two lanes look.

use crate::align::filter::AlignedLane;
use crate::align::pairing::Evidence;
use crate::profile::Role;
use crate::trace::{SymbolId, Symbols};

/// How many first events are compared.
pub const PREFIX_LEN: usize = 64;

/// The first events of a lane.
pub struct LaneFingerprint {
    /// The function that is called first, however late.
    pub first_call: Option<SymbolId>,
    /// The first events, by all that is compared of them.
    pub tokens: Vec<u64>,
    /// The first events by kind and name alone, sorted.
    pub symbols: Vec<SymbolId>,
}

/// How likely two lanes are one thread: whether they call the same function first, then how much of
/// their first events is alike. More is likelier.
pub type Score = (bool, usize);

impl LaneFingerprint {
    /// Returns the face of a lane.
    pub fn of(stream: &AlignedLane<'_>, symbols: &Symbols) -> Self {
        let length = stream.len().min(PREFIX_LEN);
        let mut calls = (0..stream.len()).map(|nth| stream.symbol(nth));
        let mut bag: Vec<SymbolId> = (0..length).map(|nth| stream.symbol(nth)).collect();
        bag.sort_unstable();
        Self {
            first_call: calls.find(|&id| {
                symbols.of(id).role.is_some_and(|role| matches!(role, Role::Call | Role::Whole))
            }),
            tokens: (0..length).map(|nth| stream.token(nth)).collect(),
            symbols: bag,
        }
    }

    /// Returns how likely the two are one thread, and why; none if too little is alike.
    pub fn likeness(&self, other: &Self) -> Option<(Score, Evidence)> {
        let same_call = self.first_call.is_some() && self.first_call == other.first_call;
        let alike = common(&self.symbols, &other.symbols);
        let of = self.tokens.len().max(other.tokens.len());
        if !same_call && alike * 2 < of {
            return None; // not even half of the first events are of one kind
        }
        let prefix = self.tokens.iter().zip(&other.tokens).take_while(|(a, b)| a == b).count();
        let first_call = self.first_call.filter(|_| same_call);
        Some(((same_call, 2 * prefix + alike), Evidence::Likeness { alike, of, first_call }))
    }
}

/// Returns how many two sorted lists have in common.
fn common(mut mine: &[SymbolId], mut theirs: &[SymbolId]) -> usize {
    let mut n_common = 0;
    while let (Some((a, rest)), Some((b, others))) = (mine.split_first(), theirs.split_first()) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => mine = rest,
            std::cmp::Ordering::Greater => theirs = others,
            std::cmp::Ordering::Equal => {
                n_common += 1;
                (mine, theirs) = (rest, others);
            }
        }
    }
    n_common
}

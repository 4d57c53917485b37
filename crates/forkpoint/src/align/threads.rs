//! Which lane of one log is which of the other.
//!
//! Evidence is lineage where the logs tell who created whom ([`lineage`]), else the first function
//! called and the likeness of the first events; ties go by thread number. Nothing depends on how the
//! lanes' lines interleave.

use std::collections::BTreeMap;

use crate::align::lineage::{self, Lineage};
use crate::align::processes;
use crate::align::streams::Stream;
use crate::pair::{Pair, Side};
use crate::profile::{Role, RuleId};
use crate::trace::{LaneKey, SymbolId, Symbols};

/// How many first events are compared.
const LOOK: usize = 64;

/// More pairs than this are not scored one by one; lanes then pair within their first call.
const MAX_SCORED: usize = 4_000_000;

/// Two lanes that are one thread.
#[derive(Clone, Debug)]
pub struct Paired {
    /// The lanes, by their places in the logs.
    pub lanes: Pair<usize>,
    /// Why.
    pub evidence: Evidence,
}

/// Why two lanes are taken for one thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The user said so.
    Told,
    /// Their first events are alike: so many of so many, and perhaps the first call.
    Likeness {
        /// How many of the first events are alike.
        alike: usize,
        /// How many were looked at.
        of: usize,
        /// The function that both call first.
        first_call: Option<SymbolId>,
    },
    /// Paired threads created them alike.
    Lineage {
        /// The lanes that created them.
        parents: Pair<usize>,
    },
    /// They were the only ones left.
    LeftOver,
}

impl Evidence {
    /// Returns whether the pair may well be wrong: less than half of the first events are alike.
    pub fn is_doubtful(&self) -> bool {
        match self {
            Self::Told | Self::Lineage { .. } => false,
            Self::Likeness { alike, of, .. } => alike * 2 < *of,
            Self::LeftOver => true,
        }
    }
}

/// What pairing found.
#[derive(Debug, Default)]
pub struct Pairing {
    /// The pairs, in the order of the reference's lanes.
    pub pairs: Vec<Paired>,
    /// Lanes without a partner.
    pub unpaired: Pair<Vec<usize>>,
}

/// Pairs the lanes; `told` are the pairs that the user named, and `child_rule` is the rule by which an
/// event that creates a thread tells the thread's number.
pub fn pair(
    streams: &Pair<Vec<Stream<'_>>>,
    symbols: &Symbols,
    told: &[Pair<LaneKey>],
    child_rule: Option<RuleId>,
) -> Pairing {
    let mut taken = streams.as_ref().map(|streams| vec![false; streams.len()]);
    let mut pairs = Vec::new();
    for keys in told {
        let find = |side: Side| {
            streams.on(side).iter().position(|stream| stream.lane.key == *keys.on(side))
        };
        if let (Some(reference), Some(candidate)) = (find(Side::Reference), find(Side::Candidate)) {
            take(&mut taken, &mut pairs, Pair::new(reference, candidate), Evidence::Told);
        }
    }
    let faces = streams
        .as_ref()
        .map(|streams| streams.iter().map(|stream| Face::of(stream, symbols)).collect::<Vec<_>>());
    let processes = processes::pair(streams);
    let lineage = streams.as_ref().map(|streams| Lineage::of(streams, symbols, child_rule));
    // Threads that nobody created first, then whom they created, and whom those did.
    for (lanes, evidence) in best_first(streams, &faces, &taken, &processes) {
        let root = |side: Side| !lineage.on(side).is_child(*lanes.on(side));
        if Side::BOTH.into_iter().all(root)
            && !taken.reference[lanes.reference]
            && !taken.candidate[lanes.candidate]
        {
            take(&mut taken, &mut pairs, lanes, evidence);
        }
    }
    let mut next = 0;
    while let Some(parents) = pairs.get(next).map(|paired| paired.lanes) {
        for lanes in lineage::children(&lineage, parents) {
            if !taken.reference[lanes.reference] && !taken.candidate[lanes.candidate] {
                take(&mut taken, &mut pairs, lanes, Evidence::Lineage { parents });
            }
        }
        next += 1;
    }
    for (lanes, evidence) in best_first(streams, &faces, &taken, &processes) {
        if !taken.reference[lanes.reference] && !taken.candidate[lanes.candidate] {
            take(&mut taken, &mut pairs, lanes, evidence);
        }
    }
    let left = |taken: &[bool], streams: &[Stream<'_>]| -> Vec<usize> {
        // A lane of which nothing is left to align has no need of a partner.
        (0..taken.len()).filter(|&lane| !taken[lane] && !streams[lane].is_empty()).collect()
    };
    let mut unpaired = Pair::of(|side| left(taken.on(side), streams.on(side)));
    if let (&[reference], &[candidate]) = (&*unpaired.reference, &*unpaired.candidate) {
        take(&mut taken, &mut pairs, Pair::new(reference, candidate), Evidence::LeftOver);
        unpaired = Pair::default();
    }
    pairs.sort_by_key(|paired| streams.reference[paired.lanes.reference].lane.key);
    Pairing { pairs, unpaired }
}

fn take(
    taken: &mut Pair<Vec<bool>>,
    pairs: &mut Vec<Paired>,
    lanes: Pair<usize>,
    evidence: Evidence,
) {
    taken.reference[lanes.reference] = true;
    taken.candidate[lanes.candidate] = true;
    pairs.push(Paired { lanes, evidence });
}

/// What a lane looks like from its first events.
struct Face {
    first_call: Option<SymbolId>,
    tokens: Vec<u64>,
    symbols: BTreeMap<SymbolId, usize>,
}

impl Face {
    fn of(stream: &Stream<'_>, symbols: &Symbols) -> Self {
        let length = stream.len().min(LOOK);
        let calls = (0..stream.len()).map(|nth| stream.symbol(nth));
        let mut bag = BTreeMap::new();
        for nth in 0..length {
            *bag.entry(stream.symbol(nth)).or_default() += 1;
        }
        Self {
            first_call: calls.into_iter().find(|&id| symbols.of(id).role == Some(Role::Call)),
            tokens: (0..length).map(|nth| stream.token(nth)).collect(),
            symbols: bag,
        }
    }

    /// Returns how many first events are alike, in order and then by kind and name alone.
    fn likeness(&self, other: &Self) -> (usize, usize) {
        let prefix = self.tokens.iter().zip(&other.tokens).take_while(|(a, b)| a == b).count();
        let common = self
            .symbols
            .iter()
            .map(|(symbol, count)| (*count).min(other.symbols.get(symbol).copied().unwrap_or(0)));
        (prefix, common.sum())
    }
}

/// Returns the pairs that may be, the likeliest first.
fn best_first(
    streams: &Pair<Vec<Stream<'_>>>,
    faces: &Pair<Vec<Face>>,
    taken: &Pair<Vec<bool>>,
    processes: &Pair<Vec<Option<usize>>>,
) -> Vec<(Pair<usize>, Evidence)> {
    let free = |side: Side| {
        let mut free: Vec<usize> = (0..taken.on(side).len())
            .filter(|&lane| !taken.on(side)[lane] && !streams.on(side)[lane].is_empty())
            .collect();
        free.sort_by_key(|&lane| streams.on(side)[lane].lane.key);
        free
    };
    let free = Pair::of(free);
    let many = free.reference.len().saturating_mul(free.candidate.len()) > MAX_SCORED;
    let mut scored = Vec::new();
    for (rank_r, &r) in free.reference.iter().enumerate() {
        for (rank_c, &c) in free.candidate.iter().enumerate() {
            if processes.reference[r].is_none() || processes.reference[r] != processes.candidate[c]
            {
                continue;
            }
            let (face_r, face_c) = (&faces.reference[r], &faces.candidate[c]);
            let same_call = face_r.first_call.is_some() && face_r.first_call == face_c.first_call;
            if many && (!same_call || rank_r.abs_diff(rank_c) > 1000) {
                continue;
            }
            let (prefix, alike) = face_r.likeness(face_c);
            let of = face_r.tokens.len().max(face_c.tokens.len());
            if !same_call && alike * 2 < of {
                continue; // not even half of the first events are of one kind
            }
            let score = (same_call, 2 * prefix + alike);
            let first_call = face_r.first_call.filter(|_| same_call);
            let evidence = Evidence::Likeness { alike, of, first_call };
            scored.push((score, rank_r, rank_c, Pair::new(r, c), evidence));
        }
    }
    // The best score first; among equals, thread numbers in step.
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    scored.into_iter().map(|(_, _, _, lanes, evidence)| (lanes, evidence)).collect()
}

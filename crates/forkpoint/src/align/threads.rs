//! Which lane of one log is which of the other.
//!
//! Evidence is lineage where the logs tell who created whom (`lineage`), else the first function
//! called and the likeness of the first events; ties go by thread number. Nothing depends on how the
//! lanes' lines interleave.

use crate::align::filter::AlignedLane;
use crate::align::fingerprint::LaneFingerprint;
use crate::align::lineage::{self, Lineage};
use crate::align::pairing::{Evidence, Paired, Pairing};
use crate::align::{large_pairing, processes};
use crate::pair::{Pair, Side};
use crate::profile::Profile;
use crate::trace::{LaneKey, Symbols};

/// Where there are more pairs of lanes than this, not every one is looked at ([`large_pairing`]).
const MAX_SCORED: usize = 1_000_000;

/// Pairs the lanes; `shown` are the pairs that the user named, and the profile says who says which thread
/// it creates.
pub fn pair(
    streams: &Pair<Vec<AlignedLane<'_>>>,
    symbols: &Symbols,
    shown: &[Pair<LaneKey>],
    profile: &Profile,
) -> Pairing {
    let mut taken = streams.as_ref().map(|streams| vec![false; streams.len()]);
    let mut pairs = Vec::new();
    for keys in shown {
        let find = |side: Side| {
            streams.on(side).iter().position(|stream| stream.lane.key == *keys.on(side))
        };
        if let (Some(reference), Some(candidate)) = (find(Side::Reference), find(Side::Candidate)) {
            take(&mut taken, &mut pairs, Pair::new(reference, candidate), Evidence::UserSpecified);
        }
    }
    let faces = streams.as_ref().map(|streams| {
        streams.iter().map(|stream| LaneFingerprint::of(stream, symbols)).collect::<Vec<_>>()
    });
    let processes = processes::pair(streams);
    let lineage = streams.as_ref().map(|streams| Lineage::of(streams, symbols, profile));
    // Threads that nobody created first, then whom they created, and whom those did.
    let free =
        |taken: &Pair<Vec<bool>>| Pair::of(|side| free_lanes(streams.on(side), taken.on(side)));
    let mut roots = free(&taken);
    for side in Side::BOTH {
        roots.on_mut(side).retain(|&lane| !lineage.on(side).is_child(lane));
    }
    for (lanes, evidence) in best_first(&roots, &faces, &processes) {
        if !taken.reference[lanes.reference] && !taken.candidate[lanes.candidate] {
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
    for (lanes, evidence) in best_first(&free(&taken), &faces, &processes) {
        if !taken.reference[lanes.reference] && !taken.candidate[lanes.candidate] {
            take(&mut taken, &mut pairs, lanes, evidence);
        }
    }
    let left = |taken: &[bool], streams: &[AlignedLane<'_>]| -> Vec<usize> {
        // A lane of which nothing is left to align has no need of a partner.
        (0..taken.len()).filter(|&lane| !taken[lane] && !streams[lane].is_empty()).collect()
    };
    let mut unpaired = Pair::of(|side| left(taken.on(side), streams.on(side)));
    // Threads of two programs are not one because nothing else is left.
    if let (&[reference], &[candidate]) = (&*unpaired.reference, &*unpaired.candidate)
        && processes.reference[reference].is_some()
        && processes.reference[reference] == processes.candidate[candidate]
    {
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

/// Returns the lanes that have no partner and something to align, by thread number.
fn free_lanes(streams: &[AlignedLane<'_>], taken: &[bool]) -> Vec<usize> {
    let mut free: Vec<usize> =
        (0..taken.len()).filter(|&lane| !taken[lane] && !streams[lane].is_empty()).collect();
    free.sort_by_key(|&lane| streams[lane].lane.key);
    free
}

/// Returns the pairs that may be, the likeliest first.
fn best_first(
    free: &Pair<Vec<usize>>,
    faces: &Pair<Vec<LaneFingerprint>>,
    processes: &Pair<Vec<Option<usize>>>,
) -> Vec<(Pair<usize>, Evidence)> {
    if free.reference.len().saturating_mul(free.candidate.len()) > MAX_SCORED {
        return large_pairing::best_first(free, faces, processes, MAX_SCORED);
    }
    let mut scored = Vec::new();
    for (rank_r, &r) in free.reference.iter().enumerate() {
        for (rank_c, &c) in free.candidate.iter().enumerate() {
            if processes.reference[r].is_none() || processes.reference[r] != processes.candidate[c]
            {
                continue;
            }
            if let Some((score, evidence)) = faces.reference[r].likeness(&faces.candidate[c]) {
                scored.push((score, rank_r, rank_c, Pair::new(r, c), evidence));
            }
        }
    }
    // The best score first; among equals, thread numbers in step.
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    scored.into_iter().map(|(_, _, _, lanes, evidence)| (lanes, evidence)).collect()
}

//! Which process of one log is which of the other.
//!
//! The process that wrote first is the program; its children are known by what they do, for their
//! order is scheduling. Lanes pair within paired processes only.

use std::collections::HashMap;

use crate::align::streams::Stream;
use crate::pair::Pair;

/// How many events of a process are looked at.
const LOOK: usize = 4096;

/// More pairs of processes than this are not scored: then they pair in the order of their first lines.
const MAX_SCORED: usize = 10_000;

/// For each lane, the number of the pair that its process belongs to; none if it has no partner.
pub fn pair(streams: &Pair<Vec<Stream<'_>>>) -> Pair<Vec<Option<usize>>> {
    let processes = streams.as_ref().map(|streams| Processes::of(streams));
    let mut pairs: Vec<Pair<usize>> = Vec::new();
    if !processes.reference.bags.is_empty() && !processes.candidate.bags.is_empty() {
        pairs.push(Pair::new(0, 0));
    }
    let mut taken = processes.as_ref().map(|processes| vec![false; processes.bags.len()]);
    for (score, lanes) in scored(&processes) {
        if score > 0 && !taken.reference[lanes.reference] && !taken.candidate[lanes.candidate] {
            taken.reference[lanes.reference] = true;
            taken.candidate[lanes.candidate] = true;
            pairs.push(lanes);
        }
    }
    Pair::of(|side| {
        let number = |process: &usize| pairs.iter().position(|pair| pair.on(side) == process);
        processes.on(side).of_lane.iter().map(number).collect()
    })
}

/// Returns the pairs of children, the likeliest first; among equals, those in step.
fn scored(processes: &Pair<Processes>) -> Vec<(usize, Pair<usize>)> {
    let Pair { reference, candidate } = processes.as_ref().map(|processes| &processes.bags);
    let many = reference.len().saturating_mul(candidate.len()) > MAX_SCORED;
    let mut scored = Vec::new();
    for (r, mine) in reference.iter().enumerate().skip(1) {
        for (c, theirs) in candidate.iter().enumerate().skip(1) {
            if many && r != c {
                continue;
            }
            let score = mine.iter().filter_map(|(token, n)| Some(*theirs.get(token)?.min(n))).sum();
            scored.push((score, Pair::new(r, c)));
        }
    }
    scored.sort_by_key(|&(score, pair)| {
        let Pair { reference: r, candidate: c } = pair;
        (std::cmp::Reverse(score), r.abs_diff(c), r)
    });
    scored
}

/// The processes of a log, in the order of their first lines.
struct Processes {
    of_lane: Vec<usize>,
    /// What each does: how often it has an event.
    bags: Vec<HashMap<u64, usize>>,
}

impl Processes {
    fn of(streams: &[Stream<'_>]) -> Self {
        let mut known: Vec<Option<u32>> = Vec::new();
        let mut this = Self { of_lane: Vec::new(), bags: Vec::new() };
        let mut seen: Vec<usize> = Vec::new();
        for stream in streams {
            let process = stream.lane.key.process;
            let number = known.iter().position(|known| *known == process).unwrap_or_else(|| {
                known.push(process);
                this.bags.push(HashMap::new());
                seen.push(0);
                known.len() - 1
            });
            this.of_lane.push(number);
            let look = stream.len().min(LOOK - seen[number]);
            seen[number] += look;
            for nth in 0..look {
                *this.bags[number].entry(stream.token(nth)).or_default() += 1;
            }
        }
        this
    }
}

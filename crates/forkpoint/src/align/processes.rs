//! Which process of one log is which of the other.
//!
//! The process that wrote first is the program; its children are known by what they do, for their
//! order is scheduling. Lanes pair within paired processes only. Invariant: processes that do little
//! alike do not correspond, whatever is aligned with what.

use std::collections::{BTreeSet, HashMap};

use crate::align::filter::AlignedLane;
use crate::pair::Pair;

/// How many events of a process are looked at.
const PREFIX_LEN: usize = 4096;

/// More pairs of processes than this are not all scored: then only those that have something in common
/// which few others have.
const MAX_SCORED: usize = 10_000;

/// An event that no more processes than this have says which they are; one that all have does not.
const FEW: usize = 16;

/// What one process alone does on each side, such as the file that it is to copy, counts as this many
/// events that others do too.
const OWN: usize = 64;

/// For each lane, the number of the pair that its process belongs to; none if it has no partner.
pub fn pair(streams: &Pair<Vec<AlignedLane<'_>>>) -> Pair<Vec<Option<usize>>> {
    let processes = streams.as_ref().map(|streams| Processes::of(streams));
    let bags = processes.as_ref().map(|processes| processes.bags.as_slice());
    let pairs = pairs(bags);
    Pair::of(|side| {
        let numbered = pairs.iter().enumerate();
        let number_of: HashMap<usize, usize> =
            numbered.map(|(number, pair)| (*pair.on(side), number)).collect();
        let number = |process: &usize| number_of.get(process).copied();
        processes.on(side).of_lane.iter().map(number).collect()
    })
}

/// What a process does: how often it has an event.
type Bag = HashMap<u64, usize>;

/// Returns which processes are one: the program with the program, and children by what they do.
fn pairs(bags: Pair<&[Bag]>) -> Vec<Pair<usize>> {
    let mut pairs: Vec<Pair<usize>> = Vec::new();
    if !bags.reference.is_empty() && !bags.candidate.is_empty() {
        pairs.push(Pair::new(0, 0));
    }
    let mut taken = bags.map(|bags| vec![false; bags.len()]);
    let mut take = |lanes: Pair<usize>| {
        if !taken.reference[lanes.reference] && !taken.candidate[lanes.candidate] {
            taken.reference[lanes.reference] = true;
            taken.candidate[lanes.candidate] = true;
            pairs.push(lanes);
        }
    };
    let owners = bags.map(owners);
    scored(bags, &owners).into_iter().for_each(&mut take);
    // Of those that nothing distinguishes, the first and the first.
    let left = |taken: &[bool]| -> Vec<usize> { (1..taken.len()).filter(|&n| !taken[n]).collect() };
    let left = taken.as_ref().map(|taken| left(taken));
    let same = |lanes: &Pair<usize>| {
        let (mine, theirs) = (&bags.reference[lanes.reference], &bags.candidate[lanes.candidate]);
        is_one_program(mine, theirs)
    };
    let in_step = left.reference.into_iter().zip(left.candidate);
    pairs.extend(in_step.map(|(r, c)| Pair::new(r, c)).filter(same));
    pairs
}

/// By event, the processes that have it.
type Owners = HashMap<u64, Vec<usize>>;

fn owners(bags: &[Bag]) -> Owners {
    let mut owners = Owners::new();
    for (number, bag) in bags.iter().enumerate().skip(1) {
        for token in bag.keys() {
            owners.entry(*token).or_default().push(number);
        }
    }
    owners
}

/// Returns the pairs of children, the likeliest first; among equals, those in step.
fn scored(bags: Pair<&[Bag]>, owners: &Pair<Owners>) -> Vec<Pair<usize>> {
    let Pair { reference, candidate } = bags;
    let many = reference.len().saturating_mul(candidate.len()) > MAX_SCORED;
    let mut scored = Vec::new();
    for (r, mine) in reference.iter().enumerate().skip(1) {
        let others: BTreeSet<usize> = if many {
            let few = |token| owners.candidate.get(token).filter(|owners| owners.len() <= FEW);
            mine.keys().filter_map(few).flatten().copied().collect()
        } else {
            (1..candidate.len()).collect()
        };
        for c in others {
            let theirs = &candidate[c];
            let weight = |token: &u64| {
                let alone = |owners: &Owners| owners.get(token).is_some_and(|all| all.len() == 1);
                if alone(&owners.reference) && alone(&owners.candidate) { OWN } else { 1 }
            };
            let in_common = mine
                .iter()
                .filter_map(|(token, n)| Some((*theirs.get(token)?.min(n)).max(1) * weight(token)));
            let score: usize = in_common.sum();
            if is_one_program(mine, theirs) {
                scored.push((score, Pair::new(r, c)));
            }
        }
    }
    scored.sort_by_key(|&(score, pair)| {
        let Pair { reference: r, candidate: c } = pair;
        (std::cmp::Reverse(score), r.abs_diff(c), r)
    });
    scored.into_iter().map(|(_, pair)| pair).collect()
}

/// Whether two processes run one program: of what the smaller does, the other does a quarter too. All
/// programs start alike, so a little in common says nothing.
fn is_one_program(mine: &Bag, theirs: &Bag) -> bool {
    let (small, large) = if mine.len() <= theirs.len() { (mine, theirs) } else { (theirs, mine) };
    let common = small.keys().filter(|token| large.contains_key(token)).count();
    common > 0 && common * 4 >= small.len()
}

/// The processes of a log, in the order of their first lines.
struct Processes {
    of_lane: Vec<usize>,
    /// What each does: how often it has an event.
    bags: Vec<Bag>,
}

impl Processes {
    fn of(streams: &[AlignedLane<'_>]) -> Self {
        let mut known: HashMap<Option<u32>, usize> = HashMap::new();
        let mut this = Self { of_lane: Vec::new(), bags: Vec::new() };
        let mut seen: Vec<usize> = Vec::new();
        for stream in streams {
            let process = stream.lane.key.process;
            let number = *known.entry(process).or_insert_with(|| {
                this.bags.push(Bag::new());
                seen.push(0);
                seen.len() - 1
            });
            this.of_lane.push(number);
            let look = stream.len().min(PREFIX_LEN - seen[number]);
            seen[number] += look;
            for nth in 0..look {
                *this.bags[number].entry(stream.token(nth)).or_default() += 1;
            }
        }
        this
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What all programs do at their start, and what one does for itself.
    fn child(start: u64, own: &[u64]) -> Bag {
        (start..start + 20).chain(own.iter().copied()).map(|token| (token, 2)).collect()
    }

    fn pairs_of(reference: &[Bag], candidate: &[Bag]) -> Vec<(usize, usize)> {
        let mut pairs: Vec<(usize, usize)> = pairs(Pair::new(reference, candidate))
            .into_iter()
            .map(|pair| (pair.reference, pair.candidate))
            .collect();
        pairs.sort_unstable();
        pairs
    }

    #[test]
    fn children_are_known_by_what_they_alone_do_and_not_by_their_order() {
        let reference = [Bag::new(), child(0, &[100]), child(0, &[200, 1, 2]), child(0, &[300])];
        let candidate = [Bag::new(), child(0, &[300, 7]), child(0, &[100]), child(0, &[200, 8])];
        assert_eq!(pairs_of(&reference, &candidate), [(0, 0), (1, 2), (2, 3), (3, 1)]);
    }

    #[test]
    fn so_they_are_where_there_are_hundreds() {
        let bags = |own: &dyn Fn(u64) -> u64| -> Vec<Bag> {
            [Bag::new()].into_iter().chain((0..300).map(|n| child(0, &[1000 + own(n)]))).collect()
        };
        let pairs = pairs_of(&bags(&|n| n), &bags(&|n| 299 - n));
        assert_eq!(pairs.len(), 301);
        assert!(pairs[1..].iter().all(|(r, c)| r + c == 301), "{pairs:?}");
    }

    #[test]
    fn other_programs_are_no_pair_though_they_start_at_the_same_time() {
        let reference = [Bag::new(), child(0, &[])];
        let candidate = [Bag::new(), child(18, &[])];
        assert_eq!(pairs_of(&reference, &candidate), [(0, 0)]);
    }

    #[test]
    fn children_that_nothing_tells_apart_pair_in_their_order() {
        let same: Vec<Bag> = (0..200).map(|_| child(0, &[])).collect();
        let pairs = pairs_of(&same, &same);
        assert!(pairs.len() == 200 && pairs.iter().all(|(r, c)| r == c));
    }
}

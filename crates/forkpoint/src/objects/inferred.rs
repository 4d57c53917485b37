//! Objects that no event creates: which of one log is which of the other, inferred from their uses.
//!
//! Two aligned events that name such objects say that the two are one. All that the logs say together
//! must be one to one; what contradicts the rest of it is a call on another object. The names said together
//! most often are believed first.
//!
//! Invariant: a name of an object that an event creates never comes here; a name that is destroyed means
//! something else afterwards.

use std::collections::{BTreeMap, BTreeSet};

use rapidhash::RapidHashMap;

use crate::objects::bijection::{ObjectMatch, ObjectMismatch};
use crate::pair::{Pair, Side};
use crate::profile::{Inferred, RuleId, Space};
use crate::trace::SymbolId;

/// A name of an object that no event creates: the word, and how often it was destroyed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// The word, as it is known beside those of other processes.
    pub word: u64,
    /// How many objects of this name were destroyed before.
    pub generation: u32,
}

/// Two names that aligned events give in one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Both {
    /// The kind of the names.
    pub space: Space,
    /// The names.
    pub names: Pair<Name>,
}

/// Where two names were given together.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    /// How often.
    pub count: u32,
    /// The first of these events, as positions in their lanes.
    pub at: Pair<u32>,
    /// The words as they are in the log.
    pub values: Pair<u64>,
    /// The rule that says that they are names.
    pub rule: RuleId,
    /// The field.
    pub field: u16,
    /// Which contradictions count.
    pub inferred: Inferred,
    /// Whether a function returned them: where such an object lies is its engine's affair.
    pub given: bool,
    /// Whether they were used otherwise.
    pub used: bool,
    /// The function that gave them first.
    pub function: SymbolId,
    /// Whether another function, or another field, gave them too.
    pub several: bool,
}

impl Use {
    /// Adds what is said elsewhere of the same names.
    pub fn add(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.given |= other.given;
        self.used |= other.used;
        let is_elsewhere = (self.function, self.field) != (other.function, other.field);
        self.several |= other.several || is_elsewhere;
    }

    /// Whether nothing speaks for the two being names of one object.
    fn is_alone(&self) -> bool {
        let differ = self.values.reference != self.values.candidate;
        self.inferred == Inferred::Supported && differ && !(self.used && self.several)
    }
}

/// What the aligned events of a pair of lanes say.
pub type Uses = RapidHashMap<Both, Use>;

/// Names that were given together, in all lanes.
#[derive(Clone, Copy, Debug)]
struct Edge {
    both: Both,
    /// How often, in all lanes.
    count: u64,
    /// The pair of lanes that said so first, and where.
    pair: usize,
    first: Use,
}

/// Returns the uses that contradict what most others say, in the order of the pairs of lanes; gets those of
/// each pair, in parts.
pub fn contradictions(uses: &[[&Uses; 2]]) -> Vec<ObjectMismatch> {
    let edges = all(uses);
    let mut degrees: Pair<RapidHashMap<(Space, Name), u32>> = Pair::default();
    for edge in &edges {
        for side in Side::BOTH {
            *degrees.on_mut(side).entry(edge.key(side)).or_default() += 1;
        }
    }
    let rivals = |edge: &Edge| -> u32 {
        Side::BOTH.iter().map(|&side| degrees.on(side)[&edge.key(side)] - 1).sum()
    };
    let layout = Layout::of(&edges);
    let mut contested: Vec<(u32, Edge)> =
        edges.iter().map(|edge| (rivals(edge), *edge)).filter(|(rivals, _)| *rivals > 0).collect();
    contested.sort_by_key(|(rivals, edge)| {
        (std::cmp::Reverse(edge.count), *rivals, edge.pair, edge.first.at, edge.both)
    });
    let mut taken: Pair<RapidHashMap<(Space, Name), ()>> = Pair::default();
    let mut rejected: Vec<(Edge, Pair<bool>)> = Vec::new();
    for (_, edge) in contested {
        let is_taken = Pair::of(|side| taken.on(side).contains_key(&edge.key(side)));
        if is_taken.reference || is_taken.candidate {
            rejected.push((edge, is_taken));
        } else {
            for side in Side::BOTH {
                taken.on_mut(side).insert(edge.key(side), ());
            }
        }
    }
    let regions = Regions::of(&edges, &rejected);
    let counts = |(edge, is_taken): &&(Edge, Pair<bool>)| match edge.first.inferred {
        // A function that gives a number again, and it is used: then what had it before is gone.
        Inferred::OneToOne | Inferred::Supported => !(edge.first.given && edge.first.used),
        Inferred::Corroborated => {
            is_taken.reference && is_taken.candidate && regions.are_steady(edge)
        }
    };
    let counted: BTreeSet<Both> =
        rejected.iter().filter(counts).map(|(edge, _)| edge.both).collect();
    // A contradiction reports both of its names.
    let reported: Pair<BTreeSet<(Space, Name)>> =
        Pair::of(|side| counted.iter().map(|both| (both.space, *both.names.on(side))).collect());
    let is_reported =
        |edge: &Edge| Side::BOTH.iter().any(|&side| reported.on(side).contains(&edge.key(side)));
    let mut found: Vec<ObjectMismatch> = edges
        .iter()
        .filter_map(|edge| {
            let is_against = counted.contains(&edge.both) || layout.is_against(edge);
            let is_alone = !is_against && edge.first.is_alone() && !is_reported(edge);
            (is_against || is_alone).then(|| edge.conflict(is_alone))
        })
        .collect();
    found.sort_by_key(|conflict| (conflict.pair, conflict.meeting.at));
    found
}

/// Returns what all lanes say, each pair of names once.
fn all(uses: &[[&Uses; 2]]) -> Vec<Edge> {
    let mut edges: RapidHashMap<Both, Edge> = RapidHashMap::default();
    for (pair, uses) in uses.iter().enumerate() {
        for (&both, &first) in uses.iter().copied().flatten() {
            let count = u64::from(first.count);
            let known = edges.entry(both).and_modify(|edge| {
                edge.count += count;
                edge.first.add(&first);
            });
            known.or_insert(Edge { both, count, pair, first });
        }
    }
    let mut edges: Vec<Edge> = edges.into_values().collect();
    edges.sort_unstable_by_key(|edge| edge.both);
    edges
}

impl Edge {
    fn key(&self, side: Side) -> (Space, Name) {
        (self.both.space, *self.both.names.on(side))
    }

    fn region(&self, side: Side) -> (Space, u64) {
        /// Addresses in 64 KiB are of one module, one heap or one stack.
        const BITS: u32 = 16;
        (self.both.space, self.both.names.on(side).word >> BITS)
    }

    fn distance(&self) -> u64 {
        let Pair { reference, candidate } = self.first.values;
        candidate.wrapping_sub(reference)
    }

    /// Returns how the two differ: as names of other objects, or as values that are no names.
    fn conflict(&self, is_alone: bool) -> ObjectMismatch {
        let Use { at, values, rule, field, .. } = self.first;
        let objects = Pair::default();
        let meeting = ObjectMatch { at, values, objects, rule, field };
        ObjectMismatch { pair: self.pair, meeting, objects: Pair::default(), is_alone }
    }
}

/// How far apart the names of one region lie in the two logs: where all but few lie at one address in both, as
/// in an image or in the memory of two runs that laid it out alike, one that does not has another name.
struct Layout(BTreeMap<(Space, u64), BTreeMap<u64, u64>>);

impl Layout {
    /// Fewer names than this say nothing of a region.
    const LEAST: u64 = 8;
    /// Of this many names, one may lie elsewhere and still be another name.
    const SHARE: u64 = 8;

    fn of(edges: &[Edge]) -> Self {
        let mut regions: BTreeMap<(Space, u64), BTreeMap<u64, u64>> = BTreeMap::new();
        for edge in edges.iter().filter(|edge| edge.first.inferred == Inferred::Corroborated) {
            let distances = regions.entry(Self::region(edge)).or_default();
            *distances.entry(edge.distance()).or_default() += 1;
        }
        Self(regions)
    }

    /// Regions of 1 MiB: images are as large, and stacks.
    fn region(edge: &Edge) -> (Space, u64) {
        (edge.both.space, edge.both.names.reference.word >> 20)
    }

    fn is_against(&self, edge: &Edge) -> bool {
        if edge.first.inferred != Inferred::Corroborated || edge.first.given {
            return false;
        }
        let Some(distances) = self.0.get(&Self::region(edge)) else { return false };
        let all: u64 = distances.values().sum();
        let Some((most, count)) = distances.iter().max_by_key(|(_, count)| **count) else {
            return false;
        };
        *most == 0
            && edge.distance() != 0
            && *count >= Self::LEAST
            && (all - count) * Self::SHARE <= all
    }
}

/// How much of what is said of the names in one region is contradicted. Where much is, as on stacks of two
/// builds of one engine, names mean one thing after another, and nothing follows from a contradiction.
struct Regions(Pair<BTreeMap<(Space, u64), (u64, u64)>>);

impl Regions {
    fn of(edges: &[Edge], rejected: &[(Edge, Pair<bool>)]) -> Self {
        let mut regions: Pair<BTreeMap<(Space, u64), (u64, u64)>> = Pair::default();
        for side in Side::BOTH {
            let regions = regions.on_mut(side);
            for (edge, _) in rejected {
                regions.entry(edge.region(side)).or_default().1 += edge.count;
            }
            for edge in edges {
                if let Some((all, _)) = regions.get_mut(&edge.region(side)) {
                    *all += edge.count;
                }
            }
        }
        Self(regions)
    }

    fn are_steady(&self, edge: &Edge) -> bool {
        /// This many contradictions prove nothing against a region.
        const FEW: u64 = 2;
        /// Of this many uses, one may be contradicted.
        const SHARE: u64 = 8;
        Side::BOTH.iter().all(|&side| {
            let region = self.0.on(side).get(&edge.region(side));
            region.is_none_or(|&(all, against)| against <= FEW || against * SHARE <= all)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(inferred: Inferred, said: &[(u64, u64, u32)]) -> Uses {
        let name = |word| Name { word, generation: 0 };
        let one = |(at, &(a, b, count)): (usize, &(u64, u64, u32))| {
            let both = Both { space: Space(0), names: Pair::new(name(a), name(b)) };
            let at = Pair::new(at as u32, at as u32);
            let (values, rule) = (Pair::new(a, b), RuleId(0));
            let (function, field, given) = (SymbolId(0), 0, false);
            let used = true;
            let several = false;
            let one =
                Use { count, at, values, rule, field, inferred, given, used, function, several };
            (both, one)
        };
        said.iter().enumerate().map(one).collect()
    }

    fn found(inferred: Inferred, said: &[(u64, u64, u32)]) -> Vec<(u64, u64)> {
        let uses = uses(inferred, said);
        let conflicts = contradictions(&[[&uses, &Uses::default()]]);
        conflicts.iter().map(|c| (c.meeting.values.reference, c.meeting.values.candidate)).collect()
    }

    #[test]
    fn what_contradicts_the_rest_is_found() {
        use Inferred::{Corroborated, OneToOne};
        let said = [(0x10, 0x20, 1), (0x14, 0x24, 1), (0x10, 0x24, 1)];
        assert_eq!(found(OneToOne, &said), [(0x10, 0x24)]);
        assert_eq!(found(Corroborated, &said), [(0x10, 0x24)]);
        // Nothing speaks for the second name.
        let said = [(0x10, 0x20, 3), (0x10, 0x24, 1)];
        assert_eq!(found(OneToOne, &said), [(0x10, 0x24)]);
        assert_eq!(found(Corroborated, &said), []);
        assert_eq!(found(OneToOne, &[(0x10, 0x20, 3), (0x14, 0x24, 1)]), []);
    }

    #[test]
    fn what_nothing_else_supports_is_a_value() {
        let said = [(0x10, 0x20, 3), (0x14, 0x14, 1)];
        assert_eq!(found(Inferred::Supported, &said), [(0x10, 0x20)], "of one function alone");
        let (mut one, mut other) = (uses(Inferred::Supported, &said), Uses::default());
        for (both, used) in &one {
            other.insert(*both, Use { function: SymbolId(1), ..*used });
        }
        assert!(contradictions(&[[&one, &other]]).is_empty(), "of two functions");
        one.values_mut().chain(other.values_mut()).for_each(|used| used.used = false);
        assert_eq!(contradictions(&[[&one, &other]]).len(), 1, "results alone may be errors");
    }

    #[test]
    fn where_names_mean_one_thing_after_another_nothing_follows() {
        let said: Vec<(u64, u64, u32)> =
            (0..6).flat_map(|n| [(n, n, 2), (n, (n + 1) % 6, 1)]).collect();
        assert_eq!(found(Inferred::Corroborated, &said), []);
        assert_eq!(found(Inferred::OneToOne, &said).len(), 6);
    }
}

//! Which thread created which: the children of two lanes that are one thread correspond in the order
//! in which they are created alike, whatever their numbers and whenever they start.

use std::collections::{BTreeMap, HashMap};

use crate::align::filter::AlignedLane;
use crate::pair::{Pair, Side};
use crate::profile::{Does, Profile, Role};
use crate::trace::{LaneKey, Place, Symbols};

/// The children of each lane of one log, as far as the log says.
#[derive(Debug, Default)]
pub struct Lineage {
    /// By parent: what its creation must be alike in, and the child, in the parent's order.
    children: Vec<Vec<(u64, usize)>>,
    is_child: Vec<bool>,
}

impl Lineage {
    /// Returns the lineage of one log.
    pub fn of(streams: &[AlignedLane<'_>], symbols: &Symbols, profile: &Profile) -> Self {
        let mut children = vec![Vec::new(); streams.len()];
        let mut is_child = vec![false; streams.len()];
        let Some(rule) = profile.child_thread_rule() else {
            let mut this = Self { children, is_child };
            this.by_what_they_get(streams, profile);
            return this;
        };
        let lane_of: HashMap<LaneKey, usize> =
            streams.iter().enumerate().map(|(lane, stream)| (stream.lane.key, lane)).collect();
        for (parent, stream) in streams.iter().enumerate() {
            let lane = stream.lane;
            for aside in lane.asides.iter().filter(|aside| aside.rule == rule) {
                let at = aside.at as usize;
                if symbols.of(lane.symbols[at]).role != Some(Role::Spawn) {
                    continue;
                }
                let thread = i64::try_from(aside.value).ok();
                let key = thread.map(|thread| LaneKey { process: lane.key.process, thread });
                let child = key.and_then(|key| lane_of.get(&key)).copied();
                if let Some(child) = child.filter(|&child| child != parent && !is_child[child]) {
                    is_child[child] = true;
                    children[parent].push((lane.tokens[at], child));
                }
            }
        }
        Self { children, is_child }
    }

    /// Where no thread's number is reported, a thread is known by what its creator hands over to it: of those
    /// that get the same, the first that is created starts first.
    fn by_what_they_get(&mut self, streams: &[AlignedLane<'_>], profile: &Profile) {
        let mut handed: BTreeMap<(Option<u32>, u64), Handed> = BTreeMap::new();
        for (number, stream) in streams.iter().enumerate() {
            let lane = stream.lane;
            for aside in &lane.asides {
                let Some(does) = profile.hands_over(aside.rule) else { continue };
                let (place, token) =
                    (lane.places.at(aside.at as usize), lane.tokens[aside.at as usize]);
                let handed = handed.entry((lane.key.process, aside.value)).or_default();
                match does {
                    Does::Creates => handed.created.push((place, number, token)),
                    _ => handed.started.push((place, number)),
                }
            }
        }
        let mut found = Vec::new();
        for mut handed in handed.into_values() {
            // One that failed, or that has not started yet, would shift all others.
            if handed.created.len() != handed.started.len() {
                continue;
            }
            handed.created.sort_unstable();
            handed.started.sort_unstable();
            found.extend(handed.created.into_iter().zip(handed.started));
        }
        found.sort_unstable();
        for ((created, parent, token), (started, child)) in found {
            if created < started && child != parent && !self.is_child[child] {
                self.is_child[child] = true;
                self.children[parent].push((token, child));
            }
        }
    }

    /// Returns whether the log says who created this lane.
    pub fn is_child(&self, lane: usize) -> bool {
        self.is_child[lane]
    }
}

/// Who creates threads with one value, and which threads start with it, each in the order of the log.
#[derive(Debug, Default)]
struct Handed {
    created: Vec<(Place, usize, u64)>,
    started: Vec<(Place, usize)>,
}

/// Returns the children of a pair of lanes that correspond: of those that are created alike, as many
/// on both sides, the first and the first, the second and the second.
pub fn children(lineage: &Pair<Lineage>, parents: Pair<usize>) -> Vec<Pair<usize>> {
    let mut alike: BTreeMap<u64, Pair<Vec<usize>>> = BTreeMap::new();
    for side in Side::BOTH {
        for &(token, child) in &lineage.on(side).children[*parents.on(side)] {
            alike.entry(token).or_default().on_mut(side).push(child);
        }
    }
    // Where one side has more, who is extra is for their first events to say.
    let same = alike.into_values().filter(|group| group.reference.len() == group.candidate.len());
    same.flat_map(|group| group.reference.into_iter().zip(group.candidate))
        .map(|(reference, candidate)| Pair::new(reference, candidate))
        .collect()
}

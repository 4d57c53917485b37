//! Which events of the candidate could know of an event: word travels down a lane, from a signal to
//! the wait that it ends, and from a thread to the threads that it creates.

use std::collections::BTreeMap;

use crate::align::tail::Tail;
use crate::analysis::analyse::Analysis;
use crate::analysis::cause::wakes::acts;
use crate::analysis::finding::EventRef;
use crate::pair::Side;
use crate::profile::Role;
use crate::trace::{Lane, Place};

/// This many steps between lanes are gone in all. What is not reached stays an origin: more origins
/// are reported then, never fewer, and that they are is reported too.
pub(super) const MAX_STEPS: usize = 1 << 24;

/// How word travels between the candidate's lanes.
#[derive(Debug, Default)]
pub(super) struct Edges {
    /// By lane: where it leaves (position), and where it arrives.
    leave: BTreeMap<usize, Vec<(usize, EventRef)>>,
}

impl Edges {
    /// Returns the edges of the candidate.
    pub(super) fn of(facts: &Analysis<'_>) -> Self {
        let mut edges = Self::default();
        let mut last_signal: BTreeMap<crate::objects::ObjectId, EventRef> = BTreeMap::new();
        let mut waiting: BTreeMap<crate::objects::ObjectId, Vec<EventRef>> = BTreeMap::new();
        for (object, act) in in_file_order(facts) {
            if act.signals {
                last_signal.insert(object, act.at);
                for wait in waiting.remove(&object).unwrap_or_default() {
                    edges.add(act.at, wait);
                }
            } else {
                if let Some(&signal) = last_signal.get(&object) {
                    edges.add(signal, act.at);
                }
                waiting.entry(object).or_default().push(act.at);
            }
        }
        edges.add_spawns(facts);
        edges.add_ends(facts);
        edges.leave.values_mut().for_each(|list| list.sort_unstable());
        edges
    }

    fn add(&mut self, from: EventRef, to: EventRef) {
        if from.lane != to.lane {
            // What follows the wait knows; the wait itself does not yet.
            let after = EventRef { position: to.position + 1, ..to };
            self.leave.entry(from.lane).or_default().push((from.position, after));
        }
    }

    /// A thread's number in the event that creates it says which lane it is.
    fn add_spawns(&mut self, facts: &Analysis<'_>) {
        let side = Side::Candidate;
        let lanes = &facts.traces.on(side).lanes;
        for (parent, lane) in lanes.iter().enumerate() {
            for aside in &lane.asides {
                let position = aside.at as usize;
                let spawns = facts.symbols.of(lane.symbols[position]).role == Some(Role::Spawn);
                if !spawns || facts.profile.child_thread_rule() != Some(aside.rule) {
                    continue;
                }
                let child = lanes.iter().position(|child| {
                    child.key.process == lane.key.process
                        && i64::try_from(aside.value) == Ok(child.key.thread)
                });
                if let Some(child) = child {
                    let start = EventRef { side, lane: child, position: 0 };
                    self.leave.entry(parent).or_default().push((position, start));
                }
            }
        }
    }

    /// An event that names a thread which has ended, other than the one that creates it, waits for its end.
    fn add_ends(&mut self, facts: &Analysis<'_>) {
        let side = Side::Candidate;
        let lanes = &facts.traces.on(side).lanes;
        let numbers = facts.profile.thread_rules();
        let ended = |lane: &&Lane| Tail::of(lane, facts.symbols) == Tail::Exited;
        let ends: BTreeMap<u64, (usize, Place)> = lanes
            .iter()
            .enumerate()
            .filter(|(_, lane)| ended(lane))
            .filter_map(|(number, lane)| {
                let thread = u64::try_from(lane.key.thread).ok()?;
                Some((thread, (number, lane.places.last()?)))
            })
            .collect();
        for (waiter, lane) in lanes.iter().enumerate() {
            for aside in lane.asides.iter().filter(|aside| numbers.contains(&aside.rule)) {
                let Some(&(child, end)) = ends.get(&aside.value) else { continue };
                let position = aside.at as usize;
                // A call may begin before the end that it waits for: its thread goes on behind it.
                let goes_on =
                    (position + 1 < lane.n_events()).then(|| lane.places.at(position + 1));
                if child != waiter && goes_on.is_none_or(|place| place > end) {
                    let last = lanes[child].n_events() - 1;
                    let here = EventRef { side, lane: waiter, position };
                    self.leave.entry(child).or_default().push((last, here));
                }
            }
        }
    }

    /// Returns, by lane, the first position that could know of the event at `start`; adds to
    /// the steps that were gone.
    pub(super) fn from(&self, start: EventRef, steps: &mut usize) -> BTreeMap<usize, usize> {
        let mut reached = BTreeMap::from([(start.lane, start.position)]);
        let mut work = vec![start.lane];
        while let Some(lane) = work.pop() {
            if *steps > MAX_STEPS {
                break;
            }
            let since = reached[&lane];
            let edges = self.leave.get(&lane).map_or(&[][..], Vec::as_slice);
            let first = edges.partition_point(|(position, _)| *position < since);
            *steps += 1 + edges.len() - first;
            for (_, to) in &edges[first..] {
                let known = reached.get(&to.lane).copied();
                if known.is_none_or(|known| to.position < known) {
                    reached.insert(to.lane, to.position);
                    work.push(to.lane);
                }
            }
        }
        reached
    }
}

fn in_file_order(facts: &Analysis<'_>) -> Vec<(crate::objects::ObjectId, super::wakes::Act)> {
    let mut acts = acts(facts, Side::Candidate);
    acts.sort_by_key(|(_, act)| -> (Place, bool) { (act.place, act.signals) });
    acts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_travels_along_edges_until_the_steps_are_gone() {
        let at = |lane, position| EventRef { side: Side::Candidate, lane, position };
        let mut edges = Edges::default();
        (0..9).for_each(|lane| edges.add(at(lane, 5), at(lane + 1, 1)));
        let mut steps = 0;
        assert_eq!(edges.from(at(0, 5), &mut steps).len(), 10);
        assert!(steps > 9 && steps < 100);
        assert_eq!(edges.from(at(0, 6), &mut steps).len(), 1, "the edge left before");
        steps = MAX_STEPS + 1;
        assert_eq!(edges.from(at(0, 5), &mut steps).len(), 1);
    }
}

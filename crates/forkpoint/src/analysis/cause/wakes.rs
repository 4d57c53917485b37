//! Who waits for an object and who signals it, in one log, in file order.

use crate::analysis::analyse::Analysis;
use crate::analysis::finding::EventRef;
use crate::objects::ObjectId;
use crate::pair::Side;
use crate::profile::{Does, Role};
use crate::trace::Place;

/// A wait for an object, or a signal to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Act {
    /// Where its line is.
    pub place: Place,
    /// The event.
    pub at: EventRef,
    /// Whether it signals; else it waits.
    pub signals: bool,
}

/// Returns the waits and signals of one log with the objects that they are about, in file order.
///
/// A call that names the object and an event that reports its effect are one signal.
pub(super) fn acts(facts: &Analysis<'_>, side: Side) -> Vec<(ObjectId, Act)> {
    let mut acts = Vec::new();
    let rules = &facts.identities.rules;
    for (lane, events) in facts.traces.on(side).lanes.iter().enumerate() {
        let mut last: Option<(ObjectId, bool, usize)> = None;
        for aside in &events.asides {
            let Some(used) = rules.of(aside.rule) else { continue };
            let signals = match used.does {
                Does::Signals => true,
                Does::Waits => false,
                Does::Creates | Does::Destroys | Does::Uses => continue,
            };
            let position = aside.at as usize;
            let place = events.places.at(position);
            let object =
                facts.identities.object(side, events.owner, (aside.rule, aside.value), place);
            let Some(object) = object else { continue };
            let said = last.is_some_and(|(before, was_signal, from)| {
                (before, was_signal) == (object, signals)
                    && !returns_between(facts, side, lane, from, position)
            });
            last = Some((object, signals, position));
            if !said {
                acts.push((object, Act { place, at: EventRef { side, lane, position }, signals }));
            }
        }
    }
    acts.sort_unstable();
    acts
}

/// Returns the object that a lane waits for at its end: the event that says so comes last, or is
/// followed by nothing that returns.
pub(super) fn waited_for(facts: &Analysis<'_>, at: EventRef) -> Option<(ObjectId, EventRef)> {
    /// The call around a wait stands so near.
    const NEAR: usize = 8;
    let lane = facts.lane(at.side, at.lane);
    for position in (at.position.saturating_sub(NEAR)..=at.position).rev() {
        let symbol = facts.symbols.of(lane.symbols[position]);
        if symbol.role.is_some_and(Role::has_returned) {
            return None;
        }
        for aside in lane.asides_at(position) {
            let waits =
                facts.identities.rules.of(aside.rule).is_some_and(|u| u.does == Does::Waits);
            let place = lane.places.at(position);
            if waits
                && let Some(object) =
                    facts.identities.object(at.side, lane.owner, (aside.rule, aside.value), place)
            {
                return Some((object, EventRef { position, ..at }));
            }
        }
    }
    None
}

fn returns_between(facts: &Analysis<'_>, side: Side, lane: usize, from: usize, to: usize) -> bool {
    /// What belongs to one call stands so near.
    const NEAR: usize = 16;
    let symbols = &facts.lane(side, lane).symbols;
    to - from > NEAR
        || symbols[from..=to]
            .iter()
            .any(|&id| facts.symbols.of(id).role.is_some_and(Role::has_returned))
}

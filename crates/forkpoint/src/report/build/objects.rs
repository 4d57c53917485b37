//! The objects that an event names, and when each lives.

use crate::analysis::{Analysis, EventRef, Finding};
use crate::objects::{ObjectId, Spot};
use crate::pair::{Pair, Side};
use crate::report::build::evidence::site;
use crate::report::{NamedObject, ObjectLife};

/// This many objects of an event are reported.
const SHOWN: usize = 8;

/// Returns the objects that an event names, each with what the profile calls such names, and the name.
pub fn named(facts: &Analysis<'_>, at: EventRef) -> Vec<(ObjectId, String, u64)> {
    let lane = facts.lane(at.side, at.lane);
    let identities = &facts.identities;
    let mut named: Vec<(ObjectId, String, u64)> = Vec::new();
    for aside in lane.asides_at(at.position) {
        let Some(used) = identities.rules.of(aside.rule) else { continue };
        let object =
            identities.object(at.side, lane.owner, (aside.rule, aside.value), facts.place(at));
        if let Some(object) = object
            && !named.iter().any(|(known, _, _)| *known == object)
        {
            let space = facts.profile.spaces[usize::from(used.space.0)].clone();
            named.push((object, space, aside.value));
        }
    }
    named
}

/// Returns the objects that the events of a finding name.
pub(super) fn of_finding(facts: &Analysis<'_>, found: &Finding) -> Vec<NamedObject> {
    let events = Side::BOTH.iter().filter_map(|&side| *found.at.on(side));
    let objects = events.flat_map(|at| {
        let named = named(facts, at).into_iter().take(SHOWN);
        named.map(move |(object, space, value)| {
            let partner = facts.identities.bijection.partner(at.side, object);
            let lives = Pair::of(|side| {
                let object = if side == at.side { Some(object) } else { partner };
                object.map(|object| life(facts, side, object))
            });
            NamedObject { side: at.side, space, value, lives }
        })
    });
    objects.collect()
}

fn life(facts: &Analysis<'_>, side: Side, object: ObjectId) -> ObjectLife {
    let at = |spot: Spot| {
        let at = EventRef { side, lane: spot.lane as usize, position: spot.position as usize };
        site(facts, at)
    };
    let whole = facts.identities.objects.on(side).get(object);
    ObjectLife { created: at(whole.born), destroyed: whole.died.map(at) }
}

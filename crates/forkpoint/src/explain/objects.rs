//! The objects that an event names, and what became of each on both sides.

use schemars::JsonSchema;
use serde::Serialize;

use crate::analysis::{Analysis, EventRef};
use crate::objects::{ObjectId, Spot};
use crate::pair::{Pair, Side};
use crate::profile::Does;
use crate::report::Site;
use crate::report::build::{named, site};

/// This many objects are reported.
const MAX_OBJECTS: usize = 8;

/// What became of an object that an event names.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ObjectUse {
    /// What the profile calls such names.
    pub space: String,
    /// The name, as a number.
    pub value: u64,
    /// What became of it, and of its partner on the other side.
    #[serde(flatten)]
    pub lives: Pair<Option<ObjectLifetime>>,
}

/// What became of an object in one log.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ObjectLifetime {
    /// Where it was created.
    pub created: Site,
    /// How many events use it after that.
    #[serde(rename = "uses")]
    pub n_uses: u64,
    /// The first of them.
    pub first_use: Option<Site>,
    /// The last of them.
    pub last_use: Option<Site>,
    /// Where it was destroyed.
    pub destroyed: Option<Site>,
}

/// Returns the objects that an event names, and how many more there are.
pub(super) fn objects(facts: &Analysis<'_>, at: EventRef) -> (Vec<ObjectUse>, usize) {
    let identities = &facts.identities;
    let mut named = named(facts, at);
    let n_more = named.len().saturating_sub(MAX_OBJECTS);
    named.truncate(MAX_OBJECTS);
    let shown = named.into_iter().map(|(object, space, value)| {
        let partner = identities.bijection.partner(at.side, object);
        let lives = Pair::of(|side| {
            let object = if side == at.side { Some(object) } else { partner };
            object.map(|object| life(facts, side, object))
        });
        ObjectUse { space, value, lives }
    });
    (shown.collect(), n_more)
}

fn life(facts: &Analysis<'_>, side: Side, object: ObjectId) -> ObjectLifetime {
    let at =
        |spot: Spot| EventRef { side, lane: spot.lane as usize, position: spot.position as usize };
    let whole = facts.identities.objects.on(side).get(object);
    let mut n_uses = 0;
    let mut ends: Option<(EventRef, EventRef)> = None;
    for (number, lane) in facts.traces.on(side).lanes.iter().enumerate() {
        let mut last = None;
        for aside in &lane.asides {
            let Some(used) = facts.identities.rules.of(aside.rule) else { continue };
            let position = aside.at as usize;
            let (place, is_use) = (lane.places.at(position), used.does != Does::Creates);
            if !is_use
                || last == Some(position)
                || facts.identities.object(side, lane.owner, (aside.rule, aside.value), place)
                    != Some(object)
            {
                continue;
            }
            last = Some(position);
            n_uses += 1;
            let here = EventRef { side, lane: number, position };
            ends = Some(ends.map_or((here, here), |(first, last)| {
                let before = place < facts.place(first);
                let after = place > facts.place(last);
                (if before { here } else { first }, if after { here } else { last })
            }));
        }
    }
    ObjectLifetime {
        created: site(facts, at(whole.born)),
        n_uses,
        first_use: ends.map(|(first, _)| site(facts, first)),
        last_use: ends.map(|(_, last)| site(facts, last)),
        destroyed: whole.died.map(|spot| site(facts, at(spot))),
    }
}

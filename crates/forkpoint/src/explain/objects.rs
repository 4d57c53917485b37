//! The objects that an event names, and what became of each on both sides.

use schemars::JsonSchema;
use serde::Serialize;

use crate::analysis::{At, Facts};
use crate::identity::{ObjectId, Spot};
use crate::pair::{Pair, Side};
use crate::profile::Does;
use crate::report::Site;
use crate::report::build::site;

/// So many objects are told.
const MAX_OBJECTS: usize = 8;

/// What became of an object that an event names.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ObjectTold {
    /// What the profile calls such names.
    pub space: String,
    /// The name, as a number.
    pub value: u64,
    /// What became of it, and of its partner on the other side.
    #[serde(flatten)]
    pub lives: Pair<Option<Life>>,
}

/// What became of an object in one log.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Life {
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
pub(super) fn objects(facts: &Facts<'_>, at: At) -> (Vec<ObjectTold>, usize) {
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
    let n_more = named.len().saturating_sub(MAX_OBJECTS);
    named.truncate(MAX_OBJECTS);
    let told = named.into_iter().map(|(object, space, value)| {
        let partner = identities.bijection.partner(at.side, object);
        let lives = Pair::of(|side| {
            let object = if side == at.side { Some(object) } else { partner };
            object.map(|object| life(facts, side, object))
        });
        ObjectTold { space, value, lives }
    });
    (told.collect(), n_more)
}

fn life(facts: &Facts<'_>, side: Side, object: ObjectId) -> Life {
    let at = |spot: Spot| At { side, lane: spot.lane as usize, position: spot.position as usize };
    let whole = facts.identities.objects.on(side).get(object);
    let mut n_uses = 0;
    let mut ends: Option<(At, At)> = None;
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
            let here = At { side, lane: number, position };
            ends = Some(ends.map_or((here, here), |(first, last)| {
                let before = place < facts.place(first);
                let after = place > facts.place(last);
                (if before { here } else { first }, if after { here } else { last })
            }));
        }
    }
    Life {
        created: site(facts, at(whole.born)),
        n_uses,
        first_use: ends.map(|(first, _)| site(facts, first)),
        last_use: ends.map(|(_, last)| site(facts, last)),
        destroyed: whole.died.map(|spot| site(facts, at(spot))),
    }
}

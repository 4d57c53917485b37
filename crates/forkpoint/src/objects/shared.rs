//! Which objects threads share.
//!
//! A per-thread id is made from the creating thread's number, so it is created once, by one thread.
//! An id that proves itself to be made from a guest pointer alone is therefore shared, and so is one
//! that threads of two different numbers create (in one log, or one in each). The recipe is
//! tried on ids that nothing proves yet.

use rapidhash::{RapidHashMap, RapidHashSet};

use crate::objects::object::Spot;
use crate::objects::recipe::Recipe;
use crate::pair::{Pair, Side};
use crate::profile::{Profile, Rule, RuleId};
use crate::trace::{Lane, LaneKey, Symbols, Trace};

/// The ids of the objects that threads share, in either log.
pub type SharedObjects = RapidHashSet<u64>;

/// The recipe is tried on this many ids, about 0.2 ms each.
const PROOFS: usize = 256;

/// Returns the objects that threads share.
pub fn shared_objects(traces: &Pair<Trace>, symbols: &Symbols, profile: &Profile) -> SharedObjects {
    let mut shared = SharedObjects::default();
    let mut threads: RapidHashMap<LaneKey, Thread> = RapidHashMap::default();
    let mut users: RapidHashMap<u64, Users> = RapidHashMap::default();
    let floats: Vec<bool> = profile.rules.iter().map(Rule::is_float_on_shared).collect();
    for side in Side::BOTH {
        for (number, lane) in traces.on(side).lanes.iter().enumerate() {
            let known = threads.len() as u32;
            let thread = *threads.entry(lane.key).or_insert(Thread(known));
            for aside in &lane.asides {
                if aside.rule == RuleId::SHARED {
                    shared.insert(aside.value);
                    continue;
                }
                if aside.rule.is_mark() || !floats[usize::from(aside.rule.0)] {
                    continue;
                }
                let creates = symbols.of(lane.symbols[aside.at as usize]).plan.shared.is_some();
                let event = Spot { lane: number as u32, position: aside.at };
                let users = users.entry(aside.value).or_default();
                if users.saw(side, thread, creates, event) {
                    shared.insert(aside.value);
                }
            }
        }
    }
    let mut suspects: Vec<(u64, Users)> = users
        .into_iter()
        .filter(|(id, users)| users.waited && users.creator.is_some() && !shared.contains(id))
        .collect();
    // What two threads use comes first.
    suspects.sort_by_key(|(id, users)| (!users.two, *id));
    let mut recipe = None;
    for (id, users) in suspects.into_iter().take(PROOFS) {
        let kind = users.creator.and_then(|creator| {
            let lane = &traces.on(creator.side).lanes[creator.event.lane as usize];
            object_type(lane, creator.event.position as usize)
        });
        let makes = |kind| recipe.get_or_insert_with(Recipe::new).makes(id, kind);
        if kind.is_some_and(makes) {
            shared.insert(id);
        }
    }
    shared
}

/// A thread by its name, in whichever log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Thread(u32);

/// Who uses an id. There may be as many as there are objects, so it is small.
#[derive(Debug, Default)]
struct Users {
    first: Pair<Option<Thread>>,
    /// Who creates it first.
    creator: Option<Creator>,
    /// Whether two threads of one log do.
    two: bool,
    /// Whether it is used otherwise than by its creation.
    waited: bool,
}

#[derive(Clone, Copy, Debug)]
struct Creator {
    thread: Thread,
    event: Spot,
    side: Side,
}

impl Users {
    /// Notes a use; returns whether another thread has created what this one creates.
    fn saw(&mut self, side: Side, thread: Thread, creates: bool, event: Spot) -> bool {
        self.two |= *self.first.on_mut(side).get_or_insert(thread) != thread;
        self.waited |= !creates;
        let creator = Creator { thread, event, side };
        creates && self.creator.get_or_insert(creator).thread != thread
    }
}

/// Returns the type that an event which creates an object says.
fn object_type(lane: &Lane, position: usize) -> Option<u32> {
    let asides = lane.asides_at(position);
    let mark = asides.iter().find(|aside| aside.rule == RuleId::OBJECT_TYPE)?;
    u32::try_from(mark.value).ok()
}

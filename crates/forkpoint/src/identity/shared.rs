//! Which objects threads share.
//!
//! A per-thread id is made from the creating thread's number, so it is created once, by one thread.
//! An id that proves itself to be made from a guest pointer alone, or that threads of two different
//! numbers create (in one log, or one in each), is therefore shared.

use std::collections::{HashMap, HashSet};

use crate::pair::{Pair, Side};
use crate::profile::{Profile, RuleId};
use crate::trace::{LaneKey, Symbols, Trace};

/// The ids of the objects that threads share, in either log.
pub type SharedObjects = HashSet<u64>;

/// Returns the objects that threads share.
pub fn shared_objects(traces: &Pair<Trace>, symbols: &Symbols, profile: &Profile) -> SharedObjects {
    let mut shared = SharedObjects::new();
    let mut creator: HashMap<u64, LaneKey> = HashMap::new();
    for side in Side::BOTH {
        for lane in &traces.on(side).lanes {
            for aside in &lane.asides {
                if aside.rule == RuleId::SHARED {
                    shared.insert(aside.value);
                    continue;
                }
                let creates = profile.rule(aside.rule).is_float_on_shared()
                    && symbols.of(lane.symbols[aside.at as usize]).plan.shared.is_some();
                if creates && *creator.entry(aside.value).or_insert(lane.key) != lane.key {
                    shared.insert(aside.value);
                }
            }
        }
    }
    shared
}

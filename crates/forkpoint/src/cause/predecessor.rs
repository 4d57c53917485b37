//! What let a thread go on: the signal that ended its last wait, and the event that created it.

use crate::cause::wakes::acts;
use crate::finding::{At, Facts};
use crate::profile::Role;

/// Returns the last wait of the event's thread that ended before it, and the signal that ended it:
/// the last one to the same object before the thread went on.
pub fn woken_by(facts: &Facts<'_>, at: At) -> Option<(At, Option<At>)> {
    let acts = acts(facts, at.side);
    let waits = acts
        .iter()
        .filter(|(_, act)| !act.signals && act.at.lane == at.lane && act.at.position < at.position);
    let (object, wait) = waits.max_by_key(|(_, act)| act.at.position)?;
    let lane = facts.lane(at.side, at.lane);
    // The call that waits may be followed by the wait itself; the thread goes on behind both.
    let waits_on = |position: &usize| {
        let role = facts.symbols.of(lane.symbols[*position]).role;
        matches!(role, Some(Role::Call | Role::Wait))
    };
    let goes_on = (wait.at.position + 1..=at.position).find(|position| !waits_on(position))?;
    let until = lane.places[goes_on];
    let signals = acts.iter().filter(|(other, act)| {
        act.signals && other == object && act.place < until && act.at.lane != at.lane
    });
    let signal = signals.max_by_key(|(_, act)| act.place).map(|(_, act)| act.at);
    Some((wait.at, signal))
}

/// Returns the event that created the event's thread: the one that tells the thread's number.
pub fn created_by(facts: &Facts<'_>, at: At) -> Option<At> {
    let rule = facts.profile.child_thread_rule()?;
    let key = facts.lane(at.side, at.lane).key;
    let start = facts.lane(at.side, at.lane).places.first()?;
    let mut latest = None;
    for (parent, lane) in facts.traces.on(at.side).lanes.iter().enumerate() {
        if parent == at.lane || lane.key.process != key.process {
            continue;
        }
        for aside in lane.asides.iter().filter(|aside| aside.rule == rule) {
            let position = aside.at as usize;
            let spawns = facts.symbols.of(lane.symbols[position]).role == Some(Role::Spawn);
            let is_it = i64::try_from(aside.value) == Ok(key.thread);
            // A number may be given again: the creation is the last one before the thread starts.
            let place = lane.places[position];
            if spawns && is_it && latest.is_none_or(|(before, _)| place > before && place < *start)
            {
                latest = Some((place, At { side: at.side, lane: parent, position }));
            }
        }
    }
    latest.map(|(_, at)| at)
}

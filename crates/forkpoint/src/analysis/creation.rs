//! Which event created a thread.

use crate::analysis::analyse::Analysis;
use crate::analysis::finding::EventRef;
use crate::profile::Role;

/// Returns the event that created the event's thread: the one that says the thread's number.
pub fn created_by(facts: &Analysis<'_>, at: EventRef) -> Option<EventRef> {
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
            let place = lane.places.at(position);
            if spawns && is_it && latest.is_none_or(|(before, _)| place > before && place < start) {
                latest = Some((place, EventRef { side: at.side, lane: parent, position }));
            }
        }
    }
    latest.map(|(_, at)| at)
}

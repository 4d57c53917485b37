//! Names that stand for one of several objects: a wait for any of them is ended by any of them.

use crate::objects::bijection::ObjectMismatch;
use crate::pair::{Pair, Side};
use crate::profile::{Profile, RuleId};
use crate::trace::Trace;

/// Reports which names may stand for one of several objects.
#[derive(Clone, Copy, Debug)]
pub struct Among<'a> {
    /// The logs.
    pub traces: &'a Pair<Trace>,
    /// The pairs of lanes.
    pub lanes: &'a [Pair<usize>],
    /// The rules.
    pub profile: &'a Profile,
}

impl Among<'_> {
    /// Whether the thread's last event that names objects by the other rule names several, on both sides.
    pub fn explains(&self, conflict: &ObjectMismatch) -> bool {
        let rules = &self.profile.rules;
        let Some(wanted) = &rules[usize::from(conflict.meeting.rule.0)].among else { return false };
        let Some(other) = rules.iter().position(|rule| rule.id == *wanted) else { return false };
        let other = RuleId(other as u16);
        Side::BOTH.iter().all(|&side| {
            let lane = *self.lanes[conflict.pair].on(side);
            let asides = &self.traces.on(side).lanes[lane].asides;
            let before = asides.partition_point(|aside| aside.at < *conflict.meeting.at.on(side));
            let mut named = asides[..before].iter().rev().filter(|aside| aside.rule == other);
            let last = named.next().map(|aside| aside.at);
            last.is_some() && named.next().map(|aside| aside.at) == last
        })
    }
}

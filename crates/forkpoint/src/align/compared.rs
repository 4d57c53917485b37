//! The two logs of a comparison, as rules look at them.

use crate::align::pairing::Paired;
use crate::objects::{ObjectId, ObjectNames};
use crate::pair::{Pair, Side};
use crate::profile::{Does, Made, Profile, Selector};
use crate::trace::{Lane, MaskedAt, Symbols, Trace};

/// Both logs, and what is known of them before they are walked.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// The logs.
    pub traces: &'a Pair<Trace>,
    /// The symbols of both.
    pub symbols: &'a Symbols,
    /// The rules.
    pub profile: &'a Profile,
    /// What names mean in both.
    pub names: ObjectNames<'a>,
    /// Which lane of one log is which of the other.
    pub pairs: &'a [Paired],
}

impl Compared<'_> {
    /// Returns the object that an event names in a field, if it is known.
    pub(super) fn named(
        &self,
        side: Side,
        lane: &Lane,
        position: usize,
        field: u16,
    ) -> Option<ObjectId> {
        let place = lane.places.at(position);
        lane.asides_at(position).iter().filter(|aside| aside.field == field).find_map(|aside| {
            let used = self.names.rules.of(aside.rule)?;
            let objects = self.names.objects.on(side);
            objects.resolve(used.space, aside.value, lane.owner, place).map(|(object, _)| object)
        })
    }

    /// Whether the object that an event names in a field was created by certain events.
    pub(super) fn is_made_by(&self, side: Side, lane: &Lane, position: usize, made: &Made) -> bool {
        /// An object has no more names than these, one made from the other.
        const MOST_NAMES: usize = 16;
        let place = lane.places.at(position);
        let mut named = lane.asides_at(position).iter().filter(|aside| aside.field == made.field);
        named.any(|aside| {
            let Some(used) = self.names.rules.of(aside.rule) else { return false };
            let objects = self.names.objects.on(side);
            let mut found = objects.resolve(used.space, aside.value, lane.owner, place);
            for _ in 0..MOST_NAMES {
                let Some((object, _)) = found else { return false };
                let born = objects.get(object).born;
                let lane = &self.traces.on(side).lanes[born.lane as usize];
                let position = born.position as usize;
                let symbol = self.symbols.of(lane.symbols[position]);
                let is_one = |of: &[Selector]| {
                    of.iter().any(|one| one.matches(&symbol.kind, symbol.name.as_deref()))
                };
                if is_one(&made.makers) {
                    return true;
                }
                if !is_one(&made.through) {
                    return false;
                }
                // The first name it takes is that of what it gives another name.
                let taken = |aside: &&MaskedAt| {
                    let other = self.names.rules.of(aside.rule);
                    other.is_some_and(|other| {
                        other.space == used.space && other.does != Does::Creates
                    })
                };
                found = lane.asides_at(position).iter().find(taken).and_then(|aside| {
                    let place = lane.places.at(position).before();
                    objects.resolve(used.space, aside.value, lane.owner, place)
                });
            }
            false
        })
    }
}

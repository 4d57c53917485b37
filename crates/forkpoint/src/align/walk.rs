//! Walks a pair of lanes in lock-step; where they part, goes on at the next anchor. Two events whose
//! difference a waiver is about stand beside each other all the same.
//!
//! The hot path compares tokens and allocates nothing; what rules left out of equal events is
//! counted on the way, and where it names objects, noted.

use std::collections::BTreeMap;

use crate::align::absorb::{Absorber, Excuses};
use crate::align::drift::{Constants, Drift};
use crate::align::exchange::Exchanged;
use crate::align::resync::{self, Gap};
use crate::align::streams::Stream;
use crate::identity::{Both, Meeting, Name, ObjectNames, Pointer, Use, Uses, scoped};
use crate::pair::{Pair, Side};
use crate::profile::plan::field_of;
use crate::profile::{Does, Role, RuleId, WaiverId};
use crate::trace::{AsideAt, Lane, Place};

/// Differences that a rule excused: how many, and the first.
#[derive(Clone, Debug, Default)]
pub struct Excusals {
    /// By rule: the count, and where the first was, as positions in the lanes.
    pub by_rule: Vec<Option<(u64, Pair<u32>)>>,
}

impl Excusals {
    fn add(&mut self, rule: RuleId, at: Pair<u32>) {
        let index = usize::from(rule.0);
        if self.by_rule.len() <= index {
            self.by_rule.resize(index + 1, None);
        }
        self.by_rule[index].get_or_insert((0, at)).0 += 1;
    }
}

/// What came of a walk.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// Runs of pairs of events that are equal or known to differ, in order.
    pub segments: Vec<Segment>,
    /// Where the lanes part, in order.
    pub partings: Vec<Parting>,
    /// What rules excused on the way.
    pub excusals: Excusals,
    /// Pairs of events that are known to differ.
    pub known: Known,
    /// Aligned events that name objects.
    pub meetings: Vec<Meeting>,
    /// Aligned events that name objects which no event creates: before the lanes first part, and behind.
    pub uses: Uses,
    /// Those behind.
    pub uses_behind: Uses,
    /// Where a number that may differ by a constant differs by another one than before.
    pub drifts: Vec<Drift>,
    /// Whether the lanes took the work of others, which settled where they part.
    pub exchanged: Option<Exchanged>,
    /// Whether the lanes were not followed to their ends: they agree nowhere near, or part too often.
    pub lost_sync: bool,
}

/// Pairs of events whose differences waivers are about.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// By waiver: how many, and which of the aligned events were the first.
    pub by_waiver: BTreeMap<WaiverId, (u64, Pair<usize>)>,
    /// How many before the lanes first part.
    pub n_before_parting: usize,
}

/// A run of pairs of events that are equal, or known to differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Which of the aligned events comes first, on each side.
    pub nth: Pair<usize>,
    /// How many pairs there are.
    pub length: usize,
}

/// Where two lanes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parting {
    /// Which of the aligned events, on each side; one past the last where a lane has ended.
    pub nth: Pair<usize>,
    /// How.
    pub how: How,
}

/// How two lanes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Two events differ, and it is so far to where the lanes agree again, if they do.
    Differ(Option<Gap>),
    /// This side has ended, the other goes on.
    Ends(Side),
}

impl Walk {
    /// Returns how many pairs of events stand beside each other before the lanes first part.
    pub fn matched(&self) -> usize {
        let first = self.segments.first().filter(|segment| segment.nth == Pair::new(0, 0));
        first.map_or(0, |segment| segment.length)
    }

    /// Returns how many pairs of events are known to differ.
    pub fn n_known(&self) -> usize {
        self.known.by_waiver.values().map(|(count, _)| *count as usize).sum()
    }

    /// Returns how many pairs of events are equal in all.
    pub fn equal(&self) -> usize {
        let beside: usize = self.segments.iter().map(|segment| segment.length).sum();
        beside - self.n_known()
    }

    /// Returns the aligned event that stands beside the `nth` of one side.
    pub fn beside(&self, side: Side, nth: usize) -> Option<usize> {
        let after = self.segments.partition_point(|segment| *segment.nth.on(side) <= nth);
        let segment = self.segments[..after].last()?;
        let ahead = nth - segment.nth.on(side);
        (ahead < segment.length).then_some(segment.nth.on(side.other()) + ahead)
    }
}

/// Walks two streams.
pub fn walk(streams: Pair<&Stream<'_>>, absorber: &Absorber<'_>) -> Walk {
    let names = absorber.names;
    let resync = absorber.profile.resync;
    let mut walk = Walk::default();
    let mut asides = streams.map(|stream| Asides { lane: stream.lane, next: 0 });
    let mut nth = Pair::new(0, 0);
    // What an earlier call left behind is noise, but once a call has gone otherwise, the first echo
    // that differs is its consequence, and told.
    let mut echo_told = true;
    loop {
        let start = nth;
        let constants = Constants::default(); // what differs in a gap may change them
        let mut step = Step { absorber, names, echo_told, constants, walk: &mut walk };
        let differ = step.go(streams, &mut nth, &mut asides);
        let length = nth.reference - start.reference;
        if length > 0 {
            walk.segments.push(Segment { nth: start, length });
        }
        if !differ {
            break;
        }
        let symbol = streams.reference.symbol(nth.reference);
        echo_told = absorber.symbols.of(symbol).role == Some(Role::Echo);
        let is_whole = absorber.symbols.of(symbol).role == Some(Role::Whole);
        let told_only = echo_told && absorber.excuses(streams, nth).is_some();
        let gap = if told_only || is_whole && resync::in_step(streams, nth, resync) {
            Some(Gap { reference: 1, candidate: 1 }) // the lanes do not part here
        } else {
            resync::next_anchor(streams, nth, resync)
        };
        walk.partings.push(Parting { nth, how: How::Differ(gap) });
        match gap {
            Some(gap) if walk.partings.len() <= resync.max_gaps => {
                nth = Pair::new(nth.reference + gap.reference, nth.candidate + gap.candidate);
            }
            _ => {
                walk.lost_sync = true;
                return walk;
            }
        }
    }
    let left = streams.zip(nth).map(|(stream, nth)| stream.len() - nth);
    if left.reference > 0 {
        walk.partings.push(Parting { nth, how: How::Ends(Side::Candidate) });
    } else if left.candidate > 0 {
        walk.partings.push(Parting { nth, how: How::Ends(Side::Reference) });
    }
    walk
}

/// A walk in lock-step.
struct Step<'a, 'b> {
    absorber: &'a Absorber<'a>,
    names: ObjectNames<'a>,
    echo_told: bool,
    constants: Constants,
    walk: &'b mut Walk,
}

impl Step<'_, '_> {
    /// Goes on while both streams are equal; returns whether a difference stopped it.
    fn go(
        &mut self,
        streams: Pair<&Stream<'_>>,
        nth: &mut Pair<usize>,
        asides: &mut Pair<Asides<'_>>,
    ) -> bool {
        let Pair { reference, candidate } = streams;
        while nth.reference < reference.len() && nth.candidate < candidate.len() {
            let at =
                Pair::new(reference.position(nth.reference), candidate.position(nth.candidate));
            let plain = plain_run(streams, *nth, at, asides);
            if plain > 0 {
                *nth = nth.map(|nth| nth + plain);
                continue;
            }
            if reference.lane.tokens[at.reference] != candidate.lane.tokens[at.candidate] {
                if let Some(excuses) = self.excuses(streams, *nth) {
                    excuses.rules.iter().for_each(|&rule| {
                        self.walk.excusals.add(rule, at.map(|at| at as u32));
                    });
                    self.walk.meetings.extend(excuses.met);
                } else if let Some(waiver) = self.absorber.waiver(streams, *nth) {
                    let walk = &mut *self.walk;
                    walk.known.by_waiver.entry(waiver).or_insert((0, *nth)).0 += 1;
                    walk.known.n_before_parting += usize::from(walk.partings.is_empty());
                } else {
                    return true;
                }
            }
            let left_out =
                Pair::new(asides.reference.at(at.reference), asides.candidate.at(at.candidate));
            if !left_out.reference.is_empty() || !left_out.candidate.is_empty() {
                let places = Pair::new(
                    reference.lane.places.at(at.reference),
                    candidate.lane.places.at(at.candidate),
                );
                let at = at.map(|at| at as u32);
                let (absorber, names) = (self.absorber, self.names);
                let constants = &mut self.constants;
                let processes = streams.map(|stream| stream.lane.owner);
                let symbol = absorber.symbols.of(reference.symbol(nth.reference));
                let returns = symbol.role.is_some_and(Role::is_return);
                let mut beside = Beside {
                    absorber,
                    names,
                    at,
                    places,
                    constants,
                    processes,
                    returns,
                    walk: self.walk,
                };
                beside.count(left_out);
            }
            nth.reference += 1;
            nth.candidate += 1;
        }
        false
    }

    fn excuses(&self, streams: Pair<&Stream<'_>>, nth: Pair<usize>) -> Option<Excuses> {
        let excuses = self.absorber.excuses(streams, nth)?;
        let symbol = self.absorber.symbols.of(streams.reference.symbol(nth.reference));
        (self.echo_told || symbol.role != Some(Role::Echo)).then_some(excuses)
    }
}

/// Returns how many events from here on are equal and left nothing aside: nearly all events. Some of
/// them, if that is quicker to tell.
#[inline]
fn plain_run(
    streams: Pair<&Stream<'_>>,
    nth: Pair<usize>,
    at: Pair<usize>,
    asides: &mut Pair<Asides<'_>>,
) -> usize {
    let row = streams.zip(nth).map(|(stream, nth)| stream.in_a_row(nth));
    let reference = row.reference.min(asides.reference.plain_from(at.reference));
    let candidate = row.candidate.min(asides.candidate.plain_from(at.candidate));
    let length = reference.min(candidate);
    let tokens = streams.zip(at).map(|(stream, at)| &stream.lane.tokens[at..at + length]);
    let equal = |(a, b): &(&u64, &u64)| a == b;
    tokens.reference.iter().zip(tokens.candidate).take_while(equal).count()
}

/// Goes along a lane's asides as the walk goes along its events.
struct Asides<'a> {
    lane: &'a Lane,
    next: usize,
}

impl<'a> Asides<'a> {
    /// Returns how many events from `position` on have left nothing aside.
    #[inline]
    fn plain_from(&mut self, position: usize) -> usize {
        let asides = &self.lane.asides;
        while asides.get(self.next).is_some_and(|aside| (aside.at as usize) < position) {
            self.next += 1;
        }
        asides.get(self.next).map_or(usize::MAX, |aside| aside.at as usize - position)
    }

    /// Returns what the event at `position` has left aside.
    #[inline]
    fn at(&mut self, position: usize) -> &'a [AsideAt] {
        self.plain_from(position);
        let asides = &self.lane.asides;
        let start = self.next;
        while asides.get(self.next).is_some_and(|aside| aside.at as usize == position) {
            self.next += 1;
        }
        &asides[start..self.next]
    }
}

/// What was left out of two events that count as equal.
struct Beside<'a, 'b> {
    absorber: &'a Absorber<'a>,
    names: ObjectNames<'a>,
    at: Pair<u32>,
    places: Pair<Place>,
    constants: &'b mut Constants,
    processes: Pair<Option<u32>>,
    /// Whether the events are returns.
    returns: bool,
    walk: &'b mut Walk,
}

impl Beside<'_, '_> {
    /// Counts where it differs, and notes the objects that it names.
    fn count(&mut self, left_out: Pair<&[AsideAt]>) {
        let (mut a, mut b) = (left_out.reference, left_out.candidate);
        loop {
            match (a.split_first(), b.split_first()) {
                (None, None) => return,
                (Some((x, rest)), None) => {
                    self.excuse(x.rule);
                    a = rest;
                }
                (None, Some((y, rest))) => {
                    self.excuse(y.rule);
                    b = rest;
                }
                (Some((x, rest_a)), Some((y, rest_b))) => {
                    match (x.rule, x.field).cmp(&(y.rule, y.field)) {
                        std::cmp::Ordering::Equal => {
                            self.meet(x, y);
                            (a, b) = (rest_a, rest_b);
                        }
                        std::cmp::Ordering::Less => {
                            self.excuse(x.rule);
                            a = rest_a;
                        }
                        std::cmp::Ordering::Greater => {
                            self.excuse(y.rule);
                            b = rest_b;
                        }
                    }
                }
            }
        }
    }

    fn excuse(&mut self, rule: RuleId) {
        if !rule.is_mark() && self.absorber.profile.rule(rule).treats_values() {
            self.walk.excusals.add(rule, self.at);
        }
    }

    /// Whether a rule has put a field aside to know how large an object is: its value is compared.
    fn tells_size(&self, aside: &AsideAt) -> bool {
        !aside.rule.is_mark()
            && self
                .absorber
                .profile
                .rule(aside.rule)
                .size
                .as_ref()
                .is_some_and(|size| size.field == aside.field)
    }

    fn meet(&mut self, reference: &AsideAt, candidate: &AsideAt) {
        if self.absorber.profile.rule_is_affine(reference.rule) {
            let values = Pair::new(reference.value, candidate.value);
            let (rule, field) = (reference.rule, reference.field);
            if let Some(before) = self.constants.drift((rule, field), values) {
                self.walk.drifts.push(Drift { at: self.at, rule, values, before });
                return; // a difference that is told is not excused
            }
        }
        if self.tells_size(reference) {
            return; // it is compared by itself
        }
        if reference.value != candidate.value {
            self.excuse(reference.rule);
        }
        let Some(used) = self.names.rules.of(reference.rule) else { return };
        let values = Pair::new(reference.value, candidate.value);
        let objects = Pair::of(|side| {
            let objects = self.names.objects.on(side);
            let (value, process) = (*values.on(side), *self.processes.on(side));
            // What an event destroys is what was there before it.
            let place = *self.places.on(side);
            let place = if used.does == Does::Destroys { place.before() } else { place };
            let found = objects.resolve(used.space, value, process, place);
            found.map(|(object, offset)| Pointer { object, offset })
        });
        // A name that means nothing on either side proves nothing.
        if objects.reference.is_some() || objects.candidate.is_some() {
            let (rule, field) = (reference.rule, reference.field);
            self.walk.meetings.push(Meeting { at: self.at, values, objects, rule, field });
        } else if let Some(inferred) = used.inferred {
            let names = Pair::of(|side| {
                let word = scoped(*values.on(side), *self.processes.on(side));
                let place = *self.places.on(side);
                let objects = self.names.objects.on(side);
                Name { word, generation: objects.generation(used.space, word, place) }
            });
            let (at, rule, field) = (self.at, reference.rule, reference.field);
            let fresh =
                Use { count: 0, at, values, rule, field, inferred, given: false, used: false };
            let both = Both { space: used.space, names };
            let before = self.walk.partings.is_empty();
            let walk = &mut *self.walk;
            let uses = if before { &mut walk.uses } else { &mut walk.uses_behind };
            let known = uses.entry(both).or_insert(fresh);
            known.count += 1;
            let is_given = self.returns && field == field_of(&["return_value"]);
            known.given |= is_given;
            known.used |= !is_given;
        }
    }
}

//! Walks a pair of lanes in lock-step; where they diverge, goes on at the next anchor. Two events whose
//! difference a waiver is about are aligned all the same.
//!
//! The hot path compares tokens and allocates nothing; what rules left out of equal events is
//! counted on the way, and where it names objects, noted.

use crate::align::absorb::{Absorber, Excuses};
use crate::align::alignment::{Divergence, DivergenceKind, LaneAlignment, MatchedRun};
use crate::align::drift::{Constants, Drift};
use crate::align::filter::AlignedLane;
use crate::align::pieces::Pieces;
use crate::align::resync::{self, Gap};
use crate::objects::{Both, Name, ObjectMatch, ObjectNames, Pointer, Use, scoped};
use crate::pair::{Pair, Side};
use crate::profile::plan::field_of;
use crate::profile::{Does, Role, RuleId};
use crate::trace::{Lane, MaskedAt, Place, SymbolId};

/// Walks two streams.
pub fn walk(streams: Pair<&AlignedLane<'_>>, absorber: &Absorber<'_>) -> LaneAlignment {
    let names = absorber.logs.names;
    let resync = absorber.logs.profile.resync;
    let mut walk = LaneAlignment::default();
    let mut asides = streams.map(|stream| Asides { lane: stream.lane, next: 0 });
    let mut nth = Pair::new(0, 0);
    // What an earlier call left behind is noise, but once a call has gone otherwise, the first echo
    // that differs is its consequence, and reported.
    let mut echo_told = true;
    let mut pieces = Pieces::default();
    let mut n_gaps = 0;
    loop {
        let start = nth;
        let constants = Constants::default(); // what differs in a gap may change them
        let mut step = Step { absorber, names, echo_told, constants, walk: &mut walk };
        let differ = step.go(streams, &mut nth, &mut asides);
        let length = nth.reference - start.reference;
        if length > 0 {
            walk.segments.push(MatchedRun { nth: start, length });
        }
        if !differ {
            break;
        }
        let symbol = streams.reference.symbol(nth.reference);
        echo_told = absorber.logs.symbols.of(symbol).role == Some(Role::Echo);
        let is_whole = absorber.logs.symbols.of(symbol).role == Some(Role::Whole);
        let told_only = echo_told && absorber.excuses(streams, nth).is_some();
        let gap = if told_only || is_whole && resync::in_step(streams, nth, resync) {
            Some(Gap { reference: 1, candidate: 1 }) // the lanes do not part here
        } else if let Some(piece) = pieces.at(nth) {
            Some(piece)
        } else {
            let whole = match pieces.rest(nth) {
                Some(rest) => Some(rest),
                None => {
                    n_gaps += 1;
                    resync::next_anchor(streams, nth, resync)
                }
            };
            whole.and_then(|whole| {
                pieces = Pieces::of(streams, nth, whole, absorber);
                pieces.at(nth)
            })
        };
        walk.divergences.push(Divergence { nth, how: DivergenceKind::Differ(gap) });
        match gap {
            Some(gap) if n_gaps <= resync.max_gaps => {
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
        walk.divergences.push(Divergence { nth, how: DivergenceKind::Ends(Side::Candidate) });
    } else if left.candidate > 0 {
        walk.divergences.push(Divergence { nth, how: DivergenceKind::Ends(Side::Reference) });
    }
    walk
}

/// A walk in lock-step.
struct Step<'a, 'b> {
    absorber: &'a Absorber<'a>,
    names: ObjectNames<'a>,
    echo_told: bool,
    constants: Constants,
    walk: &'b mut LaneAlignment,
}

impl Step<'_, '_> {
    /// Goes on while both streams are equal; returns whether a difference stopped it.
    fn go(
        &mut self,
        streams: Pair<&AlignedLane<'_>>,
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
                    walk.known.n_before_parting += usize::from(walk.divergences.is_empty());
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
                let function = reference.symbol(nth.reference);
                let symbol = absorber.logs.symbols.of(function);
                let returns = symbol.role.is_some_and(Role::is_return);
                let mut beside = Beside {
                    absorber,
                    names,
                    at,
                    places,
                    constants,
                    processes,
                    function,
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

    fn excuses(&self, streams: Pair<&AlignedLane<'_>>, nth: Pair<usize>) -> Option<Excuses> {
        let excuses = self.absorber.excuses(streams, nth)?;
        let symbol = self.absorber.logs.symbols.of(streams.reference.symbol(nth.reference));
        (self.echo_told || symbol.role != Some(Role::Echo)).then_some(excuses)
    }
}

/// Returns how many events from here on are equal and left nothing aside: nearly all events. Some of
/// them, if that is quicker to tell.
#[inline]
fn plain_run(
    streams: Pair<&AlignedLane<'_>>,
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
    fn at(&mut self, position: usize) -> &'a [MaskedAt] {
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
    /// The function of the events.
    function: SymbolId,
    /// Whether the events are returns.
    returns: bool,
    walk: &'b mut LaneAlignment,
}

impl Beside<'_, '_> {
    /// Counts where it differs, and notes the objects that it names.
    fn count(&mut self, left_out: Pair<&[MaskedAt]>) {
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
        if !rule.is_mark() && self.absorber.logs.profile.rule(rule).treats_values() {
            self.walk.excusals.add(rule, self.at);
        }
    }

    /// Whether a rule has put a field aside to know how large an object is: its value is compared.
    fn tells_size(&self, aside: &MaskedAt) -> bool {
        !aside.rule.is_mark()
            && self
                .absorber
                .logs
                .profile
                .rule(aside.rule)
                .size
                .as_ref()
                .is_some_and(|size| size.field == aside.field)
    }

    fn meet(&mut self, reference: &MaskedAt, candidate: &MaskedAt) {
        if self.absorber.logs.profile.rule_is_affine(reference.rule) {
            let values = Pair::new(reference.value, candidate.value);
            let (rule, field) = (reference.rule, reference.field);
            if let Some(before) = self.constants.drift((rule, field), values) {
                self.walk.drifts.push(Drift { at: self.at, rule, values, before });
                return; // a difference that is reported is not excused
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
            self.walk.meetings.push(ObjectMatch { at: self.at, values, objects, rule, field });
        } else if let Some(inferred) = used.inferred {
            let names = Pair::of(|side| {
                let word = scoped(*values.on(side), *self.processes.on(side));
                let place = *self.places.on(side);
                let objects = self.names.objects.on(side);
                Name { word, generation: objects.generation(used.space, word, place) }
            });
            let (at, rule, field) = (self.at, reference.rule, reference.field);
            let given = self.returns && field == field_of(&["return_value"]);
            let function = self.function;
            let both = Both { space: used.space, names };
            let (count, used, several) = (1, !given, false);
            let here =
                Use { count, at, values, rule, field, inferred, given, used, function, several };
            let before = self.walk.divergences.is_empty();
            let walk = &mut *self.walk;
            let uses = if before { &mut walk.uses } else { &mut walk.uses_behind };
            uses.entry(both).and_modify(|known| known.add(&here)).or_insert(here);
        }
    }
}

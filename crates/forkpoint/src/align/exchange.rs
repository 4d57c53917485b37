//! Detects worker threads that divided the same work differently.
//!
//! What a thread does between two calls that wait, signal or are about an object that several threads use is
//! a piece of work, and so is each such call. Threads of one process that begin alike
//! may do one another's pieces; each piece is compared in its order and with its objects, only who does it
//! is free. Pieces of a single thread in another order are a divergence.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use crate::align::alignment::{Exchanged, LaneAlignment};
use crate::align::filter::AlignedLane;
use crate::align::pairing::Paired;
use crate::objects::{ObjectId, ObjectNames, ObjectRules, Objects};
use crate::pair::{Pair, Side};
use crate::profile::{Does, Exchange, Profile, Role, RuleId, Space};
use crate::trace::Symbols;
use crate::value::fold;

/// Lanes that begin with this many equal events run one procedure.
const BEGINNING: usize = 8;

/// A piece of work: its lane, and its aligned events.
type Piece = (usize, Range<usize>);

/// Settles the divergences of lanes that took one another's work, if a rule lets them.
pub fn settle(
    streams: &Pair<Vec<AlignedLane<'_>>>,
    pairs: &[Paired],
    walks: &mut [LaneAlignment],
    profile: &Profile,
    symbols: &Symbols,
    names: ObjectNames<'_>,
) {
    for (rule, exchange) in profile.exchanges() {
        let mut groups: BTreeMap<(Pair<Option<u32>>, u64), Vec<usize>> = BTreeMap::new();
        for (pair, walk) in walks.iter().enumerate() {
            let lanes = pairs[pair].lanes;
            let stream = &streams.reference[lanes.reference];
            let parts = !walk.divergences.is_empty() && walk.matched() >= BEGINNING;
            if parts && begins(exchange, symbols, stream) {
                let process = Pair::of(|side| streams.on(side)[*lanes.on(side)].lane.owner);
                let beginning = (0..BEGINNING).fold(0, |key, nth| fold(key, stream.token(nth)));
                groups.entry((process, beginning)).or_default().push(pair);
            }
        }
        for group in groups.into_values().filter(|group| group.len() > 1) {
            let first = pairs[group[0]].lanes;
            let process = Pair::of(|side| streams.on(side)[*first.on(side)].lane.owner);
            let spaces = profile.spaces_of_waits();
            let shared = Pair::of(|side| {
                shared(
                    streams.on(side),
                    names.objects.on(side),
                    names.rules,
                    *process.on(side),
                    &spaces,
                )
            });
            let work = Work { streams, profile, symbols, names, shared: &shared };
            let all: Vec<Pair<BTreeMap<u64, Vec<Piece>>>> =
                group.iter().map(|&pair| work.pieces(pairs[pair].lanes, &walks[pair])).collect();
            let keys = |pieces: &BTreeMap<u64, Vec<Piece>>| -> Vec<(u64, usize)> {
                pieces.iter().map(|(key, pieces)| (*key, pieces.len())).collect()
            };
            // Work that stayed where it was, in another order, is not an exchange.
            let moved = all.iter().all(|pieces| keys(&pieces.reference) != keys(&pieces.candidate));
            let together = Pair::of(|side| {
                let mut together: BTreeMap<u64, Vec<Piece>> = BTreeMap::new();
                for (key, pieces) in all.iter().flat_map(|pieces| pieces.on(side)) {
                    together.entry(*key).or_default().extend(pieces.iter().cloned());
                }
                together
            });
            if !moved || keys(&together.reference) != keys(&together.candidate) {
                continue;
            }
            if !work.agree_on_objects(&together, walks) {
                continue;
            }
            for &pair in &group {
                let lanes = pairs[pair].lanes;
                let matched = walks[pair].matched();
                let events =
                    Pair::of(|side| (streams.on(side)[*lanes.on(side)].len() - matched) as u64);
                let stream = &streams.reference[lanes.reference];
                settle_one(stream, &mut walks[pair], Exchanged { rule, events });
            }
        }
    }
}

fn begins(exchange: &Exchange, symbols: &Symbols, stream: &AlignedLane<'_>) -> bool {
    let first = symbols.of(stream.symbol(0));
    exchange.first.matches(&first.kind, first.name.as_deref())
}

/// What is needed to compare pieces of work.
struct Work<'a> {
    streams: &'a Pair<Vec<AlignedLane<'a>>>,
    profile: &'a Profile,
    symbols: &'a Symbols,
    names: ObjectNames<'a>,
    /// Objects of both sides that several threads use.
    shared: &'a Pair<HashSet<ObjectId>>,
}

/// Returns the objects of a process that several of its threads use, of the kinds that threads wait for.
fn shared(
    streams: &[AlignedLane<'_>],
    objects: &Objects,
    rules: &ObjectRules,
    process: Option<u32>,
    spaces: &[Space],
) -> HashSet<ObjectId> {
    let mut users: HashMap<ObjectId, usize> = HashMap::new();
    let mut shared = HashSet::new();
    for (number, stream) in streams.iter().enumerate() {
        let lane = stream.lane;
        for aside in lane.asides.iter().filter(|_| lane.owner == process) {
            let Some(used) = rules.of(aside.rule).filter(|used| spaces.contains(&used.space))
            else {
                continue;
            };
            let place = lane.places.at(aside.at as usize);
            if let Some((object, _)) = objects.resolve(used.space, aside.value, lane.owner, place)
                && *users.entry(object).or_insert(number) != number
            {
                shared.insert(object);
            }
        }
    }
    shared
}

impl Work<'_> {
    /// Returns the pieces of a pair of lanes from the one on in which they diverge, by what is done in them.
    fn pieces(&self, lanes: Pair<usize>, walk: &LaneAlignment) -> Pair<BTreeMap<u64, Vec<Piece>>> {
        Pair::of(|side| {
            let lane = *lanes.on(side);
            let stream = &self.streams.on(side)[lane];
            let parted = walk.matched().min(stream.len());
            let mut pieces: BTreeMap<u64, Vec<Piece>> = BTreeMap::new();
            let mut from = 0;
            for to in self.borders(side, stream) {
                if to > parted {
                    let key = (from..to).fold(0, |key, nth| fold(key, stream.token(nth)));
                    pieces.entry(key).or_default().push((lane, from..to));
                }
                from = to;
            }
            pieces
        })
    }

    /// Whether an event is about an object that several threads use.
    fn is_about_shared(&self, side: Side, stream: &AlignedLane<'_>, nth: usize) -> bool {
        let (lane, position) = (stream.lane, stream.position(nth));
        let place = lane.places.at(position);
        lane.asides_at(position).iter().any(|aside| {
            let Some(used) = self.names.rules.of(aside.rule) else { return false };
            let objects = self.names.objects.on(side);
            let object = objects.resolve(used.space, aside.value, lane.owner, place);
            object.is_some_and(|(object, _)| self.shared.on(side).contains(&object))
        })
    }

    /// Returns where the pieces of a lane end: before a call that waits, signals or is about an object that
    /// several threads use, and behind its return.
    fn borders(&self, side: Side, stream: &AlignedLane<'_>) -> Vec<usize> {
        let mut borders = Vec::new();
        let mut inside: Option<&str> = None;
        for nth in 0..stream.len() {
            let symbol = self.symbols.of(stream.symbol(nth));
            let name = symbol.name.as_deref();
            match inside {
                Some(_) if symbol.role == Some(Role::Return) && name == inside => {
                    borders.push(nth + 1);
                    inside = None;
                }
                Some(_) => {}
                None if symbol.role == Some(Role::Call)
                    && (self.profile.blocks(&symbol.kind, name)
                        || self.profile.signals(&symbol.kind, name)
                        || self.is_about_shared(side, stream, nth)) =>
                {
                    borders.push(nth);
                    inside = name;
                }
                None => {}
            }
        }
        borders.push(stream.len());
        borders
    }

    /// Whether equal pieces of both sides name objects that are one to one.
    fn agree_on_objects(
        &self,
        pieces: &Pair<BTreeMap<u64, Vec<Piece>>>,
        walks: &[LaneAlignment],
    ) -> bool {
        let mut known = Partners::default();
        let creates =
            |rule: RuleId| self.names.rules.of(rule).is_some_and(|used| used.does == Does::Creates);
        for meeting in walks.iter().flat_map(|walk| &walk.meetings) {
            if let (true, Pair { reference: Some(a), candidate: Some(b) }) =
                (creates(meeting.rule), meeting.objects)
            {
                known.learn(Pair::new(a.object, b.object));
            }
        }
        let both = pieces.reference.iter().zip(&pieces.candidate);
        for ((_, reference), (_, candidate)) in both {
            // Of several equal pieces nobody knows which is which.
            if reference.len() > 1 {
                continue;
            }
            for ((lane, events), (other, others)) in reference.iter().zip(candidate) {
                let lanes = Pair::new(*lane, *other);
                let mut own = Partners::default();
                for nth in events.clone().zip(others.clone()) {
                    if !self.agree(lanes, Pair::new(nth.0, nth.1), &mut known, &mut own) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// Whether two events of equal pieces name objects that are one to one with all that is known: those
    /// that threads share in all pieces, a thread's own in this piece.
    fn agree(
        &self,
        lanes: Pair<usize>,
        nth: Pair<usize>,
        known: &mut Partners,
        own: &mut Partners,
    ) -> bool {
        let streams = Pair::of(|side: Side| &self.streams.on(side)[*lanes.on(side)]);
        let at = streams.zip(nth).map(|(stream, nth)| stream.position(nth));
        let asides = streams.zip(at).map(|(stream, at)| stream.lane.asides_at(at));
        for (a, b) in asides.reference.iter().zip(asides.candidate) {
            if (a.rule, a.field) != (b.rule, b.field) {
                return true; // what one of them lacks is not a name
            }
            let Some(used) = self.names.rules.of(a.rule) else { continue };
            let values = Pair::new(a.value, b.value);
            let objects = Pair::of(|side: Side| {
                let lane = streams.on(side).lane;
                let place = lane.places.at(*at.on(side));
                let (value, objects) = (*values.on(side), self.names.objects.on(side));
                let found = objects.resolve(used.space, value, lane.owner, place);
                found.map(|(object, _)| object)
            });
            let Pair { reference: Some(a_object), candidate: Some(b_object) } = objects else {
                continue;
            };
            let objects = Pair::new(a_object, b_object);
            let is_shared =
                Side::BOTH.iter().any(|&side| self.shared.on(side).contains(objects.on(side)));
            let partners = if is_shared { &mut *known } else { &mut *own };
            if !partners.may_be(objects) {
                return false;
            }
            partners.learn(objects);
        }
        true
    }
}

/// Which object of one log is which of the other.
#[derive(Default)]
struct Partners {
    of_reference: HashMap<ObjectId, ObjectId>,
    of_candidate: HashMap<ObjectId, ObjectId>,
}

impl Partners {
    fn learn(&mut self, objects: Pair<ObjectId>) {
        self.of_reference.entry(objects.reference).or_insert(objects.candidate);
        self.of_candidate.entry(objects.candidate).or_insert(objects.reference);
    }

    fn may_be(&self, objects: Pair<ObjectId>) -> bool {
        let other = self.of_reference.get(&objects.reference);
        let own = self.of_candidate.get(&objects.candidate);
        other.is_none_or(|other| *other == objects.candidate)
            && own.is_none_or(|own| *own == objects.reference)
    }
}

fn settle_one(stream: &AlignedLane<'_>, walk: &mut LaneAlignment, exchanged: Exchanged) {
    let matched = walk.matched();
    walk.segments.truncate(1);
    walk.divergences.clear();
    walk.lost_sync = false;
    walk.exchanged = Some(exchanged);
    // Behind the divergence nothing stood beside what it should have, so what was met there means nothing.
    let end = stream.position(matched.min(stream.len() - 1));
    walk.meetings.retain(|meeting| (meeting.at.reference as usize) < end);
    walk.uses_behind.clear();
}

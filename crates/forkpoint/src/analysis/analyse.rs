//! The table of contents: the order of the steps from two traces to all that is known of them.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::align::absorb::Absorber;
use crate::align::alignment::LaneAlignment;
use crate::align::compared::Compared;
use crate::align::explain::{self, Difference, Spot};
use crate::align::filter::{AlignedLane, EventFilter};
use crate::align::new_names::NewNames;
use crate::align::oddity::FloatMismatch;
use crate::align::pairing::{Paired, Pairing};
use crate::align::random_draws::RandomDraws;
use crate::align::tail::Tail;
use crate::align::walk::walk;
use crate::align::{byte_streams, exchange, floats, tallies, threads};
use crate::analysis::finding::EventRef;
use crate::analysis::options::Options;
use crate::objects::{
    Among, Identities, ObjectMatch, ObjectMismatch, ObjectNames, ObjectRules, Objects, Uses,
    contradictions, shared_objects,
};
use crate::pair::{Pair, Side};
use crate::profile::{Profile, Role, RuleId};
use crate::trace::{Lane, Place, Symbol, Symbols, Trace};
use crate::value::Value;

/// How a call ends: the error that it names, if it names one.
pub(super) type Outcome = Option<String>;

/// All that the comparison found.
#[derive(Debug)]
pub struct Analysis<'a> {
    /// The logs.
    pub traces: &'a Pair<Trace>,
    /// Their symbols.
    pub symbols: &'a Symbols,
    /// The rules.
    pub profile: &'a Profile,
    /// What the user asked for.
    pub options: &'a Options,
    /// What was aligned of each lane.
    pub streams: Pair<Vec<AlignedLane<'a>>>,
    /// Which lanes are one thread.
    pub pairing: Pairing,
    /// What came of each pair.
    pub walks: Vec<LaneAlignment>,
    /// Which object is which.
    pub identities: Identities,
    /// Aligned events that name objects that do not correspond.
    pub conflicts: Vec<ObjectMismatch>,
    /// Floats that are not as they should be.
    pub oddities: Vec<FloatMismatch>,
    /// How many events of each rule floated.
    pub floated: BTreeMap<RuleId, Pair<u64>>,
    /// How many differences each rule excused inside of floats.
    pub left_out_of_floats: BTreeMap<RuleId, u64>,
    /// Where each process has drawn bytes by chance.
    pub draws: RandomDraws,
    /// The names that come to be in each log.
    pub births: NewNames,
}

/// Analyses two logs. Both must have been read with this profile and these symbols.
pub fn analyse<'a>(
    traces: &'a Pair<Trace>,
    symbols: &'a Symbols,
    profile: &'a Profile,
    options: &'a Options,
) -> Analysis<'a> {
    let rules = ObjectRules::new(profile);
    let (shared, objects) = rayon::join(
        || shared_objects(traces, symbols, profile),
        || objects(traces, symbols, profile, &rules),
    );
    let sieve = EventFilter::new(traces, symbols, profile, &shared);
    let names = ObjectNames { objects: &objects, rules: &rules };
    let streams = Pair::of(|side| sift(&sieve, side, &traces.on(side).lanes, names));
    let pairing = threads::pair(&streams, symbols, &options.pinned_pairs, profile);
    let draws = RandomDraws::default();
    let births = NewNames::default();
    let logs = Compared { traces, symbols, profile, names, pairs: &pairing.pairs };
    let absorber = Absorber { logs, draws: &draws, births: &births, today: options.today };
    let mut walks: Vec<LaneAlignment> = pairing
        .pairs
        .par_iter()
        .map(|paired| walk(side_by_side(&streams, paired), &absorber))
        .collect();
    walks.par_iter_mut().zip(&pairing.pairs).for_each(|(walk, paired)| {
        byte_streams::settle(side_by_side(&streams, paired), walk, &absorber);
    });
    exchange::settle(&streams, &pairing.pairs, &mut walks, profile, symbols, names);
    let lanes: Vec<Pair<usize>> = pairing.pairs.iter().map(|paired| paired.lanes).collect();
    let meetings: Vec<&[ObjectMatch]> = walks.iter().map(|walk| walk.meetings.as_slice()).collect();
    let identities = Identities::new(traces, objects, rules, &shared, &lanes, &meetings);
    let mut conflicts = identities.all_conflicts(&meetings);
    let uses: Vec<[&Uses; 2]> = walks.iter().map(|walk| [&walk.uses, &walk.uses_behind]).collect();
    conflicts.extend(contradictions(&uses));
    let among = Among { traces, lanes: &lanes, profile };
    conflicts.retain(|conflict| !among.explains(conflict));
    conflicts.sort_by_key(|conflict| (conflict.pair, conflict.meeting.at));
    let (oddities, floated) =
        floats::compare(&streams, &lanes, &walks, profile, symbols, &identities);
    let left_out_of_floats = tallies::left_out(&streams, profile, &identities);
    Analysis {
        traces,
        symbols,
        profile,
        options,
        streams,
        pairing,
        walks,
        identities,
        conflicts,
        oddities,
        floated,
        left_out_of_floats,
        draws,
        births,
    }
}

fn objects(
    traces: &Pair<Trace>,
    symbols: &Symbols,
    profile: &Profile,
    rules: &ObjectRules,
) -> Pair<Objects> {
    let of = |trace| Objects::of(trace, symbols, profile, rules);
    let (reference, candidate) = rayon::join(|| of(&traces.reference), || of(&traces.candidate));
    Pair::new(reference, candidate)
}

fn sift<'a>(
    sieve: &EventFilter<'_>,
    side: Side,
    lanes: &'a [Lane],
    names: ObjectNames<'_>,
) -> Vec<AlignedLane<'a>> {
    lanes.par_iter().map(|lane| sieve.stream(side, lane, names)).collect()
}

fn side_by_side<'a, 'b>(
    streams: &'b Pair<Vec<AlignedLane<'a>>>,
    paired: &Paired,
) -> Pair<&'b AlignedLane<'a>> {
    Pair::new(
        &streams.reference[paired.lanes.reference],
        &streams.candidate[paired.lanes.candidate],
    )
}

impl Analysis<'_> {
    /// Returns what says whether two events count as equal.
    pub fn absorber(&self) -> Absorber<'_> {
        let Identities { objects, rules, .. } = &self.identities;
        let names = ObjectNames { objects, rules };
        let logs = Compared {
            traces: self.traces,
            symbols: self.symbols,
            profile: self.profile,
            names,
            pairs: &self.pairing.pairs,
        };
        let (draws, births) = (&self.draws, &self.births);
        Absorber { logs, draws, births, today: self.options.today }
    }

    /// Returns a lane's stream.
    pub fn stream(&self, side: Side, lane: usize) -> &AlignedLane<'_> {
        &self.streams.on(side)[lane]
    }

    /// Returns a lane.
    pub fn lane(&self, side: Side, lane: usize) -> &Lane {
        &self.traces.on(side).lanes[lane]
    }

    /// Returns the lanes of a pair.
    pub fn lanes(&self, pair: usize) -> Pair<usize> {
        self.pairing.pairs[pair].lanes
    }

    /// Returns the streams of a pair.
    pub fn streams_of(&self, pair: usize) -> Pair<&AlignedLane<'_>> {
        Pair::of(|side| self.stream(side, *self.lanes(pair).on(side)))
    }

    /// Returns which pair a lane is in.
    pub fn pair_of(&self, side: Side, lane: usize) -> Option<usize> {
        self.pairing.pairs.iter().position(|paired| *paired.lanes.on(side) == lane)
    }

    /// Returns the symbol of an event.
    pub fn symbol(&self, at: EventRef) -> &Symbol {
        self.symbols.of(self.lane(at.side, at.lane).symbols[at.position])
    }

    /// Returns where an event's line is.
    pub fn place(&self, at: EventRef) -> Place {
        self.lane(at.side, at.lane).places.at(at.position)
    }

    /// Returns how the call at `place` ends; none if the profile does not judge calls by that, or the line cannot be
    /// read.
    pub(super) fn outcome(&self, side: Side, place: Place) -> Option<Outcome> {
        let field = self.profile.outcome.as_deref()?;
        let event = self.traces.on(side).event(place)?;
        let value = event.payload.into_iter().find(|(key, _)| key == field);
        Some(value.and_then(|(_, value)| match value {
            Value::Text(text) => Some(text.into_owned()),
            _ => None,
        }))
    }

    /// Returns where two events differ, and what rules excuse; both lines are read again.
    pub fn differences(&self, at: Pair<EventRef>) -> Vec<Difference> {
        let spots = at.map(|at| {
            let lane = self.lane(at.side, at.lane);
            Spot {
                place: lane.places.at(at.position),
                symbol: lane.symbols[at.position],
                index: lane.event_idx(at.position),
            }
        });
        explain::differences(self.traces.as_ref(), self.symbols, self.profile, spots)
    }

    /// Returns how a lane ended. In a log that can hold no return, a last call says nothing; a call
    /// that waits is a wait.
    pub fn tail(&self, side: Side, lane: usize) -> Tail {
        let lane = self.lane(side, lane);
        let tail = Tail::of(lane, self.symbols);
        if tail != Tail::InCall {
            return tail;
        }
        let can_return = |symbol: &Symbol| {
            let (kind, name) = (&symbol.kind, symbol.name.as_deref());
            symbol.role.is_some_and(Role::is_return)
                && self.profile.hidden_by(side, kind, name).is_none()
        };
        if self.profile.is_limited() && !self.symbols.0.iter().any(|symbol| can_return(symbol)) {
            return Tail::Stopped;
        }
        let last = lane.symbols.iter().rev().map(|&id| self.symbols.of(id));
        let last = last.filter(|symbol| symbol.plan.local.is_none()).take(1);
        let blocks = |symbol: &Symbol| self.profile.blocks(&symbol.kind, symbol.name.as_deref());
        if last.into_iter().any(blocks) { Tail::Waiting } else { tail }
    }

    /// Returns an aligned event; one past the last stands for the last.
    pub fn aligned(&self, pair: usize, side: Side, nth: usize) -> Option<EventRef> {
        let lane = *self.lanes(pair).on(side);
        let stream = self.stream(side, lane);
        let nth = nth.min(stream.len().checked_sub(1)?);
        Some(EventRef { side, lane, position: stream.position(nth) })
    }
}

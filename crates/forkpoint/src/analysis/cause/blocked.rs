//! Follows a blocked lane to who should have woken it.
//!
//! The object that it waits for has a partner; every signal of the partner, up to where the
//! reference's wait ended, must have its twin in the candidate. The first that has none says why:
//! its thread did not get there (then that thread's finding is the cause), or signalled another
//! object, or all twins are there and the wake-up was lost.

use std::collections::HashMap;

use crate::analysis::analyse::Analysis;
use crate::analysis::cause::attribution::Findings;
use crate::analysis::cause::wakes::{Act, acts, waited_for};
use crate::analysis::finding::{Detail, EventRef, Finding};
use crate::class::Class;
use crate::objects::ObjectId;
use crate::pair::{Pair, Side};

/// Follows all blocked lanes of the candidate. If it crashed, a wake-up need not be lost: it may only
/// not have come yet.
pub(super) fn follow(findings: &mut Findings<'_>, crash: Option<usize>) {
    let blocked: Vec<usize> = (0..findings.found.len())
        .filter(|&number| {
            let found = &findings.found[number];
            found.class == Class::Blocked && found.detail == Detail::Ends(Side::Candidate)
        })
        .collect();
    if blocked.is_empty() || findings.facts.identities.rules.is_empty() {
        return;
    }
    let acts = Pair::of(|side| {
        let mut by_object: HashMap<ObjectId, Vec<Act>> = HashMap::new();
        for (object, act) in acts(findings.facts, side) {
            by_object.entry(object).or_default().push(act);
        }
        by_object
    });
    for number in blocked {
        let found = findings.found[number].clone();
        match reason(findings, &acts, &found) {
            Reason::Unknown => {}
            Reason::Lane(pair) => {
                if let Some(first) = findings.first_of(pair) {
                    findings.follows(number, first);
                }
            }
            Reason::New(Finding { class: Class::LostWakeUp, .. }) if crash.is_some() => {}
            Reason::New(origin) => {
                // The aligned signals may have reported already that they are about other objects.
                let is_told = |other: &Finding| {
                    *other == origin
                        || matches!(other.detail, Detail::Object(_))
                            && (other.class, other.at) == (origin.class, origin.at)
                };
                let same = findings.found.iter().position(is_told);
                let origin = same.unwrap_or_else(|| findings.add(origin));
                findings.follows(number, origin);
            }
        }
    }
}

/// Why a lane was not woken.
enum Reason {
    /// Nothing says.
    Unknown,
    /// The lane of this pair did not get to where it signals.
    Lane(usize),
    /// Something that no other finding says.
    New(Finding),
}

type Acts = Pair<HashMap<ObjectId, Vec<Act>>>;

fn reason(findings: &Findings<'_>, acts: &Acts, found: &Finding) -> Reason {
    let facts = findings.facts;
    let Some(pair) = found.pair else { return Reason::Unknown };
    let lanes = facts.lanes(pair);
    let Some(last) = facts.lane(Side::Candidate, lanes.candidate).n_events().checked_sub(1) else {
        return Reason::Unknown;
    };
    let last = EventRef { side: Side::Candidate, lane: lanes.candidate, position: last };
    let Some((object, wait)) = waited_for(facts, last) else { return Reason::Unknown };
    let Some(partner) = facts.identities.bijection.partner(Side::Candidate, object) else {
        return Reason::Unknown;
    };
    let blocked = Blocked { facts, acts, wait, object, pair };
    let reference_wait = blocked.reference_wait(found);
    let woken = reference_wait.map(|at| facts.place(at));
    let no_acts = Vec::new();
    let signals = acts.reference.get(&partner).unwrap_or(&no_acts);
    let mut twins = Vec::new();
    for signal in signals.iter().filter(|act| act.signals) {
        if woken.is_some_and(|woken| signal.place > woken) {
            break;
        }
        match blocked.twin(signal.at) {
            Twin::NotReached(pair) => {
                return if Some(pair) == found.pair { Reason::Unknown } else { Reason::Lane(pair) };
            }
            Twin::Unpaired => {}
            Twin::Other(candidate) => {
                let at = Pair::new(Some(signal.at), Some(candidate));
                return Reason::New(blocked.shown(
                    Class::DifferentObject,
                    at,
                    reference_wait,
                    true,
                ));
            }
            Twin::Same(candidate) => twins.push((signal.at, candidate)),
        }
    }
    match blocked.lost(&twins) {
        Some((reference, candidate)) => {
            let at = Pair::new(Some(reference), Some(candidate));
            Reason::New(blocked.shown(Class::LostWakeUp, at, reference_wait, false))
        }
        None => Reason::Unknown,
    }
}

/// What the candidate did where the reference signals.
enum Twin {
    /// The thread of this pair did not get there.
    NotReached(usize),
    /// The signalling thread has no partner.
    Unpaired,
    /// It signalled another object there.
    Other(EventRef),
    /// It signalled this one, as far as the log says.
    Same(EventRef),
}

struct Blocked<'a> {
    facts: &'a Analysis<'a>,
    acts: &'a Acts,
    /// The wait that never ends.
    wait: EventRef,
    /// What it waits for.
    object: ObjectId,
    pair: usize,
}

impl Blocked<'_> {
    fn shown(
        &self,
        class: Class,
        at: Pair<Option<EventRef>>,
        wait: Option<EventRef>,
        other: bool,
    ) -> Finding {
        let wait = Pair::new(wait, Some(self.wait));
        let nth = Pair::of(|side| {
            at.on(side).map_or(0, |at| self.facts.stream(side, at.lane).nth_at(at.position))
        });
        let lane = at.candidate.map(|at| at.lane);
        let pair = lane.and_then(|lane| self.facts.pair_of(Side::Candidate, lane));
        Finding { class, pair, nth, at, detail: Detail::Signal { wait, other }, more: 0 }
    }

    /// Returns the event with which the reference's lane goes on after its wait.
    fn reference_wait(&self, found: &Finding) -> Option<EventRef> {
        let lane = self.facts.lanes(self.pair).reference;
        let stream = self.facts.stream(Side::Reference, lane);
        let nth = found.nth.reference;
        (nth < stream.len()).then(|| EventRef {
            side: Side::Reference,
            lane,
            position: stream.position(nth),
        })
    }

    /// Looks where the candidate does what the reference does at `signal`.
    fn twin(&self, signal: EventRef) -> Twin {
        let facts = self.facts;
        let Some(pair) = facts.pair_of(Side::Reference, signal.lane) else { return Twin::Unpaired };
        let lanes = facts.lanes(pair);
        let stream = facts.stream(Side::Reference, signal.lane);
        // The signal itself may not be aligned; the event before it is, and says where it belongs.
        let next = stream.nth_at(signal.position);
        let aligned = next < stream.len() && stream.position(next) == signal.position;
        let Some(nth) = (if aligned { Some(next) } else { next.checked_sub(1) }) else {
            return Twin::Unpaired;
        };
        let Some(beside) = facts.walks[pair].beside(Side::Reference, nth) else {
            return Twin::NotReached(pair);
        };
        let stream = facts.stream(Side::Candidate, lanes.candidate);
        let from = stream.position(beside);
        let to = if beside + 1 < stream.len() {
            stream.position(beside + 1)
        } else {
            facts.lane(Side::Candidate, lanes.candidate).n_events()
        };
        let here = EventRef { side: Side::Candidate, lane: lanes.candidate, position: from };
        let there = |at: EventRef| {
            at.lane == lanes.candidate && (from..to.max(from + 1)).contains(&at.position)
        };
        let all = self.acts.candidate.iter();
        let mut other = None;
        for (object, acts) in all {
            let first = acts.partition_point(|act| act.place < facts.place(here));
            let near = acts[first..].iter().take_while(|act| {
                let end = facts.lane(Side::Candidate, lanes.candidate).places.get(to);
                end.is_none_or(|end| act.place < end)
            });
            for act in near.filter(|act| act.signals && there(act.at)) {
                if *object == self.object {
                    return Twin::Same(act.at);
                }
                other = Some(other.map_or(act.at, |before: EventRef| before.min(act.at)));
            }
        }
        other.map_or(Twin::Same(here), Twin::Other)
    }

    /// Returns the signal that was lost: the first that came while the thread waited and did not
    /// wake it; else the last.
    fn lost(&self, twins: &[(EventRef, EventRef)]) -> Option<(EventRef, EventRef)> {
        let place = |twin: &(EventRef, EventRef)| self.facts.place(twin.1);
        let during = twins.iter().filter(|twin| place(twin) > self.facts.place(self.wait));
        let before_the_end = || twins.iter().max_by_key(|twin| place(twin));
        // A wait that two signals did not end at once lost the first of them.
        let waits = self.acts.candidate.get(&self.object);
        let slept_through = waits.and_then(|acts| {
            acts.windows(3).find_map(|acts| match acts {
                [wait, first, second]
                    if !wait.signals
                        && first.signals
                        && second.signals
                        && self.still_waits(wait.at, second) =>
                {
                    twins.iter().find(|twin| twin.1 == first.at)
                }
                _ => None,
            })
        });
        slept_through
            .or_else(|| during.min_by_key(|twin| place(twin)))
            .or_else(before_the_end)
            .copied()
    }

    /// Whether a wait has not ended when `act` happens.
    fn still_waits(&self, wait: EventRef, act: &Act) -> bool {
        let next = self.facts.lane(wait.side, wait.lane).places.get(wait.position + 1);
        next.is_none_or(|next| next > act.place)
    }
}

//! What clean runs show: where the reference's own engine differs from the reference.
//!
//! Its one idea: each clean run is compared with the reference as a candidate is, and what differs is noise. The
//! unit is the place, an event of the reference or the gap before it, and there the field. A difference of the
//! candidate is excused where the clean runs differ at the same place, and only if its values are of the kind
//! that theirs are ([`template`]). Invariant: what no clean run shows is never excused.

mod template;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::align::alignment::DivergenceKind;
use crate::align::explain;
use crate::align::filter::AlignedLane;
use crate::align::oddity::FloatMismatch;
use crate::align::resync::Gap;
use crate::analysis::analyse::{Analysis, Outcome};
use crate::analysis::finding::{Detail, EventRef, Finding};
use crate::class::Class;
use crate::pair::{Pair, Side};
use crate::profile::{Action, RuleId, Selector};
use crate::trace::SymbolId;
use template::Template;

/// Gaps of more events than this are not learned, and not excused.
const MAX_GAP: usize = 1 << 12;
/// An extra event may stand this many events of the reference before or behind where a clean run has it.
const NEAR: usize = 2;
/// What was seen at this many places of a lane may stand anywhere in it.
const SEVERAL: usize = 2;

/// The fields of an event as they are compared, by their names.
type Fields = BTreeMap<String, Template>;

/// What clean runs show.
#[derive(Debug, Default)]
pub struct Noise {
    /// By lane of the reference.
    lanes: HashMap<usize, LaneNoise>,
    /// Floats that one side has: by rule and function.
    floats: HashMap<(RuleId, SymbolId), Fields>,
    /// How calls end in the clean runs where they differ: function and error.
    outcomes: HashSet<(SymbolId, Outcome)>,
}

/// What clean runs show in one lane of the reference, by position.
#[derive(Debug, Default)]
struct LaneNoise {
    /// Fields whose values differ there.
    fields: HashMap<(usize, String), Template>,
    /// The same by function: how often, and the values.
    varying: HashMap<(SymbolId, String), (usize, Template)>,
    /// Events of the reference that a clean run has not.
    missing: HashSet<usize>,
    /// Events that a clean run has before this position.
    extra: HashMap<usize, HashMap<SymbolId, Fields>>,
    /// Events that come and go, by function: at which places, and their fields.
    coming: HashMap<SymbolId, (BTreeSet<usize>, Fields)>,
    /// Objects that do not correspond there.
    objects: HashSet<(usize, RuleId)>,
    /// Loops whose count varies: the functions of a round.
    loops: HashSet<Vec<SymbolId>>,
    /// By how many each function's events are more in each clean run.
    more: Vec<HashMap<SymbolId, i64>>,
    /// Whose thread ends where the other's goes on.
    ends: HashSet<Side>,
}

/// A finding, in parts that are noise or not.
enum Parts {
    /// Two events of one function.
    Pair(Pair<EventRef>),
    /// Events of the reference without a partner, and of the candidate: positions in their lanes.
    Gap { lanes: Pair<usize>, missing: Vec<usize>, extra: Vec<usize>, place: usize },
}

impl Noise {
    /// Adds what a clean run shows, compared with the reference.
    pub fn learn(&mut self, facts: &Analysis<'_>) {
        for (pair, paired) in facts.pairing.pairs.iter().enumerate() {
            let lane = self.lanes.entry(paired.lanes.reference).or_default();
            lane.more.push(more(facts, pair));
        }
        for found in facts.findings() {
            self.learn_one(facts, &found);
        }
    }

    fn learn_one(&mut self, facts: &Analysis<'_>, found: &Finding) {
        match &found.detail {
            Detail::Float(FloatMismatch::OneSided { side, lane, float }) => {
                let at = EventRef { side: *side, lane: *lane, position: float.position as usize };
                let fields = self.floats.entry((float.rule, symbol(facts, at))).or_default();
                add(fields, facts, at);
                return;
            }
            Detail::Object(conflict) => {
                let place = (conflict.meeting.at.reference as usize, conflict.meeting.rule);
                let lane = facts.lanes(conflict.pair).reference;
                self.lanes.entry(lane).or_default().objects.insert(place);
                return;
            }
            _ => {}
        }
        let Some(pair) = found.pair else { return };
        let lane = self.lanes.entry(facts.lanes(pair).reference).or_default();
        match &found.detail {
            Detail::Repeats { .. } => {
                lane.loops.extend(round(facts, found));
                return; // whole rounds come and go, and their events do not by themselves
            }
            // A lane that merely stops may have been cut: that excuses nothing.
            Detail::Ends(_) if found.class != Class::ExitedEarly => return,
            Detail::Ends(side) => {
                lane.ends.insert(*side);
            }
            _ => {}
        }
        match parts(facts, found) {
            Some(Parts::Pair(at)) => {
                let of = symbol(facts, at.reference);
                for difference in facts.absorber().unexcused(facts.streams_of(pair), found.nth) {
                    let field = difference.field;
                    let (count, varying) = lane.varying.entry((of, field.clone())).or_default();
                    *count += 1;
                    let template = lane.fields.entry((at.reference.position, field)).or_default();
                    for value in [difference.canonical.reference, difference.canonical.candidate] {
                        template.add(value.clone());
                        varying.add(value);
                    }
                }
                let of = symbol(facts, at.candidate);
                self.outcomes.extend(outcome(facts, at.candidate).map(|outcome| (of, outcome)));
            }
            Some(Parts::Gap { lanes, missing, extra, place }) => {
                for position in missing {
                    let at = EventRef { side: Side::Reference, lane: lanes.reference, position };
                    lane.missing.insert(position);
                    let (places, fields) = lane.coming.entry(symbol(facts, at)).or_default();
                    places.insert(position);
                    add(fields, facts, at);
                }
                for position in extra {
                    let at = EventRef { side: Side::Candidate, lane: lanes.candidate, position };
                    let of = symbol(facts, at);
                    add(lane.extra.entry(place).or_default().entry(of).or_default(), facts, at);
                    let (places, fields) = lane.coming.entry(of).or_default();
                    places.insert(place);
                    add(fields, facts, at);
                    self.outcomes.extend(outcome(facts, at).map(|outcome| (of, outcome)));
                }
            }
            None => {}
        }
    }

    /// Returns whether calls of this function end so in a clean run.
    pub(super) fn shows(&self, symbol: SymbolId, outcome: &Outcome) -> bool {
        self.outcomes.contains(&(symbol, outcome.clone()))
    }

    /// Returns the findings that no clean run explains, and how many others there are.
    pub fn split(&self, facts: &Analysis<'_>, found: Vec<Finding>) -> (Vec<Finding>, u64) {
        let before = found.len();
        let mut left = found;
        let torn: HashSet<usize> =
            (0..facts.walks.len()).filter(|&p| self.is_torn(facts, p)).collect();
        left.retain(|found| {
            let is_torn = || {
                found.pair.is_some_and(|pair| torn.contains(&pair))
                    && matches!(parts(facts, found), Some(Parts::Gap { .. }))
            };
            facts.waiver_of(found).is_some() || is_torn() || !self.is_noise(facts, found)
        });
        let excused = (before - left.len()) as u64;
        (left, excused)
    }

    /// Whether events that come and go together in all clean runs, as those of one round of a loop do, do not in the
    /// candidate.
    fn is_torn(&self, facts: &Analysis<'_>, pair: usize) -> bool {
        let Some(lane) = self.lanes.get(&facts.lanes(pair).reference) else { return false };
        let own = more(facts, pair);
        let mut together: HashMap<Vec<i64>, i64> = HashMap::new();
        let functions: BTreeSet<SymbolId> =
            lane.more.iter().flat_map(HashMap::keys).copied().collect();
        functions.into_iter().any(|function| {
            let of = |more: &HashMap<SymbolId, i64>| more.get(&function).copied().unwrap_or(0);
            let in_runs: Vec<i64> = lane.more.iter().map(of).collect();
            let varies = in_runs.len() >= SEVERAL && in_runs.iter().all(|more| *more != 0);
            varies && *together.entry(in_runs).or_insert(of(&own)) != of(&own)
        })
    }

    fn is_noise(&self, facts: &Analysis<'_>, found: &Finding) -> bool {
        if let Detail::Float(FloatMismatch::OneSided { side, lane, float }) = &found.detail {
            let at = EventRef { side: *side, lane: *lane, position: float.position as usize };
            let known = self.floats.get(&(float.rule, symbol(facts, at)));
            return known.is_some_and(|fields| fit(fields, facts, at));
        }
        let none = LaneNoise::default();
        let Some(pair) = found.pair else { return false };
        let lane = self.lanes.get(&facts.lanes(pair).reference).unwrap_or(&none);
        match &found.detail {
            Detail::Object(conflict) => {
                let place = (conflict.meeting.at.reference as usize, conflict.meeting.rule);
                return found.more == 0 && lane.objects.contains(&place);
            }
            Detail::Repeats { .. } => {
                return round(facts, found).is_some_and(|round| lane.loops.contains(&round));
            }
            Detail::Ends(side)
                if found.class != Class::ExitedEarly || !lane.ends.contains(side) =>
            {
                return false;
            }
            _ => {}
        }
        match parts(facts, found) {
            Some(Parts::Pair(at)) => lane.excuses_pair(facts, found, at.reference),
            Some(Parts::Gap { lanes, missing, extra, place }) => {
                let event = |side, position| EventRef { side, lane: *lanes.on(side), position };
                let missing = missing.iter().map(|&position| event(Side::Reference, position));
                let extra = extra.iter().map(|&position| event(Side::Candidate, position));
                missing.into_iter().all(|at| lane.may_miss(facts, at))
                    && extra.into_iter().all(|at| lane.may_have(facts, at, place))
            }
            None => false,
        }
    }
}

impl LaneNoise {
    /// Whether each field that differs differs there in a clean run, or, of numbers, in several events of the
    /// function.
    fn excuses_pair(&self, facts: &Analysis<'_>, found: &Finding, at: EventRef) -> bool {
        let Some(pair) = found.pair else { return false };
        let (of, position) = (symbol(facts, at), at.position);
        let differences = facts.absorber().unexcused(facts.streams_of(pair), found.nth);
        !differences.is_empty()
            && differences.into_iter().all(|difference| {
                let value = &difference.canonical.candidate;
                let here = self.fields.get(&(position, difference.field.clone()));
                let anywhere = self.varying.get(&(of, difference.field));
                here.is_some_and(|template| template.fits(value))
                    || anywhere.is_some_and(|(count, template)| {
                        *count >= SEVERAL && template.fits_as_number(value)
                    })
            })
    }

    fn may_miss(&self, facts: &Analysis<'_>, at: EventRef) -> bool {
        self.missing.contains(&at.position) || self.comes_and_goes(facts, at)
    }

    fn may_have(&self, facts: &Analysis<'_>, at: EventRef, place: usize) -> bool {
        let of = symbol(facts, at);
        let near = place.saturating_sub(NEAR)..=place + NEAR;
        let known = near.filter_map(|place| self.extra.get(&place)?.get(&of));
        known.into_iter().any(|fields| fit(fields, facts, at)) || self.comes_and_goes(facts, at)
    }

    fn comes_and_goes(&self, facts: &Analysis<'_>, at: EventRef) -> bool {
        let known = self.coming.get(&symbol(facts, at));
        // That a wait is timed otherwise at one place says so of the others.
        let enough = if waits_for_stream(facts, at) { 1 } else { SEVERAL };
        known.is_some_and(|(places, fields)| places.len() >= enough && fit(fields, facts, at))
    }
}

/// Returns by how many events of each function the candidate's lane has more, where it does not have as many.
fn more(facts: &Analysis<'_>, pair: usize) -> HashMap<SymbolId, i64> {
    let mut more: HashMap<SymbolId, i64> = HashMap::new();
    let streams = facts.streams_of(pair);
    for (stream, one) in [(streams.candidate, 1), (streams.reference, -1)] {
        for nth in 0..stream.len() {
            *more.entry(stream.symbol(nth)).or_default() += one;
        }
    }
    more.retain(|_, more| *more != 0);
    more
}

fn symbol(facts: &Analysis<'_>, at: EventRef) -> SymbolId {
    facts.lane(at.side, at.lane).symbols[at.position]
}

/// Whether an event waits until a pipe or a socket has something to carry.
fn waits_for_stream(facts: &Analysis<'_>, at: EventRef) -> bool {
    let symbol = facts.symbol(at);
    let waits = |one: &Selector| one.matches(&symbol.kind, symbol.name.as_deref());
    facts.profile.rules.iter().any(|rule| match &rule.action {
        Action::Stream(stream) => stream.beside.iter().any(waits),
        _ => false,
    })
}

fn outcome(facts: &Analysis<'_>, at: EventRef) -> Option<Outcome> {
    facts.outcome(at.side, facts.place(at))
}

fn fields(facts: &Analysis<'_>, at: EventRef) -> Vec<(String, String)> {
    explain::fields(facts.traces.on(at.side), facts.place(at), &facts.symbol(at).plan)
}

fn add(known: &mut Fields, facts: &Analysis<'_>, at: EventRef) {
    for (name, value) in fields(facts, at) {
        known.entry(name).or_default().add(Some(value));
    }
}

/// Whether an event has the fields that were seen, with values of their kinds.
fn fit(known: &Fields, facts: &Analysis<'_>, at: EventRef) -> bool {
    let fields = fields(facts, at);
    fields.iter().all(|(name, value)| {
        known.get(name).is_some_and(|template| template.fits(&Some(value.clone())))
    })
}

/// Returns the functions of one round of a loop that ran more often on one side, begun at whichever comes first in
/// order.
fn round(facts: &Analysis<'_>, found: &Finding) -> Option<Vec<SymbolId>> {
    let Detail::Repeats { gap, round, .. } = found.detail else { return None };
    let side = if gap.candidate == 0 { Side::Reference } else { Side::Candidate };
    let (stream, start) = (*facts.streams_of(found.pair?).on(side), *found.nth.on(side));
    let functions: Vec<SymbolId> = (start..start + round).map(|nth| stream.symbol(nth)).collect();
    (0..round).map(|at| [&functions[at..], &functions[..at]].concat()).min()
}

/// Returns what a finding consists of; none if that is not known.
fn parts(facts: &Analysis<'_>, found: &Finding) -> Option<Parts> {
    let pair = found.pair?;
    let lanes = facts.lanes(pair);
    let streams = facts.streams_of(pair);
    let left = streams.zip(found.nth).map(|(stream, nth)| stream.len().saturating_sub(nth));
    let gap = match found.detail {
        Detail::Differ(gap) => gap?,
        Detail::Repeats { gap, .. } => gap,
        Detail::Ends(Side::Candidate) if ends_in_gap(facts, pair, found) => {
            Gap { reference: left.reference, candidate: 0 }
        }
        Detail::Ends(Side::Reference) if ends_in_gap(facts, pair, found) => {
            Gap { reference: 0, candidate: left.candidate }
        }
        Detail::Ends(_) => Gap { reference: 0, candidate: 0 },
        _ => return None,
    };
    if gap.reference + gap.candidate > MAX_GAP {
        return None;
    }
    if gap.is_one_event()
        && let Pair { reference: Some(reference), candidate: Some(candidate) } = found.at
        && symbol(facts, reference) == symbol(facts, candidate)
    {
        return Some(Parts::Pair(Pair::new(reference, candidate)));
    }
    let positions = |stream: &AlignedLane<'_>, from: usize, length: usize| {
        (from..from + length).map(|nth| stream.position(nth)).collect()
    };
    let Pair { reference, candidate } = streams;
    let place = match found.nth.reference {
        nth if nth < reference.len() => reference.position(nth),
        _ => reference.lane.n_events(),
    };
    Some(Parts::Gap {
        lanes,
        missing: positions(reference, found.nth.reference, gap.reference),
        extra: positions(candidate, found.nth.candidate, gap.candidate),
        place,
    })
}

/// Whether the walk of a pair got to the end of one lane, where the finding says that it ends.
fn ends_in_gap(facts: &Analysis<'_>, pair: usize, found: &Finding) -> bool {
    let last = facts.walks[pair].divergences.last();
    last.is_some_and(|last| matches!(last.how, DivergenceKind::Ends(_)) && last.nth == found.nth)
}

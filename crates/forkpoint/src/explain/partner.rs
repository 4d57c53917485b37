//! What is aligned with an event, or why nothing does.

use crate::align::alignment::{Divergence, DivergenceKind};
use crate::align::resync::Gap;
use crate::analysis::{Analysis, EventRef};
use crate::explain::MatchStatus;
use crate::pair::Pair;
use crate::profile::RuleId;
use crate::render::words::count;
use crate::report::build::lane_name;

/// What was found beside an event.
pub(super) struct Partner {
    pub(super) standing: MatchStatus,
    pub(super) because: String,
    /// The partner, or the event that it is held against.
    pub(super) beside: Option<EventRef>,
}

/// Returns what is aligned with an event.
pub(super) fn partner(facts: &Analysis<'_>, at: EventRef) -> Partner {
    let alone = |because: String| Partner { standing: MatchStatus::Alone, because, beside: None };
    let rule = |rule: RuleId| &facts.profile.rule(rule).id;
    if let Some(local) = facts.symbol(at).plan.local {
        return alone(format!(
            "its engine writes it for itself, and it is left out (rule {})",
            rule(local)
        ));
    }
    let stream = facts.stream(at.side, at.lane);
    if let Some(float) = stream.floats.iter().find(|float| float.position as usize == at.position) {
        return float_partner(facts, at, float.rule, float.token);
    }
    let nth = stream.nth_at(at.position);
    if nth >= stream.len() || stream.position(nth) != at.position {
        let rules: Vec<&str> = stream.folded.keys().map(|id| rule(*id).as_str()).collect();
        return alone(format!(
            "it is in a round of a loop that was folded (rule {})",
            rules.join(" or ")
        ));
    }
    let Some(pair) = facts.pair_of(at.side, at.lane) else {
        return alone(format!(
            "thread {} of the {} has no partner",
            lane_name(facts, at.side, at.lane),
            at.side
        ));
    };
    let walk = &facts.walks[pair];
    let other_side = at.side.other();
    if let Some(other) = walk.beside(at.side, nth) {
        let Some(beside) = facts.aligned(pair, other_side, other) else {
            return alone("its partner is gone".to_owned());
        };
        return beside_partner(facts, pair, at, (nth, other), beside);
    }
    let within = |divergence: &&Divergence| {
        let from = *divergence.nth.on(at.side);
        match divergence.how {
            DivergenceKind::Differ(Some(gap)) => {
                let gap = Pair::new(gap.reference, gap.candidate);
                (from..from + gap.on(at.side)).contains(&nth)
            }
            DivergenceKind::Differ(None) | DivergenceKind::Ends(_) => from <= nth,
        }
    };
    match walk.divergences.iter().find(within) {
        Some(divergence) => in_parting(facts, pair, at, nth, *divergence),
        None => alone(
            "its lanes were not followed so far: they part too often (profile: resync-gaps)"
                .to_owned(),
        ),
    }
}

/// An event that floats is equal to one of the other side's that floats, on whatever thread.
fn float_partner(facts: &Analysis<'_>, at: EventRef, rule: RuleId, token: u64) -> Partner {
    let side = at.side.other();
    let id = &facts.profile.rule(rule).id;
    let streams = facts.streams.on(side).iter().enumerate();
    let beside = streams
        .flat_map(|(lane, stream)| stream.floats.iter().map(move |float| (lane, float)))
        .find(|(_, float)| (float.rule, float.token) == (rule, token))
        .map(|(lane, float)| EventRef { side, lane, position: float.position as usize });
    let (standing, because) = match beside {
        Some(_) => (
            MatchStatus::Equal,
            format!("it may be on any thread, and the {side} has an equal one (rule {id})"),
        ),
        None => (
            MatchStatus::Alone,
            format!("it may be on any thread, and the {side} has no equal one (rule {id})"),
        ),
    };
    Partner { standing, because, beside }
}

fn beside_partner(
    facts: &Analysis<'_>,
    pair: usize,
    at: EventRef,
    (nth, other): (usize, usize),
    beside: EventRef,
) -> Partner {
    let both = match at.side {
        crate::pair::Side::Reference => Pair::new(nth, other),
        crate::pair::Side::Candidate => Pair::new(other, nth),
    };
    let streams = facts.streams_of(pair);
    let equal = streams.reference.token(both.reference) == streams.candidate.token(both.candidate);
    let (standing, because) = if equal {
        (MatchStatus::Equal, "all that is compared of both is equal".to_owned())
    } else if let Some(waiver) = facts.absorber().waiver(streams, both) {
        let waiver = facts.profile.waiver(waiver);
        (MatchStatus::Known, format!("they differ as waiver {} says: {}", waiver.id, waiver.bug))
    } else {
        (
            MatchStatus::Equal,
            "rules excuse where they differ, by what stands around them".to_owned(),
        )
    };
    let beside = Some(beside);
    let named = |position: EventRef| {
        facts.conflicts.iter().any(|conflict| {
            let lanes = facts.lanes(conflict.pair);
            *lanes.on(position.side) == position.lane
                && *conflict.meeting.at.on(position.side) as usize == position.position
        })
    };
    if named(at) {
        let because = "both are the same but for the object, which is another".to_owned();
        return Partner { standing: MatchStatus::Differs, because, beside };
    }
    Partner { standing, because, beside }
}

fn in_parting(
    facts: &Analysis<'_>,
    pair: usize,
    at: EventRef,
    nth: usize,
    divergence: Divergence,
) -> Partner {
    let side = at.side.other();
    let from = *divergence.nth.on(at.side);
    let beside = facts.aligned(pair, side, *divergence.nth.on(side));
    match divergence.how {
        DivergenceKind::Ends(ended) => Partner {
            standing: MatchStatus::Alone,
            because: format!(
                "the {ended}'s thread has ended: this is {} behind",
                count((nth - from) as u64 + 1, "event")
            ),
            beside: None,
        },
        DivergenceKind::Differ(gap) if nth == from && has_events(gap, side) => Partner {
            standing: MatchStatus::Differs,
            because: format!("here the threads part{}", extent(gap)),
            beside,
        },
        DivergenceKind::Differ(gap) => Partner {
            standing: MatchStatus::Alone,
            because: format!(
                "it is event {} behind where the threads part{}",
                nth - from,
                extent(gap)
            ),
            beside: None,
        },
    }
}

/// Whether the other side has events in the gap too.
fn has_events(gap: Option<Gap>, side: crate::pair::Side) -> bool {
    gap.is_none_or(|gap| *Pair::new(gap.reference, gap.candidate).on(side) > 0)
}

fn extent(gap: Option<Gap>) -> String {
    match gap {
        Some(Gap { reference, candidate }) => {
            format!("; they agree again {reference} ↔ {candidate} events on")
        }
        None => "; they do not agree again".to_owned(),
    }
}

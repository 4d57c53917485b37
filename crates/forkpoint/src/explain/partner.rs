//! What stands beside an event, or why nothing does.

use crate::align::alignment::{How, Parting};
use crate::align::resync::Gap;
use crate::analysis::{At, Facts};
use crate::explain::Standing;
use crate::pair::Pair;
use crate::profile::RuleId;
use crate::render::words::count;
use crate::report::build::lane_name;

/// What was found beside an event.
pub(super) struct Found {
    pub(super) standing: Standing,
    pub(super) because: String,
    /// The partner, or the event that it is held against.
    pub(super) beside: Option<At>,
}

/// Returns what stands beside an event.
pub(super) fn partner(facts: &Facts<'_>, at: At) -> Found {
    let alone = |because: String| Found { standing: Standing::Alone, because, beside: None };
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
    let within = |parting: &&Parting| {
        let from = *parting.nth.on(at.side);
        match parting.how {
            How::Differ(Some(gap)) => {
                let gap = Pair::new(gap.reference, gap.candidate);
                (from..from + gap.on(at.side)).contains(&nth)
            }
            How::Differ(None) | How::Ends(_) => from <= nth,
        }
    };
    match walk.partings.iter().find(within) {
        Some(parting) => in_parting(facts, pair, at, nth, *parting),
        None => alone(
            "its lanes were not followed so far: they part too often (profile: resync-gaps)"
                .to_owned(),
        ),
    }
}

/// An event that floats is equal to one of the other side's that floats, on whatever thread.
fn float_partner(facts: &Facts<'_>, at: At, rule: RuleId, token: u64) -> Found {
    let side = at.side.other();
    let id = &facts.profile.rule(rule).id;
    let streams = facts.streams.on(side).iter().enumerate();
    let beside = streams
        .flat_map(|(lane, stream)| stream.floats.iter().map(move |float| (lane, float)))
        .find(|(_, float)| (float.rule, float.token) == (rule, token))
        .map(|(lane, float)| At { side, lane, position: float.position as usize });
    let (standing, because) = match beside {
        Some(_) => (
            Standing::Equal,
            format!("it may stand on any thread, and the {side} has an equal one (rule {id})"),
        ),
        None => (
            Standing::Alone,
            format!("it may stand on any thread, and the {side} has no equal one (rule {id})"),
        ),
    };
    Found { standing, because, beside }
}

fn beside_partner(
    facts: &Facts<'_>,
    pair: usize,
    at: At,
    (nth, other): (usize, usize),
    beside: At,
) -> Found {
    let both = match at.side {
        crate::pair::Side::Reference => Pair::new(nth, other),
        crate::pair::Side::Candidate => Pair::new(other, nth),
    };
    let streams = facts.streams_of(pair);
    let equal = streams.reference.token(both.reference) == streams.candidate.token(both.candidate);
    let (standing, because) = if equal {
        (Standing::Equal, "all that is compared of both is equal".to_owned())
    } else if let Some(waiver) = facts.absorber().waiver(streams, both) {
        let waiver = facts.profile.waiver(waiver);
        (Standing::Known, format!("they differ as waiver {} says: {}", waiver.id, waiver.bug))
    } else {
        (Standing::Equal, "rules excuse where they differ, by what stands around them".to_owned())
    };
    let beside = Some(beside);
    let named = |position: At| {
        facts.conflicts.iter().any(|conflict| {
            let lanes = facts.lanes(conflict.pair);
            *lanes.on(position.side) == position.lane
                && *conflict.meeting.at.on(position.side) as usize == position.position
        })
    };
    if named(at) {
        let because = "both are the same but for the object, which is another".to_owned();
        return Found { standing: Standing::Differs, because, beside };
    }
    Found { standing, because, beside }
}

fn in_parting(facts: &Facts<'_>, pair: usize, at: At, nth: usize, parting: Parting) -> Found {
    let side = at.side.other();
    let from = *parting.nth.on(at.side);
    let beside = facts.aligned(pair, side, *parting.nth.on(side));
    match parting.how {
        How::Ends(ended) => Found {
            standing: Standing::Alone,
            because: format!(
                "the {ended}'s thread has ended: this is {} behind",
                count((nth - from) as u64 + 1, "event")
            ),
            beside: None,
        },
        How::Differ(gap) if nth == from && has_events(gap, side) => Found {
            standing: Standing::Differs,
            because: format!("here the threads part{}", extent(gap)),
            beside,
        },
        How::Differ(gap) => Found {
            standing: Standing::Alone,
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

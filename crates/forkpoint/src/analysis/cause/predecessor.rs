//! What an event comes from: the event before it that left the state which it says, the signal that
//! ended its thread's last wait, and the event that created its thread.

use crate::analysis::analyse::Analysis;
use crate::analysis::cause::wakes::acts;
use crate::analysis::finding::{Detail, EventRef, Finding};
use crate::pair::{Pair, Side};
use crate::profile::Role;

/// Returns the events that left what differs: those right before, where the events tell the state that they
/// find and those before them are equal; the last returns, where they tell what an earlier call left behind.
pub fn done_by(facts: &Analysis<'_>, found: &Finding) -> Option<Pair<EventRef>> {
    if !matches!(found.detail, Detail::Differ(_) | Detail::Drift(_)) {
        return None;
    }
    let pair = found.pair?;
    let at = Pair::new(found.at.reference?, found.at.candidate?);
    let is = |role: Role| {
        Side::BOTH.into_iter().all(|side| facts.symbol(*at.on(side)).role == Some(role))
    };
    if is(Role::Echo) {
        return left_by(facts, found, pair);
    }
    if !is(Role::State) {
        return None;
    }
    let before =
        Pair::new(found.nth.reference.checked_sub(1)?, found.nth.candidate.checked_sub(1)?);
    if facts.walks[pair].beside(Side::Reference, before.reference) != Some(before.candidate) {
        return None;
    }
    Some(Pair::new(
        facts.aligned(pair, Side::Reference, before.reference)?,
        facts.aligned(pair, Side::Candidate, before.candidate)?,
    ))
}

/// Returns the returns that left what two echoes tell: the last before them, where they are aligned.
fn left_by(facts: &Analysis<'_>, found: &Finding, pair: usize) -> Option<Pair<EventRef>> {
    const FAR: usize = 4096; // events looked back at
    let nth = found.nth.reference;
    let returns = |before: &usize| {
        let at = facts.aligned(pair, Side::Reference, *before);
        at.is_some_and(|at| facts.symbol(at).role == Some(Role::Return))
    };
    let beside = |before: usize| facts.walks[pair].beside(Side::Reference, before);
    let streams = facts.streams_of(pair);
    let differs = |before: &usize| {
        let equal = |beside| streams.reference.token(*before) == streams.candidate.token(beside);
        returns(before) && !beside(*before).is_some_and(equal)
    };
    let near = nth.saturating_sub(FAR)..nth;
    // What went otherwise before left it, or the last call did.
    let other = near.clone().rev().find(differs);
    let before = other.or_else(|| near.rev().find(returns))?;
    let beside = beside(before).or_else(|| nth_beside(facts, pair, before))?;
    Some(Pair::new(
        facts.aligned(pair, Side::Reference, before)?,
        facts.aligned(pair, Side::Candidate, beside)?,
    ))
}

/// Returns the aligned event of the candidate that differs from one of the reference's, as its finding says.
fn nth_beside(facts: &Analysis<'_>, pair: usize, before: usize) -> Option<usize> {
    let divergences = &facts.walks[pair].divergences;
    let divergence = divergences.iter().find(|divergence| divergence.nth.reference == before)?;
    Some(divergence.nth.candidate)
}

/// Returns the last wait of the event's thread that ended before it, and the signal that ended it:
/// the last one to the same object before the thread went on.
pub fn woken_by(facts: &Analysis<'_>, at: EventRef) -> Option<(EventRef, Option<EventRef>)> {
    let acts = acts(facts, at.side);
    let waits = acts
        .iter()
        .filter(|(_, act)| !act.signals && act.at.lane == at.lane && act.at.position < at.position);
    let (object, wait) = waits.max_by_key(|(_, act)| act.at.position)?;
    let lane = facts.lane(at.side, at.lane);
    // The call that waits may be followed by the wait itself; the thread goes on behind both.
    let waits_on = |position: &usize| {
        let role = facts.symbols.of(lane.symbols[*position]).role;
        matches!(role, Some(Role::Call | Role::Wait))
    };
    let goes_on = (wait.at.position + 1..=at.position).find(|position| !waits_on(position))?;
    let until = lane.places.at(goes_on);
    let signals = acts.iter().filter(|(other, act)| {
        act.signals && other == object && act.place < until && act.at.lane != at.lane
    });
    let signal = signals.max_by_key(|(_, act)| act.place).map(|(_, act)| act.at);
    Some((wait.at, signal))
}

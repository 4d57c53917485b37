//! All lanes of one side that end at one moment: the engine died.
//!
//! The site is the lane whose last call has no return and whose last event is the latest.

use crate::align::tail::Tail;
use crate::analysis::cause::attribution::{Cause, Findings, ended};
use crate::analysis::finding::{Detail, EventRef, Finding};
use crate::class::Class;
use crate::pair::{Pair, Side};

/// Other threads may still write this many events between the fatal call and the end.
const AFTERMATH: usize = 64;

/// Finds the crash of the candidate, if there is one; it takes the place of its lane's finding.
pub(super) fn crash(findings: &mut Findings<'_>) -> Option<usize> {
    let facts = findings.facts;
    let side = Side::Candidate;
    let lane_of = |pair: usize| *facts.lanes(pair).on(side);
    let ends: Vec<(usize, Tail)> =
        (0..facts.walks.len()).filter_map(|pair| Some((pair, ended(facts, pair, side)?))).collect();
    let last = |pair: usize| facts.lane(side, lane_of(pair)).places.last();
    let in_call = ends.iter().filter(|(_, tail)| *tail == Tail::InCall);
    let (victim, _) = *in_call.max_by_key(|(pair, _)| last(*pair))?;
    let fatal = last(victim)?;
    let after: usize = facts
        .traces
        .on(side)
        .lanes
        .iter()
        .map(|lane| lane.n_events() - lane.places.up_to(fatal))
        .sum();
    // Threads that wait when the log ends may wait for a call that hangs as well: the place to look is
    // the same, and what they wait for is not a reason of its own.
    let others_stopped = ends.iter().any(|&(pair, tail)| pair != victim && tail != Tail::Exited);
    if after > AFTERMATH || !others_stopped {
        return None;
    }
    let number = findings
        .found
        .iter()
        .rposition(|found| found.pair == Some(victim) && found.detail == Detail::Ends(side))?;
    let Finding { pair, nth, at, detail, .. } = findings.found[number].clone();
    let position = facts.lane(side, lane_of(victim)).n_events() - 1;
    let at = Pair::new(at.reference, Some(EventRef { side, lane: lane_of(victim), position }));
    findings.found[number] = Finding { class: Class::Crash, pair, nth, at, detail, more: 0 };
    findings.known[number] = facts.waiver_of(&findings.found[number]);
    if findings.is_known(number) {
        findings.cause[number] = Cause::Origin;
    }
    Some(number)
}

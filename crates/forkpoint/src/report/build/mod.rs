//! Turns what the comparison found into a report.

mod account;
mod evidence;
mod findings;

use crate::cause::Causes;
use crate::finding::Facts;
use crate::report::{Finding, LanePair, ProfileUsed, Report, Verdict};

/// Returns the report.
pub fn report(facts: &Facts<'_>, causes: &Causes) -> Report {
    let origins: Vec<Finding> =
        causes.origins.iter().map(|found| findings::finding(facts, found, None)).collect();
    let consequences: Vec<Finding> = causes
        .consequences
        .iter()
        .map(|(found, origin)| findings::finding(facts, found, Some(*origin)))
        .collect();
    let mut lanes: Vec<LanePair> =
        (0..facts.walks.len()).map(|index| facts.lane_pair(index)).collect();
    let all = causes.origins.iter().enumerate().map(|(place, found)| (found, Some(place), place));
    let following = causes.consequences.iter().map(|(found, origin)| (found, None, *origin));
    for (found, own, origin) in all.chain(following) {
        let Some(pair) = found.pair else { continue };
        let lane = &mut lanes[pair];
        let earlier = lane.parts_at.is_none_or(|nth| found.nth.candidate < nth);
        if earlier {
            lane.parts_at = Some(found.nth.candidate);
            lane.finding = own;
            lane.follows_from = if own.is_none() { Some(origin) } else { None };
            lane.class = Some(found.class);
        }
    }
    let matched = facts.walks.iter().map(|walk| walk.equal() as u64).sum();
    let unpaired = facts.unpaired();
    let doubts = facts.doubts(matched, &unpaired);
    let verdict = match (origins.is_empty(), doubts.is_empty()) {
        (false, _) => Verdict::Diverged,
        (true, false) => Verdict::Inconclusive,
        (true, true) => Verdict::Identical,
    };
    Report {
        verdict,
        doubts,
        profile: ProfileUsed {
            name: facts.profile.name.clone(),
            chain: facts.profile.chain.clone(),
            without: facts
                .profile
                .rules
                .iter()
                .filter(|rule| !rule.enabled)
                .map(|rule| rule.id.clone())
                .collect(),
        },
        inputs: facts.traces.as_ref().map(account::input),
        origins,
        consequences,
        lanes,
        unpaired,
        excused: facts.excused(),
        not_compared: facts.not_compared(),
        matched,
    }
}

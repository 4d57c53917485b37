//! Turns what the comparison found into a report.

mod account;
mod budget;
mod ends;
mod evidence;
mod findings;
mod hidden;
mod messages;
mod objects;
mod waived;

pub use account::input;
pub use evidence::{event, lane_name, site};
pub use objects::named;

use crate::analysis::cause::{Causes, Source};
use crate::analysis::{Analysis, Finding};
use crate::profile::Slip;
use crate::render::words::{count, thousands};
use crate::report::{FindingView, LanePair, ProfileUsed, Report, Settled, Unmatched, Verdict};

/// This many findings of each sort are shown with what surrounds them; of more only the sentence
/// and the places are reported.
const MAX_SHOWN: usize = 256;
/// Of this many findings of each sort the objects are reported.
const WITH_OBJECTS: usize = 64;

/// Returns the report.
pub fn report(facts: &Analysis<'_>, causes: &Causes) -> Report {
    let tell = |(place, (found, from)): (usize, (&Finding, Option<Source>))| {
        let mut shown = findings::finding(facts, found, from, place < MAX_SHOWN);
        if place < WITH_OBJECTS {
            shown.objects = objects::of_finding(facts, found);
        }
        shown
    };
    let origins = causes.origins.iter().map(|found| (found, None));
    let mut origins: Vec<FindingView> = origins.enumerate().map(tell).collect();
    causes.new.iter().for_each(|&place| origins[place].is_new = true);
    let consequences = causes.consequences.iter().map(|(found, from)| (found, Some(*from)));
    let consequences: Vec<FindingView> = consequences.enumerate().map(tell).collect();
    let mut lanes: Vec<LanePair> =
        (0..facts.walks.len()).map(|index| facts.lane_pair(index)).collect();
    let all = causes.origins.iter().enumerate();
    let all = all.map(|(place, found)| (found, Some(place), Source::Origin(place)));
    let following = causes.consequences.iter().map(|(found, from)| (found, None, *from));
    for (found, own, from) in all.chain(following) {
        let Some(pair) = found.pair else { continue };
        let lane = &mut lanes[pair];
        let earlier = lane.parts_at.is_none_or(|nth| found.nth.candidate < nth);
        if earlier {
            lane.parts_at = Some(found.nth.candidate);
            lane.finding = own;
            lane.follows_from = match from {
                Source::Origin(origin) if own.is_none() => Some(origin),
                _ => None,
            };
            lane.class = Some(found.class);
        }
    }
    let matched = facts.walks.iter().map(|walk| walk.equal() as u64).sum();
    let unpaired = facts.unpaired();
    for (found, _) in &causes.known {
        if let Some(pair) = found.pair {
            lanes[pair].known += 1 + found.more as u64;
        }
    }
    let mut doubts = facts.doubts(matched, causes);
    doubts.extend(facts.doubts_of_sight());
    doubts.extend(causes.gave_up_after.map(|steps| {
        format!(
            "the search for causes stopped after {} steps: some origins may be consequences",
            thousands(steps as u64)
        )
    }));
    doubts.extend(facts.doubts_of_known(causes));
    let known: u64 = facts.walks.iter().map(|walk| walk.n_known() as u64).sum();
    doubts.extend(facts.doubts_of_budgets(matched + known));
    let is_undetermined = !origins.is_empty() && causes.undetermined.len() == origins.len();
    doubts.extend(is_undetermined.then(|| {
        let values = count(origins.len() as u64, "event");
        format!(
            "the contents of {values} differ in times, which nothing in the logs determines; give further runs of the reference's engine: --clean RUN"
        )
    }));
    let cut = facts.doubt_of_ends();
    let is_prefix = cut.is_some() && facts.options.allow_prefix || facts.ends_early();
    let is_cut = cut.is_some() && !is_prefix && origins.is_empty();
    let settled_by = match doubts.len() {
        0 if is_cut => Some(Settled::AllowPrefix),
        1 if is_undetermined => Some(Settled::CleanRuns),
        _ => None,
    };
    doubts.extend(cut.filter(|_| is_cut));
    let verdict = match (origins.is_empty(), doubts.is_empty()) {
        (false, _) if !is_undetermined => Verdict::Diverged,
        (_, false) => Verdict::Inconclusive,
        (_, true) if is_prefix => Verdict::Prefix,
        (_, true) => Verdict::Identical,
    };
    Report {
        verdict,
        doubts,
        profile: profile_used(facts),
        inputs: facts.traces.as_ref().map(input),
        origins,
        consequences,
        known: facts.waived_findings(causes),
        waivers: facts.waivers_used(causes),
        lanes,
        unpaired,
        spent: facts.spent(),
        excused: facts.excused(),
        clean_runs: None,
        unmatched: unmatched(facts),
        not_compared: facts.not_compared(),
        unseen: facts.unseen(),
        matched,
        next: Vec::new(),
        n_to_compare: facts.n_to_compare(),
        settled_by,
    }
}

/// The user's own rules that no event matched.
fn unmatched(facts: &Analysis<'_>) -> Vec<Unmatched> {
    let seen: Vec<(&str, Option<&str>)> =
        facts.symbols.0.iter().map(|symbol| (&*symbol.kind, symbol.name.as_deref())).collect();
    let slips = facts.profile.slips(&seen).into_iter();
    let shown = slips.map(|Slip { rule, pattern, meant }| Unmatched {
        rule: rule.id.clone(),
        file: rule.file.clone(),
        line: rule.place.map(|(line, _)| line as u64),
        pattern,
        meant,
    });
    shown.collect()
}

/// Returns the rules in force.
pub fn profile_used(facts: &Analysis<'_>) -> ProfileUsed {
    let rules = facts.profile.rules.iter().filter(|rule| !rule.enabled);
    ProfileUsed {
        name: facts.profile.name.clone(),
        chain: facts.profile.chain.clone(),
        without: rules.map(|rule| rule.id.clone()).chain(switched_off(facts)).collect(),
    }
}

/// The waivers that are switched off.
fn switched_off(facts: &Analysis<'_>) -> impl Iterator<Item = String> {
    facts.profile.waivers.iter().filter(|waiver| !waiver.enabled).map(|waiver| waiver.id.clone())
}

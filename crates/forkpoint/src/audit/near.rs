//! What was excused right before a divergence, in its lane: where an excuse goes wrong, its trace
//! is near.

use schemars::JsonSchema;
use serde::Serialize;

use crate::analysis::cause::Causes;
use crate::analysis::{Analysis, EventRef, Finding};
use crate::pair::{Pair, Side};
use crate::report::Site;
use crate::report::build::site;

/// This many divergences are looked at.
const MAX_DIVERGENCES: usize = 16;
/// This many pairs of events are looked at before each, and this many floats.
const MAX_LOOKED_AT: usize = 256;
/// This many excused events are reported of each.
const MAX_TOLD: usize = 3;

/// A divergence, and what was excused before it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NearDivergence {
    /// Its class.
    pub class: &'static str,
    /// Where it is.
    pub site: Site,
    /// What was excused before it, the nearest first.
    pub excuses: Vec<NearExcuse>,
}

/// An excused event.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NearExcuse {
    /// How many aligned events lie between it and the divergence, and one more.
    pub before: usize,
    /// The rule.
    pub rule: String,
    /// Where it is.
    pub sites: Pair<Option<Site>>,
    /// The field; none for an event that floats.
    pub field: Option<String>,
    /// The values of the field.
    pub values: Option<Pair<Option<String>>>,
}

/// Returns the divergences with what was excused before each, and how many more there are.
pub(super) fn near(facts: &Analysis<'_>, causes: &Causes) -> (Vec<NearDivergence>, usize) {
    let origins = &causes.origins;
    let near: Vec<NearDivergence> =
        origins.iter().take(MAX_DIVERGENCES).filter_map(|found| before(facts, found)).collect();
    let n_more = origins.len().saturating_sub(MAX_DIVERGENCES);
    (near, n_more)
}

fn before(facts: &Analysis<'_>, found: &Finding) -> Option<NearDivergence> {
    let at = found.at.candidate.or(found.at.reference)?;
    let mut excuses = Vec::new();
    if let Some(pair) = found.pair.or_else(|| facts.pair_of(at.side, at.lane)) {
        let lane = *facts.lanes(pair).on(at.side);
        let nth = facts.stream(at.side, lane).nth_at(at.position);
        values_before(facts, pair, at.side, nth, &mut excuses);
        floats_before(facts, pair, at.side, nth, &mut excuses);
        excuses.sort_by_key(|excuse: &NearExcuse| excuse.before);
        excuses.truncate(MAX_TOLD);
    }
    Some(NearDivergence { class: found.class.name(), site: site(facts, at), excuses })
}

/// Differences that were excused between events that are aligned.
fn values_before(
    facts: &Analysis<'_>,
    pair: usize,
    side: Side,
    nth: usize,
    excuses: &mut Vec<NearExcuse>,
) {
    let absorber = facts.absorber();
    let streams = facts.streams_of(pair);
    for back in 1..=nth.min(MAX_LOOKED_AT) {
        if excuses.len() >= MAX_TOLD {
            return;
        }
        let mine = nth - back;
        let Some(other) = facts.walks[pair].beside(side, mine) else { continue };
        let both = match side {
            Side::Reference => Pair::new(mine, other),
            Side::Candidate => Pair::new(other, mine),
        };
        let at = Pair::of(|side| facts.aligned(pair, side, *both.on(side)));
        let Pair { reference: Some(reference), candidate: Some(candidate) } = at else { continue };
        let absorbed = absorber.excuses(streams, both).unwrap_or_default().rules;
        let mut absorbed = absorbed.iter();
        for difference in facts.differences(Pair::new(reference, candidate)) {
            // What no rule leaves out was absorbed, rule by rule in the order of the differences.
            let rule = difference.excused_by.or_else(|| absorbed.next().copied());
            let Some(rule) = rule.filter(|rule| !rule.is_mark()) else { continue };
            excuses.push(NearExcuse {
                before: back,
                sites: Pair::new(Some(site(facts, reference)), Some(site(facts, candidate))),
                rule: facts.profile.rule(rule).id.clone(),
                field: Some(difference.field),
                values: Some(difference.values),
            });
        }
    }
}

/// Events that left the lane before the divergence.
fn floats_before(
    facts: &Analysis<'_>,
    pair: usize,
    side: Side,
    nth: usize,
    excuses: &mut Vec<NearExcuse>,
) {
    let lane = *facts.lanes(pair).on(side);
    let floats = &facts.stream(side, lane).floats;
    let end = floats.partition_point(|float| float.slot as usize <= nth);
    for float in floats[..end].iter().rev().take(MAX_TOLD) {
        let before = nth - float.slot as usize;
        if before > MAX_LOOKED_AT {
            return;
        }
        let at = EventRef { side, lane, position: float.position as usize };
        let mut sites = Pair::default();
        *sites.on_mut(side) = Some(site(facts, at));
        let rule = facts.profile.rule(float.rule).id.clone();
        excuses.push(NearExcuse { before, sites, rule, field: None, values: None });
    }
}

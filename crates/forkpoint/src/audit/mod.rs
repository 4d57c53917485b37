//! What each rule is worth: what it excused, and what would be said without it.
//!
//! The logs are compared once with the profile, and once more without each rule that excused
//! something; they are read again each time, for what is compared of an event depends on the rules.
//!
//! Invariant: a rule that is not tried is said to be not tried.

mod document;
mod near;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

pub use near::{NearDivergence, NearExcuse};

use crate::analysis::cause::causes;
use crate::analysis::{Options, analyse};
use crate::error::Error;
use crate::logs::compare;
use crate::pair::Pair;
use crate::profile::{Budget, Profile, RuleId};
use crate::report::build::report;
use crate::report::{Report, Site, Verdict};
use crate::trace::{Symbols, Trace, check_intact};

/// This many rules are tried, those first that excused most: each reads both logs again.
pub const MAX_TRIED: usize = 64;

/// What was found of all rules.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Audit {
    /// What is said with all rules.
    pub verdict: Verdict,
    /// What keeps the logs from being called identical, though no difference was found.
    pub doubts: Vec<String>,
    /// The profile's name.
    pub profile: String,
    /// The rules that excused something, those first that excused most.
    pub rules: Vec<RuleAudit>,
    /// Rules that are in force and excused nothing: their ids.
    pub idle: Vec<String>,
    /// For each divergence, what was excused right before it.
    pub near: Vec<NearDivergence>,
    /// How many divergences there are for which that was not looked up.
    #[serde(rename = "not_near")]
    pub n_not_near: usize,
}

/// What one rule is worth.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RuleAudit {
    /// The rule.
    pub rule: String,
    /// What kind of rule it is.
    pub action: &'static str,
    /// Why a correct engine may differ there.
    pub why: String,
    /// The file that holds it.
    pub file: String,
    /// The line of the rule, counted from 1.
    pub line: Option<u64>,
    /// How many differences it excused between events that count as equal.
    pub differences: u64,
    /// How many events, or rounds of a loop, it took out of the lanes of each side.
    pub left_out: Pair<u64>,
    /// How much it may excuse, as the profile spells it.
    pub budget: Option<String>,
    /// The limit that it breaks.
    pub over_budget: Option<String>,
    /// What is said without it; none if that was not tried.
    pub without: Option<Without>,
}

/// What is said without a rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Without {
    /// The verdict.
    pub verdict: Verdict,
    /// How many findings are origins that are none with the rule, and the other way round.
    pub new_origins: usize,
    /// How many origins are gone.
    pub gone_origins: usize,
    /// The first new one.
    pub first: Option<NewOrigin>,
}

/// A finding that is an origin without a rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NewOrigin {
    /// Its class.
    pub class: &'static str,
    /// Where it is.
    pub site: Option<Site>,
    /// What happened.
    pub summary: String,
}

/// Two logs that were read with a profile.
pub type Logs = (Pair<Trace>, Symbols);

/// Audits a profile. `read` reads both logs with one.
///
/// # Errors
/// What `read` says, and a line that cannot be read again.
pub fn audit<E: From<Error>>(
    profile: &Profile,
    options: &Options,
    read: &mut dyn FnMut(&Profile) -> Result<Logs, E>,
) -> Result<Audit, E> {
    let (traces, symbols) = read(profile)?;
    let facts = analyse(&traces, &symbols, profile, options);
    let causes = causes(&facts, facts.findings());
    let ((near, n_not_near), whole) = (near::near(&facts, &causes), report(&facts, &causes));
    drop(facts);
    check_intact([&traces.reference, &traces.candidate])?;
    drop((traces, symbols));
    let compared = whole.matched + whole.lanes.iter().map(|lane| lane.known).sum::<u64>();
    let mut spent: Vec<(u64, usize)> = Vec::new();
    let mut idle = Vec::new();
    for (index, rule) in profile.rules.iter().enumerate().filter(|(_, rule)| rule.enabled) {
        match whole.spent.get(index).map_or(0, crate::report::RuleUsage::sum) {
            // What is said of other logs than these is not in force here.
            0 if rule.is_visibility()
                && profile.limits(RuleId(index as u16)) == Pair::default() => {}
            0 => idle.push(rule.id.clone()),
            sum => spent.push((sum, index)),
        }
    }
    spent.sort_by_key(|&(sum, index)| (std::cmp::Reverse(sum), index));
    let mut rules = Vec::new();
    for (place, &(sum, index)) in spent.iter().enumerate() {
        let rule = &profile.rules[index];
        let without = if place < MAX_TRIED {
            let less = profile.without(RuleId(index as u16));
            let (traces, symbols) = read(&less)?;
            let report = compare(&traces, &symbols, &less, options);
            check_intact([&traces.reference, &traces.candidate])?;
            Some(without(&whole, &report))
        } else {
            None
        };
        let total = whole.spent[index];
        rules.push(RuleAudit {
            rule: rule.id.clone(),
            action: rule.action.name(),
            why: rule.why.clone(),
            file: rule.file.clone(),
            line: rule.place.map(|(line, _)| line as u64),
            differences: total.differences,
            left_out: total.left_out,
            budget: Budget::spelled(&rule.budget),
            over_budget: rule.budget.exceeded(sum, compared),
            without,
        });
    }
    Ok(Audit {
        verdict: whole.verdict,
        doubts: whole.doubts,
        profile: whole.profile.name,
        rules,
        idle,
        near,
        n_not_near,
    })
}

/// Reports two reports of the same logs apart.
fn without(whole: &Report, less: &Report) -> Without {
    type Key = (&'static str, Vec<(crate::pair::Side, u64, String)>);
    let keys = |report: &Report| -> Vec<Key> {
        let key = |finding: &crate::report::FindingView| {
            let sites = finding.sites.iter();
            let sites = sites.map(|site| (site.side, site.line, site.file.clone())).collect();
            (finding.class.name(), sites)
        };
        report.origins.iter().map(key).collect()
    };
    let mut before: BTreeMap<Key, usize> = BTreeMap::new();
    for key in keys(whole) {
        *before.entry(key).or_default() += 1;
    }
    let mut new = Vec::new();
    for (finding, key) in less.origins.iter().zip(keys(less)) {
        match before.get_mut(&key) {
            Some(count) if *count > 0 => *count -= 1,
            _ => new.push(finding),
        }
    }
    let site = |finding: &crate::report::FindingView| {
        let mut sites = finding.sites.iter();
        let candidate = sites.clone().find(|site| site.side == crate::pair::Side::Candidate);
        candidate.or(sites.next()).cloned()
    };
    Without {
        verdict: less.verdict,
        new_origins: new.len(),
        gone_origins: before.values().sum(),
        first: new.first().map(|finding| NewOrigin {
            class: finding.class.name(),
            site: site(finding),
            summary: finding.summary.clone(),
        }),
    }
}

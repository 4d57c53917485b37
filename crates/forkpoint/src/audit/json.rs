//! The audit as JSON. The types here are the wire's.
//!
//! docs/audit.schema.json is generated from them.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::audit::{Audit, NearDivergence, NearExcuse, RuleAudit, Without};
use crate::pair::Pair;
use crate::report::Site;
use crate::report::plain::write_json;

/// The version of this format. It rises when a key changes its meaning or goes away.
pub const FORMAT_VERSION: u32 = 1;

/// An audit of `forkpoint profile audit`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonAudit {
    /// The version of this format.
    format_version: u32,
    /// What is said with all rules: `identical`, `diverged` or `inconclusive`.
    verdict: String,
    /// What keeps the logs from being called identical, though no difference was found.
    doubts: Vec<String>,
    /// The profile's name.
    profile: String,
    /// The rules that excused something, those first that excused most.
    rules: Vec<JsonRule>,
    /// Rules in force that excused nothing.
    idle: Vec<String>,
    /// For each divergence, what was excused right before it in its lane.
    near: Vec<JsonNear>,
    /// How many divergences there are for which that was not looked up.
    not_near: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonRule {
    rule: String,
    action: String,
    why: String,
    file: String,
    line: Option<u64>,
    /// Differences between events that count as equal.
    differences: u64,
    /// Events, or rounds of a loop, taken out of the lanes.
    left_out: JsonPair<u64>,
    /// How much the rule may excuse, as the profile spells it.
    budget: Option<String>,
    /// The limit that it breaks.
    over_budget: Option<String>,
    /// What is said without the rule; null if that was not tried.
    without: Option<JsonWithout>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonWithout {
    verdict: String,
    /// Origins that are none with the rule.
    new_origins: usize,
    /// Origins that are none without it.
    gone_origins: usize,
    /// The first new one.
    first: Option<JsonFirst>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonFirst {
    class: String,
    site: Option<JsonSite>,
    summary: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonNear {
    class: String,
    site: JsonSite,
    /// The nearest first.
    excuses: Vec<JsonExcuse>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonExcuse {
    /// How many aligned events before the divergence.
    before: usize,
    rule: String,
    sites: JsonPair<Option<JsonSite>>,
    /// The field; null for an event that was taken out of its lane.
    field: Option<String>,
    values: Option<JsonPair<Option<String>>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonSite {
    side: String,
    process: Option<u32>,
    tid: i64,
    lane: String,
    event_idx: u64,
    file: String,
    line: u64,
    name: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonPair<T> {
    reference: T,
    candidate: T,
}

impl<T> From<Pair<T>> for JsonPair<T> {
    fn from(pair: Pair<T>) -> Self {
        Self { reference: pair.reference, candidate: pair.candidate }
    }
}

/// Writes the audit, indented.
///
/// # Errors
/// What `out` says.
pub fn write(audit: &Audit, out: &mut dyn Write) -> io::Result<()> {
    let wire = JsonAudit {
        format_version: FORMAT_VERSION,
        verdict: audit.verdict.name().to_owned(),
        doubts: audit.doubts.clone(),
        profile: audit.profile.clone(),
        rules: audit.rules.iter().map(rule).collect(),
        idle: audit.idle.clone(),
        near: audit.near.iter().map(near).collect(),
        not_near: audit.n_not_near,
    };
    write_json(&wire, out)
}

/// Returns the JSON schema of the format.
pub fn schema() -> String {
    let schema = schemars::schema_for!(JsonAudit);
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}

fn rule(rule: &RuleAudit) -> JsonRule {
    JsonRule {
        rule: rule.rule.clone(),
        action: rule.action.to_owned(),
        why: rule.why.clone(),
        file: rule.file.clone(),
        line: rule.line,
        differences: rule.differences,
        left_out: rule.left_out.into(),
        budget: rule.budget.clone(),
        over_budget: rule.over_budget.clone(),
        without: rule.without.as_ref().map(without),
    }
}

fn without(without: &Without) -> JsonWithout {
    let first = without.first.as_ref().map(|(class, site_, summary)| JsonFirst {
        class: (*class).to_owned(),
        site: site_.as_ref().map(site),
        summary: summary.clone(),
    });
    JsonWithout {
        verdict: without.verdict.name().to_owned(),
        new_origins: without.new_origins,
        gone_origins: without.gone_origins,
        first,
    }
}

fn near(near: &NearDivergence) -> JsonNear {
    JsonNear {
        class: near.class.to_owned(),
        site: site(&near.site),
        excuses: near.excuses.iter().map(excuse).collect(),
    }
}

fn excuse(excuse: &NearExcuse) -> JsonExcuse {
    JsonExcuse {
        before: excuse.before,
        rule: excuse.rule.clone(),
        sites: excuse.sites.as_ref().map(|at| at.as_ref().map(site)).into(),
        field: excuse.field.as_ref().map(|(field, _)| field.clone()),
        values: excuse.field.as_ref().map(|(_, values)| values.clone().into()),
    }
}

fn site(site: &Site) -> JsonSite {
    JsonSite {
        side: site.side.name().to_owned(),
        process: site.process,
        tid: site.tid,
        lane: site.lane.clone(),
        event_idx: site.event_idx,
        file: site.file.clone(),
        line: site.line,
        name: site.name.clone(),
    }
}

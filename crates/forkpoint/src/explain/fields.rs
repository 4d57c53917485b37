//! Two events field by field: what is equal, what a rule excuses, what differs.

use schemars::JsonSchema;
use serde::Serialize;

use crate::align::explain::Difference;
use crate::analysis::{Analysis, EventRef};
use crate::pair::{Pair, Side};
use crate::profile::RuleId;
use crate::value::Value;

/// Why a field counts as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    /// Both values are equal.
    Equal,
    /// A rule excuses it.
    Excused,
    /// A waiver is about it.
    Known,
    /// It differs.
    Differs,
}

impl Why {
    /// Returns the word that reports and scripts use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Excused => "excused",
            Self::Known => "known",
            Self::Differs => "differs",
        }
    }
}

/// A field of two events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldOutcome {
    /// The field.
    pub field: String,
    /// What each side has there; none if it has no such field.
    #[serde(flatten)]
    pub values: Pair<Option<String>>,
    /// Why it counts as it does.
    pub why: Why,
    /// The rule or the waiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why a correct engine may differ there, or the bug that the waiver stands for.
    #[serde(skip)]
    pub because: Option<String>,
}

/// Returns the fields of two events: first those that differ.
pub(super) fn fields(facts: &Analysis<'_>, at: EventRef, beside: EventRef) -> Vec<FieldOutcome> {
    let both = match at.side {
        Side::Reference => Pair::new(at, beside),
        Side::Candidate => Pair::new(beside, at),
    };
    let differences = facts.differences(both);
    let equal = equal_fields(facts, both, &differences);
    let (absorbed, waiver) = around(facts, both);
    let mut absorbed = absorbed.into_iter();
    let mut shown: Vec<FieldOutcome> = Vec::new();
    for difference in differences {
        let rule = difference.excused_by.or_else(|| absorbed.next());
        let (why, by) = match (rule.filter(|rule| !rule.is_mark()), waiver) {
            (Some(rule), _) => {
                let rule = facts.profile.rule(rule);
                (Why::Excused, Some((rule.id.clone(), rule.why.clone())))
            }
            (None, Some(waiver)) => {
                let waiver = facts.profile.waiver(waiver);
                (Why::Known, Some((waiver.id.clone(), waiver.bug.clone())))
            }
            (None, None) => (Why::Differs, None),
        };
        let (by, because) = by.unzip();
        let (field, values) = (difference.field, difference.values);
        shown.push(FieldOutcome { field, values, why, by, because });
    }
    shown.extend(equal);
    shown
}

/// Returns the rules and the waiver that excuse both events by what surrounds them.
fn around(
    facts: &Analysis<'_>,
    at: Pair<EventRef>,
) -> (Vec<RuleId>, Option<crate::profile::WaiverId>) {
    let pair = facts.pair_of(Side::Reference, at.reference.lane);
    let Some(pair) = pair.filter(|pair| facts.lanes(*pair).candidate == at.candidate.lane) else {
        return (Vec::new(), None);
    };
    let streams = facts.streams_of(pair);
    let nth = streams.zip(at).map(|(stream, at)| stream.nth_at(at.position));
    if facts.walks[pair].beside(Side::Reference, nth.reference) != Some(nth.candidate) {
        return (Vec::new(), None);
    }
    let absorber = facts.absorber();
    (absorber.excuses(streams, nth).unwrap_or_default().rules, absorber.waiver(streams, nth))
}

/// Returns the fields that both events have alike.
fn equal_fields(
    facts: &Analysis<'_>,
    at: Pair<EventRef>,
    differences: &[Difference],
) -> Vec<FieldOutcome> {
    let at = at.candidate;
    let trace = facts.traces.on(at.side);
    let Some(parsed) = trace.event(facts.place(at)) else { return Vec::new() };
    let mut fields = Vec::new();
    for (key, value) in &parsed.payload {
        match value {
            Value::Object(members) => fields
                .extend(members.iter().map(|(inner, value)| (format!("{key}.{inner}"), value))),
            value => fields.push((key.to_string(), value)),
        }
    }
    // A difference may lie deeper than the field, or be about what holds it.
    let differs = |field: &str| {
        let inside = |outer: &str, inner: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        differences.iter().any(|difference| {
            matches!(difference.field.as_str(), "kind" | "name")
                || inside(field, &difference.field)
                || inside(&difference.field, field)
        })
    };
    fields
        .into_iter()
        .filter(|(field, _)| !differs(field))
        .map(|(field, value)| {
            let value = Some(value.to_string());
            let values = Pair::new(value.clone(), value);
            FieldOutcome { field, values, why: Why::Equal, by: None, because: None }
        })
        .collect()
}

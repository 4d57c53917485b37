//! All that is known of one event: what is aligned with it and why, which objects it touches, what came
//! before it that it depends on, and which findings are near.
//!
//! Invariant: nothing here is worked out anew; an event is explained by the very comparison that
//! `diff` reports.

mod before;
mod document;
mod fields;
mod objects;
mod partner;

pub use before::Predecessor;
pub use fields::{FieldOutcome, Why};
pub use objects::{ObjectLifetime, ObjectUse};

use schemars::JsonSchema;
use serde::Serialize;

use crate::analysis::cause::Causes;
use crate::analysis::{Analysis, EventRef, Finding};
use crate::report::build::{event, site};
use crate::report::{NextCommand, Site};

/// What an event's partner is to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MatchStatus {
    /// Both count as equal.
    Equal,
    /// They differ, and a waiver is about that.
    Known,
    /// They differ.
    Differs,
    /// It has no partner.
    Alone,
}

impl MatchStatus {
    /// Returns the word that reports and scripts use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Known => "known",
            Self::Differs => "differs",
            Self::Alone => "alone",
        }
    }
}

/// An event and its place.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Located {
    /// Where it is.
    pub site: Site,
    /// What it says, as it is compared.
    pub canonical: String,
    /// The line as it is.
    pub raw: String,
}

/// What is known of an event.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Explanation {
    /// What its partner is to it.
    pub standing: MatchStatus,
    /// Why it has the partner that it has, or none: a sentence without its full stop.
    pub because: String,
    /// The event.
    pub event: Located,
    /// The partner, or the event that it is held against.
    pub partner: Option<Located>,
    /// Both events, field by field.
    pub fields: Vec<FieldOutcome>,
    /// The objects that it names.
    pub objects: Vec<ObjectUse>,
    /// How many more objects it names.
    #[serde(rename = "more_objects")]
    pub n_more_objects: usize,
    /// What it depends on.
    pub before: Vec<Predecessor>,
    /// The findings of its lanes that are nearest to it.
    pub findings: Vec<NearFinding>,
    /// The commands that help further. Whoever knows the command line adds them.
    pub next: Vec<NextCommand>,
}

/// A finding near an event.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NearFinding {
    /// What it is: `origin 1`, `follows origin 1`, `known 1`.
    pub what: String,
    /// Its class.
    pub class: &'static str,
    /// Where it is, on the event's side if it is there.
    pub site: Site,
    /// How many aligned events after the event it is; before it, less than 0.
    pub distance: i64,
}

/// Explains an event.
pub fn explain(facts: &Analysis<'_>, causes: &Causes, at: EventRef) -> Explanation {
    let found = partner::partner(facts, at);
    let (objects, n_more_objects) = objects::objects(facts, at);
    let fields = match found.beside {
        Some(beside) => fields::fields(facts, at, beside),
        None => Vec::new(),
    };
    Explanation {
        event: located(facts, at),
        standing: found.standing,
        because: found.because,
        partner: found.beside.map(|beside| located(facts, beside)),
        fields,
        objects,
        n_more_objects,
        before: before::before(facts, at),
        findings: findings(facts, causes, at),
        next: Vec::new(),
    }
}

fn located(facts: &Analysis<'_>, at: EventRef) -> Located {
    let event = event(facts, at);
    Located { site: site(facts, at), canonical: event.canonical, raw: event.raw }
}

/// Returns the findings of the event's lanes that are nearest to it.
fn findings(facts: &Analysis<'_>, causes: &Causes, at: EventRef) -> Vec<NearFinding> {
    const SHOWN: usize = 4;
    let mine = facts.stream(at.side, at.lane).nth_at(at.position) as i64;
    let mut near = Vec::new();
    let mut add = |found: &Finding, what: String| {
        let here = [*found.at.on(at.side), *found.at.on(at.side.other())];
        let is_own = here[0].is_some_and(|here| here.lane == at.lane);
        let Some(place) = here.into_iter().flatten().next() else { return };
        if !is_own {
            return;
        }
        let nth = facts.stream(at.side, at.lane).nth_at(place.position) as i64;
        let (class, site) = (found.class.name(), site(facts, place));
        near.push(NearFinding { what, class, site, distance: nth - mine });
    };
    for (place, found) in causes.origins.iter().enumerate() {
        add(found, format!("origin {}", place + 1));
    }
    for (found, from) in &causes.consequences {
        let from = match from {
            crate::analysis::cause::Source::Origin(place) => format!("origin {}", place + 1),
            crate::analysis::cause::Source::Known(place) => format!("known {}", place + 1),
        };
        add(found, format!("follows {from}"));
    }
    for (place, (found, _)) in causes.known.iter().enumerate() {
        add(found, format!("known {}", place + 1));
    }
    near.sort_by_key(|finding| (finding.distance.unsigned_abs(), finding.distance));
    near.truncate(SHOWN);
    near
}

//! The explanation of an event as JSON. The types here are the wire's.
//!
//! docs/explain.schema.json is generated from them.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::explain::{Explanation, FieldTold, Life, NearFinding, ObjectTold, Predecessor, Why};
use crate::pair::Pair;
use crate::report::plain::write_json;
use crate::report::{EventView, Site};

/// The version of this format. It rises when a key changes its meaning or goes away.
pub const FORMAT_VERSION: u32 = 1;

/// An explanation of `forkpoint explain`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonExplanation {
    /// The version of this format.
    format_version: u32,
    /// `equal`, `known`, `differs` or `alone`.
    standing: String,
    /// Why the event has the partner that it has, or none.
    because: String,
    event: JsonEvent,
    /// The partner, or the event that it is held against.
    partner: Option<JsonEvent>,
    /// First those that differ.
    fields: Vec<JsonField>,
    /// The objects that the event names.
    objects: Vec<JsonObject>,
    /// How many more it names.
    more_objects: usize,
    /// What it depends on.
    before: Vec<JsonBefore>,
    /// The findings of its thread that are nearest to it.
    findings: Vec<JsonFinding>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonEvent {
    site: JsonSite,
    /// What it says, as it is compared.
    canonical: String,
    /// The line as it stands.
    raw: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonField {
    field: String,
    reference: Option<String>,
    candidate: Option<String>,
    /// `equal`, `excused`, `known` or `differs`.
    why: String,
    /// The rule or the waiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonObject {
    /// What the profile calls such names.
    space: String,
    value: u64,
    reference: Option<JsonLife>,
    candidate: Option<JsonLife>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonLife {
    created: JsonSite,
    uses: u64,
    first_use: Option<JsonSite>,
    last_use: Option<JsonSite>,
    destroyed: Option<JsonSite>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonBefore {
    /// What it is to the event.
    what: String,
    site: JsonSite,
    canonical: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonFinding {
    /// `origin 1`, `follows origin 1`, `known 1`.
    what: String,
    class: String,
    site: JsonSite,
    /// How many aligned events after the event; before it, less than 0.
    distance: i64,
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

/// Writes the explanation, indented.
///
/// # Errors
/// What `out` says.
pub fn write(told: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    let wire = JsonExplanation {
        format_version: FORMAT_VERSION,
        standing: told.standing.name().to_owned(),
        because: told.because.clone(),
        event: event(&told.event),
        partner: told.partner.as_ref().map(event),
        fields: told.fields.iter().map(field).collect(),
        objects: told.objects.iter().map(object).collect(),
        more_objects: told.n_more_objects,
        before: told.before.iter().map(before).collect(),
        findings: told.findings.iter().map(finding).collect(),
    };
    write_json(&wire, out)
}

/// Returns the JSON schema of the format.
pub fn schema() -> String {
    let schema = schemars::schema_for!(JsonExplanation);
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}

fn event((at, view): &(Site, EventView)) -> JsonEvent {
    JsonEvent { site: site(at), canonical: view.canonical.clone(), raw: view.raw.clone() }
}

fn field(told: &FieldTold) -> JsonField {
    let Pair { reference, candidate } = told.values.clone();
    let by = match &told.why {
        Why::Excused(by, _) | Why::Known(by, _) => Some(by.clone()),
        Why::Equal | Why::Differs => None,
    };
    let (field, why) = (told.field.clone(), told.why.name().to_owned());
    JsonField { field, reference, candidate, why, by }
}

fn object(told: &ObjectTold) -> JsonObject {
    let Pair { reference, candidate } = told.lives.as_ref().map(|life_| life_.as_ref().map(life));
    JsonObject { space: told.space.clone(), value: told.value, reference, candidate }
}

fn life(life: &Life) -> JsonLife {
    JsonLife {
        created: site(&life.created),
        uses: life.n_uses,
        first_use: life.uses.as_ref().map(|(first, _)| site(first)),
        last_use: life.uses.as_ref().map(|(_, last)| site(last)),
        destroyed: life.destroyed.as_ref().map(site),
    }
}

fn before(told: &Predecessor) -> JsonBefore {
    let canonical = told.canonical.clone();
    JsonBefore { what: told.what.to_owned(), site: site(&told.site), canonical }
}

fn finding(told: &NearFinding) -> JsonFinding {
    JsonFinding {
        what: told.what.clone(),
        class: told.class.to_owned(),
        site: site(&told.site),
        distance: told.distance,
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

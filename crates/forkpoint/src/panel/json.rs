//! What several references say, as JSON. The types here are the wire's.
//!
//! docs/panel.schema.json is generated from them.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::panel::Panel;
use crate::report::json::{JsonFinding, JsonReport, JsonVerdict, finding, wire};
use crate::report::plain::write_json;

/// The version of this format. It rises when a key changes its meaning or goes away.
pub const FORMAT_VERSION: u32 = 1;

/// A report of `forkpoint diff` with several references.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonPanel {
    /// The version of this format.
    format_version: u32,
    /// What came of it all.
    verdict: JsonVerdict,
    /// What keeps the candidate from being called identical, though it is not diverged.
    doubts: Vec<String>,
    /// Where one reference has something else than the candidate, and another has the same.
    disagreements: Vec<JsonDisagreement>,
    /// What rules took from references that have no authority over it.
    overruled: Vec<JsonOverruled>,
    /// What each reference says, less what was settled between them.
    references: Vec<JsonTold>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonDisagreement {
    /// The reference that differs from the candidate, by its place in `references`.
    reference: usize,
    /// Those that have what the candidate has.
    agree: Vec<usize>,
    finding: JsonFinding,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonOverruled {
    rule: String,
    why: String,
    /// The reference that was not asked, by its place in `references`.
    reference: usize,
    /// How many differences it told.
    count: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonTold {
    name: String,
    report: JsonReport,
}

/// Writes what the references say, indented.
///
/// # Errors
/// What `out` says.
pub fn write(panel: &Panel, out: &mut dyn Write) -> io::Result<()> {
    let disagreements = panel.disagreements.iter().map(|found| JsonDisagreement {
        reference: found.reference,
        agree: found.agree.clone(),
        finding: finding(&found.finding),
    });
    let overruled = panel.overruled.iter().map(|overruled| JsonOverruled {
        rule: overruled.rule.clone(),
        why: overruled.why.clone(),
        reference: overruled.reference,
        count: overruled.count,
    });
    let references = panel
        .references
        .iter()
        .map(|told| JsonTold { name: told.name.clone(), report: wire(&told.report) });
    let wire = JsonPanel {
        format_version: FORMAT_VERSION,
        verdict: panel.verdict.into(),
        doubts: panel.doubts.clone(),
        disagreements: disagreements.collect(),
        overruled: overruled.collect(),
        references: references.collect(),
    };
    write_json(&wire, out)
}

/// Returns the JSON schema of the format.
pub fn schema() -> String {
    let schema = schemars::schema_for!(JsonPanel);
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}

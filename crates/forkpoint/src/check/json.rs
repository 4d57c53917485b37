//! The check as JSON. The types here are the wire's; the check's own are never serialised.
//!
//! docs/check.schema.json is generated from them.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::check::{CheckReport, Finding, Severity};
use crate::ingest::ReadError;
use crate::report::json::{self, JsonNotice};
use crate::report::plain::write_json;

/// The version of this format. It rises when a key changes its meaning or goes away.
pub const FORMAT_VERSION: u32 = 1;

/// What `forkpoint check` says.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonCheck {
    /// The version of this format.
    format_version: u32,
    /// The logs that could be read, in the order they were named.
    logs: Vec<JsonLog>,
    /// The logs that could not.
    unreadable: Vec<JsonUnreadable>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum JsonVerdict {
    /// No fault; there may be notes.
    Clean,
    /// At least one fault.
    Faulty,
}

/// One log.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonLog {
    verdict: JsonVerdict,
    files: Vec<String>,
    /// Its format, as `--from` takes it.
    format: String,
    /// The engine that wrote it, if it says so.
    engine: Option<String>,
    /// The profile that says what events mean.
    profile: String,
    lines: u64,
    /// How many bytes, after decompression.
    bytes: u64,
    events: u64,
    /// Lines that hold no event, by reason.
    skipped: Vec<JsonSkipped>,
    /// Lines that hold no event because they are damaged. Together with those that were skipped and
    /// with the events, each of which has a line, they are all lines.
    damaged_lines: u64,
    /// What is to be said of the log as a whole.
    notices: Vec<JsonNotice>,
    /// What no right log holds.
    faults: Vec<JsonFinding>,
    /// What a right log may hold, but is worth knowing.
    notes: Vec<JsonFinding>,
    /// How many events of each kind, the most frequent first.
    kinds: Vec<JsonKind>,
    /// The functions called most often; how many are listed is up to `--top`.
    names: Vec<JsonName>,
    /// How many functions there are in all.
    names_in_all: u64,
    /// The threads, in the order of their first events.
    lanes: Vec<JsonLane>,
    /// The objects that came and went; null if the log tells of none.
    objects: Option<JsonObjects>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonSkipped {
    reason: String,
    lines: u64,
    /// `expected`, `worth a look` or `loses events`.
    severity: String,
    /// What can be done about such lines.
    fix: Option<String>,
}

/// One kind of fault or note.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonFinding {
    kind: String,
    count: u64,
    /// What can be done about it, or why it may be right.
    hint: String,
    /// The first places, in the order of the log.
    examples: Vec<JsonExample>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonExample {
    file: String,
    /// Counted from 1; null for a fault of the file as a whole.
    line: Option<u64>,
    /// The event there; null where the line holds none.
    event: Option<JsonEvent>,
    /// What was found.
    detail: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonEvent {
    /// The thread, as readers of the log know it.
    lane: String,
    /// Its index in its thread.
    event_idx: u64,
    /// Its kind and function.
    name: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonKind {
    kind: String,
    events: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonName {
    name: String,
    /// How often it is called.
    calls: u64,
    /// How many events name it.
    events: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonLane {
    /// The thread, as readers of the log know it.
    name: String,
    /// The process, where the log tells processes apart.
    process: Option<u32>,
    tid: i64,
    events: u64,
    first_idx: u64,
    last_idx: u64,
    /// `exited`, `waiting`, `in a call` or `stopped`.
    end: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonObjects {
    created: u64,
    destroyed: u64,
    /// Created and not destroyed.
    open: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonUnreadable {
    file: String,
    /// Counted from 1, where there is one.
    line: Option<u64>,
    message: String,
    hint: Option<String>,
}

/// Writes what was found in several logs, indented.
///
/// # Errors
/// What `out` says.
pub fn write(
    reports: &[CheckReport],
    unreadable: &[ReadError],
    out: &mut dyn Write,
) -> io::Result<()> {
    let check = JsonCheck {
        format_version: FORMAT_VERSION,
        logs: reports.iter().map(log).collect(),
        unreadable: unreadable.iter().map(error).collect(),
    };
    write_json(&check, out)
}

/// Returns the JSON schema of the format.
pub fn schema() -> String {
    let schema = schemars::schema_for!(JsonCheck);
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}

fn log(report: &CheckReport) -> JsonLog {
    let kinds = report.kinds.iter();
    let names = report.names.iter();
    let skipped = report.skipped.iter();
    JsonLog {
        verdict: if report.n_faults() == 0 { JsonVerdict::Clean } else { JsonVerdict::Faulty },
        files: report.files.clone(),
        format: report.format.to_owned(),
        engine: report.engine.clone(),
        profile: report.profile.clone(),
        lines: report.lines,
        bytes: report.bytes,
        events: report.events,
        skipped: skipped
            .map(|(why, lines)| JsonSkipped {
                reason: why.reason.to_owned(),
                lines: *lines,
                severity: why.severity.name().to_owned(),
                fix: why.fix.map(str::to_owned),
            })
            .collect(),
        damaged_lines: report.damaged,
        notices: report.notices.iter().map(json::notice).collect(),
        faults: report.of(Severity::Fault).map(finding).collect(),
        notes: report.of(Severity::Note).map(finding).collect(),
        kinds: kinds.map(|k| JsonKind { kind: k.kind.clone(), events: k.events }).collect(),
        names: names
            .map(|n| JsonName { name: n.name.clone(), calls: n.calls, events: n.events })
            .collect(),
        names_in_all: report.n_names,
        lanes: report.lanes.iter().map(lane).collect(),
        objects: report.objects.map(|objects| JsonObjects {
            created: objects.created,
            destroyed: objects.destroyed,
            open: objects.open,
        }),
    }
}

fn finding(finding: &Finding) -> JsonFinding {
    let examples = finding.examples.iter();
    JsonFinding {
        kind: finding.kind.name().to_owned(),
        count: finding.count,
        hint: finding.kind.hint().to_owned(),
        examples: examples
            .map(|example| JsonExample {
                file: example.file.clone(),
                line: example.line,
                event: example.event.as_ref().map(|event| JsonEvent {
                    lane: event.lane.clone(),
                    event_idx: event.event_idx,
                    name: event.title.clone(),
                }),
                detail: example.detail.clone(),
            })
            .collect(),
    }
}

fn lane(lane: &crate::check::LaneSummary) -> JsonLane {
    JsonLane {
        name: lane.name.clone(),
        process: lane.process,
        tid: lane.tid,
        events: lane.events,
        first_idx: lane.first_idx,
        last_idx: lane.last_idx,
        end: lane.end.name().to_owned(),
    }
}

fn error(error: &ReadError) -> JsonUnreadable {
    JsonUnreadable {
        file: error.file.clone(),
        line: error.line,
        message: error.message.clone(),
        hint: error.hint.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::tests::checked;

    /// To bless a change: `FORKPOINT_BLESS=1 cargo test -p forkpoint check::json`.
    #[test]
    fn the_schema_in_docs_is_the_one_that_is_generated() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/check.schema.json");
        if std::env::var_os("FORKPOINT_BLESS").is_some() {
            std::fs::write(path, schema()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap().replace("\r\n", "\n"), schema());
    }

    #[test]
    fn a_log_is_written_with_its_verdict_faults_and_notes() {
        let report = checked(&[
            r#""kind":"kernel.return","tid":6,"tid_event_idx":0,"payload":{"name":"A"}"#,
            r#""kind":"wait.begin","tid":6,"tid_event_idx":1"#,
        ]);
        let mut out = Vec::new();
        write(&[report], &[ReadError::new("b.log", "is empty")], &mut out).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(json["format_version"], 1);
        assert_eq!(json["logs"][0]["verdict"], "faulty");
        assert_eq!(json["logs"][0]["faults"][0]["examples"][0]["line"], 2);
        assert_eq!(json["logs"][0]["notes"][0]["kind"], "unfinished wait");
        assert_eq!(json["logs"][0]["lanes"][0]["end"], "waiting");
        assert_eq!(json["unreadable"][0]["file"], "b.log");
    }
}

//! What came of checking logs: plain data.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::align::tail::Tail;
use crate::check::kind::Kind;
use crate::error::Error;
use crate::trace::skip::Severity;
use crate::trace::warning::LogWarning;

/// How many places of one kind of finding are kept; all are counted.
pub const EXAMPLES: usize = 20;

/// What came of checking several logs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Checks {
    /// The logs that could be read, in the order they were named.
    pub logs: Vec<CheckReport>,
    /// The logs that could not.
    pub unreadable: Vec<Error>,
}

/// Whether a log is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CheckVerdict {
    /// No fault; there may be notes.
    Clean,
    /// At least one fault.
    Faulty,
}

/// Lines that hold no event, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SkippedLines {
    /// The reason.
    pub reason: &'static str,
    /// How many.
    pub lines: u64,
    /// How much that matters.
    pub severity: Severity,
    /// What can be done about such lines.
    pub fix: Option<&'static str>,
}

/// What came of checking one log.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckReport {
    /// Whether it has a fault.
    pub verdict: CheckVerdict,
    /// Its files.
    pub files: Vec<String>,
    /// Its format.
    pub format: &'static str,
    /// The engine that wrote it, if it says so.
    pub engine: Option<String>,
    /// The profile that says what events mean.
    pub profile: String,
    /// How many lines it has.
    pub lines: u64,
    /// How many bytes, after decompression.
    pub bytes: u64,
    /// How many events.
    pub events: u64,
    /// Lines that hold no event, by reason.
    pub skipped: Vec<SkippedLines>,
    /// How many lines hold no event because they are damaged. Together with those that were skipped and
    /// with the events, each of which has a line, they are all lines.
    #[serde(rename = "damaged_lines")]
    pub damaged: u64,
    /// What is to be said of it as a whole.
    pub notices: Vec<LogWarning>,
    /// What no right log holds, each kind once.
    pub faults: Vec<Finding>,
    /// What a right log may hold, but is worth knowing.
    pub notes: Vec<Finding>,
    /// How many events of each kind, the most frequent first.
    pub kinds: Vec<KindCount>,
    /// The functions called most often.
    pub names: Vec<NameCount>,
    /// How many functions there are in all.
    #[serde(rename = "names_in_all")]
    pub n_names: u64,
    /// The lanes, in the order of their first events.
    pub lanes: Vec<LaneSummary>,
    /// The objects that came and went; none if the log reports no objects.
    pub objects: Option<ObjectCounts>,
}

impl CheckReport {
    /// Returns how many faults there are.
    pub fn n_faults(&self) -> u64 {
        total(&self.faults)
    }

    /// Returns how many notes there are.
    pub fn n_notes(&self) -> u64 {
        total(&self.notes)
    }

    /// Returns the fault that comes first in the log.
    pub fn first_fault(&self) -> Option<(&Finding, &Example)> {
        let examples = self
            .faults
            .iter()
            .filter_map(|finding| finding.examples.first().map(|example| (finding, example)));
        examples.min_by_key(|(_, example)| example.position(&self.files))
    }
}

fn total(findings: &[Finding]) -> u64 {
    findings.iter().map(|finding| finding.count).sum()
}

/// A kind of finding: how often, and where.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Finding {
    /// Its kind.
    #[serde(serialize_with = "name_of")]
    #[schemars(with = "String")]
    pub kind: Kind,
    /// How often.
    pub count: u64,
    /// What can be done about it, or why it may be right.
    pub hint: &'static str,
    /// The first places, at most [`EXAMPLES`]; of faults of lines the first alone.
    pub examples: Vec<Example>,
}

fn name_of<S: Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

/// One place of a finding.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Example {
    /// The file.
    pub file: String,
    /// The line, counted from 1; none for a fault of the file as a whole.
    pub line: Option<u64>,
    /// The event there; none where the line holds none.
    pub event: Option<EventAt>,
    /// What was found.
    pub detail: String,
}

impl Example {
    pub(super) fn position(&self, files: &[String]) -> (usize, u64) {
        let part = files.iter().position(|file| *file == self.file);
        (part.unwrap_or(usize::MAX), self.line.unwrap_or(u64::MAX))
    }
}

/// An event, as readers of the log know it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EventAt {
    /// Its thread.
    pub lane: String,
    /// Its index in its thread.
    pub event_idx: u64,
    /// Its kind and function.
    #[serde(rename = "name")]
    pub title: String,
}

/// How many events of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KindCount {
    /// The kind.
    pub kind: String,
    /// How many.
    pub events: u64,
}

/// How often a function is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NameCount {
    /// The function.
    pub name: String,
    /// How often it is called.
    pub calls: u64,
    /// How many events name it.
    pub events: u64,
}

/// One lane.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LaneSummary {
    /// What the log calls it.
    pub name: String,
    /// The process, where the log distinguishes processes.
    pub process: Option<u32>,
    /// The thread.
    pub tid: i64,
    /// How many events it has.
    pub events: u64,
    /// The index of its first event.
    pub first_idx: u64,
    /// The index of its last event.
    pub last_idx: u64,
    /// How it ended.
    pub end: Tail,
}

/// How many objects came and went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ObjectCounts {
    /// Created, each object once.
    pub created: u64,
    /// Destroyed.
    pub destroyed: u64,
    /// Created and not destroyed.
    pub open: u64,
}

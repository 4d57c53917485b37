//! One log's own faults and figures: what can be said without a second log.
//!
//! A *fault* is what a right log cannot hold, in whatever order its threads ran: bytes that are no
//! event, a return without its call, an object used after its end on the very thread that ended it.
//! A *note* is what also a right log may hold: a thread that was waiting when the engine stopped, an
//! object that the log never saw created. Lines of different threads interleave in any order, so what
//! only that order says is a note too.
//!
//! Invariant: memory is bounded by the trace; of each kind at most [`EXAMPLES`] places are kept.

mod balance;
mod counts;
mod handles;
pub mod json;
mod kind;
mod tally;
pub mod text;
mod waits;

pub use kind::{Kind, Severity};

use crate::align::tail::Tail;
use crate::ingest::{Notice, Skip};
use crate::profile::Profile;
use crate::trace::{Symbols, Trace};
use tally::Tally;

/// How many places of one kind of finding are kept; all are counted.
pub const EXAMPLES: usize = 20;

/// How a log is checked.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many names of functions are listed.
    pub top: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { top: 10 }
    }
}

/// What came of checking one log.
#[derive(Clone, Debug)]
pub struct CheckReport {
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
    pub skipped: Vec<(&'static Skip, u64)>,
    /// How many lines hold no event because they are damaged.
    pub damaged: u64,
    /// What is to be said of it as a whole.
    pub notices: Vec<Notice>,
    /// What is wrong or worth knowing, faults before notes, each kind once.
    pub findings: Vec<Finding>,
    /// How many events of each kind, the most frequent first.
    pub kinds: Vec<KindCount>,
    /// The functions called most often.
    pub names: Vec<NameCount>,
    /// How many functions there are in all.
    pub n_names: u64,
    /// The lanes, in the order of their first events.
    pub lanes: Vec<LaneSummary>,
    /// The objects that came and went; none if the log tells of no objects.
    pub objects: Option<ObjectCounts>,
}

impl CheckReport {
    /// Returns how many faults there are.
    pub fn n_faults(&self) -> u64 {
        self.total(Severity::Fault)
    }

    /// Returns how many notes there are.
    pub fn n_notes(&self) -> u64 {
        self.total(Severity::Note)
    }

    /// Returns the findings of one severity.
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.kind.severity() == severity)
    }

    /// Returns the fault that stands first in the log.
    pub fn first_fault(&self) -> Option<(&Finding, &Example)> {
        let examples = self
            .of(Severity::Fault)
            .filter_map(|finding| finding.examples.first().map(|example| (finding, example)));
        examples.min_by_key(|(_, example)| example.position(&self.files))
    }

    fn total(&self, severity: Severity) -> u64 {
        self.of(severity).map(|finding| finding.count).sum()
    }
}

/// A kind of finding: how often, and where.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Its kind.
    pub kind: Kind,
    /// How often.
    pub count: u64,
    /// The first places, at most [`EXAMPLES`]; of faults of lines the first alone.
    pub examples: Vec<Example>,
}

/// One place of a finding.
#[derive(Clone, Debug)]
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
    fn position(&self, files: &[String]) -> (usize, u64) {
        let part = files.iter().position(|file| *file == self.file);
        (part.unwrap_or(usize::MAX), self.line.unwrap_or(u64::MAX))
    }
}

/// An event, as readers of the log know it.
#[derive(Clone, Debug)]
pub struct EventAt {
    /// Its thread.
    pub lane: String,
    /// Its index in its thread.
    pub event_idx: u64,
    /// Its kind and function.
    pub title: String,
}

/// How many events of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindCount {
    /// The kind.
    pub kind: String,
    /// How many.
    pub events: u64,
}

/// How often a function is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameCount {
    /// The function.
    pub name: String,
    /// How often it is called.
    pub calls: u64,
    /// How many events name it.
    pub events: u64,
}

/// One lane.
#[derive(Clone, Debug)]
pub struct LaneSummary {
    /// What the log calls it.
    pub name: String,
    /// The process, where the log tells processes apart.
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ObjectCounts {
    /// Created, each object once.
    pub created: u64,
    /// Destroyed.
    pub destroyed: u64,
    /// Created and not destroyed.
    pub open: u64,
}

/// Checks a log. It must have been read with this profile and these symbols.
pub fn check(trace: &Trace, symbols: &Symbols, profile: &Profile, options: Options) -> CheckReport {
    let mut tally = Tally::new(trace, symbols);
    let names = counts::functions(symbols);
    let ends: Vec<Tail> =
        (0..trace.lanes.len()).map(|lane| balance::look(lane, &names, &mut tally)).collect();
    let objects = handles::look(&mut tally);
    let (names, n_names) = counts::names(trace, symbols, options.top);
    CheckReport {
        files: trace.files.clone(),
        format: trace.format.name,
        engine: trace.engine.clone(),
        profile: profile.name.clone(),
        lines: trace.n_lines,
        bytes: trace.n_bytes,
        events: trace.n_events() as u64,
        skipped: trace.skipped.iter().map(|(why, count)| (*why, *count)).collect(),
        damaged: trace.faults.n_lines(),
        notices: trace.notices.clone(),
        findings: tally.finish(),
        kinds: counts::kinds(trace, symbols),
        names,
        n_names,
        lanes: counts::lanes(trace, &ends),
        objects,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::ingest::{self, FaultKind, ReadOptions, SymbolTable};

    /// Returns the check of a log with these event lines, each without its first brace.
    pub(crate) fn checked(events: &[&str]) -> CheckReport {
        let mut text = "{\"kind\":\"schema_version\",\"schema_version\":1}\n".to_owned();
        for event in events {
            text += &format!("{{{event}}}\n");
        }
        checked_text(&text)
    }

    pub(crate) fn checked_text(text: &str) -> CheckReport {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        std::fs::write(&path, text).unwrap();
        let profile = Profile::load("strict", &[]).unwrap();
        let table = SymbolTable::new(&profile);
        let sources = ingest::open(&[path.to_str().unwrap().to_owned()]).unwrap();
        let trace = ingest::read(sources, &profile, &table, ReadOptions::default()).unwrap();
        check(&trace, &table.finish(), &profile, Options::default())
    }

    /// Returns what was found: kind, count and the line of the first.
    pub(crate) fn found(report: &CheckReport) -> Vec<(Kind, u64, Option<u64>)> {
        let findings = report.findings.iter();
        findings.map(|f| (f.kind, f.count, f.examples.first().and_then(|e| e.line))).collect()
    }

    #[test]
    fn a_fault_of_a_line_is_told_with_its_place() {
        let report = checked(&[
            r#""kind":"a","tid":6,"tid_event_idx":1"#,
            r#""kind":"a","tid":6,"tid_event_idx":1"#,
        ]);
        assert_eq!(found(&report), [(Kind::Line(FaultKind::FallingIndex), 1, Some(3))]);
        assert_eq!(report.n_faults(), 1);
    }

    #[test]
    fn a_header_alone_is_a_fault() {
        assert_eq!(found(&checked(&[])), [(Kind::NoEvent, 1, None)]);
    }

    #[test]
    fn the_first_fault_is_the_first_in_the_log_whatever_its_kind() {
        let report = checked(&[
            r#""kind":"kernel.return","tid":6,"tid_event_idx":0,"payload":{"name":"A"}"#,
            r#""kind":"a","tid":6,"tid_event_idx":0"#,
        ]);
        let (finding, example) = report.first_fault().unwrap();
        assert_eq!((finding.kind, example.line), (Kind::CrossedReturn, Some(2)));
    }
}

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
mod document;
mod handles;
mod kind;
mod report;
mod tally;
mod waits;

pub use kind::{Kind, Severity};
pub use report::{
    CheckReport, CheckVerdict, Checks, EXAMPLES, EventAt, Example, Finding, KindCount, LaneSummary,
    NameCount, ObjectCounts, SkippedLines,
};

use crate::align::tail::Tail;
use crate::profile::Profile;
use crate::trace::{Symbols, Trace};
use tally::Tally;

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

/// Checks a log. It must have been read with this profile and these symbols.
pub fn check(trace: &Trace, symbols: &Symbols, profile: &Profile, options: Options) -> CheckReport {
    let mut tally = Tally::new(trace, symbols);
    let names = counts::functions(symbols);
    let ends: Vec<Tail> =
        (0..trace.lanes.len()).map(|lane| balance::look(lane, &names, &mut tally)).collect();
    let objects = handles::look(&mut tally);
    let (names, n_names) = counts::names(trace, symbols, options.top);
    let (faults, notes): (Vec<Finding>, Vec<Finding>) =
        tally.finish().into_iter().partition(|finding| finding.kind.severity() == Severity::Fault);
    CheckReport {
        verdict: if faults.is_empty() { CheckVerdict::Clean } else { CheckVerdict::Faulty },
        files: trace.files.clone(),
        format: trace.format,
        engine: trace.engine.clone(),
        profile: profile.name.clone(),
        lines: trace.n_lines,
        bytes: trace.n_bytes,
        events: trace.n_events() as u64,
        skipped: trace
            .skipped
            .iter()
            .map(|(skip, &lines)| SkippedLines {
                reason: skip.reason,
                lines,
                severity: skip.severity,
                fix: skip.fix,
            })
            .collect(),
        damaged: trace.faults.n_lines(),
        notices: trace.notices.clone(),
        faults,
        notes,
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
    use crate::read::{self, ReadOptions};
    use crate::scan::symbols::SymbolTable;
    use crate::trace::fault::FaultKind;

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
        let sources = read::open(&[path.to_str().unwrap().to_owned()]).unwrap();
        let trace = read::read(sources, &profile, &table, ReadOptions::default()).unwrap();
        check(&trace, &table.finish(), &profile, Options::default())
    }

    /// Returns what was found: kind, count and the line of the first.
    pub(crate) fn found(report: &CheckReport) -> Vec<(Kind, u64, Option<u64>)> {
        let findings = report.faults.iter().chain(&report.notes);
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

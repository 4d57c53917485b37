//! Whether a build does worse than an earlier one: two saved reports, held against one another.
//!
//! Its one idea: a finding is known again by what it is, never by how many there are or where they stand. Invariant:
//! a report that cannot be judged never passes.

mod document;
mod saved;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

pub use saved::SavedReport;

use crate::gate::saved::{SavedFinding, SavedLane};
use crate::report::{Verdict, WaiverState};

/// What came of a gate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Gate {
    /// Whether nothing got worse, and everything could be judged.
    pub outcome: GateOutcome,
    /// What got worse.
    pub worse: Vec<Change>,
    /// What got better.
    pub better: Vec<Change>,
    /// What keeps it from being judged.
    pub doubts: Vec<String>,
    /// How many origins both reports have.
    pub unchanged: u64,
}

/// How a gate ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GateOutcome {
    /// Nothing got worse.
    Passed,
    /// Something got worse.
    Failed,
    /// Nothing is known to have got worse, and not everything was compared.
    Inconclusive,
}

impl GateOutcome {
    /// Returns the word that reports and scripts use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// Something that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// What sort of change it is.
    pub kind: ChangeKind,
    /// What is said of it.
    pub what: String,
    /// The file of the candidate's event, or of the only one.
    pub file: Option<String>,
    /// Its line, counted from 1.
    pub line: Option<u64>,
}

/// A sort of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// An origin that the baseline has not.
    NewOrigin,
    /// An origin of the baseline that is gone.
    OriginGone,
    /// A pair of threads that agrees for fewer events.
    ShorterPrefix,
    /// A pair of threads that agrees for more events.
    LongerPrefix,
    /// A thread of the baseline that is not compared any more.
    ThreadGone,
    /// A waiver that nothing is known by any more, or that does not hold any more.
    StaleWaiver,
}

impl ChangeKind {
    /// Returns the words that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::NewOrigin => "new-origin",
            Self::OriginGone => "origin-gone",
            Self::ShorterPrefix => "shorter-prefix",
            Self::LongerPrefix => "longer-prefix",
            Self::ThreadGone => "thread-gone",
            Self::StaleWaiver => "stale-waiver",
        }
    }
}

/// Holds a report against an earlier one.
pub fn gate(baseline: &SavedReport, report: &SavedReport) -> Gate {
    let is_inconclusive = report.verdict == Verdict::Inconclusive;
    let mut gate = Gate {
        outcome: if is_inconclusive { GateOutcome::Inconclusive } else { GateOutcome::Passed },
        worse: Vec::new(),
        better: Vec::new(),
        doubts: Vec::new(),
        unchanged: 0,
    };
    origins(baseline, report, &mut gate);
    prefixes(baseline, report, &mut gate);
    for waiver in report.waivers.iter().filter(|waiver| waiver.state != WaiverState::Used) {
        let what = format!("waiver {} is {}", waiver.id, waiver.state.name());
        gate.worse.push(Change { kind: ChangeKind::StaleWaiver, what, file: None, line: None });
    }
    if is_inconclusive {
        gate.doubts.extend(report.doubts.iter().cloned());
    }
    if !gate.worse.is_empty() {
        gate.outcome = GateOutcome::Failed;
    }
    gate
}

fn origins(baseline: &SavedReport, report: &SavedReport, gate: &mut Gate) {
    let known: BTreeSet<String> = baseline.origins.iter().map(SavedFinding::identity).collect();
    let found: BTreeSet<String> = report.origins.iter().map(SavedFinding::identity).collect();
    let mut said = BTreeSet::new();
    for origin in &report.origins {
        let identity = origin.identity();
        if !known.contains(&identity) && said.insert(identity) {
            gate.worse.push(change(ChangeKind::NewOrigin, origin));
        }
    }
    for origin in &baseline.origins {
        let identity = origin.identity();
        if !found.contains(&identity) && said.insert(identity) {
            gate.better.push(change(ChangeKind::OriginGone, origin));
        }
    }
    gate.unchanged = known.intersection(&found).count() as u64;
}

fn change(kind: ChangeKind, finding: &SavedFinding) -> Change {
    let site = finding.site();
    Change {
        kind,
        what: format!("{}: {}", finding.class, finding.summary),
        file: site.map(|site| site.file.clone()),
        line: site.map(|site| site.line),
    }
}

/// Threads are known again by what the reference calls them; where it calls several so, by their order.
fn prefixes(baseline: &SavedReport, report: &SavedReport, gate: &mut Gate) {
    let mut now = by_name(&report.lanes);
    for (name, before) in by_name(&baseline.lanes) {
        let lanes = now.remove(name).unwrap_or_default();
        for (nth, before) in before.iter().enumerate() {
            let bare = |kind, what| Change { kind, what, file: None, line: None };
            let Some(lane) = lanes.get(nth) else {
                let what = format!("thread {name} of the reference is not compared any more");
                gate.worse.push(bare(ChangeKind::ThreadGone, what));
                continue;
            };
            let (was, is) = (before.matched, lane.matched);
            let agrees = format!("thread {name} agrees for {is} events, where it did for {was}");
            // What agrees to its end has no prefix; it may be shorter in a shorter run.
            if is < was && lane.class.is_some() {
                gate.worse.push(bare(ChangeKind::ShorterPrefix, agrees));
            } else if is > was || lane.class.is_none() && before.class.is_some() {
                gate.better.push(bare(ChangeKind::LongerPrefix, agrees));
            }
        }
    }
}

fn by_name(lanes: &[SavedLane]) -> BTreeMap<&str, Vec<&SavedLane>> {
    let mut named: BTreeMap<&str, Vec<&SavedLane>> = BTreeMap::new();
    for lane in lanes {
        named.entry(&lane.names.reference).or_default().push(lane);
    }
    named
}

//! The report as checks: one for the verdict, one for each pair of threads, one for each origin beside them.

use std::collections::HashSet;

use crate::render::checks::{Check, Outcome};
use crate::render::words::count;
use crate::report::{FindingView, LanePair, Report, Site, Verdict};

/// Returns the checks of a report.
pub(super) fn checks(report: &Report) -> Vec<Check> {
    let mut checks = vec![verdict(report)];
    checks.extend(report.lanes.iter().map(|lanes| pair(report, lanes)));
    let shown: HashSet<usize> = report.lanes.iter().filter_map(|lanes| lanes.finding).collect();
    let rest = report.origins.iter().enumerate().filter(|(place, _)| !shown.contains(place));
    checks.extend(rest.map(|(place, finding)| {
        let name = format!("origin {}", place + 1);
        of_finding(name, finding, outcome(report))
    }));
    checks
}

/// What a finding of the report is: where the verdict is inconclusive, none proves anything.
fn outcome(report: &Report) -> Outcome {
    match report.verdict {
        Verdict::Identical | Verdict::Prefix => Outcome::Passed,
        Verdict::Diverged => Outcome::Failed,
        Verdict::Inconclusive => Outcome::Unsure,
    }
}

fn verdict(report: &Report) -> Check {
    let first = report.origins.first();
    let message = first.map(|finding| finding.summary.clone());
    let message = message.or_else(|| report.doubts.first().cloned());
    let equal = || format!("{} are equal", count(report.matched, "pair of events"));
    Check {
        name: "verdict".to_owned(),
        outcome: outcome(report),
        class: report.verdict.name().to_owned(),
        message: message.unwrap_or_else(equal),
        details: report.doubts.clone(),
        place: first.and_then(place),
    }
}

fn pair(report: &Report, lanes: &LanePair) -> Check {
    let name = format!("thread {} ↔ {}", lanes.names.reference, lanes.names.candidate);
    if let Some(finding) = lanes.finding.and_then(|place| report.origins.get(place)) {
        return of_finding(name, finding, outcome(report));
    }
    let follows = lanes.follows_from.map(|origin| format!("it follows from origin {}", origin + 1));
    let is_equal = lanes.class.is_none() || lanes.known > 0 && lanes.follows_from.is_none();
    Check {
        name,
        outcome: if is_equal { Outcome::Passed } else { outcome(report) },
        class: lanes.class.map_or(String::new(), |class| class.name().to_owned()),
        message: follows.unwrap_or_else(|| {
            format!("{} are equal before it", count(lanes.matched, "pair of events"))
        }),
        details: Vec::new(),
        place: None,
    }
}

fn of_finding(name: String, finding: &FindingView, outcome: Outcome) -> Check {
    Check {
        name,
        outcome,
        class: finding.class.name().to_owned(),
        message: finding.summary.clone(),
        details: finding.sites.iter().map(line).collect(),
        place: place(finding),
    }
}

/// The candidate's place, or the only one.
fn place(finding: &FindingView) -> Option<(String, u64)> {
    finding.sites.last().map(|site| (site.file.clone(), site.line))
}

fn line(site: &Site) -> String {
    let Site { side, lane, event_idx, file, line, name, .. } = site;
    format!("{side}  thread {lane} event {event_idx} ({file}:{line}) {name}")
}

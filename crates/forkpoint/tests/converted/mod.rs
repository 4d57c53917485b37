//! Two logs, converted, must get the report of the originals; where a line stands is the only thing
//! that may be another.

use forkpoint::analysis::Options;
use forkpoint::convert::convert;
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::report::{FindingView, Report};
use forkpoint::scan::symbols::SymbolTable;

use crate::two_logs;

/// Returns a log as an event log.
pub fn converted(bytes: &[u8], profile: &Profile, read: ReadOptions<'_>) -> Vec<u8> {
    let source = Source::of_bytes("original.log", bytes).unwrap();
    let table = SymbolTable::new(profile);
    let trace = read::read(vec![source], profile, &table, read).unwrap();
    let mut out = Vec::new();
    let written = convert(&trace, None, &mut out).unwrap();
    assert_eq!((written.events, written.lost), (trace.n_events() as u64, 0));
    out
}

/// Compares the converted logs; returns what is said otherwise than of the originals.
pub fn said_otherwise(
    logs: Pair<&[u8]>,
    profile: &Profile,
    read: ReadOptions<'_>,
    options: &Options,
    report: &Report,
) -> Result<(), String> {
    let logs = logs.map(|log| converted(log, profile, read));
    let logs = Pair::new(vec![&logs.reference[..]], vec![&logs.candidate[..]]);
    let after = two_logs::compare_bytes(&logs, profile, ReadOptions::default(), options)
        .map_err(|error| format!("converted, it cannot be read: {error}"))?;
    let (before, after) = (said(report), said(&after));
    if before == after {
        return Ok(());
    }
    let lines = before.iter().zip(&after).find(|(before, after)| before != after);
    Err(match lines {
        Some((before, after)) => format!("converted, it says otherwise:\n  {before}\n  {after}"),
        None => format!("converted, it says {} things, and not {}", after.len(), before.len()),
    })
}

/// What a report says, without where lines stand.
fn said(report: &Report) -> Vec<String> {
    let mut said = vec![
        format!("{} {}", report.verdict.name(), report.matched),
        format!("doubtful: {}", !report.doubts.is_empty()),
    ];
    said.extend(report.origins.iter().chain(&report.consequences).flat_map(finding));
    said.extend(report.known.iter().flat_map(|known| finding(&known.finding)));
    said.extend(report.lanes.iter().map(|lane| {
        format!("{:?} {} {:?} {:?}", lane.names, lane.matched, lane.events, lane.ends)
    }));
    said.extend(report.unpaired.iter().map(|lane| format!("{} {}", lane.side, lane.name)));
    said.extend(
        report
            .excused
            .iter()
            .map(|rule| format!("{} {} {:?}", rule.rule, rule.differences, rule.left_out)),
    );
    said
}

fn finding(finding: &FindingView) -> Vec<String> {
    let mut said = vec![format!("{} {}", finding.class.name(), finding.summary)];
    said.extend(
        finding
            .sites
            .iter()
            .map(|site| format!("{} {} {} {}", site.side, site.lane, site.event_idx, site.name)),
    );
    said.extend(finding.differences.iter().map(|difference| format!("{difference:?}")));
    for row in &finding.context {
        let event = row.events.as_ref().map(|event| {
            let event = event.as_ref();
            event.map(|event| format!("{} {} {}", event.event_idx, event.name, event.canonical))
        });
        said.push(format!("{:?} {event:?}", row.mark));
    }
    said
}

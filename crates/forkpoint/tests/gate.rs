//! Two saved reports, held against one another: their form, and what cannot be read.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod schema;
mod two_logs;

use forkpoint::analysis::Options;
use forkpoint::gate::{GateOutcome, SavedReport, gate};
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::ReadOptions;
use forkpoint::render::{Format, TextOptions, to_string};

/// The report of a candidate that returns this, saved.
fn saved(value: &str, format: Format) -> String {
    let log = |value: &str| format!("7 getuid() = 0\n7 geteuid() = {value}\n7 getgid() = 0\n");
    let logs = [log("0"), log(value)];
    let logs = Pair::new(vec![logs[0].as_bytes()], vec![logs[1].as_bytes()]);
    let profile = Profile::load("linux", &[]).unwrap();
    let report =
        two_logs::compare_bytes(&logs, &profile, ReadOptions::default(), &Options::default());
    to_string(&report.unwrap(), format, TextOptions::default())
}

fn parse(text: &str) -> SavedReport {
    SavedReport::parse("report", text.as_bytes()).unwrap()
}

#[test]
fn the_schema_is_current_and_a_gate_follows_it() {
    let good = parse(&saved("0", Format::Json));
    let bad = parse(&saved("5", Format::Html)); // a page holds the same report
    let gates = [gate(&good, &bad), gate(&bad, &good), gate(&bad, &bad)];
    assert_eq!(gates[0].outcome, GateOutcome::Failed);
    assert_eq!(gates[1].outcome, GateOutcome::Passed);
    assert_eq!(gates[1].better.len(), 2, "an origin less, and a longer prefix: {:?}", gates[1]);
    assert_eq!(gates[2].unchanged, 1);
    schema::holds("gate", &gates);
}

#[test]
fn what_is_no_report_of_this_version_is_refused() {
    let json = saved("0", Format::Json);
    for (changed, words) in [
        (json.replace("\"format_version\": 1", "\"format_version\": 2"), "of version 2"),
        (json.replace("\"identical\"", "\"perhaps\""), "perhaps"),
        (json.replace("\"origins\"", "\"others\""), "origins"),
        (json[..json.len() / 2].to_owned(), "is no report"),
        ("7 getuid() = 0\n".to_owned(), "is no report"),
        (String::new(), "is no report"),
    ] {
        let error = SavedReport::parse("report", changed.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

//! The report on one screen: how long it gets, what it folds, what it shows of long values and of lines in between.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod two_logs;

use forkpoint::analysis::Options;
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::ReadOptions;
use forkpoint::render::{Detail, Extent, Format, TextOptions, to_string};
use forkpoint::report::{NextCommand, Report};

fn compare(reference: &str, candidate: &str, profile: &str) -> Report {
    let logs = Pair::new(vec![reference.as_bytes()], vec![candidate.as_bytes()]);
    let profile = Profile::load(profile, &[]).unwrap();
    two_logs::compare_bytes(&logs, &profile, ReadOptions::default(), &Options::default()).unwrap()
}

fn shown(report: &Report, shown: Extent) -> String {
    let options = TextOptions { width: Some(80), shown, ..TextOptions::default() };
    to_string(report, Format::Text, options)
}

/// Three hundred threads of twenty calls each; with `bad`, each has another result somewhere.
fn many_threads(bad: bool) -> String {
    let mut log = String::new();
    for nth in 0..20 {
        for thread in 0..300 {
            let result = u8::from(bad && nth == 7 + thread % 5);
            let call = if nth % 2 == 0 { "getuid" } else { "geteuid" };
            log.push_str(&format!("{} {call}() = {result}\n", 100 + thread));
        }
    }
    log
}

#[test]
fn three_hundred_differing_threads_fit_a_screen() {
    let report = compare(&many_threads(false), &many_threads(true), "linux");
    assert_eq!(report.origins.len(), 300);
    let brief = shown(&report, Extent::default());
    assert!(brief.lines().count() <= 80, "{brief}");
    assert!(brief.contains("further threads"), "{brief}");
    assert!(brief.contains("300 pairs of threads: 300 differ"), "{brief}");
    let full = shown(&report, Extent::FULL);
    assert!(full.lines().count() > 1200, "-v shows each");
    let most = Extent { max_findings: Some(1), ..Extent::default() };
    assert!(shown(&report, most).contains("and 1 more"), "{}", shown(&report, most));
}

#[test]
fn the_verdict_alone_is_one_line() {
    let report = compare("7 getuid() = 0\n", "7 getuid() = 1\n", "linux");
    let quiet = Extent { detail: Detail::Verdict, ..Extent::default() };
    let said =
        to_string(&report, Format::Text, TextOptions { shown: quiet, ..TextOptions::default() });
    assert_eq!(said, "diverged: return-value after 0 equal events\n");
}

#[test]
fn a_long_value_is_shown_where_it_differs() {
    let text = |last: &str| format!("7 write(1, \"{}{last}\", 4) = 4\n", "x".repeat(200));
    let report = compare(&text("Y"), &text("Z"), "strict");
    for detail in [Extent::default(), Extent::FULL] {
        let page = shown(&report, detail);
        let of = |sign: &str| {
            page.lines().find(|line| line.trim_start().starts_with(sign)).unwrap_or_default()
        };
        assert!(of("- args").contains("xY"), "{page}");
        assert!(of("+ args").contains("xZ"), "{page}");
        assert!(page.contains("from character 201 on"), "{page}");
    }
    assert!(report.origins[0].summary.contains("xY"), "{}", report.origins[0].summary);
}

#[test]
fn what_the_log_says_within_a_call_stands_beside_its_return() {
    let log = |value: &str, says: &str| {
        format!(
            "0024:Call KERNEL32.Open(00000001) ret=00401000\n{says}0024:Ret  KERNEL32.Open() retval={value} ret=00401000\n\
             0024:Call KERNEL32.Close(00000001) ret=00401000\n0024:err:late:behind It is over\n0024:Ret  KERNEL32.Close() retval=00000001 ret=00401000\n"
        )
    };
    let says = "0024:err:file:open no such device\nthe program's own words\n";
    let report = compare(&log("00000001", ""), &log("00000000", says), "wine");
    let messages = &report.origins[0].messages;
    let texts: Vec<(&str, u64)> = messages.iter().map(|m| (&*m.text, m.line)).collect();
    assert_eq!(texts, [("0024:err:file:open no such device", 2), ("the program's own words", 3)]);
    let page = shown(&report, Extent::default());
    assert!(page.contains("candidate says before that return"), "{page}");
    assert!(page.contains("no such device") && !page.contains("It is over"), "{page}");
}

#[test]
fn commands_are_never_broken_and_stand_last() {
    let mut report = compare("7 getuid() = 0\n", "7 getuid() = 1\n", "linux");
    let command = format!("forkpoint explain {} b --at b:1", "a".repeat(100));
    report.next.push(NextCommand { purpose: "why it differs", command: command.clone() });
    for detail in [Extent::default(), Extent::FULL] {
        let page = shown(&report, detail);
        assert_eq!(page.lines().last().unwrap().trim(), command);
    }
}

//! The order in which names first appear: what it finds, and what it says it did not look at.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod notation;
mod schema;

use forkpoint::analysis::Options;
use forkpoint::first_calls::{FirstCalls, Over, first_occurrences};
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::render::{Format, TextOptions, to_string};
use forkpoint::report::Verdict;
use forkpoint::scan::symbols::SymbolTable;

fn shown(logs: [&str; 2], over: Over, options: &Options) -> FirstCalls {
    let source =
        |text: &str| vec![Source::of_bytes("x.log", notation::log(text).as_bytes()).unwrap()];
    let logs = Pair::new(source(logs[0]), source(logs[1]));
    let profile = Profile::load("xenia", &[]).unwrap();
    let about = logs.as_ref().map(|log| read::about(log, &profile, None).unwrap());
    let profile = profile.with_visibility(about.as_ref());
    let table = SymbolTable::new(&profile);
    let traces = logs.map(|log| read::read(log, &profile, &table, ReadOptions::default()).unwrap());
    first_occurrences(&traces, &table.finish(), &profile, options, over)
}

fn lanes(logs: [&str; 2]) -> FirstCalls {
    shown(logs, Over::Lanes, &Options::default())
}

/// Verdict, matched names, and the class of where the first order parts.
fn outcome(firsts: &FirstCalls) -> (Verdict, u64, Option<&'static str>) {
    let order = &firsts.orders[0];
    let class = order.divergence.as_ref().map(|divergence| divergence.class.name());
    (firsts.verdict, order.matched, class)
}

const FULL: &str = "
    6 call Open args.r3=1
    6 return Open return_value=0
    6 call Read args.r3=1
    6 return Read return_value=0
    6 call Read args.r3=1
    6 return Read return_value=0
    6 call Close args.r3=1
    6 return Close return_value=0
";

#[test]
fn calls_alone_in_another_notation_are_enough_and_counts_are_no_matter() {
    let calls = "6 call Open args.fd=\"x\"\n6 call Read\n6 call Close\n6 call Open\n";
    let firsts = lanes([FULL, calls]);
    assert_eq!(outcome(&firsts), (Verdict::Identical, 3, None), "{:?}", firsts.doubts);
    let what: Vec<&str> = firsts.not_compared.iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(what, ["what else the events hold"]);
}

#[test]
fn a_name_that_never_appears_is_missing_and_one_too_many_is_extra() {
    let shorter = "6 call Open\n6 call Close\n";
    assert_eq!(outcome(&lanes([FULL, shorter])), (Verdict::Diverged, 1, Some("missing-call")));
    assert_eq!(outcome(&lanes([shorter, FULL])), (Verdict::Diverged, 1, Some("extra-call")));
    let firsts = lanes([FULL, shorter]);
    let divergence = firsts.orders[0].divergence.as_ref().unwrap();
    assert_eq!(divergence.next.reference.as_ref().unwrap().name, "Read");
    assert_eq!(divergence.next.candidate.as_ref().unwrap().name, "Close");
    assert_eq!(divergence.elsewhere.reference.as_ref().unwrap().line, 8);
    assert!(divergence.elsewhere.candidate.is_none());
}

#[test]
fn another_order_is_another_order_and_another_name_is_another_name() {
    let turned = "6 call Open\n6 call Close\n6 call Read\n";
    assert_eq!(outcome(&lanes([FULL, turned])), (Verdict::Diverged, 1, Some("reordered")));
    let other = "6 call Open\n6 call Write\n6 call Close\n";
    assert_eq!(outcome(&lanes([FULL, other])), (Verdict::Diverged, 1, Some("different-call")));
}

#[test]
fn a_clean_prefix_passes_only_when_that_is_asked_for() {
    let prefix = "6 call Open\n6 call Read\n";
    let firsts = lanes([FULL, prefix]);
    assert_eq!(outcome(&firsts), (Verdict::Diverged, 2, Some("missing-call")));
    assert_eq!((firsts.matched, firsts.names), (2, 3));
    let options = Options { allow_prefix: true, ..Options::default() };
    let allowed = shown([FULL, prefix], Over::Lanes, &options);
    assert_eq!(outcome(&allowed), (Verdict::Identical, 2, None));
    // A candidate that has more is not a prefix.
    let turned = shown([prefix, FULL], Over::Lanes, &options);
    assert_eq!(turned.verdict, Verdict::Diverged);
}

#[test]
fn where_no_name_was_compared_nothing_is_identical() {
    let nameless = "6 guest.note x=1\n";
    let firsts = lanes([nameless, nameless]);
    assert_eq!(firsts.verdict, Verdict::Inconclusive);
    assert!(firsts.doubts.iter().any(|doubt| doubt.contains("nothing was compared")));
    assert!(firsts.not_compared.iter().any(|entry| entry.what == "events without a name"));
}

#[test]
fn damaged_lines_and_lone_threads_are_doubts() {
    let damaged = "6 call Open\n{\"kind\":\"kernel.call\",,}\n6 call Read\n6 call Close\n";
    let firsts = lanes([FULL, damaged]);
    assert_eq!(outcome(&firsts), (Verdict::Inconclusive, 3, None));
    let lone = format!("{FULL}\n9 call Work\n9 return Work\n9 call Rest\n");
    let firsts = lanes([&lone, FULL]);
    assert_eq!(firsts.verdict, Verdict::Inconclusive);
    assert!(firsts.doubts.iter().any(|doubt| doubt.contains("thread 9")));
}

#[test]
fn over_all_threads_the_order_is_that_of_the_lines() {
    let reference = "6 call A\n7 call B\n6 call C\n7 call A\n";
    let candidate = "6 call A\n6 call C\n7 call B\n7 call A\n";
    assert_eq!(lanes([reference, candidate]).verdict, Verdict::Identical);
    let all = shown([reference, candidate], Over::All, &Options::default());
    assert_eq!(outcome(&all), (Verdict::Diverged, 1, Some("reordered")));
    assert_eq!((all.orders.len(), all.orders[0].lanes.is_none()), (1, true));
    // Threads that pair with nobody take part in it.
    let alone = "6 call A\n8 call B\n8 call C\n";
    let all = shown([reference, alone], Over::All, &Options::default());
    assert_eq!(outcome(&all), (Verdict::Identical, 3, None), "{:?}", all.doubts);
}

#[test]
fn names_that_the_other_log_cannot_hold_are_not_missing() {
    let blind = "{\"kind\":\"schema_version\",\"schema_version\":1,\"visible\":{\"never\":[\"* Read\"]}}\n\
                 6 call Open\n6 call Close\n";
    let firsts = lanes([FULL, blind]);
    assert_eq!(outcome(&firsts), (Verdict::Identical, 2, None), "{:?}", firsts.doubts);
    assert_eq!(firsts.unseen[0].events, Pair::new(4, 0));
    let shorter = blind.replace("6 call Close\n", "6 call Shut\n");
    assert_eq!(lanes([FULL, &shorter]).verdict, Verdict::Diverged);
}

#[test]
fn all_renderers_tell_the_verdict_the_progress_and_the_place() {
    let hostile = "6 call Open\n6 call \"Cl|o`se\\u001b[31m\"\n";
    let firsts = lanes([FULL, hostile]);
    let options = TextOptions { width: Some(100), ..TextOptions::default() };
    let shown = [
        to_string(&firsts, Format::Text, options),
        to_string(&firsts, Format::Markdown, options),
        to_string(&firsts, Format::Json, options),
    ];
    for shown in &shown {
        assert!(shown.contains("diverged") && shown.contains("different-call"), "{shown}");
        assert!(!shown.contains('\u{1b}'), "{shown}");
    }
    assert!(shown[0].contains("progress: 1 of 3 names of the reference, 33 %"), "{}", shown[0]);
    assert!(shown[1].contains("progress: 1 of 3 names"), "{}", shown[1]);
    let value: serde_json::Value = serde_json::from_str(&shown[2]).unwrap();
    schema::holds("firsts", &[firsts]);
    assert_eq!((&value["matched"], &value["names"]), (&1.into(), &3.into()));
}

#[test]
fn lines_keep_to_the_width_of_the_terminal() {
    let long = "6 call AFunctionWithAVeryLongNameThatFillsALine\n";
    let firsts = lanes([FULL, &format!("{long}{FULL}")]);
    let said =
        to_string(&firsts, Format::Text, TextOptions { width: Some(60), ..TextOptions::default() });
    assert!(said.contains("AFunctionWithAVeryLongNameThatFillsALine"), "{said}");
    let too_wide: Vec<&str> = said
        .lines()
        .filter(|line| line.chars().count() > 60 && line.trim_start().contains(' '))
        .collect();
    assert!(too_wide.is_empty(), "{too_wide:#?}");
}

//! Xenia's text log: texts with ends of lines in them, lists of imports, and every line accounted for.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod two_logs;

use std::fmt::Write as _;

use forkpoint::analysis::Options;
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::report::Verdict;
use forkpoint::scan::imports::Imports;
use forkpoint::scan::symbols::SymbolTable;
use forkpoint::trace::Trace;

fn read(log: &str, options: ReadOptions<'_>) -> Trace {
    let profile = Profile::load("xenia-text", &[]).unwrap();
    let table = SymbolTable::new(&profile);
    let source = Source::of_bytes("xenia.log", log.as_bytes()).unwrap();
    read::read(vec![source], &profile, &table, options).unwrap()
}

/// All events as they are looked at, in file order.
fn events(trace: &Trace) -> Vec<String> {
    let described = trace.in_file_order().map(|(lane, at)| {
        let event = trace.event(trace.lanes[lane].places.at(at)).unwrap();
        let payload = event.payload.iter().map(|(key, value)| format!(" {key}={value}"));
        format!("{}{}", event.name.unwrap_or_default(), payload.collect::<String>())
    });
    described.collect()
}

fn skipped(trace: &Trace) -> Vec<(&'static str, u64)> {
    trace.skipped.iter().map(|(why, n)| (why.reason, *n)).collect()
}

fn verdict(reference: &str, candidate: &str) -> Verdict {
    let profile = Profile::load("xenia-text", &[]).unwrap();
    let logs = Pair::new(vec![reference.as_bytes()], vec![candidate.as_bytes()]);
    let options = Options::default();
    two_logs::compare_bytes(&logs, &profile, ReadOptions::default(), &options).unwrap().verdict
}

const MORE: &str = "more of a text: compared with the call before";

/// A call whose text has these lines, between two others.
fn with_text(text: &str) -> String {
    format!(
        "d> F8000008 NtClose(F8000010)\nd> F8000008 DbgPrint(82000000({text}), 0000002A)\nd> F8000008 NtClose(F8000014)\n"
    )
}

#[test]
fn a_text_is_compared_to_its_last_line() {
    for text in ["one\ntwo", "one\n\ntwo\n", "a)\nb), c\nd", "\n", "d) F\n(x", "tab\t\r\nend"] {
        let trace = read(&with_text(text), ReadOptions::default());
        let shown = events(&trace);
        assert_eq!(shown.len(), 3, "{text:?}");
        assert!(shown[1].contains(&format!("{text:?}")), "{text:?}: {}", shown[1]);
        let n_more = text.matches('\n').count() as u64;
        assert_eq!(skipped(&trace), [(MORE, n_more)], "{text:?}");
        assert_eq!(verdict(&with_text(text), &with_text(text)), Verdict::Identical);
        let other = with_text(&format!("{text}!"));
        assert_eq!(verdict(&with_text(text), &other), Verdict::Diverged, "{text:?}");
    }
    assert_eq!(verdict(&with_text("one\ntwo"), &with_text("one\ntwo\n")), Verdict::Diverged);
    assert_eq!(verdict(&with_text("one\ntwo"), &with_text("one two")), Verdict::Diverged);
}

#[test]
fn nothing_depends_on_where_blocks_are_cut() {
    let mut log = with_text("one\n\ntwo) (x\nthree");
    log += "i> F8000008 a message\nof two lines\n";
    log += &with_text("open (");
    let whole = read(&log, ReadOptions::default());
    for block in 1..log.len() {
        let cut = read(&log, ReadOptions { block, threads: 3, ..ReadOptions::default() });
        assert_eq!(events(&cut), events(&whole), "blocks of {block}");
        assert_eq!(cut.skipped, whole.skipped, "blocks of {block}");
        for (a, b) in whole.lanes.iter().zip(&cut.lanes) {
            assert_eq!((&a.tokens, &a.places), (&b.tokens, &b.places), "blocks of {block}");
        }
    }
}

#[test]
fn lines_that_end_as_on_windows_change_nothing() {
    let log = with_text("one\ntwo");
    let windows = log.replace('\n', "\r\n");
    let described = |log: &str| events(&read(log, ReadOptions::default()));
    assert_eq!(described(&log), described(&windows));
    assert_eq!(verdict(&log, &windows), Verdict::Identical);
}

#[test]
fn what_somebody_else_writes_behind_a_whole_call_is_no_part_of_it() {
    let log = "d> F8000008 NtClose(F8000010)\nValidation layer: a message (of Vulkan)\n\nd> F8000008 NtClose(F8000014)\n";
    let trace = read(log, ReadOptions::default());
    assert_eq!(events(&trace).len(), 2);
    assert_eq!(skipped(&trace), [("empty line", 1), ("no head: more of the message before", 1)]);
    let without = "d> F8000008 NtClose(F8000010)\nd> F8000008 NtClose(F8000014)\n";
    assert_eq!(verdict(log, without), Verdict::Identical);
}

#[test]
fn a_text_that_never_ends_takes_all_lines_up_to_the_next_message() {
    let log = |last: &str| {
        format!("d> F8000008 DbgPrint(82000000(one\ntwo\n{last}\nd> F8000008 NtClose(F8000014)\n")
    };
    let trace = read(&log("three"), ReadOptions::default());
    assert_eq!(skipped(&trace), [(MORE, 2)]);
    assert!(events(&trace)[0].contains(r"one\ntwo\nthree"));
    assert_eq!(verdict(&log("three"), &log("four")), Verdict::Diverged);
}

#[test]
fn only_imports_are_calls() {
    let log = "d> F8000008 NtClose(F8000010)\nd> F8000008 Helper(00000001)\nd> F8000008 Other(82000000(a\nb))\nd> F8000008 NtClose = 40000000\nd> F8000008 Helper = 40000000\ni> F8000008 Added handle:F8000010 for class xe::XEvent\n";
    let imports = Imports::parse("NtClose\n").unwrap();
    let options = ReadOptions { imports: Some(&imports), ..ReadOptions::default() };
    let trace = read(log, options);
    let names: Vec<String> = events(&trace)
        .iter()
        .map(|described| described.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["NtClose", "NtClose", ""]);
    assert_eq!(
        skipped(&trace),
        [("no head: more of the message before", 1), ("no import of the program's (--imports)", 3)]
    );
    let described: u64 = trace.skipped.values().sum::<u64>() + trace.n_events() as u64;
    assert_eq!(described, trace.n_lines);
}

#[test]
fn handles_are_of_all_threads() {
    // The thread that closes is not the one that creates.
    let log = |handle: &str| {
        format!(
            "i> F8000008 Added handle:{handle} for class xe::XEvent\nd> F8000008 NtSetEvent({handle}, 00000000)\nd> F800000C NtClose({handle})\ni> F800000C Removed handle:{handle} for class xe::XEvent\n"
        )
    };
    assert_eq!(verdict(&log("F8000010"), &log("F8000040")), Verdict::Identical);
}

#[test]
fn a_message_of_100_000_lines_is_read_in_one_go() {
    let mut text = String::new();
    for number in 0..100_000 {
        writeln!(text, "{number})").unwrap();
    }
    let trace = read(&with_text(&text), ReadOptions::default());
    assert_eq!((trace.n_events(), skipped(&trace)), (3, vec![(MORE, 100_000)]));
    assert_eq!(trace.n_lines, 100_003);
    assert!(events(&trace)[1].contains("99999)"));
}

#[test]
fn every_line_of_a_damaged_log_is_accounted_for() {
    let good = with_text("one\n\ntwo) (x\nthree") + "i> F8000008 a\nb\n" + &with_text("open (");
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % below
    };
    let profile = Profile::load("xenia-text", &[]).unwrap();
    let format = Some(forkpoint::formats::format("xenia-log").unwrap());
    for _ in 0..2000 {
        let mut bytes = good.clone().into_bytes();
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            match random(4) {
                0 => bytes[at] = b"d> F(),\n\r\xFF"[random(10)],
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, b"d> F(),\n\r\xFF"[random(10)]),
                _ => bytes.truncate(at + 1),
            }
        }
        let n_lines = bytes.iter().filter(|&&byte| byte == b'\n').count()
            + usize::from(!bytes.ends_with(b"\n"));
        let table = SymbolTable::new(&profile);
        let log = vec![Source::of_bytes("damaged.log", &bytes).unwrap()];
        let options = ReadOptions { format, block: 1 + random(90), ..ReadOptions::default() };
        let Ok(trace) = read::read(log, &profile, &table, options) else { continue };
        let skipped: u64 = trace.skipped.values().sum();
        let described = trace.n_events() as u64 + skipped + trace.faults.count();
        assert_eq!((described, trace.n_lines), (n_lines as u64, described), "{bytes:?}");
        for lane in &trace.lanes {
            assert!(lane.places.iter().all(|place| trace.event(place).is_some()), "{bytes:?}");
        }
    }
}

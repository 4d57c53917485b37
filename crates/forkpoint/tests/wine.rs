//! Wine relay logs: real ones, read.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;

use forkpoint::ingest::{self, CallersOf, ReadOptions, Source, SymbolTable};
use forkpoint::profile::Profile;
use forkpoint::trace::Trace;

const NINJA: [&str; 2] =
    ["../../examples/ninja/ninja.wine8.A.log.gz", "../../examples/ninja/ninja.wine10.A.log.gz"];

fn source(path: &str) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    Source::open(path.to_str().unwrap()).unwrap()
}

fn read(path: &str, options: ReadOptions<'_>) -> Trace {
    let profile = Profile::load("wine", &[]).unwrap();
    let table = SymbolTable::new(&profile);
    ingest::read(vec![source(path)], &profile, &table, options).unwrap()
}

/// Lines, events, and skipped lines by reason.
fn figures(trace: &Trace) -> (u64, usize, Vec<(&'static str, u64)>) {
    (trace.n_lines, trace.n_events(), trace.skipped.iter().map(|(k, n)| (*k, *n)).collect())
}

#[test]
fn every_line_is_an_event_or_skipped_by_name() {
    let trace = read(NINJA[0], ReadOptions::default());
    let skipped = vec![
        ("a fixme message", 1),
        ("a trace message", 10),
        ("no thread: written by a shell or by the program", 2),
    ];
    assert_eq!(figures(&trace), (11_494, 11_481, skipped));
    assert!(trace.faults.is_empty());
    let lanes: Vec<String> = trace.lanes.iter().map(|lane| (trace.format.lane)(lane.key)).collect();
    assert_eq!(lanes, ["0120:0124", "0128:012c", "0130:0134", "0138:013c"]);
}

#[test]
fn nothing_depends_on_where_blocks_are_cut() {
    let whole = read(NINJA[0], ReadOptions::default());
    let cut = read(NINJA[0], ReadOptions { block: 1000, threads: 3, ..ReadOptions::default() });
    assert_eq!(figures(&whole), figures(&cut));
    for (a, b) in whole.lanes.iter().zip(&cut.lanes) {
        assert_eq!((a.key, &a.tokens, &a.places), (b.key, &b.tokens, &b.places));
        assert_eq!(a.asides, b.asides);
    }
}

#[test]
fn only_calls_from_the_program_are_read_and_the_others_counted() {
    let callers = CallersOf::parse("0x140000000..0x140100000").unwrap();
    let options = ReadOptions { callers: Some(&callers), ..ReadOptions::default() };
    let trace = read(NINJA[0], options);
    assert_eq!(trace.lanes[0].n_events(), 1_620);
    let left_out: u64 = trace.skipped.values().sum();
    assert_eq!(trace.n_events() as u64 + left_out, trace.n_lines);
}

#[test]
fn an_image_that_the_log_does_not_place_is_an_error_with_a_way_out() {
    let profile = Profile::load("wine", &[]).unwrap();
    let table = SymbolTable::new(&profile);
    let callers = CallersOf::parse("ninja.exe").unwrap();
    let options = ReadOptions { callers: Some(&callers), ..ReadOptions::default() };
    let error = ingest::read(vec![source(NINJA[0])], &profile, &table, options).unwrap_err();
    assert!(error.to_string().contains("does not tell where ninja.exe lies"), "{error}");
    assert!(error.hint.unwrap().contains("+loaddll"));
    let callers = CallersOf::parse("kernelbase.dll").unwrap();
    let options = ReadOptions { callers: Some(&callers), ..ReadOptions::default() };
    assert!(read(NINJA[0], options).n_events() > 1000);
}

//! Logs that profiles describe: real ones, against figures and verdicts typed by hand.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod two_logs;

use std::path::Path;

use forkpoint::analysis::Options;
use forkpoint::logs::compare;
use forkpoint::pair::{Pair, Side};
use forkpoint::profile::Profile;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::report::{Report, Verdict};
use forkpoint::scan::symbols::SymbolTable;
use forkpoint::trace::Trace;

const JSNES: &str = "tests/data/cpu/nestest.jsnes-3.0.0.log.gz";
const PY65: &str = "tests/data/cpu/nestest.py65-1.2.0.log.gz";

fn source(path: &str) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    Source::open(path.to_str().unwrap()).unwrap()
}

fn read(path: &str, options: ReadOptions<'_>) -> Trace {
    let profile = Profile::load("nestest", &[]).unwrap();
    let table = SymbolTable::new(&profile);
    read::read(vec![source(path)], &profile, &table, options).unwrap()
}

fn diff(without: &[&str]) -> Report {
    let sources = [JSNES, PY65].map(source);
    let name = read::suiting_profile(&sources[0], None).unwrap();
    assert_eq!(name, "nestest", "the lines themselves say which profile suits them");
    let without: Vec<String> = without.iter().map(|&id| id.to_owned()).collect();
    let profile = Profile::load(&name, &without).unwrap();
    let table = SymbolTable::new(&profile);
    let [reference, candidate] = sources
        .map(|source| read::read(vec![source], &profile, &table, ReadOptions::default()).unwrap());
    let traces = Pair::new(reference, candidate);
    compare(&traces, &table.finish(), &profile, &Options::default())
}

#[test]
fn every_line_is_an_event() {
    for path in [JSNES, PY65] {
        let trace = read(path, ReadOptions::default());
        assert_eq!((trace.n_lines, trace.n_events(), trace.lanes.len()), (8_991, 8_991, 1));
        assert!(trace.faults.is_empty() && trace.skipped.is_empty());
    }
}

#[test]
fn nothing_depends_on_where_blocks_are_cut() {
    let whole = read(JSNES, ReadOptions::default());
    let cut = read(JSNES, ReadOptions { block: 100, threads: 3, ..ReadOptions::default() });
    assert_eq!(whole.lanes[0].tokens, cut.lanes[0].tokens);
    assert_eq!(whole.lanes[0].places, cut.lanes[0].places);
    assert_eq!(whole.lanes[0].asides, cut.lanes[0].asides);
}

/// py65 adds in decimal: ADC #$69 at C936 is the instruction that did it.
#[test]
fn py65_diverges_at_instruction_230_and_the_one_before_is_named() {
    let report = diff(&[]);
    assert_eq!(report.verdict, Verdict::Diverged);
    assert_eq!(report.lanes[0].matched, 230);
    let origin = &report.origins[0];
    assert_eq!(
        origin.summary,
        "instruction C938 differs: args.a 0x6b ↔ 0x71; the event before it, instruction C936 (229), did it"
    );
    let sites: Vec<(Side, u64)> =
        origin.sites.iter().map(|site| (site.side, site.event_idx)).collect();
    assert_eq!(sites, [(Side::Reference, 230), (Side::Candidate, 230), (Side::Candidate, 229)]);
    assert_eq!(origin.sites[2].name, "instruction C936");
}

/// jsnes' own log with its cycles moved, and moved once more from one line on.
fn moved(by: u64, from: usize, more: u64) -> Vec<u8> {
    let trace = read(JSNES, ReadOptions::default());
    let mut bytes = Vec::new();
    for (at, place) in trace.lanes[0].places.iter().enumerate() {
        let line = String::from_utf8(trace.lines.bytes(place).unwrap()).unwrap();
        let (head, cycle) = line.rsplit_once(':').unwrap();
        let more = if at >= from { more } else { 0 };
        let cycle: u64 = cycle.parse::<u64>().unwrap() + by + more;
        bytes.extend(format!("{head}:{cycle}\n").bytes());
    }
    bytes
}

fn diff_moved(by: u64, from: usize, more: u64) -> Report {
    let (reference, candidate) = (moved(0, 0, 0), moved(by, from, more));
    let logs = Pair::new(vec![&reference[..]], vec![&candidate[..]]);
    let profile = Profile::load("nestest", &[]).unwrap();
    let read = ReadOptions::default();
    two_logs::compare_bytes(&logs, &profile, read, &Options::default()).unwrap()
}

#[test]
fn a_constant_is_noise_and_counted() {
    let report = diff_moved(7, 0, 0);
    assert_eq!((report.verdict, report.matched), (Verdict::Identical, 8_991));
    assert_eq!(report.excused.len(), 1);
    let excused = &report.excused[0];
    assert_eq!((excused.rule.as_str(), excused.differences), ("cycle-offset", 8_991));
}

#[test]
fn one_cycle_too_many_is_found_where_it_is_counted() {
    for by in [0, 7] {
        for from in [1, 4_000, 8_990] {
            let report = diff_moved(by, from, 1);
            assert_eq!(report.verdict, Verdict::Diverged);
            assert_eq!(report.origins.len(), 1);
            let origin = &report.origins[0];
            assert_eq!(origin.sites[1].event_idx, from as u64);
            assert!(origin.summary.starts_with("args.cyc drifts: "), "{}", origin.summary);
        }
    }
}

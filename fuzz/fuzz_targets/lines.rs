//! Any bytes as a log that a profile describes, after the profile's own pattern, skip and numbers: no
//! panic, every line accounted for, and where blocks end changes nothing.
//!
//! The input's first byte chooses a shipped profile, or one whose pattern is the input's first line.

#![no_main]

use forkpoint::trace::fault::FaultKind;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::scan::symbols::SymbolTable;
use forkpoint::profile::Profile;
use forkpoint::trace::Trace;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static NESTEST: LazyLock<Profile> =
    LazyLock::new(|| Profile::load("nestest", &[]).expect("built in"));
static GAMEBOY: LazyLock<Profile> =
    LazyLock::new(|| Profile::load("gameboy", &[]).expect("built in"));

/// Blocks so small that every border is tried, and the usual ones.
const BLOCKS: [usize; 4] = [1, 7, 64, forkpoint::scan::block::BLOCK];

fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(&[0x1F, 0x8B]) || bytes.starts_with(&[0x28, 0xB5]) {
        return; // packed: the target `reader` has those
    }
    match bytes.first() {
        Some(b'^') => {
            let (pattern, log) = bytes.split_at(bytes.iter().position(|&b| b == b'\n').unwrap_or(0));
            let Ok(pattern) = std::str::from_utf8(pattern) else { return };
            let pattern = serde_json::Value::from(pattern).to_string();
            let text = format!(
                "name = \"fuzz\"\nabout = \"x\"\n[adapter]\npattern = {pattern}\nhex = [\"arg.h*\", \"tid\"]\ndecimal = \"ret\"\nskip = '^#'\n"
            );
            if let Ok(profile) = Profile::parse("fuzz.toml", &text, &[]) {
                check(log, &profile);
            }
        }
        Some(b'A') => check(bytes, &GAMEBOY),
        _ => check(bytes, &NESTEST),
    }
});

fn check(bytes: &[u8], profile: &Profile) {
    let table = SymbolTable::new(profile);
    let traces = BLOCKS.map(|block| read(bytes, block, profile, &table));
    for trace in &traces {
        match trace {
            Some(trace) => accounted_for(bytes, trace),
            None => assert!(traces.iter().all(Option::is_none), "refused whatever the block"),
        }
    }
    let [Some(first), rest @ ..] = &traces else { return };
    for other in rest.iter().flatten() {
        assert_eq!(first.lanes.len(), other.lanes.len());
        for (a, b) in first.lanes.iter().zip(&other.lanes) {
            assert_eq!(a.key, b.key);
            assert_eq!(a.tokens, b.tokens);
            assert_eq!(a.symbols, b.symbols);
            assert_eq!(a.asides.len(), b.asides.len());
        }
        assert_eq!(first.skipped, other.skipped);
        let faults = |trace: &Trace| -> Vec<(FaultKind, u64)> {
            trace.faults.0.iter().map(|(kind, fault)| (*kind, fault.count)).collect()
        };
        assert_eq!(faults(first), faults(other));
    }
}

fn read(
    bytes: &[u8],
    block: usize,
    profile: &Profile,
    table: &SymbolTable<'_>,
) -> Option<Trace> {
    let source = Source::of_bytes("fuzz.log", bytes).ok()?;
    let format = Some(forkpoint::formats::format("lines").expect("built in"));
    let options = ReadOptions { format, threads: 1, block, ..ReadOptions::default() };
    read::read(vec![source], profile, table, options).ok()
}

fn accounted_for(bytes: &[u8], trace: &Trace) {
    let n_events: u64 = trace.lanes.iter().map(|lane| lane.n_events() as u64).sum();
    let n_skipped: u64 = trace.skipped.values().sum();
    let n_faults: u64 = trace.faults.0.values().map(|fault| fault.count).sum();
    let ends = bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
    let rest = u64::from(!bytes.is_empty() && !bytes.ends_with(b"\n"));
    assert_eq!(n_events + n_skipped + n_faults, ends + rest, "each line once");
    for lane in &trace.lanes {
        for place in lane.places.iter() {
            assert!(trace.event(place).is_some(), "an event reads again");
        }
    }
}

//! Any bytes as a log of each format: no panic, every line accounted for, and where blocks end changes
//! nothing. The first byte picks the format.

#![no_main]

use std::sync::LazyLock;

use forkpoint::formats::{FORMATS, Format};
use forkpoint::profile::Profile;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::scan::block::BLOCK;
use forkpoint::scan::symbols::SymbolTable;
use forkpoint::trace::Trace;
use forkpoint::trace::fault::FaultKind;
use libfuzzer_sys::fuzz_target;

/// Each format with the profile that suits it.
static PROFILES: LazyLock<Vec<(&'static Format, Profile)>> = LazyLock::new(|| {
    let load = |format: &'static Format| {
        (format, Profile::load(format.profile, &[]).expect("built in"))
    };
    FORMATS.iter().copied().map(load).collect()
});

/// Blocks so small that every border is tried, and the usual ones.
const BLOCKS: [usize; 4] = [1, 7, 64, BLOCK];

fuzz_target!(|input: &[u8]| {
    let Some((&first, bytes)) = input.split_first() else { return };
    let (format, profile) = &PROFILES[usize::from(first) % PROFILES.len()];
    if bytes.starts_with(&[0x1F, 0x8B]) || bytes.starts_with(&[0x28, 0xB5]) {
        return; // packed: the target `reader` has those
    }
    let table = SymbolTable::new(profile);
    let traces = BLOCKS.map(|block| read(bytes, block, (format, profile), &table));
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
});

fn read(
    bytes: &[u8],
    block: usize,
    (format, profile): (&'static Format, &Profile),
    table: &SymbolTable<'_>,
) -> Option<Trace> {
    let source = Source::of_bytes("fuzz.log", bytes).ok()?;
    let options =
        ReadOptions { format: Some(format), threads: 1, block, ..ReadOptions::default() };
    read::read(vec![source], profile, table, options).ok()
}

fn accounted_for(bytes: &[u8], trace: &Trace) {
    let n_events: u64 = trace.lanes.iter().map(|lane| lane.n_events() as u64).sum();
    let n_skipped: u64 = trace.skipped.values().sum();
    let n_faults: u64 = trace.faults.0.values().map(|fault| fault.count).sum();
    let ends = bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
    let rest = u64::from(!bytes.ends_with(b"\n"));
    assert_eq!(n_events + n_skipped + n_faults, ends + rest, "each line once");
    for lane in &trace.lanes {
        for place in lane.places.iter() {
            let line = trace.lines.bytes(place).expect("a line that was read is there");
            let text = String::from_utf8_lossy(&line);
            assert!(trace.event(place).is_some(), "an event reads again: {text}");
        }
    }
}

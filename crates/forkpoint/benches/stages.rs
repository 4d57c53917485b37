//! The stages, each by itself: scan, compare, write. `cargo bench -p forkpoint`.
//!
//! Whole-program figures beside other programs come from benches/compare.py.

use divan::Bencher;
use divan::counter::BytesCount;
use forkpoint::analysis::Options;
use forkpoint::logs::compare;
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::render::{Format, TextOptions, to_string};
use forkpoint::scan::symbols::SymbolTable;
use forkpoint::trace::{Symbols, Trace};
use forkpoint_event::{Event, LogWriter};

fn main() {
    divan::main();
}

const EVENTS: u64 = 40_000;
const LANES: u64 = 8;

/// A log of calls and allocations; `heap` is what differs by engine.
fn log(heap: u64) -> Vec<u8> {
    let mut log = LogWriter::new(Vec::new(), "bench").expect("memory takes all");
    for n in 0..EVENTS {
        let (tid, index) = ((n % LANES) as i64, n / LANES);
        let event = match index % 4 {
            0 => Event::new("kernel.call", tid, index)
                .with("name", "NtReadFile")
                .with("args", serde_json::json!({"r3": format!("0x{n:08x}"), "length": n % 977})),
            1 => Event::new("kernel.return", tid, index)
                .with("name", "NtReadFile")
                .with("return_value", n % 977),
            2 => Event::new("kernel.call", tid, index)
                .with("name", "RtlAllocateHeap")
                .with("args", serde_json::json!({})),
            _ => Event::new("kernel.return", tid, index)
                .with("name", "RtlAllocateHeap")
                .with("return_value", format!("0x{:08x}", heap + n * 16)),
        };
        log.write(&event).expect("memory takes all");
    }
    log.into_inner()
}

fn profile() -> Profile {
    Profile::load("xenia", &[]).expect("a built-in profile")
}

fn read(bytes: &[u8], profile: &Profile, table: &SymbolTable<'_>, threads: usize) -> Trace {
    let source = Source::of_bytes("bench", bytes).expect("a temporary file");
    let options = ReadOptions { threads, ..ReadOptions::default() };
    read::read(vec![source], profile, table, options).expect("a good log")
}

fn traces(profile: &Profile) -> (Pair<Trace>, Symbols) {
    let table = SymbolTable::new(profile);
    let traces =
        Pair::new(log(0xBC00_0000), log(0x4000_0000)).map(|bytes| read(&bytes, profile, &table, 1));
    (traces, table.finish())
}

#[divan::bench(args = [1, 2])]
fn scan(bencher: Bencher<'_, '_>, threads: usize) {
    let (profile, bytes) = (profile(), log(0xBC00_0000));
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .with_inputs(|| Source::of_bytes("bench", &bytes).expect("a temporary file"))
        .bench_values(|source| {
            let table = SymbolTable::new(&profile);
            let options = ReadOptions { threads, ..ReadOptions::default() };
            read::read(vec![source], &profile, &table, options).expect("a good log").n_events()
        });
}

#[divan::bench]
fn walk(bencher: Bencher<'_, '_>) {
    let profile = profile();
    let (traces, symbols) = traces(&profile);
    bencher.bench(|| compare(&traces, &symbols, &profile, &Options::default()).matched);
}

#[divan::bench]
fn report(bencher: Bencher<'_, '_>) {
    let profile = profile();
    let (traces, symbols) = traces(&profile);
    let report = compare(&traces, &symbols, &profile, &Options::default());
    bencher.bench(|| to_string(&report, Format::Text, TextOptions::default()).len());
}

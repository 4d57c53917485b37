//! Any text as a profile: an error or a profile, never a panic; and a profile compares two small logs
//! without one.

#![no_main]

use forkpoint::analysis::Options;
use forkpoint::logs::compare;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::scan::symbols::SymbolTable;
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::render::{Format, TextOptions, to_string};
use forkpoint::report::Verdict;
use libfuzzer_sys::fuzz_target;

/// What two engines may write, and do: objects, waits, loops, threads, a failure, an early end.
const LOGS: [&[u8]; 2] = [
    include_bytes!("../seeds/profile-logs/reference.jsonl"),
    include_bytes!("../seeds/profile-logs/candidate.jsonl"),
];

fuzz_target!(|profile: &str| {
    // A profile may extend a file by its path; a fuzzer does not go and look for files.
    if profile.contains("extends") && !["strict", "xenia", "wine", "linux", "qemu", "linux-qemu"].iter().any(|name| {
        profile.contains(&format!("extends = \"{name}\""))
    }) {
        return;
    }
    let Ok(profile) = Profile::parse("fuzz.toml", profile, &[]) else { return };
    let table = SymbolTable::new(&profile);
    let options = ReadOptions { threads: 1, ..ReadOptions::default() };
    let traces = LOGS.map(|log| {
        let source = Source::of_bytes("fuzz.jsonl", log).expect("in memory");
        read::read(vec![source], &profile, &table, options)
    });
    let [Ok(reference), Ok(candidate)] = traces else { return };
    let traces = Pair::new(reference, candidate);
    let report = compare(&traces, &table.finish(), &profile, &Options::default());
    assert!(report.verdict != Verdict::Identical || report.matched > 0, "nothing was compared");
    let _ = to_string(&report, Format::Text, TextOptions::default());
});

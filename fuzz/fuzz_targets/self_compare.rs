//! Any bytes beside their copy: never diverged, and with faults never identical. Every renderer takes
//! the report, and none lets a control character through.

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
use std::sync::LazyLock;

static PROFILES: LazyLock<[Profile; 2]> =
    LazyLock::new(|| ["strict", "xenia"].map(|name| Profile::load(name, &[]).expect("built in")));

fuzz_target!(|bytes: &[u8]| {
    for profile in &*PROFILES {
        let name = &profile.name;
        let table = SymbolTable::new(profile);
        let options = ReadOptions { threads: 1, ..ReadOptions::default() };
        let read = |label: &str| {
            let source = Source::of_bytes(label, bytes).ok()?;
            read::read(vec![source], profile, &table, options).ok()
        };
        let (Some(reference), Some(candidate)) = (read("a.log"), read("b.log")) else { return };
        let traces = Pair::new(reference, candidate);
        let report = compare(&traces, &table.finish(), profile, &Options::default());
        assert_ne!(report.verdict, Verdict::Diverged, "{name}: {:?}", report.origins);
        if !traces.reference.faults.is_empty() || report.matched == 0 {
            assert_eq!(report.verdict, Verdict::Inconclusive, "{name}");
        }
        assert!(report.excused.iter().all(|excused| excused.differences == 0), "{name}");
        let written = |format| to_string(&report, format, TextOptions::default());
        let out: String = Format::ALL.map(written).concat();
        assert!(!out.contains(|c: char| c.is_control() && c != '\n'), "{name}: {out}");
    }
});

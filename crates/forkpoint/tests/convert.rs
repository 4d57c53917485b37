//! Converted logs say what the originals say: real logs of every format. (Of every scenario of
//! tests/spec it is checked there.)

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod converted;
mod two_logs;

use std::io::Read;
use std::path::Path;

use forkpoint::analysis::Options;
use forkpoint::convert::convert;
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::scan::symbols::SymbolTable;

/// Real logs: reference, candidate, profile.
const PAIRS: [[&str; 3]; 3] = [
    [
        "../../examples/ninja/ninja.wine8.A.log.gz",
        "../../examples/ninja/ninja.wine10.A.log.gz",
        "wine",
    ],
    ["tests/data/wine/7za.wine8.A.log.gz", "tests/data/wine/7za.wine8.B.log.gz", "wine"],
    [
        "tests/data/cpu/nestest.jsnes-3.0.0.log.gz",
        "tests/data/cpu/nestest.py65-1.2.0.log.gz",
        "nestest",
    ],
];

fn unpacked(path: &str) -> Vec<u8> {
    let file = std::fs::File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn converted_logs_get_the_report_of_the_originals() {
    for [reference, candidate, profile] in PAIRS {
        let profile = Profile::load(profile, &[]).unwrap();
        let logs = [unpacked(reference), unpacked(candidate)];
        let both = Pair::new(vec![&logs[0][..]], vec![&logs[1][..]]);
        let options = Options::default();
        let report =
            two_logs::compare_bytes(&both, &profile, ReadOptions::default(), &options).unwrap();
        let logs = Pair::new(&logs[0][..], &logs[1][..]);
        converted::said_otherwise(logs, &profile, ReadOptions::default(), &options, &report)
            .unwrap_or_else(|otherwise| panic!("{reference}: {otherwise}"));
    }
}

#[test]
fn a_converted_log_is_converted_into_itself_and_asks_for_its_profile() {
    for [path, _, name] in PAIRS {
        let profile = Profile::load(name, &[]).unwrap();
        let once = {
            let table = SymbolTable::new(&profile);
            let source = Source::of_bytes("a.log", &unpacked(path)).unwrap();
            let trace = read::read(vec![source], &profile, &table, ReadOptions::default()).unwrap();
            let mut out = Vec::new();
            convert(&trace, Some(name), &mut out).unwrap();
            out
        };
        assert_eq!(converted::converted(&once, &profile, ReadOptions::default()), once);
        let source = Source::of_bytes("a.jsonl", &once).unwrap();
        assert_eq!(read::suiting_profile(&source, None).unwrap(), name);
    }
}

/// A converted log must not be cleaner than its original.
#[test]
fn damaged_lines_stay_faults() {
    let log = b"0124:Call ntdll.NtClose(01) ret=1\n0124:Call ntdll.NtClose(0\n0124:Ret  ntdll.NtClose() retval=0 ret=1\n";
    let profile = Profile::load("wine", &[]).unwrap();
    let converted = converted::converted(log, &profile, ReadOptions::default());
    let table = SymbolTable::new(&profile);
    let source = Source::of_bytes("a.jsonl", &converted).unwrap();
    let trace = read::read(vec![source], &profile, &table, ReadOptions::default()).unwrap();
    assert_eq!(trace.n_events(), 2);
    let (kind, fault) = trace.faults.first().unwrap();
    assert_eq!(kind.name(), "malformed line");
    assert_eq!(fault.detail, "damaged lines of the log that it was converted from: 1");
}

/// The header of somebody else's log is not a way to have a file read.
#[test]
fn a_log_asks_for_no_profile_but_a_shipped_one() {
    let log = br#"{"kind":"schema_version","schema_version":1,"converted_from":"wine","profile":"/etc/passwd"}"#;
    let source = Source::of_bytes("a.jsonl", log).unwrap();
    let error = read::suiting_profile(&source, None).unwrap_err();
    assert_eq!((error.file.as_str(), error.line), ("a.jsonl", Some(1)));
    assert!(error.message.contains("expected the name of a built-in profile"), "{error}");
    let log = br#"{"kind":"schema_version","schema_version":1,"profile":"wine"}"#;
    let source = Source::of_bytes("a.jsonl", log).unwrap();
    assert_eq!(read::suiting_profile(&source, None).unwrap(), "strict");
}

/// Each file of a log may have a header, and each counts.
#[test]
fn the_header_of_a_second_file_is_read_too() {
    let profile = Profile::load("linux", &[]).unwrap();
    let table = SymbolTable::new(&profile);
    let read = |second: &str| {
        let own = r#"{"kind":"schema_version","schema_version":1,"converted_from":"strace"}"#;
        let event = r#"{"kind":"syscall","tid":7,"tid_event_idx":0,"payload":{"name":"getpid"}}"#;
        let other = own.replace('}', &format!("{second}}}"));
        let files = [format!("{own}\n{event}\n"), format!("{other}\n")];
        let sources =
            files.iter().map(|text| Source::of_bytes("a.jsonl", text.as_bytes()).unwrap());
        read::read(sources.collect(), &profile, &table, ReadOptions::default())
    };
    assert_eq!(read("").unwrap().faults.count(), 0);
    assert_eq!(read(r#","damaged":2"#).unwrap().faults.count(), 1);
    let notice = r#","notices":[{"what":"w","severity":"loses events","fix":"f"}]"#;
    assert_eq!(read(notice).unwrap().notices.len(), 1);
    assert!(read(r#","damaged":-1"#).is_err());
    assert!(read(r#","visible":{"records":["syscall"]}"#).is_err());
}

#[test]
fn threads_that_files_are_named_after_stay_apart() {
    let profile = Profile::load("qemu", &[]).unwrap();
    let table = SymbolTable::new(&profile);
    let file = |name: &str, text: &str| Source::of_bytes(name, text.as_bytes()).unwrap();
    // The number in the lines is the process's.
    let log = vec![
        file("log.7", "7 clone(CLONE_VM|CLONE_THREAD,0x10,0x20,0x30,0x40) = 8\n7 close(3) = 0\n"),
        file("log.8", "7 close(4) = 0\n"),
    ];
    let trace = read::read(log, &profile, &table, ReadOptions::default()).unwrap();
    let mut out = Vec::new();
    convert(&trace, None, &mut out).unwrap();
    let again = read::read(
        vec![Source::of_bytes("log.jsonl", &out).unwrap()],
        &profile,
        &table,
        ReadOptions::default(),
    );
    let again = again.unwrap();
    let lanes = |trace: &forkpoint::trace::Trace| -> Vec<(i64, Option<u32>, usize)> {
        trace.lanes.iter().map(|lane| (lane.key.thread, lane.owner, lane.n_events())).collect()
    };
    assert_eq!(lanes(&trace), [(7, Some(7), 2), (8, Some(7), 1)]);
    assert_eq!(lanes(&again), lanes(&trace));
    assert!(again.faults.is_empty());
}

#[test]
fn a_header_that_names_no_format_is_refused() {
    let header = r#"{"kind":"schema_version","schema_version":1,"converted_from":"strac"}"#;
    let source = Source::of_bytes("a.jsonl", header.as_bytes()).unwrap();
    let error = read::suiting_profile(&source, None).unwrap_err();
    assert!(error.message.contains("no format is called `strac`"), "{error}");
    assert_eq!((error.line, error.hint.as_deref()), (Some(1), Some("did you mean `strace`?")));
    let profile = Profile::load("strict", &[]).unwrap();
    let table = SymbolTable::new(&profile);
    assert!(read::read(vec![source], &profile, &table, ReadOptions::default()).is_err());
}

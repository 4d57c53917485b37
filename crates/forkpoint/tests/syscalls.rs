//! Logs of system calls, strace's and qemu's: real ones, against figures and verdicts typed by hand.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;

use forkpoint::analysis::Options;
use forkpoint::logs::compare;
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::report::{Report, Verdict};
use forkpoint::scan::symbols::SymbolTable;
use forkpoint::trace::Trace;

fn sources(paths: &[&str]) -> Vec<Source> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    paths.iter().map(|path| Source::open(folder.join(path).to_str().unwrap()).unwrap()).collect()
}

/// The files of a run of xz under qemu-riscv64, one a thread.
fn xz_of(version: &str, run: &str, threads: [u32; 3]) -> Vec<String> {
    threads.iter().map(|tid| format!("qemu/xz.riscv64-{version}.{run}.{tid}.log.gz")).collect()
}

fn read(paths: &[&str], options: ReadOptions<'_>) -> Trace {
    let profile = Profile::load("linux", &[]).unwrap();
    let table = SymbolTable::new(&profile);
    read::read(sources(paths), &profile, &table, options).unwrap()
}

/// Compares two logs with the profile that suits their formats.
fn diff_with(reference: &[&str], candidate: &[&str], without: &[&str]) -> Report {
    let logs = Pair::new(sources(reference), sources(candidate));
    let name = read::profile_of_both(&logs.reference[0], &logs.candidate[0]).unwrap();
    let without: Vec<String> = without.iter().map(|&id| id.to_owned()).collect();
    let profile = Profile::load(&name, &without).unwrap();
    let table = SymbolTable::new(&profile);
    let traces =
        logs.map(|sources| read::read(sources, &profile, &table, ReadOptions::default()).unwrap());
    compare(&traces, &table.finish(), &profile, &Options::default())
}

fn diff(reference: &str, candidate: &str) -> Report {
    diff_with(&[reference], &[candidate], &[])
}

fn diff_files(reference: &[String], candidate: &[String]) -> Report {
    let reference: Vec<&str> = reference.iter().map(String::as_str).collect();
    let candidate: Vec<&str> = candidate.iter().map(String::as_str).collect();
    diff_with(&reference, &candidate, &[])
}

/// Class, function and the candidate's line of each origin.
fn origins(report: &Report) -> Vec<(&'static str, String, u64)> {
    let origin = |finding: &forkpoint::report::FindingView| {
        let site = finding.sites.last().unwrap();
        (finding.class.name(), site.name.clone(), site.line)
    };
    report.origins.iter().map(origin).collect()
}

/// Lines, events, faults, and skipped lines by reason; together they are all lines.
fn figures(trace: &Trace) -> (usize, u64, Vec<(&'static str, u64)>) {
    let skipped: Vec<_> = trace.skipped.iter().map(|(why, n)| (why.reason, *n)).collect();
    (trace.n_events(), trace.faults.count(), skipped)
}

#[test]
fn every_line_is_an_event_or_skipped_by_name_or_damaged() {
    let second = |n| vec![("second half of a call", n)];
    for (path, events, faults, skipped) in [
        ("strace/curl.A.strace.gz", 583, 0, vec![]),
        ("strace/curl.B.strace.gz", 583, 0, vec![]),
        ("strace/sqlite.A.strace.gz", 259, 0, vec![]),
        ("strace/sqlite.B.strace.gz", 259, 0, vec![]),
        ("strace/xz.A.strace.gz", 1226, 0, second(70)),
        ("strace/xz.B.strace.gz", 1216, 0, second(61)),
        ("qemu/sqlite.native.A.strace.gz", 258, 0, vec![]),
        ("qemu/sqlite.qemu-aarch64.A.log.gz", 296, 0, vec![]),
        ("qemu/sqlite.qemu-x86_64.A.log.gz", 256, 0, vec![]),
        ("qemu/sqlite.riscv64-q10.A.10576.log.gz", 245, 0, vec![]),
        ("qemu/sqlite.riscv64-q72.A.10556.log.gz", 245, 0, vec![]),
        ("qemu/xz.native.A.strace.gz", 1223, 0, second(66)),
        ("qemu/xz.qemu-aarch64.A.log.gz", 1282, 14, vec![]),
        ("qemu/xz.riscv64-q72.A.10553.log.gz", 14, 0, vec![]),
    ] {
        let trace = read(&[path], ReadOptions::default());
        assert_eq!(figures(&trace), (events, faults, skipped), "{path}");
        let skipped: u64 = trace.skipped.values().sum();
        let shown = trace.n_events() as u64 + trace.faults.count() + skipped;
        assert_eq!(shown, trace.n_lines, "{path}");
    }
}

#[test]
fn nothing_depends_on_where_blocks_are_cut() {
    for path in ["strace/xz.A.strace.gz", "qemu/xz.qemu-aarch64.A.log.gz"] {
        let whole = read(&[path], ReadOptions::default());
        let cut = ReadOptions { block: 300, threads: 3, ..ReadOptions::default() };
        let cut = read(&[path], cut);
        assert_eq!(figures(&whole), figures(&cut));
        for (a, b) in whole.lanes.iter().zip(&cut.lanes) {
            assert_eq!((a.key, &a.tokens, &a.places), (b.key, &b.tokens, &b.places));
            assert!(a.places.iter().is_sorted());
            for place in a.places.iter() {
                let lines = [&whole, &cut].map(|trace| trace.lines.read(place).unwrap());
                assert_eq!(lines[0], lines[1]);
                let text = String::from_utf8(lines[0].bytes.clone()).unwrap();
                assert!(whole.lines.parse(&text).is_some(), "{text}");
            }
        }
    }
}

#[test]
fn two_runs_of_a_program_are_identical() {
    for (program, matched) in [("curl", 564), ("sqlite", 259), ("xz", 1179)] {
        let run = |run: &str| format!("strace/{program}.{run}.strace.gz");
        let report = diff(&run("A"), &run("B"));
        assert_eq!(report.profile.name, "linux");
        assert_eq!((report.verdict, report.matched), (Verdict::Identical, matched), "{program}");
        assert_eq!(report.lanes.len(), if program == "xz" { 3 } else { 1 });
    }
}

#[test]
fn what_differs_between_two_runs_of_xz_is_scheduling_by_a_rule_that_says_so() {
    let report = diff("strace/xz.A.strace.gz", "strace/xz.B.strace.gz");
    let futex = report.excused.iter().find(|excused| excused.rule == "futex").unwrap();
    assert_eq!(futex.left_out, Pair::new(42, 32));
    let without = diff_with(&["strace/xz.A.strace.gz"], &["strace/xz.B.strace.gz"], &["futex"]);
    assert_eq!(without.verdict, Verdict::Diverged);
    // Who created whom is known, so threads pair by that and not by what they do.
    let pairs: Vec<_> = report.lanes.iter().map(|lane| lane.names.clone()).collect();
    let pair = |a: &str, b: &str| Pair::new(a.to_owned(), b.to_owned());
    assert_eq!(pairs, [pair("19932", "20892"), pair("19933", "20893"), pair("19934", "20894")]);
}

#[test]
fn two_runs_under_one_version_of_qemu_are_identical() {
    for (a, b) in [
        ("qemu/sqlite.riscv64-q72.A.10556.log.gz", "qemu/sqlite.riscv64-q72.B.10653.log.gz"),
        ("qemu/sqlite.riscv64-q10.A.10576.log.gz", "qemu/sqlite.riscv64-q10.B.10675.log.gz"),
    ] {
        let report = diff(a, b);
        assert_eq!((report.verdict, report.matched), (Verdict::Identical, 242), "{a}");
        assert_eq!(report.profile.name, "qemu");
    }
    let runs = [
        (xz_of("q72", "A", [10551, 10553, 10554]), xz_of("q72", "B", [10590, 10592, 10593])),
        (xz_of("q10", "A", [10570, 10572, 10573]), xz_of("q10", "B", [10669, 10671, 10673])),
    ];
    for (a, b) in runs {
        let report = diff_files(&a, &b);
        assert_eq!(report.verdict, Verdict::Identical, "{:?}", origins(&report));
        assert_eq!(report.lanes.len(), 3);
    }
}

#[test]
fn what_a_version_of_qemu_lacks_is_an_origin() {
    let report =
        diff("qemu/sqlite.riscv64-q72.A.10556.log.gz", "qemu/sqlite.riscv64-q10.A.10576.log.gz");
    let probe = |line| ("return-value", "syscall riscv_hwprobe".to_owned(), line);
    let expected = [
        ("return-value", "syscall rseq".to_owned(), 50),
        probe(51),
        probe(53),
        probe(58),
        probe(60),
    ];
    assert_eq!(origins(&report), expected);
    assert!(report.consequences.is_empty());
}

#[test]
fn what_qemu_lacks_beside_the_kernel_is_an_origin_and_renamed_objects_are_not() {
    let native = "qemu/sqlite.native.A.strace.gz";
    for (emulated, lines) in [
        ("qemu/sqlite.qemu-x86_64.A.log.gz", [64, 65]),
        ("qemu/sqlite.qemu-aarch64.A.log.gz", [104, 105]),
    ] {
        let report = diff(native, emulated);
        assert_eq!(report.profile.name, "linux-qemu");
        let expected = [
            ("return-value", "syscall set_robust_list".to_owned(), lines[0]),
            ("return-value", "syscall rseq".to_owned(), lines[1]),
        ];
        assert_eq!(origins(&report), expected, "{emulated}");
        let renamed = report.excused.iter().find(|excused| excused.rule == "descriptor").unwrap();
        assert!(renamed.differences > 90);
    }
    let report = diff(native, "qemu/sqlite.qemu-x86_64.A.log.gz");
    assert!(report.consequences.is_empty());
    // The other way round it is the same.
    let mirrored = diff("qemu/sqlite.qemu-x86_64.A.log.gz", native);
    assert_eq!((mirrored.verdict, mirrored.origins.len()), (Verdict::Diverged, 2));
}

#[test]
fn torn_lines_are_told_and_no_verdict_is_built_on_them() {
    let path = "qemu/xz.qemu-aarch64.A.log.gz";
    let trace = read(&[path], ReadOptions::default());
    let (kind, fault) = trace.faults.first().unwrap();
    assert_eq!((kind.name(), fault.count, fault.line), ("torn call", 14, Some(462)));
    assert!(kind.hint().contains("-d strace,tid"));
    assert_eq!(diff(path, path).verdict, Verdict::Inconclusive);
}

/// A line of each sort, of both formats.
const SORTS: [(&str, &str); 2] = [
    (
        "strace",
        r#"[pid 11] 10:00:00.5 openat(AT_FDCWD</srv>, "a\"b,)\n", O_RDONLY|O_CLOEXEC) = 3</srv/a> <0.000005>
7 1.5 clone3({flags=CLONE_VM|CLONE_THREAD, child_tid=0x7f1486646990} => {parent_tid=[8]}, 88) = 8 <0.1>
8 1.5 read(5,  <unfinished ...>
7 1.5 futex(0x561b1b60e258, FUTEX_WAIT_PRIVATE, 2, NULL <unfinished ...>
8 1.5 <... read resumed>"\x9b\xa9"..., 8192) = 8192 <0.2>
7 1.5 <... futex resumed>) = -1 EAGAIN (Resource temporarily unavailable)
8 1.5 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=12} ---
strace: Process 8 attached
 > /usr/lib/libc.so.6(open64+0x5b) [0xef]
8 1.5 poll([{fd=3, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLIN}])
8 1.5 +++ superseded by execve in pid 7 +++
7 1.5 exit_group(0) = ?
7 1.5 +++ exited with 0 +++
"#,
    ),
    (
        "qemu",
        r#"1905 brk(NULL) = 0x0000005500061000
1905 openat(AT_FDCWD,"/etc/ld.so.cache",O_RDONLY|O_CLOEXEC) = 4
1905 set_robust_list(365120135424,24,365120135424,1,0,0) = -1 errno=38 (Function not implemented)
1905 Unknown syscall 293
1905 clock_gettime(CLOCK_MONOTONIC,0x000000400281a430) = 0 ({tv_sec = 1577,tv_nsec = 567386851})
--- SIGALRM {si_signo=SIGALRM, si_code=SI_KERNEL} ---
 = 0x000000550c062000
Locating guest address space
1905 futex(0x0000005500039038,FUTEX_PRIVATE_FLAG|FUTEX_WAIT,2,NULL,NULL,0)1905 close(3) = 0
1905 exit_group(0)
"#,
    ),
];

#[test]
fn whatever_is_damaged_each_line_is_told_once_and_nothing_panics() {
    let mut seed: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let mut n_damaged = 0;
    let formats = SORTS.map(|(name, _)| forkpoint::formats::format(name).unwrap());
    let profiles = formats.map(|format| Profile::load(format.profile, &[]).unwrap());
    for round in 0..2_000 {
        let (format, profile) = (formats[round % 2], &profiles[round % 2]);
        let sorts = SORTS[round % 2].1;
        let mut bytes = sorts.as_bytes().to_vec();
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            match random(4) {
                0 => bytes[at] = random(256) as u8,
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, b"(){}[],=<>\"\\ \n\xFF"[random(15)]),
                _ => bytes.truncate(at + 1),
            }
        }
        let ends = bytes.iter().filter(|&&byte| byte == b'\n').count();
        let n_lines = ends + usize::from(!bytes.ends_with(b"\n"));
        let table = SymbolTable::new(profile);
        let log = || vec![Source::of_bytes("damaged.log", &bytes).unwrap()];
        let options = ReadOptions { format: Some(format), threads: 1, ..ReadOptions::default() };
        let Ok(trace) = read::read(log(), profile, &table, options) else { continue };
        let skipped: u64 = trace.skipped.values().sum();
        let shown = trace.n_events() as u64 + skipped + trace.faults.count();
        assert_eq!(
            (shown, trace.n_lines),
            (n_lines as u64, shown),
            "{}",
            String::from_utf8_lossy(&bytes)
        );
        n_damaged += usize::from(!trace.faults.is_empty());
        let cut = ReadOptions { block: 40, ..options };
        let again = read::read(log(), profile, &table, cut).unwrap();
        assert_eq!(figures(&again), figures(&trace));
        let report =
            compare(&Pair::new(trace, again), &table.finish(), profile, &Options::default());
        assert_ne!(report.verdict, Verdict::Diverged, "{}", String::from_utf8_lossy(&bytes));
    }
    assert!(n_damaged > 200, "only {n_damaged} logs were damaged");
}

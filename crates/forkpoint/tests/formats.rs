//! What the manual says of formats is what the program does; and what is said of a log as a whole.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod schema;

use std::path::Path;

use forkpoint::analysis::Options;
use forkpoint::check::{self, CheckReport, Checks};
use forkpoint::convert::convert;
use forkpoint::formats::FORMATS;
use forkpoint::logs::compare;
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::render::{Extent, Format, TextOptions, to_string};
use forkpoint::report::{Report, Verdict};
use forkpoint::scan::symbols::SymbolTable;
use forkpoint::trace::skip::Severity;
use forkpoint::trace::warning::LogWarning;

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats.md");
    std::fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// The rows of a section's table whose first column is called `first`: their cells.
fn rows<'a>(section: &'a str, first: &str) -> Vec<Vec<&'a str>> {
    let head = format!("| {first} |");
    let table = section.lines().skip_while(|line| !line.starts_with(&head)).skip(2);
    let rows = table.take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

#[test]
fn the_page_tells_of_every_reason_to_skip_a_line_as_the_program_does() {
    let page = page();
    for format in FORMATS {
        let title = format!("\n## {}\n", format.name);
        let (_, section) = page.split_once(&title).unwrap_or_else(|| panic!("no section{title}"));
        let section = section.split("\n## ").next().unwrap();
        let shown: Vec<Vec<&str>> = rows(section, "skipped lines");
        let shown: Vec<(String, &str, &str)> = shown
            .iter()
            .map(|row| (row[0].replace('`', ""), row[2], row.get(3).copied().unwrap_or_default()))
            .collect();
        let skips = format.skips.iter();
        let known: Vec<(String, &str, &str)> = skips
            .map(|skip| {
                (skip.reason.to_owned(), skip.severity.name(), skip.fix.unwrap_or_default())
            })
            .collect();
        assert_eq!(shown, known, "{}", format.name);
        for skip in format.skips {
            let is_expected = skip.severity == Severity::Expected;
            assert_eq!(skip.fix.is_none(), is_expected, "what can be done about {}", skip.reason);
        }
    }
}

/// The logs in tests/data: their names as the page has them, and their paths.
fn real_logs() -> Vec<(String, String)> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut logs = Vec::new();
    for folder in std::fs::read_dir(&data).unwrap() {
        for log in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = log.unwrap().path();
            let name = path.strip_prefix(&data).unwrap().to_str().unwrap().replace('\\', "/");
            if let Some(name) = name.strip_suffix(".gz") {
                logs.push((name.to_owned(), path.to_str().unwrap().to_owned()));
            }
        }
    }
    logs.sort();
    logs
}

#[test]
fn the_page_tells_of_every_line_of_the_real_logs() {
    let page = page();
    let table = rows(&page, "log");
    let number = |cell: &str| cell.replace(',', "").parse::<u64>().unwrap();
    let logs = real_logs();
    assert!(logs.len() > 20, "only {} logs were found", logs.len());
    for (name, path) in logs {
        let row = table.iter().find(|row| row[0] == name);
        let row = row.unwrap_or_else(|| panic!("docs/formats.md does not tell of {name}"));
        let checked = checked_sources(vec![Source::open(&path).unwrap()]);
        let skipped: u64 = checked.skipped.iter().map(|skipped| skipped.lines).sum();
        assert_eq!(checked.lines, checked.events + skipped + checked.damaged, "{name}");
        assert_eq!(row[1], checked.format, "{name}");
        assert_eq!((number(row[2]), number(row[3])), (checked.lines, checked.events), "{name}");
        for skipped in &checked.skipped {
            let shown = format!("{} {}", skipped.lines, skipped.reason);
            assert!(row[4].contains(&shown), "{name}: {}", row[4]);
        }
    }
}

fn source(name: &str, text: &str) -> Source {
    Source::of_bytes(name, text.as_bytes()).unwrap()
}

/// What `check` says of a log in files of these names.
fn checked(files: &[(&str, &str)]) -> CheckReport {
    checked_sources(files.iter().map(|(name, text)| source(name, text)).collect())
}

fn checked_sources(sources: Vec<Source>) -> CheckReport {
    let name = read::suiting_profile(&sources[0], None).unwrap();
    let profile = Profile::load(&name, &[]).unwrap();
    let table = SymbolTable::new(&profile);
    let trace = read::read(sources, &profile, &table, ReadOptions::default()).unwrap();
    check::check(&trace, &table.finish(), &profile, check::Options::default())
}

/// How much it matters, and what helps, of all that is said of a log as a whole.
fn notices(files: &[(&str, &str)]) -> Vec<String> {
    checked(files).notices.iter().map(LogWarning::advice).collect()
}

fn diff(reference: &str, candidate: &str) -> Report {
    diff_sources(Pair::new(source("a.log", reference), source("b.log", candidate)))
}

fn diff_sources(sources: Pair<Source>) -> Report {
    let name = read::profile_of_both(&sources.reference, &sources.candidate).unwrap();
    let profile = Profile::load(&name, &[]).unwrap();
    let table = SymbolTable::new(&profile);
    let traces =
        sources.map(|one| read::read(vec![one], &profile, &table, ReadOptions::default()).unwrap());
    compare(&traces, &table.finish(), &profile, &Options::default())
}

const NO_THREAD_ID: &str = "loses events: lines carry no thread id: run strace with -f";
const NONE: [&str; 0] = [];

const CLONE: &str = "clone(child_stack=0x10, flags=CLONE_VM|CLONE_THREAD) = 8\ngetpid() = 7\n";

#[test]
fn an_strace_log_without_thread_ids_says_so_where_there_may_be_several() {
    assert_eq!(notices(&[("a.log", CLONE)]), [NO_THREAD_ID]);
    for call in ["fork() = 8", "vfork() = 8", "clone3({flags=CLONE_VM}, 88) = 8"] {
        let log = format!("brk(NULL) = 0x5000\n{call}\nread(3, \"\", 8) = 0\n");
        assert_eq!(notices(&[("a.log", &log)]), [NO_THREAD_ID], "{call}");
    }
    // One thread, a child that never came to be, numbers in each line, numbers once there are two.
    for log in [
        "brk(NULL) = 0x5000\nread(3, \"\", 8) = 0\n",
        "brk(NULL) = 0x5000\nfork() = -1 EAGAIN (Resource temporarily unavailable)\n",
        "7 fork() = 8\n8 getpid() = 8\n7 getpid() = 7\n",
        "fork() = 8\n[pid     8] read(3, \"\", 8) = 0\n[pid     7] getpid() = 7\n",
    ] {
        assert_eq!(notices(&[("a.log", log)]), NONE, "{log}");
    }
}

#[test]
fn a_file_of_a_thread_that_is_not_given_is_missed() {
    let first = ("log.7", CLONE);
    let missed = notices(&[first]);
    assert_eq!(missed, ["loses events: with -ff each thread has a file: give them all"]);
    assert_eq!(notices(&[first, ("log.8", "read(3, \"\", 8) = 0\n")]), NONE);
    // What the other thread does is not known, so nothing is known to be equal.
    let report = diff_sources(Pair::new(source("a.7", CLONE), source("b.7", CLONE)));
    assert_eq!(report.verdict, Verdict::Inconclusive);
    let says = |doubt: &String| doubt.contains("no file is named after thread 8");
    assert_eq!(report.doubts.iter().filter(|doubt| says(doubt)).count(), 2, "{:?}", report.doubts);
}

#[test]
fn threads_of_qemu_that_write_to_one_file_are_told() {
    let clone = "7 clone(CLONE_VM|CLONE_THREAD,0x10,0x20,0x30,0x40) = 8\n7 close(3) = -1 errno=9 (Bad file descriptor)\n";
    let shown = notices(&[("qemu.log", clone)]);
    assert_eq!(shown, ["loses events: give each thread a file: qemu -d strace,tid -D log.%d"]);
    assert_eq!(notices(&[("log.7", clone), ("log.8", "7 close(4) = 0\n")]), NONE);
    let one = "7 close(3) = -1 errno=9 (Bad file descriptor)\n";
    assert_eq!(notices(&[("qemu.log", one)]), NONE);
}

#[test]
fn wine_without_process_numbers_is_told_where_there_are_several() {
    let create = "Call KERNEL32.CreateProcessA(00000000,0025cd70 \"cmd\",00000000) ret=140001000\n";
    let shown = notices(&[("wine.log", &format!("0124:{create}"))]);
    assert_eq!(shown, ["worth a look: log with WINEDEBUG=+relay,+pid"]);
    assert_eq!(notices(&[("wine.log", &format!("1.000:0120:0124:{create}"))]), NONE);
    let other = "0124:Call KERNEL32.CloseHandle(00000010) ret=140001000\n";
    assert_eq!(notices(&[("wine.log", other)]), NONE);
}

#[test]
fn xenia_without_debug_messages_is_told() {
    let swap = "i> F8000008 VdSwap(7018F0A0, 00000001)\n";
    let shown = notices(&[("xenia.log", swap)]);
    assert_eq!(shown, ["loses events: run Xenia with --log_level=3"]);
    assert_eq!(notices(&[("xenia.log", &format!("{swap}d> F8000008 NtClose(F8000010)\n"))]), NONE);
}

#[test]
fn what_loses_events_keeps_two_logs_from_being_identical() {
    let report = diff(CLONE, CLONE);
    assert_eq!(report.verdict, Verdict::Inconclusive);
    let said = "lines carry no thread id: run strace with -f";
    assert!(report.doubts.iter().filter(|doubt| doubt.contains(said)).count() == 2);
    // With a number in each line nothing is to be said.
    let numbered: String = CLONE.lines().map(|line| format!("7 {line}\n")).collect();
    assert_eq!(diff(&numbered, &numbered).verdict, Verdict::Identical);
}

#[test]
fn a_converted_log_says_what_the_original_said() {
    let profile = Profile::load("linux", &[]).unwrap();
    let table = SymbolTable::new(&profile);
    let log = vec![source("a.log", CLONE)];
    let trace = read::read(log, &profile, &table, ReadOptions::default()).unwrap();
    let mut out = Vec::new();
    convert(&trace, None, &mut out).unwrap();
    assert_eq!(notices(&[("a.jsonl", std::str::from_utf8(&out).unwrap())]), [NO_THREAD_ID]);
}

#[test]
fn reports_tell_what_helps() {
    let log = "7 close(3) = 0\nwritten by the program\n7 close(4) = 0\n";
    let report = diff(log, log);
    // Worth a look, and no doubt.
    assert_eq!(report.verdict, Verdict::Identical);
    let options = TextOptions { shown: Extent::FULL, ..TextOptions::default() };
    for said in [
        to_string(&report, Format::Text, options),
        to_string(&report, Format::Markdown, options).replace('\\', ""),
        to_string(&report, Format::Json, options),
    ] {
        assert!(said.contains("give the log a file: strace -f -o FILE"), "{said}");
        assert!(said.to_lowercase().contains("worth a look"), "{said}");
    }
    let checks = Checks { logs: vec![checked(&[("a.log", log)])], unreadable: Vec::new() };
    let said = to_string(&checks, Format::Text, options);
    schema::holds("check", &[checks]);
    assert!(said.contains("without an event: 1 no call: written by the program"), "{said}");
    assert!(said.contains("worth a look: give the log a file: strace -f -o FILE"), "{said}");
}

//! `show`, `convert` and `formats`, from outside.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;
use std::process::{Command, Output};

const LOG: &str = "\
0120:0124:Call ntdll.NtClose(0000000c) ret=1\n\
0120:0124:Ret  ntdll.NtClose() retval=00000000 ret=1\n\
0120:0128:Call ntdll.NtOpenFile(1,2) ret=1\n\
0120:0124:Call ntdll.NtClose(00000010) ret=1\n\
0120:0124:Ret  ntdll.NtClose() retval=c0000008 ret=1\n\
fixme\n";

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_forkpoint")).current_dir(folder).args(args).output().unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.log"), LOG).unwrap();
    folder
}

fn shown(args: &[&str]) -> String {
    let folder = folder();
    let output = run(folder.path(), &[&["show", "a.log"], args].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("no thread: written by a shell or by the program × 1"), "{told}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn events_are_shown_in_the_order_of_the_file() {
    let expected = "\
0120:0124 0 call ntdll.NtClose  args.0=0xc caller=0x1
0120:0124 1 return ntdll.NtClose  return_value=0x0 caller=0x1
0120:0128 0 call ntdll.NtOpenFile  args.0=0x1 args.1=0x2 caller=0x1
0120:0124 2 call ntdll.NtClose  args.0=0x10 caller=0x1
0120:0124 3 return ntdll.NtClose  return_value=0xc0000008 caller=0x1
";
    assert_eq!(shown(&[]), expected);
}

#[test]
fn an_event_is_shown_with_what_stands_around_it_in_its_thread() {
    let expected = "  0120:0124 1 return ntdll.NtClose  return_value=0x0 caller=0x1
> 0120:0124 2 call ntdll.NtClose  args.0=0x10 caller=0x1
  0120:0124 3 return ntdll.NtClose  return_value=0xc0000008 caller=0x1
";
    assert_eq!(shown(&["--lane", "0120:0124", "--at", "2", "-C", "1"]), expected);
}

#[test]
fn events_are_found_by_their_names() {
    let expected = "> 0120:0128 0 call ntdll.NtOpenFile  args.0=0x1 args.1=0x2 caller=0x1\n";
    assert_eq!(shown(&["--grep", "openfile"]), expected);
    assert_eq!(shown(&["--grep", "call*open"]), expected);
    let gaps = shown(&["--grep", "return"]);
    assert_eq!(gaps.lines().nth(1), Some("⋯"), "{gaps}");
}

#[test]
fn what_is_not_there_is_told() {
    let folder = folder();
    let cases: [(&[&str], &str); 4] = [
        (&["--lane", "9"], "the log has no thread 9"),
        (&["--at", "1"], "--at needs a thread"),
        (&["--lane", "0120:0128", "--at", "1"], "thread 0120:0128 of the log has no event 1"),
        (&["--grep", "NtRead"], "nothing is called `NtRead` there"),
    ];
    for (args, words) in cases {
        let output = run(folder.path(), &[&["show", "a.log"], args].concat());
        assert_eq!(output.status.code(), Some(2));
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn a_converted_log_may_be_packed_and_shows_the_same() {
    let folder = folder();
    let original = run(folder.path(), &["show", "a.log"]);
    for name in ["b.jsonl", "b.jsonl.gz", "b.jsonl.zst"] {
        let output = run(folder.path(), &["convert", "a.log", "-o", name]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(run(folder.path(), &["show", name]).stdout, original.stdout);
        let output = run(folder.path(), &["diff", "a.log", name, "--allow-prefix"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
}

#[test]
fn a_log_is_never_written_over() {
    let folder = folder();
    let output = run(folder.path(), &["convert", "a.log", "-o", "./a.log"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("would overwrite"));
    assert_eq!(std::fs::read_to_string(folder.path().join("a.log")).unwrap(), LOG);
}

#[test]
fn every_format_is_listed() {
    let output = run(Path::new("."), &["formats"]);
    let told = String::from_utf8(output.stdout).unwrap();
    for format in forkpoint::formats::FORMATS {
        let is_told = |word: &str| told.lines().any(|line| line.trim() == word);
        assert!(is_told(format.name) && is_told(&format!("profile {}", format.profile)), "{told}");
        assert!(is_told(&format!("recognised by {}", format.known_by)), "{told}");
    }
}

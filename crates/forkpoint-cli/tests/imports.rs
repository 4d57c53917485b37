//! A list of imports, in every verb that reads Xenia's text logs.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;
use std::process::Command;

/// The helper's argument differs, and nothing else.
fn log(helper: &str) -> String {
    format!(
        "d> F8000008 NtClose(F8000010)\nd> F8000008 HelperOfTheEngine({helper})\nd> F8000008 NtClose(F8000014)\n"
    )
}

/// What the program says, and its exit code.
fn forkpoint(folder: &Path, args: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forkpoint"));
    let output = command.current_dir(folder).args(args).output().unwrap();
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("a.log", &log("00000001"));
    put("b.log", &log("00000002"));
    put("names.txt", "# the kernel\nNtClose\n");
    put("empty.txt", "# nothing\n");
    put("strace.log", "7 close(3) = 0\n7 close(4) = 0\n");
    folder
}

const SKIPPED: &str = "no import of the program's (--imports)";

#[test]
fn what_is_no_import_is_no_event_and_is_counted() {
    let folder = folder();
    let folder = folder.path();
    let imports = ["--imports", "names.txt"];
    let with = |args: &[&str]| forkpoint(folder, &[args, &imports].concat());

    assert_eq!(forkpoint(folder, &["diff", "a.log", "b.log"]).0, 1);
    let (code, said) = with(&["diff", "a.log", "b.log", "-v"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(&format!("lines: {SKIPPED}  1 ↔ 1")), "{said}");

    let (code, said) = with(&["diff", "--mode", "first-occurrence", "a.log", "b.log"]);
    assert!(code == 0 && !said.contains("HelperOfTheEngine"), "{said}");
    let (code, said) = with(&["diff", "--reference", "a.log", "--reference", "a.log", "b.log"]);
    assert!(code == 0 && !said.contains("HelperOfTheEngine"), "{said}");

    let (code, said) = with(&["check", "a.log"]);
    assert!(code == 0 && said.contains("2 events of 1 thread"), "{said}");
    assert!(said.contains(&format!("1 {SKIPPED}")), "{said}");

    let (code, said) = with(&["show", "a.log"]);
    assert!(code == 0 && said.contains("NtClose"), "{said}");
    assert!(!said.contains("HelperOfTheEngine"), "{said}");

    let (code, said) = with(&["convert", "a.log", "-o", "a.jsonl"]);
    assert_eq!(code, 0, "{said}");
    let converted = std::fs::read_to_string(folder.join("a.jsonl")).unwrap();
    assert!(converted.contains("NtClose") && !converted.contains("HelperOfTheEngine"));
}

#[test]
fn a_list_that_is_none_and_logs_that_need_none_are_refused() {
    let folder = folder();
    for (args, said) in [
        (&["diff", "a.log", "b.log", "--imports", "empty.txt"][..], "found none"),
        (&["diff", "a.log", "b.log", "--imports", "a.log"], "line 1"),
        (&["diff", "a.log", "b.log", "--imports", "missing.txt"], "missing.txt"),
        (&["diff", "strace.log", "strace.log", "--imports", "names.txt"], "no log is one"),
        (&["check", "strace.log", "--imports", "names.txt"], "no log is one"),
        (&["show", "strace.log", "--imports", "names.txt"], "no log is one"),
    ] {
        let (code, text) = forkpoint(folder.path(), args);
        assert!(code == 2 && text.contains(said), "{args:?}: {text}");
    }
}

//! The verb `check`, from outside: exit codes and first lines.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const HEADER: &str = r#"{"kind":"schema_version","schema_version":1,"engine":"one"}"#;
const CALL: &str = r#"{"kind":"kernel.call","tid":6,"tid_event_idx":0,"payload":{"name":"A"}}"#;
const RETURN: &str = r#"{"kind":"kernel.return","tid":6,"tid_event_idx":1,"payload":{"name":"A"}}"#;
const OTHER: &str = r#"{"kind":"kernel.return","tid":6,"tid_event_idx":2,"payload":{"name":"B"}}"#;

fn log(folder: &Path, name: &str, lines: &[&str]) {
    std::fs::write(folder.join(name), lines.join("\n") + "\n").unwrap();
}

fn forkpoint(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forkpoint"));
    command.current_dir(folder).arg("check").args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_clean_log_exits_0() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path(), "a.log", &[HEADER, CALL, RETURN]);
    let output = forkpoint(folder.path(), &["a.log"]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert_eq!(text.lines().next().unwrap(), "clean: no fault in a.log: 2 events of 1 thread");
}

#[test]
fn notes_are_no_faults() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path(), "a.log", &[HEADER, CALL]);
    let output = forkpoint(folder.path(), &["a.log"]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert_eq!(
        text.lines().next().unwrap(),
        "clean: no fault in a.log: 1 event of 1 thread; 1 note"
    );
}

#[test]
fn a_faulty_log_exits_1_and_says_where_first() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path(), "a.log", &[HEADER, CALL, RETURN, OTHER, "{\"kind\""]);
    let output = forkpoint(folder.path(), &["a.log"]);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "faulty: 2 faults in a.log: 3 events of 1 thread");
    assert_eq!(
        lines[1],
        "first at a.log:4: return of another call: kernel.return B, no call is open"
    );
    assert!(lines[2].starts_with("hint: "), "{}", lines[2]);
}

#[test]
fn an_unreadable_log_exits_2_and_the_others_are_told_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path(), "a.log", &[HEADER, CALL, RETURN]);
    log(folder.path(), "b.log", &[r#"{"kind":"schema_version","schema_version":9}"#, CALL]);
    std::fs::write(folder.path().join("empty.log"), "").unwrap();
    let output = forkpoint(folder.path(), &["b.log", "empty.log", "missing.log", "a.log"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).starts_with("clean: no fault in a.log"));
    let talk = stderr(&output);
    assert!(talk.contains("(b.log:1)") && talk.contains("is empty (empty.log)"), "{talk}");
    assert!(talk.contains("there is no such file (missing.log)"), "{talk}");
}

#[test]
fn two_logs_are_two_unless_they_are_read_as_one() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path(), "a.log", &[HEADER, CALL]);
    log(folder.path(), "b.log", &[HEADER, RETURN]);
    let two = forkpoint(folder.path(), &["a.log", "b.log"]);
    let text = stdout(&two);
    let verdicts = text.lines().filter(|line| line.starts_with("clean:"));
    assert_eq!((two.status.code(), verdicts.count()), (Some(0), 2));
    let one = forkpoint(folder.path(), &["--as-one", "a.log", "b.log"]);
    let text = stdout(&one);
    assert_eq!(text.lines().next().unwrap(), "clean: no fault in 2 files: 2 events of 1 thread");
}

#[test]
fn a_log_is_read_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_forkpoint"))
        .args(["check", "-"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let text = format!("{HEADER}\n{CALL}\n{RETURN}\n{CALL}\n");
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).starts_with("faulty: 1 fault in "));
}

#[test]
fn json_goes_to_the_file_that_is_named_and_never_over_a_log() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path(), "a.log", &[HEADER, CALL, RETURN, OTHER]);
    let output = forkpoint(folder.path(), &["a.log", "--format", "json", "-o", "a.json"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), String::new()));
    let json = std::fs::read_to_string(folder.path().join("a.json")).unwrap();
    assert!(json.starts_with("{\n  \"format_version\": 1,"), "{json}");
    assert!(json.contains("\"verdict\": \"faulty\""), "{json}");
    let refused = forkpoint(folder.path(), &["a.log", "-o", "a.log"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(std::fs::read_to_string(folder.path().join("a.log")).unwrap().starts_with(HEADER));
}

#[test]
fn top_limits_the_functions() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path(), "a.log", &[HEADER, CALL, RETURN, OTHER]);
    let text = stdout(&forkpoint(folder.path(), &["a.log", "--top", "1"]));
    assert!(text.contains("   and 1 more; --top lists them"), "{text}");
}

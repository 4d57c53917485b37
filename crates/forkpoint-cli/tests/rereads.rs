//! Lines are read again to be compared and shown. Where that fails, there is no verdict: one clear error
//! and exit code 2, from every verb that needs the lines.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const HEADER: &str = r#"{"kind":"schema_version","schema_version":1}"#;

/// A log whose one call is reported with members in another order, so that lines must be read again to say
/// that nothing differs.
fn log(value: &str) -> String {
    let call = r#"{"kind":"kernel.call","tid":6,"tid_event_idx":0,"payload":{"name":"A"}}"#;
    format!(
        "{HEADER}\n{call}\n{{\"kind\":\"kernel.return\",\"tid\":6,\"tid_event_idx\":1,\"payload\":{{\"name\":\"A\",\"return_value\":{value}}}}}\n"
    )
}

fn gzip(text: &str) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in [("a", "0"), ("b", "1"), ("c", "2")] {
        std::fs::write(folder.path().join(format!("{name}.gz")), gzip(&log(value))).unwrap();
        std::fs::write(folder.path().join(format!("{name}.jsonl")), log(value)).unwrap();
    }
    folder
}

fn run(folder: &Path, temporary: &str, args: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_forkpoint"))
        .current_dir(folder)
        .env("TMPDIR", temporary)
        .args(args.split(' '))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

const VERBS: [&str; 9] = [
    "diff a.gz b.gz",
    "diff a.gz b.gz --format json",
    "diff --reference a.gz --reference b.gz c.gz",
    "explain a.gz b.gz --at 6:1",
    "show a.gz",
    "convert a.gz -o new.jsonl",
    "profile audit a.gz b.gz",
    "learn a.gz b.gz -o new.toml",
    "learn --visible a.gz b.gz -o new.toml",
];

#[test]
fn without_a_temporary_file_no_verb_has_a_result() {
    for verb in VERBS {
        let folder = folder();
        let output = run(folder.path(), "/nonexistent", verb);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{verb}\n{said}");
        assert!(output.stdout.is_empty(), "{verb}");
        assert!(said.starts_with("error: cannot be read again: "), "{verb}\n{said}");
        assert!(said.contains("(a.gz)") || said.contains("(b.gz)"), "{verb}\n{said}");
        assert!(said.contains(" hint: ") && said.contains("TMPDIR"), "{verb}\n{said}");
        assert_eq!(said.matches("error: ").count(), 1, "{verb}\n{said}");
        let names = std::fs::read_dir(folder.path()).unwrap();
        assert_eq!(names.count(), 6, "{verb}: a file was left behind");
    }
}

#[test]
fn with_a_temporary_file_each_verb_has_a_result() {
    for verb in VERBS {
        let output = run(folder().path(), "/tmp", verb);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{verb}");
    }
}

#[test]
fn plain_files_need_no_temporary_file() {
    for verb in VERBS {
        let output = run(folder().path(), "/nonexistent", &verb.replace(".gz", ".jsonl"));
        assert!(matches!(output.status.code(), Some(0 | 1)), "{verb}");
    }
}

#[test]
fn a_pipe_that_cannot_be_kept_is_an_error() {
    let folder = folder();
    let mut child = Command::new(env!("CARGO_BIN_EXE_forkpoint"))
        .current_dir(folder.path())
        .env("TMPDIR", "/nonexistent")
        .args(["diff", "-", "b.jsonl"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(log("0").as_bytes());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("needs a temporary file") && said.contains("TMPDIR"), "{said}");
}

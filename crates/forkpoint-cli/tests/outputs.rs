//! Files that are written: whole or not at all, and never over what is read.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const HEADER: &str = r#"{"kind":"schema_version","schema_version":1}"#;
const CALL: &str = r#"{"kind":"kernel.call","tid":6,"tid_event_idx":0,"payload":{"name":"A"}}"#;

fn log() -> String {
    format!("{HEADER}\n{CALL}\n")
}

fn run(folder: &Path, args: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_forkpoint"))
        .current_dir(folder)
        .args(args.split(' '))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["a", "b"] {
        std::fs::write(at(name), log()).unwrap();
    }
    std::fs::write(at("base.toml"), "name = \"base\"\nabout = \"b\"\nextends = \"xenia\"\n")
        .unwrap();
    std::fs::write(at("own.toml"), "name = \"own\"\nabout = \"o\"\nextends = \"base.toml\"\n")
        .unwrap();
    for of in ["a", "own.toml", "base.toml"] {
        std::fs::hard_link(at(of), at(&format!("hard-{of}"))).unwrap();
        symlink(of, at(&format!("soft-{of}"))).unwrap();
    }
    folder
}

/// All files and what they hold.
fn held(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut held: Vec<(String, Vec<u8>)> = entries
        .map(|path| (path.to_string_lossy().into_owned(), std::fs::read(path).unwrap()))
        .collect();
    held.sort();
    held
}

#[test]
fn an_output_that_is_an_input_is_refused_whatever_its_name() {
    let mut tried = Vec::new();
    for output in ["a", "./a", "hard-a", "soft-a"] {
        for verb in
            ["convert a", "diff a b", "diff b a", "check a b", "learn a b", "learn --visible a"]
        {
            tried.push(format!("{verb} -o {output}"));
        }
        tried.push(format!("diff --reference a --reference b b -o {output}"));
        tried.push(
            format!("diff b b -- a a -o {output}").replace("-- a a -o", "-o").replace("b b", "a b"),
        );
    }
    for (flag, output) in [("out", "hard-a"), ("emit-absorbed-events", "soft-a"), ("out", "b")] {
        tried.push(format!("compat floating --canary a --ours b --{flag} {output}"));
    }
    for output in ["own.toml", "hard-own.toml", "soft-base.toml", "hard-base.toml", "base.toml"] {
        for verb in ["convert a", "diff a b", "check a", "learn a b"] {
            tried.push(format!("{verb} -p own.toml -o {output}"));
        }
    }
    for args in tried {
        let folder = folder();
        let before = held(folder.path());
        let output = run(folder.path(), &args);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args}\n{said}");
        assert!(said.contains("would overwrite"), "{args}\n{said}");
        assert!(held(folder.path()) == before, "{args}: a file has changed");
    }
}

#[test]
fn a_profile_may_come_through_a_pipe() {
    let folder = folder();
    let tool = env!("CARGO_BIN_EXE_forkpoint");
    let output = Command::new("sh")
        .current_dir(folder.path())
        .args(["-c", &format!("cat base.toml | {tool} diff a b -p /dev/stdin -o report")])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_list_of_imports_is_not_overwritten_either() {
    let folder = folder();
    std::fs::write(folder.path().join("list"), "NtClose\n").unwrap();
    let output = run(folder.path(), "diff a b --imports list -o list");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(std::fs::read(folder.path().join("list")).unwrap(), b"NtClose\n");
}

#[test]
fn a_file_is_replaced_as_a_whole_and_keeps_its_mode_and_its_link() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("old.jsonl"), "old").unwrap();
    std::fs::set_permissions(at("old.jsonl"), std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("old.jsonl", at("link")).unwrap();
    symlink("not-there-yet", at("dangling")).unwrap();
    for (output, file) in [("link", "old.jsonl"), ("dangling", "not-there-yet")] {
        assert_eq!(run(folder.path(), &format!("convert a -o {output}")).status.code(), Some(0));
        assert_eq!(std::fs::read_to_string(at(file)).unwrap(), log(), "{output}");
        assert!(at(output).is_symlink(), "{output}");
    }
    let mode = std::fs::metadata(at("old.jsonl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    let plain = std::fs::metadata(at("not-there-yet")).unwrap().permissions().mode();
    assert_eq!(plain & 0o777, std::fs::metadata(at("a")).unwrap().permissions().mode() & 0o777);
}

#[test]
fn an_output_that_fails_leaves_the_old_file_and_nothing_beside_it() {
    let folder = folder();
    std::fs::write(folder.path().join("old.jsonl"), "old").unwrap();
    std::fs::write(folder.path().join("torn"), format!("{HEADER}\n{{")).unwrap();
    let before = held(folder.path());
    for args in ["convert torn -o old.jsonl", "convert a -o nowhere/x", "convert a -o ."] {
        let output = run(folder.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args}");
        assert!(held(folder.path()) == before, "{args}: a file has changed");
    }
}

#[test]
fn what_is_no_file_is_written_as_it_is() {
    let folder = folder();
    let output = run(folder.path(), "convert a -o /dev/stdout");
    assert_eq!((output.status.code(), output.stdout), (Some(0), log().into_bytes()));
    symlink("/dev/stdout", folder.path().join("out")).unwrap();
    assert_eq!(run(folder.path(), "convert a -o out").stdout, log().into_bytes());
    assert_eq!(run(folder.path(), "convert a -o /dev/null").status.code(), Some(0));
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_trouble_for_every_verb() {
    let folder = folder();
    for args in [
        "diff a b",
        "check a",
        "show a",
        "convert a -o -",
        "convert a -o /dev/full",
        "diff a b -o /dev/full",
        "check a -o /dev/full",
        "learn a b -o /dev/full",
        "learn a b",
        "explain a b --at 6:0",
        "profile audit a b",
        "profile list",
        "profile show xenia",
        "formats",
        "help",
        "help classes",
        "help diff",
        "--help",
        "--version",
        "diff --help",
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_forkpoint"))
            .current_dir(folder.path())
            .args(args.split(' '))
            .stdout(full)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args}\n{said}");
        assert!(said.contains("error: cannot write"), "{args}\n{said}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn nobody_needs_standard_error() {
    let folder = folder();
    for (args, code) in
        [("diff a nothing", 2), ("diff a b", 0), ("learn a b", 0), ("show a", 0), ("frob", 2)]
    {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_forkpoint"))
            .current_dir(folder.path())
            .args(args.split(' '))
            .stderr(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{args}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_signal_leaves_no_half_file() {
    for (signal, output) in [("TERM", "x.jsonl"), ("INT", "x.jsonl.zst"), ("TERM", "x.jsonl.gz")] {
        let folder = folder();
        let line = |index: u32| CALL.replace("idx\":0", &format!("idx\":{index}"));
        let lines: String = (0..200_000).map(|index| line(index) + "\n").collect();
        std::fs::write(folder.path().join("big"), format!("{HEADER}\n{lines}")).unwrap();
        let before = held(folder.path());
        let mut child = Command::new(env!("CARGO_BIN_EXE_forkpoint"))
            .current_dir(folder.path())
            .args(["convert", "big", "-o", output])
            .spawn()
            .unwrap();
        let unfinished = || {
            let mut names =
                std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
            names.any(|name| name.to_string_lossy().ends_with(".unfinished"))
        };
        while child.try_wait().unwrap().is_none() && !unfinished() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
        assert!(sent.unwrap().success());
        let status = child.wait().unwrap();
        assert!(!status.success(), "{output}: {status}");
        assert!(held(folder.path()) == before, "{output}: something is left");
    }
}

#[test]
fn damage_of_a_converted_log_shows() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    assert_eq!(run(folder.path(), "convert a -o new.zst").status.code(), Some(0));
    let whole = std::fs::read(at("new.zst")).unwrap();
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 4;
        let is_harmless = zstd::decode_all(&bytes[..]).is_ok_and(|text| text == log().as_bytes());
        std::fs::write(at("damaged.zst"), bytes).unwrap();
        let code = run(folder.path(), "diff a damaged.zst").status.code();
        assert!(code != Some(0) || is_harmless, "byte {place}");
    }
    // The frame says that it ends with a checksum: bit 2 of its descriptor.
    assert_eq!(whole[4] & 4, 4);
}

#[test]
#[cfg(target_os = "linux")]
fn without_threads_or_memory_nothing_panics() {
    let folder = folder();
    // Below 26,000 the program's own start has too little, before its first line runs.
    for limit in [30_000, 35_000, 40_000, 60_000, 100_000, 150_000] {
        let tool = env!("CARGO_BIN_EXE_forkpoint");
        let output = Command::new("sh")
            .current_dir(folder.path())
            .args(["-c", &format!("ulimit -v {limit}; exec {tool} diff a b")])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        // 127: the system could not even start the program.
        assert!(
            matches!(output.status.code(), Some(0 | 2 | 127)),
            "{limit}: {}\n{said}",
            output.status
        );
        assert!(!said.contains("panicked"), "{limit}\n{said}");
    }
}

#[test]
fn formats_of_ci_systems_are_for_comparisons() {
    let folder = folder();
    for format in ["junit", "github"] {
        let found = run(folder.path(), &format!("diff a b --format {format}"));
        assert_eq!(found.status.code(), Some(0));
        let text = String::from_utf8(found.stdout).unwrap();
        assert!(text.contains("forkpoint"), "{text}");
        for verb in ["check a", "show a", "diff a b --mode first-occurrence", "formats"] {
            let refused = run(folder.path(), &format!("{verb} --format {format}"));
            assert_eq!(refused.status.code(), Some(2), "{verb}");
            let error = String::from_utf8(refused.stderr).unwrap();
            let expected = format!("error: --format {format} is for `diff` of two logs");
            assert!(error.starts_with(&expected), "{verb}: {error}");
        }
    }
}

#[test]
fn names_are_proposed_where_they_are_what_differs() {
    let folder = folder();
    let of = |name: &str, value: &str| {
        let end = format!(r#""name":"A","args":{{"r3":{value}}}}}}}"#);
        let text = log().replace(r#""name":"A"}}"#, &end);
        std::fs::write(folder.path().join(name), text).unwrap();
    };
    for (reference, candidate, is_proposed) in [
        (r#""0x40010000""#, r#""0x7fe00000""#, true),
        ("1073807360", "2145386496", true),
        ("3", "4", false),
        (r#""/a""#, r#""/b""#, false),
    ] {
        of("a", reference);
        of("b", candidate);
        let note = |args: &str| {
            let found = run(folder.path(), args);
            assert_eq!(found.status.code(), Some(1), "{args}");
            String::from_utf8(found.stdout).unwrap().contains("diff a b --profile names")
        };
        assert_eq!(note("diff a b"), is_proposed, "{reference}");
        assert!(!note("diff a b --profile strict"), "who chose a profile knows");
    }
}

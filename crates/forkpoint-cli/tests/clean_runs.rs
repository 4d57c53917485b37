//! `diff --clean`: which runs are taken, and what the answer says of them.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_forkpoint")).current_dir(folder).args(args).output().unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder with a reference, a clean run and a candidate that name a file by the clock.
fn logs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let log = |name: &str| {
        format!(
            "7 openat(AT_FDCWD, \"/run/{name}.s\", O_RDONLY) = 3\n7 close(3) = 0\n7 exit_group(0) = ?\n"
        )
    };
    for (file, name) in [("ref", "ab12"), ("clean", "xy98"), ("cand", "qq55")] {
        std::fs::write(folder.path().join(file), log(name)).unwrap();
    }
    folder
}

#[test]
fn what_varies_between_clean_runs_is_excused_and_counted() {
    let folder = logs();
    assert_eq!(run(folder.path(), &["diff", "ref", "cand"]).status.code(), Some(1));
    let output = run(folder.path(), &["diff", "ref", "cand", "--clean", "clean", "-v"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("1 finding by clean runs"), "{text}");
    assert!(text.contains("1 finding at places that vary in clean"), "{text}");
    assert!(text.contains("the rest excused"), "{text}");
}

#[test]
fn a_clean_run_is_none_of_the_two_logs_and_of_their_format() {
    let folder = logs();
    std::fs::write(folder.path().join("wine"), "0024:Call KERNEL32.A() ret=00401000\n").unwrap();
    let refused = |args: &[&str]| {
        let output = run(folder.path(), &[&["diff", "ref", "cand"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        errors(&output)
    };
    assert!(refused(&["--clean", "cand"]).contains("is the candidate and a clean run at once"));
    assert!(refused(&["--clean", "ref"]).contains("is the reference and a clean run at once"));
    assert!(refused(&["--clean", "none"]).contains("there is no such file"));
    assert!(refused(&["--clean", "wine"]).contains("is a log of wine, the reference of strace"));
    std::fs::write(folder.path().join("torn"), "7 getuid() = 0\n7 close(3\n7 exit_group(0) = ?\n")
        .unwrap();
    let torn = refused(&["--clean", "torn"]);
    assert!(torn.contains("is damaged, so it is no measure of noise"), "{torn}");
    let first = refused(&["--clean", "clean", "--mode", "first-occurrence"]);
    assert!(first.contains("takes no clean runs"), "{first}");
}

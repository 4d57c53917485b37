//! The commands that an answer proposes: each can be pasted as it is, and leads on.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a shell's command in a folder; returns what it prints and its exit code.
fn shell(folder: &Path, command: &str) -> (String, i32) {
    let program = Path::new(env!("CARGO_BIN_EXE_forkpoint")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let run = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("PATH", path)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    (said, run.status.code().unwrap())
}

/// Returns the commands that stand at the end of an answer.
fn proposed(page: &str) -> Vec<&str> {
    let lines = page.lines().map(str::trim_start);
    lines.filter(|line| line.starts_with("forkpoint ")).collect()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

const LOG: &str =
    "7 openat(AT_FDCWD, \"x\", O_RDONLY) = 3\n7 read(3, \"a\", 1) = 1\n7 close(3) = 0\n";

#[test]
fn three_commands_lead_from_the_verdict_to_the_lines_around_it() {
    let other = LOG.replace("1) = 1", "1) = 0").replace("\"a\"", "\"\"");
    let folder = folder(&[("it's a", LOG), ("b $x", &other)]);
    let (page, code) = shell(folder.path(), "forkpoint diff \"it's a\" 'b $x' --without clock");
    assert_eq!(code, 1, "{page}");
    let explain = proposed(&page)[0];
    assert!(explain.contains(" explain ") && explain.contains("--without clock"), "{explain}");
    let (page, code) = shell(folder.path(), explain);
    assert_eq!(code, 0, "{explain}: {page}");
    assert!(page.starts_with("differs"), "{page}");
    for further in proposed(&page) {
        let (page, code) = shell(folder.path(), further);
        assert_eq!(code, 0, "{further}: {page}");
        assert!(page.contains("read") || page.contains("openat"), "{page}");
    }
}

#[test]
fn quiet_says_the_verdict_and_verbose_says_more() {
    let folder = folder(&[("a", LOG), ("b", &LOG.replace("\"x\"", "\"y\""))]);
    let (quiet, code) = shell(folder.path(), "forkpoint diff a b -q");
    assert_eq!((quiet.lines().count(), code), (1, 1), "{quiet}");
    let (brief, _) = shell(folder.path(), "forkpoint diff a b");
    let (full, _) = shell(folder.path(), proposed(&brief)[1]);
    assert!(full.contains("as it stands") && !brief.contains("as it stands"), "{full}");
    let (_, code) = shell(folder.path(), "forkpoint diff a b -q -v");
    assert_eq!(code, 2);
}

#[test]
fn two_cut_logs_propose_to_let_a_prefix_pass() {
    let header = "{\"kind\":\"schema_version\",\"schema_version\":1}\n";
    let event = |kind: &str, nth: u8| {
        format!(
            "{{\"kind\":\"kernel.{kind}\",\"tid\":6,\"tid_event_idx\":{nth},\"payload\":{{\"name\":\"A\"}}}}\n"
        )
    };
    let cut = [header, &event("call", 0), &event("return", 1), &event("call", 2)].concat();
    let folder = folder(&[("a", &cut), ("b", &cut)]);
    let (page, code) = shell(folder.path(), "forkpoint diff a b");
    assert_eq!(code, 3, "{page}");
    let (page, code) = shell(folder.path(), proposed(&page)[0]);
    assert_eq!((code, page.starts_with("prefix")), (0, true), "{page}");
}

#[test]
fn large_numbers_propose_to_take_them_as_names() {
    let log = |base: u64| {
        let mut log = "{\"kind\":\"schema_version\",\"schema_version\":1}\n".to_owned();
        for nth in 0..4 {
            let value = base + nth * 0x40;
            log.push_str(&format!(
                "{{\"kind\":\"kernel.return\",\"tid\":6,\"tid_event_idx\":{nth},\"payload\":{{\"name\":\"Make\",\"return_value\":\"{value:#x}\"}}}}\n"
            ));
        }
        log
    };
    let folder = folder(&[("a", &log(0x1234_5000)), ("b", &log(0x7777_1000))]);
    let (page, code) = shell(folder.path(), "forkpoint diff a b");
    assert_eq!(code, 1, "{page}");
    assert!(proposed(&page).iter().any(|next| next.contains("--profile names")), "{page}");
    let (page, _) = shell(folder.path(), "forkpoint diff a b --profile strict");
    assert!(proposed(&page).iter().all(|next| !next.contains("--profile names")), "{page}");
}

#[test]
fn the_counts_of_calls_name_what_differs_first() {
    let more = format!("{LOG}7 getpid() = 7\n7 getpid() = 7\n");
    let folder = folder(&[("a", LOG), ("b", &more)]);
    let (page, code) = shell(folder.path(), "forkpoint diff a b --stat");
    assert_eq!(code, 1, "{page}");
    let rows: Vec<&str> = page.lines().filter(|line| line.contains("getpid")).collect();
    assert!(rows.len() == 1 && rows[0].contains("+2"), "{page}");
    assert!(!page.contains("openat"), "even counts need -v: {page}");
    let (page, _) = shell(folder.path(), "forkpoint diff a b --stat -v");
    assert!(page.contains("openat"), "{page}");
    let (json, _) = shell(folder.path(), "forkpoint diff a b --stat --format json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let functions = json["functions"].as_array().unwrap();
    let getpid = functions.iter().find(|function| function["name"] == "getpid").unwrap();
    assert_eq!(
        (&getpid["calls"]["reference"], &getpid["calls"]["candidate"]),
        (&0.into(), &2.into())
    );
}

#[test]
fn only_callers_is_proposed_where_logs_name_callers_and_not_twice() {
    let log = |value: &str| {
        let call = |code: &str, value: &str| {
            format!(
                "0024:Call KERNEL32.Open(00000001) ret={code}\n0024:Ret  KERNEL32.Open() retval={value} ret={code}\n"
            )
        };
        [
            call("00401000", "00000001").repeat(20),
            call("7b001000", "00000001"),
            call("00401000", value),
        ]
        .concat()
    };
    let folder = folder(&[("a", &log("00000001")), ("b", &log("00000000"))]);
    let (page, _) = shell(folder.path(), "forkpoint diff a b");
    let only = proposed(&page).into_iter().find(|next| next.contains("--only-callers"));
    let only = only.expect("calls come from two places").to_owned();
    assert!(only.contains("0x400000..0x500000"), "{only}");
    let (page, code) = shell(folder.path(), &only);
    assert_eq!(code, 1, "{only}: {page}");
    assert_eq!(page.matches("--only-callers").count(), proposed(&page).len(), "{page}");
    // The same as event logs: the option is not for them, whatever their events hold.
    for name in ["a", "b"] {
        shell(folder.path(), &format!("forkpoint convert {name} -o {name}.jsonl"));
    }
    let (page, code) = shell(folder.path(), "forkpoint diff a.jsonl b.jsonl");
    assert!(code == 1 && !page.contains("--only-callers"), "{page}");
}

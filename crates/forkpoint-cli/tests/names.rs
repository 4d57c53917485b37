//! What reports print is accepted back: threads in `--at`, `--lane` and `--map`, places in `--at`; and
//! what is not there is reported with what is.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;
use std::process::{Command, Output};

const WINE: &str = "\
062c:Call KERNEL32.CreateFileW(1) ret=140001000\n\
062c:Ret  KERNEL32.CreateFileW() retval=00000000 ret=140001000\n\
fixme:ntdll:something is missing\n\
0010:Call ntdll.NtClose(2) ret=7b000000\n\
0010:Ret  ntdll.NtClose() retval=00000000 ret=7b000000\n";

const WINE_WITH_PROCESSES: &str = "\
0138:0140:Call KERNEL32.CreateFileW(1) ret=140001000\n\
0138:0140:Ret  KERNEL32.CreateFileW() retval=00000000 ret=140001000\n\
0138:0144:Call ntdll.NtClose(2) ret=7b000000\n\
0138:0144:Ret  ntdll.NtClose() retval=00000000 ret=7b000000\n";

const STRACE: &str = "\
100 execve(\"./a\", [\"./a\"], 0x7ffd1c2a4b90 /* 5 vars */) = 0\n\
100 read(3,  <unfinished ...>\n\
101 getpid() = 100\n\
100 <... read resumed>\"x\", 1) = 1\n\
100 exit_group(0) = ?\n\
100 +++ exited with 0 +++\n";

const XENIA: &str = "\
d> 08078080 NtClose(F8000010)\n\
d> 08078080 NtClose(F8000014)\n\
i> 08078080 words\n\
d> F8000008 NtClose(F8000018)\n";

const EVENTS: &str = r#"{"kind":"schema_version","schema_version":1}
{"kind":"kernel.call","tid":6,"tid_event_idx":10,"payload":{"name":"A"}}

{"kind":"kernel.return","tid":6,"tid_event_idx":11,"payload":{"name":"A"}}
{"kind":"kernel.return","tid":6,,}
"#;

fn run(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_forkpoint"))
        .current_dir(folder)
        .args(args)
        .output()
        .unwrap();
    let text = String::from_utf8([&output.stdout[..], &output.stderr[..]].concat()).unwrap();
    assert!(!text.contains("panicked"), "{text}");
    (output.status.code(), text)
}

/// A folder with a log as `runs/a.log` and as `b.log`.
fn folder(log: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("runs")).unwrap();
    for name in ["runs/a.log", "b.log"] {
        std::fs::write(folder.path().join(name), log).unwrap();
    }
    folder
}

#[test]
fn a_thread_is_called_as_the_report_calls_it() {
    for (log, names) in [
        (WINE, &["062c", "62C", "0x62c", "0010", "10"][..]),
        (WINE_WITH_PROCESSES, &["0138:0140", "138:140", "0140", "0144"]),
        (XENIA, &["08078080", "F8000008", "f8000008", "0xF8000008", "8078080"]),
        (STRACE, &["100", "101"]),
        (EVENTS, &["6", "0x6"]),
    ] {
        let folder = folder(log);
        for name in names {
            let (code, shown) = run(folder.path(), &["show", "b.log", "--lane", name]);
            assert_eq!(code, Some(0), "{name}: {shown}");
            let index = if log == EVENTS { 11 } else { 0 };
            let at = format!("{name}:{index}");
            let (code, text) = run(folder.path(), &["explain", "runs/a.log", "b.log", "--at", &at]);
            assert_eq!(code, Some(0), "{at}: {text}");
            let map = format!("{name}={name}");
            let (code, text) =
                run(folder.path(), &["diff", "runs/a.log", "b.log", "-v", "--map", &map]);
            assert_ne!(code, Some(2), "{map}: {text}");
            assert!(text.contains(" ↔ "), "{map}: {text}");
        }
    }
}

#[test]
fn a_printed_name_counts_before_a_number() {
    // Thread 0x10 prints as 0010; 16 in decimal is not what the report says.
    let folder = folder(WINE);
    let (_, text) = run(folder.path(), &["show", "b.log", "--lane", "10"]);
    assert!(text.contains("NtClose") && !text.contains("CreateFileW"), "{text}");
    assert_eq!(run(folder.path(), &["show", "b.log", "--lane", "16"]).0, Some(2));
}

#[test]
fn a_thread_that_is_not_there_is_told_with_those_that_are() {
    let folder = folder(WINE_WITH_PROCESSES);
    for args in [
        ["show", "b.log", "--lane", "0138:0141"].as_slice(),
        &["explain", "runs/a.log", "b.log", "--at", "0138:0141:0"],
        &["diff", "runs/a.log", "b.log", "--map", "0138:0141=0138:0140"],
        &["profile", "audit", "runs/a.log", "b.log", "--map", "0138:0141=0138:0140"],
    ] {
        let (code, text) = run(folder.path(), args);
        assert_eq!(code, Some(2), "{args:?}: {text}");
        assert!(text.contains("0138:0140, 0138:0144"), "{args:?}: {text}");
    }
}

#[test]
fn a_thread_has_one_partner() {
    let folder = folder(STRACE);
    for (map, side) in [("100=100,100=101", "reference"), ("100=101, 101=101", "candidate")] {
        let (code, text) = run(folder.path(), &["diff", "runs/a.log", "b.log", "--map", map]);
        assert_eq!(code, Some(2), "{map}: {text}");
        assert!(text.contains("error: --map names thread 10"), "{map}: {text}");
        assert!(text.contains(&format!("of the {side} twice")), "{map}: {text}");
    }
}

#[test]
fn an_event_is_found_by_its_line() {
    let folder = folder(WINE);
    let found = |args: &[&str]| run(folder.path(), args);
    for place in ["runs/a.log:5", "a.log:5"] {
        let (code, text) = found(&["explain", "runs/a.log", "b.log", "--at", place]);
        assert_eq!(code, Some(0), "{text}");
        assert!(
            text.starts_with("equal: reference 0010:1 aligned with candidate 0010:1"),
            "{text}"
        );
    }
    for place in ["b.log:2", "./b.log:2"] {
        let (code, text) = found(&["explain", "runs/a.log", "b.log", "--at", place]);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.starts_with("equal: candidate 062c:1"), "{text}");
        let (code, text) = found(&["show", "b.log", "--at", "062c:1", "-C", "0"]);
        assert!(code == Some(0) && text.starts_with("> 062c 1 return"), "{text}");
        let (code, text) = found(&["show", "b.log", "--at", place, "-C", "0"]);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.starts_with("> 062c 1 return"), "{text}");
    }
}

#[test]
fn a_line_without_an_event_says_why() {
    for (log, line, words) in [
        (WINE, "3", "line 3 holds no event: no thread: written by a shell"),
        (WINE, "3", "the nearest events are in lines 2 and 4"),
        (WINE, "0", "lines are counted from 1"),
        (WINE, "6", "the file has 5 lines"),
        (EVENTS, "1", "line 1 holds no event: header"),
        (EVENTS, "3", "line 3 holds no event: empty line"),
        (EVENTS, "5", "line 5 holds no event: malformed line"),
        (EVENTS, "5", "the nearest event is in line 4"),
        (STRACE, "7", "the file has 6 lines"),
        (XENIA, "3", "line 3 holds no event: "),
    ] {
        let folder = folder(log);
        let place = format!("b.log:{line}");
        for args in [
            ["show", "b.log", "--at", &place].as_slice(),
            &["explain", "runs/a.log", "b.log", "--at", &place],
        ] {
            let (code, text) = run(folder.path(), args);
            assert_eq!(code, Some(2), "{place}: {text}");
            assert!(text.contains(words), "{place}: {text}");
        }
    }
}

#[test]
fn each_line_of_an_event_leads_to_it() {
    let folder = folder(STRACE);
    for line in ["b.log:2", "b.log:4"] {
        let (code, text) = run(folder.path(), &["show", "b.log", "--at", line, "-C", "0"]);
        assert_eq!(code, Some(0), "{line}: {text}");
        assert!(text.contains("read"), "{line}: {text}");
    }
}

#[test]
fn addresses_are_hexadecimal_with_and_without_0x() {
    let folder = folder(WINE);
    for range in ["140000000..140100000", "0x140000000..140100000", "0x140000000..0x140100000"] {
        let (code, text) = run(folder.path(), &["show", "b.log", "--only-callers", range]);
        assert_eq!(code, Some(0), "{range}: {text}");
        assert!(text.contains("CreateFileW") && !text.contains("NtClose "), "{range}: {text}");
    }
}

#[test]
fn a_filter_that_leaves_nothing_is_trouble_and_says_what_there_is() {
    let folder = folder(WINE);
    std::fs::write(folder.path().join("x.log"), XENIA).unwrap();
    std::fs::write(folder.path().join("y.log"), XENIA).unwrap();
    std::fs::write(folder.path().join("imports"), "NtOpenFile\n").unwrap();
    let wine = ["diff", "runs/a.log", "b.log"];
    let xenia = ["diff", "x.log", "y.log"];
    let cases: [(&[&str], &[&str], &[&str]); 7] = [
        (&wine, &["--only-modules", "KERNEL23"], &["did you mean `kernel32`?", "KERNEL32, ntdll"]),
        (&wine, &["--without-modules", "KERNEL32,ntdll"], &["leave no event", "KERNEL32, ntdll"]),
        (
            &wine,
            &["--only-callers", "1..2"],
            &["leaves no event", "140000000..140100000 (2 events)"],
        ),
        (&wine, &["--from", "strace"], &["no event of the format strace", "of the format wine"]),
        (&xenia, &["--imports", "imports"], &["--imports leaves no event", "NtClose"]),
        (&["check", "b.log"], &["--only-callers", "1..2"], &["140000000..140100000"]),
        (&["show", "b.log"], &["--grep", "CreateFilW"], &["did you mean `KERNEL32.CreateFileW`?"]),
    ];
    for (verb, filter, words) in cases {
        let (code, text) = run(folder.path(), &[verb, filter].concat());
        assert_eq!(code, Some(2), "{filter:?}: {text}");
        for word in words {
            assert!(text.contains(word), "{filter:?}: `{word}` is not said\n{text}");
        }
    }
    let some = [&wine[..], &["--only-modules", "ntdll,KERNEL23"]].concat();
    let (code, text) = run(folder.path(), &some);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("note: no function of KERNEL23"), "{text}");
}

const RULES: &str = r#"name = "my"
about = "x"
extends = "strict"
[[skip]]
id = "misspelt-kind"
why = "b"
kind = "kernel.retrun"
fields = "x"
[[skip]]
id = "one-of-two"
why = "b"
name = ["A", "Createe", "Other*"]
fields = "x"
[[skip]]
id = "of-another-program"
why = "b"
name = "SomethingElse"
fields = "x"
[[skip]]
id = "matched"
why = "b"
kind = "kernel.*"
fields = "x"
"#;

#[test]
fn rules_that_no_event_matched_are_listed_with_what_may_have_been_meant() {
    let more = r#"{"kind":"kernel.call","tid":6,"tid_event_idx":12,"payload":{"name":"Create"}}"#;
    let folder = folder(&EVENTS.replace(r#"{"kind":"kernel.return","tid":6,,}"#, more));
    std::fs::write(folder.path().join("my.toml"), RULES).unwrap();
    let diff = ["diff", "runs/a.log", "b.log", "--profile", "./my.toml", "--allow-prefix", "-v"];
    let (code, text) = run(folder.path(), &diff);
    assert_eq!(code, Some(0), "{text}");
    for words in [
        "rules of your own that no event matched",
        "misspelt-kind  ./my.toml:4\n      did you mean `kernel.return`?",
        "one-of-two  ./my.toml:9\n      no event is of the name Createe; did you mean `Create`?",
        "of-another-program  ./my.toml:14\n",
    ] {
        assert!(text.contains(words), "`{words}` is not said\n{text}");
    }
    assert!(!text.contains("matched  ./my.toml") && !text.contains("raw-handle  "), "{text}");
    let (_, text) = run(folder.path(), &[&diff[..], &["--format", "markdown"]].concat());
    assert!(
        text.contains(
            "- **`misspelt-kind`**  `./my.toml:4`\n  - ``did you mean `kernel.return`?``"
        ),
        "{text}"
    );
    let (_, text) = run(folder.path(), &[&diff[..], &["--format", "json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let found = json["unmatched"].as_array().unwrap();
    assert_eq!(found.len(), 3, "{text}");
    assert_eq!(
        (&found[0]["rule"], &found[0]["meant"]),
        (&"misspelt-kind".into(), &"kernel.return".into())
    );
    // Those of built-in profiles are written for other logs too.
    let (_, text) = run(folder.path(), &["diff", "runs/a.log", "b.log", "--profile", "xenia"]);
    assert!(!text.contains("no event matched"), "{text}");
}

#[test]
fn a_kind_of_event_that_is_nearly_one_of_the_schema_is_told() {
    let log = EVENTS.replace(
        "kernel.return\",\"tid\":6,\"tid_event_idx\":11",
        "kernel.retrun\",\"tid\":6,\"tid_event_idx\":11",
    );
    let folder = folder(&log.replace("{\"kind\":\"kernel.return\",\"tid\":6,,}\n", ""));
    let words = "1 event is of the kind `kernel.retrun`, which the profile does not know";
    for args in [["check", "b.log"].as_slice(), &["diff", "runs/a.log", "b.log"]] {
        let (code, text) = run(folder.path(), args);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains(words) && text.contains("did you mean `kernel.return`?"), "{text}");
    }
}

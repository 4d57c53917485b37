//! Bad input in the formats of others, from outside: whatever is done to a log, the program ends by
//! itself with an exit code of its own, and never says that what was damaged is identical.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;
use std::process::{Command, Output};

/// Small right logs: the format, what its lines are, and the same with one thing changed.
const LOGS: [(&str, &[&str]); 5] = [
    (
        "strace",
        &[
            r#"7 openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3"#,
            r#"7 read(3, "root:x:0:0"..., 4096) = 1024"#,
            "7 clone(child_stack=0x10, flags=CLONE_VM|CLONE_THREAD) = 8",
            "7 futex(0x5000, FUTEX_WAIT_PRIVATE, 2, NULL <unfinished ...>",
            r#"8 openat(AT_FDCWD, "/none", O_RDONLY) = -1 ENOENT (No such file or directory)"#,
            "7 <... futex resumed>) = 0",
            "8 +++ exited with 0 +++",
            "7 +++ exited with 3 +++",
        ],
    ),
    (
        "qemu",
        &[
            "7 brk(NULL) = 0x0000005500061000",
            r#"7 openat(AT_FDCWD,"/etc/passwd",O_RDONLY|O_CLOEXEC) = 3"#,
            "7 Unknown syscall 293",
            "7 close(9) = -1 errno=9 (Bad file descriptor)",
            "7 exit_group(34)",
        ],
    ),
    (
        "xenia-log",
        &[
            "d> F8000008 NtAllocateVirtualMemory(7018FB90(00000000), 00010000, 00002000, 00000004)",
            "d> F8000008 NtAllocateVirtualMemory = 40000000",
            "d> F8000008 DbgPrint(82000000(one",
            "two), 0000002A)",
            "i> F8000008 Added handle:F8000010 for class xe::kernel::XEvent",
            "d> F8000008 NtClose(F8000010)",
        ],
    ),
    (
        "lines",
        &[
            "C000 A:00 X:00 Y:00 P:24 SP:FD CYC:0",
            "C5F5 A:00 X:00 Y:00 P:24 SP:FD CYC:3",
            "C5F7 A:00 X:00 Y:00 P:26 SP:FD CYC:5",
            "C5F9 A:00 X:00 Y:00 P:26 SP:FD CYC:8",
        ],
    ),
    (
        "wine",
        &[
            r#"1.000:0120:0124:Call KERNEL32.CreateFileA(0025cd70 "a.txt",80000000) ret=140001000"#,
            "1.001:0120:0124:Ret  KERNEL32.CreateFileA() retval=00000044 ret=140001000",
            "1.002:0120:0124:Call KERNEL32.CloseHandle(00000044) ret=140001010",
            "1.003:0120:0124:Ret  KERNEL32.CloseHandle() retval=00000001 ret=140001010",
        ],
    ),
];

const IDENTICAL: i32 = 0;
const TROUBLE: i32 = 2;

fn good(format: &str) -> Vec<u8> {
    let (_, lines) = LOGS.iter().find(|(name, _)| *name == format).unwrap();
    (lines.join("\n") + "\n").into_bytes()
}

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_forkpoint")).current_dir(folder).args(args).output().unwrap()
}

/// What was said, and the exit code, which is one of the program's own.
fn shown(output: &Output) -> (i32, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8(text).unwrap();
    assert!(!text.contains("panicked"), "{text}");
    let code = output.status.code().expect("no signal ended it");
    assert!((0..=3).contains(&code), "{code}: {text}");
    (code, text)
}

/// Compares both ways, once with the format forced.
fn compared(format: &str, good: &[u8], bad: &[u8]) -> [(i32, String); 2] {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("good.log"), good).unwrap();
    std::fs::write(folder.join("bad.log"), bad).unwrap();
    let forced = ["diff", "bad.log", "good.log", "--from", format];
    [&["diff", "good.log", "bad.log"][..], &forced].map(|args| shown(&run(folder, args)))
}

/// A log that was cut is not identical to the whole one.
fn cut_is_told(format: &str, whole: &[u8], at: usize) {
    for (code, text) in compared(format, whole, &whole[..at]) {
        assert_ne!(code, IDENTICAL, "{format}, cut at {at}: {text}");
    }
}

/// Whatever was done to the log, nobody says that it is identical.
fn never_identical(format: &str, bad: &[u8], what: &str) {
    for (code, text) in compared(format, &good(format), bad) {
        assert_ne!(code, IDENTICAL, "{format}, {what}: {text}");
        assert!(code != TROUBLE || text.contains("bad.log"), "{format}, {what}: {text}");
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bad.log"), bad).unwrap();
    let (code, text) = shown(&run(folder.path(), &["check", "bad.log", "--from", format]));
    assert!((0..=2).contains(&code), "{format}, {what}: {text}");
}

/// Both ways the log is said to be identical.
fn identical(format: &str, good: &[u8], bad: &[u8]) {
    for (code, text) in compared(format, good, bad) {
        assert_eq!(code, IDENTICAL, "{format}: {text}");
    }
}

#[test]
fn a_good_log_beside_its_copy_is_identical() {
    for (format, _) in LOGS {
        identical(format, &good(format), &good(format));
    }
}

#[test]
fn a_last_line_without_its_end_is_whole_where_that_can_be_told() {
    for (format, _) in LOGS {
        let mut open = good(format);
        assert_eq!(open.pop(), Some(b'\n'));
        match format {
            // An address is there, and another one would be excused.
            "wine" => never_identical(format, &open, "without its end"),
            _ => identical(format, &good(format), &open),
        }
    }
}

#[test]
fn a_log_that_was_cut_anywhere() {
    for (format, lines) in LOGS {
        let log = good(format);
        let last = log.len() - lines.last().unwrap().len() - 1;
        // Every third byte of the last line, and some of the others.
        for at in (last..log.len() - 1).step_by(3).chain((1..last).step_by(47)) {
            cut_is_told(format, &log, at);
        }
    }
}

#[test]
fn a_last_line_that_was_cut_anywhere() {
    for (format, last) in [
        ("strace", "7 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, 3, 0) = 0x7f0123456000"),
        ("strace", r#"7 openat(AT_FDCWD, "/x", O_RDONLY) = -1 ENOENT (No such file or directory)"#),
        ("strace", "7 close(3) = 0 <0.000021>"),
        ("qemu", "7 mmap(NULL,8192,PROT_READ,MAP_PRIVATE,3,0) = 0x0000004001234000"),
        ("qemu", "7 close(9) = -1 errno=9 (Bad file descriptor)"),
        ("xenia-log", "d> F8000008 NtAllocateVirtualMemory = 40000000"),
    ] {
        let log = [&good(format)[..], last.as_bytes(), b"\n"].concat();
        let start = log.len() - last.len() - 1;
        for at in (start + 1..log.len() - 1).step_by(4).chain([log.len() - 2]) {
            cut_is_told(format, &log, at);
        }
    }
}

#[test]
fn empty_and_blank_logs_and_directories() {
    for (format, _) in LOGS {
        never_identical(format, b"", "empty");
        never_identical(format, b"\n", "one end of a line");
        let many = vec![b'\n'; 1_000_000];
        never_identical(format, &many, "a million empty lines");
        // Beside its own copy too.
        for (code, text) in compared(format, &many, &many) {
            assert_ne!(code, IDENTICAL, "{format}: {text}");
        }
        // Between good lines they are counted, and no difference.
        let log = good(format);
        let end = log.iter().position(|&byte| byte == b'\n').unwrap() + 1;
        let mixed = [&log[..end], &many, &log[end..]].concat();
        for (code, text) in compared(format, &log, &mixed) {
            assert_eq!(code, IDENTICAL, "{format}: {text}");
            assert!(text.contains("1,000,000") || text.contains("1,000,001"), "{format}: {text}");
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("good.log"), &log).unwrap();
        std::fs::create_dir(folder.path().join("folder")).unwrap();
        for name in ["folder", "missing.log"] {
            let args = ["diff", "good.log", name, "--from", format];
            let (code, text) = shown(&run(folder.path(), &args));
            assert!(code == TROUBLE && text.contains(name), "{format}: {text}");
            assert_eq!(shown(&run(folder.path(), &["check", name, "--from", format])).0, TROUBLE);
        }
    }
}

#[test]
fn nul_bytes_and_bytes_that_are_no_text() {
    for (format, _) in LOGS {
        never_identical(format, &[0; 4096], "NUL alone");
        never_identical(format, &[0xFF; 4096], "no text alone");
        let log = good(format);
        let ends: Vec<usize> =
            log.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at).collect();
        for bytes in [&b"\0"[..], b"\xFF", b"\xC3(", b"\xED\xA0\x80"] {
            // Inside of the first line's words, and of the last one's.
            for at in [20, ends[ends.len() - 1] - 2] {
                let bad = [&log[..at], bytes, &log[at..]].concat();
                never_identical(format, &bad, &format!("{bytes:?} at {at}"));
            }
        }
    }
}

const INCONCLUSIVE: i32 = 3;

#[test]
fn a_hole_is_damage_even_where_both_logs_have_it() {
    for (format, lines) in LOGS {
        let hole = ["\0".repeat(20), format!("{}{}", "\0".repeat(20), lines[1])];
        for hole in hole {
            let bad = format!("{}{hole}\n", String::from_utf8(good(format)).unwrap());
            for (code, text) in compared(format, bad.as_bytes(), bad.as_bytes()) {
                assert_eq!(code, INCONCLUSIVE, "{format}, {hole:?}: {text}");
                assert!(text.contains("bytes of zero"), "{format}, {hole:?}: {text}");
            }
        }
    }
}

#[test]
fn the_head_of_a_torn_line_of_strace_is_damage() {
    let heads = [
        "7 rea",
        "7 +++ exited wi",
        "7 +++ kill",
        "7 --- SIGSEG",
        "7 --- SIGSEGV",
        "7 --- stopped by SI",
        "7 ???(",
        "7",
        "8 fut",
        "[pid  9] rea",
    ];
    let [first, rest @ ..] = LOGS[0].1 else { panic!("the log has lines") };
    for head in heads {
        // Thread 8 has no line yet, but was created.
        let (created, rest) = rest.split_at(2);
        let lines = [&[*first][..], created, &[head], rest].concat();
        let bad = lines.join("\n") + "\n";
        for (code, text) in compared("strace", bad.as_bytes(), bad.as_bytes()) {
            assert_eq!(code, INCONCLUSIVE, "{head}: {text}");
            assert!(text.contains("torn call"), "{head}: {text}");
        }
    }
}

#[test]
fn a_text_that_begins_with_no_thread_of_the_log_is_the_programs() {
    for text in ["rea", "9 apples", "70 apples"] {
        let bad = format!("{}{text}\n", String::from_utf8(good("strace")).unwrap());
        identical("strace", &good("strace"), bad.as_bytes());
    }
    let unnumbered = "close(3) = 0\n0 errors\nclose(4) = 0\n";
    identical("strace", unnumbered.as_bytes(), unnumbered.as_bytes());
}

#[test]
fn a_thread_of_strace_without_a_line_is_missing_where_ends_are_shown() {
    let all: Vec<&str> = LOGS[0].1.iter().copied().filter(|line| !line.starts_with('8')).collect();
    let log = all.join("\n") + "\n";
    for (code, text) in compared("strace", log.as_bytes(), log.as_bytes()) {
        assert_eq!(code, INCONCLUSIVE, "{text}");
        assert!(text.contains("no line is of thread 8, which others created"), "{text}");
    }
    // Where no end is shown, a thread may leave no line.
    let log = log.replace("7 +++ exited with 3 +++\n", "");
    identical("strace", log.as_bytes(), log.as_bytes());
    // A program in a namespace of its own knows its threads by other numbers.
    let renumbered = good("strace");
    let renumbered = String::from_utf8(renumbered).unwrap().replace("= 8\n", "= 2\n");
    identical("strace", renumbered.as_bytes(), renumbered.as_bytes());
}

#[test]
fn a_line_of_17_mib() {
    for (format, lines) in LOGS {
        let long = vec![b'x'; 17 << 20];
        let log = good(format);
        never_identical(format, &[&log[..], &long, b"\n", &log].concat(), "in the middle");
        never_identical(format, &long, "alone");
        // A line that begins as it should.
        let first = lines[0].as_bytes();
        let middle = first.len() - 10;
        let grown = [&first[..middle], &long, &first[middle..], b"\n"].concat();
        never_identical(format, &[&grown, &log[first.len() + 1..]].concat(), "in its place");
    }
}

#[test]
fn a_wrong_format_forced() {
    for (format, _) in LOGS {
        for other in ["strace", "qemu", "xenia-log", "lines", "wine", "event-log"] {
            // strace's calls and qemu's are written nearly alike.
            let alike = ["strace", "qemu"];
            if other == format || alike.contains(&other) && alike.contains(&format) {
                continue;
            }
            let folder = tempfile::tempdir().unwrap();
            for name in ["a.log", "b.log"] {
                std::fs::write(folder.path().join(name), good(format)).unwrap();
            }
            let (code, text) =
                shown(&run(folder.path(), &["diff", "a.log", "b.log", "--from", other]));
            assert_ne!(code, IDENTICAL, "{format} as {other}: {text}");
            for verb in ["check", "show"] {
                shown(&run(folder.path(), &[verb, "a.log", "--from", other]));
            }
            let args = ["convert", "a.log", "-o", "c.jsonl", "--from", other];
            shown(&run(folder.path(), &args));
        }
    }
}

#[test]
fn what_stands_before_each_line_is_taken_off_by_any_verb() {
    let folder = tempfile::tempdir().unwrap();
    let plain = String::from_utf8(good("wine")).unwrap();
    let tagged: String = plain.lines().map(|line| format!("<a> {line}\n")).collect();
    let other = tagged.replacen("retval=00000001", "retval=00000000", 1);
    let partly = format!("{tagged}0124:Call ntdll.NtClose(01) ret=1\n");
    for (name, text) in
        [("plain", &plain), ("a", &tagged), ("b", &tagged), ("c", &other), ("d", &partly)]
    {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let code = |args: &[&str]| run(folder.path(), args).status.code().unwrap();
    assert_eq!(code(&["diff", "a", "b"]), 0);
    assert_eq!(code(&["diff", "a", "b", "--strip-prefix", "<.> "]), 0);
    assert_eq!(code(&["diff", "plain", "a"]), 0);
    assert_eq!(code(&["diff", "a", "c"]), 1);
    assert_ne!(code(&["diff", "d", "d", "--strip-prefix", "<.> "]), 0);
    assert_eq!(code(&["check", "d", "--strip-prefix", "<.> "]), 1);
    assert_eq!(code(&["check", "a", "--strip-prefix", "("]), 2);
    let line = |log: &str, args: &[&str]| {
        let output = run(
            folder.path(),
            &[&["show", log, "--lane", "0120:0124", "--at", "1"], args].concat(),
        );
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().replace(&format!("{log}:"), "")
    };
    assert_eq!(line("plain", &[]), line("a", &[]));
    assert_eq!(line("plain", &[]), line("a", &["--strip-prefix", "<.> "]));
}

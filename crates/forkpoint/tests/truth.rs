//! A line that may hold an event is never skipped as expected: it is read, or the log is damaged.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use forkpoint::error::Error;
use forkpoint::profile::Profile;
use forkpoint::read::{self, Marker, ReadOptions, Source};
use forkpoint::scan::symbols::SymbolTable;
use forkpoint::trace::Trace;
use forkpoint::trace::fault::FaultKind;
use forkpoint::trace::skip::Severity;

const WINE: &str = "0024:Call KERNEL32.CreateFileA(00405000 \"a.txt\",80000000) ret=00401260
0024:Ret  KERNEL32.CreateFileA() retval=00000048 ret=00401260
0024:Call KERNEL32.CloseHandle(00000048) ret=00401250
0024:Ret  KERNEL32.CloseHandle() retval=00000001 ret=00401250
";

const STRACE: &str = "openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY|O_CLOEXEC) = 3
read(3, \"root:x:0:0\"..., 4096) = 1024
close(3)                                = 0
";

const QEMU: &str = "7 brk(NULL) = 0x0000005500061000
7 openat(AT_FDCWD,\"/etc/passwd\",O_RDONLY|O_CLOEXEC) = 3
7 close(9) = -1 errno=9 (Bad file descriptor)
";

const XENIA: &str = "d> F8000008 NtClose(F8000010)
d> F8000008 NtAllocateVirtualMemory(7018FB90(00000000), 00010000, 00002000, 00000004)
d> F8000008 NtAllocateVirtualMemory = 40000000
";

fn try_read(log: &[u8], marker: Option<&str>, block: usize) -> Result<Trace, Error> {
    let marker = marker.map(|marker| Marker::parse(marker).unwrap());
    let source = Source::of_bytes("log", log)?.stripped(marker.as_ref());
    let name = read::suiting_profile(&source, None)?;
    let profile = Profile::load(&name, &[]).unwrap();
    let table = SymbolTable::new(&profile);
    read::read(vec![source], &profile, &table, ReadOptions { block, ..ReadOptions::default() })
}

fn read(log: &str) -> Trace {
    try_read(log.as_bytes(), None, forkpoint::scan::block::BLOCK).unwrap()
}

/// The kinds of faults with the lines of the first ones, and how many events there are.
fn described(trace: &Trace) -> (Vec<(FaultKind, u64, Option<u64>)>, usize) {
    let faults = trace.faults.0.iter().map(|(kind, fault)| (*kind, fault.count, fault.line));
    (faults.collect(), trace.lanes.iter().map(|lane| lane.tokens.len()).sum())
}

/// The events as they read when they are looked at again.
fn shown(trace: &Trace) -> Vec<String> {
    let mut shown = Vec::new();
    for lane in &trace.lanes {
        for index in 0..lane.tokens.len() {
            let place = lane.places.at(index);
            let line = trace.lines.read(place).unwrap();
            let text = forkpoint::trace::line::legible(&line.bytes).into_owned();
            let event = trace.lines.parse(&text).unwrap();
            let name = event.name.unwrap_or_default();
            let payload = forkpoint::value::Value::Object(event.payload);
            shown.push(format!("{} {} {name} {payload}", line.number, event.kind));
        }
    }
    shown
}

#[test]
fn a_piece_of_a_call_beside_something_else_is_a_torn_call() {
    let logs: [(&str, &[&str]); 4] = [
        (
            WINE,
            &[
                "name? 0024:Ret  KERNEL32.WriteFile() retval=00000001 ret=00401255",
                "[launcher] 0024:Call ntdll.NtClose(00000048) ret=00401255",
                "0024:fix0028:Call ntdll.NtClose(00000048) ret=00401255",
                "0024:Call KERNEL32.CreateFi0028:Ret  ntdll.NtClose() retval=00000000 ret=00401255",
                "0024:Ret  ntdll.NtClose() ret0028:Ret  ntdll.NtOpen() retval=00000000 ret=00401255",
                "0024:Ret  ntdll.NtClose() retval=0000hi0000 ret=00401255",
                "0024:Call ntdll.NtClose(000hi48) ret=00401255",
                "4:Call ntdll.NtClose(00000048) ret=00401255",
                "val=00000000 ret=6fffffc88542",
                "00000001,00000002) ret=00401255",
                "0024:CALL ntdll.NtClose(00000048) ret=00401255",
                "0024:RET  ntdll.NtClose(00000048) retval=00000000 ret=00401255",
                "0024:Ca",
            ],
        ),
        (
            STRACE,
            &[
                "hello close(5) = 0",
                "close(5) = 0close(6) = 0",
                "close(5) = 0[pid 9] close(6) = 0",
                "text)                    = 4",
                "hello[pid 9] <... read resumed>\"x\", 1) = 1",
                "bye+++ exited with 0 +++",
                "x--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---",
                "hi read(3,  <unfinished ...>",
            ],
        ),
        (
            QEMU,
            &[
                "hello7 close(3) = 0",
                "7 futex(0x10,7 write(1,0x20,3) = 3",
                " = 3",
                "hi7 openat(AT_",
            ],
        ),
        (
            XENIA,
            &[
                "d> F8000008 KeSetd> F800000C NtClose(F8000018)",
                "Event(82A4B8A0, 00000001, 00000000)",
                "F8000008 NtClose(F8000010)",
                "000018)",
                "NtAllocateVirtualMemory = 40000000",
            ],
        ),
    ];
    for (log, torn) in logs {
        let (faults, n_events) = described(&read(log));
        assert_eq!(faults, [], "{log}");
        for line in torn {
            let n_lines = log.lines().count() as u64;
            let damaged = format!("{log}{line}\n{log}");
            let expected = vec![(FaultKind::TornCall, 1, Some(n_lines + 1))];
            for block in [1, 40, 150, forkpoint::scan::block::BLOCK] {
                let trace = try_read(damaged.as_bytes(), None, block).unwrap();
                assert_eq!(described(&trace), (expected.clone(), 2 * n_events), "{block}: {line}");
            }
        }
    }
}

/// Two writers, wherever the one comes between the other's letters; and a program that writes a line there.
#[test]
fn wherever_a_line_is_torn_it_is_told() {
    let logs = [
        (WINE, "0028:Call ntdll.NtClose(00000048) ret=00401255"),
        (WINE, "0028:Ret  ntdll.NtClose() retval=c0000008 ret=00401255"),
        (WINE, "0028:fixme:ntdll:f stub"),
        (WINE, "hello"),
        (STRACE, "[pid  9] close(5) = -1 EBADF (Bad file descriptor)"),
        (STRACE, "[pid  9] read(5,  <unfinished ...>"),
        (STRACE, "hello"),
        (QEMU, "7 getpid() = 7"),
        (QEMU, "hello"),
        (XENIA, "d> F800000C NtClose(F8000018)"),
        (XENIA, "d> F800000C NtClose = 00000000"),
    ];
    for (log, other) in logs {
        let plain = read(log);
        let events: Vec<String> = shown(&plain).iter().map(|event| behind_number(event)).collect();
        let lines: Vec<&str> = log.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            for at in 0..=line.len() {
                let (before, after) = (&lines[..number], &lines[number + 1..]);
                let (first, rest) = line.split_at(at);
                let torn = [before, &[&format!("{first}{other}"), rest], after].concat().join("\n");
                let Ok(trace) = try_read(torn.as_bytes(), None, forkpoint::scan::block::BLOCK)
                else {
                    continue;
                };
                // Nothing is lost and nothing is made up, or it is reported.
                let shown: Vec<String> =
                    shown(&trace).iter().map(|event| behind_number(event)).collect();
                let is_whole = events.iter().all(|event| shown.contains(event));
                assert!(is_whole || !trace.faults.is_empty(), "{torn}\n{shown:#?}");
            }
        }
    }
}

fn behind_number(event: &str) -> String {
    event.split_once(' ').unwrap().1.to_owned()
}

#[test]
fn a_line_without_the_number_that_others_have_is_torn() {
    let log = "7 close(3) = 0\n79 close(4) = 0\n close(5) = 0\n";
    assert_eq!(described(&read(log)), (vec![(FaultKind::TornCall, 1, Some(3))], 2));
}

#[test]
fn the_mark_of_lines_that_were_left_out_is_damage() {
    for log in [WINE, STRACE, QEMU, XENIA] {
        for mark in [
            "[... 1200 lines omitted ...]",
            "--- 40 lines ---",
            "<snip>",
            "Suppressed 3418 messages from wine.service",
            "*** output truncated ***",
        ] {
            let (faults, _) = described(&read(&format!("{log}{mark}\n{log}")));
            assert!(
                matches!(faults[..], [(FaultKind::TornCall, 1, Some(_))]),
                "{mark}: {faults:?}"
            );
        }
    }
}

#[test]
fn what_a_program_writes_is_skipped_as_before() {
    for text in ["hello", "Loading...", "100 % done", "see printf(3)"] {
        for log in [WINE, STRACE, QEMU, XENIA] {
            assert_eq!(described(&read(&format!("{log}{text}\n"))).0, [], "{text}");
        }
    }
}

#[test]
fn what_a_program_writes_in_its_call_is_taken_out_of_it() {
    let log = format!(
        "{STRACE}write(1, \"hi\\n\", 3hi\n)                     = 3
write(2, \"3\", 13)                     = 1
write(1, \"a\\nb\\n\", 4a\nb\n)  = 4
write(1, \"0123456789\"..., 120123456789ab) = 12
writev(1, [{{iov_base=\"x\", iov_len=1}}, {{iov_base=\"\\n\", iov_len=1}}], 2x\n) = 2
exit_group(0) = ?\n"
    );
    let trace = read(&log);
    assert_eq!(described(&trace), (vec![], 9));
    let shown_of = shown(&trace);
    assert_eq!(
        shown_of[3..5],
        [
            r#"4 syscall write {"args": {"fd": 1, "buf": "hi\\x0a", "count": 3}, "return_value": 3}"#,
            r#"6 syscall write {"args": {"fd": 2, "buf": "3", "count": 1}, "return_value": 1}"#,
        ]
    );
    assert_eq!(trace.notices[0].severity, Severity::WorthALook);
    for block in 1..200 {
        let other = try_read(log.as_bytes(), None, block).unwrap();
        assert_eq!(shown(&other), shown_of, "{block}");
        assert_eq!(other.lanes[0].tokens, trace.lanes[0].tokens, "{block}");
    }
    // As if it had been written to a file.
    let clean = format!(
        "{STRACE}write(1, \"hi\\n\", 3) = 3
write(2, \"3\", 1) = 1
write(1, \"a\\nb\\n\", 4) = 4
write(1, \"0123456789\"..., 12) = 12
writev(1, [{{iov_base=\"x\", iov_len=1}}, {{iov_base=\"\\n\", iov_len=1}}], 2) = 2
exit_group(0) = ?\n"
    );
    assert_eq!(read(&clean).lanes[0].tokens, trace.lanes[0].tokens);
}

#[test]
fn a_call_of_two_halves_may_hold_the_programs_text() {
    let log = "[pid 7] write(1, \"a\\n\", 2a\n <unfinished ...>
[pid 8] getpid() = 7
[pid 7] <... write resumed>)             = 2
[pid 7] +++ exited with 0 +++\n";
    let trace = read(log);
    assert_eq!(described(&trace), (vec![], 3));
    let write =
        r#"1 syscall write {"args": {"fd": 1, "buf": "a\\x0a", "count": 2}, "return_value": 2}"#;
    assert!(shown(&trace).iter().any(|event| event == write), "{:?}", shown(&trace));
}

#[test]
fn text_that_is_not_the_calls_is_damage() {
    for call in ["write(1, \"hi\\n\", 3ho\n)  = 3", "write(1, \"hi\\n\", 3hi\n)  = 2"] {
        let log = format!("{STRACE}{call}\nexit_group(0) = ?\n");
        for block in [1, 30, 60, forkpoint::scan::block::BLOCK] {
            let trace = try_read(log.as_bytes(), None, block).unwrap();
            let faults = [(FaultKind::Malformed, 1, Some(4)), (FaultKind::TornCall, 1, Some(5))];
            assert_eq!(described(&trace), (faults.to_vec(), 4), "{block}: {call}");
        }
    }
}

#[test]
fn qemu_beside_its_program_is_read() {
    let log = format!("{QEMU}7 write(1,0x0000004000801000,3)hi\n = 3\n7 write(1,0x10,2)ab = 2\n");
    let trace = read(&log);
    assert_eq!(described(&trace), (vec![], 5));
    assert!(shown(&trace)[3].ends_with(r#""return_value": 3}"#), "{:?}", shown(&trace)[3]);
    let torn = format!("{QEMU}7 write(1,0x0000004000801000,3)hi!!\n = 3\n");
    assert_eq!(described(&read(&torn)).0.len(), 1);
}

#[test]
fn a_thread_that_execs_goes_on_as_its_process() {
    let log = "7 clone3({flags=CLONE_THREAD}, 88) = 8
8 execve(\"/bin/true\", [\"true\"], 0x10 /* 3 vars */ <unfinished ...>
7 +++ superseded by execve in pid 8 +++
7 <... execve resumed>)             = 0
7 exit_group(0)                     = ?
7 +++ exited with 0 +++\n";
    let trace = read(log);
    assert_eq!(described(&trace), (vec![], 5));
    let shown = shown(&trace);
    assert_eq!(shown[1], r#"3 exit  {"how": "superseded by execve in pid", "args": {"tid": 8}}"#);
    assert!(shown[2].starts_with("2 syscall execve"), "{shown:?}");
}

#[test]
fn what_all_lines_begin_with_is_taken_off_and_told() {
    let plain = read(WINE);
    for prefix in ["[steam] ", "Nov 26 01:02:03 host wine[12]: ", "#10 57.04 ", "  ", "\x1b[32m"] {
        let log: String = WINE.lines().map(|line| format!("{prefix}{line}\n")).collect();
        for block in [1, 100, forkpoint::scan::block::BLOCK] {
            let trace = try_read(log.as_bytes(), None, block).unwrap();
            assert_eq!(described(&trace), described(&plain), "{prefix}");
            assert_eq!(trace.lanes[0].tokens, plain.lanes[0].tokens, "{prefix}");
            assert_eq!(shown(&trace), shown(&plain), "{prefix}");
            assert_eq!(trace.notices.len(), 1, "{prefix}");
        }
    }
    let numbered: String =
        (1..).zip(WINE.lines()).map(|(n, line)| format!("{n}:{line}\n")).collect();
    assert_eq!(shown(&read(&numbered)), shown(&plain));
}

#[test]
fn a_line_without_the_marker_is_damaged() {
    let log =
        format!("{}0024:Call ntdll.NtClose(01) ret=00401000\n", WINE.replace("0024:", "[x] 0024:"));
    let trace = try_read(log.as_bytes(), Some(r"\[x\] "), forkpoint::scan::block::BLOCK).unwrap();
    assert_eq!(described(&trace), (vec![(FaultKind::Malformed, 1, Some(5))], 4));
    // Not asked for, it is not guessed where not all lines have it; the error says what to ask for.
    let log = format!("hello\n{}", WINE.replace("0024:", "[x] 0024:"));
    let error = try_read(log.as_bytes(), None, forkpoint::scan::block::BLOCK).unwrap_err();
    assert!(error.hint.unwrap().contains(r"--strip-prefix '\s*\[x\](?:\s|$)'"));
}

#[test]
fn a_marker_may_stand_before_lines_of_any_format() {
    let events = "{\"kind\":\"schema_version\",\"schema_version\":1}
{\"kind\":\"kernel.call\",\"tid\":1,\"tid_event_idx\":0,\"payload\":{\"name\":\"NtClose\"}}\n";
    let nestest = "C000 A:00 X:00 Y:00 P:24 SP:FD CYC:0\nC5F5 A:00 X:00 Y:00 P:24 SP:FD CYC:3\n";
    for log in [events, nestest, WINE, STRACE, QEMU, XENIA] {
        let marked: String = log.lines().map(|line| format!("tag {line}\n")).collect();
        let trace =
            try_read(marked.as_bytes(), Some("tag "), forkpoint::scan::block::BLOCK).unwrap();
        let plain = read(log);
        assert_eq!(described(&trace), described(&plain), "{log}");
        assert_eq!(trace.lanes[0].tokens, plain.lanes[0].tokens, "{log}");
    }
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    for log in [WINE, STRACE, QEMU, XENIA, "C000 A:00 X:00 Y:00 P:24 SP:FD CYC:0\n"] {
        let marked = format!("\u{feff}{log}");
        for block in [1, 7, forkpoint::scan::block::BLOCK] {
            let packed = gzip_of(marked.as_bytes());
            for bytes in [marked.as_bytes(), &packed] {
                let trace = try_read(bytes, None, block).unwrap();
                assert_eq!(shown(&trace), shown(&read(log)));
            }
        }
    }
    let wide: Vec<u8> = WINE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let error = try_read(&wide, None, forkpoint::scan::block::BLOCK).unwrap_err();
    assert!(error.hint.unwrap().contains("iconv"));
}

fn gzip_of(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

#[test]
fn heads_of_newer_wine_are_read() {
    let plain = read(WINE);
    for head in ["0024:trace:relay:relay_trace_entry ", "0024:trace:relay:"] {
        assert_eq!(shown(&read(&WINE.replace("0024:", head))), shown(&plain), "{head}");
    }
    let clocked = WINE.replace("0024:", "12.345678:0024:");
    assert_eq!(read(&clocked).lanes[0].tokens, plain.lanes[0].tokens);
    let blank = WINE.replace("\"a.txt\",80000000)", "\"a.txt\" ,80000000 )");
    assert_eq!(read(&blank).lanes[0].tokens, plain.lanes[0].tokens);
}

//! What qemu's user-mode emulators write of system calls: `-strace`, or `-d strace,tid -D log.%d` for
//! a file a thread.
//!
//! ```text
//! 1905 brk(NULL) = 0x0000005500061000
//! 1905 openat(AT_FDCWD,"/etc/ld.so.cache",O_RDONLY|O_CLOEXEC) = 4
//! 1905 set_robust_list(365120135424,24,365120135424,1,0,365120135472) = -1 errno=38 (Function not implemented)
//! 1905 Unknown syscall 293
//! 10551 clock_gettime(CLOCK_MONOTONIC,0x000000400281a430) = 0 ({tv_sec = 1577,tv_nsec = 567386851})
//! ```
//!
//! The number is the process's; a thread is known by the file that is named after it. Several threads
//! in one file write into each other's lines, and nothing says whose the pieces are: such lines are
//! faults, so that no verdict is built on them.

use std::borrow::Cow;

use crate::error::Error;
use crate::formats::format::{Format, Header, LogSummary, Reader, WrittenBy};
use crate::formats::syscall::beside::{self, Beside};
use crate::formats::syscall::call_scan::{CallScan, absent};
use crate::formats::syscall::dialect::{Dialect, dialect};
use crate::formats::syscall::pending_calls::PendingCalls;
use crate::formats::syscall::{self, Call, NoCall, Payload, torn};
use crate::scan::Scan;
use crate::scan::block::Block;
use crate::scan::chunk::{Chunk, Row};
use crate::trace::fault::FaultKind;
use crate::trace::line::legible;
use crate::trace::parsed_event::ParsedEvent;
use crate::trace::skip::{EMPTY, Skip};
use crate::trace::warning::LogWarning;
use crate::trace::{LaneKey, Place};
use crate::value::{Number, Value};

static NO_CALL: Skip = Skip::worth_a_look(
    "no system call: another of qemu's logs, or the program's",
    "let qemu log system calls alone, to files of their own: -d strace,tid -D log.%d",
);

static IN_A_CALL: Skip = Skip::worth_a_look(
    "what the program wrote, in the call that wrote it: taken out of it",
    "give the log a file: qemu -d strace,tid -D log.%d",
);

/// Why lines hold no event to compare.
pub static SKIPS: [&Skip; 3] = [&NO_CALL, &IN_A_CALL, &EMPTY];

/// The format.
pub static FORMAT: Format = Format {
    name: "qemu",
    about: "system calls as qemu's user-mode emulators write them: -strace, or -d strace,tid -D log.%d",
    known_by: "a system call among its first lines, behind a process number and a blank, or with qemu's own words",
    profile: "qemu",
    mixed_profile: Some("linux-qemu"),
    written_by: WrittenBy::Engine,
    first_line: None,
    // A signal is of whoever wrote before, and a call may hold what the program wrote.
    in_order: true,
    takes_imports: false,
    sniff,
    header,
    reader: || Box::new(LogReader::default()),
    parse: |_, text| parse(text),
    images: None,
    lane: syscall::lane,
    skips: &SKIPS,
    join: Some(join),
};

/// Returns whether the log's first lines are qemu's.
fn sniff(head: &[u8]) -> bool {
    dialect(head) == Some(Dialect::Qemu)
}

/// Returns what the log says about itself: nothing.
fn header(_label: &str, _head: &[u8]) -> Result<Header, Error> {
    Ok(Header::default())
}

/// Reads lines, and keeps the calls that are open.
#[derive(Default)]
struct LogReader {
    halves: PendingCalls,
}

impl Reader for LogReader {
    fn read(&mut self, log: &mut Scan<'_>, block: &Block, chunk: &mut Chunk) {
        read_block(&mut CallScan { log, halves: &mut self.halves }, block, chunk);
    }

    fn finish(&mut self, log: &mut Scan<'_>, chunk: &mut Chunk) {
        finish(&mut CallScan { log, halves: &mut self.halves }, chunk);
    }

    fn process_of(&self, thread: i64) -> Option<i64> {
        Some(self.halves.process_of(thread))
    }

    fn notices(&self, log: &LogSummary<'_>) -> Vec<LogWarning> {
        notices((log, &self.halves))
    }
}

/// Returns what is to be said of a log as a whole: whether its threads can be distinguished.
fn notices((seen, halves): (&LogSummary<'_>, &PendingCalls)) -> Vec<LogWarning> {
    let mixed = halves.was_mixed.then(|| {
        let what = "what the program wrote stands in the calls that wrote it, and was taken out";
        LogWarning::worth_a_look(what, "give the log a file: qemu -d strace,tid -D log.%d")
    });
    threads((seen, halves)).into_iter().chain(mixed).collect()
}

fn threads((seen, halves): (&LogSummary<'_>, &PendingCalls)) -> Vec<LogWarning> {
    let fix = "give each thread a file: qemu -d strace,tid -D log.%d";
    let Some(absent) = absent(seen, halves) else { return Vec::new() };
    if seen.by_files {
        return Vec::from([syscall::files_missing(
            &absent,
            "each thread has a file: give them all",
        )]);
    }
    let threads: Vec<i64> = absent.into_iter().filter(|&n| halves.shares_its_process(n)).collect();
    if threads.is_empty() {
        return Vec::new();
    }
    let what = format!(
        "lines carry the number of the process: those of {} cannot be distinguished",
        syscall::list(&threads)
    );
    Vec::from([LogWarning::loses_events(what, fix)])
}

fn read_block(scan: &mut CallScan<'_, '_>, block: &Block, chunk: &mut Chunk) {
    let bytes = block.bytes();
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        if start < bytes.len() {
            let whole = end < bytes.len();
            let place = Place::new(scan.log.part, block.offset + start as u64);
            LINES.scan(scan, &legible(&bytes[start..end]), place, whole, chunk);
            chunk.n_lines += u64::from(whole);
        }
        start = end + 1;
    }
}

/// How the program's own text beside a call is separated from it.
const LINES: beside::Lines = beside::Lines {
    writing,
    beside: beside::of_qemu,
    in_a_call: &IN_A_CALL,
    scan_call: |scan, text, (first, _), whole, chunk| scan_call(scan, text, first, whole, chunk),
};

/// Adds the call that is still open when the log has ended.
fn finish(scan: &mut CallScan<'_, '_>, chunk: &mut Chunk) {
    if let Some(mixed) = scan.halves.mixed.take() {
        LINES.give_up(scan, &mixed, true, chunk);
    }
}

/// Makes one text of a call's lines so far and the next one.
fn join(first: &mut Vec<u8>, next: &[u8]) {
    first.push(b'\n');
    first.extend_from_slice(next);
}

/// Returns where a call is in a line that writes something.
fn writing(text: &str) -> Option<usize> {
    let at = text.find(" write(")?;
    text[..at].bytes().all(|byte| byte.is_ascii_digit()).then_some(at + 1)
}

fn scan_call(
    scan: &mut CallScan<'_, '_>,
    text: &str,
    place: Place,
    whole: bool,
    chunk: &mut Chunk,
) {
    let line = match parse_line(text) {
        Ok(line) => line,
        Err(NoEvent::Torn(_)) if !whole => {
            return chunk.fault(FaultKind::Torn, "the last line is not whole");
        }
        Err(NoEvent::Torn(what)) => return chunk.fault(FaultKind::TornCall, what),
        Err(NoEvent::Skip(reason)) => return chunk.skip(reason),
    };
    // The number goes from line to line: a signal has none.
    let number = match line.number {
        Some(number) => {
            scan.halves.unnumbered = Some(number);
            number
        }
        None => scan.halves.unnumbered.unwrap_or(0),
    };
    let thread = scan.log.file_thread.unwrap_or(number);
    let event = event(&line);
    scan.halves.note_child(thread, &event);
    let (symbol, token) = scan.log.event(event);
    let key = LaneKey { process: None, thread };
    chunk.push(key, Row { token, place, symbol, index: None }, &mut scan.log.asides);
}

/// A line that reports an event.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Line<'a> {
    number: Option<i64>,
    body: Body<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Body<'a> {
    Call(Call<'a>),
    Unknown(u32),
    Signal { name: &'a str, info: &'a str },
}

/// Why a line holds no event.
#[derive(Clone, Copy, Debug, PartialEq)]
enum NoEvent {
    Skip(&'static Skip),
    /// It is a piece of one, or two in one.
    Torn(&'static str),
}

const TWO_CALLS: NoEvent = NoEvent::Torn("two threads wrote into one line");

fn parse_line(text: &str) -> Result<Line<'_>, NoEvent> {
    let text = text.trim_ascii_end();
    if text.is_empty() {
        return Err(NoEvent::Skip(&EMPTY));
    }
    let numbered = text.split_once(' ').filter(|(number, _)| {
        !number.is_empty() && number.len() <= 10 && number.bytes().all(|b| b.is_ascii_digit())
    });
    let (number, body) = match numbered {
        Some((number, rest)) => (number.parse().ok(), rest.trim_ascii_start()),
        None => (None, text),
    };
    if let Some(described) = body.strip_prefix("--- ") {
        let described = described.strip_suffix(" ---").ok_or(TWO_CALLS)?;
        let (name, info) = described.split_once(' ').unwrap_or((described, ""));
        if !name.starts_with("SIG") {
            return Err(no_call(text));
        }
        return Ok(Line { number, body: Body::Signal { name, info } });
    }
    if number.is_none() {
        // The end of a call whose beginning is in another line.
        let is_rest = text.trim_ascii_start().starts_with(['=', ',', ')']) || text.contains(") = ");
        if is_rest {
            return Err(NoEvent::Torn(
                "the rest of a call, whose beginning stands in another line",
            ));
        }
        return Err(no_call(text));
    }
    if let Some(unknown) = body.strip_prefix("Unknown syscall ") {
        let unknown = unknown.parse().map_err(|_| TWO_CALLS)?;
        return Ok(Line { number, body: Body::Unknown(unknown) });
    }
    let call = match Call::parse(body) {
        Ok(call) => call,
        Err(NoCall::Other) => return Err(no_call(text)),
        Err(NoCall::Open | NoCall::Followed) => return Err(TWO_CALLS),
    };
    if call.result.is_some_and(|result| !torn::is_result(result))
        || torn::holds_a_call(call.arguments)
    {
        return Err(TWO_CALLS);
    }
    Ok(Line { number, body: Body::Call(call) })
}

/// Returns what a line without a call is.
fn no_call(text: &str) -> NoEvent {
    torn::of_skipped(text).map_or(NoEvent::Skip(&NO_CALL), NoEvent::Torn)
}

fn event<'a>(line: &Line<'a>) -> ParsedEvent<'a> {
    let mut payload: Payload<'a> = Vec::new();
    let (kind, name) = match line.body {
        Body::Call(call) => {
            syscall::arguments(call.name, call.arguments, &mut payload);
            let returned = call.result.is_some_and(|result| syscall::result(result, &mut payload));
            (if returned { "syscall" } else { "call" }, Cow::Borrowed(call.name))
        }
        Body::Unknown(number) => {
            let value = Value::Number(Number::Integer(i128::from(number)));
            payload.push((Cow::Borrowed("unknown"), value));
            ("syscall", Cow::Owned(format!("#{number}")))
        }
        Body::Signal { name, info } => {
            syscall::signal(info, &mut payload);
            ("signal", Cow::Borrowed(name))
        }
    };
    ParsedEvent {
        key: LaneKey { process: None, thread: line.number.unwrap_or(0) },
        index: None,
        kind: Cow::Borrowed(kind),
        name: Some(name),
        payload,
        clock: None,
    }
}

/// Returns the event of a line, to look at it.
fn parse(text: &str) -> Option<ParsedEvent<'_>> {
    if let Some(at) = writing(text)
        && let Beside::Without(call) = beside::of_qemu(&text[at..])
    {
        let text = format!("{}{call}", &text[..at]);
        return parse_line(&text).ok().map(|line| event(&line).into_static());
    }
    parse_line(text).ok().map(|line| event(&line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let parsed = parse(text).unwrap();
        let payload = parsed.payload.iter().map(|(key, value)| format!("{key}={value}"));
        let payload: Vec<String> = payload.collect();
        format!("{} {} {}", parsed.kind, parsed.name.unwrap(), payload.join(" "))
    }

    #[test]
    fn a_call_reads_as_strace_writes_it() {
        assert_eq!(
            shown("7 close(4) = -1 errno=9 (Bad file descriptor)"),
            r#"syscall close args={"fd": 4} return_value=-1 error="EBADF""#
        );
        assert_eq!(
            shown("7 pread64(4,274920144528,100,0,0,0) = 0"),
            r#"syscall pread64 args={"fd": 4, "buf": 274920144528, "count": 100, "offset": 0} surplus=[0, 0] return_value=0"#
        );
        assert_eq!(
            shown("7 clock_gettime(CLOCK_MONOTONIC,0x10) = 0 ({tv_sec = 1,tv_nsec = 2})"),
            r#"syscall clock_gettime args={"clock": "CLOCK_MONOTONIC", "time": 0x10} return_value=0 told={"tv_sec": 1, "tv_nsec": 2}"#
        );
        assert_eq!(shown("7 exit_group(0)"), r#"call exit_group args={"status": 0}"#);
        assert_eq!(shown("7 Unknown syscall 293"), "syscall #293 unknown=293");
        assert_eq!(
            shown("--- SIGSEGV {si_signo=SIGSEGV, si_code=1} ---"),
            r#"signal SIGSEGV info={"si_signo": "SIGSEGV", "si_code": 1}"#
        );
    }

    #[test]
    fn what_two_threads_wrote_into_one_line_is_torn() {
        for text in [
            "7 futex(0x10,FUTEX_WAIT,0,NULL,NULL,0)7 write(1,0x20,3) = 3",
            "7 futex(0x10,7 write(1,0x20,3) = 3",
            "7 futex(0x10,7 getpid(),0) = 3",
            "7 clone(CLONE_VM) = 7 close(3) = 0",
            "7 clone(CLONE_VM) = ",
            " = 0",
            ",NULL,0) = 0",
            "7 Unknown syscall 2937 close(3) = 0",
        ] {
            assert!(matches!(parse_line(text), Err(NoEvent::Torn(_))), "{text}");
        }
        assert!(matches!(parse_line("Locating guest address space"), Err(NoEvent::Skip(_))));
    }
}

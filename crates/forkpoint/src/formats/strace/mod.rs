//! What strace writes: the system calls of a Linux program, its signals and its ends.
//!
//! ```text
//! 19932 1795293245.856600 execve("/usr/bin/xz", ["xz", "-T2"], 0x7ffff3d7e730 /* 35 vars */) = 0 <0.000154>
//! 19932 1795293245.862040 rt_sigprocmask(SIG_SETMASK, [],  <unfinished ...>
//! 19933 1795293245.862073 rseq(0x7f1486646fe0, 0x20, 0, 0x53053053) = 0 <0.000012>
//! 19932 1795293245.862084 <... rt_sigprocmask resumed>NULL, 8) = 0 <0.000053>
//! 19933 1795293246.718940 +++ exited with 0 +++
//! ```
//!
//! A lane is a thread. The halves of a call are one event, at the place of the first; so the lines are
//! scanned in their order, and what is open goes with the scan. `read::lines` knows
//! where the second half is, and `join` makes one line of both.

use std::borrow::Cow;

use crate::error::Error;
use crate::formats::format::{Format, Header, LogSummary, Reader, WrittenBy};
use crate::formats::syscall::beside::{self, Beside};
use crate::formats::syscall::call_scan::{CallScan, absent};
use crate::formats::syscall::dialect::{Dialect, dialect};
use crate::formats::syscall::line::{self, Body, Line, UNFINISHED, before_message, parse_line};
use crate::formats::syscall::pending_calls::{PendingCalls, UnfinishedCall};
use crate::formats::syscall::{self, Call, NoCall, Payload, torn};
use crate::scan::Scan;
use crate::scan::block::Block;
use crate::scan::chunk::{Chunk, Row};
use crate::trace::fault::FaultKind;
use crate::trace::line::legible;
use crate::trace::parsed_event::ParsedEvent;
use crate::trace::warning::LogWarning;
use crate::trace::{LaneKey, Place};
use crate::value::{Number, Value};

use crate::formats::syscall::strace_skips as skips;
pub use skips::SKIPS;

/// What ends a process's first thread when another thread calls execve, and goes on as the first.
const SUPERSEDED: &str = "superseded by execve in pid ";

/// The format.
pub static FORMAT: Format = Format {
    name: "strace",
    about: "system calls as strace writes them: strace -f -o FILE PROGRAM (or -ff; -t, -T, -y and others as you like)",
    known_by: "a system call among its first lines, behind a process number, a clock, or nothing",
    profile: "linux",
    mixed_profile: Some("linux-qemu"),
    written_by: WrittenBy::Engine,
    first_line: None,
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

/// Returns whether the log's first lines are strace's.
fn sniff(head: &[u8]) -> bool {
    dialect(head) == Some(Dialect::Strace)
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
        LogWarning::worth_a_look(what, "give the log a file: strace -f -o FILE")
    });
    threads((seen, halves)).into_iter().chain(mixed).collect()
}

fn threads((seen, halves): (&LogSummary<'_>, &PendingCalls)) -> Vec<LogWarning> {
    let fix = "lines carry no thread id: run strace with -f";
    match absent(seen, halves) {
        Some(absent) if seen.by_files => Vec::from([syscall::files_missing(
            &absent,
            "with -ff each thread has a file: give them all",
        )]),
        // Lines of thread 0 alone are lines without a number.
        Some(absent) if seen.lanes.iter().all(|lane| lane.key.thread == 0) => {
            let children = syscall::list(&absent);
            let what = format!(
                "the calls of {children}, which others created, cannot be distinguished or are not there"
            );
            Vec::from([LogWarning::loses_events(what, fix)])
        }
        // strace -f shows the end of each thread, so each has a line.
        Some(absent) if halves.shows_ends && !may_be_renumbered((seen, halves), &absent) => {
            let what = format!("no line is of {}, which others created", syscall::list(&absent));
            Vec::from([LogWarning::loses_events(
                what,
                "lines of the log are missing: take it anew",
            )])
        }
        _ => Vec::new(),
    }
}

/// Returns whether threads without lines may be there under other numbers: in a namespace of its own a
/// program knows them by numbers that strace does not write.
fn may_be_renumbered((seen, halves): (&LogSummary<'_>, &PendingCalls), absent: &[i64]) -> bool {
    let created = halves.created();
    let unexplained = seen.lanes.iter().filter(|lane| !created.contains(&lane.key.thread)).count();
    // The first thread of all was created before the log.
    unexplained.saturating_sub(1) >= absent.len()
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

/// Adds the calls that are still open when the log has ended.
fn finish(scan: &mut CallScan<'_, '_>, chunk: &mut Chunk) {
    if let Some(mixed) = scan.halves.mixed.take() {
        LINES.give_up(scan, &mixed, true, chunk);
    }
    for half in scan.halves.rest() {
        never_resumed(scan, &half, chunk);
    }
}

/// How the program's own text beside a call is separated from it.
const LINES: beside::Lines =
    beside::Lines { writing, beside: beside::of_strace, in_a_call: &skips::IN_A_CALL, scan_call };

/// Returns where a call is in a line that writes something.
fn writing(text: &str) -> Option<usize> {
    memchr::memmem::find(text.as_bytes(), b"write")?;
    let (_, call) = line::head(text);
    (call.starts_with("write(") || call.starts_with("writev(")).then(|| text.len() - call.len())
}

/// Returns a line, or several, without what the program wrote there; none if there is nothing of it.
fn without_text(text: &str) -> Option<String> {
    let at = writing(text)?;
    match beside::of_strace(&text[at..]) {
        Beside::Without(call) => Some(format!("{}{call}", &text[..at])),
        _ => None,
    }
}

/// Scans a line, or a call that was made of several: where it is, and where its last line is.
fn scan_call(
    scan: &mut CallScan<'_, '_>,
    text: &str,
    (place, last): (Place, Place),
    whole: bool,
    chunk: &mut Chunk,
) {
    let interrupted = scan.halves.interrupted.take();
    let after_text = std::mem::take(&mut scan.halves.after_text);
    if let Some(before) = before_message(text)
        && let Ok(line @ Line { body: Body::Call(_), .. }) = parse_line(before)
    {
        note_child(scan, text);
        let thread = thread_of(scan, &line);
        let line = format!("{before}{UNFINISHED}");
        for half in scan.halves.open(UnfinishedCall { thread, place, last, line }) {
            never_resumed(scan, &half, chunk);
        }
        scan.halves.interrupted = Some(thread);
        return;
    }
    if let Some(thread) = interrupted
        && matches!(parse_line(text), Err(line::Skip::Other))
    {
        match text.trim_ascii() {
            UNFINISHED => return chunk.skip(&skips::SECOND_HALF),
            rest if rest.starts_with([')', ',']) => {
                return resume(scan, text, thread, "", place, whole, chunk);
            }
            _ => {}
        }
    }
    let line = match parse_line(text) {
        Ok(line) => line,
        Err(line::Skip::Other) if !whole => {
            return chunk.fault(FaultKind::Torn, "the last line is not whole");
        }
        Err(skip) => {
            let torn_head =
                || is_torn_head(scan, text, skip).then_some("a thread, and no whole event of it");
            if let Some(what) = torn_of(text, skip).or_else(torn_head) {
                return chunk.fault(FaultKind::TornCall, what);
            }
            note_child(scan, text);
            scan.halves.after_text = skip == line::Skip::Other;
            return chunk.skip(skip.why());
        }
    };
    if let Body::Call(call) | Body::First(call) = line.body
        && after_text
        && torn::is_rest_of_a_name(call)
    {
        return chunk.fault(FaultKind::TornCall, "the rest of a call, behind the program's text");
    }
    match line.head.thread {
        Some(number) if !line.head.bracketed => {
            scan.halves.numbered = Some(scan.log.part);
            scan.halves.note_number(number);
        }
        None if scan.halves.numbered == Some(scan.log.part) => {
            return chunk.fault(FaultKind::TornCall, "a call without the number that others have");
        }
        _ => {}
    }
    let thread = thread_of(scan, &line);
    match line.body {
        Body::First(_) if text.trim_ascii_end().ends_with(UNFINISHED) => {
            if parsed(text).is_none() {
                return chunk.fault(FaultKind::TornCall, "two lines in one");
            }
            let half = UnfinishedCall { thread, place, last, line: text.to_owned() };
            for half in scan.halves.open(half) {
                never_resumed(scan, &half, chunk);
            }
        }
        Body::Second { name, .. } => resume(scan, text, thread, name, place, whole, chunk),
        _ => {
            scan.halves.shows_ends |= matches!(line.body, Body::Exit(_));
            // The thread that calls execve goes on as the first one of its process.
            if let Body::Exit(how) = line.body
                && let Some(heir) = how.strip_prefix(SUPERSEDED)
                && let Ok(heir) = heir.parse()
            {
                if let Some(half) = scan.halves.hand_over(heir, thread) {
                    never_resumed(scan, &half, chunk);
                }
            } else if let Some(half) = scan.halves.close(thread) {
                never_resumed(scan, &half, chunk);
            }
            push(scan, text, thread, place, whole, chunk);
        }
    }
}

/// Returns whether a line without an event begins as the events of a thread do. A program's own text that
/// begins with such a number is taken for damage too: the two cannot be distinguished.
fn is_torn_head(scan: &CallScan<'_, '_>, text: &str, skip: line::Skip) -> bool {
    if skip != line::Skip::Other {
        return false;
    }
    let text = text.trim_ascii();
    if let Some(inside) = text.strip_prefix("[pid ") {
        return inside.trim_ascii_start().starts_with(|c: char| c.is_ascii_digit());
    }
    let thread = line::head(text).0.thread.or_else(|| text.parse().ok());
    let has_numbers = scan.halves.numbered == Some(scan.log.part);
    has_numbers && thread.is_some_and(|thread| scan.halves.knows(thread))
}

/// Returns what a line that is skipped holds of a call.
fn torn_of(text: &str, skip: line::Skip) -> Option<&'static str> {
    match skip {
        line::Skip::Empty => None,
        // What -e read and -e write show.
        line::Skip::Other if text.starts_with(" | ") => None,
        line::Skip::Other => torn::of_skipped(text),
        _ => torn::of_message(text),
    }
}

/// Joins a second half with its first.
fn resume(
    scan: &mut CallScan<'_, '_>,
    text: &str,
    thread: i64,
    name: &str,
    place: Place,
    whole: bool,
    chunk: &mut Chunk,
) {
    let Some(half) = scan.halves.close(thread) else {
        let detail = format!("the second half of `{name}` without the first");
        return chunk.fault(FaultKind::HalfCall, detail);
    };
    let first = parse_line(&half.line).ok().map(|line| line.body);
    let same = matches!(first, Some(Body::First(first)) if syscall::head(first).is_some_and(|(own, _)| own == name || name.is_empty()));
    if !same {
        never_resumed(scan, &half, chunk);
        let detail = format!("the second half of `{name}` behind the first of another call");
        return chunk.fault(FaultKind::HalfCall, detail);
    }
    let joined = joined(&half.line, text);
    if parsed(&joined).is_none() {
        never_resumed(scan, &half, chunk);
        let kind = if whole { FaultKind::Malformed } else { FaultKind::Torn };
        return chunk.fault(kind, format!("the second half of `{name}` is not whole"));
    }
    chunk.continued.push((half.last, place));
    push(scan, &joined, thread, half.place, whole, chunk);
    chunk.skip(&skips::SECOND_HALF);
}

fn never_resumed(scan: &mut CallScan<'_, '_>, half: &UnfinishedCall, chunk: &mut Chunk) {
    push(scan, &half.line, half.thread, half.place, true, chunk);
}

fn push(
    scan: &mut CallScan<'_, '_>,
    text: &str,
    thread: i64,
    place: Place,
    whole: bool,
    chunk: &mut Chunk,
) {
    let Some(parsed) = parsed(text) else {
        let kind = match whole {
            true if torn::holds_another(text) => FaultKind::TornCall,
            true => FaultKind::Malformed,
            false => FaultKind::Torn,
        };
        return chunk.fault(kind, "a call that is not whole");
    };
    scan.halves.note_child(thread, &parsed);
    let (symbol, token) = scan.log.event(parsed);
    let key = LaneKey { process: None, thread };
    chunk.push(key, Row { token, place, symbol, index: None }, &mut scan.log.asides);
}

/// Returns the thread that a line is of.
fn thread_of(scan: &mut CallScan<'_, '_>, line: &Line<'_>) -> i64 {
    let halves = &mut scan.halves;
    match line.head.thread {
        Some(thread) if line.head.bracketed => {
            // On a terminal the first thread has no number until there is a second one.
            if halves.unnumbered == Some(0) && !halves.is_child(thread) {
                halves.unnumbered = Some(thread);
            }
            if halves.unnumbered == Some(thread) { 0 } else { thread }
        }
        Some(thread) => thread,
        None => scan.log.file_thread.unwrap_or_else(|| {
            halves.unnumbered.get_or_insert(0);
            0
        }),
    }
}

/// Remembers the thread of `strace: Process 1234 attached`.
fn note_child(scan: &mut CallScan<'_, '_>, text: &str) {
    let number = text.split_once("strace: Process ").map(|(_, rest)| rest);
    let number = number.and_then(|rest| rest.split_once(" attached")).map(|(number, _)| number);
    if let Some(number) = number.and_then(|number| number.trim_ascii().parse().ok()) {
        scan.halves.announce(number);
    }
}

/// Makes one line of the two halves of a call.
fn join(first: &mut Vec<u8>, second: &[u8]) {
    let is_mixed = {
        let first = legible(first);
        writing(&first).is_some_and(|at| beside::of_strace(&first[at..]) == Beside::GoesOn)
    };
    if is_mixed {
        first.push(b'\n');
        first.extend_from_slice(second);
        return;
    }
    *first = joined(&legible(first), &legible(second)).into_bytes();
}

fn joined(first: &str, second: &str) -> String {
    let clean = without_text(first);
    let first = clean.as_deref().unwrap_or(first);
    let first = before_message(first).unwrap_or(first).trim_ascii_end();
    let first = first.strip_suffix(UNFINISHED).unwrap_or(first);
    let rest = second.split_once("resumed>").map_or(second, |(_, rest)| rest);
    format!("{first}{rest}")
}

/// Returns the event of a line, or of two that were joined, to look at it.
fn parse(text: &str) -> Option<ParsedEvent<'_>> {
    match without_text(text) {
        Some(text) => parsed(&text).map(ParsedEvent::into_static),
        None => parsed(text),
    }
}

fn parsed(text: &str) -> Option<ParsedEvent<'_>> {
    let mut line = parse_line(before_message(text).unwrap_or(text)).ok()?;
    if let (Body::Call(call), Some(_)) = (line.body, before_message(text)) {
        line.body = Body::First(call);
    }
    let mut payload: Payload<'_> = Vec::new();
    let (kind, name) = match line.body {
        Body::Call(call) => {
            let call = Call::parse(without_duration(call)).ok()?;
            let result = call.result.filter(|result| torn::is_result(result))?;
            if torn::holds_a_call(call.arguments) {
                return None;
            }
            syscall::arguments(call.name, call.arguments, &mut payload);
            let returned = syscall::result(result, &mut payload);
            (if returned { "syscall" } else { "call" }, Some(call.name))
        }
        Body::First(first) => {
            let (name, open) = syscall::head(first)?;
            match Call::parse(first) {
                Ok(call) if call.result.is_some() => return None, // of another line
                Ok(call) => syscall::arguments(call.name, call.arguments, &mut payload),
                Err(NoCall::Open) => {
                    let known = first[open + 1..].trim_ascii().trim_end_matches(',');
                    if torn::holds_a_call(known) || torn::ends_in_text(known) {
                        return None;
                    }
                    syscall::arguments(name, known, &mut payload);
                }
                Err(_) => return None,
            }
            ("call", Some(name))
        }
        Body::Signal { name, info } => {
            syscall::signal(info, &mut payload);
            ("signal", Some(name))
        }
        Body::Stop(name) => ("stop", Some(name)),
        Body::Exit(how) => {
            // Which thread it was is a thread's number, which rules know in that field.
            let heir = how.strip_prefix(SUPERSEDED).and_then(|heir| heir.parse().ok());
            let how = heir.map_or(how, |_| SUPERSEDED.trim_ascii_end());
            payload.push((Cow::Borrowed("how"), Value::Text(Cow::Borrowed(how))));
            if let Some(heir) = heir {
                let tid = Value::Number(Number::Integer(heir));
                payload.push((Cow::Borrowed("args"), Value::Object(vec![("tid".into(), tid)])));
            }
            ("exit", None)
        }
        Body::Second { .. } => return None,
    };
    Some(ParsedEvent {
        key: LaneKey { process: None, thread: line.head.thread.unwrap_or(0) },
        index: None,
        kind: Cow::Borrowed(kind),
        name: name.map(Cow::Borrowed),
        payload,
        clock: line.head.clock,
    })
}

/// Cuts off ` <0.000123>`, how long the call took (-T).
fn without_duration(text: &str) -> &str {
    let text = text.trim_ascii_end();
    let cut = text.strip_suffix('>').and_then(|rest| rest.rsplit_once(" <"));
    match cut {
        Some((before, inside))
            if !inside.is_empty() && inside.bytes().all(|b| b.is_ascii_digit() || b == b'.') =>
        {
            before.trim_ascii_end()
        }
        _ => text,
    }
}

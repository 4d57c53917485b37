//! Xenia's text log: the calls of kernel functions, at their entry.
//!
//! ```text
//! d> F8000008 NtAllocateVirtualMemory(7018FB90(00000000), 00010000, 00002000, 00000004)
//! d> F8000008 NtAllocateVirtualMemory = 40000000
//! d> F8000008 NtCreateFile(7018F0A0(00000000), 80100080, 7018F0C0(00000000,game:\default.xex,00000040), 1)
//! i> F8000008 Added handle:F8000010 for class xe::kernel::XEvent
//! i> F8000010 XThread::Execute thid 6 (handle=F8000010, 'Main XThread', native=00001F40)
//! ```
//!
//! A line is a level, the thread's handle and a message. There is no clock, and there are next to no
//! results. A pointer is followed by what it points at, which may hold anything, commas,
//! parentheses and ends of lines too, so that a call may take several lines (`message`): the lines are
//! scanned in their order. Helpers of the engine's own are printed in the same way: a list of imports
//! distinguishes them. Invariant: a message in the shape of a call is an event, however little of its
//! arguments is understood.

mod line;
mod message;
mod torn;

use std::borrow::Cow;

use crate::error::Error;
use crate::formats::format::{Format, Header, LogSummary, Reader, WrittenBy};
use crate::scan::Scan;
use crate::scan::block::Block;
use crate::scan::chunk::Chunk;
use crate::trace::line::legible;
use crate::trace::parsed_event::ParsedEvent;
use crate::trace::warning::LogWarning;
use crate::trace::{LaneKey, Place};

use line::{SKIPS, event_of, has_head, push};
use message::{Message, join};

/// The format.
pub static FORMAT: Format = Format {
    name: "xenia-log",
    about: "Xenia's text log: kernel calls at their entry, d> F8000008 NtClose(F8000010)",
    known_by: "a level, `> `, eight digits of a thread's handle and a call among its first lines",
    profile: "xenia-text",
    mixed_profile: None,
    written_by: WrittenBy::Engine,
    first_line: None,
    in_order: true,
    takes_imports: true,
    sniff,
    header,
    reader: || Box::new(LogReader::default()),
    parse: |_, text| parse(text),
    images: None,
    lane,
    skips: &SKIPS,
    join: Some(join),
};

/// Returns whether one of the log's first lines has a head and is an event.
fn sniff(head: &[u8]) -> bool {
    const LOOKED_AT: usize = 64 << 10;
    let head = legible(&head[..head.len().min(LOOKED_AT)]);
    head.lines().any(|line| parse(line).is_some())
}

/// Returns what the log says about itself: nothing.
fn header(_label: &str, _head: &[u8]) -> Result<Header, Error> {
    Ok(Header { engine: Some("xenia".to_owned()), ..Header::default() })
}

/// Returns what is to be said of a log as a whole: whether kernel calls were logged at all.
fn notices(seen: &LogSummary<'_>) -> Vec<LogWarning> {
    if seen.debug {
        return Vec::new();
    }
    let what = "no line is of level d, which most kernel calls are";
    Vec::from([LogWarning::loses_events(what, "run Xenia with --log_level=3")])
}

/// Writes a lane as the log does: the thread's handle.
fn lane(key: LaneKey) -> String {
    format!("{:08X}", key.thread)
}

/// Reads lines, and keeps a message that may go on.
#[derive(Default)]
struct LogReader {
    message: Option<Box<Message>>,
}

impl Reader for LogReader {
    fn read(&mut self, scan: &mut Scan<'_>, block: &Block, chunk: &mut Chunk) {
        read_block(scan, &mut self.message, block, chunk);
    }

    fn finish(&mut self, scan: &mut Scan<'_>, chunk: &mut Chunk) {
        if let Some(message) = self.message.take() {
            message.finish(scan, true, 0, chunk);
        }
    }

    fn notices(&self, log: &LogSummary<'_>) -> Vec<LogWarning> {
        notices(log)
    }
}

fn read_block(
    scan: &mut Scan<'_>,
    open: &mut Option<Box<Message>>,
    block: &Block,
    chunk: &mut Chunk,
) {
    let bytes = block.bytes();
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        if start < bytes.len() {
            let whole = end < bytes.len();
            let place = Place::new(scan.part, block.offset + start as u64);
            let next = if whole { &bytes[end + 1..] } else { &[] };
            scan_line((scan, open), &bytes[start..end], place, whole, next, chunk);
            chunk.n_lines += u64::from(whole);
        }
        start = end + 1;
    }
}

/// Scans a line; `next` is what follows it in its block.
fn scan_line(
    (scan, open): (&mut Scan<'_>, &mut Option<Box<Message>>),
    line: &[u8],
    place: Place,
    whole: bool,
    next: &[u8],
    chunk: &mut Chunk,
) {
    let starts = has_head(line);
    if starts {
        if let Some(message) = open.take() {
            message.finish(scan, true, 1, chunk);
        }
        chunk.debug |= line.starts_with(b"d> ");
        if whole && !has_head(next) {
            // It may go on.
            *open = Some(Box::new(Message::new(line, place)));
            return;
        }
    } else if let Some(message) = open {
        message.go_on(line, place);
        if !whole && let Some(message) = open.take() {
            message.finish(scan, false, 0, chunk);
        }
        return;
    }
    let text = legible(line);
    let event = event_of(&text, whole, scan.imports);
    push(scan, event, place, chunk);
}

/// Returns the event of a message, to look at it.
fn parse(text: &str) -> Option<ParsedEvent<'_>> {
    match message::normal(text) {
        Cow::Borrowed(text) => event_of(text, true, None).ok(),
        Cow::Owned(text) => event_of(&text, true, None).ok().map(ParsedEvent::into_static),
    }
}

#[cfg(test)]
mod tests {
    use super::line::NoEvent;
    use super::*;
    use crate::value::Value;

    fn shown(message: &str) -> String {
        let line = format!("d> F8000008 {message}");
        match event_of(&line, true, None) {
            Ok(event) => {
                let name = event.name.unwrap_or_default();
                format!("{} {name} {}", event.kind, Value::Object(event.payload))
            }
            Err(NoEvent::Skip(why)) => why.reason.to_owned(),
            Err(NoEvent::Cut) => "cut".to_owned(),
            Err(NoEvent::Torn(what)) => what.to_owned(),
        }
    }

    #[test]
    fn arguments_stand_in_their_registers() {
        assert_eq!(
            shown("NtAllocateVirtualMemory(7018FB90(00000000), 00010000, -1, 1.5)"),
            r#"kernel.call NtAllocateVirtualMemory {"args": {"r3": "0x7018fb90", "r4": "0x10000", "r5": "-1", "r6": "1.5"}, "behind": {"r3": "00000000"}}"#
        );
        assert_eq!(
            shown("KeGetCurrentProcessType()"),
            r#"kernel.call KeGetCurrentProcessType {"args": {}}"#
        );
        assert_eq!(
            shown("NtOpenFile(what, 00000001)"),
            r#"kernel.call NtOpenFile {"args": {"r3": "what, 00000001"}}"#
        );
        assert_eq!(
            shown(r"NtOpenFile(7018F0C0(FFFFFFFD,game:\a,b (1).bin,00000040), 00000001)"),
            r#"kernel.call NtOpenFile {"args": {"r3": "0x7018f0c0", "r4": "0x1"}, "args_resolved": {"path": "game:\\a,b (1).bin"}}"#
        );
    }

    #[test]
    fn what_a_pointer_points_at_may_hold_commas_and_parentheses() {
        assert_eq!(
            shown("DbgPrint(82000000(a, b) (c)), 0000002A)"),
            r#"kernel.call DbgPrint {"args": {"r3": "0x82000000", "r4": "0x2a"}, "text": {"r3": "a, b) (c)"}}"#
        );
        assert_eq!(
            shown("DbgPrint(82000000(first line"),
            r#"kernel.call DbgPrint {"args": {"r3": "0x82000000"}, "text": {"r3": "first line"}}"#
        );
    }

    #[test]
    fn results_handles_and_threads_are_events_of_their_own() {
        assert_eq!(
            shown("NtAllocateVirtualMemory = 40000000"),
            r#"kernel.return NtAllocateVirtualMemory {"return_value": "0x40000000"}"#
        );
        assert_eq!(
            shown("Added handle:F8000010 for class xe::XEvent"),
            r#"handle.create  {"raw_handle_id": "0xf8000010", "class": "class xe::XEvent"}"#
        );
        assert!(
            shown("XThread::Execute thid 6 (handle=F8000010, 'Main', native=1)")
                .starts_with("thread.start")
        );
        assert_eq!(shown("Loading module (x)"), "a debug message");
        assert_eq!(shown("a = b"), "a debug message");
        assert!(parse("second line)").is_none());
    }
}

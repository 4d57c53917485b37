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
//! A line is a level, the thread's handle and a message. There is no clock and there are next to no
//! results. A pointer stands before what it points at; what that is may hold anything, commas,
//! parentheses and ends of lines too, so that a call may take several lines ([`message`]): the lines are
//! scanned in their order. Helpers of the engine's own are printed in the same way: a list of imports
//! tells them apart. Invariant: a message in the shape of a call is an event, however little of its
//! arguments is understood.

mod message;
mod torn;

use std::borrow::Cow;

use crate::ingest::adapter::{Header, Parsed, Scan, Seen};
use crate::ingest::block::Block;
use crate::ingest::chunk::{Chunk, Row};
use crate::ingest::error::ReadError;
use crate::ingest::fault::FaultKind;
use crate::ingest::imports::Imports;
use crate::ingest::lines::legible;
use crate::ingest::notice::Notice;
use crate::ingest::skip::{EMPTY, Skip};
use crate::trace::{LaneKey, Place};
use crate::value::Value;

pub use message::{Message, join};

static DEBUG: Skip = Skip::expected("a debug message");
static INFO: Skip = Skip::expected("an info message");
static WARNING: Skip = Skip::expected("a warning");
static ERROR: Skip = Skip::worth_a_look(
    "an error message",
    "it may say why the program went another way: grep '^!>' LOG",
);
static OTHER: Skip = Skip::expected("a message of another level");
static CALL_GOES_ON: Skip = Skip::expected("more of a text: compared with the call before");
static NOT_IMPORTED: Skip = Skip::expected("no import of the program's (--imports)");
static NO_HEAD: Skip = Skip::expected("no head: more of the message before");

/// Why lines hold no event to compare.
pub static SKIPS: [&Skip; 9] =
    [&DEBUG, &INFO, &WARNING, &ERROR, &OTHER, &NOT_IMPORTED, &CALL_GOES_ON, &NO_HEAD, &EMPTY];

/// Why a line holds no event.
enum NoEvent {
    Skip(&'static Skip),
    /// It is the start of one that is not whole.
    Cut,
    /// It holds a call, or a piece of one, beside something else.
    Torn(&'static str),
}

/// Returns whether one of the log's first lines has a head and is an event.
pub fn sniff(head: &[u8]) -> bool {
    const LOOKED_AT: usize = 64 << 10;
    let head = legible(&head[..head.len().min(LOOKED_AT)]);
    head.lines().any(|line| parse(line).is_some())
}

/// Returns what the log says about itself: nothing.
pub fn header(_label: &str, _head: &[u8]) -> Result<Header, ReadError> {
    Ok(Header { engine: Some("xenia".to_owned()), ..Header::default() })
}

/// Returns what is to be said of a log as a whole: whether kernel calls were logged at all.
pub fn notices(seen: &Seen<'_>) -> Vec<Notice> {
    if seen.debug {
        return Vec::new();
    }
    let what = "no line is of level d, which most kernel calls are";
    Vec::from([Notice::loses_events(what, "run Xenia with --log_level=3")])
}

/// Writes a lane as the log does: the thread's handle.
pub fn lane(key: LaneKey) -> String {
    format!("{:08X}", key.thread)
}

/// Scans the lines of a block, after those of the block before.
pub fn scan(scan: &mut Scan<'_>, block: &Block, chunk: &mut Chunk) {
    let bytes = block.bytes();
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        if start < bytes.len() {
            let whole = end < bytes.len();
            let place = Place::new(scan.part, block.offset + start as u64);
            let next = if whole { &bytes[end + 1..] } else { &[] };
            scan_line(scan, &bytes[start..end], place, whole, next, chunk);
            chunk.n_lines += u64::from(whole);
        }
        start = end + 1;
    }
}

/// Adds the message that is still open when the log has ended.
pub fn finish(scan: &mut Scan<'_>, chunk: &mut Chunk) {
    if let Some(message) = scan.halves.message.take() {
        message.finish(scan, true, 0, chunk);
    }
}

/// Scans a line; `next` is what follows it in its block.
fn scan_line(
    scan: &mut Scan<'_>,
    line: &[u8],
    place: Place,
    whole: bool,
    next: &[u8],
    chunk: &mut Chunk,
) {
    let starts = has_head(line);
    if starts {
        if let Some(message) = scan.halves.message.take() {
            message.finish(scan, true, 1, chunk);
        }
        chunk.debug |= line.starts_with(b"d> ");
        if whole && !has_head(next) {
            // It may go on.
            scan.halves.message = Some(Box::new(Message::new(line, place)));
            return;
        }
    } else if let Some(message) = &mut scan.halves.message {
        message.go_on(line, place);
        if !whole && let Some(message) = scan.halves.message.take() {
            message.finish(scan, false, 0, chunk);
        }
        return;
    }
    let text = legible(line);
    let event = event_of(&text, whole, scan.imports);
    push(scan, event, place, chunk);
}

fn push(scan: &mut Scan<'_>, event: Result<Parsed<'_>, NoEvent>, place: Place, chunk: &mut Chunk) {
    match event {
        Ok(event) => {
            let key = event.key;
            let (symbol, token) = scan.event(event);
            chunk.push(key, Row { token, place, symbol, index: None }, &mut scan.asides);
        }
        Err(NoEvent::Skip(why)) => chunk.skip(why),
        Err(NoEvent::Cut) => chunk.fault(FaultKind::Torn, "the last line is not whole: a call"),
        Err(NoEvent::Torn(what)) => chunk.fault(FaultKind::TornCall, what),
    }
}

/// Returns the event of a message, to look at it.
pub fn parse(text: &str) -> Option<Parsed<'_>> {
    match message::normal(text) {
        Cow::Borrowed(text) => event_of(text, true, None).ok(),
        Cow::Owned(text) => event_of(&text, true, None).ok().map(Parsed::into_static),
    }
}

fn event_of<'a>(
    line: &'a str,
    whole: bool,
    imports: Option<&Imports>,
) -> Result<Parsed<'a>, NoEvent> {
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.trim().is_empty() {
        return Err(NoEvent::Skip(&EMPTY));
    }
    if torn::holds_a_head(line) {
        return Err(NoEvent::Torn("two lines in one"));
    }
    let Some((level, thread, message)) = head(line) else {
        return Err(torn::of_skipped(line).map_or(NoEvent::Skip(&NO_HEAD), NoEvent::Torn));
    };
    let key = LaneKey { process: None, thread: i64::from(thread) };
    let event = |kind: &'static str, name: Option<&'_ str>, payload| Parsed {
        key,
        index: None,
        kind: Cow::Borrowed(kind),
        name: name.map(|name| Cow::Owned(name.to_owned())),
        payload,
        clock: None,
    };
    let is_import = |name: &str| imports.is_none_or(|imports| imports.contains(name));
    if let Some((name, arguments)) = call(message) {
        let closed = arguments.strip_suffix(')');
        if closed.is_none() && !whole {
            return Err(NoEvent::Cut);
        }
        if !is_import(name) {
            return Err(NoEvent::Skip(&NOT_IMPORTED));
        }
        let payload = payload(closed.unwrap_or(arguments));
        return Ok(event("kernel.call", Some(name), payload));
    }
    if let Some((name, value)) = message.split_once(" = ")
        && is_name(name)
        && let Some(word) = word(value.trim_end())
    {
        if !is_import(name) {
            return Err(NoEvent::Skip(&NOT_IMPORTED));
        }
        let payload = vec![(Cow::Borrowed("return_value"), word)];
        return Ok(event("kernel.return", Some(name), payload));
    }
    for (words, kind) in [("Added handle:", "handle.create"), ("Removed handle:", "handle.destroy")]
    {
        if let Some((handle, class)) = message.strip_prefix(words).and_then(handle_of) {
            let payload = vec![
                (Cow::Borrowed("raw_handle_id"), handle),
                (Cow::Borrowed("class"), Value::Text(Cow::Borrowed(class))),
            ];
            return Ok(event(kind, None, payload));
        }
    }
    if let Some(rest) = message.strip_prefix("XThread::Execute thid ") {
        let payload = vec![(Cow::Borrowed("started"), Value::Text(Cow::Borrowed(rest)))];
        return Ok(event("thread.start", None, payload));
    }
    Err(NoEvent::Skip(match level {
        'd' => &DEBUG,
        'i' => &INFO,
        'w' => &WARNING,
        '!' | 'e' | 'X' => &ERROR,
        _ => &OTHER,
    }))
}

/// Whether a line, or what starts with one, begins like a message.
fn has_head(text: &[u8]) -> bool {
    let is_hex = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_hexdigit);
    text.len() >= 11
        && text[0].is_ascii_graphic()
        && text[1..].starts_with(b"> ")
        && is_hex(&text[3..11])
        && text.get(11).is_none_or(|&byte| matches!(byte, b' ' | b'\n' | b'\r'))
}

/// How far the brackets of a message close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Brackets {
    /// It is no call.
    None,
    /// Those of the call, or of a text in it, do not close.
    Open,
    /// That of the call closes; what stands inside is not understood.
    Closed,
    /// All close, and each argument is understood.
    Whole,
}

fn brackets(line: &str) -> Brackets {
    let message = head(line).map(|(_, _, message)| message);
    let Some((_, arguments)) = message.and_then(call) else { return Brackets::None };
    let Some(arguments) = arguments.strip_suffix(')') else { return Brackets::Open };
    let mut rest = Some(arguments).filter(|text| !text.is_empty());
    while let Some(text) = rest {
        match argument(text) {
            Some((argument, next)) if argument.is_closed => rest = next,
            Some(_) => return Brackets::Open,
            None => return Brackets::Closed,
        }
    }
    Brackets::Whole
}

/// Returns level, thread and message of `d> F8000008 …`.
fn head(line: &str) -> Option<(char, u32, &str)> {
    let mut letters = line.chars();
    let level = letters.next().filter(char::is_ascii_graphic)?;
    let rest = letters.as_str().strip_prefix("> ")?;
    let (thread, message) = rest.split_at_checked(8)?;
    let message = message.strip_prefix(' ').or_else(|| message.is_empty().then_some(""))?;
    let is_hex = thread.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some((level, u32::from_str_radix(thread, 16).ok().filter(|_| is_hex)?, message))
}

/// Returns name and arguments of `Name(…`.
fn call(message: &str) -> Option<(&str, &str)> {
    let (name, arguments) = message.split_once('(')?;
    is_name(name).then(|| (name, arguments.trim_end()))
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn handle_of(text: &str) -> Option<(Value<'_>, &str)> {
    let (handle, class) = text.split_once(" for ")?;
    Some((word(handle)?, class))
}

/// Returns a word of 4, 8 or 16 hexadecimal digits as event logs have it: `0x` and no zeros before.
fn word(text: &str) -> Option<Value<'static>> {
    is_word(text).then(|| {
        let word = u64::from_str_radix(text, 16).unwrap_or(u64::MAX);
        Value::Text(Cow::Owned(format!("{word:#x}")))
    })
}

fn is_word(text: &str) -> bool {
    matches!(text.len(), 4 | 8 | 16) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether text is a number as `%d` and `%G` write them.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.parse::<f64>().is_ok()
}

/// One argument: what it is, and what stands behind it if it is a pointer.
struct Argument<'a> {
    value: &'a str,
    behind: Option<&'a str>,
    /// Whether what stands behind it ends.
    is_closed: bool,
}

/// Returns the first argument and what follows it, without the comma.
fn argument(text: &str) -> Option<(Argument<'_>, Option<&str>)> {
    let end = text.find([',', '(']).unwrap_or(text.len());
    let (value, rest) = text.split_at(end);
    if !is_word(value) && !is_number(value) {
        return None;
    }
    let Some(inside) = rest.strip_prefix('(') else {
        let next = if rest.is_empty() { None } else { Some(rest.strip_prefix(", ")?) };
        return Some((Argument { value, behind: None, is_closed: true }, next));
    };
    // What a pointer points at may hold anything: it ends where an argument may begin again.
    for (at, _) in inside.match_indices(')') {
        let (behind, after) = (&inside[..at], &inside[at + 1..]);
        let next = match after.strip_prefix(", ") {
            Some(next) if begins_argument(next) => Some(next),
            _ if after.is_empty() => None,
            _ => continue,
        };
        return Some((Argument { value, behind: Some(behind), is_closed: true }, next));
    }
    Some((Argument { value, behind: Some(inside), is_closed: false }, None))
}

fn begins_argument(text: &str) -> bool {
    let end = text.find([',', '(']).unwrap_or(text.len());
    is_word(&text[..end]) || is_number(&text[..end])
}

/// Returns the payload of a call. Arguments stand in the registers that the guest passes them in.
fn payload(text: &str) -> Vec<(Cow<'_, str>, Value<'_>)> {
    let (mut args, mut behind, mut texts, mut resolved) = (vec![], vec![], vec![], vec![]);
    let mut rest = Some(text).filter(|text| !text.is_empty());
    let mut place = 0;
    while let Some(text) = rest {
        let register: Cow<'_, str> = Cow::Owned(if place < 8 {
            format!("r{}", 3 + place)
        } else {
            format!("stack{}", place - 8)
        });
        place += 1;
        let Some((argument, next)) = argument(text) else {
            args.push((register, Value::Text(Cow::Borrowed(text)))); // not understood, and compared
            break;
        };
        rest = next;
        let plain = || Value::Text(Cow::Borrowed(argument.value));
        args.push((register.clone(), word(argument.value).unwrap_or_else(plain)));
        match argument.behind {
            None => {}
            Some(text) if is_word(text) || is_number(text) => {
                behind.push((register, Value::Text(Cow::Borrowed(text))));
            }
            Some(text) => match attributes(text) {
                Some(path) => {
                    resolved.push((Cow::Borrowed("path"), Value::Text(Cow::Borrowed(path))));
                }
                None => texts.push((register, Value::Text(Cow::Borrowed(text)))),
            },
        }
    }
    let mut payload = vec![(Cow::Borrowed("args"), Value::Object(args))];
    resolved.truncate(1);
    for (key, members) in [("args_resolved", resolved), ("behind", behind), ("text", texts)] {
        if !members.is_empty() {
            payload.push((Cow::Borrowed(key), Value::Object(members)));
        }
    }
    payload
}

/// Returns the path of an object's attributes: `ROOT,PATH,ATTRIBUTES`.
fn attributes(text: &str) -> Option<&str> {
    let (root, rest) = text.split_once(',')?;
    let (path, attributes) = rest.rsplit_once(',')?;
    (is_word(root) && is_word(attributes)).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(message: &str) -> String {
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
            told("NtAllocateVirtualMemory(7018FB90(00000000), 00010000, -1, 1.5)"),
            r#"kernel.call NtAllocateVirtualMemory {"args": {"r3": "0x7018fb90", "r4": "0x10000", "r5": "-1", "r6": "1.5"}, "behind": {"r3": "00000000"}}"#
        );
        assert_eq!(
            told("KeGetCurrentProcessType()"),
            r#"kernel.call KeGetCurrentProcessType {"args": {}}"#
        );
        assert_eq!(
            told("NtOpenFile(what, 00000001)"),
            r#"kernel.call NtOpenFile {"args": {"r3": "what, 00000001"}}"#
        );
        assert_eq!(
            told(r"NtOpenFile(7018F0C0(FFFFFFFD,game:\a,b (1).bin,00000040), 00000001)"),
            r#"kernel.call NtOpenFile {"args": {"r3": "0x7018f0c0", "r4": "0x1"}, "args_resolved": {"path": "game:\\a,b (1).bin"}}"#
        );
    }

    #[test]
    fn what_a_pointer_points_at_may_hold_commas_and_parentheses() {
        assert_eq!(
            told("DbgPrint(82000000(a, b) (c)), 0000002A)"),
            r#"kernel.call DbgPrint {"args": {"r3": "0x82000000", "r4": "0x2a"}, "text": {"r3": "a, b) (c)"}}"#
        );
        assert_eq!(
            told("DbgPrint(82000000(first line"),
            r#"kernel.call DbgPrint {"args": {"r3": "0x82000000"}, "text": {"r3": "first line"}}"#
        );
    }

    #[test]
    fn results_handles_and_threads_are_events_of_their_own() {
        assert_eq!(
            told("NtAllocateVirtualMemory = 40000000"),
            r#"kernel.return NtAllocateVirtualMemory {"return_value": "0x40000000"}"#
        );
        assert_eq!(
            told("Added handle:F8000010 for class xe::XEvent"),
            r#"handle.create  {"raw_handle_id": "0xf8000010", "class": "class xe::XEvent"}"#
        );
        assert!(
            told("XThread::Execute thid 6 (handle=F8000010, 'Main', native=1)")
                .starts_with("thread.start")
        );
        assert_eq!(told("Loading module (x)"), "a debug message");
        assert_eq!(told("a = b"), "a debug message");
        assert!(parse("second line)").is_none());
    }
}

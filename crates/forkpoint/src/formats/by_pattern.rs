//! Any log of one event a line, read by the regular expression of a profile.
//!
//! ```text
//! C000 A:00 X:00 Y:00 P:24 SP:FD CYC:0
//! C5F5 A:00 X:00 Y:00 P:24 SP:FD CYC:3
//! A:01 F:B0 B:00 C:13 D:00 E:D8 H:01 L:4D SP:FFFE PC:0100 PCMEM:00,C3,13,02
//! A:01 F:B0 B:00 C:13 D:00 E:D8 H:01 L:4D SP:FFFE PC:0101 PCMEM:C3,13,02,CE
//! [0012.500] 7 read(3, 4096) = 17
//! ```
//!
//! Its one idea: the profile knows the line ([`Pattern`]), nothing here does. A line stands for
//! itself; one that the profile does not know is damaged, not left out.

use crate::error::Error;
use crate::formats::format::{Format, Header, Reader, WrittenBy};
use crate::profile::{BUILTIN, MAX_TEXT, NoEvent, Pattern, PatternMatch, Profile};
use crate::scan::Scan;
use crate::scan::block::Block;
use crate::scan::chunk::{Chunk, Row};
use crate::trace::fault::FaultKind;
use crate::trace::line::legible;
use crate::trace::parsed_event::ParsedEvent;
use crate::trace::skip::{EMPTY, Skip};
use crate::trace::{LaneKey, Place};

static NO_EVENT: Skip = Skip::expected("no event, as the profile says");

/// Why lines hold no event to compare.
pub static SKIPS: [&Skip; 2] = [&NO_EVENT, &EMPTY];

/// The format.
pub static FORMAT: Format = Format {
    name: "lines",
    about: "any log of one event a line that a profile describes ([adapter] pattern)",
    known_by: "its first line, which the pattern of a profile matches (nestest and gameboy are shipped)",
    profile: "nestest",
    mixed_profile: None,
    written_by: WrittenBy::Described,
    first_line: None,
    in_order: false,
    takes_imports: false,
    sniff,
    header,
    reader: || Box::new(LogReader),
    parse,
    images: None,
    lane: LaneKey::as_program,
    skips: &SKIPS,
    join: None,
};

/// Returns whether a profile that comes with the program knows the log's first line.
fn sniff(head: &[u8]) -> bool {
    suiting(head).is_some()
}

/// Returns what is known of the log: the profile that knows its lines.
fn header(_label: &str, head: &[u8]) -> Result<Header, Error> {
    Ok(Header { profile: suiting(head).map(str::to_owned), by_pattern: true, ..Header::default() })
}

/// Returns the profile, of those that come with the program, that knows the log's first line.
fn suiting(head: &[u8]) -> Option<&'static str> {
    BUILTIN.iter().map(|(name, _)| *name).find(|name| {
        let profile = Profile::load(name, &[]).ok();
        profile.is_some_and(|profile| profile.pattern().is_some_and(|pattern| suits(pattern, head)))
    })
}

/// Returns whether a pattern knows the log's first line.
pub fn suits(pattern: &Pattern, head: &[u8]) -> bool {
    pattern.suits(&legible(&head[..head.len().min(MAX_TEXT)]))
}

/// Reads lines; each is independent of the others.
#[derive(Default)]
struct LogReader;

impl Reader for LogReader {
    fn read(&mut self, scan: &mut Scan<'_>, block: &Block, chunk: &mut Chunk) {
        read_block(scan, block, chunk);
    }
}

fn read_block(scan: &mut Scan<'_>, block: &Block, chunk: &mut Chunk) {
    let Some(pattern) = scan.pattern.clone() else { return }; // a log is not read without
    let bytes = block.bytes();
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        if start < bytes.len() {
            let whole = end < bytes.len();
            let place = Place::new(scan.part, block.offset + start as u64);
            scan_line(scan, &pattern, &bytes[start..end], place, whole, chunk);
            chunk.n_lines += u64::from(whole);
        }
        start = end + 1;
    }
}

fn scan_line(
    scan: &mut Scan<'_>,
    pattern: &Pattern,
    line: &[u8],
    place: Place,
    whole: bool,
    chunk: &mut Chunk,
) {
    if line.trim_ascii().is_empty() {
        return chunk.skip(&EMPTY);
    }
    let text = legible(without_return(line));
    match pattern.find(&text) {
        Ok(found) => {
            let event = event(found);
            let key = event.key;
            let (symbol, token) = scan.event(event);
            chunk.push(key, Row { token, place, symbol, index: None }, &mut scan.asides);
        }
        Err(NoEvent::Skipped) => chunk.skip(&NO_EVENT),
        Err(NoEvent::TooLong) => {
            let most = MAX_TEXT >> 10;
            chunk.fault(FaultKind::TooLong, format!("a line is longer than {most} KiB"));
        }
        Err(NoEvent::Unmatched) if whole => {
            chunk.fault(FaultKind::Malformed, "the profile's pattern does not match the line");
        }
        Err(NoEvent::Unmatched) => {
            let detail = "the last line is not whole: the profile's pattern does not match it";
            chunk.fault(FaultKind::Torn, detail);
        }
        Err(NoEvent::NoThread(detail)) => chunk.fault(FaultKind::NoThread, detail),
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn event(found: PatternMatch<'_>) -> ParsedEvent<'_> {
    ParsedEvent {
        key: LaneKey { process: found.process, thread: found.thread },
        index: None,
        kind: found.kind,
        name: found.name,
        payload: found.payload,
        clock: found.clock,
    }
}

/// Returns the event of a line, to look at it.
fn parse<'a>(pattern: Option<&'a Pattern>, text: &'a str) -> Option<ParsedEvent<'a>> {
    pattern?.find(text.strip_suffix('\r').unwrap_or(text)).ok().map(event)
}

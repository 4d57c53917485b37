//! Schema v1: JSON Lines, one event a line, a header first.
//!
//! The scan reads each line once and builds nothing: the members of the payload are hashed as they
//! stand, and only those that a rule is about are read as values.

mod conversion;
mod escape;
mod event;
pub mod json;
mod payload;
mod runs;
mod shape;

use std::borrow::Cow;

use forkpoint_event::{Header, HeaderError};

use crate::error::Error;
use crate::formats::format::{
    FirstLine, Format, Header as LogHeader, Reader as LineReader, WrittenBy,
};
use crate::scan::Scan;
use crate::scan::block::Block;
use crate::scan::chunk::{Chunk, Row};
use crate::trace::fault::FaultKind;
use crate::trace::parsed_event::ParsedEvent;
use crate::trace::skip::{EMPTY, HEADER, Skip};
use crate::trace::{LaneKey, Place, SymbolId};
use crate::value::{self, Value};
pub use event::Memory;
use event::Scanned;
use json::Reader;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Why lines hold no event to compare.
pub static SKIPS: [&Skip; 2] = [&HEADER, &EMPTY];

/// The format.
pub static FORMAT: Format = Format {
    name: "event-log",
    about: "schema v1: JSON Lines, one event a line, a schema_version header first",
    known_by: "a JSON object in its first line",
    profile: "strict",
    mixed_profile: None,
    written_by: WrittenBy::Emitters,
    first_line: Some(FirstLine {
        example: "{\"kind\":\"schema_version\",\"schema_version\":1}\n",
        is_there: has_header,
    }),
    in_order: false,
    takes_imports: false,
    sniff,
    header,
    reader: || Box::new(LogReader::default()),
    parse: |_, text| parse(text),
    images: None,
    lane: LaneKey::as_program,
    skips: &SKIPS,
    join: None,
};

/// Returns whether the log starts as JSON.
fn sniff(head: &[u8]) -> bool {
    without_mark(head).trim_ascii_start().first() == Some(&b'{')
}

fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line)
}

/// Returns whether the log starts with the header of an event log.
fn has_header(head: &[u8]) -> bool {
    let line = without_mark(head.split(|&byte| byte == b'\n').next().unwrap_or_default());
    Header::parse(line.trim_ascii_end()).is_ok()
}

/// Reads the header of one of a log's files.
fn header(label: &str, head: &[u8]) -> Result<LogHeader, Error> {
    let line = without_mark(head.split(|&byte| byte == b'\n').next().unwrap_or_default());
    let line = line.trim_ascii_end();
    let error = |message: String| Error::new(label, message).at_line(1);
    let Header { engine, visible, .. } = Header::parse(line).map_err(|why| {
        let hint = match why {
            HeaderError::OtherVersion(_) => "this program reads version 1",
            HeaderError::BadVisible(_) => {
                r#"such as "visible": {"records": ["kernel.call"], "never": [], "lacks": ["return_value"]}"#
            }
            HeaderError::BadEngine(_) => r#"such as "engine": "ours""#,
            _ => r#"the first line must be {"kind":"schema_version","schema_version":1}"#,
        };
        error(why.to_string()).hint(hint)
    })?;
    let conversion = conversion::read(line).map_err(|conversion::Unclear { message, hint }| {
        let hint =
            hint.unwrap_or_else(|| "was the header damaged? convert the original again".to_owned());
        error(message).hint(hint)
    })?;
    Ok(LogHeader { engine, visible, ..conversion })
}

/// Reads lines, with what one thread keeps between them.
#[derive(Default)]
struct LogReader {
    memory: Memory,
}

impl LineReader for LogReader {
    fn read(&mut self, scan: &mut Scan<'_>, block: &Block, chunk: &mut Chunk) {
        read_block(scan, &mut self.memory, block, chunk);
    }
}

fn read_block(scan: &mut Scan<'_>, memory: &mut Memory, block: &Block, chunk: &mut Chunk) {
    let bytes = block.bytes();
    // One check for the block; where it fails, one for each line.
    let text = std::str::from_utf8(bytes).ok();
    let mut start = 0;
    while start < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at);
        let offset = block.offset + start as u64;
        let line = match text {
            Some(text) => Ok(&text[start..end]),
            None => {
                std::str::from_utf8(&bytes[start..end]).map_err(|error| start + error.valid_up_to())
            }
        };
        match line {
            Ok(line) => scan_line((scan, memory), line, offset, end < bytes.len(), chunk),
            Err(at) => chunk.fault(
                FaultKind::NotUtf8,
                format!("byte 0x{:02x} at column {} is no UTF-8", bytes[at], at - start + 1),
            ),
        }
        chunk.n_lines += u64::from(end < bytes.len());
        start = end + 1;
    }
}

fn scan_line(
    (scan, memory): (&mut Scan<'_>, &mut Memory),
    line: &str,
    offset: u64,
    whole: bool,
    chunk: &mut Chunk,
) {
    let line = if offset == 0 { line.trim_start_matches('\u{feff}') } else { line };
    if line.bytes().all(|byte| byte.is_ascii_whitespace()) {
        chunk.skip(&EMPTY);
        return;
    }
    if offset == 0 && (scan.part == 0 || Header::parse(line.as_bytes()).is_ok()) {
        chunk.skip(&HEADER);
        return;
    }
    match event::scan_event(scan, memory, line) {
        Ok(Scanned { key, index, symbol, token }) => {
            let (symbol, token) = variant(scan, line).unwrap_or((symbol, token));
            let place = Place::new(scan.part, offset);
            let row = Row { token, place, symbol, index: Some(index) };
            chunk.push(key, row, &mut scan.asides);
        }
        Err((_, detail)) if !whole => {
            scan.asides.clear();
            chunk.fault(FaultKind::Torn, format!("the last line is not whole: {detail}"));
        }
        Err((kind, detail)) => {
            scan.asides.clear();
            chunk.fault(kind, detail);
        }
    }
}

/// Returns symbol and token of an event that the profile calls otherwise than the log, by its payload.
fn variant(scan: &mut Scan<'_>, line: &str) -> Option<(SymbolId, u64)> {
    // What a converted log's original had in hexadecimal, a member of its own says.
    let tells_hex = scan.table.tells_hex_apart()
        && memchr::memmem::find(line.as_bytes(), b",\"hex\":").is_some();
    if !tells_hex && !scan.table.has_variants() {
        return None;
    }
    let parsed = parse(line)?;
    let name = parsed.name.as_deref();
    if !tells_hex && scan.table.called(&parsed.kind, name, &parsed.payload).as_deref() == name {
        return None;
    }
    scan.asides.clear();
    Some(scan.event(parsed))
}

/// Returns the event of a line, as a tree, for who wants to look at it.
pub fn parse(line: &str) -> Option<ParsedEvent<'_>> {
    let mut scratch = json::Scratch::default();
    let mut reader = Reader::new(line.trim_start_matches('\u{feff}'), &mut scratch);
    let Value::Object(members) = reader.value().ok()? else { return None };
    let mut parsed = ParsedEvent::default();
    let mut hex = Value::Null;
    for (key, value) in members {
        match (&*key, value) {
            ("kind", Value::Text(kind)) => parsed.kind = kind,
            ("tid", Value::Number(value::Number::Integer(tid))) => {
                parsed.key.thread = i64::try_from(tid).ok()?;
            }
            ("tid_event_idx", Value::Number(value::Number::Integer(index))) => {
                parsed.index = u64::try_from(index).ok();
            }
            ("process_id", Value::Number(value::Number::Integer(process))) => {
                parsed.key.process = u32::try_from(process).ok();
            }
            ("hex", value) => hex = value,
            ("host_ns", Value::Number(value::Number::Integer(clock))) => {
                parsed.clock = i64::try_from(clock).ok();
            }
            ("payload", Value::Object(payload)) => parsed.payload = payload,
            _ => {}
        }
    }
    for (key, value) in &mut parsed.payload {
        show_in_hex(value, &mut vec![key], &hex);
    }
    parsed.payload.retain(|(_, value)| !value.is_null());
    parsed.name = parsed.payload.iter().find_map(|(key, value)| match (&**key, value) {
        ("name", Value::Text(name)) => Some(name.clone()),
        _ => None,
    });
    parsed.name = parsed.name.or_else(|| {
        parsed.payload.iter().find_map(|(key, value)| match (&**key, value) {
            ("ord", Value::Number(number)) => {
                Some(Cow::Owned(format!("#{}", Value::Number(number.clone()))))
            }
            _ => None,
        })
    });
    Some(parsed)
}

/// Turns the numbers that a converted log's original has in hexadecimal into such: all, or those at
/// the places that `hex` lists.
fn show_in_hex<'a>(value: &'a mut Value<'_>, path: &mut Vec<&'a str>, hex: &Value<'_>) {
    match value {
        Value::Number(value::Number::Integer(integer)) => {
            let is_listed = match hex {
                Value::Bool(all) => *all,
                Value::List(places) => places.iter().any(|place| is_path(place, path)),
                _ => false,
            };
            if let (true, Ok(word)) = (is_listed, u64::try_from(*integer)) {
                *value = Value::Hex(word);
            }
        }
        Value::List(elements) => {
            for element in elements {
                show_in_hex(element, &mut path.clone(), hex);
            }
        }
        Value::Object(members) => {
            for (key, value) in members {
                let mut path = path.clone();
                path.push(key);
                show_in_hex(value, &mut path, hex);
            }
        }
        _ => {}
    }
}

fn is_path(place: &Value<'_>, path: &[&str]) -> bool {
    let Value::List(keys) = place else { return false };
    let is_key = |(key, part): (&Value<'_>, &&str)| matches!(key, Value::Text(key) if key == part);
    keys.len() == path.len() && keys.iter().zip(path).all(is_key)
}

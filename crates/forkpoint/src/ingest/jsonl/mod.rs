//! Schema v1: JSON Lines, one event a line, a header first.
//!
//! The scan reads each line once and builds nothing: the members of the payload are hashed as they
//! stand, and only those that a rule is about are read as values.

pub mod json;

use std::borrow::Cow;

use forkpoint_event::{Header, HeaderError};

use crate::ingest::adapter::{Header as LogHeader, Parsed, Scan};
use crate::ingest::block::Block;
use crate::ingest::chunk::{Chunk, Row};
use crate::ingest::error::ReadError;
use crate::ingest::fault::FaultKind;
use crate::ingest::token;
use crate::trace::{LaneKey, Place};
use crate::value::{self, Value};
use json::{Flaw, Key, Reader};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Returns whether the log starts as JSON.
pub fn sniff(head: &[u8]) -> bool {
    without_mark(head).trim_ascii_start().first() == Some(&b'{')
}

fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line)
}

/// Reads the header of a log's first file.
pub fn header(label: &str, head: &[u8]) -> Result<LogHeader, ReadError> {
    let line = without_mark(head.split(|&byte| byte == b'\n').next().unwrap_or_default());
    let hint = match Header::parse(line.trim_ascii_end()) {
        Ok(Header { engine, visible, .. }) => return Ok(LogHeader { engine, visible }),
        Err(HeaderError::OtherVersion(_)) => "this program reads version 1",
        Err(HeaderError::BadVisible(_)) => {
            r#"such as "visible": {"records": ["kernel.call"], "never": [], "lacks": ["return_value"]}"#
        }
        Err(_) => r#"the first line must be {"kind":"schema_version","schema_version":1}"#,
    };
    let error = Header::parse(line.trim_ascii_end()).expect_err("it was refused a moment ago");
    Err(ReadError::new(label, error.to_string()).at_line(1).hint(hint))
}

/// Scans the lines of a block.
pub fn scan(scan: &mut Scan<'_>, block: &Block, chunk: &mut Chunk) {
    let bytes = &block.bytes;
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
            Ok(line) => scan_line(scan, line, offset, end < bytes.len(), chunk),
            Err(at) => chunk.fault(
                FaultKind::NotUtf8,
                format!("byte 0x{:02x} at column {} is no UTF-8", bytes[at], at - start + 1),
            ),
        }
        chunk.n_lines += u64::from(end < bytes.len());
        start = end + 1;
    }
}

fn scan_line(scan: &mut Scan<'_>, line: &str, offset: u64, whole: bool, chunk: &mut Chunk) {
    let line = if offset == 0 { line.trim_start_matches('\u{feff}') } else { line };
    if line.bytes().all(|byte| byte.is_ascii_whitespace()) {
        chunk.skip("empty line");
        return;
    }
    if offset == 0 && (scan.part == 0 || Header::parse(line.as_bytes()).is_ok()) {
        chunk.skip("header");
        return;
    }
    match scan_event(scan, line) {
        Ok((key, index, symbol, token)) => {
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

type Fault = (FaultKind, String);

fn malformed(flaw: Flaw) -> Fault {
    (FaultKind::Malformed, format!("no JSON: {} at column {}", flaw.what, flaw.at + 1))
}

/// The members of a payload, as the scan keeps them.
#[derive(Debug, Default)]
pub struct Members {
    list: Vec<Member>,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    key: u64,
    hash: u64,
    /// Where the value stands in the line.
    start: u32,
    end: u32,
}

type Scanned = (LaneKey, u64, crate::trace::SymbolId, u64);

/// Returns what a line's event is: its lane, its index, its symbol and its token.
fn scan_event(scan: &mut Scan<'_>, line: &str) -> Result<Scanned, Fault> {
    let mut top = Top::default();
    let members = &mut scan.members.list;
    members.clear(); // a line without a payload must not have that of the line before
    let mut reader = Reader::new(line, &mut scan.json);
    reader
        .object(|reader, key| match key.text {
            "kind" => take_text(reader, &mut top.kind),
            "tid" => take_integer(reader, &mut top.thread),
            "tid_event_idx" => take_integer(reader, &mut top.index),
            "payload" => take_payload(reader, &mut top, members),
            _ => reader.hash().map(|_| ()),
        })
        .map_err(malformed)?;
    reader.end().map_err(malformed)?;
    let kind = match top.kind {
        Text::Plain(text) => Cow::Borrowed(text),
        Text::Escaped(key) => reader.unescape(key),
        Text::Missing => return Err((FaultKind::NoKind, "an event without a kind".to_owned())),
        Text::Other => return Err((FaultKind::NoKind, "a kind that is no string".to_owned())),
    };
    let thread = thread(&top.thread)?;
    let index = index(&top.index)?;
    if top.payload_is_other {
        return Err((FaultKind::BadPayload, "the payload is no object".to_owned()));
    }
    let name = match top.name {
        Text::Plain(text) => Some(Cow::Borrowed(text)),
        Text::Escaped(key) => Some(reader.unescape(key)),
        // An import may be known by its number only.
        Text::Missing | Text::Other => top.ordinal.map(|ordinal| Cow::Owned(format!("#{ordinal}"))),
    };
    let (id, symbol) = scan.symbols.of(scan.table, &kind, name.as_deref());
    let mut sum = if scan.compare_index { token::index(index) } else { 0 };
    for (at, member) in members.iter().enumerate() {
        if member.hash == value::hash_null()
            || members[at + 1..].iter().any(|later| later.key == member.key)
        {
            continue; // null is absent, and of a key that stands twice the last counts
        }
        let hash = match symbol.plan.payload.member(member.key) {
            None => Some(member.hash),
            Some(node) => {
                let text = &line[member.start as usize..member.end as usize];
                let value = Reader::new(text, &mut scan.json).value().map_err(malformed)?;
                token::treated(node, value, member.key, &mut scan.asides)
            }
        };
        sum = sum.wrapping_add(hash.map_or(0, |hash| value::hash_member(member.key, hash)));
    }
    if let Some([id, pointer, object_type]) = symbol.plan.shared {
        let json = &mut scan.json;
        let mut field = |key| {
            let member = members.iter().rfind(|member| member.key == key)?;
            Reader::new(&line[member.start as usize..member.end as usize], json).value().ok()
        };
        let (id, pointer, object_type) = (field(id), field(pointer), field(object_type));
        token::note_shared(id.as_ref(), pointer.as_ref(), object_type.as_ref(), &mut scan.asides);
    }
    let token = token::of(symbol.hash, sum);
    Ok((LaneKey { process: None, thread }, index, id, token))
}

#[derive(Default)]
struct Top<'a> {
    kind: Text<'a>,
    thread: Integer<'a>,
    index: Integer<'a>,
    name: Text<'a>,
    ordinal: Option<&'a str>,
    payload_is_other: bool,
}

#[derive(Clone, Copy, Default)]
enum Text<'a> {
    #[default]
    Missing,
    Other,
    Plain(&'a str),
    Escaped(Key<'a>),
}

#[derive(Default)]
enum Integer<'a> {
    #[default]
    Missing,
    Other,
    Digits(&'a str),
}

fn take_text<'a>(reader: &mut Reader<'a, '_>, text: &mut Text<'a>) -> Result<(), Flaw> {
    if reader.peek() != Some(b'"') {
        *text = Text::Other;
        return reader.hash().map(|_| ());
    }
    let string = reader.string()?;
    *text = if string.escaped { Text::Escaped(string) } else { Text::Plain(string.text) };
    Ok(())
}

fn take_integer<'a>(reader: &mut Reader<'a, '_>, integer: &mut Integer<'a>) -> Result<(), Flaw> {
    if !matches!(reader.peek(), Some(b'-' | b'0'..=b'9')) {
        *integer = if reader.peek() == Some(b'n') { Integer::Missing } else { Integer::Other };
        return reader.hash().map(|_| ());
    }
    *integer = Integer::Digits(reader.number()?);
    Ok(())
}

fn take_payload<'a>(
    reader: &mut Reader<'a, '_>,
    top: &mut Top<'a>,
    members: &mut Vec<Member>,
) -> Result<(), Flaw> {
    members.clear();
    (top.name, top.ordinal, top.payload_is_other) = (Text::Missing, None, false);
    if reader.peek() != Some(b'{') {
        top.payload_is_other = true;
        return reader.hash().map(|_| ());
    }
    reader.object(|reader, key| {
        reader.peek();
        let start = reader.position() as u32;
        let key_hash = reader.hash_string(key);
        let hash = if key.text == "name" && reader.peek() == Some(b'"') {
            let string = reader.string()?;
            top.name =
                if string.escaped { Text::Escaped(string) } else { Text::Plain(string.text) };
            reader.hash_string(string)
        } else if key.text == "ord" && matches!(reader.peek(), Some(b'0'..=b'9')) {
            let text = reader.number()?;
            top.ordinal = Some(text);
            value::Number::parse(text).hash()
        } else {
            reader.hash()?
        };
        members.push(Member { key: key_hash, hash, start, end: reader.position() as u32 });
        Ok(())
    })
}

fn thread(thread: &Integer<'_>) -> Result<i64, Fault> {
    let fault = |found: String| (FaultKind::NoThread, found);
    match thread {
        Integer::Missing => Err(fault("an event without a tid".to_owned())),
        Integer::Other => Err(fault("a tid that is no integer".to_owned())),
        Integer::Digits(digits) => digits.parse().map_err(|_| {
            fault(format!("expected an integer tid of 64 bits, found {}", short(digits)))
        }),
    }
}

fn index(index: &Integer<'_>) -> Result<u64, Fault> {
    let fault = |found: String| (FaultKind::BadIndex, found);
    match index {
        Integer::Missing => Err(fault("an event without a tid_event_idx".to_owned())),
        Integer::Other => Err(fault("a tid_event_idx that is no integer".to_owned())),
        Integer::Digits(digits) => digits.parse().map_err(|_| {
            fault(format!("expected a tid_event_idx from 0 up, found {}", short(digits)))
        }),
    }
}

fn short(digits: &str) -> &str {
    &digits[..digits.len().min(40)]
}

/// Returns the event of a line, as a tree, for who wants to look at it.
pub fn parse(line: &str) -> Option<Parsed<'_>> {
    let mut scratch = json::Scratch::default();
    let mut reader = Reader::new(line.trim_start_matches('\u{feff}'), &mut scratch);
    let Value::Object(members) = reader.value().ok()? else { return None };
    let mut parsed = Parsed::default();
    for (key, value) in members {
        match (&*key, value) {
            ("kind", Value::Text(kind)) => parsed.kind = kind,
            ("tid", Value::Number(value::Number::Integer(tid))) => {
                parsed.key.thread = i64::try_from(tid).ok()?;
            }
            ("tid_event_idx", Value::Number(value::Number::Integer(index))) => {
                parsed.index = u64::try_from(index).ok();
            }
            ("host_ns", Value::Number(value::Number::Integer(clock))) => {
                parsed.clock = i64::try_from(clock).ok();
            }
            ("payload", Value::Object(payload)) => parsed.payload = payload,
            _ => {}
        }
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

//! Reads the event of one line.
//!
//! By its shape where it has one, and the payload from memory where it is known: then little is
//! parsed. In full otherwise. Both ways give the same; the tests compare them.

use std::borrow::Cow;

use crate::formats::event_log::json::{Flaw, Key, Reader, Scratch};
use crate::scan::Scan;
use crate::trace::fault::FaultKind;

use crate::formats::event_log::payload;
use crate::formats::event_log::shape::{self, Envelope, Field, Shapes};
use crate::scan::event_cache::{EventCache as PayloadCache, Summary};
use crate::scan::token;
use crate::trace::{LaneKey, SymbolId};
use crate::value::{self, hash_bytes};

/// What one thread keeps between lines.
#[derive(Debug, Default)]
pub struct Memory {
    /// Memory for JSON.
    json: Scratch,
    /// Payloads that were read before.
    known: PayloadCache,
    /// The shapes of lines.
    shapes: Shapes,
    /// The members of the payload at hand.
    members: Vec<Member>,
    /// The members of the line at hand.
    places: Vec<shape::Member>,
}

/// What is wrong with a line: the kind of fault, and what was found.
pub type Fault = (FaultKind, String);

fn malformed(flaw: Flaw) -> Fault {
    (FaultKind::Malformed, format!("no JSON: {} at column {}", flaw.what, flaw.at + 1))
}

/// One member of a payload.
#[derive(Clone, Copy, Debug)]
struct Member {
    key: u64,
    hash: u64,
    /// Where the value is in the line.
    start: u32,
    end: u32,
}

/// One event, scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// Its lane.
    pub key: LaneKey,
    /// The index that it has in the log.
    pub index: u64,
    /// Its kind and name.
    pub symbol: SymbolId,
    /// What must be equal.
    pub token: u64,
}

/// Returns the event of a line; what the rules leave aside goes to `scan.asides`.
pub fn scan_event(scan: &mut Scan<'_>, memory: &mut Memory, line: &str) -> Result<Scanned, Fault> {
    let mut new_shape = true;
    match by_shape(scan, memory, line, &mut new_shape) {
        Some((envelope, summary)) => {
            let key = LaneKey { process: None, thread: envelope.thread };
            Ok(scanned(scan, key, envelope.index, summary))
        }
        None => {
            scan.asides.clear();
            in_full(scan, memory, line, new_shape)
        }
    }
}

fn scanned(scan: &Scan<'_>, key: LaneKey, index: u64, summary: Summary) -> Scanned {
    let index_sum = if scan.compare_index { token::index(index) } else { 0 };
    let token = token::of(summary.symbol_hash, summary.sum.wrapping_add(index_sum));
    Scanned { key, index, symbol: summary.symbol, token }
}

/// Reads a line that looks like one before it; none if it does not, or is not the plain case.
fn by_shape<'a>(
    scan: &mut Scan<'_>,
    memory: &mut Memory,
    line: &'a str,
    new_shape: &mut bool,
) -> Option<(Envelope<'a>, Summary)> {
    let Memory { shapes, known, json, .. } = memory;
    let mut envelope = Envelope::default();
    let mut reader = Reader::inside(line, json);
    let shape = shapes.follow(&mut reader, &mut envelope)?;
    let start = reader.position();
    let end = shape.payload_end(line).filter(|&end| end > start)?;
    let payload = &line.as_bytes()[start..end];
    let key = value::fold(hash_bytes(envelope.kind.as_bytes()), hash_bytes(payload));
    if let Some(summary) = known.lookup(key, &mut scan.asides) {
        reader.seek(end);
        shape.finish(&mut reader, &mut envelope)?;
        return Some((envelope, summary));
    }
    let summary = payload::summary(
        &mut reader,
        envelope.kind,
        &mut scan.symbols,
        scan.table,
        &mut scan.asides,
    );
    *new_shape = false; // only the payload is not the plain case
    let summary = summary.ok()??;
    *new_shape = true;
    if reader.position() == end {
        known.insert(key, summary, &scan.asides);
    }
    shape.finish(&mut reader, &mut envelope)?;
    Some((envelope, summary))
}

/// Reads a line to its last byte, whatever it looks like, and learns its shape if that is new.
fn in_full(
    scan: &mut Scan<'_>,
    memory: &mut Memory,
    line: &str,
    new_shape: bool,
) -> Result<Scanned, Fault> {
    let mut top = Top::default();
    let mut has_process = false;
    let Memory { shapes, members, places, json, .. } = memory;
    members.clear(); // a line without a payload must not have that of the line before
    places.clear();
    let mut reader = Reader::new(line, json);
    reader
        .object(|reader, key| {
            reader.peek();
            let start = reader.position();
            let field = match &*reader.unescape(key) {
                "kind" => Field::Kind,
                "tid" => Field::Thread,
                "tid_event_idx" => Field::Index,
                "payload" => Field::Payload,
                "process_id" => {
                    // Such lines have no shape: only converted logs have them.
                    has_process = true;
                    return take_integer(reader, &mut top.process);
                }
                _ => Field::Other,
            };
            match field {
                Field::Kind => take_text(reader, &mut top.kind),
                Field::Thread => take_integer(reader, &mut top.thread),
                Field::Index => take_integer(reader, &mut top.index),
                Field::Payload => take_payload(reader, &mut top, members),
                Field::Other => reader.hash().map(|_| ()),
            }?;
            places.push(shape::Member { field, start, end: reader.position() });
            Ok(())
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
        Text::Missing | Text::Other => top.ordinal.map(|ordinal| {
            Cow::Owned(format!("#{}", value::Value::Number(value::Number::parse(ordinal))))
        }),
    };
    let process = process(&top.process)?;
    if new_shape && !has_process {
        shapes.learn(line, places);
    }
    let (id, symbol) = scan.symbols.of(scan.table, &kind, name.as_deref());
    let mut sum = 0_u64;
    for (at, member) in members.iter().enumerate() {
        if Some(at) == top.name_member
            || member.hash == value::hash_null()
            || members[at + 1..].iter().any(|later| later.key == member.key)
        {
            // Null is absent, of a key that occurs twice the last counts, and the name is the symbol's.
            continue;
        }
        let hash = match symbol.plan.payload.member(member.key) {
            None => Some(member.hash),
            Some(node) => {
                let text = &line[member.start as usize..member.end as usize];
                let value = Reader::new(text, json).value().map_err(malformed)?;
                token::treated(node, value, member.key, &mut scan.asides)
            }
        };
        sum = sum.wrapping_add(hash.map_or(0, |hash| value::hash_member(member.key, hash)));
    }
    if let Some([id, pointer, object_type]) = symbol.plan.shared {
        let mut field = |key| {
            let member = members.iter().rfind(|member| member.key == key)?;
            Reader::new(&line[member.start as usize..member.end as usize], json).value().ok()
        };
        let (id, pointer, object_type) = (field(id), field(pointer), field(object_type));
        token::note_shared(id.as_ref(), pointer.as_ref(), object_type.as_ref(), &mut scan.asides);
    }
    let summary = Summary { symbol: id, symbol_hash: symbol.hash, sum };
    Ok(scanned(scan, LaneKey { process, thread }, index, summary))
}

#[derive(Default)]
struct Top<'a> {
    kind: Text<'a>,
    thread: Integer<'a>,
    index: Integer<'a>,
    name: Text<'a>,
    /// Which member of the payload says the name.
    name_member: Option<usize>,
    ordinal: Option<&'a str>,
    process: Integer<'a>,
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
    top.name_member = None;
    if reader.peek() != Some(b'{') {
        top.payload_is_other = true;
        return reader.hash().map(|_| ());
    }
    reader.object(|reader, key| {
        reader.peek();
        let start = reader.position() as u32;
        let key_hash = reader.hash_string(key);
        let key = reader.unescape(key);
        let hash = if key == "name" && reader.peek() == Some(b'"') {
            let string = reader.string()?;
            top.name_member = Some(members.len());
            top.name =
                if string.escaped { Text::Escaped(string) } else { Text::Plain(string.text) };
            reader.hash_string(string)
        } else if key == "name" {
            // Of a key that occurs twice the last counts, and this one is not a name.
            (top.name, top.name_member) = (Text::Other, None);
            reader.hash()?
        } else if key == "ord" && matches!(reader.peek(), Some(b'-' | b'0'..=b'9')) {
            let text = reader.number()?;
            top.ordinal = Some(text);
            value::Number::parse(text).hash()
        } else {
            if key == "ord" {
                top.ordinal = None;
            }
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

/// Returns the process that a converted log names.
fn process(process: &Integer<'_>) -> Result<Option<u32>, Fault> {
    let fault = |found: &str| {
        (FaultKind::NoThread, format!("expected a process_id of 32 bits, found {found}"))
    };
    match process {
        Integer::Missing => Ok(None),
        Integer::Other => Err(fault("no integer")),
        Integer::Digits(digits) => digits.parse().map(Some).map_err(|_| fault(short(digits))),
    }
}

fn short(digits: &str) -> &str {
    &digits[..digits.len().min(40)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::event_log;
    use crate::profile::Profile;
    use crate::profile::plan::MaskedValue;
    use crate::scan::symbols::SymbolTable;
    use proptest::prelude::*;

    type Read = Result<(Scanned, Vec<MaskedValue>), Fault>;

    /// Payloads that rules of `xenia` are about, with what may go wrong in them.
    const PAYLOADS: [&str; 20] = [
        r#"{"name": "NtClose", "name": 5}"#,
        r#"{"ord": 12, "ord": "x"}"#,
        r#"{"ord": 1.0}"#,
        r#"{"ord": -3, "name": null}"#,
        r#"{"name": "NtClose", "args": {"r3": "0xf8000010", "r4": 7}}"#,
        r#"{"name": "NtClose", "args": {"r3": "0xf8000014", "r4": 7}}"#,
        r#"{"name": "NtClose", "args": {"r3": "0xf8000010", "r3": 7}}"#,
        r#"{"name": "NtClose", "args": [1, "0xf8000010"], "args": {"r3": null}}"#,
        r#"{"args": {"r3": {"deep": "0xf8000010"}}, "name": "NtClose"}"#,
        r#"{"name": "RtlAllocateHeap", "return_value": "0x40001000", "status": "0x40001000"}"#,
        r#"{"name": "RtlAllocateHeap", "return_value": 0, "status": null}"#,
        r#"{"name":"RtlAllocateHeap","return_value":"\u0030x40001000"}"#,
        r#"{"handles_semantic_ids": ["00000000000000aa", "00000000000000ab"], "timeout": null}"#,
        r#"{"handle_semantic_id": "6ee1d5a0c0ffee00", "raw_handle_id": "0x82a00000", "object_type": 1}"#,
        r#"{"ord": 12, "module": "xam.xex"}"#,
        r#"{"module": "xam.xex", "n\u0061me": "Escaped", "ord": 3}"#,
        r#"{}"#,
        r#"{"name": "NtClose", "name": "NtOpen", "x": [1e0, 1.5, -0.0, 12345678901234567890]}"#,
        r#"{"x": "}, \"tid\": 6, \"kind\": \"wait.end\"}"}"#,
        r#"{"name": "torn", "args": {"#,
    ];
    const KINDS: [&str; 6] = [
        "kernel.call",
        "kernel.return",
        "handle.create",
        "wait.begin",
        "import.call",
        "k\\u0069nd",
    ];

    fn line() -> impl Strategy<Value = String> {
        let numbers = (any::<i16>(), any::<u32>(), any::<u64>());
        let picks = (0..KINDS.len(), 0..PAYLOADS.len(), 0_usize..7, 0_usize..4);
        (numbers, picks).prop_map(|((tid, index, clock), (kind, payload, layout, engine))| {
            let (kind, payload) = (KINDS[kind], PAYLOADS[payload]);
            let engine = ["canary", "ours", "ou\\\"rs", ""][engine];
            match layout {
                0 => format!(r#"{{"kind": "{kind}", "engine": "{engine}", "tid": {tid}, "tid_event_idx": {index}, "host_ns": {clock}, "payload": {payload}}}"#),
                1 => format!(r#"{{"kind": "{kind}", "host_ns": 1.5, "payload": {payload}, "tid": {tid}, "tid_event_idx": {index}}}"#),
                2 => format!(r#"{{"payload":{payload},"kind":"{kind}","tid":{tid},"tid_event_idx":{index}}}"#),
                3 => format!(r#"{{"kind":"{kind}","tid":0{tid},"tid_event_idx":{index},"payload":{payload}}}"#),
                4 => format!(r#"{{"kind":"{kind}","tid":{tid},"tid_event_idx":{index},"payload":{payload}}} x"#),
                5 => format!(r#"{{"kind":"import.call","kind":"{kind}","tid":{tid},"tid_event_idx":{index}.0,"payload":{payload}}}"#),
                _ => format!(r#"{{"kind":"{kind}","tid":{tid},"flag":true,"tid_event_idx":{index},"payload":{payload},"payload":{payload}}}"#),
            }
        })
    }

    /// Reads lines with one memory, or each with a new one, in full.
    fn read(lines: &[String], table: &SymbolTable<'_>, profile: &Profile, warm: bool) -> Vec<Read> {
        let mut scan = Scan::new(table, profile, 0, None);
        let mut memory = Memory::default();
        let one = |line: &String| {
            scan.asides.clear();
            let found = if warm {
                scan_event(&mut scan, &mut memory, line)
            } else {
                let mut new = Memory::default();
                in_full(&mut Scan::new(table, profile, 0, None), &mut new, line, true)?;
                in_full(&mut scan, &mut memory, line, true)
            };
            scan.asides.sort_unstable();
            found.map(|found| (found, scan.asides.clone()))
        };
        lines.iter().map(one).collect()
    }

    proptest! {
        #[test]
        fn a_line_means_the_same_however_it_is_read(lines in prop::collection::vec(line(), 1..40)) {
            for profile in ["strict", "xenia"] {
                let profile = Profile::load(profile, &[]).unwrap();
                let table = SymbolTable::new(&profile);
                let lines = [lines.clone(), lines.clone()].concat(); // each once more, when it is known
                let warm = read(&lines, &table, &profile, true);
                let cold = read(&lines, &table, &profile, false);
                for ((line, warm), cold) in lines.iter().zip(&warm).zip(&cold) {
                    prop_assert_eq!(warm, cold, "{}", line);
                    let json: Option<serde_json::Value> = serde_json::from_str(line).ok();
                    let Ok((found, _)) = warm else { continue };
                    let json = json.expect("serde_json takes it too");
                    prop_assert_eq!(json["tid"].as_i64(), Some(found.key.thread));
                    prop_assert_eq!(json["tid_event_idx"].as_u64(), Some(found.index));
                    let mut scan = Scan::new(&table, &profile, 0, None);
                    let (symbol, token) = scan.event(event_log::parse(line).unwrap());
                    prop_assert_eq!((symbol, token), (found.symbol, found.token), "{}", line);
                }
            }
        }
    }
}

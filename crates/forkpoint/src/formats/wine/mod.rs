//! Wine's relay log: every call that crosses from one module into another, and its return.
//!
//! ```text
//! 870.459:0120:0124:Call KERNEL32.GetProcAddress(7b600000,140075038 "InitializeCriticalSectionEx") ret=140044369
//! 870.459:0120:0124:Ret  KERNEL32.GetProcAddress() retval=7b0067b8 ret=140044369
//! 870.459:0120:0124:Call PE DLL (proc=0000000170068C10,module=0000000170000000 L"ntdll.dll",reason=PROCESS_ATTACH,res=000000000011FB00)
//! 870.481:0120:0124:Starting thread proc 000000014003EE6C (arg=0000000067FF0000)
//! 870.797:0120:0124:fixme:kernelbase:AppPolicyGetProcessTerminationMethod FFFFFFFFFFFFFFFA, 000000000011F950
//! ```
//!
//! A lane is a thread of a process. Each line is independent of the others: a return names its function and its
//! caller, so nothing here depends on where blocks are cut. The scan hashes words where they stand
//! and builds nothing; `parse` builds the same event to look at it.

mod arguments;
mod images;
mod line;
mod skips;
mod torn;

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::error::Error;
use crate::formats::format::{Format, Header, LogSummary, Reader, WrittenBy};
use crate::profile::plan::{MaskedValue, Node};
use crate::scan::block::Block;
use crate::scan::chunk::{Chunk, Row};
use crate::scan::event_cache::{EventCache, Summary};
use crate::scan::{Scan, token};
use crate::trace::fault::FaultKind;
use crate::trace::parsed_event::ParsedEvent;
use crate::trace::warning::LogWarning;
use crate::trace::{LaneKey, Place};
use crate::value::{self, Value, hash_bytes};

use arguments::Argument;
pub use images::images;
use line::{Body, Skip, parse_line};
pub use skips::SKIPS;

/// The format.
pub static FORMAT: Format = Format {
    name: "wine",
    about: "Wine's relay log: WINEDEBUG=+relay,+timestamp,+pid (clock and process may be missing)",
    known_by: "a call, a return or the start of a thread among its first lines",
    profile: "wine",
    mixed_profile: None,
    written_by: WrittenBy::Engine,
    first_line: None,
    in_order: false,
    takes_imports: false,
    sniff,
    header,
    reader: || Box::new(LogReader::default()),
    parse: |_, text| parse(text),
    images: Some(images),
    lane,
    skips: &SKIPS,
    join: None,
};

/// Returns whether one of the log's first lines is a call, a return or the start of a thread.
fn sniff(head: &[u8]) -> bool {
    head.split(|&byte| byte == b'\n').any(|line| parse_line(line).is_ok())
}

/// Returns what the log says about itself: nothing.
fn header(_label: &str, _head: &[u8]) -> Result<Header, Error> {
    Ok(Header::default())
}

/// Reads lines; remembers what texts came to.
#[derive(Default)]
struct LogReader {
    memo: EventCache,
}

impl Reader for LogReader {
    fn read(&mut self, scan: &mut Scan<'_>, block: &Block, chunk: &mut Chunk) {
        read_block(scan, &mut self.memo, block, chunk);
    }

    fn notices(&self, log: &LogSummary<'_>) -> Vec<LogWarning> {
        notices(log)
    }
}

/// Returns what is to be said of a log as a whole: whether its processes can be distinguished.
fn notices(seen: &LogSummary<'_>) -> Vec<LogWarning> {
    if !seen.creates_process || seen.lanes.iter().any(|lane| lane.key.process.is_some()) {
        return Vec::new();
    }
    let what = "a process creates another one, and lines carry no process number";
    Vec::from([LogWarning::worth_a_look(what, "log with WINEDEBUG=+relay,+pid")])
}

/// Writes a lane as the log does.
fn lane(key: LaneKey) -> String {
    match key.process {
        Some(process) => format!("{process:04x}:{:04x}", key.thread),
        None => format!("{:04x}", key.thread),
    }
}

fn read_block(scan: &mut Scan<'_>, memo: &mut EventCache, block: &Block, chunk: &mut Chunk) {
    let bytes = block.bytes();
    let mut arguments = Vec::new();
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        if start < bytes.len() {
            let whole = end < bytes.len();
            let place = Place::new(scan.part, block.offset + start as u64);
            scan_line((scan, memo), &bytes[start..end], place, whole, &mut arguments, chunk);
            chunk.n_lines += u64::from(whole);
        }
        start = end + 1;
    }
}

fn scan_line<'a>(
    (scan, memo): (&mut Scan<'_>, &mut EventCache),
    bytes: &'a [u8],
    place: Place,
    whole: bool,
    arguments: &mut Vec<Argument<'a>>,
    chunk: &mut Chunk,
) {
    let head = match line::head(bytes) {
        Ok(head) => head,
        Err(skip) => {
            return match torn::of_skipped(bytes, skip) {
                Some(what) => chunk.fault(FaultKind::TornCall, what),
                None => chunk.skip(skip.why()),
            };
        }
    };
    // Who calls is filtered before a text is remembered.
    let text = hash_bytes(head.rest);
    let summary = match memo.lookup(text, &mut scan.asides) {
        Some(summary) => summary,
        None => {
            let Some(summary) = read_body(scan, head.rest, whole, arguments, chunk) else { return };
            memo.insert(text, summary, &scan.asides);
            summary
        }
    };
    let Summary { symbol, symbol_hash, sum } = summary;
    let row = Row { token: token::of(symbol_hash, sum), place, symbol, index: None };
    chunk.push(head.key, row, &mut scan.asides);
}

/// Returns what a line says under the rules; none if it is not an event, which is counted.
fn read_body<'a>(
    scan: &mut Scan<'_>,
    rest: &'a [u8],
    whole: bool,
    arguments: &mut Vec<Argument<'a>>,
    chunk: &mut Chunk,
) -> Option<Summary> {
    let body = match line::body(rest) {
        Ok(body) => body,
        Err(Skip::Damaged(what)) if !whole => {
            chunk.fault(FaultKind::Torn, format!("the last line is not whole: {what}"));
            return None;
        }
        Err(Skip::Damaged(what)) => {
            let is_torn = torn::holds_a_head(rest);
            chunk.fault(if is_torn { FaultKind::TornCall } else { FaultKind::Malformed }, what);
            return None;
        }
        Err(skip) => {
            match torn::of_message(rest, skip) {
                Some(what) if whole => chunk.fault(FaultKind::TornCall, what),
                Some(_) => chunk.fault(FaultKind::Torn, "the last line is not whole: a call"),
                None => chunk.skip(skip.why()),
            }
            return None;
        }
    };
    arguments.clear();
    let known = arguments::parse(body.arguments(), arguments);
    if let Some(what) = torn::of_event(&body, arguments.iter().map(Argument::spelled)) {
        chunk.fault(FaultKind::TornCall, what);
        return None;
    }
    if let Some(callers) = scan.callers {
        let why = match body.code() {
            Some(code) if callers.contains(code) => None,
            Some(_) => Some(&skips::ELSEWHERE),
            None => Some(&skips::NO_CALLER),
        };
        if let Some(why) = why {
            chunk.skip(why);
            return None;
        }
    }
    if let Err(what) = known {
        chunk.fault(FaultKind::Malformed, what);
        return None;
    }
    let (_, symbol) = scan.symbols.of_bytes(scan.table, body.kind(), body.name_bytes());
    if symbol.may_be_renamed {
        let key = LaneKey { process: None, thread: 0 };
        return Some(scan.summary(parsed(&body, arguments, key, None)));
    }
    Some(event(scan, &body, arguments))
}

/// The hashes of the payload's keys.
struct Keys {
    args: u64,
    text: u64,
    return_value: u64,
    procedure: u64,
    caller: u64,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys {
    args: hash_bytes(b"args"),
    text: hash_bytes(b"text"),
    return_value: hash_bytes(b"return_value"),
    procedure: hash_bytes(b"procedure"),
    caller: hash_bytes(b"caller"),
});

/// Returns what an event comes to; what rules leave out goes to `scan.asides`.
fn event(scan: &mut Scan<'_>, body: &Body<'_>, arguments: &[Argument<'_>]) -> Summary {
    let (id, symbol) = scan.symbols.of_bytes(scan.table, body.kind(), body.name_bytes());
    let plan = &symbol.plan.payload;
    let asides = &mut scan.asides;
    let mut sum: u64 = 0;
    let mut add = |key: u64, hash: Option<u64>| {
        sum = sum.wrapping_add(hash.map_or(0, |hash| value::hash_member(key, hash)));
    };
    if let Some(caller) = body.caller() {
        let key = KEYS.caller;
        add(key, member(plan.member(key), Value::Hex(caller), key, asides));
    }
    if let Some(procedure) = body.procedure() {
        let key = KEYS.procedure;
        add(key, member(plan.member(key), Value::Hex(procedure), key, asides));
    }
    if let Some(returned) = body.returned() {
        let key = KEYS.return_value;
        add(key, member(plan.member(key), arguments::value(returned), key, asides));
    }
    if body.has_arguments() {
        let key = KEYS.args;
        let words = arguments.iter().enumerate().map(|(n, a)| (n, a, a.value()));
        add(key, object(plan.member(key), arguments.len(), words, key, asides));
    }
    let n_texts = arguments.iter().filter(|argument| argument.text.is_some()).count();
    if n_texts > 0 {
        let key = KEYS.text;
        let texts = arguments.iter().enumerate();
        let texts = texts.filter_map(|(n, a)| Some((n, a, a.text_value()?)));
        add(key, object(plan.member(key), n_texts, texts, key, asides));
    }
    Summary { symbol: id, symbol_hash: symbol.hash, sum }
}

fn member(
    node: Option<&Node>,
    value: Value<'_>,
    key: u64,
    asides: &mut Vec<MaskedValue>,
) -> Option<u64> {
    match node {
        None => Some(value.hash()),
        Some(node) => token::treated(node, value, key, asides),
    }
}

/// Returns the hash of an object without making it, unless a rule is about the object as a whole.
fn object<'a>(
    node: Option<&Node>,
    arity: usize,
    members: impl Iterator<Item = (usize, &'a Argument<'a>, Value<'a>)>,
    key: u64,
    asides: &mut Vec<MaskedValue>,
) -> Option<u64> {
    if let Some(node) = node.filter(|node| node.own_rules().next().is_some()) {
        let members = members.map(|(place, argument, value)| (argument.key(place), value));
        return token::treated(node, Value::Object(members.collect()), key, asides);
    }
    let mut sum: u64 = 0;
    for (place, argument, value) in members {
        let inner = argument.key_hash(place);
        let path = key.rotate_left(7) ^ inner;
        let hash = match node.and_then(|node| node.member_of(arity, inner)) {
            None => Some(value.hash()),
            Some(node) => node.canonical(value, path, asides).map(|value| value.hash()),
        };
        sum = sum.wrapping_add(hash.map_or(0, |hash| value::hash_member(inner, hash)));
    }
    Some(value::hash_object(sum))
}

/// Returns the event of a line, to look at it.
fn parse(text: &str) -> Option<ParsedEvent<'_>> {
    let line = parse_line(text.as_bytes()).ok()?;
    let mut arguments = Vec::new();
    arguments::parse(line.body.arguments(), &mut arguments).ok()?;
    Some(parsed(&line.body, &arguments, line.key, line.clock))
}

/// Returns an event with its payload.
fn parsed<'a>(
    body: &Body<'a>,
    arguments: &[Argument<'a>],
    key: LaneKey,
    clock: Option<i64>,
) -> ParsedEvent<'a> {
    let mut payload = Vec::new();
    if let Some(procedure) = body.procedure() {
        payload.push((Cow::Borrowed("procedure"), Value::Hex(procedure)));
    }
    if body.has_arguments() {
        let words = arguments.iter().enumerate().map(|(n, a)| (a.key(n), a.value())).collect();
        payload.push((Cow::Borrowed("args"), Value::Object(words)));
    }
    let texts = arguments.iter().enumerate();
    let texts: Vec<_> = texts.filter_map(|(n, a)| Some((a.key(n), a.text_value()?))).collect();
    if !texts.is_empty() {
        payload.push((Cow::Borrowed("text"), Value::Object(texts)));
    }
    if let Some(returned) = body.returned() {
        payload.push((Cow::Borrowed("return_value"), arguments::value(returned)));
    }
    if let Some(caller) = body.caller() {
        payload.push((Cow::Borrowed("caller"), Value::Hex(caller)));
    }
    ParsedEvent {
        key,
        index: None,
        kind: Cow::Borrowed(body.kind()),
        name: body.name(),
        payload,
        clock,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;
    use crate::scan::symbols::SymbolTable;

    const PROFILE: &str = r#"
name = "test"
about = "Rules about words, about a list of a certain length, and about a list as a whole."

[[skip]]
id = "caller"
why = "a test"
fields = "caller"

[[low-bits]]
id = "low"
why = "a test"
fields = ["args.*", "return_value"]
bits = 32
values = "0..0xffff"

[[identity]]
id = "object"
why = "a test"
fields = "args.1"

[[skip]]
id = "list"
why = "a test"
name = "PE DLL"
fields = ["args", "text"]
"#;

    /// The scan hashes where `parse` builds; both must come to the same.
    #[test]
    fn scanning_a_line_and_looking_at_it_give_one_token() {
        let profile = Profile::parse("test.toml", PROFILE, &[]).unwrap();
        let table = SymbolTable::new(&profile);
        let mut scan = Scan::new(&table, &profile, 0, None);
        let lines = [
            r#"870.459:0120:0124:Call KERNEL32.GetProcAddress(7b600000,140075038 "a,b") ret=140044369"#,
            r#"0124:Ret  KERNEL32.GetProcAddress() retval=7fff00000001 ret=140044369"#,
            r#"0124:Ret  KERNEL32.GetProcAddress() retval=1.5 ret=140044369"#,
            r#"0124:Call ntdll.f() ret=1"#,
            r#"0124:Call ntdll.f(1,2 L"",7fff00000003,4,5,6,7,8,9,a,b,c,d,e,f,10,11,12,13,14,15,16,17,18,19,1a) ret=1"#,
            r#"0124:Call PE DLL (proc=0170068C10,module=0170000000 L"ntdll.dll",reason=PROCESS_ATTACH,res=01)"#,
            r#"0124:Ret  PE DLL (proc=0170068C10,module=0170000000 L"ntdll.dll",reason=PROCESS_ATTACH,res=01) retval=1"#,
            r#"0124:Starting thread proc 000000014003EE6C (arg=0000000067FF0000)"#,
        ];
        for text in lines {
            let line = parse_line(text.as_bytes()).unwrap();
            let mut arguments = Vec::new();
            arguments::parse(line.body.arguments(), &mut arguments).unwrap();
            let summary = event(&mut scan, &line.body, &arguments);
            let scanned = (summary.symbol, token::of(summary.symbol_hash, summary.sum));
            let mut asides = std::mem::take(&mut scan.asides);
            let looked_at = scan.event(parse(text).unwrap());
            asides.sort_unstable();
            scan.asides.sort_unstable();
            assert_eq!((scanned, &asides), (looked_at, &scan.asides), "{text}");
            scan.asides.clear();
        }
    }

    #[test]
    fn a_relay_log_is_known_by_its_first_call() {
        assert!(sniff(b"it looks like wine32 is missing\n0124:Call ntdll.NtClose(01) ret=1\n"));
        assert!(!sniff(b"it looks like wine32 is missing\n0124:fixme:ntdll:f stub\n"));
        assert!(!sniff(b"{\"kind\":\"schema_version\",\"schema_version\":1}\n"));
    }
}

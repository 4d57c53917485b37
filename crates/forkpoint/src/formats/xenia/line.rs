//! What one message of the log says.

use std::borrow::Cow;

use crate::formats::xenia::torn;
use crate::scan::Scan;
use crate::scan::chunk::{Chunk, Row};
use crate::scan::imports::Imports;
use crate::trace::fault::FaultKind;
use crate::trace::parsed_event::ParsedEvent;
use crate::trace::skip::{EMPTY, Skip};
use crate::trace::{LaneKey, Place};
use crate::value::Value;

pub(super) static DEBUG: Skip = Skip::expected("a debug message");
pub(super) static INFO: Skip = Skip::expected("an info message");
pub(super) static WARNING: Skip = Skip::expected("a warning");
pub(super) static ERROR: Skip = Skip::worth_a_look(
    "an error message",
    "it may say why the program went another way: grep '^!>' LOG",
);
pub(super) static OTHER: Skip = Skip::expected("a message of another level");
pub(super) static CALL_GOES_ON: Skip =
    Skip::expected("more of a text: compared with the call before");
pub(super) static NOT_IMPORTED: Skip = Skip::expected("no import of the program's (--imports)");
pub(super) static NO_HEAD: Skip = Skip::expected("no head: more of the message before");

/// Why lines hold no event to compare.
pub static SKIPS: [&Skip; 9] =
    [&DEBUG, &INFO, &WARNING, &ERROR, &OTHER, &NOT_IMPORTED, &CALL_GOES_ON, &NO_HEAD, &EMPTY];

/// Why a line holds no event.
pub(super) enum NoEvent {
    Skip(&'static Skip),
    /// It is the start of one that is not whole.
    Cut,
    /// It holds a call, or a piece of one, beside something else.
    Torn(&'static str),
}

pub(super) fn push(
    scan: &mut Scan<'_>,
    event: Result<ParsedEvent<'_>, NoEvent>,
    place: Place,
    chunk: &mut Chunk,
) {
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

pub(super) fn event_of<'a>(
    line: &'a str,
    whole: bool,
    imports: Option<&Imports>,
) -> Result<ParsedEvent<'a>, NoEvent> {
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
    let event = |kind: &'static str, name: Option<&'_ str>, payload| ParsedEvent {
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
pub(super) fn has_head(text: &[u8]) -> bool {
    let is_hex = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_hexdigit);
    text.len() >= 11
        && text[0].is_ascii_graphic()
        && text[1..].starts_with(b"> ")
        && is_hex(&text[3..11])
        && text.get(11).is_none_or(|&byte| matches!(byte, b' ' | b'\n' | b'\r'))
}

/// How far the brackets of a message close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Brackets {
    /// It is not a call.
    None,
    /// Those of the call, or of a text in it, do not close.
    Open,
    /// That of the call closes; what is inside is not understood.
    Closed,
    /// All close, and each argument is understood.
    Whole,
}

pub(super) fn brackets(line: &str) -> Brackets {
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
pub(super) fn head(line: &str) -> Option<(char, u32, &str)> {
    let mut letters = line.chars();
    let level = letters.next().filter(char::is_ascii_graphic)?;
    let rest = letters.as_str().strip_prefix("> ")?;
    let (thread, message) = rest.split_at_checked(8)?;
    let message = message.strip_prefix(' ').or_else(|| message.is_empty().then_some(""))?;
    let is_hex = thread.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some((level, u32::from_str_radix(thread, 16).ok().filter(|_| is_hex)?, message))
}

/// Returns name and arguments of `Name(…`.
pub(super) fn call(message: &str) -> Option<(&str, &str)> {
    let (name, arguments) = message.split_once('(')?;
    is_name(name).then(|| (name, arguments.trim_end()))
}

pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

pub(super) fn handle_of(text: &str) -> Option<(Value<'_>, &str)> {
    let (handle, class) = text.split_once(" for ")?;
    Some((word(handle)?, class))
}

/// Returns a word of 4, 8 or 16 hexadecimal digits as event logs have it: `0x` and no zeros before.
pub(super) fn word(text: &str) -> Option<Value<'static>> {
    is_word(text).then(|| {
        let word = u64::from_str_radix(text, 16).unwrap_or(u64::MAX);
        Value::Text(Cow::Owned(format!("{word:#x}")))
    })
}

pub(super) fn is_word(text: &str) -> bool {
    matches!(text.len(), 4 | 8 | 16) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether text is a number as `%d` and `%G` write them.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.parse::<f64>().is_ok()
}

/// One argument: what it is, and what follows it if it is a pointer.
pub(super) struct Argument<'a> {
    value: &'a str,
    behind: Option<&'a str>,
    /// Whether what follows it ends.
    is_closed: bool,
}

/// Returns the first argument and what follows it, without the comma.
pub(super) fn argument(text: &str) -> Option<(Argument<'_>, Option<&str>)> {
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

pub(super) fn begins_argument(text: &str) -> bool {
    let end = text.find([',', '(']).unwrap_or(text.len());
    is_word(&text[..end]) || is_number(&text[..end])
}

/// Returns the payload of a call. Arguments stand in the registers that the guest passes them in.
pub(super) fn payload(text: &str) -> Vec<(Cow<'_, str>, Value<'_>)> {
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
pub(super) fn attributes(text: &str) -> Option<&str> {
    let (root, rest) = text.split_once(',')?;
    let (path, attributes) = rest.rsplit_once(',')?;
    (is_word(root) && is_word(attributes)).then_some(path)
}

//! System calls as programs print them, `name(arguments) = result`: what the formats of strace and of
//! qemu have in common.
//!
//! One event is one call: kind `syscall`, or `call` if it never returned. Its payload has the arguments
//! by the names of the call's parameters, so that the same call reads the same in both formats.

pub(super) mod beside;
pub(super) mod brackets;
pub(super) mod call_scan;
pub(super) mod dialect;
pub(super) mod errors;
pub(super) mod line;
mod mixed;
mod parameters;
pub(super) mod pending_calls;
pub(super) mod strace_skips;
pub(super) mod torn;
pub(super) mod value;

use std::borrow::Cow;

use crate::trace::LaneKey;
use crate::trace::warning::LogWarning;
use crate::value::{Number, Value};
use brackets::{Walk, pieces};

/// The payload of an event.
pub(super) type Payload<'a> = Vec<(Cow<'a, str>, Value<'a>)>;

/// A call, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Call<'a> {
    pub name: &'a str,
    pub arguments: &'a str,
    /// What follows the equals sign; none of a call that did not return.
    pub result: Option<&'a str>,
}

/// Why text is not a whole call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoCall {
    /// It does not start like one.
    Other,
    /// Its arguments have no end.
    Open,
    /// Something else follows it.
    Followed,
}

impl<'a> Call<'a> {
    /// Takes apart `name(arguments) = result`.
    pub fn parse(text: &'a str) -> Result<Self, NoCall> {
        let (name, open) = head(text).ok_or(NoCall::Other)?;
        let close = Walk::new(text.as_bytes(), open + 1).next(b')').ok_or(NoCall::Open)?;
        let arguments = &text[open + 1..close];
        let rest = text[close + 1..].trim_ascii();
        if rest.is_empty() {
            return Ok(Self { name, arguments, result: None });
        }
        let result = rest.strip_prefix('=').ok_or(NoCall::Followed)?;
        Ok(Self { name, arguments, result: Some(result.trim_ascii()) })
    }
}

/// Returns the name that a call starts with, and where its bracket opens.
pub(super) fn head(text: &str) -> Option<(&str, usize)> {
    let length =
        text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let starts = text.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
    (starts && text[length..].starts_with('(')).then_some((&text[..length], length))
}

/// Adds the arguments to a payload: by name, where the call's parameters are known; what follows
/// the last parameter is not an argument, and is kept apart.
pub(super) fn arguments<'a>(name: &str, text: &'a str, payload: &mut Payload<'a>) {
    let parameters = parameters::of(name);
    let mut named: Payload<'a> = Vec::new();
    let (mut paths, mut notes, mut surplus) = (Vec::new(), Vec::new(), Vec::new());
    for (place, piece) in pieces(text).into_iter().enumerate() {
        // clone's arguments have names already.
        let own = piece.split_once('=').filter(|(key, rest)| {
            is_name(key) && !rest.starts_with('>') && name.starts_with("clone")
        });
        let (key, piece) = match (own, parameters) {
            (Some((key, rest)), _) => (Cow::Borrowed(key), rest),
            (None, None) => (Cow::Owned(place.to_string()), piece),
            (None, Some(parameters)) => match parameters.get(place) {
                Some(parameter) => (Cow::Borrowed(*parameter), piece),
                None => {
                    surplus.push(value::printed(piece).value);
                    continue;
                }
            },
        };
        let printed = value::printed(piece);
        paths.extend(printed.path.map(|path| (key.clone(), path)));
        notes.extend(printed.note.map(|note| (key.clone(), Value::Text(Cow::Borrowed(note)))));
        // A comment is alone where the printer shows nothing else of an argument.
        if !matches!(printed.value, Value::Null) || printed.note.is_none() {
            named.push((key, printed.value));
        }
    }
    payload.push((Cow::Borrowed("args"), Value::Object(named)));
    let mut add = |key: &'static str, members: Payload<'a>| {
        if !members.is_empty() {
            payload.push((Cow::Borrowed(key), Value::Object(members)));
        }
    };
    add("path", paths);
    add("note", notes);
    if !surplus.is_empty() {
        payload.push((Cow::Borrowed("surplus"), Value::List(surplus)));
    }
}

/// Adds what a call returned to a payload; returns whether it returned at all.
pub(super) fn result<'a>(text: &'a str, payload: &mut Payload<'a>) -> bool {
    let (word, rest) = first_word(text);
    let mut add = |key: &'static str, value: Value<'a>| payload.push((Cow::Borrowed(key), value));
    if word == "?" {
        let Some(error) = error(rest) else { return false };
        add("error", Value::Text(error));
        return true;
    }
    let printed = value::printed(word);
    add("return_value", printed.value.clone());
    if let Some(path) = printed.path {
        add("return_path", path);
    }
    let failed = matches!(printed.value, Value::Number(Number::Integer(-1)));
    match error(rest).filter(|_| failed) {
        Some(error) => add("error", Value::Text(error)),
        None => {
            // `0 (Timeout)`, `1 ([{fd=3, revents=POLLIN}])`, `0 ({tv_sec = 1,tv_nsec = 2})`
            let inside = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
            if let Some(inside) = inside {
                let (described, left) = without_time_left(inside);
                if !described.is_empty() {
                    add("told", value::printed(described).value);
                }
                if let Some(left) = left {
                    add("left", value::printed(left).value);
                }
            } else if !rest.is_empty() {
                add("told", Value::Text(Cow::Borrowed(rest)));
            }
        }
    }
    true
}

/// Splits off how much of its time a wait had left: `in [3], left {tv_sec=1, tv_usec=2}`.
fn without_time_left(inside: &str) -> (&str, Option<&str>) {
    let last = pieces(inside).pop().filter(|last| last.starts_with("left {"));
    let Some(last) = last else { return (inside, None) };
    let described = inside[..inside.len() - last.len()].trim_ascii().trim_end_matches(',');
    (described, Some(last["left".len()..].trim_ascii()))
}

/// Splits off the first word of a result; the path behind a descriptor belongs to it.
fn first_word(text: &str) -> (&str, &str) {
    let end = Walk::new(text.as_bytes(), 0).next(b' ').unwrap_or(text.len());
    (&text[..end], text[end..].trim_ascii())
}

/// Returns the error that a result names: `ENOENT (No such file or directory)`, `errno=2 (…)`,
/// `(errno 530)`.
fn error(text: &str) -> Option<Cow<'_, str>> {
    if let Some(number) = text.strip_prefix("errno=") {
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        return number[..digits].parse().ok().map(errors::name);
    }
    if let Some(number) = text.strip_prefix("(errno ") {
        let number = number.strip_suffix(')')?;
        return number.parse().ok().map(errors::name);
    }
    let length = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
    (text.starts_with('E') && length > 2).then(|| Cow::Borrowed(&text[..length]))
}

/// Adds what `{si_signo=SIGSEGV, …}` reports a signal.
pub(super) fn signal<'a>(text: &'a str, payload: &mut Payload<'a>) {
    if !text.is_empty() {
        payload.push((Cow::Borrowed("info"), value::printed(text).value));
    }
}

/// Returns a notice that files of threads are missing.
pub(super) fn files_missing(absent: &[i64], fix: &'static str) -> LogWarning {
    LogWarning::loses_events(
        format!("no file is named after {}, which others created", list(absent)),
        fix,
    )
}

/// Returns `thread 8`, `threads 8, 9`; of many the first.
pub(super) fn list(threads: &[i64]) -> String {
    const SHOWN: usize = 4;
    let shown: Vec<String> = threads.iter().take(SHOWN).map(i64::to_string).collect();
    let (word, more) = (
        if threads.len() == 1 { "thread" } else { "threads" },
        threads.len().saturating_sub(SHOWN),
    );
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{word} {}{more}", shown.join(", "))
}

/// Writes a lane as the logs do.
pub(super) fn lane(key: LaneKey) -> String {
    key.thread.to_string()
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

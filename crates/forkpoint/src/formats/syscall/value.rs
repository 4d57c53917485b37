//! One argument of a call as it is printed, as a value: numbers, text, flags, structures, lists.
//!
//! Flags have no order, so they are sorted; text is unescaped, so that it does not matter how it was
//! escaped. Invariant: what is not understood stays as it is, as text.

use std::borrow::Cow;

use crate::formats::syscall::brackets::{Walk, end_of_path, end_of_string, pieces};
use crate::value::{Number, Value};

/// Structures inside structures are followed so deep.
const MAX_DEPTH: usize = 16;

/// Marks text that the printer cut short.
const CUT: char = '…';

/// A value, and what the printer says beside it.
#[derive(Clone, Debug)]
pub struct Printed<'a> {
    /// The value.
    pub value: Value<'a>,
    /// The path, socket or device behind a descriptor.
    pub path: Option<Value<'a>>,
    /// A comment.
    pub note: Option<&'a str>,
}

/// Returns what an argument says.
pub fn printed(text: &str) -> Printed<'_> {
    let (text, note) = without_comment(text.trim_ascii());
    match descriptor(text) {
        Some((number, path)) => Printed { value: number, path: Some(path_value(path)), note },
        None => Printed { value: value(text, 0), path: None, note },
    }
}

fn without_comment(text: &str) -> (&str, Option<&str>) {
    let comment = text.strip_suffix("*/").and_then(|rest| rest.rfind("/*").map(|at| (rest, at)));
    match comment {
        Some((rest, at)) => (rest[..at].trim_ascii(), Some(rest[at + 2..].trim_ascii())),
        _ => (text, None),
    }
}

/// Returns number and path of `3</etc/passwd>`.
fn descriptor(text: &str) -> Option<(Value<'_>, &str)> {
    let open = text.find('<')?;
    let number = &text[..open];
    if number.is_empty() || end_of_path(text.as_bytes(), open)? + 1 != text.len() {
        return None;
    }
    let number = match number {
        "AT_FDCWD" => current_folder(),
        _ => integer(number)?,
    };
    Some((number, &text[open + 1..text.len() - 1]))
}

/// `socket:[123]` is an object with a number of its own, whatever the kernel counts.
fn path_value(path: &str) -> Value<'_> {
    let numbered = path.strip_suffix(']').and_then(|rest| rest.split_once(":["));
    if let Some((kind, number)) = numbered
        && let Some(number) = integer(number)
    {
        let kind = Value::Text(Cow::Borrowed(kind));
        return Value::Object(vec![("kind".into(), kind), ("number".into(), number)]);
    }
    Value::Text(unescaped(path))
}

/// What both printers call the folder that relative paths start from: one by name, one by number.
fn current_folder<'a>() -> Value<'a> {
    Value::Number(Number::Integer(-100))
}

fn value(text: &str, depth: usize) -> Value<'_> {
    let whole = || Value::Text(Cow::Borrowed(text));
    if depth > MAX_DEPTH {
        return whole();
    }
    match text.as_bytes() {
        [] => Value::Null,
        b"NULL" => Value::Hex(0),
        b"AT_FDCWD" => current_folder(),
        // By definition the same number; some write the one, some the other.
        [b'P', b'F', b'_', ..] if is_word(text) => Value::Text(format!("AF_{}", &text[3..]).into()),
        _ if let Some((input, output)) = changed(text) => {
            let (input, output) = (value(input, depth + 1), value(output, depth + 1));
            Value::Object(vec![("in".into(), input), ("out".into(), output)])
        }
        [b'{', .., b'}'] => structure(&text[1..text.len() - 1], depth),
        [b'[', .., b']'] => list(&text[1..text.len() - 1], depth),
        [b'~', b'[', .., b']'] => {
            Value::Object(vec![("all but".into(), list(&text[2..text.len() - 1], depth))])
        }
        [b'"', ..] => string(text).unwrap_or_else(whole),
        // Inside of a list there is no room for what follows a descriptor.
        [b'0'..=b'9', ..]
            if depth > 0
                && let Some((number, _)) = descriptor(text) =>
        {
            number
        }
        [b'0'..=b'9' | b'-', ..] if !text.contains('|') => integer(text).unwrap_or_else(whole),
        _ if text.contains('|') && !text.contains(['(', ' ', '"']) => flags(text),
        _ => whole(),
    }
}

/// What a call found in memory, and what it left there: `16 => 110`.
fn changed(text: &str) -> Option<(&str, &str)> {
    memchr::memmem::find(text.as_bytes(), b" => ")?;
    let mut walk = Walk::new(text.as_bytes(), 0);
    while let Some(at) = walk.next(b'=') {
        if text[at..].starts_with("=> ") {
            return Some((text[..at].trim_ascii(), text[at + 3..].trim_ascii()));
        }
    }
    None
}

fn structure(inside: &str, depth: usize) -> Value<'_> {
    /// Of a structure with more members, the rest has places and no names.
    const MAX_NAMED: usize = 256;
    let mut members: Vec<(Cow<'_, str>, Value<'_>)> = Vec::new();
    for (place, piece) in pieces(inside).into_iter().enumerate() {
        if piece == "..." {
            members.push(("…".into(), Value::Bool(true)));
            continue;
        }
        let named = piece.split_once('=').map(|(key, rest)| (key.trim_ascii(), rest));
        let named = named.filter(|(key, rest)| {
            is_word(key)
                && !rest.starts_with('>')
                && place < MAX_NAMED
                && members.iter().all(|(known, _)| known != key)
        });
        let (key, text) = match named {
            Some((key, rest)) => (Cow::Borrowed(key), rest.trim_ascii()),
            None => (Cow::Owned(place.to_string()), piece),
        };
        members.push((key, value(without_comment(text).0, depth + 1)));
    }
    Value::Object(members)
}

fn list(inside: &str, depth: usize) -> Value<'_> {
    let elements = pieces(inside);
    // A set has spaces between its members; one printer writes SIG before the names of signals.
    if let [only] = elements[..]
        && only.split_ascii_whitespace().all(is_word)
    {
        let words = only.split_ascii_whitespace();
        return Value::List(words.map(|word| value(without_sig(word), depth + 1)).collect());
    }
    Value::List(elements.into_iter().map(|element| value(element, depth + 1)).collect())
}

fn without_sig(word: &str) -> &str {
    word.strip_prefix("SIG").filter(|rest| !rest.is_empty()).unwrap_or(word)
}

fn string(text: &str) -> Option<Value<'_>> {
    let end = end_of_string(text.as_bytes(), 0)?;
    let inside = &text[1..end];
    match &text[end + 1..] {
        "" => Some(Value::Text(unescaped(inside))),
        "..." => Some(Value::Text(Cow::Owned(format!("{}{CUT}", unescaped(inside))))),
        _ => None,
    }
}

/// Returns the text with its escapes written in one way: what can be printed stands as itself, other
/// bytes as `\x1f`.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (byte, length) = escape(&rest[at..]);
        match byte {
            Some(b'\\') => out.push_str("\\\\"),
            Some(byte @ 0x20..=0x7E) => out.push(char::from(byte)),
            Some(byte) => out.push_str(&format!("\\x{byte:02x}")),
            None => out.push_str("\\\\"),
        }
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Returns the byte that an escape stands for, and how many bytes the escape has.
pub(super) fn escape(text: &str) -> (Option<u8>, usize) {
    let bytes = text.as_bytes();
    let plain = |byte: u8| (Some(byte), 2);
    match bytes.get(1) {
        Some(b'n') => plain(b'\n'),
        Some(b't') => plain(b'\t'),
        Some(b'r') => plain(b'\r'),
        Some(b'v') => plain(0x0B),
        Some(b'f') => plain(0x0C),
        Some(b'a') => plain(0x07),
        Some(b'b') => plain(0x08),
        Some(&byte @ (b'"' | b'\\')) => plain(byte),
        Some(b'x') => {
            let digits =
                bytes[2..].iter().take(2).take_while(|byte| byte.is_ascii_hexdigit()).count();
            match u8::from_str_radix(&text[2..2 + digits], 16) {
                Ok(byte) => (Some(byte), 2 + digits),
                Err(_) => (None, 1),
            }
        }
        Some(b'0'..=b'7') => {
            let digits =
                bytes[1..].iter().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
            let octal = u16::from_str_radix(&text[1..1 + digits], 8).unwrap_or(u16::MAX);
            match u8::try_from(octal) {
                Ok(byte) => (Some(byte), 1 + digits),
                Err(_) => (None, 1),
            }
        }
        _ => (None, 1),
    }
}

/// Flags in one order, whatever order the printer has.
fn flags(text: &str) -> Value<'_> {
    let mut words: Vec<&str> = text.split('|').collect();
    words.sort_unstable();
    Value::Text(Cow::Owned(words.join("|")))
}

/// Returns the number that text spells: decimal, hexadecimal, or octal behind a 0.
fn integer(text: &str) -> Option<Value<'_>> {
    let all =
        |digits: &str, ok: fn(&u8) -> bool| !digits.is_empty() && digits.bytes().all(|b| ok(&b));
    if let Some(digits) = text.strip_prefix("0x").filter(|d| all(d, u8::is_ascii_hexdigit)) {
        return u64::from_str_radix(digits, 16).ok().map(Value::Hex);
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !all(digits, u8::is_ascii_digit) {
        return None;
    }
    if digits.len() > 1 && digits.starts_with('0') && digits.len() == text.len() {
        return u64::from_str_radix(digits, 8).ok().map(Value::Hex);
    }
    text.parse::<i128>().ok().map(|number| Value::Number(Number::Integer(number)))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        printed(text).value.to_string()
    }

    #[test]
    fn numbers_are_numbers_however_they_are_written() {
        assert_eq!(printed("0x10").value.hash(), printed("16").value.hash());
        assert_eq!(printed("0644").value.hash(), printed("420").value.hash());
        assert_eq!(printed("NULL").value.hash(), printed("0").value.hash());
        assert_eq!(printed("AT_FDCWD").value.hash(), printed("-100").value.hash());
        assert_eq!(shown("8192*1024"), "\"8192*1024\"");
        assert_eq!(
            shown("99999999999999999999999999999999999999999"),
            "\"99999999999999999999999999999999999999999\""
        );
    }

    #[test]
    fn flags_have_no_order() {
        assert_eq!(shown("PROT_READ|PROT_EXEC"), shown("PROT_EXEC|PROT_READ"));
        assert_ne!(shown("PROT_READ|PROT_EXEC"), shown("PROT_READ|PROT_WRITE"));
    }

    #[test]
    fn text_is_one_however_it_was_escaped() {
        assert_eq!(shown(r#""\177ELF\2\0""#), shown(r#""\x7f\x45\x4c\x46\x02\x00""#));
        assert_eq!(shown(r#""a\nb""#), shown(r#""a\12b""#));
        assert_ne!(shown(r#""abc"..."#), shown(r#""abc""#));
        assert_ne!(shown(r#""\\x41""#), shown(r#""\x41""#));
        assert_eq!(shown(r#""\400""#), r#""\\\\400""#);
    }

    #[test]
    fn structures_and_lists_are_taken_apart() {
        assert_eq!(
            shown("{st_mode=S_IFREG|0644, st_size=1, ...}"),
            r#"{"st_mode": "0644|S_IFREG", "st_size": 1, "…": true}"#
        );
        assert_eq!(shown("{tv_sec = 1,tv_nsec = 2}"), shown("{tv_sec=1, tv_nsec=2}"));
        assert_eq!(shown("[3, 4]"), "[3, 4]");
        assert_eq!(shown("[SIGHUP SIGINT]"), shown("[HUP INT]"));
        assert_eq!(shown("~[RTMIN RT_1]"), r#"{"all but": ["RTMIN", "RT_1"]}"#);
        assert_eq!(shown("[16 => 110]"), "[{\"in\": 16, \"out\": 110}]");
        assert_eq!(shown("{a=1} => {b=[2]}"), r#"{"in": {"a": 1}, "out": {"b": [2]}}"#);
        assert_eq!(shown("[{fd=3, events=POLLIN}]"), r#"[{"fd": 3, "events": "POLLIN"}]"#);
    }

    #[test]
    fn what_stands_beside_a_value_is_kept_apart() {
        let environment = printed("0x7ffc20016f48 /* 35 vars */");
        assert_eq!(
            (environment.value.to_string(), environment.note),
            ("0x7ffc20016f48".into(), Some("35 vars"))
        );
        let path = |text| printed(text).path.map(|path| path.to_string());
        assert_eq!(path("3</etc/passwd>").unwrap(), "\"/etc/passwd\"");
        assert_eq!(path("3<socket:[77]>").unwrap(), r#"{"kind": "socket", "number": 77}"#);
        assert_eq!(shown("3</etc/passwd>"), "3");
        assert_eq!(path("1<2"), None);
    }

    #[test]
    fn deep_nests_end() {
        let deep = "[".repeat(5000) + &"]".repeat(5000);
        assert!(shown(&deep).len() < 20_000);
    }
}

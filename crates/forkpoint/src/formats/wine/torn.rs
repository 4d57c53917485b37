//! What a line of Wine's that is not an event, or no right one, still holds of a call.
//!
//! Its one idea: a call is known by its head and `Call`, by its name behind `Call`, or by the address of
//! its caller at the end. Invariant: a line is skipped only if it holds none of these.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::line::{Body, Skip};
use crate::scan::elision;

/// A head, and a call or a return behind it, anywhere.
static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    of(
        r"(?-u)[0-9a-fA-F]{4,8}:(?:trace:relay:[^ ]*[ \x01]*)?(?:Call |Ret |CALL |RET |Starting thread proc |(?:Call|Ret)(?:To|From)[13])",
    )
});

/// A call or a return by its name, whatever stands before it.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    of(
        r"(?-u)(?:all|et|ALL|ET) {1,2}(?:[^\s(:]+\.[^\s(:]+|PE DLL|TLS callback|window proc [^(:]*) ?\(|tarting thread proc (?:0x)?[0-9a-fA-F]+ \(",
    )
});

/// The end of a call or a return: who called.
static TAIL: LazyLock<Regex> = LazyLock::new(|| {
    of(
        r"(?-u)(?:(?:^|[^a-zA-Z_])r?e?t?=(?:0x)?[0-9a-fA-F]{4,16}\s*$|(?:^|[^a-zA-Z_])(?:r?e?t?val|v?al?)=\S|\) retval=|reason=(?:PROCESS|THREAD)_[A-Z]+,res)",
    )
});

/// The same behind the head of a message, which may say such things itself.
static TAIL_OF_MESSAGE: LazyLock<Regex> = LazyLock::new(|| {
    of(r"(?-u)(?:\) ret=(?:0x)?[0-9a-fA-F]{4,16}\s*$|retval=\S+ ret=(?:0x)?[0-9a-fA-F]{4,16}\s*$)")
});

fn of(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is written here")
}

/// What a call of another channel is.
const SNOOP: &str = "a call as +snoop writes it, which is not read";
const GLUED: &str = "a call, and something else in its line";
const REST: &str = "the rest of a call, whose beginning stands in another line";
const BEGUN: &str = "the beginning of a call, whose rest stands in another line";

/// Returns what a line that is skipped for a reason holds of a call, or that lines are missing there.
pub(super) fn of_skipped(line: &[u8], skip: Skip) -> Option<&'static str> {
    let begins = |skip| skip == Skip::Other && begins_a_call(line);
    match skip {
        Skip::Empty => None,
        Skip::NoHead if is_snoop(line) => Some(SNOOP),
        _ if HEAD.is_match(line) => Some(GLUED),
        _ if NAMED.is_match(line) => Some(GLUED),
        Skip::NoHead if TAIL.is_match(line) => Some(REST),
        Skip::NoHead | Skip::Other if elision::is_mark(line) => Some(elision::LEFT_OUT),
        Skip::NoHead => None,
        skip if begins(skip) => Some(BEGUN),
        _ if TAIL_OF_MESSAGE.is_match(line) => Some(REST),
        _ => None,
    }
}

/// Returns what the text behind a head holds of a call, if it is skipped.
pub(super) fn of_message(rest: &[u8], skip: Skip) -> Option<&'static str> {
    if is_snoop(rest) { Some(SNOOP) } else { of_skipped(rest, skip) }
}

fn is_snoop(rest: &[u8]) -> bool {
    rest.starts_with(b"CALL ") || rest.starts_with(b"RET ")
}

/// Whether text behind a head is the beginning of `Call `, or of another word that begins an event.
fn begins_a_call(rest: &[u8]) -> bool {
    let rest = rest.trim_ascii_end();
    [&b"Call "[..], b"Ret  ", b"Starting thread proc "].iter().any(|word| word.starts_with(rest))
}

/// Whether text that begins as a call, but is damaged, holds another line.
pub(super) fn holds_a_head(rest: &[u8]) -> bool {
    HEAD.is_match(rest) || elsewhere(rest)
}

/// Whether a message is in the text.
fn elsewhere(rest: &[u8]) -> bool {
    static MESSAGE: LazyLock<Regex> =
        LazyLock::new(|| of(r"(?-u)[0-9a-fA-F]{4,8}:(?:trace|fixme|warn|err):[a-z0-9_]+:"));
    MESSAGE.is_match(rest)
}

/// Returns what is wrong with a call or a return that reads as a whole one: outside of its texts there is
/// no colon, and what is not text is a number.
pub(super) fn of_event<'a>(
    body: &Body<'a>,
    words: impl Iterator<Item = &'a [u8]>,
) -> Option<&'static str> {
    const TWO: &str = "two lines in one";
    const NO_NUMBER: &str = "an argument or a result that is no number";
    let name = body.name_bytes().unwrap_or_default();
    let is_function = memchr::memchr(b'.', name).is_some() && !name.contains(&b' ');
    if name.contains(&b':') || (is_function && name.contains(&b')')) {
        return Some(TWO);
    }
    if let Some(value) = body.returned().filter(|value| !is_number(value)) {
        return Some(if value.contains(&b':') { TWO } else { NO_NUMBER });
    }
    for word in words {
        if word.contains(&b':') {
            return Some(TWO);
        }
        if is_function && !word.contains(&b' ') && !is_number(word) {
            return Some(NO_NUMBER);
        }
    }
    None
}

/// Whether a word is a number as Wine writes them: hexadecimal, or `%g` of a double.
fn is_number(word: &[u8]) -> bool {
    let is_double = || std::str::from_utf8(word).is_ok_and(|word| word.parse::<f64>().is_ok());
    super::arguments::word(word).is_some()
        || is_double()
        || word.starts_with(b"{")
        || word.ends_with(b"}")
}

#[cfg(test)]
mod tests {
    use super::super::line::parse_line;
    use super::*;

    fn torn(text: &str) -> Option<&'static str> {
        match parse_line(text.as_bytes()) {
            Ok(_) => None,
            Err(Skip::NoHead) => of_skipped(text.as_bytes(), Skip::NoHead),
            Err(skip) => {
                let head = super::super::line::head(text.as_bytes()).ok()?;
                of_message(head.rest, skip)
            }
        }
    }

    #[test]
    fn pieces_of_calls_are_known() {
        for text in [
            "name? 0024:Ret  KERNEL32.WriteFile() retval=00000001 ret=00401255",
            "[steam] 0009:Call KERNEL32.CloseHandle(00000044) ret=00401250",
            "24:Call KERNEL32.CloseHandle(00000044) ret=00401250",
            "ll KERNEL32.CloseHandle(00000044) ret=00401250",
            "HELLO all ntdll.NtClose(1",
            "val=00000000 ret=6fffffc88542",
            "=00000000 ret=6fffffc88542",
            "t=6fffffc88542",
            "00000044) ret=401250",
            "0024:fix0028:Call ntdll.NtClose(1) ret=1",
            "0024:fixme:ntdll:f stub0028:Ret  a.b() retval=0 ret=1",
            "0024:CALL kernel32.CloseHandle(00000044) ret=00401250",
            "0024:Ca",
            "0024:",
            "0024:0028:Starting threa",
            "0024:00000044) ret=00401250",
            "[... 1200 lines omitted ...]",
        ] {
            assert!(torn(text).is_some(), "{text}");
        }
    }

    #[test]
    fn messages_of_others_are_none() {
        for text in [
            "it looks like wine32 is missing",
            "wineserver: using server-side synchronization.",
            "0024:fixme:ntdll:NtQuerySystemInformation info_class 46, ret=0",
            "0024:err:module:import_dll Library a.dll (which is needed by L\"b.exe\") not found",
            "0024:trace:relay:load_list x",
            "0024:CallTo16(func=1)x",
            "Calling the function foo(1)",
            "budget=1234x",
        ] {
            assert_eq!(torn(text).filter(|_| !text.contains("CallTo16")), None, "{text}");
        }
    }
}

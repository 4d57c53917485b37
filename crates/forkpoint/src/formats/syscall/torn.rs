//! What a line that holds no whole call still holds of one.
//!
//! Its one idea: `) = 3` ends a call, and the words of strace and qemu stand in nobody else's text.
//! Invariant: a line is skipped only if it holds none of these.

use std::sync::LazyLock;

use regex::Regex;

use super::{brackets, head, parameters};
use crate::scan::elision;

/// The end of a call, and what only the writers of such logs write.
static PIECE: LazyLock<Regex> = LazyLock::new(|| {
    of(
        r"\)\s*= (?:-?\d|0x[0-9a-f]|\?)|^\s*= (?:-?\d|0x[0-9a-f]|\?)|<unfinished \.\.\.>|<\.\.\. |\bresumed>|--- (?:SIG[A-Z0-9_]+ \{|stopped by SIG)|\+\+\+ (?:exited with|killed by|superseded by)|\d Unknown syscall \d",
    )
});

/// What may be the beginning of a call: a number before a name and a bracket.
static BEGUN: LazyLock<Regex> =
    LazyLock::new(|| of(r"(?:\[pid +\d+(?:<[^>]*>)?\]|\d) +([a-z_][a-z0-9_]*)\("));

/// What another line begins with, in the midst of this one.
static OTHER_LINE: LazyLock<Regex> = LazyLock::new(|| {
    of(r"<unfinished \.\.\.>|<\.\.\. [a-z0-9_]+ resumed>|\[pid +\d+\] |\)\s+= (?:-?\d|0x|\?)")
});

/// A call's result: a number, the path or the error beside it, and what is reported of it in brackets.
static RESULT: LazyLock<Regex> = LazyLock::new(|| {
    of(
        r"^(?:\?|-?\d+|0x[0-9a-fA-F]+)(?:\s?<.*>)?(?:\s+[A-Z][A-Z0-9_]+|\s+errno=\d+)?(?:\s+[(\[{].*[)\]}])?$",
    )
});

fn of(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is written here")
}

/// Returns what a line that is skipped holds of a call, or that lines are missing there.
pub(in crate::formats) fn of_skipped(line: &str) -> Option<&'static str> {
    if PIECE.is_match(line) {
        return Some("a call or a piece of one, and something else in its line");
    }
    let is_known = |name: regex::Match<'_>| parameters::of(name.as_str()).is_some();
    if BEGUN.captures_iter(line).any(|found| found.get(1).is_some_and(is_known)) {
        return Some("the beginning of a call, and something else in its line");
    }
    elision::is_mark(line.as_bytes()).then_some(elision::LEFT_OUT)
}

/// The same of what the log's writer says of itself.
pub(in crate::formats) fn of_message(line: &str) -> Option<&'static str> {
    PIECE.is_match(line).then_some("a call or a piece of one, and something else in its line")
}

/// Whether a line that begins as a call holds another call.
pub(in crate::formats) fn holds_another(line: &str) -> bool {
    OTHER_LINE.is_match(line) || BEGUN.find_iter(line).any(|found| found.start() > 0)
}

/// Whether another line begins among the arguments: a number, a space, a name and a bracket.
pub(in crate::formats) fn holds_a_call(arguments: &str) -> bool {
    arguments.contains('(')
        && brackets::pieces(arguments).iter().any(|piece| {
            !piece.starts_with(['"', '{', '['])
                && piece.match_indices(' ').any(|(at, _)| {
                    piece[..at].ends_with(|c: char| c.is_ascii_digit() || c == ']')
                        && head(&piece[at + 1..]).is_some()
                })
        })
}

/// Whether a call's name is the rest of another's, whose beginning may stand in the line before.
pub(in crate::formats) fn is_rest_of_a_name(call: &str) -> bool {
    head(call).is_some_and(|(name, _)| parameters::ends_as(name))
}

/// Whether arguments end within a text.
pub(in crate::formats) fn ends_in_text(arguments: &str) -> bool {
    let mut at = 0;
    while let Some(open) = arguments[at..].find('"') {
        match brackets::end_of_string(arguments.as_bytes(), at + open) {
            Some(end) => at = end + 1,
            None => return true,
        }
    }
    false
}

/// Whether what follows a call's equals sign is a result and nothing else.
pub(in crate::formats) fn is_result(result: &str) -> bool {
    RESULT.is_match(result) && (result.contains('"') || !OTHER_LINE.is_match(result))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_calls_are_known() {
        for text in [
            "hi[pid 7] close(3) = 0",
            "some text7 openat(AT_FDCWD, \"/a",
            ")                    = 4",
            "NULL, 8) = 0",
            " = 3",
            "hello <unfinished ...>",
            "<... read resumed>\"x\", 1) = 1",
            "bye+++ exited with 0 +++",
            "x--- SIGCHLD {si_signo=SIGCHLD} ---",
            "[... 12 lines skipped ...]",
        ] {
            assert!(of_skipped(text).is_some(), "{text}");
        }
        for text in ["hello", "f(2) is 4", "usage: prog [options]", "see printf(3)", "12 (a)"] {
            assert_eq!(of_skipped(text), None, "{text}");
        }
    }

    #[test]
    fn a_result_is_a_number_and_what_is_told_of_it() {
        for result in [
            "0",
            "-1 ENOENT (No such file or directory)",
            "? ERESTARTSYS (To be restarted)",
            "3</etc/passwd>",
            "0x8002 (flags O_RDWR|O_LARGEFILE)",
            "1 ([{fd=3, revents=POLLIN}])",
            "?",
            "? <unavailable>",
            "-1 errno=9 (Bad file descriptor)",
            "3<TCP:[127.0.0.1:80->127.0.0.1:4000]>",
            "1700000000 (2023-11-14T22:13:20+0000)",
            "-1 ENOSYS (Function not implemented) (INJECTED)",
        ] {
            assert!(is_result(result), "{result}");
        }
        for result in [
            "0[pid 7] close(3) = 0",
            "0openat(1) = 3",
            "0 7 close(3) = 0",
            "hello",
            "0hello",
            "-1 ENOENT (No such file)hello",
        ] {
            assert!(!is_result(result), "{result}");
        }
    }
}

//! What a line of Xenia's that begins no message still holds of a call.
//!
//! Its one idea: a head is at the start of a line and nowhere else, and the rest of a call is words of
//! eight digits up to a bracket.

use std::sync::LazyLock;

use regex::Regex;

use crate::scan::elision;

/// A head behind something else.
static HEAD: LazyLock<Regex> = LazyLock::new(|| of(r".[a-zA-Z!]> [0-9A-F]{8}(?:[ \r\n]|$)"));

/// A call without its head, the end of one, or a return.
static PIECE: LazyLock<Regex> = LazyLock::new(|| {
    of(
        r"(?:^|[^A-Za-z0-9_])[A-Za-z_][A-Za-z0-9_]*\((?:[0-9A-F]{8}(?:\(|,|\))|\)$)|(?:^[0-9A-F]{1,8}|, [0-9A-F]{8})(?:\([^()]*\))?\)\s*$|^[A-Za-z0-9_]* = [0-9A-F]{8}\s*$|^[a-zA-Z!]?>? ?[0-9A-F]{1,8} [A-Za-z_][A-Za-z0-9_]*(?:\(| = )|handle:[0-9A-F]{8} for ",
    )
});

fn of(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is written here")
}

/// Whether a line holds a head behind its beginning.
pub(super) fn holds_a_head(line: &str) -> bool {
    memchr::memmem::find(line.as_bytes().get(1..).unwrap_or_default(), b"> ").is_some()
        && HEAD.is_match(line)
}

/// Returns what a line without a head holds of a call, or that lines are missing there.
pub(super) fn of_skipped(line: &str) -> Option<&'static str> {
    if PIECE.is_match(line) || HEAD.is_match(line) {
        return Some("a piece of a call, without its head");
    }
    elision::is_mark(line.as_bytes()).then_some(elision::LEFT_OUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_calls_are_known() {
        for text in [
            "Event(82A4B8A0, 00000000, 00000000)",
            "000018)",
            ", 00000001)",
            "NtClose(F8000010)",
            "F8000008 NtClose(F8000010)",
            "8 NtClose(F8000010)",
            "NtAllocateVirtualMemory = 40000000",
            "GetTick()",
            "[... 12 lines omitted ...]",
        ] {
            assert!(of_skipped(text).is_some(), "{text}");
        }
        assert!(holds_a_head("d> F8000008 KeSetd> F800000C NtClose(F8000018)"));
        assert!(!holds_a_head("d> F8000008 NtClose(F8000018)"));
        for text in ["  at 3", "second line (x)", "Build: main@abc on Mar 1"] {
            assert_eq!(of_skipped(text), None, "{text}");
        }
    }
}

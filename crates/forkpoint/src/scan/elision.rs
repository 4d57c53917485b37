//! Knows the marks of lines that somebody left out of a log: `[... 1200 lines omitted ...]`.
//!
//! Its one idea: whoever shortens a log says so in a line of its own, in brackets, dots or dashes, or with
//! a number of lines. Such a line is damage, since what it stands for may have been events.

use std::sync::LazyLock;

use regex::bytes::Regex;

/// What a fault says of such a line.
pub const LEFT_OUT: &str = "somebody left lines of the log out here";

/// A number of things, and what became of them, in either order.
static COUNTED: LazyLock<Regex> = LazyLock::new(|| {
    let things = r"(?:more |other |log )*(?:lines?|bytes?|[kmg]i?b|chars?|characters?|messages?|events?|entries|calls?|records?|rows?|times|output)";
    let fates = r"(?:omitted|omitting|truncated|truncating|skipped|skipping|snipped|elided|suppressed|removed|dropped|deleted|clipped|trimmed|hidden|left out|lost|missing|missed|discarded|redacted|collapsed|folded|repeated|cut)";
    let pattern = format!(
        r"(?i-u)(?:\b[0-9][0-9,.' _]*\s*{things}\b.*\b{fates}\b|\b{fates}\b.*\b[0-9][0-9,.' _]*\s*{things}\b)"
    );
    Regex::new(&pattern).expect("the pattern is written here")
});

/// A mark without a number: all dots, or a word of that meaning in brackets, dots or dashes.
static MARKED: LazyLock<Regex> = LazyLock::new(|| {
    let fence = r"[\[\](){}<>.\-=*~#:_8%|/\\ \t…⋮]";
    let words = r"(?:(?:log|output|lines?|rest|text|content|middle|more|is|was|here|of|the|been|has)\s+)*(?:omitted|truncated|truncation|skipped|snipped|snip+|elided|suppressed|removed|clipped|trimmed|cut|cut here|left out|abridged|redacted|[0-9][0-9,]*\s+(?:more\s+)?(?:lines?|bytes?|[kmg]i?b))(?:[ \t:;,]+[^\]>)]*)?";
    let pattern = format!(
        r"(?i)^\s*(?:[\[(<{{]?\s*(?:\.{{3,}}|…|⋮|(?:\. ){{2,}}\.)\s*[\])>}}]?|(?:\[|<|\(|\.{{2,}}|-{{2,}}|={{2,}}|\*{{2,}}|~{{2,}}|#{{2,}}|…|8<|%<|>8){fence}*{words}{fence}*)\s*$"
    );
    Regex::new(&pattern).expect("the pattern is written here")
});

/// Whether a line that holds no event says that lines were left out where it stands.
pub fn is_mark(line: &[u8]) -> bool {
    /// Marks are short.
    const LONGEST: usize = 400;
    line.len() <= LONGEST && (COUNTED.is_match(line) || MARKED.is_match(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_whatever_wording_are_known() {
        for mark in [
            "[... 1200 lines omitted ...]",
            "... 12 more lines ...",
            "--- 40 lines ---",
            "...",
            "[...]",
            "[…]",
            "<snip>",
            "-- snip --",
            "----8<---- snip ----8<----",
            "[truncated]",
            "*** output truncated ***",
            "[output clipped, log limit 2MiB reached]",
            "(1,024 bytes skipped)",
            "Suppressed 3418 messages from wine.service",
            "systemd-journald[33]: Suppressed 12 messages from x",
            "message repeated 7 times: [ hello]",
            "last message repeated 3 times",
            "Truncated 20 KiB of output",
            "7 lines were left out",
        ] {
            assert!(is_mark(mark.as_bytes()), "{mark}");
        }
    }

    #[test]
    fn what_a_program_says_is_no_mark() {
        for text in [
            "hello",
            "Loading...",
            "reading 3 lines",
            "it looks like wine32 is missing",
            "done. 12 files",
            "----",
            "",
            "wineserver: using server-side synchronization.",
        ] {
            assert!(!is_mark(text.as_bytes()), "{text}");
        }
    }
}

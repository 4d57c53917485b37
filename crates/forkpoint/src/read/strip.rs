//! What somebody put before each line of a log, or around its words: a launcher's tag, a journal's head,
//! numbers of lines, colours.
//!
//! Its one idea: a marker is taken off only where all lines have it. Which one that is, the user says
//! (`--strip-prefix`), or the first lines show it: none of them reads as it is, all begin alike, and
//! what is left reads as a log. Invariant: a line that lacks the marker is damaged, never passed.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::formats::{FORMATS, Format, WrittenBy};
use crate::trace::fault::FaultKind;

/// The mark that some editors put before the first line of a text in UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Returns a log's first line, or a log, without that mark.
pub(super) fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// What is taken off each line of a log.
#[derive(Clone, Debug)]
pub struct Marker {
    /// What each line begins with, as it was asked for or recognised.
    pattern: Option<(String, Regex)>,
    /// Whether colours are taken out of lines.
    colours: bool,
    /// Whether the user asked for it.
    asked: bool,
}

/// Escape sequences of terminals: colours, and clearing a line.
static COLOURS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?-u)\x1b\[[0-9;:]*[mK]").expect("the pattern is written here"));

impl Marker {
    /// Returns what `--strip-prefix` asks for.
    ///
    /// # Errors
    /// What is wrong with the expression.
    pub fn parse(pattern: &str) -> Result<Self, String> {
        let regex = Regex::new(&format!("^(?:{pattern})")).map_err(|error| error.to_string())?;
        Ok(Self { pattern: Some((pattern.to_owned(), regex)), colours: false, asked: true })
    }

    fn recognised(pattern: Option<String>, colours: bool) -> Option<Self> {
        let pattern = match pattern {
            Some(pattern) => {
                let regex = Regex::new(&format!("^(?:{pattern})")).ok()?;
                Some((pattern, regex))
            }
            None => None,
        };
        (colours || pattern.is_some()).then_some(Self { pattern, colours, asked: false })
    }

    /// Returns whether the user asked for it.
    pub fn is_asked_for(&self) -> bool {
        self.asked
    }

    /// Returns a line without it; none if the line lacks it.
    pub fn taken_off<'a>(&self, line: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        let line = if self.colours { COLOURS.replace_all(line, &b""[..]) } else { line.into() };
        let Some((_, regex)) = &self.pattern else { return Some(line) };
        if line.trim_ascii().is_empty() {
            return Some(line);
        }
        let end = regex.find(&line)?.end();
        Some(match line {
            Cow::Borrowed(line) => Cow::Borrowed(&line[end..]),
            Cow::Owned(line) => Cow::Owned(line[end..].to_vec()),
        })
    }

    /// Returns the first bytes of a log without it; of lines that lack it, nothing is left.
    pub fn taken_off_head(&self, head: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(head.len());
        for line in head.split_inclusive(|&byte| byte == b'\n') {
            let (line, end) = match line.strip_suffix(b"\n") {
                Some(line) => (line, &b"\n"[..]),
                None => (line, &b""[..]),
            };
            out.extend_from_slice(&self.taken_off(line).unwrap_or_default());
            out.extend_from_slice(end);
        }
        out
    }

    /// Returns what there is to say of it.
    pub fn what(&self) -> String {
        match (&self.pattern, self.colours) {
            (Some((pattern, _)), false) => {
                format!("each line begins with `{pattern}`, which is taken off")
            }
            (Some((pattern, _)), true) => {
                format!("each line begins with `{pattern}`, which is taken off, and so are colours")
            }
            (None, _) => "lines have colours of a terminal, which are taken off".to_owned(),
        }
    }

    /// Returns the fault of a line that lacks it.
    pub(super) fn fault(&self) -> (FaultKind, String) {
        let pattern = self.pattern.as_ref().map_or("", |(pattern, _)| pattern);
        (FaultKind::Malformed, format!("the line does not begin with `{pattern}`, as others do"))
    }
}

/// Returns the marker that all first lines of a log have, if it is of no format as it is.
pub(super) fn recognise(head: &[u8]) -> Option<Marker> {
    let colours = COLOURS.is_match(head);
    let clean = if colours { COLOURS.replace_all(head, &b""[..]) } else { head.into() };
    let lines = lines(&clean);
    if let Some(pattern) = numbers(&lines) {
        return Marker::recognised(Some(pattern), colours);
    }
    if FORMATS.iter().any(|format| (format.sniff)(head) && !(colours && is_engine(format))) {
        return None;
    }
    if engine(&clean).is_some() {
        return Marker::recognised(None, colours);
    }
    let pattern = shared(&lines, lines.len())?;
    Marker::recognised(Some(pattern), colours)
}

/// Returns an expression for what most lines begin with, to be suggested, where not all do.
pub(super) fn suggestion(head: &[u8]) -> Option<String> {
    let lines = lines(head);
    shared(&lines, 1)
}

/// Formats that engines write: what stands before their lines is not a part of them.
fn is_engine(format: &Format) -> bool {
    format.written_by == WrittenBy::Engine
}

fn engine(head: &[u8]) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|format| is_engine(format) && (format.sniff)(head))
}

/// Returns the first lines that are not empty; the last one may be cut, and is left out if there are others.
fn lines(head: &[u8]) -> Vec<&[u8]> {
    /// More need not be looked at to know what lines begin with.
    const LOOKED_AT: usize = 64 << 10;
    let head = &head[..head.len().min(LOOKED_AT)];
    let is_cut = head.last() != Some(&b'\n');
    let mut lines: Vec<&[u8]> = head.split(|&byte| byte == b'\n').collect();
    if is_cut && lines.len() > 1 {
        lines.pop();
    }
    lines.retain(|line| !line.trim_ascii().is_empty());
    lines
}

/// Returns what numbered lines begin with.
fn numbers(lines: &[&[u8]]) -> Option<String> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?-u)^\s*([0-9]+)[:\t |)]").expect("the pattern is written here")
    });
    const PATTERN: &str = r"\s*[0-9]+[:\t |)]\s?";
    /// Two lines in a row may happen to be of threads 1 and 2.
    const FEWEST: usize = 3;
    let number = |line: &&[u8]| {
        let found = NUMBER.captures(line)?;
        std::str::from_utf8(found.get(1)?.as_bytes()).ok()?.parse::<u64>().ok()
    };
    let numbers: Vec<u64> = lines.iter().map(number).collect::<Option<_>>()?;
    let first = *numbers.first().filter(|&&first| first <= 1)?;
    let is_row = numbers.iter().zip(first..).all(|(&number, wanted)| number == wanted);
    (lines.len() >= FEWEST && is_row && reads(lines, PATTERN)).then(|| PATTERN.to_owned())
}

/// Returns what this many lines begin with at least, so that what is left reads as a log.
fn shared(lines: &[&[u8]], wanted: usize) -> Option<String> {
    /// No launcher puts more words before a line.
    const MOST: usize = 10;
    let indented =
        |line: &&[u8]| line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    if let Some(indent) = lines.iter().map(indented).min().filter(|&indent| indent > 0) {
        let pattern = format!(r"[ \t]{{{indent}}}");
        if reads(lines, &pattern) {
            return Some(pattern);
        }
    }
    for line in lines.iter().take(if wanted == lines.len() { 1 } else { lines.len() }) {
        for n_words in 1..=MOST {
            let Some(pattern) = shape(line, n_words) else { break };
            let Ok(regex) = Regex::new(&format!("^(?:{pattern})")) else { break };
            let n = lines.iter().filter(|line| regex.is_match(line)).count();
            if n < wanted {
                break;
            }
            if reads(lines, &pattern) {
                return Some(pattern);
            }
        }
    }
    None
}

/// Whether lines without what they begin with are a log of an engine.
fn reads(lines: &[&[u8]], pattern: &str) -> bool {
    let Some(marker) = Marker::recognised(Some(pattern.to_owned()), false) else { return false };
    engine(&marker.taken_off_head(&lines.join(&b'\n'))).is_some()
}

/// Returns an expression for the first words of a line: digits are any digits, names of days and months any
/// such names, all else stands as it is.
fn shape(line: &[u8], n_words: usize) -> Option<String> {
    let text = std::str::from_utf8(line).ok()?;
    let words: Vec<&str> = text.split_ascii_whitespace().take(n_words).collect();
    if words.len() < n_words {
        return None;
    }
    let pattern: Vec<String> = words.iter().map(|word| shape_of_word(word)).collect();
    Some(format!(r"\s*{}(?:\s|$)", pattern.join(r"\s+")))
}

fn shape_of_word(word: &str) -> String {
    const NAMES: [&str; 19] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Mon",
        "Tue", "Wed", "Thu", "Fri", "Sat", "Sun",
    ];
    if NAMES.contains(&word) {
        return "[A-Z][a-z]{2}".to_owned();
    }
    if matches!(word, "V" | "D" | "I" | "W" | "E" | "F") {
        return "[A-Z]".to_owned(); // a level, as Android writes it
    }
    let mut pattern = String::new();
    let mut rest = word;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, digits) = rest.split_at(start);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        pattern.push_str(&regex::escape(before));
        pattern.push_str("[0-9]+");
        rest = &digits[end..];
    }
    pattern.push_str(&regex::escape(rest));
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINE: [&str; 3] = [
        "0024:Call KERNEL32.CloseHandle(00000044) ret=00401250",
        "0024:Ret  KERNEL32.CloseHandle() retval=00000001 ret=00401250",
        "it looks like wine32 is missing",
    ];

    fn recognised(prefixes: [&str; 3]) -> Option<Vec<u8>> {
        let lines: Vec<String> =
            prefixes.iter().zip(WINE).map(|(prefix, line)| format!("{prefix}{line}\n")).collect();
        let head = lines.concat().into_bytes();
        recognise(&head).map(|marker| marker.taken_off_head(&head))
    }

    #[test]
    fn what_all_lines_begin_with_is_taken_off() {
        let plain = WINE.map(|line| format!("{line}\n")).concat().into_bytes();
        for prefixes in [
            ["[steam] "; 3],
            ["    "; 3],
            [
                "Nov 26 01:02:03 host wine[123]: ",
                "Nov 26 01:02:04 host wine[123]: ",
                "Dec  1 01:02:04 host wine[9]: ",
            ],
            [
                "11-26 01:02:03.456  123  456 I wine: ",
                "11-26 01:02:03.457  123  1456 W wine: ",
                "11-26 01:02:03.456  123  456 I wine: ",
            ],
            ["#10 57.04 ", "#10 57.1 ", "#10 158.00 "],
            ["wineMs=5 ", "wineMs=17 ", "wineMs=18 "],
            ["2024-05-01T10:00:00.123Z ", "2024-05-01T10:00:00.124Z ", "2024-05-01T10:00:01.123Z "],
            ["wine  | "; 3],
            ["1:", "2:", "3:"],
            ["     1\t", "     2\t", "     3\t"],
            ["> "; 3],
        ] {
            assert_eq!(recognised(prefixes).as_deref(), Some(&plain[..]), "{prefixes:?}");
        }
        let coloured = ["\x1b[32m", "\x1b[0m", ""];
        assert_eq!(recognised(coloured).as_deref(), Some(&plain[..]));
    }

    #[test]
    fn what_some_lines_begin_with_stays() {
        assert!(recognised(["[steam] ", "[steam] ", ""]).is_none());
        assert!(recognised(["", "[steam] ", "[steam] "]).is_none());
        assert!(recognised(["", "", ""]).is_none());
        assert!(recognise(b"").is_none());
        assert!(recognise(b"hello\nworld\n").is_none());
        let head = b"[steam] 0024:Call ntdll.NtClose(01) ret=1\nhello\n";
        assert_eq!(suggestion(head).as_deref(), Some(r"\s*\[steam\](?:\s|$)"));
    }

    #[test]
    fn a_line_without_the_marker_is_none() {
        let marker = Marker::parse(r"\[\w+\] ").unwrap();
        assert_eq!(marker.taken_off(b"[a] b").as_deref(), Some(&b"b"[..]));
        assert_eq!(marker.taken_off(b"b [a] "), None);
        assert_eq!(marker.taken_off(b"").as_deref(), Some(&b""[..]));
        assert!(Marker::parse("(").is_err());
    }
}

//! Takes out of a call what the program wrote by it, where both went to one terminal or file.
//!
//! ```text
//! write(1, "bye\n", 4bye
//! )                    = 4
//! 7 write(1,0x0000004000801000,4)bye
//!  = 4
//! ```
//!
//! Its one idea: the call says what is written and its result says how much, so the text can be taken out
//! exactly, or not at all. Invariant: whatever is taken out has the length that the call returned, and,
//! where the log shows the text, is that text.

use std::sync::LazyLock;

use regex::Regex;

use crate::formats::syscall::call_scan::CallScan;
use crate::formats::syscall::mixed::{Mixed, UNFINISHED};
use crate::scan::chunk::Chunk;
use crate::trace::skip::Skip;

use super::brackets::{Walk, end_of_string};
use super::torn;
use super::value::escape;
use crate::trace::Place;
use crate::trace::line::legible;

/// What came of a call that may hold the program's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Beside {
    /// It holds none that could be taken out.
    Nothing,
    /// It may go on in the next line.
    GoesOn,
    /// The call without the text.
    Without(String),
}

/// What follows the text in strace's lines, with the result in a group.
static END: LazyLock<Regex> =
    LazyLock::new(|| of(r"^\)\s+= (-?\d+)(?: [A-Z][A-Z0-9]+ \([^()]*\))?(?: <\d+\.\d+>)?\s*$"));

/// The same at the end of some text.
static LAST: LazyLock<Regex> = LazyLock::new(|| of(r"\)[ \t]+= \d+(?: <\d+\.\d+>)?[ \t\r]*$"));

/// What follows the text in qemu's lines.
static RESULT: LazyLock<Regex> = LazyLock::new(|| of(r" = (\d+)[ \t\r]*$"));

fn of(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is written here")
}

/// Looks at a call of strace's, perhaps of several lines; `call` starts with its name.
pub(in crate::formats) fn of_strace(call: &str) -> Beside {
    match written(call) {
        Some(written) => written.taken_out(call),
        None => Beside::Nothing,
    }
}

/// Looks at a call of qemu's, which does not show the text: its length is the result.
pub(in crate::formats) fn of_qemu(call: &str) -> Beside {
    if !call.starts_with("write(") {
        return Beside::Nothing;
    }
    let Some(close) = call.find(')') else { return Beside::Nothing };
    let count = call[..close].rsplit(',').next().and_then(number);
    let (Some(count), Some((_, rest))) = (count, call.split_at_checked(close + 1)) else {
        return Beside::Nothing;
    };
    if rest.starts_with(" = ")
        && !rest.contains('\n')
        && number(rest[3..].trim_ascii_end()).is_some()
        || rest.starts_with(" = -1 ")
    {
        return Beside::Nothing;
    }
    if let Some(found) = RESULT.captures(rest) {
        let (text, described) = rest.split_at(found.get(0).map_or(0, |all| all.start()));
        let holds = holds_lines(text);
        if number(&found[1]).is_some_and(|n| n <= count && has_length(text, n)) && !holds {
            return Beside::Without(format!("{}{described}", &call[..=close]));
        }
    }
    if length(rest) <= count && !holds_lines(rest) { Beside::GoesOn } else { Beside::Nothing }
}

fn holds_lines(text: &str) -> bool {
    text.lines().any(|line| torn::of_skipped(line).is_some())
}

/// A call that writes: what, and where its count stands.
struct Written {
    /// The text, as far as the log shows it.
    text: String,
    /// How many bytes that is.
    n_bytes: usize,
    /// Whether it is all.
    is_whole: bool,
    /// The count, if what is shown says it.
    count: Option<usize>,
    /// Where the count stands.
    at: usize,
}

/// Returns what a call of `write` or `writev` writes.
fn written(call: &str) -> Option<Written> {
    let is_vector = call.starts_with("writev(");
    if !is_vector && !call.starts_with("write(") {
        return None;
    }
    let mut walk = Walk::new(call.as_bytes(), call.find('(')? + 1);
    let start = walk.next(b',')? + 1;
    let end = walk.next(b',')?;
    let shown = call.get(start..end)?.trim_ascii();
    let at = end + 1 + call[end + 1..].bytes().take_while(|&byte| byte == b' ').count();
    let mut bytes = Vec::new();
    let mut is_whole = true;
    let mut n_texts = 0;
    let mut rest = shown;
    if !is_vector && !shown.starts_with('"') {
        return None;
    }
    while let Some(open) = rest.find('"') {
        let close = end_of_string(rest.as_bytes(), open)?;
        unescape(&rest[open + 1..close], &mut bytes)?;
        is_whole &= !rest[close + 1..].starts_with("...");
        rest = &rest[close + 1..];
        n_texts += 1;
    }
    if is_vector && (!is_whole || shown.ends_with("...]")) {
        return None; // which part was cut short, the text does not tell
    }
    let count = match (is_vector, is_whole) {
        (true, _) => Some(n_texts),
        (false, true) => Some(bytes.len()),
        (false, false) => None,
    };
    let n_bytes = bytes.len();
    Some(Written { text: legible(&bytes).into_owned(), n_bytes, is_whole, count, at })
}

/// How far the text is found behind the count.
enum Match {
    /// All of it; what follows starts there.
    All(usize),
    /// Up to there, and something else follows.
    Up(usize),
    /// The lines end within it.
    Ends,
}

impl Written {
    fn taken_out(&self, call: &str) -> Beside {
        let behind = &call[self.at..];
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        let splits = match self.count {
            Some(count) => {
                let length = count.to_string().len();
                if !behind.starts_with(&count.to_string()) {
                    return Beside::Nothing;
                }
                length..=length
            }
            None if digits == 0 => return Beside::Nothing,
            None => 1..=digits,
        };
        let mut found = Vec::new();
        let mut goes_on = false;
        for split in splits {
            let (count, rest) = behind.split_at(split);
            let is_plain = rest.starts_with(')') && !self.text.starts_with(')');
            if is_plain {
                continue;
            }
            let end = if self.is_whole {
                self.end_of_whole(rest)
            } else {
                self.end_of_shortened(rest, number(count))
            };
            match end {
                Some(Some(end)) => found.push(format!("{}{count}{end}", &call[..self.at])),
                Some(None) => goes_on = true,
                None => {}
            }
        }
        match found.len() {
            1 => Beside::Without(found.remove(0)),
            0 if goes_on => Beside::GoesOn,
            _ => Beside::Nothing,
        }
    }

    /// Returns what follows the text, if that is known to be whole; inside none if it may go on.
    fn end_of_whole<'a>(&self, rest: &'a str) -> Option<Option<&'a str>> {
        let (at, is_all) = match matched(rest, &self.text) {
            Match::Ends => return Some(None),
            Match::All(at) => (at, true),
            Match::Up(at) => (at, false),
        };
        let end = &rest[at..];
        if end.trim_ascii() == UNFINISHED {
            return is_all.then_some(Some(end));
        }
        let result: usize = END.captures(end)?.get(1)?.as_str().parse().ok()?;
        let is_right =
            if is_all { result == self.n_bytes } else { has_length(&rest[..at], result) };
        (at > 0 && is_right).then_some(Some(end))
    }

    /// The same, where the log shows the first part of the text alone.
    fn end_of_shortened<'a>(&self, rest: &'a str, count: Option<usize>) -> Option<Option<&'a str>> {
        // The last character may have been cut in its middle.
        let text = self.text.split('‹').next().unwrap_or_default();
        let count = count.filter(|&count| count > self.n_bytes)?;
        match matched(rest, text) {
            Match::Ends => return Some(None),
            Match::Up(_) => return None,
            Match::All(_) => {}
        }
        if let Some(text) = rest.trim_ascii_end().strip_suffix(UNFINISHED) {
            let text = text.strip_suffix(' ').unwrap_or(text);
            return has_length(text, count).then(|| Some(&rest[text.len()..]));
        }
        if let Some(end) = LAST.find(rest) {
            let text = &rest[..end.start()];
            let end = &rest[end.start()..];
            let result: usize = END.captures(end)?.get(1)?.as_str().parse().ok()?;
            if result <= count && has_length(text, result) {
                return Some(Some(end));
            }
        }
        (length(rest) <= count).then_some(None)
    }
}

/// Compares what is in the log with a text; a terminal writes `\r\n` for an end of line.
fn matched(log: &str, text: &str) -> Match {
    let mut at = 0;
    for wanted in text.chars() {
        let rest = &log[at..];
        let is_end = rest.trim_ascii_end().is_empty() && !rest.contains('\n');
        if wanted == '\n' && is_end {
            return Match::Ends;
        }
        if wanted == '\n' && rest.starts_with("\r\n") {
            at += 2;
        } else if rest.starts_with(wanted) {
            at += wanted.len_utf8();
        } else {
            return Match::Up(at);
        }
    }
    Match::All(at)
}

/// Returns how many bytes the program wrote for text as the log is read: a byte that is not text is read as
/// its number.
fn length(text: &str) -> usize {
    let mut length = text.len();
    for (at, mark) in text.match_indices('‹') {
        let is_byte = text.get(at + mark.len()..).is_some_and(|rest| {
            rest.as_bytes().iter().take(2).filter(|b| b.is_ascii_hexdigit()).count() == 2
                && rest.get(2..).is_some_and(|rest| rest.starts_with('›'))
        });
        if is_byte {
            length -= "‹ff›".len() - 1;
        }
    }
    length
}

/// Whether text is of this length, perhaps with ends of lines as a terminal writes them.
fn has_length(text: &str, wanted: usize) -> bool {
    let length = length(text);
    length == wanted || length - text.matches("\r\n").count() == wanted
}

fn number(digits: &str) -> Option<usize> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

/// Adds the bytes that a printed string stands for.
fn unescape(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let (byte, length) = escape(&rest[at..]);
        out.push(byte?);
        rest = rest.get(at + length..)?;
    }
    out.extend_from_slice(rest.as_bytes());
    Some(())
}

/// How the lines of a format are read in which a program's own text may stand beside its calls.
pub struct Lines {
    /// Returns where a call is in a line that writes something.
    pub writing: fn(&str) -> Option<usize>,
    /// Returns what is aligned with a call.
    pub beside: fn(&str) -> Beside,
    /// Why a line is skipped that is a part of a call.
    pub in_a_call: &'static Skip,
    /// Reads a call: its text, where its first and its last line are, and whether it is whole.
    pub scan_call: fn(&mut CallScan<'_, '_>, &str, (Place, Place), bool, &mut Chunk),
}

impl Lines {
    /// Scans a line, after those before it.
    pub fn scan(
        &self,
        scan: &mut CallScan<'_, '_>,
        text: &str,
        place: Place,
        whole: bool,
        chunk: &mut Chunk,
    ) {
        let mixed = match scan.halves.mixed.take() {
            Some(mut mixed) => {
                mixed.go_on(text, place);
                mixed
            }
            None => match (self.writing)(text) {
                Some(at) if (self.beside)(&text[at..]) != Beside::Nothing => {
                    Box::new(Mixed::new(text, at, place))
                }
                _ => return (self.scan_call)(scan, text, (place, place), whole, chunk),
            },
        };
        let beside = if mixed.may_end() { (self.beside)(mixed.call()) } else { Beside::GoesOn };
        match beside {
            Beside::GoesOn if whole => scan.halves.mixed = Some(mixed),
            Beside::GoesOn | Beside::Nothing => self.give_up(scan, &mixed, whole, chunk),
            Beside::Without(call) => {
                scan.halves.was_mixed = true;
                chunk.continued.extend(mixed.steps());
                mixed.steps().for_each(|_| chunk.skip(self.in_a_call));
                let first = mixed.lines[0].0;
                let call = format!("{}{call}", &mixed.text[..mixed.at]);
                (self.scan_call)(scan, &call, (first, place), whole, chunk);
            }
        }
    }

    /// Reads the lines of a call one by one, since its text cannot be taken out.
    pub fn give_up(
        &self,
        scan: &mut CallScan<'_, '_>,
        mixed: &Mixed,
        whole: bool,
        chunk: &mut Chunk,
    ) {
        let now = chunk.n_lines;
        let n_lines = mixed.lines.len() as u64;
        for (number, (place, line)) in (1..).zip(mixed.each()) {
            // They came before, perhaps in an earlier block: the sum comes right again there.
            chunk.n_lines = now.wrapping_add(number).wrapping_sub(n_lines);
            if number == 1 {
                (self.scan_call)(scan, line, (place, place), whole || n_lines > 1, chunk);
            } else {
                self.scan(scan, line, place, whole || number < n_lines, chunk);
            }
        }
        chunk.n_lines = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(call: &str) -> Beside {
        Beside::Without(call.to_owned())
    }

    #[test]
    fn the_text_is_taken_out_where_it_is_what_the_call_says() {
        assert_eq!(of_strace(r#"write(2, "3", 13) = 1"#), without(r#"write(2, "3", 1) = 1"#));
        assert_eq!(
            of_strace("write(1, \"hi\\n\", 3hi\n)   = 3"),
            without("write(1, \"hi\\n\", 3)   = 3")
        );
        assert_eq!(of_strace("write(1, \"hi\\n\", 3hi"), Beside::GoesOn);
        assert_eq!(
            of_strace("write(1, \"a\\nb\", 3a\nb) = 3"),
            without("write(1, \"a\\nb\", 3) = 3")
        );
        assert_eq!(of_strace("write(1, \") = 5\\n\", 6) = 5"), Beside::GoesOn);
        assert_eq!(of_strace("write(1, \"abcd\", 4ab) = 2"), without("write(1, \"abcd\", 4) = 2"));
        assert_eq!(
            of_strace("write(2, \"moar: \"..., 15moar: a = 77.\r\n) = 15 <0.000012>"),
            without("write(2, \"moar: \"..., 15) = 15 <0.000012>")
        );
        assert_eq!(
            of_strace("write(2, \"12\"..., 6123456) = 6"),
            without("write(2, \"12\"..., 6) = 6")
        );
        assert_eq!(
            of_strace("write(1, \"a\\n\", 2a\n <unfinished ...>"),
            without("write(1, \"a\\n\", 2 <unfinished ...>")
        );
        assert_eq!(
            of_strace(r#"writev(1, [{iov_base="a", iov_len=1}, {iov_base="\n", iov_len=1}], 2a"#),
            Beside::GoesOn
        );
    }

    #[test]
    fn what_is_no_text_of_the_call_stays() {
        for call in [
            r#"write(1, "hi", 2) = 2"#,
            r#"write(1, "hi"..., 200) = 200"#,
            r#"write(1, "hi", 2) = -1 EAGAIN (Resource temporarily unavailable)"#,
            r#"write(1, "hi", 2ho) = 2"#,
            r#"write(1, "hi", 2hi) = 1"#,
            r#"write(1, 0x5000, 2) = 2"#,
            r#"read(0, "hi", 2hi) = 2"#,
        ] {
            assert_eq!(of_strace(call), Beside::Nothing, "{call}");
        }
    }

    #[test]
    fn qemu_shows_how_long_the_text_is() {
        assert_eq!(of_qemu("write(1,0x10,3)hi"), Beside::GoesOn);
        assert_eq!(of_qemu("write(1,0x10,3)hi\n = 3"), without("write(1,0x10,3) = 3"));
        assert_eq!(of_qemu("write(1,0x10,2)hi = 2"), without("write(1,0x10,2) = 2"));
        assert_eq!(of_qemu("write(1,0x10,2)hi = 3"), Beside::Nothing);
        assert_eq!(of_qemu("write(1,0x10,2) = 2"), Beside::Nothing);
        assert_eq!(of_qemu("write(1,0x10,40)7 close(3) = 0"), Beside::Nothing);
    }
}

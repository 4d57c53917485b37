//! One line of strace's, taken apart: its head, and what it says.
//!
//! Invariant: every line gets a [`Line`] or a [`Skip`] with its reason; nothing is guessed.

use crate::formats::syscall;
use crate::trace::skip;

use crate::formats::syscall::strace_skips as skips;

/// A line that says something of a thread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::formats) struct Line<'a> {
    pub head: Head,
    pub body: Body<'a>,
}

/// What stands before a call.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::formats) struct Head {
    /// The thread's number, if the line has one.
    pub thread: Option<i64>,
    /// Whether the number stands in brackets, as strace writes to a terminal.
    pub bracketed: bool,
    /// The time of day or since 1970, in nanoseconds.
    pub clock: Option<i64>,
}

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::formats) enum Body<'a> {
    /// A whole call.
    Call(&'a str),
    /// The first half of a call, without the mark behind it.
    First(&'a str),
    /// The second half: the call's name, and what goes on.
    Second { name: &'a str, rest: &'a str },
    /// A signal, and what is reported of it.
    Signal { name: &'a str, info: &'a str },
    /// A thread stops or goes on.
    Stop(&'a str),
    /// A thread ends.
    Exit(&'a str),
}

/// Why a line holds no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Skip {
    Empty,
    Frame,
    Message,
    Summary,
    Other,
}

impl Skip {
    pub(in crate::formats) fn why(self) -> &'static skip::Skip {
        match self {
            Self::Empty => &skip::EMPTY,
            Self::Frame => &skips::FRAME,
            Self::Message => &skips::MESSAGE,
            Self::Summary => &skips::SUMMARY,
            Self::Other => &skips::OTHER,
        }
    }
}

/// The mark of a call whose second half comes later.
pub(in crate::formats) const UNFINISHED: &str = "<unfinished ...>";
/// The mark of a call that strace did not wait for.
const DETACHED: &str = "<detached ...>";

/// Returns what a line says.
pub(in crate::formats) fn parse_line(line: &str) -> Result<Line<'_>, Skip> {
    let line = line.trim_ascii_end();
    if line.is_empty() {
        return Err(Skip::Empty);
    }
    if line.starts_with(" > ") || line.starts_with(" >-") {
        return Err(Skip::Frame);
    }
    if line.starts_with("strace: ") || before_message(line).is_some() {
        return Err(Skip::Message);
    }
    let (head, body) = head(line);
    let body =
        body_of(body).ok_or_else(|| if is_summary(line) { Skip::Summary } else { Skip::Other })?;
    Ok(Line { head, body })
}

/// Returns what stands before `strace: Process 8 attached` in the line that the message stands in: the
/// beginning of a call, which goes on in the next line.
pub(in crate::formats) fn before_message(line: &str) -> Option<&str> {
    let shown = line.trim_ascii_end().strip_suffix(" attached")?;
    let (before, number) = shown.rsplit_once("strace: Process ")?;
    number_of(number).map(|_| before)
}

fn body_of(text: &str) -> Option<Body<'_>> {
    if let Some(rest) = text.strip_prefix("<... ") {
        let (name, rest) = rest.split_once("resumed>")?;
        return Some(Body::Second { name: name.trim_ascii(), rest });
    }
    if let Some(shown) = text.strip_prefix("--- ") {
        let shown = shown.strip_suffix(" ---")?;
        if let Some(signal) = shown.strip_prefix("stopped by ") {
            return Some(Body::Stop(signal));
        }
        let (name, info) = shown.split_once(' ').unwrap_or((shown, ""));
        return name.starts_with("SIG").then_some(Body::Signal { name, info });
    }
    if let Some(shown) = text.strip_prefix("+++ ") {
        return shown.strip_suffix(" +++").map(Body::Exit);
    }
    syscall::head(text)?;
    let open = [UNFINISHED, DETACHED].iter().find_map(|mark| text.strip_suffix(mark));
    Some(open.map_or(Body::Call(text), Body::First))
}

/// Splits off thread, time, and what else options put before a call.
pub(in crate::formats) fn head(line: &str) -> (Head, &str) {
    let mut head = Head::default();
    let mut rest = line.trim_ascii_start();
    if let Some(inside) = rest.strip_prefix("[pid") {
        if let Some((number, behind)) = inside.split_once(']') {
            head.thread = number_of(number);
            head.bracketed = true;
            rest = behind.trim_ascii_start();
        }
    } else if let Some((word, behind)) = rest.split_once(' ')
        && word.len() <= MAX_THREAD_DIGITS
        && !word.contains('<')
        && let Some(thread) = number_of(word)
    {
        head.thread = Some(thread);
        rest = behind.trim_ascii_start();
    } else if let Some((number, behind)) = named_thread(rest) {
        head.thread = Some(number);
        rest = behind;
    }
    if let Some((word, behind)) = rest.split_once(' ')
        && let Some(clock) = clock(word)
    {
        head.clock = Some(clock);
        rest = behind.trim_ascii_start();
    }
    // `(+     0.000012)` of -r beside another time.
    if let Some((inside, behind)) = rest.strip_prefix("(+").and_then(|rest| rest.split_once(')'))
        && clock(inside.trim_ascii()).is_some()
    {
        rest = behind.trim_ascii_start();
    }
    // The number of the call (-n), and the address of the caller (-i).
    for _ in 0..2 {
        let inside = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let Some((inside, behind)) = inside else { break };
        let inside = inside.trim_ascii();
        if !inside.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'?') || inside.is_empty()
        {
            break;
        }
        rest = behind.trim_ascii_start();
    }
    (head, rest)
}

/// Thread numbers are at most 4,194,304; a longer number is a time in seconds.
const MAX_THREAD_DIGITS: usize = 8;

fn number_of(text: &str) -> Option<i64> {
    let text = text.trim_ascii();
    let text = text.split_once('<').map_or(text, |(number, _)| number);
    let all_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| text.parse().ok()).flatten()
}

/// `1234<a name> `: the thread's name may hold spaces.
fn named_thread(text: &str) -> Option<(i64, &str)> {
    let (number, rest) = text.split_once('<')?;
    let number = number_of(number)?;
    let (_, behind) = rest.split_once("> ")?;
    Some((number, behind.trim_ascii_start()))
}

/// Returns the nanoseconds of `12:34:56`, `12:34:56.789012`, `1700000000`, `1700000000.123456` and
/// `0.000123`.
fn clock(word: &str) -> Option<i64> {
    let (whole, fraction) = word.split_once('.').unwrap_or((word, ""));
    let digits = |text: &str| {
        let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        all.then(|| text.parse::<i64>().ok()).flatten()
    };
    let seconds = match whole.split(':').collect::<Vec<_>>()[..] {
        [seconds] => digits(seconds)?,
        [hours, minutes, seconds] => digits(hours)?
            .checked_mul(3600)?
            .checked_add(digits(minutes)?.checked_mul(60)?)?
            .checked_add(digits(seconds)?)?,
        _ => return None,
    };
    let nanoseconds = match fraction.len() {
        0 if word.contains('.') => return None,
        0 => 0,
        length @ 1..=9 => digits(fraction)? * 10_i64.pow(9 - length as u32),
        _ => return None,
    };
    seconds.checked_mul(1_000_000_000)?.checked_add(nanoseconds)
}

/// `100.00    0.000000                     3 total`, and what stands above it.
fn is_summary(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    let Some(first) = words.next() else { return false };
    let is_share = |word: &str| {
        word.len() >= 4
            && word.contains('.')
            && word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    };
    line.starts_with("% time")
        || first.len() >= 4 && first.bytes().all(|byte| byte == b'-')
        || is_share(first) && words.next().is_some_and(is_share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head_of(line: &str) -> (Option<i64>, Option<i64>) {
        let head = parse_line(line).unwrap().head;
        (head.thread, head.clock)
    }

    #[test]
    fn whatever_options_put_before_a_call_is_its_head() {
        assert_eq!(head_of("getpid() = 1"), (None, None));
        assert_eq!(head_of("1234  getpid() = 1"), (Some(1234), None));
        assert_eq!(head_of("[pid  1234] getpid() = 1"), (Some(1234), None));
        assert_eq!(head_of("[pid 12<a b>] getpid() = 1"), (Some(12), None));
        assert_eq!(head_of("12<a b> 1.5 getpid() = 1"), (Some(12), Some(1_500_000_000)));
        assert_eq!(head_of("7 10:00:00 getpid() = 1"), (Some(7), Some(36_000_000_000_000)));
        assert_eq!(head_of("10:00:00.5 getpid() = 1"), (None, Some(36_000_500_000_000)));
        assert_eq!(head_of("1700000000.000001 getpid() = 1").1, Some(1_700_000_000_000_001_000));
        assert_eq!(head_of("1700000000 getpid() = 1").1, Some(1_700_000_000_000_000_000));
        assert_eq!(head_of("     0.000123 getpid() = 1"), (None, Some(123_000)));
        assert_eq!(head_of("7 1.0 (+     0.000123) getpid() = 1").0, Some(7));
        assert_eq!(head_of("7 [00007f14bb51f000] [  39] getpid() = 1").0, Some(7));
    }

    #[test]
    fn each_sort_of_line_is_told_apart() {
        let body = |line| parse_line(line).unwrap().body;
        assert_eq!(body("7 read(3,  <unfinished ...>"), Body::First("read(3,  "));
        assert_eq!(
            body("7 <... read resumed>\"x\", 1) = 1"),
            Body::Second { name: "read", rest: "\"x\", 1) = 1" }
        );
        assert_eq!(body("7 +++ exited with 0 +++"), Body::Exit("exited with 0"));
        assert_eq!(
            body("7 --- SIGCHLD {si_signo=SIGCHLD} ---"),
            Body::Signal { name: "SIGCHLD", info: "{si_signo=SIGCHLD}" }
        );
        assert_eq!(body("7 --- stopped by SIGSTOP ---"), Body::Stop("SIGSTOP"));
        for (line, skip) in [
            ("", Skip::Empty),
            (" > /usr/lib/libc.so.6(open64+0x5b) [0xef]", Skip::Frame),
            ("strace: Process 20893 attached", Skip::Message),
            ("hello", Skip::Other),
            ("% time     seconds  usecs/call     calls    errors syscall", Skip::Summary),
            ("------ ----------- ----------- --------- --------- ----------------", Skip::Summary),
            (" 55.31    0.000125          12        10         2 openat", Skip::Summary),
            ("100.00    0.000226           6        35         2 total", Skip::Summary),
        ] {
            assert_eq!(parse_line(line), Err(skip), "{line}");
        }
    }
}

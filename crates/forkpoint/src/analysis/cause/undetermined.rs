//! Differences that nothing in the logs determines: contents that have the form of a time.
//!
//! Its one idea: a program that writes what the clock says is not identical in two runs, and is not wrong either.
//! Such a difference is reported, explains nothing, and by itself makes the comparison inconclusive. Invariant: all
//! of the difference must have such a form; a letter that differs, or a number that is no time, is a divergence.
//! (What is made of random bytes is excused by a rule of its own, where the log shows that they were drawn.)

use crate::analysis::analyse::Analysis;
use crate::analysis::finding::{Detail, Finding};
use crate::analysis::shown_value::{Piece, pieces};
use crate::pair::Pair;
use crate::profile::glob;

/// Returns whether two aligned events differ in nothing but contents that have such a form.
pub(super) fn is_undetermined(facts: &Analysis<'_>, found: &Finding) -> bool {
    let contents = &facts.profile.contents;
    let is_pair = matches!(found.detail, Detail::Differ(Some(gap)) if gap.is_one_event());
    let Some(pair) = found.pair.filter(|_| is_pair && !contents.is_empty()) else { return false };
    let streams = facts.streams_of(pair);
    if streams.reference.symbol(found.nth.reference)
        != streams.candidate.symbol(found.nth.candidate)
    {
        return false;
    }
    let differences = facts.absorber().unexcused(streams, found.nth);
    !differences.is_empty()
        && differences.iter().all(|difference| {
            let is_content = contents.iter().any(|pattern| glob(pattern, &difference.field));
            let Pair { reference: Some(a), candidate: Some(b) } = &difference.canonical else {
                return false;
            };
            is_content && differ_in_time(a, b)
        })
}

/// Whether two texts differ in nothing but numbers that are parts of a time.
fn differ_in_time(a: &str, b: &str) -> bool {
    let (a, b) = (pieces(a), pieces(b));
    a.len() == b.len()
        && (0..a.len()).filter(|&at| a[at] != b[at]).all(|at| is_time(&a, at) && is_time(&b, at))
}

/// Whether a piece is a number of a clock, a date, a duration, or the seconds since 1970.
fn is_time(text: &[Piece], at: usize) -> bool {
    let Piece::Number(digits) = &text[at] else { return false };
    let number =
        |at: Option<usize>| matches!(at.and_then(|at| text.get(at)), Some(Piece::Number(_)));
    let is =
        |at: Option<usize>, mark: u8| at.and_then(|at| text.get(at)).is_some_and(|p| p.is(mark));
    let (before, after) = (at.checked_sub(1), Some(at + 1));
    let clock =
        is(before, b':') && number(at.checked_sub(2)) || is(after, b':') && number(Some(at + 2));
    // The fraction of a second, behind what is a time itself.
    let fraction = (is(before, b'.') || is(before, b','))
        && at.checked_sub(2).is_some_and(|whole| is_time(text, whole));
    let date = is(before, b'-') && number(at.checked_sub(2)) && digits.len() == 2
        || is(after, b'-') && number(Some(at + 2)) && matches!(digits.len(), 2 | 4);
    let month =
        names_month(text, at + 2) || at.checked_sub(4).is_some_and(|at| names_month(text, at));
    let since_1970 = digits.len() == 10 && (b'1'..=b'2').contains(&digits.as_bytes()[0]);
    clock || fraction || date || month || since_1970 || is_duration(text, at)
}

/// Whether a number, or its whole or fractional part, stands before a unit of time, as in `0.001 seconds`.
fn is_duration(text: &[Piece], at: usize) -> bool {
    const UNITS: [&str; 15] = [
        "s",
        "sec",
        "secs",
        "second",
        "seconds",
        "ms",
        "msec",
        "us",
        "usec",
        "ns",
        "nsec",
        "milliseconds",
        "microseconds",
        "nanoseconds",
        "minutes",
    ];
    let is = |at: usize, mark: u8| text.get(at).is_some_and(|piece| piece.is(mark));
    let is_number = |at: usize| matches!(text.get(at), Some(Piece::Number(_)));
    let end = if is(at + 1, b'.') && is_number(at + 2) { at + 3 } else { at + 1 };
    let unit = if is(end, b' ') { end + 1 } else { end };
    let has = |word: &str| {
        let letters = || word.bytes().enumerate().all(|(nth, letter)| is(unit + nth, letter));
        let goes_on = |letter: u8| is(unit + word.len(), letter);
        letters() && !(b'a'..=b'z').chain(b'A'..=b'Z').chain(*b"_/").any(goes_on)
    };
    UNITS.iter().any(|word| has(word))
}

/// Whether three letters name a month, such as the one of `25 Nov 2026`.
fn names_month(text: &[Piece], at: usize) -> bool {
    const MONTHS: [&[u8; 3]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
        b"Dec",
    ];
    let letters = text.get(at..at + 3).unwrap_or_default();
    MONTHS.iter().any(|month| {
        letters.len() == 3
            && letters.iter().zip(month.iter()).all(|(piece, letter)| piece.is(*letter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_clocks_dates_and_seconds_since_1970() {
        let log = |time: &str| format!("\"8 - [{time}] GET /a.txt 200 9185\"");
        let of = |a: &str, b: &str| differ_in_time(&log(a), &log(b));
        assert!(of("25/Nov/2026:22:58:55 +0000", "26/Nov/2026:23:01:07 +0000"));
        assert!(of("25 Nov 2026 22:58:38.870", "25 Nov 2026 22:58:41.148"));
        assert!(of("2026-11-25 22:58:38", "2026-11-26 00:00:01"));
        assert!(of("at 1795647540", "at 1795647541"));
        assert!(!of("25/Nov/2026:22:58:55", "25/Dec/2026:22:58:55"), "a letter differs");
        assert!(!of("SUM 9185", "SUM 9186"), "a number that is no time");
        assert!(!of("22:58:55 9185", "22:58:56 9186"), "and one beside a time");
    }

    #[test]
    fn a_number_before_a_unit_of_time_is_a_duration() {
        let of = differ_in_time;
        assert!(of("\"time: 0.001 seconds\"", "\"time: 0.006 seconds\""));
        assert!(of("took 0.001 s", "took 12.006 s") && of("17ms, 3 files", "9ms, 3 files"));
        assert!(!of("17ms, 3 files", "17ms, 4 files"), "a number that counts");
        assert!(!of("1.5 systems", "1.6 systems") && !of("5 KB/s", "6 KB/s"), "no unit of time");
        assert!(!of("version 2.1", "version 2.2") && !of("took 1 s", "took 1 ms"));
    }
}

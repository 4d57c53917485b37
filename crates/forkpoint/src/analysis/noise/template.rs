//! What values of one place have in common, and whether another value is of their kind.
//!
//! Its one idea: a value is cut into pieces, numbers and the bytes between them; where the values that were seen
//! agree, another must agree too, and where they differ it may differ in the same way. Invariant: a template is
//! never wider than what was seen asks for; what is not alike in its pieces must be one of those that were seen.

use std::collections::BTreeSet;

use crate::analysis::shown_value::{Piece, by_byte, pieces};

/// A value as it is shown; none where the field is absent.
pub type Shown = Option<String>;

/// The values that were seen at one place.
#[derive(Clone, Debug, Default)]
pub struct Template {
    seen: BTreeSet<Shown>,
}

/// More values than this are not kept: those before say what they have in common.
const MAX_SEEN: usize = 64;

impl Template {
    /// Adds a value.
    pub fn add(&mut self, value: Shown) {
        if self.seen.len() < MAX_SEEN {
            self.seen.insert(value);
        }
    }

    /// Returns whether there were several values.
    pub fn varies(&self) -> bool {
        self.seen.len() > 1
    }

    /// Returns whether a value is one of those that were seen, or of the kind that they all are.
    pub fn fits(&self, value: &Shown) -> bool {
        if self.seen.contains(value) {
            return true;
        }
        let (Some(value), true) = (value, self.varies()) else { return false };
        let seen: Vec<&str> = self.seen.iter().flatten().map(String::as_str).collect();
        if seen.len() < self.seen.len() {
            return false; // the field was absent once: that it holds something else says more
        }
        match number(value) {
            Some(_) => fits_numbers(&seen, value),
            None => fits_texts(&seen, value),
        }
    }

    /// Returns whether a value is a number of the kind that all were.
    pub fn fits_as_number(&self, value: &Shown) -> bool {
        let seen: Vec<&str> = self.seen.iter().flatten().map(String::as_str).collect();
        let all = seen.len() == self.seen.len() && self.varies();
        all && value.as_ref().is_some_and(|value| fits_numbers(&seen, value))
    }
}

fn number(text: &str) -> Option<i128> {
    match text.strip_prefix("0x") {
        Some(digits) => i128::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// A number is below, at or above zero as those seen were, and has at most one digit more.
fn fits_numbers(seen: &[&str], value: &str) -> bool {
    let Some(value) = number(value) else { return false };
    let numbers: Option<Vec<i128>> = seen.iter().map(|text| number(text)).collect();
    let Some(numbers) = numbers else { return false };
    let most = numbers.iter().map(|number| number.unsigned_abs()).max().unwrap_or(0);
    numbers.iter().any(|number| number.signum() == value.signum())
        && value.unsigned_abs() / 10 <= most
}

/// Between two pieces that differ, this many equal ones may be equal by chance.
const BY_CHANCE: usize = 3;

/// Whether a value is alike all that were seen in its pieces, as numbers among text or as bytes of a buffer; or
/// is a text between the same beginning and end.
fn fits_texts(seen: &[&str], value: &str) -> bool {
    let cut = |how: &dyn Fn(&str) -> Vec<Piece>| -> (Vec<Vec<Piece>>, Vec<Piece>) {
        (seen.iter().map(|text| how(text)).collect(), how(value))
    };
    let (numbers, own) = cut(&pieces);
    if fits_pieces(&numbers, &own) {
        return true;
    }
    let (bytes, own) = cut(&by_byte);
    fits_pieces(&bytes, &own) || fits_between(&bytes, &own)
}

/// Whether all have as many pieces, and the value differs only where they do.
fn fits_pieces(seen: &[Vec<Piece>], own: &[Piece]) -> bool {
    let first = &seen[0];
    let is_alike = |other: &Vec<Piece>| {
        other.len() == own.len() && other.first().map(sort) == own.first().map(sort)
    };
    if !seen.iter().all(is_alike) {
        return false;
    }
    let mut varies: Vec<usize> =
        (0..own.len()).filter(|&at| seen.iter().any(|other| other[at] != first[at])).collect();
    let sorts: BTreeSet<u8> =
        varies.iter().flat_map(|&at| seen.iter().map(move |other| sort(&other[at]))).collect();
    spread(first, &mut varies);
    let is_free = |at: usize| {
        let after = varies.partition_point(|&place| place < at);
        let next = varies.get(after).is_some_and(|&place| place - at <= BY_CHANCE);
        let before = after.checked_sub(1).is_some_and(|before| at - varies[before] <= BY_CHANCE);
        varies.get(after) == Some(&at) || next && before
    };
    own.iter()
        .enumerate()
        .all(|(at, piece)| *piece == first[at] || is_free(at) && is_of(&sorts, piece))
}

/// Adds the numbers beside those that vary, such as the minutes beside the seconds of a clock.
fn spread(first: &[Piece], varies: &mut Vec<usize>) {
    let is_number = |at: usize| matches!(first.get(at), Some(Piece::Number(_)));
    let mut work: Vec<usize> = varies.iter().copied().filter(|&at| is_number(at)).collect();
    while let Some(at) = work.pop() {
        for beside in [at.checked_sub(2), Some(at + 2)].into_iter().flatten() {
            if is_number(beside) && !varies.contains(&beside) {
                varies.push(beside);
                work.push(beside);
            }
        }
    }
    varies.sort_unstable();
}

/// Whether a value of another length begins and ends as all that were seen, and has about as many pieces of
/// their sorts between.
fn fits_between(seen: &[Vec<Piece>], own: &[Piece]) -> bool {
    let lengths = || seen.iter().map(Vec::len);
    let (least, most) = (lengths().min().unwrap_or(0), lengths().max().unwrap_or(0));
    if least == most {
        return false;
    }
    let first = &seen[0];
    let common = |count: fn(&[Piece], &[Piece]) -> usize| {
        seen[1..].iter().map(|other| count(first, other)).min().unwrap_or(0)
    };
    let before = common(|a, b| a.iter().zip(b).take_while(|(a, b)| a == b).count());
    let after =
        common(|a, b| a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count());
    let before = before.min(least).min(own.len());
    let after = after.min(least - before).min(own.len() - before);
    if own[..before] != first[..before] || own[own.len() - after..] != first[first.len() - after..]
    {
        return false;
    }
    let middle = |text: &[Piece]| text[before..text.len() - after].to_vec();
    let sorts: BTreeSet<u8> =
        seen.iter().flat_map(|text| middle(text)).map(|piece| sort(&piece)).collect();
    (least / 2..=most * 2).contains(&own.len())
        && middle(own).iter().all(|piece| is_of(&sorts, piece))
}

/// Whether a piece is of one of these sorts; of bytes that are no text, any is.
fn is_of(sorts: &BTreeSet<u8>, piece: &Piece) -> bool {
    sorts.contains(&sort(piece)) || sorts.contains(&BINARY) && matches!(piece, Piece::Byte(_))
}

/// Bytes that are no text.
const BINARY: u8 = 0;

/// The sort of a piece: a number, a digit, a letter, a byte that is no text, or the character itself.
fn sort(piece: &Piece) -> u8 {
    match piece {
        Piece::Number(_) => b'#',
        Piece::Byte(byte) => match byte[..] {
            [byte] if byte.is_ascii_digit() => b'0',
            [byte] if byte.is_ascii_alphabetic() => b'a',
            [byte] => byte,
            _ => BINARY,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(seen: &[&str]) -> Template {
        let mut template = Template::default();
        seen.iter().for_each(|value| template.add(Some((*value).to_owned())));
        template
    }

    fn fits(seen: &[&str], value: &str) -> bool {
        template(seen).fits(&Some(value.to_owned()))
    }

    #[test]
    fn numbers_keep_their_sign_and_about_their_size() {
        assert!(fits(&["17", "20"], "31"));
        assert!(!fits(&["17", "20"], "-1"));
        assert!(!fits(&["17", "20"], "0"));
        assert!(fits(&["0", "20"], "0"));
        assert!(!fits(&["17", "20"], "4096"));
        assert!(!fits(&["17"], "18"), "what never varied does not vary");
    }

    #[test]
    fn texts_keep_what_all_have_in_common() {
        let seen = ["\"/tmp/ccAb12.s\"", "\"/tmp/ccXy98.s\""];
        assert!(fits(&seen, "\"/tmp/ccQq55.s\""));
        assert!(!fits(&seen, "\"/tmp/ccQq55.o\""));
        assert!(!fits(&seen, "\"/etc/ccQq55.s\""));
        assert!(!fits(&seen, "\"/tmp/ccQqq55.s\""), "of another length");
        assert!(!fits(&seen, "\"/tmp/cc...5.s\""), "of other characters");
    }

    #[test]
    fn numbers_within_text_may_vary_and_the_text_may_not() {
        let seen = ["\"8:C 25 Nov 22:58:38.870 # start\"", "\"9:C 25 Nov 22:58:41.148 # start\""];
        assert!(fits(&seen, "\"17:C 25 Nov 22:59:02.001 # start\""));
        assert!(!fits(&seen, "\"17:C 25 Nov 22:59:02.001 # stare\""));
        assert!(!fits(&seen, "\"17:C 25 Dec 22:59:02.001 # start\""));
        let times = ["[\"{tv_sec=1795, tv_nsec=59}\"]", "[\"{tv_sec=1796, tv_nsec=28}\"]"];
        assert!(fits(&times, "[\"{tv_sec=1800, tv_nsec=3}\"]"));
        assert!(!fits(&times, "[\"{tv_sec=1800, tv_usec=3}\"]"));
    }

    #[test]
    fn bytes_of_a_buffer_vary_where_they_were_seen_to() {
        let seen = ["\"HEAD\\\\x01\\\\xf0k\\\\x02TAIL\"", "\"HEADa\\\\xf0\\\\x07\\\\x09TAIL\""];
        assert!(fits(&seen, "\"HEAD\\\\xff\\\\x11zzTAIL\""));
        assert!(!fits(&seen, "\"HEAX\\\\xff\\\\x11zzTAIL\""));
        assert!(!fits(&seen, "\"HEAD\\\\xff\\\\x11zzTAIX\""));
    }

    #[test]
    fn other_values_are_those_that_were_seen() {
        assert!(fits(&["\"A\"", "[1]"], "[1]"));
        assert!(!fits(&["\"A\"", "[1]"], "[2]"));
        let mut absent = template(&["1"]);
        absent.add(None);
        assert!(absent.fits(&None) && !absent.fits(&Some("2".to_owned())));
    }
}

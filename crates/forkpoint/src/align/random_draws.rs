//! Bytes that a program has made of random ones: where it has drawn some, and what such bytes look like.
//!
//! Chance is proven, not supposed: a process must have read from an object that gives random bytes, or
//! have called what gives them, before it can write what it made of them.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::align::compared::Compared;
use crate::pair::{Pair, Side};
use crate::profile::{Action, Context, Made, Selector};
use crate::trace::Place;

/// Where each process of both logs has first drawn bytes by chance. It is looked up when first asked for.
#[derive(Debug, Default)]
pub struct RandomDraws(OnceLock<Pair<First>>);

/// By process: where it first drew bytes.
type First = HashMap<Option<u32>, Place>;

impl RandomDraws {
    /// Returns whether a process has drawn bytes before `place`.
    pub(super) fn before(
        &self,
        logs: &Compared<'_>,
        side: Side,
        process: Option<u32>,
        place: Place,
    ) -> bool {
        let first = self.0.get_or_init(|| Pair::of(|side| first_draws(logs, side)));
        first.on(side).get(&process).is_some_and(|first| *first < place)
    }
}

/// Finds where each process of one log first drew bytes, by any rule of the profile.
fn first_draws(logs: &Compared<'_>, side: Side) -> First {
    let mut first = First::new();
    let rules = logs.profile.rules.iter().filter(|rule| rule.enabled);
    let chances: Vec<(&Made, &[Selector])> = rules
        .filter_map(|rule| match &rule.action {
            Action::Absorb { context: Context::Chance { made, drawn }, .. } => {
                Some((made, drawn.as_slice()))
            }
            _ => None,
        })
        .collect();
    let trace = logs.traces.on(side);
    for lane in &trace.lanes {
        for &(made, drawn) in &chances {
            let draws = |position: &usize| {
                let symbol = logs.symbols.of(lane.symbols[*position]);
                let name = symbol.name.as_deref();
                let calls = drawn.iter().any(|selector| selector.matches(&symbol.kind, name));
                (calls || logs.is_made_by(side, lane, *position, made))
                    && returned_bytes(logs, side, lane.places.at(*position))
            };
            if let Some(position) = (0..lane.n_events()).find(draws) {
                let place = lane.places.at(position);
                let known = first.entry(lane.owner).or_insert(place);
                *known = place.min(*known);
            }
        }
    }
    first
}

/// Whether a call has returned a number of bytes that is above 0.
fn returned_bytes(logs: &Compared<'_>, side: Side, place: Place) -> bool {
    let event = logs.traces.on(side).event(place);
    let payload = event.map(|event| event.payload).unwrap_or_default();
    let returned = payload.iter().find(|(key, _)| key == "return_value");
    let word = returned.and_then(|(_, value)| value.word());
    word.is_some_and(|word| (word as i64) > 0)
}

/// Of bytes that are drawn by chance and stand near one another, this many differ at least.
const FEWEST: usize = 3;

/// Of text, this many: a short number or word is not a chance.
const FEWEST_OF_TEXT: usize = 6;

/// Differing bytes with up to this many equal ones between them are one group: of four random bytes, one
/// or two may be equal.
const NEAR: usize = 2;

/// Returns whether two texts, as they are shown, have the same length and differ as random bytes do: in
/// groups, never in one byte alone.
pub fn looks_drawn(a: &str, b: &str) -> bool {
    let (Some(a), Some(b)) = (bytes_of(a), bytes_of(b)) else { return false };
    if a.len() != b.len() {
        return false;
    }
    let differing: Vec<usize> = (0..a.len()).filter(|&at| a[at] != b[at]).collect();
    let groups = differing.chunk_by(|before, after| after - before <= NEAR + 1);
    let looks = |group: &[usize]| {
        let is_text = |byte: u8| (b' '..=b'~').contains(&byte);
        let are_text = |&at: &usize| is_text(a[at]) && is_text(b[at]);
        let fewest = if group.iter().all(are_text) { FEWEST_OF_TEXT } else { FEWEST };
        group.len() >= fewest
    };
    !differing.is_empty() && groups.into_iter().all(looks)
}

/// Returns the bytes of a text that is shown: in quotes, with escapes for quotes and backslashes, and in it
/// other bytes as `\x1f`.
pub(super) fn bytes_of(shown: &str) -> Option<Vec<u8>> {
    let inside = shown.strip_prefix('"')?.strip_suffix('"')?;
    let inside = inside.strip_suffix('…').unwrap_or(inside);
    let mut text = Vec::with_capacity(inside.len());
    let mut bytes = inside.bytes();
    while let Some(byte) = bytes.next() {
        text.push(if byte == b'\\' { bytes.next()? } else { byte });
    }
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let digits = text.get(at + 2..at + 4).filter(|_| text[at..].starts_with(b"\\x"));
        let byte = digits
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        at += if byte.is_some() { 4 } else { 1 };
        out.push(byte.unwrap_or(text[at - 1]));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_alone_is_no_chance() {
        let drawn = |a: &str, b: &str| looks_drawn(&format!("{a:?}"), &format!("{b:?}"));
        assert!(drawn(r"ab\xd9\xd5\x05\xf9", r"ab\x17\xd5\x99\x01"));
        assert!(!drawn(r"ab\x00\x00\x00\x01", r"ab\x00\x01\x00\x01"));
        assert!(!drawn(r"\xd9\xd5\x05\xf9 and \x01", r"\x17\x33\x99\x01 and \x02"));
        assert!(!drawn("result 42", "result 43"));
        assert!(!drawn("result 4321", "result 1234"));
        assert!(drawn("tmp-a8Kq2z", "tmp-Zw1r7P"));
        assert!(!drawn("141 1 and more", "XXXX1 and more"));
        assert!(!drawn("equal", "equal"));
        assert!(!drawn("longer", "long"));
    }
}

//! Python strings: sequences of code points, lone surrogates included.
//!
//! One idea: UTF-8 generalised to surrogates (WTF-8), so an ordinary string costs
//! what it costs in Rust and `"\ud800"` survives until it is printed.
//! Invariant: the bytes decode to code points below 0x11_0000, and byte order is
//! code point order.

use std::borrow::Borrow;
use std::fmt::Write as _;

/// A Python `str`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Text(Box<[u8]>);

impl Text {
    /// Returns the string of a piece of UTF-8 that has been checked.
    pub(super) fn from_checked(utf8: &[u8]) -> Text {
        Text(utf8.into())
    }

    /// Returns the generalised UTF-8 of the string.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns true for `""`.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the code points, lone surrogates among them.
    pub(super) fn code_points(&self) -> CodePoints<'_> {
        CodePoints(&self.0)
    }
}

impl From<&str> for Text {
    fn from(s: &str) -> Self {
        Text(s.as_bytes().into())
    }
}

impl From<TextBuf> for Text {
    fn from(buf: TextBuf) -> Self {
        Text(buf.0.into_boxed_slice())
    }
}

impl Borrow<[u8]> for Text {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", escape_surrogates(&self.0))
    }
}

/// A Python string being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TextBuf(Vec<u8>);

impl TextBuf {
    /// Returns an empty buffer.
    pub(super) fn new() -> Self {
        TextBuf::default()
    }

    /// Appends UTF-8.
    pub(super) fn str(&mut self, s: &str) -> &mut Self {
        self.0.extend_from_slice(s.as_bytes());
        self
    }

    /// Appends UTF-8 that has been checked, or a piece of a [`Text`].
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Appends a Python string as it is.
    pub(super) fn text(&mut self, text: &Text) -> &mut Self {
        self.bytes(&text.0)
    }

    /// Appends what another buffer holds.
    pub(super) fn buf(&mut self, other: &TextBuf) -> &mut Self {
        self.bytes(&other.0)
    }

    /// Appends a count.
    pub(super) fn count(&mut self, n: usize) -> &mut Self {
        self.str(&n.to_string())
    }

    /// Appends one code point, a surrogate allowed.
    pub(super) fn code_point(&mut self, c: u32) -> &mut Self {
        if let Some(c) = char::from_u32(c) {
            return self.str(c.encode_utf8(&mut [0; 4]));
        }
        debug_assert!((0xD800..0xE000).contains(&c), "{c:#x} is not a code point");
        let tail = |shift: u32| 0x80 | (c >> shift & 0x3F) as u8;
        self.bytes(&[0xE0 | (c >> 12 & 0x0F) as u8, tail(6), tail(0)])
    }

    /// Returns the string if it has no lone surrogate, which UTF-8 cannot carry.
    pub(super) fn into_utf8(self) -> Option<String> {
        String::from_utf8(self.0).ok()
    }

    /// Returns the string with lone surrogates as `\udXXX`, as Python's stderr shows them.
    pub(super) fn escaped(&self) -> String {
        escape_surrogates(&self.0)
    }
}

fn escape_surrogates(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for c in CodePoints(bytes) {
        match char::from_u32(c) {
            Some(c) => out.push(c),
            None => {
                let _ = write!(out, "\\u{c:04x}");
            }
        }
    }
    out
}

/// The code points of a [`Text`].
#[derive(Clone, Debug)]
pub(super) struct CodePoints<'a>(&'a [u8]);

impl Iterator for CodePoints<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (&first, rest) = self.0.split_first()?;
        let (n_tail, bits) = match first {
            0..0x80 => (0, u32::from(first)),
            0x80..0xE0 => (1, u32::from(first & 0x1F)),
            0xE0..0xF0 => (2, u32::from(first & 0x0F)),
            0xF0.. => (3, u32::from(first & 0x07)),
        };
        let (tail, rest) = rest.split_at(n_tail.min(rest.len()));
        self.0 = rest;
        Some(tail.iter().fold(bits, |c, &b| c << 6 | u32::from(b & 0x3F)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_surrogate_survives_and_sorts_between_its_neighbours() {
        let [low, lone, high] = [0xD7FF, 0xD800, 0xE000].map(|c| {
            let mut buf = TextBuf::new();
            buf.code_point(c);
            Text::from(buf)
        });
        assert_eq!(lone.code_points().collect::<Vec<_>>(), [0xD800]);
        assert!(low < lone && lone < high);
    }

    #[test]
    fn utf8_refuses_a_lone_surrogate_and_stderr_escapes_it() {
        let mut buf = TextBuf::new();
        buf.str("é").code_point(0xDC80);
        assert_eq!(buf.escaped(), "é\\udc80");
        assert_eq!(buf.into_utf8(), None);
    }

    #[test]
    fn code_points_round_trip_at_every_width() {
        let s = "aé\u{2028}\u{10FFFF}";
        let want: Vec<u32> = s.chars().map(u32::from).collect();
        assert_eq!(Text::from(s).code_points().collect::<Vec<_>>(), want);
    }
}

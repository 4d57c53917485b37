//! Python's `json.loads`.
//!
//! One idea: the decoder of CPython's `_json.c`, position for position, so that
//! what it accepts (`NaN`, lone surrogates, 1e999), what it refuses, and the words
//! it refuses in are Python's.
//! Invariant: recursion is bounded by [`MAX_DEPTH`], here and in everything that
//! later walks a value.

use std::fmt;

use super::int::{MAX_DIGITS, of_decimal};
use super::text::{Text, TextBuf};
use super::value::{Dict, Value};

/// The nesting at which the references die of a `RecursionError`, measured with
/// CPython 3.11: its limit of 1000 less the frames between `main` and the decoder.
pub(super) const MAX_DEPTH: usize = 993;

/// Why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum JsonError {
    /// Python's `JSONDecodeError`, with the position in characters.
    Syntax(&'static str, Position),
    /// Python's `RecursionError`.
    TooDeep,
    /// Python's `ValueError` for an integer of too many digits.
    TooManyDigits(usize),
}

/// A place in a document, as Python counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    line: usize,
    column: usize,
    char_idx: usize,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JsonError::Syntax(message, Position { line, column, char_idx }) => {
                write!(f, "{message}: line {line} column {column} (char {char_idx})")
            }
            JsonError::TooDeep => write!(f, "nested deeper than {MAX_DEPTH} levels"),
            JsonError::TooManyDigits(n_digits) => {
                write!(f, "an integer of {n_digits} digits, more than {MAX_DIGITS}")
            }
        }
    }
}

/// Returns the value of a JSON document as Python reads it.
pub(super) fn loads(document: &str) -> Result<Value, JsonError> {
    let mut decoder = Decoder { bytes: document.as_bytes(), at: 0, depth: 0 };
    decoder.document().map_err(|stop| match stop {
        Stop::Syntax(message, at) => JsonError::Syntax(message, position(document, at)),
        Stop::TooDeep => JsonError::TooDeep,
        Stop::TooManyDigits(n_digits) => JsonError::TooManyDigits(n_digits),
    })
}

fn position(document: &str, at: usize) -> Position {
    let before = &document.as_bytes()[..at.min(document.len())];
    let line_start = before.iter().rposition(|&b| b == b'\n').map_or(0, |newline| newline + 1);
    let n_chars = |bytes: &[u8]| bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count();
    Position {
        line: 1 + before.iter().filter(|&&b| b == b'\n').count(),
        column: 1 + n_chars(&before[line_start..]),
        char_idx: n_chars(before),
    }
}

enum Stop {
    Syntax(&'static str, usize),
    TooDeep,
    TooManyDigits(usize),
}

struct Decoder<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl Decoder<'_> {
    fn document(&mut self) -> Result<Value, Stop> {
        if self.bytes.starts_with("\u{feff}".as_bytes()) {
            return Err(Stop::Syntax("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0));
        }
        self.skip_space();
        let value = self.value()?;
        self.skip_space();
        match self.peek() {
            None => Ok(value),
            Some(_) => Err(Stop::Syntax("Extra data", self.at)),
        }
    }

    fn value(&mut self) -> Result<Value, Stop> {
        match self.peek() {
            Some(b'"') => self.string().map(Value::Str),
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'n') if self.take("null") => Ok(Value::None),
            Some(b't') if self.take("true") => Ok(Value::Bool(true)),
            Some(b'f') if self.take("false") => Ok(Value::Bool(false)),
            Some(b'N') if self.take("NaN") => Ok(Value::Float(f64::NAN)),
            Some(b'I') if self.take("Infinity") => Ok(Value::Float(f64::INFINITY)),
            Some(b'-') if self.take("-Infinity") => Ok(Value::Float(f64::NEG_INFINITY)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(Stop::Syntax("Expecting value", self.at)),
        }
    }

    fn nested(&mut self, inside: fn(&mut Self) -> Result<Value, Stop>) -> Result<Value, Stop> {
        if self.depth == MAX_DEPTH {
            return Err(Stop::TooDeep);
        }
        self.depth += 1;
        self.at += 1;
        self.skip_space();
        let value = inside(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Value, Stop> {
        let mut dict = Box::<Dict>::default();
        if self.take("}") {
            return Ok(Value::Dict(dict));
        }
        loop {
            if self.peek() != Some(b'"') {
                let message = "Expecting property name enclosed in double quotes";
                return Err(Stop::Syntax(message, self.at));
            }
            let key = self.string()?;
            self.skip_space();
            if !self.take(":") {
                return Err(Stop::Syntax("Expecting ':' delimiter", self.at));
            }
            self.skip_space();
            let value = self.value()?;
            dict.insert(key, value);
            if self.ends_with(b'}')? {
                dict.shrink();
                return Ok(Value::Dict(dict));
            }
        }
    }

    fn array(&mut self) -> Result<Value, Stop> {
        let mut items = Vec::new();
        if self.take("]") {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value()?);
            if self.ends_with(b']')? {
                items.shrink_to_fit();
                return Ok(Value::List(items));
            }
        }
    }

    /// Skips what follows a member: the end of the container, or a comma.
    fn ends_with(&mut self, close: u8) -> Result<bool, Stop> {
        self.skip_space();
        match self.peek() {
            Some(b) if b == close => {
                self.at += 1;
                Ok(true)
            }
            Some(b',') => {
                self.at += 1;
                self.skip_space();
                Ok(false)
            }
            _ => Err(Stop::Syntax("Expecting ',' delimiter", self.at)),
        }
    }

    fn string(&mut self) -> Result<Text, Stop> {
        let begin = self.at;
        self.at += 1;
        let mut text = TextBuf::new();
        loop {
            let chunk = self.at;
            let stops = |&b: &u8| b == b'"' || b == b'\\' || b < 0x20;
            let Some(length) = self.bytes[chunk..].iter().position(stops) else {
                return Err(Stop::Syntax("Unterminated string starting at", begin));
            };
            let end = chunk + length;
            if self.bytes[end] == b'"' && chunk == begin + 1 {
                self.at = end + 1;
                return Ok(Text::from_checked(&self.bytes[chunk..end])); // no escape: no buffer
            }
            text.bytes(&self.bytes[chunk..end]);
            match self.bytes[end] {
                b'"' => {
                    self.at = end + 1;
                    return Ok(text.into());
                }
                b'\\' => self.escape(begin, end, &mut text)?,
                _ => return Err(Stop::Syntax("Invalid control character at", end)),
            }
        }
    }

    fn escape(&mut self, begin: usize, backslash: usize, text: &mut TextBuf) -> Result<(), Stop> {
        let letter = backslash + 1;
        self.at = letter + 1;
        let c = match self.bytes.get(letter) {
            None => return Err(Stop::Syntax("Unterminated string starting at", begin)),
            Some(b'u') => return self.unicode_escape(letter, text),
            Some(&c @ (b'"' | b'\\' | b'/')) => c,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0C,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(_) => return Err(Stop::Syntax("Invalid \\escape", backslash)),
        };
        text.code_point(u32::from(c));
        Ok(())
    }

    /// Reads one escape, or the two of a surrogate pair.
    fn unicode_escape(&mut self, u: usize, text: &mut TextBuf) -> Result<(), Stop> {
        let mut c = self.hex4(u)?;
        self.at = u + 5;
        // As in CPython, a second escape is looked at only where seven more
        // characters follow: its six, and the closing quote.
        let second = u + 6;
        let is_pair = (0xD800..0xDC00).contains(&c)
            && self.bytes[self.at..].starts_with(b"\\u")
            && self.bytes.len() > self.at + 6;
        if is_pair {
            let low = self.hex4(second)?;
            if (0xDC00..0xE000).contains(&low) {
                c = 0x1_0000 + (((c - 0xD800) << 10) | (low - 0xDC00));
                self.at = second + 5;
            }
        }
        text.code_point(c);
        Ok(())
    }

    /// Reads the four digits behind a `u`; the string cannot end with them.
    fn hex4(&self, u: usize) -> Result<u32, Stop> {
        let invalid = Stop::Syntax("Invalid \\uXXXX escape", u);
        match self.bytes.get(u + 1..u + 6) {
            None => Err(invalid),
            Some(digits) => digits[..4]
                .iter()
                .try_fold(0, |n, &digit| Some(n << 4 | char::from(digit).to_digit(16)?))
                .ok_or(invalid),
        }
    }

    fn number(&mut self) -> Result<Value, Stop> {
        let start = self.at;
        let is_negative = self.take("-");
        let digits = self.at;
        match self.peek() {
            Some(b'1'..=b'9') => self.skip_digits(),
            Some(b'0') => self.at += 1,
            _ => return Err(Stop::Syntax("Expecting value", start)),
        }
        let end_of_int = self.at;
        if self.peek() == Some(b'.') && self.digit_at(self.at + 1) {
            self.at += 1;
            self.skip_digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.bytes.get(self.at + 1), Some(b'+' | b'-')));
            if self.digit_at(self.at + 1 + sign) {
                self.at += 1 + sign;
                self.skip_digits();
            }
        }
        let text = |from, to| std::str::from_utf8(&self.bytes[from..to]).unwrap_or_default();
        if self.at > end_of_int {
            // An exponent beyond the range is infinity or zero, as in Python.
            return Ok(Value::Float(text(start, self.at).parse().unwrap_or(f64::NAN)));
        }
        match end_of_int - digits {
            n_digits if n_digits > MAX_DIGITS => Err(Stop::TooManyDigits(n_digits)),
            _ => Ok(integer(is_negative, text(digits, end_of_int))),
        }
    }

    fn skip_digits(&mut self) {
        while self.digit_at(self.at) {
            self.at += 1;
        }
    }

    fn digit_at(&self, at: usize) -> bool {
        self.bytes.get(at).is_some_and(u8::is_ascii_digit)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, literal: &str) -> bool {
        let is_there = self.bytes[self.at..].starts_with(literal.as_bytes());
        if is_there {
            self.at += literal.len();
        }
        is_there
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
}

fn integer(is_negative: bool, digits: &str) -> Value {
    match digits.parse::<i64>() {
        Ok(n) if is_negative => Value::Int(-n),
        Ok(n) => Value::Int(n),
        Err(_) => of_decimal(is_negative, digits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repr::repr;

    fn read(document: &str) -> String {
        match loads(document) {
            Ok(value) => repr(&value).escaped(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_python_accepts_beyond_json_is_accepted() {
        assert_eq!(
            read("[NaN, Infinity, -Infinity, 1e999, -1e999]"),
            "[nan, inf, -inf, inf, -inf]"
        );
        assert_eq!(read(r#""\ud800""#), r"'\ud800'");
        assert_eq!(read("-0"), "0");
    }

    #[test]
    fn a_surrogate_pair_is_one_character_and_a_false_pair_is_two() {
        assert_eq!(read(r#""\ud83d\ude00""#), "'😀'");
        assert_eq!(read(r#""\ud83d\u0041""#), r"'\ud83dA'");
        assert_eq!(read(r#""\ud83d\ud83d\ude00""#), r"'\ud83d😀'");
    }

    #[test]
    fn refusals_are_worded_and_placed_as_in_python() {
        for (document, want) in [
            ("", "Expecting value: line 1 column 1 (char 0)"),
            ("  ", "Expecting value: line 1 column 3 (char 2)"),
            ("[1,]", "Expecting value: line 1 column 4 (char 3)"),
            ("[1", "Expecting ',' delimiter: line 1 column 3 (char 2)"),
            ("[", "Expecting value: line 1 column 2 (char 1)"),
            ("{\n1", "Expecting property name enclosed in double quotes: line 2 column 1 (char 2)"),
            (r#"{"a""#, "Expecting ':' delimiter: line 1 column 5 (char 4)"),
            (r#"{"é":tru}"#, "Expecting value: line 1 column 6 (char 5)"),
            ("1 2", "Extra data: line 1 column 3 (char 2)"),
            ("01", "Extra data: line 1 column 2 (char 1)"),
            ("1.", "Extra data: line 1 column 2 (char 1)"),
            ("-", "Expecting value: line 1 column 1 (char 0)"),
            ("1e+", "Extra data: line 1 column 2 (char 1)"),
            ("\"a", "Unterminated string starting at: line 1 column 1 (char 0)"),
            ("\"a\\", "Unterminated string starting at: line 1 column 1 (char 0)"),
            ("\"\t\"", "Invalid control character at: line 1 column 2 (char 1)"),
            (r#""\x""#, "Invalid \\escape: line 1 column 2 (char 1)"),
            (r#""\u12x4""#, "Invalid \\uXXXX escape: line 1 column 3 (char 2)"),
            (r#""\u1234"#, "Invalid \\uXXXX escape: line 1 column 3 (char 2)"),
            (
                "\u{feff}1",
                "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)",
            ),
        ] {
            assert_eq!(read(document), want, "{document:?}");
        }
    }

    #[test]
    fn ints_of_any_size_are_exact_up_to_pythons_limit() {
        for int in ["9223372036854775807", "-9223372036854775808", "123456789012345678901234"] {
            assert_eq!(read(int), int);
        }
        assert_eq!(read(&"7".repeat(MAX_DIGITS)).len(), MAX_DIGITS);
        assert_eq!(loads(&"7".repeat(5000)).map(drop_value), Err(JsonError::TooManyDigits(5000)));
    }

    #[test]
    fn nesting_is_bounded_and_the_bound_is_walked_safely() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        let [a, b] = [0, 1].map(|_| loads(&nested(MAX_DEPTH)).expect("within the bound"));
        assert!(a.equals(&b));
        assert_eq!(repr(&a).escaped(), nested(MAX_DEPTH));
        assert_eq!(loads(&nested(MAX_DEPTH + 1)).map(drop_value), Err(JsonError::TooDeep));
        assert_eq!(loads(&"{\"a\":".repeat(1_000_000)).map(drop_value), Err(JsonError::TooDeep));
    }

    fn drop_value(_: Value) {}
}

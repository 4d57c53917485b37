//! Python's `repr` and `str`.
//!
//! One idea: `str` differs from `repr` only for a string at the top, which it
//! shows as it is.

use std::fmt::Write as _;

use super::text::{Text, TextBuf};
use super::unicode::is_printable;
use super::value::Value;

/// Returns Python's `repr(value)`.
pub(super) fn repr(value: &Value) -> TextBuf {
    let mut out = TextBuf::new();
    out.repr(value);
    out
}

/// Returns Python's `str(value)`.
pub(super) fn plain(value: &Value) -> TextBuf {
    let mut out = TextBuf::new();
    out.plain(value);
    out
}

/// Returns Python's `repr(f)`: the shortest digits that read back as `f`.
pub(super) fn float(f: f64) -> String {
    if f.is_nan() {
        return "nan".to_owned();
    }
    if f.is_infinite() {
        return if f > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let sign = if f.is_sign_negative() { "-" } else { "" };
    let scientific = shortest(f.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..16).contains(&exponent) {
        let direction = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{mantissa}e{direction}{:02}", exponent.unsigned_abs());
    }
    let digits = mantissa.replace('.', "");
    match usize::try_from(exponent) {
        Ok(exponent) => {
            let digits = format!("{digits:0<width$}", width = exponent + 2);
            let (whole, fraction) = digits.split_at(exponent + 1);
            format!("{sign}{whole}.{fraction}")
        }
        Err(_) => {
            let n_zeros = usize::try_from(-exponent - 1).unwrap_or(0);
            format!("{sign}0.{:0<n_zeros$}{digits}", "")
        }
    }
}

/// Returns the shortest digits that read back as `f`, with an exponent.
///
/// Where two candidates are equally near Rust takes the upper, Python the even one:
/// the correctly rounded value of as many digits, which Rust's exact mode gives.
fn shortest(f: f64) -> String {
    let shortest = format!("{f:e}");
    let mantissa = shortest.split('e').next().unwrap_or_default();
    let n_decimals = mantissa.split('.').nth(1).map_or(0, str::len);
    let even = format!("{f:.n_decimals$e}");
    if even.parse() == Ok(f) { even } else { shortest }
}

impl TextBuf {
    /// Appends Python's `repr(value)`.
    pub(super) fn repr(&mut self, value: &Value) -> &mut Self {
        match value {
            Value::None => self.str("None"),
            Value::Bool(b) => self.str(if *b { "True" } else { "False" }),
            Value::Int(n) => self.str(&n.to_string()),
            Value::Big(digits) => self.str(digits),
            Value::Float(f) => self.str(&float(*f)),
            Value::Str(text) => self.repr_text(text),
            Value::List(items) => {
                self.str("[");
                for (i, item) in items.iter().enumerate() {
                    self.str(if i > 0 { ", " } else { "" }).repr(item);
                }
                self.str("]")
            }
            Value::Dict(dict) => self.repr_dict(dict),
        }
    }

    /// Appends Python's `repr(dict)`.
    pub(super) fn repr_dict(&mut self, dict: &super::value::Dict) -> &mut Self {
        self.str("{");
        for (i, (key, value)) in dict.iter().enumerate() {
            self.str(if i > 0 { ", " } else { "" }).repr_text(key).str(": ").repr(value);
        }
        self.str("}")
    }

    /// Appends Python's `str(value)`.
    pub(super) fn plain(&mut self, value: &Value) -> &mut Self {
        match value {
            Value::Str(text) => self.text(text),
            value => self.repr(value),
        }
    }

    fn repr_text(&mut self, text: &Text) -> &mut Self {
        let bytes = text.as_bytes();
        let prefers_double = bytes.contains(&b'\'') && !bytes.contains(&b'"');
        let quote = if prefers_double { '"' } else { '\'' };
        let mut out = String::with_capacity(bytes.len() + 2);
        out.push(quote);
        for c in text.code_points() {
            push_escaped(&mut out, c, quote);
        }
        out.push(quote);
        self.str(&out)
    }
}

fn push_escaped(out: &mut String, c: u32, quote: char) {
    let shown = char::from_u32(c).filter(|_| is_printable(c));
    let _ = match shown {
        Some(c) if c == quote || c == '\\' => write!(out, "\\{c}"),
        Some(c) => out.write_char(c),
        None => match c {
            0x09 => out.write_str("\\t"),
            0x0A => out.write_str("\\n"),
            0x0D => out.write_str("\\r"),
            0..=0xFF => write!(out, "\\x{c:02x}"),
            0x100..=0xFFFF => write!(out, "\\u{c:04x}"),
            _ => write!(out, "\\U{c:08x}"),
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::loads;

    fn of(json: &str) -> String {
        repr(&loads(json).expect("the test's JSON is valid")).escaped()
    }

    #[test]
    fn floats_are_shortest_with_pythons_exponents() {
        for (json, want) in [
            ("1e15", "1000000000000000.0"),
            ("1e16", "1e+16"),
            ("123456789012345680.0", "1.2345678901234568e+17"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("-0.0", "-0.0"),
            ("3.0", "3.0"),
            ("1.5e-7", "1.5e-07"),
            ("1e100", "1e+100"),
            ("5e-324", "5e-324"),
            ("1800188535927178.25", "1800188535927178.2"), // a tie: the even digit
            ("2.98023223876953125e-08", "2.9802322387695312e-08"),
            ("9007199254740993.0", "9007199254740992.0"),
            ("999999999999999.9", "999999999999999.9"),
            ("0.1", "0.1"),
        ] {
            assert_eq!(of(json), want, "{json}");
        }
    }

    #[test]
    fn quotes_follow_the_content() {
        assert_eq!(of(r#""it's""#), r#""it's""#);
        assert_eq!(of(r#""a'b\"c""#), r#"'a\'b"c'"#);
        assert_eq!(of(r#""a \"q\" \\""#), r#"'a "q" \\'"#);
    }

    #[test]
    fn only_printable_characters_are_shown() {
        assert_eq!(
            of("\"é\\n\\t\\r\\u0000\u{7f}\u{a0}\u{2028}\u{e0001}😀\""),
            r"'é\n\t\r\x00\x7f\xa0\u2028\U000e0001😀'"
        );
    }

    #[test]
    fn containers_keep_their_order() {
        assert_eq!(of(r#"{"b": [1, true, null], "a": {}}"#), "{'b': [1, True, None], 'a': {}}");
    }

    #[test]
    fn str_leaves_only_the_top_string_unquoted() {
        let text = |json| plain(&loads(json).expect("valid JSON")).escaped();
        assert_eq!(text(r#""a'""#), "a'");
        assert_eq!(text(r#"["a"]"#), "['a']");
    }
}

//! Python's `json.dumps(value, sort_keys=True)`.
//!
//! Invariant: the output is ASCII.

use std::fmt::Write as _;

use super::repr::float;
use super::text::Text;
use super::value::{Dict, Value};

/// Appends the JSON of a value.
pub(super) fn value(value: &Value, out: &mut String) {
    match value {
        Value::None => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Int(n) => out.push_str(&n.to_string()),
        Value::Big(digits) => out.push_str(digits),
        Value::Float(f) if f.is_nan() => out.push_str("NaN"),
        Value::Float(f) if f.is_infinite() => {
            out.push_str(if *f > 0.0 { "Infinity" } else { "-Infinity" });
        }
        Value::Float(f) => out.push_str(&float(*f)),
        Value::Str(text) => string(text, out),
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                self::value(item, out);
            }
            out.push(']');
        }
        Value::Dict(dict) => self::dict(dict, out),
    }
}

/// Appends the JSON of a dict, its keys sorted by code point.
pub(super) fn dict(dict: &Dict, out: &mut String) {
    let mut entries: Vec<(&Text, &Value)> = dict.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    out.push('{');
    for (i, (key, value)) in entries.into_iter().enumerate() {
        out.push_str(if i > 0 { ", " } else { "" });
        string(key, out);
        out.push_str(": ");
        self::value(value, out);
    }
    out.push('}');
}

fn string(text: &Text, out: &mut String) {
    out.push('"');
    for c in text.code_points() {
        let _ = match c {
            0x22 => out.write_str("\\\""),
            0x5C => out.write_str("\\\\"),
            0x08 => out.write_str("\\b"),
            0x09 => out.write_str("\\t"),
            0x0A => out.write_str("\\n"),
            0x0C => out.write_str("\\f"),
            0x0D => out.write_str("\\r"),
            0x20..0x7F => out.write_char(char::from(c as u8)),
            0..0x1_0000 => write!(out, "\\u{c:04x}"),
            _ => {
                let offset = c - 0x1_0000;
                write!(
                    out,
                    "\\u{:04x}\\u{:04x}",
                    0xD800 + (offset >> 10),
                    0xDC00 + (offset & 0x3FF)
                )
            }
        };
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use crate::json::loads;

    fn round(json: &str) -> String {
        let mut out = String::new();
        super::value(&loads(json).expect("the test's JSON is valid"), &mut out);
        out
    }

    #[test]
    fn keys_are_sorted_at_every_level() {
        assert_eq!(
            round(r#"{"b":{"z":1,"a":[true,null]},"é":2,"a":1.0}"#),
            r#"{"a": 1.0, "b": {"a": [true, null], "z": 1}, "\u00e9": 2}"#
        );
    }

    #[test]
    fn everything_beyond_ascii_is_escaped() {
        assert_eq!(
            round("\"\\u007f\u{1F600}\\ud800\\b\\f/\""),
            r#""\u007f\ud83d\ude00\ud800\b\f/""#
        );
    }

    #[test]
    fn floats_without_json_form_are_pythons_words() {
        assert_eq!(round("[NaN,-1e999,Infinity,1e16]"), "[NaN, -Infinity, Infinity, 1e+16]");
    }
}

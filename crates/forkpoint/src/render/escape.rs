//! Makes text from outside harmless: of logs, file names, profiles and headers, nothing may steer a
//! terminal or a Markdown reader, and nothing may be invisible.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter};

/// Characters beyond ASCII that steer, that nobody sees, or that look like a blank and are none, as of
/// Unicode 16: the categories Cf, Zs, Zl and Zp, what is default ignorable, fillers, private use, and
/// code points that never become characters.
const HIDDEN: [RangeInclusive<char>; 36] = [
    '\u{A0}'..='\u{A0}',
    '\u{AD}'..='\u{AD}',
    '\u{34F}'..='\u{34F}',
    '\u{600}'..='\u{605}',
    '\u{61C}'..='\u{61C}',
    '\u{6DD}'..='\u{6DD}',
    '\u{70F}'..='\u{70F}',
    '\u{890}'..='\u{891}',
    '\u{8E2}'..='\u{8E2}',
    '\u{115F}'..='\u{1160}',
    '\u{1680}'..='\u{1680}',
    '\u{17B4}'..='\u{17B5}',
    '\u{180B}'..='\u{180F}',
    '\u{2000}'..='\u{200F}',
    '\u{2028}'..='\u{202F}',
    '\u{205F}'..='\u{206F}',
    '\u{2800}'..='\u{2800}',
    '\u{3000}'..='\u{3000}',
    '\u{3164}'..='\u{3164}',
    '\u{E000}'..='\u{F8FF}',
    '\u{FDD0}'..='\u{FDEF}',
    '\u{FE00}'..='\u{FE0F}',
    '\u{FEFF}'..='\u{FEFF}',
    '\u{FFA0}'..='\u{FFA0}',
    '\u{FFF0}'..='\u{FFFC}',
    '\u{FFFE}'..='\u{FFFF}',
    '\u{110BD}'..='\u{110BD}',
    '\u{110CD}'..='\u{110CD}',
    '\u{13430}'..='\u{1343F}',
    '\u{16FE4}'..='\u{16FE4}',
    '\u{1BCA0}'..='\u{1BCA3}',
    '\u{1D159}'..='\u{1D159}',
    '\u{1D173}'..='\u{1D17A}',
    '\u{1FFFE}'..='\u{1FFFF}',
    '\u{2FFFE}'..='\u{2FFFF}',
    '\u{3FFFE}'..=char::MAX,
];

/// Returns the text with every character spelled out that could steer a terminal or that nobody sees.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\n' => out.push_str("\\n"),
            character if is_hidden(character) => out.extend(character.escape_unicode()),
            character => out.push(character),
        }
    }
    Cow::Owned(out)
}

/// Returns whether a character moves the cursor, changes colours, turns the direction of what follows,
/// or cannot be seen.
pub fn is_hidden(character: char) -> bool {
    if character < '\u{A0}' {
        return character.is_control();
    }
    let after = HIDDEN.partition_point(|range| *range.end() < character);
    HIDDEN.get(after).is_some_and(|range| *range.start() <= character)
}

/// Returns the same characters as a class of a regular expression, without its brackets: `\\u{0}-\\u{1f}` and so on.
pub fn hidden_class() -> String {
    let controls = ['\u{0}'..='\u{1F}', '\u{7F}'..='\u{9F}'];
    let ranges = controls.iter().chain(&HIDDEN);
    let shown = ranges.map(|range| {
        format!("\\u{{{:x}}}-\\u{{{:x}}}", u32::from(*range.start()), u32::from(*range.end()))
    });
    shown.collect()
}

/// Returns JSON with such characters of its texts escaped: the same data. ASCII stands as it is, but for
/// U+007F: JSON itself escapes the others.
pub fn plain_json(json: &str) -> Cow<'_, str> {
    let is_raw = |character| character >= '\u{7F}' && is_hidden(character);
    if json.is_ascii() && !json.contains('\u{7F}') || !json.contains(is_raw) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if is_raw(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// Writes a value as indented JSON in which every character that could steer a terminal is escaped;
/// a program that reads it gets the text as the log has it.
///
/// # Errors
/// What `out` says.
pub fn write_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer =
        serde_json::Serializer::with_formatter(&mut *out, PlainJson(PrettyFormatter::new()));
    value.serialize(&mut serializer)?;
    writeln!(out)
}

struct PlainJson(PrettyFormatter<'static>);

impl Formatter for PlainJson {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, character)) = rest.char_indices().find(|&(_, c)| is_hidden(c)) {
            out.write_all(&rest.as_bytes()[..at])?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &rest[at + character.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_escaped_for_a_terminal_and_reads_back_as_it_was() {
        let value =
            serde_json::json!({"k\u{9b}": ["\u{1b}[31m\u{7f}\u{202e}\u{e0001} Grüße", {}, 1]});
        let mut out = Vec::new();
        write_json(&value, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains(|c| is_hidden(c) && c != '\n'), "{text}");
        assert!(text.contains("\\udb40\\udc01 Grüße"), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        let pretty =
            serde_json::to_string_pretty(&serde_json::json!([{"a": []}, {"b": 1}])).unwrap();
        let mut out = Vec::new();
        write_json(&serde_json::json!([{"a": []}, {"b": 1}]), &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), pretty + "\n");
    }

    #[test]
    fn escapes_are_spelled_out_and_other_text_is_not() {
        assert_eq!(plain("\u{1b}[31mred"), "\\u{1b}[31mred");
        assert_eq!(
            plain("a\r\nb\tc\u{7f}\u{9b}1m\u{202e}x"),
            "a\\r\\nb\\tc\\u{7f}\\u{9b}1m\\u{202e}x"
        );
        assert!(matches!(plain("Grüße 你好 👍 е\u{301} ﾊ 조"), Cow::Borrowed(_)));
    }

    #[test]
    fn the_class_of_a_regular_expression_holds_the_same_characters() {
        let class = regex::Regex::new(&format!("^[{}]$", hidden_class())).unwrap();
        for character in '\u{0}'..=char::MAX {
            let text = character.to_string();
            assert_eq!(
                class.is_match(&text),
                is_hidden(character),
                "{}",
                character.escape_unicode()
            );
        }
    }

    #[test]
    fn what_nobody_sees_is_spelled_out() {
        for hidden in "\u{61c}\u{ad}\u{feff}\u{200d}\u{2028}\u{fe0f}\u{e01ef}\u{3164}\u{115f}\u{ffa0}\u{34f}\u{17b5}\u{180f}\u{e0041}\u{e000}\u{10fffd}\u{1d173}\u{a0}".chars() {
            let text = format!("a{hidden}b");
            assert_eq!(plain(&text), format!("a{}b", hidden.escape_unicode()));
            let json = serde_json::to_string(&text).unwrap();
            let json = plain_json(&json);
            assert!(json.is_ascii(), "{json}");
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
        assert!(HIDDEN.windows(2).all(|two| two[0].end() < two[1].start()), "in order");
    }
}

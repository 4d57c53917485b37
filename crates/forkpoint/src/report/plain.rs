//! Makes text from a log harmless: nothing in it may steer a terminal or a Markdown reader.

use std::borrow::Cow;

/// Returns the text with every character that could steer a terminal spelled out.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\n' => out.push_str("\\n"),
            character if steers(character) => out.extend(character.escape_unicode()),
            character => out.push(character),
        }
    }
    Cow::Owned(out)
}

/// Whether a character moves the cursor, changes colours, or turns the direction of what follows.
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_spelled_out_and_other_text_is_not() {
        assert_eq!(plain("\u{1b}[31mred"), "\\u{1b}[31mred");
        assert_eq!(
            plain("a\r\nb\tc\u{7f}\u{9b}1m\u{202e}x"),
            "a\\r\\nb\\tc\\u{7f}\\u{9b}1m\\u{202e}x"
        );
        assert!(matches!(plain("Grüße 你好"), Cow::Borrowed(_)));
    }
}

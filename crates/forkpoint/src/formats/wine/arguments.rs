//! The arguments between a call's brackets: words in hexadecimal, and the text behind a pointer.
//!
//! ```text
//! 0025c010 L".ninja_log",80000000,00000003      a function's, known by their places
//! proc=0170068C10,module=0170000000 L"ntdll.dll",reason=PROCESS_ATTACH      known by their names
//! ```
//!
//! Text keeps its escapes as they are: both logs spell them alike.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::value::{Value, hash_bytes};

/// One argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Argument<'a> {
    /// Its name, where it has one.
    name: Option<&'a [u8]>,
    /// The word, as it is spelled.
    spelled: &'a [u8],
    /// The text that the word points to.
    pub text: Option<&'a [u8]>,
}

/// Names of arguments that have none: their places.
const PLACES: [&str; 24] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16",
    "17", "18", "19", "20", "21", "22", "23",
];

static HASHES: LazyLock<[u64; PLACES.len()]> =
    LazyLock::new(|| PLACES.map(|place| hash_bytes(place.as_bytes())));

impl<'a> Argument<'a> {
    /// Returns what the argument at this place is called.
    pub(super) fn key(&self, place: usize) -> Cow<'a, str> {
        match (self.name, PLACES.get(place)) {
            (Some(name), _) => String::from_utf8_lossy(name),
            (None, Some(place)) => Cow::Borrowed(place),
            (None, None) => Cow::Owned(place.to_string()),
        }
    }

    /// Returns the hash of its key.
    #[inline]
    pub(super) fn key_hash(&self, place: usize) -> u64 {
        match (self.name, HASHES.get(place)) {
            (None, Some(hash)) => *hash,
            _ => hash_bytes(self.key(place).as_bytes()),
        }
    }

    /// Returns the word, as it is spelled.
    pub(super) fn spelled(&self) -> &'a [u8] {
        self.spelled
    }

    pub(super) fn value(&self) -> Value<'a> {
        value(self.spelled)
    }

    pub(super) fn text_value(&self) -> Option<Value<'a>> {
        self.text.map(|text| Value::Text(lossy(text)))
    }
}

/// Returns the word that is spelled, or the text if it is not a word.
///
/// Wine prints words with eight digits at least, and numbers of floating point as `%g` does: five digits
/// or six that are all decimal are such a number.
#[inline]
pub(super) fn value(spelled: &[u8]) -> Value<'_> {
    match word(spelled) {
        Some(_) if matches!(spelled.len(), 5 | 6) && spelled.iter().all(u8::is_ascii_digit) => {
            Value::Text(lossy(spelled))
        }
        Some(word) => Value::Hex(word),
        None => Value::Text(lossy(spelled)),
    }
}

/// Returns the text of bytes; nearly all are text as they are, which is quickly seen.
#[inline]
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// Returns the word that 1 to 16 digits of hexadecimal spell, with or without `0x`.
#[inline]
pub(super) fn word(text: &[u8]) -> Option<u64> {
    let digits = text.strip_prefix(b"0x").unwrap_or(text);
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    digits.iter().try_fold(0, |word, &byte| Some(word << 4 | u64::from(digit(byte)?)))
}

/// Returns the value of a digit of hexadecimal.
#[inline]
pub(super) fn digit(byte: u8) -> Option<u8> {
    const NONE: u8 = 0xFF;
    const VALUES: [u8; 256] = {
        let mut values = [NONE; 256];
        let mut value = 0;
        while value < 16 {
            values[b"0123456789abcdef"[value as usize] as usize] = value;
            values[b"0123456789ABCDEF"[value as usize] as usize] = value;
            value += 1;
        }
        values
    };
    match VALUES[usize::from(byte)] {
        NONE => None,
        value => Some(value),
    }
}

/// Adds the arguments of a list to `found`.
///
/// # Errors
/// What is wrong with the list.
pub(super) fn parse<'a>(list: &'a [u8], found: &mut Vec<Argument<'a>>) -> Result<(), &'static str> {
    let mut rest = list.trim_ascii_end();
    while !rest.is_empty() {
        let (argument, after) = argument(rest)?;
        found.push(argument);
        rest = match after {
            [] => return Ok(()),
            [b',', more @ ..] if !more.is_empty() => more,
            [b','] => return Err("the last argument is missing"),
            _ => return Err("text goes on behind its closing quote"),
        };
    }
    Ok(())
}

fn argument(list: &[u8]) -> Result<(Argument<'_>, &[u8]), &'static str> {
    // A name, a blank, or a comma ends the first word; most words are short.
    let stop = |list: &[u8]| {
        list.iter().position(|byte| matches!(byte, b',' | b' ' | b'=')).unwrap_or(list.len())
    };
    let mut end = stop(list);
    let (mut name, mut list) = (None, list);
    if list.get(end) == Some(&b'=') {
        name = Some(&list[..end]);
        list = &list[end + 1..];
        end = stop(list);
    }
    let spelled = &list[..end];
    if spelled.is_empty() {
        return Err("an argument is empty");
    }
    let after = &list[end..];
    let quoted = after.strip_prefix(b" \"").or_else(|| after.strip_prefix(b" L\""));
    let Some(quoted) = quoted else {
        // Some words are followed by a name or a number in other words: `msg=WM_USER + 1`.
        let end = memchr::memchr(b',', after).map_or(list.len(), |at| end + at);
        return Ok((Argument { name, spelled: &list[..end], text: None }, &list[end..]));
    };
    let (text, after) = text(quoted)?;
    let after = after.trim_ascii_start(); // Some versions of Wine write a blank there.
    Ok((Argument { name, spelled, text: Some(text) }, after))
}

/// Text up to its closing quote; `"...` says that Wine cut it short, and stays with it.
fn text(quoted: &[u8]) -> Result<(&[u8], &[u8]), &'static str> {
    let mut from = 0;
    loop {
        let at =
            memchr::memchr2(b'"', b'\\', &quoted[from..]).ok_or("text has no closing quote")?;
        let at = from + at;
        if quoted[at] == b'"' {
            let end = if quoted[at + 1..].starts_with(b"...") { at + 4 } else { at };
            let after = if end == at { at + 1 } else { end };
            return Ok((&quoted[..end], &quoted[after..]));
        }
        from = (at + 2).min(quoted.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(list: &str) -> Result<Vec<String>, &'static str> {
        let mut found = Vec::new();
        parse(list.as_bytes(), &mut found)?;
        let each = found.iter().enumerate().map(|(place, argument)| {
            let text = argument.text_value().map(|text| format!(" {text}")).unwrap_or_default();
            format!("{}={}{text}", argument.key(place), argument.value())
        });
        Ok(each.collect())
    }

    #[test]
    fn words_are_known_by_their_places() {
        assert_eq!(
            shown("00240000,ffffffffffffffff"),
            Ok(vec!["0=0x240000".into(), "1=0xffffffffffffffff".into()])
        );
        assert_eq!(shown(""), Ok(vec![]));
    }

    #[test]
    fn text_may_hold_commas_brackets_and_escaped_quotes() {
        assert_eq!(
            shown(r#"1 L"a,b)\"c\\",2 "",3"#),
            Ok(vec![r#"0=0x1 "a,b)\\\"c\\\\""#.into(), r#"1=0x2 """#.into(), "2=0x3".into()])
        );
    }

    #[test]
    fn text_that_was_cut_short_is_not_the_text_that_ends_there() {
        assert_ne!(shown(r#"1 "abc"..."#), shown(r#"1 "abc""#));
        assert_eq!(shown(r#"1 "abc"...,2"#).unwrap().len(), 2);
    }

    #[test]
    fn the_loader_names_its_arguments() {
        assert_eq!(
            shown(r#"module=0000000170000000 L"ntdll.dll",reason=PROCESS_ATTACH,msg=WM_USER + 1"#),
            Ok(vec![
                r#"module=0x170000000 "ntdll.dll""#.into(),
                r#"reason="PROCESS_ATTACH""#.into(),
                r#"msg="WM_USER + 1""#.into(),
            ])
        );
    }

    #[test]
    fn a_damaged_list_is_told() {
        for list in ["1,", "1,,2", r#"1 "a"#, r#"1 "a\"#, r#"1 "a"x,2"#, ",1", "a="] {
            assert!(shown(list).is_err(), "{list}");
        }
    }

    #[test]
    fn words_have_sixteen_digits_at_most() {
        assert_eq!(word(b"0X1"), None);
        assert_eq!(word(b"0x1F"), Some(0x1F));
        assert_eq!(word(b"00000000000000001"), None);
        assert_eq!(word(b""), None);
        assert_eq!(word(b"0x"), None);
        assert_eq!(word(b"+1"), None);
    }
}

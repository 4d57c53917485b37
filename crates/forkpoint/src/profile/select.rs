//! Which events a rule is about: glob patterns over kind and name; and which values: ranges.

use std::ops::RangeInclusive;

/// Patterns for an event's kind and its function's name. No pattern at all means any.
#[derive(Clone, Debug, Default)]
pub struct Selector {
    kinds: Vec<String>,
    names: Vec<String>,
    /// Functions that are not meant.
    except: Vec<String>,
}

impl Selector {
    /// Returns the selector of these patterns.
    pub fn new(kinds: &[&str], names: &[&str]) -> Self {
        let owned =
            |patterns: &[&str]| patterns.iter().map(|&pattern| pattern.to_owned()).collect();
        Self { kinds: owned(kinds), names: owned(names), except: Vec::new() }
    }

    /// Returns the selector without the functions of these patterns.
    #[must_use]
    pub fn except(self, names: &[&str]) -> Self {
        Self { except: names.iter().map(|&pattern| pattern.to_owned()).collect(), ..self }
    }

    /// Returns the selector that `"KIND NAME"` or `"KIND"` spells.
    pub fn parse(text: &str) -> Self {
        match text.split_once(' ') {
            Some((kind, name)) => Self::new(&[kind.trim()], &[name.trim()]),
            None => Self::new(&[text.trim()], &[]),
        }
    }

    /// Returns the selectors that the texts spell, as [`Selector::parse`].
    pub fn parse_all(texts: &[String]) -> Vec<Self> {
        texts.iter().map(|text| Self::parse(text)).collect()
    }

    /// Returns the patterns of kinds.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.kinds.iter().map(String::as_str)
    }

    /// Returns the patterns of names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Returns the patterns, a line for kinds and one for names.
    pub fn lines(&self) -> Vec<String> {
        let line = |word: &str, patterns: &[String]| format!("{word} {}", patterns.join(", "));
        let mut lines = Vec::new();
        if !self.kinds.is_empty() {
            lines.push(line("kind", &self.kinds));
        }
        if !self.names.is_empty() {
            lines.push(line("name", &self.names));
        }
        lines
    }

    /// Returns whether a function of this name is meant, whatever the kind of event.
    pub fn matches_name(&self, name: Option<&str>) -> bool {
        let any = |patterns: &[String]| {
            name.is_some_and(|name| patterns.iter().any(|pattern| glob(pattern, name)))
        };
        (self.names.is_empty() || any(&self.names)) && !any(&self.except)
    }

    /// Returns whether an event of this kind and name is meant.
    pub fn matches(&self, kind: &str, name: Option<&str>) -> bool {
        let any =
            |patterns: &[String], text: &str| patterns.iter().any(|pattern| glob(pattern, text));
        (self.kinds.is_empty() || any(&self.kinds, kind)) && self.matches_name(name)
    }
}

/// Returns whether `text` matches `pattern`, in which `*` stands for any run of characters.
pub fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return text.ends_with(part); // the tail; leftmost matches before it leave the most room
        }
        let Some(found) = text.find(part) else { return false };
        text = &text[found + part.len()..];
    }
    true
}

/// Values of a machine word, as ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<RangeInclusive<u64>>);

impl Words {
    /// Returns the values that the texts name: `0`, `0xc0000001..0xc0000fff`, `0x10000..`; a range
    /// holds both its ends.
    ///
    /// # Errors
    /// The text that is not a value and no range.
    pub fn parse<'a>(texts: &[&'a str]) -> Result<Self, &'a str> {
        texts.iter().map(|text| range(text).ok_or(*text)).collect::<Result<_, _>>().map(Self)
    }

    /// Returns whether `word` is one of them.
    pub fn contains(&self, word: u64) -> bool {
        self.0.iter().any(|range| range.contains(&word))
    }
}

fn range(text: &str) -> Option<RangeInclusive<u64>> {
    let Some((low, high)) = text.split_once("..") else {
        let word = word(text)?;
        return Some(word..=word);
    };
    let high = if high.trim().is_empty() { u64::MAX } else { word(high)? };
    let low = if low.trim().is_empty() { 0 } else { word(low)? };
    (low <= high).then_some(low..=high)
}

/// A number that large names something, as a rule: an address or a handle. The profile `names` says the same.
pub const NAMES: RangeInclusive<u64> = 0x1_0000..=0xffff_ffff_fffe_ffff;

/// Returns the word that text such as `0x1_0000`, `42` or `-1` spells.
pub fn word(text: &str) -> Option<u64> {
    let text = text.trim().replace('_', "");
    if let Some(digits) = text.strip_prefix("0x") {
        return digits
            .bytes()
            .all(|b| b.is_ascii_hexdigit())
            .then(|| u64::from_str_radix(digits, 16).ok())?;
    }
    text.parse::<u64>().ok().or_else(|| text.parse::<i64>().ok().map(|signed| signed as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run() {
        assert!(glob("*", ""));
        assert!(glob("Nt*File", "NtReadFile"));
        assert!(!glob("*.Alloc*Heap", "ntdll.RtlAllocateHeap"));
        assert!(glob("*Alloc*Heap", "ntdll.RtlAllocateHeap"));
        assert!(!glob("Nt*", "ZwClose"));
        assert!(!glob("ab*b", "ab"));
        assert!(glob("exact", "exact"));
    }

    #[test]
    fn ranges_hold_both_ends() {
        let words = Words::parse(&["0", "0xc0000001..0xc0000fff", "0x1_0000_0000.."]).unwrap();
        for word in [0, 0xC000_0001, 0xC000_0FFF, u64::MAX] {
            assert!(words.contains(word), "{word:#x}");
        }
        assert!(!words.contains(1) && !words.contains(0xC000_1000));
        assert_eq!(Words::parse(&["5..1"]), Err("5..1"));
        assert_eq!(Words::parse(&["0xzz"]), Err("0xzz"));
        assert!(Words::parse(&["-1"]).unwrap().contains(u64::MAX));
    }
}

//! What type each argument and the result of a function have.
//!
//! A table is text, sorted by name, and is searched as it is: nothing of it is read at the start.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::Error;
use crate::profile::source::Source;
use crate::profile::suggestion::did_you_mean;
use crate::profile::written::At;

/// Where the types of arguments and results are known from.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignaturesSpec {
    /// The table of functions that comes with the program.
    pub table: At<String>,
    /// The payload field with the arguments, by their places from 0.
    pub arguments: String,
    /// The payload field with what a function returns.
    pub result: String,
}

/// What a value is, as far as comparing it is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// An address.
    Pointer,
    /// An object of the system.
    Handle,
    /// A number of 8 bits.
    Word8,
    /// A number of 16 bits.
    Word16,
    /// A number of 32 bits.
    Word32,
    /// A number of 64 bits.
    Word64,
    /// Zero or not.
    Truth,
    /// Below, equal to or above zero.
    Sign,
    /// No value at all, or one that is not in this register.
    Nothing,
    /// A number, an object or an address; also what is not known.
    Any,
}

impl Type {
    /// All types.
    pub const ALL: [Self; 10] = [
        Self::Pointer,
        Self::Handle,
        Self::Word8,
        Self::Word16,
        Self::Word32,
        Self::Word64,
        Self::Truth,
        Self::Sign,
        Self::Nothing,
        Self::Any,
    ];

    /// Returns its name, as profiles spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pointer => "pointer",
            Self::Handle => "handle",
            Self::Word8 => "word8",
            Self::Word16 => "word16",
            Self::Word32 => "word32",
            Self::Word64 => "word64",
            Self::Truth => "truth",
            Self::Sign => "sign",
            Self::Nothing => "nothing",
            Self::Any => "any",
        }
    }

    /// Returns the type of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.name() == name)
    }

    /// Returns the type of this letter of a table.
    fn of_letter(letter: u8) -> Self {
        match letter {
            b'p' => Self::Pointer,
            b'h' => Self::Handle,
            b'b' => Self::Word8,
            b'w' => Self::Word16,
            b'u' => Self::Word32,
            b'q' => Self::Word64,
            b't' => Self::Truth,
            b'g' => Self::Sign,
            b'v' => Self::Nothing,
            _ => Self::Any,
        }
    }
}

/// Where the types of arguments and results are known from.
#[derive(Clone)]
pub struct Signatures {
    table: &'static str,
    /// The payload field with the arguments, by their places.
    pub(super) arguments: String,
    /// The payload field with the result.
    pub(super) result: String,
}

impl fmt::Debug for Signatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signatures({}, {})", self.arguments, self.result)
    }
}

/// The types of one function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signature {
    pub arguments: Vec<Type>,
    pub result: Type,
}

impl Signature {
    /// Returns the places of the arguments that are of one of these types.
    pub(super) fn arguments_of<'a>(
        &'a self,
        types: &'a [Type],
    ) -> impl Iterator<Item = usize> + 'a {
        let places = self.arguments.iter().enumerate();
        places.filter(|(_, of)| types.contains(of)).map(|(place, _)| place)
    }
}

impl Signatures {
    /// The tables that come with the program.
    const TABLES: [(&'static str, &'static str); 1] =
        [("windows", include_str!("builtin/windows.signatures"))];

    /// Returns the table that a profile names.
    pub(super) fn new(source: &Source, spec: &SignaturesSpec) -> Result<Self, Error> {
        let Some(table) = Self::table(&spec.table) else {
            let hint = did_you_mean(&spec.table, Self::TABLES.iter().map(|(name, _)| *name));
            let message = format!("no table of signatures is called `{}`", *spec.table);
            return Err(source.error(spec.table.start(), message).maybe_hint(hint));
        };
        let (arguments, result) = (spec.arguments.clone(), spec.result.clone());
        Ok(Self { table, arguments, result })
    }

    /// Returns the table of this name.
    fn table(name: &str) -> Option<&'static str> {
        Self::TABLES.into_iter().find(|(table, _)| *table == name).map(|(_, text)| text)
    }

    /// Returns the types of a function; the module before its name is no matter.
    pub(super) fn of(&self, function: &str) -> Option<Signature> {
        let function = function.rsplit('.').next().unwrap_or(function);
        if function.starts_with('#') {
            return None; // a comment of the table
        }
        let (arguments, result) = find(self.table, function)?.split_once(':')?;
        let arguments = arguments.bytes().map(Type::of_letter).collect();
        Some(Signature { arguments, result: Type::of_letter(*result.as_bytes().first()?) })
    }
}

/// Returns what follows `name` and a blank on its line of a sorted table.
fn find<'a>(table: &'a str, name: &str) -> Option<&'a str> {
    let bytes = table.as_bytes();
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let start = memchr::memrchr(b'\n', &bytes[low..middle]).map_or(low, |at| low + at + 1);
        let end = memchr::memchr(b'\n', &bytes[start..high]).map_or(high, |at| start + at);
        let line = table.get(start..end)?;
        let (key, shown) = line.split_once(' ').unwrap_or((line, ""));
        match key.cmp(name) {
            std::cmp::Ordering::Equal => return Some(shown),
            std::cmp::Ordering::Less => low = (end + 1).min(high),
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows() -> Signatures {
        let table = Signatures::table("windows").unwrap();
        Signatures { table, arguments: "args".to_owned(), result: "return_value".to_owned() }
    }

    #[test]
    fn every_line_of_the_table_is_found_and_its_letters_are_known() {
        let windows = windows();
        let mut before = "";
        for line in windows.table.lines().filter(|line| !line.starts_with('#')) {
            let (name, shown) = line.split_once(' ').unwrap();
            assert!(before < name, "{name} does not stand behind {before}");
            before = name;
            assert_eq!(find(windows.table, name), Some(shown), "{name}");
            assert!(shown.bytes().all(|letter| b"phbwuqtgvx:".contains(&letter)), "{line}");
        }
    }

    #[test]
    fn a_function_is_known_in_whatever_module_it_is() {
        use Type::{Handle, Nothing, Pointer, Truth, Word32};
        let close = windows().of("KERNEL32.CloseHandle").unwrap();
        assert_eq!((close.arguments, close.result), (vec![Handle], Truth));
        let start = windows().of("kernelbase.GetStartupInfoW").unwrap();
        assert_eq!((start.arguments, start.result), (vec![Pointer], Nothing));
        let error = windows().of("GetLastError").unwrap();
        assert_eq!((error.arguments, error.result), (vec![], Word32));
        assert_eq!(windows().of("KERNEL32.48"), None);
        assert_eq!(windows().of(""), None);
        assert_eq!(windows().of("#"), None);
    }
}

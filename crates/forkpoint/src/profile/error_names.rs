//! What the errors that functions return are called.
//!
//! Invariant: which function returns which sort of error is said by profiles alone, and a number without a
//! name has none.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::Error;
use crate::profile::select::{Selector, word};
use crate::profile::source::Source;
use crate::profile::suggestion::did_you_mean;
use crate::profile::written::{At, Many};

/// What the errors that functions return are called. The first table that is about a function counts. Where a
/// function fails with 0 or -1 and the next call of its thread is an echo, that is quoted. It excuses nothing.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ErrorNamesSpec {
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// The table of names that comes with the program: `ntstatus`, `hresult` or `win32`.
    pub table: String,
}

/// The tables that come with the program, each under its title.
const TABLES: &str = include_str!("builtin/windows.errors");

/// The names of what some functions return.
#[derive(Clone, Debug)]
pub(super) struct ErrorNames {
    pub(super) selector: Selector,
    pub(super) table: &'static str,
}

impl ErrorNames {
    /// Returns the titles of the tables.
    pub(super) fn titles() -> impl Iterator<Item = &'static str> {
        TABLES.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'))
    }

    /// Returns the table of this title.
    pub(super) fn table(title: &str) -> Option<&'static str> {
        let sections = TABLES.split("\n[").skip(1);
        let mut titled = sections.filter_map(|section| section.split_once("]\n"));
        titled.find(|(of, _)| *of == title).map(|(_, table)| table)
    }

    /// Returns the name of a number of 32 bits, whether or not its sign fills the register.
    pub(super) fn name(&self, number: u64) -> Option<&'static str> {
        let number = match number >> 32 {
            0 => number,
            0xffff_ffff => number & 0xffff_ffff,
            _ => return None,
        };
        let mut lines = self.table.lines().filter_map(|line| line.split_once(' '));
        lines.find(|(of, _)| word(of) == Some(number)).map(|(_, name)| name)
    }
}

/// Returns what a profile file says of errors.
pub(super) fn error_names_of(
    source: &Source,
    specs: &[At<ErrorNamesSpec>],
) -> Result<Vec<ErrorNames>, Error> {
    let names = |spec: &At<ErrorNamesSpec>| {
        let Some(table) = ErrorNames::table(&spec.table) else {
            let message = format!("no table of errors is called `{}`", spec.table);
            let hint = did_you_mean(&spec.table, ErrorNames::titles());
            return Err(source.error(spec.start(), message).maybe_hint(hint));
        };
        let selector = Selector::new(&spec.kind.list(), &spec.name.list());
        Ok(ErrorNames { selector, table })
    };
    specs.iter().map(names).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(title: &str, number: u64) -> Option<&'static str> {
        let table = ErrorNames::table(title).unwrap();
        ErrorNames { selector: Selector::default(), table }.name(number)
    }

    #[test]
    fn a_number_is_of_its_table() {
        assert_eq!(named("ntstatus", 0xc000_0034), Some("STATUS_OBJECT_NAME_NOT_FOUND"));
        assert_eq!(named("ntstatus", 0xffff_ffff_c000_0005), Some("STATUS_ACCESS_VIOLATION"));
        assert_eq!(named("hresult", 0x8004_0154), Some("REGDB_E_CLASSNOTREG"));
        assert_eq!(named("win32", 2), Some("ERROR_FILE_NOT_FOUND"));
        assert_eq!(named("ntstatus", 2), None);
        assert_eq!(named("win32", 0), None);
        assert_eq!(named("win32", 0x7f00_0000_0002), None);
    }

    #[test]
    fn every_line_is_a_number_that_its_table_has_once_and_a_name() {
        for title in ErrorNames::titles() {
            let mut numbers = std::collections::BTreeSet::new();
            for line in ErrorNames::table(title).unwrap().lines().filter(|line| !line.is_empty()) {
                let (number, name) = line.split_once(' ').unwrap();
                assert!(numbers.insert(word(number).unwrap()), "{line}");
                let is_letter = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
                assert!(name.bytes().all(is_letter), "{line}");
            }
        }
        assert_eq!(ErrorNames::titles().count(), 3);
    }
}

//! What the errors that functions return are called.
//!
//! Invariant: which function returns which sort of error is said by profiles alone, and a number without a
//! name has none.

use crate::profile::select::{Selector, word};

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

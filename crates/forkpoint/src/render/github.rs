//! Checks as annotations of GitHub Actions: one command a line.
//!
//! Source of the format: "Workflow commands for GitHub Actions", setting an error message. GitHub shows ten
//! annotations of a kind for each step. Invariant: text from outside ends no line and begins no command.

use std::collections::HashSet;
use std::io::{self, Write};

use crate::render::checks::{Check, Outcome};
use crate::render::escape::plain;
use crate::render::words::count;

/// This many are shown of a step.
const MOST: usize = 10;

/// Writes what did not pass, or that all did.
pub(super) fn write(checks: &[Check], out: &mut dyn Write) -> io::Result<()> {
    let troubles = checks.iter().rev().filter(|check| check.outcome != Outcome::Passed);
    // What a later check says at the same place is said once.
    let mut said = HashSet::new();
    let mut troubles: Vec<&Check> =
        troubles.filter(|check| said.insert((&check.message, &check.place))).collect();
    troubles.reverse();
    for check in troubles.iter().take(MOST) {
        let command = if check.outcome == Outcome::Failed { "error" } else { "warning" };
        let place = check
            .place
            .as_ref()
            .map_or(String::new(), |(file, line)| format!("file={},line={line},", property(file)));
        let title = property(&format!("{}: {}", check.class, check.name));
        writeln!(out, "::{command} {place}title={title}::{}", data(&check.message))?;
    }
    if troubles.len() > MOST {
        let more = count((troubles.len() - MOST) as u64, "further check");
        writeln!(out, "{more} did not pass")?;
    }
    if troubles.is_empty() {
        let all = count(checks.len() as u64, "check");
        writeln!(out, "::notice title=forkpoint::{all} passed")?;
    }
    Ok(())
}

fn data(text: &str) -> String {
    plain(text).replace('%', "%25")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_begins_no_command() {
        let hostile = "a\n::error::b\r%0A,title=x::y";
        let check = Check::failed(hostile);
        let mut out = Vec::new();
        let checks =
            (0..12).map(|n| Check { place: Some((hostile.to_owned(), n)), ..check.clone() });
        write(&checks.collect::<Vec<_>>(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), MOST + 1);
        assert!(text.lines().take(MOST).all(|line| line.starts_with("::error file=")));
        let first = text.lines().next().unwrap();
        let properties = first["::error ".len()..].split("::").next().unwrap();
        assert_eq!(properties.split(',').count(), 3, "a file, a line, a title: {properties}");
        assert!(!first.contains("%0A"), "no end of line is made of an escape: {first}");
    }
}

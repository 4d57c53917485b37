//! A report as it was saved: what a gate needs of it.

use serde::Deserialize;

use crate::error::Error;
use crate::profile::{NAMES, word};
use crate::render::html;
use crate::render::json::FORMAT_VERSION;
use crate::report::{Verdict, WaiverState};

/// A saved report.
#[derive(Clone, Debug, Deserialize)]
pub struct SavedReport {
    format_version: u32,
    pub(super) verdict: Verdict,
    pub(super) doubts: Vec<String>,
    pub(super) origins: Vec<SavedFinding>,
    pub(super) waivers: Vec<SavedWaiver>,
    pub(super) lanes: Vec<SavedLane>,
    profile: SavedProfile,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
struct SavedProfile {
    name: String,
    without: Vec<String>,
}

/// A finding of a saved report.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SavedFinding {
    pub(super) class: String,
    pub(super) summary: String,
    sites: Vec<SavedSite>,
    differences: Vec<SavedDifference>,
}

/// A place of a saved report.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SavedSite {
    side: String,
    pub(super) file: String,
    pub(super) line: u64,
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
struct SavedDifference {
    field: String,
    reference: Option<String>,
    candidate: Option<String>,
    excused_by: Option<String>,
}

/// A waiver of a saved report.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SavedWaiver {
    pub(super) id: String,
    pub(super) state: WaiverState,
}

/// A pair of threads of a saved report.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SavedLane {
    pub(super) names: SavedNames,
    pub(super) matched: u64,
    pub(super) class: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct SavedNames {
    pub(super) reference: String,
}

impl SavedReport {
    /// Reads a report of `--format json`, or the page of HTML that holds one.
    ///
    /// # Errors
    /// When it is none, or one of another version.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, Error> {
        let hint = "a report is what `forkpoint diff --format json -o FILE` writes";
        let held = html::extract(bytes).map_err(|error| Error::new(file, error.to_string()))?;
        let json = held.as_deref().unwrap_or(bytes);
        let report: Self = serde_json::from_slice(json)
            .map_err(|error| Error::new(file, format!("is no report: {error}")).hint(hint))?;
        if report.format_version != FORMAT_VERSION {
            let version = report.format_version;
            let what =
                format!("is a report of version {version}; this program reads {FORMAT_VERSION}");
            return Err(Error::new(file, what).hint("write it anew"));
        }
        Ok(report)
    }

    /// Returns why two reports cannot be held against one another, if they cannot.
    pub fn unlike(&self, other: &Self) -> Option<String> {
        let shown = |profile: &SavedProfile| {
            let without = profile.without.join(", ");
            let without = if without.is_empty() { without } else { format!(" without {without}") };
            format!("{}{without}", profile.name)
        };
        (self.profile != other.profile).then(|| {
            let (ours, theirs) = (shown(&self.profile), shown(&other.profile));
            format!("the baseline was compared by profile {ours}, the report by {theirs}")
        })
    }
}

impl SavedFinding {
    /// Returns what makes this finding known again in another build: its class, the events, and the fields that
    /// differ with what they hold; but for numbers that name something, which differ from run to run.
    pub(super) fn identity(&self) -> String {
        let mut identity = self.class.clone();
        let mut add = |part: &str| {
            identity.push('\0');
            identity.push_str(part);
        };
        for side in ["reference", "candidate"] {
            let site = self.sites.iter().find(|site| site.side == side);
            add(site.map_or("", |site| &site.name));
        }
        for differs in self.differences.iter().filter(|differs| differs.excused_by.is_none()) {
            add(&differs.field);
            add(&lasting(differs.reference.as_deref()));
            add(&lasting(differs.candidate.as_deref()));
        }
        identity
    }

    /// Returns where the candidate's event is, or the only one.
    pub(super) fn site(&self) -> Option<&SavedSite> {
        self.sites.iter().find(|site| site.side == "candidate").or(self.sites.first())
    }
}

/// Returns what of a value is the same in another run: small numbers, and texts without their digits.
fn lasting(value: Option<&str>) -> String {
    let Some(value) = value else { return "(absent)".to_owned() };
    // An error of Windows is as large and names nothing.
    let is_error = |number: u64| matches!(number >> 28, 0x8 | 0xc) && number >> 32 == 0;
    match word(value.trim_matches('"')) {
        Some(number) if NAMES.contains(&number) && !is_error(number) => "#".to_owned(),
        Some(_) => value.to_owned(),
        None => {
            let mut text = String::new();
            for character in value.chars() {
                match character {
                    '0'..='9' if text.ends_with('#') => {}
                    '0'..='9' => text.push('#'),
                    other => text.push(other),
                }
            }
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_known_again_without_what_each_run_gives_anew() {
        for (value, known) in [
            ("0x22", "0x22"),
            ("-2", "-2"),
            ("0x6fffffa468d0", "#"),
            ("0xc0000034", "0xc0000034"),
            ("\"/tmp/x.4711/a\"", "\"/tmp/x.#/a\""),
            ("\"ENOENT\"", "\"ENOENT\""),
        ] {
            assert_eq!(lasting(Some(value)), known);
        }
        assert_eq!(lasting(None), "(absent)");
    }
}

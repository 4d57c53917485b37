//! Why a line holds no event to compare, how much that matters, and what can be done about it.
//!
//! Its one idea: an adapter names its reasons once, in a table of its own (`SKIPS`), and everyone who
//! reports them reads them there. Invariant: within a format each reason is in the table once;
//! docs/formats.md says the same.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// How much it matters that a line is skipped, or that a log is as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A right log has such lines.
    Expected,
    /// It may be right, and it may be that something is missing.
    #[serde(rename = "worth a look")]
    WorthALook,
    /// Events are lost by it, or cannot be distinguished.
    #[serde(rename = "loses events")]
    LosesEvents,
}

impl Severity {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Expected, Self::WorthALook, Self::LosesEvents];

    /// Returns the words that reports and scripts use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::WorthALook => "worth a look",
            Self::LosesEvents => "loses events",
        }
    }
}

/// Why a line holds no event to compare.
#[derive(Debug)]
pub struct Skip {
    /// The reason, as reports say it.
    pub reason: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What can be done about it.
    pub fix: Option<&'static str>,
}

impl Skip {
    /// Returns a reason that a right log has.
    pub const fn expected(reason: &'static str) -> Self {
        Self { reason, severity: Severity::Expected, fix: None }
    }

    /// Returns a reason that is worth a look.
    pub const fn worth_a_look(reason: &'static str, fix: &'static str) -> Self {
        Self { reason, severity: Severity::WorthALook, fix: Some(fix) }
    }

    /// Returns a reason by which events are lost.
    pub const fn loses_events(reason: &'static str, fix: &'static str) -> Self {
        Self { reason, severity: Severity::LosesEvents, fix: Some(fix) }
    }

    /// Returns what is to be said of it beside its reason; none of what is expected.
    pub fn advice(&self) -> Option<String> {
        advice(self.severity, self.fix)
    }
}

/// Returns `worth a look: FIX`; none of what is expected.
pub fn advice(severity: Severity, fix: Option<&str>) -> Option<String> {
    let name = severity.name();
    match (severity, fix) {
        (Severity::Expected, _) => None,
        (_, Some(fix)) => Some(format!("{name}: {fix}")),
        (_, None) => Some(name.to_owned()),
    }
}

// Reasons are reported in the order of their names, and each is in a table once.
impl Ord for Skip {
    fn cmp(&self, other: &Self) -> Ordering {
        self.reason.cmp(other.reason)
    }
}

impl PartialOrd for Skip {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Skip {
    fn eq(&self, other: &Self) -> bool {
        self.reason == other.reason
    }
}

impl Eq for Skip {}

/// A line without anything, in whatever format.
pub static EMPTY: Skip = Skip::expected("empty line");

/// The line that says what log it is.
pub static HEADER: Skip = Skip::expected("header");

/// Lines that hold no event to compare: how many, by reason.
pub type Skipped = BTreeMap<&'static Skip, u64>;

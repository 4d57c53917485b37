//! What is to be said of a log as a whole: of what its lines lack.
//!
//! A notice is not a fault: each line is as its format says. But a log whose threads cannot be distinguished,
//! or that was written at too low a level, is less than its reader may think. Invariant: a notice that
//! says that events are lost keeps two logs from being called identical.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use crate::trace::skip::{Severity, advice};

/// What is to be said of a log as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LogWarning {
    /// What there is to say, as a phrase.
    pub what: Cow<'static, str>,
    /// How much it matters.
    pub severity: Severity,
    /// What can be done about it.
    pub fix: Cow<'static, str>,
}

impl LogWarning {
    /// Returns a notice that is worth a look.
    pub fn worth_a_look(what: impl Into<Cow<'static, str>>, fix: &'static str) -> Self {
        Self { what: what.into(), severity: Severity::WorthALook, fix: fix.into() }
    }

    /// Returns a notice that events are lost, or cannot be distinguished.
    pub fn loses_events(what: impl Into<Cow<'static, str>>, fix: &'static str) -> Self {
        Self { what: what.into(), severity: Severity::LosesEvents, fix: fix.into() }
    }

    /// Returns the notice that nobody can tell whether the last line is whole: a rule may excuse a value
    /// whose end is missing.
    pub fn of_unended_line() -> Self {
        let what = "the last line has no end, and may have been cut";
        Self::loses_events(
            what,
            "if it is whole, end it; else let the engine flush its log on exit",
        )
    }

    /// Returns the same notice, of a log in which all of a line is compared: that the line is whole shows in
    /// the other log, if it has an end there.
    pub fn of_unended_line_that_is_compared() -> Self {
        Self { severity: Severity::WorthALook, ..Self::of_unended_line() }
    }

    /// Returns whether it says that the last line has no end.
    pub fn is_of_unended_line(&self) -> bool {
        self.what == Self::of_unended_line().what
    }

    /// Returns how much it matters, and what can be done.
    pub fn advice(&self) -> String {
        advice(self.severity, Some(&self.fix)).unwrap_or_default()
    }
}

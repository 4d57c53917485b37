//! What a CI system shows of a result: a list of checks, each of which passed or did not.
//!
//! Its one idea: a result says itself which checks it consists of, and one file per CI system writes them.
//! Invariant: a result that is not as it should be has a check that did not pass.

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it should.
    Passed,
    /// Otherwise.
    Failed,
    /// It could not be seen.
    Unsure,
}

/// One check. Its texts are raw; each writer escapes them.
#[derive(Clone, Debug)]
pub struct Check {
    /// What was checked.
    pub name: String,
    /// How it went.
    pub outcome: Outcome,
    /// What kind of trouble there is: `return-value`.
    pub class: String,
    /// What happened, in a sentence.
    pub message: String,
    /// Further lines.
    pub details: Vec<String>,
    /// The file and the line, counted from 1.
    pub place: Option<(String, u64)>,
}

#[cfg(test)]
impl Check {
    /// Returns a check that failed, with one text everywhere.
    pub(super) fn failed(text: &str) -> Self {
        Self {
            name: text.to_owned(),
            outcome: Outcome::Failed,
            class: text.to_owned(),
            message: text.to_owned(),
            details: vec![text.to_owned()],
            place: None,
        }
    }
}

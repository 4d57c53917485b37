//! What is wrong with a profile, and where.

use std::fmt;

/// A mistake in a profile: one sentence with file, line and column, and a hint where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileError {
    /// The file, or the built-in profile, that has the mistake.
    pub file: String,
    /// Where in the file, counted from 1.
    pub place: Option<(usize, usize)>,
    /// What is wrong, in lower case.
    pub message: String,
    /// What may have been meant.
    pub hint: Option<String>,
}

impl ProfileError {
    /// Returns an error about `file` as a whole.
    pub fn of_file(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: None, message: message.into(), hint: None }
    }

    /// Returns the error with a hint.
    #[must_use]
    pub fn hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.message, self.file)?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        f.write_str(")")
    }
}

impl std::error::Error for ProfileError {}

/// Returns "did you mean …?" with the known word that is nearest to `word`, if one is near.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    const NEAR: f64 = 0.7; // a slip or two in a word of the usual length
    let scored =
        known.into_iter().map(|candidate| (strsim::jaro_winkler(word, candidate), candidate));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= NEAR).then(|| format!("did you mean `{}`?", best.1))
}

//! The one error of the library: a sentence, a place, a hint.
//!
//! Only opening and reading logs, loading profiles and writing results can fail; an analysis cannot.

use std::sync::Arc;
use std::{error, fmt, io};

use schemars::JsonSchema;
use serde::Serialize;

/// What could not be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorKind {
    /// A log cannot be opened or read.
    #[default]
    Read,
    /// A profile has a mistake.
    Profile,
}

/// One clear sentence with its place, and a hint where there is one.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Error {
    /// What could not be done.
    #[serde(skip)]
    pub kind: ErrorKind,
    /// The file, or the built-in profile.
    pub file: String,
    /// The line, counted from 1, where there is one.
    pub line: Option<u64>,
    /// The column in a profile, counted from 1.
    #[serde(skip)]
    pub column: Option<u64>,
    /// What is wrong, in lower case.
    pub message: String,
    /// What a user can do about it.
    pub hint: Option<String>,
    /// What the system said.
    #[serde(skip)]
    source: Option<Arc<io::Error>>,
}

impl Error {
    /// Returns an error about a log's file as a whole.
    pub fn new(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), message: message.into(), ..Self::default() }
    }

    /// Returns an error about a profile as a whole.
    pub fn of_profile(file: &str, message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Profile, ..Self::new(file, message) }
    }

    /// Returns the error at a line.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// Returns the error at a line and a column.
    #[must_use]
    pub fn at(mut self, (line, column): (usize, usize)) -> Self {
        (self.line, self.column) = (Some(line as u64), Some(column as u64));
        self
    }

    /// Returns the error with a hint.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        self.maybe_hint(Some(hint.into()))
    }

    /// Returns the error with a hint, if there is one.
    #[must_use]
    pub fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }

    /// Returns the error with what the system said.
    #[must_use]
    fn caused_by(mut self, error: &io::Error) -> Self {
        // An error of the system cannot be copied; its kind and its words can.
        self.source = Some(Arc::new(io::Error::new(error.kind(), error.to_string())));
        self
    }

    /// Returns why a file cannot be opened.
    pub fn open(file: &str, error: &io::Error) -> Self {
        let message = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            io::ErrorKind::PermissionDenied => "reading is not permitted".to_owned(),
            _ => format!("cannot be opened: {error}"),
        };
        Self::new(file, message).caused_by(error)
    }

    pub(crate) fn read(file: &str, error: &io::Error) -> Self {
        Self::new(file, format!("cannot be read: {error}")).caused_by(error)
    }

    pub(crate) fn read_again(file: &str, error: &io::Error) -> Self {
        Self::new(file, format!("cannot be read again: {error}")).caused_by(error)
    }

    pub(crate) fn temporary(file: &str, error: &io::Error) -> Self {
        Self::new(file, format!("needs a temporary file, which cannot be made: {error}"))
            .caused_by(error)
            .hint("is there room where TMPDIR points? A plain file needs none")
    }

    pub(crate) fn directory(file: &str) -> Self {
        Self::new(file, "is a directory, not a log").hint("name the log's files")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.message, self.file)?;
        for number in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{number}")?;
        }
        f.write_str(")")
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

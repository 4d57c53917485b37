//! Why a log cannot be read at all.

use std::fmt;
use std::io;

use schemars::JsonSchema;
use serde::Serialize;

/// One clear sentence with file and line, and a hint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReadError {
    /// The file.
    pub file: String,
    /// The line, counted from 1, where there is one.
    pub line: Option<u64>,
    /// What is wrong, in lower case.
    pub message: String,
    /// What a user can do about it.
    pub hint: Option<String>,
}

impl ReadError {
    /// Returns an error about `file` as a whole.
    pub fn new(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, message: message.into(), hint: None }
    }

    /// Returns the error at a line.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// Returns the error with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn open(file: &str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::new(file, "there is no such file"),
            io::ErrorKind::PermissionDenied => Self::new(file, "reading is not permitted"),
            _ => Self::new(file, format!("cannot be opened: {error}")),
        }
    }

    pub(super) fn read(file: &str, error: &io::Error) -> Self {
        Self::new(file, format!("cannot be read: {error}"))
    }

    pub(super) fn read_again(file: &str, error: &io::Error) -> Self {
        Self::new(file, format!("cannot be read again: {error}"))
    }

    pub(super) fn temporary(file: &str, error: &io::Error) -> Self {
        Self::new(file, format!("needs a temporary file, which cannot be made: {error}"))
            .hint("is there room where TMPDIR points? A plain file needs none")
    }

    pub(super) fn directory(file: &str) -> Self {
        Self::new(file, "is a directory, not a log").hint("name the log's files")
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.message, self.file)?;
        match self.line {
            Some(line) => write!(f, ":{line})"),
            None => f.write_str(")"),
        }
    }
}

impl std::error::Error for ReadError {}

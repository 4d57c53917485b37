//! What goes wrong: a sentence and a hint.

use std::fmt::Display;
use std::io;

use forkpoint::error::Error;

/// The exit code of bad usage or unreadable input.
pub(crate) const TROUBLE: u8 = 2;

/// Why a verb could not do its work.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Trouble {
    /// Returns trouble with a hint.
    pub(crate) fn new(message: impl Into<String>, hint: Option<String>) -> Self {
        Self { message: message.into(), hint }
    }

    /// Returns trouble with writing to `place`.
    pub(crate) fn writing(place: impl Display, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::Unsupported {
            return Self::new(error.to_string(), Some("--format json suits every verb".to_owned()));
        }
        Self::new(format!("cannot write the report: {error} ({place})"), None)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::new(error.to_string(), error.hint)
    }
}

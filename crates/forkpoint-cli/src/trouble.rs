//! What goes wrong, told in one clear sentence, and the exit codes.

use std::fmt::Display;
use std::io;
use std::process::ExitCode;

use forkpoint::ingest::ReadError;
use forkpoint::profile::ProfileError;
use forkpoint::render::escape::plain;
use forkpoint::report::Verdict;

use crate::terminal::say;

/// Everything was compared, and nothing differs but what rules excuse.
const IDENTICAL: u8 = 0;
/// The candidate behaves differently.
const DIVERGED: u8 = 1;
/// Bad usage or unreadable input.
pub(crate) const TROUBLE: u8 = 2;
/// Not everything was compared.
const INCONCLUSIVE: u8 = 3;

/// Why a verb could not do its work.
#[derive(Debug)]
pub(crate) struct Trouble {
    message: String,
    hint: Option<String>,
}

impl Trouble {
    /// Returns trouble with a hint.
    pub(crate) fn new(message: impl Into<String>, hint: Option<String>) -> Self {
        Self { message: message.into(), hint }
    }

    /// Returns trouble with writing to `place`.
    pub(crate) fn writing(place: impl Display, error: &io::Error) -> Self {
        Self::new(format!("cannot write the report: {error} ({place})"), None)
    }
}

impl From<ReadError> for Trouble {
    fn from(error: ReadError) -> Self {
        Self::new(error.to_string(), error.hint)
    }
}

impl From<ProfileError> for Trouble {
    fn from(error: ProfileError) -> Self {
        Self::new(error.to_string(), error.hint)
    }
}

/// Returns the exit code of a verdict.
pub(crate) fn code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Identical | Verdict::Prefix => IDENTICAL,
        Verdict::Diverged => DIVERGED,
        Verdict::Inconclusive => INCONCLUSIVE,
    }
}

/// Tells that the arguments are wrong, or the help that they ask for, and returns the exit code.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return exit(crate::terminal::print_usage(error));
    }
    for line in error.render().to_string().lines() {
        say(&plain(line));
    }
    ExitCode::from(TROUBLE)
}

/// Tells trouble, if there was any, and returns the exit code.
pub(crate) fn exit(outcome: Result<u8, Trouble>) -> ExitCode {
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(trouble) => {
            say(&format!("error: {}", plain(&trouble.message)));
            if let Some(hint) = &trouble.hint {
                say(&format!(" hint: {}", plain(hint)));
            }
            ExitCode::from(TROUBLE)
        }
    }
}

//! How the program ends: exit codes, and what went wrong in one clear sentence.

use std::process::ExitCode;

use forkpoint::render::escape::plain;
use forkpoint::report::Verdict;

use crate::terminal::say;
use crate::trouble::{TROUBLE, Trouble};

/// Everything was compared, and nothing differs but what rules excuse.
const IDENTICAL: u8 = 0;
/// The candidate behaves differently.
const DIVERGED: u8 = 1;
/// Not everything was compared.
pub(crate) const INCONCLUSIVE: u8 = 3;
/// `git bisect run` passes over a build that ends so.
const SKIP: u8 = 125;

/// Returns the exit code of a verdict.
pub(crate) fn code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Identical | Verdict::Prefix => IDENTICAL,
        Verdict::Diverged => DIVERGED,
        Verdict::Inconclusive => INCONCLUSIVE,
    }
}

/// Reports that the arguments are wrong, or the help that they ask for, and returns the exit code.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return of(crate::terminal::print_usage(error));
    }
    for line in error.render().to_string().lines() {
        say(&plain(line));
    }
    ExitCode::from(TROUBLE)
}

/// Like [`of`], for `git bisect run`: what cannot be judged is passed over.
pub(crate) fn bisected(outcome: Result<u8, Trouble>) -> ExitCode {
    match outcome {
        Ok(INCONCLUSIVE) => ExitCode::from(SKIP),
        Err(trouble) => {
            of(Err(trouble));
            ExitCode::from(SKIP)
        }
        outcome => of(outcome),
    }
}

/// Reports trouble, if there was any, and returns the exit code.
pub(crate) fn of(outcome: Result<u8, Trouble>) -> ExitCode {
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

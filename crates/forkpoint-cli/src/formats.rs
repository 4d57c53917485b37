//! The verb `formats`: what is read, and how it is recognised.

use forkpoint::formats::FORMATS;
use forkpoint::show::formats::FormatList;

use crate::answer::AnswerArgs;
use crate::trouble::Trouble;

/// List the formats of logs that are read
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    answer: AnswerArgs,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    args.answer.emit(&FormatList::of(FORMATS)).map(|()| 0)
}

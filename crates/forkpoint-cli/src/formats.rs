//! The verb `formats`: what is read, and how it is recognised.

use forkpoint::ingest::FORMATS;
use forkpoint::report::text::TextOptions;

use crate::terminal::{self, Colour};
use crate::trouble::Trouble;

/// List the formats of logs that are read
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    terminal::write_stdout(args.color, |options: TextOptions, out| {
        forkpoint::show::formats::write(&FORMATS, options, out)
    })?;
    Ok(0)
}

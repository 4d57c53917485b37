//! The verb `profile audit`: what each rule of a profile is worth on two logs.

use clap::ValueEnum;
use forkpoint::audit::{audit, json, text};
use forkpoint::compare::Options;
use forkpoint::pair::Pair;

use crate::diff;
use crate::input::{self, ReadArgs};
use crate::names::{self, Map};
use crate::terminal::{self, Colour};
use crate::trouble::{self, Trouble};

/// Say what each rule excused, and what would be said without it
///
/// Both logs are compared again without each rule that excused something, 64 rules at most; they
/// are read anew each time.
///
/// Exit codes are those of `diff`: 0 identical, 1 diverged, 2 trouble, 3 inconclusive.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The reference's log
    #[arg(value_name = "REFERENCE")]
    reference: String,
    /// The candidate's log
    #[arg(value_name = "CANDIDATE")]
    candidate: String,
    #[command(flatten)]
    read: ReadArgs,
    /// How the audit is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Pair these threads, reference=candidate; the others are paired by likeness
    #[arg(long, value_name = "6=1,7=2", value_parser = names::map)]
    map: Option<Map>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// To be read in a terminal.
    #[default]
    Text,
    /// To be read by a program; docs/audit.schema.json describes it.
    Json,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    input::refuse_standard_input([&args.reference, &args.candidate])?;
    let paths = Pair::new(&args.reference, &args.candidate);
    let profile = input::load_for(paths, &args.read)?;
    let told = match args.map.as_ref().filter(|map| !map.is_empty()) {
        Some(map) => map.of(&input::read_two(paths, &profile, &args.read)?.0)?,
        None => Vec::new(),
    };
    let options = Options { told, today: Some(diff::today()), ..Options::default() };
    let audit =
        audit(&profile, &options, &mut |profile| input::read_two(paths, profile, &args.read))?;
    terminal::write_stdout(args.color, |options, out| match args.format {
        Format::Text => text::write(&audit, options, out),
        Format::Json => json::write(&audit, out),
    })?;
    Ok(trouble::code(audit.verdict))
}

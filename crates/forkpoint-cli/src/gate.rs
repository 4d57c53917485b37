//! The verb `gate`: whether a build does worse than an earlier one.

use std::path::PathBuf;

use forkpoint::error::Error;
use forkpoint::gate::{GateOutcome, SavedReport, gate};
use forkpoint::render::{Detail, Extent};

use crate::answer::AnswerArgs;
use crate::exit;
use crate::trouble::Trouble;

/// Hold a report against that of an earlier build: new origins and shorter prefixes fail, by name
///
/// Both are written by `diff --format json -o FILE` (or html). A finding is known again by what it is, never by how
/// many there are. What got better is said too; a waiver that is not needed any more fails.
///
/// Exit codes: 0 nothing got worse, 1 something did, 2 bad usage or unreadable input, 3 inconclusive.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The report of the earlier build
    #[arg(value_name = "BASELINE")]
    baseline: PathBuf,
    /// The report of this build
    #[arg(value_name = "REPORT")]
    report: PathBuf,
    /// All changes; without it, the first ten of each sort
    #[arg(long, short)]
    verbose: bool,
    /// Exit codes as `git bisect run` takes them: 0 good, 1 bad, 125 for what cannot be judged
    #[arg(long)]
    pub(crate) bisect: bool,
    #[command(flatten)]
    answer: AnswerArgs,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    let read = |path: &PathBuf| {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| Error::open(&name, &error))?;
        Ok::<_, Trouble>(SavedReport::parse(&name, &bytes)?)
    };
    let (baseline, report) = (read(&args.baseline)?, read(&args.report)?);
    if let Some(message) = baseline.unlike(&report) {
        let hint = "write both with the same --profile and --without".to_owned();
        return Err(Trouble::new(message, Some(hint)));
    }
    let gate = gate(&baseline, &report);
    let detail = if args.verbose { Detail::Full } else { Detail::Brief };
    args.answer.emit_part(&gate, Extent { detail, ..Extent::default() })?;
    Ok(match gate.outcome {
        GateOutcome::Passed => 0,
        GateOutcome::Failed => 1,
        GateOutcome::Inconclusive => exit::INCONCLUSIVE,
    })
}

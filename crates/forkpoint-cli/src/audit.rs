//! The verb `profile audit`: what each rule of a profile is worth on two logs.

use forkpoint::analysis::Options;
use forkpoint::audit::audit;
use forkpoint::pair::Pair;

use crate::answer::AnswerArgs;
use crate::input::{self, ReadArgs};
use crate::names::{self, Map};
use crate::trouble::Trouble;
use crate::{diff, exit};

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
    #[command(flatten)]
    answer: AnswerArgs,
    /// Pair these threads, reference=candidate; the others are paired by likeness
    #[arg(long, value_name = "6=1,7=2", value_parser = names::map)]
    map: Option<Map>,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    input::refuse_standard_input([&args.reference, &args.candidate])?;
    let paths = Pair::new(&args.reference, &args.candidate);
    args.answer.refuse_inputs([paths.reference, paths.candidate], &args.read)?;
    let profile = input::load_for(paths, &args.read)?;
    let shown = match args.map.as_ref().filter(|map| !map.is_empty()) {
        Some(map) => map.of(&input::read_two(paths, &profile, &args.read)?.0)?,
        None => Vec::new(),
    };
    let options = Options { pinned_pairs: shown, today: Some(diff::today()), ..Options::default() };
    let audit =
        audit(&profile, &options, &mut |profile| input::read_two(paths, profile, &args.read))?;
    args.answer.emit(&audit)?;
    Ok(exit::code(audit.verdict))
}

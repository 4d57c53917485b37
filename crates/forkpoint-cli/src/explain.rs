//! The verb `explain`: all that is known of one event.

use clap::ValueEnum;
use forkpoint::analysis::cause::causes;
use forkpoint::analysis::{EventRef, Options, analyse};
use forkpoint::explain::{Explanation, explain};
use forkpoint::pair::{Pair, Side};
use forkpoint::report::NextCommand;

use crate::answer::AnswerArgs;
use crate::diff;
use crate::given::{Given, command};
use crate::input::{self, ReadArgs};
use crate::names::{self, AtArg, Map};
use crate::trouble::Trouble;

/// Say what is aligned with one event and why, which objects it names, and what it depends on
///
/// Exit codes: 0 explained, 2 bad usage or unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The reference's log
    #[arg(value_name = "REFERENCE")]
    reference: String,
    /// The candidate's log
    #[arg(value_name = "CANDIDATE")]
    candidate: String,
    /// The event as reports tell it: its thread and its index (6:120, 0024:0028:431), or its file and
    /// its line (run.log:17)
    #[arg(long, value_name = "THREAD:INDEX|FILE:LINE", value_parser = names::at)]
    at: AtArg,
    /// Whose event it is; without it the candidate's, unless the file is the reference's alone
    #[arg(long, value_enum)]
    side: Option<SideArg>,
    #[command(flatten)]
    read: ReadArgs,
    #[command(flatten)]
    answer: AnswerArgs,
    /// Pair these threads, reference=candidate; the others are paired by likeness
    #[arg(long, value_name = "6=1,7=2", value_parser = names::map)]
    map: Option<Map>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SideArg {
    /// The reference's.
    Reference,
    /// The candidate's.
    Candidate,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args, given: &Given) -> Result<u8, Trouble> {
    let paths = Pair::new(&args.reference, &args.candidate);
    args.answer.refuse_inputs([paths.reference, paths.candidate], &args.read)?;
    let logs = input::read(paths.map(std::slice::from_ref), &args.read)?;
    let options = Options {
        pinned_pairs: args
            .map
            .as_ref()
            .map(|map| map.of(&logs.traces))
            .transpose()?
            .unwrap_or_default(),
        today: Some(diff::today()),
        ..Options::default()
    };
    let is_of = |side: Side| args.at.is_file_of(logs.traces.on(side));
    let side = match args.side {
        Some(SideArg::Reference) => Side::Reference,
        Some(SideArg::Candidate) => Side::Candidate,
        None if is_of(Side::Reference) && !is_of(Side::Candidate) => Side::Reference,
        None => Side::Candidate,
    };
    let trace = logs.traces.on(side);
    let (lane, position) = args.at.find(trace, &logs.profile, None, &format!("the {side}"))?;
    let at = EventRef { side, lane, position };
    let facts = analyse(&logs.traces, &logs.symbols, &logs.profile, &options);
    let mut shown = explain(&facts, &causes(&facts, facts.findings()), at);
    input::check_intact([&logs.traces.reference, &logs.traces.candidate])?;
    shown.next = next(&shown, args, given);
    args.answer.emit(&shown)?;
    Ok(0)
}

/// Returns the commands that help further: the event that this one depends on, and those around it.
fn next(shown: &Explanation, args: &Args, given: &Given) -> Vec<NextCommand> {
    if [&args.reference, &args.candidate].into_iter().any(|path| path == "-") {
        return Vec::new(); // standard input is gone
    }
    let site = &shown.event.site;
    let mut next = Vec::new();
    if let Some(before) = shown.before.iter().map(|before| &before.site).find(|at| *at != site) {
        let at = format!("{}:{}", before.file, before.line);
        let paths = Pair::new(&args.reference, &args.candidate).map(std::slice::from_ref);
        let command = given.command("explain", paths, ["--at".to_owned(), at]);
        let purpose = "what it depends on, explained in the same way";
        next.push(NextCommand { purpose, command });
    }
    let log = if site.side == Side::Reference { &args.reference } else { &args.candidate };
    let event = [("--lane", site.lane.clone()), ("--at", site.event_idx.to_string())];
    let mut words = vec!["show".to_owned(), log.clone()];
    words.extend(event.into_iter().flat_map(|(option, value)| [option.to_owned(), value]));
    words.extend(["--context".to_owned(), "10".to_owned()]);
    words.extend(given.words_for("show"));
    next.push(NextCommand { purpose: "the events around it", command: command(&words) });
    next
}

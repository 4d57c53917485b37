//! The verb `show`: events of one log.

use std::collections::BTreeSet;

use forkpoint::profile::did_you_mean;
use forkpoint::render::write_each;
use forkpoint::show::{Asked, Shown, document};

use crate::answer::AnswerArgs;
use crate::input::{self, ReadArgs};
use crate::names::{self, AtArg};
use crate::trouble::Trouble;

/// Show events of one log
///
/// A line is the thread, the event's index in it, its kind and function, and its fields as the log has
/// them. Exit codes: 0 shown, 2 bad usage, unreadable input, or no such event.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The log's files; `-` is standard input
    #[arg(value_name = "LOG", required = true)]
    logs: Vec<String>,
    /// Only events of this thread, as reports tell it (6, 0024:0028)
    #[arg(long, value_name = "THREAD")]
    lane: Option<String>,
    /// Only this event: its index in the thread of --lane, or as reports tell it (6:120, run.log:17)
    #[arg(long, value_name = "INDEX|THREAD:INDEX|FILE:LINE", value_parser = names::at_or_index)]
    at: Option<AtArg>,
    /// How many events before and after each in its thread are shown; without it, 5 for --at
    #[arg(long, short = 'C', value_name = "N")]
    context: Option<usize>,
    /// Only events whose kind or function holds this; `*` stands for anything
    #[arg(long, value_name = "NAME")]
    grep: Option<String>,
    #[command(flatten)]
    read: ReadArgs,
    #[command(flatten)]
    answer: AnswerArgs,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    const AROUND: usize = 5;
    args.read.refuse_modules()?;
    args.answer.refuse_inputs(&args.logs, &args.read)?;
    let log = input::read_one(&args.logs, &args.read)?;
    let lane = |name: &str| names::lane(&log.trace, "the log", name, "--lane");
    let lane = args.lane.as_deref().map(lane).transpose()?;
    let lane = lane.or_else(|| (log.trace.lanes.len() == 1).then_some(0));
    let find = |at: &AtArg| at.find(&log.trace, &log.profile, lane, "the log");
    let (lane, position) = match args.at.as_ref().map(find).transpose()? {
        Some((found, _)) if lane.is_some_and(|lane| lane != found) => {
            return Err(Trouble::new("--at names an event of another thread than --lane", None));
        }
        Some((lane, position)) => (Some(lane), Some(position)),
        None => (lane, None),
    };
    let context = args.context.unwrap_or(if position.is_some() { AROUND } else { 0 });
    let asked = Asked { lane, position, name: args.grep.clone(), context };
    let shown = Shown::of(&log.trace, &log.symbols, &asked);
    if shown.is_empty() {
        let hint = args.grep.as_ref().map(|name| {
            let titles: BTreeSet<&str> = log
                .symbols
                .0
                .iter()
                .flat_map(|symbol| symbol.name.as_deref().into_iter().chain([&*symbol.kind]))
                .collect();
            let meant = did_you_mean(name, titles.iter().copied());
            let seen = || format!("the log has {}", names::listed(titles.iter().copied()));
            format!("nothing is called `{name}` there; {}", meant.unwrap_or_else(seen))
        });
        return Err(Trouble::new("no event is asked for that the log has", hint));
    }
    // What is in the way of reading lines again mostly does so at the last one: then nothing is shown.
    if let Some((lane, position)) = shown.events(&log.trace).last() {
        log.trace.event(log.trace.lanes[lane].places.at(position));
        input::check_intact([&log.trace])?;
    }
    args.answer.emit_with(|format, options, out| {
        write_each(document::events(&log.trace, &shown), format, options, out)
    })?;
    input::check_intact([&log.trace])?;
    input::tell_unread(&log.trace);
    Ok(0)
}

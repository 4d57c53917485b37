//! The verb `show`: events of one log.

use forkpoint::show::{Asked, Shown, text};
use forkpoint::trace::Trace;

use crate::diff;
use crate::input::{self, ReadArgs};
use crate::terminal::{self, Colour};
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
    /// Only the event of this index in its thread
    #[arg(long, value_name = "INDEX")]
    at: Option<u64>,
    /// How many events before and after each in its thread are shown; without it, 5 for --at
    #[arg(long, short = 'C', value_name = "N")]
    context: Option<usize>,
    /// Only events whose kind or function holds this; `*` stands for anything
    #[arg(long, value_name = "NAME")]
    grep: Option<String>,
    #[command(flatten)]
    read: ReadArgs,
    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    const AROUND: usize = 5;
    let log = input::read_one(&args.logs, &args.read)?;
    let lane = args.lane.as_deref().map(|name| lane(&log.trace, name)).transpose()?;
    let lane = lane.or_else(|| (log.trace.lanes.len() == 1).then_some(0));
    let position = args.at.map(|index| position(&log.trace, lane, index)).transpose()?;
    let context = args.context.unwrap_or(if position.is_some() { AROUND } else { 0 });
    let asked = Asked { lane, position, name: args.grep.clone(), context };
    let shown = Shown::of(&log.trace, &log.symbols, &asked);
    if shown.is_empty() {
        let hint = args.grep.as_ref().map(|name| format!("nothing is called `{name}` there"));
        return Err(Trouble::new("no event is asked for that the log has", hint));
    }
    // What stands in the way of reading lines again mostly does so at the last one: then nothing is shown.
    if let Some((lane, position)) = shown.events(&log.trace).last() {
        log.trace.event(log.trace.lanes[lane].places.at(position));
        input::check_intact([&log.trace])?;
    }
    terminal::write_stdout(args.color, |options, out| {
        text::write(&log.trace, &shown, options, out)
    })?;
    input::check_intact([&log.trace])?;
    input::tell_unread(&log.trace);
    Ok(0)
}

/// Returns the lane that a reader of the log calls so.
fn lane(trace: &Trace, name: &str) -> Result<usize, Trouble> {
    const SHOWN: usize = 12;
    let key = diff::lane(name).ok();
    let called = |key| trace.lane_name(key) == name.trim();
    let found = trace.lanes.iter().position(|lane| called(lane.key));
    let found = found.or_else(|| trace.lanes.iter().position(|lane| Some(lane.key) == key));
    found.ok_or_else(|| {
        let mut names: Vec<String> =
            trace.lanes.iter().take(SHOWN).map(|lane| trace.lane_name(lane.key)).collect();
        if trace.lanes.len() > SHOWN {
            names.push("…".to_owned());
        }
        let hint = format!("it has {}", names.join(", "));
        Trouble::new(format!("the log has no thread {name} (--lane)"), Some(hint))
    })
}

/// Returns where in its lane the event of this index is.
fn position(trace: &Trace, lane: Option<usize>, index: u64) -> Result<usize, Trouble> {
    let Some(lane) = lane else {
        let hint = Some("say which with --lane".to_owned());
        return Err(Trouble::new("--at needs a thread: the log has several", hint));
    };
    let lane = &trace.lanes[lane];
    lane.position_of(index).ok_or_else(|| {
        let name = trace.lane_name(lane.key);
        let hint = lane
            .n_events()
            .checked_sub(1)
            .map(|last| format!("it has events {} to {}", lane.event_idx(0), lane.event_idx(last)));
        Trouble::new(format!("thread {name} has no event {index} (--at)"), hint)
    })
}

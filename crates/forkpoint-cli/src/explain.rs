//! The verb `explain`: all that is known of one event.

use clap::ValueEnum;
use forkpoint::cause::causes;
use forkpoint::compare::{Options, examine};
use forkpoint::explain::{explain, json, text};
use forkpoint::finding::At;
use forkpoint::pair::{Pair, Side};
use forkpoint::trace::{LaneKey, Trace};

use crate::diff::{self, Map};
use crate::input::{self, ReadArgs};
use crate::terminal::{self, Colour};
use crate::trouble::Trouble;

/// Say what stands beside one event and why, which objects it names, and what it depends on
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
    /// The event: its thread and its index, as reports tell them (6:120, 0024:0028:431)
    #[arg(long, value_name = "THREAD:INDEX", value_parser = place)]
    at: (LaneKey, u64),
    /// Whose event it is
    #[arg(long, value_enum, default_value_t)]
    side: SideArg,
    #[command(flatten)]
    read: ReadArgs,
    /// How the explanation is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Pair these threads, reference=candidate; the others are paired by likeness
    #[arg(long, value_name = "6=1,7=2", value_parser = diff::map)]
    map: Option<Map>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum SideArg {
    /// The reference's.
    Reference,
    /// The candidate's.
    #[default]
    Candidate,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// To be read in a terminal.
    #[default]
    Text,
    /// To be read by a program; docs/explain.schema.json describes it.
    Json,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    let paths = Pair::new(&args.reference, &args.candidate);
    let logs = input::read(paths.map(std::slice::from_ref), &args.read)?;
    let options = Options {
        told: args.map.clone().map(|map| map.0).unwrap_or_default(),
        today: Some(diff::today()),
        ..Options::default()
    };
    diff::refuse_unknown_threads(&options, &logs.traces)?;
    let side = match args.side {
        SideArg::Reference => Side::Reference,
        SideArg::Candidate => Side::Candidate,
    };
    let at = find(logs.traces.on(side), side, args.at)?;
    let told = examine(&logs.traces, &logs.symbols, &logs.profile, &options, |facts| {
        explain(facts, &causes(facts, facts.findings()), at)
    });
    input::check_intact([&logs.traces.reference, &logs.traces.candidate])?;
    terminal::write_stdout(args.color, |options, out| match args.format {
        Format::Text => text::write(&told, options, out),
        Format::Json => json::write(&told, out),
    })?;
    Ok(0)
}

/// Finds the event that is asked about.
fn find(trace: &Trace, side: Side, (key, index): (LaneKey, u64)) -> Result<At, Trouble> {
    let name = trace.lane_name(key);
    let Some(lane) = trace.lanes.iter().position(|lane| lane.key == key) else {
        const SHOWN: usize = 12;
        let mut names: Vec<String> =
            trace.lanes.iter().take(SHOWN).map(|lane| trace.lane_name(lane.key)).collect();
        if trace.lanes.len() > SHOWN {
            names.push("…".to_owned());
        }
        let hint = format!("it has {}", names.join(", "));
        return Err(Trouble::new(format!("the {side} has no thread {name} (--at)"), Some(hint)));
    };
    let events = &trace.lanes[lane];
    let Some(position) = events.position_of(index) else {
        let hint = events.n_events().checked_sub(1).map(|last| {
            format!("it has events {} to {}", events.event_idx(0), events.event_idx(last))
        });
        let message = format!("thread {name} of the {side} has no event {index} (--at)");
        return Err(Trouble::new(message, hint));
    };
    Ok(At { side, lane, position })
}

/// Reads a thread and an index: `6:120`, `0024:0028:431`.
fn place(text: &str) -> Result<(LaneKey, u64), String> {
    let bad = || format!("expected THREAD:INDEX such as 6:120 or 0024:0028:431, found `{text}`");
    let (lane, index) = text.rsplit_once(':').ok_or_else(bad)?;
    let index = index.trim().parse().map_err(|_| bad())?;
    Ok((diff::lane(lane).map_err(|_| bad())?, index))
}

//! The verb `diff`: two logs in, a report out.

mod next;
mod panel;

use std::time::{SystemTime, UNIX_EPOCH};

use clap::ValueEnum;
use forkpoint::analysis::Options;
use forkpoint::first_calls::{Over, first_occurrences};
use forkpoint::logs::{Logs, compare_beside};
use forkpoint::pair::Pair;
use forkpoint::profile::Date;
use forkpoint::render::{Detail, Extent};
use forkpoint::report::Report;
use forkpoint::stat::Stat;
use forkpoint::trace::Trace;

use crate::answer::AnswerArgs;
use crate::exit;
use crate::given::Given;
use crate::input::{self, ReadArgs};
use crate::names::{self, Map};
use crate::trouble::Trouble;

/// Compare the logs of two engines that ran the same program
///
/// With several references (`--reference A --reference B CANDIDATE`), the candidate is compared with
/// each; where they disagree among themselves it is reported, and is not the candidate's fault.
///
/// Exit codes: 0 identical, 1 diverged, 2 bad usage or unreadable input, 3 inconclusive.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The reference's log and the candidate's; `-` is standard input
    #[arg(value_name = "REFERENCE CANDIDATE", required = true, num_args = 1..)]
    logs: Vec<String>,
    /// After `--`: the candidate's files, when the logs are in several files each
    #[arg(value_name = "CANDIDATE…", last = true)]
    candidate: Vec<String>,
    /// One of several references; then the candidate alone is named without an option
    #[arg(long, value_name = "LOG", conflicts_with = "candidate")]
    reference: Vec<String>,
    /// A further run of the reference's engine, of one file; may be given several times. What it does otherwise
    /// than the reference is noise: where the candidate differs at the same place and in the same way, it is excused
    #[arg(long, value_name = "LOG", conflicts_with = "reference")]
    clean: Vec<String>,
    #[command(flatten)]
    read: ReadArgs,
    /// What is compared
    #[arg(long, value_enum, default_value_t)]
    mode: Mode,
    /// With first-occurrence: each thread for itself, or all threads together as the lines stand
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    over: OverArg,
    #[command(flatten)]
    answer: AnswerArgs,
    /// The verdict alone
    #[arg(long, short, conflicts_with_all = ["verbose", "stat"])]
    quiet: bool,
    /// All findings, all excuses, and the lines as they are; without it, what fits a screen
    #[arg(long, short)]
    verbose: bool,
    /// How many findings are shown; of consequences as many
    #[arg(long, value_name = "N")]
    max_findings: Option<usize>,
    /// Count the calls of each function in both logs instead
    #[arg(long)]
    stat: bool,
    /// How many events are shown before and after a divergence: N or BEFORE,AFTER
    #[arg(long, value_name = "N", value_parser = context)]
    context: Option<(usize, usize)>,
    /// Pair these threads, reference=candidate; the others are paired by likeness
    #[arg(long, value_name = "6=1,7=2", value_parser = names::map)]
    map: Option<Map>,
    /// Exit codes as `git bisect run` takes them: 0 good, 1 bad, 125 for what cannot be judged
    #[arg(long)]
    pub(crate) bisect: bool,
    /// Let a candidate that merely stops early pass, and logs that are both cut (verdict `prefix`)
    #[arg(long)]
    allow_prefix: bool,
    /// The day for which waivers hold; without it, today
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    today: Option<Date>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// All events, with all that they hold.
    #[default]
    Full,
    /// The order in which functions first appear, by name alone: a first gate.
    FirstOccurrence,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum OverArg {
    /// Each thread for itself.
    #[default]
    Threads,
    /// All threads together.
    All,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args, given: &Given) -> Result<u8, Trouble> {
    if args.over == OverArg::All && args.mode != Mode::FirstOccurrence {
        let hint = "add --mode first-occurrence".to_owned();
        return Err(Trouble::new("--over all is about first occurrences", Some(hint)));
    }
    match (&*args.reference, &*args.logs) {
        ([], _) => {}
        ([reference], [candidate]) => {
            let (reference, candidate) = (reference.clone(), candidate.clone());
            let logs = vec![reference, candidate];
            return run(&Args { reference: Vec::new(), logs, ..args.clone() }, given);
        }
        (_, [_]) if args.mode == Mode::FirstOccurrence => {
            let hint = "compare with one reference after the other".to_owned();
            let message = "--mode first-occurrence takes one reference";
            return Err(Trouble::new(message, Some(hint)));
        }
        (_, [candidate]) => return panel::run(args, candidate),
        (_, logs) => {
            let message =
                format!("with --reference expected the candidate alone, found {} logs", logs.len());
            let hint = "forkpoint diff --reference A --reference B CANDIDATE".to_owned();
            return Err(Trouble::new(message, Some(hint)));
        }
    }
    let paths = sides(&args.logs, &args.candidate)?;
    let all = paths.reference.iter().chain(paths.candidate).chain(&args.clean);
    args.answer.refuse_inputs(all, &args.read)?;
    if !args.clean.is_empty() {
        return beside_clean_runs(args, paths, given);
    }
    let logs = input::read(paths, &args.read)?;
    let options = options(args, &logs.traces)?;
    if args.mode == Mode::FirstOccurrence {
        return first_occurrence(args, &logs, &options);
    }
    let report = logs.compare(&options)?;
    answer(args, report, &logs, paths, given)
}

/// Writes the report, or the count of calls; returns the exit code.
fn answer(
    args: &Args,
    mut report: Report,
    logs: &Logs,
    paths: Pair<&[String]>,
    given: &Given,
) -> Result<u8, Trouble> {
    let code = exit::code(report.verdict);
    if args.stat {
        args.answer.emit_part(&Stat::of(logs, &report), args.shown())?;
        return Ok(code);
    }
    report.next = next::commands(&report, logs, paths, given);
    args.answer.emit_part(&report, args.shown())?;
    Ok(code)
}

impl Args {
    /// Returns what of the report is shown.
    fn shown(&self) -> Extent {
        let detail = match (self.quiet, self.verbose) {
            (true, _) => Detail::Verdict,
            (_, true) => Detail::Full,
            _ => Detail::Brief,
        };
        Extent { detail, max_findings: self.max_findings, context: self.context }
    }
}

/// Compares the logs by the measure of clean runs; returns the exit code.
fn beside_clean_runs(args: &Args, paths: Pair<&[String]>, given: &Given) -> Result<u8, Trouble> {
    if args.mode == Mode::FirstOccurrence {
        let hint = Some("leave out --clean".to_owned());
        return Err(Trouble::new("--mode first-occurrence takes no clean runs", hint));
    }
    let (mut logs, runs) = input::read_beside(paths, &args.clean, &args.read)?;
    let options = options(args, &logs.traces)?;
    let Logs { traces, symbols, profile } = &mut logs;
    let report = compare_beside(traces, runs, symbols, profile, &options)?;
    input::check_intact([&logs.traces.reference, &logs.traces.candidate])?;
    answer(args, report, &logs, paths, given)
}

/// Compares the orders in which names first appear; returns the exit code.
fn first_occurrence(args: &Args, logs: &Logs, options: &Options) -> Result<u8, Trouble> {
    let over = match args.over {
        OverArg::Threads => Over::Lanes,
        OverArg::All => Over::All,
    };
    let firsts = first_occurrences(&logs.traces, &logs.symbols, &logs.profile, options, over);
    args.answer.emit_part(&firsts, args.shown())?;
    Ok(exit::code(firsts.verdict))
}

fn options(args: &Args, traces: &Pair<Trace>) -> Result<Options, Trouble> {
    Ok(Options {
        pinned_pairs: args.map.as_ref().map(|map| map.of(traces)).transpose()?.unwrap_or_default(),
        context: args.context.unwrap_or_else(|| {
            // A page has room.
            if args.answer.is_page() { (20, 20) } else { Options::default().context }
        }),
        allow_prefix: args.allow_prefix,
        today: Some(args.today.unwrap_or_else(today)),
    })
}

fn sides<'a>(logs: &'a [String], candidate: &'a [String]) -> Result<Pair<&'a [String]>, Trouble> {
    match (logs, candidate) {
        ([reference, candidate], []) => {
            Ok(Pair::new(std::slice::from_ref(reference), std::slice::from_ref(candidate)))
        }
        (_, []) => {
            let hint = "several files a log: forkpoint diff REF1 REF2 -- CAND1 CAND2".to_owned();
            Err(Trouble::new(
                format!("expected a reference and a candidate, found {} logs", logs.len())
                    .replace("1 logs", "1 log"),
                Some(hint),
            ))
        }
        (reference, candidate) => Ok(Pair::new(reference, candidate)),
    }
}

fn context(text: &str) -> Result<(usize, usize), String> {
    const MOST: usize = 1000;
    let number = |text: &str| match text.trim().parse::<usize>() {
        Ok(n) if n <= MOST => Ok(n),
        _ => Err(format!("expected a number up to {MOST}, found `{text}`")),
    };
    match text.split_once(',') {
        Some((before, after)) => Ok((number(before)?, number(after)?)),
        None => number(text).map(|n| (n, n)),
    }
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| format!("expected a day such as 2027-01-31, found `{text}`"))
}

/// What day it is, in UTC; before 1970 the first day.
pub(crate) fn today() -> Date {
    const DAY: u64 = 24 * 60 * 60;
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Date::since_1970(since_1970.as_secs() / DAY).unwrap_or(Date::LAST)
}

//! The verb `diff`: two logs in, a report out.

mod panel;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::ValueEnum;
use forkpoint::compare::{Options, compare};
use forkpoint::firsts::{self, Over, first_occurrences};
use forkpoint::pair::Pair;
use forkpoint::profile::Date;
use forkpoint::report::{Report, json, markdown, text};
use forkpoint::trace::Trace;

use crate::input::{self, ReadArgs};
use crate::names::{self, Map};
use crate::output;
use crate::terminal::{self, Colour};
use crate::trouble::{self, Trouble};

/// Compare the logs of two engines that ran the same program
///
/// With several references (`--reference A --reference B CANDIDATE`), the candidate is compared with
/// each; where they disagree among themselves it is told, and is not the candidate's fault.
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
    #[command(flatten)]
    read: ReadArgs,
    /// What is compared
    #[arg(long, value_enum, default_value_t)]
    mode: Mode,
    /// With first-occurrence: each thread for itself, or all threads together as the lines stand
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    over: OverArg,
    /// How the report is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write the report here instead of to standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How many events are shown before and after a divergence: N or BEFORE,AFTER
    #[arg(long, value_name = "N", default_value = "5,3", value_parser = context)]
    context: (usize, usize),
    /// Pair these threads, reference=candidate; the others are paired by likeness
    #[arg(long, value_name = "6=1,7=2", value_parser = names::map)]
    map: Option<Map>,
    /// Let a candidate that merely stops early pass, and logs that are both cut (verdict `prefix`)
    #[arg(long)]
    allow_prefix: bool,
    /// The day for which waivers hold; without it, today
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    today: Option<Date>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
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

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// To be read in a terminal.
    #[default]
    Text,
    /// To be pasted into an issue.
    Markdown,
    /// To be read by a program; docs/report.schema.json describes it.
    Json,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    if args.over == OverArg::All && args.mode != Mode::FirstOccurrence {
        let hint = "add --mode first-occurrence".to_owned();
        return Err(Trouble::new("--over all is about first occurrences", Some(hint)));
    }
    match (&*args.reference, &*args.logs) {
        ([], _) => {}
        ([reference], [candidate]) => {
            let (reference, candidate) = (reference.clone(), candidate.clone());
            return run(&Args {
                reference: Vec::new(),
                logs: vec![reference, candidate],
                ..args.clone()
            });
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
    if let Some(output) = &args.output {
        let logs = paths.reference.iter().chain(paths.candidate);
        output::refuse_inputs(output, logs, &args.read, "the report would overwrite a log")?;
    }
    let logs = input::read(paths, &args.read)?;
    let options = options(args, &logs.traces)?;
    if args.mode == Mode::FirstOccurrence {
        return first_occurrence(args, &logs, &options);
    }
    let report = compare(&logs.traces, &logs.symbols, &logs.profile, &options);
    input::check_intact([&logs.traces.reference, &logs.traces.candidate])?;
    put(args, |options, out| write(&report, args.format, options, out))?;
    Ok(trouble::code(report.verdict))
}

/// Compares the orders in which names first appear; returns the exit code.
fn first_occurrence(args: &Args, logs: &input::Logs, options: &Options) -> Result<u8, Trouble> {
    let over = match args.over {
        OverArg::Threads => Over::Lanes,
        OverArg::All => Over::All,
    };
    let firsts = first_occurrences(&logs.traces, &logs.symbols, &logs.profile, options, over);
    put(args, |options, out| match args.format {
        Format::Text => firsts::text::write(&firsts, options, out),
        Format::Markdown => firsts::markdown::write(&firsts, out),
        Format::Json => firsts::json::write(&firsts, out),
    })?;
    Ok(trouble::code(firsts.verdict))
}

fn options(args: &Args, traces: &Pair<Trace>) -> Result<Options, Trouble> {
    Ok(Options {
        told: args.map.as_ref().map(|map| map.of(traces)).transpose()?.unwrap_or_default(),
        context: args.context,
        allow_prefix: args.allow_prefix,
        today: Some(args.today.unwrap_or_else(today)),
    })
}

/// Lets `write` write to where the report goes.
fn put(
    args: &Args,
    write: impl FnOnce(text::TextOptions, &mut dyn Write) -> io::Result<()>,
) -> Result<(), Trouble> {
    match &args.output {
        Some(path) => write_file(path, |out| write(text::TextOptions::default(), out)),
        None => terminal::write_stdout(args.color, write),
    }
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

fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Trouble> {
    let written = output::write(path, |out| {
        let mut out = BufWriter::new(out);
        write(&mut out)?;
        out.flush()
    });
    written.map_err(|error| Trouble::writing(path.display(), &error))
}

fn write(
    report: &Report,
    format: Format,
    options: text::TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, options, out),
        Format::Markdown => markdown::write(report, out),
        Format::Json => json::write(report, out),
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

/// What day it is, in UTC; on a clock that stands before 1970 the first day.
pub(crate) fn today() -> Date {
    const DAY: u64 = 24 * 60 * 60;
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Date::since_1970(since_1970.as_secs() / DAY).unwrap_or(Date::LAST)
}

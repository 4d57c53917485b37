//! The verb `check`: one log's own faults and figures.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use forkpoint::check::{CheckReport, Options, check, json, text};
use forkpoint::ingest::{self, Format as LogFormat, ReadError, SymbolTable};
use forkpoint::profile::{Profile, ProfileError};
use forkpoint::report::text::TextOptions;
use forkpoint::trace::check_intact;

use crate::input::ReadArgs;
use crate::output;
use crate::progress::with_bar;
use crate::terminal::{self, Colour};
use crate::trouble::{self, Trouble};

/// No fault in any log.
const CLEAN: u8 = 0;
/// A fault in one of them.
const FAULTY: u8 = 1;
/// One of them could not be read.
const TROUBLE: u8 = 2;

/// Tell the faults and figures of single logs
///
/// Exit codes: 0 clean, 1 faults, 2 bad usage or unreadable input. Notes are no faults.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The logs, each told in turn; `-` is standard input
    #[arg(value_name = "LOG", required = true)]
    logs: Vec<String>,
    /// Read all of them as one log in several files
    #[arg(long)]
    as_one: bool,
    #[command(flatten)]
    read: ReadArgs,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write the result here instead of to standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How many functions are listed
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// To be read in a terminal.
    #[default]
    Text,
    /// To be read by a program; docs/check.schema.json describes it.
    Json,
}

/// Why a log was not checked.
enum Failure {
    Log(ReadError),
    Profile(ProfileError),
    Usage(Trouble),
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::Log(error)
    }
}

impl From<ProfileError> for Failure {
    fn from(error: ProfileError) -> Self {
        Self::Profile(error)
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::Usage(trouble)
    }
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    args.read.refuse_modules()?;
    refuse(args)?;
    let format = args.read.from.as_deref().map(ingest::format).transpose()?;
    let mut reports = Vec::new();
    let mut unreadable = Vec::new();
    let logs = args.logs.chunks(if args.as_one { args.logs.len() } else { 1 });
    for log in logs {
        match check_log(log, format, args) {
            Ok(report) => reports.push(report),
            Err(Failure::Log(error)) => unreadable.push(error),
            Err(Failure::Profile(error)) => return Err(error.into()),
            Err(Failure::Usage(trouble)) => return Err(trouble),
        }
    }
    match &args.output {
        Some(path) => write_file(path, &reports, &unreadable, args.format)?,
        None => write_stdout(&reports, &unreadable, args.format)?,
    }
    for error in &unreadable {
        // The other logs were told all the same; the code is the same for each.
        let _ = trouble::exit(Err(error.clone().into()));
    }
    Ok(match reports.iter().any(|report| report.n_faults() > 0) {
        _ if !unreadable.is_empty() => TROUBLE,
        true => FAULTY,
        false => CLEAN,
    })
}

fn refuse(args: &Args) -> Result<(), Trouble> {
    if args.logs.iter().filter(|log| *log == "-").count() > 1 {
        return Err(Trouble::new("standard input can be read once only", None));
    }
    let Some(output) = &args.output else { return Ok(()) };
    output::refuse_inputs(output, &args.logs, &args.read, "the result would overwrite a log")
}

fn check_log(
    files: &[String],
    format: Option<&'static LogFormat>,
    args: &Args,
) -> Result<CheckReport, Failure> {
    let sources = ingest::open_marked(files, args.read.strip_prefix.as_ref())?;
    let name = match (&args.read.profile, sources.first()) {
        (Some(name), _) => name.clone(),
        (None, Some(source)) => ingest::suiting_profile(source, format)?,
        (None, None) => return Err(ReadError::new("log", "has no files").into()),
    };
    let profile = Profile::load(&name, &args.read.without)?;
    let table = SymbolTable::new(&profile);
    let trace = with_bar(|progress| {
        ingest::read(sources, &profile, &table, args.read.options(format, Some(progress)))
    })?;
    args.read.refuse_idle_imports([&trace])?;
    let symbols = table.finish();
    args.read.refuse_nothing(&[&trace], &symbols, &profile)?;
    let report = check(&trace, &symbols, &profile, Options { top: args.top });
    check_intact([&trace])?;
    Ok(report)
}

fn write_file(
    path: &Path,
    reports: &[CheckReport],
    unreadable: &[ReadError],
    format: Format,
) -> Result<(), Trouble> {
    let written = output::write(path, |out| {
        let mut out = BufWriter::new(out);
        write(reports, unreadable, format, TextOptions::default(), &mut out)?;
        out.flush()
    });
    written.map_err(|error| Trouble::writing(path.display(), &error))
}

fn write_stdout(
    reports: &[CheckReport],
    unreadable: &[ReadError],
    format: Format,
) -> Result<(), Trouble> {
    terminal::write_stdout(Colour::Auto, |options, out| {
        write(reports, unreadable, format, options, out)
    })
}

fn write(
    reports: &[CheckReport],
    unreadable: &[ReadError],
    format: Format,
    options: TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    if matches!(format, Format::Json) {
        return json::write(reports, unreadable, out);
    }
    for (number, report) in reports.iter().enumerate() {
        if number > 0 {
            writeln!(out, "\n")?;
        }
        text::write(report, options, out)?;
    }
    Ok(())
}

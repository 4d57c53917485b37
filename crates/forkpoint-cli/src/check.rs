//! The verb `check`: one log's own faults and figures.

use forkpoint::check::{CheckReport, Checks, Options, check};
use forkpoint::error::{Error, ErrorKind};
use forkpoint::formats::Format as LogFormat;
use forkpoint::profile::Profile;
use forkpoint::read;
use forkpoint::scan::symbols::SymbolTable;
use forkpoint::trace::check_intact;

use crate::answer::AnswerArgs;
use crate::exit;
use crate::input::{ReadArgs, profile_of, refuse_second_standard_input};
use crate::progress::with_bar;
use crate::trouble::Trouble;

/// No fault in any log.
const CLEAN: u8 = 0;
/// A fault in one of them.
const FAULTY: u8 = 1;
/// One of them could not be read.
const TROUBLE: u8 = 2;

/// Tell the faults and figures of single logs
///
/// Exit codes: 0 clean, 1 faults, 2 bad usage or unreadable input. Notes are not faults.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The logs, each reported in turn; `-` is standard input
    #[arg(value_name = "LOG", required = true)]
    logs: Vec<String>,
    /// Read all of them as one log in several files
    #[arg(long)]
    as_one: bool,
    #[command(flatten)]
    read: ReadArgs,
    #[command(flatten)]
    answer: AnswerArgs,
    /// How many functions are listed
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    args.read.refuse_modules()?;
    refuse(args)?;
    let format = args.read.from.as_deref().map(forkpoint::formats::format).transpose()?;
    let mut checks = Checks { logs: Vec::new(), unreadable: Vec::new() };
    let logs = args.logs.chunks(if args.as_one { args.logs.len() } else { 1 });
    for log in logs {
        match check_log(log, format, args) {
            Ok(report) => checks.logs.push(report?),
            Err(error) if error.kind == ErrorKind::Read => checks.unreadable.push(error),
            Err(error) => return Err(error.into()),
        }
    }
    args.answer.emit(&checks)?;
    for error in &checks.unreadable {
        // The other logs were reported all the same; the code is the same for each.
        let _ = exit::of(Err(error.clone().into()));
    }
    Ok(match checks.logs.iter().any(|report| report.n_faults() > 0) {
        _ if !checks.unreadable.is_empty() => TROUBLE,
        true => FAULTY,
        false => CLEAN,
    })
}

fn refuse(args: &Args) -> Result<(), Trouble> {
    refuse_second_standard_input(&args.logs, None)?;
    args.answer.refuse_inputs(&args.logs, &args.read)
}

/// Checks a log; what is wrong with the arguments stops the verb, what is wrong with the log does not.
fn check_log(
    files: &[String],
    format: Option<&'static LogFormat>,
    args: &Args,
) -> Result<Result<CheckReport, Trouble>, Error> {
    let sources = read::open_marked(files, args.read.strip_prefix.as_ref())?;
    let profile = Profile::load(&profile_of(&sources, format, &args.read)?, &args.read.without)?;
    let table = SymbolTable::new(&profile);
    let trace = with_bar(|progress| {
        read::read(sources, &profile, &table, args.read.options(format, Some(progress)))
    })?;
    let symbols = table.finish();
    let refused = args
        .read
        .refuse_idle_imports([&trace])
        .and_then(|()| args.read.refuse_nothing(&[&trace], &symbols, &profile));
    if let Err(refused) = refused {
        return Ok(Err(refused));
    }
    let report = check(&trace, &symbols, &profile, Options { top: args.top });
    check_intact([&trace])?;
    Ok(Ok(report))
}

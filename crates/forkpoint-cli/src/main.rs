//! The binary `forkpoint`: arguments, files, terminal, exit codes. One file per verb.

mod answer;
mod audit;
mod check;
mod compat;
mod convert;
mod diff;
mod exit;
mod explain;
mod extract;
mod filters;
mod formats;
mod gate;
mod given;
mod help;
mod input;
mod learn;
mod names;
mod output;
mod pager;
mod profile;
mod progress;
mod show;
mod stop;
mod terminal;
mod trouble;
mod workers;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::given::Given;

/// Where, and why, does the candidate first behave differently from the reference?
#[derive(Debug, Parser)]
#[command(name = "forkpoint", version, about, max_term_width = 100, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Compare the logs of two engines that ran the same program.
    Diff(diff::Args),
    /// Explain one event: what is aligned with it and why.
    Explain(explain::Args),
    /// Tell the faults and figures of single logs.
    Check(check::Args),
    /// Show events of one log.
    Show(show::Args),
    /// Write a log of any format as an event log.
    Convert(convert::Args),
    /// Give back the JSON that a page of HTML holds.
    Extract(extract::Args),
    /// Hold a report against that of an earlier build.
    Gate(gate::Args),
    /// List the formats of logs that are read.
    Formats(formats::Args),
    /// Propose rules for what varies between runs of one engine.
    Learn(learn::Args),
    /// Show and check the rules of comparison.
    Profile(profile::Args),
    /// Compare two logs exactly as one of the Python references does.
    Compat(compat::Args),
    /// Print the help of a verb, or what the classes of divergence mean.
    Help(help::Args),
}

fn main() -> ExitCode {
    stop::prepare();
    workers::prepare();
    let parsed = Cli::command().try_get_matches().and_then(|matches| {
        let cli = Cli::from_arg_matches(&matches)?;
        Ok((cli, matches))
    });
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(asked) => return exit::usage(&asked),
    };
    let given = || Given::of(&matches);
    match cli.verb {
        Verb::Diff(args) if args.bisect => exit::bisected(diff::run(&args, &given())),
        Verb::Diff(args) => exit::of(diff::run(&args, &given())),
        Verb::Explain(args) => exit::of(explain::run(&args, &given())),
        Verb::Check(args) => exit::of(check::run(&args)),
        Verb::Show(args) => exit::of(show::run(&args)),
        Verb::Convert(args) => exit::of(convert::run(&args)),
        Verb::Extract(args) => exit::of(extract::run(&args)),
        Verb::Gate(args) if args.bisect => exit::bisected(gate::run(&args)),
        Verb::Gate(args) => exit::of(gate::run(&args)),
        Verb::Formats(args) => exit::of(formats::run(&args)),
        Verb::Learn(args) => exit::of(learn::run(&args)),
        Verb::Profile(args) => exit::of(profile::run(&args)),
        Verb::Compat(args) => compat::run(&args),
        Verb::Help(args) => exit::of(help::run(&args)),
    }
}

/// Returns the options that a verb takes, by their names in the program.
fn options_of(verb: &str) -> Vec<clap::Arg> {
    let cli = Cli::command();
    let verb = cli.find_subcommand(verb);
    verb.map(|verb| verb.get_arguments().cloned().collect()).unwrap_or_default()
}

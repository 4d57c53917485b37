//! The binary `forkpoint`: arguments, files, terminal, exit codes. One file per verb.

mod answer;
mod audit;
mod check;
mod compat;
mod convert;
mod diff;
mod exit;
mod explain;
mod filters;
mod formats;
mod help;
mod input;
mod learn;
mod names;
mod output;
mod profile;
mod progress;
mod show;
mod stop;
mod terminal;
mod trouble;
mod workers;

use std::process::ExitCode;

use clap::Parser;

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
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(asked) => return exit::usage(&asked),
    };
    match cli.verb {
        Verb::Diff(args) => exit::of(diff::run(&args)),
        Verb::Explain(args) => exit::of(explain::run(&args)),
        Verb::Check(args) => exit::of(check::run(&args)),
        Verb::Show(args) => exit::of(show::run(&args)),
        Verb::Convert(args) => exit::of(convert::run(&args)),
        Verb::Formats(args) => exit::of(formats::run(&args)),
        Verb::Learn(args) => exit::of(learn::run(&args)),
        Verb::Profile(args) => exit::of(profile::run(&args)),
        Verb::Compat(args) => compat::run(&args),
        Verb::Help(args) => exit::of(help::run(&args)),
    }
}

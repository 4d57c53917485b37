//! The binary.

use std::process::ExitCode;

use clap::Parser;

mod compat;

#[derive(Parser)]
#[command(name = "forkpoint", version, about)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Compare two logs exactly as one of the Python references does.
    Compat(compat::Args),
}

fn main() -> ExitCode {
    match Cli::parse().verb {
        Verb::Compat(args) => compat::run(&args),
    }
}

//! The verb `learn`: runs of one engine in, a profile of what varies by itself out.

use std::io::Write;
use std::path::{Path, PathBuf};

use forkpoint::learn::{Learned, Subject, Target, learn};
use forkpoint::pair::Pair;
use forkpoint::profile::BUILTIN;
use forkpoint::report::plain::plain;
use forkpoint::report::words::count;

use crate::input::{self, ReadArgs};
use crate::trouble::Trouble;

/// Propose rules for what varies between runs of one engine
///
/// Compares the first run with each of the others, writes a profile that extends the given one, and
/// says whether the runs are identical with it. It proposes; read each rule before you take it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Two or more logs of one engine that ran the same program
    #[arg(value_name = "RUN", required = true, num_args = 2..)]
    runs: Vec<String>,
    #[command(flatten)]
    read: ReadArgs,
    /// The profile to write; without it, standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    if args.runs.iter().any(|run| run == "-") {
        return Err(Trouble::new(
            "runs are read several times, which standard input cannot be",
            Some("give files".to_owned()),
        ));
    }
    if let Some(output) = args.output.as_deref() {
        input::refuse_to_overwrite(output, &args.runs, "the profile would overwrite a run")?;
    }
    if !args.read.without.is_empty() {
        let hint = "name the rules in a profile of your own: without = [\"…\"]".to_owned();
        return Err(Trouble::new("--without does not reach into a learned profile", Some(hint)));
    }
    let base = base(input::profile_name(&args.runs[0], &args.read)?)?;
    let file = args.output.as_ref().map_or("learned.toml".into(), |path| path.to_string_lossy());
    let target = Target { base: &base, file: &file, runs: &args.runs };
    let learned = learn(&target, &mut |profile, run| {
        let paths = Pair::new(&args.runs[0], &args.runs[run]);
        input::read_two(paths, profile, &args.read)
    })?;
    match &args.output {
        Some(path) => {
            std::fs::write(path, &learned.text)
                .map_err(|error| Trouble::writing(path.display(), &error))?;
        }
        None => {
            // A reader that has seen enough is no trouble.
            let _ = anstream::stdout().write_all(learned.text.as_bytes());
        }
    }
    eprint!("{}", summary(&learned, &args.runs));
    Ok(0)
}

/// Returns the base as the new profile must name it: a file by its whole path, since the profile may
/// lie elsewhere.
fn base(name: &str) -> Result<String, Trouble> {
    if BUILTIN.iter().any(|(builtin, _)| *builtin == name) || !Path::new(name).exists() {
        return Ok(name.to_owned());
    }
    let path = Path::new(name).canonicalize();
    let path = path.map_err(|error| Trouble::new(format!("{name}: {error}"), None))?;
    Ok(path.to_string_lossy().into_owned())
}

fn summary(learned: &Learned, runs: &[String]) -> String {
    let number =
        |is: fn(&Subject) -> bool| learned.proposals.keys().filter(|s| is(s)).count() as u64;
    let mut text = format!(
        "proposed: {} that repeat, {} that vary, {} that come and go\n",
        count(number(|subject| matches!(subject, Subject::Loop(_))), "loop"),
        count(number(|subject| matches!(subject, Subject::Field(..))), "field"),
        count(number(|subject| matches!(subject, Subject::Presence(..))), "function"),
    );
    for ((verdict, first), run) in learned.verdicts.iter().zip(&runs[1..]) {
        let first = first.as_ref().map(|first| format!(", first: {first}")).unwrap_or_default();
        text.push_str(&format!("with them, {} ↔ {run}: {}{first}\n", runs[0], verdict.name()));
    }
    text.lines().map(|line| format!("{}\n", plain(line))).collect()
}

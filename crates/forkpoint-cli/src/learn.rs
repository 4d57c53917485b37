//! The verb `learn`: runs of one engine in, a profile of what varies by itself out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use forkpoint::learn::{Learned, Subject, Target, learn, visible};
use forkpoint::pair::Pair;
use forkpoint::profile::{BUILTIN, Profile};
use forkpoint::render::escape::plain;
use forkpoint::render::words::count;

use crate::input::{self, ReadArgs};
use crate::output;
use crate::terminal::{self, say};
use crate::trouble::Trouble;

/// Propose rules for what varies between runs of one engine
///
/// Compares the first run with each of the others, writes a profile that extends the given one, and
/// says whether the runs are identical with it. It proposes; read each rule before you take it.
///
/// With `--visible`, what the logs hold is taken for what their engine can record at all; what another
/// log has beyond that is then not compared, and counted.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Two or more logs of one engine that ran the same program
    #[arg(value_name = "RUN", required = true, num_args = 1..)]
    runs: Vec<String>,
    /// Write what the logs hold as rules about what their engine can record; one log is enough, of
    /// whatever programs
    #[arg(long)]
    visible: bool,
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
    args.read.refuse_modules()?;
    if let Some(output) = args.output.as_deref() {
        let what = "the profile would overwrite a run";
        output::refuse_inputs(output, &args.runs, &args.read, what)?;
    }
    if !args.read.without.is_empty() {
        let hint = "name the rules in a profile of your own: without = [\"…\"]".to_owned();
        return Err(Trouble::new("--without does not reach into a learned profile", Some(hint)));
    }
    if !args.visible && args.runs.len() < 2 {
        let hint = "give two runs of one engine, or say --visible".to_owned();
        return Err(Trouble::new("one run shows nothing that varies", Some(hint)));
    }
    let base = base(&input::profile_name(&args.runs[0], &args.read)?)?;
    let file = args.output.as_ref().map_or("learned.toml".into(), |path| path.to_string_lossy());
    let target = Target { base: &base, file: &file, runs: &args.runs };
    if args.visible {
        return learn_visible(args, &target);
    }
    let learned = learn(&target, &mut |profile, run| {
        let paths = Pair::new(&args.runs[0], &args.runs[run]);
        input::read_two(paths, profile, &args.read)
    })?;
    write(args, &learned.text)?;
    say(summary(&learned, &args.runs).trim_end());
    Ok(0)
}

/// Writes what the logs hold as what their engine can record.
fn learn_visible(args: &Args, target: &Target<'_>) -> Result<u8, Trouble> {
    let profile = Profile::load(&input::profile_name(&args.runs[0], &args.read)?, &[])?;
    let (logs, symbols) = input::read_all(&args.runs, &profile, &args.read)?;
    if let Some(other) = logs.iter().find(|log| log.format != logs[0].format) {
        let (mine, theirs) = (logs[0].format, other.format);
        let message = format!("the logs are of two formats, {mine} and {theirs}");
        return Err(Trouble::new(message, Some("learn from each by itself".to_owned())));
    }
    let set = visible::seen(&logs, &symbols);
    input::check_intact(&logs)?;
    let text = visible::profile(target, &set);
    write(args, &text)?;
    let names: usize = set.names.values().map(BTreeSet::len).sum();
    say(&format!(
        "{} of {} were seen in {}",
        count(names as u64, "sort"),
        count(set.names.len() as u64, "kind of event"),
        count(set.n_events, "event")
    ));
    Ok(0)
}

fn write(args: &Args, text: &str) -> Result<(), Trouble> {
    match &args.output {
        Some(path) => output::write(path, |out| out.write_all(text.as_bytes()))
            .map_err(|error| Trouble::writing(path.display(), &error)),
        None => terminal::print(text.as_bytes()),
    }
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

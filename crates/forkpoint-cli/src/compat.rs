//! The verb `compat`: the flags, effects and exit status of the Python references.
//!
//! Known to differ: an empty path and a tid map that is not UTF-8 are bad usage here
//! (2, not 1), `--tid-map -1=2` needs no `=` before the map, and an output that is one of the
//! logs is refused (2).

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use forkpoint_compat::{Absorber, Comparison, Failure, Generation, Log, Options, compare, read};

use crate::output;

/// Compare two logs exactly as one of the Python references does.
#[derive(Debug, clap::Args)]
#[command(infer_long_args = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    generation: GenerationArgs,
}

#[derive(Debug, clap::Subcommand)]
enum GenerationArgs {
    /// The first generation: events align by index, nothing is excused.
    #[command(infer_long_args = true, args_override_self = true)]
    Strict(StrictArgs),
    /// The second generation: scheduling may move, add and drop some events.
    #[command(infer_long_args = true, args_override_self = true)]
    Floating(FloatingArgs),
}

#[derive(Debug, clap::Args)]
struct StrictArgs {
    /// The log of the reference engine.
    #[arg(long, value_name = "LOG")]
    canary: PathBuf,
    /// The log of the candidate engine.
    #[arg(long, value_name = "LOG")]
    ours: PathBuf,
    /// Write the report here instead of to stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Pair these threads instead of pairing by first kernel call.
    #[arg(long, value_name = "CANARY=OURS,…", allow_hyphen_values = true, value_parser = tid_map)]
    tid_map: Option<String>,
    /// Exit with 1 if any pair diverges.
    #[arg(long)]
    validate_identical: bool,
    /// Compare what allocators return as it is.
    #[arg(long)]
    no_canonicalize_allocators: bool,
}

#[derive(Debug, clap::Args)]
struct FloatingArgs {
    #[command(flatten)]
    common: StrictArgs,
    /// Compare addresses of the host's heap as they are.
    #[arg(long)]
    no_canonicalize_host_heap_fields: bool,
    /// Switch off rules: shared-global, wait-begin, nested-cs.
    #[arg(long, value_name = "RULE,…", default_value = "")]
    disable_absorber: OsString,
    /// Write the events that rules let pass here, one JSON line each.
    #[arg(long, value_name = "FILE")]
    emit_absorbed_events: Option<PathBuf>,
}

/// Runs the verb: the report goes to stdout, talk to stderr.
pub(crate) fn run(args: &Args) -> ExitCode {
    let outcome = match &args.generation {
        GenerationArgs::Strict(args) => {
            compare_files(args, options(args, Generation::Strict), None)
        }
        GenerationArgs::Floating(args) => floating(args),
    };
    outcome.unwrap_or_else(|trouble| {
        talk(&trouble.message);
        ExitCode::from(trouble.exit_status)
    })
}

fn floating(args: &FloatingArgs) -> Result<ExitCode, Trouble> {
    let mut options = options(&args.common, Generation::Floating);
    options.canonicalize_host_heap = !args.no_canonicalize_host_heap_fields;
    options.disabled = Absorber::parse_list(&args.disable_absorber.to_string_lossy())?;
    compare_files(&args.common, options, args.emit_absorbed_events.as_deref())
}

fn options(args: &StrictArgs, generation: Generation) -> Options {
    let mut options = Options::new(generation);
    options.tid_map = args.tid_map.clone();
    options.canonicalize_allocators = !args.no_canonicalize_allocators;
    options
}

fn compare_files(
    args: &StrictArgs,
    options: Options,
    absorbed: Option<&Path>,
) -> Result<ExitCode, Trouble> {
    for output in args.out.as_deref().into_iter().chain(absorbed) {
        refuse_inputs(output, [&args.canary, &args.ours])?;
    }
    let canary = open(&args.canary)?;
    let ours = open(&args.ours)?;
    let mut warnings = Vec::new();
    let comparison = compare(canary, ours, options, &mut warnings);
    for warning in &warnings {
        talk(warning);
    }
    let comparison = comparison?;
    if let Some(path) = absorbed {
        let path = as_python_spells(path);
        write_absorbed(&comparison, &path).map_err(|e| Trouble::at(&path, &e))?;
        talk(&format!("emitted {} absorbed events to {}", comparison.n_absorbed(), path.display()));
    }
    let report = comparison.report()?;
    match &args.out {
        Some(path) => {
            let path = as_python_spells(path);
            output::write(&path, |out| out.write_all(report.as_bytes()))
                .map_err(|e| Trouble::at(&path, &e))?;
            talk(&format!("diff report written to {}", path.display()));
        }
        None => {
            let mut stdout = io::stdout().lock();
            let written = stdout.write_all(report.as_bytes()).and_then(|()| stdout.flush());
            written.map_err(|e| Trouble::at(Path::new("stdout"), &e))?;
        }
    }
    match comparison.verdict() {
        Some(verdict) if args.validate_identical => {
            talk(&verdict);
            Ok(ExitCode::FAILURE)
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Writes lines to stderr; there is nobody to report a failure to.
fn talk(lines: &str) {
    for line in lines.lines() {
        let _ = writeln!(io::stderr(), "{}", forkpoint::render::escape::plain(line));
    }
}

fn open(path: &Path) -> Result<Log, Trouble> {
    let path = as_python_spells(path);
    let file = File::open(&path).map_err(|e| Trouble::at(&path, &e))?;
    let input = BufReader::with_capacity(1 << 16, file);
    Ok(read(input, &path.display().to_string())?)
}

fn write_absorbed(comparison: &Comparison, path: &Path) -> io::Result<()> {
    output::write(path, |out| {
        let mut out = BufWriter::new(out);
        let mut line = String::new();
        for n in 0..comparison.n_absorbed() {
            line.clear();
            comparison.absorbed_line(n, &mut line);
            out.write_all(line.as_bytes())?;
        }
        out.flush()
    })
}

/// Refuses an output that is one of the logs: the references would destroy it.
fn refuse_inputs(output: &Path, logs: [&PathBuf; 2]) -> Result<(), Trouble> {
    const USAGE: u8 = 2;
    if logs.iter().any(|log| output::is_same(output, log)) {
        let message = format!("error: the output would overwrite a log ({})", output.display());
        return Err(Trouble { message, exit_status: USAGE });
    }
    Ok(())
}

/// Returns the path as Python's `pathlib` writes it: no `./`, no slash at the end.
fn as_python_spells(path: &Path) -> PathBuf {
    let parts: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    if parts.as_os_str().is_empty() { PathBuf::from(".") } else { parts }
}

/// Takes a map that begins with a negative id, but no flag for a map.
fn tid_map(value: &str) -> Result<String, String> {
    match value.starts_with("--") {
        true => Err("expected pairs of thread ids, canary=ours".to_owned()),
        false => Ok(value.to_owned()),
    }
}

/// What ends a run, as it is reported to the user.
struct Trouble {
    message: String,
    exit_status: u8,
}

impl Trouble {
    fn at(path: &Path, error: &io::Error) -> Trouble {
        Trouble { message: format!("error: {error} ({})", path.display()), exit_status: 1 }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Trouble { message: failure.to_string(), exit_status: failure.exit_status() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_spelled_as_pathlib_spells_them() {
        for (path, want) in [("./a//b/", "a/b"), ("", "."), ("/x/./y", "/x/y"), ("a/..", "a/..")] {
            assert_eq!(as_python_spells(Path::new(path)), PathBuf::from(want), "{path:?}");
        }
    }

    #[test]
    fn a_map_may_begin_with_a_dash_but_is_no_flag() {
        assert!(tid_map("-1=2").is_ok());
        assert!(tid_map("--out").is_err());
    }
}

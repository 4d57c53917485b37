//! The verb `convert`: a log of any format becomes an event log.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use forkpoint::convert::convert;
use forkpoint::profile::BUILTIN;

use crate::input::{self, ReadArgs};
use crate::output;
use crate::trouble::Trouble;

/// Write a log of any format as an event log, schema v1
///
/// Comparing two converted logs says what comparing the originals says. Damaged lines are counted in
/// the new log's header and stay its faults. Exit codes: 0 converted, 2 bad usage or unreadable input.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The log's files; `-` is standard input
    #[arg(value_name = "LOG", required = true)]
    logs: Vec<String>,
    /// The new log; .gz and .zst are packed, `-` is standard output
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    read: ReadArgs,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    let what = "the new log would overwrite the old one";
    output::refuse_inputs(&args.output, &args.logs, &args.read, what)?;
    args.read.refuse_modules()?;
    let log = input::read_one(&args.logs, &args.read)?;
    let is_builtin = BUILTIN.iter().any(|(name, _)| *name == log.profile.name);
    let profile = Some(log.profile.name.as_str()).filter(|_| is_builtin);
    let write = |out: &mut dyn Write| {
        let converted = convert(&log.trace, profile, out)?;
        match converted.lost {
            0 => Ok(()),
            lost => Err(io::Error::other(format!("{lost} events could not be read again"))),
        }
    };
    let written = if args.output.as_os_str() == "-" {
        to_standard_output(write)
    } else {
        output::write(&args.output, |out| packed(ending(&args.output), out, write))
    };
    // Where reading failed, writing did only for that reason.
    input::check_intact([&log.trace])?;
    written.map_err(|error| {
        Trouble::new(format!("cannot write the log: {error} ({})", args.output.display()), None)
    })?;
    input::tell_unread(&log.trace);
    Ok(0)
}

fn to_standard_output(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        // The reader has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

fn ending(path: &Path) -> &str {
    path.extension().and_then(|ending| ending.to_str()).unwrap_or_default()
}

/// Lets `write` write to `out`, packed as a file with this ending is.
fn packed(
    ending: &str,
    out: &mut dyn Write,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(forkpoint::scan::block::BLOCK, out);
    match ending {
        "gz" => {
            let mut packed = GzEncoder::new(&mut out, flate2::Compression::default());
            write(&mut packed)?;
            packed.finish()?;
        }
        "zst" => {
            let mut packed = zstd::Encoder::new(&mut out, zstd::DEFAULT_COMPRESSION_LEVEL)?;
            packed.include_checksum(true)?; // damage must show when it is read
            write(&mut packed)?;
            packed.finish()?;
        }
        _ => write(&mut out)?,
    }
    out.flush()
}

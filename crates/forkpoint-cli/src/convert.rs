//! The verb `convert`: a log of any format becomes an event log.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use forkpoint::convert::{Converted, convert};
use forkpoint::ingest;
use forkpoint::profile::BUILTIN;

use crate::input::{self, ReadArgs};
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
    input::refuse_to_overwrite(
        &args.output,
        &args.logs,
        "the new log would overwrite the old one",
    )?;
    args.read.refuse_modules()?;
    let log = input::read_one(&args.logs, &args.read)?;
    let is_builtin = BUILTIN.iter().any(|(name, _)| *name == log.profile.name);
    let profile = Some(log.profile.name.as_str()).filter(|_| is_builtin);
    let trouble = |error: &io::Error| {
        Trouble::new(format!("cannot write the log: {error} ({})", args.output.display()), None)
    };
    let write = |out: &mut dyn Write| convert(&log.trace, profile, out);
    let converted = if args.output.as_os_str() == "-" {
        to_standard_output(write)
    } else {
        to_file(&args.output, write)
    };
    let converted = converted.map_err(|error| trouble(&error))?;
    input::tell_unread(&log.trace);
    if converted.lost > 0 {
        let message = format!("{} events could not be read again", converted.lost);
        let hint = "is somebody still writing to the log?".to_owned();
        return Err(Trouble::new(message, Some(hint)));
    }
    Ok(0)
}

fn to_standard_output(
    write: impl FnOnce(&mut dyn Write) -> io::Result<Converted>,
) -> io::Result<Converted> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|converted| out.flush().map(|()| converted)) {
        // The reader has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Converted::default()),
        outcome => outcome,
    }
}

fn to_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<Converted>,
) -> io::Result<Converted> {
    let out = BufWriter::with_capacity(ingest::BLOCK, File::create(path)?);
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let (converted, mut out) = match ending {
        "gz" => {
            let mut out = GzEncoder::new(out, flate2::Compression::default());
            (write(&mut out)?, out.finish()?)
        }
        "zst" => {
            let mut out = zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL)?;
            (write(&mut out)?, out.finish()?)
        }
        _ => {
            let mut out = out;
            (write(&mut out)?, out)
        }
    };
    out.flush()?;
    Ok(converted)
}

//! Compares two logs that lie in memory, as the program compares files.

use forkpoint::analysis::Options;
use forkpoint::error::Error;
use forkpoint::logs::{Logs, compare_beside};
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::{ReadOptions, Source};
use forkpoint::report::Report;

/// Reads both logs, each of one or several files, and compares them.
#[allow(dead_code, reason = "not every test compares without clean runs")]
pub fn compare_bytes(
    logs: &Pair<Vec<&[u8]>>,
    profile: &Profile,
    read: ReadOptions<'_>,
    options: &Options,
) -> Result<Report, Error> {
    let sources = Pair {
        reference: sources("reference.log", &logs.reference)?,
        candidate: sources("candidate.log", &logs.candidate)?,
    };
    Logs::of(sources).profile(profile.clone()).read(read)?.compare(options)
}

/// Reads both logs and clean runs, and compares the two by the measure of these.
#[allow(dead_code, reason = "not every test compares with clean runs")]
pub fn compare_beside_bytes(
    logs: &Pair<Vec<u8>>,
    clean: &[Vec<u8>],
    profile: &Profile,
    read: ReadOptions<'_>,
    options: &Options,
) -> Result<Report, Error> {
    let one = |name: &str, log: &Vec<u8>| sources(name, &[log.as_slice()]);
    let both = Pair {
        reference: one("reference.log", &logs.reference)?,
        candidate: one("candidate.log", &logs.candidate)?,
    };
    let logs = Logs::of(both);
    let profile = logs.in_force(profile)?;
    let clean = clean.iter().map(|log| one("clean.log", log)).collect::<Result<_, _>>()?;
    let (mut traces, runs, symbols) = logs.read_beside(&profile, clean, read)?;
    compare_beside(&mut traces, runs, &symbols, &profile, options)
}

fn sources(name: &str, files: &[&[u8]]) -> Result<Vec<Source>, Error> {
    files.iter().map(|bytes| Source::of_bytes(name, bytes)).collect()
}

//! Compares two logs that lie in memory, as the program compares files.

use forkpoint::analysis::Options;
use forkpoint::error::Error;
use forkpoint::logs::Logs;
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::{ReadOptions, Source};
use forkpoint::report::Report;

/// Reads both logs, each of one or several files, and compares them.
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

fn sources(name: &str, files: &[&[u8]]) -> Result<Vec<Source>, Error> {
    files.iter().map(|bytes| Source::of_bytes(name, bytes)).collect()
}

//! Compares two logs that lie in memory, as the program compares files.

use forkpoint::analysis::Options;
use forkpoint::error::Error;
use forkpoint::logs::compare;
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::report::Report;
use forkpoint::scan::symbols::SymbolTable;

/// Reads both logs, each of one or several files, and compares them.
pub fn compare_bytes(
    logs: &Pair<Vec<&[u8]>>,
    profile: &Profile,
    read: ReadOptions<'_>,
    options: &Options,
) -> Result<Report, Error> {
    let sources = |name: &str, files: &[&[u8]]| -> Result<Vec<Source>, Error> {
        files.iter().map(|bytes| Source::of_bytes(name, bytes)).collect()
    };
    let reference = sources("reference.log", &logs.reference)?;
    let candidate = sources("candidate.log", &logs.candidate)?;
    let about = |sources: &[Source]| read::about(sources, profile, read.format);
    let shown = [about(&reference)?, about(&candidate)?];
    let profile = &profile.with_visibility(Pair::new(&shown[0], &shown[1]));
    let table = SymbolTable::new(profile);
    let reference = read::read(reference, profile, &table, read)?;
    let candidate = read::read(candidate, profile, &table, read)?;
    let traces = Pair::new(reference, candidate);
    Ok(compare(&traces, &table.finish(), profile, options))
}

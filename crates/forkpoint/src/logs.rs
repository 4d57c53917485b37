//! Two logs, from their files to a report: the front door of the library.

use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::analysis::cause::{causes, causes_beside};
use crate::analysis::{Analysis, Noise, Options, analyse};
use crate::error::Error;
use crate::formats::Format;
use crate::pair::Pair;
use crate::profile::Profile;
use crate::read::{self, Marker, ReadOptions, Source};
use crate::report::build::report;
use crate::report::{CleanRuns, Report};
use crate::scan::symbols::SymbolTable;
use crate::trace::{Symbols, Trace, check_intact};

/// Compares the logs of two files with the profile that suits them.
///
/// # Errors
/// When a log cannot be read, or has a header that asks for a profile that does not exist.
pub fn compare_files(reference: &str, candidate: &str, options: &Options) -> Result<Report, Error> {
    let [reference, candidate] = [reference, candidate].map(|path| [path.to_owned()]);
    Logs::open(Pair::new(&reference, &candidate), None)?
        .read(ReadOptions::default())?
        .compare(options)
}

/// Compares two logs that were read with this profile and these symbols.
pub fn compare(
    traces: &Pair<Trace>,
    symbols: &Symbols,
    profile: &Profile,
    options: &Options,
) -> Report {
    let facts = analyse(traces, symbols, profile, options);
    report(&facts, &causes(&facts, facts.findings()))
}

/// Compares two logs, and excuses what clean runs of the reference's engine show at the same places.
///
/// All must have been read with this profile and these symbols. The runs are compared with the reference one by
/// one; afterwards `traces` are as they were.
///
/// # Errors
/// When a clean run is damaged or one of the two logs, or a line of one that has to be read again cannot be.
pub fn compare_beside(
    traces: &mut Pair<Trace>,
    runs: Vec<Trace>,
    symbols: &Symbols,
    profile: &Profile,
    options: &Options,
) -> Result<Report, Error> {
    for (log, name) in [(&traces.reference, "reference"), (&traces.candidate, "candidate")] {
        if let Some(run) = runs.iter().find(|run| run.shares_file(log)) {
            let message = format!("is the {name} and a clean run at once");
            return Err(Error::new(&run.files[0], message)
                .hint("a clean run is a further run of the reference's engine"));
        }
    }
    if let Some(run) = runs.iter().find(|run| run.faults.count() > 0) {
        return Err(Error::new(&run.files[0], "is damaged, so it is no measure of noise")
            .hint("forkpoint check says what is wrong with it"));
    }
    // Every gap may teach something.
    let mut profile = profile.clone();
    profile.resync.max_gaps = MAX_GAPS;
    let profile = &profile;
    let mut noise = Noise::default();
    let mut names = Vec::new();
    for run in runs {
        names.push(run.files.join(" "));
        let candidate = std::mem::replace(&mut traces.candidate, run);
        noise.learn(&analyse(traces, symbols, profile, options));
        let checked = check_intact([&traces.reference, &traces.candidate]);
        traces.candidate = candidate;
        checked?;
    }
    let facts = analyse(traces, symbols, profile, options);
    let (found, excused) = noise.split(&facts, facts.findings());
    let mut report = report(&facts, &causes_beside(&facts, found, &noise));
    report.clean_runs = Some(CleanRuns { runs: names, excused });
    Ok(report)
}

/// With clean runs lanes are followed through this many gaps.
const MAX_GAPS: usize = 1 << 14;

/// Two logs in memory, with the rules that apply to them.
#[derive(Debug)]
pub struct Logs {
    /// The logs.
    pub traces: Pair<Trace>,
    /// The kinds of events and functions of both.
    pub symbols: Symbols,
    /// The rules.
    pub profile: Profile,
}

impl Logs {
    /// Opens the files of two logs; `-` is standard input. `marker` is taken off each line.
    ///
    /// # Errors
    /// When a file cannot be opened.
    pub fn open(paths: Pair<&[String]>, marker: Option<&Marker>) -> Result<OpenLogs, Error> {
        let open = |paths| read::open_marked(paths, marker);
        let sources = Pair { reference: open(paths.reference)?, candidate: open(paths.candidate)? };
        Ok(Self::of(sources))
    }

    /// Returns two logs whose files are open.
    pub fn of(sources: Pair<Vec<Source>>) -> OpenLogs {
        OpenLogs { sources, format: None, profile: None }
    }

    /// Returns all that the two logs say about each other.
    pub fn analyse<'a>(&'a self, options: &'a Options) -> Analysis<'a> {
        analyse(&self.traces, &self.symbols, &self.profile, options)
    }

    /// Compares the logs.
    ///
    /// # Errors
    /// When a line that has to be read again cannot be.
    pub fn compare(&self, options: &Options) -> Result<Report, Error> {
        let report = compare(&self.traces, &self.symbols, &self.profile, options);
        check_intact([&self.traces.reference, &self.traces.candidate])?;
        Ok(report)
    }
}

/// Two logs whose files are open.
#[derive(Debug)]
pub struct OpenLogs {
    sources: Pair<Vec<Source>>,
    format: Option<&'static Format>,
    profile: Option<Profile>,
}

impl OpenLogs {
    /// Reads both as logs of one format, instead of recognising it.
    #[must_use]
    pub fn format(self, format: Option<&'static Format>) -> Self {
        Self { format, ..self }
    }

    /// Reads both with the rules of a profile, instead of one that suits them.
    #[must_use]
    pub fn profile(self, profile: Profile) -> Self {
        Self { profile: Some(profile), ..self }
    }

    /// Returns the name of the profile that suits both.
    ///
    /// # Errors
    /// When a log is empty or of no known format.
    pub fn suiting_profile(&self) -> Result<String, Error> {
        match (self.sources.reference.first(), self.sources.candidate.first(), self.format) {
            (Some(reference), Some(candidate), None) => read::profile_of_both(reference, candidate),
            (Some(reference), ..) => read::suiting_profile(reference, self.format),
            (None, ..) => Err(Error::new("log", "has no files")),
        }
    }

    /// Returns the profile with what it says about what these logs are able to record.
    ///
    /// # Errors
    /// When a log is empty or of no known format, or its header is not right.
    pub fn in_force(&self, profile: &Profile) -> Result<Profile, Error> {
        let about = |sources| read::about(sources, profile, self.format);
        let reference = about(&self.sources.reference)?;
        let candidate = about(&self.sources.candidate)?;
        Ok(profile.with_visibility(Pair::new(&reference, &candidate)))
    }

    /// Reads both logs.
    ///
    /// # Errors
    /// When a log cannot be read, or its header is not right.
    pub fn read(self, options: ReadOptions<'_>) -> Result<Logs, Error> {
        let logs = Self { format: self.format.or(options.format), ..self };
        let profile = match &logs.profile {
            Some(profile) => logs.in_force(profile)?,
            None => logs.in_force(&Profile::load(&logs.suiting_profile()?, &[])?)?,
        };
        let (traces, symbols) = logs.read_with(&profile, options)?;
        Ok(Logs { traces, symbols, profile })
    }

    /// Reads both logs with a profile that is in force already.
    ///
    /// # Errors
    /// When a log cannot be read, or its header is not right.
    pub fn read_with(
        self,
        profile: &Profile,
        options: ReadOptions<'_>,
    ) -> Result<(Pair<Trace>, Symbols), Error> {
        let (traces, _, symbols) = self.read_beside(profile, Vec::new(), options)?;
        Ok((traces, symbols))
    }

    /// Reads both logs and clean runs beside them, with a profile that is in force already.
    ///
    /// # Errors
    /// When a log cannot be read, or its header is not right.
    pub fn read_beside(
        self,
        profile: &Profile,
        runs: Vec<Vec<Source>>,
        options: ReadOptions<'_>,
    ) -> Result<(Pair<Trace>, Vec<Trace>, Symbols), Error> {
        let options = ReadOptions { format: self.format.or(options.format), ..options };
        let table = SymbolTable::new(profile);
        let traces = read_both(self.sources, profile, &table, options);
        let traces = Pair { reference: traces.reference?, candidate: traces.candidate? };
        let runs = runs.into_iter().map(|run| read::read(run, profile, &table, options));
        let runs = runs.collect::<Result<_, _>>()?;
        Ok((traces, runs, table.finish()))
    }
}

/// Reads both at once: a packed log keeps one processor busy with unpacking alone.
fn read_both(
    sources: Pair<Vec<Source>>,
    profile: &Profile,
    table: &SymbolTable<'_>,
    options: ReadOptions<'_>,
) -> Pair<Result<Trace, Error>> {
    if options.threads == 1 {
        return sources.map(|sources| read::read(sources, profile, table, options));
    }
    let Pair { reference, candidate } = sources;
    let reference = Mutex::new(reference);
    let read_reference = || {
        let sources =
            std::mem::take(&mut *reference.lock().unwrap_or_else(PoisonError::into_inner));
        read::read(sources, profile, table, options)
    };
    thread::scope(|scope| {
        let other = thread::Builder::new().spawn_scoped(scope, read_reference);
        let candidate = read::read(candidate, profile, table, options);
        let reference = match other {
            Ok(other) => other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => read_reference(), // no thread is to be had
        };
        Pair { reference, candidate }
    })
}

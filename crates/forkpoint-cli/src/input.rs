//! Reads two logs with one profile.

use std::path::PathBuf;

use forkpoint::error::Error;
use forkpoint::formats::Format;
use forkpoint::logs::{Logs, OpenLogs};
use forkpoint::pair::Pair;
use forkpoint::profile::{Modules, Profile};
use forkpoint::read::{self, CallersOf, Marker, Progress, ReadOptions, Source};
use forkpoint::render::escape::plain;
use forkpoint::scan::imports::Imports;
use forkpoint::scan::symbols::SymbolTable;
use forkpoint::trace::skip::HEADER;
use forkpoint::trace::{self, Symbols, Trace};

use crate::progress::with_bar;
use crate::terminal::say;
use crate::trouble::Trouble;

/// How logs are read; the same options for every verb.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ReadArgs {
    /// The logs' format; without it, it is recognised
    #[arg(long, value_name = "FORMAT")]
    pub(crate) from: Option<String>,
    /// The rules: a built-in profile or a file; without it, the one that suits the format
    #[arg(long, short, value_name = "NAME|FILE")]
    pub(crate) profile: Option<String>,
    /// Switch rules off, by id
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) without: Vec<String>,
    /// Take off what each line begins with; a line that does not begin so is damaged
    #[arg(long, value_name = "REGEX", value_parser = Marker::parse)]
    pub(crate) strip_prefix: Option<Marker>,
    /// Read only what this code calls: an image's name, or its addresses LO..HI in hexadecimal
    #[arg(long, value_name = "LO..HI|IMAGE", value_parser = CallersOf::parse)]
    pub(crate) only_callers: Option<CallersOf>,
    /// In text logs of Xenia: only the functions listed in FILE are calls, a name a line (# for comments)
    #[arg(long, value_name = "FILE", value_parser = imports)]
    pub(crate) imports: Option<ImportsFile>,
    /// Compare only what functions of these modules do (KERNEL32,user32); events without a module stay
    #[arg(long, value_name = "MODULE", value_delimiter = ',')]
    pub(crate) only_modules: Vec<String>,
    /// Leave out what functions of these modules do (ntdll)
    #[arg(long, value_name = "MODULE", value_delimiter = ',')]
    pub(crate) without_modules: Vec<String>,
    /// How many threads read; without it, as many as there are processors
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
}

impl ReadArgs {
    /// Returns which modules are looked at.
    pub(crate) fn modules(&self) -> Modules {
        Modules { only: self.only_modules.clone(), without: self.without_modules.clone() }
    }

    /// Returns how logs of this format are read.
    pub(crate) fn options<'a>(
        &'a self,
        format: Option<&'static Format>,
        progress: Option<&'a Progress>,
    ) -> ReadOptions<'a> {
        let options = ReadOptions { format, progress, ..ReadOptions::default() };
        ReadOptions {
            threads: self.threads.map_or(options.threads, usize::from),
            callers: self.only_callers.as_ref(),
            imports: self.imports.as_ref().map(|file| &file.imports),
            ..options
        }
    }

    /// Says that a list of imports was given for logs that need none.
    pub(crate) fn refuse_idle_imports<'a>(
        &self,
        traces: impl IntoIterator<Item = &'a Trace>,
    ) -> Result<(), Trouble> {
        let is_text = |trace: &Trace| trace.takes_imports;
        if self.imports.is_none() || traces.into_iter().any(is_text) {
            return Ok(());
        }
        let message = "--imports is about text logs of Xenia, and no log is one";
        Err(Trouble::new(message, Some("leave it out".to_owned())))
    }

    /// Says that a verb which makes its own profiles cannot leave out modules.
    pub(crate) fn refuse_modules(&self) -> Result<(), Trouble> {
        if self.modules() == Modules::default() {
            return Ok(());
        }
        let hint = "leave out --only-modules and --without-modules".to_owned();
        Err(Trouble::new("this verb looks at all modules", Some(hint)))
    }
}

/// Opens and reads both logs.
pub(crate) fn read(paths: Pair<&[String]>, args: &ReadArgs) -> Result<Logs, Trouble> {
    let all = paths.reference.iter().chain(paths.candidate);
    refuse_second_standard_input(all, Some("give the other log as a file"))?;
    let logs = open(paths, args)?;
    let profile = profile_for(&logs, args)?;
    let logs = with_bar(|progress| logs.profile(profile).read(args.options(None, Some(progress))))?;
    refuse(&logs.traces, &logs.symbols, &logs.profile, args)?;
    Ok(logs)
}

/// Opens and reads both logs, and clean runs beside them.
pub(crate) fn read_beside(
    paths: Pair<&[String]>,
    runs: &[String],
    args: &ReadArgs,
) -> Result<(Logs, Vec<Trace>), Trouble> {
    let all = paths.reference.iter().chain(paths.candidate).chain(runs);
    refuse_second_standard_input(all, Some("give the other logs as files"))?;
    let logs = open(paths, args)?;
    let profile = logs.in_force(&profile_for(&logs, args)?)?;
    let marker = args.strip_prefix.as_ref();
    let runs = runs.iter().map(|run| read::open_marked(std::slice::from_ref(run), marker));
    let runs = runs.collect::<Result<_, _>>()?;
    let (traces, runs, symbols) =
        with_bar(|progress| logs.read_beside(&profile, runs, args.options(None, Some(progress))))?;
    refuse(&traces, &symbols, &profile, args)?;
    if let Some(run) = runs.iter().find(|run| run.format != traces.reference.format) {
        let (mine, theirs) = (traces.reference.format, run.format);
        let message = format!("{} is a log of {theirs}, the reference of {mine}", run.files[0]);
        let hint = "a clean run is a further run of the reference's engine".to_owned();
        return Err(Trouble::new(message, Some(hint)));
    }
    Ok((Logs { traces, symbols, profile }, runs))
}

fn open(paths: Pair<&[String]>, args: &ReadArgs) -> Result<OpenLogs, Trouble> {
    let format = args.from.as_deref().map(forkpoint::formats::format).transpose()?;
    Ok(Logs::open(paths, args.strip_prefix.as_ref())?.format(format))
}

/// Returns the profile that is asked for, or that suits both logs.
fn profile_for(logs: &OpenLogs, args: &ReadArgs) -> Result<Profile, Trouble> {
    let name = args.profile.clone().map_or_else(|| logs.suiting_profile(), Ok)?;
    Ok(Profile::load(&name, &args.without)?.of_modules(args.modules()))
}

/// Refuses filters that have nothing to filter, or leave nothing.
fn refuse(
    traces: &Pair<Trace>,
    symbols: &Symbols,
    profile: &Profile,
    args: &ReadArgs,
) -> Result<(), Trouble> {
    let both = [&traces.reference, &traces.candidate];
    args.refuse_idle_imports(both)?;
    args.refuse_nothing(&both, symbols, profile)
}

/// One log, read.
pub(crate) struct Log {
    pub(crate) trace: Trace,
    pub(crate) symbols: Symbols,
    pub(crate) profile: Profile,
}

/// Opens and reads the files of one log.
pub(crate) fn read_one(paths: &[String], args: &ReadArgs) -> Result<Log, Trouble> {
    refuse_second_standard_input(paths, None)?;
    let sources = read::open_marked(paths, args.strip_prefix.as_ref())?;
    let format = args.from.as_deref().map(forkpoint::formats::format).transpose()?;
    let profile = Profile::load(&profile_of(&sources, format, args)?, &args.without)?;
    let table = SymbolTable::new(&profile);
    let trace = with_bar(|progress| {
        read::read(sources, &profile, &table, args.options(format, Some(progress)))
    })?;
    args.refuse_idle_imports([&trace])?;
    let symbols = table.finish();
    args.refuse_nothing(&[&trace], &symbols, &profile)?;
    Ok(Log { trace, symbols, profile })
}

/// Reports on standard error what of a log is not an event.
pub(crate) fn tell_unread(trace: &Trace) {
    for (kind, fault) in &trace.faults.0 {
        let shown = format!("{} × {}: {fault}", kind.name(), fault.count);
        say(&format!("damaged: {}", plain(&shown)));
    }
    let skipped: Vec<String> = trace
        .skipped
        .iter()
        .filter(|(why, _)| ***why != HEADER)
        .map(|(why, count)| format!("{} × {count}", why.reason))
        .collect();
    if !skipped.is_empty() {
        say(&format!("no events: {}", plain(&skipped.join(", "))));
    }
    for notice in &trace.notices {
        say(&format!("note: {}; {}", plain(&notice.what), plain(&notice.advice())));
    }
}

/// Returns the name of the profile that is asked for, or that suits the log.
pub(crate) fn profile_name(path: &str, args: &ReadArgs) -> Result<String, Trouble> {
    let format = args.from.as_deref().map(forkpoint::formats::format).transpose()?;
    let sources = read::open_marked(&[path.to_owned()], args.strip_prefix.as_ref())?;
    Ok(profile_of(&sources, format, args)?)
}

/// Returns the profile for two logs that are read again and again.
pub(crate) fn load_for(paths: Pair<&String>, args: &ReadArgs) -> Result<Profile, Trouble> {
    let logs = open(paths.map(std::slice::from_ref), args)?;
    Ok(logs.in_force(&profile_for(&logs, args)?)?)
}

/// Says that standard input is one log, not two.
pub(crate) fn refuse_second_standard_input<'a>(
    paths: impl IntoIterator<Item = &'a String>,
    hint: Option<&str>,
) -> Result<(), Trouble> {
    if paths.into_iter().filter(|path| *path == "-").count() < 2 {
        return Ok(());
    }
    Err(Trouble::new("standard input can be read once only", hint.map(str::to_owned)))
}

/// Says that logs which are read several times cannot come from standard input.
pub(crate) fn refuse_standard_input<'a>(
    paths: impl IntoIterator<Item = &'a String>,
) -> Result<(), Trouble> {
    if paths.into_iter().all(|path| path != "-") {
        return Ok(());
    }
    let message = "the logs are read several times, which standard input cannot be";
    Err(Trouble::new(message, Some("give files".to_owned())))
}

/// Opens and reads two logs with a profile.
pub(crate) fn read_two(
    paths: Pair<&String>,
    profile: &Profile,
    args: &ReadArgs,
) -> Result<(Pair<Trace>, Symbols), Trouble> {
    let logs = open(paths.map(std::slice::from_ref), args)?;
    let (traces, symbols) =
        with_bar(|progress| logs.read_with(profile, args.options(None, Some(progress))))?;
    refuse(&traces, &symbols, profile, args)?;
    Ok((traces, symbols))
}

/// Opens and reads logs one by one with one profile.
pub(crate) fn read_all(
    paths: &[String],
    profile: &Profile,
    args: &ReadArgs,
) -> Result<(Vec<Trace>, Symbols), Trouble> {
    let table = SymbolTable::new(profile);
    let options =
        args.options(args.from.as_deref().map(forkpoint::formats::format).transpose()?, None);
    let read = |path: &String| {
        read::read(
            read::open_marked(std::slice::from_ref(path), args.strip_prefix.as_ref())?,
            profile,
            &table,
            options,
        )
    };
    let traces: Result<Vec<Trace>, Error> = paths.iter().map(read).collect();
    let traces = traces?;
    args.refuse_idle_imports(&traces)?;
    let symbols = table.finish();
    args.refuse_nothing(&traces.iter().collect::<Vec<_>>(), &symbols, profile)?;
    Ok((traces, symbols))
}

/// Returns the name of the profile that is asked for, or that suits the files of one log.
pub(crate) fn profile_of(
    sources: &[Source],
    format: Option<&'static Format>,
    args: &ReadArgs,
) -> Result<String, Error> {
    match (&args.profile, sources.first()) {
        (Some(name), _) => Ok(name.clone()),
        (None, Some(source)) => read::suiting_profile(source, format),
        (None, None) => Err(Error::new("log", "has no files")),
    }
}

/// A list of imports, and where it was read.
#[derive(Clone, Debug)]
pub(crate) struct ImportsFile {
    pub(crate) path: PathBuf,
    imports: Imports,
}

/// Reads a list of imports.
fn imports(path: &str) -> Result<ImportsFile, String> {
    let text = std::fs::read(path).map_err(|error| error.to_string())?;
    let imports = Imports::parse(&String::from_utf8_lossy(&text))?;
    Ok(ImportsFile { path: path.into(), imports })
}

/// Says that a line could not be read again, and so nothing that was made of these logs counts.
pub(crate) fn check_intact<'a>(traces: impl IntoIterator<Item = &'a Trace>) -> Result<(), Trouble> {
    Ok(trace::check_intact(traces)?)
}

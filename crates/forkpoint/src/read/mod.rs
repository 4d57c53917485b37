//! Reads the files of a log into a [`Trace`].
//!
//! A log is opened (`source`), its format recognised ([`FORMATS`]), cut into blocks of whole lines (`blocks`),
//! which several threads read and `merge` puts together in their order. Invariant: only opening and reading
//! can fail; a damaged line is a fault, counted and reported.

mod blocks;
mod callers;
mod lines;
mod merge;
mod platform;
mod source;
mod strip;

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

pub use callers::CallersOf;
pub use source::Source;
pub use strip::Marker;

use crate::error::Error;
use crate::formats::{FORMATS, Format, Header, LogSummary, Reader, WrittenBy, format};
use crate::profile::{About, Action, Profile, Treatment};
use crate::read::blocks::Blocks;
use crate::read::lines::Lines;
use crate::read::merge::{Merge, Stop};
use crate::read::source::HEAD;
use crate::read::strip::{BYTE_ORDER_MARK, without_mark};
use crate::scan::Scan;
use crate::scan::block::{BLOCK, Block, Cut, MAX_LINE};
use crate::scan::chunk::{Assembly, Chunk};
use crate::scan::file_thread::thread_of_file;
use crate::scan::imports::Imports;
use crate::scan::symbols::SymbolTable;
use crate::trace::fault::{Fault, FaultKind};
use crate::trace::skip::{self, HEADER, Severity};
use crate::trace::warning::LogWarning;
use crate::trace::{Lane, Place, Trace};

/// Returns the profile that suits two logs: what suits the reference, unless their formats are two ways
/// to write the same.
///
/// # Errors
/// When one cannot be read, or is of no known format.
pub fn profile_of_both(reference: &Source, candidate: &Source) -> Result<String, Error> {
    let (mine, theirs) = (origin(reference)?, origin(candidate)?);
    match mine.mixed_profile {
        Some(profile) if mine.name != theirs.name && theirs.mixed_profile == Some(profile) => {
            Ok(profile.to_owned())
        }
        _ => suiting_profile(reference, None),
    }
}

/// Returns the format of a log, or the one that it was converted from.
fn origin(source: &Source) -> Result<&'static Format, Error> {
    let format = recognise(source)?;
    let header = (format.header)(&source.label, &source.head(HEAD)?)?;
    original(format, &header, &source.label)
}

/// Returns the format that a log was converted from, or its own.
fn original(own: &'static Format, header: &Header, label: &str) -> Result<&'static Format, Error> {
    let Some((from, _)) = &header.converted else { return Ok(own) };
    format(from).map_err(|error| {
        let what = format!("no format is called `{from}`");
        let message = format!("the header's `converted_from` is not understood: {what}");
        Error::new(label, message).at_line(1).maybe_hint(error.hint)
    })
}

/// How far reading has come; to be looked at by another thread.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes read, of both logs.
    pub done: AtomicU64,
    /// Bytes to be read, as far as is known.
    pub total: AtomicU64,
}

/// How a log is read.
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions<'a> {
    /// Its format; none to recognise it.
    pub format: Option<&'static Format>,
    /// How many threads scan.
    pub threads: usize,
    /// How many bytes a block has; [`BLOCK`] unless a test looks at borders.
    pub block: usize,
    /// Whose calls are read; all without.
    pub callers: Option<&'a CallersOf>,
    /// Which functions are the program's imports, in a format that logs others too; all without.
    pub imports: Option<&'a Imports>,
    /// Where to tell how far reading has come.
    pub progress: Option<&'a Progress>,
}

impl Default for ReadOptions<'_> {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self { format: None, threads, block: BLOCK, callers: None, imports: None, progress: None }
    }
}

/// Opens the files of one log; `-` is standard input.
///
/// # Errors
/// When one cannot be opened.
pub fn open(paths: &[String]) -> Result<Vec<Source>, Error> {
    open_marked(paths, None)
}

/// As [`open`]; the marker is what to take off each line.
///
/// # Errors
/// When one cannot be opened.
pub fn open_marked(paths: &[String], marker: Option<&Marker>) -> Result<Vec<Source>, Error> {
    paths.iter().map(|path| Ok(Source::open(path)?.stripped(marker))).collect()
}

/// Recognises the format of a log by the first bytes of its first file.
///
/// # Errors
/// When the file is empty or of no known format.
pub fn recognise(source: &Source) -> Result<&'static Format, Error> {
    let head = source.head(HEAD)?;
    if head.is_empty() {
        return Err(Error::new(&source.label, "is empty").hint("was the log switched on?"));
    }
    FORMATS.iter().copied().find(|format| (format.sniff)(&head)).ok_or_else(|| {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        Error::new(&source.label, "is of no format that this program knows")
            .at_line(1)
            .hint(match strip::suggestion(&head) {
                Some(pattern) => format!(
                    "some lines read as a log behind what they begin with: say --strip-prefix '{pattern}'"
                ),
                None => {
                    format!("if you know better, say --from FORMAT; known are {}", names.join(", "))
                }
            })
    })
}

/// Returns what a log that is read with this profile says about itself before its events are read.
///
/// # Errors
/// When its first file is empty or of no known format, or its header is not right.
pub fn about(
    sources: &[Source],
    profile: &Profile,
    format: Option<&'static Format>,
) -> Result<About, Error> {
    let first = sources.first().ok_or_else(|| Error::new("log", "has no files"))?;
    let format = match format {
        Some(format) => format,
        None => recognise_with(first, profile)?,
    };
    let header = (format.header)(&first.label, &first.head(HEAD)?)?;
    let format = original(format, &header, &first.label)?;
    let Header { engine, visible, .. } = header;
    Ok(About { format: format.name.to_owned(), engine, visible })
}

/// As [`recognise`], for a log that is read with this profile: one whose lines the profile describes is
/// read so, unless it is an event log.
fn recognise_with(source: &Source, profile: &Profile) -> Result<&'static Format, Error> {
    if profile.pattern().is_some() && !has_first_line(&source.head(HEAD)?) {
        let described =
            FORMATS.iter().copied().find(|format| format.written_by == WrittenBy::Described);
        return described.map_or_else(|| recognise(source), Ok);
    }
    recognise(source)
}

/// Returns whether a file begins with the first line of a format.
fn has_first_line(head: &[u8]) -> bool {
    let mut lines = FORMATS.iter().filter_map(|format| format.first_line);
    lines.any(|line| (line.is_there)(head))
}

/// Returns the profile that suits a log: the one that it asks for, or its format's.
///
/// # Errors
/// When the log cannot be read, or is of no known format.
pub fn suiting_profile(source: &Source, format: Option<&'static Format>) -> Result<String, Error> {
    let format = format.map_or_else(|| recognise(source), Ok)?;
    let header = (format.header)(&source.label, &source.head(HEAD)?)?;
    let original = original(format, &header, &source.label)?;
    Ok(header.profile.unwrap_or_else(|| original.profile.to_owned()))
}

/// Reads the files of one log into a trace.
///
/// # Errors
/// When a file cannot be read, its header is not right, or nothing in it can be read.
pub fn read(
    sources: Vec<Source>,
    profile: &Profile,
    table: &SymbolTable<'_>,
    options: ReadOptions<'_>,
) -> Result<Trace, Error> {
    let first = sources.first().ok_or_else(|| Error::new("log", "has no files"))?;
    let format = match options.format {
        Some(format) => format,
        None => recognise_with(first, profile)?,
    };
    let head = first.head(HEAD)?;
    if head.is_empty() {
        return Err(Error::new(&first.label, "is empty").hint("was the log switched on?"));
    }
    let mut header = (format.header)(&first.label, &head)?;
    let is_event_log = format.written_by == WrittenBy::Emitters;
    let original = original(format, &header, &first.label)?;
    if is_event_log {
        for source in &sources[1..] {
            add_header(format, &mut header, source)?;
        }
    }
    let pattern = profile.pattern().filter(|_| header.by_pattern).cloned();
    if header.by_pattern && pattern.is_none() {
        let message = format!("cannot be read: the profile `{}` has no pattern", profile.name);
        return Err(Error::new(&first.label, message)
            .hint("name a profile that has one: [adapter] pattern = '…'; see docs/formats.md"));
    }
    let is_described = header.by_pattern || is_event_log;
    let sources: Vec<Source> = match is_described {
        true => sources.into_iter().map(Source::unmarked).collect(),
        false => sources,
    };
    let first = &sources[0];
    let callers =
        options.callers.map(|callers| callers.resolve(format, &first.label, &head)).transpose()?;
    if let Some(progress) = options.progress {
        let sizes: u64 = sources.iter().filter_map(|source| source.size).sum();
        progress.total.fetch_add(sizes, Ordering::Relaxed);
    }
    let first_label = first.label.clone();
    let mut assembly = Assembly::default();
    let mut extents = Vec::new();
    let mut n_bytes = 0;
    // What goes from line to line goes from file to file.
    let options = if format.in_order { ReadOptions { threads: 1, ..options } } else { options };
    let mut carried = (format.reader)();
    for (part, source) in sources.iter().enumerate() {
        let part = u16::try_from(part)
            .map_err(|_| Error::new(&source.label, "is the 65,537th file of one log"))?;
        let blocks = Blocks::new(source, options.block);
        let merge = Merge::new(&source.label, assembly);
        let stop = Stop::default();
        let work = |reader: &mut dyn Reader| {
            let mut scan = Scan::new(table, profile, part, callers.as_ref());
            scan.imports = options.imports;
            scan.file_thread = thread_of_file(&source.label);
            let marker = source.marker.as_ref();
            let reading = Reading { format, marker, reader };
            if let Err(error) = scan_blocks(reading, &blocks, &mut scan, &merge, options, &stop) {
                stop.with(error);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..options.threads.max(1) {
                // With fewer threads than asked for it takes longer, and no more.
                let spawned = std::thread::Builder::new()
                    .spawn_scoped(scope, || work(&mut *(format.reader)()));
                if spawned.is_err() {
                    break;
                }
            }
            work(&mut *carried);
        });
        if let Some(error) = stop.error() {
            return Err(Error::read(&source.label, &error));
        }
        let merged = merge.state.into_inner().expect("no thread panics while it merges");
        assembly = merged.assembly;
        extents.push((merged.end, merged.starts));
        n_bytes += merged.n_bytes;
    }
    if let Some(last) = sources.last().filter(|_| format.in_order) {
        let mut scan = Scan::new(table, profile, 0, callers.as_ref());
        scan.imports = options.imports;
        let mut chunk = Chunk::default();
        carried.finish(&mut scan, &mut chunk);
        assembly.add(&mut chunk, &last.label, assembly.n_lines);
        for lane in &mut assembly.lanes {
            let process = carried.process_of(lane.key.thread);
            lane.owner = process.and_then(|process| u32::try_from(process).ok());
        }
    }
    if let Some(owners) = &header.owners {
        for lane in assembly.lanes.iter_mut().filter(|lane| lane.owner.is_none()) {
            let thread = lane.key.thread;
            lane.owner = owners.get(&thread).copied().or(u32::try_from(thread).ok());
        }
    }
    let own = carried.notices(&LogSummary {
        lanes: &assembly.lanes,
        skipped: &assembly.skipped,
        by_files: sources.iter().any(|source| thread_of_file(&source.label).is_some()),
        debug: assembly.debug,
        creates_process: creates_process(&assembly.lanes, table),
    });
    // Where nothing of a line is left out, one that was cut differs from a whole one; JSON has its
    // own end.
    let is_compared = profile
        .rules
        .iter()
        .all(|rule| matches!(rule.action, Action::Treat { treatment: Treatment::Affine, .. }));
    let is_told = assembly.faults.0.contains_key(&FaultKind::Torn) || is_event_log;
    let cut = (assembly.may_go_on && !is_told).then(|| match is_compared {
        true => LogWarning::of_unended_line_that_is_compared(),
        false => LogWarning::of_unended_line(),
    });
    let odd = if is_event_log { odd_kinds(&assembly.lanes, table) } else { Vec::new() };
    let stripped = sources.iter().find_map(|source| source.marker.as_ref());
    let stripped = stripped.map(|marker| LogWarning::worth_a_look(marker.what(), STRIPPED));
    let notices = header.notices.into_iter().chain(own).chain(cut).chain(odd).chain(stripped);
    let notices = notices.collect();
    if let Some((_, damaged @ 1..)) = header.converted {
        let detail = format!("damaged lines of the log that it was converted from: {damaged}");
        assembly.faults.add(FaultKind::Malformed, &first_label, Some(1), detail);
    }
    let trace = Trace {
        files: sources.iter().map(|source| source.label.clone()).collect(),
        format: format.name,
        is_event_log,
        takes_imports: format.takes_imports,
        original_format: original.name,
        name_lane: original.lane,
        engine: header.engine,
        lanes: assembly.lanes,
        faults: assembly.faults,
        skipped: assembly.skipped,
        notices,
        n_lines: assembly.n_lines,
        n_bytes,
        lines: Box::new(Lines::new((format, pattern), sources, extents, assembly.continued)),
    };
    match trace.faults.first() {
        Some((kind, fault)) if trace.lanes.is_empty() => {
            let error = Error::new(
                &fault.file,
                format!("holds no event that can be read: {}", fault.detail),
            );
            let error = error.hint(kind.hint());
            Err(match fault.line {
                Some(line) => error.at_line(line),
                None => error,
            })
        }
        _ => Ok(trace),
    }
}

/// Returns why the line at `place` of a log holds no event, as a phrase: it is read once more, by itself.
pub fn why_no_event(trace: &Trace, profile: &Profile, place: Place, line: &[u8]) -> String {
    let fault = |(kind, fault): (&FaultKind, &Fault)| format!("{}: {}", kind.name(), fault.detail);
    let format = format(trace.format).ok();
    let first = format.and_then(|format| format.first_line);
    if first.is_some() && place == Place::new(0, 0) {
        return HEADER.reason.to_owned();
    }
    let header = first.map_or("", |line| line.example).as_bytes();
    let alone = [header, line, b"\n"].concat();
    let options = ReadOptions { format, threads: 1, ..ReadOptions::default() };
    let read = Source::of_bytes("line", &alone)
        .and_then(|source| read(vec![source], profile, &SymbolTable::new(profile), options));
    match read {
        Err(error) => error.message.replace("holds no event that can be read: ", "malformed line: "),
        Ok(read) if read.n_events() > 0 => {
            "it was left out as the log was read (--only-callers, --imports), or belongs to the event of another line".to_owned()
        }
        Ok(read) => {
            let skipped = read.skipped.keys().filter(|why| ***why != HEADER).map(|why| why.reason.to_owned());
            let why = read.faults.0.iter().map(fault).chain(skipped).next();
            why.unwrap_or_else(|| format!("no event of the format {}", trace.format))
        }
    }
}

/// Returns what is to be said of kinds of event that look like slips of the pen.
fn odd_kinds(lanes: &[Lane], table: &SymbolTable<'_>) -> Vec<LogWarning> {
    const MOST: usize = 8;
    let odd = table.with_odd_kinds();
    if odd.is_empty() {
        return Vec::new();
    }
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (id, kind, meant) in &odd {
        let of = |lane: &Lane| lane.symbols.iter().filter(|symbol| *symbol == id).count() as u64;
        *counts.entry((kind, meant)).or_default() += lanes.iter().map(of).sum::<u64>();
    }
    let counts = counts.into_iter().filter(|&(_, count)| count > 0).take(MOST);
    let notice = |((kind, meant), count): ((&str, &str), u64)| {
        let events =
            if count == 1 { "1 event is".to_owned() } else { format!("{count} events are") };
        LogWarning {
            what: format!("{events} of the kind `{kind}`, which the profile does not know").into(),
            severity: Severity::WorthALook,
            fix: format!("did you mean `{meant}`?").into(),
        }
    };
    counts.map(notice).collect()
}

/// Adds what the header of another file of the log says, if it has one, to that of the first.
fn add_header(own: &Format, header: &mut Header, source: &Source) -> Result<(), Error> {
    let head = source.head(HEAD)?;
    if !has_first_line(&head) {
        return Ok(());
    }
    let other = (own.header)(&source.label, &head)?;
    let shown = |header: &Header| header.converted.as_ref().map(|(from, _)| from.clone());
    if shown(header) != shown(&other) || header.visible != other.visible {
        let message =
            "its header says another `converted_from` or `visible` than that of the first file";
        return Err(Error::new(&source.label, message)
            .at_line(1)
            .hint("are these files of one log?"));
    }
    if let (Some((_, damaged)), Some((_, more))) = (&mut header.converted, other.converted) {
        *damaged = damaged.saturating_add(more);
    }
    header.notices.extend(other.notices);
    if let Some(owners) = other.owners {
        header.owners.get_or_insert_default().extend(owners);
    }
    Ok(())
}
/// What can be done about what stands before lines.
const STRIPPED: &str = "log without it, or say what to take off: --strip-prefix REGEX";

/// Returns whether an event of these lanes creates a process.
fn creates_process(lanes: &[Lane], table: &SymbolTable<'_>) -> bool {
    let creating = table.that_create_processes();
    let creates = |lane: &Lane| lane.symbols.iter().any(|symbol| creating.contains(symbol));
    !creating.is_empty() && lanes.iter().any(creates)
}

/// How the lines of a file are read.
struct Reading<'a> {
    format: &'a Format,
    marker: Option<&'a Marker>,
    reader: &'a mut dyn Reader,
}

fn scan_blocks(
    mut reading: Reading<'_>,
    blocks: &Blocks<'_>,
    scan: &mut Scan<'_>,
    merge: &Merge<'_>,
    options: ReadOptions<'_>,
    stop: &Stop,
) -> io::Result<()> {
    let mut block = Block::default();
    let mut single = Block::default();
    let mut chunk = Chunk::default();
    while !stop.stopped.load(Ordering::Relaxed) && blocks.next(&mut block)? {
        chunk.clear();
        let has_mark = block.offset == 0 && block.bytes().starts_with(BYTE_ORDER_MARK);
        // JSON says of itself that such a line is none of its own.
        let has_nul = reading.format.written_by != WrittenBy::Emitters
            && memchr::memchr(0, block.bytes()).is_some();
        if reading.marker.is_some() || has_mark || has_nul {
            scan_by_line(&mut reading, &block, &mut single, scan, &mut chunk);
        } else {
            reading.reader.read(scan, &block, &mut chunk);
        }
        tell_faults_of_the_block(&block, &mut chunk);
        merge.add(&block, &mut chunk, 4 * options.threads as u64, stop);
        if let Some(progress) = options.progress {
            progress.done.fetch_add(block.consumed, Ordering::Relaxed);
        }
    }
    Ok(())
}

/// What a fault says of a line with bytes of zero.
const HOLE: &str = "bytes of zero: a hole, where the writer crashed";

/// Scans a block line by line, each without what is taken off it; `single` is memory for one. A line with
/// bytes of zero is damaged, whatever else is in it: no engine writes any.
fn scan_by_line(
    reading: &mut Reading<'_>,
    block: &Block,
    single: &mut Block,
    scan: &mut Scan<'_>,
    chunk: &mut Chunk,
) {
    let mut offset = block.offset;
    for line in block.bytes().split_inclusive(|&byte| byte == b'\n') {
        let (text, is_whole) = match line.strip_suffix(b"\n") {
            Some(text) => (text, true),
            None => (line, false),
        };
        let text = if offset == 0 { without_mark(text) } else { text };
        let is_event_log = reading.format.written_by == WrittenBy::Emitters;
        if !is_event_log && memchr::memchr(0, text).is_some() {
            chunk.fault(FaultKind::Malformed, HOLE);
            chunk.n_lines += u64::from(is_whole);
            offset += line.len() as u64;
            continue;
        }
        match reading.marker.map_or(Ok(text.into()), |marker| marker.taken_off(text).ok_or(marker))
        {
            Ok(text) => {
                single.hold(&text, is_whole, offset);
                if text.is_empty() && !is_whole {
                    chunk.skip(&skip::EMPTY); // of no bytes an adapter makes no line
                }
                reading.reader.read(scan, single, chunk);
            }
            Err(marker) => {
                let (kind, detail) = marker.fault();
                chunk.fault(kind, detail);
                chunk.n_lines += u64::from(is_whole);
            }
        }
        offset += line.len() as u64;
    }
}

fn tell_faults_of_the_block(block: &Block, chunk: &mut Chunk) {
    if block.too_long.is_some() {
        chunk.fault(FaultKind::TooLong, format!("a line is longer than {} MiB", MAX_LINE >> 20));
        chunk.n_lines += 1;
    }
    let unended = block.bytes().last().is_some_and(|&last| last != b'\n');
    match &block.cut {
        None => {}
        Some(Cut::Shrank) => {
            chunk.fault(FaultKind::Shrank, "the file became shorter while it was read");
        }
        Some(Cut::Damaged(why)) => {
            chunk.fault(
                FaultKind::CutStream,
                format!("the compressed stream ends here or is damaged: {why}"),
            );
        }
    }
    // Only the last line of a file has no end; it is one all the same.
    chunk.n_lines += u64::from(unended);
    let last = block.bytes().trim_ascii_end().last().copied();
    chunk.may_go_on |= unended && !matches!(last, Some(b')' | b']' | b'}' | b'>' | b'+' | b'?'));
}

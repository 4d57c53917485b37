//! Bytes in, a [`Trace`] out.
//!
//! A log is opened ([`source`]), its format recognised ([`FORMATS`]), cut into blocks of whole lines
//! ([`block`]), which several threads scan into chunks ([`chunk`]), which are put together in their
//! order. Only opening and reading can fail; a damaged line is a [`fault`], counted and told.
//!
//! It is over 700 lines because the steps of reading stand here in their order.

pub mod adapter;
pub mod block;
mod callers;
mod chunk;
mod elision;
mod error;
pub mod fault;
mod imports;
pub mod jsonl;
mod lines;
mod memo;
pub mod notice;
mod patterned;
mod platform;
pub mod qemu;
pub mod skip;
mod source;
pub mod strace;
mod strip;
mod symbols;
mod syscall;
mod token;
pub mod wine;
pub mod xenia;

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};

pub use adapter::{Format, Parsed};
pub use block::{BLOCK, MAX_LINE};
pub use callers::{Callers, CallersOf};
pub use error::ReadError;
pub use fault::{Fault, FaultKind, Faults};
pub use imports::Imports;
pub use lines::{Line, Lines, legible};
pub use notice::Notice;
pub use skip::{Severity, Skip, Skipped, advice};
pub use source::Source;
pub use strip::Marker;
pub use symbols::SymbolTable;

use crate::profile::{About, Profile, did_you_mean};
use crate::trace::{Lane, Place, Trace};
use adapter::{Header, Scan, Seen};
use block::{Block, Blocks, Cut};
use chunk::{Assembly, Chunk};
use skip::HEADER;
use source::HEAD;
use strip::{BYTE_ORDER_MARK, without_mark};

/// The formats that are read, in the order in which a log is tried on them.
pub static FORMATS: [Format; 6] = [
    Format {
        name: "event-log",
        about: "schema v1: JSON Lines, one event a line, a schema_version header first",
        known_by: "a JSON object in its first line",
        profile: "strict",
        sniff: jsonl::sniff,
        header: jsonl::header,
        scan: jsonl::scan,
        parse: |_, _, text| jsonl::parse(text),
        images: None,
        lane: patterned::lane,
        skips: &jsonl::SKIPS,
        notices: |_| Vec::new(),
        halves: None,
    },
    Format {
        name: "wine",
        about: "Wine's relay log: WINEDEBUG=+relay,+timestamp,+pid (clock and process may be missing)",
        known_by: "a call, a return or the start of a thread among its first lines",
        profile: "wine",
        sniff: wine::sniff,
        header: wine::header,
        scan: wine::scan,
        parse: |_, _, text| wine::parse(text),
        images: Some(wine::images),
        lane: wine::lane,
        skips: &wine::SKIPS,
        notices: wine::notices,
        halves: None,
    },
    Format {
        name: "strace",
        about: "system calls as strace writes them: strace -f -o FILE PROGRAM (or -ff; -t, -T, -y and others as you like)",
        known_by: "a system call among its first lines, behind a process number, a clock, or nothing",
        profile: "linux",
        sniff: strace::sniff,
        header: strace::header,
        scan: strace::scan,
        parse: |_, _, text| strace::parse(text),
        images: None,
        lane: syscall::lane,
        skips: &strace::SKIPS,
        notices: strace::notices,
        halves: Some(adapter::Halves { finish: strace::finish, owners: true, join: strace::join }),
    },
    Format {
        name: "qemu",
        about: "system calls as qemu's user-mode emulators write them: -strace, or -d strace,tid -D log.%d",
        known_by: "a system call among its first lines, behind a process number and a blank, or with qemu's own words",
        profile: "qemu",
        sniff: qemu::sniff,
        header: qemu::header,
        scan: qemu::scan,
        parse: |_, _, text| qemu::parse(text),
        images: None,
        lane: syscall::lane,
        skips: &qemu::SKIPS,
        notices: qemu::notices,
        // A signal is of whoever wrote before, and a call may hold what the program wrote.
        halves: Some(adapter::Halves { finish: qemu::finish, owners: true, join: qemu::join }),
    },
    Format {
        name: "xenia-log",
        about: "Xenia's text log: kernel calls at their entry, d> F8000008 NtClose(F8000010)",
        known_by: "a level, `> `, eight digits of a thread's handle and a call among its first lines",
        profile: "xenia-text",
        sniff: xenia::sniff,
        header: xenia::header,
        scan: xenia::scan,
        parse: |_, _, text| xenia::parse(text),
        images: None,
        lane: xenia::lane,
        skips: &xenia::SKIPS,
        notices: xenia::notices,
        halves: Some(adapter::Halves { finish: xenia::finish, owners: false, join: xenia::join }),
    },
    Format {
        name: "lines",
        about: "any log of one event a line that a profile describes ([adapter] pattern)",
        known_by: "its first line, which the pattern of a profile matches (nestest and gameboy are shipped)",
        profile: "nestest",
        sniff: patterned::sniff,
        header: patterned::header,
        scan: patterned::scan,
        parse: patterned::parse,
        images: None,
        lane: patterned::lane,
        skips: &patterned::SKIPS,
        notices: |_| Vec::new(),
        halves: None,
    },
];

/// Returns the profile that suits two logs: what suits the reference, unless their formats are two ways
/// to write the same.
///
/// # Errors
/// When one cannot be read, or is of no known format.
pub fn profile_of_both(reference: &Source, candidate: &Source) -> Result<String, ReadError> {
    match (origin(reference)?.name, origin(candidate)?.name) {
        ("strace", "qemu") | ("qemu", "strace") => Ok("linux-qemu".to_owned()),
        _ => suiting_profile(reference, None),
    }
}

/// Returns the format of a log, or the one that it was converted from.
fn origin(source: &Source) -> Result<&'static Format, ReadError> {
    let format = recognise(source)?;
    let header = (format.header)(&source.label, &source.head(HEAD)?)?;
    Ok(header.converted.map_or(format, |(format, _)| format))
}

/// Returns the format called `name`.
///
/// # Errors
/// When there is none.
pub fn format(name: &str) -> Result<&'static Format, ReadError> {
    FORMATS.iter().find(|format| format.name == name).ok_or_else(|| {
        let names = FORMATS.iter().map(|format| format.name);
        let hint = did_you_mean(name, names.clone());
        let hint =
            hint.unwrap_or_else(|| format!("known are {}", names.collect::<Vec<_>>().join(", ")));
        ReadError::new("--from", format!("no format is called `{name}`")).hint(hint)
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
pub fn open(paths: &[String]) -> Result<Vec<Source>, ReadError> {
    open_marked(paths, None)
}

/// As [`open`]; the marker is what to take off each line.
///
/// # Errors
/// When one cannot be opened.
pub fn open_marked(paths: &[String], marker: Option<&Marker>) -> Result<Vec<Source>, ReadError> {
    paths.iter().map(|path| Ok(Source::open(path)?.stripped(marker))).collect()
}

/// Recognises the format of a log by the first bytes of its first file.
///
/// # Errors
/// When the file is empty or of no known format.
pub fn recognise(source: &Source) -> Result<&'static Format, ReadError> {
    let head = source.head(HEAD)?;
    if head.is_empty() {
        return Err(ReadError::new(&source.label, "is empty").hint("was the log switched on?"));
    }
    FORMATS.iter().find(|format| (format.sniff)(&head)).ok_or_else(|| {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        ReadError::new(&source.label, "is of no format that this program knows")
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
) -> Result<About, ReadError> {
    let first = sources.first().ok_or_else(|| ReadError::new("log", "has no files"))?;
    let format = match format {
        Some(format) => format,
        None => recognise_with(first, profile)?,
    };
    let Header { engine, visible, converted, .. } =
        (format.header)(&first.label, &first.head(HEAD)?)?;
    let format = converted.map_or(format, |(format, _)| format);
    Ok(About { format: format.name.to_owned(), engine, visible })
}

/// As [`recognise`], for a log that is read with this profile: one whose lines the profile describes is
/// read so, unless it is an event log.
fn recognise_with(source: &Source, profile: &Profile) -> Result<&'static Format, ReadError> {
    if profile.pattern().is_some() && !jsonl::has_header(&source.head(HEAD)?) {
        return format("lines");
    }
    recognise(source)
}

/// Returns the profile that suits a log: the one that it asks for, or its format's.
///
/// # Errors
/// When the log cannot be read, or is of no known format.
pub fn suiting_profile(
    source: &Source,
    format: Option<&'static Format>,
) -> Result<String, ReadError> {
    let format = format.map_or_else(|| recognise(source), Ok)?;
    let header = (format.header)(&source.label, &source.head(HEAD)?)?;
    Ok(header.profile.unwrap_or_else(|| format.profile.to_owned()))
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
) -> Result<Trace, ReadError> {
    let first = sources.first().ok_or_else(|| ReadError::new("log", "has no files"))?;
    let format = match options.format {
        Some(format) => format,
        None => recognise_with(first, profile)?,
    };
    let head = first.head(HEAD)?;
    if head.is_empty() {
        return Err(ReadError::new(&first.label, "is empty").hint("was the log switched on?"));
    }
    let mut header = (format.header)(&first.label, &head)?;
    if format.name == "event-log" {
        for source in &sources[1..] {
            add_header(&mut header, source)?;
        }
    }
    let pattern = profile.pattern().filter(|_| header.by_pattern).cloned();
    if header.by_pattern && pattern.is_none() {
        let message = format!("cannot be read: the profile `{}` has no pattern", profile.name);
        return Err(ReadError::new(&first.label, message)
            .hint("name a profile that has one: [adapter] pattern = '…'; see docs/formats.md"));
    }
    let is_described = header.by_pattern || format.name == "event-log";
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
    let options = match format.halves {
        Some(_) => ReadOptions { threads: 1, ..options },
        None => options,
    };
    let mut carried = strace::Halves::default();
    for (part, source) in sources.iter().enumerate() {
        let part = u16::try_from(part)
            .map_err(|_| ReadError::new(&source.label, "is the 65,537th file of one log"))?;
        let blocks = Blocks::new(source, options.block);
        let merge = Merge::new(&source.label, assembly);
        let stop = Stop::default();
        let work = |halves: strace::Halves| {
            let mut scan = Scan::new(table, profile, part, callers.as_ref());
            scan.imports = options.imports;
            scan.file_thread = syscall::thread_of_file(&source.label);
            scan.halves = halves;
            let marker = source.marker.as_ref();
            if let Err(error) =
                scan_blocks((format, marker), &blocks, &mut scan, &merge, options, &stop)
            {
                stop.with(error);
            }
            scan.halves
        };
        std::thread::scope(|scope| {
            for _ in 1..options.threads.max(1) {
                // With fewer threads than asked for it takes longer, and no more.
                let spawned = std::thread::Builder::new()
                    .spawn_scoped(scope, || work(strace::Halves::default()));
                if spawned.is_err() {
                    break;
                }
            }
            carried = work(std::mem::take(&mut carried));
        });
        if let Some(error) =
            stop.error.into_inner().expect("no thread panics while it holds the error")
        {
            return Err(ReadError::read(&source.label, &error));
        }
        let merged = merge.state.into_inner().expect("no thread panics while it merges");
        assembly = merged.assembly;
        extents.push((merged.end, merged.starts));
        n_bytes += merged.n_bytes;
    }
    if let (Some(halves), Some(last)) = (format.halves, sources.last()) {
        let mut scan = Scan::new(table, profile, 0, callers.as_ref());
        scan.imports = options.imports;
        scan.halves = std::mem::take(&mut carried);
        let mut chunk = Chunk::default();
        (halves.finish)(&mut scan, &mut chunk);
        assembly.add(&mut chunk, &last.label, assembly.n_lines);
        for lane in assembly.lanes.iter_mut().filter(|_| halves.owners) {
            lane.owner = u32::try_from(scan.halves.process_of(lane.key.thread)).ok();
        }
        carried = scan.halves;
    }
    if let Some(owners) = &header.owners {
        for lane in assembly.lanes.iter_mut().filter(|lane| lane.owner.is_none()) {
            let thread = lane.key.thread;
            lane.owner = owners.get(&thread).copied().or(u32::try_from(thread).ok());
        }
    }
    let own = (format.notices)(&Seen {
        lanes: &assembly.lanes,
        skipped: &assembly.skipped,
        halves: &carried,
        by_files: sources.iter().any(|source| syscall::thread_of_file(&source.label).is_some()),
        debug: assembly.debug,
        creates_process: creates_process(&assembly.lanes, table),
    });
    // Where nothing of a line is left out, one that was cut is another one than a whole one; JSON has its
    // own end.
    let is_compared = profile.rules.iter().all(|rule| rule.action.name() == "affine");
    let is_told = assembly.faults.0.contains_key(&FaultKind::Torn) || format.name == "event-log";
    let cut = (assembly.may_go_on && !is_told).then(|| match is_compared {
        true => Notice::of_unended_line_that_is_compared(),
        false => Notice::of_unended_line(),
    });
    let odd = match format.name {
        "event-log" => odd_kinds(&assembly.lanes, table),
        _ => Vec::new(),
    };
    let stripped = sources.iter().find_map(|source| source.marker.as_ref());
    let stripped = stripped.map(|marker| Notice::worth_a_look(marker.what(), STRIPPED));
    let notices = header.notices.into_iter().chain(own).chain(cut).chain(odd).chain(stripped);
    let notices = notices.collect();
    let join = format.halves.map(|halves| halves.join);
    if let Some((_, damaged @ 1..)) = header.converted {
        let detail = format!("damaged lines of the log that it was converted from: {damaged}");
        assembly.faults.add(FaultKind::Malformed, &first_label, Some(1), detail);
    }
    let trace = Trace {
        files: sources.iter().map(|source| source.label.clone()).collect(),
        format,
        engine: header.engine,
        named_by: header.converted.map_or(format, |(format, _)| format),
        pattern,
        lanes: assembly.lanes,
        faults: assembly.faults,
        skipped: assembly.skipped,
        notices,
        n_lines: assembly.n_lines,
        n_bytes,
        lines: Lines::new(sources, extents).continued(assembly.continued, join),
    };
    match trace.faults.first() {
        Some((kind, fault)) if trace.lanes.is_empty() => {
            let error = ReadError::new(
                &fault.file,
                format!("holds no event that can be read: {}", fault.detail),
            );
            Err(ReadError { line: fault.line, ..error }.hint(kind.hint()))
        }
        _ => Ok(trace),
    }
}

/// Returns why the line at `place` of a log holds no event, as a phrase: it is read once more, by itself.
pub fn why_no_event(trace: &Trace, profile: &Profile, place: Place, line: &[u8]) -> String {
    let fault = |(kind, fault): (&FaultKind, &Fault)| format!("{}: {}", kind.name(), fault.detail);
    let is_event_log = trace.format.name == "event-log";
    if is_event_log && place == Place::new(0, 0) {
        return HEADER.reason.to_owned();
    }
    let header: &[u8] =
        if is_event_log { b"{\"kind\":\"schema_version\",\"schema_version\":1}\n" } else { b"" };
    let alone = [header, line, b"\n"].concat();
    let options = ReadOptions { format: Some(trace.format), threads: 1, ..ReadOptions::default() };
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
            why.unwrap_or_else(|| format!("no event of the format {}", trace.format.name))
        }
    }
}

/// Returns what is to be said of kinds of event that look like slips of the pen.
fn odd_kinds(lanes: &[Lane], table: &SymbolTable<'_>) -> Vec<Notice> {
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
        Notice {
            what: format!("{events} of the kind `{kind}`, which the profile does not know").into(),
            severity: Severity::WorthALook,
            fix: format!("did you mean `{meant}`?").into(),
        }
    };
    counts.map(notice).collect()
}

/// Adds what the header of another file of the log says, if it has one, to that of the first.
fn add_header(header: &mut Header, source: &Source) -> Result<(), ReadError> {
    let head = source.head(HEAD)?;
    if !jsonl::has_header(&head) {
        return Ok(());
    }
    let other = jsonl::header(&source.label, &head)?;
    let told = |header: &Header| header.converted.map(|(format, _)| format.name);
    if told(header) != told(&other) || header.visible != other.visible {
        let message =
            "its header says another `converted_from` or `visible` than that of the first file";
        return Err(ReadError::new(&source.label, message)
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

fn scan_blocks(
    (format, marker): (&Format, Option<&Marker>),
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
        let has_nul = format.name != "event-log" && memchr::memchr(0, block.bytes()).is_some();
        if marker.is_some() || has_mark || has_nul {
            scan_by_line((format, marker), &block, &mut single, scan, &mut chunk);
        } else {
            (format.scan)(scan, &block, &mut chunk);
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
    (format, marker): (&Format, Option<&Marker>),
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
        if format.name != "event-log" && memchr::memchr(0, text).is_some() {
            chunk.fault(FaultKind::Malformed, HOLE);
            chunk.n_lines += u64::from(is_whole);
            offset += line.len() as u64;
            continue;
        }
        match marker.map_or(Ok(text.into()), |marker| marker.taken_off(text).ok_or(marker)) {
            Ok(text) => {
                single.hold(&text, is_whole, offset);
                if text.is_empty() && !is_whole {
                    chunk.skip(&skip::EMPTY); // of no bytes an adapter makes no line
                }
                (format.scan)(scan, single, chunk);
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

/// The first error, which stops all threads.
#[derive(Default)]
struct Stop {
    stopped: AtomicBool,
    error: Mutex<Option<io::Error>>,
}

impl Stop {
    fn with(&self, error: io::Error) {
        self.stopped.store(true, Ordering::Relaxed);
        self.error.lock().expect("no thread panics while it holds the error").get_or_insert(error);
    }
}

/// Puts chunks together in the order of their blocks, whichever comes first.
struct Merge<'a> {
    label: &'a str,
    state: Mutex<Merged>,
    moved_on: Condvar,
}

#[derive(Default)]
struct Merged {
    assembly: Assembly,
    next: u64,
    waiting: BTreeMap<u64, (u64, u64, Chunk)>,
    /// Chunks that were put together: their memory is used again.
    spare: Vec<Chunk>,
    line: u64,
    n_bytes: u64,
    /// The byte after the last line.
    end: u64,
    starts: Vec<(u64, u64)>,
}

impl<'a> Merge<'a> {
    fn new(label: &'a str, assembly: Assembly) -> Self {
        Self {
            label,
            state: Mutex::new(Merged { assembly, line: 1, ..Merged::default() }),
            moved_on: Condvar::new(),
        }
    }

    /// Adds a chunk. A thread that is more than `ahead` blocks early waits, so that memory is bounded.
    fn add(&self, block: &Block, chunk: &mut Chunk, ahead: u64, stop: &Stop) {
        let mut state = self.state.lock().expect("no thread panics while it merges");
        while block.number > state.next + ahead && !stop.stopped.load(Ordering::Relaxed) {
            let moment = std::time::Duration::from_millis(50); // an error elsewhere must not leave us here
            state = self
                .moved_on
                .wait_timeout(state, moment)
                .expect("no thread panics while it merges")
                .0;
        }
        let size = block.bytes().len() as u64;
        if block.number != state.next {
            let spare = state.spare.pop().unwrap_or_default();
            let early = std::mem::replace(chunk, spare);
            state.waiting.insert(block.number, (block.offset, size, early));
            return;
        }
        state.take(self.label, block.offset, size, chunk);
        state.take_waiting(self.label);
        self.moved_on.notify_all();
    }
}

impl Merged {
    fn take(&mut self, label: &str, offset: u64, size: u64, chunk: &mut Chunk) {
        self.starts.push((offset, self.line));
        self.assembly.add(chunk, label, self.line);
        self.line += chunk.n_lines;
        self.n_bytes += size;
        self.end = self.end.max(offset + size);
        self.next += 1;
    }

    fn take_waiting(&mut self, label: &str) {
        while let Some((offset, size, mut chunk)) = self.waiting.remove(&self.next) {
            self.take(label, offset, size, &mut chunk);
            self.spare.push(chunk);
        }
    }
}

//! What a format must offer to be read.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ingest::block::Block;
use crate::ingest::callers::Callers;
use crate::ingest::chunk::Chunk;
use crate::ingest::error::ReadError;
use crate::ingest::imports::Imports;
use crate::ingest::jsonl;
use crate::ingest::memo::{Memo, Summary};
use crate::ingest::notice::Notice;
use crate::ingest::skip::{Skip, Skipped};
use crate::ingest::strace;
use crate::ingest::symbols::{SymbolCache, SymbolTable};
use crate::profile::plan::Aside;
use crate::profile::{Pattern, Profile};
use crate::trace::{Lane, LaneKey, Place, SymbolId, Trace};
use crate::value::Value;

/// A format of logs. All formats are in [`FORMATS`](crate::ingest::FORMATS).
pub struct Format {
    /// Its name, as `--from` takes it.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// What it is recognised by, to stand behind "recognised by".
    pub known_by: &'static str,
    /// The profile that suits it when none is named.
    pub profile: &'static str,
    /// Whether the log starts like one of this format; gets the first bytes.
    pub sniff: fn(&[u8]) -> bool,
    /// Reads what the log says about itself at its start; gets the file's name and its first bytes.
    pub header: fn(&str, &[u8]) -> Result<Header, ReadError>,
    /// Scans the lines of a block into a chunk.
    pub scan: fn(&mut Scan<'_>, &Block, &mut Chunk),
    /// Reads the event that starts at a line of the log, to look at it; gets the log, the line's
    /// place and its text.
    pub parse: for<'a> fn(&'a Trace, Place, &'a str) -> Option<Parsed<'a>>,
    /// Finds where an image lies, in a log that names callers; gets its first bytes and the name.
    pub images: Option<Images>,
    /// Writes a thread as the log's readers know it.
    pub lane: fn(LaneKey) -> String,
    /// Why lines of it hold no event to compare.
    pub skips: &'static [&'static Skip],
    /// Returns what is to be said of a log as a whole.
    pub notices: fn(&Seen<'_>) -> Vec<Notice>,
    /// For a format whose events may take several lines: what that needs. Its lines are scanned in order,
    /// by one thread.
    pub halves: Option<Halves>,
}

/// What a format needs whose events may take several lines.
#[derive(Clone, Copy)]
pub struct Halves {
    /// Adds the events whose next line never came, at the end of the log.
    pub finish: fn(&mut Scan<'_>, &mut Chunk),
    /// Whether its lines tell which process a thread belongs to.
    pub owners: bool,
    /// Adds to a line the next one of its event, for `parse`.
    pub join: Join,
}

/// Adds to a line the next one of its event.
pub type Join = fn(&mut Vec<u8>, &[u8]);

/// A log that was read to its end, for [`Format::notices`].
#[derive(Debug)]
pub struct Seen<'a> {
    /// Its lanes.
    pub lanes: &'a [Lane],
    /// Its lines without an event.
    pub skipped: &'a Skipped,
    /// What went from line to line.
    pub halves: &'a strace::Halves,
    /// Whether its files are named after threads.
    pub by_files: bool,
    /// Whether lines of the most talkative level are in it.
    pub debug: bool,
    /// Whether a process creates another one in it, as far as the profile knows.
    pub creates_process: bool,
}

/// Finds where an image lies, by a log's first bytes and the image's name.
pub type Images = fn(&[u8], &str) -> Vec<std::ops::Range<u64>>;

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Format({})", self.name)
    }
}

/// What a log says about itself.
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// The engine that wrote it.
    pub engine: Option<String>,
    /// What that engine can record at all, if the log says so.
    pub visible: Option<forkpoint_event::Visible>,
    /// The profile that it asks for.
    pub profile: Option<String>,
    /// Whether it is read by the profile's pattern.
    pub by_pattern: bool,
    /// The format that it was converted from, and how many damaged lines were left out then.
    pub converted: Option<(&'static Format, u64)>,
    /// What was said of the log that it was converted from.
    pub notices: Vec<Notice>,
    /// Which process each thread belongs to, where the log tells and it is not one of its own.
    pub owners: Option<BTreeMap<i64, u32>>,
}

/// One event, to look at.
#[derive(Clone, Debug)]
pub struct Parsed<'a> {
    /// The lane.
    pub key: LaneKey,
    /// The index that the log gives it.
    pub index: Option<u64>,
    /// The kind.
    pub kind: Cow<'a, str>,
    /// The function's name.
    pub name: Option<Cow<'a, str>>,
    /// The payload, without nulls.
    pub payload: Vec<(Cow<'a, str>, Value<'a>)>,
    /// The host's clock, in nanoseconds.
    pub clock: Option<i64>,
}

impl Default for Parsed<'_> {
    fn default() -> Self {
        Self {
            key: LaneKey { process: None, thread: 0 },
            index: None,
            kind: Cow::Borrowed(""),
            name: None,
            payload: Vec::new(),
            clock: None,
        }
    }
}

impl Parsed<'_> {
    /// Returns the event with all its text copied.
    pub fn into_static(self) -> Parsed<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let payload = self.payload.into_iter();
        Parsed {
            key: self.key,
            index: self.index,
            kind: owned(self.kind),
            name: self.name.map(owned),
            payload: payload.map(|(key, value)| (owned(key), value.into_static())).collect(),
            clock: self.clock,
        }
    }
}

/// What one thread needs to scan blocks.
#[derive(Debug)]
pub struct Scan<'a> {
    /// The symbols of both logs.
    pub table: &'a SymbolTable<'a>,
    /// The symbols that this thread knows.
    pub symbols: SymbolCache,
    /// Whether an event's index is compared.
    pub compare_index: bool,
    /// Which file of the log is read.
    pub part: u16,
    /// Only calls from these addresses are events.
    pub callers: Option<&'a Callers>,
    /// Only these functions are the program's imports.
    pub imports: Option<&'a Imports>,
    /// How lines are read, if the profile says.
    pub pattern: Option<Arc<Pattern>>,
    /// What the rules left out of the event that is being scanned.
    pub asides: Vec<Aside>,
    /// Memory for JSON.
    pub json: jsonl::json::Scratch,
    /// Texts of events that were read before.
    pub memo: Memo,
    /// What is kept between lines of JSON.
    pub memory: jsonl::Memory,
    /// Calls of strace's whose second half has not come yet.
    pub halves: strace::Halves,
    /// The thread that the file is named after.
    pub file_thread: Option<i64>,
}

impl<'a> Scan<'a> {
    /// Returns a scan of file number `part` of a log.
    pub fn new(
        table: &'a SymbolTable<'a>,
        profile: &Profile,
        part: u16,
        callers: Option<&'a Callers>,
    ) -> Self {
        Self {
            table,
            symbols: SymbolCache::default(),
            compare_index: profile.compare_index,
            part,
            callers,
            imports: None,
            pattern: profile.pattern().cloned(),
            asides: Vec::new(),
            json: jsonl::json::Scratch::default(),
            memo: Memo::default(),
            memory: jsonl::Memory::default(),
            halves: strace::Halves::default(),
            file_thread: None,
        }
    }

    /// Returns the symbol, the token and (in `asides`) what was left out of an event that an adapter
    /// has parsed.
    pub fn event(&mut self, parsed: Parsed<'_>) -> (SymbolId, u64) {
        let Summary { symbol, symbol_hash, sum } = self.summary(parsed);
        (symbol, super::token::of(symbol_hash, sum))
    }

    /// Returns what such an event comes to.
    pub fn summary(&mut self, parsed: Parsed<'_>) -> Summary {
        let name = self.table.called(&parsed.kind, parsed.name.as_deref(), &parsed.payload);
        let (id, symbol) = self.symbols.of(self.table, &parsed.kind, name.as_deref());
        let index = parsed.index.filter(|_| self.compare_index);
        let mut sum = index.map_or(0, super::token::index);
        let node = &symbol.plan.payload;
        for (key, value) in parsed.payload {
            if key == "name" && matches!(value, Value::Text(_)) {
                continue; // the symbol has it
            }
            let key = crate::value::hash_bytes(key.as_bytes());
            let hash = match node.member(key) {
                None => (!value.is_null()).then(|| value.hash()),
                Some(node) => super::token::treated(node, value, key, &mut self.asides),
            };
            sum = sum.wrapping_add(hash.map_or(0, |hash| crate::value::hash_member(key, hash)));
        }
        Summary { symbol: id, symbol_hash: symbol.hash, sum }
    }
}

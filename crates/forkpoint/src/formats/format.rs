//! What a format must offer to be read.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::error::Error;
use crate::profile::Pattern;
use crate::scan::Scan;
use crate::scan::block::Block;
use crate::scan::chunk::Chunk;
use crate::trace::parsed_event::ParsedEvent;
use crate::trace::skip::{Skip, Skipped};
use crate::trace::warning::LogWarning;
use crate::trace::{Lane, LaneKey};

/// A format of logs: what is known of it, and how it is read. All are in [`FORMATS`](crate::formats::FORMATS).
pub struct Format {
    /// Its name, as `--from` takes it.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// What it is recognised by, to follow "recognised by".
    pub known_by: &'static str,
    /// The profile that suits it when none is named.
    pub profile: &'static str,
    /// The profile that suits a log of it beside one of another format with the same.
    pub mixed_profile: Option<&'static str>,
    /// Who writes it.
    pub written_by: WrittenBy,
    /// The line that each of its files begins with, if it has one.
    pub first_line: Option<FirstLine>,
    /// Whether its lines are read in order, by one thread: an event may take several of them.
    pub in_order: bool,
    /// Whether it says calls of the engine's own by a list of the program's imports.
    pub takes_imports: bool,
    /// Whether the log starts like one of this format; gets the first bytes.
    pub sniff: fn(&[u8]) -> bool,
    /// Reads what the log says about itself at its start; gets the file's name and its first bytes.
    pub header: fn(&str, &[u8]) -> Result<Header, Error>,
    /// Returns a reader of lines.
    pub reader: fn() -> Box<dyn Reader>,
    /// Reads an event again, to look at it; gets the profile's pattern and the event's text.
    pub parse: for<'a> fn(Option<&'a Pattern>, &'a str) -> Option<ParsedEvent<'a>>,
    /// Finds where an image lies, in a log that names callers; gets its first bytes and the name.
    pub images: Option<Images>,
    /// Writes a thread as the log's readers know it.
    pub lane: fn(LaneKey) -> String,
    /// Why lines of it hold no event to compare.
    pub skips: &'static [&'static Skip],
    /// Adds to a line the next one of its event, for `parse`.
    pub join: Option<Join>,
}

/// The line that each file of a log begins with.
#[derive(Clone, Copy, Debug)]
pub struct FirstLine {
    /// Such a line, with its end.
    pub example: &'static str,
    /// Whether a file's first bytes begin with one.
    pub is_there: fn(&[u8]) -> bool,
}

/// Who writes a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrittenBy {
    /// Emitters of events, for this program: JSON with a header.
    Emitters,
    /// An engine, for its developers: what somebody put before its lines is not a part of them.
    Engine,
    /// Whatever a profile describes.
    Described,
}

/// Reads the lines of one log, and owns what goes from line to line.
///
/// Of a format that is read in order there is one reader for all blocks of all files; of others each thread
/// has one.
pub trait Reader: Send {
    /// Reads the lines of a block.
    fn read(&mut self, scan: &mut Scan<'_>, block: &Block, chunk: &mut Chunk);

    /// Adds the events whose next line never came, at the end of the log.
    fn finish(&mut self, _scan: &mut Scan<'_>, _chunk: &mut Chunk) {}

    /// Returns the process of a thread, where lines tell.
    fn process_of(&self, _thread: i64) -> Option<i64> {
        None
    }

    /// Returns what is to be said of a log as a whole.
    fn notices(&self, _log: &LogSummary<'_>) -> Vec<LogWarning> {
        Vec::new()
    }
}

/// Adds to a line the next one of its event.
pub type Join = fn(&mut Vec<u8>, &[u8]);

/// A log that was read to its end.
#[derive(Debug)]
pub struct LogSummary<'a> {
    /// Its lanes.
    pub lanes: &'a [Lane],
    /// Its lines without an event.
    pub skipped: &'a Skipped,
    /// Whether its files are named after threads.
    pub by_files: bool,
    /// Whether lines of the most talkative level are in it.
    pub debug: bool,
    /// Whether a process creates another process in it, as far as the profile knows.
    pub creates_process: bool,
}

/// Finds where an image lies, by a log's first bytes and the image's name.
pub type Images = fn(&[u8], &str) -> Vec<Range<u64>>;

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
    /// The name of the format that it was converted from, and how many damaged lines were left out then.
    pub converted: Option<(String, u64)>,
    /// What was said of the log that it was converted from.
    pub notices: Vec<LogWarning>,
    /// Which process each thread belongs to, where the log says and it is not one of its own.
    pub owners: Option<BTreeMap<i64, u32>>,
}

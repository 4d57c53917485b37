//! What is wrong with a log: counted by kind, each kind with its first example.
//!
//! Invariant: a line that is not read as it is is counted here or in [`Skipped`](crate::trace::skip::Skipped); a log with
//! faults is never called identical to another.

use std::collections::BTreeMap;
use std::fmt;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// A line is not what its format says.
    Malformed,
    /// A line has bytes that are not text.
    NotUtf8,
    /// A line is longer than [`MAX_LINE`](crate::scan::block::MAX_LINE).
    TooLong,
    /// An event does not say what kind it is.
    NoKind,
    /// An event does not say which thread it is of, or not as a whole number.
    NoThread,
    /// An event's index is not a whole number from 0 up.
    BadIndex,
    /// An event's index is not above that of the event before it in its lane.
    FallingIndex,
    /// A payload is not an object.
    BadPayload,
    /// The second half of a call does not follow its first.
    HalfCall,
    /// A line holds a call beside something else, or a piece of one: two wrote into it, or lines are missing.
    TornCall,
    /// The last line is not whole.
    Torn,
    /// The compressed stream ends too early, or is damaged.
    CutStream,
    /// The file became shorter while it was read.
    Shrank,
}

impl FaultKind {
    /// Returns the word that reports and scripts use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed line",
            Self::NotUtf8 => "not UTF-8",
            Self::TooLong => "line too long",
            Self::NoKind => "no kind",
            Self::NoThread => "no thread",
            Self::BadIndex => "bad index",
            Self::FallingIndex => "falling index",
            Self::BadPayload => "payload is no object",
            Self::HalfCall => "half a call",
            Self::TornCall => "torn call",
            Self::Torn => "torn last line",
            Self::CutStream => "cut stream",
            Self::Shrank => "file shrank",
        }
    }

    /// Returns whether a line with it holds no event; else the event stays, or it is about no line.
    pub fn takes_a_line(self) -> bool {
        !matches!(self, Self::FallingIndex | Self::CutStream | Self::Shrank)
    }

    /// Returns what a user can do about it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Malformed | Self::BadPayload => {
                "the writer may have been interrupted, or two writers share the file"
            }
            Self::NotUtf8 => "the writer must escape or replace guest bytes",
            Self::TooLong => "a line holds one event; is this a log at all?",
            Self::NoKind | Self::NoThread | Self::BadIndex => {
                "every event needs `kind`, an integer `tid` and an integer `tid_event_idx`"
            }
            Self::FallingIndex => {
                "within one thread the index must rise; are two runs in one file?"
            }
            Self::HalfCall => "lines of the log are missing, or its files are not in their order",
            Self::TornCall => {
                "let nobody else write to the log: wine 2>FILE, strace -f -o FILE, qemu -d strace,tid -D log.%d; what stands before each line, --strip-prefix REGEX takes off"
            }
            Self::Torn => "the engine was killed while it wrote; flush the log on exit",
            Self::CutStream => "the compressor did not finish: `gzip -t` or `zstd -t` tells",
            Self::Shrank => "compare a log that nobody writes to",
        }
    }
}

/// How often a kind of fault was met, and the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// How often.
    pub count: u64,
    /// The file of the first.
    pub file: String,
    /// The line of the first, counted from 1; none for a fault of the file as a whole.
    pub line: Option<u64>,
    /// What exactly was found there.
    pub detail: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.detail, self.file)?;
        match self.line {
            Some(line) => write!(f, ":{line})"),
            None => f.write_str(")"),
        }
    }
}

/// The faults of one log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(pub BTreeMap<FaultKind, Fault>);

impl Faults {
    /// Counts one more fault.
    pub fn add(
        &mut self,
        kind: FaultKind,
        file: &str,
        line: Option<u64>,
        detail: impl Into<String>,
    ) {
        self.0.entry(kind).and_modify(|fault| fault.count += 1).or_insert_with(|| Fault {
            count: 1,
            file: file.to_owned(),
            line,
            detail: detail.into(),
        });
    }

    /// Returns whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of faults of all kinds.
    pub fn count(&self) -> u64 {
        self.0.values().map(|fault| fault.count).sum()
    }

    /// Returns the number of lines that hold no event because of them.
    pub fn n_lines(&self) -> u64 {
        let kinds = self.0.iter().filter(|(kind, _)| kind.takes_a_line());
        kinds.map(|(_, fault)| fault.count).sum()
    }

    /// Returns the first fault of the log, by line.
    pub fn first(&self) -> Option<(FaultKind, &Fault)> {
        self.0
            .iter()
            .min_by_key(|(_, fault)| fault.line.unwrap_or(u64::MAX))
            .map(|(kind, fault)| (*kind, fault))
    }
}

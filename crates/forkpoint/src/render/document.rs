//! What a result says, block by block, without saying how it looks.
//!
//! Its one idea: a run of text is either ours ([`own`], a literal of this program), a sentence that may
//! hold words of a log ([`said`]), or a name or value of a log ([`code`]). Renderers escape the last two.

use std::borrow::Cow;
use std::fmt::Display;

use crate::pair::{Pair, Side};

/// What a result says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its blocks, from the verdict to the inputs.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// The answer in a line: a word, and what it is about.
    Verdict {
        /// Good, bad or neither.
        tone: Tone,
        /// The word.
        word: Inline,
        /// The rest of the line.
        rest: Inline,
    },
    /// The title of what follows.
    Heading(Inline),
    /// The title of one finding.
    Title {
        /// Its number, from 1.
        number: usize,
        /// What it is.
        title: Inline,
        /// Where it is.
        rest: Inline,
    },
    /// A paragraph.
    Text {
        /// How many columns it is indented: 0, or 3 for each level.
        indent: usize,
        /// What its first line begins with; further lines are aligned with what follows it.
        lead: Inline,
        /// The text.
        text: Inline,
        /// Whether it is one line that may be cut, not broken.
        cut: bool,
    },
    /// Rows of cells.
    Table(Table),
    /// The events of both logs, aligned.
    Comparison(Vec<ComparedRow>),
    /// Lines of a log as they are.
    Lines {
        /// Whose lines they are.
        title: Inline,
        /// The lines.
        lines: Vec<LogLine>,
    },
    /// A command for a shell.
    Command {
        /// What it shows.
        purpose: &'static str,
        /// The command; it is never broken.
        command: String,
    },
    /// An empty line.
    Gap,
}

/// What a run of text means for its reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Text like any other.
    #[default]
    Plain,
    /// Equal, clean.
    Good,
    /// Differs, faulty.
    Bad,
    /// Uncertain, or worth a look.
    Warn,
    /// A place in a log.
    Place,
    /// Of less interest.
    Faint,
    /// A name or label that the eye looks for.
    Strong,
}

/// Where a run of text comes from, which decides how it is escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This program's source.
    Own,
    /// A sentence of this program that may hold words of a log.
    Said,
    /// A log, a file name or a profile.
    Log,
}

/// A run of text with one meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What it means.
    pub tone: Tone,
    /// Where it comes from.
    pub origin: Origin,
    /// The text, raw.
    pub text: Cow<'static, str>,
}

/// Text within a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inline(pub Vec<Run>);

/// Returns text of this program.
pub fn own(text: &'static str) -> Inline {
    Inline::of(Origin::Own, text.into())
}

/// Returns a sentence or a number of this program.
pub fn said(text: impl Into<String>) -> Inline {
    Inline::of(Origin::Said, text.into().into())
}

/// Returns text of a log, a file name or a profile.
pub fn code(text: impl Into<String>) -> Inline {
    Inline::of(Origin::Log, text.into().into())
}

/// Returns a value of a log, or that there is none.
pub fn value(value: &Option<String>) -> Inline {
    value.as_ref().map_or_else(|| own("(absent)"), code)
}

/// Returns a place in a file, `file:line`, or the file where no line is known.
pub fn place(file: &str, line: Option<impl Display>) -> Inline {
    code(line.map_or_else(|| file.to_owned(), |line| format!("{file}:{line}")))
}

impl Inline {
    fn of(origin: Origin, text: Cow<'static, str>) -> Self {
        if text.is_empty() && origin != Origin::Log {
            return Self::default();
        }
        Self(vec![Run { tone: Tone::Plain, origin, text }])
    }

    /// Returns the same text with another meaning, where it had none yet.
    pub fn tone(mut self, tone: Tone) -> Self {
        for run in self.0.iter_mut().filter(|run| run.tone == Tone::Plain) {
            run.tone = tone;
        }
        self
    }

    /// Adds text.
    pub fn push(&mut self, more: impl Into<Self>) {
        self.0.extend(more.into().0);
    }

    /// Returns whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&'static str> for Inline {
    fn from(text: &'static str) -> Self {
        own(text)
    }
}

impl From<String> for Inline {
    fn from(text: String) -> Self {
        said(text)
    }
}

impl From<u64> for Inline {
    fn from(number: u64) -> Self {
        said(number.to_string())
    }
}

impl From<Option<Self>> for Inline {
    fn from(text: Option<Self>) -> Self {
        text.unwrap_or_default()
    }
}

/// Makes an [`Inline`] of its parts.
macro_rules! parts {
    ($($part:expr),* $(,)?) => {{
        let mut line = $crate::render::document::Inline::default();
        $(line.push($part);)*
        line
    }};
}
pub(crate) use parts;

/// Returns the parts with `between` between each two.
pub fn joined(parts: impl IntoIterator<Item = impl Into<Inline>>, between: &'static str) -> Inline {
    let mut line = Inline::default();
    for part in parts {
        if !line.is_empty() {
            line.push(between);
        }
        line.push(part);
    }
    line
}

impl Document {
    /// Adds the answer.
    pub fn verdict(&mut self, tone: Tone, word: impl Into<Inline>, rest: impl Into<Inline>) {
        self.blocks.push(Block::Verdict { tone, word: word.into(), rest: rest.into() });
    }

    /// Adds a heading.
    pub fn heading(&mut self, title: impl Into<Inline>) {
        self.blocks.push(Block::Heading(title.into()));
    }

    /// Adds a paragraph.
    pub fn text(&mut self, indent: usize, text: impl Into<Inline>) {
        self.hanging(indent, Inline::default(), text);
    }

    /// Adds a paragraph that begins with a label.
    pub fn labelled(&mut self, label: &'static str, text: impl Into<Inline>) {
        self.hanging(0, parts![own(label).tone(Tone::Strong), " "], text);
    }

    /// Adds a paragraph whose lines are aligned behind `lead`.
    pub fn hanging(&mut self, indent: usize, lead: impl Into<Inline>, text: impl Into<Inline>) {
        let (lead, text) = (lead.into(), text.into());
        self.blocks.push(Block::Text { indent, lead, text, cut: false });
    }

    /// Adds a line that is cut where there is no room.
    pub fn line(&mut self, indent: usize, text: impl Into<Inline>) {
        let (lead, text) = (Inline::default(), text.into());
        self.blocks.push(Block::Text { indent, lead, text, cut: true });
    }

    /// Adds a faint line that says how many more there are, and where.
    pub fn more(&mut self, indent: usize, n: u64, rest: &str) {
        if n > 0 {
            let n = crate::render::words::thousands(n);
            self.text(indent, parts!["and ", n, " more", rest.to_owned()].tone(Tone::Faint));
        }
    }

    /// Adds the blocks of another document.
    pub fn append(&mut self, other: Self) {
        self.blocks.extend(other.blocks);
    }
}

/// Rows of cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    /// Whether a terminal shows their titles.
    pub has_header: bool,
    /// The rows: a cell for each column, and what is to be said below it.
    pub rows: Vec<(Vec<Inline>, Option<Inline>)>,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its title.
    pub title: &'static str,
    /// Whether its cells end at one column, as numbers do.
    pub is_right: bool,
}

impl Column {
    /// Returns a column of text.
    pub const fn left(title: &'static str) -> Self {
        Self { title, is_right: false }
    }

    /// Returns a column of numbers.
    pub const fn right(title: &'static str) -> Self {
        Self { title, is_right: true }
    }
}

/// A row of aligned events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedRow {
    /// What the row is.
    pub sign: Sign,
    /// Whether it is what the finding is about.
    pub is_divergent: bool,
    /// The index of the event on each side that has one.
    pub indices: Pair<Option<u64>>,
    /// Kind and function.
    pub name: String,
    /// The whole event, on each side that has one.
    pub events: Pair<Option<String>>,
    /// The fields that differ, of two events that are compared.
    pub fields: Vec<ComparedField>,
    /// The other fields of such events, shortened.
    pub equal: String,
}

/// What a row of aligned events is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Both are equal.
    Equal,
    /// They differ, and a waiver covers that.
    Waived,
    /// They differ.
    Differs,
    /// One side has it.
    Only(Side),
}

/// A field of two aligned events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedField {
    /// The field.
    pub field: String,
    /// Its value on each side; none where it is absent.
    pub values: Pair<Option<String>>,
    /// The rule that excuses the difference.
    pub excused_by: Option<String>,
}

/// A line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Whether the finding is about it.
    pub is_divergent: bool,
    /// Counted from 1.
    pub number: u64,
    /// The line, raw.
    pub text: String,
}

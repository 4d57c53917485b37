//! From a result to what is written: every result makes a [`Document`], and one file per format writes it.
//!
//! Invariant: text of logs, file names and profiles is raw in a document; each renderer escapes every
//! run of text, so that nothing from outside can steer a terminal or a Markdown reader.

pub mod document;
pub mod escape;
pub mod json;
mod markdown;
mod text;
pub mod words;

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

pub use document::Document;
pub use text::TextOptions;

/// A result that can be written in every format. Its own fields are what JSON holds.
pub trait Answer: Serialize + JsonSchema {
    /// Returns what a reader gets to see.
    fn document(&self) -> Document;
}

/// How a result is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    #[default]
    Text,
    /// For an issue or a pull request.
    Markdown,
    /// For a program; docs/*.schema.json describes it.
    Json,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Text, Self::Markdown, Self::Json];

    /// Returns its name, as `--format` takes it, and what it is for.
    pub fn about(self) -> (&'static str, &'static str) {
        let (name, about, _) = self.row();
        (name, about)
    }

    /// Returns what there is to know of it; what writes documents, where it is made of them.
    fn row(self) -> (&'static str, &'static str, Option<Writer>) {
        match self {
            Self::Text => ("text", "For a terminal", Some(text::write)),
            Self::Markdown => ("markdown", "For an issue or a pull request", Some(markdown::write)),
            Self::Json => ("json", "For a program; docs/*.schema.json describes it", None),
        }
    }
}

type Writer = fn(&Document, TextOptions, &mut dyn Write) -> io::Result<()>;

/// Writes a result.
///
/// # Errors
/// What `out` says.
pub fn write(
    answer: &impl Answer,
    format: Format,
    options: TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format.row() {
        (.., Some(write)) => write(&answer.document(), options, out),
        (.., None) => json::write(answer, out),
    }
}

/// Returns a result as it is written.
pub fn to_string(answer: &impl Answer, format: Format, options: TextOptions) -> String {
    let mut out = Vec::new();
    write(answer, format, options, &mut out).expect("memory takes all");
    String::from_utf8(out).expect("every renderer writes text")
}

/// Writes many items one after the other, without holding them all: JSON is one value a line.
///
/// # Errors
/// What `out` says.
pub fn write_each<T: Serialize>(
    items: impl Iterator<Item = (T, Document)>,
    format: Format,
    options: TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (item, document) in items {
        match format.row() {
            (.., Some(write)) => write(&document, options, out)?,
            (.., None) => json::write_line(&item, out)?,
        }
    }
    Ok(())
}

//! From a result to what is written: every result makes a [`Document`], and one file per format writes it.
//!
//! Invariant: text of logs, file names and profiles is raw in a document; each renderer escapes every
//! run of text, so that nothing from outside can steer a terminal or a Markdown reader.

pub mod around;
pub mod checks;
pub mod document;
pub mod escape;
mod extent;
mod github;
mod gitlab;
pub mod html;
pub mod json;
mod junit;
mod markdown;
mod sarif;
mod text;
pub mod words;

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

pub use checks::Check;
pub use document::Document;
pub use extent::{Detail, Extent};
pub use text::TextOptions;

/// A result that can be written in every format. Its own fields are what JSON holds.
pub trait Answer: Serialize + JsonSchema {
    /// Returns what a reader gets to see; the first block is the verdict.
    fn document(&self, shown: Extent) -> Document;

    /// Returns what a CI system shows of it; none if it is no matter for one.
    fn checks(&self) -> Option<Vec<Check>> {
        None
    }
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
    /// For CI systems that show tests.
    Junit,
    /// For GitHub Actions.
    Github,
    /// For a browser: one file.
    Html,
    /// For code scanning.
    Sarif,
    /// For GitLab's code quality.
    Gitlab,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Text,
        Self::Markdown,
        Self::Json,
        Self::Html,
        Self::Junit,
        Self::Github,
        Self::Sarif,
        Self::Gitlab,
    ];

    /// Returns its name, as `--format` takes it, and what it is for.
    pub fn about(self) -> (&'static str, &'static str) {
        let (name, about, _) = self.row();
        (name, about)
    }

    /// Returns what there is to know of it, and what writes it.
    fn row(self) -> (&'static str, &'static str, Writer) {
        use Writer::{Checks, Data, Page, PageAndData};
        match self {
            Self::Text => ("text", "For a terminal", Page(text::write)),
            Self::Markdown => ("markdown", "For an issue or a pull request", Page(markdown::write)),
            Self::Json => ("json", "For a program; docs/*.schema.json describes it", Data),
            Self::Html => (
                "html",
                "For a browser: one page that needs nothing else",
                PageAndData(html::write),
            ),
            Self::Junit => ("junit", "For CI: `diff`, each thread as a test", Checks(junit::write)),
            Self::Sarif => {
                ("sarif", "For code scanning: `diff`, SARIF 2.1.0", Checks(sarif::write))
            }
            Self::Gitlab => ("gitlab", "For GitLab's code quality: `diff`", Checks(gitlab::write)),
            Self::Github => {
                ("github", "For GitHub Actions: `diff`, as annotations", Checks(github::write))
            }
        }
    }
}

/// What writes a result.
enum Writer {
    /// What a reader gets to see.
    Page(fn(&Document, TextOptions, &mut dyn Write) -> io::Result<()>),
    /// All fields of it.
    Data,
    /// What a reader gets to see, and all fields.
    PageAndData(fn(&Document, &[u8], &mut dyn Write) -> io::Result<()>),
    /// What a CI system shows of it.
    Checks(fn(&[Check], &mut dyn Write) -> io::Result<()>),
}

/// Writes a result.
///
/// # Errors
/// What `out` says; and [`io::ErrorKind::Unsupported`] for a CI system's format if the result has no checks.
pub fn write(
    answer: &impl Answer,
    format: Format,
    options: TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format.row() {
        (.., Writer::Page(write)) => {
            let mut document = answer.document(options.shown);
            if options.shown.detail == Detail::Verdict {
                document.blocks.truncate(1);
            }
            write(&document, options, out)
        }
        (.., Writer::Data) => json::write(answer, out),
        (.., Writer::PageAndData(write)) => {
            let mut json = Vec::new();
            json::write(answer, &mut json)?;
            let shown = Extent { detail: Detail::Page, ..options.shown };
            write(&answer.document(shown), &json, out)
        }
        (name, _, Writer::Checks(write)) => match answer.checks() {
            Some(checks) => write(&checks, out),
            None => Err(no_checks(name)),
        },
    }
}

fn no_checks(format: &str) -> io::Error {
    let what = format!("--format {format} is for `diff` of two logs, and for `gate`");
    io::Error::new(io::ErrorKind::Unsupported, what)
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
            (.., Writer::Page(write)) => write(&document, options, out)?,
            (.., Writer::Data) => json::write_line(&item, out)?,
            (name, _, Writer::Checks(_) | Writer::PageAndData(_)) => return Err(no_checks(name)),
        }
    }
    Ok(())
}

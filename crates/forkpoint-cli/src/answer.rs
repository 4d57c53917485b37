//! Where an answer goes and how it is written: the options that all verbs share.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use forkpoint::render::{self, Answer, Extent, Format, TextOptions};

use crate::input::ReadArgs;
use crate::output;
use crate::terminal::{self, Colour};
use crate::trouble::Trouble;

/// How an answer is written, and where to.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct AnswerArgs {
    /// How the answer is written
    #[arg(long, default_value = "text", value_parser = format())]
    format: Format,
    /// Write the answer here instead of to standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
    /// Do not page what is longer than the terminal
    #[arg(long)]
    no_pager: bool,
}

/// Reads the name of a format; help lists those of the library.
fn format() -> impl TypedValueParser<Value = Format> {
    let values = Format::ALL.map(|format| {
        let (name, about) = format.about();
        PossibleValue::new(name).help(about)
    });
    PossibleValuesParser::new(values).map(|name| {
        let mut formats = Format::ALL.into_iter();
        formats.find(|format| format.about().0 == name).unwrap_or_default()
    })
}

impl AnswerArgs {
    /// Returns whether the answer is a page of HTML.
    pub(crate) fn is_page(&self) -> bool {
        self.format == Format::Html
    }

    /// Refuses an output that is one of the files that are read.
    pub(crate) fn refuse_inputs<'a>(
        &self,
        logs: impl IntoIterator<Item = &'a String>,
        read: &ReadArgs,
    ) -> Result<(), Trouble> {
        match &self.output {
            Some(path) => {
                output::refuse_inputs(path, logs, read, "the report would overwrite a log")
            }
            None => Ok(()),
        }
    }

    /// Writes an answer.
    pub(crate) fn emit(&self, answer: &impl Answer) -> Result<(), Trouble> {
        self.emit_part(answer, Extent::default())
    }

    /// Writes what is to be shown of an answer.
    pub(crate) fn emit_part(&self, answer: &impl Answer, shown: Extent) -> Result<(), Trouble> {
        self.emit_with(|format, options, out| {
            render::write(answer, format, TextOptions { shown, ..options }, out)
        })?;
        match std::env::var_os("GITHUB_STEP_SUMMARY") {
            Some(summary) if self.format == Format::Github => {
                let page = render::to_string(answer, Format::Markdown, TextOptions::default());
                append_summary(Path::new(&summary), &page)
            }
            _ => Ok(()),
        }
    }

    /// Lets `write` write to where the answer goes.
    pub(crate) fn emit_with(
        &self,
        write: impl FnOnce(Format, TextOptions, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Trouble> {
        let Some(path) = &self.output else {
            return terminal::write_stdout(self.color, !self.no_pager, |options, out| {
                write(self.format, options, out)
            });
        };
        let written = output::write(path, |out| {
            let mut out = BufWriter::new(out);
            write(self.format, TextOptions::default(), &mut out)?;
            out.flush()
        });
        written.map_err(|error| Trouble::writing(path.display(), &error))
    }
}

/// Appends to the summary of a job, which GitHub shows up to 1 MiB of.
fn append_summary(path: &Path, page: &str) -> Result<(), Trouble> {
    const MOST: u64 = 1 << 20; // bytes
    const CUT: &str = "\n\n(The rest is cut: GitHub shows no more.)\n";
    let trouble = |error: io::Error| Trouble::writing(path.display(), &error);
    let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(trouble)?;
    let room = MOST.saturating_sub(file.metadata().map_err(trouble)?.len());
    let page = match usize::try_from(room) {
        Ok(room) if page.len() > room => {
            let end = page.floor_char_boundary(room.saturating_sub(CUT.len()));
            format!("{}{CUT}", &page[..end])
        }
        _ => page.to_owned(),
    };
    file.write_all(page.as_bytes()).map_err(trouble)
}

//! Where an answer goes and how it is written: the options that all verbs share.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use forkpoint::render::{self, Answer, Format, TextOptions};

use crate::input::ReadArgs;
use crate::output;
use crate::terminal::{self, Colour};
use crate::trouble::Trouble;

/// How an answer is written, and where to.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct AnswerArgs {
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: FormatArg,
    /// Write the answer here instead of to standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum FormatArg {
    /// For a terminal.
    #[default]
    Text,
    /// For an issue or a pull request.
    Markdown,
    /// For a program; docs/*.schema.json describes it.
    Json,
}

impl AnswerArgs {
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
        self.emit_with(|format, options, out| render::write(answer, format, options, out))
    }

    /// Lets `write` write to where the answer goes.
    pub(crate) fn emit_with(
        &self,
        write: impl FnOnce(Format, TextOptions, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Trouble> {
        let format = match self.format {
            FormatArg::Text => Format::Text,
            FormatArg::Markdown => Format::Markdown,
            FormatArg::Json => Format::Json,
        };
        let Some(path) = &self.output else {
            return terminal::write_stdout(self.color, |options, out| write(format, options, out));
        };
        let written = output::write(path, |out| {
            let mut out = BufWriter::new(out);
            write(format, TextOptions::default(), &mut out)?;
            out.flush()
        });
        written.map_err(|error| Trouble::writing(path.display(), &error))
    }
}

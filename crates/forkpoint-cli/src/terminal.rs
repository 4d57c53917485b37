//! Standard output, as wide and as colourful as it may be.

use std::io::{self, BufWriter, IsTerminal, Write};

use anstream::AutoStream;
use clap::ValueEnum;
use forkpoint::report::text::TextOptions;

use crate::trouble::Trouble;

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Lets `write` write to standard output.
pub(crate) fn write_stdout(
    colour: Colour,
    write: impl FnOnce(TextOptions, &mut dyn Write) -> io::Result<()>,
) -> Result<(), Trouble> {
    let stdout = io::stdout();
    let colour = match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => AutoStream::choice(&stdout) != anstream::ColorChoice::Never,
    };
    let width = stdout.is_terminal().then(terminal_size::terminal_size).flatten();
    let width = width.map(|(terminal_size::Width(columns), _)| usize::from(columns));
    let mut out = BufWriter::new(stdout.lock());
    let options = TextOptions { colour, width };
    match write(options, &mut out).and_then(|()| out.flush()) {
        // The reader has seen enough; the verdict stands.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.map_err(|error| Trouble::writing("standard output", &error)),
    }
}

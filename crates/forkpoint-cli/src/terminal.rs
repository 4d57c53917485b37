//! Standard output, as wide and as colourful as it may be.

use std::io::{self, BufWriter, IsTerminal, Write};

use anstream::AutoStream;
use clap::ValueEnum;
use forkpoint::render::TextOptions;

use crate::pager::Pager;
use crate::trouble::{TROUBLE, Trouble};

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

/// Writes a line to standard error; there is nobody to report a failure to.
pub(crate) fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Writes to standard output what is not a report: a page of help, a profile.
pub(crate) fn print(text: &[u8]) -> Result<(), Trouble> {
    let mut out = anstream::stdout();
    seen_enough(out.write_all(text).and_then(|()| out.flush()))
}

/// Prints what clap has to say: help that was asked for, or a mistake of usage; returns the exit code.
pub(crate) fn print_usage(asked: &clap::Error) -> Result<u8, Trouble> {
    let code = u8::try_from(asked.exit_code()).unwrap_or(TROUBLE);
    let printed = asked.print().and_then(|()| io::stdout().flush());
    if code == TROUBLE {
        return Ok(code); // to standard error, and there is nobody to report a failure to
    }
    seen_enough(printed).map(|()| code)
}

/// A reader that has seen enough is not trouble; the verdict stands.
fn seen_enough(written: io::Result<()>) -> Result<(), Trouble> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.map_err(|error| Trouble::writing("standard output", &error)),
    }
}

/// Lets `write` write to standard output, through a pager where that is wanted and it is a terminal.
pub(crate) fn write_stdout(
    colour: Colour,
    paged: bool,
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
    let options = TextOptions { colour, width, ..TextOptions::default() };
    let pager = (paged && stdout.is_terminal()).then(Pager::start).flatten();
    if let Some(pager) = pager {
        return seen_enough(pager.show(|out| write(options, out)));
    }
    let mut out = BufWriter::new(stdout.lock());
    seen_enough(write(options, &mut out).and_then(|()| out.flush()))
}

//! A pager for what is longer than the terminal, as git has it: `less -FRX`, or what FORKPOINT_PAGER or PAGER
//! names.

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};

/// A pager that runs.
pub(crate) struct Pager(Child);

impl Pager {
    /// Starts the pager that the user wants; none if there is none to be had, or none is wanted.
    pub(crate) fn start() -> Option<Self> {
        let wanted =
            ["FORKPOINT_PAGER", "PAGER"].into_iter().find_map(|name| std::env::var(name).ok());
        let command = wanted.unwrap_or_else(|| "less".to_owned());
        let is_dumb = std::env::var("TERM").is_ok_and(|terminal| terminal == "dumb");
        let words = shlex::split(&command)?;
        let (program, arguments) = words.split_first()?;
        if is_dumb || program == "cat" {
            return None;
        }
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped());
        // What fits the screen needs no pager; colours pass; the text stays when the pager ends.
        if std::env::var_os("LESS").is_none() {
            command.env("LESS", "FRX");
        }
        command.spawn().ok().map(Self)
    }

    /// Lets `write` write to the pager, and waits until its user has seen enough.
    pub(crate) fn show(
        mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let written = match self.0.stdin.take() {
            Some(input) => {
                let mut out = io::BufWriter::new(input);
                write(&mut out).and_then(|()| out.flush())
            }
            None => Ok(()),
        };
        self.0.wait()?;
        written
    }
}

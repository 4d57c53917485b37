//! The verb `extract`: the JSON out of a page of HTML.

use std::path::PathBuf;

use forkpoint::error::Error;
use forkpoint::render::html;

use crate::output;
use crate::terminal::print;
use crate::trouble::Trouble;

/// Give back the JSON report that a page of HTML holds, byte for byte
///
/// Exit codes: 0 given back, 2 bad usage, unreadable input, or a page of something else.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The page, as --format html writes it
    #[arg(value_name = "PAGE")]
    page: PathBuf,
    /// Write the report here instead of to standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    let name = args.page.display();
    let page = std::fs::read(&args.page);
    let page = page.map_err(|error| Error::open(&name.to_string(), &error))?;
    let hint = || Some("the page is one that `diff --format html -o PAGE` writes".to_owned());
    let json = html::extract(&page)
        .map_err(|error| Trouble::new(format!("{name} is damaged: {error}"), hint()))?
        .ok_or_else(|| Trouble::new(format!("{name} holds no report"), hint()))?;
    match &args.output {
        None => print(&json)?,
        Some(path) => output::write(path, |out| out.write_all(&json))
            .map_err(|error| Trouble::writing(path.display(), &error))?,
    }
    Ok(0)
}

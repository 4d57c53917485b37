//! Several references and one candidate.

use std::path::Path;

use forkpoint::analysis::Options;
use forkpoint::multi_reference::{ReferenceRun, panel};
use forkpoint::pair::Pair;

use super::{Args, options};
use crate::trouble::Trouble;
use crate::{exit, input};

/// Compares the candidate with all references; returns the exit code.
pub(super) fn run(args: &Args, candidate: &String) -> Result<u8, Trouble> {
    let logs = args.reference.iter().chain([candidate]);
    input::refuse_standard_input(logs.clone())?;
    args.answer.refuse_inputs(logs, &args.read)?;
    let mut runs = Vec::new();
    let mut asked: Option<Options> = None;
    for reference in &args.reference {
        // What is left out of an event depends on both logs, so the candidate is read for each.
        let paths = Pair::new(reference, candidate).map(std::slice::from_ref);
        let logs = input::read(paths, &args.read)?;
        let options = options(args, &logs.traces)?;
        if asked.as_ref().is_some_and(|asked| asked.pinned_pairs != options.pinned_pairs) {
            let message = "the threads of --map are others in each reference";
            let hint = "compare with one reference after the other".to_owned();
            return Err(Trouble::new(message, Some(hint)));
        }
        asked = Some(options);
        runs.push(ReferenceRun {
            name: name(&args.reference, reference),
            traces: logs.traces,
            symbols: logs.symbols,
            profile: logs.profile,
        });
    }
    let panel = panel(&runs, &asked.unwrap_or_default());
    let traces = runs.iter().map(|run| &run.traces);
    input::check_intact(traces.flat_map(|traces| [&traces.reference, &traces.candidate]))?;
    args.answer.emit_part(&panel, args.shown())?;
    Ok(exit::code(panel.verdict))
}

/// Returns what a reference is called: its file's name, or the whole path where two are called alike.
fn name(all: &[String], path: &String) -> String {
    let file =
        |path: &String| Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
    let alike = all.iter().filter(|other| file(other) == file(path)).count();
    file(path).filter(|_| alike == 1).unwrap_or_else(|| path.clone())
}

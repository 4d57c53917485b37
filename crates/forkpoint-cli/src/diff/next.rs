//! The commands that a report proposes: what to ask next, with the options in force.

use forkpoint::logs::Logs;
use forkpoint::pair::Pair;
use forkpoint::profile::{NAMES, word};
use forkpoint::report::{NextCommand, Report, Settled, Verdict};

use crate::filters;
use crate::given::Given;

/// Returns the commands that help further from this report.
pub(super) fn commands(
    report: &Report,
    logs: &Logs,
    paths: Pair<&[String]>,
    given: &Given,
) -> Vec<NextCommand> {
    if paths.reference.iter().chain(paths.candidate).any(|path| path == "-") {
        return Vec::new(); // standard input is gone
    }
    let diff = |more: &[&str]| {
        let more = more.iter().map(|word| (*word).to_owned());
        given.command("diff", paths, more)
    };
    let mut next = Vec::new();
    let mut add = |purpose, command| next.push(NextCommand { purpose, command });
    match report.settled_by {
        Some(Settled::AllowPrefix) => {
            add("let logs pass that are both cut", diff(&["--allow-prefix"]));
        }
        Some(Settled::CleanRuns) => {
            add("excuse what further runs of the reference vary in", diff(&["--clean", "RUN"]));
        }
        None => {}
    }
    if let Some(at) = explained(report) {
        let command = given.command("explain", paths, ["--at".to_owned(), at]);
        add("why it differs, and what it depends on", command);
    }
    if report.verdict == Verdict::Diverged {
        let range = (!given.has("only_callers")).then(|| filters::program(&logs.traces)).flatten();
        if let Some(range) = range {
            let purpose = "only what the program itself calls, if this is where its code lies";
            add(purpose, diff(&["--only-callers", &range]));
        }
        if !given.has("profile") && report.profile.name == "strict" && starts_at_names(report) {
            let purpose =
                "take large numbers as names of objects, which each engine gives as it likes";
            add(purpose, diff(&["--profile", "names"]));
        }
        add("all findings, all excuses, and the lines as they are", diff(&["-v"]));
    }
    next
}

/// Returns the first finding's place as `--at` takes it.
fn explained(report: &Report) -> Option<String> {
    let site = report.origins.first()?.site()?;
    Some(format!("{}:{}", site.file, site.line))
}

/// Whether the first place to look at differs in nothing but large numbers.
fn starts_at_names(report: &Report) -> bool {
    let is_large = |value: &Option<String>| {
        let number = value.as_deref().and_then(|text| word(text.trim_matches('"')));
        number.is_some_and(|number| NAMES.contains(&number))
    };
    report.origins.first().is_some_and(|first| {
        let differ = &first.differences;
        let is_name = |values: &Pair<Option<String>>| {
            is_large(&values.reference) && is_large(&values.candidate)
        };
        !differ.is_empty() && differ.iter().all(|difference| is_name(&difference.values))
    })
}

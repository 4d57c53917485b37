//! Parity with the references, on pairs whose results by the references lie beside
//! them: `compat/README.md` says where they come from.

use std::path::{Path, PathBuf};

use forkpoint_compat::{Absorber, Failure, Generation, Log, Options, compare, read};

#[test]
fn every_stored_result_of_the_references_is_met() {
    let mut n_results = 0;
    for case in entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat")) {
        for file in entries(&case).iter().filter(|f| f.extension().is_some_and(|e| e == "facts")) {
            let want = text(file);
            let (flags, want) = want.split_once('\n').expect("the first line has the flags");
            let got = run(&case, flags);
            assert!(got == want, "{}\n--- want\n{want}\n--- got\n{got}", file.display());
            n_results += 1;
        }
    }
    assert!(n_results >= 70, "only {n_results} results found");
}

/// The entries of a directory; none for a file.
fn entries(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("readable entry").path()).collect();
    paths.sort();
    paths
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).expect("fixtures are UTF-8")
}

struct Flags {
    options: Options,
    validates: bool,
    emits: bool,
}

/// Reads `flags: GENERATION FLAG "FLAG=VALUE WITH SPACES"`.
fn flags(line: &str) -> Flags {
    let line = line.strip_prefix("flags: ").expect("a line of flags");
    let (generation, mut rest) = line.split_once(' ').unwrap_or((line, ""));
    let generation = match generation {
        "strict" => Generation::Strict,
        "floating" => Generation::Floating,
        other => panic!("unknown generation {other}"),
    };
    let mut flags = Flags { options: Options::new(generation), validates: false, emits: false };
    while !rest.is_empty() {
        let (flag, end) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').expect("a closing quote"),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        rest = end.trim_start();
        let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
        match name {
            "--tid-map" => flags.options.tid_map = Some(value.to_owned()),
            "--validate-identical" => flags.validates = true,
            "--no-canonicalize-allocators" => flags.options.canonicalize_allocators = false,
            "--no-canonicalize-host-heap-fields" => flags.options.canonicalize_host_heap = false,
            "--disable-absorber" => {
                flags.options.disabled = Absorber::parse_list(value).expect("known rules");
            }
            "--emit-absorbed-events" => flags.emits = true,
            other => panic!("unknown flag {other}"),
        }
    }
    flags
}

/// The outcome in the form of a stored result.
fn run(case: &Path, line: &str) -> String {
    let flags = flags(line);
    let open = |name: &str| -> Result<Log, _> {
        read(std::fs::read(case.join(name)).expect("a readable fixture").as_slice(), name)
    };
    let mut talk = Vec::new();
    let mut absorbed = None;
    let outcome: Result<_, Failure> = (|| {
        let comparison =
            compare(open("canary.jsonl")?, open("ours.jsonl")?, flags.options, &mut talk)?;
        if flags.emits {
            let lines = absorbed.insert(String::new());
            (0..comparison.n_absorbed()).for_each(|n| comparison.absorbed_line(n, lines));
        }
        Ok((comparison.report()?, comparison.verdict().filter(|_| flags.validates)))
    })();
    let (exit, report) = match outcome {
        Ok((report, verdict)) => {
            let exit = u8::from(verdict.is_some());
            talk.extend(verdict);
            (exit, facts(&report))
        }
        Err(failure) => {
            talk.push(match failure.to_string() {
                sentence if sentence.starts_with("error: ") => "(uncaught exception)".to_owned(),
                sentence => sentence,
            });
            (failure.exit_status(), String::new())
        }
    };
    let talk = match talk.last().is_some_and(|last| last == "(uncaught exception)") {
        true => "(uncaught exception)".to_owned(),
        false => talk.join("\n"),
    };
    let absorbed = absorbed.map(|lines| format!("--- absorbed\n{lines}")).unwrap_or_default();
    format!("exit: {exit}\n--- stderr\n{talk}\n--- report\n{report}\n{absorbed}")
}

/// The lines of a report that are the reference's to the letter.
fn facts(report: &str) -> String {
    let mut is_fenced = false;
    let mut facts = Vec::new();
    for line in report.split('\n') {
        let begins = |start: &str| line.starts_with(start);
        if begins("```") {
            is_fenced = !is_fenced;
            facts.push("```");
        } else if is_fenced
            || begins("| ")
            || begins("## canary_tid=")
            || begins("First divergence at ")
            || begins("No divergence within ")
        {
            facts.push(line);
        }
    }
    facts.join("\n")
}

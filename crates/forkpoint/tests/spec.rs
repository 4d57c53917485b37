//! Scenarios: two small logs, and what must be said of them.
//!
//! # How to add one
//!
//! Write a `##` section into a file of tests/spec, or a new file. Run `cargo test -p forkpoint
//! --test spec`; what is wrong is reported with its file and line.
//!
//! ```text
//! ## A handle's number may differ
//!
//! Prose, as much as it needs.
//!
//!     ```reference
//!     6 handle.create raw_handle_id=0x10
//!     ```
//!     ```candidate
//!     6 handle.create raw_handle_id=0x24
//!     ```
//!
//! profile: strict
//! verdict: identical
//! excused: raw-handle × 1
//! ```
//!
//! (The blocks are not indented in a file.) The logs are in the notation of tests/notation/mod.rs;
//! ```` ```reference raw ```` stands as it is typed, whatever format it has, and `torn` takes the
//! last line's end away.
//!
//! Facts are lines of one word, a colon and a space. They are typed by hand:
//!
//! | fact | means |
//! | --- | --- |
//! | `verdict: diverged` | the verdict; every scenario has it |
//! | `class: return-value` | a finding; the classes of all findings, in the report's order |
//! | `site: candidate 7:12` | thread and index of a site of the finding above; each class has one at least |
//! | `excused: RULE × 2` | differences that a rule excused … |
//! | `excused: RULE 1 ↔ 0` | … or events and rounds that it took out; all rules that excused must be reported |
//! | `unseen: RULE 3 ↔ 0` | events that the other log cannot record … |
//! | `unseen: RULE × 2` | … or fields of both sides; all rules that left something out must be reported |
//! | `doubt: words` | a doubt that holds these words; all doubts must be reported |
//! | `fault: candidate torn last line × 1` | all faults of both logs |
//! | `unpaired: reference 7` | all lanes without a partner |
//! | `profile: xenia` | the profile, if it is not `strict`; or a block ```` ```profile ```` with TOML |
//! | `without: RULE RULE` | rules that are switched off |
//! | `clean-runs: × 2` | findings that the runs of the blocks ```` ```clean ```` excused |
//! | `known: return-value ID × 2` | class, waiver and number of what is known; all must be reported |
//! | `waiver: stale ID` | all waivers that are stale or expired |
//! | `today: 2027-01-31` | what day it is |
//! | `map: 6=1 7=2` | pairs of threads that the user names |
//! | `options: allow-prefix` | the other options |
//! | `callers: LO..HI` | only what the code there calls |
//! | `modules: KERNEL32` | only what functions of these modules do |
//! | `imports: NtClose NtOpenFile` | in Xenia's text logs only these are calls |
//!
//! Scenarios of other ways to compare are in tests/spec/modes; tests/modes.rs reports them.
//!
//! A block ```` ```report ```` holds the report as text. It is the only thing that
//! `FORKPOINT_BLESS=1 cargo test -p forkpoint --test spec` writes; read its diff. Leave it empty to
//! get one; a scenario needs none.
//!
//! Each file is a test of its own name: `cargo test --test spec linux-rule` runs those of such names. What a file
//! sets before its first `##` (`profile: …`, a block `profile`, …) holds for each of its scenarios.
//!
//! Of every scenario it is checked besides that each log equals its own copy, that the verdict is the
//! same when the sides change places, and that the converted logs get the same report.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod converted;
mod notation;
mod scenario;
mod two_logs;

use std::path::{Path, PathBuf};

use forkpoint::analysis::Options;
use forkpoint::error::Error;
use forkpoint::logs::{Logs, compare_beside};
use forkpoint::pair::{Pair, Side};
use forkpoint::profile::{Date, Profile};
use forkpoint::read::{CallersOf, ReadOptions, Source};
use forkpoint::render::{Extent, Format, TextOptions, to_string};
use forkpoint::report::{Report, Verdict, WaiverState};
use forkpoint::scan::imports::Imports;
use forkpoint::trace::LaneKey;
use libtest_mimic::{Arguments, Failed, Trial};
use scenario::Scenario;

/// One test a file, by the file's name: `cargo test --test spec linux-rule` runs those of such names.
fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spec");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    assert!(files.len() >= 10, "only {} files were found", files.len());
    let of_file = |file: PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        Trial::test(name, move || check_file(&file))
    };
    let mut trials: Vec<Trial> = files.into_iter().map(of_file).collect();
    let own: [(&str, fn()); 2] = [
        ("what_was_typed_to_be_checked_is_never_taken_for_prose", typed_to_be_checked),
        ("every_trap_has_scenarios_that_are_there", traps),
    ];
    trials.extend(own.map(|(name, run)| {
        Trial::test(name, move || {
            run();
            Ok(())
        })
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Checks all scenarios of a file.
fn check_file(file: &Path) -> Result<(), Failed> {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(file)?;
    let scenarios = scenario::scenarios(&text).map_err(|why| format!("{name}: {why}"))?;
    let (mut wrong, mut reports) = (Vec::new(), Vec::new());
    for scenario in &scenarios {
        let mut faults = Vec::new();
        check(scenario, &mut faults, &mut reports);
        let place = format!("{name}:{} {}", scenario.line, scenario.title);
        wrong.extend(faults.into_iter().map(|fault| format!("{place}\n    {fault}")));
    }
    if std::env::var_os("FORKPOINT_BLESS").is_some() {
        bless(file, &text, &reports);
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// Checks one scenario. Reports that differ from their blocks are added to `reports`, with the lines
/// where they belong.
fn check(
    scenario: &Scenario,
    wrong: &mut Vec<String>,
    reports: &mut Vec<((usize, usize), String)>,
) {
    let logs = Pair::new(scenario.log("reference"), scenario.log("candidate"));
    let profile = scenario.profile();
    let callers = scenario.shown("callers").last().map(|text| CallersOf::parse(text).unwrap());
    let imports = scenario.shown("imports").map(|names| names.replace(' ', "\n"));
    let imports = imports.last().map(|names| Imports::parse(&names).unwrap());
    let (callers, imports) = (callers.as_ref(), imports.as_ref());
    let read = ReadOptions { callers, imports, ..ReadOptions::default() };
    let options = options(scenario);
    let run = |reference: &[u8], candidate: &[u8], options: &Options| -> Result<Report, String> {
        let logs = Pair::new(vec![reference], vec![candidate]);
        two_logs::compare_bytes(&logs, &profile, read, options)
            .map_err(|error| format!("cannot be read: {error}"))
    };
    let clean: Vec<Vec<u8>> = scenario.blocks("clean").map(scenario::Block::log).collect();
    if !clean.is_empty() {
        let report = compare_beside_bytes(&logs, &clean, &profile, read, &options);
        match report {
            Ok(report) => facts(scenario, &report, wrong),
            Err(error) => wrong.push(format!("cannot be read: {error}")),
        }
        return;
    }
    let report = match run(&logs.reference, &logs.candidate, &options) {
        Ok(report) => report,
        Err(error) => return wrong.push(error),
    };
    facts(scenario, &report, wrong);
    let both = logs.as_ref().map(Vec::as_slice);
    if let Err(otherwise) = converted::said_otherwise(both, &profile, read, &options, &report) {
        wrong.push(otherwise);
    }
    // A waiver is about one side's values, or about what one side lacks: it has no mirror.
    if profile.waivers.is_empty() {
        mirror(&logs, &report, &options, &run, wrong);
    }
    if let Some(block) = scenario.block("report") {
        let options =
            TextOptions { width: Some(100), shown: Extent::FULL, ..TextOptions::default() };
        let shown: String = to_string(&report, Format::Text, options)
            .lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect();
        if shown != block.text {
            if std::env::var_os("FORKPOINT_BLESS").is_none() {
                wrong.push(format!("another report (FORKPOINT_BLESS=1 takes it over):\n{shown}"));
            }
            reports.push((block.inside, shown));
        }
    }
}

/// Reads both logs and clean runs, and compares the two by the measure of these.
fn compare_beside_bytes(
    logs: &Pair<Vec<u8>>,
    clean: &[Vec<u8>],
    profile: &Profile,
    read: ReadOptions<'_>,
    options: &Options,
) -> Result<Report, Error> {
    let one = |name: &str, log: &[u8]| -> Result<Vec<Source>, Error> {
        Ok(vec![Source::of_bytes(name, log)?])
    };
    let both = Pair {
        reference: one("reference.log", &logs.reference)?,
        candidate: one("candidate.log", &logs.candidate)?,
    };
    let logs = Logs::of(both);
    let profile = logs.in_force(profile)?;
    let clean = clean.iter().map(|log| one("clean.log", log)).collect::<Result<_, _>>()?;
    let (mut traces, runs, symbols) = logs.read_beside(&profile, clean, read)?;
    compare_beside(&mut traces, runs, &symbols, &profile, options)
}

type Run<'a> = &'a dyn Fn(&[u8], &[u8], &Options) -> Result<Report, String>;

fn mirror(
    logs: &Pair<Vec<u8>>,
    report: &Report,
    options: &Options,
    run: Run<'_>,
    wrong: &mut Vec<String>,
) {
    let untold = Options { pinned_pairs: Vec::new(), ..options.clone() };
    for side in Side::BOTH {
        let log = logs.on(side);
        match run(log, log, &untold) {
            Ok(own) if own.verdict == Verdict::Diverged => {
                wrong.push(format!("the {side} is diverged from its own copy"));
            }
            Ok(_) => {}
            Err(error) => wrong.push(error),
        }
    }
    if options.allow_prefix {
        return; // which side may be shorter is the one thing that has no mirror
    }
    let shown =
        options.pinned_pairs.iter().map(|keys| Pair::new(keys.candidate, keys.reference)).collect();
    let mirrored =
        run(&logs.candidate, &logs.reference, &Options { pinned_pairs: shown, ..options.clone() });
    if mirrored.is_ok_and(|mirrored| mirrored.verdict != report.verdict) {
        wrong.push("another verdict when the sides change places".to_owned());
    }
}

fn options(scenario: &Scenario) -> Options {
    let mut options = Options::default();
    for pair in scenario.shown("map").flat_map(str::split_whitespace) {
        let (reference, candidate) = pair.split_once('=').expect("map: REFERENCE=CANDIDATE");
        let key = |text: &str| LaneKey { process: None, thread: text.parse().unwrap() };
        options.pinned_pairs.push(Pair::new(key(reference), key(candidate)));
    }
    options.today = scenario.shown("today").last().map(|day| Date::parse(day).expect("a day"));
    for option in scenario.shown("options").flat_map(str::split_whitespace) {
        match option {
            "allow-prefix" => options.allow_prefix = true,
            other => panic!("`{}`: no option is called {other}", scenario.title),
        }
    }
    options
}

/// Compares what was typed with what the report says.
fn facts(scenario: &Scenario, report: &Report, wrong: &mut Vec<String>) {
    let mut all = |word: &str, found: Vec<String>| {
        let mut found = found;
        let mut shown: Vec<String> = scenario.shown(word).map(str::to_owned).collect();
        if word != "class" {
            found.sort();
            shown.sort();
        }
        if shown != found {
            let list =
                |facts: &[String]| if facts.is_empty() { "none".into() } else { facts.join(", ") };
            wrong.push(format!("{word}: told {}, found {}", list(&shown), list(&found)));
        }
    };
    all("verdict", vec![report.verdict.name().to_owned()]);
    all("class", report.origins.iter().map(|finding| finding.class.name().to_owned()).collect());
    all("excused", report.excused.iter().flat_map(excused).collect());
    all("unseen", report.unseen.iter().flat_map(unseen).collect());
    all("fault", Side::BOTH.into_iter().flat_map(|side| faults(report, side)).collect());
    let unpaired = report.unpaired.iter().map(|lane| format!("{} {}", lane.side, lane.name));
    all("unpaired", unpaired.collect());
    let clean = report.clean_runs.iter().filter(|clean| clean.excused > 0);
    all("clean-runs", clean.map(|clean| format!("× {}", clean.excused)).collect());
    all("known", report.known.iter().map(known).collect());
    let idle = report.waivers.iter().filter(|waiver| waiver.state != WaiverState::Used);
    all("waiver", idle.map(|waiver| format!("{} {}", waiver.state.name(), waiver.id)).collect());
    doubts(scenario, report, wrong);
    sites(scenario, report, wrong);
}

fn excused(excused: &forkpoint::report::Excused) -> Vec<String> {
    let mut shown = Vec::new();
    if excused.differences > 0 {
        shown.push(format!("{} × {}", excused.rule, excused.differences));
    }
    let Pair { reference, candidate } = excused.left_out;
    if (reference, candidate) != (0, 0) {
        shown.push(format!("{} {reference} ↔ {candidate}", excused.rule));
    }
    shown
}

fn unseen(unseen: &forkpoint::report::HiddenByRule) -> Vec<String> {
    let mut shown = Vec::new();
    let fields = unseen.fields.reference + unseen.fields.candidate;
    if fields > 0 {
        shown.push(format!("{} × {fields}", unseen.rule));
    }
    let Pair { reference, candidate } = unseen.events;
    if (reference, candidate) != (0, 0) {
        shown.push(format!("{} {reference} ↔ {candidate}", unseen.rule));
    }
    shown
}

fn known(known: &forkpoint::report::WaivedFinding) -> String {
    format!("{} {} × {}", known.finding.class.name(), known.waiver, known.count)
}

fn faults(report: &Report, side: Side) -> Vec<String> {
    let faults = report.inputs.on(side).faults.iter();
    faults.map(|fault| format!("{side} {} × {}", fault.kind, fault.count)).collect()
}

fn doubts(scenario: &Scenario, report: &Report, wrong: &mut Vec<String>) {
    let shown: Vec<&str> = scenario.shown("doubt").collect();
    for words in &shown {
        if !report.doubts.iter().any(|doubt| doubt.contains(words)) {
            wrong.push(format!("no doubt says `{words}`, but: {}", report.doubts.join("; ")));
        }
    }
    if shown.len() != report.doubts.len() && report.verdict != Verdict::Diverged {
        wrong.push(format!("{} doubts were told, found: {:#?}", shown.len(), report.doubts));
    }
}

/// Sites belong to the class above them.
fn sites(scenario: &Scenario, report: &Report, wrong: &mut Vec<String>) {
    let mut findings = report.origins.iter();
    let mut finding = None;
    let mut n_sites = 1;
    for (word, rest) in &scenario.shown {
        if word == "class" {
            if n_sites == 0 {
                wrong.push("a class without a site".to_owned());
            }
            (finding, n_sites) = (findings.next(), 0);
        } else if word == "site" {
            n_sites += 1;
            let sites = finding.map(|finding| finding.sites.iter()).into_iter().flatten();
            let sites: Vec<String> = sites
                .map(|site| format!("{} {}:{}", site.side, site.lane, site.event_idx))
                .collect();
            if !sites.contains(rest) {
                wrong.push(format!("site: told {rest}, found {}", sites.join(", ")));
            }
        }
    }
    if n_sites == 0 {
        wrong.push("a class without a site".to_owned());
    }
}

fn bless(file: &Path, text: &str, reports: &[((usize, usize), String)]) {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for ((start, end), report) in reports.iter().rev() {
        lines.splice(start..end, report.lines().map(str::to_owned));
    }
    if !reports.is_empty() {
        std::fs::write(file, lines.join("\n") + "\n").unwrap();
    }
}

fn typed_to_be_checked() {
    let misspelt = scenario::scenarios("## A\n\nverdikt: identical\n").unwrap_err();
    assert_eq!(misspelt, "line 3: an unknown fact: verdikt: identical");
    assert!(scenario::scenarios("## A\n```refrence\n```\n").unwrap_err().contains("unknown block"));
    assert!(scenario::scenarios("verdict: identical\n## A\n").is_err());
    assert!(scenario::scenarios("## A\n```reference\n6 call A\n").is_err());
    // What a file sets holds where a scenario says nothing else.
    let file = "profile: wine\n\n## A\n\nwithout: x\n\n## B\n\nprofile: linux\n";
    let profiles: Vec<Vec<String>> = scenario::scenarios(file)
        .unwrap()
        .iter()
        .map(|scenario| scenario.shown("profile").map(str::to_owned).collect())
        .collect();
    assert_eq!(profiles, [["wine"], ["linux"]]);
}

fn traps() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spec");
    let page = std::fs::read_to_string(folder.join("traps.md")).unwrap();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).skip(2).collect();
    assert!(rows.len() > 20, "only {} traps are named", rows.len());
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let (file, title) = cells[1].split_once(": ").unwrap_or_else(|| panic!("{row}"));
        let text = std::fs::read_to_string(folder.join(file)).unwrap_or_else(|_| panic!("{row}"));
        let is_there = text.lines().any(|line| line.strip_prefix("## ") == Some(title));
        assert!(is_there, "{file} has no scenario `{title}`");
    }
}

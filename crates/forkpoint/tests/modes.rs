//! Scenarios of the other ways to compare: several references, and the order of first appearances.
//!
//! They lie in tests/spec/modes and are written as those of tests/spec.rs. Several references are
//! blocks ```` ```reference named=a ````. These facts are besides those of tests/spec.rs:
//!
//! | fact | means |
//! | --- | --- |
//! | `mode: first-occurrence` | only the order in which names first appear |
//! | `over: all` | … of all threads together |
//! | `matched: 3` | this many names are equal from the start; of each order, in turn |
//! | `class: missing-call` | where an order parts; of each that does |
//! | `says: a return-value` | what a reference finds that the candidate must answer for; all are reported |
//! | `disputed: a return-value, as b` | a reference differs, and others have what the candidate has |
//! | `overruled: RULE a × 1` | what a rule took from a reference |
//! | `doubt: words` | a doubt that holds these words; all are reported |

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod notation;
mod scenario;

use std::path::Path;

use forkpoint::analysis::Options;
use forkpoint::first_calls::{Over, first_occurrences};
use forkpoint::multi_reference::{MultiReferenceReport, ReferenceRun, panel};
use forkpoint::pair::Pair;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::report::Verdict;
use forkpoint::scan::symbols::SymbolTable;
use scenario::Scenario;

#[test]
fn every_scenario_of_a_mode_comes_out_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spec/modes");
    let mut n_scenarios = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for scenario in scenario::scenarios(&text).unwrap_or_else(|why| panic!("{name}: {why}")) {
            n_scenarios += 1;
            let place = format!("{name}:{} {}", scenario.line, scenario.title);
            match scenario.shown("mode").last() {
                Some("first-occurrence") => check_firsts(&scenario, &place),
                Some(other) => panic!("{place}: no mode is called {other}"),
                None => check_panel(&scenario, &place),
            }
        }
    }
    assert!(n_scenarios >= 10, "only {n_scenarios} scenarios were found");
}

/// Reads a reference beside the candidate.
fn witness(scenario: &Scenario, name: &str, reference: &[u8]) -> ReferenceRun {
    let candidate = scenario.log("candidate");
    let logs = Pair::new(("reference.log", reference), ("candidate.log", &candidate[..]));
    let logs = logs.map(|(name, log)| vec![Source::of_bytes(name, log).unwrap()]);
    let profile = scenario.profile();
    let about = logs.as_ref().map(|log| read::about(log, &profile, None).unwrap());
    let profile = profile.with_visibility(about.as_ref());
    let table = SymbolTable::new(&profile);
    let traces = logs.map(|log| read::read(log, &profile, &table, ReadOptions::default()).unwrap());
    let symbols = table.finish();
    ReferenceRun { name: name.to_owned(), traces, symbols, profile }
}

/// All that was reported by a word is what was found.
fn same(scenario: &Scenario, place: &str, word: &str, found: impl IntoIterator<Item = String>) {
    let shown: Vec<&str> = scenario.shown(word).collect();
    let found: Vec<String> = found.into_iter().collect();
    assert_eq!(shown, found, "{place}: {word}");
}

fn doubts(scenario: &Scenario, place: &str, verdict: Verdict, found: &[String]) {
    let shown: Vec<&str> = scenario.shown("doubt").collect();
    for words in &shown {
        let is_said = found.iter().any(|doubt| doubt.contains(words));
        assert!(is_said, "{place}: no doubt says `{words}`: {found:?}");
    }
    assert!(shown.len() == found.len() || verdict == Verdict::Diverged, "{place}: {found:?}");
}

fn check_firsts(scenario: &Scenario, place: &str) {
    let ReferenceRun { traces, symbols, profile, .. } =
        witness(scenario, "reference", &scenario.log("reference"));
    let over = match scenario.shown("over").last() {
        Some("all") => Over::All,
        Some(other) => panic!("{place}: over all or nothing, not {other}"),
        None => Over::Lanes,
    };
    let firsts = first_occurrences(&traces, &symbols, &profile, &Options::default(), over);
    same(scenario, place, "verdict", vec![firsts.verdict.name().to_owned()]);
    let orders = firsts.orders.iter();
    same(scenario, place, "matched", orders.map(|order| order.matched.to_string()));
    let divergences = firsts.orders.iter().filter_map(|order| order.divergence.as_ref());
    let classes = divergences.map(|divergence| divergence.class.name().to_owned());
    same(scenario, place, "class", classes);
    doubts(scenario, place, firsts.verdict, &firsts.doubts);
}

fn check_panel(scenario: &Scenario, place: &str) {
    let witnesses: Vec<ReferenceRun> = scenario
        .blocks("reference")
        .map(|block| {
            let name = block.info.iter().find_map(|info| info.strip_prefix("named="));
            let name = name.unwrap_or_else(|| panic!("{place}: a reference without named="));
            witness(scenario, name, &block.log())
        })
        .collect();
    assert!(witnesses.len() > 1, "{place}: one reference is no panel");
    let panel = panel(&witnesses, &Options::default());
    same(scenario, place, "verdict", vec![panel.verdict.name().to_owned()]);
    let says = panel.references.iter().flat_map(|shown| {
        let origins = shown.report.origins.iter();
        origins.map(|found| format!("{} {}", shown.name, found.class.name()))
    });
    same(scenario, place, "says", says);
    same(scenario, place, "disputed", disputed(&panel));
    let overruled = panel.overruled.iter().map(|overruled| {
        let name = &panel.references[overruled.reference].name;
        format!("{} {name} × {}", overruled.rule, overruled.count)
    });
    same(scenario, place, "overruled", overruled);
    doubts(scenario, place, panel.verdict, &panel.doubts);
}

fn disputed(panel: &MultiReferenceReport) -> Vec<String> {
    let name = |reference: usize| panel.references[reference].name.as_str();
    let shown = panel.disagreements.iter().map(|dispute| {
        let agree: Vec<&str> = dispute.agree.iter().map(|&other| name(other)).collect();
        let class = dispute.finding.class.name();
        format!("{} {class}, as {}", name(dispute.reference), agree.join(" "))
    });
    shown.collect()
}

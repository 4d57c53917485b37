//! What holds for all logs: a copy is identical, the sides may change places, a planted change is
//! found where it was planted, and nothing but the events decides.
//!
//! Logs are drawn at random: up to three threads of a few kinds of event with few values, so that
//! repeats, near misses and ambiguous gaps are common.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "properties/naive.rs"]
mod naive;
#[path = "properties/random.rs"]
mod random;
mod two_logs;

use std::io::Write;

use forkpoint::analysis::{Class, Options};
use forkpoint::pair::{Pair, Side};
use forkpoint::profile::Profile;
use forkpoint::read::ReadOptions;
use forkpoint::render::{Format, TextOptions, to_string};
use forkpoint::report::{Report, Verdict};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{FileFailurePersistence, RngSeed};
use random::{Edit, Event, Layout};
use serde_json::Value;

/// What failed once is tried first; to be committed.
const REGRESSIONS: &str = "tests/properties/regressions.txt";

fn compare(reference: &[Event], candidate: &[Event], profile: &Profile) -> Report {
    let logs = [reference, candidate].map(|events| random::log(events, Layout::default()));
    compare_bytes(&[&logs[0]], &[&logs[1]], profile, ReadOptions::default())
}

fn compare_bytes(
    reference: &[&[u8]],
    candidate: &[&[u8]],
    profile: &Profile,
    read: ReadOptions<'_>,
) -> Report {
    let logs = Pair::new(reference.to_vec(), candidate.to_vec());
    two_logs::compare_bytes(&logs, profile, read, &Options::default()).unwrap()
}

fn profile(name: &str) -> Profile {
    Profile::load(name, &[]).unwrap()
}

/// The report as JSON, less these keys wherever they stand.
fn shown(report: &Report, less: &[&str]) -> Value {
    fn scrub(value: &mut Value, less: &[&str]) {
        match value {
            Value::Object(members) => {
                members.retain(|key, _| !less.contains(&key.as_str()));
                members.values_mut().for_each(|value| scrub(value, less));
            }
            Value::Array(values) => values.iter_mut().for_each(|value| scrub(value, less)),
            _ => {}
        }
    }
    let mut value = serde_json::from_slice(&bytes(report)).unwrap();
    scrub(&mut value, less);
    value
}

fn bytes(report: &Report) -> Vec<u8> {
    to_string(report, Format::Json, TextOptions::default()).into_bytes()
}

/// What the report says of each pair of lanes and of each finding, one side's words first.
fn outline(report: &Report, first: Side) -> Value {
    let both = |pair: Pair<String>| vec![pair.on(first).clone(), pair.on(first.other()).clone()];
    let mut lanes: Vec<_> = report
        .lanes
        .iter()
        .map(|lane| (both(lane.names.clone()), lane.matched, lane.class.map(shape)))
        .collect();
    lanes.sort();
    // Behind its first divergence a lane goes on at the nearest anchor; of two that are equally near one
    // is taken, so only what comes before is the same from both sides.
    let is_first = |place: usize| {
        let lane = report.origins[place].lane;
        lane.is_none_or(|lane| report.lanes[lane].finding == Some(place))
    };
    let mut findings: Vec<_> = report
        .origins
        .iter()
        .enumerate()
        .filter(|(place, _)| is_first(*place))
        .map(|(_, finding)| {
            let mut sites: Vec<_> = finding
                .sites
                .iter()
                .map(|site| (site.side == first, site.tid, site.event_idx, site.name.clone()))
                .collect();
            sites.sort();
            (shape(finding.class), sites)
        })
        .collect();
    findings.sort();
    let whole = report.verdict != Verdict::Diverged;
    let excused: Vec<_> = report
        .excused
        .iter()
        .filter(|_| whole)
        .map(|excused| {
            let left = both(excused.left_out.map(|count| count.to_string()));
            (excused.rule.clone(), excused.differences, left)
        })
        .collect();
    let mut unpaired: Vec<_> =
        report.unpaired.iter().map(|lane| (lane.side == first, lane.tid)).collect();
    unpaired.sort();
    serde_json::json!({
        "verdict": report.verdict.name(),
        "lanes": lanes,
        "findings": findings,
        "excused": excused,
        "unpaired": unpaired,
        "matched": whole.then_some(report.matched),
    })
}

/// A class as it is when the sides change places: what one leaves out the other has more.
fn shape(class: Class) -> &'static str {
    match class {
        Class::MissingCall | Class::ExtraCall => "one side more",
        // Which of two equally near anchors is taken decides between these.
        Class::Reordered | Class::DifferentCall => "other events",
        class => class.name(),
    }
}

/// A built-in profile without its rules that follow objects.
fn without_objects(name: &str) -> Profile {
    let follows = |rule: &forkpoint::profile::Rule| rule.object.is_some();
    let rules = profile(name).rules;
    let ids: Vec<String> =
        rules.iter().filter(|rule| follows(rule)).map(|rule| rule.id.to_string()).collect();
    Profile::load(name, &ids).unwrap()
}

/// The same draws in every run, so that a change is never blamed for what another did. To draw
/// others, and more: `PROPTEST_RNG_SEED=7 PROPTEST_CASES=5000 cargo test --test properties`.
fn config() -> ProptestConfig {
    let from_environment = ProptestConfig::default();
    let is_set = |name: &str| std::env::var_os(name).is_some();
    let seed =
        if is_set("PROPTEST_RNG_SEED") { from_environment.rng_seed } else { RngSeed::Fixed(1) };
    ProptestConfig {
        cases: if is_set("PROPTEST_CASES") { from_environment.cases } else { 128 },
        rng_seed: seed,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(REGRESSIONS))),
        ..from_environment
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_copy_is_identical(events in random::events()) {
        for name in ["strict", "xenia"] {
            // A log may end inside a call: then no more than what there is can be equal.
            let log = random::log(&events, Layout::default());
            let logs = Pair::new(vec![&log[..]], vec![&log[..]]);
            let options = Options { allow_prefix: true, ..Options::default() };
            let read = ReadOptions::default();
            let report = two_logs::compare_bytes(&logs, &profile(name), read, &options).unwrap();
            let equal = matches!(report.verdict, Verdict::Identical | Verdict::Prefix);
            prop_assert!(equal, "{:#?} {:#?}", report.origins, report.doubts);
            prop_assert!(report.excused.iter().all(|excused| excused.differences == 0));
        }
    }

    #[test]
    fn the_sides_may_change_places((events, edits) in random::edited()) {
        let other = random::edit(&events, &edits);
        for name in ["strict", "xenia"] {
            let profile = profile(name);
            let report = compare(&events, &other, &profile);
            let mirrored = compare(&other, &events, &profile);
            prop_assert_eq!(outline(&report, Side::Reference), outline(&mirrored, Side::Candidate));
        }
    }

    #[test]
    fn a_planted_change_is_found_where_it_was_planted(
        (events, at) in random::events_with_returns(),
    ) {
        let at = random::nth_return(&events, at);
        let mut other = events.clone();
        other[at].payload["return_value"] = Value::from(77);
        for name in ["strict", "xenia"] {
            let report = compare(&events, &other, &profile(name));
            prop_assert_eq!(report.verdict, Verdict::Diverged);
            prop_assert_eq!(report.origins.len(), 1);
            // In a run of equal events the nearest anchor may as well skip one.
            let class = report.origins[0].class;
            prop_assert!(class == Class::ReturnValue || random::is_followed_by_its_equal(&events, at));
            for site in &report.origins[0].sites {
                prop_assert_eq!((site.tid, site.event_idx), (events[at].thread, events[at].index));
                prop_assert_eq!(site.line, at as u64 + 2);
            }
            prop_assert_eq!(report.origins[0].sites.len(), 2);
        }
    }

    #[test]
    fn the_walk_agrees_with_one_that_is_obviously_right((events, edits) in random::edited()) {
        let other = random::edit(&events, &edits);
        let report = compare(&events, &other, &Profile::parse("naive", naive::PROFILE, &[]).unwrap());
        let naive = naive::divergences(&events, &other);
        prop_assert_eq!(report.lanes.len(), naive.len());
        for lane in &report.lanes {
            let (matched, divergence) = &naive[&lane.tids.reference];
            prop_assert_eq!(lane.tids.reference, lane.tids.candidate);
            prop_assert_eq!(lane.matched, *matched as u64);
            let all = report.origins.iter().chain(&report.consequences);
            let tids = (lane.tids.reference, lane.tids.candidate);
            let mine = all.filter(|finding| {
                finding.lane.is_some_and(|lane| {
                    let lane = &report.lanes[lane];
                    (lane.tids.reference, lane.tids.candidate) == tids
                })
            });
            let finding = mine.min_by_key(|finding| {
                finding.sites.iter().map(|site| site.event_idx).collect::<Vec<_>>()
            });
            prop_assert_eq!(finding.is_some(), divergence.is_some());
            if let (Some(finding), Some(divergence)) = (finding, divergence) {
                // The naive aligner knows neither loops nor other lanes.
                let plainer = match finding.class {
                    Class::RepeatCount if divergence.classes.contains("missing-call") => "missing-call",
                    Class::RepeatCount => "extra-call",
                    Class::Crash => "cut",
                    class => class.name(),
                };
                prop_assert!(
                    divergence.classes.contains(plainer),
                    "{} is none of {:?}", finding.class.name(), divergence.classes
                );
                let sites = Side::BOTH.map(|side| {
                    finding.sites.iter().find(|site| site.side == side).map(|site| site.event_idx)
                });
                prop_assert_eq!(sites, [divergence.indices.reference, divergence.indices.candidate]);
            }
        }
        let parts = naive.values().any(|(_, divergence)| divergence.is_some());
        prop_assert_eq!(report.verdict == Verdict::Diverged, parts);
    }

    #[test]
    fn borders_of_blocks_and_threads_change_nothing(
        (events, edits) in random::edited(), block in 1_usize..400, layout in any::<u64>(),
    ) {
        let other = random::edit(&events, &edits);
        let layout = Layout { crlf: layout % 3 == 0, ..Layout::default() };
        let logs = [&events, &other].map(|events| random::log(events, layout));
        let profile = profile("xenia");
        let run = |threads: usize, block: usize| {
            let read = ReadOptions { threads, block, ..ReadOptions::default() };
            bytes(&compare_bytes(&[&logs[0]], &[&logs[1]], &profile, read))
        };
        let whole = run(1, forkpoint::scan::block::BLOCK);
        for (threads, block) in [(2, forkpoint::scan::block::BLOCK), (1, block), (2, block), (5, block), (3, 1)] {
            prop_assert!(run(threads, block) == whole, "{threads} threads, blocks of {block}");
        }
    }

    #[test]
    fn packing_changes_nothing((events, edits) in random::edited(), block in 1_usize..400) {
        let other = random::edit(&events, &edits);
        let logs = [&events, &other].map(|events| random::log(events, Layout::default()));
        let profile = profile("xenia");
        let plain = bytes(&compare_bytes(&[&logs[0]], &[&logs[1]], &profile, ReadOptions::default()));
        let gzip = |bytes: &[u8]| {
            let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            out.write_all(bytes).unwrap();
            out.finish().unwrap()
        };
        // Members and frames may follow one another, wherever the log is cut.
        let cut = logs[1].len() / 2;
        let several = [gzip(&logs[1][..cut]), gzip(&logs[1][cut..])].concat();
        let zstd = zstd::encode_all(&logs[0][..], 1).unwrap();
        for block in [block, forkpoint::scan::block::BLOCK] {
            let read = ReadOptions { block, ..ReadOptions::default() };
            prop_assert!(bytes(&compare_bytes(&[&zstd], &[&several], &profile, read)) == plain);
            prop_assert!(bytes(&compare_bytes(&[&gzip(&logs[0])], &[&logs[1]], &profile, read)) == plain);
        }
    }

    #[test]
    fn how_lanes_interleave_changes_nothing((events, edits) in random::edited(), seed in any::<u64>()) {
        let other = random::edit(&events, &edits);
        let less = ["line"];
        // Objects are followed through the log in its order: mixed at random, an object may be used
        // before it is created, so the rules that follow them do not hold here.
        for name in ["strict", "xenia"] {
            let profile = without_objects(name);
            let report = shown(&compare(&events, &other, &profile), &less);
            let mixed = compare(&random::interleave(&events, seed), &random::interleave(&other, !seed), &profile);
            prop_assert_eq!(&shown(&mixed, &less), &report);
        }
    }

    #[test]
    fn how_lines_are_written_changes_nothing((events, edits) in random::edited(), seed in any::<u64>()) {
        let other = random::edit(&events, &edits);
        let profile = profile("xenia");
        // What shows the line itself may differ, and empty lines are counted.
        let less = ["bytes", "raw", "canonical", "lines", "line", "not_compared"];
        let report = shown(&compare(&events, &other, &profile), &less);
        let layouts = [
            Layout { crlf: true, ..Layout::default() },
            Layout { rotate: seed as usize % 7, ..Layout::default() },
            Layout { blanks: true, ..Layout::default() },
            Layout { mark: true, no_last_end: true, ..Layout::default() },
            Layout { nulls: true, ..Layout::default() },
        ];
        for layout in layouts {
            let log = random::log(&other, layout);
            let plain = random::log(&events, Layout::default());
            let written = compare_bytes(&[&plain], &[&log], &profile, ReadOptions::default());
            prop_assert_eq!(&shown(&written, &less), &report, "{:?}", layout);
        }
    }

    #[test]
    fn splitting_into_files_changes_nothing(
        (events, edits) in random::edited(), at in any::<prop::sample::Index>(), header in any::<bool>(),
    ) {
        let other = random::edit(&events, &edits);
        let profile = profile("xenia");
        let less = ["line", "lines", "bytes", "files"];
        let report = shown(&compare(&events, &other, &profile), &less);
        let logs = [&events, &other].map(|events| random::log(events, Layout::default()));
        let ends: Vec<usize> =
            (0..logs[1].len()).filter(|&at| logs[1][at] == b'\n').map(|at| at + 1).collect();
        let (first, second) = logs[1].split_at(ends[at.index(ends.len())]);
        // A later file may have a header of its own, or none.
        let start = logs[1].iter().position(|&byte| byte == b'\n').unwrap() + 1;
        let second = if header { [&logs[1][..start], second].concat() } else { second.to_vec() };
        let split = compare_bytes(&[&logs[0]], &[first, &second], &profile, ReadOptions::default());
        prop_assert_eq!(shown(&split, &less), report);
    }
}

#[test]
fn edits_of_every_kind_are_drawn() {
    // A property over edits that change nothing would hold for nothing.
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..200 {
        let (events, edits) = random::edited().new_tree(&mut runner).unwrap().current();
        let other = random::edit(&events, &edits);
        seen.insert(compare(&events, &other, &profile("xenia")).verdict.name());
        seen.extend(edits.iter().map(|(_, edit)| match edit {
            Edit::Change => "change",
            Edit::Delete => "delete",
            Edit::Repeat => "repeat",
            Edit::Swap => "swap",
            Edit::Noise => "noise",
        }));
    }
    let all = ["change", "delete", "diverged", "identical", "noise", "repeat", "swap"];
    assert!(all.iter().all(|word| seen.contains(word)), "{seen:?}");
}

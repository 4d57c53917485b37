//! Runs of one engine teach what varies by itself, and nothing more.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod two_logs;

use std::fmt::Write as _;

use forkpoint::analysis::Options;
use forkpoint::error::Error;
use forkpoint::learn::{Learned, Logs, Subject, Target, learn};
use forkpoint::logs::compare;
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::{self, ReadOptions};
use forkpoint::report::{Report, Verdict};
use forkpoint::scan::symbols::SymbolTable;

/// One run of a program that polls, reads a clock, and reads a file; `polls` and `clock` vary, and so
/// may what the file gives.
fn run(polls: usize, clock: u64, read: u64, extra: bool) -> String {
    let mut text = "{\"kind\":\"schema_version\",\"schema_version\":1}\n".to_owned();
    let mut index = 0;
    let mut call = |name: &str, value: u64| {
        for (kind, value) in [("kernel.call", None), ("kernel.return", Some(value))] {
            let value = value.map(|v| format!(",\"return_value\":{v}")).unwrap_or_default();
            let _ = writeln!(
                text,
                "{{\"kind\":\"{kind}\",\"tid\":1,\"tid_event_idx\":{index},\"payload\":{{\"name\":\"{name}\"{value}}}}}"
            );
            index += 1;
        }
    };
    call("Open", 4);
    for _ in 0..polls {
        call("Sleep", 0);
        call("Poll", 259);
    }
    call("Sleep", 0);
    call("Poll", 0);
    call("Clock", clock);
    call("Read", read);
    for _ in 0..3 {
        call("Work", 1);
        if extra {
            call("Trim", 0);
        }
        call("Rest", 1);
    }
    call("Close", 0);
    text
}

fn files(logs: &[String]) -> (tempfile::TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let paths = (0..logs.len()).map(|n| folder.path().join(format!("{n}.jsonl")));
    let paths: Vec<String> = paths.map(|path| path.to_string_lossy().into_owned()).collect();
    for (path, log) in paths.iter().zip(logs) {
        std::fs::write(path, log).unwrap();
    }
    (folder, paths)
}

fn learned(logs: &[String]) -> Learned {
    let (_folder, paths) = files(logs);
    let target = Target { base: "xenia", file: "learned.toml", runs: &paths };
    learn(&target, &mut |profile, run| {
        Ok::<_, Error>(read(profile, Pair::new(&paths[0], &paths[run])))
    })
    .unwrap()
}

fn read(profile: &Profile, paths: Pair<&String>) -> Logs {
    let table = SymbolTable::new(profile);
    let traces = paths.map(|path| {
        let source = read::open(std::slice::from_ref(path)).unwrap();
        read::read(source, profile, &table, ReadOptions::default()).unwrap()
    });
    (traces, table.finish())
}

fn compared(profile: &Profile, logs: &[String; 2]) -> Report {
    let (_folder, paths) = files(logs);
    let (traces, symbols) = read(profile, Pair::new(&paths[0], &paths[1]));
    compare(&traces, &symbols, profile, &Options::default())
}

fn field(name: &str) -> Subject {
    Subject::Field(("kernel.return".into(), Some(name.into())), "return_value".into())
}

#[test]
fn runs_that_are_equal_teach_nothing() {
    let learned = learned(&[run(2, 7, 5, false), run(2, 7, 5, false)]);
    assert!(learned.proposals.is_empty());
    assert_eq!(learned.verdicts, [(Verdict::Identical, None)]);
}

#[test]
fn a_loop_and_a_clock_are_learned_and_a_steady_value_is_not() {
    let learned = learned(&[run(3, 7, 5, false), run(0, 9, 5, false), run(5, 11, 5, false)]);
    let subjects: Vec<&Subject> = learned.proposals.keys().collect();
    let event = |kind: &str, name: &str| (kind.to_owned(), Some(name.to_owned()));
    let body = vec![
        event("kernel.call", "Sleep"),
        event("kernel.return", "Sleep"),
        event("kernel.call", "Poll"),
        event("kernel.return", "Poll"),
    ];
    assert_eq!(subjects, [&Subject::Loop(body), &field("Clock")]);
    assert!(learned.verdicts.iter().all(|(verdict, _)| *verdict == Verdict::Identical));
    let support = &learned.proposals[&field("Clock")];
    assert_eq!((support.seen, support.of), (2, 1));
    assert_eq!(support.runs.iter().copied().collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn a_function_that_comes_and_goes_is_proposed_to_float() {
    let learned = learned(&[run(1, 7, 5, true), run(1, 7, 5, false)]);
    let kinds = ["kernel.call", "kernel.return"].map(str::to_owned).into();
    let subjects: Vec<&Subject> = learned.proposals.keys().collect();
    assert_eq!(subjects, [&Subject::Presence(kinds, Some("Trim".into()))]);
    assert_eq!(learned.verdicts[0].0, Verdict::Identical);
}

#[test]
fn what_was_learned_excuses_noise_and_finds_a_change() {
    let learned = learned(&[run(3, 7, 5, false), run(0, 9, 5, false)]);
    let profile = Profile::parse("learned.toml", &learned.text, &[]).unwrap();
    let verdict = |candidate| compared(&profile, &[run(2, 100, 5, false), candidate]);
    let noise = verdict(run(6, 200, 5, false));
    assert_eq!(noise.verdict, Verdict::Identical, "{:#?} {:?}", noise.origins, noise.doubts);
    let changed = verdict(run(6, 200, 6, false));
    assert_eq!(changed.verdict, Verdict::Diverged);
    assert_eq!(changed.origins[0].sites[0].name, "kernel.return Read");
}

#[test]
fn text_from_logs_stays_text_in_the_profile() {
    let odd = |clock| run(1, clock, 5, false).replace("Clock", r#"Cl\"]]\n[[skip]]\u001b"#);
    let learned = learned(&[odd(1), odd(2)]);
    assert_eq!(learned.proposals.len(), 1);
    let profile = Profile::parse("learned.toml", &learned.text, &[]).unwrap();
    let base = Profile::load("xenia", &[]).unwrap();
    assert_eq!(profile.rules.len(), base.rules.len() + 1);
    assert_eq!(learned.verdicts[0].0, Verdict::Identical);
}

#[test]
fn a_candidate_that_ends_inside_a_loop_ends_there() {
    let learned = learned(&[run(3, 7, 5, false), run(0, 9, 5, false)]);
    let profile = Profile::parse("learned.toml", &learned.text, &[]).unwrap();
    let whole = run(9, 7, 5, false);
    // The header, Open, four rounds, Sleep, and the call of Poll.
    let cut: String = whole.lines().take(1 + 2 + 4 * 4 + 3).map(|l| format!("{l}\n")).collect();
    let report = compared(&profile, &[run(2, 7, 5, false), cut]);
    assert_eq!(report.origins.len(), 1);
    assert_eq!(report.origins[0].class.name(), "cut");
    let site = report.origins[0].sites.iter().find(|site| site.side.name() == "candidate").unwrap();
    assert_eq!((site.name.as_str(), site.event_idx), ("kernel.call Poll", 20));
}

/// A log of calls alone, as an engine writes it that cannot tell more.
fn calls_only(log: &str) -> String {
    let calls = log.lines().filter(|line| !line.contains("kernel.return"));
    let renumbered = calls.enumerate().map(|(n, line)| match line.find("\"tid_event_idx\":") {
        Some(at) => {
            let (before, rest) = line.split_at(at);
            let after = rest.find(',').map_or("", |comma| &rest[comma..]);
            format!("{before}\"tid_event_idx\":{}{after}\n", n - 1)
        }
        None => line.replace("}", ",\"engine\":\"terse\"}") + "\n",
    });
    renumbered.collect()
}

#[test]
fn a_visible_set_that_was_seen_holds_for_that_engine_and_hides_no_missing_call() {
    let full = run(2, 7, 5, true);
    let terse = calls_only(&full);
    let (_folder, paths) = files(std::slice::from_ref(&terse));
    let base = Profile::load("xenia", &[]).unwrap();
    let table = SymbolTable::new(&base);
    let source = read::open(&paths).unwrap();
    let trace = read::read(source, &base, &table, ReadOptions::default()).unwrap();
    let set = forkpoint::learn::visible::seen(&[trace], &table.finish());
    let target = Target { base: "xenia", file: "learned.toml", runs: &paths };
    let text = forkpoint::learn::visible::profile(&target, &set);
    let profile = Profile::parse("learned.toml", &text, &[]).unwrap();
    let shown = |log: &str, without: &[String]| {
        let profile = Profile::parse("learned.toml", &text, without).unwrap();
        let logs = Pair::new(vec![full.as_bytes()], vec![log.as_bytes()]);
        let (read, options) = (ReadOptions::default(), Options::default());
        two_logs::compare_bytes(&logs, &profile, read, &options).unwrap()
    };
    let report = shown(&terse, &[]);
    assert_eq!(report.verdict, Verdict::Identical, "{:?}", report.doubts);
    let n_calls = terse.lines().count() as u64 - 1;
    assert_eq!(report.matched, n_calls);
    assert_eq!(report.unseen[0].events, Pair::new(n_calls, 0));
    // One call that is left out is missing all the same, though its like was seen elsewhere.
    let read = terse.find("\"name\":\"Read\"").unwrap();
    let line = terse[..read].rfind('\n').unwrap() + 1;
    let end = line + terse[line..].find('\n').unwrap() + 1;
    let without_read = format!("{}{}", &terse[..line], &terse[end..]);
    assert_eq!(shown(&without_read, &[]).verdict, Verdict::Diverged);
    assert_eq!(shown(&terse, &["seen-events".to_owned()]).verdict, Verdict::Diverged);
    // Of the other engine's own logs nothing is hidden.
    assert!(profile.rules.iter().any(|rule| rule.id == "seen-fields-kernel-call"));
    assert_eq!(shown(&full, &[]).verdict, Verdict::Identical);
    assert!(shown(&full, &[]).unseen.is_empty());
}

#[test]
fn a_learned_set_is_a_profile_whatever_the_names_hold() {
    let log = concat!(
        "{\"kind\":\"schema_version\",\"schema_version\":1,\"engine\":\"a\\\"b\\n\"}\n",
        "{\"kind\":\"odd kind\",\"tid\":1,\"tid_event_idx\":0,\"payload\":{\"name\":\"x\\\"] y\",\"\":1}}\n",
        "{\"kind\":\"\",\"tid\":1,\"tid_event_idx\":1,\"payload\":{\"q\\u0000\":null}}\n",
    );
    let (_folder, paths) = files(&[log.to_owned()]);
    let base = Profile::load("strict", &[]).unwrap();
    let table = SymbolTable::new(&base);
    let source = read::open(&paths).unwrap();
    let trace = read::read(source, &base, &table, ReadOptions::default()).unwrap();
    let set = forkpoint::learn::visible::seen(&[trace], &table.finish());
    let target = Target { base: "strict", file: "learned.toml", runs: &paths };
    let text = forkpoint::learn::visible::profile(&target, &set);
    let profile = Profile::parse("learned.toml", &text, &[]).unwrap();
    let logs = Pair::new(vec![log.as_bytes()], vec![log.as_bytes()]);
    let (read, options) = (ReadOptions::default(), Options::default());
    let report = two_logs::compare_bytes(&logs, &profile, read, &options).unwrap();
    assert_eq!(
        (report.verdict, report.unseen.len()),
        (Verdict::Identical, 0),
        "{:?}",
        report.doubts
    );
}

#[test]
fn many_names_of_one_sort_become_one_pattern() {
    let log = |end: &str| {
        let mut text = "{\"kind\":\"schema_version\",\"schema_version\":1}\n".to_owned();
        for index in 0..300 {
            let payload = match index % 3 {
                0 => format!("{{\"name\":\"Open\",\"path\":\"/tmp/t{index:05}{end}\"}}"),
                step => format!("{{\"name\":\"Step{step}\"}}"),
            };
            let _ = writeln!(
                text,
                "{{\"kind\":\"kernel.call\",\"tid\":1,\"tid_event_idx\":{index},\"payload\":{payload}}}"
            );
        }
        text
    };
    let learned = learned(&[log("aX"), log("bY")]);
    assert!(learned.text.contains(r#"like = ["/tmp/t00*"]"#), "{}", learned.text);
    assert!(learned.verdicts.iter().all(|(verdict, _)| *verdict == Verdict::Identical));
}

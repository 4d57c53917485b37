//! What CI systems use: the gate, exit codes for bisection, reports in their formats, the summary of a job.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

fn run(folder: &Path, args: &str) -> (i32, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_forkpoint"))
        .current_dir(folder)
        .args(args.split(' '))
        .env("GITHUB_STEP_SUMMARY", folder.join("summary.md"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = [run.stdout, run.stderr].concat();
    (run.status.code().unwrap(), String::from_utf8(said).unwrap())
}

/// A thread of calls; each result as given.
fn log(results: &[u8]) -> String {
    let calls = ["getuid", "geteuid", "getgid", "getegid", "getppid"];
    let line = |(nth, result): (usize, &u8)| format!("7 {}() = {result}\n", calls[nth % 5]);
    results.iter().enumerate().map(line).collect()
}

/// Writes the report of a build; returns its name.
fn build(folder: &Path, name: &str, results: &[u8]) -> String {
    std::fs::write(folder.join("reference"), log(&[0; 20])).unwrap();
    std::fs::write(folder.join(name), log(results)).unwrap();
    let (code, said) = run(folder, &format!("diff reference {name} --format json -o {name}.json"));
    assert!(code < 2, "{said}");
    format!("{name}.json")
}

fn with(results: &[(usize, u8)]) -> Vec<u8> {
    let mut all = vec![0; 20];
    results.iter().for_each(|&(nth, result)| all[nth] = result);
    all
}

#[test]
fn a_gate_fails_for_what_is_new_and_says_what_got_better() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let base = build(folder, "base", &with(&[(10, 1)]));
    let same = build(folder, "same", &with(&[(10, 1)]));
    // One origin as before: by count the other build would pass, too.
    let other = build(folder, "other", &with(&[(12, 3)]));
    let early = build(folder, "early", &with(&[(5, 1), (10, 1)]));
    let good = build(folder, "good", &with(&[]));
    let (code, said) = run(folder, &format!("gate {base} {same}"));
    assert_eq!((code, said.starts_with("passed")), (0, true), "{said}");
    let (code, said) = run(folder, &format!("gate {base} {other}"));
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("new-origin") && said.contains("getgid returns"), "{said}");
    assert!(said.contains("origin-gone") && said.contains("longer-prefix"), "{said}");
    let (code, said) = run(folder, &format!("gate {base} {early}"));
    assert_eq!(code, 1, "the same finding, but earlier: {said}");
    assert!(said.contains("agrees for 5 events, where it did for 10"), "{said}");
    let (code, said) = run(folder, &format!("gate {base} {good}"));
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("origin-gone"), "{said}");
    let (code, _) = run(folder, &format!("gate {good} {base}"));
    assert_eq!(code, 1);
    let (code, junit) = run(folder, &format!("gate {base} {other} --format junit"));
    assert!(code == 1 && junit.contains("<failure"), "{junit}");
}

#[test]
fn a_gate_refuses_what_it_cannot_judge() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let base = build(folder, "base", &with(&[]));
    std::fs::write(folder.join("torn"), "7 getuid() = 0\n7 geteuid(\n").unwrap();
    run(folder, "diff torn torn --format json -o torn.json");
    for (args, code, bisected) in [
        (format!("gate {base} torn.json"), 3, 125),
        ("gate torn.json torn.json".to_owned(), 3, 125),
        (format!("gate {base} reference"), 2, 125),
        (format!("gate none.json {base}"), 2, 125),
    ] {
        let (found, said) = run(folder, &args);
        assert_eq!(found, code, "{args}: {said}");
        assert_eq!(run(folder, &format!("{args} --bisect")).0, bisected, "{args}");
    }
    run(folder, "diff reference base --profile strict --format json -o strict.json");
    let (code, said) = run(folder, &format!("gate {base} strict.json"));
    assert!(code == 2 && said.contains("profile linux, the report by strict"), "{said}");
}

#[test]
fn a_waiver_that_is_not_needed_any_more_fails() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let profile = "name = \"own\"\nabout = \"o\"\nextends = \"linux\"\n[[waiver]]\nid = \"w\"\nbug = \"B-1\"\nname = \"getuid\"\n";
    std::fs::write(folder.join("own.toml"), profile).unwrap();
    for (name, results) in [("used", with(&[(5, 1)])), ("stale", with(&[]))] {
        build(folder, name, &results);
        let args =
            format!("diff reference {name} --profile ./own.toml --format json -o {name}.json");
        let (code, said) = run(folder, &args);
        assert_eq!(code, 0, "{said}");
    }
    assert_eq!(run(folder, "gate used.json used.json").0, 0);
    let (code, said) = run(folder, "gate used.json stale.json");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("stale-waiver") && said.contains("waiver w is stale"), "{said}");
}

#[test]
fn exit_codes_for_bisection_pass_over_what_cannot_be_judged() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    build(folder, "bad", &with(&[(3, 1)]));
    std::fs::write(folder.join("torn"), "7 getuid() = 0\n7 geteuid(\n").unwrap();
    for (args, code) in [
        ("diff reference reference2 --bisect", 0),
        ("diff reference bad --bisect", 1),
        ("diff torn torn --bisect", 125),
        ("diff reference none --bisect", 125),
    ] {
        std::fs::copy(folder.join("reference"), folder.join("reference2")).unwrap();
        let (found, said) = run(folder, args);
        assert_eq!(found, code, "{args}: {said}");
    }
}

#[test]
fn reports_for_ci_systems_name_the_place_and_fail_with_the_comparison() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    build(folder, "bad", &with(&[(3, 1)]));
    let (_, sarif) = run(folder, "diff reference bad --format sarif");
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "bad", "{sarif}");
    assert_eq!(place["region"]["startLine"], 4, "{sarif}");
    let (_, gitlab) = run(folder, "diff reference bad --format gitlab");
    let gitlab: Value = serde_json::from_str(&gitlab).unwrap();
    assert_eq!(gitlab[0]["location"]["lines"]["begin"], 4, "{gitlab}");
    for format in ["sarif", "gitlab"] {
        let (code, said) = run(folder, &format!("check bad --format {format}"));
        assert!(code == 2 && said.contains("is for `diff`"), "{said}");
    }
}

#[test]
fn the_summary_of_a_job_is_appended_and_stays_below_a_mebibyte() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    build(folder, "bad", &with(&[(3, 1)]));
    let summary = folder.join("summary.md");
    std::fs::write(&summary, "before\n").unwrap();
    let (_, said) = run(folder, "diff reference bad --format github");
    assert!(said.starts_with("::error "), "{said}");
    let page = std::fs::read_to_string(&summary).unwrap();
    assert!(page.starts_with("before\n# diverged"), "{page}");
    std::fs::write(&summary, "x".repeat((1 << 20) - 300)).unwrap();
    run(folder, "diff reference bad --format github");
    let page = std::fs::read_to_string(&summary).unwrap();
    assert!(page.len() <= 1 << 20 && page.ends_with("shows no more.)\n"), "{}", page.len());
}

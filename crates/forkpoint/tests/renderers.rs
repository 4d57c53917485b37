//! The same reports through every renderer: text without colour and with it, Markdown, JSON.
//!
//! `FORKPOINT_BLESS=1 cargo test -p forkpoint --test renderers` writes the snapshots of
//! tests/renderers and docs/report.schema.json; read their diff.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod notation;
mod schema;
mod two_logs;

use std::path::Path;

use forkpoint::analysis::Options;
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::ReadOptions;
use forkpoint::render::{Extent, Format, TextOptions, json, to_string};
use forkpoint::report::{Report, Verdict};
use serde_json::Value;

/// What all renderers must tell: two divergences, an excuse, a lane without partner, a damaged line,
/// engine-local events, and text that would steer a terminal.
fn diverged() -> Report {
    let reference = "
        6 call NtOpenFile args.r3=0x10
        6 return NtOpenFile return_value=0
        6 call RtlAllocateHeap args.r5=64
        6 return RtlAllocateHeap return_value=0x40001000
        6 signal.match x=1
        6 call NtReadFile args.path=\"a|`b`<c>\\u001b[31m\" args.length=512
        6 return NtReadFile return_value=0
        7 call Worker
        7 wait.begin timeout=-1
        7 wait.end status=0
        7 return Worker return_value=0
        9 guest.note x=1
        9 guest.note x=2
    ";
    let candidate = "
        1 call NtOpenFile args.r3=0x10
        1 return NtOpenFile return_value=0
        1 call RtlAllocateHeap args.r5=64
        1 return RtlAllocateHeap return_value=0x82001000
        1 call NtReadFile args.path=\"a|`b`<c>\\u001b[31m\" args.length=256
        1 return NtReadFile return_value=0
        {\"kind\":\"kernel.call\",\"tid\":1,,}
        2 call Worker
        2 wait.begin timeout=-1
    ";
    compare(reference, candidate, "xenia")
}

fn identical() -> Report {
    let log = |handle: &str| {
        format!("6 handle.create raw_handle_id={handle} object_type=1\n6 call A\n6 return A\n")
    };
    compare(&log("0x10"), &log("0x24"), "strict")
}

fn inconclusive() -> Report {
    let log = "6 call A\n6 return A\n";
    compare(log, &format!("{log}{{\"kind\":\"kernel.call\"}}\n"), "strict")
}

fn compare(reference: &str, candidate: &str, profile: &str) -> Report {
    let logs = [notation::log(reference), notation::log(candidate)];
    let logs = Pair::new(vec![logs[0].as_bytes()], vec![logs[1].as_bytes()]);
    let profile = Profile::load(profile, &[]).unwrap();
    two_logs::compare_bytes(&logs, &profile, ReadOptions::default(), &Options::default()).unwrap()
}

fn reports() -> [(&'static str, Report); 3] {
    [("diverged", diverged()), ("identical", identical()), ("inconclusive", inconclusive())]
}

fn plain(report: &Report, format: Format) -> String {
    to_string(report, format, TextOptions::default())
}

fn as_text(report: &Report, colour: bool, width: Option<usize>) -> String {
    to_string(report, Format::Text, TextOptions { colour, width, ..TextOptions::default() })
}

/// Compares with a file beside this crate, or writes it.
fn equals(file: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("FORKPOINT_BLESS").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stands == found, "{file} is another now (FORKPOINT_BLESS=1 takes it over):\n{found}");
}

#[test]
fn every_renderer_tells_what_its_snapshot_shows() {
    for (name, report) in reports() {
        assert_eq!(report.verdict.name(), name);
        equals(&format!("tests/renderers/{name}.txt"), &as_text(&report, false, Some(100)));
        let options =
            TextOptions { width: Some(100), shown: Extent::FULL, ..TextOptions::default() };
        let full = to_string(&report, Format::Text, options);
        equals(&format!("tests/renderers/{name}.full.txt"), &full);
        // Escapes are spelled out so that a diff can be read.
        let ansi = as_text(&report, true, Some(100)).replace('\u{1b}', "␛");
        equals(&format!("tests/renderers/{name}.ansi.txt"), &ansi);
        equals(&format!("tests/renderers/{name}.md"), &plain(&report, Format::Markdown));
        equals(&format!("tests/renderers/{name}.json"), &plain(&report, Format::Json));
        equals(&format!("tests/renderers/{name}.junit.xml"), &plain(&report, Format::Junit));
        equals(&format!("tests/renderers/{name}.github.txt"), &plain(&report, Format::Github));
    }
}

#[test]
fn what_is_not_identical_passes_no_ci() {
    for (name, report) in reports() {
        let passes = name == "identical";
        let junit = plain(&report, Format::Junit);
        assert_eq!(!junit.contains("<failure") && !junit.contains("<error"), passes, "{junit}");
        let github = plain(&report, Format::Github);
        assert_eq!(github.starts_with("::notice"), passes, "{github}");
    }
}

#[test]
fn a_page_of_html_says_the_same_and_holds_the_report() {
    for (name, report) in reports() {
        let page = plain(&report, Format::Html);
        let found = forkpoint::render::html::extract(page.as_bytes()).unwrap().unwrap();
        assert_eq!(String::from_utf8(found).unwrap(), plain(&report, Format::Json));
        let (shown, _) = page.split_once("<script").unwrap();
        assert!(shown.contains(&format!("<title>{name}: ")), "{shown}");
        assert!(shown.contains(">thread</th>"), "threads stand in a table: {shown}");
        assert!(shown.contains("default-src 'none'"), "{shown}");
        let outside = ["http://", "https://", "src=", "<link", "@import", "url("];
        for word in outside {
            assert!(!shown.contains(word), "{word} leads out of the page");
        }
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    for (name, report) in reports() {
        let (plain, coloured) = (as_text(&report, false, None), as_text(&report, true, None));
        let mut bare = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once("\u{1b}[") {
            bare.push_str(before);
            rest = after.split_once('m').expect("colours end in m").1;
        }
        bare.push_str(rest);
        assert_eq!(bare, plain, "{name}");
        assert!(coloured.len() > plain.len(), "{name} has no colour at all");
    }
}

#[test]
fn the_schema_is_current_and_every_report_follows_it() {
    schema::holds("report", &reports().map(|(_, report)| report));
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let schema: Value = serde_json::from_str(&json::schema::<Report>()).unwrap();
    let json: Value = serde_json::from_str(&plain(&diverged(), Format::Json)).unwrap();
    let mut changes: Vec<(&str, Value)> = vec![
        ("/verdict", "perhaps".into()),
        ("/format_version", "one".into()),
        ("/origins/0/class", 7.into()),
        ("/origins/0/sites/0/tid", "six".into()),
        ("/origins/0/sites/0/side", "left".into()),
        ("/lanes/0/matched", 1.5.into()),
        ("/inputs/reference", Value::Null),
    ];
    for (place, value) in changes.drain(..) {
        let mut json = json.clone();
        *json.pointer_mut(place).unwrap_or_else(|| panic!("{place} is gone")) = value;
        assert!(!schema::faults(&schema, &json).is_empty(), "{place} may be anything");
    }
    let mut json = json;
    json.as_object_mut().unwrap().remove("excused");
    json["surprise"] = 1.into();
    assert_eq!(schema::faults(&schema, &json).len(), 2);
}

#[test]
fn json_tells_what_scripts_ask_for() {
    let json: Value = serde_json::from_str(&plain(&diverged(), Format::Json)).unwrap();
    assert_eq!(json["verdict"], Verdict::Diverged.name());
    let sites = json["origins"][0]["sites"].as_array().unwrap();
    assert!((1..=3).contains(&sites.len()));
    let candidate = sites.iter().find(|site| site["side"] == "candidate").unwrap();
    for (key, value) in [("tid", 1.into()), ("event_idx", 4.into()), ("line", 6.into())] {
        assert_eq!(candidate[key], Value::clone(&value), "{key}");
    }
    assert_eq!(candidate["name"], "kernel.call NtReadFile");
    assert_eq!(json["unpaired"][0]["tid"], 9);
    assert_eq!(json["excused"][0]["rule"], "allocator-exports");
}

#[test]
fn only_the_divergent_line_itself_is_wider_than_the_terminal() {
    for width in [80, 100, 140] {
        let options =
            TextOptions { width: Some(width), shown: Extent::FULL, ..TextOptions::default() };
        let text = to_string(&diverged(), Format::Text, options);
        let long = text.lines().filter(|line| line.chars().count() > width);
        assert!(long.clone().all(|line| line.starts_with("   > ")), "{width}: {text}");
        assert!(width > 100 || long.count() > 0, "{width}: {text}");
    }
}

#[test]
fn json_calls_classes_and_verdicts_what_text_calls_them() {
    for class in forkpoint::analysis::Class::ALL {
        assert_eq!(serde_json::to_value(class).unwrap(), class.name());
    }
    use Verdict::{Diverged, Identical, Inconclusive, Prefix};
    for verdict in [Identical, Prefix, Diverged, Inconclusive] {
        assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.name());
    }
}

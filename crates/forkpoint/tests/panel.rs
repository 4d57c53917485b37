//! Several references: who is believed, where they disagree, and what no rule decides.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod notation;
mod schema;

use forkpoint::analysis::Options;
use forkpoint::multi_reference::{MultiReferenceReport, ReferenceRun, panel};
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::render::{Extent, Format, TextOptions, to_string};
use forkpoint::report::Verdict;
use forkpoint::scan::symbols::SymbolTable;

const PROFILE: &str = r#"
name = "panel"
about = "A test."

[roles]
call = ["kernel.call"]
return = ["kernel.return"]
"#;

fn heard(profile: &str, references: &[(&str, &str)], candidate: &str) -> MultiReferenceReport {
    let profile = Profile::parse("panel.toml", profile, &[]).unwrap();
    let source =
        |text: &str| vec![Source::of_bytes("x.log", notation::log(text).as_bytes()).unwrap()];
    let runs = references.iter().map(|(name, log)| {
        let logs = Pair::new(source(log), source(candidate));
        let about = logs.as_ref().map(|log| read::about(log, &profile, None).unwrap());
        let profile = profile.with_visibility(about.as_ref());
        let table = SymbolTable::new(&profile);
        let traces =
            logs.map(|log| read::read(log, &profile, &table, ReadOptions::default()).unwrap());
        let symbols = table.finish();
        ReferenceRun { name: (*name).to_owned(), traces, symbols, profile }
    });
    panel(&runs.collect::<Vec<_>>(), &Options::default())
}

/// Opens a file, asks for its size, reads it and closes it; the values that a log has may be others.
fn log(size: &str, read: &str) -> String {
    format!(
        "6 call Open\n6 return Open return_value=4\n6 call Size\n6 return Size return_value={size}\n\
         6 call Seek\n6 return Seek return_value=0\n6 call Read\n6 return Read return_value={read}\n6 call Close\n6 return Close return_value=0\n"
    )
}

fn classes(panel: &MultiReferenceReport, reference: usize) -> Vec<&'static str> {
    panel.references[reference].report.origins.iter().map(|found| found.class.name()).collect()
}

#[test]
fn a_candidate_that_all_references_agree_with_is_identical() {
    let panel = heard(PROFILE, &[("a", &log("1", "2")), ("b", &log("1", "2"))], &log("1", "2"));
    assert_eq!(panel.verdict, Verdict::Identical, "{:?}", panel.doubts);
    assert!(panel.disagreements.is_empty());
}

#[test]
fn what_all_references_have_otherwise_is_the_candidates_fault() {
    let panel = heard(PROFILE, &[("a", &log("1", "2")), ("b", &log("1", "2"))], &log("1", "9"));
    assert_eq!(panel.verdict, Verdict::Diverged);
    assert_eq!(
        (classes(&panel, 0), classes(&panel, 1)),
        (vec!["return-value"], vec!["return-value"])
    );
    assert!(panel.disagreements.is_empty());
    // That they have it otherwise in two ways does not make the candidate right.
    let panel = heard(PROFILE, &[("a", &log("1", "2")), ("b", &log("1", "3"))], &log("1", "9"));
    assert_eq!(panel.verdict, Verdict::Diverged);
}

#[test]
fn where_references_disagree_the_candidate_is_not_to_blame_and_not_cleared() {
    let panel = heard(PROFILE, &[("a", &log("1", "2")), ("b", &log("7", "2"))], &log("1", "2"));
    assert_eq!(panel.verdict, Verdict::Inconclusive);
    assert_eq!(panel.disagreements.len(), 1);
    let found = &panel.disagreements[0];
    assert_eq!((found.reference, &*found.agree), (1, &[0][..]));
    assert_eq!(found.finding.sites[0].name, "kernel.return Size");
    assert!(panel.doubts.iter().any(|doubt| doubt.contains("disagree at 1 place")));
    // A real divergence beside it is found.
    let panel = heard(PROFILE, &[("a", &log("1", "2")), ("b", &log("7", "2"))], &log("1", "9"));
    assert_eq!(panel.verdict, Verdict::Diverged);
    assert_eq!(
        (classes(&panel, 0), classes(&panel, 1)),
        (vec!["return-value"], vec!["return-value"])
    );
    assert_eq!(panel.disagreements.len(), 1);
}

#[test]
fn authority_decides_where_references_disagree_and_may_decide_against_the_candidate() {
    let rule = |reference: &str| {
        format!(
            "{PROFILE}\n[[authority]]\nid = \"sizes\"\nwhy = \"It was measured.\"\nreference = \"{reference}\"\nname = \"Size\"\n"
        )
    };
    let references = [("a", &*log("1", "2")), ("b", &*log("7", "2"))];
    let panel = heard(&rule("a"), &references, &log("1", "2"));
    assert_eq!(panel.verdict, Verdict::Identical, "{:?}", panel.doubts);
    assert_eq!((panel.overruled[0].reference, panel.overruled[0].count), (1, 1));
    let panel = heard(&rule("b"), &references, &log("1", "2"));
    assert_eq!((panel.verdict, classes(&panel, 1)), (Verdict::Diverged, vec!["return-value"]));
    // A rule about a reference that is not there decides nothing.
    assert_eq!(heard(&rule("c"), &references, &log("1", "2")).verdict, Verdict::Inconclusive);
    // Authority over one function says nothing of another.
    let panel = heard(&rule("a"), &references, &log("1", "9"));
    assert_eq!(panel.verdict, Verdict::Diverged);
}

#[test]
fn a_call_that_one_reference_lacks_is_disputed_both_ways() {
    let with = "6 call Open\n6 call Trim\n6 call Read\n6 call Write\n6 call Close\n";
    let without = "6 call Open\n6 call Read\n6 call Write\n6 call Close\n";
    for candidate in [with, without] {
        let panel = heard(PROFILE, &[("a", with), ("b", without)], candidate);
        assert_eq!(
            panel.verdict,
            Verdict::Inconclusive,
            "{:?}",
            panel.references[0].report.origins
        );
        assert_eq!(panel.disagreements.len(), 1);
    }
    let panel = heard(PROFILE, &[("a", with), ("b", with)], without);
    assert_eq!((panel.verdict, classes(&panel, 0)), (Verdict::Diverged, vec!["missing-call"]));
}

#[test]
fn a_reference_that_cannot_see_a_call_does_not_vouch_for_its_absence() {
    let with = "6 call Open\n6 call Trim\n6 call Read\n6 call Write\n6 call Close\n";
    let blind = "{\"kind\":\"schema_version\",\"schema_version\":1,\"visible\":{\"never\":[\"* Trim\"]}}\n\
                 6 call Open\n6 call Read\n6 call Write\n6 call Close\n";
    let without = "6 call Open\n6 call Read\n6 call Write\n6 call Close\n";
    let profile = format!("{PROFILE}\n[[visible]]\nid = \"told\"\nwhy = \"x\"\nby-header = true\n");
    let panel = heard(&profile, &[("a", with), ("b", blind)], without);
    assert_eq!((panel.verdict, classes(&panel, 0)), (Verdict::Diverged, vec!["missing-call"]));
    let panel = heard(&profile, &[("a", with), ("b", blind)], with);
    assert_eq!(panel.verdict, Verdict::Identical, "{:?}", panel.doubts);
}

#[test]
fn a_reference_that_did_not_get_there_vouches_for_nothing() {
    let whole = log("1", "2");
    let cut: String = whole.lines().take(4).map(|line| format!("{line}\n")).collect();
    let panel = heard(PROFILE, &[("a", &whole), ("b", &cut)], &log("1", "9"));
    assert_eq!(panel.verdict, Verdict::Diverged);
    assert_eq!(classes(&panel, 0), ["return-value"]);
}

#[test]
fn all_renderers_tell_the_verdict_the_dispute_and_the_authority() {
    let profile = format!(
        "{PROFILE}\n[[authority]]\nid = \"sizes\"\nwhy = \"It was measured.\"\nreference = \"a\"\nname = \"Size\"\n"
    );
    let references = [("a", &*log("1", "2")), ("b", &*log("7", "3"))];
    let panel = heard(&profile, &references, &log("1", "2"));
    let options = TextOptions { width: Some(100), shown: Extent::FULL, ..TextOptions::default() };
    let shown = [
        to_string(&panel, Format::Text, options),
        to_string(&panel, Format::Markdown, options),
        to_string(&panel, Format::Json, options),
    ];
    for shown in &shown {
        for word in ["inconclusive", "Read returns a different value", "sizes", "It was measured."]
        {
            assert!(shown.contains(word), "{word} is missing in:\n{shown}");
        }
    }
    schema::holds("panel", &[panel]);
}

//! What is reported of one event, and how its writers tell it.
//!
//! `FORKPOINT_BLESS=1 cargo test -p forkpoint --test explain` writes docs/explain.schema.json.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod notation;
mod schema;

use forkpoint::analysis::cause::causes;
use forkpoint::analysis::{EventRef, Options, analyse};
use forkpoint::explain::{Explanation, MatchStatus, Why, explain};
use forkpoint::pair::{Pair, Side};
use forkpoint::profile::Profile;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::render::{Format, TextOptions, to_string};
use forkpoint::scan::symbols::SymbolTable;

const PROFILE: &str = r#"
name = "objects"
about = "Handles are followed."
extends = "strict"

[compare]
index = false

[[identity]]
id = "new-handle"
why = "A handle's number is the engine's own."
kind = "kernel.return"
name = "Create"
fields = "return_value"
names = "handle"
does = "creates"

[[identity]]
id = "used-handle"
why = "A handle's number is the engine's own."
kind = "kernel.call"
name = ["Use", "Close"]
fields = "args.h"
names = "handle"

[[waiver]]
id = "slow-clock"
bug = "engine/issues/4"
name = "Clock"

[[local]]
id = "notes"
why = "One engine writes them for itself."
kind = "guest.note"
"#;

const REFERENCE: &str = "
    6 return Create return_value=0x10
    6 call Use args.h=0x10 args.x=1
    6 return Clock return_value=1
    6 call Use args.h=0x10 args.x=2
    6 return Use return_value=0
    6 call Gone
    6 return Gone return_value=0
    6 call Close args.h=0x10
    6 call End
    6 call Last
";

const CANDIDATE: &str = "
    1 return Create return_value=0x24
    1 call Use args.h=0x24 args.x=1
    1 return Clock return_value=7
    1 guest.note x=1
    1 call Use args.h=0x24 args.x=3
    1 return Use return_value=0
    1 call Close args.h=0x24
    1 call End
    1 call Last
";

fn explained(side: Side, position: usize) -> Explanation {
    let profile = Profile::parse("objects.toml", PROFILE, &[]).unwrap();
    let table = SymbolTable::new(&profile);
    let one = |name: &str, log: &str| {
        let source = Source::of_bytes(name, notation::log(log).as_bytes()).unwrap();
        read::read(vec![source], &profile, &table, ReadOptions::default()).unwrap()
    };
    let traces = Pair::new(one("reference.log", REFERENCE), one("candidate.log", CANDIDATE));
    let symbols = table.finish();
    let options = Options::default();
    let facts = analyse(&traces, &symbols, &profile, &options);
    explain(&facts, &causes(&facts, facts.findings()), EventRef { side, lane: 0, position })
}

/// What is aligned with an event: how, and the partner's index.
fn standing(side: Side, position: usize) -> (MatchStatus, Option<u64>) {
    let shown = explained(side, position);
    (shown.standing, shown.partner.map(|partner| partner.site.event_idx))
}

#[test]
fn an_event_is_told_what_stands_beside_it_and_why() {
    use Side::{Candidate, Reference};
    assert_eq!(standing(Candidate, 1), (MatchStatus::Equal, Some(1)));
    assert_eq!(standing(Candidate, 2), (MatchStatus::Known, Some(2)));
    assert_eq!(standing(Candidate, 3), (MatchStatus::Alone, None));
    assert_eq!(standing(Candidate, 4), (MatchStatus::Differs, Some(3)));
    assert_eq!(standing(Reference, 3), (MatchStatus::Differs, Some(4)));
    assert_eq!(standing(Candidate, 6), (MatchStatus::Equal, Some(7)));
    for (position, words) in [(3, "rule notes"), (2, "engine/issues/4"), (4, "threads part")] {
        let because = explained(Candidate, position).because;
        assert!(because.contains(words), "{because}");
    }
    for position in [5, 6] {
        let shown = explained(Reference, position);
        assert_eq!(shown.standing, MatchStatus::Alone, "{position}");
        assert!(shown.because.contains("threads part"), "{}", shown.because);
    }
}

#[test]
fn fields_are_equal_or_excused_or_differ_each_with_its_reason() {
    let shown = explained(Side::Candidate, 4);
    let fields: Vec<(&str, &str)> =
        shown.fields.iter().map(|field| (field.field.as_str(), field.why.name())).collect();
    assert_eq!(fields, [("args.h", "excused"), ("args.x", "differs"), ("name", "equal")]);
    assert_eq!(shown.fields[0].by.as_deref(), Some("used-handle"));
    let clock = explained(Side::Candidate, 2);
    let known = clock.fields.iter().find(|field| field.field == "return_value").unwrap();
    assert_eq!((known.why, known.by.as_deref()), (Why::Known, Some("slow-clock")));
    assert_eq!(known.because.as_deref(), Some("engine/issues/4"));
}

#[test]
fn objects_have_a_history_on_both_sides() {
    for side in Side::BOTH {
        let [object] = &explained(side, 1).objects[..] else { panic!("one handle is used") };
        assert_eq!(object.space, "handle");
        for side in Side::BOTH {
            let life = object.lives.on(side).as_ref().unwrap();
            let (first, last) = (life.first_use.as_ref().unwrap(), life.last_use.as_ref().unwrap());
            assert_eq!((life.created.event_idx, life.n_uses), (0, 3), "{side}");
            assert_eq!(first.event_idx, 1, "{side}");
            assert!(last.name.contains("Close"), "{side} {}", last.name);
        }
    }
}

#[test]
fn what_came_before_and_the_findings_near_are_told() {
    let shown = explained(Side::Candidate, 4);
    let before: Vec<(&str, u64)> =
        shown.before.iter().map(|before| (before.what, before.site.event_idx)).collect();
    assert_eq!(before, [("right before it", 3), ("the last value that came back", 2)]);
    let near: Vec<(&str, i64)> =
        shown.findings.iter().map(|finding| (finding.what.as_str(), finding.distance)).collect();
    assert_eq!(near[..2], [("origin 1", 0), ("known 1", -1)]);
    assert!(explained(Side::Candidate, 0).before.is_empty());
}

#[test]
fn the_text_says_the_answer_first_and_fits_the_terminal() {
    for (position, first) in [
        (1, "equal: candidate 1:1 aligned with reference 6:1, 1 field excused"),
        (3, "alone: candidate 1:3 has no partner"),
        (4, "differs: candidate 1:4 against reference 6:3"),
    ] {
        let options = TextOptions { width: Some(80), ..TextOptions::default() };
        let shown = to_string(&explained(Side::Candidate, position), Format::Text, options);
        assert!(shown.starts_with(first), "{shown}");
        // One word of a line as it is may be longer than the terminal is wide.
        let long = shown.lines().filter(|line| line.chars().count() > 80);
        assert!(long.clone().all(|line| line.starts_with("      {\"")), "{shown}");
    }
}

#[test]
fn the_schema_is_current_and_an_explanation_follows_it() {
    let all: Vec<_> = (0..9).map(|position| explained(Side::Candidate, position)).collect();
    schema::holds("explain", &all);
}

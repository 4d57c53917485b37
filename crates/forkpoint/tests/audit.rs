//! What each rule is worth: the audit of a profile, and what its writers tell.
//!
//! `FORKPOINT_BLESS=1 cargo test -p forkpoint --test audit` writes docs/audit.schema.json.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod notation;
mod schema;

use forkpoint::analysis::Options;
use forkpoint::audit::{Audit, Logs, RuleAudit, audit};
use forkpoint::error::Error;
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::render::{Format, TextOptions, to_string};
use forkpoint::report::Verdict;
use forkpoint::scan::symbols::SymbolTable;

const REFERENCE: &str = "
    6 handle.create raw_handle_id=0x10 object_type=1
    6 wait.end status=0 wait_duration_cycles=10
    6 call A args.x=1
    6 return A return_value=0
    6 call B
    6 return B return_value=0
";

fn candidate(returned: u32) -> String {
    REFERENCE.replace("0x10", "0x24").replace("cycles=10", "cycles=99").replacen(
        "return_value=0",
        &format!("return_value={returned}"),
        1,
    )
}

fn audited(candidate: &str, profile: &Profile) -> Audit {
    let logs = Pair::new(notation::log(REFERENCE), notation::log(candidate));
    let options = Options::default();
    let mut read = |profile: &Profile| -> Result<Logs, Error> {
        let table = SymbolTable::new(profile);
        let one = |name: &str, log: &String| {
            let source = Source::of_bytes(name, log.as_bytes())?;
            read::read(vec![source], profile, &table, ReadOptions::default())
        };
        let reference = one("reference.log", &logs.reference)?;
        let candidate = one("candidate.log", &logs.candidate)?;
        Ok((Pair::new(reference, candidate), table.finish()))
    };
    audit(profile, &options, &mut read).unwrap()
}

fn rule<'a>(audit: &'a Audit, id: &str) -> &'a RuleAudit {
    audit.rules.iter().find(|rule| rule.rule == id).unwrap()
}

#[test]
fn what_is_said_without_a_rule_is_told_and_so_is_a_rule_that_excuses_nothing() {
    let profile = Profile::load("strict", &[]).unwrap();
    let audit = audited(&candidate(0), &profile);
    assert_eq!(audit.verdict, Verdict::Identical);
    let ids: Vec<&str> = audit.rules.iter().map(|rule| rule.rule.as_str()).collect();
    assert_eq!(ids, ["raw-handle", "wait-duration"]);
    let without = rule(&audit, "wait-duration").without.as_ref().unwrap();
    assert_eq!((without.verdict, without.new_origins), (Verdict::Diverged, 1));
    let forkpoint::audit::NewOrigin { class, site, .. } = without.first.as_ref().unwrap();
    assert_eq!((*class, site.as_ref().unwrap().event_idx), ("payload", 1));
    assert!(audit.near.is_empty() && audit.idle.is_empty());
    let audit = audited(REFERENCE, &profile);
    assert!(audit.rules.is_empty());
    assert_eq!(audit.idle, ["raw-handle", "wait-duration"]);
}

#[test]
fn what_was_excused_before_a_divergence_is_told_the_nearest_first() {
    let profile = Profile::load("strict", &[]).unwrap();
    let audit = audited(&candidate(1), &profile);
    assert_eq!(audit.verdict, Verdict::Diverged);
    let [near] = &audit.near[..] else { panic!("{:?}", audit.near) };
    assert_eq!((near.class, near.site.event_idx), ("return-value", 3));
    let shown: Vec<(usize, &str)> =
        near.excuses.iter().map(|excuse| (excuse.before, excuse.rule.as_str())).collect();
    assert_eq!(shown, [(2, "wait-duration"), (3, "raw-handle")]);
}

fn over_budget() -> Audit {
    let text = "name = \"tight\"\nabout = \"x\"\nextends = \"strict\"\n\
        [[skip]]\nid = \"raw-handle\"\nwhy = \"y\"\nkind = \"handle.create\"\n\
        fields = \"raw_handle_id\"\nmax-count = 0\n";
    audited(&candidate(0), &Profile::parse("tight.toml", text, &[]).unwrap())
}

#[test]
fn a_rule_over_its_budget_makes_the_verdict_inconclusive() {
    let audit = over_budget();
    assert_eq!(audit.verdict, Verdict::Inconclusive);
    assert_eq!(rule(&audit, "raw-handle").over_budget.as_deref(), Some("max-count = 0"));
    assert_eq!(rule(&audit, "wait-duration").over_budget, None);
}

#[test]
fn the_text_says_the_answer_first_and_fits_the_terminal() {
    for (audit, first) in [
        (over_budget(), "inconclusive: 1 rule over budget; the verdict depends on 2 of 2 rules"),
        (audited(REFERENCE, &Profile::load("strict", &[]).unwrap()), "identical: no rule alone"),
    ] {
        let shown = to_string(
            &audit,
            Format::Text,
            TextOptions { width: Some(80), ..TextOptions::default() },
        );
        assert!(shown.starts_with(first), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    }
}

#[test]
fn the_schema_is_current_and_an_audit_follows_it() {
    let identical = audited(&candidate(1), &Profile::load("strict", &[]).unwrap());
    schema::holds("audit", &[over_budget(), identical]);
}

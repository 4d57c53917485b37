//! Several references at once: what each says of the candidate, and what they say together.
//!
//! The candidate is compared with each reference by itself. What one of them finds is the candidate's
//! fault unless another reference, which can see it, has it as the candidate has; then the references
//! disagree, which is reported and decided by nobody but a rule `[[authority]]` of the profile.
//! Invariant: a disagreement never makes the candidate diverged, and never lets it pass unsaid.

mod agreement;
mod document;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::analysis::cause::{Causes, causes};
use crate::analysis::{Analysis, Detail, Finding, Options, analyse};
use crate::pair::{Pair, Side};
use crate::profile::{Profile, RuleId};
use crate::render::json::{Versioned, versioned};
use crate::render::words::count;
use crate::report::build::report;
use crate::report::{FindingView, Report, Verdict};
use crate::trace::{Symbols, Trace};

use agreement::Agreement;

/// One reference, read together with the candidate.
#[derive(Debug)]
pub struct ReferenceRun {
    /// What it is called in the report.
    pub name: String,
    /// Its log, and the candidate's.
    pub traces: Pair<Trace>,
    /// The symbols of both.
    pub symbols: Symbols,
    /// The rules, as they hold for these two logs.
    pub profile: Profile,
}

/// What several references say of one candidate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MultiReferenceReport {
    /// What came of it all.
    pub verdict: Verdict,
    /// What keeps the candidate from being called identical, though it is not diverged.
    pub doubts: Vec<String>,
    /// Where the references disagree.
    pub disagreements: Vec<Disagreement>,
    /// What rules took from references that have no authority over it.
    pub overruled: Vec<Overridden>,
    /// What each reference says, in the order in which they were named.
    pub references: Vec<ReferenceReport>,
}

/// What one reference says.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReferenceReport {
    /// Its name.
    pub name: String,
    /// Its own report, less what was settled between the references.
    #[serde(serialize_with = "versioned")]
    #[schemars(with = "Versioned<'static, Report>")]
    pub report: Report,
}

/// Where one reference has something else than the candidate, and another has the same.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Disagreement {
    /// The reference that differs from the candidate, by its place.
    pub reference: usize,
    /// Those that have what the candidate has.
    pub agree: Vec<usize>,
    /// How it differs.
    pub finding: FindingView,
}

/// What a rule took from a reference that has no authority over it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Overridden {
    /// The rule.
    pub rule: String,
    /// Why the other reference is the one to ask.
    pub why: String,
    /// The reference that was not asked, by its place.
    pub reference: usize,
    /// How many differences it reported.
    pub count: u64,
}

/// What becomes of a finding.
enum Resolution {
    /// The candidate must answer for it.
    Stands,
    /// Other references have what the candidate has.
    Disputed(Vec<usize>),
    /// By this rule, another reference is the one to ask.
    Overridden(RuleId),
}

/// Compares the candidate with all references.
pub fn panel(runs: &[ReferenceRun], options: &Options) -> MultiReferenceReport {
    let look = |run: &ReferenceRun| {
        let ReferenceRun { traces, symbols, profile, .. } = run;
        Agreement::of(&analyse(traces, symbols, profile, options))
    };
    let agreements: Vec<Agreement> = runs.iter().map(look).collect();
    let mut panel = MultiReferenceReport {
        verdict: Verdict::Identical,
        doubts: Vec::new(),
        references: Vec::new(),
        disagreements: Vec::new(),
        overruled: Vec::new(),
    };
    for (number, run) in runs.iter().enumerate() {
        let ReferenceRun { traces, symbols, profile, name } = run;
        let arbitration = Arbitration { runs, agreements: &agreements, number };
        panel.add_reference(&analyse(traces, symbols, profile, options), name, &arbitration);
    }
    panel.conclude();
    panel
}

/// All references, as one of them is heard.
struct Arbitration<'a> {
    runs: &'a [ReferenceRun],
    agreements: &'a [Agreement],
    number: usize,
}

impl Arbitration<'_> {
    fn ruling(&self, facts: &Analysis<'_>, found: &Finding) -> Resolution {
        match self.authority(facts, found) {
            Some((_, true)) => return Resolution::Stands,
            Some((rule, false)) => return Resolution::Overridden(rule),
            None => {}
        }
        let others = (0..self.runs.len()).filter(|&other| other != self.number);
        let agree = others.filter(|&other| {
            self.sees(facts, found, other) && self.agreements[other].has_the_same(facts, found)
        });
        let agree: Vec<usize> = agree.collect();
        if agree.is_empty() { Resolution::Stands } else { Resolution::Disputed(agree) }
    }

    /// Whether the log of a reference can hold all that a finding is about.
    fn sees(&self, facts: &Analysis<'_>, found: &Finding, other: usize) -> bool {
        let profile = &self.runs[other].profile;
        agreement::symbols_of(facts, found).into_iter().all(|symbol| {
            let symbol = facts.symbols.of(symbol);
            let name = symbol.name.as_deref();
            profile.hidden_by(Side::Reference, &symbol.kind, name).is_none()
        })
    }

    /// Returns the rule that says who is to be asked of a finding, and whether that is this reference.
    fn authority(&self, facts: &Analysis<'_>, found: &Finding) -> Option<(RuleId, bool)> {
        let profile = facts.profile;
        let mut rulings = Vec::new();
        for symbol in agreement::symbols_of(facts, found) {
            let symbol = facts.symbols.of(symbol);
            let is_asked = |run: &ReferenceRun, rule: RuleId| {
                let engine = run.traces.reference.engine.as_deref();
                profile.has_authority(rule, [Some(run.name.as_str()), engine])
            };
            let rules = profile.authorities(&symbol.kind, symbol.name.as_deref());
            // A rule that names none of these references says nothing here.
            let mut known = rules.filter(|&rule| self.runs.iter().any(|run| is_asked(run, rule)));
            rulings.push(known.next().map(|rule| (rule, is_asked(&self.runs[self.number], rule))));
        }
        // One event for which this reference is asked is enough; to dismiss it, none may be left.
        if let Some(mine) = rulings.iter().flatten().find(|(_, is_asked)| *is_asked) {
            return Some(*mine);
        }
        let all: Option<Vec<(RuleId, bool)>> = rulings.into_iter().collect();
        all.and_then(|all| all.first().copied())
    }
}

impl MultiReferenceReport {
    fn add_reference(&mut self, facts: &Analysis<'_>, name: &str, arbitration: &Arbitration<'_>) {
        let (mut stands, mut disputed) = (Vec::new(), Vec::new());
        let mut overruled: BTreeMap<RuleId, u64> = BTreeMap::new();
        let mut not_followed = 0;
        for found in facts.findings() {
            let ruling = arbitration.ruling(facts, &found);
            let ends_the_lane = matches!(found.detail, Detail::Differ(None));
            not_followed += usize::from(ends_the_lane && !matches!(ruling, Resolution::Stands));
            match ruling {
                Resolution::Stands => stands.push(found),
                Resolution::Disputed(agree) => disputed.push((found, agree)),
                Resolution::Overridden(rule) => *overruled.entry(rule).or_default() += 1,
            }
        }
        for (rule, count) in overruled {
            let rule = facts.profile.rule(rule);
            self.overruled.push(Overridden {
                rule: rule.id.clone(),
                why: rule.why.clone(),
                reference: arbitration.number,
                count,
            });
        }
        if not_followed > 0 {
            let lanes = count(not_followed as u64, "thread");
            self.doubts.push(format!(
                "against {name}: {lanes} could not be followed behind what is not the candidate's fault"
            ));
        }
        let (found, agree): (Vec<Finding>, Vec<Vec<usize>>) = disputed.into_iter().unzip();
        if !found.is_empty() {
            let shown = report(facts, &Causes { origins: found, ..Causes::default() });
            let disputes = shown.origins.into_iter().zip(agree);
            self.disagreements.extend(disputes.map(|(finding, agree)| Disagreement {
                reference: arbitration.number,
                agree,
                finding,
            }));
        }
        let report = report(facts, &causes(facts, stands));
        self.references.push(ReferenceReport { name: name.to_owned(), report });
    }

    fn conclude(&mut self) {
        let against = self.references.iter().flat_map(|shown| {
            shown.report.doubts.iter().map(|doubt| format!("against {}: {doubt}", shown.name))
        });
        let against: Vec<String> = against.collect();
        self.doubts.extend(against);
        if !self.disagreements.is_empty() {
            let places = count(self.disagreements.len() as u64, "place");
            self.doubts.push(format!(
                "the references disagree at {places}, and no rule says which of them has authority there"
            ));
        }
        let diverged =
            self.references.iter().any(|shown| shown.report.verdict == Verdict::Diverged);
        self.verdict = match (diverged, self.doubts.is_empty()) {
            (true, _) => Verdict::Diverged,
            (false, false) => Verdict::Inconclusive,
            (false, true)
                if self.references.iter().any(|shown| shown.report.verdict == Verdict::Prefix) =>
            {
                Verdict::Prefix
            }
            (false, true) => Verdict::Identical,
        };
    }

    /// Returns the references at these places, by name.
    pub fn names(&self, places: &[usize]) -> String {
        let names: Vec<&str> =
            places.iter().map(|&place| self.references[place].name.as_str()).collect();
        names.join(", ")
    }

    /// Returns the first of what the candidate must answer for, by its own log, and the place of the
    /// reference that says it.
    pub fn first(&self) -> Option<(usize, &FindingView)> {
        let all = self.references.iter().enumerate();
        all.filter_map(|(place, shown)| Some((place, shown.report.origins.first()?))).min_by_key(
            |(_, finding)| {
                let site = finding.sites.iter().find(|site| site.side == Side::Candidate);
                site.map_or((1, 0), |site| (0, site.line))
            },
        )
    }
}

//! Several references at once: what each says of the candidate, and what they say together.
//!
//! The candidate is compared with each reference by itself. What one of them finds is the candidate's
//! fault unless another reference, which can see it, has it as the candidate has; then the references
//! disagree, which is told and decided by nobody but a rule `[[authority]]` of the profile.
//! Invariant: a disagreement never makes the candidate diverged, and never lets it pass unsaid.

mod document;
mod testimony;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::analysis::cause::{Causes, causes};
use crate::analysis::{Detail, Facts, Found, Options, analyse};
use crate::pair::{Pair, Side};
use crate::profile::{Profile, RuleId};
use crate::render::words::count;
use crate::report::build::report;
use crate::report::{Finding, Report, Verdict};
use crate::trace::{Symbols, Trace};

use testimony::Testimony;

/// One reference, read together with the candidate.
#[derive(Debug)]
pub struct Witness {
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
pub struct Panel {
    /// What came of it all.
    pub verdict: Verdict,
    /// What keeps the candidate from being called identical, though it is not diverged.
    pub doubts: Vec<String>,
    /// Where the references disagree.
    pub disagreements: Vec<Disagreement>,
    /// What rules took from references that have no authority over it.
    pub overruled: Vec<Overruled>,
    /// What each reference says, in the order in which they were named.
    pub references: Vec<Told>,
}

/// What one reference says.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Told {
    /// Its name.
    pub name: String,
    /// Its own report, less what was settled between the references.
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
    pub finding: Finding,
}

/// What a rule took from a reference that has no authority over it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Overruled {
    /// The rule.
    pub rule: String,
    /// Why the other reference is the one to ask.
    pub why: String,
    /// The reference that was not asked, by its place.
    pub reference: usize,
    /// How many differences it told.
    pub count: u64,
}

/// What becomes of a finding.
enum Ruling {
    /// The candidate must answer for it.
    Stands,
    /// Other references have what the candidate has.
    Disputed(Vec<usize>),
    /// By this rule, another reference is the one to ask.
    Overruled(RuleId),
}

/// Compares the candidate with all references.
pub fn panel(witnesses: &[Witness], options: &Options) -> Panel {
    let look = |witness: &Witness| {
        let Witness { traces, symbols, profile, .. } = witness;
        Testimony::of(&analyse(traces, symbols, profile, options))
    };
    let testimonies: Vec<Testimony> = witnesses.iter().map(look).collect();
    let mut panel = Panel {
        verdict: Verdict::Identical,
        doubts: Vec::new(),
        references: Vec::new(),
        disagreements: Vec::new(),
        overruled: Vec::new(),
    };
    for (number, witness) in witnesses.iter().enumerate() {
        let Witness { traces, symbols, profile, name } = witness;
        let jury = Jury { witnesses, testimonies: &testimonies, number };
        panel.hear(&analyse(traces, symbols, profile, options), name, &jury);
    }
    panel.conclude();
    panel
}

/// All references, as one of them is heard.
struct Jury<'a> {
    witnesses: &'a [Witness],
    testimonies: &'a [Testimony],
    number: usize,
}

impl Jury<'_> {
    fn ruling(&self, facts: &Facts<'_>, found: &Found) -> Ruling {
        match self.authority(facts, found) {
            Some((_, true)) => return Ruling::Stands,
            Some((rule, false)) => return Ruling::Overruled(rule),
            None => {}
        }
        let others = (0..self.witnesses.len()).filter(|&other| other != self.number);
        let agree = others.filter(|&other| {
            self.sees(facts, found, other) && self.testimonies[other].has_the_same(facts, found)
        });
        let agree: Vec<usize> = agree.collect();
        if agree.is_empty() { Ruling::Stands } else { Ruling::Disputed(agree) }
    }

    /// Whether the log of a reference can hold all that a finding is about.
    fn sees(&self, facts: &Facts<'_>, found: &Found, other: usize) -> bool {
        let profile = &self.witnesses[other].profile;
        testimony::symbols_of(facts, found).into_iter().all(|symbol| {
            let symbol = facts.symbols.of(symbol);
            let name = symbol.name.as_deref();
            profile.out_of_sight(Side::Reference, &symbol.kind, name).is_none()
        })
    }

    /// Returns the rule that says who is to be asked of a finding, and whether that is this reference.
    fn authority(&self, facts: &Facts<'_>, found: &Found) -> Option<(RuleId, bool)> {
        let profile = facts.profile;
        let mut rulings = Vec::new();
        for symbol in testimony::symbols_of(facts, found) {
            let symbol = facts.symbols.of(symbol);
            let is_asked = |witness: &Witness, rule: RuleId| {
                let engine = witness.traces.reference.engine.as_deref();
                profile.has_authority(rule, [Some(witness.name.as_str()), engine])
            };
            let rules = profile.authorities(&symbol.kind, symbol.name.as_deref());
            // A rule that names none of these references says nothing here.
            let mut known =
                rules.filter(|&rule| self.witnesses.iter().any(|witness| is_asked(witness, rule)));
            rulings.push(
                known.next().map(|rule| (rule, is_asked(&self.witnesses[self.number], rule))),
            );
        }
        // One event for which this reference is asked is enough; to dismiss it, none may be left.
        if let Some(mine) = rulings.iter().flatten().find(|(_, is_asked)| *is_asked) {
            return Some(*mine);
        }
        let all: Option<Vec<(RuleId, bool)>> = rulings.into_iter().collect();
        all.and_then(|all| all.first().copied())
    }
}

impl Panel {
    fn hear(&mut self, facts: &Facts<'_>, name: &str, jury: &Jury<'_>) {
        let (mut stands, mut disputed) = (Vec::new(), Vec::new());
        let mut overruled: BTreeMap<RuleId, u64> = BTreeMap::new();
        let mut not_followed = 0;
        for found in facts.findings() {
            let ruling = jury.ruling(facts, &found);
            let ends_the_lane = matches!(found.detail, Detail::Differ(None));
            not_followed += usize::from(ends_the_lane && !matches!(ruling, Ruling::Stands));
            match ruling {
                Ruling::Stands => stands.push(found),
                Ruling::Disputed(agree) => disputed.push((found, agree)),
                Ruling::Overruled(rule) => *overruled.entry(rule).or_default() += 1,
            }
        }
        for (rule, count) in overruled {
            let rule = facts.profile.rule(rule);
            self.overruled.push(Overruled {
                rule: rule.id.clone(),
                why: rule.why.clone(),
                reference: jury.number,
                count,
            });
        }
        if not_followed > 0 {
            let lanes = count(not_followed as u64, "thread");
            self.doubts.push(format!(
                "against {name}: {lanes} could not be followed behind what is not the candidate's fault"
            ));
        }
        let (found, agree): (Vec<Found>, Vec<Vec<usize>>) = disputed.into_iter().unzip();
        if !found.is_empty() {
            let told = report(facts, &Causes { origins: found, ..Causes::default() });
            let disputes = told.origins.into_iter().zip(agree);
            self.disagreements.extend(disputes.map(|(finding, agree)| Disagreement {
                reference: jury.number,
                agree,
                finding,
            }));
        }
        let report = report(facts, &causes(facts, stands));
        self.references.push(Told { name: name.to_owned(), report });
    }

    fn conclude(&mut self) {
        let against = self.references.iter().flat_map(|told| {
            told.report.doubts.iter().map(|doubt| format!("against {}: {doubt}", told.name))
        });
        let against: Vec<String> = against.collect();
        self.doubts.extend(against);
        if !self.disagreements.is_empty() {
            let places = count(self.disagreements.len() as u64, "place");
            self.doubts.push(format!(
                "the references disagree at {places}, and no rule says which of them has authority there"
            ));
        }
        let diverged = self.references.iter().any(|told| told.report.verdict == Verdict::Diverged);
        self.verdict = match (diverged, self.doubts.is_empty()) {
            (true, _) => Verdict::Diverged,
            (false, false) => Verdict::Inconclusive,
            (false, true)
                if self.references.iter().any(|told| told.report.verdict == Verdict::Prefix) =>
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
    /// reference that tells it.
    pub fn first(&self) -> Option<(usize, &Finding)> {
        let all = self.references.iter().enumerate();
        all.filter_map(|(place, told)| Some((place, told.report.origins.first()?))).min_by_key(
            |(_, finding)| {
                let site = finding.sites.iter().find(|site| site.side == Side::Candidate);
                site.map_or((1, 0), |site| (0, site.line))
            },
        )
    }
}

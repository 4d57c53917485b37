//! How much each rule excused, and whether that is more than its budget allows.

use crate::align::filter::AlignedLane;
use crate::analysis::{Analysis, EventRef};
use crate::pair::{Pair, Side};
use crate::profile::Rule;
use crate::report::RuleUsage;

/// How much a rule excused.
#[derive(Clone, Debug, Default)]
pub(super) struct Total {
    /// Differences between events that count as equal.
    pub(super) differences: u64,
    /// Events, or rounds of a loop, that left each side to be compared as sets.
    pub(super) left_out: Pair<u64>,
    /// Events that were not compared at all.
    pub(super) local: Pair<u64>,
    /// The first difference.
    pub(super) example: Option<Pair<EventRef>>,
}

impl Total {
    fn spent(&self) -> RuleUsage {
        let left_out = self.left_out.zip(self.local).map(|(set, local)| set + local);
        RuleUsage { differences: self.differences, left_out }
    }
}

impl Analysis<'_> {
    /// Returns how much each rule excused, in the order of the profile.
    pub(super) fn totals(&self) -> Vec<Total> {
        let mut totals = vec![Total::default(); self.profile.rules.len()];
        for (walk, paired) in self.walks.iter().zip(&self.pairing.pairs) {
            for (total, excusal) in totals.iter_mut().zip(&walk.excusals.by_rule) {
                let Some((count, first)) = excusal else { continue };
                total.differences += count;
                total.example.get_or_insert(Pair::of(|side| EventRef {
                    side,
                    lane: *paired.lanes.on(side),
                    position: *first.on(side) as usize,
                }));
            }
        }
        for (rule, count) in &self.left_out_of_floats {
            totals[usize::from(rule.0)].differences += count;
        }
        for exchanged in self.walks.iter().filter_map(|walk| walk.exchanged) {
            let total = &mut totals[usize::from(exchanged.rule.0)].left_out;
            total.reference += exchanged.events.reference;
            total.candidate += exchanged.events.candidate;
        }
        for (rule, counts) in &self.floated {
            totals[usize::from(rule.0)].left_out = *counts;
        }
        for side in Side::BOTH {
            let streams = self.streams.on(side).iter();
            for (rule, rounds) in streams.clone().flat_map(|stream| &stream.folded) {
                *totals[usize::from(rule.0)].left_out.on_mut(side) += rounds;
            }
            for ((rule, _), count) in streams.flat_map(|stream: &AlignedLane<'_>| &stream.local) {
                *totals[usize::from(rule.0)].local.on_mut(side) += count;
            }
        }
        totals
    }

    /// Returns what a budget counts of each rule, in the order of the profile.
    pub(super) fn spent(&self) -> Vec<RuleUsage> {
        self.totals().iter().map(Total::spent).collect()
    }

    /// What rules excuse beyond their budgets; `compared` is how many pairs of events are aligned with
    /// each other.
    pub(super) fn doubts_of_budgets(&self, compared: u64) -> Vec<String> {
        let rules = self.profile.rules.iter().zip(self.totals());
        rules.filter_map(|(rule, total)| over_budget(rule, total.spent().sum(), compared)).collect()
    }
}

/// Returns what is to be said of a rule that excused so much of this many compared pairs of events.
fn over_budget(rule: &Rule, spent: u64, compared: u64) -> Option<String> {
    let budget = rule.budget.exceeded(spent, compared)?;
    Some(format!(
        "rule {} excuses {spent} differences and events of {compared} compared pairs, over its budget: {budget}",
        rule.id
    ))
}

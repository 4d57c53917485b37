//! What was not compared because the other log cannot record it, and rules about that which are wrong.

use std::collections::BTreeMap;

use crate::align::visibility::contradictions;
use crate::analysis::{Analysis, EventRef};
use crate::pair::{Pair, Side};
use crate::profile::RuleId;
use crate::render::words::count;
use crate::report::build::evidence::site;
use crate::report::{HiddenByRule, HiddenSort};

/// This many sorts of events are reported by name under one rule.
const NAMED: usize = 12;

impl Analysis<'_> {
    /// Returns what each rule about visible sets kept from being compared, in the profile's order.
    pub(crate) fn unseen(&self) -> Vec<HiddenByRule> {
        let mut events: BTreeMap<RuleId, BTreeMap<String, Pair<u64>>> = BTreeMap::new();
        let mut fields: BTreeMap<RuleId, BTreeMap<String, Pair<u64>>> = BTreeMap::new();
        for side in Side::BOTH {
            let streams = self.streams.on(side);
            for ((rule, symbol), n) in streams.iter().flat_map(|stream| &stream.local) {
                if self.profile.rule(*rule).is_visibility() {
                    let what = self.symbols.of(*symbol).title();
                    let counts = events.entry(*rule).or_default().entry(what).or_default();
                    *counts.on_mut(side) += n;
                }
            }
            if !self.profile.is_limited() {
                continue;
            }
            for lane in &self.traces.on(side).lanes {
                for aside in &lane.asides {
                    if aside.rule.is_mark() || !self.profile.rule(aside.rule).is_visibility() {
                        continue;
                    }
                    let symbol = self.symbols.of(lane.symbols[aside.at as usize]);
                    let what = format!("a field of {}", symbol.title());
                    let counts = fields.entry(aside.rule).or_default().entry(what).or_default();
                    *counts.on_mut(side) += 1;
                }
            }
        }
        let rules = (0..self.profile.rules.len()).map(|index| RuleId(index as u16));
        let shown = rules.filter_map(|id| {
            let (events, fields) = (events.remove(&id), fields.remove(&id));
            if events.is_none() && fields.is_none() {
                return None;
            }
            let rule = self.profile.rule(id);
            let (events, fields) = (events.unwrap_or_default(), fields.unwrap_or_default());
            let mut what: Vec<(String, Pair<u64>)> = Vec::new();
            let sums = (sum(events.values()), sum(fields.values()));
            what.extend(events);
            what.extend(fields);
            what.sort_by_key(|(what, n)| {
                (std::cmp::Reverse(n.reference + n.candidate), what.clone())
            });
            if what.len() > NAMED {
                let more = sum(what[NAMED - 1..].iter().map(|(_, counts)| counts));
                let sorts = count((what.len() - NAMED + 1) as u64, "other sort");
                what.truncate(NAMED - 1);
                what.push((sorts, more));
            }
            Some(HiddenByRule {
                rule: rule.id.clone(),
                why: rule.why.clone(),
                events: sums.0,
                fields: sums.1,
                what: what.into_iter().map(|(what, counts)| HiddenSort { what, counts }).collect(),
            })
        });
        shown.collect()
    }

    /// A log that holds what it cannot hold by a rule: then nobody knows what else the rule hides.
    pub(crate) fn doubts_of_sight(&self) -> Vec<String> {
        let contradictions = contradictions(self.traces, self.symbols, self.profile);
        let shown = contradictions.iter().map(|found| {
            let (lane, position) = found.first;
            let first = site(self, EventRef { side: found.side, lane, position });
            let what = if found.is_field { "field" } else { "event" };
            format!(
                "rule {} says that the {} cannot record {} which it holds, first of {} ({}:{})",
                self.profile.rule(found.rule).id,
                found.side,
                count(found.count, what),
                first.name,
                first.file,
                first.line
            )
        });
        shown.collect()
    }
}

fn sum<'a>(counts: impl Iterator<Item = &'a Pair<u64>>) -> Pair<u64> {
    counts.fold(Pair::default(), |sum: Pair<u64>, counts| {
        Pair::new(sum.reference + counts.reference, sum.candidate + counts.candidate)
    })
}

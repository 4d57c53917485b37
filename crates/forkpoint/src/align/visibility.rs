//! Which events of one log the other log cannot record.
//!
//! Invariant: what is in a log can be recorded by it, whatever a rule says; such a rule is wrong, and
//! that is reported ([`contradictions`]).

use std::collections::BTreeMap;

use crate::pair::{Pair, Side};
use crate::profile::{Profile, RuleId};
use crate::trace::{SymbolId, Symbols, Trace};

/// The events that the other log cannot record.
#[derive(Debug, Default)]
pub struct HiddenEvents {
    /// By symbol, the rule that says so; empty where no rule limits the other log.
    rules: Pair<Vec<Option<RuleId>>>,
}

impl HiddenEvents {
    /// Returns what neither log can hold of the other.
    pub fn of(traces: &Pair<Trace>, symbols: &Symbols, profile: &Profile) -> Self {
        if !profile.is_limited() {
            return Self::default();
        }
        let holds = traces.as_ref().map(|trace| holds(trace, symbols));
        let rules = Pair::of(|side| {
            let other = side.other();
            let numbered = symbols.0.iter().zip(holds.on(other));
            let rules = numbered.map(|(symbol, &is_there)| match is_there {
                true => None,
                false => profile.hidden_by(other, &symbol.kind, symbol.name.as_deref()),
            });
            rules.collect()
        });
        Self { rules }
    }

    /// Returns the rule by which an event of `side` is outside of what the other log can hold.
    #[inline]
    pub fn rule(&self, side: Side, symbol: SymbolId) -> Option<RuleId> {
        self.rules.on(side).get(symbol.0 as usize).copied().flatten()
    }
}

/// What a log holds that it cannot hold by a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// Whose log.
    pub side: Side,
    /// The rule.
    pub rule: RuleId,
    /// How many events, or fields of events, there are.
    pub count: u64,
    /// The first: lane, and position in it.
    pub first: (usize, usize),
    /// Whether the events are within what can be recorded, and only fields of them are not.
    pub is_field: bool,
}

/// Returns what the logs hold that they cannot hold by a rule, by side and rule.
pub fn contradictions(
    traces: &Pair<Trace>,
    symbols: &Symbols,
    profile: &Profile,
) -> Vec<Contradiction> {
    let mut found: BTreeMap<(Side, RuleId, bool), Contradiction> = BTreeMap::new();
    if !profile.is_limited() {
        return Vec::new();
    }
    let mut add = |side: Side, rule: RuleId, is_field: bool, first: (usize, usize)| {
        let new = Contradiction { side, rule, count: 0, first, is_field };
        found.entry((side, rule, is_field)).or_insert(new).count += 1;
    };
    for side in Side::BOTH {
        let hidden: Vec<Option<RuleId>> = symbols
            .0
            .iter()
            .map(|symbol| profile.hidden_by(side, &symbol.kind, symbol.name.as_deref()))
            .collect();
        for (number, lane) in traces.on(side).lanes.iter().enumerate() {
            for (position, symbol) in lane.symbols.iter().enumerate() {
                if let Some(rule) = hidden[symbol.0 as usize] {
                    add(side, rule, false, (number, position));
                }
            }
            for aside in &lane.asides {
                if !aside.rule.is_mark()
                    && profile.rule(aside.rule).is_visibility()
                    && *profile.limits(aside.rule).on(side)
                {
                    add(side, aside.rule, true, (number, aside.at as usize));
                }
            }
        }
    }
    found.into_values().collect()
}

/// Returns which symbols stand in a log.
fn holds(trace: &Trace, symbols: &Symbols) -> Vec<bool> {
    let mut holds = vec![false; symbols.0.len()];
    for symbol in trace.lanes.iter().flat_map(|lane| &lane.symbols) {
        holds[symbol.0 as usize] = true;
    }
    holds
}

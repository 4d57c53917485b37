//! Which findings show what the reference never does.
//!
//! Its one idea: noise repeats what the program always does, in another order or with other values; a call
//! that ends as no call of its function ends in the reference, or an event of a sort that the reference has
//! not, is no noise. So it is not explained by noise before it, and it stands before noise.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::analysis::analyse::{Analysis, Outcome};
use crate::analysis::finding::{Detail, Finding};
use crate::analysis::noise::Noise;
use crate::pair::Side;
use crate::profile::Role;
use crate::trace::{Place, SymbolId};

/// This many lines are read again in all; what is then not known to be new is not called new.
const MAX_LINES: usize = 1 << 15;

/// What the reference shows.
pub(super) struct Novelty<'a> {
    facts: &'a Analysis<'a>,
    clean: &'a Noise,
    /// The sorts of event that there are.
    sorts: HashSet<SymbolId>,
    outcomes: HashMap<SymbolId, HashSet<Outcome>>,
    lines_left: usize,
}

impl<'a> Novelty<'a> {
    pub(super) fn of(facts: &'a Analysis<'a>, clean: &'a Noise) -> Self {
        let lanes = facts.traces.reference.lanes.iter();
        let sorts = lanes.flat_map(|lane| lane.symbols.iter().copied()).collect();
        Self { facts, clean, sorts, outcomes: HashMap::new(), lines_left: MAX_LINES }
    }

    /// Returns whether the candidate's event of a finding is of a sort that the reference never shows, or ends
    /// as it never does there.
    pub(super) fn is_new(&mut self, found: &Finding) -> bool {
        let Some(at) = found.at.candidate else { return false };
        if matches!(found.detail, Detail::Float(_)) {
            return false; // its presence is scheduling
        }
        let lane = self.facts.lane(Side::Candidate, at.lane);
        let symbol = lane.symbols[at.position];
        let role = self.facts.symbols.of(symbol).role;
        if matches!(role, Some(Role::Call | Role::Wait | Role::Exit)) {
            return false; // a call that never returned ends in no way
        }
        let Some(outcome) = self.read(at.side, self.facts.place(at)) else { return false };
        if self.clean.shows(symbol, &outcome) {
            return false;
        }
        if !self.sorts.contains(&symbol) {
            return true;
        }
        self.known(symbol).is_some_and(|known| !known.contains(&outcome))
    }

    /// Returns how the calls of one sort end in the reference; none if that takes too long.
    fn known(&mut self, symbol: SymbolId) -> Option<&HashSet<Outcome>> {
        if !self.outcomes.contains_key(&symbol) {
            let lanes = self.facts.traces.reference.lanes.iter();
            let places = lanes.flat_map(|lane| {
                let events = lane.symbols.iter().enumerate();
                let same = events.filter(move |(_, other)| **other == symbol);
                same.map(|(position, _)| lane.places.at(position))
            });
            let outcomes = places.map(|place| self.read(Side::Reference, place));
            let outcomes: Option<HashSet<Outcome>> = outcomes.collect();
            self.outcomes.insert(symbol, outcomes?);
        }
        self.outcomes.get(&symbol)
    }

    fn read(&mut self, side: Side, place: Place) -> Option<Outcome> {
        self.lines_left = self.lines_left.checked_sub(1)?;
        self.facts.outcome(side, place)
    }
}

/// Returns the findings that show what the reference never does, by their places.
pub(super) fn new_ones(facts: &Analysis<'_>, found: &[Finding], clean: &Noise) -> BTreeSet<usize> {
    if found.is_empty() || facts.profile.outcome.is_none() {
        return BTreeSet::new();
    }
    let mut novelty = Novelty::of(facts, clean);
    let new = found.iter().enumerate().filter(|(_, found)| novelty.is_new(found));
    new.map(|(number, _)| number).collect()
}

//! Whether the logs show the end of the program. Two logs that were both cut agree as far as they go, and
//! nothing is known of the rest.

use std::collections::{BTreeMap, BTreeSet};

use crate::align::alignment::DivergenceKind;
use crate::align::tail::{Returning, Tail, open_call, open_exits};
use crate::analysis::Analysis;
use crate::pair::{Pair, Side};
use crate::profile::Role;
use crate::report::build::evidence::lane_name;
use crate::trace::{Lane, SymbolId};

impl Analysis<'_> {
    /// Returns why nothing is known of the rest, where both logs were cut.
    pub(super) fn doubt_of_ends(&self) -> Option<String> {
        let why = Pair::of(|side| self.cut(side));
        let Pair { reference: Some(reference), candidate: Some(_) } = why else { return None };
        Some(format!(
            "both logs end before the program does: in the reference, {reference}; --allow-prefix accepts what there is"
        ))
    }

    /// Whether the candidate ends before the reference somewhere, and was allowed to.
    pub(super) fn ends_early(&self) -> bool {
        self.options.allow_prefix
            && self.walks.iter().any(|walk| {
                walk.divergences
                    .last()
                    .is_some_and(|last| last.how == DivergenceKind::Ends(Side::Candidate))
            })
    }

    /// Returns how many events of the reference are to be compared.
    pub(super) fn n_to_compare(&self) -> u64 {
        let lanes = self.pairing.pairs.iter().map(|paired| paired.lanes.reference);
        let lanes = lanes.chain(self.pairing.unpaired.reference.iter().copied());
        lanes.map(|lane| self.stream(Side::Reference, lane).len() as u64).sum()
    }

    /// Returns what shows that a log was cut before the program's end.
    fn cut(&self, side: Side) -> Option<String> {
        let lanes = &self.traces.on(side).lanes;
        let has_ended: Vec<bool> =
            lanes.iter().map(|lane| Tail::of(lane, self.symbols) == Tail::Exited).collect();
        let name = |lane: usize| lane_name(self, side, lane);
        if self.shows_each_end(lanes) {
            // A process that has ended took all its threads with it, shown or not.
            let ended: BTreeSet<Option<u32>> = (0..lanes.len())
                .filter(|&lane| has_ended[lane] && is_first_of_its_process(lanes, lane))
                .map(|lane| lanes[lane].owner)
                .collect();
            let goes_on = |&lane: &usize| {
                let owner = lanes[lane].owner;
                let within = owner.is_some() && ended.contains(&owner);
                !has_ended[lane] && lanes[lane].n_events() > 0 && !within
            };
            let open = (0..lanes.len()).filter(goes_on).min_by_key(|&lane| lanes[lane].key)?;
            return Some(format!("thread {} does not end", name(open)));
        }
        let mut processes: BTreeMap<Option<u32>, Vec<usize>> = BTreeMap::new();
        for (number, lane) in lanes.iter().enumerate() {
            processes.entry(lane.owner).or_default().push(number);
        }
        // A process ends with its first thread, or where one of its threads ends it.
        let ends_process = |lane: usize| {
            open_exits(&lanes[lane], self.symbols).iter().any(|id| {
                let symbol = self.symbols.of(*id);
                self.profile.ends_process(&symbol.kind, symbol.name.as_deref())
            })
        };
        let goes_on = |members: &&Vec<usize>| {
            let first = members.first().is_some_and(|&lane| has_ended[lane]);
            !first && !members.iter().any(|&lane| ends_process(lane))
        };
        let open: Vec<&Vec<usize>> = processes.values().filter(goes_on).collect();
        let mut members: Vec<usize> = open.iter().copied().flatten().copied().collect();
        members.sort_by_key(|&lane| lanes[lane].key);
        let returning = Returning::of(lanes, self.symbols);
        let inside = members.into_iter().find_map(|lane| {
            let at = open_call(&lanes[lane], self.symbols, &returning)?;
            Some((lane, self.symbols.of(lanes[lane].symbols[at]).title()))
        });
        if let Some((lane, title)) = inside {
            return Some(format!("thread {} ends inside {title}", name(lane)));
        }
        let first = open.first().filter(|members| members.contains(&0)).and(lanes.first())?;
        let is_own = |id: &&SymbolId| self.symbols.of(**id).plan.local.is_none();
        let symbol = self.symbols.of(*first.symbols.iter().find(is_own)?);
        let starts = self.profile.starts(&symbol.kind, symbol.name.as_deref());
        starts.then(|| "the program starts, and does not end".to_owned())
    }

    /// Whether the log says the end of every thread, as an event of its own.
    fn shows_each_end(&self, lanes: &[Lane]) -> bool {
        lanes.iter().flat_map(|lane| &lane.symbols).any(|id| {
            let symbol = self.symbols.of(*id);
            symbol.role == Some(Role::Exit) && symbol.name.is_none() && symbol.plan.local.is_none()
        })
    }
}

fn is_first_of_its_process(lanes: &[Lane], lane: usize) -> bool {
    lanes.iter().position(|other| other.owner == lanes[lane].owner) == Some(lane)
}

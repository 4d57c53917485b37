//! All findings, and what each follows from.
//!
//! Invariant: following never goes in a circle, so every finding leads to an origin.

use std::collections::{BTreeMap, BTreeSet};

use crate::align::alignment::DivergenceKind;
use crate::align::tail::Tail;
use crate::analysis::analyse::Analysis;
use crate::analysis::cause::{novelty, reach, undetermined};
use crate::analysis::finding::{Detail, EventRef, Finding};
use crate::analysis::noise::Noise;
use crate::class::Class;
use crate::pair::{Pair, Side};
use crate::profile::{Role, WaiverId};
use crate::trace::Place;

/// The findings, distinguished.
#[derive(Debug, Default)]
pub struct Causes {
    /// Where to start, the likeliest first.
    pub origins: Vec<Finding>,
    /// What follows, and from what.
    pub consequences: Vec<(Finding, Source)>,
    /// What a waiver is about; findings of one pair of lanes, class and waiver are reported once.
    pub known: Vec<(Finding, WaiverId)>,
    /// The origins that show what the reference never does, by their places.
    pub new: BTreeSet<usize>,
    /// The origins that nothing in the logs determines, by their places.
    pub undetermined: BTreeSet<usize>,
    /// After how many steps the search for what follows from what was given up, if it was.
    pub gave_up_after: Option<usize>,
}

/// What a finding follows from in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The origin at this place.
    Origin(usize),
    /// The known divergence at this place.
    Known(usize),
}

/// The contents of this many findings are read again; one behind is a divergence, whatever differs in it.
const MAX_READ: usize = 1 << 12;

/// What is known of a finding's cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    Origin,
    /// It follows from the finding of this number.
    Follows(usize),
}

/// What known findings have in common that are reported as one.
type AlikeKey = (WaiverId, Class, Option<usize>, Option<Pair<Option<EventRef>>>);

/// All findings and what is known of their causes.
pub(super) struct Findings<'a> {
    pub(super) facts: &'a Analysis<'a>,
    pub(super) found: Vec<Finding>,
    pub(super) cause: Vec<Cause>,
    /// The waiver that each is known by. What is known is not an origin, and follows from nothing.
    pub(super) known: Vec<Option<WaiverId>>,
    /// By pair of lanes: what was found there, in the lanes' order; floats and signals are none.
    pub(super) of_pair: Vec<Vec<usize>>,
    /// Those that show what the reference never does: nothing that it does explains them.
    new: BTreeSet<usize>,
    /// Those that nothing in the logs determines. They explain nothing, and follow from nothing.
    undetermined: BTreeSet<usize>,
    /// After how many steps it was given up to look for what follows from what.
    gave_up_after: Option<usize>,
}

/// The order of origins: what the reference never shows; what a lane does; what floats; lanes that end and threads that lack; loops.
/// Then the reference's clock, its place in the log, and the candidate's; of what the reference never shows, the
/// candidate's place alone.
type Rank = (u8, i64, Option<Place>, Option<Place>);

/// Whether a finding is about the lanes that it stands in.
fn is_of_its_lanes(found: &Finding) -> bool {
    !matches!(found.detail, Detail::Float(_) | Detail::Signal { .. })
}

impl<'a> Findings<'a> {
    pub(super) fn new(facts: &'a Analysis<'a>, found: Vec<Finding>, clean: &Noise) -> Self {
        let mut of_pair = vec![Vec::new(); facts.walks.len()];
        for (number, found) in found.iter().enumerate().filter(|(_, found)| is_of_its_lanes(found))
        {
            if let Some(pair) = found.pair {
                of_pair[pair].push(number);
            }
        }
        let known = found.iter().map(|found| facts.waiver_of(found)).collect();
        let cause = vec![Cause::Origin; found.len()];
        let new = novelty::new_ones(facts, &found, clean);
        let is_undetermined =
            |&(_, found): &(usize, &Finding)| undetermined::is_undetermined(facts, found);
        let undetermined = found.iter().enumerate().take(MAX_READ).filter(is_undetermined);
        let undetermined: BTreeSet<usize> = undetermined.map(|(number, _)| number).collect();
        for own in &mut of_pair {
            own.retain(|number| !undetermined.contains(number));
        }
        Self { facts, cause, known, found, of_pair, new, undetermined, gave_up_after: None }
    }

    /// Adds a finding that is an origin; returns its number.
    pub(super) fn add(&mut self, found: Finding) -> usize {
        self.known.push(self.facts.waiver_of(&found));
        self.found.push(found);
        self.cause.push(Cause::Origin);
        self.found.len() - 1
    }

    /// Lets one finding follow from another, unless that one follows from it.
    pub(super) fn follows(&mut self, number: usize, from: usize) {
        if !self.is_known(number) && self.origin_of(from) != self.origin_of(number) {
            self.cause[number] = Cause::Follows(from);
        }
    }

    pub(super) fn origin_of(&self, mut number: usize) -> usize {
        while let Cause::Follows(from) = self.cause[number] {
            number = from;
        }
        number
    }

    /// Whether nothing explains the finding; it may be known.
    pub(super) fn is_origin(&self, number: usize) -> bool {
        self.cause[number] == Cause::Origin
    }

    pub(super) fn is_known(&self, number: usize) -> bool {
        self.known[number].is_some()
    }

    /// Returns the first finding of a pair of lanes; one that is not known, if there is one.
    pub(super) fn first_of(&self, pair: usize) -> Option<usize> {
        let own = &self.of_pair[pair];
        let new = own.iter().find(|&&number| !self.is_known(number));
        new.or(own.first()).copied()
    }

    /// Whether the finding is a function that returns a different value though it was called alike.
    pub(super) fn is_own_return(&self, found: &Finding) -> bool {
        let Some(at) = found.at.reference else { return false };
        found.class == Class::ReturnValue
            && matches!(found.detail, Detail::Differ(Some(gap)) if gap.is_one_event())
            && matches!(self.facts.symbol(at).role, Some(Role::Return | Role::Whole))
    }

    /// What a lane shows after it diverged follows from where it diverged. What is known explains
    /// nothing by standing before: only the echo of a known error follows from it. A function that returns
    /// something else to equal arguments is an origin of its own, as long as the lane went no other
    /// way before.
    pub(super) fn within_lanes(&mut self) {
        for pair in 0..self.facts.walks.len() {
            let mut before: Option<usize> = None;
            let mut known: Option<usize> = None;
            let mut same_way = true;
            for number in self.of_pair[pair].clone() {
                let found = &self.found[number];
                let own = self.is_own_return(found) && same_way;
                let one_event = match &found.detail {
                    Detail::Differ(gap) => gap.is_some_and(crate::align::resync::Gap::is_one_event),
                    Detail::Repeats { .. } | Detail::Object(_) => true,
                    _ => false,
                };
                same_way &= one_event;
                if self.is_known(number) {
                    known = Some(number);
                    continue;
                }
                let is_new = |number: &usize| self.new.contains(number);
                if is_new(&number) && before.is_some_and(|earlier| !is_new(&earlier)) {
                    before = Some(number);
                    continue;
                }
                match (before, known) {
                    (None, Some(known)) if self.is_echo(&self.found[number]) => {
                        self.follows(number, known);
                        continue;
                    }
                    _ => {}
                }
                match before {
                    // A loop that ran more often explains nothing.
                    Some(earlier) if !own && self.found[earlier].class != Class::RepeatCount => {
                        self.follows(number, earlier);
                    }
                    _ => before = Some(number),
                }
                if own {
                    before = Some(number);
                }
            }
        }
    }

    /// Whether the finding is a function that returns what an earlier call left behind.
    pub(super) fn is_echo(&self, found: &Finding) -> bool {
        let role = found.at.reference.and_then(|at| self.facts.symbol(at).role);
        found.class == Class::ReturnValue && role == Some(Role::Echo)
    }

    /// All that ended when the program did follows from its end.
    pub(super) fn cut_short_by(&mut self, crash: usize) {
        for number in 0..self.found.len() {
            let ends = matches!(self.found[number].detail, Detail::Ends(Side::Candidate));
            if ends && self.is_origin(number) && number != crash {
                self.follows(number, crash);
            }
        }
    }

    /// What waits, or does not get on, behind the creation of a thread that never starts follows from that.
    pub(super) fn without_a_thread(&mut self) {
        for number in 0..self.found.len() {
            let found = &self.found[number];
            let (Class::MissingThread, Some(creation)) = (found.class, found.at.candidate) else {
                continue;
            };
            let since = self.facts.place(creation);
            let waits = |other: &Finding| {
                let stuck = matches!(
                    other.class,
                    Class::Blocked | Class::Behind | Class::Cut | Class::LostWakeUp | Class::Crash
                );
                stuck && other.at.candidate.is_some_and(|at| self.facts.place(at) >= since)
            };
            let stuck: Vec<usize> =
                (0..self.found.len()).filter(|&other| waits(&self.found[other])).collect();
            for other in stuck.into_iter().filter(|&other| other != number) {
                if self.is_origin(other) {
                    self.follows(other, number);
                }
            }
        }
    }

    /// A lane's first finding follows from another lane's, if word of that could have reached it.
    pub(super) fn across_lanes(&mut self) {
        let new = self.new.iter().copied();
        let firsts = (0..self.facts.walks.len()).filter_map(|pair| self.first_of(pair)).chain(new);
        let firsts: BTreeSet<usize> =
            firsts.filter(|&number| self.is_origin(number) && !self.is_known(number)).collect();
        if firsts.len() < 2 {
            return;
        }
        let edges = reach::Edges::of(self.facts);
        let mut of_lane: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for &number in &firsts {
            let Some(at) = self.found[number].at.candidate else { continue };
            of_lane.entry(at.lane).or_default().push((number, at.position));
        }
        let mut by_clock: Vec<(Rank, usize)> =
            firsts.into_iter().map(|number| (self.rank(number), number)).collect();
        by_clock.sort_unstable();
        let mut steps = 0;
        for (_, from) in by_clock {
            let Some(start) = self.found[from].at.candidate else { continue };
            // What a consequence reaches, its origin has reached.
            if self.found[from].class == Class::RepeatCount || !self.is_origin(from) {
                continue;
            }
            for (lane, since) in edges.from(start, &mut steps) {
                for &(number, position) in of_lane.get(&lane).into_iter().flatten() {
                    let reached = lane != start.lane && since <= position;
                    let explained = self.new.contains(&from) || !self.new.contains(&number);
                    let is_own = self.is_own_return(&self.found[number]);
                    if reached && explained && self.is_origin(number) && !is_own {
                        self.follows(number, from);
                    }
                }
            }
        }
        self.gave_up_after = (steps > reach::MAX_STEPS).then_some(reach::MAX_STEPS);
    }

    /// A lane that merely stopped where the log stops follows from what stopped the program.
    pub(super) fn behind_a_stop(&mut self) {
        let stops = |class: Class| {
            matches!(class, Class::Crash | Class::Cut | Class::Blocked | Class::LostWakeUp)
        };
        let mut order: Vec<usize> = (0..self.found.len()).filter(|&n| self.is_origin(n)).collect();
        order.sort_by_cached_key(|&number| self.rank(number));
        // What is known comes last: a new stop says more.
        order.sort_by_key(|&number| self.is_known(number));
        let Some(stop) = order.iter().copied().find(|&n| stops(self.found[n].class)) else {
            return;
        };
        for number in order {
            let found = &self.found[number];
            let merely = found.class == Class::Behind
                && matches!(found.detail, Detail::Ends(Side::Candidate));
            if merely && number != stop {
                self.follows(number, stop);
            }
        }
    }

    pub(super) fn rank(&self, number: usize) -> Rank {
        let found = &self.found[number];
        let tier = match found.class {
            _ if self.undetermined.contains(&number) => 5,
            _ if self.new.contains(&number) => 0,
            Class::OneSided => 2,
            Class::Payload if matches!(found.detail, Detail::Float(_)) => 2,
            Class::Blocked
            | Class::Cut
            | Class::ExitedEarly
            | Class::Behind
            | Class::ExtraThread
            | Class::MissingThread => 3,
            Class::RepeatCount => 4,
            _ => 1,
        };
        let places = found.at.map(|at| at.map(|at| self.facts.place(at)));
        let at = found.at.reference.or(found.at.candidate);
        let clock = at.and_then(|at| clock(self.facts, at)).unwrap_or(0);
        if tier == 0 {
            return (tier, 0, None, places.candidate);
        }
        (tier, clock, places.reference, places.candidate)
    }

    pub(super) fn ranked(self) -> Causes {
        let mut order: Vec<(Rank, usize)> = (0..self.found.len())
            .filter(|&number| self.is_origin(number))
            .map(|number| (self.rank(number), number))
            .collect();
        order.sort();
        let (known, order): (Vec<_>, Vec<_>) =
            order.into_iter().partition(|(_, number)| self.is_known(*number));
        let mut place = vec![Source::Origin(0); self.found.len()];
        for (index, &(_, number)) in order.iter().enumerate() {
            place[number] = Source::Origin(index);
        }
        let mut shown: Vec<(Finding, WaiverId)> = Vec::new();
        let mut alike: BTreeMap<AlikeKey, usize> = BTreeMap::new();
        for (_, number) in known {
            let (found, Some(waiver)) = (&self.found[number], self.known[number]) else { continue };
            // Threads are reported one by one: each is missing for itself.
            let lane = found.pair.is_none().then_some(found.at);
            let key = (waiver, found.class, found.pair, lane);
            let first = *alike.entry(key).or_insert(shown.len());
            match shown.get_mut(first) {
                Some((first, _)) => first.more += 1 + found.more,
                None => shown.push((found.clone(), waiver)),
            }
            place[number] = Source::Known(first);
        }
        let follows: Vec<usize> =
            (0..self.found.len()).filter(|&number| !self.is_origin(number)).collect();
        let mut consequences: Vec<(Finding, Source)> = follows
            .into_iter()
            .map(|number| (self.found[number].clone(), place[self.origin_of(number)]))
            .collect();
        consequences.sort_by_key(|(_, origin)| *origin);
        let origins = order.iter().map(|&(_, number)| self.found[number].clone()).collect();
        let is_new = |&(_, (_, number)): &(usize, &(Rank, usize))| self.new.contains(number);
        let new = order.iter().enumerate().filter(is_new).map(|(place, _)| place).collect();
        let is_undetermined =
            |&(_, (_, number)): &(usize, &(Rank, usize))| self.undetermined.contains(number);
        let undetermined = order.iter().enumerate().filter(is_undetermined);
        let undetermined = undetermined.map(|(place, _)| place).collect();
        let gave_up_after = self.gave_up_after;
        Causes { origins, consequences, known: shown, new, undetermined, gave_up_after }
    }
}

/// Returns the host's clock of an event, in nanoseconds.
fn clock(facts: &Analysis<'_>, at: EventRef) -> Option<i64> {
    let trace = facts.traces.on(at.side);
    trace.event(facts.place(at))?.clock
}

/// Returns how a pair's lane of one side ended, if its walk got to the end of that lane.
pub(super) fn ended(facts: &Analysis<'_>, pair: usize, side: Side) -> Option<Tail> {
    let last = facts.walks[pair].divergences.last()?;
    let ends = last.how == DivergenceKind::Ends(side);
    ends.then(|| facts.tail(side, *facts.lanes(pair).on(side)))
}

//! From divergences, objects that do not correspond, floats and tails to findings; what follows from what is
//! for [`crate::analysis::cause`] to say.

use std::collections::BTreeMap;

use crate::align::alignment::{Divergence, DivergenceKind, LaneAlignment};
use crate::align::drift::Drift;
use crate::align::filter::{AlignedLane, Floating};
use crate::align::oddity::FloatMismatch;
use crate::align::pieces::same_events;
use crate::align::resync::Gap;
use crate::align::tail::Tail;
use crate::analysis::analyse::Analysis;
use crate::analysis::creation::created_by;
use crate::analysis::finding::{Detail, EventRef, Finding};
use crate::analysis::repeats;
use crate::class::Class;
use crate::objects::{ObjectId, ObjectMismatch};
use crate::pair::{Pair, Side};
use crate::profile::{Role, RuleId};
use crate::trace::{Lane, SymbolId};

/// More floats than this are counted, not reported one by one.
const MAX_FLOATS: usize = 20;

/// Of the pairs of objects that one function of a pair of lanes confuses, this many are reported.
const MAX_OBJECTS: usize = 20;

impl Analysis<'_> {
    /// Returns what was found, lane by lane, each in its order; then floats and threads.
    pub fn findings(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut conflicts = self.conflicts.chunk_by(|a, b| a.pair == b.pair).peekable();
        for (pair, walk) in self.walks.iter().enumerate() {
            let mut lane: Vec<Finding> = walk
                .divergences
                .iter()
                .flat_map(|divergence| self.divergence(pair, *divergence))
                .collect();
            lane.extend(self.other_tail(pair, walk));
            lane.extend(walk.known.by_waiver.values().map(|known| self.known(pair, *known)));
            let mine = conflicts.next_if(|conflicts| conflicts[0].pair == pair);
            lane.extend(self.objects(mine.unwrap_or_default()));
            lane.extend(self.drifts(pair, &walk.drifts));
            lane.sort_by_key(|found| found.nth.candidate);
            found.extend(lane);
        }
        found.extend(self.floats());
        found.extend(self.threads());
        found
    }

    /// Lanes that agree to their last aligned events and end otherwise: what comes last is not aligned, but
    /// that one of them never goes on is not scheduling.
    fn other_tail(&self, pair: usize, walk: &LaneAlignment) -> Option<Finding> {
        if !walk.divergences.is_empty() || walk.exchanged.is_some() {
            return None;
        }
        let lanes = self.lanes(pair);
        let tails = Pair::of(|side| self.tail(side, *lanes.on(side)));
        if tails.reference == tails.candidate || self.profile.is_limited() {
            return None;
        }
        if tails.candidate != Tail::Exited && self.options.allow_prefix {
            return None;
        }
        let side = if tails.candidate.is_stuck_more_than(tails.reference) {
            Side::Candidate
        } else {
            Side::Reference
        };
        let nth = self.streams_of(pair).map(AlignedLane::len);
        let at = Pair::of(|side| {
            let lane = *lanes.on(side);
            let position = self.lane(side, lane).n_events().checked_sub(1)?;
            Some(EventRef { side, lane, position })
        });
        let (class, detail) = (Class::of_tail(*tails.on(side)), Detail::Ends(side));
        Some(Finding { class, pair: Some(pair), nth, at, detail, more: 0 })
    }

    /// Pairs of events that a waiver is about: the first of them.
    fn known(&self, pair: usize, (count, nth): (u64, Pair<usize>)) -> Finding {
        let role = self.symbols.of(self.streams_of(pair).reference.symbol(nth.reference)).role;
        let detail = Detail::Differ(Some(Gap { reference: 1, candidate: 1 }));
        let at = Pair::of(|side| self.aligned(pair, side, *nth.on(side)));
        let more = count as usize - 1;
        let class = self.class_of(role, self.streams_of(pair), nth);
        Finding { class, pair: Some(pair), nth, at, detail, more }
    }

    /// A divergence is one finding; of a gap, what is known at its front is one of its own.
    fn divergence(&self, pair: usize, divergence: Divergence) -> Vec<Finding> {
        let streams = self.streams_of(pair);
        let shown = |class: Class, nth: Pair<usize>, detail: Detail| {
            let at = Pair::of(|side| self.aligned(pair, side, *nth.on(side)));
            Finding { class, pair: Some(pair), nth, at, detail, more: 0 }
        };
        let mut nth = divergence.nth;
        let mut gap = match divergence.how {
            DivergenceKind::Ends(Side::Candidate) if self.options.allow_prefix => {
                return Vec::new();
            }
            DivergenceKind::Ends(side) => {
                let class = Class::of_tail(self.tail(side, *self.lanes(pair).on(side)));
                return vec![shown(class, nth, Detail::Ends(side))];
            }
            DivergenceKind::Differ(gap) => gap,
        };
        let mut found = Vec::new();
        loop {
            let (class, detail) = self.differ(streams, nth, gap);
            let front = gap.and_then(|gap| self.known_front(class, streams, nth, gap));
            let (Some(whole), Some(front)) = (gap, front) else {
                found.push(shown(class, nth, detail));
                return found;
            };
            found.push(shown(class, nth, Detail::Differ(Some(front))));
            nth = Pair::new(nth.reference + front.reference, nth.candidate + front.candidate);
            gap = Some(Gap {
                reference: whole.reference - front.reference,
                candidate: whole.candidate - front.candidate,
            });
        }
    }

    fn differ(
        &self,
        streams: Pair<&AlignedLane<'_>>,
        nth: Pair<usize>,
        gap: Option<Gap>,
    ) -> (Class, Detail) {
        let symbol = streams.zip(nth).map(|(stream, nth)| stream.symbol(nth));
        let same_symbol = symbol.reference == symbol.candidate
            || gap.is_none_or(Gap::is_one_event) && self.is_same_function(streams, nth);
        let role = self.symbols.of(symbol.reference).role;
        if let Some(gap) = gap
            && let Some((round, rounds)) = repeats::repeats(self.symbols, streams, nth, gap)
        {
            return (Class::RepeatCount, Detail::Repeats { gap, round, rounds });
        }
        let left = streams.zip(nth).map(|(stream, nth)| stream.len() - nth);
        let class = match gap {
            // One side has more of the same: that says more than how the first of it differs.
            Some(gap) if gap.is_lopsided() => Class::of_gap(gap, false),
            _ if same_symbol => self.class_of(role, streams, nth),
            Some(gap) => Class::of_gap(gap, same_events(streams, nth, gap)),
            // Where next to nothing is left, there is nothing to lose.
            None if left.reference.min(left.candidate) <= self.profile.resync.anchor => {
                Class::DifferentCall
            }
            None => Class::LostSync,
        };
        (class, Detail::Differ(gap))
    }

    /// Whether two events are of one function that has two names in the comparison.
    fn is_same_function(&self, streams: Pair<&AlignedLane<'_>>, nth: Pair<usize>) -> bool {
        let symbols = streams.zip(nth).map(|(stream, nth)| self.symbols.of(stream.symbol(nth)));
        if symbols.reference.kind != symbols.candidate.kind {
            return false;
        }
        let differences = self.absorber().differences(streams, nth);
        !differences.iter().any(|difference| matches!(difference.field.as_str(), "kind" | "name"))
    }

    fn class_of(
        &self,
        role: Option<Role>,
        streams: Pair<&AlignedLane<'_>>,
        nth: Pair<usize>,
    ) -> Class {
        if !matches!(role, Some(Role::Whole | Role::Spawn)) {
            return Class::of_values(role);
        }
        let symbol = self.symbols.of(streams.reference.symbol(nth.reference));
        let differences = self.absorber().differences(streams, nth);
        Class::of_differences(self.profile, symbol, &differences)
    }

    /// The first use of each two objects that do not correspond; further ones are only counted.
    fn objects(&self, conflicts: &[ObjectMismatch]) -> Vec<Finding> {
        let mut found: Vec<Finding> = Vec::new();
        let mut shown: BTreeMap<(RuleId, SymbolId, Pair<Option<ObjectId>>), usize> =
            BTreeMap::new();
        let mut of_symbol: BTreeMap<SymbolId, (usize, usize)> = BTreeMap::new(); // how many, the last
        for conflict in conflicts {
            let lane = self.lane(Side::Reference, self.lanes(conflict.pair).reference);
            // A waiver is about functions: what one function did is not counted with another.
            let symbol = lane.symbols[conflict.meeting.at.reference as usize];
            let (so_far, last) = of_symbol.entry(symbol).or_default();
            let key = (conflict.meeting.rule, symbol, conflict.objects);
            if let Some(&number) = shown.get(&key) {
                found[number].more += 1;
            } else if *so_far < MAX_OBJECTS {
                (*so_far, *last) = (*so_far + 1, found.len());
                shown.insert(key, found.len());
                found.push(self.conflict(conflict));
            } else {
                found[*last].more += 1;
            }
        }
        found
    }

    /// The first drift of each rule; further ones are only counted.
    fn drifts(&self, pair: usize, drifts: &[Drift]) -> Vec<Finding> {
        let mut found: Vec<Finding> = Vec::new();
        let mut shown: BTreeMap<RuleId, usize> = BTreeMap::new();
        for drift in drifts {
            if let Some(&number) = shown.get(&drift.rule) {
                found[number].more += 1;
                continue;
            }
            shown.insert(drift.rule, found.len());
            let lanes = self.lanes(pair);
            let position = drift.at.map(|at| at as usize);
            let at = Pair::of(|side| EventRef {
                side,
                lane: *lanes.on(side),
                position: *position.on(side),
            });
            let nth = self.streams_of(pair).zip(position).map(|(stream, at)| stream.nth_at(at));
            let class = Class::of_values(self.symbol(at.reference).role);
            let (at, detail) = (at.map(Some), Detail::Drift(*drift));
            found.push(Finding { class, pair: Some(pair), nth, at, detail, more: 0 });
        }
        found
    }

    fn conflict(&self, conflict: &ObjectMismatch) -> Finding {
        let lanes = self.lanes(conflict.pair);
        let position = conflict.meeting.at.map(|at| at as usize);
        let at = Pair::of(|side| {
            Some(EventRef { side, lane: *lanes.on(side), position: *position.on(side) })
        });
        let nth =
            self.streams_of(conflict.pair).zip(position).map(|(stream, at)| stream.nth_at(at));
        let class = match at.reference {
            Some(at) if conflict.is_alone => Class::of_values(self.symbol(at).role),
            _ => Class::DifferentObject,
        };
        Finding {
            class,
            pair: Some(conflict.pair),
            nth,
            at,
            detail: Detail::Object(*conflict),
            more: 0,
        }
    }

    /// Floats in the order of their places; of those that are not known, the ones after the first
    /// [`MAX_FLOATS`] are only counted.
    fn floats(&self) -> Vec<Finding> {
        let mut floats: Vec<Finding> =
            self.oddities.iter().map(|oddity| self.float(oddity)).collect();
        floats.sort_by_key(|found| (found.class, found.at.map(|at| at.map(|at| self.place(at)))));
        let (mut known, mut floats): (Vec<Finding>, Vec<Finding>) =
            floats.into_iter().partition(|found| self.waiver_of(found).is_some());
        let more = floats.len().saturating_sub(MAX_FLOATS);
        floats.truncate(MAX_FLOATS);
        if let Some(last) = floats.last_mut() {
            last.more = more;
        }
        known.append(&mut floats);
        known
    }

    fn float(&self, oddity: &FloatMismatch) -> Finding {
        let both = |lanes: &Pair<usize>, floats: &Pair<Floating>| {
            Pair::of(|side| {
                let position = floats.on(side).position as usize;
                Some(EventRef { side, lane: *lanes.on(side), position })
            })
        };
        let (class, pair, at) = match oddity {
            FloatMismatch::OneSided { side, lane, float } => {
                let mut at = Pair::default();
                *at.on_mut(*side) =
                    Some(EventRef { side: *side, lane: *lane, position: float.position as usize });
                (Class::OneSided, None, at)
            }
            FloatMismatch::Differ { lanes, floats } => {
                let pair = self.pair_of(Side::Reference, lanes.reference);
                (Class::Payload, pair, both(lanes, floats))
            }
            FloatMismatch::OtherObject { lanes, floats } => {
                (Class::DifferentObject, None, both(lanes, floats))
            }
        };
        Finding { class, pair, nth: Pair::default(), at, detail: Detail::Float(*oddity), more: 0 }
    }

    /// Threads without a partner are findings where the logs report as many more creations.
    fn threads(&self) -> Vec<Finding> {
        let spawns = self.traces.as_ref().map(|trace| {
            let symbols = trace.lanes.iter().flat_map(|lane| &lane.symbols);
            symbols.filter(|&&id| self.symbols.of(id).role == Some(Role::Spawn)).count()
        });
        let mut found = Vec::new();
        for (side, class) in
            [(Side::Reference, Class::MissingThread), (Side::Candidate, Class::ExtraThread)]
        {
            let more = spawns.on(side).saturating_sub(*spawns.on(side.other()));
            let alone = self.pairing.unpaired.on(side);
            if alone.is_empty() || alone.len() > more {
                continue;
            }
            found.extend(alone.iter().map(|&lane| {
                let mut at = Pair::default();
                *at.on_mut(side) = Some(EventRef { side, lane, position: 0 });
                let (nth, detail) = (Pair::default(), Detail::Thread(side));
                Finding { class, pair: None, nth, at, detail, more: 0 }
            }));
        }
        for side in Side::BOTH {
            let shown: Vec<usize> =
                found.iter().filter_map(|found| found.at.on(side).map(|at| at.lane)).collect();
            let alone = self.pairing.unpaired.on(side).iter();
            let never = alone.filter(|lane| !shown.contains(lane));
            found.extend(
                never.filter_map(|&lane| self.never_starts(side, lane)).collect::<Vec<_>>(),
            );
        }
        found
    }

    /// A thread that both logs create, and that runs in one of them alone.
    fn never_starts(&self, side: Side, lane: usize) -> Option<Finding> {
        let first = EventRef { side, lane, position: 0 };
        let creation = created_by(self, first)?;
        let pair = self.pair_of(side, creation.lane)?;
        let nth = self.stream(side, creation.lane).nth_at(creation.position);
        let beside = self.walks[pair].beside(side, nth)?;
        let other = self.aligned(pair, side.other(), beside)?;
        let rule = self.profile.child_thread_rule()?;
        let asides = self.lane(other.side, other.lane).asides_at(other.position);
        let child = asides.iter().find(|aside| aside.rule == rule)?.value;
        let is_child = |lane: &Lane| i64::try_from(child) == Ok(lane.key.thread);
        if self.traces.on(other.side).lanes.iter().any(is_child) {
            return None;
        }
        let (class, mut at) = match side {
            Side::Reference => (Class::MissingThread, Pair::default()),
            Side::Candidate => (Class::ExtraThread, Pair::default()),
        };
        *at.on_mut(side) = Some(first);
        *at.on_mut(side.other()) = Some(other);
        let (nth, detail) = (Pair::default(), Detail::Thread(side));
        Some(Finding { class, pair: None, nth, at, detail, more: 0 })
    }
}

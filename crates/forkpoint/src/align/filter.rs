//! What is left of a lane to be aligned: engine-local events, what the other log cannot record, floats and
//! repeats are taken out.
//!
//! Invariant: what is taken out is decided by the profile and the two logs as wholes, never by
//! where the walk happens to stand.

use std::collections::BTreeMap;

use crate::align::elastic::{self, Patterns};
use crate::align::nested::{self, Nests};
use crate::align::selection::Selection;
use crate::align::visibility::HiddenEvents;
use crate::objects::{ObjectNames, SharedObjects};
use crate::pair::{Pair, Side};
use crate::profile::{Action, Does, Float, Profile, RuleId};
use crate::trace::{Lane, SymbolId, Symbols, Trace};

/// The events of one lane that are aligned, in order.
#[derive(Debug)]
pub struct AlignedLane<'a> {
    /// The lane.
    pub lane: &'a Lane,
    /// Which of the lane's events; none when all are aligned.
    kept: Option<Selection>,
    /// The floats, in order.
    pub floats: Vec<Floating>,
    /// Events that the engine wrote for itself or the other log cannot record, by rule and kind.
    pub local: BTreeMap<(RuleId, SymbolId), u64>,
    /// Rounds of loops that were left out, by rule.
    pub folded: BTreeMap<RuleId, u64>,
}

/// One event that left its lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floating {
    /// The rule by which it left.
    pub rule: RuleId,
    /// Where it was in its lane.
    pub position: u32,
    /// How many aligned events come before it.
    pub slot: u32,
    /// The object it names, or 0.
    pub object: u64,
    /// The event's token.
    pub token: u64,
}

impl<'a> AlignedLane<'a> {
    /// Returns the number of events to be aligned.
    pub fn len(&self) -> usize {
        self.kept.as_ref().map_or(self.lane.n_events(), Selection::len)
    }

    /// Returns whether there is nothing to be aligned.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns where the `nth` aligned event is in its lane.
    #[inline]
    pub fn position(&self, nth: usize) -> usize {
        self.kept.as_ref().map_or(nth, |kept| kept.position(nth))
    }

    /// Returns how many aligned events stand in a row in the lane from the `nth` on, itself included:
    /// some of them, if that is quicker to tell.
    #[inline]
    pub fn in_a_row(&self, nth: usize) -> usize {
        self.kept.as_ref().map_or(self.lane.n_events() - nth, |kept| kept.in_a_row(nth))
    }

    /// Returns the token of the `nth` aligned event.
    #[inline]
    pub fn token(&self, nth: usize) -> u64 {
        self.lane.tokens[self.position(nth)]
    }

    /// Returns the symbol of the `nth` aligned event.
    #[inline]
    pub fn symbol(&self, nth: usize) -> SymbolId {
        self.lane.symbols[self.position(nth)]
    }

    /// Returns which aligned event is at or after a position of the lane.
    pub fn nth_at(&self, position: usize) -> usize {
        match &self.kept {
            Some(kept) => kept.before(position.min(self.lane.n_events())),
            None => position.min(self.lane.n_events()),
        }
    }
}

/// What the profile says about taking events out, worked out once for both logs.
#[derive(Debug)]
pub struct EventFilter<'a> {
    symbols: &'a Symbols,
    profile: &'a Profile,
    shared: &'a SharedObjects,
    /// Whether events of this symbol may leave a lane.
    leaves: Pair<Vec<bool>>,
    unseen: HiddenEvents,
    nests: Nests,
    patterns: Patterns,
}

impl<'a> EventFilter<'a> {
    /// Returns the sieve of a profile.
    pub fn new(
        traces: &Pair<Trace>,
        symbols: &'a Symbols,
        profile: &'a Profile,
        shared: &'a SharedObjects,
    ) -> Self {
        let patterns = Patterns::new(symbols, profile);
        let unseen = HiddenEvents::of(traces, symbols, profile);
        let leaves = Pair::of(|side| {
            let numbered = symbols.0.iter().enumerate();
            let leaves = numbered.map(|(id, symbol)| {
                let plan = &symbol.plan;
                let unseen = unseen.rule(side, SymbolId(id as u32)).is_some();
                plan.local.is_some() || plan.float.is_some() || unseen
            });
            leaves.collect()
        });
        let nests = Nests::new(symbols, profile);
        Self { symbols, profile, shared, leaves, unseen, nests, patterns }
    }

    /// Returns what is left of a lane of one side.
    pub fn stream<'l>(
        &self,
        side: Side,
        lane: &'l Lane,
        names: ObjectNames<'_>,
    ) -> AlignedLane<'l> {
        let mut stream = AlignedLane {
            lane,
            kept: None,
            floats: Vec::new(),
            local: BTreeMap::new(),
            folded: BTreeMap::new(),
        };
        let leaves = self.leaves.on(side);
        let mut kept = None;
        if lane.symbols.iter().any(|symbol| leaves[symbol.0 as usize]) {
            kept = Some(self.take_out(side, (lane, names), &mut stream.floats, &mut stream.local));
        }
        if self.nests.touch(lane) {
            let all = kept.unwrap_or_else(|| (0..lane.n_events() as u32).collect());
            let slots = stream.floats.iter_mut().map(|float| &mut float.slot);
            let rules = (self.symbols, self.profile);
            kept = Some(nested::fold(&self.nests, lane, rules, &all, slots, &mut stream.folded));
        }
        if self.patterns.touch(lane) {
            let all = kept.unwrap_or_else(|| (0..lane.n_events() as u32).collect());
            let slots = stream.floats.iter_mut().map(|float| &mut float.slot);
            kept = Some(elastic::fold(&self.patterns, lane, &all, slots, &mut stream.folded));
        }
        stream.kept = kept.map(|kept| Selection::new(lane.n_events(), kept.into_iter()));
        stream
    }

    fn take_out(
        &self,
        side: Side,
        (lane, names): (&Lane, ObjectNames<'_>),
        floats: &mut Vec<Floating>,
        local: &mut BTreeMap<(RuleId, SymbolId), u64>,
    ) -> Vec<u32> {
        let leaves = self.leaves.on(side);
        let mut kept = Vec::with_capacity(lane.n_events());
        // A wait's end goes with a wait that floated, if it follows at once.
        let mut follower: Option<Floating> = None;
        let mut ends: BTreeMap<RuleId, usize> = BTreeMap::new();
        // What a float takes with it, and up to where.
        let mut body: Option<(Floating, usize)> = None;
        let mut next = 0;
        while next < lane.n_events() {
            body = body.filter(|&(_, end)| next < end);
            if body.is_none() && follower.is_none() {
                // Nearly all events stay.
                let rest = &lane.symbols[next..];
                let stay = rest.iter().position(|symbol| leaves[symbol.0 as usize]);
                let end = next + stay.unwrap_or(rest.len());
                kept.extend(next as u32..end as u32);
                next = end;
            }
            let position = next;
            let Some(&symbol_id) = lane.symbols.get(position) else { break };
            next += 1;
            let symbol = self.symbols.of(symbol_id);
            let own = symbol.plan.local.filter(|rule| {
                position < *ends.entry(*rule).or_insert_with(|| self.end_of(*rule, lane))
            });
            if let Some(rule) = own.or(self.unseen.rule(side, symbol_id)) {
                *local.entry((rule, symbol_id)).or_default() += 1;
                continue;
            }
            let position = position as u32;
            let token = lane.tokens[position as usize];
            if let Some(before) = follower.take() {
                let Action::Float(float) = &self.profile.rule(before.rule).action else { continue };
                let follows = |selector: &crate::profile::Selector| {
                    selector.matches(&symbol.kind, symbol.name.as_deref())
                };
                let is_same = || is_about_same(side, (lane, names), before.position, position);
                if float.followed_by.as_ref().is_some_and(follows) && is_same() {
                    floats.push(Floating { position, token, ..before });
                    follower = Some(before);
                    continue;
                }
            }
            if let Some((rule, object)) = leaves[symbol_id.0 as usize]
                .then(|| self.floats(lane, position, symbol_id))
                .flatten()
            {
                let float = Floating { rule, position, slot: kept.len() as u32, object, token };
                floats.push(float);
                follower = Some(float);
                body = body.or_else(|| Some((float, self.body_end(rule, lane, next)?)));
                continue;
            }
            if let Some((float, _)) = body {
                floats.push(Floating { position, token, ..float });
                continue;
            }
            kept.push(position);
        }
        kept
    }

    /// Returns the position after the last event that goes with a float before `from`.
    fn body_end(&self, rule: RuleId, lane: &Lane, from: usize) -> Option<usize> {
        /// What goes on for longer is looked at no further: the end belongs to another loop.
        const LONGEST: usize = 1024;
        let Action::Float(Float { until: Some(until), .. }) = &self.profile.rule(rule).action
        else {
            return None;
        };
        let body = lane.symbols[from..].iter().take(LONGEST).map(|id| self.symbols.of(*id));
        // The end belongs to the last event of this kind before it: a signal without a handler has no body.
        let kind = &self.symbols.of(lane.symbols[from - 1]).kind;
        let mut body =
            body.take_while(|symbol| symbol.plan.float != Some(rule) && symbol.kind != *kind);
        let end = body.position(|symbol| until.matches(&symbol.kind, symbol.name.as_deref()))?;
        Some(from + end + 1)
    }

    /// Returns up to where a rule takes events out of a lane: all of it, or what comes before some event.
    fn end_of(&self, rule: RuleId, lane: &Lane) -> usize {
        let Action::Local { until: Some(until), .. } = &self.profile.rule(rule).action else {
            return usize::MAX;
        };
        let is_end = |id: &SymbolId| {
            let symbol = self.symbols.of(*id);
            until.matches(&symbol.kind, symbol.name.as_deref())
        };
        lane.symbols.iter().position(is_end).unwrap_or(0)
    }

    /// Returns the rule by which the event floats, and the object it names.
    fn floats(&self, lane: &Lane, position: u32, symbol: SymbolId) -> Option<(RuleId, u64)> {
        let rule = self.symbols.of(symbol).plan.float?;
        let Action::Float(float) = &self.profile.rule(rule).action else { return None };
        let mut objects = lane
            .asides_at(position as usize)
            .iter()
            .filter(|aside| aside.rule == rule)
            .map(|aside| aside.value);
        if !float.when_shared {
            return Some((rule, objects.next().unwrap_or(0)));
        }
        objects.find(|object| self.shared.contains(object)).map(|object| (rule, object))
    }
}

/// Whether an event names the object that one before it has created, or a byte of it; so it is where either
/// names none that is known.
fn is_about_same(
    side: Side,
    (lane, names): (&Lane, ObjectNames<'_>),
    creation: u32,
    position: u32,
) -> bool {
    let objects = names.objects.on(side);
    let named = |position: u32, creates: bool| {
        let place = lane.places.at(position as usize);
        let place = if creates { place } else { place.before() };
        lane.asides_at(position as usize).iter().filter_map(move |aside| {
            let used = names.rules.of(aside.rule)?;
            let is_asked = (used.does == Does::Creates) == creates;
            let found = || objects.resolve(used.space, aside.value, lane.owner, place);
            is_asked.then(|| (used.space, found()))
        })
    };
    let created = named(creation, true).next();
    let Some((space, Some((object, _)))) = created else { return true };
    let used = named(position, false).filter(|(other, _)| *other == space);
    let mut known = used.filter_map(|(_, found)| found).peekable();
    known.peek().is_none() || known.any(|(other, _)| other == object)
}

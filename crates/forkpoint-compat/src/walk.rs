//! Walks two lanes in lock-step to their first divergence.
//!
//! One idea: at each step the two next events match, or a rule of the floating
//! generation lets one side go on alone, or this is the divergence.
//! Invariant: every step advances a side, so a walk is linear but for nested
//! critical sections, whose search is bounded.

use super::difference;
use super::failure::{Failure, Shape};
use super::log::{Event, Log};
use super::nested_cs;
use super::options::{Absorber, Generation, Options};
use super::pairing::LanePair;
use super::payload::{has_kind, hashable_kind};
use super::shared::SharedSids;
use super::text::TextBuf;

/// How two lanes compare.
#[derive(Debug)]
pub(super) struct Walk {
    /// The lanes.
    pub(super) pair: LanePair,
    /// Events that matched, from the start.
    pub(super) n_matched: usize,
    /// Where they diverge, if they do before one of them ends.
    pub(super) divergence: Option<Divergence>,
    pub(super) context: Vec<Step>,
    pub(super) floating_creates: Counts,
    pub(super) floating_waits: Counts,
}

/// The first difference of two lanes.
#[derive(Debug)]
pub(super) struct Divergence {
    /// What differs, in the reference's words.
    pub(super) description: TextBuf,
    pub(super) at: Step,
}

/// An event of each lane, by its index there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) canary: usize,
    pub(super) ours: usize,
}

/// A count for each log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) canary: usize,
    pub(super) ours: usize,
}

/// One of the two logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Canary,
    Ours,
}

/// An event that a rule let pass.
#[derive(Debug)]
pub(super) struct Absorbed {
    pub(super) absorber: Absorber,
    pub(super) side: Side,
    pub(super) event_idx: usize,
    pub(super) matched_at: usize,
    /// Its place among the events of a nested critical section, and their pairs.
    pub(super) nested: Option<(usize, usize)>,
}

/// The logs and rules of a walk.
pub(super) struct Field<'a> {
    pub(super) canary: &'a Log,
    pub(super) ours: &'a Log,
    pub(super) shared: &'a SharedSids,
    pub(super) options: &'a Options,
}

impl Field<'_> {
    /// A shape is found while two events are looked at; either may be the one.
    fn unfit(&self, shape: Shape, pair: &LanePair, at: Step) -> Failure {
        shape.at_either([
            (&self.canary.name, &pair.canary_tid, at.canary),
            (&self.ours.name, &pair.ours_tid, at.ours),
        ])
    }
}

const N_CONTEXT: usize = 5; // matched events shown before a divergence

/// Compares a pair of lanes; what a rule let pass is added to `absorbed`.
pub(super) fn walk(
    field: &Field<'_>,
    pair: LanePair,
    absorbed: &mut Vec<Absorbed>,
) -> Result<Walk, Failure> {
    let canary = &field.canary.lanes[pair.canary_lane].events[..];
    let ours = &field.ours.lanes[pair.ours_lane].events[..];
    let mut walk = Walk {
        pair,
        n_matched: 0,
        divergence: None,
        context: Vec::new(),
        floating_creates: Counts::default(),
        floating_waits: Counts::default(),
    };
    let mut at = Step { canary: 0, ours: 0 };
    while at.canary < canary.len() && at.ours < ours.len() {
        let next =
            next(field, canary, ours, at).map_err(|shape| field.unfit(shape, &walk.pair, at))?;
        match next {
            Next::Local(side) => at.skip(side, 1),
            Next::Match => {
                walk.n_matched += 1;
                walk.remember(at);
                at.skip(Side::Canary, 1);
                at.skip(Side::Ours, 1);
            }
            Next::Absorb(absorber, side, n_events) => {
                walk.absorb(absorber, side, n_events, at, absorbed);
                at.skip(side, n_events);
            }
            Next::Diverge(description) => {
                walk.divergence = Some(Divergence { description, at });
                break;
            }
        }
    }
    Ok(walk)
}

enum Next {
    Local(Side),
    Match,
    Absorb(Absorber, Side, usize),
    Diverge(TextBuf),
}

fn next(field: &Field<'_>, canary: &[Event], ours: &[Event], at: Step) -> Result<Next, Shape> {
    let (a, b) = (&canary[at.canary], &ours[at.ours]);
    let generation = field.options.generation;
    if generation == Generation::Floating {
        for (event, side) in [(a, Side::Canary), (b, Side::Ours)] {
            if is_engine_local(event)? {
                return Ok(Next::Local(side));
            }
        }
    }
    let Some(description) = difference::between(a, b, generation)? else {
        return Ok(Next::Match);
    };
    if generation == Generation::Floating
        && let Some((absorber, side, n_events)) = absorb(field, &canary[at.canary..], a, b)?
    {
        return Ok(Next::Absorb(absorber, side, n_events));
    }
    Ok(Next::Diverge(description))
}

const ENGINE_LOCAL: [&str; 4] =
    ["contention.observed", "sema.release", "signal.match", "wake.requested"];

fn is_engine_local(event: &Event) -> Result<bool, Shape> {
    let kind = hashable_kind(event)?;
    Ok(ENGINE_LOCAL.iter().any(|local| kind.is_str(local)))
}

fn absorb(
    field: &Field<'_>,
    rest: &[Event],
    a: &Event,
    b: &Event,
) -> Result<Option<(Absorber, Side, usize)>, Shape> {
    let is_on = |absorber| !field.options.disabled.contains(&absorber);
    let alone = [(a, b, Side::Canary), (b, a, Side::Ours)];
    if is_on(Absorber::SharedGlobal) {
        for (event, other, side) in alone {
            if is_only_of_kind(event, other, "handle.create") && field.shared.has_created(event)? {
                return Ok(Some((Absorber::SharedGlobal, side, 1)));
            }
        }
    }
    if is_on(Absorber::WaitBegin) {
        for (event, other, side) in alone {
            if is_only_of_kind(event, other, "wait.begin") && field.shared.has_awaited(event)? {
                return Ok(Some((Absorber::WaitBegin, side, 1)));
            }
        }
    }
    if is_on(Absorber::NestedCs)
        && let Some(n_events) = nested_cs::surplus(rest, b)?
    {
        return Ok(Some((Absorber::NestedCs, Side::Canary, n_events)));
    }
    Ok(None)
}

fn is_only_of_kind(event: &Event, other: &Event, kind: &str) -> bool {
    has_kind(event, kind) && !has_kind(other, kind)
}

impl Walk {
    fn remember(&mut self, step: Step) {
        if self.context.len() == N_CONTEXT {
            self.context.remove(0);
        }
        self.context.push(step);
    }

    fn absorb(
        &mut self,
        absorber: Absorber,
        side: Side,
        n_events: usize,
        at: Step,
        absorbed: &mut Vec<Absorbed>,
    ) {
        match absorber {
            Absorber::SharedGlobal => self.floating_creates.add(side),
            Absorber::WaitBegin => self.floating_waits.add(side),
            Absorber::NestedCs => {}
        }
        let first = match side {
            Side::Canary => at.canary,
            Side::Ours => at.ours,
        };
        let is_nested = absorber == Absorber::NestedCs;
        absorbed.extend((0..n_events).map(|offset| Absorbed {
            absorber,
            side,
            event_idx: first + offset,
            matched_at: self.n_matched,
            nested: is_nested.then_some((n_events / nested_cs::PAIR_LEN, offset)),
        }));
    }
}

impl Step {
    fn skip(&mut self, side: Side, n_events: usize) {
        match side {
            Side::Canary => self.canary += n_events,
            Side::Ours => self.ours += n_events,
        }
    }
}

impl Counts {
    fn add(&mut self, side: Side) {
        match side {
            Side::Canary => self.canary += 1,
            Side::Ours => self.ours += 1,
        }
    }
}

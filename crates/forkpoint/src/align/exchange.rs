//! Recognises that threads which do one kind of work shared it out otherwise.
//!
//! Lanes that begin alike and part from their partners, and that between them did just the same events
//! as often, took one another's work. That holds only between lanes: the events of a single lane in
//! another order are a divergence.

use std::collections::BTreeMap;

use crate::align::streams::Stream;
use crate::align::threads::Paired;
use crate::align::walk::Walk;
use crate::pair::{Pair, Side};
use crate::profile::{Exchange, Profile, RuleId};
use crate::trace::Symbols;
use crate::value::fold;

/// Lanes that begin with so many equal events run one procedure.
const BEGINNING: usize = 8;

/// That lanes took one another's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchanged {
    /// The rule that lets them.
    pub rule: RuleId,
    /// How many events of each lane were compared as a set.
    pub events: Pair<u64>,
}

/// Settles the partings of lanes that took one another's work, if a rule lets them.
pub fn settle(
    streams: &Pair<Vec<Stream<'_>>>,
    pairs: &[Paired],
    walks: &mut [Walk],
    profile: &Profile,
    symbols: &Symbols,
) {
    for (rule, exchange) in profile.exchanges() {
        let mut groups: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (pair, walk) in walks.iter().enumerate() {
            let stream = &streams.reference[pairs[pair].lanes.reference];
            let parts = !walk.partings.is_empty() && walk.matched() >= BEGINNING;
            if parts && begins(exchange, symbols, stream) {
                let beginning = (0..BEGINNING).fold(0, |key, nth| fold(key, stream.token(nth)));
                groups.entry(beginning).or_default().push(pair);
            }
        }
        for group in groups.into_values() {
            let rests: Vec<Pair<Vec<u64>>> =
                group.iter().map(|&pair| rest(streams, &pairs[pair], &walks[pair])).collect();
            // Work that stayed where it was, in another order, is no exchange.
            let moved = rests.iter().all(|rest| rest.reference != rest.candidate);
            let all = Pair::of(|side: Side| {
                let mut all: Vec<u64> =
                    rests.iter().flat_map(|rest| rest.on(side)).copied().collect();
                all.sort_unstable();
                all
            });
            if group.len() < 2 || !moved || all.reference != all.candidate {
                continue;
            }
            for (&pair, rest) in group.iter().zip(&rests) {
                let events = rest.as_ref().map(|rest| rest.len() as u64);
                settle_one(streams, &pairs[pair], &mut walks[pair], Exchanged { rule, events });
            }
        }
    }
}

fn begins(exchange: &Exchange, symbols: &Symbols, stream: &Stream<'_>) -> bool {
    let first = symbols.of(stream.symbol(0));
    exchange.first.matches(&first.kind, first.name.as_deref())
}

/// Returns what a pair of lanes has behind its first parting, sorted.
fn rest(streams: &Pair<Vec<Stream<'_>>>, paired: &Paired, walk: &Walk) -> Pair<Vec<u64>> {
    Pair::of(|side| {
        let stream = &streams.on(side)[*paired.lanes.on(side)];
        let mut rest: Vec<u64> =
            (walk.matched()..stream.len()).map(|nth| stream.token(nth)).collect();
        rest.sort_unstable();
        rest
    })
}

fn settle_one(
    streams: &Pair<Vec<Stream<'_>>>,
    paired: &Paired,
    walk: &mut Walk,
    exchanged: Exchanged,
) {
    let matched = walk.matched();
    walk.segments.truncate(1);
    walk.partings.clear();
    walk.lost_sync = false;
    walk.exchanged = Some(exchanged);
    // Behind the parting nothing stood beside what it should have, so what was met there means nothing.
    let stream = &streams.reference[paired.lanes.reference];
    let end = stream.position(matched.min(stream.len() - 1));
    walk.meetings.retain(|meeting| (meeting.at.reference as usize) < end);
}

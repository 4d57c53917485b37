//! Compares what left the lanes as sets over the whole run.
//!
//! Four checks. Every distinct float of one side must be on the other, if its rule says that a
//! one-sided float diverges. And where both lanes of a pair have a float of one rule on one object
//! between the same two events, the two must be equal. Floats that keep their order must stand in one order
//! where both lanes of a pair have the same ones. And where both logs have equally many, each object has its
//! events as often in both ([`tallies`]).

use std::collections::{BTreeMap, HashMap};

use crate::align::alignment::LaneAlignment;
use crate::align::filter::{AlignedLane, Floating};
use crate::align::oddity::FloatMismatch;
use crate::align::tallies;
use crate::objects::Identities;
use crate::pair::{Pair, Side};
use crate::profile::{Action, Profile, RuleId};
use crate::trace::Symbols;

/// Returns the floats that are not as they should be, and how many of each rule left each side.
pub fn compare(
    streams: &Pair<Vec<AlignedLane<'_>>>,
    pairs: &[Pair<usize>],
    walks: &[LaneAlignment],
    profile: &Profile,
    symbols: &Symbols,
    identities: &Identities,
) -> (Vec<FloatMismatch>, BTreeMap<RuleId, Pair<u64>>) {
    let mut counts: BTreeMap<RuleId, Pair<u64>> = BTreeMap::new();
    let mut first: Pair<HashMap<(RuleId, u64), (usize, Floating)>> = Pair::default();
    for side in Side::BOTH {
        for (lane, stream) in streams.on(side).iter().enumerate() {
            for float in &stream.floats {
                *counts.entry(float.rule).or_default().on_mut(side) += 1;
                first.on_mut(side).entry((float.rule, float.token)).or_insert((lane, *float));
            }
        }
    }
    let mut odd = Vec::new();
    for side in Side::BOTH {
        let other = first.on(side.other());
        let one_sided = first.on(side).iter().filter(|(key, _)| !other.contains_key(key));
        for (&(rule, _), &(lane, float)) in one_sided {
            let Action::Float(action) = &profile.rule(rule).action else { continue };
            let symbol = streams.on(side)[lane].lane.symbols[float.position as usize];
            let is_compared = !action.takes_any_value(&symbols.of(symbol).kind);
            // Where all of it is scheduling, none at all proves nothing.
            let has_some = counts.get(&rule).is_some_and(|counts| *counts.on(side.other()) > 0);
            if action.one_sided_diverges && is_compared && (has_some || !action.anywhere) {
                odd.push(FloatMismatch::OneSided { side, lane, float });
            }
        }
    }
    let mut differ = Vec::new();
    for (&lanes, walk) in pairs.iter().zip(walks) {
        in_step(streams, lanes, walk.matched(), profile, &mut differ);
        in_order(streams, lanes, profile, &mut differ);
    }
    // What is aligned with a float that differs is reported there.
    odd.retain(|one| !differ.iter().any(|both| is_told(one, both)));
    odd.append(&mut differ);
    let shown: Vec<RuleId> = odd.iter().map(FloatMismatch::rule).collect();
    let uneven = tallies::compare(streams, pairs, profile, identities).into_iter();
    odd.extend(uneven.filter(|oddity| !shown.contains(&oddity.rule())));
    (odd, counts)
}

/// Returns whether a float that one side alone has is one of two that differ.
fn is_told(one: &FloatMismatch, both: &FloatMismatch) -> bool {
    match (one, both) {
        (FloatMismatch::OneSided { side, float, .. }, FloatMismatch::Differ { floats, .. }) => {
            let other = floats.on(*side);
            (float.rule, float.token) == (other.rule, other.token)
        }
        _ => false,
    }
}

/// Compares the floats that both lanes of a pair have between the same two events.
fn in_step(
    streams: &Pair<Vec<AlignedLane<'_>>>,
    lanes: Pair<usize>,
    reach: usize,
    profile: &Profile,
    odd: &mut Vec<FloatMismatch>,
) {
    let floats = Pair::of(|side| &streams.on(side)[*lanes.on(side)].floats);
    let mut b = 0;
    let mut a = 0;
    while a < floats.reference.len() && b < floats.candidate.len() {
        let slot = floats.reference[a].slot;
        match slot.cmp(&floats.candidate[b].slot) {
            std::cmp::Ordering::Less => a += 1,
            std::cmp::Ordering::Greater => b += 1,
            std::cmp::Ordering::Equal => {
                let end = |floats: &[Floating], from: usize| {
                    from + floats[from..].iter().take_while(|float| float.slot == slot).count()
                };
                let (end_a, end_b) = (end(floats.reference, a), end(floats.candidate, b));
                if slot as usize <= reach {
                    let of_slot =
                        Pair::new(&floats.reference[a..end_a], &floats.candidate[b..end_b]);
                    alike(lanes, of_slot, profile, odd);
                }
                (a, b) = (end_a, end_b);
            }
        }
    }
}

/// Compares the order of floats that keep theirs, where both lanes of a pair have the same ones.
fn in_order(
    streams: &Pair<Vec<AlignedLane<'_>>>,
    lanes: Pair<usize>,
    profile: &Profile,
    odd: &mut Vec<FloatMismatch>,
) {
    let is_ordered = |float: &&Floating| matches!(&profile.rule(float.rule).action, Action::Float(rule) if rule.ordered);
    let floats = Pair::of(|side| -> Vec<Floating> {
        let floats = &streams.on(side)[*lanes.on(side)].floats;
        floats.iter().filter(is_ordered).copied().collect()
    });
    let key = |float: &Floating| (float.rule, float.token);
    let sorted = floats.as_ref().map(|floats| {
        let mut keys: Vec<(RuleId, u64)> = floats.iter().map(key).collect();
        keys.sort_unstable();
        keys
    });
    if sorted.reference != sorted.candidate {
        return; // what one side lacks is reported elsewhere
    }
    let mut both = floats.reference.iter().zip(&floats.candidate);
    if let Some((&a, &b)) = both.find(|(a, b)| key(a) != key(b)) {
        odd.push(FloatMismatch::Differ { lanes, floats: Pair::new(a, b) });
    }
}

/// Within one slot: of one rule and one object, equally many must be equal.
fn alike(
    lanes: Pair<usize>,
    floats: Pair<&[Floating]>,
    profile: &Profile,
    odd: &mut Vec<FloatMismatch>,
) {
    let mut groups: BTreeMap<(RuleId, u64), Pair<Vec<Floating>>> = BTreeMap::new();
    let compared = |float: &&Floating| !matches!(&profile.rule(float.rule).action, Action::Float(rule) if rule.any_value || rule.anywhere);
    for side in Side::BOTH {
        for float in floats.on(side).iter().filter(compared) {
            groups.entry((float.rule, float.object)).or_default().on_mut(side).push(*float);
        }
    }
    for group in groups.values_mut() {
        if group.reference.len() != group.candidate.len() {
            continue; // presence is scheduling
        }
        group.reference.sort_by_key(|float| float.token);
        group.candidate.sort_by_key(|float| float.token);
        for (&a, &b) in group.reference.iter().zip(&group.candidate) {
            if a.token != b.token {
                odd.push(FloatMismatch::Differ { lanes, floats: Pair::new(a, b) });
                break;
            }
        }
    }
}

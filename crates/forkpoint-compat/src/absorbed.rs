//! Writes the events that rules let pass, one JSON line each.

use std::fmt::Write as _;

use super::Comparison;
use super::dumps;
use super::value::Value;
use super::walk::{Absorbed, Side, Walk};

/// Appends the line of an absorbed event, its keys sorted.
pub(super) fn line(comparison: &Comparison, walk: &Walk, absorbed: &Absorbed, out: &mut String) {
    let [canary, ours] = comparison.lanes(walk);
    let (side, lane) = match absorbed.side {
        Side::Canary => ("canary", canary),
        Side::Ours => ("ours", ours),
    };
    let json = |value: &Value| {
        let mut json = String::new();
        dumps::value(value, &mut json);
        json
    };
    let _ = write!(
        out,
        "{{\"absorber\": \"{}\", \"canary_tid\": {}, \"event\": ",
        absorbed.absorber.name(),
        json(&walk.pair.canary_tid)
    );
    dumps::dict(&lane.events[absorbed.event_idx], out);
    let _ = write!(
        out,
        ", \"matched_at\": {}, \"ours_tid\": {}",
        absorbed.matched_at,
        json(&walk.pair.ours_tid)
    );
    if let Some((n_pairs, _)) = absorbed.nested {
        let _ = write!(out, ", \"pairs_consumed\": {n_pairs}");
    }
    let _ = write!(out, ", \"side\": \"{side}\"");
    if let Some((_, offset)) = absorbed.nested {
        let _ = write!(out, ", \"window_offset\": {offset}");
    }
    out.push_str("}\n");
}

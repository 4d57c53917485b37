//! Where events are and what surrounds them, with the lines as they are.

use crate::align::explain::{self, Difference};
use crate::align::resync::Gap;
use crate::analysis::{Analysis, EventRef};
use crate::pair::{Pair, Side};
use crate::render::around::{Around, around};
use crate::report::{ContextRow, EventView, FieldDifference, Mark, Site};

/// Returns what the log calls a lane.
pub fn lane_name(facts: &Analysis<'_>, side: Side, lane: usize) -> String {
    facts.traces.on(side).lane_name(facts.lane(side, lane).key)
}

/// Returns where an event is.
pub fn site(facts: &Analysis<'_>, at: EventRef) -> Site {
    let (trace, lane) = (facts.traces.on(at.side), facts.lane(at.side, at.lane));
    let line = trace.lines.read(lane.places.at(at.position));
    let (file, line) =
        line.map_or_else(|_| (trace.files[0].clone(), 0), |line| (line.file, line.number));
    Site {
        side: at.side,
        process: lane.key.process,
        tid: lane.key.thread,
        lane: lane_name(facts, at.side, at.lane),
        event_idx: lane.event_idx(at.position),
        file,
        line,
        name: facts.symbols.of(lane.symbols[at.position]).title(),
    }
}

/// Returns an event to be shown.
pub fn event(facts: &Analysis<'_>, at: EventRef) -> EventView {
    let lane = facts.lane(at.side, at.lane);
    let symbol = facts.symbols.of(lane.symbols[at.position]);
    let view = explain::view(facts.traces.on(at.side), lane.places.at(at.position), &symbol.plan);
    EventView {
        event_idx: lane.event_idx(at.position),
        line: view.line,
        name: symbol.title(),
        canonical: view.canonical,
        raw: view.raw,
        fields: view.fields,
    }
}

/// Returns what surrounds the place where two lanes diverge: equal events before it, the gap
/// that parts them, and what comes behind it, side by side again where the lanes agree again.
pub(super) fn context(
    facts: &Analysis<'_>,
    lanes: Pair<usize>,
    nth: Pair<usize>,
    gap: Option<Gap>,
) -> Vec<ContextRow> {
    let (before, after) = facts.options.context;
    let streams = Pair::of(|side| &facts.streams.on(side)[*lanes.on(side)]);
    let row = |mark: Mark, nth: Pair<Option<usize>>| {
        let events = Pair::of(|side| {
            let stream = streams.on(side);
            let nth = nth.on(side).filter(|&nth| nth < stream.len())?;
            Some(event(
                facts,
                EventRef { side, lane: *lanes.on(side), position: stream.position(nth) },
            ))
        });
        ContextRow { mark, events }
    };
    let absorber = facts.absorber();
    // A pair that differs and is known is not an equal pair.
    let beside = |nth: Pair<usize>| {
        let inside = streams.zip(nth).map(|(stream, nth)| nth < stream.len());
        let is_known = inside.reference
            && inside.candidate
            && streams.reference.token(nth.reference) != streams.candidate.token(nth.candidate)
            && absorber.waiver(streams, nth).is_some();
        row(if is_known { Mark::Known } else { Mark::Equal }, nth.map(Some))
    };
    let both = |ahead: usize| nth.map(|nth| Some(nth + ahead));
    let first = before.min(nth.reference).min(nth.candidate);
    let mut rows: Vec<ContextRow> =
        (1..=first).rev().map(|back| beside(nth.map(|nth| nth - back))).collect();
    let Some(gap) = gap else {
        let mark = |ahead: usize| if ahead == 0 { Mark::Divergent } else { Mark::After };
        rows.extend((0..=after).map(|ahead| row(mark(ahead), both(ahead))));
        rows.retain(|row| row.events.reference.is_some() || row.events.candidate.is_some());
        return rows;
    };
    let skipped = Pair::new(gap.reference, gap.candidate);
    let length = gap.reference.max(gap.candidate).min(1 + after);
    for ahead in 0..length {
        let mark = if ahead == 0 { Mark::Divergent } else { Mark::After };
        let inside = Pair::of(|side| (ahead < *skipped.on(side)).then_some(nth.on(side) + ahead));
        rows.push(row(mark, inside));
    }
    if length == gap.reference.max(gap.candidate) {
        rows.extend(
            (0..after)
                .map(|ahead| beside(Pair::of(|side| nth.on(side) + skipped.on(side) + ahead))),
        );
    }
    rows.retain(|row| row.events.reference.is_some() || row.events.candidate.is_some());
    // Behind the anchor the lanes may part again.
    for row in &mut rows {
        if row.mark == Mark::Equal
            && (row.events.reference.is_none() || row.events.candidate.is_none())
        {
            row.mark = Mark::After;
        }
    }
    rows
}

/// Returns the differences that nothing excuses, in a line.
pub(super) fn shown(differences: &[Difference]) -> String {
    const SHOWN: usize = 3;
    /// A longer value is cut to where the difference is.
    const ROOM: usize = 60; // characters
    let real: Vec<&Difference> =
        differences.iter().filter(|difference| difference.excused_by.is_none()).collect();
    let shown = |difference: &&Difference| {
        let values = difference.values.as_ref().map(|value| value.as_deref().unwrap_or("nothing"));
        let Around { values: Pair { reference, candidate }, place } = around(values, ROOM);
        let place = place.map(|place| format!(" (from {place} on)")).unwrap_or_default();
        format!("{} {reference} ↔ {candidate}{place}", difference.field)
    };
    let mut parts: Vec<String> = real.iter().take(SHOWN).map(shown).collect();
    if real.len() > SHOWN {
        parts.push(format!("{} more", real.len() - SHOWN));
    }
    parts.join(", ")
}

/// Returns a difference as the report says it.
pub(super) fn difference(facts: &Analysis<'_>, difference: Difference) -> FieldDifference {
    let excused_by = difference.excused_by.map(|rule| facts.profile.rule(rule).id.clone());
    FieldDifference { field: difference.field, values: difference.values, excused_by }
}

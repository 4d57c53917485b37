//! Writes the report.
//!
//! One idea: what a reader or a script takes as fact (table rows, headings of
//! lanes, the divergence line, everything in code fences) is the reference's to
//! the letter; title and prose are ours.

use super::Comparison;
use super::dumps;
use super::failure::{Failure, Shape};
use super::local_kinds::{COUNTED, count};
use super::log::{Event, Lane, Log};
use super::options::Generation;
use super::payload::object;
use super::text::TextBuf;
use super::value::{Value, or_none};
use super::walk::{Counts, Divergence, Step, Walk};

/// Returns the report in Markdown.
pub(super) fn report(comparison: &Comparison) -> Result<String, Failure> {
    let mut out = TextBuf::new();
    let generation = comparison.options.generation;
    out.str("# Forkpoint, compat ").str(generation.name()).str("\n\n");
    out.str("How far each thread of ours follows its thread of the canary.\n");
    summary(comparison, &mut out);
    if generation == Generation::Floating {
        cadence(comparison, &mut out)?;
    }
    for walk in &comparison.walks {
        lane(comparison, walk, &mut out)?;
    }
    out.into_utf8().ok_or_else(|| {
        Failure::Unfit("the report would quote a lone surrogate, which UTF-8 cannot carry".into())
    })
}

fn summary(comparison: &Comparison, out: &mut TextBuf) {
    let is_floating = comparison.options.generation == Generation::Floating;
    out.str("\n## Lanes\n\n");
    out.str(
        "| canary_tid | ours_tid | matched | canary_total | ours_total | first_divergence_at |",
    );
    out.str(if is_floating { " floating_create (c/o) | floating_wait (c/o) |\n" } else { "\n" });
    out.str("|---|---|---|---|---|---|").str(if is_floating { "---|---|\n" } else { "\n" });
    for walk in &comparison.walks {
        let [canary, ours] = comparison.lanes(walk);
        out.str("| ").plain(&walk.pair.canary_tid).str(" | ").plain(&walk.pair.ours_tid);
        out.str(" | ").count(walk.n_matched).str(" | ").count(canary.events.len());
        out.str(" | ").count(ours.events.len()).str(" | ");
        match walk.divergence {
            Some(_) => out.count(walk.n_matched),
            None => out.str("—"),
        };
        if is_floating {
            out.str(" | ").counts(walk.floating_creates).str(" | ").counts(walk.floating_waits);
        }
        out.str(" |\n");
    }
    if is_floating {
        out.str("\nThe floating columns count events on dispatchers that threads share, present\n");
        out.str("on one side only because of scheduling: excused, and not compared.\n");
    }
}

fn cadence(comparison: &Comparison, out: &mut TextBuf) -> Result<(), Failure> {
    let (canary, ours) = (count(&comparison.canary)?, count(&comparison.ours)?);
    if canary.total() + ours.total() == 0 {
        return Ok(());
    }
    out.str("\n## Counted, not aligned\n\n");
    out.str("| kind | canary total | ours total | per-tid (canary) | per-tid (ours) |\n");
    out.str("|---|---:|---:|---|---|\n");
    out.str("| `").str(COUNTED).str("` | ").count(canary.total()).str(" | ").count(ours.total());
    out.str(" | ").buf(&canary.by_thread()?).str(" | ").buf(&ours.by_thread()?).str(" |\n");
    Ok(())
}

fn lane(comparison: &Comparison, walk: &Walk, out: &mut TextBuf) -> Result<(), Failure> {
    let [canary, ours] = comparison.lanes(walk);
    out.str("\n## canary_tid=").plain(&walk.pair.canary_tid);
    out.str(" → ours_tid=").plain(&walk.pair.ours_tid).str("\n\n");
    let Some(Divergence { description, at }) = &walk.divergence else {
        out.str("No divergence within the ").count(walk.n_matched).str(" compared events");
        out.str(" (canary has ").count(canary.events.len());
        out.str(", ours has ").count(ours.events.len()).str(").\n");
        return Ok(());
    };
    let differing = [&canary.events[at.canary], &ours.events[at.ours]];
    out.str("First divergence at ");
    match comparison.options.generation {
        Generation::Strict => out.str("`tid_event_idx=").count(walk.n_matched).str("`"),
        Generation::Floating => {
            out.str("matched-prefix position ").count(walk.n_matched);
            out.str(" (canary raw tid_event_idx=").event_idx(differing[0]);
            out.str(", ours raw tid_event_idx=").event_idx(differing[1]).str(")")
        }
    };
    out.str(": ").buf(description).str("\n\nBefore it, on both sides:\n```\n");
    for step in &walk.context {
        both(comparison, walk, *step, out)?;
    }
    out.str("```\n\nThe events that differ:\n```\n");
    both(comparison, walk, *at, out)?;
    out.str("```\n\nWhat follows them:\n```\n");
    both(comparison, walk, Step { canary: at.canary + 1, ours: at.ours + 1 }, out)?;
    out.str("```\n\nThe events that differ, in full:\n```json\n");
    for event in differing {
        let mut json = String::new();
        dumps::dict(event, &mut json);
        out.str(&json).str("\n");
    }
    out.str("```\n");
    Ok(())
}

/// Writes a line for the event of each side, or says that the side has ended.
fn both(
    comparison: &Comparison,
    walk: &Walk,
    step: Step,
    out: &mut TextBuf,
) -> Result<(), Failure> {
    let [canary, ours] = comparison.lanes(walk);
    let sides = [
        (" canary: ", &comparison.canary, canary, step.canary),
        (" ours: ", &comparison.ours, ours, step.ours),
    ];
    for (label, log, lane, event_idx) in sides {
        out.str(label);
        one(log, lane, event_idx, out)?;
        out.str("\n");
    }
    Ok(())
}

fn one(log: &Log, lane: &Lane, event_idx: usize, out: &mut TextBuf) -> Result<(), Failure> {
    match lane.events.get(event_idx) {
        Some(event) => brief(event, out).map_err(|shape| shape.at(&log.name, &lane.tid, event_idx)),
        None => {
            out.str("<end of stream>");
            Ok(())
        }
    }
}

/// Writes an event in one line: its index, kind, and what the kind is known by.
fn brief(event: &Event, out: &mut TextBuf) -> Result<(), Shape> {
    out.str("[").event_idx(event).str("] ").or_question_mark(event.get("kind")).str(" ");
    let kind = or_none(event.get("kind"));
    if ["kernel.call", "kernel.return", "import.call"].iter().any(|call| kind.is_str(call)) {
        let payload = object(event)?;
        let name = or_none(payload.get("name"));
        out.plain(if name.is_truthy() { name } else { or_none(payload.get("ord")) });
    } else if kind.is_str("handle.create") || kind.is_str("handle.destroy") {
        out.str("sid=").or_question_mark(object(event)?.get("handle_semantic_id"));
    } else {
        match event.get("payload") {
            Some(payload) => out.plain(payload),
            None => out.str("{}"),
        };
    }
    Ok(())
}

impl TextBuf {
    fn event_idx(&mut self, event: &Event) -> &mut Self {
        self.or_question_mark(event.get("tid_event_idx"))
    }

    fn or_question_mark(&mut self, value: Option<&Value>) -> &mut Self {
        match value {
            Some(value) => self.plain(value),
            None => self.str("?"),
        }
    }

    fn counts(&mut self, counts: Counts) -> &mut Self {
        self.count(counts.canary).str("/").count(counts.ours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::loads;

    fn brief_of(json: &str) -> String {
        let Ok(Value::Dict(event)) = loads(json) else { panic!("expected an object") };
        let mut out = TextBuf::new();
        match brief(&event, &mut out) {
            Ok(()) => out.escaped(),
            Err(_) => "refused".to_owned(),
        }
    }

    #[test]
    fn a_call_is_known_by_its_name_or_ordinal() {
        assert_eq!(
            brief_of(r#"{"kind":"import.call","tid_event_idx":3,"payload":{"name":"","ord":0}}"#),
            "[3] import.call 0"
        );
        assert_eq!(brief_of(r#"{"kind":"kernel.call"}"#), "[?] kernel.call None");
        assert_eq!(brief_of(r#"{"kind":"kernel.call","payload":null}"#), "refused");
    }

    #[test]
    fn a_handle_is_known_by_its_id_and_the_rest_by_the_payload() {
        assert_eq!(
            brief_of(r#"{"kind":"handle.destroy","payload":{}}"#),
            "[?] handle.destroy sid=?"
        );
        assert_eq!(brief_of(r#"{"payload":{"a":["x"]}}"#), "[?] ? {'a': ['x']}");
        assert_eq!(brief_of(r#"{"kind":7,"payload":"x"}"#), "[?] 7 x");
        assert_eq!(brief_of("{}"), "[?] ? {}");
    }
}

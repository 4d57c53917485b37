//! Events one by one: a line each.

use schemars::JsonSchema;
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::render::document::{Document, Tone, code, own, parts, said};
use crate::render::escape::plain;
use crate::show::Shown;
use crate::trace::Trace;
use crate::value::Value;

/// An event that is shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ShownEvent {
    /// Its thread, as readers of the log know it.
    pub lane: String,
    /// Its index in its thread.
    pub event_idx: u64,
    /// Its kind and function.
    pub name: String,
    /// Its fields, as the log has them.
    pub fields: Vec<ShownField>,
    /// Whether it was asked for, and is not only near one that was.
    pub is_hit: bool,
}

/// A field of an event.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ShownField {
    /// Its name.
    pub field: String,
    /// Its value, as text.
    pub value: String,
}

/// Returns the events, each with its document, in the order of the files.
pub fn events<'a>(
    trace: &'a Trace,
    shown: &'a Shown,
) -> impl Iterator<Item = (ShownEvent, Document)> + 'a {
    let names: Vec<String> = trace.lanes.iter().map(|lane| trace.lane_name(lane.key)).collect();
    let lane_width = names.iter().map(|name| plain(name).width()).max().unwrap_or(0);
    let last_index = |lane: &crate::trace::Lane| {
        lane.n_events().checked_sub(1).map_or(1, |last| lane.event_idx(last).to_string().len())
    };
    let index_width = trace.lanes.iter().map(last_index).max().unwrap_or(0);
    let mut before: Vec<Option<usize>> = vec![None; names.len()];
    let mut is_first = true;
    shown.events(trace).map(move |(number, position)| {
        let goes_on = position.checked_sub(1).is_some_and(|last| before[number] == Some(last));
        let mut page = Document::default();
        if shown.is_chosen && !is_first && !goes_on {
            page.line(0, own("⋯").tone(Tone::Faint));
        }
        is_first = false;
        before[number] = Some(position);
        let event = event(trace, names[number].clone(), shown, (number, position));
        let blanks = " ".repeat(lane_width - plain(&event.lane).width());
        let index = said(format!(" {:>index_width$} ", event.event_idx));
        let head = parts![said(blanks), code(&event.lane), index].tone(Tone::Faint);
        let (mark, tone) = match (shown.is_chosen, event.is_hit) {
            (true, true) => ("> ", Tone::Strong),
            (true, false) => ("  ", Tone::Place),
            (false, _) => ("", Tone::Place),
        };
        let fields = event.fields.iter().map(|field| format!("{}={}", field.field, field.value));
        let fields: Vec<String> = fields.collect();
        let fields = (!fields.is_empty()).then(|| parts!["  ", code(fields.join(" "))]);
        let name = code(&event.name).tone(tone);
        page.line(0, parts![own(mark).tone(Tone::Warn), head, name, fields]);
        (event, page)
    })
}

fn event(
    trace: &Trace,
    lane: String,
    shown: &Shown,
    (number, position): (usize, usize),
) -> ShownEvent {
    let (event_idx, is_hit) =
        (trace.lanes[number].event_idx(position), shown.is_hit(number, position));
    let Some(event) = trace.event(trace.lanes[number].places.at(position)) else {
        let name = "(cannot be read any more)".to_owned();
        return ShownEvent { lane, event_idx, name, fields: Vec::new(), is_hit };
    };
    let mut fields = Vec::new();
    let mut add = |field: String, value: &Value<'_>| {
        fields.push(ShownField { field, value: value.to_string() });
    };
    for (key, value) in event.payload.iter().filter(|(key, _)| key != "name") {
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(inner, value)| add(format!("{key}.{inner}"), value));
            }
            value => add(key.to_string(), value),
        }
    }
    let name = match &event.name {
        Some(name) => format!("{} {name}", event.kind),
        None => event.kind.into_owned(),
    };
    ShownEvent { lane, event_idx, name, fields, is_hit }
}

//! Events as one reads them in a terminal: a line each, cut to its width.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::report::plain::plain;
use crate::report::text::{BOLD, CYAN, DIM, Text, TextOptions, YELLOW};
use crate::show::Shown;
use crate::trace::Trace;
use crate::value::Value;

/// Writes the events.
///
/// # Errors
/// What `out` says.
pub fn write(
    trace: &Trace,
    shown: &Shown,
    options: TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let names: Vec<String> =
        trace.lanes.iter().map(|lane| plain(&trace.lane_name(lane.key)).into_owned()).collect();
    let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
    let lane_width = widest(&mut names.iter().map(|name| name.width()));
    let index_width = widest(&mut trace.lanes.iter().map(|lane| {
        lane.n_events().checked_sub(1).map_or(1, |last| lane.event_idx(last).to_string().len())
    }));
    let text = Text { options, out };
    let mut before: Vec<Option<usize>> = vec![None; names.len()];
    let mut is_first = true;
    for (number, position) in shown.events(trace) {
        let lane = &trace.lanes[number];
        let goes_on = position.checked_sub(1).is_some_and(|last| before[number] == Some(last));
        if shown.is_chosen && !is_first && !goes_on {
            writeln!(text.out, "{}", text.paint(DIM, "⋯"))?;
        }
        is_first = false;
        before[number] = Some(position);
        let mark = if shown.is_hit(number, position) { ">" } else { " " };
        let index = lane.event_idx(position);
        let head = format!("{:>lane_width$} {index:>index_width$} ", names[number]);
        let (title, fields) = event(trace, number, position);
        let mark_columns = if shown.is_chosen { 2 } else { 0 };
        if shown.is_chosen {
            write!(text.out, "{} ", text.paint(YELLOW, mark))?;
        }
        let title = text.cut(&plain(&title), mark_columns + head.width());
        let used = mark_columns + head.width() + title.width();
        let style = if mark == ">" { BOLD } else { CYAN };
        write!(text.out, "{}{}", text.paint(DIM, &head), text.paint(style, &title))?;
        // What has no room for a word is left out.
        const LEAST: usize = 12;
        let room = text.options.width.is_none_or(|width| width.saturating_sub(used + 2) >= LEAST);
        if !fields.is_empty() && room {
            write!(text.out, "  {}", text.cut(&plain(&fields), used + 2))?;
        }
        writeln!(text.out)?;
    }
    Ok(())
}

/// Returns kind and function of an event, and its fields.
fn event(trace: &Trace, lane: usize, position: usize) -> (String, String) {
    let place = trace.lanes[lane].places.at(position);
    let Some(event) = trace.event(place) else {
        return ("(cannot be read any more)".to_owned(), String::new());
    };
    let mut fields = Vec::new();
    for (key, value) in event.payload.iter().filter(|(key, _)| key != "name") {
        match value {
            Value::Object(members) => {
                fields
                    .extend(members.iter().map(|(inner, value)| format!("{key}.{inner}={value}")));
            }
            value => fields.push(format!("{key}={value}")),
        }
    }
    let title = match &event.name {
        Some(name) => format!("{} {name}", event.kind),
        None => event.kind.into_owned(),
    };
    (title, fields.join(" "))
}

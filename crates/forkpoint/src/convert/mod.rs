//! Writes a log of any format as an event log, schema v1.
//!
//! Its one idea: what the reader makes of a line is written as it is, so that comparing two converted
//! logs says what comparing the originals says. Invariant: nothing that could make a difference is
//! dropped in silence; damaged lines are counted in the new header, and stay faults of the new log.
//!
//! Beside the schema's own keys a converted log has these: in the header `converted_from`, `profile`, `owners`,
//! `notices` and `damaged`; in an event `process_id`, and `hex`, which says the numbers that the original has in
//! hexadecimal (`true`: all of them).

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Map, Value as Json};

use crate::render::escape::plain_json;
use crate::trace::parsed_event::ParsedEvent;
use crate::trace::{Lane, Place, Trace};
use crate::value::Value;

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Converted {
    /// Events.
    pub events: u64,
    /// Events that could not be read again: the log has changed meanwhile.
    pub lost: u64,
}

/// Writes `trace` as an event log that asks for `profile`, if that is one that comes with the program.
///
/// # Errors
/// What `out` says, and when a line cannot be read again.
pub fn convert(trace: &Trace, profile: Option<&str>, out: &mut dyn Write) -> io::Result<Converted> {
    let mut converted = Converted::default();
    let is_event_log = trace.is_event_log;
    let damaged = trace.faults.count();
    match trace.lines.bytes(Place::new(0, 0))? {
        // It says all that it said.
        header if is_event_log && damaged == 0 => {
            let header = header.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&header);
            write_as_it_is(header.trim_ascii_end(), out)?;
        }
        _ => write!(out, "{}", header(trace, profile, damaged))?,
    }
    writeln!(out)?;
    let mut text = String::new();
    for (lane, position) in trace.in_file_order() {
        let lane = &trace.lanes[lane]; // a line alone need not tell whose it is
        let place = lane.places.at(position);
        let line = trace.lines.bytes(place)?;
        if is_event_log {
            write_as_it_is(&line, out)?;
            writeln!(out)?;
        } else {
            let Some(event) = trace.event_of(place, &line) else {
                converted.lost += 1;
                continue;
            };
            let event = ParsedEvent { key: lane.key, ..event };
            text.clear();
            write_event(&event, lane.event_idx(position), &mut text);
            out.write_all(text.as_bytes())?;
        }
        converted.events += 1;
    }
    Ok(converted)
}

/// Writes a line of an event log; what nobody sees in it is escaped, which is the same data.
fn write_as_it_is(line: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let line = line.trim_ascii_end();
    match std::str::from_utf8(line) {
        Ok(text) => out.write_all(plain_json(text).as_bytes()),
        Err(_) => out.write_all(line),
    }
}

/// Returns the header: what the log's own header says, if it has one, and where the log comes from.
fn header(trace: &Trace, profile: Option<&str>, damaged: u64) -> String {
    let own = trace.lines.bytes(Place::new(0, 0)).ok().filter(|_| trace.is_event_log);
    let own = own.and_then(|line| serde_json::from_slice::<Map<String, Json>>(&line).ok());
    let mut more = own.unwrap_or_default();
    // A profile is asked for by what was converted; else the word is a note of the writer's own.
    let is_converted = more.contains_key("converted_from");
    more.retain(|key, _| match key.as_str() {
        "kind" | "schema_version" => false,
        "profile" => is_converted,
        _ => true,
    });
    let mut put = |key: &str, value: Json| {
        more.entry(key).or_insert(value);
    };
    if let Some(engine) = &trace.engine {
        put("engine", engine.as_str().into());
    }
    put("converted_from", trace.original_format.into());
    if let Some(profile) = profile {
        put("profile", profile.into());
    }
    if let Some(owners) = owners(trace) {
        put("owners", owners.into());
    }
    if !trace.notices.is_empty() {
        let notices = trace.notices.iter().map(|notice| {
            serde_json::json!({
                "what": notice.what, "severity": notice.severity.name(), "fix": notice.fix,
            })
        });
        put("notices", notices.collect());
    }
    if damaged > 0 {
        more.insert("damaged".to_owned(), damaged.into());
    }
    let more = Json::from(more).to_string();
    let more = plain_json(&more);
    format!("{{\"kind\":\"schema_version\",\"schema_version\":1,{}", &more[1..])
}

/// Returns the processes of threads, where the log reported them and a lane's name does not; a thread that
/// is not named is a process of its own.
fn owners(trace: &Trace) -> Option<Map<String, Json>> {
    /// A header must stay short enough to be read at once.
    const MOST: usize = 8192;
    let shown = |lane: &&Lane| lane.owner != lane.key.process;
    trace.lanes.iter().any(|lane| shown(&lane)).then(|| {
        let shared = trace.lanes.iter().filter(shown).filter_map(|lane| {
            let owner = lane.owner.filter(|owner| i64::from(*owner) != lane.key.thread)?;
            Some((lane.key.thread.to_string(), owner.into()))
        });
        shared.take(MOST).collect()
    })
}

fn write_event(event: &ParsedEvent<'_>, index: u64, out: &mut String) {
    out.push_str("{\"kind\":");
    string(&event.kind, out);
    let _ = write!(out, ",\"tid\":{},\"tid_event_idx\":{index}", event.key.thread);
    if let Some(process) = event.key.process {
        let _ = write!(out, ",\"process_id\":{process}");
    }
    if let Some(clock) = event.clock {
        let _ = write!(out, ",\"host_ns\":{clock}");
    }
    hex(event, out);
    out.push_str(",\"payload\":{");
    let mut comma = "";
    let has_name = event.payload.iter().any(|(key, _)| key == "name");
    if let Some(name) = event.name.as_ref().filter(|_| !has_name) {
        out.push_str("\"name\":");
        string(name, out);
        comma = ",";
    }
    for (key, value) in &event.payload {
        out.push_str(comma);
        string(key, out);
        out.push(':');
        json(value, out);
        comma = ",";
    }
    out.push_str("}}\n");
}

/// Reports which numbers are hexadecimal: all, or those at these places.
fn hex(event: &ParsedEvent<'_>, out: &mut String) {
    let (mut places, mut others) = (Vec::new(), 0);
    for (key, value) in &event.payload {
        numbers(value, &mut vec![key], &mut |path, is_hex| {
            if is_hex {
                places.push(path.iter().map(|&key| key.to_owned()).collect::<Vec<String>>());
            } else {
                others += 1;
            }
        });
    }
    match (places.is_empty(), others) {
        (true, _) => {}
        (false, 0) => out.push_str(",\"hex\":true"),
        (false, _) => {
            let _ = write!(out, ",\"hex\":{}", Json::from(places));
        }
    }
}

/// Calls `found` for every integer in a value, with the keys that lead there; in a list, the list's.
fn numbers<'a>(
    value: &'a Value<'_>,
    path: &mut Vec<&'a str>,
    found: &mut dyn FnMut(&[&str], bool),
) {
    match value {
        Value::Hex(_) => found(path, true),
        Value::Number(_) => found(path, false),
        Value::List(elements) => elements.iter().for_each(|element| numbers(element, path, found)),
        Value::Object(members) => {
            for (key, value) in members {
                path.push(key);
                numbers(value, path, found);
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Text(_) | Value::Identity => {}
    }
}

fn string(text: &str, out: &mut String) {
    out.push_str(&plain_json(&Json::from(text).to_string()));
}

/// Writes a value; of a key that occurs twice, both, as the original has it.
fn json(value: &Value<'_>, out: &mut String) {
    match value {
        Value::Hex(number) => {
            let _ = write!(out, "{number}");
        }
        Value::Text(text) => string(text, out),
        Value::List(elements) => {
            out.push('[');
            for (at, element) in elements.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                json(element, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (at, (key, value)) in members.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                string(key, out);
                out.push(':');
                json(value, out);
            }
            out.push('}');
        }
        Value::Identity => out.push_str("\"‹object›\""),
        plain => {
            let _ = write!(out, "{plain}");
        }
    }
}

//! Reads a log the way the references do: whole, by thread, line by line.
//!
//! One idea: a line is what Python's text mode calls one, so `\n`, `\r\n` and a
//! lone `\r` all end it.
//! Invariant: every thread id is hashable and has one lane; a lane's events are in
//! file order.

use std::collections::HashMap;
use std::io::BufRead;

use super::failure::{Failure, Shape};
use super::json::{JsonError, loads};
use super::key::Key;
use super::order::less_or_equal;
use super::repr::{plain, repr};
use super::value::{Dict, Value, or_none};

/// One event: the object of its line.
pub(super) type Event = Dict;

/// The events of one thread.
#[derive(Debug)]
pub(super) struct Lane {
    /// The thread id as the log first writes it.
    pub(super) tid: Value,
    /// The events, in file order.
    pub(super) events: Vec<Event>,
}

/// A log in memory.
#[derive(Debug)]
pub struct Log {
    /// What messages call the log.
    pub(super) name: String,
    /// The threads, by first appearance.
    pub(super) lanes: Vec<Lane>,
    lane_of: HashMap<Key, usize>,
}

impl Log {
    /// Returns the index of a thread's lane.
    pub(super) fn lane_idx(&self, tid: &Value) -> Option<usize> {
        self.lane_of.get(&tid.key()?).copied()
    }

    fn push(&mut self, tid: &Value, key: Key, event: Event) {
        let lane = *self.lane_of.entry(key).or_insert(self.lanes.len());
        if lane == self.lanes.len() {
            self.lanes.push(Lane { tid: tid.clone(), events: Vec::new() });
        }
        self.lanes[lane].events.push(event);
    }
}

const SCHEMA_VERSION: i64 = 1;

/// Reads a log; `name` is what messages call it.
pub fn read(input: impl BufRead, name: &str) -> Result<Log, Failure> {
    let mut log = Log { name: name.to_owned(), lanes: Vec::new(), lane_of: HashMap::new() };
    for_each_line(input, name, |line_no, line| match line_no {
        1 => header(line, name),
        _ if line.is_empty() => Ok(()),
        _ => event(line, line_no, &mut log),
    })?;
    log.lanes.iter_mut().for_each(|lane| lane.events.shrink_to_fit());
    check_order(&log)?;
    Ok(log)
}

/// Calls `each` with every line and its number from 1. A log without one is refused.
fn for_each_line(
    mut input: impl BufRead,
    name: &str,
    mut each: impl FnMut(usize, &str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let unfit = |line_no, what: &dyn std::fmt::Display| {
        Failure::Unfit(format!("{what} ({name}:{line_no})"))
    };
    let mut line_no = 0;
    let mut block = Vec::new(); // up to a `\n`; holds more than one line only where `\r` ends one
    loop {
        block.clear();
        let n_read = input.read_until(b'\n', &mut block).map_err(|e| unfit(line_no + 1, &e))?;
        if n_read == 0 {
            break;
        }
        let block = block.strip_suffix(b"\n").unwrap_or(&block);
        let block = block.strip_suffix(b"\r").unwrap_or(block);
        for line in block.split(|&b| b == b'\r') {
            line_no += 1;
            let line = std::str::from_utf8(line)
                .map_err(|e| unfit(line_no, &format_args!("expected UTF-8, found {e}")))?;
            each(line_no, line)?;
        }
    }
    match line_no {
        0 => Err(Failure::Refused(format!("{name}: empty file"))),
        _ => Ok(()),
    }
}

fn header(line: &str, name: &str) -> Result<(), Failure> {
    let header = match loads(line) {
        Ok(Value::Dict(header)) => header,
        Ok(other) => return Err(Shape::not_an_object("header", &other).in_line(name, 1)),
        Err(error) => return Err(Failure::Unfit(format!("invalid JSON: {error} ({name}:1)"))),
    };
    let [kind, version] = ["kind", "schema_version"].map(|key| or_none(header.get(key)));
    if !kind.is_str("schema_version") {
        let found = repr(kind).escaped();
        return Err(Failure::Refused(format!(
            "{name}: first event is not schema_version (got {found})"
        )));
    }
    if !version.equals(&Value::Int(SCHEMA_VERSION)) {
        let found = repr(version).escaped();
        return Err(Failure::Refused(format!(
            "{name}: schema_version mismatch (expected {SCHEMA_VERSION}, got {found})"
        )));
    }
    Ok(())
}

fn event(line: &str, line_no: usize, log: &mut Log) -> Result<(), Failure> {
    let name = log.name.as_str();
    let event = match loads(line) {
        Ok(Value::Dict(event)) => event,
        Ok(other) => return Err(Shape::not_an_object("event", &other).in_line(name, line_no)),
        Err(error @ JsonError::Syntax(..)) => {
            return Err(Failure::Refused(format!("{name}:{line_no}: invalid JSON ({error})")));
        }
        Err(error) => return Err(Failure::Unfit(format!("{error} ({name}:{line_no})"))),
    };
    let tid = match event.get("tid") {
        None | Some(Value::None) => {
            return Err(Failure::Refused(format!("{name}:{line_no}: missing tid")));
        }
        Some(tid) => tid.clone(),
    };
    let Some(key) = tid.key() else {
        return Err(Shape::unhashable("tid", &tid).in_line(name, line_no));
    };
    log.push(&tid, key, *event);
    Ok(())
}

/// Refuses a lane whose `tid_event_idx` falls; an index equal to its place needs no look.
fn check_order(log: &Log) -> Result<(), Failure> {
    for lane in &log.lanes {
        for (i, event) in lane.events.iter().enumerate() {
            let place = i64::try_from(i).map_or(Value::None, Value::Int);
            if i == 0 || or_none(event.get("tid_event_idx")).equals(&place) {
                continue;
            }
            let falls = event_idx(event)
                .and_then(|idx| less_or_equal(idx, event_idx(&lane.events[i - 1])?))
                .map_err(|shape| shape.at(&log.name, &lane.tid, i))?;
            if falls {
                return Err(Failure::Refused(format!(
                    "{}: tid={} events out of order at index {i}",
                    log.name,
                    plain(&lane.tid).escaped()
                )));
            }
        }
    }
    Ok(())
}

fn event_idx(event: &Event) -> Result<&Value, Shape> {
    event.get("tid_event_idx").ok_or_else(|| Shape::missing("tid_event_idx"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "{\"kind\":\"schema_version\",\"schema_version\":1}\n";

    fn message(log: impl AsRef<[u8]>) -> String {
        match read(log.as_ref(), "a.jsonl") {
            Ok(_) => "fine".to_owned(),
            Err(failure) => failure.to_string(),
        }
    }

    fn after_header(lines: &str) -> String {
        message(format!("{HEADER}{lines}"))
    }

    #[test]
    fn a_log_must_begin_with_its_header() {
        assert_eq!(message(""), "a.jsonl: empty file");
        assert_eq!(message("{}"), "a.jsonl: first event is not schema_version (got None)");
        assert_eq!(
            message(r#"{"kind":"schema_version","schema_version":"1"}"#),
            "a.jsonl: schema_version mismatch (expected 1, got '1')"
        );
        assert_eq!(message(r#"{"kind":"schema_version","schema_version":true}"#), "fine");
        assert!(message("[]").starts_with("error: expected an object as header, found `[]`"));
    }

    #[test]
    fn empty_lines_are_skipped_but_counted() {
        assert_eq!(after_header("\n\n{}\n"), "a.jsonl:4: missing tid");
    }

    #[test]
    fn a_carriage_return_ends_a_line() {
        assert_eq!(after_header("\r{\"tid\":1}\r\n\r\r\n{\"tid\":null}"), "a.jsonl:6: missing tid");
    }

    #[test]
    fn damage_is_named_with_its_line() {
        assert_eq!(
            after_header("{\"tid\":1,}\n"),
            "a.jsonl:2: invalid JSON (Expecting property name enclosed in double quotes: line 1 column 10 (char 9))"
        );
        let broken = [HEADER.as_bytes(), b"{\"tid\":\"\xFF\"}"].concat();
        assert!(message(broken).ends_with("(a.jsonl:2)"));
        assert!(after_header("{\"tid\":[]}").contains("as tid, found `[]` (a.jsonl:2)"));
    }

    #[test]
    fn an_index_may_jump_but_not_fall() {
        let lane = |indices: &[&str]| {
            let lines = indices.iter().map(|i| format!("{{\"tid\":7,\"tid_event_idx\":{i}}}\n"));
            after_header(&lines.collect::<String>())
        };
        assert_eq!(lane(&["3", "5", "2"]), "fine"); // 2 is its place: never looked at
        assert_eq!(lane(&["3", "5", "4"]), "a.jsonl: tid=7 events out of order at index 2");
        assert_eq!(lane(&["0", "0"]), "a.jsonl: tid=7 events out of order at index 1");
        assert!(lane(&["0", "\"1\""]).ends_with("found `'1'` and `0` (a.jsonl: tid=7, event 1)"));
    }

    #[test]
    fn one_true_and_one_point_zero_share_a_lane() {
        let lines = "{\"tid\":true}\n{\"tid\":1,\"tid_event_idx\":1}\n";
        let log = read(format!("{HEADER}{lines}").as_bytes(), "a").expect("readable");
        assert_eq!(log.lanes.len(), 1);
        assert_eq!(log.lane_idx(&Value::Float(1.0)), Some(0));
        assert!(matches!(log.lanes[0].tid, Value::Bool(true)));
    }
}

//! One event, and the header before the first.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{SCHEMA_VERSION, kind};

/// One event, as it is on a line of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What happened; see [`kind`].
    pub kind: String,
    /// The writer's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// The guest thread.
    pub tid: i64,
    /// The event's index within its thread; it rises strictly, gaps are allowed.
    pub tid_event_idx: u64,
    /// The host's clock, in nanoseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_ns: Option<i64>,
    /// The guest's clock, in cycles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest_cycle: Option<i64>,
    /// Whether the writer claims that this event does not depend on scheduling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deterministic: Option<bool>,
    /// What is known of it; the keys depend on the kind.
    #[serde(default)]
    pub payload: Map<String, Value>,
}

impl Event {
    /// Returns an event of `kind` on thread `tid` with nothing in its payload yet.
    pub fn new(kind: &str, tid: i64, tid_event_idx: u64) -> Self {
        Self {
            kind: kind.to_owned(),
            engine: None,
            tid,
            tid_event_idx,
            host_ns: None,
            guest_cycle: None,
            deterministic: None,
            payload: Map::new(),
        }
    }

    /// Returns the event with `key` in its payload.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.payload.insert(key.to_owned(), value.into());
        self
    }
}

/// The first line of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Always `schema_version`.
    pub kind: String,
    /// The schema's version.
    pub schema_version: u64,
    /// The writer's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// What the writer is able to record at all; without, everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible: Option<Visible>,
}

/// What a writer is able to record: events outside of it never stand in its logs, whatever the
/// program does. Events are reported as `"KIND NAME"` or `"KIND"`; `*` stands for anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visible {
    /// The events that it records; none for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<Vec<String>>,
    /// Events that it does not record, though `records` reports them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never: Vec<String>,
    /// Payload fields that its events never have, such as `return_value`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
}

/// Why a first line is not the header of a log that this crate can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderError {
    /// The line is no JSON object; the parser's words.
    NotJson(String),
    /// The line is an event, or something else; its kind as found.
    OtherKind(String),
    /// A header of another version; the version as found.
    OtherVersion(String),
    /// What it says about what the writer can record is not understood; the parser's words.
    BadVisible(String),
    /// The engine's name is not text; what was found.
    BadEngine(String),
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(why) => {
                write!(f, "expected a schema_version header, found no JSON object ({why})")
            }
            Self::OtherKind(found) => write!(f, "expected a schema_version header, found {found}"),
            Self::OtherVersion(found) => {
                write!(f, "expected schema_version {SCHEMA_VERSION}, found {found}")
            }
            Self::BadVisible(why) => {
                write!(f, "the header's `visible` is not understood ({why})")
            }
            Self::BadEngine(found) => {
                write!(f, "expected the engine's name as text, found {found}")
            }
        }
    }
}

impl std::error::Error for HeaderError {}

impl Header {
    /// Returns the header of a log that `engine` writes.
    pub fn new(engine: &str) -> Self {
        Self {
            kind: kind::SCHEMA_VERSION.to_owned(),
            schema_version: SCHEMA_VERSION,
            engine: Some(engine.to_owned()),
            visible: None,
        }
    }

    /// Returns the header that `line` holds.
    ///
    /// # Errors
    /// When the line is no JSON object, is of another kind, or of another version, or says what it
    /// can record in a way that is not understood.
    pub fn parse(line: &[u8]) -> Result<Self, HeaderError> {
        let object: Map<String, Value> = serde_json::from_slice(line)
            .map_err(|error| HeaderError::NotJson(error.to_string()))?;
        match object.get("kind") {
            Some(Value::String(found)) if found == kind::SCHEMA_VERSION => {}
            Some(found) => return Err(HeaderError::OtherKind(format!("kind {found}"))),
            None => return Err(HeaderError::OtherKind("an object without a kind".to_owned())),
        }
        let version = object.get("schema_version");
        // A writer in a language without integers may say 1.0.
        if version.and_then(Value::as_f64) != Some(SCHEMA_VERSION as f64) {
            let found = version.map_or_else(|| "none".to_owned(), Value::to_string);
            return Err(HeaderError::OtherVersion(found));
        }
        let engine = match object.get("engine") {
            None | Some(Value::Null) => None,
            Some(Value::String(engine)) => Some(engine.clone()),
            Some(found) => return Err(HeaderError::BadEngine(found.to_string())),
        };
        // What is not understood here would hide events: better no log than a wrong set.
        let visible = match object.get("visible") {
            None | Some(Value::Null) => None,
            Some(told) => Some(
                Visible::deserialize(told)
                    .map_err(|error| HeaderError::BadVisible(error.to_string()))?,
            ),
        };
        let kind = kind::SCHEMA_VERSION.to_owned();
        Ok(Self { kind, schema_version: SCHEMA_VERSION, engine, visible })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_of_another_version_is_refused_with_what_was_found() {
        let error = Header::parse(br#"{"kind":"schema_version","schema_version":2}"#).unwrap_err();
        assert_eq!(error.to_string(), "expected schema_version 1, found 2");
    }

    #[test]
    fn an_event_is_no_header() {
        let error = Header::parse(br#"{"kind":"kernel.call","tid":1}"#).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected a schema_version header, found kind \"kernel.call\""
        );
    }

    #[test]
    fn a_header_may_hold_other_keys() {
        let header = Header::parse(
            br#"{"kind":"schema_version","schema_version":1,"engine":"canary","x":[1]}"#,
        );
        assert_eq!(header.unwrap().engine.as_deref(), Some("canary"));
    }

    #[test]
    fn an_engine_has_a_name() {
        let line = br#"{"kind":"schema_version","schema_version":1,"engine":7}"#;
        let error = Header::parse(line).unwrap_err();
        assert_eq!(error.to_string(), "expected the engine's name as text, found 7");
    }

    #[test]
    fn a_header_may_tell_what_its_writer_records() {
        let line = |visible: &str| {
            format!(r#"{{"kind":"schema_version","schema_version":1,"visible":{visible}}}"#)
        };
        let header = Header::parse(line(r#"{"records":["kernel.call"]}"#).as_bytes()).unwrap();
        let visible = header.visible.unwrap();
        assert_eq!(visible.records.as_deref(), Some(&["kernel.call".to_owned()][..]));
        for bad in ["5", r#"{"record":[]}"#, r#"{"records":"kernel.call"}"#] {
            let error = Header::parse(line(bad).as_bytes()).unwrap_err();
            assert!(matches!(error, HeaderError::BadVisible(_)), "{bad}");
        }
    }
}

//! Why a comparison could not be made.
//!
//! One idea: where a reference exits with a sentence, [`Failure`] carries that
//! sentence; where it dies of an uncaught exception, a [`Shape`] says in one phrase
//! which value was not of the shape it needs, and [`Shape::at`] adds the place.

use std::fmt;

use super::repr::repr;
use super::value::Value;

/// The end of a run without a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The reference refuses this input in these words.
    Refused(String),
    /// The reference dies of an uncaught exception here.
    Unfit(String),
    /// No lane of one log could be paired with one of the other.
    NoMapping,
    /// `--disable-absorber` names what does not exist.
    UnknownAbsorbers(Vec<String>),
}

impl Failure {
    /// Returns the exit status of the reference for this failure.
    pub fn exit_status(&self) -> u8 {
        match self {
            Failure::Refused(_) | Failure::Unfit(_) => 1,
            Failure::NoMapping | Failure::UnknownAbsorbers(_) => 2,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused(message) => f.write_str(message),
            Failure::Unfit(message) => write!(f, "error: {message}"),
            Failure::NoMapping => f.write_str(
                "no tid mapping (auto-mapping found no shared first-kernel-call). \
                 Pass --tid-map manually.",
            ),
            Failure::UnknownAbsorbers(names) => write!(
                f,
                "--disable-absorber: unknown name(s) {}. \
                 Valid: ['nested-cs', 'shared-global', 'wait-begin']",
                repr(&Value::List(names.iter().map(|n| Value::Str(n.as_str().into())).collect()))
                    .escaped()
            ),
        }
    }
}

impl std::error::Error for Failure {}

const SHOWN: usize = 60; // characters of a value quoted in a message

/// A value that is not of the shape an event needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape(String);

impl Shape {
    /// The event lacks a key it needs.
    pub(super) fn missing(key: &str) -> Shape {
        Shape(format!("expected a `{key}`, found none"))
    }

    /// The value must be an object.
    pub(super) fn not_an_object(what: &str, found: &Value) -> Shape {
        Shape(format!("expected an object as {what}, found {}", quoted(found)))
    }

    /// The value must be a scalar, since it is looked up.
    pub(super) fn unhashable(what: &str, found: &Value) -> Shape {
        Shape(format!("expected a string or number as {what}, found {}", quoted(found)))
    }

    /// The value must be a list.
    pub(super) fn not_a_list(what: &str, found: &Value) -> Shape {
        Shape(format!("expected a list as {what}, found {}", quoted(found)))
    }

    /// Two values that Python cannot put in order.
    pub(super) fn unordered(a: &Value, b: &Value) -> Shape {
        Shape(format!("expected values that can be ordered, found {} and {}", quoted(a), quoted(b)))
    }

    /// Returns the failure, with the log and the line.
    pub(super) fn in_line(self, log: &str, line_no: usize) -> Failure {
        Failure::Unfit(format!("{} ({log}:{line_no})", self.0))
    }

    /// Returns the failure, with the log and the event's place in its thread.
    pub(super) fn at(self, log: &str, tid: &Value, event_idx: usize) -> Failure {
        Failure::Unfit(format!("{} ({})", self.0, place(log, tid, event_idx)))
    }

    /// Returns the failure, with the places of two events of which one is meant.
    pub(super) fn at_either(self, places: [(&str, &Value, usize); 2]) -> Failure {
        let [canary, ours] = places.map(|(log, tid, event_idx)| place(log, tid, event_idx));
        Failure::Unfit(format!("{} ({canary}, or {ours})", self.0))
    }
}

fn place(log: &str, tid: &Value, event_idx: usize) -> String {
    format!("{log}: tid={}, event {event_idx}", repr(tid).escaped())
}

impl From<Shape> for Failure {
    fn from(shape: Shape) -> Self {
        Failure::Unfit(shape.0)
    }
}

fn quoted(value: &Value) -> String {
    let text = repr(value).escaped();
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("`{}…`", &text[..cut]),
        None => format!("`{text}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_names_value_and_place() {
        let shape = Shape::not_an_object("payload", &Value::Int(3));
        assert_eq!(
            shape.at("a.jsonl", &Value::Int(6), 2).to_string(),
            "error: expected an object as payload, found `3` (a.jsonl: tid=6, event 2)"
        );
    }

    #[test]
    fn a_long_value_is_cut_when_quoted() {
        let long = Value::Str("é".repeat(100).as_str().into());
        assert!(Shape::not_a_list("handles", &long).0.ends_with("é…`"));
    }

    #[test]
    fn unknown_absorbers_are_listed_as_python_lists_them() {
        let failure = Failure::UnknownAbsorbers(vec!["it's".into(), "x".into()]);
        assert!(failure.to_string().contains(r#"unknown name(s) ["it's", 'x']. Valid"#));
        assert_eq!(failure.exit_status(), 2);
    }
}

//! Says whether two events differ, in the words of the references.
//!
//! One idea: the first difference in the canary's key order is the difference; the
//! floating generation looks first at what a kernel call was given and returned.

use super::failure::Shape;
use super::log::Event;
use super::options::Generation;
use super::payload::{hashable_kind, object};
use super::text::{Text, TextBuf};
use super::value::{Dict, Value, or_none};

/// Returns the description of the first difference, if there is one.
pub(super) fn between(
    canary: &Event,
    ours: &Event,
    generation: Generation,
) -> Result<Option<TextBuf>, Shape> {
    let compared: &[&str] = match generation {
        Generation::Strict => &["kind", "tid_event_idx"],
        Generation::Floating => &["kind"],
    };
    for key in compared {
        let (a, b) = (or_none(canary.get(key)), or_none(ours.get(key)));
        if !a.equals(b) {
            let mut out = TextBuf::new();
            out.str(key).str(": ").sides(a, b);
            return Ok(Some(out));
        }
    }
    if canary.get("kind").is_none() {
        return Err(Shape::missing("kind"));
    }
    let kind = hashable_kind(canary)?;
    let (canary, ours) = (object(canary)?, object(ours)?);
    let in_front = match generation {
        Generation::Strict => None,
        Generation::Floating if kind.is_str("kernel.return") => returned(canary, ours),
        Generation::Floating if kind.is_str("kernel.call") => given(canary, ours),
        Generation::Floating => None,
    };
    Ok(in_front.or_else(|| in_payload(canary, ours, skipped(kind, generation))))
}

/// The payload fields of a kind that differ between engines by nature.
fn skipped(kind: &Value, generation: Generation) -> &'static [&'static str] {
    let Value::Str(kind) = kind else { return &[] };
    match (kind.as_bytes(), generation) {
        (b"handle.create" | b"handle.destroy", Generation::Strict) => &["raw_handle_id"],
        (b"handle.create" | b"handle.destroy", Generation::Floating) => {
            &["raw_handle_id", "handle_semantic_id"]
        }
        (b"thread.create", Generation::Floating) => &["handle_semantic_id", "parent_tid"],
        (b"wait.begin", Generation::Floating) => &["handles_semantic_ids"],
        (b"wait.end", Generation::Strict) => &["wait_duration_cycles"],
        (b"wait.end", Generation::Floating) => &["wait_duration_cycles", "woken_by_semantic_id"],
        _ => &[],
    }
}

fn in_payload(canary: &Dict, ours: &Dict, skipped: &[&str]) -> Option<TextBuf> {
    let is_skipped = |key: &Text| skipped.iter().any(|s| s.as_bytes() == key.as_bytes());
    let mut out = TextBuf::new();
    for (key, a) in canary.iter().filter(|(key, _)| !is_skipped(key)) {
        let b = or_none(ours.get_text(key));
        if !a.equals(b) {
            out.str("payload.").text(key).str(": ").sides(a, b);
            return Some(out);
        }
    }
    let is_new = |key: &Text| !is_skipped(key) && canary.get_text(key).is_none();
    let (key, b) = ours.iter().find(|(key, b)| is_new(key) && !matches!(b, Value::None))?;
    out.str("payload.").text(key).str(": canary=<missing> ours=").repr(b);
    Some(out)
}

fn returned(canary: &Dict, ours: &Dict) -> Option<TextBuf> {
    for field in ["return_value", "status"] {
        if let (Some(a), Some(b)) = (canary.get(field), ours.get(field))
            && !a.equals(b)
        {
            let mut out = TextBuf::new();
            out.str("[").str(field).str(" mismatch] kernel.return").named(canary, ours).sides(a, b);
            return Some(out);
        }
    }
    None
}

fn given(canary: &Dict, ours: &Dict) -> Option<TextBuf> {
    for sub in ["args", "args_resolved"] {
        if let (Some(Value::Dict(a)), Some(Value::Dict(b))) = (canary.get(sub), ours.get(sub))
            && !a.equals(b)
            && let Some((key, a, b)) = first_change(a, b)
        {
            let mut out = TextBuf::new();
            out.str("[").str(sub).str(".").text(key).str(" mismatch] kernel.call");
            out.named(canary, ours).sides(a, b);
            return Some(out);
        }
    }
    None
}

fn first_change<'a>(canary: &'a Dict, ours: &'a Dict) -> Option<(&'a Text, &'a Value, &'a Value)> {
    for (key, a) in canary.iter() {
        match ours.get_text(key) {
            Some(b) if a.equals(b) => {}
            b => return Some((key, a, or_none(b))),
        }
    }
    let (key, b) = ours.iter().find(|(key, _)| canary.get_text(key).is_none())?;
    Some((key, &Value::None, b))
}

impl TextBuf {
    fn sides(&mut self, canary: &Value, ours: &Value) -> &mut Self {
        self.str("canary=").repr(canary).str(" ours=").repr(ours)
    }

    /// Appends the call's name, the canary's before ours, if there is one, and a colon.
    fn named(&mut self, canary: &Dict, ours: &Dict) -> &mut Self {
        let names = [canary, ours].map(|payload| or_none(payload.get("name")));
        if let Some(name) = names.into_iter().find(|name| name.is_truthy()) {
            self.str(" name=").plain(name);
        }
        self.str(": ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::loads;

    fn event(kind: &str, payload: &str) -> Event {
        match loads(&format!(r#"{{"kind":"{kind}","payload":{payload}}}"#)) {
            Ok(Value::Dict(event)) => *event,
            other => panic!("expected an object, found {other:?}"),
        }
    }

    fn floating(kind: &str, canary: &str, ours: &str) -> Option<String> {
        let found = between(&event(kind, canary), &event(kind, ours), Generation::Floating);
        found.expect("well-formed events").map(|text| text.escaped())
    }

    #[test]
    fn an_absent_key_equals_null_at_the_top_only() {
        assert_eq!(floating("x", r#"{"a":null}"#, r#"{"b":null}"#), None);
        assert_eq!(
            floating("x", r#"{"a":{"b":null}}"#, r#"{"a":{}}"#).as_deref(),
            Some("payload.a: canary={'b': None} ours={}")
        );
        assert_eq!(
            floating("x", "{}", r#"{"b":"it's"}"#).as_deref(),
            Some(r#"payload.b: canary=<missing> ours="it's""#)
        );
    }

    #[test]
    fn a_return_value_is_told_before_all_other_fields() {
        assert_eq!(
            floating(
                "kernel.return",
                r#"{"name":"","x":1,"status":0}"#,
                r#"{"name":"N","status":1}"#
            )
            .as_deref(),
            Some("[status mismatch] kernel.return name=N: canary=0 ours=1")
        );
    }

    #[test]
    fn an_argument_is_told_by_its_register() {
        assert_eq!(
            floating("kernel.call", r#"{"args":{"r3":1}}"#, r#"{"args":{"r3":true,"r4":null}}"#)
                .as_deref(),
            Some("[args.r4 mismatch] kernel.call: canary=None ours=None")
        );
    }

    #[test]
    fn a_nan_argument_is_found_only_once_the_arguments_differ() {
        let nan = r#"{"args":{"r3":NaN}}"#;
        assert_eq!(floating("kernel.call", nan, nan), None);
        assert_eq!(
            floating("kernel.call", nan, r#"{"args":{"r3":NaN,"r4":1}}"#).as_deref(),
            Some("[args.r3 mismatch] kernel.call: canary=nan ours=nan")
        );
    }

    #[test]
    fn each_generation_skips_its_own_fields() {
        let [a, b] = ["1", "2"].map(|sid| {
            event(
                "handle.create",
                &format!(r#"{{"raw_handle_id":{sid},"handle_semantic_id":{sid}}}"#),
            )
        });
        assert_eq!(between(&a, &b, Generation::Floating), Ok(None));
        assert!(between(&a, &b, Generation::Strict).is_ok_and(|found| found.is_some()));
    }

    #[test]
    fn an_event_without_kind_or_payload_object_is_an_error() {
        let none = Event::default();
        assert_eq!(between(&none, &none, Generation::Strict), Err(Shape::missing("kind")));
        let null = event("x", "null");
        assert!(between(&null, &null, Generation::Floating).is_err());
    }
}

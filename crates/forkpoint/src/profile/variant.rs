//! What a function is called in the comparison: one name for what two engines call differently, several
//! for a function that does several things.
//!
//! Invariant: a variant only gives names; it excuses nothing.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::Error;
use crate::profile::path::{at, parts};
use crate::profile::select::{Selector, glob};
use crate::profile::source::Source;
use crate::profile::written::{At, Many};
use crate::value::Value;

/// What a function is called in the comparison: one name for what two engines call differently, several
/// for a function that does several things. The first that holds counts; rules and roles go by the
/// new name. It excuses nothing. It is for formats of system calls and for those of text.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct VariantSpec {
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    pub name: Many,
    /// The payload field that it depends on: `args.op`. An event without it is no such variant.
    pub field: Option<String>,
    /// With `field`: what that must be like; `*` stands for anything.
    #[serde(default)]
    pub like: Many,
    /// With `field`: what that must not be like.
    #[serde(default)]
    pub unlike: Many,
    /// With `field`: another field that it must equal.
    pub same_as: Option<String>,
    /// Further conditions, each with a field of its own; all must hold.
    #[serde(default)]
    pub also: Vec<ConditionSpec>,
    /// What it is called. A `+` stands for the function's own name: `+.number`.
    pub called: String,
}

/// What a field must be like.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConditionSpec {
    /// The payload field: `args.flags`.
    pub field: Option<String>,
    /// What it must be like; `*` stands for anything.
    #[serde(default)]
    pub like: Many,
    /// What it must not be like.
    #[serde(default)]
    pub unlike: Many,
    /// Another field that it must equal.
    pub same_as: Option<String>,
}

/// A name that events of some function get.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    pub selector: Selector,
    /// Only if all of these hold.
    only: Vec<Condition>,
    pub called: String,
}

/// What a field must be like.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    path: Vec<String>,
    /// One of these texts; empty for any.
    like: Vec<String>,
    /// None of these texts.
    unlike: Vec<String>,
    /// Equal to this field.
    same_as: Option<Vec<String>>,
}

impl Condition {
    /// Returns whether it holds for a payload; of a payload without the field, it does not.
    pub fn holds(&self, payload: &[(Cow<'_, str>, Value<'_>)]) -> bool {
        let Some(value) = at(payload, &self.path) else { return false };
        let text = match value {
            Value::Text(text) => text.clone(),
            value => Cow::Owned(value.to_string()),
        };
        let matches = |pattern: &String| glob(pattern, &text);
        (self.like.is_empty() || self.like.iter().any(matches))
            && !self.unlike.iter().any(matches)
            && self.same_as.as_ref().is_none_or(|other| {
                at(payload, other).is_some_and(|other| other.hash() == value.hash())
            })
    }
}

impl Variant {
    /// Returns what such an event is called: a name, or its own name with something behind it.
    pub fn called<'a>(&'a self, name: &'a str) -> Cow<'a, str> {
        match self.called.strip_prefix('+') {
            Some(more) => Cow::Owned(format!("{name}{more}")),
            None => Cow::Borrowed(&self.called),
        }
    }

    /// Returns whether an event with this payload is one.
    pub fn holds(&self, payload: &[(Cow<'_, str>, Value<'_>)]) -> bool {
        self.only.iter().all(|condition| condition.holds(payload))
    }
}

/// Returns the condition that a profile states at `at`; none if it states nothing.
pub(super) fn condition(
    source: &Source,
    at: usize,
    spec: &ConditionSpec,
) -> Result<Option<Condition>, Error> {
    let (like, unlike) = (spec.like.strings(), spec.unlike.strings());
    let same_as = spec.same_as.as_deref().map(parts);
    match &spec.field {
        Some(field) if like.is_empty() && unlike.is_empty() && same_as.is_none() => {
            Err(source.error(at, format!("what must `{field}` be `like`?")))
        }
        None if !like.is_empty() || !unlike.is_empty() || same_as.is_some() => {
            Err(source.error(at, "`like` needs a `field`".to_owned()))
        }
        Some(field) => Ok(Some(Condition { path: parts(field), like, unlike, same_as })),
        None => Ok(None),
    }
}

/// Returns the variants that a profile file defines, in its order.
pub(super) fn variants_of(
    source: &Source,
    specs: &[At<VariantSpec>],
) -> Result<Vec<Variant>, Error> {
    let variant = |variant: &At<VariantSpec>| {
        let at = variant.start();
        let own = ConditionSpec {
            field: variant.field.clone(),
            like: variant.like.clone(),
            unlike: variant.unlike.clone(),
            same_as: variant.same_as.clone(),
        };
        let mut only = Vec::new();
        for spec in std::iter::once(&own).chain(&variant.also) {
            only.extend(condition(source, at, spec)?);
        }
        if variant.called.trim().is_empty() || variant.name.list().is_empty() {
            return Err(source.error(at, "a variant needs a `name`, and what it is `called`"));
        }
        let selector = Selector::new(&variant.kind.list(), &variant.name.list());
        Ok(Variant { selector, only, called: variant.called.clone() })
    };
    specs.iter().map(variant).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;

    fn profile(variant: &str) -> Result<Profile, Error> {
        let head = "name = \"my\"\nabout = \"x\"\n[[variant]]\n";
        Profile::parse("my.toml", &format!("{head}{variant}"), &[])
    }

    #[test]
    fn a_name_may_depend_on_a_field() {
        let profile = profile(
            "name = \"f\"\nfield = \"args.op\"\nlike = [\"*WAIT*\", \"9\"]\ncalled = \"f.wait\"\n",
        )
        .unwrap();
        let called = |name: &str, op: Value<'static>| {
            let args = Value::Object(vec![("op".into(), op)]);
            profile.called("syscall", name, &[("args".into(), args)]).into_owned()
        };
        assert_eq!(called("f", Value::Text("FUTEX_WAIT|X".into())), "f.wait");
        assert_eq!(called("f", Value::Hex(9).clone()), "f");
        assert_eq!(called("f", Value::Number(crate::value::Number::Integer(9))), "f.wait");
        assert_eq!(called("f", Value::Text("FUTEX_WAKE".into())), "f");
        assert_eq!(called("g", Value::Text("FUTEX_WAIT".into())), "g");
        assert_eq!(profile.called("syscall", "f", &[]), "f");
    }

    #[test]
    fn conditions_add_up() {
        let profile = profile(
            "name = \"f\"\nfield = \"r\"\nsame-as = \"args.a\"\nalso = [{ field = \"e\", unlike = \"EAGAIN\" }]\ncalled = \"g\"\n",
        )
        .unwrap();
        let called = |r: u64, error: Option<&'static str>| {
            let args = Value::Object(vec![("a".into(), Value::Hex(7))]);
            let mut payload = vec![("args".into(), args), ("r".into(), Value::Hex(r))];
            payload.extend(error.map(|error| ("e".into(), Value::Text(error.into()))));
            profile.called("syscall", "f", &payload).into_owned()
        };
        assert_eq!(called(7, Some("EINVAL")), "g");
        assert_eq!(called(8, Some("EINVAL")), "f");
        assert_eq!(called(7, Some("EAGAIN")), "f");
        assert_eq!(called(7, None), "f", "a field that is not there is unlike nothing");
    }

    #[test]
    fn a_variant_that_says_too_little_is_a_mistake() {
        let mistake = |variant: &str| profile(variant).unwrap_err().to_string();
        assert_eq!(
            mistake("name = \"f\"\nfield = \"a\"\ncalled = \"g\"\n"),
            "what must `a` be `like`? (my.toml:3:1)"
        );
        assert!(
            mistake("name = \"f\"\nlike = \"a\"\ncalled = \"g\"\n").contains("needs a `field`")
        );
        assert!(mistake("name = \"f\"\ncalled = \" \"\n").contains("`called`"));
    }
}

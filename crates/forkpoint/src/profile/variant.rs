//! What a function is called in the comparison: one name for what two engines call differently, several
//! for a function that does several things.
//!
//! Invariant: a variant only gives names; it excuses nothing.

use std::borrow::Cow;

use toml::Spanned;

use crate::profile::compile::Source;
use crate::profile::error::ProfileError;
use crate::profile::select::{Selector, glob};
use crate::profile::spec::VariantSpec;
use crate::value::Value;

/// A name that events of some function get.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    pub selector: Selector,
    /// Only if this field is like one of these texts.
    pub only: Option<(Vec<String>, Vec<String>)>,
    pub called: String,
}

impl Variant {
    /// Returns whether an event with this payload is one.
    pub fn holds(&self, payload: &[(Cow<'_, str>, Value<'_>)]) -> bool {
        let Some((path, patterns)) = &self.only else { return true };
        let Some((first, rest)) = path.split_first() else { return false };
        let value = payload.iter().find(|(key, _)| key == first).map(|(_, value)| value);
        let value = rest.iter().try_fold(value, |value, key| Some(value?.member(key))).flatten();
        let text = match value {
            Some(Value::Text(text)) => text.clone(),
            Some(value) => Cow::Owned(value.to_string()),
            None => return false,
        };
        patterns.iter().any(|pattern| glob(pattern, &text))
    }
}

/// Returns the variants that a profile file tells, in its order.
pub(super) fn variants_of(source: &Source) -> Result<Vec<Variant>, ProfileError> {
    let variant = |spanned: &Spanned<VariantSpec>| {
        let variant = spanned.get_ref();
        let patterns: Vec<String> = variant.like.list().into_iter().map(str::to_owned).collect();
        let error = |message: String| Err(source.error(spanned.span().start, message));
        let only = match &variant.field {
            Some(field) if patterns.is_empty() => {
                return error(format!("what must `{}` be `like`?", field.get_ref()));
            }
            None if !patterns.is_empty() => return error("`like` needs a `field`".to_owned()),
            Some(field) => {
                Some((field.get_ref().split('.').map(str::to_owned).collect(), patterns))
            }
            None => None,
        };
        if variant.called.trim().is_empty() || variant.name.list().is_empty() {
            return error("a variant needs a `name`, and what it is `called`".to_owned());
        }
        let selector = Selector::new(&variant.kind.list(), &variant.name.list());
        Ok(Variant { selector, only, called: variant.called.clone() })
    };
    source.spec.variant.iter().map(variant).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;

    fn profile(variant: &str) -> Result<Profile, ProfileError> {
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

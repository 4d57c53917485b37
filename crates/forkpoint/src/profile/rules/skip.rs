//! `[[skip]]`: fields that are left out of the comparison.

use crate::error::Error;
use crate::profile::rules::header::{Draft, Kind, Places, rule_spec};
use crate::profile::select::{Words, glob};
use crate::profile::written::{At, Many};
use crate::value::Value;

rule_spec! {
    /// A field, or some, that are left out of the comparison.
    SkipSpec(why, kind, name, budget, fields_or_type, names) {
        /// Only values in these ranges are left out; without it, all are.
        pub values: Option<At<Many>>,
        /// Only texts like these are left out; `*` stands for anything.
        pub like: Many = default,
    }
}

/// Which values are left out.
#[derive(Clone, Debug, Default)]
pub struct Skip {
    /// Only these are.
    values: Option<Words>,
    /// Only texts like these are; any value without.
    like: Vec<String>,
}

impl Kind for SkipSpec {
    type Form = (Places, Skip);

    fn form(&self, rule: &mut Draft<'_>) -> Result<Self::Form, Error> {
        let values = rule.source.words(self.values.as_ref())?;
        Ok((rule.places()?, Skip { values, like: self.like.strings() }))
    }
}

impl Skip {
    /// Returns whether the value is left out.
    pub fn leaves_out(&self, value: &Value<'_>) -> bool {
        let is_like = |text: &str| self.like.iter().any(|pattern| glob(pattern, text));
        self.values.as_ref().is_none_or(|words| value.word().is_some_and(|w| words.contains(w)))
            && (self.like.is_empty() || matches!(value, Value::Text(text) if is_like(text)))
    }
}

//! `[[coarse]]`: fields of which only the truth or the sign is meant.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::Error;
use crate::profile::rules::header::{Draft, Instead, Kind, Places, rule_spec};
use crate::profile::written::{At, Many};
use crate::value::Value;

rule_spec! {
    /// A field of 32 bits of which only the truth or the sign is meant; of a structure of numbers, whether any is
    /// not zero.
    CoarseSpec(why, kind, name, budget, fields_or_type) {
        /// What is meant of it.
        pub meant: Meant,
    }
}

/// What is meant of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Meant {
    /// Whether it is zero.
    Truth,
    /// Whether it is below, equal to or above zero.
    Sign,
}

impl Kind for CoarseSpec {
    type Form = (Places, Meant);

    fn form(&self, rule: &mut Draft<'_>) -> Result<Self::Form, Error> {
        Ok((rule.places()?, self.meant))
    }
}

impl Instead for Meant {
    fn name(&self) -> &'static str {
        "coarse"
    }

    fn instead(&self, value: &Value<'_>) -> Option<Value<'static>> {
        if *self == Self::Truth && matches!(value, Value::Object(_)) {
            let any = any_is_not_zero(value)?;
            return Some(Value::Object(vec![("any".into(), Value::Bool(any))]));
        }
        let word = value.word()?;
        // A truth of -1 says that something went wrong.
        let meant = match (*self, word as u32 as i32) {
            (_, 0) => 0,
            (Self::Sign, ..0) | (Self::Truth, -1) => u64::from(u32::MAX),
            _ => 1,
        };
        (meant != word).then_some(Value::Hex(meant))
    }
}

/// Returns whether a structure of numbers has one that is not 0; none of a structure that has anything else,
/// or a number below 0: that is a mistake, and no amount.
fn any_is_not_zero(value: &Value<'_>) -> Option<bool> {
    let Value::Object(members) = value else { return None };
    let words = members.iter().map(|(_, value)| value.word().filter(|word| *word as i64 >= 0));
    let words: Option<Vec<u64>> = words.collect();
    Some(words?.iter().any(|word| *word != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_truth_and_sign_the_size_is_no_matter() {
        let of = |meant: Meant, word| {
            let value = Value::Hex(word);
            meant.instead(&value).unwrap_or(value).to_string()
        };
        assert_eq!(of(Meant::Truth, 0x7FFF_0000_0000), "0x0");
        assert_eq!(of(Meant::Truth, 0x8000_0000), "0x1");
        assert_eq!(of(Meant::Sign, 0x8000_0000), of(Meant::Sign, u64::MAX));
        assert_eq!(of(Meant::Sign, 5), "0x1");
        assert_eq!(of(Meant::Sign, 0), "0x0");
    }
}

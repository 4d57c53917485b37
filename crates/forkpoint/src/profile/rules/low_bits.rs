//! `[[low-bits]]`: fields of which only the low bits are meant.

use crate::error::Error;
use crate::profile::rules::header::{Draft, Instead, Kind, Places, rule_spec};
use crate::profile::select::Words;
use crate::profile::written::{At, Many};
use crate::value::Value;

rule_spec! {
    /// A field of which only the low bits are meant.
    LowBitsSpec(why, kind, name, budget, fields_or_type) {
        /// The functions it does not hold for, though `name` or a type means them.
        pub except: Many = default,
        /// How many bits are meant.
        pub bits: At<u32>,
        /// The rule holds only when the value without its high bits is in these ranges.
        pub values: Option<At<Many>>,
    }
}

/// Which bits of a value are meant.
#[derive(Clone, Debug)]
pub struct LowBits {
    /// The bits that are.
    pub mask: u64,
    /// Only if these are then left.
    pub values: Option<Words>,
}

impl Kind for LowBitsSpec {
    type Form = (Places, LowBits);

    fn form(&self, rule: &mut Draft<'_>) -> Result<Self::Form, Error> {
        let bits = *self.bits;
        if !(1..=63).contains(&bits) {
            let message = format!("expected 1 to 63 bits, found {bits}");
            return Err(rule.source.error(self.bits.start(), message));
        }
        let values = rule.source.words(self.values.as_ref())?;
        rule.except(&self.except);
        Ok((rule.places()?, LowBits { mask: (1 << bits) - 1, values }))
    }
}

impl Instead for LowBits {
    fn name(&self) -> &'static str {
        "low-bits"
    }

    fn instead(&self, value: &Value<'_>) -> Option<Value<'static>> {
        let word = value.word()?;
        let low = word & self.mask;
        let is_meant = self.values.as_ref().is_none_or(|words| words.contains(low));
        (low != word && is_meant).then_some(Value::Hex(low))
    }
}

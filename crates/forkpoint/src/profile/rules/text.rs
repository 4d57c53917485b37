//! `[[text]]`: texts in which long numbers are addresses.

use std::borrow::Cow;

use crate::error::Error;
use crate::profile::rules::header::{Draft, Instead, Kind, Places, rule_spec};
use crate::profile::written::{At, Many};
use crate::value::Value;

rule_spec! {
    /// A text in which long numbers are addresses: runs of hexadecimal digits that are not all zeros.
    TextSpec(why, kind, name, budget, fields_or_type) {
        /// How many digits such a run has, exactly.
        pub hex_digits: At<u32>,
    }
}

/// Runs of this many hexadecimal digits are addresses.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    digits: usize,
}

impl Kind for TextSpec {
    type Form = (Places, Addresses);

    fn form(&self, rule: &mut Draft<'_>) -> Result<Self::Form, Error> {
        let digits = *self.hex_digits;
        if !(4..=64).contains(&digits) {
            let message = format!("expected 4 to 64 digits, found {digits}");
            return Err(rule.source.error(self.hex_digits.start(), message));
        }
        Ok((rule.places()?, Addresses { digits: digits as usize }))
    }
}

impl Instead for Addresses {
    fn name(&self) -> &'static str {
        "text"
    }

    fn instead(&self, value: &Value<'_>) -> Option<Value<'static>> {
        let Value::Text(text) = value else { return None };
        self.left_out(text).map(|text| Value::Text(Cow::Owned(text)))
    }
}

impl Addresses {
    /// Returns the text with each run of exactly this many digits replaced, unless they are all zeros: no
    /// object lies there. None if there is no such run.
    fn left_out(self, text: &str) -> Option<String> {
        let mut out: Option<String> = None;
        let mut copied = 0;
        let mut start = 0;
        let ends = text.match_indices(|c: char| !c.is_ascii_hexdigit());
        for (end, _) in ends.chain([(text.len(), "")]) {
            let run = &text[start..end];
            if run.len() == self.digits && run.bytes().any(|digit| digit != b'0') {
                let out = out.get_or_insert_default();
                out.push_str(&text[copied..start]);
                out.push_str("‹address›");
                copied = end;
            }
            start = end + text[end..].chars().next().map_or(0, char::len_utf8);
        }
        out.map(|out| out + &text[copied..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_text_has_exactly_so_many_digits() {
        let addresses = Addresses { digits: 4 };
        let without = |text| addresses.left_out(text).unwrap_or_else(|| text.to_owned());
        assert_eq!(without("p_00A1"), "p_‹address›");
        assert_eq!(without("00A1, 00a2é"), "‹address›, ‹address›é");
        for same in ["00A", "00A12", "0000", "", "é", "p_00A1B.00A"] {
            assert_eq!(without(same), same);
        }
    }
}

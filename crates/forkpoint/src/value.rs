//! A value as the comparison sees it, and the one definition of "equal".
//!
//! Two values are equal exactly when their hashes are (up to chance, 2^-64): the walk compares
//! hashes, the explanation compares what it shows by the same hashes. Object keys have no order,
//! 1 and 1.0 are one number, `true` is not a number.

mod hash;
mod number;

use std::borrow::Cow;

pub use hash::{
    fold, hash_bool, hash_bytes, hash_element, hash_integer, hash_list, hash_member, hash_null,
    hash_object,
};
pub use number::Number;

/// One value of a payload.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// Nothing; at the top of a payload the same as an absent key.
    Null,
    /// True or false, which are not numbers.
    Bool(bool),
    /// A number.
    Number(Number<'a>),
    /// A number as its engine prints it: in hexadecimal. It compares by value like any other.
    Hex(u64),
    /// Text.
    Text(Cow<'a, str>),
    /// Values in an order that matters.
    List(Vec<Self>),
    /// Values by key; a key occurs once, the order is the writer's.
    Object(Vec<(Cow<'a, str>, Self)>),
    /// Some object of the run: its name differs by engine and was left out by a rule.
    Identity,
}

impl Value<'_> {
    /// Returns the value's hash.
    pub fn hash(&self) -> u64 {
        match self {
            Self::Null => hash_null(),
            Self::Bool(value) => hash_bool(*value),
            Self::Number(number) => number.hash(),
            Self::Hex(number) => hash_integer(i128::from(*number)),
            Self::Text(text) => hash_bytes(text.as_bytes()),
            Self::List(elements) => elements
                .iter()
                .fold(hash_list(), |list, element| hash_element(list, element.hash())),
            Self::Object(members) => {
                hash_object(members.iter().fold(0, |sum: u64, (key, value)| {
                    sum.wrapping_add(hash_member(hash_bytes(key.as_bytes()), value.hash()))
                }))
            }
            Self::Identity => hash::IDENTITY,
        }
    }

    /// Returns the value as a machine word, if it spells one: an integer, or text such as
    /// `0xF8000010`.
    pub fn word(&self) -> Option<u64> {
        match self {
            Self::Hex(number) => Some(*number),
            Self::Number(Number::Integer(integer)) => u64::try_from(*integer)
                .ok()
                .or_else(|| i64::try_from(*integer).ok().map(|i| i as u64)),
            Self::Text(text) => {
                let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
                // from_str_radix would take a sign.
                digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
                u64::from_str_radix(digits, 16).ok()
            }
            _ => None,
        }
    }

    /// Returns the member called `key`, when this is an object that has one.
    pub fn member(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => {
                members.iter().find(|(name, _)| name == key).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// Returns the value with all its text copied.
    pub fn into_static(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Number(number) => Value::Number(number.into_static()),
            Self::Hex(number) => Value::Hex(number),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::List(elements) => {
                Value::List(elements.into_iter().map(Value::into_static).collect())
            }
            Self::Object(members) => Value::Object(
                members
                    .into_iter()
                    .map(|(key, value)| (Cow::Owned(key.into_owned()), value.into_static()))
                    .collect(),
            ),
            Self::Identity => Value::Identity,
        }
    }

    /// Returns whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// Writes the value as JSON; a [`Value::Hex`] stands bare.
impl std::fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Hex(number) => write!(f, "0x{number:x}"),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::List(elements) => {
                f.write_str("[")?;
                for (index, element) in elements.iter().enumerate() {
                    write!(f, "{}{element}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (index, (key, value)) in members.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{}: {value}", quoted(key))?;
                }
                f.write_str("}")
            }
            Self::Identity => f.write_str("‹object›"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> u64 {
        Number::parse(text).hash()
    }

    #[test]
    fn true_is_not_one_and_text_is_not_a_number() {
        assert_ne!(Value::Bool(true).hash(), number("1"));
        assert_ne!(Value::Text("1".into()).hash(), number("1"));
        assert_ne!(Value::Null.hash(), number("0"));
    }

    #[test]
    fn a_word_is_an_integer_or_hex_text() {
        assert_eq!(Value::Text("0xF8000010".into()).word(), Some(0xF800_0010));
        assert_eq!(Value::Number(Number::Integer(-1)).word(), Some(u64::MAX));
        assert_eq!(Value::Text("0x".into()).word(), None);
        assert_eq!(Value::Text("0x+1".into()).word(), None);
        assert_eq!(Value::Text("12".into()).word(), None);
    }
}

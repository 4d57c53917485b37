//! What `json.loads` returns, and when Python calls two of them equal.
//!
//! One idea: numbers compare by exact value whatever their type (`True == 1 ==
//! 1.0`), which [`Key`] decides for mixed types.
//! Invariant: `Big` holds only integers that `Int` cannot, in canonical decimal,
//! so equal integers have equal representations.

use std::collections::HashMap;

use super::key::Key;
use super::text::Text;

/// A Python value as a JSON document makes it.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An `int` that fits 64 bits.
    Int(i64),
    /// Any other `int`, in decimal.
    Big(Box<str>),
    /// A `float`.
    Float(f64),
    /// A `str`.
    Str(Text),
    /// A `list`.
    List(Vec<Value>),
    /// A `dict`.
    Dict(Box<Dict>),
}

impl Value {
    /// Returns the value as a key; lists and dicts are none.
    pub(super) fn key(&self) -> Option<Key> {
        Some(match self {
            Self::None => Key::None,
            Self::Bool(b) => Key::Int(i64::from(*b)),
            Self::Int(n) => Key::Int(*n),
            Self::Big(digits) => Key::Big(digits.clone()),
            Self::Float(f) => Key::of_float(*f),
            Self::Str(text) => Key::Str(text.clone()),
            Self::List(_) | Self::Dict(_) => return None,
        })
    }

    /// Returns Python's `bool(value)`.
    pub(super) fn is_truthy(&self) -> bool {
        match self {
            Value::None => false,
            Value::Bool(b) => *b,
            Value::Int(n) => *n != 0,
            Value::Big(_) => true,
            Value::Float(f) => *f != 0.0,
            Value::Str(s) => !s.is_empty(),
            Value::List(items) => !items.is_empty(),
            Value::Dict(dict) => !dict.is_empty(),
        }
    }

    /// Returns Python's `a == b` between two values.
    ///
    /// At this height a NaN differs from itself. One level down it does not: every
    /// `NaN` that `json.loads` reads is one object, and containers ask for identity
    /// before they ask for equality.
    pub(super) fn equals(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::None, Value::None) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Big(a), Value::Big(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::List(a), Value::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_or_equals(b))
            }
            (Value::Dict(a), Value::Dict(b)) => a.equals(b),
            (a, b) => a.is_number() && b.is_number() && a.key() == b.key(),
        }
    }

    /// Returns Python's `a is b or a == b`, as containers compare their members.
    pub(super) fn is_or_equals(&self, other: &Value) -> bool {
        self.is_nan() && other.is_nan() || self.equals(other)
    }

    /// Returns true for the string `s`.
    pub(super) fn is_str(&self, s: &str) -> bool {
        matches!(self, Value::Str(text) if text.as_bytes() == s.as_bytes())
    }

    /// Returns true for `bool`, `int` and `float`.
    pub(super) fn is_number(&self) -> bool {
        matches!(self, Value::Bool(_) | Value::Int(_) | Value::Big(_) | Value::Float(_))
    }

    /// Returns true for the float NaN.
    pub(super) fn is_nan(&self) -> bool {
        matches!(self, Value::Float(f) if f.is_nan())
    }
}

/// Returns the value if there is one, else `None`: Python's `dict.get(key)`.
pub(super) fn or_none(value: Option<&Value>) -> &Value {
    value.unwrap_or(&Value::None)
}

const INDEX_FROM: usize = 32; // above this many keys a hash lookup beats a scan

/// A Python `dict` with string keys, in insertion order.
#[derive(Clone, Debug, Default)]
pub(super) struct Dict {
    entries: Vec<(Text, Value)>,
    index: Option<HashMap<Text, usize>>,
}

impl Dict {
    /// Returns Python's `dict.get(key)`, `None` distinguished from absence.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.get_bytes(key.as_bytes())
    }

    /// Returns the value of a key that may hold surrogates.
    pub(super) fn get_text(&self, key: &Text) -> Option<&Value> {
        self.get_bytes(key.as_bytes())
    }

    /// Returns the value of a key, to change it in place.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let at = self.position(key.as_bytes())?;
        Some(&mut self.entries[at].1)
    }

    /// Sets a key: a new one goes last, a known one keeps its place.
    pub(super) fn insert(&mut self, key: Text, value: Value) {
        if let Some(at) = self.position(key.as_bytes()) {
            self.entries[at].1 = value;
            return;
        }
        if let Some(index) = &mut self.index {
            index.insert(key.clone(), self.entries.len());
        }
        self.entries.push((key, value));
        if self.index.is_none() && self.entries.len() > INDEX_FROM {
            let keys = self.entries.iter().enumerate();
            self.index = Some(keys.map(|(at, (key, _))| (key.clone(), at)).collect());
        }
    }

    /// Returns the entries in insertion order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Text, &Value)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// Returns the number of keys.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns true for `{}`.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns Python's `a == b`: the order of keys is free.
    pub(super) fn equals(&self, other: &Dict) -> bool {
        self.len() == other.len()
            && self.iter().all(|(key, a)| other.get_text(key).is_some_and(|b| a.is_or_equals(b)))
    }

    pub(super) fn shrink(&mut self) {
        self.entries.shrink_to_fit();
    }

    fn get_bytes(&self, key: &[u8]) -> Option<&Value> {
        self.position(key).map(|at| &self.entries[at].1)
    }

    fn position(&self, key: &[u8]) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(key).copied(),
            None => self.entries.iter().position(|(known, _)| known.as_bytes() == key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::loads;

    fn equal(a: &str, b: &str) -> bool {
        let [a, b] = [a, b].map(|s| loads(s).expect("the test's JSON is valid"));
        assert_eq!(a.equals(&b), b.equals(&a));
        a.equals(&b)
    }

    #[test]
    fn numbers_are_equal_by_value_across_types() {
        assert!(equal("true", "1") && equal("1", "1.0") && equal("false", "-0.0"));
        assert!(!equal("true", "2") && !equal("1", "\"1\"") && !equal("0", "null"));
    }

    #[test]
    fn a_huge_int_equals_only_the_float_of_exactly_its_value() {
        assert!(equal("9007199254740992", "9007199254740992.0"));
        assert!(!equal("9007199254740993", "9007199254740992.0"));
        assert!(equal("9223372036854775808", "9223372036854775808.0"));
        assert!(equal("99999999999999991611392", "1e23"));
        assert!(!equal("100000000000000000000000", "1e23"));
        assert!(!equal("100000000000000000000000", "1e999"));
    }

    #[test]
    fn key_order_is_free_at_every_level() {
        assert!(equal(r#"{"a":1,"b":{"c":2,"d":3}}"#, r#"{"b":{"d":3.0,"c":2},"a":true}"#));
        assert!(!equal(r#"{"a":null}"#, "{}"));
        assert!(!equal("[1,2]", "[2,1]"));
    }

    #[test]
    fn nan_differs_from_itself_but_not_inside_a_container() {
        assert!(!equal("NaN", "NaN"));
        assert!(equal("[NaN]", "[NaN]"));
        assert!(equal(r#"{"a":[NaN]}"#, r#"{"a":[NaN]}"#));
    }

    #[test]
    fn a_repeated_key_keeps_its_first_place_and_its_last_value() {
        let keys: Vec<String> = (0..100).map(|n| format!(r#""k{}":{n}"#, n % 50)).collect();
        let Ok(Value::Dict(dict)) = loads(&format!("{{{}}}", keys.join(","))) else {
            panic!("expected an object")
        };
        assert_eq!(dict.len(), 50);
        assert!(dict.get("k7").is_some_and(|v| v.equals(&Value::Int(57))));
        assert!(dict.iter().next().is_some_and(|(k, _)| k.as_bytes() == b"k0"));
    }
}

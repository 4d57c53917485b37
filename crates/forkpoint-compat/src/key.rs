//! Python's hashing: which values are the same key of a dict or set.
//!
//! One idea: a canonical form in which equal keys are equal, so `True`, `1` and
//! `1.0` collapse to one.
//! Invariant: NaN is one key. Each one `json.loads` reads is the same object, and
//! a dict asks for identity first.

use super::text::Text;

/// The canonical form of a hashable value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// `None`.
    None,
    /// A string.
    Str(Text),
    /// A number of integral value that fits 64 bits, of any type.
    Int(i64),
    /// A number of any other integral value, in decimal.
    Big(Box<str>),
    /// A float without integral value, by its bits.
    Float(u64),
}

impl Key {
    pub(super) fn of_float(f: f64) -> Key {
        if f.is_nan() {
            return Key::Float(f64::NAN.to_bits());
        }
        if f.fract() != 0.0 || f.is_infinite() {
            return Key::Float(f.to_bits());
        }
        // 2^63 itself is a float, so the bound is exact.
        if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&f) {
            return Key::Int(f as i64);
        }
        Key::Big(format!("{f:.0}").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn true_one_and_one_point_zero_are_one_key() {
        let one = Value::Int(1).key();
        assert_eq!(Value::Bool(true).key(), one);
        assert_eq!(Value::Float(1.0).key(), one);
        assert_ne!(Value::Float(1.5).key(), one);
    }

    #[test]
    fn the_edge_of_64_bits_is_exact() {
        let edge = Value::Float(9_223_372_036_854_775_808.0).key();
        assert_eq!(edge, Some(Key::Big("9223372036854775808".into())));
        assert_eq!(Value::Float(-9_223_372_036_854_775_808.0).key(), Some(Key::Int(i64::MIN)));
    }

    #[test]
    fn lists_are_no_keys() {
        assert_eq!(Value::List(vec![]).key(), None);
    }
}

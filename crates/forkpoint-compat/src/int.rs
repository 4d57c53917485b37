//! Python's `int(text, base)`.
//!
//! One idea: one grammar (spaces, sign, prefix, single underscores, digits of any
//! script) yields the digits; what they are worth is asked in two ways, in full
//! for a tid and modulo 2^64 for a pointer.

use super::unicode::{decimal_digit, is_space};
use super::value::Value;

/// The most decimal digits Python converts between `int` and text.
pub(super) const MAX_DIGITS: usize = 4300;

/// Returns `int(text, 16)` modulo 2^64, or nothing where Python raises.
pub(super) fn hex_wrapping(text: &str) -> Option<u64> {
    let number = scan(text, Base::Hex)?;
    let shifted = |n: u64, &digit: &u8| n << 4 | u64::from(digit);
    let magnitude = number.digits.iter().fold(0, shifted);
    Some(if number.is_negative { magnitude.wrapping_neg() } else { magnitude })
}

/// Returns `int(text, 0)`, or nothing where Python raises.
pub(super) fn any_base(text: &str) -> Option<Value> {
    let number = scan(text, Base::AsPrefixed)?;
    let digits = decimal(&number.digits, number.radix);
    Some(of_decimal(number.is_negative, &digits))
}

/// Returns the int of some decimal digits without leading zeros.
pub(super) fn of_decimal(is_negative: bool, digits: &str) -> Value {
    let signed = if is_negative { format!("-{digits}") } else { digits.to_owned() };
    match signed.parse() {
        Ok(n) => Value::Int(n),
        Err(_) => Value::Big(signed.into()),
    }
}

/// Returns the int modulo 2^32, two's complement: Python's `n & 0xFFFFFFFF`.
pub(super) fn low_32_bits(value: &Value) -> Option<u32> {
    match value {
        Value::Bool(b) => Some(u32::from(*b)),
        Value::Int(n) => Some(*n as u32),
        Value::Big(text) => {
            let digits = text.trim_start_matches('-');
            let appended =
                |n: u32, digit: u8| n.wrapping_mul(10).wrapping_add(u32::from(digit - b'0'));
            let magnitude = digits.bytes().fold(0, appended);
            Some(if text.starts_with('-') { magnitude.wrapping_neg() } else { magnitude })
        }
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Base {
    Hex,
    AsPrefixed,
}

struct Number {
    is_negative: bool,
    radix: u32,
    digits: Vec<u8>,
}

fn scan(text: &str, base: Base) -> Option<Number> {
    let text = to_ascii(text)?;
    let text = text.trim_matches(|c| matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r'));
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match (text.get(..2), base) {
        (Some("0x" | "0X"), _) => (16, after_prefix(text)),
        (Some("0o" | "0O"), Base::AsPrefixed) => (8, after_prefix(text)),
        (Some("0b" | "0B"), Base::AsPrefixed) => (2, after_prefix(text)),
        (_, Base::Hex) => (16, text),
        (_, Base::AsPrefixed) => (10, text),
    };
    if digits.starts_with('_') || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    let digits: Vec<u8> = digits
        .chars()
        .filter(|&c| c != '_')
        .map(|c| c.to_digit(radix).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let has_leading_zero = digits.first() == Some(&0) && digits.iter().any(|&digit| digit != 0);
    if digits.is_empty() || radix == 10 && (digits.len() > MAX_DIGITS || has_leading_zero) {
        return None;
    }
    Some(Number { is_negative, radix, digits })
}

/// Skips `0x` and the one underscore allowed behind it.
fn after_prefix(text: &str) -> &str {
    let rest = &text[2..];
    rest.strip_prefix('_').unwrap_or(rest)
}

/// Digits and spaces of all scripts as ASCII; text in ASCII stays as it is.
fn to_ascii(text: &str) -> Option<String> {
    if text.is_ascii() {
        return Some(text.to_owned());
    }
    text.chars()
        .map(|c| match c {
            '\0'..='\x7e' => Some(c),
            _ if is_space(c) => Some(' '),
            _ => decimal_digit(c).map(|digit| char::from(b'0' + digit)),
        })
        .collect()
}

const LIMB: u64 = 1_000_000_000_000_000_000; // decimal digits by eighteen, below 2^60

/// Converts digits of a radix to decimal. Quadratic, for what fits a command line.
fn decimal(digits: &[u8], radix: u32) -> String {
    let mut limbs: Vec<u64> = vec![0]; // least significant first
    for chunk in digits.chunks(8) {
        let scale = chunk.iter().fold(1, |n: u64, _| n * u64::from(radix));
        let mut carry = chunk.iter().fold(0, |n, &d| n * u64::from(radix) + u64::from(d));
        for limb in &mut limbs {
            let wide = u128::from(*limb) * u128::from(scale) + u128::from(carry);
            *limb = (wide % u128::from(LIMB)) as u64;
            carry = (wide / u128::from(LIMB)) as u64;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let mut text = String::new();
    for limb in limbs.iter().rev() {
        text.push_str(&if text.is_empty() { limb.to_string() } else { format!("{limb:018}") });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repr::repr;

    fn int0(text: &str) -> Option<String> {
        any_base(text).map(|n| repr(&n).escaped())
    }

    #[test]
    fn prefixes_choose_the_base() {
        for text in ["255", " +0xfF\n", "0o377", "0b1111_1111", "0X_ff", "٢٥٥\u{a0}"] {
            assert_eq!(int0(text).as_deref(), Some("255"), "{text:?}");
        }
        assert_eq!(int0("-0_0").as_deref(), Some("0"));
    }

    #[test]
    fn what_python_refuses_is_refused() {
        for text in ["", "-", "01", "1__0", "_1", "1_", "0x", "0x__1", "1 2", "1.0", "²", "\x1c1"]
        {
            assert_eq!(int0(text), None, "{text:?}");
        }
    }

    #[test]
    fn size_is_no_limit_in_hex() {
        assert_eq!(
            int0("0x1_0000_0000_0000_0000_0000_0000_0000_0000").as_deref(),
            Some("340282366920938463463374607431768211456")
        );
        assert_eq!(int0(&"9".repeat(MAX_DIGITS + 1)), None);
        assert_eq!(int0(&"9".repeat(MAX_DIGITS)), Some("9".repeat(MAX_DIGITS)));
    }

    #[test]
    fn a_pointer_wraps_at_64_bits() {
        assert_eq!(hex_wrapping("0x82000040"), Some(0x8200_0040));
        assert_eq!(hex_wrapping("-1"), Some(u64::MAX));
        assert_eq!(hex_wrapping("10000000000000002"), Some(2));
        assert_eq!(hex_wrapping("0xzz"), None);
    }

    #[test]
    fn low_bits_of_a_huge_int_are_twos_complement() {
        assert_eq!(low_32_bits(&Value::Big("18446744073709551617".into())), Some(1));
        assert_eq!(low_32_bits(&Value::Big("-18446744073709551617".into())), Some(u32::MAX));
        assert_eq!(low_32_bits(&Value::Int(-1)), Some(u32::MAX));
        assert_eq!(low_32_bits(&Value::Float(1.0)), None);
    }
}

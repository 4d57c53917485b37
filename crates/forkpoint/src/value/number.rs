//! Numbers by value, exactly and of any size.
//!
//! Invariant: equal numbers have one form, so that forms compare as numbers do. What it takes to make
//! one is linear in the text, whatever exponent the text names.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::value::hash::{DIGITS, fold, hash_bytes, hash_integer};

/// A number in one of two exact forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Number<'a> {
    /// An integer, however it was written: `1`, `1.0` and `10e-1` are one.
    Integer(i128),
    /// Any other number, as the one decimal text that stands for it: `1.50` and `15e-1` are `1.5`.
    Decimal(Cow<'a, str>),
}

/// A decimal is written plainly with up to this many zeros at its end …
const ZEROS_AFTER: usize = 24;
/// … or less than this many behind its point, and else with an exponent.
const ZEROS_BEFORE: usize = 6;
/// Digits of an exponent that leave room to add the length of any text.
const SHORT_EXPONENT: usize = 30;

impl<'a> Number<'a> {
    /// Returns the number that JSON text spells; the text must follow JSON's grammar.
    pub fn parse(text: &'a str) -> Self {
        if let Ok(integer) = text.parse::<i128>() {
            return Self::Integer(integer);
        }
        if is_plain(text) {
            return Self::Decimal(Cow::Borrowed(text));
        }
        let (sign, magnitude) = match text.strip_prefix('-') {
            Some(magnitude) => ("-", magnitude),
            None => ("", text),
        };
        let (mantissa, exponent) = magnitude.split_once(['e', 'E']).unwrap_or((magnitude, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = [whole, fraction].concat();
        let digits = all.trim_end_matches('0');
        let n_zeros = all.len() - digits.len();
        let digits = digits.trim_start_matches('0');
        if digits.is_empty() {
            return Self::Integer(0);
        }
        // The number is `digits` times ten to the power of `exponent` + `shift`.
        let shift = n_zeros as i128 - fraction.len() as i128;
        let (falls, exponent) = match exponent.strip_prefix('-') {
            Some(exponent) => (true, exponent),
            None => (false, exponent.strip_prefix('+').unwrap_or(exponent)),
        };
        let exponent = exponent.trim_start_matches('0');
        if exponent.len() > SHORT_EXPONENT {
            let more = shift + digits.len() as i128 - 1;
            let exponent = add(exponent, if falls { -more } else { more });
            let fall = if falls { "-" } else { "" };
            return Self::with_exponent(sign, digits, &format!("{fall}{exponent}"));
        }
        let exponent: i128 = exponent.parse().unwrap_or(0); // nothing is left of `0`
        let scale = if falls { -exponent } else { exponent } + shift;
        Self::of_parts(sign, digits, scale)
    }

    /// Returns the number of `digits`, which neither start nor end with a zero, times ten to the power of
    /// `scale`.
    fn of_parts(sign: &str, digits: &str, scale: i128) -> Self {
        let point = scale + digits.len() as i128;
        let zeros = |n: i128| "0".repeat(usize::try_from(n).unwrap_or(0));
        let plain = match scale.cmp(&0) {
            Ordering::Less if point > 0 => {
                let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
                format!("{sign}{whole}.{fraction}")
            }
            Ordering::Less if point > -(ZEROS_BEFORE as i128) => {
                format!("{sign}0.{}{digits}", zeros(-point))
            }
            Ordering::Equal | Ordering::Greater if scale <= 39 => {
                let text = format!("{sign}{digits}{}", zeros(scale));
                if let Ok(integer) = text.parse() {
                    return Self::Integer(integer);
                }
                if scale > ZEROS_AFTER as i128 {
                    return Self::with_exponent(sign, digits, &(point - 1).to_string());
                }
                text
            }
            _ => return Self::with_exponent(sign, digits, &(point - 1).to_string()),
        };
        Self::Decimal(Cow::Owned(plain))
    }

    fn with_exponent(sign: &str, digits: &str, exponent: &str) -> Self {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        Self::Decimal(Cow::Owned(format!("{sign}{first}{point}{rest}e{exponent}")))
    }

    /// Returns the number's hash.
    pub fn hash(&self) -> u64 {
        match self {
            Self::Integer(integer) => hash_integer(*integer),
            Self::Decimal(text) => fold(hash_bytes(text.as_bytes()), DIGITS),
        }
    }

    /// Returns the number with its text copied.
    pub fn into_static(self) -> Number<'static> {
        match self {
            Self::Integer(integer) => Number::Integer(integer),
            Self::Decimal(text) => Number::Decimal(Cow::Owned(text.into_owned())),
        }
    }
}

impl std::fmt::Display for Number<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer(integer) => write!(f, "{integer}"),
            Self::Decimal(text) => f.write_str(text),
        }
    }
}

/// Returns whether a text that is not an integer of 128 bits is the one for its number already; nearly all
/// are, and need no copy.
fn is_plain(text: &str) -> bool {
    let magnitude = text.strip_prefix('-').unwrap_or(text);
    match magnitude.split_once('.') {
        Some((whole, fraction)) => {
            let is_number = fraction.bytes().all(|byte| byte.is_ascii_digit());
            let n_zeros = fraction.bytes().take_while(|&byte| byte == b'0').count();
            is_number && !fraction.ends_with('0') && (whole != "0" || n_zeros < ZEROS_BEFORE)
        }
        None => {
            let digits = magnitude.trim_end_matches('0');
            magnitude.len() - digits.len() <= ZEROS_AFTER
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        }
    }
}

/// Adds a number to a far longer one, which is written in decimal.
fn add(long: &str, more: i128) -> String {
    let mut digits = long.as_bytes().to_vec();
    let mut carry = more;
    for digit in digits.iter_mut().rev() {
        let sum = i128::from(*digit - b'0') + carry;
        *digit = b'0' + sum.rem_euclid(10) as u8;
        carry = sum.div_euclid(10);
        if carry == 0 {
            break;
        }
    }
    let text: String = digits.into_iter().map(char::from).collect();
    match carry {
        0 => text.trim_start_matches('0').to_owned(),
        carry => format!("{carry}{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Numbers that are one, a line; no two lines are.
    const EQUAL: &[&[&str]] = &[
        &["0", "-0", "0.0", "-0.0", "0e5", "0e-999999999999999999999999999999999999999", "-0E+0"],
        &[
            "1",
            "1.0",
            "1e0",
            "10e-1",
            "0.1e1",
            "100E-2",
            "1e-0",
            "1e+00000000000000000000000000000000000",
        ],
        &["-1", "-1.0", "-10e-1"],
        &["9007199254740992", "9007199254740992.0", "9007199254740992e0", "900719925474099200e-2"],
        &["9007199254740993", "9007199254740993.0", "9.007199254740993e15"],
        &["100000000000000000000000", "1e23", "1E+23", "10.0e22"],
        &["99999999999999991611392"],
        &["0.1", "1e-1", "0.10", "0.01e1", "10e-2"],
        &["0.1000000000000000055", "1000000000000000055e-19"],
        &["123456789012345678901234567890.5", "1234567890123456789012345678905e-1"],
        &["123456789012345678901234567890.6"],
        &["1e400", "10e399", "0.1e401"],
        &["2e400"],
        &["1e-400", "0.1e-399"],
        &["0.0000001", "1e-7", "0.1e-6"],
        &["0.000001", "1e-6"],
        &["1.5e300", "15e299", "0.15e301"],
        &["170141183460469231731687303715884105727"],
        &["170141183460469231731687303715884105728", "170141183460469231731687303715884105728.0"],
        &[
            "-170141183460469231731687303715884105728",
            "-170141183460469231731687303715884105728.00",
        ],
        &["1e38", "100000000000000000000000000000000000000"],
        &["1e39", "1000000000000000000000000000000000000000", "10e38"],
        &["1e60", "1000000000000000000000000000000000000000000000000000000000000"],
        &["1e999999999", "10e999999998", "0.001e1000000002"],
        &["1e-999999999"],
        &[
            "1e10000000000000000000000000000000000000000",
            "10e9999999999999999999999999999999999999999",
            "0.1e10000000000000000000000000000000000000001",
        ],
        &["1e9999999999999999999999999999999999999999"],
        &[
            "1e-10000000000000000000000000000000000000000",
            "0.1e-9999999999999999999999999999999999999999",
            "10e-10000000000000000000000000000000000000001",
        ],
    ];

    #[test]
    fn numbers_compare_by_value_exactly() {
        let mut forms: Vec<Number<'_>> = Vec::new();
        for line in EQUAL {
            let first = Number::parse(line[0]);
            for text in *line {
                assert_eq!(Number::parse(text), first, "{text} is {}", line[0]);
                assert_eq!(Number::parse(text).hash(), first.hash(), "{text} is {}", line[0]);
            }
            assert!(forms.iter().all(|other| other.hash() != first.hash()), "{first}");
            forms.push(first);
        }
    }

    #[test]
    fn the_form_of_a_number_stands_for_itself() {
        for text in EQUAL.iter().copied().flatten() {
            let form = Number::parse(text).to_string();
            assert_eq!(Number::parse(&form).to_string(), form, "{text}");
            assert!(form.len() <= text.len() + 40, "{text}: {form}");
        }
    }

    proptest! {
        #[test]
        fn a_point_may_stand_anywhere(digits in "[1-9][0-9]{0,40}", point in 0_usize..40, power in -60_i64..60) {
            let point = point.min(digits.len());
            let (whole, fraction) = digits.split_at(point);
            let whole = if whole.is_empty() { "0" } else { whole };
            let moved = power + fraction.len() as i64;
            let text = if fraction.is_empty() {
                format!("{whole}e{moved}")
            } else {
                format!("{whole}.{fraction}e{moved}")
            };
            let plain = format!("{digits}e{power}");
            prop_assert_eq!(Number::parse(&text), Number::parse(&plain), "{} {}", text, plain);
            let larger = format!("{digits}1e{}", power - 1);
            prop_assert_ne!(Number::parse(&larger), Number::parse(&plain));
        }
    }
}

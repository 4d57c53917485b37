//! Python's `<`: which values can be ordered, and how `sorted` orders them.
//!
//! One idea: an order exists among numbers, among strings, and among lists member
//! by member; asking for any other is a [`Shape`] error, Python's `TypeError`.

use std::cmp::Ordering;

use super::failure::Shape;
use super::key::Key;
use super::value::Value;

/// Returns Python's `a <= b`.
pub(super) fn less_or_equal(a: &Value, b: &Value) -> Result<bool, Shape> {
    Ok(matches!(compare(a, b)?, Some(Ordering::Less | Ordering::Equal)))
}

/// Returns the values in the order of Python's `sorted`.
///
/// With a NaN among them the result depends on the algorithm: up to 63 values it
/// is CPython's; beyond that CPython would merge runs and this does not.
pub(super) fn sorted<T>(mut items: Vec<T>, key: impl Fn(&T) -> &Value) -> Result<Vec<T>, Shape> {
    for pair in items.windows(2) {
        compare(key(&pair[0]), key(&pair[1]))?;
    }
    if items.iter().any(|item| key(item).is_nan()) {
        binary_insertion(&mut items, |a, b| is_less(key(a), key(b)));
    } else {
        items.sort_by(|a, b| number_or_text(key(a), key(b)).unwrap_or(Ordering::Equal));
    }
    Ok(items)
}

fn is_less(a: &Value, b: &Value) -> bool {
    number_or_text(a, b) == Some(Ordering::Less)
}

/// Returns the order, nothing when a NaN leaves it open.
fn compare(a: &Value, b: &Value) -> Result<Option<Ordering>, Shape> {
    match (a, b) {
        (Value::Str(_), Value::Str(_)) => Ok(number_or_text(a, b)),
        (Value::List(xs), Value::List(ys)) => {
            match xs.iter().zip(ys).find(|(x, y)| !x.is_or_equals(y)) {
                Some((x, y)) => compare(x, y),
                None => Ok(Some(xs.len().cmp(&ys.len()))),
            }
        }
        _ if a.is_number() && b.is_number() => Ok(number_or_text(a, b)),
        _ => Err(Shape::unordered(a, b)),
    }
}

fn number_or_text(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Float(a), b) => int_with_float(b, *a).map(Ordering::reverse),
        (a, Value::Float(b)) => int_with_float(a, *b),
        (a, b) => Some(compare_ints(&a.key()?, &b.key()?)),
    }
}

/// Compares exactly: the integer with the float's floor, then the fraction decides.
fn int_with_float(int: &Value, f: f64) -> Option<Ordering> {
    if f.is_nan() {
        return None;
    }
    if f.is_infinite() {
        return Some(if f > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let whole = compare_ints(&int.key()?, &Value::Float(f.floor()).key()?);
    let fraction = if f.fract() == 0.0 { Ordering::Equal } else { Ordering::Less };
    Some(whole.then(fraction))
}

fn compare_ints(a: &Key, b: &Key) -> Ordering {
    match (a, b) {
        (Key::Int(a), Key::Int(b)) => a.cmp(b),
        (Key::Big(a), Key::Big(b)) => match (a.starts_with('-'), b.starts_with('-')) {
            (false, false) => (a.len(), a).cmp(&(b.len(), b)),
            (true, true) => (b.len(), b).cmp(&(a.len(), a)),
            (a_is_negative, b_is_negative) => b_is_negative.cmp(&a_is_negative),
        },
        (Key::Big(a), _) if a.starts_with('-') => Ordering::Less,
        (Key::Big(_), _) => Ordering::Greater,
        (_, Key::Big(b)) if b.starts_with('-') => Ordering::Greater,
        _ => Ordering::Less,
    }
}

/// CPython's sort of a short list: one natural run, then binary insertion.
fn binary_insertion<T>(items: &mut [T], less: impl Fn(&T, &T) -> bool) {
    let n_items = items.len();
    if n_items < 2 {
        return;
    }
    let descends = less(&items[1], &items[0]);
    let mut run = 2;
    while run < n_items && less(&items[run], &items[run - 1]) == descends {
        run += 1;
    }
    if descends {
        items[..run].reverse();
    }
    for pivot in run..n_items {
        let (mut low, mut high) = (0, pivot);
        while low < high {
            let middle = low + (high - low) / 2;
            if less(&items[pivot], &items[middle]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        items[low..=pivot].rotate_right(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::loads;
    use crate::repr::repr;

    fn sorted_json(list: &str) -> Result<String, Shape> {
        let Ok(Value::List(items)) = loads(list) else { panic!("expected a list") };
        Ok(repr(&Value::List(sorted(items, |item| item)?)).escaped())
    }

    #[test]
    fn numbers_of_all_types_sort_by_exact_value() {
        assert_eq!(
            sorted_json("[1e300,9007199254740993,9007199254740992.0,-1e999,true,0.5,-7,99999999999999999999,-99999999999999999999,-1.5]"),
            Ok("[-inf, -99999999999999999999, -7, -1.5, 0.5, True, 9007199254740992.0, 9007199254740993, 99999999999999999999, 1e+300]".to_owned())
        );
    }

    #[test]
    fn numbers_do_not_sort_with_strings() {
        assert!(sorted_json(r#"[1,"1"]"#).is_err());
        assert_eq!(sorted_json(r#"["b","a"]"#), Ok("['a', 'b']".to_owned()));
    }

    #[test]
    fn a_nan_stays_where_cpython_leaves_it() {
        assert_eq!(sorted_json("[NaN,1]"), Ok("[nan, 1]".to_owned()));
        assert_eq!(sorted_json("[3,NaN,1,2]"), Ok("[3, nan, 1, 2]".to_owned()));
    }

    #[test]
    fn lists_order_by_their_first_difference() {
        let [a, b] = ["[1,[2]]", "[1,[2,0]]"].map(|s| loads(s).expect("valid JSON"));
        assert_eq!(less_or_equal(&a, &b), Ok(true));
        assert_eq!(less_or_equal(&b, &a), Ok(false));
        assert!(less_or_equal(&a, &Value::Int(1)).is_err());
    }
}

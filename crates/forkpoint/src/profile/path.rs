//! Paths of payload fields: keys with dots between, such as `args.size`.

use std::borrow::Cow;

use crate::value::{Value, hash_bytes};

/// Returns the parts of a path.
pub(super) fn parts(path: &str) -> Vec<String> {
    path.split('.').map(str::to_owned).collect()
}

/// Returns a path's parts as they are looked up.
pub(super) fn strs(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

/// Returns the value at a path of a payload.
pub(super) fn at<'a, 'v>(
    payload: &'a [(Cow<'_, str>, Value<'v>)],
    path: &[String],
) -> Option<&'a Value<'v>> {
    let (first, rest) = path.split_first()?;
    let value = payload.iter().find(|(key, _)| key == first).map(|(_, value)| value)?;
    rest.iter().try_fold(value, |value, key| value.member(key))
}

/// Returns the fingerprint of a field's path, as an aside has it.
pub fn field_of(path: &[&str]) -> u16 {
    let inner = |path: u64, key: &&str| path.rotate_left(7) ^ hash_bytes(key.as_bytes());
    path.iter().fold(0, inner) as u16
}

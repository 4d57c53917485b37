//! What the parameters of system calls are called, so that arguments have names and not places.
//!
//! Invariant: a name excuses nothing; a call that the table does not have keeps its places.

use std::collections::HashMap;
use std::sync::LazyLock;

static PARAMETERS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("parameters.txt").lines();
    let split = |line: &'static str| {
        let mut words = line.split_ascii_whitespace();
        Some((words.next()?, words.collect()))
    };
    lines.filter_map(split).collect()
});

/// Returns the names of a call's parameters, in order; none for a call that is not known.
pub fn of(name: &str) -> Option<&'static [&'static str]> {
    PARAMETERS.get(name).map(Vec::as_slice)
}

/// Whether a call that is not known has a name in which that of a known one ends.
pub fn ends_as(name: &str) -> bool {
    of(name).is_none() && PARAMETERS.keys().any(|known| known.ends_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_as_many_parameters_as_the_kernel_takes() {
        assert_eq!(of("openat"), Some(&["fd", "path", "flags", "mode"][..]));
        assert_eq!(of("getpid"), Some(&[][..]));
        assert_eq!(of("no_such_call"), None);
        assert!(PARAMETERS.values().all(|names| names.len() <= 6));
    }

    #[test]
    fn no_two_parameters_of_a_call_have_one_name() {
        for (call, names) in &*PARAMETERS {
            let mut sorted = names.clone();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), names.len(), "{call}");
        }
    }
}

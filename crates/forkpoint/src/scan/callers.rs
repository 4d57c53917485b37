//! Code addresses whose calls are looked at.

use std::ops::Range;

/// Code addresses whose calls are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Callers {
    pub(crate) ranges: Vec<Range<u64>>,
}

impl Callers {
    /// Returns whether the code at `address` is looked at.
    #[inline]
    pub fn contains(&self, address: u64) -> bool {
        self.ranges.iter().any(|range| range.contains(&address))
    }
}

//! What the user may ask of a comparison.

use crate::pair::Pair;
use crate::profile::Date;
use crate::trace::LaneKey;

/// How two logs are compared.
#[derive(Clone, Debug)]
pub struct Options {
    /// Pairs of lanes that the user named; all others are paired by likeness.
    pub pinned_pairs: Vec<Pair<LaneKey>>,
    /// How many events are shown before and after a divergence.
    pub context: (usize, usize),
    /// Whether a candidate that merely stops early passes.
    pub allow_prefix: bool,
    /// What day it is; without it, no waiver holds that expires.
    pub today: Option<Date>,
}

impl Default for Options {
    fn default() -> Self {
        Self { pinned_pairs: Vec::new(), context: (5, 3), allow_prefix: false, today: None }
    }
}

//! Floats without an equal counterpart.

use crate::align::filter::Floating;
use crate::pair::{Pair, Side};
use crate::profile::RuleId;

/// A float that is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatMismatch {
    /// One side has it, the other never.
    OneSided {
        /// The side that has it.
        side: Side,
        /// Its lane there.
        lane: usize,
        /// The first of its kind.
        float: Floating,
    },
    /// Both have it at the same place, and they differ.
    Differ {
        /// The lanes.
        lanes: Pair<usize>,
        /// The floats.
        floats: Pair<Floating>,
    },
    /// Both logs have equally many of the rule, and these are about other objects.
    OtherObject {
        /// The lanes.
        lanes: Pair<usize>,
        /// The floats.
        floats: Pair<Floating>,
    },
}

impl FloatMismatch {
    /// Returns the rule by which the events float.
    pub fn rule(&self) -> RuleId {
        match self {
            Self::OneSided { float, .. } => float.rule,
            Self::Differ { floats, .. } | Self::OtherObject { floats, .. } => floats.reference.rule,
        }
    }
}

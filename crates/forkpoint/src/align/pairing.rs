//! Which lanes are one thread, and why: the data of pairing.

use crate::pair::Pair;
use crate::trace::SymbolId;

/// Two lanes that are one thread.
#[derive(Clone, Debug)]
pub struct Paired {
    /// The lanes, by their places in the logs.
    pub lanes: Pair<usize>,
    /// Why.
    pub evidence: Evidence,
}

/// Why two lanes are taken for one thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The user said so.
    UserSpecified,
    /// Their first events are alike: this many of this many, and perhaps the first call.
    Likeness {
        /// How many of the first events are alike.
        alike: usize,
        /// How many were looked at.
        of: usize,
        /// The function that both call first.
        first_call: Option<SymbolId>,
    },
    /// Paired threads created them alike.
    Lineage {
        /// The lanes that created them.
        parents: Pair<usize>,
    },
    /// They were the only ones left.
    LeftOver,
}

impl Evidence {
    /// Returns whether the pair may well be wrong: less than half of the first events are alike.
    pub fn is_doubtful(&self) -> bool {
        match self {
            Self::UserSpecified | Self::Lineage { .. } => false,
            Self::Likeness { alike, of, .. } => alike * 2 < *of,
            Self::LeftOver => true,
        }
    }
}

/// What pairing found.
#[derive(Debug, Default)]
pub struct Pairing {
    /// The pairs, in the order of the reference's lanes.
    pub pairs: Vec<Paired>,
    /// Lanes without a partner.
    pub unpaired: Pair<Vec<usize>>,
}

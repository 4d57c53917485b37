//! What differs: its class, where it is, what else is known of it.

use crate::align::drift::Drift;
use crate::align::oddity::FloatMismatch;
use crate::align::resync::Gap;
use crate::class::Class;
use crate::objects::ObjectMismatch;
use crate::pair::{Pair, Side};

/// Where one side of a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventRef {
    /// Which log.
    pub side: Side,
    /// The lane, by its place in the log.
    pub lane: usize,
    /// The event's position in the lane.
    pub position: usize,
}

/// Something that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of divergence it is.
    pub class: Class,
    /// The pair of lanes, by its place in the pairing.
    pub pair: Option<usize>,
    /// Which of the aligned events, on each side.
    pub nth: Pair<usize>,
    /// The events; where a lane has ended, its last.
    pub at: Pair<Option<EventRef>>,
    /// What else is known.
    pub detail: Detail,
    /// How many more of this kind were found and are not reported one by one.
    pub more: usize,
}

/// What else is known of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Two events differ; how far it is to where the lanes agree again, if they do.
    Differ(Option<Gap>),
    /// A loop ran this many rounds more on one side.
    Repeats {
        /// The gap.
        gap: Gap,
        /// How many events a round has.
        round: usize,
        /// How many rounds each side ran.
        rounds: Pair<u64>,
    },
    /// This side's lane ends.
    Ends(Side),
    /// The events name objects that do not correspond.
    Object(ObjectMismatch),
    /// A number that may differ by a constant differs by a different one.
    Drift(Drift),
    /// A float.
    Float(FloatMismatch),
    /// This side has the thread.
    Thread(Side),
    /// The waiting events, and the signals that should have ended the waits; the site is the signal.
    Signal {
        /// The waits.
        wait: Pair<Option<EventRef>>,
        /// Whether another object was signalled instead.
        other: bool,
    },
}

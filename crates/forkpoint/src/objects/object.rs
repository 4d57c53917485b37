//! An object of one log: its number, its birth and its end.

use std::num::NonZeroU32;

/// An object of one log, lane by lane in the order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(NonZeroU32); // so that there being none takes no room

impl ObjectId {
    pub(super) fn new(index: usize) -> Self {
        Self(NonZeroU32::MIN.saturating_add(index as u32))
    }

    /// Returns the object's place among those of its log.
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// Where an event is: its lane, and its position there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The lane, by its place in the log.
    pub lane: u32,
    /// The event's position in the lane.
    pub position: u32,
}

/// One object.
#[derive(Clone, Copy, Debug)]
pub struct Object {
    /// The event that created it.
    pub born: Spot,
    /// The event that destroyed it.
    pub died: Option<Spot>,
    /// Whether another object still had its name when it was created.
    pub is_given_again: bool,
}

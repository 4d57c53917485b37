//! Two sides are always one value.
//!
//! Invariant: whatever is done to one side can be done to the other by the same code.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

/// Which of the two logs something belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The engine that is taken to be right.
    Reference,
    /// The engine that is being worked on.
    Candidate,
}

impl Side {
    /// Both sides, in the order in which they are always reported.
    pub const BOTH: [Self; 2] = [Self::Reference, Self::Candidate];

    /// Returns the word that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Candidate => "candidate",
        }
    }

    /// Returns the other side.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Reference => Self::Candidate,
            Self::Candidate => Self::Reference,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One value for each side.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema,
)]
pub struct Pair<T> {
    /// The reference's.
    pub reference: T,
    /// The candidate's.
    pub candidate: T,
}

impl<T> Pair<T> {
    /// Returns the two values as one.
    pub fn new(reference: T, candidate: T) -> Self {
        Self { reference, candidate }
    }

    /// Returns what `make` gives for each side.
    pub fn of(mut make: impl FnMut(Side) -> T) -> Self {
        let reference = make(Side::Reference);
        Self { reference, candidate: make(Side::Candidate) }
    }

    /// Returns both values, borrowed.
    pub fn as_ref(&self) -> Pair<&T> {
        Pair { reference: &self.reference, candidate: &self.candidate }
    }

    /// Returns what `f` makes of each value.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Pair<U> {
        let reference = f(self.reference);
        Pair { reference, candidate: f(self.candidate) }
    }

    /// Returns both values with those of `other`, side by side.
    pub fn zip<U>(self, other: Pair<U>) -> Pair<(T, U)> {
        Pair {
            reference: (self.reference, other.reference),
            candidate: (self.candidate, other.candidate),
        }
    }

    /// Returns one side's value.
    pub fn on(&self, side: Side) -> &T {
        match side {
            Side::Reference => &self.reference,
            Side::Candidate => &self.candidate,
        }
    }

    /// Returns one side's value, to change it.
    pub fn on_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Reference => &mut self.reference,
            Side::Candidate => &mut self.candidate,
        }
    }
}

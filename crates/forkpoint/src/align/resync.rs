//! Finds the next place where both lanes agree again.
//!
//! Invariant: an anchor has [`ANCHOR`] tokens on both sides, or all that is left of both.

use crate::align::streams::Stream;

/// How many tokens in a row must be equal to be taken for agreement.
pub const ANCHOR: usize = 2;

/// How far ahead an anchor is looked for, in events of either lane.
pub const WINDOW: usize = 512;

/// How many events either lane must skip to agree again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Events of the reference that have no partner.
    pub reference: usize,
    /// Events of the candidate that have no partner.
    pub candidate: usize,
}

impl Gap {
    /// Returns whether only one side skips events.
    pub fn is_lopsided(self) -> bool {
        self.reference == 0 || self.candidate == 0
    }
}

/// Returns the smallest gap after which both streams agree again, if there is one in the window.
pub fn next_anchor(
    reference: &Stream<'_>,
    candidate: &Stream<'_>,
    at: (usize, usize),
) -> Option<Gap> {
    let left = (reference.len() - at.0, candidate.len() - at.1);
    let agree = |gap: Gap| {
        let rest = (left.0 - gap.reference, left.1 - gap.candidate);
        let length = ANCHOR.min(rest.0).min(rest.1);
        let ends = rest.0 == rest.1;
        (length == ANCHOR || (ends && length > 0))
            && (0..length).all(|k| {
                reference.token(at.0 + gap.reference + k)
                    == candidate.token(at.1 + gap.candidate + k)
            })
    };
    for total in 1..=WINDOW {
        for step in 0..=total {
            // Balanced gaps before lopsided ones: total/2, then one more, one less, two more, …
            let (middle, away) = (total / 2, step.div_ceil(2));
            let skipped = if step % 2 == 0 { middle - away } else { middle + away };
            let gap = Gap { reference: skipped, candidate: total - skipped };
            if gap.reference < left.0 && gap.candidate < left.1 && agree(gap) {
                return Some(gap);
            }
        }
    }
    None
}

//! Numbers that may differ by a constant, such as clocks that started elsewhere.
//!
//! Its one idea: what the two sides differ by at the first pair of events is the constant, and every
//! other pair must differ by the same. Invariant: nothing is learnt from the numbers that come later,
//! so a clock that runs faster on one side is found where it first does.

use crate::pair::Pair;
use crate::profile::RuleId;

/// A pair of events at which the constant changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drift {
    /// The events' positions in their lanes.
    pub at: Pair<u32>,
    /// The rule that is about the number.
    pub rule: RuleId,
    /// The numbers.
    pub values: Pair<u64>,
    /// What the candidate had more than the reference until here, modulo 2^64.
    pub before: u64,
}

impl Drift {
    /// Returns what the candidate has more than the reference from here on.
    pub fn constant(&self) -> u64 {
        self.values.candidate.wrapping_sub(self.values.reference)
    }
}

/// The constants of a run of pairs of events, by rule and field.
#[derive(Clone, Debug, Default)]
pub struct Constants(Vec<((RuleId, u16), u64)>);

impl Constants {
    /// Learns the constant of a field, or checks it; returns the one before if it differs now. From
    /// then on the new one holds, so that one drift is reported once.
    pub fn drift(&mut self, field: (RuleId, u16), values: Pair<u64>) -> Option<u64> {
        let now = values.candidate.wrapping_sub(values.reference);
        match self.0.iter_mut().find(|(known, _)| *known == field) {
            Some((_, constant)) if *constant == now => None,
            Some((_, constant)) => Some(std::mem::replace(constant, now)),
            None => {
                self.0.push((field, now));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_is_learnt_once_and_each_change_is_told_once() {
        let mut constants = Constants::default();
        let field = (RuleId(3), 7);
        let shown = [(0, 7), (3, 10), (5, 14), (8, 17), (9, 9)]
            .map(|(reference, candidate)| constants.drift(field, Pair::new(reference, candidate)));
        assert_eq!(shown, [None, None, Some(7), None, Some(9)]);
        assert_eq!(constants.drift((RuleId(3), 8), Pair::new(5, 4)), None, "another field");
        assert_eq!(constants.drift((RuleId(3), 8), Pair::new(0, u64::MAX)), None, "modulo 2^64");
    }
}

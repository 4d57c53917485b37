//! Which events of a lane are aligned: all but a few, so the few are kept.
//!
//! Invariant: the positions rise, and the event after the last has a position too: the lane's end.

/// The positions of a lane's events without those that were dropped.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Where events were dropped: the position, less the dropped events before it. It is the number
    /// of kept events before it, and rises too.
    dropped: Vec<u32>,
    /// How many events were dropped before every [`STEP`]th kept event, so that a search is short.
    before: Vec<u32>,
    length: usize,
}

const STEP: usize = 64;

impl Selection {
    /// Returns what is left of `n_events` events.
    pub fn new(n_events: usize, kept: impl Iterator<Item = u32>) -> Self {
        let mut this = Self::default();
        let mut next = 0;
        for position in kept {
            this.drop_run(next..position);
            if this.length.is_multiple_of(STEP) {
                this.before.push(this.dropped.len() as u32);
            }
            this.length += 1;
            next = position + 1;
        }
        this.drop_run(next..n_events as u32);
        this.before.push(this.dropped.len() as u32);
        this
    }

    fn drop_run(&mut self, run: std::ops::Range<u32>) {
        let slot = self.length as u32;
        self.dropped.extend(run.map(|_| slot));
    }

    /// Returns how many events are kept.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Returns the position of the `nth` kept event.
    #[inline]
    pub fn position(&self, nth: usize) -> usize {
        let (low, high) = (self.before[nth / STEP] as usize, self.before[nth / STEP + 1] as usize);
        let near = &self.dropped[low..high];
        nth + low + near.partition_point(|&slot| slot as usize <= nth)
    }

    /// Returns how many kept events stand in a row from the `nth` on, itself included: some of them, if
    /// that is quicker to tell.
    #[inline]
    pub fn in_a_row(&self, nth: usize) -> usize {
        let step_end = (nth / STEP + 1) * STEP;
        let (low, high) = (self.before[nth / STEP] as usize, self.before[nth / STEP + 1] as usize);
        let near = &self.dropped[low..high];
        let next = near.get(near.partition_point(|&slot| slot as usize <= nth));
        next.map_or(step_end, |&slot| slot as usize).min(self.length) - nth
    }

    /// Returns how many events are kept before a position.
    pub fn before(&self, position: usize) -> usize {
        let (mut low, mut high) = (0, self.dropped.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            // The position of the dropped event that has this number.
            let dropped = self.dropped[middle] as usize + middle;
            if dropped < position { low = middle + 1 } else { high = middle }
        }
        position - low
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn positions_are_those_that_were_kept(flags in prop::collection::vec(prop::bool::weighted(0.9), 0..400)) {
            let all: Vec<u32> = (0..flags.len() as u32).filter(|&at| flags[at as usize]).collect();
            let kept = Selection::new(flags.len(), all.iter().copied());
            prop_assert_eq!(kept.len(), all.len());
            for (nth, &position) in all.iter().enumerate() {
                prop_assert_eq!(kept.position(nth), position as usize);
                let row = kept.in_a_row(nth);
                prop_assert!(row > 0 && all[nth + row - 1] as usize == position as usize + row - 1);
            }
            for position in 0..=flags.len() {
                let before = all.partition_point(|&at| (at as usize) < position);
                prop_assert_eq!(kept.before(position), before);
            }
        }
    }
}

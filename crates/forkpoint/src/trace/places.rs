//! Where the lines of a lane's events are, in half the memory.
//!
//! Places rise, so their upper halves change every 4 GiB or at the next file, and are kept where they
//! change.

/// The place of a line: which file of the log, and the byte in it (after decompression).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(u64);

impl Place {
    /// A place behind all events.
    pub const LAST: Self = Self(u64::MAX);

    /// Returns a place behind all earlier events.
    pub fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    const OFFSET_BITS: u32 = 48; // 256 TiB a file, 65,536 files a log

    /// Returns the place at byte `offset` of file number `part`.
    pub fn new(part: u16, offset: u64) -> Self {
        Self(u64::from(part) << Self::OFFSET_BITS | offset & ((1 << Self::OFFSET_BITS) - 1))
    }

    /// Returns which file of the log it is in.
    pub fn part(self) -> usize {
        (self.0 >> Self::OFFSET_BITS) as usize
    }

    /// Returns the byte in the file.
    pub fn offset(self) -> u64 {
        self.0 & ((1 << Self::OFFSET_BITS) - 1)
    }
}

/// The places of a lane's events, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    lows: Vec<u32>,
    /// From which event on the upper half differs, and which; the first is of event 0.
    highs: Vec<(u32, u32)>,
}

impl Places {
    /// Adds the place of the next event.
    #[inline]
    pub fn push(&mut self, place: Place) {
        let high = (place.0 >> 32) as u32;
        if self.highs.last().is_none_or(|&(_, last)| last != high) {
            self.highs.push((self.lows.len() as u32, high));
        }
        self.lows.push(place.0 as u32);
    }

    /// Adds the places of the next events, which rise.
    pub fn extend(&mut self, places: &[Place]) {
        let (Some(first), Some(last)) = (places.first(), places.last()) else { return };
        if first.0 >> 32 == last.0 >> 32 {
            self.push(*first);
            self.lows.extend(places[1..].iter().map(|place| place.0 as u32));
        } else {
            places.iter().for_each(|&place| self.push(place));
        }
    }

    /// Returns the place of the event at a position.
    #[inline]
    pub fn at(&self, position: usize) -> Place {
        let high = match &self.highs[..] {
            [(_, only)] => *only,
            highs => highs[highs.partition_point(|&(from, _)| from as usize <= position) - 1].1,
        };
        Place(u64::from(high) << 32 | u64::from(self.lows[position]))
    }

    /// Returns the place of the event at a position, if there is such an event.
    pub fn get(&self, position: usize) -> Option<Place> {
        (position < self.lows.len()).then(|| self.at(position))
    }

    /// Returns the place of the first event.
    pub fn first(&self) -> Option<Place> {
        self.get(0)
    }

    /// Returns the place of the last event.
    pub fn last(&self) -> Option<Place> {
        self.get(self.lows.len().checked_sub(1)?)
    }

    /// Returns all places, in order.
    pub fn iter(&self) -> impl Iterator<Item = Place> + '_ {
        (0..self.lows.len()).map(|position| self.at(position))
    }

    /// Returns how many events precede `place` or at it.
    pub fn up_to(&self, place: Place) -> usize {
        let (mut low, mut high) = (0, self.lows.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.at(middle) <= place { low = middle + 1 } else { high = middle }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn places_come_back_as_they_were(mut offsets in prop::collection::vec((0_u16..3, 0_u64..1 << 34), 0..40), probe in (0_u16..3, 0_u64..1 << 34)) {
            offsets.sort_unstable();
            let all: Vec<Place> = offsets.iter().map(|&(part, offset)| Place::new(part, offset)).collect();
            let mut places = Places::default();
            places.extend(&all);
            prop_assert_eq!(&places.iter().collect::<Vec<_>>(), &all);
            prop_assert_eq!((places.first(), places.last()), (all.first().copied(), all.last().copied()));
            prop_assert_eq!(places.get(all.len()), None);
            let probe = Place::new(probe.0, probe.1);
            prop_assert_eq!(places.up_to(probe), all.partition_point(|&place| place <= probe));
        }
    }

    #[test]
    fn a_place_holds_file_and_byte() {
        let place = Place::new(3, 1 << 40);
        assert_eq!((place.part(), place.offset()), (3, 1 << 40));
        assert!(Place::new(0, u64::MAX) < Place::new(1, 0));
    }
}

//! Texts of events that were read before: a call without arguments, a status, a module's name come
//! again and again, byte for byte.
//!
//! Invariant: what is remembered of a text is what reading it again would give; whether it is
//! remembered changes nothing but the time.

use crate::profile::plan::{MaskedValue, RuleId};
use crate::trace::SymbolId;

/// What the text of an event comes to under the rules.
#[derive(Clone, Copy, Debug)]
pub struct Summary {
    /// The kind and the name.
    pub symbol: SymbolId,
    /// The symbol's hash.
    pub symbol_hash: u64,
    /// The sum of the payload's members.
    pub sum: u64,
}

/// The texts of late, each in the one place that its bytes name.
///
/// Only what comes a second time is kept: most texts with an address or a length in them never
/// do, and what is kept must stay in the cache.
#[derive(Debug, Default)]
pub struct EventCache {
    places: Vec<Option<Known>>,
    /// By the same places: what is left aside is kept apart, since most texts leave nothing.
    asides: Vec<[MaskedValue; ASIDES]>,
    /// What came once, by a part of its key.
    seen: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    key: u64,
    summary: Summary,
    n_asides: u8,
}

/// A text that leaves more than this aside is not remembered.
const ASIDES: usize = 6;
const NO_ASIDE: MaskedValue = MaskedValue { rule: RuleId(0), field: 0, value: 0 };
const PLACES: usize = 1 << 10;
const SEEN: usize = 1 << 13;

impl EventCache {
    /// Returns what a text came to, by its hash, and adds what it left aside.
    #[inline]
    pub fn lookup(&self, key: u64, asides: &mut Vec<MaskedValue>) -> Option<Summary> {
        let place = key as usize % PLACES;
        let known = self.places.get(place)?.as_ref()?;
        if known.key != key {
            return None;
        }
        if known.n_asides > 0 {
            asides.extend_from_slice(&self.asides[place][..usize::from(known.n_asides)]);
        }
        Some(known.summary)
    }

    /// Remembers what a text came to, if it came before.
    pub fn insert(&mut self, key: u64, summary: Summary, asides: &[MaskedValue]) {
        if asides.len() > ASIDES {
            return;
        }
        if self.seen.is_empty() {
            self.places.resize(PLACES, None);
            self.asides.resize(PLACES, [NO_ASIDE; ASIDES]);
            self.seen.resize(SEEN, 0);
        }
        let (place, tag) = ((key >> 10) as usize % SEEN, (key >> 32) as u32);
        if std::mem::replace(&mut self.seen[place], tag) != tag {
            return;
        }
        let place = key as usize % PLACES;
        self.asides[place][..asides.len()].copy_from_slice(asides);
        self.places[place] = Some(Known { key, summary, n_asides: asides.len() as u8 });
    }
}

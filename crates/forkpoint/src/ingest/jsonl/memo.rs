//! Payloads that were read before: a call without arguments, a status, a module's name come again
//! and again, byte for byte.
//!
//! Invariant: what is remembered of a payload is what reading it again would give; whether it is
//! remembered changes nothing but the time.

use crate::profile::plan::Aside;
use crate::trace::SymbolId;
use crate::value::{fold, hash_bytes};

/// What a payload comes to under the rules.
#[derive(Clone, Copy, Debug)]
pub struct Summary {
    /// The kind and the name.
    pub symbol: SymbolId,
    /// The symbol's hash.
    pub symbol_hash: u64,
    /// The sum of the payload's members.
    pub sum: u64,
}

/// The payloads of late, each in the one place that its bytes name.
///
/// Only what comes a second time is kept: most payloads with an address or a length in them never
/// do, and what is kept must stay in the cache.
#[derive(Debug, Default)]
pub struct Memo {
    places: Vec<Option<Known>>,
    /// What came once, by a part of its key.
    seen: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    key: u64,
    summary: Summary,
    asides: [Option<Aside>; ASIDES],
}

/// A payload that leaves more than this aside is not remembered.
const ASIDES: usize = 2;
const PLACES: usize = 1 << 10;
const SEEN: usize = 1 << 13;

impl Memo {
    /// Returns the key of a payload of a kind.
    #[inline]
    pub fn key(kind: &str, payload: &[u8]) -> u64 {
        fold(hash_bytes(kind.as_bytes()), hash_bytes(payload))
    }

    /// Returns what a payload came to, and adds what it left aside.
    #[inline]
    pub fn recall(&self, key: u64, asides: &mut Vec<Aside>) -> Option<Summary> {
        let known = self.places.get(key as usize % PLACES)?.as_ref()?;
        if known.key != key {
            return None;
        }
        asides.extend(known.asides.iter().flatten());
        Some(known.summary)
    }

    /// Remembers what a payload came to, if it came before.
    pub fn remember(&mut self, key: u64, summary: Summary, asides: &[Aside]) {
        if asides.len() > ASIDES {
            return;
        }
        if self.seen.is_empty() {
            self.places.resize(PLACES, None);
            self.seen.resize(SEEN, 0);
        }
        let (place, tag) = ((key >> 10) as usize % SEEN, (key >> 32) as u32);
        if std::mem::replace(&mut self.seen[place], tag) != tag {
            return;
        }
        let mut kept = [None; ASIDES];
        kept.iter_mut().zip(asides).for_each(|(kept, aside)| *kept = Some(*aside));
        self.places[key as usize % PLACES] = Some(Known { key, summary, asides: kept });
    }
}

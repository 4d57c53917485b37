//! Proves that a semantic id is a shared-global one, from the id and the object's type alone.
//!
//! The recipe ([`SemanticId::shared_global`](forkpoint_event::SemanticId::shared_global)) hashes a constant, the guest's pointer and the type.
//! FNV-1a can be undone byte by byte, so the hash after the constant and two bytes of the pointer is
//! met from behind through its other two: 2 × 65,536 steps instead of 2^32. Guest pointers have 32
//! bits; a chance hit has probability 2^-32.

use std::collections::HashSet;

use forkpoint_event::SHARED_GLOBAL_SITE;

const START: u64 = 0xCBF2_9CE4_8422_2325;
const PRIME: u64 = 0x100_0000_01B3;
const INVERSE: u64 = 0xCE96_5057_AFF6_957B; // PRIME × INVERSE = 1 modulo 2^64

/// Every hash after the constant parts and the first two bytes of a pointer.
#[derive(Debug)]
pub struct Recipe {
    hashes: HashSet<u64>,
    /// Which low bits these hashes have: most of what is asked for is not among them.
    low_bits: Vec<u64>,
}

/// How many low bits a hash is first looked up by.
const LOW_BITS: u32 = 22;

impl Default for Recipe {
    fn default() -> Self {
        Self::new()
    }
}

impl Recipe {
    /// Returns the table, made in some milliseconds.
    pub fn new() -> Self {
        let start = forward(forward(START, &SHARED_GLOBAL_SITE.to_le_bytes()), &[0; 4]);
        let hashes: HashSet<u64> =
            (0..=u16::MAX).map(|bytes| forward(start, &bytes.to_le_bytes())).collect();
        let mut low_bits = vec![0; 1 << (LOW_BITS - 6)];
        for hash in &hashes {
            let (word, bit) = low(*hash);
            low_bits[word] |= 1 << bit;
        }
        Self { hashes, low_bits }
    }

    /// Returns whether some 32-bit pointer makes `id` the id of a shared object of this type.
    pub fn makes(&self, id: u64, object_type: u32) -> bool {
        let end = backward(backward(id, &object_type.to_le_bytes()), &[0; 4]);
        (0..=u16::MAX).map(|bytes| backward(end, &bytes.to_le_bytes())).any(|hash| {
            let (word, bit) = low(hash);
            self.low_bits[word] >> bit & 1 == 1 && self.hashes.contains(&hash)
        })
    }
}

fn low(hash: u64) -> (usize, u32) {
    let low = hash & ((1 << LOW_BITS) - 1);
    ((low >> 6) as usize, (low & 63) as u32)
}

fn forward(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}

fn backward(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(hash, |hash, byte| hash.wrapping_mul(INVERSE) ^ u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use forkpoint_event::SemanticId;

    use super::*;

    #[test]
    fn fnv_is_undone() {
        assert_eq!(PRIME.wrapping_mul(INVERSE), 1);
        assert_eq!(backward(forward(START, b"abc"), b"abc"), START);
    }

    #[test]
    fn a_shared_global_id_is_told_from_a_thread_s_own() {
        let recipe = Recipe::new();
        for pointer in [0, 0x82A0_0020, 0xFFFF_FFFF] {
            assert!(recipe.makes(SemanticId::shared_global(pointer, 3).0, 3));
        }
        assert!(!recipe.makes(SemanticId::shared_global(0x82A0_0020, 3).0, 4));
        assert!(!recipe.makes(SemanticId::new(0x8200_1000, 6, 12, 3).0, 3));
    }
}

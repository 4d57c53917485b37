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
pub(super) struct Recipe(HashSet<u64>);

impl Recipe {
    pub(super) fn new() -> Self {
        let start = forward(forward(START, &SHARED_GLOBAL_SITE.to_le_bytes()), &[0; 4]);
        Self((0..=u16::MAX).map(|bytes| forward(start, &bytes.to_le_bytes())).collect())
    }

    /// Returns whether some 32-bit pointer makes `id` the id of a shared object of this type.
    pub(super) fn makes(&self, id: u64, object_type: u32) -> bool {
        let end = backward(backward(id, &object_type.to_le_bytes()), &[0; 4]);
        (0..=u16::MAX).any(|bytes| self.0.contains(&backward(end, &bytes.to_le_bytes())))
    }
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

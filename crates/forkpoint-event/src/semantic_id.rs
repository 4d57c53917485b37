//! Semantic ids: names for kernel objects that two runs of one engine agree on.

use std::fmt;

/// `create_site_pc` of every shared-global id (schema v1).
pub const SHARED_GLOBAL_SITE: u32 = 0xC01A_B005;

/// A 64-bit object name, written as 16 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SemanticId(pub u64);

impl SemanticId {
    /// Returns the id of an object from where, by whom and when it was created.
    ///
    /// FNV-1a 64 over the little-endian bytes of the four parts, in this order (schema v1).
    pub fn new(create_site_pc: u32, creating_tid: u32, event_idx: u64, object_type: u32) -> Self {
        let mut bytes = [0; 20];
        bytes[..4].copy_from_slice(&create_site_pc.to_le_bytes());
        bytes[4..8].copy_from_slice(&creating_tid.to_le_bytes());
        bytes[8..16].copy_from_slice(&event_idx.to_le_bytes());
        bytes[16..].copy_from_slice(&object_type.to_le_bytes());
        let hash = bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash: u64, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
        });
        Self(hash)
    }

    /// Returns the id of a dispatcher that the guest allocated itself at `pointer`; it is the
    /// same in every engine, whichever thread touches the dispatcher first.
    pub fn shared_global(pointer: u64, object_type: u32) -> Self {
        Self::new(SHARED_GLOBAL_SITE, 0, pointer, object_type)
    }
}

impl fmt::Display for SemanticId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_nothing_is_fnv_over_twenty_zero_bytes() {
        let mut hash = 0xCBF2_9CE4_8422_2325_u64;
        for _ in 0..20 {
            hash = hash.wrapping_mul(0x100_0000_01B3);
        }
        assert_eq!(SemanticId::new(0, 0, 0, 0), SemanticId(hash));
    }

    #[test]
    fn a_shared_global_id_depends_on_the_pointer_and_the_type_only() {
        let id = SemanticId::shared_global(0x82A0_0000, 1);
        assert_eq!(id, SemanticId::new(0xC01A_B005, 0, 0x82A0_0000, 1));
        assert_ne!(id, SemanticId::shared_global(0x82A0_0000, 2));
        assert_eq!(id.to_string().len(), 16);
    }
}

//! The hashes of values, from their parts.

use rapidhash::v3::{RapidSecrets, rapidhash_v3_inline};

// Odd constants that keep values of different types apart; any would do.
const NULL: u64 = 0x9E37_79B9_7F4A_7C15;
const FALSE: u64 = 0xD1B5_4A32_D192_ED03;
const TRUE: u64 = 0x8CB9_2BA7_2F3D_8DD7;
const INTEGER: u64 = 0xAAAA_AAAA_5555_5555 | 1;
pub const DIGITS: u64 = 0x8EBC_6AF0_9C88_C6E3;
const LIST: u64 = 0x5899_65CC_7537_4CC3;
const OBJECT: u64 = 0x1D8E_4E27_C47D_124F;
pub const IDENTITY: u64 = 0x2545_F491_4F6C_DD1D;
const MEMBER: u64 = 0xEB44_ACCA_B455_D165;
const SECRETS: RapidSecrets = RapidSecrets::seed_cpp(0x464F_524B_504F_494E);

/// Returns both arguments folded into one word: the high and the low half of their product.
pub fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0x2D35_8DCC_AA6C_78A5) * u128::from(b ^ 0x8BB8_4B93_962E_ACC9);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Returns the hash of text, or of a key.
#[inline]
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    rapidhash_v3_inline::<true, false, false>(bytes, &SECRETS)
}

/// Returns the hash of an integer.
#[inline]
pub fn hash_integer(integer: i128) -> u64 {
    fold(integer as u64, fold((integer >> 64) as u64, INTEGER))
}

/// Returns the hash of `null`.
pub const fn hash_null() -> u64 {
    NULL
}

/// Returns the hash of a truth value.
pub const fn hash_bool(value: bool) -> u64 {
    if value { TRUE } else { FALSE }
}

/// Returns what one member adds to its object; an object's hash is the sum, so order is free.
#[inline]
pub fn hash_member(key: u64, value: u64) -> u64 {
    fold(key ^ MEMBER, value)
}

/// Returns the hash of an object from the sum of its members.
#[inline]
pub fn hash_object(members: u64) -> u64 {
    fold(members, OBJECT)
}

/// Returns the hash of a list so far (`None` at its start) with one more element.
#[inline]
pub fn hash_element(list: u64, element: u64) -> u64 {
    fold(list.rotate_left(1), element)
}

/// Returns the hash of an empty list.
pub const fn hash_list() -> u64 {
    LIST
}

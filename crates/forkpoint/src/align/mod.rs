//! Which event of one log is aligned with which of the other.
//!
//! Each lane becomes a stream of the events to be aligned ([`filter`]); lanes are paired
//! ([`threads`]); each pair is walked in lock-step ([`walk`]); what left the streams is compared as
//! sets ([`floats`]).

pub mod absorb;
pub mod alignment;
pub mod byte_streams;
pub mod compared;
pub mod drift;
mod elastic;
pub mod exchange;
pub mod explain;
pub mod filter;
mod fingerprint;
pub mod floats;
mod large_pairing;
mod lineage;
mod nested;
pub mod new_names;
pub mod oddity;
pub mod pairing;
pub mod pieces;
pub mod processes;
pub mod random_draws;
mod ready;
pub mod resync;
mod selection;
pub mod tail;
pub mod tallies;
pub mod threads;
pub mod visibility;
pub mod waive;
pub mod walk;

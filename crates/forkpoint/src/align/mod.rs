//! Which event of one log stands beside which of the other.
//!
//! Each lane becomes a stream of the events to be aligned ([`streams`]); lanes are paired
//! ([`threads`]); each pair is walked in lock-step ([`walk`]); what left the streams is compared as
//! sets ([`floats`]).

pub mod absorb;
pub mod alignment;
pub mod births;
pub mod chance;
pub mod compared;
mod crowd;
pub mod drift;
mod elastic;
pub mod exchange;
pub mod explain;
mod faces;
pub mod floats;
mod kept;
pub mod known;
mod lineage;
mod nested;
pub mod oddity;
pub mod pairing;
pub mod processes;
pub mod resync;
pub mod streams;
pub mod tail;
pub mod tallies;
pub mod threads;
pub mod unseen;
pub mod walk;

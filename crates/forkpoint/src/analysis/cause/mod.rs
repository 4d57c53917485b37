//! Which finding is an origin, and which follows from another.
//!
//! A blocked lane is followed to who should have woken it (`blocked`); all lanes that end at one
//! moment are a crash (`crash`); what a lane shows after it diverged follows from where it diverged;
//! and what a lane shows after another lane's finding could reach it, by a signal or by being
//! created, follows from that (`reach`). What is left are origins, and they are ranked.
//!
//! Invariant: following never goes in a circle, so every finding leads to an origin.

mod attribution;
mod blocked;
mod crash;
mod novelty;
mod predecessor;
mod provenance;
mod reach;
mod undetermined;
mod wakes;

pub use predecessor::{done_by, woken_by};

pub use crate::analysis::creation::created_by;
pub use attribution::{Causes, Source};

use crate::analysis::analyse::Analysis;
use crate::analysis::finding::Finding;
use crate::analysis::noise::Noise;
use attribution::Findings;

/// Separates origins from consequences, and ranks the origins.
pub fn causes(facts: &Analysis<'_>, found: Vec<Finding>) -> Causes {
    causes_beside(facts, found, &Noise::default())
}

/// As [`causes`]; what clean runs show too is not new.
pub fn causes_beside(facts: &Analysis<'_>, found: Vec<Finding>, clean: &Noise) -> Causes {
    let mut findings = Findings::new(facts, found, clean);
    findings.within_lanes();
    let crash = crash::crash(&mut findings);
    blocked::follow(&mut findings, crash);
    if let Some(crash) = crash {
        findings.cut_short_by(crash);
    }
    findings.without_a_thread();
    findings.across_lanes();
    provenance::follow(&mut findings);
    findings.behind_a_stop();
    findings.ranked()
}

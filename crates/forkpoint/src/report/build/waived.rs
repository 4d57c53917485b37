//! What is known, and what became of each waiver.

use std::collections::BTreeMap;

use crate::analysis::Analysis;
use crate::analysis::cause::{Causes, Source};
use crate::profile::WaiverId;
use crate::render::words::count;
use crate::report::build::findings::finding;
use crate::report::{FindingView, WaivedFinding, WaiverState, WaiverUsed};

impl Analysis<'_> {
    pub(super) fn waived_findings(&self, causes: &Causes) -> Vec<WaivedFinding> {
        let known = causes.known.iter().map(|(found, waiver)| {
            let waiver = self.profile.waiver(*waiver);
            WaivedFinding {
                waiver: waiver.id.clone(),
                bug: waiver.bug.clone(),
                count: 1 + found.more as u64,
                finding: FindingView { context: Vec::new(), ..finding(self, found, None, true) },
            }
        });
        known.collect()
    }

    /// Returns every waiver that is not switched off, in the order of the profile.
    pub(super) fn waivers_used(&self, causes: &Causes) -> Vec<WaiverUsed> {
        let mut counts: BTreeMap<WaiverId, u64> = BTreeMap::new();
        for (found, waiver) in &causes.known {
            *counts.entry(*waiver).or_default() += 1 + found.more as u64;
        }
        let waivers = self.profile.waivers.iter().enumerate();
        let enabled = waivers.filter(|(_, waiver)| waiver.enabled);
        enabled
            .map(|(index, waiver)| {
                let count = counts.get(&WaiverId(index as u16)).copied().unwrap_or(0);
                let state = match count {
                    _ if !waiver.holds(self.options.today) => WaiverState::Expired,
                    0 => WaiverState::Stale,
                    _ => WaiverState::Used,
                };
                WaiverUsed {
                    id: waiver.id.clone(),
                    bug: waiver.bug.clone(),
                    why: waiver.why.clone(),
                    expires: waiver.expires.map(|date| date.to_string()),
                    file: waiver.file.clone(),
                    line: waiver.place.map(|(line, _)| line as u64),
                    state,
                    count,
                }
            })
            .collect()
    }

    /// What waivers leave in doubt: a lane that was not followed to its end, and what follows from a
    /// known divergence without being known itself.
    pub(super) fn doubts_of_known(&self, causes: &Causes) -> Vec<String> {
        let mut doubts = Vec::new();
        for (pair, walk) in self.walks.iter().enumerate() {
            if walk.lost_sync && causes.known.iter().any(|(found, _)| found.pair == Some(pair)) {
                let name = self.lane_pair(pair).names.candidate;
                doubts.push(format!(
                    "thread {name} was not followed to its end: it parts more than {} times (profile: resync-gaps), or agrees nowhere within {} events (profile: resync-window)",
                    self.profile.resync.max_gaps, self.profile.resync.window
                ));
            }
        }
        let follow =
            causes.consequences.iter().filter(|(_, from)| matches!(from, Source::Known(_))).count();
        if follow > 0 {
            let (verb, are) = if follow == 1 { ("follows", "is") } else { ("follow", "are") };
            doubts.push(format!(
                "{} {verb} from known divergences, and {are} not waived",
                count(follow as u64, "finding")
            ));
        }
        doubts
    }
}

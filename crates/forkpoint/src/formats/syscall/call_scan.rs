//! A log of system calls while it is read.

use std::collections::BTreeSet;

use crate::formats::format::LogSummary;
use crate::formats::syscall::pending_calls::PendingCalls;
use crate::scan::Scan;

/// A log that is read, and its calls that are open.
pub(in crate::formats) struct CallScan<'a, 'b> {
    pub log: &'b mut Scan<'a>,
    pub halves: &'b mut PendingCalls,
}

/// Returns the threads that were created and have no lane; none if each has one.
pub(in crate::formats) fn absent(seen: &LogSummary<'_>, halves: &PendingCalls) -> Option<Vec<i64>> {
    let lanes: BTreeSet<i64> = seen.lanes.iter().map(|lane| lane.key.thread).collect();
    let absent: Vec<i64> = halves.created().difference(&lanes).copied().collect();
    (!absent.is_empty()).then_some(absent)
}

//! Counts the kinds that are never aligned but whose cadence is worth knowing.

use super::failure::{Failure, Shape};
use super::log::Log;
use super::order::sorted;
use super::payload::hashable_kind;
use super::text::TextBuf;
use super::value::Value;

/// The kind that is counted.
pub(super) const COUNTED: &str = "sema.release";

/// The count of each thread that has any.
pub(super) struct Cadence<'a>(Vec<(&'a Value, usize)>);

/// Counts a log's events of the counted kind.
pub(super) fn count(log: &Log) -> Result<Cadence<'_>, Failure> {
    let mut counts = Vec::new();
    for lane in &log.lanes {
        let mut n_events = 0;
        for (i, event) in lane.events.iter().enumerate() {
            let at = |shape: Shape| shape.at(&log.name, &lane.tid, i);
            n_events += usize::from(hashable_kind(event).map_err(at)?.is_str(COUNTED));
        }
        if n_events > 0 {
            counts.push((&lane.tid, n_events));
        }
    }
    Ok(Cadence(counts))
}

impl Cadence<'_> {
    /// Returns the count of all threads.
    pub(super) fn total(&self) -> usize {
        self.0.iter().map(|(_, n_events)| n_events).sum()
    }

    /// Returns the counts by thread, in the order of their ids, or a dash.
    pub(super) fn by_thread(&self) -> Result<TextBuf, Failure> {
        let mut out = TextBuf::new();
        for (i, (tid, n_events)) in sorted(self.0.clone(), |(tid, _)| tid)?.into_iter().enumerate()
        {
            out.str(if i > 0 { ", " } else { "" });
            out.str("tid").plain(tid).str("=").count(n_events);
        }
        if self.0.is_empty() {
            out.str("—");
        }
        Ok(out)
    }
}

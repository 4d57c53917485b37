//! Which waits of a lane have not ended.
//!
//! An engine may leave out the end of a wait, so a wait is over, too, when the call that it stands in
//! returns; outside of calls, when the thread does anything else.

use crate::check::Kind;
use crate::check::tally::{Spot, Tally};

/// The waits of a lane that have not ended.
#[derive(Default)]
pub(super) struct Waits {
    /// Where each begins, and how many calls were open there.
    open: Vec<(u32, usize)>,
    /// The last event that says something about calls or waits.
    last: Option<u32>,
}

impl Waits {
    pub(super) fn begin(&mut self, at: u32, depth: usize) {
        // Another wait at the same height: the one before is over.
        while self.open.last().is_some_and(|&(_, other)| other >= depth) {
            self.open.pop();
        }
        self.open.push((at, depth));
    }

    pub(super) fn end(&mut self, spot: Spot, tally: &mut Tally<'_>) {
        if self.open.pop().is_none() {
            tally.add(Kind::StrayWake, spot, |_| "no wait of this thread is open".to_owned());
        }
    }

    /// A call returned; this many are still open.
    pub(super) fn leave(&mut self, depth: usize) {
        while self.open.last().is_some_and(|&(_, wait)| wait > depth) {
            self.open.pop();
        }
    }

    /// The event at `at` says something about calls or waits.
    pub(super) fn saw(&mut self, at: u32) {
        self.last = Some(at);
    }

    /// Returns the wait that the lane ends in.
    pub(super) fn unfinished(&self) -> Option<u32> {
        let &(at, depth) = self.open.last()?;
        (depth > 0 || self.last == Some(at)).then_some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::tail::Tail;
    use crate::check::tests::{checked, found};

    const CALL: &str = r#""kind":"kernel.call","tid":6,"tid_event_idx":0,"payload":{"name":"W"}"#;
    const BEGIN: &str = r#""kind":"wait.begin","tid":6,"tid_event_idx":1"#;
    const END: &str = r#""kind":"wait.end","tid":6,"tid_event_idx":2"#;
    const RETURN: &str =
        r#""kind":"kernel.return","tid":6,"tid_event_idx":3,"payload":{"name":"W"}"#;

    #[test]
    fn a_wait_that_ends_is_clean_and_so_is_one_whose_call_returns() {
        assert_eq!(found(&checked(&[CALL, BEGIN, END, RETURN])), []);
        assert_eq!(found(&checked(&[CALL, BEGIN, RETURN])), []);
    }

    #[test]
    fn a_lane_that_ends_in_a_wait_is_noted_with_its_call() {
        let report = checked(&[CALL, BEGIN]);
        assert_eq!(found(&report), [(Kind::UnfinishedWait, 1, Some(3))]);
        let detail = &report.notes[0].examples[0].detail;
        assert_eq!(detail, "no end; in kernel.call W (index 0)");
        assert_eq!((report.n_faults(), report.lanes[0].end), (0, Tail::Waiting));
    }

    #[test]
    fn events_that_say_nothing_about_the_wait_do_not_end_it() {
        let local = r#""kind":"gpu.swap","tid":6,"tid_event_idx":5"#;
        assert_eq!(found(&checked(&[BEGIN, local])), [(Kind::UnfinishedWait, 1, Some(2))]);
    }

    #[test]
    fn the_end_of_no_wait_is_a_fault() {
        assert_eq!(found(&checked(&[END])), [(Kind::StrayWake, 1, Some(2))]);
    }
}

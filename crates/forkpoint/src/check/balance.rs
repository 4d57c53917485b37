//! Every return belongs to the innermost open call of its lane.
//!
//! Invariant: a return takes away what it leaves behind, so one lost line is reported once.

use std::collections::HashMap;
use std::sync::Arc;

use crate::align::tail::Tail;
use crate::check::Kind;
use crate::check::counts::{FunctionId, Functions};
use crate::check::tally::{Spot, Tally};
use crate::check::waits::Waits;
use crate::profile::Role;
use crate::trace::Symbol;

/// The open calls of a lane.
#[derive(Default)]
struct Calls {
    stack: Vec<(u32, FunctionId)>,
    /// How many calls of each function are open: a return of none of them need not be looked for.
    open: HashMap<FunctionId, u32>,
    /// Whether a call was seen.
    begun: bool,
}

/// Looks at one lane, and returns how it ended.
pub(super) fn look(lane: usize, functions: &Functions, tally: &mut Tally<'_>) -> Tail {
    let trace = tally.trace;
    let symbols = tally.symbols;
    let mut calls = Calls::default();
    let mut waits = Waits::default();
    let mut exit: Option<u32> = None;
    for (at, id) in trace.lanes[lane].symbols.iter().enumerate() {
        let spot = Spot { lane: lane as u32, at: at as u32 };
        let symbol = symbols.of(*id);
        // A call that ends the thread and the word of its end are one end.
        let goes_on = symbol.plan.local.is_none() && symbol.role != Some(Role::Exit);
        // What an engine calls inside a call that ends the thread is part of that.
        let inside = exit.is_some_and(|exited| calls.is_open(exited));
        if let Some(exited) = exit.filter(|_| goes_on && !inside) {
            tally.add(Kind::AfterExit, spot, |tally| {
                format!("the thread ended before, at {}", tally.words(Spot { at: exited, ..spot }))
            });
            exit = None;
        }
        match symbol.role {
            Some(Role::Call) => calls.enter(spot.at, functions.of(*id)),
            Some(Role::Return | Role::Echo) => {
                calls.leave(spot, functions.of(*id), tally);
                // A call that returns has ended another thread, or another process.
                exit = exit.filter(|&exited| !inside || calls.is_open(exited));
                waits.leave(calls.depth());
            }
            Some(Role::Wait) => waits.begin(spot.at, calls.depth()),
            Some(Role::Wake) => waits.end(spot, tally),
            Some(Role::Exit) => {
                // An event of its own that says the end is not a call.
                let is_call = |other: &Arc<Symbol>| {
                    other.role == Some(Role::Call) && other.kind == symbol.kind
                };
                if symbols.0.iter().any(is_call) {
                    calls.enter(spot.at, functions.of(*id));
                }
                // The first of several, each inside the one before, ends the thread.
                exit = exit.filter(|_| inside).or(Some(spot.at));
            }
            Some(Role::Whole) => waits.leave(calls.depth()),
            Some(Role::Spawn | Role::State) | None => continue,
        }
        waits.saw(spot.at);
    }
    if exit.is_some() {
        return Tail::Exited; // what ends a thread does not return
    }
    let innermost = calls.stack.last().map(|&(at, _)| Spot { lane: lane as u32, at });
    if let Some(at) = waits.unfinished() {
        tally.add(Kind::UnfinishedWait, Spot { lane: lane as u32, at }, |tally| match innermost {
            Some(call) => format!("no end; in {}", tally.words(call)),
            None => "no end".to_owned(),
        });
        return Tail::Waiting;
    }
    let Some(innermost) = innermost else { return Tail::Stopped };
    tally.add(Kind::OpenCall, innermost, |_| match calls.depth() {
        1 => "the thread ends inside this call".to_owned(),
        depth => format!("the thread ends inside {depth} calls, this the innermost"),
    });
    Tail::InCall
}

impl Calls {
    fn depth(&self) -> usize {
        self.stack.len()
    }

    /// Whether the call at a position has not returned.
    fn is_open(&self, at: u32) -> bool {
        self.stack.binary_search_by_key(&at, |(open, _)| *open).is_ok()
    }

    fn enter(&mut self, at: u32, function: FunctionId) {
        self.begun = true;
        self.stack.push((at, function));
        *self.open.entry(function).or_default() += 1;
    }

    fn pop(&mut self) -> Option<(u32, FunctionId)> {
        let (at, function) = self.stack.pop()?;
        if let Some(open) = self.open.get_mut(&function) {
            *open -= 1;
        }
        Some((at, function))
    }

    fn leave(&mut self, spot: Spot, function: FunctionId, tally: &mut Tally<'_>) {
        let Some(&(innermost, open)) = self.stack.last() else {
            // A log may be switched on while threads run; indices then do not start at 0.
            let late = !self.begun && tally.lane(spot).event_idx(0) > 0;
            let kind = if late { Kind::LateStart } else { Kind::CrossedReturn };
            tally.add(kind, spot, |_| "no call is open".to_owned());
            return;
        };
        if open == function {
            self.pop();
            return;
        }
        let innermost = Spot { at: innermost, ..spot };
        if self.open.get(&function).is_none_or(|open| *open == 0) {
            tally.add(Kind::CrossedReturn, spot, |tally| {
                format!("no such call is open; the innermost is {}", tally.words(innermost))
            });
            return;
        }
        let mut left = 0_u64;
        while self.pop().is_some_and(|(_, popped)| popped != function) {
            left += 1;
        }
        tally.add(Kind::CrossedReturn, spot, |tally| {
            let others = if left > 1 { format!(" and {} more", left - 1) } else { String::new() };
            format!("{}{others} did not return before", tally.words(innermost))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::tests::{checked, found};

    fn event(kind: &str, index: u64, payload: &str) -> String {
        format!(r#""kind":"{kind}","tid":6,"tid_event_idx":{index},"payload":{{{payload}}}"#)
    }

    fn lane(first: u64, events: &[(&str, &str)]) -> crate::check::CheckReport {
        let lines: Vec<String> = events
            .iter()
            .enumerate()
            .map(|(at, (kind, name))| {
                event(kind, first + at as u64, &format!(r#""name":"{name}""#))
            })
            .collect();
        checked(&lines.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[test]
    fn nested_calls_that_return_inside_out_are_clean() {
        let report = lane(
            0,
            &[
                ("kernel.call", "A"),
                ("kernel.call", "B"),
                ("kernel.return", "B"),
                ("kernel.return", "A"),
            ],
        );
        assert_eq!(found(&report), []);
        assert_eq!(report.lanes[0].end, Tail::Stopped);
    }

    #[test]
    fn a_return_past_an_open_call_is_a_fault_told_once() {
        let report = lane(
            0,
            &[
                ("kernel.call", "A"),
                ("kernel.call", "B"),
                ("kernel.return", "A"),
                ("kernel.call", "C"),
                ("kernel.return", "C"),
            ],
        );
        assert_eq!(found(&report), [(Kind::CrossedReturn, 1, Some(4))]);
        let detail = &report.faults[0].examples[0].detail;
        assert_eq!(detail, "kernel.call B (index 1) did not return before");
    }

    #[test]
    fn a_return_of_a_function_that_is_not_open_is_a_fault_and_leaves_the_open_ones() {
        let report =
            lane(0, &[("kernel.call", "A"), ("kernel.return", "Z"), ("kernel.return", "A")]);
        assert_eq!(found(&report), [(Kind::CrossedReturn, 1, Some(3))]);
    }

    #[test]
    fn a_return_without_any_call_is_a_fault_unless_the_log_begins_late() {
        let events = [("kernel.return", "A"), ("kernel.call", "B"), ("kernel.return", "B")];
        assert_eq!(found(&lane(0, &events)), [(Kind::CrossedReturn, 1, Some(2))]);
        assert_eq!(found(&lane(50, &events)), [(Kind::LateStart, 1, Some(2))]);
    }

    #[test]
    fn a_lane_that_ends_in_a_call_is_noted_unless_the_thread_exited() {
        let open = lane(0, &[("kernel.call", "A"), ("kernel.call", "B")]);
        assert_eq!(found(&open), [(Kind::OpenCall, 1, Some(3))]);
        assert_eq!((open.n_faults(), open.lanes[0].end), (0, Tail::InCall));
        let exited = lane(0, &[("kernel.call", "A"), ("thread.exit", "x")]);
        assert_eq!(found(&exited), []);
        assert_eq!(exited.lanes[0].end, Tail::Exited);
    }

    #[test]
    fn events_after_an_exit_are_noted_once_for_each_exit() {
        let report = lane(0, &[("thread.exit", "x"), ("a", "x"), ("a", "x"), ("thread.exit", "x")]);
        assert_eq!(found(&report), [(Kind::AfterExit, 1, Some(3))]);
        assert_eq!(report.n_faults(), 0);
    }
}

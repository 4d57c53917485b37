//! Calls whose second half has not come yet, thread by thread.
//!
//! Invariant: a first half leaves here exactly once: joined with its second half, or alone.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::formats::syscall::mixed::Mixed;
use crate::trace::Place;
use crate::trace::parsed_event::ParsedEvent;
use crate::value::Value;

/// This many first halves are kept at most; of more, the oldest are taken for calls that never return.
const MAX_OPEN: usize = 1 << 16;

/// Their text may be so long in all, in bytes.
const MAX_BYTES: usize = 64 << 20;

/// A first half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::formats) struct UnfinishedCall {
    pub thread: i64,
    pub place: Place,
    /// Where what goes on with it hangs: its last line.
    pub last: Place,
    pub line: String,
}

/// The first halves that are open, and who lines without a thread are of.
#[derive(Debug, Default)]
pub struct PendingCalls {
    open: BTreeMap<Place, UnfinishedCall>,
    of_thread: HashMap<i64, Place>,
    n_bytes: usize,
    /// Threads that were announced as children, so that they are not the first one; and the thread whose
    /// process they are of, if not their own.
    children: HashMap<i64, Option<i64>>,
    /// The thread whose call the line before began, if a message of strace's stands in that line.
    pub(in crate::formats) interrupted: Option<i64>,
    /// A call that may hold the program's own text, and go on.
    pub(in crate::formats) mixed: Option<Box<Mixed>>,
    /// The file in which a line began with a thread's number: there, all do.
    pub(in crate::formats) numbered: Option<u16>,
    /// Whether the line before was the program's.
    pub(in crate::formats) after_text: bool,
    /// Whether a call held the program's own text.
    pub(in crate::formats) was_mixed: bool,
    /// The number of the thread that lines without a number are of.
    pub(in crate::formats) unnumbered: Option<i64>,
    /// The numbers that lines with an event begin with.
    numbers: HashSet<i64>,
    /// The last of them: most lines are of the same thread as the line before.
    last_number: Option<i64>,
    /// Whether the log shows the end of a thread.
    pub(in crate::formats) shows_ends: bool,
}

impl PendingCalls {
    /// Keeps a first half; returns those that can be kept no longer.
    pub(in crate::formats) fn open(&mut self, half: UnfinishedCall) -> Vec<UnfinishedCall> {
        let mut left = Vec::new();
        left.extend(self.close(half.thread));
        self.n_bytes += half.line.len();
        self.of_thread.insert(half.thread, half.place);
        self.open.insert(half.place, half);
        while self.open.len() > MAX_OPEN || self.n_bytes > MAX_BYTES {
            let Some((_, oldest)) = self.open.pop_first() else { break };
            if self.of_thread.get(&oldest.thread) == Some(&oldest.place) {
                self.of_thread.remove(&oldest.thread);
            }
            self.n_bytes -= oldest.line.len();
            left.push(oldest);
        }
        left
    }

    /// Takes the first half of a thread's call.
    pub(in crate::formats) fn close(&mut self, thread: i64) -> Option<UnfinishedCall> {
        let place = self.of_thread.remove(&thread)?;
        let half = self.open.remove(&place)?;
        self.n_bytes -= half.line.len();
        Some(half)
    }

    /// Lets the call that thread `from` has open go on in another; returns what that one had open.
    pub(in crate::formats) fn hand_over(&mut self, from: i64, to: i64) -> Option<UnfinishedCall> {
        let left = self.close(to);
        if let Some(place) = self.of_thread.remove(&from) {
            self.of_thread.insert(to, place);
        }
        left
    }

    /// Notes that a line with an event begins with a thread's number.
    pub(in crate::formats) fn note_number(&mut self, thread: i64) {
        if self.last_number.replace(thread) != Some(thread) {
            self.numbers.insert(thread);
        }
    }

    /// Returns whether lines may begin with this number: a thread of it was seen, or created.
    pub(in crate::formats) fn knows(&self, thread: i64) -> bool {
        self.numbers.contains(&thread) || self.is_child(thread)
    }

    /// Notes that there is a thread that others created.
    pub(in crate::formats) fn announce(&mut self, child: i64) {
        self.children.entry(child).or_default();
    }

    /// Notes the child that a call creates: a thread of its parent's process, or a process.
    pub(in crate::formats) fn note_child(&mut self, parent: i64, event: &ParsedEvent<'_>) {
        let creates = matches!(event.name.as_deref(), Some("clone" | "clone3" | "fork" | "vfork"));
        if !creates {
            return;
        }
        let value =
            |key: &str| event.payload.iter().find(|(k, _)| k == key).map(|(_, value)| value);
        let child = value("return_value").and_then(Value::word);
        let Some(child @ 1..) = child.and_then(|child| i64::try_from(child).ok()) else { return };
        let flags = value("args").map(ToString::to_string).unwrap_or_default();
        let is_thread = flags.contains("CLONE_THREAD") && child != parent;
        self.children.insert(child, is_thread.then_some(parent));
    }

    /// Returns the threads that were created, in the order of their numbers.
    pub(in crate::formats) fn created(&self) -> BTreeSet<i64> {
        self.children.keys().copied().collect()
    }

    /// Returns whether a thread was created that is of its creator's process.
    pub(in crate::formats) fn shares_its_process(&self, child: i64) -> bool {
        matches!(self.children.get(&child), Some(Some(_)))
    }

    /// Returns whether some other thread created this one, as far as is known.
    pub(in crate::formats) fn is_child(&self, thread: i64) -> bool {
        self.children.contains_key(&thread)
    }

    /// Returns the process of a thread: the thread that it began with.
    pub(in crate::formats) fn process_of(&self, thread: i64) -> i64 {
        /// A chain of more threads is followed no further.
        const MAX_CHAIN: usize = 1 << 10;
        let mut process = thread;
        for _ in 0..MAX_CHAIN {
            match self.children.get(&process) {
                Some(Some(parent)) => process = *parent,
                _ => break,
            }
        }
        process
    }

    /// Takes all that is left, in the order of the log.
    pub(in crate::formats) fn rest(&mut self) -> Vec<UnfinishedCall> {
        self.of_thread.clear();
        self.n_bytes = 0;
        std::mem::take(&mut self.open).into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half(thread: i64, offset: u64) -> UnfinishedCall {
        let place = Place::new(0, offset);
        UnfinishedCall { thread, place, last: place, line: "read(3, ".to_owned() }
    }

    #[test]
    fn a_first_half_leaves_once() {
        let mut halves = PendingCalls::default();
        assert_eq!(halves.open(half(1, 0)), []);
        assert_eq!(halves.open(half(2, 10)), []);
        assert_eq!(halves.open(half(1, 20)), [half(1, 0)]);
        assert_eq!(halves.close(2), Some(half(2, 10)));
        assert_eq!(halves.close(2), None);
        assert_eq!(halves.rest(), [half(1, 20)]);
        assert_eq!((halves.n_bytes, halves.rest().len()), (0, 0));
    }

    #[test]
    fn only_so_many_are_kept() {
        let mut halves = PendingCalls::default();
        let left: usize =
            (0..MAX_OPEN as i64 + 5).map(|n| halves.open(half(n, n as u64)).len()).sum();
        assert_eq!((left, halves.rest().len()), (5, MAX_OPEN));
    }
}

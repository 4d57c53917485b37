//! Puts what threads read together again, in the order of the blocks.
//!
//! Invariant: what comes out does not depend on which thread was quicker.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};

use crate::scan::block::Block;
use crate::scan::chunk::{Assembly, Chunk};

/// The first error, which stops all threads.
#[derive(Default)]
pub(super) struct Stop {
    pub(super) stopped: AtomicBool,
    error: Mutex<Option<io::Error>>,
}

impl Stop {
    /// Returns the error, if there was one.
    pub(super) fn error(self) -> Option<io::Error> {
        self.error.into_inner().expect("no thread panics while it holds the error")
    }

    pub(super) fn with(&self, error: io::Error) {
        self.stopped.store(true, Ordering::Relaxed);
        self.error.lock().expect("no thread panics while it holds the error").get_or_insert(error);
    }
}

/// Puts chunks together in the order of their blocks, whichever comes first.
pub(super) struct Merge<'a> {
    label: &'a str,
    pub(super) state: Mutex<Merged>,
    moved_on: Condvar,
}

#[derive(Default)]
pub(super) struct Merged {
    pub(super) assembly: Assembly,
    next: u64,
    waiting: BTreeMap<u64, (u64, u64, Chunk)>,
    /// Chunks that were put together: their memory is used again.
    spare: Vec<Chunk>,
    line: u64,
    pub(super) n_bytes: u64,
    /// The byte after the last line.
    pub(super) end: u64,
    pub(super) starts: Vec<(u64, u64)>,
}

impl<'a> Merge<'a> {
    pub(super) fn new(label: &'a str, assembly: Assembly) -> Self {
        Self {
            label,
            state: Mutex::new(Merged { assembly, line: 1, ..Merged::default() }),
            moved_on: Condvar::new(),
        }
    }

    /// Adds a chunk. A thread that is more than `ahead` blocks early waits, so that memory is bounded.
    pub(super) fn add(&self, block: &Block, chunk: &mut Chunk, ahead: u64, stop: &Stop) {
        let mut state = self.state.lock().expect("no thread panics while it merges");
        while block.number > state.next + ahead && !stop.stopped.load(Ordering::Relaxed) {
            let moment = std::time::Duration::from_millis(50); // an error elsewhere must not leave us here
            state = self
                .moved_on
                .wait_timeout(state, moment)
                .expect("no thread panics while it merges")
                .0;
        }
        let size = block.bytes().len() as u64;
        if block.number != state.next {
            let spare = state.spare.pop().unwrap_or_default();
            let early = std::mem::replace(chunk, spare);
            state.waiting.insert(block.number, (block.offset, size, early));
            return;
        }
        state.take(self.label, block.offset, size, chunk);
        state.take_waiting(self.label);
        self.moved_on.notify_all();
    }
}

impl Merged {
    fn take(&mut self, label: &str, offset: u64, size: u64, chunk: &mut Chunk) {
        self.starts.push((offset, self.line));
        self.assembly.add(chunk, label, self.line);
        self.line += chunk.n_lines;
        self.n_bytes += size;
        self.end = self.end.max(offset + size);
        self.next += 1;
    }

    fn take_waiting(&mut self, label: &str) {
        while let Some((offset, size, mut chunk)) = self.waiting.remove(&self.next) {
            self.take(label, offset, size, &mut chunk);
            self.spare.push(chunk);
        }
    }
}

//! A message that takes several lines: a text of the guest's with ends of lines in it.
//!
//! Its one idea: a call takes the lines up to the last one with which its brackets close; if they never
//! do, all lines up to the next head. Invariant: every line of a message is counted once, as an event or
//! as skipped.

use crate::formats::xenia::line::{Brackets, CALL_GOES_ON, NO_HEAD, brackets, event_of, push};
use crate::formats::xenia::torn;
use crate::scan::Scan;
use crate::scan::block::MAX_LINE;
use crate::scan::chunk::Chunk;
use crate::trace::Place;
use crate::trace::fault::FaultKind;
use crate::trace::line::legible;
use crate::trace::skip::EMPTY;

/// A call is tried on this many ends; a text with more lines that end like a call is taken whole.
const TRIES: usize = 8;

/// A message that was begun.
#[derive(Debug)]
pub struct Message {
    /// All lines so far, with their ends between them.
    text: Vec<u8>,
    /// Where each line starts, and where it ends in `text`.
    lines: Vec<(Place, usize)>,
    /// The lines that were left out because the message is too long already.
    n_left_out: u64,
}

impl Message {
    /// Returns a message with its first line.
    pub fn new(line: &[u8], place: Place) -> Self {
        Self { text: line.to_vec(), lines: vec![(place, line.len())], n_left_out: 0 }
    }

    /// Adds a line.
    pub fn go_on(&mut self, line: &[u8], place: Place) {
        if self.n_left_out > 0 || self.text.len() + line.len() >= MAX_LINE {
            self.n_left_out += 1;
            return;
        }
        self.text.push(b'\n');
        self.text.extend_from_slice(line);
        self.lines.push((place, self.text.len()));
    }

    /// Returns how many of its lines are its event's.
    fn n_lines(&self) -> usize {
        let first = brackets(&legible(&self.text[..self.lines[0].1]));
        if first == Brackets::None {
            return 1; // no call, so no text
        }
        let closes = |number: usize, end: usize| {
            let start = number.checked_sub(1).map_or(0, |before| self.lines[before].1);
            self.text[start..end].trim_ascii_end().ends_with(b")")
        };
        let ends = self.lines.iter().enumerate().rev();
        let closed = ends.filter(|(number, (_, end))| closes(*number, *end)).take(TRIES).find(
            |(_, (_, end))| brackets(&normal(&legible(&self.text[..*end]))) == Brackets::Whole,
        );
        match closed {
            Some((number, _)) => number + 1,
            None if first == Brackets::Open => self.lines.len(),
            None => 1,
        }
    }

    /// Adds its event, and counts its lines; `since` is how many lines behind its last one are being read.
    pub fn finish(self, scan: &mut Scan<'_>, whole: bool, since: u64, chunk: &mut Chunk) {
        let place = self.lines[0].0;
        if self.n_left_out > 0 {
            chunk.fault(
                FaultKind::TooLong,
                format!("a message is longer than {} MiB", MAX_LINE >> 20),
            );
            let n_others = self.lines.len() as u64 - 1 + self.n_left_out;
            (0..n_others).for_each(|_| chunk.skip(&NO_HEAD));
            return;
        }
        let n_lines = self.n_lines();
        let text = legible(&self.text[..self.lines[n_lines - 1].1]);
        let text = normal(&text);
        let event = event_of(&text, whole || n_lines < self.lines.len(), scan.imports);
        let is_event = event.is_ok();
        // Its lines may lie in an earlier block: the sum comes right again there.
        let now = chunk.n_lines;
        chunk.n_lines = now.wrapping_sub(self.lines.len() as u64 - 1 + since);
        push(scan, event, place, chunk);
        chunk.n_lines = now;
        let mut from = self.lines[0].1;
        for (number, pair) in self.lines.windows(2).enumerate() {
            let ((before, _), (place, end)) = (pair[0], pair[1]);
            let is_more = is_event && number + 1 < n_lines;
            if is_more {
                chunk.continued.push((before, place));
            }
            let is_empty = self.text[from..end].trim_ascii().is_empty();
            let is_of_it = is_more || is_empty;
            let line = legible(&self.text[from..end]);
            let line = line.trim_start_matches('\n').trim_end_matches('\r');
            match torn::of_skipped(line).filter(|_| !is_of_it) {
                Some(what) => {
                    let behind = (self.lines.len() - number - 2) as u64 + since;
                    let at = chunk.n_lines.wrapping_sub(behind);
                    chunk.faults.push((FaultKind::TornCall, at, what.to_owned()));
                }
                None if is_more => chunk.skip(&CALL_GOES_ON),
                None if is_empty => chunk.skip(&EMPTY),
                None => chunk.skip(&NO_HEAD),
            }
            from = end;
        }
    }
}

/// Returns a message with one sort of ends of lines: where the log's own lines end in `\r\n`, so do those
/// of the text.
pub(super) fn normal(text: &str) -> std::borrow::Cow<'_, str> {
    match text.strip_suffix('\r') {
        Some(rest) if rest.contains("\r\n") => rest.replace("\r\n", "\n").into(),
        _ => text.into(),
    }
}

/// Makes one message of its lines so far and the next one.
pub fn join(first: &mut Vec<u8>, next: &[u8]) {
    first.push(b'\n');
    first.extend_from_slice(next);
}

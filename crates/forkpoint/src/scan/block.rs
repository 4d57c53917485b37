//! A block of whole lines.

use std::ops::Range;

/// Bytes read at a time. 128 to 256 KiB are as fast as a memory map; see docs/performance.md.
pub const BLOCK: usize = 256 << 10;

/// The longest line that is read, in bytes. Longer ones are counted as faults.
pub const MAX_LINE: usize = 16 << 20;

/// Whole lines of a source.
#[derive(Debug, Default)]
pub struct Block {
    /// The block's number: 0, 1, 2, …
    pub number: u64,
    /// Where the first byte of `bytes` lies in the source, after decompression.
    pub offset: u64,
    /// Memory: it is written over and never cleared, since clearing costs as much as reading.
    pub(crate) buffer: Vec<u8>,
    /// Where the lines lie in it.
    pub(crate) lines: Range<usize>,
    /// Lines of this block that were too long to be read, with the byte where each starts. They
    /// come after the other lines of the block.
    pub too_long: Option<u64>,
    /// Bytes of the source that this block stands for, for progress.
    pub consumed: u64,
    /// What ended the source before its end.
    pub cut: Option<Cut>,
}

impl Block {
    /// Returns the lines. All end with `\n`, except perhaps the source's last.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.lines.clone()]
    }

    /// Puts one line in the place of all; `offset` is where it starts in the source.
    pub fn hold(&mut self, line: &[u8], is_whole: bool, offset: u64) {
        self.lines = 0..0;
        self.offset = offset;
        self.extend(line);
        if is_whole {
            self.extend(b"\n");
        }
    }

    /// Returns the memory after the lines, for `want` more bytes.
    pub(crate) fn room(&mut self, want: usize) -> &mut [u8] {
        let end = self.lines.end;
        if self.buffer.len() < end + want {
            self.buffer.resize(end + want, 0);
        }
        &mut self.buffer[end..end + want]
    }

    /// Adds bytes to the lines.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).copy_from_slice(bytes);
        self.lines.end += bytes.len();
    }
}

/// What ended a source before its end.
#[derive(Debug)]
pub enum Cut {
    /// The file became shorter.
    Shrank,
    /// The compressed stream is damaged or ends early.
    Damaged(String),
}

//! Cuts a source into blocks of whole lines, for several threads to take.
//!
//! Invariant: every line lies in exactly one block, wherever the borders fall, and the blocks'
//! numbers follow the source.

use std::io;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::read::platform::read_at;
use crate::read::source::{Content, Source, Stream};
use crate::scan::block::{Block, Cut, MAX_LINE};

/// Hands out the blocks of one source.
#[derive(Debug)]
pub struct Blocks<'a> {
    source: &'a Source,
    block: usize,
    next: AtomicU64,
    carry: Mutex<Carry>,
}

/// What a stream's last block left over.
#[derive(Debug, Default)]
struct Carry {
    bytes: Vec<u8>,
    offset: u64,
    number: u64,
    ended: bool,
    /// Inside a line that is too long; where it starts.
    skipping: Option<u64>,
}

impl<'a> Blocks<'a> {
    /// Returns the blocks of `source`, of about `block` bytes each.
    pub fn new(source: &'a Source, block: usize) -> Self {
        Self { source, block: block.max(1), next: AtomicU64::new(0), carry: Mutex::default() }
    }

    /// Fills `out` with the next block; returns false after the last.
    ///
    /// # Errors
    /// When the source cannot be read, or unpacks without end.
    pub fn next(&self, out: &mut Block) -> io::Result<bool> {
        out.lines = 0..0;
        out.too_long = None;
        out.cut = None;
        match &self.source.content {
            Content::Positioned { file, start, end } => {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                let length = end - start;
                let from = number.saturating_mul(self.block as u64);
                if from >= length {
                    return Ok(false);
                }
                out.number = number;
                let mut reader = At { file, base: *start, length };
                positioned(&mut reader, from, self.block, out)?;
                Ok(true)
            }
            Content::Stream(stream) => {
                let new = self.streamed(stream, out)?;
                // Other threads read on in the meantime.
                if let Some((bytes, offset)) = &new {
                    stream.keep(&out.buffer[bytes.clone()], *offset)?;
                }
                Ok(new.is_some())
            }
        }
    }

    /// The next block of a stream: what the last one left over, and one more reading. Returns where in the
    /// buffer what was read stands, and its place in the stream; none after the last.
    fn streamed(
        &self,
        stream: &Stream,
        out: &mut Block,
    ) -> io::Result<Option<(Range<usize>, u64)>> {
        let mut carry = self.carry.lock().expect("no reader panics while it holds the lock");
        if carry.ended {
            return Ok(None);
        }
        out.number = carry.number;
        carry.number += 1;
        out.offset = carry.offset;
        out.extend(&carry.bytes);
        carry.bytes.clear();
        let (start, offset) = (out.lines.end, out.offset + out.lines.len() as u64);
        let length = match stream.read(out.room(self.block)) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => return Err(error),
            Err(error) => {
                out.cut = Some(Cut::Damaged(error.to_string()));
                0
            }
        };
        out.consumed = length as u64;
        out.lines.end += length;
        let new = Some((start..out.lines.end, offset));
        carry.ended = length == 0;
        if let Some(start) = carry.skipping {
            let line_end = memchr::memchr(b'\n', out.bytes()).map(|at| at + 1);
            let skipped = line_end.unwrap_or(out.lines.len());
            out.lines.start += skipped;
            out.offset += skipped as u64;
            if line_end.is_some() || carry.ended {
                carry.skipping = None;
                // Reported in a block of its own, so that the lines after it keep their numbers.
                carry.bytes.extend_from_slice(out.bytes());
                out.lines = 0..0;
                carry.offset = out.offset;
                out.too_long = Some(start);
                return Ok(new);
            }
        }
        if carry.ended {
            return Ok(new); // the last line, perhaps without its end
        }
        let whole = memchr::memrchr(b'\n', out.bytes()).map_or(0, |at| at + 1);
        carry.bytes.extend_from_slice(&out.bytes()[whole..]);
        out.lines.end = out.lines.start + whole;
        carry.offset = out.offset + whole as u64;
        if carry.bytes.len() > MAX_LINE {
            carry.skipping = Some(carry.offset);
            carry.offset += carry.bytes.len() as u64;
            carry.bytes = Vec::new();
        }
        Ok(new)
    }
}

/// A file as positions from its start.
struct At<'a> {
    file: &'a std::fs::File,
    base: u64,
    length: u64,
}

impl At<'_> {
    /// Reads up to `want` bytes at `offset` and adds them to the lines of `out`; returns how many.
    fn read(&mut self, offset: u64, want: usize, out: &mut Block) -> io::Result<usize> {
        let want =
            want.min(usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX));
        let room = out.room(want);
        let mut length = 0;
        while length < want {
            match read_at(self.file, &mut room[length..], self.base + offset + length as u64) {
                Ok(0) => break,
                Ok(n) => length += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        out.lines.end += length;
        Ok(length)
    }
}

/// The lines that *start* in `from..from + block`. So threads need not wait for one another to know
/// where lines begin.
fn positioned(file: &mut At<'_>, from: u64, block: usize, out: &mut Block) -> io::Result<()> {
    // One byte more at the front says whether a line starts at `from`.
    let lead = u64::from(from > 0);
    let want = block + lead as usize;
    let got = file.read(from - lead, want, out)?;
    out.consumed = (got as u64).saturating_sub(lead);
    if got < want && (from - lead + got as u64) < file.length {
        out.cut = Some(Cut::Shrank);
    }
    let bytes = out.bytes();
    let first = if lead == 0 { Some(0) } else { memchr::memchr(b'\n', bytes).map(|at| at + 1) };
    let Some(first) = first.filter(|&first| first < bytes.len()) else {
        out.lines = 0..0; // in the middle of a line that an earlier block has
        out.offset = from;
        return Ok(());
    };
    out.offset = from - lead + first as u64;
    out.lines.start = first;
    // The last line may go on behind the block.
    let last = memchr::memrchr(b'\n', out.bytes()).map_or(0, |at| at + 1);
    let mut searched = out.lines.len();
    if last == searched {
        return Ok(());
    }
    const STEP: usize = 4 << 10;
    let mut step = STEP;
    loop {
        let got = file.read(out.offset + searched as u64, step, out)?;
        if got == 0 {
            if out.offset + (searched as u64) < file.length {
                out.cut = Some(Cut::Shrank);
            }
            return Ok(()); // the last line of the file
        }
        if let Some(end) = memchr::memchr(b'\n', &out.bytes()[searched..]) {
            out.lines.end = first + searched + end + 1;
            return Ok(());
        }
        searched = out.lines.len();
        if searched - last > MAX_LINE {
            out.too_long = Some(out.offset + last as u64);
            out.lines.end = first + last;
            return Ok(());
        }
        step = (step * 2).min(4 << 20);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::block::BLOCK;
    use proptest::prelude::*;

    fn lines(source: &Source, block: usize) -> Vec<(u64, Vec<u8>)> {
        let blocks = Blocks::new(source, block);
        let mut out = Block::default();
        let mut found = Vec::new();
        while blocks.next(&mut out).unwrap() {
            let mut at = out.offset;
            for line in out.bytes().split_inclusive(|&byte| byte == b'\n') {
                found.push((at, line.to_vec()));
                at += line.len() as u64;
            }
        }
        found
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        use std::io::Write;
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    proptest! {
        #[test]
        fn borders_change_nothing(text in "[ab\n]{0,80}", block in 1_usize..20) {
            let mut at = 0;
            let expected: Vec<(u64, Vec<u8>)> = text.as_bytes().split_inclusive(|&b| b == b'\n').map(|line| {
                at += line.len() as u64;
                (at - line.len() as u64, line.to_vec())
            }).collect();
            let plain = Source::of_bytes("plain", text.as_bytes()).unwrap();
            prop_assert_eq!(&lines(&plain, block), &expected);
            let packed = Source::of_bytes("packed", &gzip(text.as_bytes())).unwrap();
            prop_assert_eq!(&lines(&packed, block), &expected);
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_told_and_the_next_one_read() {
        let mut text = b"one\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', MAX_LINE + BLOCK * 2));
        text.extend(b"\ntwo\n");
        for bytes in [text.clone(), gzip(&text)] {
            let source = Source::of_bytes("log", &bytes).unwrap();
            let blocks = Blocks::new(&source, BLOCK);
            let (mut out, mut text, mut too_long) = (Block::default(), Vec::new(), Vec::new());
            while blocks.next(&mut out).unwrap() {
                text.extend_from_slice(out.bytes());
                too_long.extend(out.too_long);
            }
            assert_eq!(String::from_utf8(text).unwrap(), "one\ntwo\n");
            assert_eq!(too_long, [4]);
        }
    }

    #[test]
    fn a_cut_stream_gives_what_it_has_and_says_so() {
        let mut state = 1_u32;
        let noise = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1);
            state.to_string() + "\n"
        };
        let text: String = (0..20_000).map(noise).collect();
        let mut packed = gzip(text.as_bytes());
        packed.truncate(packed.len() / 2);
        let source = Source::of_bytes("log", &packed).unwrap();
        let blocks = Blocks::new(&source, 4096);
        let (mut out, mut read, mut cut) = (Block::default(), Vec::new(), 0);
        while blocks.next(&mut out).unwrap() {
            read.extend_from_slice(out.bytes());
            cut += usize::from(out.cut.is_some());
        }
        assert!(!read.is_empty() && text.as_bytes().starts_with(&read));
        assert_eq!(cut, 1);
    }
}

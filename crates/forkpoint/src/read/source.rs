//! Bytes of a log, wherever they come from: a file, a pipe, standard input; plain, gzip or zstd, by
//! content and not by name.
//!
//! A plain file is read at positions, by several threads at once. Everything else is a stream that
//! is read once. No memory map: a log that shrinks under us must not kill the process.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::error::Error;
use crate::read::platform::{self, read_at};
use crate::read::strip::{self, BYTE_ORDER_MARK, Marker};

/// A compressed stream may grow to this many bytes at any ratio …
const FREE_OUTPUT: u64 = 256 << 20;
/// … and beyond that by this factor at most. Logs reach 30; deflate can do 1,032.
const MAX_RATIO: u64 = 500;

/// How many of a log's first bytes are looked at to recognise it.
pub(super) const HEAD: usize = 256 << 10;

/// How the bytes are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// Not at all.
    Plain,
    /// gzip, RFC 1952, of one or several members.
    Gzip,
    /// Zstandard, RFC 8878.
    Zstd,
}

impl Codec {
    fn sniff(head: &[u8]) -> Self {
        match head {
            [0x1F, 0x8B, ..] => Self::Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Self::Zstd,
            // A skippable frame may come first.
            [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }

    fn decoder(self, packed: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
        const BUFFER: usize = 128 << 10;
        Ok(match self {
            Self::Plain => Box::new(packed),
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(
                BUFFER, packed,
            ))),
            Self::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(
                BufReader::with_capacity(BUFFER, packed),
            )?),
        })
    }
}

/// One file of a log, open.
#[derive(Debug)]
pub struct Source {
    /// What it is called in reports.
    pub label: String,
    /// The size on disk, where it is known; for progress.
    pub size: Option<u64>,
    /// Device and inode of a regular file: two paths may name one file.
    pub identity: Option<(u64, u64)>,
    /// What is taken off each of its lines.
    pub marker: Option<Marker>,
    /// Its bytes.
    pub content: Content,
}

/// The bytes of a source.
#[derive(Debug)]
pub enum Content {
    /// A plain file, from `start` to `end`.
    Positioned {
        /// The file.
        file: File,
        /// The first byte.
        start: u64,
        /// The byte after the last.
        end: u64,
    },
    /// Anything else.
    Stream(Stream),
}

/// Bytes that come once, in order.
pub struct Stream {
    state: Mutex<StreamState>,
    again: Again,
}

struct StreamState {
    reader: Box<dyn Read + Send>,
    /// Bytes that were read to look at them, and are still to be handed out.
    ahead: Vec<u8>,
    /// Damage that was met behind bytes which were still good.
    damage: Option<io::Error>,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").finish_non_exhaustive()
    }
}

/// How a stream's bytes are found again when a line is to be shown.
#[derive(Debug)]
enum Again {
    /// The packed file is unpacked once more, into a temporary file, as far as it is asked for.
    Unpack { file: File, start: u64, codec: Codec, unpacked: Mutex<Option<Unpacked>> },
    /// What came was copied to a temporary file on its way.
    Copied(File),
}

impl Source {
    /// Opens a file, or standard input for `-`.
    ///
    /// # Errors
    /// When there is no such file, it is a directory, or it cannot be read.
    pub fn open(path: &str) -> Result<Self, Error> {
        if path == "-" {
            return Self::standard_input();
        }
        let label = path.to_owned();
        let file = File::open(path).map_err(|error| Error::open(path, &error))?;
        Self::of_file(label, file, 0)
    }

    /// Returns a source that holds `bytes`.
    ///
    /// # Errors
    /// When they are packed and the packing's header is damaged.
    pub fn of_bytes(label: &str, bytes: &[u8]) -> Result<Self, Error> {
        let mut file = temporary(label)?;
        file.write_all(bytes).map_err(|error| Error::read(label, &error))?;
        Self::of_file(label.to_owned(), file, 0)
    }

    fn standard_input() -> Result<Self, Error> {
        let label = "standard input".to_owned();
        let mut file = platform::standard_input().map_err(|error| Error::read(&label, &error))?;
        // `< file` has a position of its own; a pipe has none.
        let start = file.stream_position().unwrap_or(0);
        Self::of_file(label, file, start)
    }

    fn of_file(label: String, mut file: File, start: u64) -> Result<Self, Error> {
        let metadata = file.metadata().map_err(|error| Error::read(&label, &error))?;
        if metadata.is_dir() {
            return Err(Error::directory(&label));
        }
        let read = |error: io::Error| Error::read(&label, &error);
        if !metadata.is_file() {
            platform::widen_pipe(&file);
            let mut head = [0; 4];
            let length = read_full(&mut file, &mut head).map_err(read)?;
            let codec = Codec::sniff(&head[..length]);
            let packed = io::Cursor::new(head[..length].to_vec()).chain(file);
            let again = Again::Copied(temporary(&label)?);
            let reader: Box<dyn Read + Send> = if codec == Codec::Plain {
                Box::new(packed)
            } else {
                // How long the stream is nobody knows; what has come of it bounds what it may become.
                let size = Arc::new(AtomicU64::new(0));
                let counted = Counted { inner: packed, count: Arc::clone(&size) };
                let inner = codec.decoder(counted).map_err(read)?;
                Box::new(Bounded { size, unpacked: 0, inner })
            };
            let content = Content::Stream(Stream::new(reader, again));
            return Self { label, size: None, identity: None, marker: None, content }.recognised();
        }
        let identity = platform::file_identity(&metadata);
        let end = metadata.len().max(start);
        let size = Some(end - start);
        let mut head = [0; 4];
        let length = read_at(&file, &mut head, start).map_err(read)?;
        let codec = Codec::sniff(&head[..length]);
        if codec == Codec::Plain {
            let content = Content::Positioned { file, start, end };
            return Self { label, size, identity, marker: None, content }.recognised();
        }
        file.seek(SeekFrom::Start(start)).map_err(read)?;
        let again = Again::Unpack {
            file: file.try_clone().map_err(read)?,
            start,
            codec,
            unpacked: Mutex::new(None),
        };
        let packed = Bounded {
            size: Arc::new(AtomicU64::new(end - start)),
            unpacked: 0,
            inner: codec.decoder(file).map_err(read)?,
        };
        let content = Content::Stream(Stream::new(Box::new(packed), again));
        Self { label, size, identity, marker: None, content }.recognised()
    }

    /// Looks for what is to be taken off its lines.
    fn recognised(self) -> Result<Self, Error> {
        // Damage is reported by whoever reads the log.
        let Ok(head) = self.head(HEAD) else { return Ok(self) };
        if is_utf16(&head) {
            return Err(Error::new(&self.label, "is text in UTF-16, which is not read")
                .hint("write it in UTF-8: iconv -f UTF-16 -t UTF-8 LOG > NEW"));
        }
        let marker = strip::recognise(&head);
        Ok(Self { marker, ..self })
    }

    /// Returns the source with what the user wants to be taken off its lines, if anything.
    pub fn stripped(self, marker: Option<&Marker>) -> Self {
        match marker {
            Some(marker) => Self { marker: Some(marker.clone()), ..self },
            None => self,
        }
    }

    /// Returns the source as it is read by a profile that knows its lines: nothing is taken off unless the
    /// user asks for it.
    pub(super) fn unmarked(self) -> Self {
        let marker = self.marker.filter(Marker::is_asked_for);
        Self { marker, ..self }
    }
}

/// Whether text begins as UTF-16 does: with its mark, or with letters of two bytes.
fn is_utf16(head: &[u8]) -> bool {
    match head {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => true,
        [a, 0, b, 0, c, 0, ..] | [0, a, 0, b, 0, c, ..] => {
            [a, b, c].iter().all(|b| b.is_ascii_graphic() || **b == b' ')
        }
        _ => false,
    }
}

impl Source {
    /// Returns up to `length` of the first bytes as they are read, without taking them; fewer when they are
    /// damaged.
    ///
    /// # Errors
    /// When the source cannot be read, or is damaged from the first byte on.
    pub fn head(&self, length: usize) -> Result<Vec<u8>, Error> {
        let mut head = vec![0; length];
        let read = match &self.content {
            Content::Positioned { file, start, .. } => read_at(file, &mut head, *start),
            Content::Stream(stream) => stream.peek(&mut head),
        };
        head.truncate(read.map_err(|error| Error::read(&self.label, &error))?);
        if head.starts_with(BYTE_ORDER_MARK) {
            head.drain(..BYTE_ORDER_MARK.len());
        }
        Ok(match &self.marker {
            Some(marker) => marker.taken_off_head(&head),
            None => head,
        })
    }
}

impl Stream {
    fn peek(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.state.lock().expect("no reader panics while it holds the lock");
        // What an earlier look has read comes first: one may look as often as one likes.
        let known = state.ahead.len().min(buffer.len());
        buffer[..known].copy_from_slice(&state.ahead[..known]);
        let mut length = known;
        while length < buffer.len() && state.damage.is_none() {
            match state.reader.read(&mut buffer[length..]) {
                Ok(0) => break,
                Ok(n) => length += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // With nothing before it, the damage is all there is to tell.
                Err(error) if length == 0 => return Err(error),
                Err(error) => {
                    state.damage = Some(error);
                    break;
                }
            }
        }
        state.ahead.extend_from_slice(&buffer[known..length]);
        Ok(length)
    }

    fn new(reader: Box<dyn Read + Send>, again: Again) -> Self {
        Self { state: Mutex::new(StreamState { reader, ahead: Vec::new(), damage: None }), again }
    }

    /// Reads on, until `buffer` is full or the stream ends; returns how much was read.
    ///
    /// # Errors
    /// Damage, once all that lies before it was read.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.state.lock().expect("no reader panics while it holds the lock");
        let mut length = state.ahead.len().min(buffer.len());
        buffer[..length].copy_from_slice(&state.ahead[..length]);
        state.ahead.drain(..length);
        if length == 0
            && let Some(damage) = state.damage.take()
        {
            return Err(damage);
        }
        while length < buffer.len() && state.damage.is_none() {
            match state.reader.read(&mut buffer[length..]) {
                Ok(0) => break,
                Ok(n) => length += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if length == 0 => return Err(error),
                Err(error) => {
                    state.damage = Some(error);
                    break;
                }
            }
        }
        Ok(length)
    }

    /// Keeps what was read at `offset`, if it cannot be read again. Threads may do so in any order.
    ///
    /// # Errors
    /// When there is no room for it.
    pub fn keep(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        match &self.again {
            Again::Copied(copy) => platform::write_at(copy, bytes, offset).map_err(|error| {
                let message = format!("what comes is copied to a temporary file (TMPDIR): {error}");
                io::Error::new(error.kind(), message)
            }),
            Again::Unpack { .. } => Ok(()),
        }
    }

    /// Reads from `offset` on what was read before.
    pub fn read_again(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match &self.again {
            Again::Copied(copy) => read_at(copy, buffer, offset),
            Again::Unpack { file, start, codec, unpacked } => {
                let mut unpacked = unpacked.lock().expect("no reader panics while it unpacks");
                if unpacked.is_none() {
                    *unpacked = Some(Unpacked::new(file, *start, *codec)?);
                }
                let unpacked = unpacked.as_mut().expect("it was made a moment ago");
                unpacked.reach(offset + buffer.len() as u64)?;
                read_at(&unpacked.file, buffer, offset)
            }
        }
    }
}

/// The first part of a packed file, unpacked.
struct Unpacked {
    reader: Bounded<Box<dyn Read + Send>>,
    file: File,
    length: u64,
    ended: bool,
}

impl std::fmt::Debug for Unpacked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unpacked").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Unpacked {
    fn new(packed: &File, start: u64, codec: Codec) -> io::Result<Self> {
        // It shares its position with the stream, which was read to its end.
        let mut packed = packed.try_clone()?;
        packed.seek(SeekFrom::Start(start))?;
        let size = Arc::new(AtomicU64::new(packed.metadata()?.len().saturating_sub(start)));
        let reader = Bounded { size, unpacked: 0, inner: codec.decoder(packed)? };
        Ok(Self { reader, file: tempfile::tempfile()?, length: 0, ended: false })
    }

    /// Unpacks up to `end`, if the file reaches so far.
    fn reach(&mut self, end: u64) -> io::Result<()> {
        if self.ended || self.length >= end {
            return Ok(());
        }
        let mut buffer = vec![0; 256 << 10];
        while !self.ended && self.length < end {
            match self.reader.read(&mut buffer) {
                Ok(0) | Err(_) => self.ended = true, // damage was reported when it was first read
                Ok(n) => {
                    platform::write_at(&self.file, &buffer[..n], self.length)?;
                    self.length += n as u64;
                }
            }
        }
        Ok(())
    }
}

/// Counts the bytes that are read.
struct Counted<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.count.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

/// Unpacks, unless it would never end.
struct Bounded<R> {
    /// Packed bytes: of the whole file, or of a pipe as far as it was read.
    size: Arc<AtomicU64>,
    unpacked: u64,
    inner: R,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.unpacked > FREE_OUTPUT
            && self.unpacked / MAX_RATIO > self.size.load(Ordering::Relaxed)
        {
            let message = format!(
                "unpacks to more than {MAX_RATIO} times its size: stopped after {} MiB",
                self.unpacked >> 20
            );
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        let length = self.inner.read(buffer)?;
        self.unpacked += length as u64;
        Ok(length)
    }
}

fn temporary(label: &str) -> Result<File, Error> {
    tempfile::tempfile().map_err(|error| Error::temporary(label, &error))
}

fn read_full(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match reader.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(n) => length += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_may_look_at_a_stream_twice_before_it_is_read() {
        let packed = zstd::stream::encode_all(&b"header\nevent\n"[..], 1).unwrap();
        let source = Source::of_bytes("log", &packed).unwrap();
        for length in [3, 64, 5, 64] {
            assert_eq!(source.head(length).unwrap(), b"header\nevent\n"[..length.min(13)]);
        }
        let Content::Stream(stream) = &source.content else { panic!("a packed log is a stream") };
        let mut buffer = [0; 64];
        assert_eq!(stream.read(&mut buffer).unwrap(), 13);
        assert_eq!(&buffer[..13], b"header\nevent\n");
    }
}

//! Reads single lines of a log again, to compare and show them.
//!
//! Invariant: a line that is not read again as it was read first leaves its reason in [`Lines::failure`], so
//! that nobody takes the lack of it for a finding.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::error::Error;
use crate::formats::Format;
use crate::profile::Pattern;
use crate::read::platform::read_at;
use crate::read::source::{Content, Source};
use crate::read::strip::BYTE_ORDER_MARK;
use crate::scan::block::MAX_LINE;
use crate::trace::line::Line;
use crate::trace::parsed_event::ParsedEvent;
use crate::trace::{EventSource, Place};

/// Where the lines of a log are found again.
#[derive(Debug)]
pub struct Lines {
    parts: Vec<Part>,
    /// Events that take several lines: each line and the next; and how one is made of them.
    continued: HashMap<Place, Place>,
    failure: OnceLock<Error>,
    /// How its lines are read.
    format: &'static Format,
    pattern: Option<Arc<Pattern>>,
}

#[derive(Debug)]
struct Part {
    source: Source,
    /// Where its lines ended when they were read first.
    end: u64,
    /// Where blocks start, and the number of the first line there, counted from 1.
    starts: Vec<(u64, u64)>,
    /// The line that was counted last: where it starts, and its number. Lines that are shown stand
    /// near one another.
    last: Mutex<(u64, u64)>,
}

impl Lines {
    /// Returns a reader of the lines of `sources`; for each, where its lines end, where blocks start and
    /// which line that is.
    pub(super) fn new(
        (format, pattern): (&'static Format, Option<Arc<Pattern>>),
        sources: Vec<Source>,
        extents: Vec<(u64, Vec<(u64, u64)>)>,
        continued: HashMap<Place, Place>,
    ) -> Self {
        let parts = sources.into_iter().zip(extents).map(|(source, (end, starts))| Part {
            source,
            end,
            starts,
            last: Mutex::new((0, 1)),
        });
        Self { parts: parts.collect(), continued, failure: OnceLock::new(), format, pattern }
    }

    fn read_bytes(&self, place: Place) -> io::Result<Vec<u8>> {
        let mut bytes = self.parts[place.part()].line_at(place.offset())?;
        let Some(join) = self.format.join else { return Ok(bytes) };
        let mut last = place;
        while let Some(&next) = self.continued.get(&last) {
            join(&mut bytes, &self.parts[next.part()].line_at(next.offset())?);
            last = next;
        }
        Ok(bytes)
    }

    fn fail(&self, place: Place, error: &io::Error) {
        let source = &self.parts[place.part()].source;
        let hint = match source.content {
            Content::Positioned { .. } => "is somebody still writing to the log?",
            Content::Stream(_) => {
                "its lines go to a temporary file: is there room where TMPDIR points? A plain file needs none"
            }
        };
        self.failure.get_or_init(|| Error::read_again(&source.label, error).hint(hint));
    }
}

impl EventSource for Lines {
    fn read(&self, place: Place) -> io::Result<Line> {
        let part = &self.parts[place.part()];
        let bytes = self.bytes(place)?;
        let number = part.number_of(place.offset());
        let number = number.inspect_err(|error| self.fail(place, error))?;
        Ok(Line { file: part.source.label.clone(), number, bytes })
    }

    fn bytes(&self, place: Place) -> io::Result<Vec<u8>> {
        if let Some(failure) = self.failure.get() {
            return Err(io::Error::other(failure.message.clone()));
        }
        self.read_bytes(place).inspect_err(|error| self.fail(place, error))
    }

    fn parse(&self, text: &str) -> Option<ParsedEvent<'static>> {
        (self.format.parse)(self.pattern.as_deref(), text).map(ParsedEvent::into_static)
    }

    fn place_of_line(&self, part: usize, number: u64) -> io::Result<Result<Place, u64>> {
        let offset = self.parts[part].offset_of(number)?;
        Ok(offset.map(|offset| Place::new(part as u16, offset)))
    }

    fn between(&self, first: Place, last: Place, most: u64) -> io::Result<Vec<(Place, Line)>> {
        if first.part() != last.part() || first >= last {
            return Ok(Vec::new());
        }
        let part = &self.parts[first.part()];
        let mut at = first.offset().max(last.offset().saturating_sub(most));
        let mut found = Vec::new();
        let mut is_whole = false; // the first one may begin in the middle of a line, or is the one at `first`
        while at < last.offset() {
            let line = part.whole_line_at(at)?;
            let length = line.len() as u64;
            if is_whole {
                let place = Place::new(first.part() as u16, at);
                let number = match found.last() {
                    Some((_, Line { number, .. })) => number + 1,
                    None => part.number_of(at)?,
                };
                let bytes = part.bare(line, at);
                found.push((place, Line { file: part.source.label.clone(), number, bytes }));
            }
            is_whole = true;
            at += length + 1;
        }
        Ok(found)
    }

    fn start_of(&self, place: Place) -> Place {
        let before = |place| self.continued.iter().find(|&(_, next)| *next == place);
        let mut start = place;
        while let Some((&earlier, _)) = before(start) {
            start = earlier; // each is further ahead in the file
        }
        start
    }

    fn failure(&self) -> Option<&Error> {
        self.failure.get()
    }

    fn fail_as_changed(&self, place: Place) {
        self.fail(place, &io::Error::other("it has changed since it was first read"));
    }

    fn identities(&self) -> Vec<Option<(u64, u64)>> {
        self.parts.iter().map(|part| part.source.identity).collect()
    }
}

impl Part {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match &self.source.content {
            Content::Positioned { file, start, end } => {
                let room =
                    usize::try_from((end - start).saturating_sub(offset)).unwrap_or(usize::MAX);
                let length = buffer.len().min(room);
                read_at(file, &mut buffer[..length], start + offset)
            }
            Content::Stream(stream) => stream.read_again(buffer, offset),
        }
    }

    /// Returns the line that starts there, without what is taken off each.
    fn line_at(&self, offset: u64) -> io::Result<Vec<u8>> {
        Ok(self.bare(self.whole_line_at(offset)?, offset))
    }

    /// Returns a line without what is taken off each.
    fn bare(&self, mut line: Vec<u8>, offset: u64) -> Vec<u8> {
        if offset == 0 && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        let Some(marker) = &self.source.marker else { return line };
        match marker.taken_off(&line) {
            Some(line) => line.into_owned(),
            None => line,
        }
    }

    fn whole_line_at(&self, offset: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut step = 1024; // longer than nearly every line
        loop {
            let old = bytes.len();
            bytes.resize(old + step, 0);
            let length = self.read_at(&mut bytes[old..], offset + old as u64)?;
            bytes.truncate(old + length);
            if let Some(end) = memchr::memchr(b'\n', &bytes[old..]) {
                bytes.truncate(old + end);
                return Ok(bytes);
            }
            if length == 0 && offset + (bytes.len() as u64) < self.end {
                return Err(became_shorter());
            }
            if length == 0 || bytes.len() > MAX_LINE {
                return Ok(bytes);
            }
            step = (step * 2).min(1 << 20);
        }
    }

    /// Returns where a line starts, or how many lines there are.
    fn offset_of(&self, number: u64) -> io::Result<Result<u64, u64>> {
        let before = self.starts.partition_point(|&(_, line)| line <= number);
        let first = before.checked_sub(1).map(|last| self.starts[last]);
        let (mut at, mut line) = first.unwrap_or((0, 1));
        let mut buffer = [0; 16 << 10];
        let mut last = b'\n';
        loop {
            let length = self.read_at(&mut buffer, at)?;
            if line == number {
                return Ok(if length == 0 { Err(line - 1) } else { Ok(at) });
            }
            let Some(read) = buffer.get(..length).filter(|read| !read.is_empty()) else {
                return Ok(Err(line - u64::from(last == b'\n')));
            };
            if number == 0 {
                return Ok(Err(0));
            }
            let ends: Vec<usize> = memchr::memchr_iter(b'\n', read).collect();
            let wanted = (number - line - 1) as usize;
            match ends.get(wanted) {
                Some(end) => {
                    at += *end as u64 + 1;
                    line = number;
                }
                None => {
                    line += ends.len() as u64;
                    at += length as u64;
                }
            }
            last = read[length - 1];
        }
    }

    fn number_of(&self, offset: u64) -> io::Result<u64> {
        let before = self.starts.partition_point(|&(start, _)| start <= offset);
        let Some(&(mut at, mut line)) = before.checked_sub(1).map(|last| &self.starts[last]) else {
            return Ok(1);
        };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if (at..=offset).contains(&last.0) {
            (at, line) = *last;
        }
        let mut buffer = [0; 16 << 10];
        while at < offset {
            let want = buffer.len().min(usize::try_from(offset - at).unwrap_or(usize::MAX));
            let length = self.read_at(&mut buffer[..want], at)?;
            if length == 0 {
                return Err(became_shorter());
            }
            line += memchr::memchr_iter(b'\n', &buffer[..length]).count() as u64;
            at += length as u64;
        }
        if at == offset {
            *last = (at, line);
        }
        Ok(line)
    }
}

fn became_shorter() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "it is shorter than when it was first read")
}

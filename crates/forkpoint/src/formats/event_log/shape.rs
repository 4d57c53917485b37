//! What the lines of a log have in common: the same keys, in the same order and spelling.
//!
//! One writer writes nearly all lines, so a line mostly looks like one before it: between the few
//! values that change stand the same bytes. A shape knows those bytes. Where a line follows a shape,
//! they are compared and not parsed; where it does not, [`event`](super::event) reads it in full,
//! and it becomes a shape.
//!
//! Invariant: a line that follows a shape is JSON as long as its payload is, and means what the full
//! reading says it means.

use crate::formats::event_log::json::Reader;
use crate::formats::event_log::runs::same;

/// The shapes of late.
#[derive(Debug, Default)]
pub struct Shapes {
    known: Vec<Shape>,
    /// The shape to forget next.
    oldest: usize,
    /// What may still be spent on learning; lines that follow a shape earn it.
    credit: u32,
}

/// The bytes that surround the values of a line.
#[derive(Debug)]
pub struct Shape {
    /// The members up to the payload, which is the last of them.
    head: Vec<Piece>,
    /// The members after it.
    tail: Vec<Piece>,
    /// The bytes after the last value.
    end: Box<[u8]>,
}

#[derive(Debug)]
struct Piece {
    /// The bytes from the end of the value before to the start of this one.
    before: Box<[u8]>,
    field: Field,
    /// The value, as it was in the line before, and the bytes that surround it: those of this
    /// piece before it, those of the next one after it. Empty where the value changes.
    last: Vec<u8>,
    /// How often the value has changed.
    changes: u8,
}

/// A value that changes so often is not remembered.
const MOST_CHANGES: u8 = 8;

/// Which member of an event a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `kind`.
    Kind,
    /// `tid`.
    Thread,
    /// `tid_event_idx`.
    Index,
    /// `payload`.
    Payload,
    /// Any other: it is not compared.
    Other,
}

/// What a line says besides its payload.
#[derive(Clone, Copy, Debug, Default)]
pub struct Envelope<'a> {
    /// The kind.
    pub kind: &'a str,
    /// The thread.
    pub thread: i64,
    /// The event's index in its thread.
    pub index: u64,
}

/// Where a member of a line stands.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Which it is.
    pub field: Field,
    /// The first byte of its value.
    pub start: usize,
    /// The byte after its value.
    pub end: usize,
}

impl Shapes {
    const KEPT: usize = 4;
    const COST: u32 = 16; // following a shape saves about a fifth of what learning one costs
    const MOST: u32 = 1024;

    /// Returns the shape that the head of a line follows. The reader then stands before the payload.
    pub fn follow<'a>(
        &mut self,
        reader: &mut Reader<'a, '_>,
        envelope: &mut Envelope<'a>,
    ) -> Option<&mut Shape> {
        let found = self.known.iter_mut().position(|shape| {
            reader.seek(0);
            follow(&mut shape.head, reader, envelope).is_some()
        })?;
        self.credit = (self.credit + 1).min(Self::MOST);
        if found > 0 {
            self.known.swap(0, found);
        }
        self.known.first_mut()
    }

    /// Makes a shape of a line whose members these are, if it has one payload, after the kind.
    pub fn learn(&mut self, line: &str, members: &[Member]) {
        // What a payload means depends on the kind, so the kind must be known when it is read.
        let payload = members.iter().position(|member| member.field == Field::Payload);
        let Some((head, tail)) = payload.map(|at| members.split_at(at)) else { return };
        let holds = |members: &[Member], field| members.iter().any(|member| member.field == field);
        if !holds(head, Field::Kind)
            || holds(tail, Field::Kind)
            || holds(&tail[1..], Field::Payload)
        {
            return;
        }
        // Where lines have no shape, there is nothing to be gained by learning one from each.
        if self.credit < Self::COST && self.known.len() == Self::KEPT {
            self.credit += 1;
            return;
        }
        self.credit = self.credit.saturating_sub(Self::COST);
        let mut shape = Shape { head: Vec::new(), tail: Vec::new(), end: Box::default() };
        let mut at = 0;
        let mut pieces = &mut shape.head;
        for member in members {
            let before = line.as_bytes()[at..member.start].into();
            pieces.push(Piece { before, field: member.field, last: Vec::new(), changes: 0 });
            if member.field == Field::Payload {
                pieces = &mut shape.tail;
            }
            at = member.end;
        }
        shape.end = line.as_bytes()[at..].into();
        if self.known.len() < Self::KEPT {
            self.known.push(shape);
        } else {
            self.oldest = 1 + self.oldest % (Self::KEPT - 1); // the first is the one in use
            self.known[self.oldest] = shape;
        }
    }
}

impl Shape {
    /// Returns where the payload ends, unless it holds the bytes that follow it, or the line is of
    /// another shape.
    pub fn payload_end(&self, line: &str) -> Option<usize> {
        match self.tail.first() {
            None => {
                let end = line.len().checked_sub(self.end.len())?;
                same(&line.as_bytes()[end..], &self.end).then_some(end)
            }
            Some(piece) => memchr::memmem::rfind(line.as_bytes(), &piece.before),
        }
    }

    /// Takes what follows the payload, to the end of the line.
    pub fn finish<'a>(
        &mut self,
        reader: &mut Reader<'a, '_>,
        envelope: &mut Envelope<'a>,
    ) -> Option<()> {
        follow(&mut self.tail, reader, envelope)?;
        let rest = reader.rest();
        (rest.len() == self.end.len() && same(rest, &self.end)).then_some(())
    }
}

/// Takes the bytes and the values of `pieces`; the payload is not taken.
#[inline]
fn follow<'a>(
    pieces: &mut [Piece],
    reader: &mut Reader<'a, '_>,
    envelope: &mut Envelope<'a>,
) -> Option<()> {
    let mut at = 0;
    let mut is_before = false; // whether the bytes before this value were taken with the last one
    while let Some(piece) = pieces.get_mut(at) {
        if !std::mem::take(&mut is_before) {
            if !piece.last.is_empty() && reader.literal(&piece.last).is_some() {
                is_before = true;
                at += 1;
                continue;
            }
            reader.literal(&piece.before)?;
        }
        match piece.field {
            Field::Payload => {}
            Field::Kind => envelope.kind = reader.plain_string()?,
            Field::Thread => envelope.thread = reader.integer()?,
            Field::Index => envelope.index = u64::try_from(reader.integer()?).ok()?,
            Field::Other => {
                let start = reader.position();
                skip(reader)?;
                insert(pieces, at, reader.since(start));
            }
        }
        at += 1;
    }
    Some(())
}

/// Takes a value that is not compared.
#[inline]
fn skip(reader: &mut Reader<'_, '_>) -> Option<()> {
    match reader.rest().first()? {
        b'-' | b'0'..=b'9' => reader.skip_number(),
        b'"' => reader.plain_string().map(|_| ()),
        b't' => reader.literal(b"true"),
        b'f' => reader.literal(b"false"),
        b'n' => reader.literal(b"null"),
        _ => None,
    }
}

/// Remembers a value that is not compared, to take it together with what surrounds it.
#[inline]
fn insert(pieces: &mut [Piece], at: usize, value: &[u8]) {
    let [piece, next, ..] = &mut pieces[at..] else { return };
    // What follows a number may be more of it, so a number is never taken without a look at its end;
    // and clocks change in each line.
    if piece.changes >= MOST_CHANGES || !matches!(value.first(), Some(b'"' | b't' | b'f' | b'n')) {
        return;
    }
    piece.changes += 1;
    piece.last.clear();
    for part in [&piece.before[..], value, &next.before[..]] {
        piece.last.extend_from_slice(part);
    }
    if piece.changes == MOST_CHANGES {
        piece.last = Vec::new();
    }
}

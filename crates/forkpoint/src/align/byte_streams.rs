//! Pipes and sockets carry bytes, not pieces: excuses where two lanes cut the same bytes differently.
//!
//! Its one idea: what a lane carries by one object is one text; if both lanes carry the same, as far as the logs
//! show it, then which call carried what is scheduling. Invariant: every event that is excused carries bytes of a stream
//! that is equal as a whole, or waits beside one that does.

use std::collections::{HashMap, HashSet};

use crate::align::absorb::Absorber;
use crate::align::alignment::{DivergenceKind, LaneAlignment};
use crate::align::compared::Compared;
use crate::align::filter::AlignedLane;
use crate::align::random_draws::bytes_of;
use crate::align::resync::Gap;
use crate::objects::ObjectId;
use crate::pair::{Pair, Side};
use crate::profile::{Action, RuleId, Stream};
use crate::trace::parsed_event::ParsedEvent;
use crate::value::Value;

/// This many calls of a lane are read again; a lane that carries more often is left as it is.
const MAX_CALLS: usize = 1 << 14;

/// Takes back the divergences of a walk that are nothing but cuts of equal streams.
pub fn settle(streams: Pair<&AlignedLane<'_>>, walk: &mut LaneAlignment, absorber: &Absorber<'_>) {
    if walk.divergences.is_empty() {
        return;
    }
    for (number, rule) in absorber.logs.profile.rules.iter().enumerate() {
        let Action::Stream(stream) = &rule.action else { continue };
        if !rule.enabled || !concerns(stream, streams, walk, absorber) {
            continue;
        }
        let carried = Pair::of(|side| Carried::of(stream, side, streams.on(side), &absorber.logs));
        let Pair { reference: Some(reference), candidate: Some(candidate) } = carried else {
            continue;
        };
        let carried = Pair::new(reference, candidate);
        let equal = equal_streams(&carried);
        let cut = Cut { stream, streams, absorber, carried, equal };
        let id = RuleId(number as u16);
        let mut left = Vec::new();
        for divergence in std::mem::take(&mut walk.divergences) {
            match divergence.how {
                DivergenceKind::Differ(Some(gap)) if cut.excuses(divergence.nth, gap) => {
                    let at = streams
                        .zip(divergence.nth)
                        .map(|(stream, nth)| stream.position(nth.min(stream.len() - 1)) as u32);
                    walk.excusals.add(id, at);
                }
                _ => left.push(divergence),
            }
        }
        walk.divergences = left;
    }
}

/// Whether a walk diverges at a call that carries bytes.
fn concerns(
    stream: &Stream,
    streams: Pair<&AlignedLane<'_>>,
    walk: &LaneAlignment,
    absorber: &Absorber<'_>,
) -> bool {
    walk.divergences.iter().any(|divergence| {
        Side::BOTH.into_iter().any(|side| {
            let (lane, nth) = (*streams.on(side), *divergence.nth.on(side));
            nth < lane.len() && {
                let symbol = absorber.logs.symbols.of(lane.symbol(nth));
                stream.carries.matches(&symbol.kind, symbol.name.as_deref())
            }
        })
    })
}

/// What one lane carries.
struct Carried {
    /// By object: its name, and which of the objects of this name it is.
    texts: Vec<Text>,
    /// By position: the call's object, and whether the call is nothing but a cut.
    calls: HashMap<usize, (usize, bool)>,
}

/// What a lane carries by one object.
#[derive(Default)]
struct Text {
    key: (u64, usize),
    /// How many bytes.
    length: u64,
    /// The bytes that the log shows, each run with its place.
    shown: Vec<(u64, Vec<u8>)>,
    /// Whether the object is a pipe or a socket, by the event that creates it.
    is_made: bool,
    /// Whether no event creates it.
    is_unknown: bool,
    /// Whether a call carried less than was asked for.
    is_short: bool,
    /// Whether a call carried bytes after one that carried less.
    goes_on: bool,
}

impl Carried {
    fn of(
        stream: &Stream,
        side: Side,
        lane: &AlignedLane<'_>,
        logs: &Compared<'_>,
    ) -> Option<Self> {
        let mut carried = Self { texts: Vec::new(), calls: HashMap::new() };
        let mut known: HashMap<(u64, Option<ObjectId>), usize> = HashMap::new();
        for position in 0..lane.lane.n_events() {
            let symbol = logs.symbols.of(lane.lane.symbols[position]);
            if !stream.carries.matches(&symbol.kind, symbol.name.as_deref()) {
                continue;
            }
            if carried.calls.len() == MAX_CALLS {
                return None;
            }
            let place = lane.lane.places.at(position);
            let event = logs.traces.on(side).event(place)?;
            let Some(name) = field(&event, &stream.object).and_then(Value::word) else { continue };
            let object = logs.named(side, lane.lane, position, stream.made.field);
            let nth = known.keys().filter(|(other, _)| *other == name).count();
            let number = *known.entry((name, object)).or_insert_with(|| {
                let is_made = logs.is_made_by(side, lane.lane, position, &stream.made);
                let is_unknown = object.is_none();
                let key = (name, nth);
                carried.texts.push(Text { key, is_made, is_unknown, ..Text::default() });
                carried.texts.len() - 1
            });
            let is_cut = carried.texts[number].add(stream, &event);
            carried.calls.insert(position, (number, is_cut));
        }
        Some(carried)
    }
}

impl Text {
    /// Adds a call; returns whether it is nothing but a cut.
    fn add(&mut self, stream: &Stream, event: &ParsedEvent<'_>) -> bool {
        let error = stream.error.as_ref().and_then(|path| field(event, path));
        if let Some(error) = error {
            return matches!(error, Value::Text(error) if stream.is_idle(error));
        }
        let number = |path: &[String]| {
            let word = field(event, path).and_then(Value::word)? as i64;
            u64::try_from(word).ok()
        };
        let (Some(carried), Some(asked)) = (number(&stream.carried), number(&stream.asked)) else {
            return false;
        };
        self.goes_on |= self.is_short && carried > 0;
        self.is_short |= carried > 0 && carried < asked;
        let bytes = field(event, &stream.bytes).and_then(|bytes| bytes_of(&bytes.to_string()));
        let mut bytes = bytes.unwrap_or_default();
        bytes.truncate(usize::try_from(carried).unwrap_or(usize::MAX));
        if !bytes.is_empty() {
            self.shown.push((self.length, bytes));
        }
        self.length += carried;
        !stream.complete || carried == asked
    }

    /// Whether two lanes carry the same, as far as it is shown.
    fn is_equal(&self, other: &Self) -> bool {
        let shown = |text: &Self| -> HashMap<u64, u8> {
            let runs = text.shown.iter();
            let bytes = runs.flat_map(|(at, run)| (*at..).zip(run.iter().copied()));
            bytes.collect()
        };
        let (a, b) = (shown(self), shown(other));
        self.length == other.length
            && a.iter().all(|(at, byte)| b.get(at).is_none_or(|other| other == byte))
    }
}

/// Both lanes, and what they carry.
struct Cut<'a, 'b> {
    stream: &'a Stream,
    streams: Pair<&'a AlignedLane<'b>>,
    absorber: &'a Absorber<'a>,
    carried: Pair<Carried>,
    /// The streams that are equal, by their keys.
    equal: HashSet<(u64, usize)>,
}

/// Returns the keys of the pipes and sockets by which both lanes carry the same.
fn equal_streams(carried: &Pair<Carried>) -> HashSet<(u64, usize)> {
    let pairs = carried.reference.texts.iter().filter_map(|text| {
        let other = carried.candidate.texts.iter().find(|other| other.key == text.key)?;
        Some((text, other))
    });
    let equal = pairs.filter(|(text, other)| {
        // No file gives less than is asked for and then more.
        let is_shown = text.is_unknown && other.is_unknown && (text.goes_on || other.goes_on);
        (text.is_made && other.is_made || is_shown) && text.is_equal(other)
    });
    equal.map(|(text, _)| text.key).collect()
}

impl Cut<'_, '_> {
    /// Whether a gap is nothing but cuts of streams that are equal, and waits beside them.
    fn excuses(&self, nth: Pair<usize>, gap: Gap) -> bool {
        let mut any = false;
        for side in Side::BOTH {
            let (lane, start) = (*self.streams.on(side), *nth.on(side));
            let length = match side {
                Side::Reference => gap.reference,
                Side::Candidate => gap.candidate,
            };
            for nth in start..start + length {
                match self.carried.on(side).calls.get(&lane.position(nth)) {
                    Some(&(text, true)) if self.is_equal_stream(side, text) => any = true,
                    Some(_) => return false,
                    None if self.is_beside(lane, nth) => {}
                    None => return false,
                }
            }
        }
        any && (!gap.is_one_event() || self.differ_in_cut(nth))
    }

    fn is_equal_stream(&self, side: Side, text: usize) -> bool {
        self.equal.contains(&self.carried.on(side).texts[text].key)
    }

    fn is_beside(&self, lane: &AlignedLane<'_>, nth: usize) -> bool {
        let symbol = self.absorber.logs.symbols.of(lane.symbol(nth));
        let mut beside = self.stream.beside.iter();
        beside.any(|one| one.matches(&symbol.kind, symbol.name.as_deref()))
    }

    /// Whether two calls differ in nothing but the bytes that they carry and how many.
    fn differ_in_cut(&self, nth: Pair<usize>) -> bool {
        let Stream { bytes, carried, asked, .. } = self.stream;
        let free = [bytes, carried, asked].map(|path| path.join("."));
        let differences = self.absorber.unexcused(self.streams, nth);
        differences.iter().all(|difference| free.contains(&difference.field))
    }
}

/// Returns a field of an event.
fn field<'a>(event: &'a ParsedEvent<'_>, path: &[String]) -> Option<&'a Value<'a>> {
    let (first, rest) = path.split_first()?;
    let (_, mut value) = event.payload.iter().find(|(key, _)| key == first).map(|(k, v)| (k, v))?;
    for key in rest {
        value = value.member(key)?;
    }
    Some(value)
}

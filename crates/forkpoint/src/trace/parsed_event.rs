//! One event, to look at.

use std::borrow::Cow;

use crate::trace::LaneKey;
use crate::value::Value;

/// One event, to look at.
#[derive(Clone, Debug)]
pub struct ParsedEvent<'a> {
    /// The lane.
    pub key: LaneKey,
    /// The index that the log gives it.
    pub index: Option<u64>,
    /// The kind.
    pub kind: Cow<'a, str>,
    /// The function's name.
    pub name: Option<Cow<'a, str>>,
    /// The payload, without nulls.
    pub payload: Vec<(Cow<'a, str>, Value<'a>)>,
    /// The host's clock, in nanoseconds.
    pub clock: Option<i64>,
}

impl Default for ParsedEvent<'_> {
    fn default() -> Self {
        Self {
            key: LaneKey { process: None, thread: 0 },
            index: None,
            kind: Cow::Borrowed(""),
            name: None,
            payload: Vec::new(),
            clock: None,
        }
    }
}

impl ParsedEvent<'_> {
    /// Returns the event with all its text copied.
    pub fn into_static(self) -> ParsedEvent<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let payload = self.payload.into_iter();
        ParsedEvent {
            key: self.key,
            index: self.index,
            kind: owned(self.kind),
            name: self.name.map(owned),
            payload: payload.map(|(key, value)| (owned(key), value.into_static())).collect(),
            clock: self.clock,
        }
    }
}

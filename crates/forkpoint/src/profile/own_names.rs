//! Names that a program is given or makes up: where a log shows them coming to be.
//!
//! Invariant: what a profile says here only finds names; which of one log is which of the other is decided
//! where both logs are at hand.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::Error;
use crate::profile::path::{at, parts};
use crate::profile::select::Selector;
use crate::profile::source::Source;
use crate::profile::variant::{Condition, ConditionSpec, condition};
use crate::profile::written::Many;
use crate::value::Value;

/// Where a name comes to be.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BirthSpec {
    /// The kinds of event; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// The payload fields with the name.
    pub fields: Many,
    /// Conditions, each with a field of its own; all must hold.
    #[serde(default)]
    pub only: Vec<ConditionSpec>,
}

/// Which names come to be in a log, and what they look like.
#[derive(Clone, Debug)]
pub struct OwnNames {
    /// Where they come to be.
    pub born: Vec<Birth>,
    /// Where a program chooses them itself.
    pub chosen: Vec<Birth>,
    /// Whether the numbers of threads and processes are names.
    pub threads: bool,
    /// Whether they are words with letters drawn by chance, and not numbers.
    pub drawn: bool,
    /// Smaller numbers are not names.
    pub least: u64,
    /// Whether numbers that stand outside of texts may be names.
    pub numbers: bool,
    /// The fields that tell how long a text is.
    pub lengths: Vec<Vec<String>>,
}

/// Where a name comes to be.
#[derive(Clone, Debug)]
pub struct Birth {
    /// The events.
    pub selector: Selector,
    path: Vec<String>,
    only: Vec<Condition>,
}

impl Birth {
    /// Returns the name that an event with this payload shows; none if it is no such event.
    pub fn value<'a, 'v>(&self, payload: &'a [(Cow<'_, str>, Value<'v>)]) -> Option<&'a Value<'v>> {
        let holds = self.only.iter().all(|condition| condition.holds(payload));
        holds.then(|| at(payload, &self.path)).flatten()
    }
}

/// Returns what a rule says of where names come to be.
pub(super) fn births_of(
    source: &Source,
    place: usize,
    specs: &[BirthSpec],
) -> Result<Vec<Birth>, Error> {
    let mut births = Vec::new();
    for spec in specs {
        let mut only = Vec::new();
        for spec in &spec.only {
            only.extend(condition(source, place, spec)?);
        }
        let selector = Selector::new(&spec.kind.list(), &spec.name.list());
        births.extend(spec.fields.list().into_iter().map(|field| Birth {
            selector: selector.clone(),
            path: parts(field),
            only: only.clone(),
        }));
    }
    Ok(births)
}

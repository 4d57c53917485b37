//! Differences between two events that a waiver is about: both lanes go on.

use crate::align::absorb::Absorber;
use crate::align::explain::Difference;
use crate::align::filter::AlignedLane;
use crate::class::Class;
use crate::pair::Pair;
use crate::profile::{Date, Profile, Role, WaiverId};
use crate::trace::Symbol;

impl Class {
    /// Returns the class of two events of one symbol that differ.
    pub fn of_values(role: Option<Role>) -> Self {
        match role {
            Some(Role::Call) => Self::Arguments,
            Some(Role::Return | Role::Echo | Role::Whole) => Self::ReturnValue,
            Some(Role::Spawn) => Self::ThreadAttribute,
            Some(Role::Exit | Role::Wait | Role::Wake | Role::State) | None => Self::Payload,
        }
    }
}

impl Class {
    /// Returns the class of two events of one symbol that differ so: of a call and its return in one
    /// event, what it was called with says more than what it returned.
    pub fn of_differences(profile: &Profile, symbol: &Symbol, differences: &[Difference]) -> Self {
        let (role, kind, name) = (symbol.role, &symbol.kind, symbol.name.as_deref());
        let real = differences.iter().filter(|difference| difference.excused_by.is_none());
        // A call that fails on one side leaves nothing in memory: what it should have left is shown there as
        // an address, or not at all.
        let failed = real.clone().any(|difference| difference.field == "error");
        let is_input = |difference: &Difference| {
            difference.field.starts_with("args.")
                && !(failed && left_nothing(difference))
                && !profile.is_answer(kind, name, &difference.field)
        };
        match role {
            Some(Role::Whole) if real.clone().any(is_input) => Self::Arguments,
            Some(Role::Spawn) if failed && !real.clone().any(is_input) => Self::ReturnValue,
            _ => Self::of_values(role),
        }
    }
}

/// Whether one side shows what a call left in memory, and the other only where, or nothing.
fn left_nothing(difference: &Difference) -> bool {
    let is_bare = |value: &Option<String>| {
        value.as_deref().is_none_or(|value| crate::profile::word(value).is_some())
    };
    let shows = |value: &Option<String>| {
        value.as_deref().is_some_and(|value| value.starts_with(['"', '[', '{']))
    };
    let inside = difference.field.matches('.').count() > 1;
    let Pair { reference, candidate } = &difference.values;
    is_bare(reference) && shows(candidate)
        || shows(reference) && is_bare(candidate)
        || inside && reference.is_none() != candidate.is_none()
}

impl Absorber<'_> {
    /// Returns the waiver that is about all differences between two events.
    pub fn waiver(&self, streams: Pair<&AlignedLane<'_>>, nth: Pair<usize>) -> Option<WaiverId> {
        if self.logs.profile.waivers.is_empty() {
            return None;
        }
        let symbols = streams.zip(nth).map(|(stream, nth)| stream.symbol(nth));
        if symbols.reference != symbols.candidate {
            return None;
        }
        let symbol = self.logs.symbols.of(symbols.reference);
        of_values(self.logs.profile, self.today, symbol, || self.differences(streams, nth))
    }
}

/// Returns the waiver that is about all differences between two events of this symbol.
pub fn of_values(
    profile: &Profile,
    today: Option<Date>,
    symbol: &Symbol,
    differences: impl FnOnce() -> Vec<Difference>,
) -> Option<WaiverId> {
    let mut may = profile
        .waivers_on(today)
        .filter(|(_, waiver)| waiver.matches(&symbol.kind, symbol.name.as_deref()))
        .peekable();
    may.peek()?;
    let differences = differences();
    let class = Class::of_differences(profile, symbol, &differences);
    let real: Vec<&Difference> =
        differences.iter().filter(|difference| difference.excused_by.is_none()).collect();
    if real.is_empty() {
        return None; // the lines cannot be read any more, so nobody knows
    }
    let about_all = |waiver: &crate::profile::Waiver| {
        real.iter().all(|difference| waiver.is_about_field(&difference.field, &difference.values))
    };
    may.find(|(_, waiver)| waiver.is_about(class) && about_all(waiver)).map(|(id, _)| id)
}

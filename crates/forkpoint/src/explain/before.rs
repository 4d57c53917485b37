//! What an event depends on: what came before it in its thread, what woke the thread, what created it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::analysis::cause::{created_by, woken_by};
use crate::analysis::{Analysis, EventRef};
use crate::profile::Role;
use crate::report::Site;
use crate::report::build::{event, site};

/// So far is looked back for the last value that came back.
const FAR: usize = 4096;

/// An event that another depends on.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Predecessor {
    /// What it is to the event.
    pub what: &'static str,
    /// Where it is.
    pub site: Site,
    /// What it says, as it is compared.
    pub canonical: String,
}

/// Returns what an event depends on, the nearest first.
pub(super) fn before(facts: &Analysis<'_>, at: EventRef) -> Vec<Predecessor> {
    let lane = facts.lane(at.side, at.lane);
    let mut found: Vec<(&'static str, EventRef)> = Vec::new();
    let previous = at.position.checked_sub(1).map(|position| EventRef { position, ..at });
    let nearest = match facts.symbol(at).role {
        Some(Role::State) => "right before it, which left this state",
        _ => "right before it",
    };
    found.extend(previous.map(|previous| (nearest, previous)));
    let returns = |position: &usize| {
        let role = facts.symbols.of(lane.symbols[*position]).role;
        role.is_some_and(Role::has_returned)
    };
    let first = at.position.saturating_sub(FAR);
    let returned = (first..at.position).rev().find(returns);
    found.extend(
        returned.map(|position| ("the last value that came back", EventRef { position, ..at })),
    );
    if let Some((wait, signal)) = woken_by(facts, at) {
        found.push(("the last wait of its thread", wait));
        found.extend(signal.map(|signal| ("the signal that ended that wait", signal)));
    }
    found.extend(created_by(facts, at).map(|spawn| ("the creation of its thread", spawn)));
    let mut shown: Vec<EventRef> = Vec::new();
    let mut before = Vec::new();
    for (what, at) in found {
        if !shown.contains(&at) {
            shown.push(at);
            let canonical = event(facts, at).canonical;
            before.push(Predecessor { what, site: site(facts, at), canonical });
        }
    }
    before
}

//! How a lane ended.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use crate::profile::Role;
use crate::trace::{Lane, Symbol, SymbolId, Symbols};

/// How a lane ended, by its own last events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tail {
    /// The thread ended.
    Exited,
    /// It waits; the wait has no end.
    Waiting,
    /// It is inside a call that has not returned.
    #[serde(rename = "in a call")]
    InCall,
    /// It was between two calls when the log stopped.
    Stopped,
}

impl Tail {
    /// Returns whether a lane that ended so is further from its end than one that ended as `other`.
    pub fn is_stuck_more_than(self, other: Self) -> bool {
        let rank = |tail| match tail {
            Self::Waiting => 3,
            Self::InCall => 2,
            Self::Stopped => 1,
            Self::Exited => 0,
        };
        rank(self) > rank(other)
    }

    /// Returns the word that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exited => "exited",
            Self::Waiting => "waiting",
            Self::InCall => "in a call",
            Self::Stopped => "stopped",
        }
    }

    /// Returns how `lane` ended.
    pub fn of(lane: &Lane, symbols: &Symbols) -> Self {
        if !open_exits(lane, symbols).is_empty() {
            return Self::Exited;
        }
        // Events that engines write for themselves say nothing about the program.
        let mut last = lane
            .symbols
            .iter()
            .rev()
            .map(|&id| symbols.of(id))
            .filter(|symbol| symbol.plan.local.is_none());
        match last.next().and_then(|symbol| symbol.role) {
            Some(Role::Exit) => Self::Exited,
            Some(Role::Wait) => Self::Waiting,
            Some(Role::Call) => Self::InCall,
            _ => Self::Stopped,
        }
    }
}

/// Returns the calls that end a thread, or its process, and that a lane ends inside of: what an engine does then
/// goes on in the same lane. A call that returns has ended another thread, or another process.
pub fn open_exits(lane: &Lane, symbols: &Symbols) -> Vec<SymbolId> {
    let role = |id: &SymbolId| symbols.of(*id).role;
    let calls = |id: &SymbolId| role(id) == Some(Role::Exit) && symbols.of(*id).name.is_some();
    let mut open: Vec<SymbolId> = Vec::new();
    let Some(from) = lane.symbols.iter().position(calls) else { return open };
    for id in &lane.symbols[from..] {
        let symbol = symbols.of(*id);
        match symbol.role {
            Some(Role::Exit) if symbol.name.is_some() => open.push(*id),
            Some(role) if role.is_return() && !open.is_empty() => {
                let is_own = |open: &SymbolId| symbols.of(*open).name == symbol.name;
                if let Some(at) = open.iter().rposition(is_own) {
                    open.truncate(at);
                }
            }
            _ => {}
        }
    }
    open
}

/// Functions that return somewhere in a log: not all logs report every return.
pub struct Returning<'a> {
    names: BTreeSet<&'a str>,
    /// Whether nearly all functions that are called return: then one that does not is open.
    are_nearly_all: bool,
}

impl<'a> Returning<'a> {
    /// Returns those that return in one of these lanes.
    pub fn of(lanes: &[Lane], symbols: &'a Symbols) -> Self {
        /// Of this many functions, one may never return.
        const SHARE: usize = 8;
        let used: BTreeSet<SymbolId> =
            lanes.iter().flat_map(|lane| &lane.symbols).copied().collect();
        let used = || used.iter().map(|&id| symbols.of(id));
        let returns = |symbol: &&Symbol| {
            symbol.role.is_some_and(|role| role.has_returned() || role == Role::Wake)
        };
        let names: BTreeSet<&str> = used().filter(returns).map(name_of).collect();
        let calls = |symbol: &&Symbol| symbol.role == Some(Role::Call) && symbol.name.is_some();
        let called: BTreeSet<&str> = used().filter(calls).map(name_of).collect();
        let ends = lanes.iter().filter(|lane| last_of(lane, symbols).is_some()).count();
        let open = called.difference(&names).count().saturating_sub(ends);
        let are_nearly_all = called.len() > open
            && open * SHARE <= called.len()
            && called.iter().any(|name| names.contains(name));
        Self { names, are_nearly_all }
    }
}

/// Returns where a lane's last event of the program is.
fn last_of(lane: &Lane, symbols: &Symbols) -> Option<usize> {
    lane.symbols.iter().rposition(|id| symbols.of(*id).plan.local.is_none())
}

fn name_of(symbol: &Symbol) -> &str {
    symbol.name.as_deref().unwrap_or_default()
}

/// Returns the innermost call that a lane is inside of at its end, as a position: of a function that returns
/// somewhere, or the last event of all in a log where nearly all functions do.
pub fn open_call(lane: &Lane, symbols: &Symbols, returning: &Returning<'_>) -> Option<usize> {
    /// Calls nest no deeper; of more, the outermost are forgotten.
    const DEEPEST: usize = 1 << 12;
    let last = last_of(lane, symbols);
    let mut open: Vec<(&str, usize)> = Vec::new();
    for (at, id) in lane.symbols.iter().enumerate() {
        let symbol = symbols.of(*id);
        let name = name_of(symbol);
        let may_return =
            returning.names.contains(name) || Some(at) == last && returning.are_nearly_all;
        match symbol.role {
            Some(Role::Call | Role::Wait) if may_return => {
                if open.len() >= DEEPEST {
                    open.drain(..DEEPEST / 2);
                }
                open.push((name, at));
            }
            Some(role) if role.is_return() || role == Role::Wake => {
                if let Some(at) = open.iter().rposition(|(open, _)| *open == name) {
                    open.truncate(at);
                }
            }
            _ => {}
        }
    }
    open.last().map(|(_, at)| *at)
}

//! How a lane ended.

use std::collections::BTreeSet;

use crate::profile::Role;
use crate::trace::{Lane, Symbol, SymbolId, Symbols};

/// How a lane ended, by its own last events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// The thread ended.
    Exited,
    /// It waits; the wait has no end.
    Waiting,
    /// It is inside a call that has not returned.
    InCall,
    /// It was between two calls when the log stopped.
    Stopped,
}

impl Tail {
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

/// Functions that return somewhere in a log: not all logs tell of every return.
pub struct Returning<'a>(BTreeSet<&'a str>);

impl<'a> Returning<'a> {
    /// Returns those that return in one of these lanes.
    pub fn of(lanes: &[Lane], symbols: &'a Symbols) -> Self {
        let used: BTreeSet<SymbolId> =
            lanes.iter().flat_map(|lane| &lane.symbols).copied().collect();
        let returns = |symbol: &&Symbol| {
            symbol.role.is_some_and(|role| role.has_returned() || role == Role::Wake)
        };
        let used = used.into_iter().map(|id| symbols.of(id));
        Self(used.filter(returns).map(|symbol| name_of(symbol)).collect())
    }
}

fn name_of(symbol: &Symbol) -> &str {
    symbol.name.as_deref().unwrap_or_default()
}

/// Returns the innermost call that a lane is inside of at its end, as a position: of a function that returns
/// somewhere, or the last event of all in a log where any function with a name does.
pub fn open_call(lane: &Lane, symbols: &Symbols, returning: &Returning<'_>) -> Option<usize> {
    /// Calls nest no deeper; of more, the outermost are forgotten.
    const DEEPEST: usize = 1 << 12;
    let is_own = |id: &SymbolId| symbols.of(*id).plan.local.is_none();
    let last = lane.symbols.iter().rposition(is_own);
    let shows_returns = returning.0.iter().any(|name| !name.is_empty());
    let mut open: Vec<(&str, usize)> = Vec::new();
    for (at, id) in lane.symbols.iter().enumerate() {
        let symbol = symbols.of(*id);
        let name = name_of(symbol);
        let may_return = returning.0.contains(name) || Some(at) == last && shows_returns;
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

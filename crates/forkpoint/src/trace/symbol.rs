//! Kinds of events with the names of functions, numbered.

use std::sync::Arc;

use crate::profile::{Plan, Role};

/// A kind of event together with the function's name, by its place in [`Symbols`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolId(pub u32);

/// A kind of event, the function's name, and what the profile does to it.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// The kind.
    pub kind: String,
    /// The function's name, for kinds that have one.
    pub name: Option<String>,
    /// What the profile does to such events.
    pub plan: Plan,
    /// What such events mean.
    pub role: Option<Role>,
    /// Whether the profile may call such an event otherwise, by its payload.
    pub may_be_renamed: bool,
    /// The hash of kind and name, with which each token starts.
    pub hash: u64,
}

impl Symbol {
    /// Returns the kind and the name, as one would say them.
    pub fn title(&self) -> String {
        match &self.name {
            Some(name) => format!("{} {name}", self.kind),
            None => self.kind.clone(),
        }
    }
}

/// The symbols of both logs. Their numbers depend on scheduling and never reach a user.
#[derive(Debug, Default)]
pub struct Symbols(pub Vec<Arc<Symbol>>);

impl Symbols {
    /// Returns a symbol.
    pub fn of(&self, id: SymbolId) -> &Symbol {
        &self.0[id.0 as usize]
    }
}

//! How a lane ended.

use crate::profile::Role;
use crate::trace::{Lane, Symbols};

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

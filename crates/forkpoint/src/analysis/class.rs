//! Which class a gap or a tail is of.

use crate::align::resync::Gap;
use crate::align::tail::Tail;
use crate::class::Class;

impl Class {
    /// Returns the class of a gap between lanes that agree again behind it; `same_events` says that
    /// both sides of it hold the same.
    pub fn of_gap(gap: Gap, same_events: bool) -> Self {
        match gap {
            Gap { candidate: 0, .. } => Self::MissingCall,
            Gap { reference: 0, .. } => Self::ExtraCall,
            _ if same_events => Self::Reordered,
            _ => Self::DifferentCall,
        }
    }

    /// Returns the class of a lane that ends before its partner.
    pub fn of_tail(tail: Tail) -> Self {
        match tail {
            Tail::Waiting => Self::Blocked,
            Tail::InCall => Self::Cut,
            Tail::Exited => Self::ExitedEarly,
            Tail::Stopped => Self::Behind,
        }
    }
}

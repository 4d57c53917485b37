//! What was found, and its class.

use crate::align::resync::Gap;
use crate::profile::Role;

/// What kind of divergence a finding is. Every class has two sentences in docs/classes.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A function is called with other arguments.
    Arguments,
    /// A function returns something else.
    ReturnValue,
    /// A thread is created with other attributes.
    ThreadAttribute,
    /// Another payload, of an event that is no call, no return and creates no thread.
    Payload,
    /// The candidate leaves out what the reference does.
    MissingCall,
    /// The candidate does what the reference does not.
    ExtraCall,
    /// The same events, in another order.
    Reordered,
    /// Other events stand here, and the lanes do not say what came instead of what.
    DifferentCall,
    /// The lane ends, waiting, where its partner goes on.
    Blocked,
    /// The lane ends inside a call where its partner goes on.
    Cut,
    /// The thread ends where its partner goes on.
    ExitedEarly,
    /// The lane stops where its partner goes on.
    Behind,
    /// An event that may happen on any thread happened on one side only.
    OneSided,
}

impl Class {
    /// All classes, in the order in which they are told.
    pub const ALL: [Self; 13] = [
        Self::Arguments,
        Self::ReturnValue,
        Self::ThreadAttribute,
        Self::Payload,
        Self::MissingCall,
        Self::ExtraCall,
        Self::Reordered,
        Self::DifferentCall,
        Self::Blocked,
        Self::Cut,
        Self::ExitedEarly,
        Self::Behind,
        Self::OneSided,
    ];

    /// Returns the word that reports and scripts use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Arguments => "arguments",
            Self::ReturnValue => "return-value",
            Self::ThreadAttribute => "thread-attribute",
            Self::Payload => "payload",
            Self::MissingCall => "missing-call",
            Self::ExtraCall => "extra-call",
            Self::Reordered => "reordered",
            Self::DifferentCall => "different-call",
            Self::Blocked => "blocked",
            Self::Cut => "cut",
            Self::ExitedEarly => "exited-early",
            Self::Behind => "behind",
            Self::OneSided => "one-sided",
        }
    }

    /// Returns what the class means and what to look at: two sentences.
    pub fn meaning(self) -> (&'static str, &'static str) {
        match self {
            Self::Arguments => (
                "Both sides call the same function at the same point, with other arguments.",
                "Look at where the argument was computed: what the thread was given before differs in a way that the log does not show.",
            ),
            Self::ReturnValue => (
                "Both sides call the same function with equal arguments, and it returns something else.",
                "Look at the candidate's implementation of this very function first.",
            ),
            Self::ThreadAttribute => (
                "Both sides create a thread at the same point, with another priority, stack, entry or flag.",
                "Look at how the candidate reads the arguments of the call that creates threads.",
            ),
            Self::Payload => (
                "Both sides write the same kind of event at the same point, with other contents.",
                "Look at the differing field, and at the call before it that could have set it.",
            ),
            Self::MissingCall => (
                "The candidate leaves out events that the reference has, and then goes on as before.",
                "Look at whether the candidate logs this function at all, then at what made the program skip it.",
            ),
            Self::ExtraCall => (
                "The candidate has events that the reference has not, and then goes on as before.",
                "Look at what the program was told right before that it had to do more: a retry, an error path, a second try.",
            ),
            Self::Reordered => (
                "The same events stand on both sides, in another order.",
                "Look at whether the order is scheduling, which a rule may say, or a missing synchronisation.",
            ),
            Self::DifferentCall => (
                "The lanes go different ways here, and nothing nearby tells what stands for what.",
                "Look at the last values that came back before: the program took another branch on one of them.",
            ),
            Self::Blocked => (
                "The lane ends in a wait that never returns, while its partner goes on.",
                "Look at who should have signalled the object that it waits for.",
            ),
            Self::Cut => (
                "The lane ends inside a call, while its partner goes on.",
                "Look at that call: the engine crashed in it, hung in it, or was stopped there.",
            ),
            Self::ExitedEarly => (
                "The thread ends, while its partner goes on.",
                "Look at what the thread was told last before it decided to end.",
            ),
            Self::Behind => (
                "The lane stops between two calls, while its partner goes on.",
                "Look at whether the candidate ran as long as the reference; if it did, the guest code itself hangs or crashed here.",
            ),
            Self::OneSided => (
                "An event that may happen on any thread and at any time happened in one engine only.",
                "Look at which thread would do it first, and whether the candidate got that far.",
            ),
        }
    }

    /// Returns the class of two events of one symbol that differ.
    pub fn of_values(role: Option<Role>) -> Self {
        match role {
            Some(Role::Call) => Self::Arguments,
            Some(Role::Return) => Self::ReturnValue,
            Some(Role::Spawn) => Self::ThreadAttribute,
            Some(Role::Exit | Role::Wait | Role::Wake) | None => Self::Payload,
        }
    }

    /// Returns the class of a gap; `same_events` says that both sides of it hold the same.
    pub fn of_gap(gap: Option<Gap>, same_events: bool) -> Self {
        match gap {
            Some(Gap { candidate: 0, .. }) => Self::MissingCall,
            Some(Gap { reference: 0, .. }) => Self::ExtraCall,
            Some(_) if same_events => Self::Reordered,
            _ => Self::DifferentCall,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> =
            Class::ALL.iter().map(|class| class.name()).collect();
        assert_eq!(names.len(), Class::ALL.len());
    }
}

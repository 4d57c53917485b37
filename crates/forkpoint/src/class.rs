//! The classes of divergence: their names and what they mean.

use schemars::JsonSchema;
use serde::Serialize;

/// What kind of divergence a finding is. Every class has two sentences in docs/classes.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A function is called with different arguments.
    Arguments,
    /// A function returns a different value.
    ReturnValue,
    /// A thread is created with other attributes.
    ThreadAttribute,
    /// Another payload, of an event that is not a call, no return and creates no thread.
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
    /// The same call on another object.
    DifferentObject,
    /// A loop ran more or fewer times.
    RepeatCount,
    /// The lanes go different ways and do not meet again.
    LostSync,
    /// An object was signalled, and the thread that waits for it did not wake.
    LostWakeUp,
    /// All lanes end at one moment, one of them inside a call.
    Crash,
    /// The candidate has a thread that the reference has not.
    ExtraThread,
    /// The reference has a thread that the candidate has not.
    MissingThread,
}

impl Class {
    /// All classes, in the order in which they are reported.
    pub const ALL: [Self; 20] = [
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
        Self::DifferentObject,
        Self::RepeatCount,
        Self::LostSync,
        Self::LostWakeUp,
        Self::Crash,
        Self::ExtraThread,
        Self::MissingThread,
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
            Self::DifferentObject => "different-object",
            Self::RepeatCount => "repeat-count",
            Self::LostSync => "lost-sync",
            Self::LostWakeUp => "lost-wake-up",
            Self::Crash => "crash",
            Self::ExtraThread => "extra-thread",
            Self::MissingThread => "missing-thread",
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
                "Both sides call the same function with equal arguments, and it returns a different value.",
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
                "Look at what came back to the program right before, so that it had to do more: a retry, an error path, a second try.",
            ),
            Self::Reordered => (
                "The same events stand on both sides, in another order.",
                "Look at whether the order is scheduling, which a rule may say, or a missing synchronisation.",
            ),
            Self::DifferentCall => (
                "The lanes go different ways here, and nothing nearby says what corresponds to what.",
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
                "Look at what came back to the thread last before it decided to end.",
            ),
            Self::Behind => (
                "The lane stops between two calls, while its partner goes on.",
                "Look at whether the candidate ran as long as the reference; if it did, the guest code itself hangs or crashed here.",
            ),
            Self::OneSided => (
                "An event that may happen on any thread and at any time happened in one engine only.",
                "Look at which thread would do it first, and whether the candidate got that far.",
            ),
            Self::DifferentObject => (
                "Both sides do the same at the same point, to objects that do not correspond.",
                "Look at both objects' histories: which one was meant, and where the candidate took the other.",
            ),
            Self::RepeatCount => (
                "The same events repeat more often on one side, and then both go on alike.",
                "Look at it last: a poll or retry loop is mostly scheduling, which an elastic rule may say.",
            ),
            Self::LostSync => (
                "The lanes go different ways here and agree nowhere within the window.",
                "Look at the last values that came back before: the program took another branch on one of them.",
            ),
            Self::LostWakeUp => (
                "The object was signalled as in the reference, and the thread that waits for it did not wake.",
                "Look at how the candidate's signal and wait meet: a count that is not raised, a waiter that is not queued, a wake-up that is dropped.",
            ),
            Self::Crash => (
                "All threads end at one moment, and one of them is inside a call that never returned.",
                "Look at that call, with these arguments: the candidate died in it.",
            ),
            Self::ExtraThread => (
                "The candidate creates more threads, and this one has no partner.",
                "Look at who created it, and why the reference does not.",
            ),
            Self::MissingThread => (
                "The candidate creates fewer threads, and this one of the reference has no partner.",
                "Look at who creates it in the reference, and whether the candidate got that far.",
            ),
        }
    }

    /// Returns the class of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
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

//! The kinds of findings: what is a fault, what is a note, and what can be done about it.

use crate::trace::fault::FaultKind;

/// Whether a right log may hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// No right log holds it.
    Fault,
    /// A right log may.
    Note,
}

/// A kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A line, or the file, cannot be read as it is.
    Line(FaultKind),
    /// There is no event at all.
    NoEvent,
    /// A function returns that is not the innermost open call.
    CrossedReturn,
    /// A wait ends that never began.
    StrayWake,
    /// An object's own name is given twice by one thread.
    DuplicateCreate,
    /// A thread uses an object before it creates it.
    EarlyUse,
    /// A thread uses an object after it destroyed it.
    LateUse,
    /// A line could be read once and then no more.
    Unreadable,
    /// A lane ends while it waits.
    UnfinishedWait,
    /// A lane ends inside calls.
    OpenCall,
    /// A lane begins inside a call.
    LateStart,
    /// Events follow a thread's exit.
    AfterExit,
    /// An object is used that the log never saw created.
    UnknownObject,
    /// An object is used outside its life, by another thread than began or ended it.
    UseAcrossThreads,
    /// A raw handle is given out again, though it was not seen to be destroyed.
    ReusedHandle,
    /// An object behaves oddly, but was one too many to examine.
    Unexamined,
}

impl Kind {
    /// Returns whether a right log may hold it.
    pub fn severity(self) -> Severity {
        match self {
            Self::Line(_)
            | Self::NoEvent
            | Self::CrossedReturn
            | Self::StrayWake
            | Self::DuplicateCreate
            | Self::EarlyUse
            | Self::LateUse
            | Self::Unreadable => Severity::Fault,
            Self::UnfinishedWait
            | Self::OpenCall
            | Self::LateStart
            | Self::AfterExit
            | Self::UnknownObject
            | Self::UseAcrossThreads
            | Self::ReusedHandle
            | Self::Unexamined => Severity::Note,
        }
    }

    /// Returns the words that reports and scripts use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Line(kind) => kind.name(),
            Self::NoEvent => "no event",
            Self::CrossedReturn => "return of another call",
            Self::StrayWake => "wait end without its begin",
            Self::DuplicateCreate => "object created twice",
            Self::EarlyUse => "use before create",
            Self::LateUse => "use after destroy",
            Self::Unreadable => "line gone",
            Self::UnfinishedWait => "unfinished wait",
            Self::OpenCall => "call without return",
            Self::LateStart => "begins inside a call",
            Self::AfterExit => "events after exit",
            Self::UnknownObject => "object never created",
            Self::UseAcrossThreads => "order of threads unclear",
            Self::ReusedHandle => "raw handle given again",
            Self::Unexamined => "object not examined",
        }
    }

    /// Returns what a user can do about it, or why it may be right.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Line(kind) => kind.hint(),
            Self::NoEvent => "was the log switched on?",
            Self::CrossedReturn => {
                "the writer lost a line of the call, or the call was unwound by an exception"
            }
            Self::StrayWake => "the writer must write both ends of a wait, or neither",
            Self::DuplicateCreate => {
                "a semantic id is made anew by each creation; is the event index in it still?"
            }
            Self::EarlyUse => "the writer must write the creation before it returns the handle",
            Self::LateUse => {
                "the guest uses a dead handle, or the writer tells of its end too early"
            }
            Self::Unreadable => "check a log that nobody writes to",
            Self::UnfinishedWait => "who should have signalled it? the thread may be stuck",
            Self::OpenCall => "the engine was stopped, or crashed, in there",
            Self::LateStart => "the log was switched on while the thread ran",
            Self::AfterExit => "right if the engine gives the number to a new thread",
            Self::UnknownObject => {
                "right for objects older than the log, or that all threads share"
            }
            Self::UseAcrossThreads => {
                "right if the engine's threads write their lines in another order than they ran"
            }
            Self::ReusedHandle => "right if the engine writes no handle.destroy",
            Self::Unexamined => "only the first 256 odd objects are examined",
        }
    }
}

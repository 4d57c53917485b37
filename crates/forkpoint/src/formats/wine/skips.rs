//! Why lines of Wine's hold no event to compare.

use crate::trace::skip::{EMPTY, Skip};

/// Another debug channel.
pub static TRACE: Skip = Skip::expected("a trace message");

/// What Wine does not do yet.
pub static FIXME: Skip = Skip::expected("a fixme message");

/// Another debug channel.
pub static WARN: Skip = Skip::expected("a warn message");

/// What Wine could not do.
pub static ERR: Skip = Skip::worth_a_look(
    "an err message",
    "it may say why the program went another way: grep ':err:' LOG",
);

/// A line of somebody else's.
pub static NO_HEAD: Skip = Skip::expected("no thread: written by a shell or by the program");

/// Whatever else has a head.
pub static OTHER: Skip = Skip::worth_a_look(
    "neither a call nor a return",
    "calls of 16-bit code and of other sorts are not read: look at such lines",
);

/// The caller is not in the code that was asked for.
pub static ELSEWHERE: Skip = Skip::expected("call from elsewhere (--only-callers)");

/// The line does not say who calls.
pub static NO_CALLER: Skip = Skip::expected("no caller is named (--only-callers)");

/// All of them.
pub static SKIPS: [&Skip; 9] =
    [&TRACE, &FIXME, &WARN, &ERR, &NO_HEAD, &OTHER, &ELSEWHERE, &NO_CALLER, &EMPTY];

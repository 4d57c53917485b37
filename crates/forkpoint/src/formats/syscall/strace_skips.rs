//! Why lines of strace's hold no event to compare.

use crate::trace::skip::{EMPTY, Skip};

/// It is counted with the first half.
pub static SECOND_HALF: Skip = Skip::expected("second half of a call");

/// `strace: Process 8 attached` and others.
pub static MESSAGE: Skip = Skip::expected("a message of strace itself");

/// What `-k` writes below a call.
pub static FRAME: Skip = Skip::expected("a stack frame (strace -k)");

/// The table that `-c` writes.
pub static SUMMARY: Skip = Skip::worth_a_look(
    "a line of the summary (strace -c)",
    "-c alone logs no call: leave it out, or take -C",
);

/// strace wrote to the terminal, or the file, that the program writes to.
pub static OTHER: Skip =
    Skip::worth_a_look("no call: written by the program", "give the log a file: strace -f -o FILE");

/// What the program wrote, in the midst of the call that wrote it.
pub static IN_A_CALL: Skip = Skip::worth_a_look(
    "what the program wrote, in the call that wrote it: taken out of it",
    "give the log a file: strace -f -o FILE",
);

/// All of them.
pub static SKIPS: [&Skip; 7] =
    [&SECOND_HALF, &IN_A_CALL, &MESSAGE, &FRAME, &SUMMARY, &OTHER, &EMPTY];

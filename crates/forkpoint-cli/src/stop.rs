//! Signals that end the program, and what they must not leave behind.
//!
//! Invariant: while a file is written, the first signal that asks the program to end lets it take back what
//! it has written so far; a second one ends it at once.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[cfg(unix)]
use signal_hook::consts::{SIGABRT, SIGINT, SIGTERM, SIGXFSZ};

/// Whether no file is being written: then a signal ends the program at once.
static NOT_WRITING: AtomicBool = AtomicBool::new(true);
/// The signal that asked to end; 0 if none did.
static ASKED: AtomicUsize = AtomicUsize::new(0);

/// Sees to it that no limit of the system ends the program with another exit code than trouble: memory that
/// is not to be had aborts it, and a file that may not grow further would kill it.
pub(crate) fn prepare() {
    #[cfg(unix)]
    {
        static ALWAYS: AtomicBool = AtomicBool::new(true);
        static GROWN: AtomicBool = AtomicBool::new(false);
        let trouble = i32::from(crate::trouble::TROUBLE);
        // Where they cannot be had, the program ends as the system has it.
        let _ = signal_hook::flag::register_conditional_shutdown(SIGABRT, trouble, &ALWAYS);
        let _ = signal_hook::flag::register(SIGXFSZ, &GROWN); // the write fails instead
    }
}

/// Does `work`, which writes a file; a signal that comes meanwhile ends the program only when the work has
/// ended, and [`Stoppable`] ends it soon.
pub(crate) fn while_stoppable<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    NOT_WRITING.store(false, Ordering::SeqCst);
    listen()?;
    let result = work();
    NOT_WRITING.store(true, Ordering::SeqCst);
    let signal = ASKED.load(Ordering::SeqCst);
    if signal != 0 {
        end_by(signal);
    }
    result
}

/// Says that a signal asked the program to end.
///
/// # Errors
/// When one did.
pub(crate) fn check() -> io::Result<()> {
    match ASKED.load(Ordering::SeqCst) {
        0 => Ok(()),
        _ => Err(io::Error::other("stopped by a signal")),
    }
}

/// A writer that fails once a signal has asked the program to end.
pub(crate) struct Stoppable<W>(pub(crate) W);

impl<W: Write> Write for Stoppable<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        check()?;
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        check()?;
        self.0.flush()
    }
}

#[cfg(unix)]
fn listen() -> io::Result<()> {
    static LISTENING: std::sync::Once = std::sync::Once::new();
    let mut outcome = Ok(());
    LISTENING.call_once(|| outcome = listen_once());
    outcome
}

#[cfg(unix)]
fn listen_once() -> io::Result<()> {
    static AGAIN: AtomicBool = AtomicBool::new(false);
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal only leaves word, unless no file is being written.
        signal_hook::flag::register_conditional_default(signal, &NOT_WRITING)?;
        signal_hook::flag::register_conditional_default(signal, &AGAIN)?;
        signal_hook::flag::register(signal, &AGAIN)?;
        signal_hook::flag::register_usize(signal, &ASKED, signal as usize)?;
    }
    Ok(())
}

/// Ends the program as the signal would have ended it.
#[cfg(unix)]
fn end_by(signal: usize) {
    if let Ok(signal) = i32::try_from(signal) {
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    }
}

#[cfg(not(unix))]
fn listen() -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn end_by(_: usize) {}

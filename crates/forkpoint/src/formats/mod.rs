//! The formats of logs that are read: one file or folder each, and none knows another.

pub mod by_pattern;
pub mod event_log;
pub mod format;
pub mod qemu;
pub mod strace;
mod syscall;
pub mod wine;
pub mod xenia;

pub use format::{FirstLine, Format, Header, LogSummary, Reader, WrittenBy};

use crate::error::Error;
use crate::profile::did_you_mean;

/// The formats that are read, in the order in which a log is tried on them.
pub static FORMATS: &[&Format] = &[
    &event_log::FORMAT,
    &wine::FORMAT,
    &strace::FORMAT,
    &qemu::FORMAT,
    &xenia::FORMAT,
    &by_pattern::FORMAT,
];

/// Returns the format called `name`.
///
/// # Errors
/// When there is none.
pub fn format(name: &str) -> Result<&'static Format, Error> {
    FORMATS.iter().copied().find(|format| format.name == name).ok_or_else(|| {
        let names = FORMATS.iter().map(|format| format.name);
        let hint = did_you_mean(name, names.clone());
        let hint =
            hint.unwrap_or_else(|| format!("known are {}", names.collect::<Vec<_>>().join(", ")));
        Error::new("--from", format!("no format is called `{name}`")).hint(hint)
    })
}

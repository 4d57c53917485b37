//! Finds where, and why, a candidate engine first behaves differently from a reference, in the event logs
//! of two engines that ran the same program.
//!
//! ```
//! use forkpoint::{Options, Verdict, compare_files};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let [a, b] = ["a.log", "b.log"].map(|name| folder.path().join(name));
//! # std::fs::write(&a, "7 getuid() = 0\n7 close(3) = 0\n")?;
//! # std::fs::write(&b, "7 getuid() = 0\n7 close(3) = -1 EBADF (Bad file descriptor)\n")?;
//! # let [a, b] = [a, b].map(|path| path.to_string_lossy().into_owned());
//! let report = compare_files(&a, &b, &Options::default())?;
//! assert_eq!(report.verdict, Verdict::Diverged);
//! assert_eq!(report.origins[0].sites[0].line, 2);
//! # Ok(())
//! # }
//! ```
//!
//! Step by step, and with rules of one's own choice:
//!
//! ```
//! use forkpoint::render::{Format, TextOptions, to_string};
//! use forkpoint::{Logs, Options, Pair, Profile, ReadOptions};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let paths = ["a.log", "b.log"].map(|name| folder.path().join(name));
//! # for path in &paths { std::fs::write(path, "7 getuid() = 0\n7 getpid() = 7\n")?; }
//! # let [a, b] = paths.map(|path| [path.to_string_lossy().into_owned()]);
//! let logs = Logs::open(Pair::new(&a, &b), None)?
//!     .profile(Profile::load("linux", &[])?)
//!     .read(ReadOptions::default())?;
//! let report = logs.compare(&Options::default())?;
//! let text = to_string(&report, Format::Text, TextOptions::default());
//! assert!(text.starts_with("identical: 2 pairs of events are equal in 1 pair of threads"));
//! # Ok(())
//! # }
//! ```
//!
//! The library does not print, read the environment or exit, and its analysis cannot fail. It holds columns of
//! a log, never parsed events. Nothing in a report depends on threads or hash order.

#[doc(hidden)]
pub mod align;
pub mod analysis;
#[doc(hidden)]
pub mod audit;
#[doc(hidden)]
pub mod check;
#[doc(hidden)]
pub mod class;
#[doc(hidden)]
pub mod convert;
#[doc(hidden)]
pub mod error;
#[doc(hidden)]
pub mod explain;
#[doc(hidden)]
pub mod first_calls;
#[doc(hidden)]
pub mod formats;
#[doc(hidden)]
pub mod gate;
#[doc(hidden)]
pub mod learn;
#[doc(hidden)]
pub mod logs;
#[doc(hidden)]
pub mod manual;
#[doc(hidden)]
pub mod multi_reference;
#[doc(hidden)]
pub mod objects;
#[doc(hidden)]
pub mod pair;
pub mod profile;
#[doc(hidden)]
pub mod read;
pub mod render;
pub mod report;
#[doc(hidden)]
pub mod scan;
#[doc(hidden)]
pub mod show;
#[doc(hidden)]
pub mod stat;
#[doc(hidden)]
pub mod trace;
#[doc(hidden)]
pub mod value;

pub use analysis::Options;
pub use class::Class;
pub use error::{Error, ErrorKind};
pub use logs::{Logs, OpenLogs, compare_files};
pub use pair::{Pair, Side};
pub use profile::Profile;
pub use read::ReadOptions;
pub use report::{Report, Verdict};

//! The event log, schema v1: its words, its ids, and its JSON Lines codec.
//!
//! A leaf on purpose: an emitter links it into somebody else's engine, so it pulls in nothing
//! but a JSON library. It says what a log *is*; what two logs mean together is the analyser's.
//!
//! ```
//! use forkpoint_event::{Event, LogWriter, kind};
//!
//! let mut log = LogWriter::new(Vec::new(), "my-engine")?;
//! log.write(&Event::new(kind::KERNEL_CALL, 6, 0).with("name", "NtClose"))?;
//! let bytes = log.into_inner();
//! assert!(bytes.starts_with(br#"{"kind":"schema_version","schema_version":1"#));
//! # Ok::<(), std::io::Error>(())
//! ```

mod event;
pub mod kind;
mod semantic_id;
mod writer;

pub use event::{Event, Header, HeaderError, Visible};
pub use semantic_id::{SHARED_GLOBAL_SITE, SemanticId};
pub use writer::LogWriter;

/// The schema version that this crate reads and writes.
pub const SCHEMA_VERSION: u64 = 1;

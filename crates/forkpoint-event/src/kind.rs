//! The kinds of event that schema v1 gives a meaning to.
//!
//! A log may hold any other kind: it is aligned and compared in full.

/// All kinds of event here; the header is none.
pub const ALL: [&str; 9] = [
    IMPORT_CALL,
    KERNEL_CALL,
    KERNEL_RETURN,
    HANDLE_CREATE,
    HANDLE_DESTROY,
    THREAD_CREATE,
    THREAD_EXIT,
    WAIT_BEGIN,
    WAIT_END,
];

/// The first line of a log.
pub const SCHEMA_VERSION: &str = "schema_version";
/// The guest enters an import thunk.
pub const IMPORT_CALL: &str = "import.call";
/// An exported function is entered; the payload has `name`, `args`, `args_resolved`.
pub const KERNEL_CALL: &str = "kernel.call";
/// An exported function returns; the payload has `name`, `return_value`, `status`.
pub const KERNEL_RETURN: &str = "kernel.return";
/// A handle comes into being.
pub const HANDLE_CREATE: &str = "handle.create";
/// A handle is closed for good.
pub const HANDLE_DESTROY: &str = "handle.destroy";
/// A guest thread is created.
pub const THREAD_CREATE: &str = "thread.create";
/// A guest thread ends.
pub const THREAD_EXIT: &str = "thread.exit";
/// A wait takes the slow path.
pub const WAIT_BEGIN: &str = "wait.begin";
/// A wait that took the slow path ends.
pub const WAIT_END: &str = "wait.end";

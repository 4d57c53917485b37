//! Threads, of which a system may grant fewer than one asks for.

use std::sync::Mutex;
use std::thread;

use rayon::ThreadPoolBuilder;

/// Sees to it that analysis has threads: as many as there are processors, or the one that there is.
pub(crate) fn prepare() {
    let wanted = thread::available_parallelism().map_or(1, usize::from);
    let pool = if may_start(wanted + 1) {
        ThreadPoolBuilder::new().num_threads(wanted)
    } else {
        ThreadPoolBuilder::new().num_threads(1).use_current_thread()
    };
    // It is refused only where there is a pool already, which is as good.
    let _ = pool.build_global();
}

/// Whether the system grants this many threads at once. A pool that could not be made cannot be made again, so
/// this is tried first, and the threads have ended when it returns.
fn may_start(threads: usize) -> bool {
    let gate = Mutex::new(());
    let wait = || drop(gate.lock());
    thread::scope(|scope| {
        let closed = gate.lock();
        let started =
            (0..threads).all(|_| thread::Builder::new().spawn_scoped(scope, wait).is_ok());
        drop(closed);
        started
    })
}

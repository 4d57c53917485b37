//! Threads, of which a system may grant fewer than one asks for.

use rayon::ThreadPoolBuilder;

/// Sees to it that analysis has threads: as many as there are processors, or the one that there is.
pub(crate) fn prepare() {
    // A global pool that could not be made once cannot be made again: another one is tried first.
    if ThreadPoolBuilder::new().build().is_err() {
        let own = ThreadPoolBuilder::new().num_threads(1).use_current_thread();
        // It is refused only where there is a pool already, which is as good.
        let _ = own.build_global();
    }
}

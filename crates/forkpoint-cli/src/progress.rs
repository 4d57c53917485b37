//! A bar on stderr while logs are read; only on a terminal, and only when it takes a while.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use forkpoint::read::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Nobody wants a bar that is gone before it was seen.
const PATIENCE: Duration = Duration::from_millis(400);

/// Does `work`, and shows how far it has come.
pub(crate) fn with_bar<T: Send>(work: impl FnOnce(&Progress) -> T + Send) -> T {
    let progress = Progress::default();
    if !std::io::stderr().is_terminal() {
        return work(&progress);
    }
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Where no thread is to be had, there is no bar.
        let bar = std::thread::Builder::new().spawn_scoped(scope, || watch(&progress, &done));
        let result = work(&progress);
        done.store(true, Ordering::Relaxed);
        if let Ok(bar) = bar {
            bar.thread().unpark();
        }
        result
    })
}

fn watch(progress: &Progress, done: &AtomicBool) {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if done.load(Ordering::Relaxed) {
            return;
        }
        std::thread::park_timeout(PATIENCE.saturating_sub(start.elapsed()));
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = "reading {bar:24} {bytes} of {total_bytes}, {bytes_per_sec}";
    bar.set_style(
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    while !done.load(Ordering::Relaxed) {
        let total = progress.total.load(Ordering::Relaxed);
        let read = progress.done.load(Ordering::Relaxed);
        bar.set_length(total.max(read)); // packed logs grow beyond their size
        bar.set_position(read);
        std::thread::park_timeout(Duration::from_millis(100));
    }
    bar.finish_and_clear();
}

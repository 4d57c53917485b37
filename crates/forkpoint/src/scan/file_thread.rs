//! Files that are named after threads.

/// Returns the thread that a log's file is named after: `trace.1234`, `a.1234.log.gz`.
pub fn thread_of_file(label: &str) -> Option<i64> {
    const ENDINGS: [&str; 6] = ["gz", "zst", "log", "txt", "strace", "trace"];
    let name = label.rsplit(['/', '\\']).next()?;
    let mut parts: Vec<&str> = name.split('.').collect();
    while parts.len() > 1 && parts.last().is_some_and(|last| ENDINGS.contains(last)) {
        parts.pop();
    }
    let last = parts.last().filter(|_| parts.len() > 1)?;
    let all_digits = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| last.parse().ok()).flatten()
}

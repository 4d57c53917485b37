//! Who printed the calls of a log: strace, or qemu.

use crate::formats::syscall::line::{Body, parse_line};
use crate::formats::syscall::{self, Call};
use crate::trace::line::legible;

/// Whose way of printing calls a log has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Dialect {
    /// strace's.
    Strace,
    /// That of qemu's user-mode emulators.
    Qemu,
}

/// Returns who printed the calls of a log; none if its first lines hold no call.
pub(in crate::formats) fn dialect(head: &[u8]) -> Option<Dialect> {
    /// This many lines are looked at.
    const LINES: usize = 400;
    let mut found = None;
    for line in head.split(|&byte| byte == b'\n').take(LINES) {
        let line = legible(line);
        match dialect_of(&line) {
            Some((dialect, true)) => return Some(dialect),
            Some((dialect, false)) => found = found.or(Some(dialect)),
            None => {}
        }
    }
    found
}

/// Who printed a line, and whether that is certain.
fn dialect_of(text: &str) -> Option<(Dialect, bool)> {
    if text.split_once(" Unknown syscall ").is_some_and(|(number, _)| number.parse::<u32>().is_ok())
    {
        return Some((Dialect::Qemu, true));
    }
    let line = parse_line(text).ok()?;
    let strace = |certain| Some((Dialect::Strace, certain));
    match line.body {
        Body::First(_) => strace(true),
        Body::Second { .. } => strace(text.contains(" resumed>")),
        Body::Exit(how) => strace(how.starts_with("exited with ") || how.starts_with("killed by ")),
        Body::Signal { .. } | Body::Stop(_) => None,
        Body::Call(call) => {
            let Call { arguments, result, .. } = Call::parse(call).ok()?;
            let result = result?;
            let several = syscall::brackets::pieces(arguments).len() > 1;
            let padded = |text: &str| text.starts_with("0x00000") || text.contains(",0x00000");
            if result.contains(" errno=")
                || padded(result)
                || padded(arguments)
                || several && !arguments.contains(", ")
            {
                return Some((Dialect::Qemu, line.head.clock.is_none()));
            }
            strace(several || line.head.clock.is_some() || result.starts_with("-1 E"))
        }
    }
}

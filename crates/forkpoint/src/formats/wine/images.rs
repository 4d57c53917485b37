//! Where the images of a process lie, as far as the loader says.
//!
//! The loader says where an image starts and not where it ends; it ends where the next one starts
//! at the latest. With every process that loads it elsewhere there is one more place.

use std::collections::BTreeMap;
use std::ops::Range;

use super::arguments;
use super::line::parse_line;

/// No image of Windows is larger than this; it ends the highest one.
const LARGEST: u64 = 1 << 30;

/// Returns the addresses of the image called `name` in a log that starts with `head`.
pub fn images(head: &[u8], name: &str) -> Vec<Range<u64>> {
    let mut bases: BTreeMap<u64, bool> = BTreeMap::new();
    for line in head.split(|&byte| byte == b'\n') {
        if let Some((path, base)) = loaded(line) {
            *bases.entry(base).or_default() |= is_called(path, name);
        }
    }
    let ends = bases.keys().skip(1).copied().map(Some).chain([None]);
    let mut found = Vec::new();
    for ((&base, &wanted), next) in bases.iter().zip(ends) {
        if wanted {
            let largest = base.saturating_add(LARGEST);
            found.push(base..next.map_or(largest, |next| next.min(largest)));
        }
    }
    found
}

/// Returns an image and its start, from the call of its entry point or from a line of `+loaddll`.
fn loaded(line: &[u8]) -> Option<(&[u8], u64)> {
    if let Ok(line) = parse_line(line) {
        if line.body.name().as_deref() != Some("PE DLL") {
            return None;
        }
        let mut found = Vec::new();
        arguments::parse(line.body.arguments(), &mut found).ok()?;
        let module = found.iter().enumerate().find(|(place, a)| a.key(*place) == "module")?.1;
        return Some((module.text?, module.value().word()?));
    }
    // trace:loaddll:build_module Loaded L"C:\\game.exe" at 0000000140000000: native
    let at = memchr::memmem::find(line, b"Loaded L\"")?;
    let rest = &line[at + b"Loaded L\"".len()..];
    let end = memchr::memchr(b'"', rest)?;
    let address = rest[end..].strip_prefix(b"\" at ")?;
    let digits = address.split(|&byte| byte == b':').next()?;
    Some((&rest[..end], arguments::word(digits)?))
}

/// Whether a path such as `C:\\windows\\a.dll` ends in this name, in whatever case.
fn is_called(path: &[u8], name: &str) -> bool {
    let file = path.rsplit(|&byte| byte == b'\\' || byte == b'/').next().unwrap_or(path);
    file.eq_ignore_ascii_case(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &[u8] = br#"0124:trace:loaddll:build_module Loaded L"C:\\Games\\Game.exe" at 0000000140000000: native
0124:trace:loaddll:build_module Loaded L"C:\\Games\\Game.exe.dll" at 0000000150000000: native
0124:Call PE DLL (proc=0170068C10,module=0170000000 L"ntdll.dll",reason=PROCESS_ATTACH,res=01)
"#;

    #[test]
    fn an_image_ends_where_the_next_one_starts() {
        let lies = |name: &str, place| assert_eq!(images(LOG, name), std::slice::from_ref(&place));
        lies("game.EXE", 0x1_4000_0000..0x1_5000_0000);
        lies("ntdll.dll", 0x1_7000_0000..0x1_7000_0000 + LARGEST);
    }

    #[test]
    fn an_image_that_is_not_told_lies_nowhere() {
        assert!(images(LOG, "other.exe").is_empty());
        assert!(images(b"", "ntdll.dll").is_empty());
    }
}

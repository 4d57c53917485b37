//! Finds commas and ends of lists as a printer of calls means them: outside of brackets, strings,
//! comments and the paths that follow descriptors.

/// Goes along printed arguments, over what is inside of something.
#[derive(Debug)]
pub struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether a `<` may open a path; once one has no end, none does.
    paths: bool,
}

impl<'a> Walk<'a> {
    /// Starts at a byte of printed arguments.
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, paths: true }
    }

    /// Returns where the next byte stands that is `wanted` and inside nothing, and goes behind it.
    pub fn next(&mut self, wanted: u8) -> Option<usize> {
        let bytes = self.bytes;
        let start = self.at;
        let mut depth: usize = 0;
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            if depth == 0 && byte == wanted {
                self.at = at + 1;
                return Some(at);
            }
            match byte {
                b'"' => at = end_of_string(bytes, at)?,
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b'/' if bytes[at..].starts_with(b"/*") => {
                    at += memchr::memmem::find(&bytes[at..], b"*/")? + 1;
                }
                b'<' if bytes.get(at + 1) == Some(&b'<') => at += 1,
                // `3</etc/passwd>`, and `AT_FDCWD</srv>`; what is alone is a comparison.
                b'<' if self.paths && at > start && is_name(bytes[at - 1]) => {
                    match end_of_path(bytes, at) {
                        Some(end) => at = end,
                        None => self.paths = false,
                    }
                }
                _ => {}
            }
            at += 1;
        }
        None
    }
}

/// Returns the pieces between commas; none at all of an empty list.
pub fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut walk = Walk::new(text.as_bytes(), 0);
    let mut start = 0;
    while let Some(end) = walk.next(b',') {
        pieces.push(text[start..end].trim_ascii());
        start = end + 1;
    }
    let last = text[start..].trim_ascii();
    if !pieces.is_empty() || !last.is_empty() {
        pieces.push(last);
    }
    pieces
}

/// Returns where the quote stands that closes the one at `start`.
pub fn end_of_string(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

/// Returns where the bracket stands that closes the path at `start`; arrows inside are none.
pub fn end_of_path(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth: usize = 0;
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        match byte {
            b'<' => depth += 1,
            b'>' if bytes[at - 1] == b'-' || bytes[at - 1] == b'=' => {}
            b'>' if depth == 1 => return Some(at),
            b'>' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_inside_of_something_divide_nothing() {
        assert_eq!(
            pieces(r#"3</a,b>, "x, \", y"..., {a=1, b=[2, 3]}, f(1, 2) /* 3, 4 */, 1<<3"#),
            ["3</a,b>", r#""x, \", y"..."#, "{a=1, b=[2, 3]}", "f(1, 2) /* 3, 4 */", "1<<3"]
        );
        assert_eq!(
            pieces("5<TCP:[1.2.3.4:5->6.7.8.9:1]>, 1"),
            ["5<TCP:[1.2.3.4:5->6.7.8.9:1]>", "1"]
        );
        assert_eq!(pieces("1</dev/pts/0<char 136:0>>,2"), ["1</dev/pts/0<char 136:0>>", "2"]);
        assert_eq!(pieces(""), [""; 0]);
        assert_eq!(pieces("1,"), ["1", ""]);
    }

    #[test]
    fn what_has_no_end_is_not_found() {
        assert_eq!(Walk::new(b"\"abc)", 0).next(b')'), None);
        assert_eq!(Walk::new(b"{a)", 0).next(b')'), None);
        assert_eq!(Walk::new(b"/* a)", 0).next(b')'), None);
        assert_eq!(Walk::new(b"\"a\\", 0).next(b')'), None);
        assert_eq!(Walk::new(b"3<a)", 0).next(b')'), Some(3));
    }
}

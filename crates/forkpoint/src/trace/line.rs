//! One line of a log, read again.

use std::borrow::Cow;

/// One line, read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its file.
    pub file: String,
    /// Its number in the file, counted from 1.
    pub number: u64,
    /// Its bytes, without the end of the line.
    pub bytes: Vec<u8>,
}

/// Returns a line as text: a byte that is not text becomes its number, `‹ff›`, so that two lines which
/// differ never read alike.
pub fn legible(line: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(line) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(line.len() + 16);
    for chunk in line.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("‹{byte:02x}›")));
    }
    Cow::Owned(text)
}

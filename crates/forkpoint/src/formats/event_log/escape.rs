//! The text that the escapes of a JSON string spell.

/// Writes the text that `string` spells. Its escapes must be well formed.
pub fn unescape_into(string: &str, out: &mut Vec<u8>) {
    let bytes = string.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let plain = memchr::memchr(b'\\', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        out.extend_from_slice(&bytes[at..plain]);
        at = plain;
        let Some(&code) = bytes.get(at + 1) else { return };
        at += 2;
        let simple = match code {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                at = unescape_unicode(bytes, at, out);
                continue;
            }
            other => other,
        };
        out.push(simple);
    }
}

/// Writes the character of a `\u` escape (two, for a pair of surrogates) whose digits start at
/// `at`; returns the byte after it.
fn unescape_unicode(bytes: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
    // A lone surrogate has no UTF-8. A noncharacter and its digits stand for it: no program
    // writes U+10FFFF, so two texts stay equal only when they are.
    const LONE: char = '\u{10FFFF}';
    let unit = |at: usize| {
        let digits = bytes.get(at..at + 4)?;
        digits
            .iter()
            .try_fold(0_u32, |unit, &digit| Some(unit << 4 | (digit as char).to_digit(16)?))
    };
    let Some(first) = unit(at) else { return bytes.len() };
    let mut after = at + 4;
    let mut push = |character: char| {
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    };
    if (0xD800..0xDC00).contains(&first)
        && bytes.get(after..after + 2) == Some(b"\\u")
        && let Some(second @ 0xDC00..0xE000) = unit(after + 2)
    {
        after += 6;
        let scalar = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        push(char::from_u32(scalar).expect("a pair of surrogates is a character"));
    } else if let Some(character) = char::from_u32(first) {
        push(character);
    } else {
        push(LONE);
        format!("{first:04x}").chars().for_each(push);
    }
    after
}

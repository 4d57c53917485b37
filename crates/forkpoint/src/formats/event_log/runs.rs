//! Runs of bytes of one sort, eight at a time: plain text of a string, digits of a number.
//!
//! Safe and portable: words are made from slices, and the compiler sees that they are loads.

/// Returns the first byte at or after `at` that ends a run of plain text: a quote, a backslash, a
/// control character, or the end. Eight bytes at a time, since nearly all bytes are plain.
#[inline]
pub fn plain_until(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    while let Some(eight) = bytes.get(at..at + 8) {
        let word = u64::from_le_bytes(eight.try_into().expect("eight bytes"));
        let quote = word ^ (ONES * b'"' as u64);
        let backslash = word ^ (ONES * b'\\' as u64);
        // The exact "has a zero byte" and "has a byte below 0x20" tests: the lowest hit is true.
        let hits = (quote.wrapping_sub(ONES) & !quote)
            | (backslash.wrapping_sub(ONES) & !backslash)
            | (word.wrapping_sub(ONES * 0x20) & !word);
        let hits = hits & TOPS;
        if hits != 0 {
            return at + (hits.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(&byte) = bytes.get(at)
        && byte != b'"'
        && byte != b'\\'
        && byte >= 0x20
    {
        at += 1;
    }
    at
}

/// Returns the first byte at or after `at` that is not a digit; eight at a time, since clocks are long.
#[inline]
pub fn digits_until(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    while let Some(eight) = bytes.get(at..at + 8) {
        let word = u64::from_le_bytes(eight.try_into().expect("eight bytes"));
        let digits = word ^ (ONES * b'0' as u64);
        // A byte above 9 sets its top bit; a carry reaches only the bytes above it.
        let hits = (digits.wrapping_add(ONES * 0x76) | digits) & TOPS;
        if hits != 0 {
            return at + (hits.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

/// Returns the integer of up to 18 digits that starts at `at`, and the byte after it.
#[inline]
pub fn short_integer(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    const SHORT: usize = 18; // digits that cannot overflow an i64
    let negative = bytes.get(at) == Some(&b'-');
    let first = at + usize::from(negative);
    let mut end = first;
    let mut integer = 0_i64;
    while let Some(digit @ b'0'..=b'9') = bytes.get(end)
        && end - first < SHORT
    {
        integer = integer * 10 + i64::from(digit - b'0');
        end += 1;
    }
    let leading_zero = bytes.get(first) == Some(&b'0') && end - first > 1;
    (end > first && !leading_zero).then_some((if negative { -integer } else { integer }, end))
}

/// Returns whether two short texts of one length are equal, without a call.
#[inline]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    debug_assert_eq!(a.len(), b.len());
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    if let (Some(a_end), Some(b_end)) = (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        // The last eight bytes may be looked at twice.
        let (a_words, b_words) = (a.as_chunks::<8>().0, b.as_chunks::<8>().0);
        return word(a_end) == word(b_end)
            && a_words.iter().zip(b_words).all(|(a, b)| word(a) == word(b));
    }
    a.iter().zip(b).all(|(a, b)| a == b)
}

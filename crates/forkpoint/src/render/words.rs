//! Numbers and texts as a sentence wants them.

/// Returns a count with its noun: `1 event`, `1,234 events`. Of a phrase, the first word changes:
/// `2 pairs of events`.
pub fn count(n: u64, noun: &str) -> String {
    if n == 1 {
        return format!("1 {noun}");
    }
    match noun.split_once(" of ") {
        Some((first, rest)) => format!("{} {first}s of {rest}", thousands(n)),
        None => format!("{} {noun}s", thousands(n)),
    }
}

/// Returns a number with its thousands set apart.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns the text cut to this many characters.
pub fn shortened(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_agrees_with_its_noun() {
        assert_eq!(count(1, "pair of threads"), "1 pair of threads");
        assert_eq!(count(1_234_567, "pair of threads"), "1,234,567 pairs of threads");
        assert_eq!(count(0, "event"), "0 events");
    }
}

//! Two long values, shown where they begin to differ.

use std::ops::Range;

use crate::pair::Pair;
use crate::render::words::{shortened, thousands};

/// Two values cut to the place where they differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Around {
    /// What is shown of each.
    pub values: Pair<String>,
    /// Where they begin to differ, if they do so behind what would have been shown: `element 36`.
    pub place: Option<String>,
}

/// Returns two values in at most about `room` characters each, so that the first difference is in what is shown.
/// Elements of a list stay whole where there is room.
pub fn around(values: Pair<&str>, room: usize) -> Around {
    let length = |text: &str| text.chars().count();
    let common = values.reference.chars().zip(values.candidate.chars());
    let common = common.take_while(|(a, b)| a == b).count();
    // Something behind the difference is to be seen as well.
    let is_seen = common + room / 4 < room;
    if is_seen || values.map(length).reference.max(length(values.candidate)) <= room {
        return Around { values: values.map(|text| shortened(text, room)), place: None };
    }
    let start = start(values.reference, common, room);
    let end = start + room;
    let shown = values.map(|text| format!("…{}", slice(text, start..end)));
    Around { values: shown, place: Some(place(values.reference, common)) }
}

/// Returns where to start: a little before the difference, behind a comma if one is near.
fn start(text: &str, common: usize, room: usize) -> usize {
    let earliest = common.saturating_sub(room / 4);
    let before: Vec<char> = text.chars().skip(earliest).take(common - earliest).collect();
    let comma = before.iter().position(|&character| character == ',');
    comma.map_or(earliest, |comma| earliest + comma + 1)
}

fn slice(text: &str, range: Range<usize>) -> String {
    let cut: String = text.chars().skip(range.start).take(range.len()).collect();
    match text.chars().nth(range.end) {
        Some(_) => cut + "…",
        None => cut,
    }
}

/// Returns where the first difference is: which element of a list, or which character.
fn place(text: &str, common: usize) -> String {
    if text.starts_with(['[', '{']) && !text.contains(['"', '(']) {
        let element = text.chars().take(common).filter(|&character| character == ',').count();
        return format!("element {}", thousands(element as u64));
    }
    format!("character {}", thousands(common as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_values_stay_whole_and_long_ones_show_where_they_differ() {
        let both = |a: &str, b: &str, room| around(Pair::new(a, b), room);
        let whole = both("0x10", "0x24", 20);
        assert_eq!(whole.values, Pair::new("0x10".to_owned(), "0x24".to_owned()));
        assert_eq!(whole.place, None);
        let list = |nth: u32| {
            let elements: Vec<String> =
                (0..40).map(|n| if n == 36 { nth } else { n }.to_string()).collect();
            format!("[{}]", elements.join(","))
        };
        let late = both(&list(36), &list(99), 20);
        assert_eq!(late.values.reference, "…35,36,37,38,39]");
        assert_eq!(late.values.candidate, "…35,99,37,38,39]");
        assert_eq!(late.place.as_deref(), Some("element 36"));
        let text = "é".repeat(50);
        let longer = both(&text, &format!("{text}x"), 20);
        assert_eq!(longer.values.reference, "…ééééé");
        assert_eq!(longer.values.candidate, "…éééééx");
        assert_eq!(longer.place.as_deref(), Some("character 50"));
    }
}

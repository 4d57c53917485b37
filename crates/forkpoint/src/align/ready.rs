//! Waits for several things at once, which list those that are ready at that moment.
//!
//! Its one idea: a moment later one more is ready, and listed with the others. Invariant: one side's list holds
//! all of the other's, and each side's count is the length of its own list; a count that was changed alone, and a
//! thing that is ready in another way, are differences.

use crate::align::explain::Difference;
use crate::pair::Pair;

/// Returns whether two waits differ only in a list, of which one holds all of the other's, and in its length.
pub(super) fn lists_more(differences: &[Difference], count: &str) -> bool {
    let left = || differences.iter().filter(|difference| difference.excused_by.is_none());
    let mut lists = left().filter(|difference| difference.field != count);
    let (Some(list), None) = (lists.next(), lists.next()) else { return false };
    let Pair { reference: Some(a), candidate: Some(b) } = &list.canonical else { return false };
    let (Some(a), Some(b)) = (elements(a), elements(b)) else { return false };
    let counts = left().find(|difference| difference.field == count);
    let is_counted = counts.is_some_and(|counts| {
        let is = |text: &Option<String>, list: &[&str]| {
            text.as_deref().is_some_and(|text| text == list.len().to_string())
        };
        is(&counts.canonical.reference, &a) && is(&counts.canonical.candidate, &b)
    });
    let (fewer, more) = if a.len() < b.len() { (a, b) } else { (b, a) };
    is_counted && !fewer.is_empty() && holds_all(more, &fewer)
}

/// Whether each of the one list's elements has one of its own in the other.
fn holds_all(mut more: Vec<&str>, fewer: &[&str]) -> bool {
    fewer.iter().all(|element| {
        let found = more.iter().position(|other| other == element);
        found.map(|at| more.swap_remove(at)).is_some()
    })
}

/// Returns the elements of a list as it is shown; none if it is no list.
fn elements(shown: &str) -> Option<Vec<&str>> {
    let inner = shown.strip_prefix('[')?.strip_suffix(']')?;
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    let is_border = |c: char| {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => in_text = !in_text,
            '[' | '{' if !in_text => depth += 1,
            ']' | '}' if !in_text => depth = depth.saturating_sub(1),
            ',' => return depth == 0 && !in_text,
            _ => {}
        }
        false
    };
    let parts = inner.split(is_border).map(str::trim);
    Some(parts.filter(|element| !element.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(field: &str, reference: &str, candidate: &str) -> Difference {
        let shown = Pair::new(Some(reference.to_owned()), Some(candidate.to_owned()));
        Difference {
            field: field.to_owned(),
            values: shown.clone(),
            canonical: shown,
            excused_by: None,
        }
    }

    fn excused(list: (&str, &str), count: (&str, &str)) -> bool {
        let of = [difference("list", list.0, list.1), difference("count", count.0, count.1)];
        lists_more(&of, "count")
    }

    #[test]
    fn one_side_lists_more() {
        let (one, two) = ("[{\"fd\": 3}]", "[{\"fd\": 0}, {\"fd\": 3}]");
        assert!(excused((one, two), ("1", "2")) && excused((two, one), ("2", "1")));
        assert!(!excused((one, two), ("1", "3")), "a count that is not the list's");
        assert!(!excused(("[]", two), ("0", "2")), "that nothing is ready is no lack of one");
        assert!(!excused(("[{\"fd\": 4}]", two), ("1", "2")), "something else is ready");
        let alone = [difference("count", "1", "2")];
        assert!(!lists_more(&alone, "count"), "the count was changed alone");
        let beside = [
            difference("list", one, two),
            difference("count", "1", "2"),
            difference("args.nfds", "1", "2"),
        ];
        assert!(!lists_more(&beside, "count"), "a question that differs");
    }

    #[test]
    fn elements_are_those_of_the_outer_list() {
        assert_eq!(elements("[{\"a\": [1, 2]}, \"x, \\\"]\", 3]").map(|all| all.len()), Some(3));
        assert_eq!(elements("[]"), Some(Vec::new()));
        assert_eq!(elements("7"), None);
    }
}

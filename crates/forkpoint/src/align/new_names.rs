//! Names that a log itself shows coming to be, and texts that hold them: numbers of processes, ports that
//! the kernel gave, file names that a program made up.
//!
//! Its one idea: a name is known by where it was first shown, so that two names are one where the same
//! thread of both logs was shown them at the same turn.
//! Invariant: a name whose birth a log does not show corresponds to nothing but itself.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Bound;
use std::sync::OnceLock;

use crate::align::compared::Compared;
use crate::pair::{Pair, Side};
use crate::profile::{Action, Birth, Context, OwnNames, RuleId};
use crate::trace::{Place, Symbol};
use crate::value::Value;

/// The names of both logs, by the rules that are about names. They are looked up when first asked for.
#[derive(Debug, Default)]
pub struct NewNames(OnceLock<Vec<(RuleId, Pair<Names>)>>);

/// The names that one log shows coming to be, with where it shows them. They have an order, since names that
/// begin alike are looked for.
type Names = BTreeMap<String, Vec<Origin>>;

/// Where a name was first shown to a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Origin {
    lane: usize,
    turn: Turn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// The number of the thread itself.
    Thread,
    /// The number of its process.
    Process,
    /// This many other names were shown to the thread before.
    Nth(usize),
}

impl NewNames {
    /// Replaces, in both texts, the names that correspond; returns none if there are none that differ.
    pub(super) fn without_names(
        &self,
        logs: &Compared<'_>,
        (rule, how): (RuleId, &OwnNames),
        texts: &Pair<Option<String>>,
    ) -> Option<Pair<Option<String>>> {
        let Pair { reference: Some(a), candidate: Some(b) } = texts else { return None };
        let (a, b) = (pieces(a, how.drawn), pieces(b, how.drawn));
        if a.len() != b.len() {
            return None;
        }
        let known = self.0.get_or_init(|| all_names(logs));
        let (_, names) = known.iter().find(|(id, _)| *id == rule)?;
        let mut found = false;
        let mut left = Pair::new(String::new(), String::new());
        let mut quotes = Pair::new(0, 0); // outside of them there is no text
        for (at, (mine, theirs)) in a.iter().zip(&b).enumerate() {
            quotes.reference += n_quotes(mine);
            quotes.candidate += n_quotes(theirs);
            let is_text = how.numbers || quotes.reference % 2 == 1 && quotes.candidate % 2 == 1;
            let is_cut =
                |pieces: &[&str]| pieces.get(at + 1).is_some_and(|next| next.starts_with('…'));
            let pair = Pair::new((*mine, is_cut(&a)), (*theirs, is_cut(&b)));
            if mine != theirs && is_text && correspond(logs, how, names, pair) {
                found = true;
                left.reference.push_str("‹name›");
                left.candidate.push_str("‹name›");
            } else {
                left.reference.push_str(mine);
                left.candidate.push_str(theirs);
            }
        }
        found.then(|| left.map(Some))
    }
}

/// Whether two names, or beginnings of names that were cut short, were first shown at the same turn.
fn correspond(
    logs: &Compared<'_>,
    how: &OwnNames,
    names: &Pair<Names>,
    texts: Pair<(&str, bool)>,
) -> bool {
    if how.drawn && !looks_made_up(texts.reference.0, texts.candidate.0) {
        return false;
    }
    let origins = Pair::of(|side| {
        let (text, is_cut) = *texts.on(side);
        let names = names.on(side);
        let mut origins: Vec<Origin> = names.get(text).cloned().unwrap_or_default();
        if is_cut {
            let from = names.range::<str, _>((Bound::Included(text), Bound::Unbounded));
            let longer = from.take_while(|(name, _)| name.starts_with(text));
            origins.extend(longer.flat_map(|(_, origins)| origins));
        }
        origins
    });
    origins.reference.iter().any(|mine| {
        origins.candidate.iter().any(|theirs| {
            let lanes = Pair::new(mine.lane, theirs.lane);
            mine.turn == theirs.turn && logs.pairs.iter().any(|paired| paired.lanes == lanes)
        })
    })
}

/// Finds the names of both logs, by rule.
fn all_names(logs: &Compared<'_>) -> Vec<(RuleId, Pair<Names>)> {
    let rules = logs.profile.rules.iter().enumerate().filter(|(_, rule)| rule.enabled);
    let about_names = rules.filter_map(|(index, rule)| match &rule.action {
        Action::Absorb { context: Context::OwnNames(how), .. } => Some((RuleId(index as u16), how)),
        _ => None,
    });
    about_names.map(|(id, how)| (id, Pair::of(|side| names_of(logs, side, how)))).collect()
}

/// A name that an event shows.
struct Shown {
    place: Place,
    lane: usize,
    /// Whether it was given or made up here, and not chosen.
    is_birth: bool,
    /// What is shown: one name, or the parts of a file's name.
    parts: Vec<String>,
}

fn names_of(logs: &Compared<'_>, side: Side, how: &OwnNames) -> Names {
    let trace = logs.traces.on(side);
    let wanted: Vec<Vec<(&Birth, bool)>> =
        logs.symbols.0.iter().map(|symbol| wanted_of(symbol, how)).collect();
    let mut names = Names::new();
    let mut shown: Vec<Shown> = Vec::new();
    for (index, lane) in trace.lanes.iter().enumerate() {
        for position in 0..lane.n_events() {
            let wanted = &wanted[lane.symbols[position].0 as usize];
            if wanted.is_empty() {
                continue;
            }
            let place = lane.places.at(position);
            let Some(event) = trace.event(place) else { continue };
            for &(birth, is_birth) in wanted {
                let Some(value) = birth.value(&event.payload) else { continue };
                let parts = parts_of(value, how);
                if !parts.is_empty() {
                    shown.push(Shown { place, lane: index, is_birth, parts });
                }
            }
        }
    }
    shown.sort_by_key(|shown| shown.place);
    let mut chosen: HashSet<String> = HashSet::new();
    let mut n_shown: HashMap<usize, usize> = HashMap::new();
    for Shown { lane, is_birth, parts, .. } in shown {
        let is_known = parts.iter().any(|part| names.contains_key(part));
        if !is_birth {
            // What was given before may be chosen again: it is the same name.
            chosen.extend(parts.into_iter().filter(|_| !is_known));
            continue;
        }
        let is_own = |part: &String| {
            let origins = names.get(part).into_iter().flatten();
            origins.clone().any(|origin| origin.lane == lane && matches!(origin.turn, Turn::Nth(_)))
        };
        if parts.iter().any(|part| chosen.contains(part)) || parts.iter().all(is_own) {
            continue;
        }
        let next = n_shown.entry(lane).or_default();
        let turn = Turn::Nth(*next);
        *next += 1;
        for part in parts {
            names.entry(part).or_default().push(Origin { lane, turn });
        }
    }
    if how.threads {
        // A number that the program was never shown is not a name to it.
        for (index, lane) in trace.lanes.iter().enumerate() {
            let mut own = |number: String, turn: Turn| {
                if let Some(origins) = names.get_mut(&number) {
                    origins.push(Origin { lane: index, turn });
                }
            };
            own(lane.key.thread.to_string(), Turn::Thread);
            if let Some(process) = lane.key.process {
                own(process.to_string(), Turn::Process);
            }
        }
    }
    names
}

/// Returns how many quotes stand in a piece of text that begin or end a text.
fn n_quotes(piece: &str) -> usize {
    let mut escaped = false;
    let is_quote = |char: &char| {
        let is_quote = *char == '"' && !escaped;
        escaped = *char == '\\' && !escaped;
        is_quote
    };
    piece.chars().filter(is_quote).count()
}

/// Returns what is to be read of an event, and whether names are born there.
fn wanted_of<'a>(symbol: &Symbol, how: &'a OwnNames) -> Vec<(&'a Birth, bool)> {
    let is_about = |birth: &&Birth| birth.selector.matches(&symbol.kind, symbol.name.as_deref());
    let born = how.born.iter().filter(is_about).map(|birth| (birth, true));
    born.chain(how.chosen.iter().filter(is_about).map(|birth| (birth, false))).collect()
}

/// Returns what of a value may be a name: its number, or the words of a path's last part.
fn parts_of(value: &Value<'_>, how: &OwnNames) -> Vec<String> {
    let drawn = how.drawn;
    let text = match value {
        Value::Text(text) => text.to_string(),
        value => value.to_string(),
    };
    let is_name = |piece: &&str| {
        if drawn {
            piece.len() >= FEWEST_LETTERS
        } else {
            piece.parse().is_ok_and(|number: u64| number >= how.least)
        }
    };
    let last = if drawn {
        text.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
    } else if text.starts_with('-') {
        return Vec::new(); // a failure is not a name
    } else {
        &text
    };
    let names = pieces(last, drawn).into_iter().filter(|piece| starts_word(piece, drawn));
    names.filter(is_name).map(str::to_owned).collect()
}

/// Names that a program makes up have this many letters at least.
const FEWEST_LETTERS: usize = 6;

/// Of these this many differ at least, in two logs.
const FEWEST_DIFFERING: usize = 3;

/// As many digits in a row are not date.
const MANY_DIGITS: usize = 9;

/// Between the first letter and the last that differ are this many at least where no letter is a capital: names
/// with capitals draw from 62 letters, and have one nearly always; those without draw more letters.
const FEWEST_SMALL: usize = 7;

/// Whether two words differ as made-up names do: letters and digits in one row, which are neither a few digits
/// nor words or hashes in both.
fn looks_made_up(a: &str, b: &str) -> bool {
    if a.len() != b.len() || a.len() < FEWEST_LETTERS {
        return false;
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let differing: Vec<usize> = (0..a.len()).filter(|&at| a[at] != b[at]).collect();
    let (Some(&first), Some(&last)) = (differing.first(), differing.last()) else { return false };
    let (a, b) = (&a[first..=last], &b[first..=last]);
    let both = || a.iter().chain(b);
    if differing.len() < FEWEST_DIFFERING {
        return false;
    }
    if both().all(u8::is_ascii_digit) {
        return a.len() >= MANY_DIGITS;
    }
    let is_hash = both().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let has_capital = both().any(u8::is_ascii_uppercase);
    !(is_hash || is_word(a) && is_word(b)) && (has_capital || a.len() >= FEWEST_SMALL)
}

/// Whether letters are those of a word: small ones, perhaps behind a capital, or capitals alone.
fn is_word(letters: &[u8]) -> bool {
    let (first, rest) = letters.split_first().expect("letters that differ are some");
    first.is_ascii_alphabetic() && rest.iter().all(u8::is_ascii_lowercase)
        || letters.iter().all(u8::is_ascii_uppercase)
}

fn is_part(char: char, drawn: bool) -> bool {
    if drawn { char.is_ascii_alphanumeric() || char == '_' } else { char.is_ascii_digit() }
}

fn starts_word(piece: &str, drawn: bool) -> bool {
    piece.starts_with(|char| is_part(char, drawn))
}

/// Splits text into words, or into numbers, and what stands between them.
fn pieces(text: &str, drawn: bool) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let inside = starts_word(rest, drawn);
        let end = rest.find(|char| is_part(char, drawn) != inside).unwrap_or(rest.len());
        pieces.push(&rest[..end]);
        rest = &rest[end..];
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_up_name_differs_in_many_letters_and_is_no_word() {
        assert!(looks_made_up("tmpXa81jz", "tmpQo93hw"));
        assert!(looks_made_up("tmp_a8k2z1x_", "tmp_0qk9zzxx"));
        assert!(!looks_made_up("result1", "result2"));
        assert!(!looks_made_up("lock_alpha", "lock_bravo"));
        assert!(!looks_made_up("20240131", "20251224"));
        assert!(looks_made_up("1606352602", "2906358877"));
        assert!(!looks_made_up("abc", "xyz"));
        assert!(!looks_made_up("a3f9c2", "b7e1d4"), "a hash");
        assert!(!looks_made_up("x86_64", "armv8a"), "no capital, and few letters");
        assert!(!looks_made_up("CHANGES", "LICENSE"));
        assert!(!looks_made_up("Readme", "Config"));
    }

    #[test]
    fn quotes_are_counted_unless_they_are_escaped() {
        assert_eq!(n_quotes("[\""), 1);
        assert_eq!(n_quotes(r#"a\"b"#), 0);
    }

    #[test]
    fn text_is_split_into_what_may_be_names() {
        assert_eq!(pieces("/proc/41/maps", false), ["/proc/", "41", "/maps"]);
        assert_eq!(pieces("/tmp/tmp_Xa.o", true), ["/", "tmp", "/", "tmp_Xa", ".", "o"]);
        let how = |drawn: bool| OwnNames {
            born: Vec::new(),
            chosen: Vec::new(),
            threads: false,
            drawn,
            least: 1024,
            numbers: false,
            lengths: Vec::new(),
        };
        let parts = |text: &'static str, drawn| parts_of(&Value::Text(text.into()), &how(drawn));
        assert_eq!(parts("/tmp/a.Xa81jz", true), ["Xa81jz"]);
        assert_eq!(parts("htons(0)", false), [""; 0]);
        assert_eq!(parts("htons(53)", false), [""; 0], "too small");
        assert_eq!(parts("htons(8080)", false), ["8080"]);
    }
}

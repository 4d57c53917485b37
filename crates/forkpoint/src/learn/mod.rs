//! What varies between runs of one engine by itself, as rules that a person may take.
//!
//! The runs are compared with each other; whatever differs is noise by definition, and becomes a
//! proposal: a loop whose count varies, a field that varies, an event that is not always there. With
//! the proposals taken, the runs are compared again, until nothing new is found: a loop that is
//! folded shows what else differs behind it.

mod gather;
pub mod visible;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::{Options, analyse};
use crate::error::Error;
use crate::pair::Pair;
use crate::profile::Profile;
use crate::report::Verdict;
use crate::trace::{Symbols, Trace, check_intact};

/// This many times the runs are compared, at most.
const MAX_ROUNDS: usize = 16;

/// Lanes are followed through this many gaps: every one may teach something.
const MAX_GAPS: usize = 1 << 14;

/// A field's texts are proposed as this many patterns at most, each of which is tried on each event; of more
/// patterns one is made.
const MAX_LIKE: usize = 32;

/// A kind of event and a function's name.
pub type EventName = (String, Option<String>);

/// What is proposed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A loop whose count varies: one round of it.
    Loop(Vec<EventName>),
    /// A field that varies.
    Field(EventName, String),
    /// Events of a function, or of a kind, that are not always there: their kinds, and the function.
    Presence(BTreeSet<String>, Option<String>),
}

/// How well a proposal is supported.
#[derive(Clone, Debug, Default)]
pub struct Support {
    /// How often it was seen.
    pub seen: u64,
    /// How many events, or gaps, there were of which it was seen.
    pub of: u64,
    /// The lanes that show it, as the first run calls them.
    pub lanes: BTreeSet<String>,
    /// The runs that show it, counted from 1.
    pub runs: BTreeSet<usize>,
    /// The first place: file and line on each side.
    pub example: Option<Pair<(String, u64)>>,
    /// For a loop, the most rounds that were seen.
    pub most: u64,
    /// For a field that holds text: what its texts have in common, as patterns; `*` for nothing, and for a
    /// field that holds something else.
    pub like: BTreeSet<String>,
}

impl Support {
    /// Whether what supports it is all known already.
    fn is_within(&self, known: &Self) -> bool {
        self.like.is_subset(&known.like)
    }
}

/// What was learned.
#[derive(Debug)]
pub struct Learned {
    /// The proposals and how well each is supported.
    pub proposals: BTreeMap<Subject, Support>,
    /// The profile that holds them.
    pub text: String,
    /// With them: the verdict of each run against the first, and the first thing that still differs.
    pub verdicts: Vec<(Verdict, Option<String>)>,
}

/// What the proposals become.
#[derive(Clone, Debug)]
pub struct Target<'a> {
    /// The profile that they extend.
    pub base: &'a str,
    /// The file that they go into; a base is found from there.
    pub file: &'a str,
    /// The runs, as the profile reports them.
    pub runs: &'a [String],
}

/// Two logs that were read with a profile.
pub type Logs = (Pair<Trace>, Symbols);

/// Learns from runs of one engine. `read` reads the first run and another run with a profile.
///
/// # Errors
/// What `read` says, a base profile that has a mistake, and a line that cannot be read again.
pub fn learn<E: From<Error>>(
    target: &Target<'_>,
    read: &mut dyn FnMut(&Profile, usize) -> Result<Logs, E>,
) -> Result<Learned, E> {
    let mut proposals: BTreeMap<Subject, Support> = BTreeMap::new();
    for _ in 0..MAX_ROUNDS {
        let profile = profile(target, &proposals)?;
        let mut seen = gather::Seen::default();
        for run in 1..target.runs.len() {
            let (traces, symbols) = read(&profile, run)?;
            let options = Options::default();
            seen.gather(&analyse(&traces, &symbols, &profile, &options), run + 1);
            check_intact([&traces.reference, &traces.candidate])?;
        }
        let news = seen.proposals(&proposals);
        if news.is_empty() {
            break;
        }
        for (subject, support) in news {
            let like = proposals.get(&subject).map(|known| known.like.clone()).unwrap_or_default();
            let like = bounded(support.like.union(&like).cloned().collect());
            proposals.entry(subject).or_insert(support).like = like;
        }
    }
    let profile = profile(target, &proposals)?;
    let mut verdicts = Vec::new();
    for run in 1..target.runs.len() {
        let (traces, symbols) = read(&profile, run)?;
        let report = crate::logs::compare(&traces, &symbols, &profile, &Options::default());
        check_intact([&traces.reference, &traces.candidate])?;
        let first = report.origins.first().map(|first| first.summary.clone());
        verdicts.push((report.verdict, first.or_else(|| report.doubts.first().cloned())));
    }
    let text = write::profile(target, &proposals);
    Ok(Learned { proposals, text, verdicts })
}

/// Returns the patterns, or what they have in common if they are too many.
fn bounded(like: BTreeSet<String>) -> BTreeSet<String> {
    if like.len() <= MAX_LIKE {
        return like;
    }
    let mut halves = like.iter().map(|like| like.split_once('*').unwrap_or_default());
    let (mut head, mut tail) = halves.next().unwrap_or_default();
    for (other_head, other_tail) in halves {
        let alike = head.chars().zip(other_head.chars()).take_while(|(a, b)| a == b);
        head = &head[..alike.map(|(a, _)| a.len_utf8()).sum()];
        let alike = tail.chars().rev().zip(other_tail.chars().rev()).take_while(|(a, b)| a == b);
        tail = &tail[tail.len() - alike.map(|(a, _)| a.len_utf8()).sum::<usize>()..];
    }
    BTreeSet::from([format!("{head}*{tail}")])
}

fn profile(target: &Target<'_>, proposals: &BTreeMap<Subject, Support>) -> Result<Profile, Error> {
    let mut profile = Profile::parse(target.file, &write::profile(target, proposals), &[])?;
    profile.resync.max_gaps = MAX_GAPS;
    Ok(profile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_patterns_one_is_made() {
        let patterns = |n: usize| (0..n).map(|n| format!("/tmp/t{n:02}*.é")).collect();
        assert_eq!(bounded(patterns(MAX_LIKE)), patterns(MAX_LIKE));
        assert_eq!(bounded(patterns(MAX_LIKE + 1)), ["/tmp/t*.é".to_owned()].into());
        let mut with_any: BTreeSet<String> = patterns(MAX_LIKE);
        with_any.insert("*".to_owned());
        assert_eq!(bounded(with_any), ["*".to_owned()].into());
    }
}

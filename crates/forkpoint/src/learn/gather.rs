//! What two runs of one engine do not have alike.

use std::collections::{BTreeMap, BTreeSet};

use crate::align::filter::AlignedLane;
use crate::align::resync::Gap;
use crate::analysis::{Analysis, Detail, EventRef, Finding};
use crate::learn::{EventName, Subject, Support};
use crate::pair::{Pair, Side};
use crate::profile::Role;
use crate::trace::Symbol;

/// An event that is not always there is proposed to float only if this many gaps are of its kind.
const LEAST_GAPS: u64 = 2;

/// All that was seen in one comparison of all runs.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// By loop, in its first rotation.
    loops: BTreeMap<Vec<EventName>, SeenLoop>,
    fields: BTreeMap<(EventName, String), Support>,
    presence: BTreeMap<Option<String>, (BTreeSet<String>, Support)>,
}

/// A loop that was seen.
#[derive(Debug, Default)]
struct SeenLoop {
    /// How often each rotation came first.
    firsts: BTreeMap<Vec<EventName>, u64>,
    support: Support,
}

impl Seen {
    /// Adds what differs between the first run and run number `run`.
    pub(super) fn gather(&mut self, facts: &Analysis<'_>, run: usize) {
        let found = facts.findings();
        let n_events = events(facts);
        for pair in 0..facts.walks.len() {
            let lane = facts
                .traces
                .reference
                .lane_name(facts.lane(Side::Reference, facts.lanes(pair).reference).key);
            // Fields are believed only while the lanes have not diverged: behind a gap, events that are
            // aligned may belong to different things.
            let mut together = true;
            for found in found.iter().filter(|found| found.pair == Some(pair)) {
                let note = |support: &mut Support| {
                    support.seen += 1;
                    support.runs.insert(run);
                    support.lanes.insert(lane.clone());
                    if support.example.is_none() {
                        support.example = example(facts, found);
                    }
                };
                match &found.detail {
                    Detail::Repeats { gap, round, rounds } => {
                        let body = round_of(facts, pair, found.nth, *gap, *round);
                        let seen = self.loops.entry(rotated(&body)).or_default();
                        *seen.firsts.entry(body).or_default() += 1;
                        let support = &mut seen.support;
                        support.most = support.most.max(rounds.reference.max(rounds.candidate));
                        note(support);
                    }
                    Detail::Differ(Some(gap)) if gap.is_one_event() => {
                        for (name, field, like) in fields(facts, found).filter(|_| together) {
                            let of = n_events.get(&name).copied().unwrap_or_default();
                            let support = self.fields.entry((name, field)).or_default();
                            support.of = support.of.max(of);
                            support.like.insert(like);
                            note(support);
                        }
                    }
                    Detail::Differ(Some(gap)) => {
                        together = false;
                        if let Some((kinds, name)) = one_function(facts, pair, found.nth, *gap) {
                            let (all, support) = self.presence.entry(name).or_default();
                            all.extend(kinds);
                            note(support);
                        }
                    }
                    Detail::Differ(None) | Detail::Ends(_) => together = false,
                    Detail::Object(_)
                    | Detail::Drift(_)
                    | Detail::Float(_)
                    | Detail::Thread(_)
                    | Detail::Signal { .. } => {}
                }
            }
        }
    }

    /// Returns what is new: loops; if there are none, fields; if there are none, events that are not
    /// always there. What is left of a loop that is folded, or behind one, varies by itself.
    pub(super) fn proposals(
        self,
        known: &BTreeMap<Subject, Support>,
    ) -> BTreeMap<Subject, Support> {
        let mut news = BTreeMap::new();
        for SeenLoop { firsts, support } in self.loops.into_values() {
            let most = firsts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
            if let Some((body, _)) = most {
                news.insert(Subject::Loop(body), support);
            }
        }
        news.retain(|subject, _| !known.contains_key(subject));
        if !news.is_empty() {
            return news;
        }
        let fields = self.fields.into_iter();
        news.extend(fields.map(|((name, field), support)| (Subject::Field(name, field), support)));
        news.retain(|subject, support| {
            known.get(subject).is_none_or(|known| !support.is_within(known))
        });
        if !news.is_empty() {
            return news;
        }
        for (name, (kinds, support)) in self.presence {
            if support.seen >= LEAST_GAPS {
                news.insert(Subject::Presence(kinds, name), support);
            }
        }
        news.retain(|subject, _| !known.contains_key(subject));
        news
    }
}

fn example(facts: &Analysis<'_>, found: &Finding) -> Option<Pair<(String, u64)>> {
    let both = Pair::new(found.at.reference?, found.at.candidate?);
    let read = |at: EventRef| facts.traces.on(at.side).lines.read(facts.place(at)).ok();
    let lines = both.map(read);
    let (reference, candidate) = (lines.reference?, lines.candidate?);
    Some(Pair::new((reference.file, reference.number), (candidate.file, candidate.number)))
}

fn name_of(symbol: &Symbol) -> EventName {
    (symbol.kind.clone(), symbol.name.clone())
}

/// Returns the fields of two events that differ and that nothing excuses, each with what its texts have in
/// common.
fn fields(
    facts: &Analysis<'_>,
    found: &Finding,
) -> impl Iterator<Item = (EventName, String, String)> {
    let mut fields = Vec::new();
    if let Pair { reference: Some(reference), candidate: Some(candidate) } = found.at {
        let name = name_of(facts.symbol(reference));
        if name == name_of(facts.symbol(candidate)) {
            let all = facts.differences(Pair::new(reference, candidate));
            let own = all.into_iter().filter(|difference| difference.excused_by.is_none());
            // An index is not a field of the payload; no rule can leave it out.
            let own = own.filter(|difference| difference.field != "tid_event_idx");
            fields.extend(own.map(|difference| {
                let like = in_common(&difference.canonical);
                (name.clone(), difference.field, like)
            }));
        }
    }
    fields.into_iter()
}

/// Returns the pattern that two texts have in common, as they begin and as they end: `./sed*`.
fn in_common(values: &Pair<Option<String>>) -> String {
    let inside = |value: &'_ Option<String>| {
        let text = value.as_deref()?.strip_prefix('"')?.strip_suffix('"')?;
        // What is escaped in what is shown is not compared with a pattern.
        (!text.contains('\\') && !text.contains('*')).then(|| text.to_owned())
    };
    let both = values.as_ref().map(inside);
    let Pair { reference: Some(a), candidate: Some(b) } = both else { return "*".to_owned() };
    let alike = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| {
        a.zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a).collect::<String>()
    };
    let head = alike(&mut a.chars(), &mut b.chars());
    let (rest_a, rest_b) = (&a[head.len()..], &b[head.len()..]);
    let tail = alike(&mut rest_a.chars().rev(), &mut rest_b.chars().rev());
    format!("{head}*{}", tail.chars().rev().collect::<String>())
}

/// Returns how many events of each kind and name the first run has.
fn events(facts: &Analysis<'_>) -> BTreeMap<EventName, u64> {
    let mut counts = vec![0; facts.symbols.0.len()];
    for symbol in facts.traces.reference.lanes.iter().flat_map(|lane| &lane.symbols) {
        counts[symbol.0 as usize] += 1;
    }
    let mut all: BTreeMap<EventName, u64> = BTreeMap::new();
    for (symbol, count) in facts.symbols.0.iter().zip(counts) {
        *all.entry(name_of(symbol)).or_default() += count;
    }
    all
}

/// Returns one round of a loop, from where the loop begins.
fn round_of(
    facts: &Analysis<'_>,
    pair: usize,
    nth: Pair<usize>,
    gap: Gap,
    round: usize,
) -> Vec<EventName> {
    let side = if gap.candidate == 0 { Side::Reference } else { Side::Candidate };
    let stream: &AlignedLane<'_> = facts.streams_of(pair).on(side);
    let mut start = *nth.on(side);
    while start > 0
        && start - 1 + round < stream.len()
        && stream.symbol(start - 1) == stream.symbol(start - 1 + round)
    {
        start -= 1;
    }
    let names = (start..start + round).map(|nth| name_of(facts.symbols.of(stream.symbol(nth))));
    names.collect()
}

/// Returns the first of a round's rotations: the name of the loop, wherever it begins.
fn rotated(body: &[EventName]) -> Vec<EventName> {
    let rotation = |by: usize| [&body[by..], &body[..by]].concat();
    (0..body.len()).map(rotation).min().unwrap_or_default()
}

/// Returns the kinds and the function of the events in a gap, if one side skips nothing and all
/// events of the other are of one function, or of one kind.
fn one_function(
    facts: &Analysis<'_>,
    pair: usize,
    nth: Pair<usize>,
    gap: Gap,
) -> Option<(BTreeSet<String>, Option<String>)> {
    let (side, length) = match gap {
        Gap { reference: length, candidate: 0 } => (Side::Reference, length),
        Gap { reference: 0, candidate: length } => (Side::Candidate, length),
        _ => return None,
    };
    let stream: &AlignedLane<'_> = facts.streams_of(pair).on(side);
    let start = *nth.on(side);
    let symbols: Vec<&Symbol> =
        (start..start + length).map(|nth| facts.symbols.of(stream.symbol(nth))).collect();
    let first = symbols.first()?;
    let alike = symbols.iter().all(|symbol| match &first.name {
        Some(_) => symbol.name == first.name,
        None => symbol.kind == first.kind,
    });
    // Half a call is not a call: what is entered must be left.
    let calls = symbols.iter().filter(|symbol| symbol.role == Some(Role::Call)).count();
    let returns = symbols.iter().filter(|symbol| symbol.role.is_some_and(Role::is_return)).count();
    (alike && calls == returns)
        .then(|| (symbols.iter().map(|symbol| symbol.kind.clone()).collect(), first.name.clone()))
}

//! Folds loops whose count is scheduling.
//!
//! The lane is copied event by event; whenever the copy ends in one more round than the rule keeps,
//! that round is taken off again. Events that call must be equal in all rounds: only what they
//! return may vary, and of a loop that may not run at all not even that. Where the profile says so, all
//! calls of a round must be about one object.

use std::collections::BTreeMap;

use crate::profile::{Action, Elastic, Profile, Role, RuleId, Selector};
use crate::trace::{Lane, Symbols};

/// The elastic rules as sets of symbols.
#[derive(Debug)]
pub struct Patterns {
    rules: Vec<Pattern>,
    returns: Vec<bool>,
    calls: Vec<bool>,
    /// Symbols with which a round may begin.
    touched: Vec<bool>,
    /// Symbols with which a round may end.
    ends: Vec<bool>,
}

#[derive(Debug)]
struct Pattern {
    rule: RuleId,
    keep: u32,
    same_object: bool,
    max_repeats: u32,
    body: Vec<Symbols01>,
    after: Vec<Symbols01>,
    before: Vec<Symbols01>,
}

/// Which symbols an element of a pattern means.
type Symbols01 = Vec<bool>;

impl Patterns {
    /// Returns the patterns of a profile.
    pub fn new(symbols: &Symbols, profile: &Profile) -> Self {
        let set = |selector: &Selector| -> Symbols01 {
            symbols
                .0
                .iter()
                .map(|symbol| selector.matches(&symbol.kind, symbol.name.as_deref()))
                .collect()
        };
        let sets = |selectors: &[Selector]| selectors.iter().map(set).collect::<Vec<_>>();
        let pattern = |(index, elastic): (usize, &Elastic)| Pattern {
            rule: RuleId(index as u16),
            keep: elastic.keep,
            same_object: elastic.same_object,
            max_repeats: elastic.max_repeats,
            body: sets(&elastic.body),
            after: sets(&elastic.after),
            before: sets(&elastic.before),
        };
        let elastics =
            profile.rules.iter().enumerate().filter(|(_, rule)| rule.enabled).filter_map(
                |(index, rule)| {
                    if let Action::Elastic(elastic) = &rule.action {
                        Some((index, elastic))
                    } else {
                        None
                    }
                },
            );
        let rules: Vec<Pattern> = elastics.map(pattern).collect();
        let among = |of: fn(&Pattern) -> Option<&Symbols01>| -> Vec<bool> {
            let any = |symbol: usize| rules.iter().filter_map(of).any(|set| set[symbol]);
            (0..symbols.0.len()).map(any).collect()
        };
        let touched = among(|rule| rule.body.first());
        let ends = among(|rule| rule.body.last());
        let returns =
            symbols.0.iter().map(|symbol| symbol.role.is_some_and(Role::is_return)).collect();
        let calls = symbols.0.iter().map(|symbol| symbol.role == Some(Role::Call)).collect();
        Self { rules, returns, calls, touched, ends }
    }

    /// Returns whether a loop may start in this lane.
    pub fn touch(&self, lane: &Lane) -> bool {
        !self.rules.is_empty() && lane.symbols.iter().any(|symbol| self.touched[symbol.0 as usize])
    }
}

/// Returns the positions that are left of `kept`. The `slots`, which are indices into `kept` that do not
/// fall, become indices into what is left.
pub fn fold<'a>(
    patterns: &Patterns,
    lane: &Lane,
    kept: &[u32],
    slots: impl Iterator<Item = &'a mut u32>,
    folded: &mut BTreeMap<RuleId, u64>,
) -> Vec<u32> {
    let mut out: Vec<u32> = Vec::with_capacity(kept.len());
    let mut slots = slots.peekable();
    let mut moved = Vec::new();
    let mut runs: Vec<Run> = patterns.rules.iter().map(|_| Run::default()).collect();
    let is_end = |&position: &u32| patterns.ends[lane.symbols[position as usize].0 as usize];
    let mut next = 0;
    while next < kept.len() {
        let rest = &kept[next..];
        let end = rest.iter().position(is_end);
        let copied = end.map_or(rest.len(), |end| end + 1);
        while let Some(slot) = slots.next_if(|slot| (**slot as usize) < next + copied) {
            *slot = (out.len() + *slot as usize - next) as u32;
            moved.push(slot);
        }
        out.extend_from_slice(&rest[..copied]);
        next += copied;
        if end.is_none() {
            break;
        }
        let index = next - 1;
        let at = At { patterns, lane, rest: &kept[index + 1..] };
        for (pattern, run) in patterns.rules.iter().zip(&mut runs) {
            if pattern.keep == 0 {
                at.drop_inner(pattern, run, index, &mut out, folded);
            } else {
                at.drop_earlier(pattern, run, &mut out, folded);
            }
        }
    }
    let at = At { patterns, lane, rest: &[] };
    for (pattern, run) in patterns.rules.iter().zip(&runs).filter(|(pattern, _)| pattern.keep > 0) {
        at.drop_before_the_end(pattern, run, &mut out, folded);
    }
    // What was taken off stood before the end, and so did what points there.
    for slot in slots {
        *slot = out.len() as u32;
    }
    for slot in moved {
        *slot = (*slot).min(out.len() as u32);
    }
    out
}

/// How many rounds in a row were taken off, and up to where.
#[derive(Debug, Default)]
struct Run {
    height: usize,
    rounds: u32,
    /// The run that goes on up to this index of the input was seen to end as the rule says.
    proven_until: usize,
    /// What follows it there.
    behind: Vec<u32>,
}

struct At<'a> {
    patterns: &'a Patterns,
    lane: &'a Lane,
    rest: &'a [u32],
}

impl At<'_> {
    fn matches(&self, events: &[u32], sets: &[Symbols01]) -> bool {
        events.len() == sets.len()
            && events
                .iter()
                .zip(sets)
                .all(|(&event, set)| set[self.lane.symbols[event as usize].0 as usize])
    }

    fn token(&self, event: u32) -> u64 {
        self.lane.tokens[event as usize]
    }

    fn is_return(&self, event: u32) -> bool {
        self.patterns.returns[self.lane.symbols[event as usize].0 as usize]
    }

    /// A loop that may not run at all, between what must surround it.
    fn drop_inner(
        &self,
        pattern: &Pattern,
        run: &mut Run,
        index: usize,
        out: &mut Vec<u32>,
        folded: &mut BTreeMap<RuleId, u64>,
    ) {
        let Some(start) = out.len().checked_sub(pattern.body.len()) else { return };
        let Some(outer) = start.checked_sub(pattern.after.len()) else { return };
        if !self.matches(&out[start..], &pattern.body)
            || !self.matches(&out[outer..start], &pattern.after)
        {
            return;
        }
        if run.height != start {
            *run = Run { height: start, ..Run::default() };
        }
        if run.proven_until <= index {
            // How many more rounds follow, and does the run end as it must?
            let mut rest = self.rest;
            let mut rounds = run.rounds + 1;
            while rest.len() >= pattern.body.len()
                && rounds <= pattern.max_repeats
                && self.matches(&rest[..pattern.body.len()], &pattern.body)
            {
                rest = &rest[pattern.body.len()..];
                rounds += 1;
            }
            let ends = rest.len() >= pattern.before.len()
                && self.matches(&rest[..pattern.before.len()], &pattern.before);
            let behind = &rest[..pattern.before.len().min(rest.len())];
            if !ends
                || rounds > pattern.max_repeats
                || !self.returns_alike(&out[outer..start], behind, &out[start..])
                || !self.is_about_one(pattern, &out[start..])
            {
                return;
            }
            run.proven_until = index + 1 + (self.rest.len() - rest.len());
            run.behind = behind.to_vec();
        } else if !self.returns_alike(&out[outer..start], &run.behind, &out[start..])
            || !self.is_about_one(pattern, &out[start..])
        {
            return;
        }
        run.rounds += 1;
        out.truncate(start);
        *folded.entry(pattern.rule).or_default() += 1;
    }

    /// Whether what the round returns is what the same functions return right before it or behind it.
    fn returns_alike(&self, outer: &[u32], behind: &[u32], round: &[u32]) -> bool {
        round.iter().filter(|&&event| self.is_return(event)).all(|&event| {
            let symbol = self.lane.symbols[event as usize];
            let alike = |&&other: &&u32| self.lane.symbols[other as usize] == symbol;
            let mut around = outer.iter().chain(behind);
            around.find(alike).is_none_or(|&other| self.token(other) == self.token(event))
        })
    }

    /// Whether the calls of a round name one object, where they must.
    fn is_about_one(&self, pattern: &Pattern, round: &[u32]) -> bool {
        if !pattern.same_object {
            return true;
        }
        let calls = round.iter().filter(|&&event| self.is_call(event));
        let mut named = calls.map(|&event| {
            let asides = self.lane.asides_at(event as usize);
            asides.iter().map(|aside| (aside.rule, aside.field, aside.value)).collect::<Vec<_>>()
        });
        let first = named.next();
        named.all(|named| Some(named) == first)
    }

    fn is_call(&self, event: u32) -> bool {
        self.patterns.calls[self.lane.symbols[event as usize].0 as usize]
    }

    /// A loop that runs at least once: of two rounds in a row the earlier goes.
    fn drop_earlier(
        &self,
        pattern: &Pattern,
        run: &mut Run,
        out: &mut Vec<u32>,
        folded: &mut BTreeMap<RuleId, u64>,
    ) {
        let length = pattern.body.len();
        let Some(second) = out.len().checked_sub(length) else { return };
        let Some(first) = second.checked_sub(length) else { return };
        if !self.matches(&out[second..], &pattern.body)
            || !self.matches(&out[first..second], &pattern.body)
        {
            return;
        }
        let outer = first.checked_sub(pattern.after.len());
        if !outer.is_some_and(|outer| self.matches(&out[outer..first], &pattern.after)) {
            return;
        }
        let calls_alike = out[first..second]
            .iter()
            .zip(&out[second..])
            .all(|(&a, &b)| self.is_return(a) || self.token(a) == self.token(b));
        if run.height != first {
            *run = Run { height: first, ..Run::default() };
        }
        if !calls_alike || run.rounds >= pattern.max_repeats {
            return;
        }
        run.rounds += 1;
        out.drain(first..second);
        *folded.entry(pattern.rule).or_default() += 1;
    }

    /// A loop that the lane ends in the middle of: the round before the one that is begun goes, as it
    /// would if that one had come to its end.
    fn drop_before_the_end(
        &self,
        pattern: &Pattern,
        run: &Run,
        out: &mut Vec<u32>,
        folded: &mut BTreeMap<RuleId, u64>,
    ) {
        let length = pattern.body.len();
        for begun in (1..length).rev() {
            let Some(second) = out.len().checked_sub(begun) else { continue };
            let Some(first) = second.checked_sub(length) else { continue };
            let alike = self.matches(&out[second..], &pattern.body[..begun])
                && self.matches(&out[first..second], &pattern.body)
                && out[first..first + begun]
                    .iter()
                    .zip(&out[second..])
                    .all(|(&a, &b)| self.is_return(a) || self.token(a) == self.token(b));
            let outer = first.checked_sub(pattern.after.len());
            let after = outer.is_some_and(|outer| self.matches(&out[outer..first], &pattern.after));
            if alike && after && !(run.height == first && run.rounds >= pattern.max_repeats) {
                out.drain(first..second);
                *folded.entry(pattern.rule).or_default() += 1;
                return;
            }
        }
    }
}

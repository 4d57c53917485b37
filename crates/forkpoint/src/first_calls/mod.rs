//! The order in which functions first appear: a first gate, and a measure of how far a candidate gets.
//!
//! Only names are compared, and each only where it appears first, so that it works on logs that have
//! little else in common: calls without returns, arguments in another notation. How often a function
//! is called, and with what, is not looked at.
//! Invariant: names that were not compared are reported; where no name was, nothing is identical.

mod document;

use std::collections::{HashMap, HashSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::analysis::{Analysis, EventRef, Options, analyse};
use crate::class::Class;
use crate::pair::{Pair, Side};
use crate::profile::Profile;
use crate::report::build::{input, lane_name, profile_used, site};
use crate::report::{HiddenByRule, Input, NotCompared, ProfileUsed, Site, Verdict};
use crate::trace::{Symbols, Trace};

/// Over what the order is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Over {
    /// Each thread for itself.
    #[default]
    Lanes,
    /// All threads of a log, as its lines stand: then scheduling takes part.
    All,
}

/// What came of comparing first appearances.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FirstCalls {
    /// What came of it.
    pub verdict: Verdict,
    /// What keeps the logs from being called identical, though no difference was found.
    pub doubts: Vec<String>,
    /// How many names are equal from the start, in all orders: the measure of progress.
    pub matched: u64,
    /// How many names the reference has, in all orders.
    pub names: u64,
    /// The orders that were compared: one a pair of lanes, or one in all.
    pub orders: Vec<Order>,
    /// The rules in force.
    pub profile: ProfileUsed,
    /// What was not compared because the other log cannot record it, by rule.
    pub unseen: Vec<HiddenByRule>,
    /// What was not compared at all.
    pub not_compared: Vec<NotCompared>,
    /// The logs.
    pub inputs: Pair<Input>,
}

/// Two orders of names, side by side.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Order {
    /// What the logs call the two lanes; none for all lanes together.
    pub lanes: Option<Pair<String>>,
    /// How many names each has.
    pub names: Pair<u64>,
    /// How many are equal from the start: the measure of progress.
    pub matched: u64,
    /// How many names each has that the other has nowhere in this order.
    pub alone: Pair<u64>,
    /// Where the orders diverge.
    #[serde(rename = "parting")]
    pub divergence: Option<OrderDivergence>,
}

/// Where two orders of names part.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OrderDivergence {
    /// What kind of divergence it is.
    pub class: Class,
    /// What happened, in a sentence without its full stop.
    pub summary: String,
    /// The name that comes next on each side, and where it first appears; none where there is none.
    pub next: Pair<Option<FirstName>>,
    /// Where the other side's next name first appears on this side, if it does.
    pub elsewhere: Pair<Option<Site>>,
}

/// A name and where it first appears.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FirstName {
    /// The name.
    pub name: String,
    /// Its first event.
    pub site: Site,
}

/// Compares the orders in which names first appear in two logs.
pub fn first_occurrences(
    traces: &Pair<Trace>,
    symbols: &Symbols,
    profile: &Profile,
    options: &Options,
    over: Over,
) -> FirstCalls {
    shown(&analyse(traces, symbols, profile, options), over)
}

fn shown(facts: &Analysis<'_>, over: Over) -> FirstCalls {
    let orders: Vec<Order> = match over {
        Over::Lanes => {
            let pairs = 0..facts.pairing.pairs.len();
            pairs.map(|pair| of_pair(facts, pair)).collect()
        }
        Over::All => vec![order(facts, None, Pair::of(|side| of_all(facts, side)))],
    };
    let mut doubts = facts.doubts_of_reading();
    if over == Over::Lanes {
        doubts.extend(facts.doubts_of_unpaired());
    }
    doubts.extend(facts.doubts_of_sight());
    if orders.iter().all(|order| order.matched == 0) {
        doubts.push("nothing was compared: no name occurs in both logs".to_owned());
    }
    let parts = orders.iter().any(|order| order.divergence.is_some());
    let verdict = match (parts, doubts.is_empty()) {
        (true, _) => Verdict::Diverged,
        (false, false) => Verdict::Inconclusive,
        (false, true) => Verdict::Identical,
    };
    let (unseen, not_compared) = (facts.unseen(), not_compared(facts));
    let inputs = facts.traces.as_ref().map(input);
    let sum = |of: fn(&Order) -> u64| orders.iter().map(of).sum();
    FirstCalls {
        verdict,
        doubts,
        matched: sum(|order| order.matched),
        names: sum(|order| order.names.reference),
        orders,
        profile: profile_used(facts),
        unseen,
        not_compared,
        inputs,
    }
}

/// A name and where it first appears.
type First<'a> = (&'a str, EventRef);

fn of_pair(facts: &Analysis<'_>, pair: usize) -> Order {
    let lanes = facts.lanes(pair);
    let names = Pair::of(|side| lane_name(facts, side, *lanes.on(side)));
    order(facts, Some(names), Pair::of(|side| of_lane(facts, side, *lanes.on(side))))
}

fn of_lane<'a>(facts: &'a Analysis<'_>, side: Side, lane: usize) -> Vec<First<'a>> {
    let stream = facts.stream(side, lane);
    let mut seen = vec![false; facts.symbols.0.len()];
    let mut names: HashSet<&str> = HashSet::new();
    let mut firsts = Vec::new();
    for nth in 0..stream.len() {
        let id = stream.symbol(nth);
        if std::mem::replace(&mut seen[id.0 as usize], true) {
            continue;
        }
        // A call and its return have one name.
        if let Some(name) = facts.symbols.of(id).name.as_deref()
            && names.insert(name)
        {
            firsts.push((name, EventRef { side, lane, position: stream.position(nth) }));
        }
    }
    firsts
}

/// The names of all lanes, in the order of the log's lines.
fn of_all<'a>(facts: &'a Analysis<'_>, side: Side) -> Vec<First<'a>> {
    let mut first: HashMap<&str, EventRef> = HashMap::new();
    for lane in 0..facts.streams.on(side).len() {
        for (name, at) in of_lane(facts, side, lane) {
            let earliest = first.entry(name).or_insert(at);
            if facts.place(at) < facts.place(*earliest) {
                *earliest = at;
            }
        }
    }
    let mut firsts: Vec<First<'a>> = first.into_iter().collect();
    firsts.sort_by_key(|(_, at)| facts.place(*at));
    firsts
}

fn order(facts: &Analysis<'_>, lanes: Option<Pair<String>>, firsts: Pair<Vec<First<'_>>>) -> Order {
    let both = firsts.reference.iter().zip(&firsts.candidate);
    let matched = both.take_while(|((a, _), (b, _))| a == b).count();
    let where_is = firsts.as_ref().map(|firsts| firsts.iter().copied().collect::<HashMap<_, _>>());
    let alone = Pair::of(|side| {
        let names = firsts.on(side).iter();
        names.filter(|(name, _)| !where_is.on(side.other()).contains_key(name)).count() as u64
    });
    let next = firsts.as_ref().map(|firsts| firsts.get(matched).copied());
    let ended = next == Pair::default() || facts.options.allow_prefix && next.candidate.is_none();
    let divergence = (!ended).then(|| {
        let elsewhere = Pair::of(|side: Side| {
            let (name, _) = (*next.on(side.other()))?;
            where_is.on(side).get(name).copied()
        });
        divergence(facts, next, elsewhere)
    });
    let names = firsts.map(|firsts| firsts.len() as u64);
    Order { lanes, names, matched: matched as u64, alone, divergence }
}

fn divergence(
    facts: &Analysis<'_>,
    next: Pair<Option<First<'_>>>,
    elsewhere: Pair<Option<EventRef>>,
) -> OrderDivergence {
    let appears = |at: Option<EventRef>| match at {
        Some(at) => format!("first in line {}", site(facts, at).line),
        None => "nowhere".to_owned(),
    };
    let (class, summary) = match (next.reference, next.candidate) {
        (Some((name, _)), None) => (
            Class::MissingCall,
            format!(
                "the candidate calls no further new functions; the reference next calls {name}"
            ),
        ),
        (None, Some((name, _))) => (
            Class::ExtraCall,
            format!(
                "the candidate next calls {name}; the reference calls no further new functions"
            ),
        ),
        (Some((expected, _)), Some((found, _))) => {
            let class = match (elsewhere.reference, elsewhere.candidate) {
                (Some(_), Some(_)) => Class::Reordered,
                (Some(_), None) => Class::MissingCall,
                (None, Some(_)) => Class::ExtraCall,
                (None, None) => Class::DifferentCall,
            };
            let summary = format!(
                "the reference continues with {expected}, which the candidate has {}; the candidate with {found}, which the reference has {}",
                appears(elsewhere.candidate),
                appears(elsewhere.reference)
            );
            (class, summary)
        }
        (None, None) => (Class::Reordered, String::new()), // not asked for two orders that are equal
    };
    let at_site = |at: EventRef| site(facts, at);
    OrderDivergence {
        class,
        summary,
        next: next.map(|next| {
            next.map(|(name, at)| FirstName { name: name.to_owned(), site: at_site(at) })
        }),
        elsewhere: elsewhere.map(|at| at.map(at_site)),
    }
}

/// What has no name, and what rules took out of the lanes.
fn not_compared(facts: &Analysis<'_>) -> Vec<NotCompared> {
    let mut found = Vec::new();
    let mut push = |what: &str, why: &str, counts: Pair<u64>| {
        if counts != Pair::default() {
            let (what, why) = (what.to_owned(), why.to_owned());
            found.push(NotCompared { what, why, counts, severity: None, fix: None });
        }
    };
    let aligned = Pair::of(|side| {
        let streams = facts.streams.on(side).iter();
        streams.map(|stream| stream.len() as u64).sum::<u64>()
    });
    let nameless = Pair::of(|side| {
        let streams = facts.streams.on(side).iter();
        let symbols = streams.flat_map(|stream| (0..stream.len()).map(|nth| stream.symbol(nth)));
        symbols.filter(|id| facts.symbols.of(*id).name.is_none()).count() as u64
    });
    push("events without a name", "They name no function.", nameless);
    let out = Pair::of(|side| facts.traces.on(side).n_events() as u64 - aligned.on(side));
    let unseen = facts.unseen().iter().fold(Pair::default(), |sum: Pair<u64>, unseen| {
        Pair::new(sum.reference + unseen.events.reference, sum.candidate + unseen.events.candidate)
    });
    let out = out.zip(unseen).map(|(out, unseen)| out.saturating_sub(unseen));
    let why = "They float, repeat, or are written by one engine for itself.";
    push("events that rules take out of their threads", why, out);
    let lanes = Pair::of(|side| facts.pairing.unpaired.on(side).len() as u64);
    push("threads without a partner", "They have no counterpart on the other side.", lanes);
    let all = facts.traces.as_ref().map(|trace| trace.n_events() as u64);
    let why = "Arguments, results, and how often a function is called; diff without --mode does.";
    push("what else the events hold", why, all);
    found
}

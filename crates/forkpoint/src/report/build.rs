//! Turns what the comparison found into a report: sentences, places, counts.
//!
//! It is over 700 lines because each part of the report needs the same facts, and none needs another.

use std::collections::BTreeMap;

use crate::align::absorb::Absorber;
use crate::align::explain::{self, Difference};
use crate::align::floats::Oddity;
use crate::align::resync::Gap;
use crate::align::streams::{Floating, Stream};
use crate::align::tail::Tail;
use crate::align::threads::{Evidence, Pairing};
use crate::align::walk::{Parting, Walk};
use crate::compare::Options;
use crate::finding::Class;
use crate::pair::{Pair, Side};
use crate::profile::{Action, Profile, RuleId};
use crate::report::words::{count, shortened};
use crate::report::{
    ContextRow, EventView, Excused, FieldDifference, Finding, Input, InputFault, LanePair, Mark,
    NotCompared, ProfileUsed, Report, Site, Unpaired, Verdict,
};
use crate::trace::{Lane, Symbols, Trace};

/// All that the comparison found.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The logs.
    pub traces: &'a Pair<Trace>,
    /// Their symbols.
    pub symbols: &'a Symbols,
    /// The rules.
    pub profile: &'a Profile,
    /// What the user asked for.
    pub options: &'a Options,
    /// What was aligned of each lane.
    pub streams: &'a Pair<Vec<Stream<'a>>>,
    /// Which lanes are one thread.
    pub pairing: &'a Pairing,
    /// What came of each pair.
    pub walks: &'a [Walk],
    /// Floats that are not as they should be.
    pub oddities: Vec<Oddity>,
    /// How many events of each rule floated.
    pub floated: BTreeMap<RuleId, Pair<u64>>,
}

/// More findings than this are counted, not shown.
const MAX_FLOAT_FINDINGS: usize = 20;

/// Returns the report.
pub fn report(facts: &Facts<'_>) -> Report {
    let mut ranked: Vec<(Rank, Finding)> = Vec::new();
    for (index, walk) in facts.walks.iter().enumerate() {
        ranked.extend(facts.lane_finding(index, walk));
    }
    ranked.extend(facts.float_findings());
    ranked.sort_by(|a, b| a.0.cmp(&b.0));
    let origins: Vec<Finding> = ranked.into_iter().map(|(_, finding)| finding).collect();
    let mut lanes: Vec<LanePair> =
        (0..facts.walks.len()).map(|index| facts.lane_pair(index)).collect();
    for (place, finding) in origins.iter().enumerate() {
        if let Some(lane) = finding.lane.filter(|&lane| lanes[lane].finding.is_none()) {
            lanes[lane].finding = Some(place);
        }
    }
    let matched = facts.walks.iter().map(|walk| walk.matched as u64).sum();
    let unpaired = facts.unpaired();
    let doubts = facts.doubts(matched, &unpaired);
    let verdict = match (origins.is_empty(), doubts.is_empty()) {
        (false, _) => Verdict::Diverged,
        (true, false) => Verdict::Inconclusive,
        (true, true) => Verdict::Identical,
    };
    Report {
        verdict,
        doubts,
        profile: ProfileUsed {
            name: facts.profile.name.clone(),
            chain: facts.profile.chain.clone(),
            without: facts
                .profile
                .rules
                .iter()
                .filter(|rule| !rule.enabled)
                .map(|rule| rule.id.clone())
                .collect(),
        },
        inputs: facts.traces.as_ref().map(input),
        origins,
        lanes,
        unpaired,
        excused: facts.excused(),
        not_compared: facts.not_compared(),
        matched,
    }
}

/// The order of findings: what lanes show before what floats show, then the reference's clock, then
/// the place in its log, then the candidate's.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    float: bool,
    clock: i64,
    places: Pair<Option<crate::trace::Place>>,
}

/// Where one side of a finding is.
#[derive(Clone, Copy)]
struct At {
    side: Side,
    lane: usize,
    position: usize,
}

impl Facts<'_> {
    fn stream(&self, at: At) -> &Stream<'_> {
        &self.streams.on(at.side)[at.lane]
    }

    fn lane(&self, side: Side, lane: usize) -> &Lane {
        &self.traces.on(side).lanes[lane]
    }

    fn lane_name(&self, side: Side, lane: usize) -> String {
        (self.traces.on(side).format.lane)(self.lane(side, lane).key)
    }

    fn site(&self, at: At) -> Site {
        let (trace, lane) = (self.traces.on(at.side), self.lane(at.side, at.lane));
        let line = trace.lines.read(lane.places[at.position]);
        let (file, line) =
            line.map_or_else(|_| (trace.files[0].clone(), 0), |line| (line.file, line.number));
        Site {
            side: at.side,
            process: lane.key.process,
            tid: lane.key.thread,
            lane: self.lane_name(at.side, at.lane),
            event_idx: lane.event_idx(at.position),
            file,
            line,
            name: self.symbols.of(lane.symbols[at.position]).title(),
        }
    }

    fn event(&self, at: At) -> (EventView, Option<i64>) {
        let lane = self.lane(at.side, at.lane);
        let symbol = self.symbols.of(lane.symbols[at.position]);
        let view = explain::view(self.traces.on(at.side), lane.places[at.position], &symbol.plan);
        let event = EventView {
            event_idx: lane.event_idx(at.position),
            line: view.line,
            name: symbol.title(),
            canonical: view.canonical,
            raw: view.raw,
        };
        (event, view.clock)
    }

    fn rank(&self, float: bool, at: Pair<Option<At>>) -> Rank {
        let place = |at: At| self.lane(at.side, at.lane).places[at.position];
        let clock = at.reference.or(at.candidate).and_then(|at| self.event(at).1);
        Rank { float, clock: clock.unwrap_or(0), places: at.map(|at| at.map(place)) }
    }

    /// The finding of a pair of lanes, if they part.
    fn lane_finding(&self, index: usize, walk: &Walk) -> Option<(Rank, Finding)> {
        let lanes = self.pairing.pairs[index].lanes;
        let streams = Pair::new(
            &self.streams.reference[lanes.reference],
            &self.streams.candidate[lanes.candidate],
        );
        let at = |side: Side, nth: usize| {
            let stream: &Stream<'_> = streams.on(side);
            // One past the last event stands for the last.
            let nth = nth.min(stream.len().checked_sub(1)?);
            Some(At { side, lane: *lanes.on(side), position: stream.position(nth) })
        };
        let (nth, gap, class, summary, differences) = match walk.parting {
            Parting::None => return None,
            Parting::Differ { nth, gap } => {
                let absorber =
                    Absorber { traces: self.traces, symbols: self.symbols, profile: self.profile };
                let differences = absorber.differences(streams, nth);
                let symbols =
                    Pair::of(|side| self.symbols.of(streams.on(side).symbol(*nth.on(side))));
                let same_symbol = streams.reference.symbol(nth.reference)
                    == streams.candidate.symbol(nth.candidate);
                let class = match gap {
                    // One side has more of the same: that says more than how the first of it differs.
                    Some(gap) if gap.is_lopsided() => Class::of_gap(Some(gap), false),
                    _ if same_symbol => Class::of_values(symbols.reference.role),
                    gap => {
                        Class::of_gap(gap, gap.is_some_and(|gap| same_events(streams, nth, gap)))
                    }
                };
                let summary = summary(
                    class,
                    &symbols.map(crate::trace::Symbol::title),
                    gap,
                    &differences,
                    symbols.reference.name.as_deref(),
                );
                (nth, gap, class, summary, differences)
            }
            Parting::CandidateEnds { nth } => {
                if self.options.allow_prefix {
                    return None;
                }
                let (class, summary) = self.ends(Side::Candidate, streams, nth, lanes);
                (nth, None, class, summary, Vec::new())
            }
            Parting::ReferenceEnds { nth } => {
                let (class, summary) = self.ends(Side::Reference, streams, nth, lanes);
                (nth, None, class, summary, Vec::new())
            }
        };
        let places = Pair::of(|side| at(side, *nth.on(side)));
        let sites =
            Side::BOTH.iter().filter_map(|&side| places.on(side).map(|at| self.site(at))).collect();
        let finding = Finding {
            class,
            summary,
            sites,
            differences: differences
                .into_iter()
                .map(|difference| self.difference(difference))
                .collect(),
            context: self.context(lanes, nth, gap),
            lane: Some(index),
        };
        Some((self.rank(false, places), finding))
    }

    fn ends(
        &self,
        side: Side,
        streams: Pair<&Stream<'_>>,
        nth: Pair<usize>,
        lanes: Pair<usize>,
    ) -> (Class, String) {
        let tail = Tail::of(self.lane(side, *lanes.on(side)), self.symbols);
        let other = streams.on(side.other());
        let left = other.len() - nth.on(side.other());
        let next = self.symbols.of(other.symbol(*nth.on(side.other()))).title();
        let (class, how) = match tail {
            Tail::Waiting => (Class::Blocked, "waits for ever"),
            Tail::InCall => (Class::Cut, "stops inside a call"),
            Tail::Exited => (Class::ExitedEarly, "exits"),
            Tail::Stopped => (Class::Behind, "stops"),
        };
        let after = count(*nth.on(side) as u64, "equal event");
        let more = count(left as u64, "more event");
        (
            class,
            format!("the {side} {how} after {after}; the {} has {more}, next {next}", side.other()),
        )
    }

    fn difference(&self, difference: Difference) -> FieldDifference {
        let excused_by = difference.excused_by.map(|rule| self.profile.rule(rule).id.clone());
        FieldDifference { field: difference.field, values: difference.values, excused_by }
    }

    /// Returns what stands around the place where two lanes part: equal events before it, the gap
    /// that parts them, and what comes behind it, side by side again where the lanes agree again.
    fn context(&self, lanes: Pair<usize>, nth: Pair<usize>, gap: Option<Gap>) -> Vec<ContextRow> {
        let (before, after) = self.options.context;
        let streams = Pair::of(|side| &self.streams.on(side)[*lanes.on(side)]);
        let row = |mark: Mark, nth: Pair<Option<usize>>| {
            let events = Pair::of(|side| {
                let stream = streams.on(side);
                let nth = nth.on(side).filter(|&nth| nth < stream.len())?;
                Some(
                    self.event(At { side, lane: *lanes.on(side), position: stream.position(nth) })
                        .0,
                )
            });
            ContextRow { mark, events }
        };
        let both = |ahead: usize| nth.map(|nth| Some(nth + ahead));
        let first = before.min(nth.reference).min(nth.candidate);
        let mut rows: Vec<ContextRow> = (1..=first)
            .rev()
            .map(|back| row(Mark::Equal, nth.map(|nth| Some(nth - back))))
            .collect();
        let Some(gap) = gap else {
            let mark = |ahead: usize| if ahead == 0 { Mark::Divergent } else { Mark::After };
            rows.extend((0..=after).map(|ahead| row(mark(ahead), both(ahead))));
            rows.retain(|row| row.events.reference.is_some() || row.events.candidate.is_some());
            return rows;
        };
        let skipped = Pair::new(gap.reference, gap.candidate);
        let length = gap.reference.max(gap.candidate).min(1 + after);
        for ahead in 0..length {
            let mark = if ahead == 0 { Mark::Divergent } else { Mark::After };
            let inside =
                Pair::of(|side| (ahead < *skipped.on(side)).then_some(nth.on(side) + ahead));
            rows.push(row(mark, inside));
        }
        if length == gap.reference.max(gap.candidate) {
            rows.extend((0..after).map(|ahead| {
                row(Mark::Equal, Pair::of(|side| Some(nth.on(side) + skipped.on(side) + ahead)))
            }));
        }
        rows.retain(|row| row.events.reference.is_some() || row.events.candidate.is_some());
        // Behind the anchor the lanes may part again.
        for row in &mut rows {
            if row.mark == Mark::Equal
                && (row.events.reference.is_none() || row.events.candidate.is_none())
            {
                row.mark = Mark::After;
            }
        }
        rows
    }

    fn float_findings(&self) -> Vec<(Rank, Finding)> {
        let mut found: Vec<(Rank, Finding)> =
            self.oddities.iter().map(|oddity| self.float_finding(oddity)).collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let hidden = found.len().saturating_sub(MAX_FLOAT_FINDINGS);
        found.truncate(MAX_FLOAT_FINDINGS);
        if let (Some((_, last)), true) = (found.last_mut(), hidden > 0) {
            last.summary.push_str(&format!(" (and {hidden} more such findings)"));
        }
        found
    }

    fn float_finding(&self, oddity: &Oddity) -> (Rank, Finding) {
        let at = |side: Side, lane: usize, float: &Floating| At {
            side,
            lane,
            position: float.position as usize,
        };
        match oddity {
            Oddity::OneSided { side, lane, float } => {
                let at = at(*side, *lane, float);
                let site = self.site(at);
                let rule = &self.profile.rule(float.rule).id;
                let summary = format!(
                    "{} of the {side} has no equal anywhere in the {} (it may stand on any thread: rule {rule})",
                    site.name,
                    side.other()
                );
                let event = self.event(at).0;
                let mut events = Pair::default();
                *events.on_mut(*side) = Some(event);
                let context = vec![ContextRow { mark: Mark::Divergent, events }];
                let mut places = Pair::default();
                *places.on_mut(*side) = Some(at);
                let finding = Finding {
                    class: Class::OneSided,
                    summary,
                    sites: vec![site],
                    differences: Vec::new(),
                    context,
                    lane: None,
                };
                (self.rank(true, places), finding)
            }
            Oddity::Differ { lanes, floats } => {
                let places = Pair::of(|side| at(side, *lanes.on(side), floats.on(side)));
                let spots = places.map(|at| {
                    let lane = self.lane(at.side, at.lane);
                    let position = at.position;
                    explain::Spot {
                        place: lane.places[position],
                        symbol: lane.symbols[position],
                        index: lane.event_idx(position),
                    }
                });
                let differences =
                    explain::differences(self.traces.as_ref(), self.symbols, self.profile, spots);
                let sites = places.map(|at| self.site(at));
                let summary = format!("{} differs: {}", sites.reference.name, told(&differences));
                let events = places.map(|at| Some(self.event(at).0));
                let lane = self.pairing.pairs.iter().position(|paired| paired.lanes == *lanes);
                let finding = Finding {
                    class: Class::Payload,
                    summary,
                    sites: vec![sites.reference, sites.candidate],
                    differences: differences
                        .into_iter()
                        .map(|difference| self.difference(difference))
                        .collect(),
                    context: vec![ContextRow { mark: Mark::Divergent, events }],
                    lane,
                };
                (self.rank(true, places.map(Some)), finding)
            }
        }
    }

    fn lane_pair(&self, index: usize) -> LanePair {
        let paired = &self.pairing.pairs[index];
        let lanes = Pair::of(|side| self.lane(side, *paired.lanes.on(side)));
        let streams =
            Pair::of(|side| self.stream(At { side, lane: *paired.lanes.on(side), position: 0 }));
        LanePair {
            names: Pair::of(|side| self.lane_name(side, *paired.lanes.on(side))),
            processes: lanes.map(|lane| lane.key.process),
            tids: lanes.map(|lane| lane.key.thread),
            evidence: self.evidence(&paired.evidence),
            is_doubtful: paired.evidence.is_doubtful(),
            events: lanes.map(|lane| lane.n_events() as u64),
            aligned: streams.map(|stream| stream.len() as u64),
            matched: self.walks[index].matched as u64,
            ends: lanes.map(|lane| Tail::of(lane, self.symbols)),
            finding: None,
        }
    }

    fn evidence(&self, evidence: &Evidence) -> String {
        match evidence {
            Evidence::Told => "told by --map".to_owned(),
            Evidence::LeftOver => "the only ones left".to_owned(),
            Evidence::Likeness { alike, of, first_call } => {
                let call = first_call.and_then(|id| self.symbols.of(id).name.clone());
                let call = call.map(|name| format!("both call {name} first, ")).unwrap_or_default();
                format!("{call}{alike} of the first {of} events are alike")
            }
        }
    }

    fn unpaired(&self) -> Vec<Unpaired> {
        let lanes = Side::BOTH
            .iter()
            .flat_map(|&side| self.pairing.unpaired.on(side).iter().map(move |&lane| (side, lane)));
        let mut unpaired: Vec<Unpaired> = lanes
            .map(|(side, index)| {
                let lane = self.lane(side, index);
                let first =
                    (lane.n_events() > 0).then(|| self.site(At { side, lane: index, position: 0 }));
                let name = self.lane_name(side, index);
                let events = lane.n_events() as u64;
                Unpaired {
                    side,
                    name,
                    process: lane.key.process,
                    tid: lane.key.thread,
                    events,
                    first,
                }
            })
            .collect();
        unpaired.sort_by_key(|lane| (lane.side, lane.process, lane.tid));
        unpaired
    }

    /// What keeps the logs from being called identical.
    fn doubts(&self, matched: u64, unpaired: &[Unpaired]) -> Vec<String> {
        let mut doubts = Vec::new();
        for side in Side::BOTH {
            for (kind, fault) in &self.traces.on(side).faults.0 {
                let times = if fault.count == 1 {
                    String::new()
                } else {
                    format!(" ({} times)", fault.count)
                };
                doubts.push(format!("the {side} is damaged, {}{times}: {fault}", kind.name()));
            }
        }
        let files = self
            .traces
            .as_ref()
            .map(|trace| trace.lines.identities().flatten().collect::<Vec<_>>());
        if files.reference.iter().any(|file| files.candidate.contains(file)) {
            doubts.push(
                "both sides read the same file: that a log equals itself says nothing".to_owned(),
            );
        }
        if matched == 0 {
            doubts.push(
                "nothing was compared: no pair of events stands beside each other".to_owned(),
            );
        }
        for side in Side::BOTH {
            let names: Vec<&str> = unpaired
                .iter()
                .filter(|lane| lane.side == side)
                .map(|lane| lane.name.as_str())
                .collect();
            if !names.is_empty() {
                let (threads, have) =
                    if names.len() == 1 { ("thread", "has") } else { ("threads", "have") };
                doubts.push(format!(
                    "{threads} {} of the {side} {have} no partner",
                    names.join(", ")
                ));
            }
        }
        doubts
    }

    fn excused(&self) -> Vec<Excused> {
        let mut totals: Vec<(u64, Pair<u64>, Option<Pair<At>>)> =
            vec![Default::default(); self.profile.rules.len()];
        for (walk, paired) in self.walks.iter().zip(&self.pairing.pairs) {
            for (total, excusal) in totals.iter_mut().zip(&walk.excusals.by_rule) {
                let Some((count, first)) = excusal else { continue };
                total.0 += count;
                total.2.get_or_insert(Pair::of(|side| At {
                    side,
                    lane: *paired.lanes.on(side),
                    position: *first.on(side) as usize,
                }));
            }
        }
        for (rule, counts) in &self.floated {
            totals[usize::from(rule.0)].1 = *counts;
        }
        for side in Side::BOTH {
            for (rule, rounds) in self.streams.on(side).iter().flat_map(|stream| &stream.folded) {
                *totals[usize::from(rule.0)].1.on_mut(side) += rounds;
            }
        }
        let rules = self
            .profile
            .rules
            .iter()
            .zip(totals)
            .filter(|(_, total)| total.0 > 0 || total.1 != Pair::default());
        rules
            .map(|(rule, (differences, left_out, example))| Excused {
                rule: rule.id.clone(),
                action: rule.action.name(),
                why: rule.why.clone(),
                file: rule.file.clone(),
                line: rule.place.map(|(line, _)| line as u64),
                differences,
                left_out,
                example: example.map(|example| example.map(|at| self.site(at))),
            })
            .collect()
    }

    fn not_compared(&self) -> Vec<NotCompared> {
        let mut found = Vec::new();
        let mut local: BTreeMap<(RuleId, &str), Pair<u64>> = BTreeMap::new();
        for side in Side::BOTH {
            for ((rule, symbol), count) in
                self.streams.on(side).iter().flat_map(|stream| &stream.local)
            {
                let kind = &self.symbols.of(*symbol).kind;
                *local.entry((*rule, kind)).or_default().on_mut(side) += count;
            }
        }
        for ((rule, kind), counts) in local {
            let rule = self.profile.rule(rule);
            let counted = matches!(rule.action, Action::Local { counted: true });
            let what = format!(
                "{kind} events{}",
                if counted { " (their counts are worth a look)" } else { "" }
            );
            found.push(NotCompared {
                what,
                why: format!("{} (rule {})", rule.why, rule.id),
                counts,
            });
        }
        let behind = |side: Side| {
            let left = self.walks.iter().zip(&self.pairing.pairs).map(|(walk, paired)| {
                (self.streams.on(side)[*paired.lanes.on(side)].len() - walk.matched) as u64
            });
            left.sum::<u64>()
        };
        let mut push = |what: &str, why: &str, counts: Pair<u64>| {
            if counts != Pair::default() {
                found.push(NotCompared { what: what.to_owned(), why: why.to_owned(), counts });
            }
        };
        push(
            "events behind the first divergence of their lane",
            "What follows a divergence is mostly its consequence.",
            Pair::of(behind),
        );
        let alone = |side: Side| -> u64 {
            let lanes = self.pairing.unpaired.on(side).iter();
            lanes.map(|&lane| self.streams.on(side)[lane].len() as u64).sum()
        };
        push(
            "events of threads without a partner",
            "There is nothing to put beside them.",
            Pair::of(alone),
        );
        let reasons: std::collections::BTreeSet<&str> = Side::BOTH
            .iter()
            .flat_map(|&side| self.traces.on(side).skipped.keys().copied())
            .collect();
        for reason in reasons {
            if reason == "header" {
                continue; // each file has one
            }
            let counts =
                Pair::of(|side| self.traces.on(side).skipped.get(reason).copied().unwrap_or(0));
            push(&format!("lines: {reason}"), "They hold no event to compare.", counts);
        }
        push(
            "damaged lines",
            "They cannot be read; see the inputs.",
            Pair::of(|side| self.traces.on(side).faults.count()),
        );
        found
    }
}

/// Whether both sides of a gap hold the same events, in whatever order.
fn same_events(streams: Pair<&Stream<'_>>, nth: Pair<usize>, gap: Gap) -> bool {
    let tokens = |stream: &Stream<'_>, from: usize, length: usize| {
        let mut tokens: Vec<u64> = (from..from + length).map(|nth| stream.token(nth)).collect();
        tokens.sort_unstable();
        tokens
    };
    gap.reference == gap.candidate
        && tokens(streams.reference, nth.reference, gap.reference)
            == tokens(streams.candidate, nth.candidate, gap.candidate)
}

fn summary(
    class: Class,
    titles: &Pair<String>,
    gap: Option<Gap>,
    differences: &[Difference],
    name: Option<&str>,
) -> String {
    let function = name.unwrap_or(&titles.reference);
    let told = told(differences);
    match (class, gap) {
        (Class::ReturnValue, _) => format!("{function} returns something else: {told}"),
        (Class::Arguments, _) => format!("{function} is called with other arguments: {told}"),
        (Class::ThreadAttribute, _) => format!("a thread is created otherwise: {told}"),
        (Class::MissingCall, Some(gap)) => {
            format!(
                "the candidate leaves out {}, from {} on",
                count(gap.reference as u64, "event"),
                titles.reference
            )
        }
        (Class::ExtraCall, Some(gap)) => {
            format!(
                "the candidate has {}, from {} on",
                count(gap.candidate as u64, "extra event"),
                titles.candidate
            )
        }
        (Class::Reordered, Some(gap)) => {
            format!(
                "the same {} stand in another order, from {} on",
                count(gap.reference as u64, "event"),
                titles.reference
            )
        }
        (Class::Payload, _) => format!("{} differs: {told}", titles.reference),
        _ => format!(
            "the reference goes on with {}, the candidate with {}",
            titles.reference, titles.candidate
        ),
    }
}

/// Returns the differences that nothing excuses, in a line.
fn told(differences: &[Difference]) -> String {
    const SHOWN: usize = 3;
    let real: Vec<&Difference> =
        differences.iter().filter(|difference| difference.excused_by.is_none()).collect();
    let value = |value: &Option<String>| {
        value.as_deref().map_or_else(|| "nothing".to_owned(), |text| shortened(text, 60))
    };
    let mut parts: Vec<String> = real
        .iter()
        .take(SHOWN)
        .map(|difference| {
            format!(
                "{} {} ↔ {}",
                difference.field,
                value(&difference.values.reference),
                value(&difference.values.candidate)
            )
        })
        .collect();
    if real.len() > SHOWN {
        parts.push(format!("{} more", real.len() - SHOWN));
    }
    parts.join(", ")
}

fn input(trace: &Trace) -> Input {
    let faults = trace.faults.0.iter().map(|(kind, fault)| InputFault {
        kind: kind.name(),
        count: fault.count,
        file: fault.file.clone(),
        line: fault.line,
        detail: fault.detail.clone(),
        hint: kind.hint(),
    });
    Input {
        files: trace.files.clone(),
        format: trace.format.name,
        engine: trace.engine.clone(),
        lines: trace.n_lines,
        bytes: trace.n_bytes,
        events: trace.n_events() as u64,
        lanes: trace.lanes.len() as u64,
        faults: faults.collect(),
    }
}

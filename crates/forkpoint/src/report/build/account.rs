//! What was compared and how much of it: lanes, doubts, excuses, what was left aside.

use std::collections::{BTreeMap, BTreeSet};

use crate::align::pairing::Evidence;
use crate::analysis::cause::Causes;
use crate::analysis::{Analysis, Detail, EventRef};
use crate::pair::{Pair, Side};
use crate::profile::{Action, RuleId};
use crate::report::build::evidence::{lane_name, site};
use crate::report::{Excused, Input, InputFault, LanePair, NotCompared, Unpaired};
use crate::trace::skip::{HEADER, Severity, Skip};
use crate::trace::warning::LogWarning;
use crate::trace::{LaneKey, Trace};

impl Analysis<'_> {
    pub(super) fn lane_pair(&self, index: usize) -> LanePair {
        let paired = &self.pairing.pairs[index];
        let lanes = Pair::of(|side| self.lane(side, *paired.lanes.on(side)));
        let streams = self.streams_of(index);
        LanePair {
            names: Pair::of(|side| lane_name(self, side, *paired.lanes.on(side))),
            processes: lanes.map(|lane| lane.key.process),
            tids: lanes.map(|lane| lane.key.thread),
            evidence: self.evidence(&paired.evidence),
            is_doubtful: paired.evidence.is_doubtful(),
            events: lanes.map(|lane| lane.n_events() as u64),
            aligned: streams.map(|stream| stream.len() as u64),
            matched: (self.walks[index].matched() - self.walks[index].known.n_before_parting)
                as u64,
            equal: self.walks[index].equal() as u64,
            ends: Pair::of(|side| self.tail(side, *paired.lanes.on(side))),
            exchanged: self.walks[index].exchanged.is_some(),
            class: None,
            finding: None,
            follows_from: None,
            known: 0,
            parts_at: None,
        }
    }

    fn evidence(&self, evidence: &Evidence) -> String {
        match evidence {
            Evidence::UserSpecified => "named by --map".to_owned(),
            Evidence::Lineage { parents } => {
                let names = Pair::of(|side| lane_name(self, side, *parents.on(side)));
                format!("threads {} ↔ {} created them alike", names.reference, names.candidate)
            }
            Evidence::LeftOver => "the only ones left".to_owned(),
            Evidence::Likeness { alike, of, first_call } => {
                let call = first_call.and_then(|id| self.symbols.of(id).name.clone());
                let call = call.map(|name| format!("both call {name} first, ")).unwrap_or_default();
                format!("{call}{alike} of the first {of} events are alike")
            }
        }
    }

    pub(super) fn unpaired(&self) -> Vec<Unpaired> {
        let lanes = Side::BOTH
            .iter()
            .flat_map(|&side| self.pairing.unpaired.on(side).iter().map(move |&lane| (side, lane)));
        let mut unpaired: Vec<Unpaired> = lanes
            .map(|(side, index)| {
                let lane = self.lane(side, index);
                let first = (lane.n_events() > 0)
                    .then(|| site(self, EventRef { side, lane: index, position: 0 }));
                let name = lane_name(self, side, index);
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
    pub(super) fn doubts(&self, matched: u64, causes: &Causes) -> Vec<String> {
        let mut doubts = self.doubts_of_reading();
        if matched == 0 {
            doubts.push("nothing was compared: no events could be aligned".to_owned());
        }
        doubts.extend(self.unpaired_but(|lane| self.is_known(lane, causes)));
        doubts
    }

    /// What is wrong with the logs themselves.
    pub(crate) fn doubts_of_reading(&self) -> Vec<String> {
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
            let lossy = |severity: Severity| severity == Severity::LosesEvents;
            let trace = self.traces.on(side);
            for notice in trace.notices.iter().filter(|notice| lossy(notice.severity)) {
                doubts.push(format!("the {side} {}: {}", notice.advice(), notice.what));
            }
            for (why, count) in trace.skipped.iter().filter(|(why, _)| lossy(why.severity)) {
                let lines = if *count == 1 { "a line" } else { "lines" };
                let advice = why.advice().unwrap_or_default();
                doubts.push(format!(
                    "the {side} has {lines} without an event, {}: {advice}",
                    why.reason
                ));
            }
        }
        let unended = |trace: &Trace| trace.notices.iter().any(LogWarning::is_of_unended_line);
        if self.traces.as_ref().map(unended) == Pair::new(true, true) && doubts.is_empty() {
            doubts.push("the last line of both logs has no end, and may have been cut".to_owned());
        }
        if self.traces.reference.shares_file(&self.traces.candidate) {
            doubts.push("reference and candidate are the same file".to_owned());
        }
        doubts
    }

    /// Lanes without a partner.
    pub(crate) fn doubts_of_unpaired(&self) -> Vec<String> {
        self.unpaired_but(|_| false)
    }

    fn unpaired_but(&self, is_known: impl Fn(&Unpaired) -> bool) -> Vec<String> {
        let unpaired = self.unpaired();
        let mut doubts = Vec::new();
        for side in Side::BOTH {
            let names: Vec<&str> = unpaired
                .iter()
                .filter(|lane| lane.side == side && !is_known(lane))
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

    /// Whether a waiver is about a lane that has no partner.
    fn is_known(&self, unpaired: &Unpaired, causes: &Causes) -> bool {
        causes.known.iter().any(|(found, _)| match found.detail {
            Detail::Thread(side) if side == unpaired.side => {
                let lane = found.at.on(side).map(|at| self.lane(side, at.lane).key);
                let key = LaneKey { process: unpaired.process, thread: unpaired.tid };
                found.more == 0 && lane == Some(key)
            }
            _ => false,
        })
    }

    pub(super) fn excused(&self) -> Vec<Excused> {
        let rules = self
            .profile
            .rules
            .iter()
            .zip(self.totals())
            .filter(|(rule, _)| !rule.is_visibility())
            .filter(|(_, total)| total.differences > 0 || total.left_out != Pair::default());
        rules
            .map(|(rule, total)| Excused {
                rule: rule.id.clone(),
                action: rule.action.name(),
                why: rule.why.clone(),
                file: rule.file.clone(),
                line: rule.place.map(|(line, _)| line as u64),
                differences: total.differences,
                left_out: total.left_out,
                example: total.example.map(|example| example.map(|at| site(self, at))),
            })
            .collect()
    }

    pub(super) fn not_compared(&self) -> Vec<NotCompared> {
        let mut found = Vec::new();
        let mut local: BTreeMap<(RuleId, &str), Pair<u64>> = BTreeMap::new();
        for side in Side::BOTH {
            for ((rule, symbol), count) in
                self.streams.on(side).iter().flat_map(|stream| &stream.local)
            {
                if self.profile.rule(*rule).is_visibility() {
                    continue; // reported by what the logs can record
                }
                let kind = &self.symbols.of(*symbol).kind;
                *local.entry((*rule, kind)).or_default().on_mut(side) += count;
            }
        }
        for ((rule, kind), counts) in local {
            let rule = self.profile.rule(rule);
            let counted = matches!(rule.action, Action::Local { counted: true, .. });
            let what = format!(
                "{kind} events{}",
                if counted { " (their counts are worth a look)" } else { "" }
            );
            found.push(NotCompared {
                what,
                why: format!("{} (rule {})", rule.why, rule.id),
                counts,
                severity: None,
                fix: None,
            });
        }
        let behind = |side: Side| {
            let left = self.walks.iter().zip(&self.pairing.pairs).map(|(walk, paired)| {
                (self.streams.on(side)[*paired.lanes.on(side)].len()
                    - walk.equal()
                    - walk.exchanged.map_or(0, |exchanged| *exchanged.events.on(side) as usize)
                    - walk.n_known()) as u64
            });
            left.sum::<u64>()
        };
        let mut push = |what: &str, why: &str, counts: Pair<u64>| {
            if counts != Pair::default() {
                let (what, why) = (what.to_owned(), why.to_owned());
                found.push(NotCompared { what, why, counts, severity: None, fix: None });
            }
        };
        push("events in gaps", "They have no counterpart on the other side.", Pair::of(behind));
        let alone = |side: Side| -> u64 {
            let lanes = self.pairing.unpaired.on(side).iter();
            lanes.map(|&lane| self.streams.on(side)[lane].len() as u64).sum()
        };
        push(
            "events of threads without a partner",
            "They have no counterpart on the other side.",
            Pair::of(alone),
        );
        push(
            "damaged lines",
            "They cannot be read; see the inputs.",
            Pair::of(|side| self.traces.on(side).faults.count()),
        );
        found.extend(self.skipped());
        found
    }

    /// Lines without an event, by reason.
    fn skipped(&self) -> Vec<NotCompared> {
        let reasons: BTreeSet<&'static Skip> = Side::BOTH
            .iter()
            .flat_map(|&side| self.traces.on(side).skipped.keys().copied())
            .collect();
        let shown = reasons.into_iter().filter(|why| **why != HEADER); // each file has one
        shown
            .map(|why| NotCompared {
                what: format!("lines: {}", why.reason),
                why: "They hold no event to compare.".to_owned(),
                counts: Pair::of(|side| {
                    self.traces.on(side).skipped.get(why).copied().unwrap_or(0)
                }),
                severity: Some(why.severity),
                fix: why.fix,
            })
            .collect()
    }
}

/// Returns what is reported of one log.
pub fn input(trace: &Trace) -> Input {
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
        format: trace.format,
        engine: trace.engine.clone(),
        lines: trace.n_lines,
        bytes: trace.n_bytes,
        events: trace.n_events() as u64,
        lanes: trace.lanes.len() as u64,
        faults: faults.collect(),
        notices: trace.notices.clone(),
    }
}

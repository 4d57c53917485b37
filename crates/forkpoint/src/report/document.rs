//! The report as a document: verdict, where to start, findings, threads, what was excused, what was not
//! compared, the inputs.

use crate::align::tail::Tail;
use crate::pair::{Pair, Side};
use crate::render::Extent;
use crate::render::document::{
    Block, Column, ComparedField, ComparedRow, Document, Inline, LogLine, Sign, Table, Tone, code,
    joined, own, parts, place, said,
};
use crate::render::words::{count, shortened, thousands};
use crate::report::{
    ContextRow, EventView, FindingView, HiddenByRule, Input, LanePair, Mark, NextCommand,
    NotCompared, ProfileUsed, Report, Site, Verdict, WaiverState, WaiverUsed,
};
use crate::trace::skip::advice;

/// This many findings are shown with all their context; of the others the divergent events alone.
const IN_FULL: usize = 3;
/// This many consequences and known divergences are shown.
const SHOWN: usize = 12;

/// Returns all of a report.
pub(super) fn full(report: &Report, shown: Extent) -> Document {
    let most = shown.max_findings.unwrap_or(usize::MAX);
    let mut page = Document::default();
    head(report, &mut page);
    profile_line(report, &mut page);
    for (place, finding) in report.origins.iter().enumerate().take(most) {
        write_finding(report, place, finding, &mut page);
    }
    page.more(3, report.origins.len().saturating_sub(most) as u64, " (--max-findings N)");
    consequences(report, &mut page);
    known(report, &mut page);
    lanes(report, usize::MAX, &mut page);
    doubts(&report.doubts, &mut page);
    excused(report, &mut page);
    clean_runs(report, &mut page);
    idle_waivers(report, &mut page);
    unmatched(report, &mut page);
    not_compared(&report.unseen, &report.not_compared, &mut page);
    inputs(&report.inputs, &report.profile, &mut page);
    next(&report.next, &mut page);
    page
}

impl Verdict {
    /// Returns the tone that suits it.
    pub(crate) fn tone(self) -> Tone {
        match self {
            Self::Identical | Self::Prefix => Tone::Good,
            Self::Diverged => Tone::Bad,
            Self::Inconclusive => Tone::Warn,
        }
    }
}

pub(super) fn head(report: &Report, page: &mut Document) {
    let pairs = count(report.matched, "pair of events");
    let rest = match report.verdict {
        Verdict::Identical => {
            format!("{pairs} are equal in {}", count(report.lanes.len() as u64, "pair of threads"))
        }
        Verdict::Prefix => format!(
            "{} of {} of the reference were compared, and are equal",
            thousands(report.matched),
            count(report.n_to_compare, "event")
        ),
        Verdict::Diverged => divergence(report),
        Verdict::Inconclusive if !report.origins.is_empty() => {
            format!("{pairs} are equal, and what differs is determined by nothing in the logs")
        }
        Verdict::Inconclusive => {
            format!("no difference in {pairs}, but not everything was compared")
        }
    };
    let word = match report.verdict {
        Verdict::Identical => parts![own("identical"), but_for_known(report)],
        verdict => own(verdict.name()),
    };
    page.verdict(report.verdict.tone(), word, rest);
    match (report.verdict, report.origins.first()) {
        (Verdict::Diverged, Some(first)) => start_here(first, None, page),
        (Verdict::Inconclusive, _) => {
            let first = report.doubts.first().cloned().unwrap_or_default();
            page.labelled("because", first);
        }
        _ => {}
    }
}

/// What a report without a difference says next: how much was excused, and what was not compared.
fn profile_line(report: &Report, page: &mut Document) {
    if report.verdict != Verdict::Diverged {
        hidden_summary(&report.unseen, page);
    }
    if matches!(report.verdict, Verdict::Identical | Verdict::Prefix) {
        let profile = code(&report.profile.name);
        let excused = parts![": ", differences(report), " excused by ", rules(report)];
        page.text(0, parts!["profile ", profile, excused, clean_runs_used(report)]);
    }
}

/// Returns how many differences rules excuse.
pub(super) fn differences(report: &Report) -> String {
    // An event that one side alone has is a difference, whatever rule takes it out.
    let excused = report.excused.iter().map(|excused| {
        excused.differences + excused.left_out.reference.abs_diff(excused.left_out.candidate)
    });
    count(excused.sum(), "difference")
}

/// Returns how many rules excuse something.
pub(super) fn rules(report: &Report) -> String {
    count(report.excused.len() as u64, "rule")
}

/// Returns how much clean runs excused, behind a comma.
pub(super) fn clean_runs_used(report: &Report) -> Inline {
    let used = report.clean_runs.as_ref();
    used.map(|clean| parts![", ", count(clean.excused, "finding"), " by clean runs"]).into()
}

/// Adds where to start: the place and what happened there.
pub(crate) fn start_here(first: &FindingView, against: Option<&str>, page: &mut Document) {
    let site = first.site().map(|site| parts![side(site.side), " ", spot(site)]);
    page.labelled("start here:", site);
    let against = against.map(|name| parts![" (against ", code(name), ")"]);
    page.text(3, parts![said(&first.summary), against]);
}

fn side(side: Side) -> Inline {
    own(side.name())
}

/// Returns where the logs diverge, in a line.
fn divergence(report: &Report) -> String {
    let Some(first) = report.origins.first() else { return String::new() };
    let Some(lane) = first.lane else { return first.class.name().to_owned() };
    let after = count(report.lanes[lane].matched, "equal event");
    let threads = report.lanes.iter().filter(|lane| lane.finding.is_some()).count();
    let others = if threads > 1 { format!("; {threads} threads differ") } else { String::new() };
    format!("{} after {after}{others}", first.class.name())
}

/// Returns a place as one looks it up.
pub(crate) fn spot(site: &Site) -> Inline {
    parts![
        "thread ",
        code(&site.lane),
        " event ",
        site.event_idx,
        " (",
        code(format!("{}:{}", site.file, site.line)),
        ")"
    ]
}

/// Returns a place with its side, as a line of its own.
pub(crate) fn site_line(site: &Site) -> Inline {
    parts![said(format!("{:<9}  ", site.side)), spot(site)].tone(Tone::Place)
}

/// Returns what both logs call a pair of threads.
pub(crate) fn thread_name(names: &Pair<String>) -> Inline {
    parts![code(&names.reference), " ↔ ", code(&names.candidate)]
}

fn write_finding(report: &Report, place: usize, finding: &FindingView, page: &mut Document) {
    let rest = finding.lane.map(|lane| parts!["thread ", thread_name(&report.lanes[lane].names)]);
    page.blocks.push(Block::Title {
        number: place + 1,
        title: own(finding.class.name()),
        rest: rest.into(),
    });
    page.text(3, said(&finding.summary));
    if finding.is_new {
        page.text(3, own("the reference never shows this").tone(Tone::Faint));
    }
    if finding.is_abridged {
        let why = "one of many findings: what surrounds it is not shown";
        page.text(3, own(why).tone(Tone::Faint));
    }
    for site in &finding.sites {
        page.text(3, site_line(site));
    }
    page.blocks.push(Block::Gap);
    histories(finding, page);
    let in_full = place < IN_FULL;
    let rows = finding.context.iter().filter(|row| in_full || row.mark == Mark::Divergent);
    let rows: Vec<ComparedRow> = rows.flat_map(|row| compared(row, finding, false)).collect();
    if !rows.is_empty() {
        page.blocks.push(Block::Comparison(rows));
    }
    messages(finding, page);
    if in_full {
        raw_lines(finding, page);
    }
}

pub(super) fn histories(finding: &FindingView, page: &mut Document) {
    for history in &finding.histories {
        let other = side(history.side.other());
        let partner = match &history.partner {
            Some(partner) => parts![
                ", which is the ",
                other,
                "'s of ",
                code(&partner.name),
                " in line ",
                partner.line
            ],
            None => parts![", which the ", other, " has not"],
        };
        let gone = history.destroyed.as_ref();
        let gone = gone.map(|site| parts![", destroyed in line ", site.line]);
        let created = &history.created;
        let line = parts![
            "the ",
            side(history.side),
            "'s object: created by ",
            code(&created.name),
            " (",
            code(format!("{}:{}", created.file, created.line)),
            ")",
            gone,
            partner
        ];
        page.text(3, line.tone(Tone::Faint));
    }
    if !finding.histories.is_empty() {
        page.blocks.push(Block::Gap);
    }
}

/// Returns a row of context, as one row where both sides are one function, else as two; what surrounds the
/// divergence may be `short`; then what is excused is left out.
pub(super) fn compared(row: &ContextRow, finding: &FindingView, short: bool) -> Vec<ComparedRow> {
    let is_divergent = row.mark == Mark::Divergent;
    let text = |event: &EventView| match short && !is_divergent {
        true => short_event(&event.name, &event.fields),
        false => format!("{}  {}", event.name, event.canonical).trim_end().to_owned(),
    };
    let of = |sign, events: Pair<Option<&EventView>>| ComparedRow {
        sign,
        is_divergent,
        indices: events.map(|event| event.map(|event| event.event_idx)),
        name: events
            .reference
            .or(events.candidate)
            .map(|event| event.name.clone())
            .unwrap_or_default(),
        events: events.map(|event| event.map(text)),
        fields: Vec::new(),
        equal: String::new(),
    };
    let events = row.events.as_ref().map(Option::as_ref);
    match (row.mark, events.reference, events.candidate) {
        (Mark::Equal, Some(_), Some(_)) => vec![of(Sign::Equal, events)],
        (Mark::Known, Some(_), Some(_)) => vec![of(Sign::Waived, events)],
        (Mark::Divergent, Some(a), Some(b)) if a.name == b.name => {
            let differences = &finding.differences;
            let shown = differences.iter().filter(|d| !short || d.excused_by.is_none());
            let fields = shown.map(|difference| ComparedField {
                field: difference.field.clone(),
                values: difference.values.clone(),
                excused_by: difference.excused_by.clone(),
            });
            let differs = |field: &str| differences.iter().any(|other| other.field == field);
            let equal = a.fields.iter().filter(|(field, _)| !differs(field)).cloned();
            let equal = short_event("", &equal.collect::<Vec<_>>()).trim_start().to_owned();
            let row = of(Sign::Differs, events);
            vec![ComparedRow { fields: fields.collect(), equal, ..row }]
        }
        (_, reference, candidate) => [
            reference.map(|_| of(Sign::Only(Side::Reference), Pair::new(reference, None))),
            candidate.map(|_| of(Sign::Only(Side::Candidate), Pair::new(None, candidate))),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

/// Returns an event with its values shortened, and without what is left out of it.
fn short_event(name: &str, fields: &[(String, String)]) -> String {
    const LONGEST: usize = 28; // characters of a value
    let mut text = name.to_owned();
    // What is spelled out says most.
    let (texts, others): (Vec<_>, Vec<_>) =
        fields.iter().partition(|(_, value)| value.starts_with('"'));
    for (field, value) in texts.into_iter().chain(others) {
        text.push_str(&format!("  {field}={}", shortened(value, LONGEST)));
    }
    text
}

/// Adds what the logs say in between, in lines that are no events.
pub(super) fn messages(finding: &FindingView, page: &mut Document) {
    for side in Side::BOTH {
        let of = finding.messages.iter().filter(|message| message.side == side);
        let lines: Vec<LogLine> = of
            .map(|message| LogLine {
                is_divergent: false,
                number: message.line,
                text: message.text.trim_end().to_owned(),
            })
            .collect();
        if !lines.is_empty() {
            let title = parts![side.name(), " says before that return"];
            page.blocks.push(Block::Lines { title, lines });
        }
    }
}

fn raw_lines(finding: &FindingView, page: &mut Document) {
    for of in Side::BOTH {
        let rows = finding
            .context
            .iter()
            .filter_map(|row| row.events.on(of).as_ref().map(|event| (row.mark, event)));
        let lines: Vec<LogLine> = rows
            .map(|(mark, event)| LogLine {
                is_divergent: mark == Mark::Divergent,
                number: event.line,
                text: event.raw.trim_end().to_owned(),
            })
            .collect();
        if lines.is_empty() {
            continue;
        }
        let site = finding.sites.iter().find(|site| site.side == of);
        let file = site.map(|site| parts![", ", code(&site.file)]);
        let title = parts![side(of), " as it stands", file];
        page.blocks.push(Block::Lines { title, lines });
    }
}

/// Returns what a consequence follows from.
pub(super) fn follows(finding: &FindingView) -> String {
    match (finding.follows_from, finding.follows_known) {
        (Some(origin), _) => (origin + 1).to_string(),
        (None, Some(known)) => format!("known {}", known + 1),
        (None, None) => String::new(),
    }
}

/// One line for each finding that follows from another.
fn consequences(report: &Report, page: &mut Document) {
    if report.consequences.is_empty() {
        return;
    }
    page.heading("what follows");
    for finding in report.consequences.iter().take(SHOWN) {
        let site = finding.site().map(spot);
        let class = finding.class.name();
        page.line(3, parts![class, " ← ", follows(finding), "  ", site]);
        page.text(6, said(&finding.summary).tone(Tone::Faint));
    }
    let hidden = report.consequences.len().saturating_sub(SHOWN);
    page.more(3, hidden as u64, " (--format json has all)");
}

/// Returns what an identical report says first of what is known.
fn but_for_known(report: &Report) -> String {
    match report.known.iter().map(|known| known.count).sum::<u64>() {
        0 => String::new(),
        known => format!(" but for {}", count(known, "known divergence")),
    }
}

fn known(report: &Report, page: &mut Document) {
    if report.known.is_empty() {
        return;
    }
    page.heading("known");
    for (place, known) in report.known.iter().take(SHOWN).enumerate() {
        let times = (known.count > 1).then(|| said(format!(" × {}", thousands(known.count))));
        let site = known.finding.site().map(spot);
        let number = said((place + 1).to_string());
        page.line(3, parts![number, ". ", known.finding.class.name(), times, "  ", site]);
        page.text(6, said(&known.finding.summary).tone(Tone::Faint));
        let waiver = parts!["waiver ", code(&known.waiver), ": ", said(&known.bug)];
        page.text(6, waiver.tone(Tone::Strong));
    }
    page.more(3, report.known.len().saturating_sub(SHOWN) as u64, " (--format json has all)");
}

/// Waivers that nothing is known by, and those that do not hold any more.
fn idle_waivers(report: &Report, page: &mut Document) {
    let idle: Vec<&WaiverUsed> =
        report.waivers.iter().filter(|waiver| waiver.state != WaiverState::Used).collect();
    if !idle.is_empty() {
        page.heading("unused waivers");
    }
    for waiver in idle {
        let state = own(waiver.state.name()).tone(Tone::Warn);
        page.text(3, parts![code(&waiver.id).tone(Tone::Strong), "  ", state]);
        let why = match (waiver.state, &waiver.expires) {
            (WaiverState::Expired, Some(day)) => format!("it held until {day}"),
            _ => "no difference is covered by it".to_owned(),
        };
        let place = place(&waiver.file, waiver.line);
        let why = parts![why, "; ", said(&waiver.bug), " (", place, ")"];
        page.text(6, why.tone(Tone::Faint));
    }
}

/// The user's own rules that no event matched.
fn unmatched(report: &Report, page: &mut Document) {
    if !report.unmatched.is_empty() {
        page.heading("rules of your own that no event matched");
    }
    for unmatched in &report.unmatched {
        let place = place(&unmatched.file, unmatched.line);
        page.text(3, parts![code(&unmatched.rule).tone(Tone::Strong), "  ", place]);
        let shown = unmatched.shown();
        if !shown.is_empty() {
            page.text(6, said(shown).tone(Tone::Warn));
        }
    }
}

/// Adds a table of at most `most` pairs of threads, and those without a partner.
pub(super) fn lanes(report: &Report, most: usize, page: &mut Document) {
    if report.lanes.is_empty() && report.unpaired.is_empty() {
        return;
    }
    page.heading("threads");
    let row = |lane: &LanePair| {
        let note = lane
            .is_doubtful
            .then(|| parts!["paired because: ", said(&lane.evidence)].tone(Tone::Warn));
        let cells = vec![thread_name(&lane.names), equal(lane), outcome(lane)];
        (cells, note)
    };
    page.blocks.push(Block::Table(Table {
        columns: vec![Column::left("thread"), Column::right("equal"), Column::left("outcome")],
        has_header: false,
        rows: report.lanes.iter().take(most).map(row).collect(),
    }));
    page.more(3, report.lanes.len().saturating_sub(most) as u64, "");
    for lane in report.unpaired.iter().take(most) {
        let first = lane.first.as_ref().map(|site| {
            let place = code(format!("{}:{}", site.file, site.line));
            parts![", first ", code(&site.name), " (", place, ")"]
        });
        let line = parts![
            code(&lane.name),
            " of the ",
            side(lane.side),
            " has no partner: ",
            count(lane.events, "event"),
            first
        ];
        page.text(3, line.tone(Tone::Warn));
    }
}

/// Whether all events of two lanes are equal, or known to differ.
pub(super) fn is_all(lane: &LanePair) -> bool {
    lane.aligned.reference == lane.aligned.candidate
        && lane.matched + lane.known == lane.aligned.reference
}

/// Whether two lanes are equal again behind what was excused between them.
fn is_rest_excused(lane: &LanePair) -> bool {
    lane.class.is_none() && !lane.exchanged && lane.equal > lane.matched
}

/// Returns how many events of two lanes are equal, of how many.
fn equal(lane: &LanePair) -> Inline {
    if lane.class.is_none() && is_all(lane) {
        return said(thousands(lane.matched));
    }
    let is_rest_known = lane.class.is_none() && lane.known > 0;
    let equal = if is_rest_known || is_rest_excused(lane) { lane.equal } else { lane.matched };
    let total = lane.aligned.reference.max(lane.aligned.candidate);
    parts![thousands(equal), " of ", thousands(total)]
}

/// Returns what comes after the equal events of two lanes.
fn outcome(lane: &LanePair) -> Inline {
    if let Some(class) = lane.class {
        let number = match (lane.finding, lane.follows_from) {
            (Some(place), _) => format!(" ({})", place + 1),
            (None, Some(origin)) => format!(" (← {})", origin + 1),
            (None, None) => String::new(),
        };
        let later = match lane.equal - lane.matched {
            0 => None,
            more => Some(parts![", ", thousands(more), " more equal later"]),
        };
        let class = parts![class.name(), number].tone(Tone::Bad);
        return parts!["equal, then ", class, later];
    }
    if is_all(lane) {
        let all = match lane.known {
            0 => own("all"),
            known => parts!["all but ", thousands(known), " known"],
        };
        let ends = match lane.ends.reference {
            Tail::Stopped => None,
            tail => Some(parts!["; both ", tail.name()]),
        };
        return parts!["equal, ", all, ends];
    }
    let rest = if lane.known > 0 {
        "the rest known"
    } else if lane.exchanged {
        "then scheduling: the rest was compared as a set (work divided differently)"
    } else if is_rest_excused(lane) {
        "the rest excused"
    } else {
        "a clean prefix"
    };
    parts!["equal, ", rest]
}

/// Adds why the verdict is not certain.
pub(crate) fn doubts(doubts: &[String], page: &mut Document) {
    if !doubts.is_empty() {
        page.heading("doubts");
    }
    for doubt in doubts {
        page.text(3, said(doubt).tone(Tone::Warn));
    }
}

fn excused(report: &Report, page: &mut Document) {
    if !report.excused.is_empty() {
        page.heading("excused by rules");
    }
    for excused in &report.excused {
        let mut amounts = Vec::new();
        if excused.differences > 0 {
            amounts.push(count(excused.differences, "difference"));
        }
        if excused.left_out != Pair::default() {
            let left = excused.left_out.map(thousands);
            let Pair { reference, candidate } = left;
            amounts.push(format!("{reference} ↔ {candidate} taken out of their threads"));
        }
        let rule = code(&excused.rule).tone(Tone::Strong);
        page.text(3, parts![rule, "  ", amounts.join(", ")]);
        let first = excused.example.as_ref().map(|example| {
            let lines = example.as_ref().map(|site| said(site.line.to_string()));
            parts![" (first: lines ", lines.reference, " ↔ ", lines.candidate, ")"]
        });
        page.text(6, parts![said(&excused.why), first].tone(Tone::Faint));
    }
}

/// What clean runs excused.
fn clean_runs(report: &Report, page: &mut Document) {
    let Some(clean) = &report.clean_runs else { return };
    page.heading("excused by clean runs");
    let runs = joined(clean.runs.iter().map(code), ", ");
    page.text(3, parts![count(clean.excused, "finding"), " at places that vary in ", runs]);
    let why =
        "They stand at the same places of the reference, and their values are of the same kind.";
    page.text(6, own(why).tone(Tone::Faint));
}

/// Adds how much lies outside of what the logs can hold, in a line.
pub(crate) fn hidden_summary(unseen: &[HiddenByRule], page: &mut Document) {
    if unseen.is_empty() {
        return;
    }
    let (events, fields) = hidden_sum(unseen);
    let amounts = amounts(events, fields);
    page.text(0, parts!["not compared: ", amounts, " that the other log cannot record"]);
}

/// Returns how many events and fields the other log cannot record.
pub(super) fn hidden_sum(unseen: &[HiddenByRule]) -> (Pair<u64>, Pair<u64>) {
    let sum = |of: fn(&HiddenByRule) -> Pair<u64>| {
        unseen.iter().map(of).fold(Pair::default(), |sum: Pair<u64>, counts| {
            Pair::new(sum.reference + counts.reference, sum.candidate + counts.candidate)
        })
    };
    (sum(|unseen| unseen.events), sum(|unseen| unseen.fields))
}

pub(super) fn amounts(events: Pair<u64>, fields: Pair<u64>) -> String {
    let both = |counts: Pair<u64>, noun: &str| {
        let first = thousands(counts.reference);
        (counts != Pair::default()).then(|| format!("{first} ↔ {}", count(counts.candidate, noun)))
    };
    let shown = [both(events, "event"), both(fields, "field")];
    shown.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

pub(super) fn counts(counts: Pair<u64>) -> Inline {
    let Pair { reference, candidate } = counts.map(thousands);
    said(format!("{reference} ↔ {candidate}"))
}

/// Adds what was not compared.
pub(crate) fn not_compared(unseen: &[HiddenByRule], entries: &[NotCompared], page: &mut Document) {
    if !entries.is_empty() || !unseen.is_empty() {
        page.heading("not compared");
    }
    for unseen in unseen {
        let rule = code(&unseen.rule).tone(Tone::Strong);
        page.text(3, parts![rule, "  ", amounts(unseen.events, unseen.fields)]);
        page.text(6, said(&unseen.why).tone(Tone::Faint));
        let what = unseen.what.iter();
        let what = what.map(|sort| parts![code(&sort.what), " ", counts(sort.counts)]);
        page.text(6, joined(what, ", ").tone(Tone::Faint));
    }
    for entry in entries {
        page.text(3, parts![said(&entry.what), "  ", counts(entry.counts)]);
        page.text(6, said(&entry.why).tone(Tone::Faint));
        if let Some(advice) = entry.severity.and_then(|severity| advice(severity, entry.fix)) {
            page.text(6, said(advice).tone(Tone::Warn));
        }
    }
}

/// Adds the logs and the profile.
pub(crate) fn inputs(inputs: &Pair<Input>, profile: &ProfileUsed, page: &mut Document) {
    page.heading("inputs");
    for of in Side::BOTH {
        let input = inputs.on(of);
        let engine = input.engine.as_deref().map(|engine| parts![", engine ", code(engine)]);
        let files = joined(input.files.iter().map(code), " ");
        let events = count(input.events, "event");
        let threads = count(input.lanes, "thread");
        page.text(
            3,
            parts![
                said(format!("{of:<9}  ")),
                files,
                "  ",
                events,
                " in ",
                threads,
                " (",
                own(input.format),
                engine,
                ")"
            ],
        );
        for fault in &input.faults {
            let times = (fault.count > 1).then(|| said(format!(" × {}", thousands(fault.count))));
            let place = place(&fault.file, fault.line);
            let text = parts![own(fault.kind), times, ": ", said(&fault.detail), " (", place, ")"];
            page.text(14, text.tone(Tone::Warn));
            page.text(14, parts!["hint: ", own(fault.hint)].tone(Tone::Faint));
        }
        for notice in &input.notices {
            page.text(14, said(&*notice.what).tone(Tone::Warn));
            page.text(14, said(notice.advice()).tone(Tone::Faint));
        }
    }
    let without = joined(profile.without.iter().map(code), ", ");
    let without = (!without.is_empty()).then(|| parts![" without ", without]);
    page.text(3, parts!["profile    ", code(&profile.name), without]);
}

/// Adds the commands that help further.
pub(crate) fn next(commands: &[NextCommand], page: &mut Document) {
    if !commands.is_empty() {
        page.heading("next");
    }
    for NextCommand { purpose, command } in commands {
        page.blocks.push(Block::Command { purpose, command: command.clone() });
    }
}

//! The report on one screen: the verdict, where to start, the first findings, and what is further known in a line each.

use std::collections::HashMap;

use crate::pair::{Pair, Side};
use crate::render::document::{
    Block, ComparedRow, Document, Inline, Tone, code, joined, own, parts, place, said,
};
use crate::render::words::{count, shortened, thousands};
use crate::render::{Detail, Extent};
use crate::report::document::{
    amounts, clean_runs_used, compared, counts, differences, follows, head, hidden_sum, histories,
    is_all, lanes, messages, next, rules, thread_name,
};
use crate::report::{ContextRow, FindingView, LanePair, Mark, Report, Site, Verdict, WaiverState};
use crate::trace::skip::{Severity, advice};

/// This many findings are shown with what surrounds them.
const IN_FULL: usize = 3;
/// This many findings are listed in a line each.
const LISTED: usize = 10;
/// This many consequences are listed in a line each.
const FOLLOWING: usize = 5;
/// This many lines of each further sort.
const FEW: usize = 3;
/// This many pairs of threads stand in a page's table.
const ROWS: usize = 200;
/// How many events before and after a divergence are shown.
const CONTEXT: (usize, usize) = (2, 1);
/// This many events of a gap are shown.
const OF_GAP: usize = 3;
/// How much of an event that surrounds a divergence is shown.
const SHORT: usize = 90; // characters

/// Returns what of a report fits a screen.
pub(super) fn first_screen(report: &Report, shown: Extent) -> Document {
    let mut page = Document::default();
    head(report, &mut page);
    origins(report, shown, &mut page);
    consequences(report, shown.max_findings.unwrap_or(FOLLOWING), &mut page);
    known(report, &mut page);
    page.blocks.push(Block::Gap);
    threads(report, &mut page);
    doubts(report, &mut page);
    faults(report, &mut page);
    excused(report, &mut page);
    not_compared(report, &mut page);
    unused(report, &mut page);
    inputs(report, &mut page);
    if shown.detail == Detail::Page {
        lanes(report, ROWS, &mut page);
    }
    next(&report.next, &mut page);
    page
}

/// Findings that say the same of several threads.
struct Group<'a> {
    /// The first of them, by its place in the report.
    place: usize,
    finding: &'a FindingView,
    n: u64,
}

/// Returns the findings, each with those that are equal to it but for where they are.
fn folded<'a, K: std::hash::Hash + Eq>(
    findings: &'a [FindingView],
    key: impl Fn(&'a FindingView) -> K,
) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut seen: HashMap<K, usize> = HashMap::new();
    for (place, finding) in findings.iter().enumerate() {
        match seen.entry(key(finding)) {
            std::collections::hash_map::Entry::Occupied(group) => groups[*group.get()].n += 1,
            std::collections::hash_map::Entry::Vacant(new) => {
                new.insert(groups.len());
                groups.push(Group { place, finding, n: 1 });
            }
        }
    }
    groups
}

fn origins(report: &Report, shown: Extent, page: &mut Document) {
    let groups = folded(&report.origins, |finding| (finding.class, &finding.summary));
    let most = shown.max_findings.unwrap_or(IN_FULL + LISTED);
    let in_full = groups.iter().take(IN_FULL.min(most));
    for group in in_full {
        finding(report, group, shown.context.unwrap_or(CONTEXT), page);
    }
    let listed: Vec<&Group<'_>> = groups.iter().take(most).skip(IN_FULL).collect();
    if !listed.is_empty() {
        page.blocks.push(Block::Gap);
    }
    for group in listed {
        let number = said(format!("{:>2}. ", group.place + 1)).tone(Tone::Strong);
        one_line(parts![number, group.finding.class.name()], group, page);
    }
    page.more(3, groups.len().saturating_sub(most) as u64, " (-v, --max-findings N)");
}

/// A finding in a line.
fn one_line(head: Inline, group: &Group<'_>, page: &mut Document) {
    let at = group.finding.site().map(|site| {
        let at = code(format!("{}:{}", site.lane, site.event_idx)).tone(Tone::Place);
        parts!["  ", at]
    });
    let times = (group.n > 1).then(|| said(format!("  × {}", thousands(group.n))));
    page.line(3, parts![head, at, times, "  ", said(&group.finding.summary).tone(Tone::Faint)]);
}

fn finding(report: &Report, group: &Group<'_>, context: (usize, usize), page: &mut Document) {
    let Group { place, finding, n } = group;
    let lane = finding.lane.map(|lane| &report.lanes[lane]);
    let more = (*n > 1).then(|| said(format!(" and {}", count(n - 1, "further thread"))));
    let rest = lane.map(|lane| parts!["thread ", thread_name(&lane.names), more]);
    let title = own(finding.class.name());
    page.blocks.push(Block::Title { number: place + 1, title, rest: rest.into() });
    // The first one's sentence stands at the top.
    if *place > 0 || report.verdict != Verdict::Diverged {
        page.text(3, said(&finding.summary));
    }
    for site in &finding.sites {
        page.text(3, short_site(site, lane));
    }
    histories(finding, page);
    let rows = excerpt(finding, context);
    let has_names = rows.iter().any(|row| {
        let texts = [row.events.reference.as_ref(), row.events.candidate.as_ref()];
        texts.into_iter().flatten().any(|text| text.contains("‹object›"))
    });
    if !rows.is_empty() {
        page.blocks.push(Block::Comparison(rows));
    }
    if has_names && *place == 0 {
        page.text(
            3,
            own("‹object›: an address or a handle; both logs mean the same object")
                .tone(Tone::Faint),
        );
    }
    messages(finding, page);
}

/// Returns a place; of the thread that the title names, without the thread.
fn short_site(site: &Site, lane: Option<&LanePair>) -> Inline {
    let is_named = lane.is_some_and(|lane| *lane.names.on(site.side) == site.lane);
    let thread = (!is_named).then(|| parts!["thread ", code(&site.lane), " "]);
    let at = place(&site.file, Some(site.line));
    let side = said(format!("{:<9}  ", site.side));
    parts![side, thread, "event ", site.event_idx, " (", at, ")"].tone(Tone::Place)
}

/// Returns the events next to the divergence, those around it shortened.
fn excerpt(finding: &FindingView, (before, after): (usize, usize)) -> Vec<ComparedRow> {
    let rows = &finding.context;
    let is_gap = |row: &ContextRow| matches!(row.mark, Mark::Divergent | Mark::After);
    let first = rows.iter().position(|row| row.mark == Mark::Divergent).unwrap_or(0);
    let gap = rows[first..].iter().take_while(|row| is_gap(row)).count();
    let end = (first + gap.min(OF_GAP.max(1 + after)) + after).min(rows.len());
    let rows = rows[first.saturating_sub(before)..end].iter();
    let short = |row: ComparedRow| if row.is_divergent { row } else { shortened_row(row) };
    rows.flat_map(|row| compared(row, finding, true)).map(short).collect()
}

fn shortened_row(mut row: ComparedRow) -> ComparedRow {
    for side in Side::BOTH {
        if let Some(event) = row.events.on_mut(side) {
            *event = shortened(event, SHORT);
        }
    }
    row
}

fn consequences(report: &Report, most: usize, page: &mut Document) {
    if report.consequences.is_empty() {
        return;
    }
    let name = |finding: &FindingView| finding.sites.first().map(|site| site.name.clone());
    let groups = folded(&report.consequences, |finding| {
        (finding.class, finding.follows_from, finding.follows_known, name(finding))
    });
    let all = count(report.consequences.len() as u64, "finding");
    page.heading(parts!["what follows from that: ", all]);
    for group in groups.iter().take(most) {
        let from = parts![" ← ", follows(group.finding)];
        one_line(parts![group.finding.class.name(), from], group, page);
    }
    let hidden = groups.iter().skip(most).map(|group| group.n).sum();
    page.more(3, hidden, " (-v)");
}

fn known(report: &Report, page: &mut Document) {
    if report.known.is_empty() {
        return;
    }
    page.heading("known");
    for known in report.known.iter().take(FEW) {
        let times = (known.count > 1).then(|| said(format!(" × {}", thousands(known.count))));
        let class = known.finding.class.name();
        let waiver = parts![code(&known.waiver), ": ", said(&known.bug)];
        page.line(3, parts![class, times, "  waiver ", waiver.tone(Tone::Strong)]);
    }
    page.more(3, report.known.len().saturating_sub(FEW) as u64, " (-v)");
}

/// One line of all threads, and those without a partner.
fn threads(report: &Report, page: &mut Document) {
    let n = |is: fn(&LanePair) -> bool| report.lanes.iter().filter(|lane| is(lane)).count() as u64;
    let sorts = [
        (n(|lane| lane.class.is_some()), "differ", Tone::Bad),
        (n(|lane| lane.class.is_none() && is_all(lane)), "equal to their ends", Tone::Plain),
        (
            n(|lane| lane.class.is_none() && !is_all(lane)),
            "equal but for what is excused or known",
            Tone::Plain,
        ),
        (n(|lane| lane.is_doubtful), "paired with little evidence", Tone::Warn),
    ];
    let is_shown =
        report.verdict == Verdict::Diverged || report.lanes.iter().any(|lane| lane.is_doubtful);
    if is_shown && !report.lanes.is_empty() {
        let shown = sorts.into_iter().filter(|(n, ..)| *n > 0);
        let shown = shown.map(|(n, what, tone)| parts![said(thousands(n)), " ", what].tone(tone));
        let pairs = count(report.lanes.len() as u64, "pair of threads");
        page.text(0, parts![pairs, ": ", joined(shown, ", ")]);
    }
    for lane in report.unpaired.iter().take(FEW) {
        let events = count(lane.events, "event");
        let side = lane.side.name();
        let line =
            parts!["thread ", code(&lane.name), " of the ", side, " has no partner: ", events];
        page.text(0, line.tone(Tone::Warn));
    }
    let hidden = report.unpaired.len().saturating_sub(FEW) as u64;
    page.more(0, hidden, " threads without a partner (-v)");
}

/// Why the verdict is not certain, but for what the top says.
fn doubts(report: &Report, page: &mut Document) {
    let said_above = usize::from(report.verdict == Verdict::Inconclusive);
    let rest = report.doubts.iter().skip(said_above);
    rest.take(FEW).for_each(|doubt| page.text(0, parts!["doubt: ", said(doubt)].tone(Tone::Warn)));
    page.more(0, report.doubts.len().saturating_sub(said_above + FEW) as u64, " doubts (-v)");
}

/// What is wrong with the logs.
fn faults(report: &Report, page: &mut Document) {
    for side in Side::BOTH {
        let input = report.inputs.on(side);
        for fault in input.faults.iter().take(FEW) {
            let times = (fault.count > 1).then(|| said(format!(" × {}", thousands(fault.count))));
            let at = place(&fault.file, fault.line);
            let fault = parts![
                side.name(),
                ": ",
                own(fault.kind),
                times,
                ": ",
                said(&fault.detail),
                " (",
                at,
                "); ",
                own(fault.hint)
            ];
            page.text(0, fault.tone(Tone::Warn));
        }
        for notice in input.notices.iter().take(FEW) {
            let notice =
                parts![side.name(), ": ", said(&*notice.what), "; ", said(notice.advice())];
            page.text(0, notice.tone(Tone::Warn));
        }
        let n = input.faults.len().saturating_sub(FEW) + input.notices.len().saturating_sub(FEW);
        page.more(0, n as u64, " (-v)");
    }
}

fn excused(report: &Report, page: &mut Document) {
    let without = joined(report.profile.without.iter().map(code), ", ");
    let without = (!without.is_empty()).then(|| parts![" without ", without]);
    let list = (!report.excused.is_empty()).then(|| own(" (-v lists them)").tone(Tone::Faint));
    if report.excused.is_empty() && report.clean_runs.is_none() {
        page.text(0, parts!["excused: nothing, by profile ", code(&report.profile.name), without]);
        return;
    }
    page.text(
        0,
        parts![
            "excused: ",
            differences(report),
            " by ",
            rules(report),
            " of profile ",
            code(&report.profile.name),
            without,
            clean_runs_used(report),
            list
        ],
    );
}

fn not_compared(report: &Report, page: &mut Document) {
    let mut lines = Pair::<u64>::default();
    let mut shown: Vec<Inline> = Vec::new();
    for entry in &report.not_compared {
        if entry.severity.is_some() {
            lines.reference += entry.counts.reference;
            lines.candidate += entry.counts.candidate;
        } else {
            shown.push(parts![counts(entry.counts), " ", said(&entry.what)]);
        }
    }
    if lines != Pair::default() {
        shown.push(parts![counts(lines), " lines that hold no event"]);
    }
    if !report.unseen.is_empty() {
        let (events, fields) = hidden_sum(&report.unseen);
        shown.push(parts![amounts(events, fields), " that the other log cannot record"]);
    }
    if !shown.is_empty() {
        let list = own(" (-v lists them)").tone(Tone::Faint);
        page.text(0, parts!["not compared: ", joined(shown, ", "), list]);
    }
    let serious = report
        .not_compared
        .iter()
        .filter(|entry| entry.severity.is_some_and(|severity| severity > Severity::Expected));
    for entry in serious.take(FEW) {
        let advice = entry.severity.and_then(|severity| advice(severity, entry.fix));
        let line = parts![
            said(&entry.what),
            " ",
            counts(entry.counts),
            "; ",
            said(advice.unwrap_or_default())
        ];
        page.text(3, line.tone(Tone::Warn));
    }
}

/// What of the user's own rules has no effect.
fn unused(report: &Report, page: &mut Document) {
    for unmatched in report.unmatched.iter().take(FEW) {
        let at = place(&unmatched.file, unmatched.line);
        let shown = unmatched.shown();
        let shown = (!shown.is_empty()).then(|| parts!["; ", said(shown)]);
        let line =
            parts!["no event matches your rule ", code(&unmatched.rule), " (", at, ")", shown];
        page.text(0, line.tone(Tone::Warn));
    }
    page.more(
        0,
        report.unmatched.len().saturating_sub(FEW) as u64,
        " rules of your own that no event matched (-v)",
    );
    let idle = report.waivers.iter().filter(|waiver| waiver.state != WaiverState::Used);
    for waiver in idle.clone().take(FEW) {
        let state = own(waiver.state.name());
        let at = place(&waiver.file, waiver.line);
        page.text(
            0,
            parts!["waiver ", code(&waiver.id), " is ", state, " (", at, ")"].tone(Tone::Warn),
        );
    }
    page.more(0, idle.count().saturating_sub(FEW) as u64, " unused waivers (-v)");
}

fn inputs(report: &Report, page: &mut Document) {
    let input = |side: Side| {
        let input = report.inputs.on(side);
        let files = joined(input.files.iter().map(code), " ");
        parts![files, " (", count(input.events, "event"), ", ", own(input.format), ")"]
    };
    let line = parts!["compared: ", input(Side::Reference), " with ", input(Side::Candidate)];
    page.text(0, line.tone(Tone::Faint));
}

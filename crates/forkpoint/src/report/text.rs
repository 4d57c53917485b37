//! The report as one reads it in a terminal: verdict, where to start, why, evidence, what was
//! excused, what was not compared.

mod known;
mod unseen;

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use crate::align::tail::Tail;
use crate::ingest::Skip;
use crate::pair::{Pair, Side};
use crate::report::plain::plain;
use crate::report::words::{count, thousands};
use crate::report::{
    ContextRow, EventView, FieldDifference, Finding, Input, LanePair, Mark, NotCompared,
    ProfileUsed, Report, Site, UnseenBy, Verdict,
};

pub(super) use known::{but_for_known, idle_because};
pub(crate) use unseen::{amounts, beyond_sight};

/// How the report is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextOptions {
    /// Whether to colour it.
    pub colour: bool,
    /// How many columns there are; without, lines are as long as they are.
    pub width: Option<usize>,
}

/// This many findings are shown with all their context; of the others the divergent events alone.
const IN_FULL: usize = 3;

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const RED: Style = AnsiColor::Red.on_default();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(crate) const CYAN: Style = AnsiColor::Cyan.on_default();

/// Writes the report.
///
/// # Errors
/// What `out` says.
pub fn write(report: &Report, options: TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Text { options, out };
    text.head(report)?;
    for (place, finding) in report.origins.iter().enumerate() {
        text.finding(report, place, finding)?;
    }
    text.consequences(report)?;
    text.known(report)?;
    text.lanes(report)?;
    text.doubts(report)?;
    text.excused(report)?;
    text.idle_waivers(report)?;
    text.unmatched(report)?;
    text.not_compared(report)?;
    text.inputs(&report.inputs, &report.profile)
}

/// A page that is written: what paints, cuts and breaks lines.
pub(crate) struct Text<'a> {
    pub(crate) options: TextOptions,
    pub(crate) out: &'a mut dyn Write,
}

impl Text<'_> {
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if self.options.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Writes a line, cut to the width; `used` columns are taken already.
    pub(crate) fn cut(&self, text: &str, used: usize) -> String {
        let Some(width) = self.options.width else { return text.to_owned() };
        let room = width.saturating_sub(used).max(8);
        if text.width() <= room {
            return text.to_owned();
        }
        let mut columns = 0;
        let fits = text.char_indices().find(|(_, c)| {
            columns += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
            columns >= room
        });
        format!("{}…", &text[..fits.map_or(text.len(), |(at, _)| at)])
    }

    /// Writes a paragraph, broken at blanks to the width, each line indented.
    pub(crate) fn paragraph(&mut self, indent: usize, text: &str, style: Style) -> io::Result<()> {
        self.paragraph_after("", indent, text, style)
    }

    /// Writes a paragraph whose first line stands behind `lead`, and the others below it.
    pub(crate) fn paragraph_after(
        &mut self,
        lead: &str,
        indent: usize,
        text: &str,
        style: Style,
    ) -> io::Result<()> {
        for (number, line) in self.broken(indent, text).iter().enumerate() {
            let lead = if number == 0 { lead } else { "" };
            let blanks = indent.saturating_sub(lead.width());
            writeln!(self.out, "{lead}{:blanks$}{}", "", self.paint(style, line))?;
        }
        Ok(())
    }

    /// Writes why nothing was decided.
    pub(crate) fn because(&mut self, why: &str) -> io::Result<()> {
        const LEAD: &str = "because";
        let indent = LEAD.len() + 1;
        for (number, line) in self.broken(indent, why).iter().enumerate() {
            match number {
                0 => writeln!(self.out, "{} {line}", self.paint(BOLD, LEAD))?,
                _ => writeln!(self.out, "{:indent$}{line}", "")?,
            }
        }
        Ok(())
    }

    /// Breaks text at blanks, to the width that an indent leaves.
    fn broken(&self, indent: usize, text: &str) -> Vec<String> {
        let room = self.options.width.unwrap_or(usize::MAX).saturating_sub(indent).max(20);
        let mut line = String::new();
        let mut lines = Vec::new();
        // The width is kept as it grows: a line without an end must not be measured at every word.
        let mut columns = 0;
        for word in text.split(' ') {
            let wide = word.width();
            if !line.is_empty() && columns + 1 + wide > room {
                lines.push(std::mem::take(&mut line));
                columns = 0;
            }
            if !line.is_empty() {
                line.push(' ');
                columns += 1;
            }
            line.push_str(word);
            columns += wide;
        }
        lines.push(line);
        lines
    }

    pub(crate) fn heading(&mut self, title: &str) -> io::Result<()> {
        writeln!(self.out)?;
        writeln!(self.out, "{}", self.paint(BOLD, title))
    }

    fn head(&mut self, report: &Report) -> io::Result<()> {
        let pairs = count(report.matched, "pair of events");
        let (style, said) = match report.verdict {
            Verdict::Identical => (
                GREEN,
                format!(
                    "{pairs} are equal in {}",
                    count(report.lanes.len() as u64, "pair of threads")
                ),
            ),
            Verdict::Prefix => (
                GREEN,
                format!(
                    "{} of {} of the reference were compared, and are equal",
                    thousands(report.matched),
                    count(report.n_to_compare, "event")
                ),
            ),
            Verdict::Diverged => (RED, parting(report)),
            Verdict::Inconclusive => {
                (YELLOW, format!("no difference in {pairs}, but not everything was compared"))
            }
        };
        let verdict = match report.verdict {
            Verdict::Identical => format!("identical{}", but_for_known(report)),
            verdict => verdict.name().to_owned(),
        };
        writeln!(self.out, "{}: {said}", self.paint(style.bold(), &verdict))?;
        if let Some(beyond) =
            beyond_sight(&report.unseen).filter(|_| report.verdict != Verdict::Diverged)
        {
            self.paragraph(0, &beyond, Style::new())?;
        }
        match (report.verdict, report.origins.first()) {
            (Verdict::Diverged, Some(first)) => {
                let site = first
                    .sites
                    .iter()
                    .find(|site| site.side == Side::Candidate)
                    .or(first.sites.first());
                let place =
                    site.map(|site| format!("{} {}", site.side, spot(site))).unwrap_or_default();
                writeln!(self.out, "{} {place}", self.paint(BOLD, "start here:"))?;
                self.paragraph(3, &plain(&first.summary), Style::new())
            }
            (Verdict::Inconclusive, _) => {
                let first = report
                    .doubts
                    .first()
                    .map(|doubt| plain(doubt).into_owned())
                    .unwrap_or_default();
                self.because(&first)
            }
            _ => {
                // An event that one side alone has is a difference, whatever rule takes it out.
                let excused: u64 = report
                    .excused
                    .iter()
                    .map(|excused| {
                        let Pair { reference, candidate } = excused.left_out;
                        excused.differences + reference.abs_diff(candidate)
                    })
                    .sum();
                let rules = count(report.excused.len() as u64, "rule");
                let profile = plain(&report.profile.name).into_owned();
                writeln!(
                    self.out,
                    "profile {profile}: {} excused by {rules}",
                    count(excused, "difference")
                )
            }
        }
    }

    fn finding(&mut self, report: &Report, place: usize, finding: &Finding) -> io::Result<()> {
        writeln!(self.out)?;
        let lane = finding.lane.map(|lane| format!("thread {}", lane_name(&report.lanes[lane])));
        let title = format!("{}. {}", place + 1, finding.class.name());
        writeln!(self.out, "{}  {}", self.paint(RED.bold(), &title), lane.unwrap_or_default())?;
        self.paragraph(3, &plain(&finding.summary), Style::new())?;
        for site in &finding.sites {
            let line = format!("{:<9}  {}", site.side, spot(site));
            writeln!(self.out, "   {}", self.paint(CYAN, &line))?;
        }
        writeln!(self.out)?;
        let in_full = place < IN_FULL;
        self.histories(finding)?;
        for row in &finding.context {
            if in_full || row.mark == Mark::Divergent {
                self.row(row, &finding.differences)?;
            }
        }
        if in_full { self.raw(finding) } else { Ok(()) }
    }

    fn histories(&mut self, finding: &Finding) -> io::Result<()> {
        for history in &finding.histories {
            let partner = match &history.partner {
                Some(partner) => format!(
                    ", which is the {}'s of {} in line {}",
                    history.side.other(),
                    plain(&partner.name),
                    partner.line
                ),
                None => format!(", which the {} has not", history.side.other()),
            };
            let gone = match &history.destroyed {
                Some(site) => format!(", destroyed in line {}", site.line),
                None => String::new(),
            };
            let line = format!(
                "the {}'s object: created by {} ({}:{}){gone}{partner}",
                history.side,
                plain(&history.created.name),
                plain(&history.created.file),
                history.created.line
            );
            self.paragraph(3, &line, DIM)?;
        }
        if finding.histories.is_empty() { Ok(()) } else { writeln!(self.out) }
    }

    /// One line for each finding that follows from another.
    fn consequences(&mut self, report: &Report) -> io::Result<()> {
        const SHOWN: usize = 12;
        if report.consequences.is_empty() {
            return Ok(());
        }
        self.heading("what follows")?;
        for finding in report.consequences.iter().take(SHOWN) {
            let site = finding.sites.iter().find(|site| site.side == Side::Candidate);
            let site = site.or(finding.sites.first()).map(spot).unwrap_or_default();
            let line = format!("{} ← {}  {site}", finding.class.name(), follows(finding));
            writeln!(self.out, "   {}", self.cut(&line, 3))?;
            self.paragraph(6, &plain(&finding.summary), DIM)?;
        }
        let hidden = report.consequences.len().saturating_sub(SHOWN);
        if hidden > 0 {
            writeln!(self.out, "   and {} more (--format json has all)", thousands(hidden as u64))?;
        }
        Ok(())
    }

    fn row(&mut self, row: &ContextRow, differences: &[FieldDifference]) -> io::Result<()> {
        const MARGIN: usize = 24; // the mark and both indices
        let index = |event: &Option<EventView>| {
            event.as_ref().map(|event| event.event_idx.to_string()).unwrap_or_default()
        };
        let Pair { reference, candidate } = &row.events;
        let same = |a: &EventView, b: &EventView| a.name == b.name;
        match (row.mark, reference, candidate) {
            (Mark::Equal, Some(a), Some(_)) => {
                let line = self.cut(&event_line(a), MARGIN);
                writeln!(
                    self.out,
                    "   {} {:>8} {:>8}  {line}",
                    self.paint(DIM, "="),
                    index(reference),
                    index(candidate)
                )
            }
            (Mark::Known, Some(a), Some(_)) => {
                let line = self.cut(&event_line(a), MARGIN + 9);
                let head = format!("~ {:>8} {:>8}  (known)", index(reference), index(candidate));
                writeln!(self.out, "   {}  {line}", self.paint(YELLOW, &head))
            }
            (Mark::Divergent, Some(a), Some(b)) if same(a, b) => {
                let line = self.cut(&plain(&a.name), MARGIN);
                let head = format!("≠ {:>8} {:>8}  {line}", index(reference), index(candidate));
                writeln!(self.out, "   {}", self.paint(BOLD, &head))?;
                self.fields(differences)
            }
            _ => {
                for (side, event) in [(Side::Reference, reference), (Side::Candidate, candidate)] {
                    if let Some(event) = event {
                        self.one_side(row.mark, side, event)?;
                    }
                }
                Ok(())
            }
        }
    }

    fn one_side(&mut self, mark: Mark, side: Side, event: &EventView) -> io::Result<()> {
        let (sign, style) = match side {
            Side::Reference => ("-", RED),
            Side::Candidate => ("+", GREEN),
        };
        let style = if mark == Mark::Divergent { style.bold() } else { style };
        let index = match side {
            Side::Reference => format!("{:>8} {:>8}", event.event_idx, ""),
            Side::Candidate => format!("{:>8} {:>8}", "", event.event_idx),
        };
        let line = self.cut(&event_line(event), 24);
        writeln!(self.out, "   {}", self.paint(style, &format!("{sign} {index}  {line}")))
    }

    fn fields(&mut self, differences: &[FieldDifference]) -> io::Result<()> {
        for difference in differences {
            let field = plain(&difference.field).into_owned();
            if let Some(rule) = &difference.excused_by {
                let values = difference.values.as_ref().map(shown);
                let line = format!("{field}: {} ↔ {}", values.reference, values.candidate);
                let rule = plain(rule);
                let line = self.cut(&line, 26 + 14 + rule.width());
                writeln!(
                    self.out,
                    "{:24}{}",
                    "",
                    self.paint(DIM, &format!("{line}  (excused: {rule})"))
                )?;
                continue;
            }
            for (sign, style, value) in [
                ("-", RED, &difference.values.reference),
                ("+", GREEN, &difference.values.candidate),
            ] {
                let line = self.cut(&format!("{field} = {}", shown(value)), 26);
                writeln!(
                    self.out,
                    "{:22}{}",
                    "",
                    self.paint(style.bold(), &format!("{sign} {line}"))
                )?;
            }
        }
        Ok(())
    }

    fn raw(&mut self, finding: &Finding) -> io::Result<()> {
        for side in Side::BOTH {
            let rows = finding
                .context
                .iter()
                .filter_map(|row| row.events.on(side).as_ref().map(|event| (row.mark, event)));
            let rows: Vec<(Mark, &EventView)> = rows.collect();
            if rows.is_empty() {
                continue;
            }
            let file = finding
                .sites
                .iter()
                .find(|site| site.side == side)
                .map(|site| plain(&site.file).into_owned());
            writeln!(
                self.out,
                "   {}",
                self.paint(DIM, &format!("{side} as it stands, {}", file.unwrap_or_default()))
            )?;
            let digits =
                rows.iter().map(|(_, event)| event.line.to_string().len()).max().unwrap_or(0);
            for (mark, event) in rows {
                let pointer = if mark == Mark::Divergent { ">" } else { " " };
                let raw = plain(event.raw.trim_end());
                // The one line that matters is shown whole.
                let line = if mark == Mark::Divergent {
                    raw.into_owned()
                } else {
                    self.cut(&raw, 7 + digits)
                };
                let line = format!("{pointer} {:>digits$}  {line}", event.line);
                let style = if mark == Mark::Divergent { Style::new() } else { DIM };
                writeln!(self.out, "   {}", self.paint(style, &line))?;
            }
        }
        Ok(())
    }

    fn lanes(&mut self, report: &Report) -> io::Result<()> {
        if report.lanes.is_empty() && report.unpaired.is_empty() {
            return Ok(());
        }
        self.heading("threads")?;
        let width = report.lanes.iter().map(|lane| lane_name(lane).width()).max().unwrap_or(0);
        for lane in &report.lanes {
            let name = lane_name(lane);
            let pad = width - name.width();
            let matched = thousands(lane.matched);
            let total = thousands(lane.aligned.reference.max(lane.aligned.candidate));
            let line = match lane.class {
                Some(class) => {
                    let number = match (lane.finding, lane.follows_from) {
                        (Some(place), _) => format!("({})", place + 1),
                        (None, Some(origin)) => format!("(← {})", origin + 1),
                        (None, None) => String::new(),
                    };
                    let then = format!("{} {number}", class.name());
                    let later = match lane.equal - lane.matched {
                        0 => String::new(),
                        more => format!(", {} more equal later", thousands(more)),
                    };
                    format!(
                        "{matched:>11} of {total} equal, then {}{later}",
                        self.paint(RED, &then)
                    )
                }
                None if lane.aligned.reference == lane.aligned.candidate
                    && lane.matched + lane.known == lane.aligned.reference =>
                {
                    let all = match lane.known {
                        0 => "all".to_owned(),
                        known => format!("all but {} known", thousands(known)),
                    };
                    format!("{matched:>11} equal, {all}{}", both_ends(lane))
                }
                None if lane.known > 0 => {
                    format!("{:>11} of {total} equal, the rest known", thousands(lane.equal))
                }
                None if lane.exchanged => {
                    format!(
                        "{matched:>11} of {total} equal, then scheduling: the rest is work that threads shared out otherwise"
                    )
                }
                None => format!("{matched:>11} of {total} equal, a clean prefix"),
            };
            writeln!(self.out, "   {name}{:pad$}  {line}", "")?;
            if lane.is_doubtful {
                self.paragraph(
                    width + 5,
                    &format!("paired because: {}", plain(&lane.evidence)),
                    YELLOW,
                )?;
            }
        }
        for lane in &report.unpaired {
            let first = lane.first.as_ref().map(|site| {
                format!(", first {} ({}:{})", plain(&site.name), plain(&site.file), site.line)
            });
            let events = count(lane.events, "event");
            let line = format!(
                "{} of the {} has no partner: {events}{}",
                plain(&lane.name),
                lane.side,
                first.unwrap_or_default()
            );
            self.paragraph(3, &line, YELLOW)?;
        }
        Ok(())
    }

    fn doubts(&mut self, report: &Report) -> io::Result<()> {
        if report.doubts.is_empty() {
            return Ok(());
        }
        self.heading("doubts")?;
        for doubt in &report.doubts {
            self.paragraph(3, &plain(doubt), YELLOW)?;
        }
        Ok(())
    }

    fn excused(&mut self, report: &Report) -> io::Result<()> {
        if report.excused.is_empty() {
            return Ok(());
        }
        self.heading("excused by rules")?;
        for excused in &report.excused {
            let mut amounts = Vec::new();
            if excused.differences > 0 {
                amounts.push(count(excused.differences, "difference"));
            }
            if excused.left_out != Pair::default() {
                let left = excused.left_out.map(thousands);
                amounts.push(format!(
                    "{} ↔ {} taken out of their threads",
                    left.reference, left.candidate
                ));
            }
            let rule = plain(&excused.rule).into_owned();
            writeln!(self.out, "   {}  {}", self.paint(BOLD, &rule), amounts.join(", "))?;
            let first = excused.example.as_ref().map(|example| {
                format!(" (first: lines {} ↔ {})", example.reference.line, example.candidate.line)
            });
            self.paragraph(
                6,
                &format!("{}{}", plain(&excused.why), first.unwrap_or_default()),
                DIM,
            )?;
        }
        Ok(())
    }

    fn not_compared(&mut self, report: &Report) -> io::Result<()> {
        self.left_aside(&report.unseen, &report.not_compared)
    }

    /// Writes what was not compared.
    pub(crate) fn left_aside(
        &mut self,
        unseen: &[UnseenBy],
        not_compared: &[NotCompared],
    ) -> io::Result<()> {
        if not_compared.is_empty() && unseen.is_empty() {
            return Ok(());
        }
        self.heading("not compared")?;
        self.unseen(unseen)?;
        for entry in not_compared {
            let counts = entry.counts.map(thousands);
            writeln!(
                self.out,
                "   {}  {} ↔ {}",
                plain(&entry.what),
                counts.reference,
                counts.candidate
            )?;
            self.paragraph(6, &plain(&entry.why), DIM)?;
            if let Some(advice) = entry.skip.and_then(Skip::advice) {
                self.paragraph(6, &advice, YELLOW)?;
            }
        }
        Ok(())
    }

    pub(crate) fn inputs(&mut self, inputs: &Pair<Input>, profile: &ProfileUsed) -> io::Result<()> {
        self.heading("inputs")?;
        for side in Side::BOTH {
            let input = inputs.on(side);
            let engine = input
                .engine
                .as_deref()
                .map(|engine| format!(", engine {}", plain(engine)))
                .unwrap_or_default();
            let files: Vec<String> =
                input.files.iter().map(|file| plain(file).into_owned()).collect();
            let events =
                format!("{} in {}", count(input.events, "event"), count(input.lanes, "thread"));
            writeln!(
                self.out,
                "   {side:<9}  {}  {events} ({}{engine})",
                files.join(" "),
                input.format
            )?;
            for fault in &input.faults {
                let line = fault.line.map(|line| format!(":{line}")).unwrap_or_default();
                let times = if fault.count == 1 {
                    String::new()
                } else {
                    format!(" × {}", thousands(fault.count))
                };
                let text = format!(
                    "{}{times}: {} ({}{line})",
                    fault.kind,
                    plain(&fault.detail),
                    plain(&fault.file)
                );
                self.paragraph(14, &text, YELLOW)?;
                self.paragraph(14, &format!("hint: {}", fault.hint), DIM)?;
            }
            for notice in &input.notices {
                self.paragraph(14, &plain(&notice.what), YELLOW)?;
                self.paragraph(14, &plain(&notice.advice()), DIM)?;
            }
        }
        let without = &profile.without;
        let without = if without.is_empty() {
            String::new()
        } else {
            format!(" without {}", without.join(", "))
        };
        writeln!(self.out, "   profile    {}{}", plain(&profile.name), plain(&without))
    }
}

/// Returns where the logs part, in a line.
fn parting(report: &Report) -> String {
    let Some(first) = report.origins.first() else { return String::new() };
    let Some(lane) = first.lane else { return first.class.name().to_owned() };
    let after = count(report.lanes[lane].matched, "equal event");
    let threads = report.lanes.iter().filter(|lane| lane.finding.is_some()).count();
    let others = if threads > 1 { format!("; {threads} threads differ") } else { String::new() };
    format!("{} after {after}{others}", first.class.name())
}

/// Returns what a consequence follows from.
pub(super) fn follows(finding: &Finding) -> String {
    match (finding.follows_from, finding.follows_known) {
        (Some(origin), _) => (origin + 1).to_string(),
        (None, Some(known)) => format!("known {}", known + 1),
        (None, None) => String::new(),
    }
}

/// Returns a place as one looks it up.
pub(crate) fn spot(site: &Site) -> String {
    format!(
        "thread {} event {} ({}:{})",
        plain(&site.lane),
        site.event_idx,
        plain(&site.file),
        site.line
    )
}

/// Returns how both lanes of an equal pair ended, where that says something.
fn both_ends(lane: &LanePair) -> String {
    match lane.ends.reference {
        Tail::Stopped => String::new(),
        tail => format!("; both {}", tail.name()),
    }
}

/// Returns what both logs call a pair of lanes.
fn lane_name(lane: &LanePair) -> String {
    let names = lane.names.as_ref().map(|name| plain(name).into_owned());
    format!("{} ↔ {}", names.reference, names.candidate)
}

fn event_line(event: &EventView) -> String {
    format!("{}  {}", plain(&event.name), plain(&event.canonical)).trim_end().to_owned()
}

pub(crate) fn shown(value: &Option<String>) -> String {
    value.as_deref().map_or_else(|| "(absent)".to_owned(), |text| plain(text).into_owned())
}

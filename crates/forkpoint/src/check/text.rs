//! The check as one reads it in a terminal: verdict, the first fault, then all faults, notes, figures.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use crate::check::{CheckReport, Example, Finding, Kind, Severity};
use crate::ingest::Skip;
use crate::report::plain::plain;
use crate::report::text::TextOptions;
use crate::report::words::{count, thousands};

/// This many places of one kind are shown; JSON has more.
const SHOWN: usize = 3;
/// This many where lanes stand at their end: where a hang is understood, each of them counts.
const SHOWN_ENDS: usize = 12;
/// This many lanes are shown; JSON has all.
const LANES: usize = 24;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// Writes what was found in one log.
///
/// # Errors
/// What `out` says.
pub fn write(report: &CheckReport, options: TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Text { options, out };
    text.verdict(report)?;
    text.findings(report, Severity::Fault)?;
    text.findings(report, Severity::Note)?;
    text.notices(report)?;
    text.lanes(report)?;
    text.kinds(report)?;
    text.names(report)?;
    text.input(report)
}

struct Text<'a> {
    options: TextOptions,
    out: &'a mut dyn Write,
}

impl Text<'_> {
    fn paint(&self, style: Style, text: &str) -> String {
        if self.options.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn verdict(&mut self, report: &CheckReport) -> io::Result<()> {
        let log = match &*report.files {
            [file] => plain(file).into_owned(),
            files => count(files.len() as u64, "file"),
        };
        let threads = count(report.lanes.len() as u64, "thread");
        let notes = match report.n_notes() {
            0 => String::new(),
            notes => format!("; {}", count(notes, "note")),
        };
        let whole = match report.notices.len() {
            0 => "",
            _ => "; see the log as a whole",
        };
        let amount = format!("{} of {threads}{notes}{whole}", count(report.events, "event"));
        let Some((finding, example)) = report.first_fault() else {
            return self.verdict_line("clean:", GREEN, &format!("no fault in {log}: {amount}"));
        };
        let faults = count(report.n_faults(), "fault");
        self.verdict_line("faulty:", RED, &format!("{faults} in {log}: {amount}"))?;
        self.paragraph("first at ", &sentence(finding, example), Style::new())?;
        self.paragraph("hint: ", finding.kind.hint(), DIM)
    }

    fn findings(&mut self, report: &CheckReport, severity: Severity) -> io::Result<()> {
        let (title, style) = match severity {
            Severity::Fault => ("faults", YELLOW),
            Severity::Note => ("notes", Style::new()),
        };
        if report.of(severity).next().is_some() {
            self.heading(title)?;
        }
        for finding in report.of(severity) {
            let name = self.paint(style, finding.kind.name());
            writeln!(self.out, "   {name}  {}", thousands(finding.count))?;
            let most = match finding.kind {
                Kind::UnfinishedWait | Kind::OpenCall => SHOWN_ENDS,
                _ => SHOWN,
            };
            for example in finding.examples.iter().take(most) {
                let line = if report.files.len() > 1 { place(example) } else { line(example) };
                let event = example.event.as_ref().map_or_else(String::new, |event| {
                    format!(
                        "thread {} #{} {}: ",
                        plain(&event.lane),
                        event.event_idx,
                        plain(&event.title)
                    )
                });
                let text = format!("{event}{}", plain(&example.detail));
                self.paragraph(&format!("      {line}  "), &text, Style::new())?;
            }
            let shown = finding.examples.len().min(most) as u64;
            if finding.count > shown {
                let more = format!("      … {} more", thousands(finding.count - shown));
                writeln!(self.out, "{}", self.paint(DIM, &more))?;
            }
            self.paragraph("      hint: ", finding.kind.hint(), DIM)?;
        }
        Ok(())
    }

    fn notices(&mut self, report: &CheckReport) -> io::Result<()> {
        if !report.notices.is_empty() {
            self.heading("the log as a whole")?;
        }
        for notice in &report.notices {
            self.paragraph("   ", &plain(&notice.what), YELLOW)?;
            self.paragraph("      ", &plain(&notice.advice()), DIM)?;
        }
        Ok(())
    }

    fn lanes(&mut self, report: &CheckReport) -> io::Result<()> {
        if report.lanes.is_empty() {
            return Ok(());
        }
        self.heading("threads")?;
        let mut rows = vec![["thread", "events", "first", "last", "ended"].map(str::to_owned)];
        rows.extend(report.lanes.iter().take(LANES).map(|lane| {
            [
                plain(&lane.name).into_owned(),
                thousands(lane.events),
                lane.first_idx.to_string(),
                lane.last_idx.to_string(),
                lane.end.name().to_owned(),
            ]
        }));
        self.table(&rows, [false, true, true, true, false])?;
        self.more(report.lanes.len().saturating_sub(LANES) as u64, "--format json has them")
    }

    fn kinds(&mut self, report: &CheckReport) -> io::Result<()> {
        if report.kinds.is_empty() {
            return Ok(());
        }
        self.heading("kinds")?;
        let mut rows = vec![["events", "kind"].map(str::to_owned)];
        let kinds = report.kinds.iter().take(LANES);
        rows.extend(kinds.map(|k| [thousands(k.events), plain(&k.kind).into_owned()]));
        self.table(&rows, [true, false])?;
        self.more(report.kinds.len().saturating_sub(LANES) as u64, "--format json has them")
    }

    fn names(&mut self, report: &CheckReport) -> io::Result<()> {
        if report.names.is_empty() {
            return Ok(());
        }
        self.heading("functions")?;
        let mut rows = vec![["calls", "events", "name"].map(str::to_owned)];
        rows.extend(report.names.iter().map(|name| {
            [thousands(name.calls), thousands(name.events), plain(&name.name).into_owned()]
        }));
        self.table(&rows, [true, true, false])?;
        self.more(report.n_names - report.names.len() as u64, "--top lists them")
    }

    fn input(&mut self, report: &CheckReport) -> io::Result<()> {
        self.heading("input")?;
        let files: Vec<_> = report.files.iter().map(|file| plain(file)).collect();
        self.paragraph("   ", &files.join(" "), Style::new())?;
        let engine = report.engine.as_deref().map(|engine| format!(", engine {}", plain(engine)));
        let format = format!(
            "format {}{}, profile {}",
            report.format,
            engine.unwrap_or_default(),
            plain(&report.profile)
        );
        self.paragraph("   ", &format, Style::new())?;
        let size = format!("{}, {}", count(report.lines, "line"), count(report.bytes, "byte"));
        let (expected, odd): (Vec<_>, Vec<_>) =
            report.skipped.iter().partition(|(why, _)| why.advice().is_none());
        let told = |(why, n): &(&'static Skip, u64)| format!("{} {}", thousands(*n), why.reason);
        let skipped: Vec<String> = expected.iter().map(told).collect();
        let skipped = match skipped.len() {
            0 => String::new(),
            _ => format!("; without an event: {}", skipped.join(", ")),
        };
        self.paragraph("   ", &format!("{size}{skipped}"), Style::new())?;
        for skipped in &odd {
            let (what, advice) = (told(skipped), skipped.0.advice().unwrap_or_default());
            self.paragraph("   ", &format!("without an event: {what}"), YELLOW)?;
            self.paragraph("      ", &advice, DIM)?;
        }
        let Some(objects) = report.objects else { return Ok(()) };
        writeln!(
            self.out,
            "   objects: {} created, {} destroyed, {} left",
            thousands(objects.created),
            thousands(objects.destroyed),
            thousands(objects.open)
        )
    }

    fn heading(&mut self, title: &str) -> io::Result<()> {
        writeln!(self.out)?;
        writeln!(self.out, "{}", self.paint(BOLD, title))
    }

    fn more(&mut self, left: u64, how: &str) -> io::Result<()> {
        if left == 0 {
            return Ok(());
        }
        let more = format!("   … {} more; {how}", thousands(left));
        writeln!(self.out, "{}", self.paint(DIM, &more))
    }

    fn table<const N: usize>(&mut self, rows: &[[String; N]], right: [bool; N]) -> io::Result<()> {
        let widths: Vec<usize> = (0..N)
            .map(|column| rows.iter().map(|row| row[column].width()).max().unwrap_or(0))
            .collect();
        for (number, row) in rows.iter().enumerate() {
            let mut line = String::from(" ");
            for (column, cell) in row.iter().enumerate() {
                let blanks = " ".repeat(widths[column] - cell.width());
                let (before, after) = if right[column] { (&*blanks, "") } else { ("", &*blanks) };
                line += &format!("  {before}{cell}{after}");
            }
            let line = line.trim_end();
            let line = if number == 0 { self.paint(DIM, line) } else { line.to_owned() };
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// Writes a paragraph that begins with a word of its own colour.
    fn verdict_line(&mut self, verdict: &str, style: Style, text: &str) -> io::Result<()> {
        let painted = self.paint(style, verdict);
        let lines = self.broken(&format!("{verdict} "), 0, text);
        for (number, line) in lines.iter().enumerate() {
            let rest = line.strip_prefix(verdict).filter(|_| number == 0);
            match rest {
                Some(rest) => writeln!(self.out, "{painted}{rest}")?,
                None => writeln!(self.out, "{line}")?,
            }
        }
        Ok(())
    }

    /// Writes a paragraph, broken at blanks to the width; later lines stand under the first's text.
    fn paragraph(&mut self, lead: &str, text: &str, style: Style) -> io::Result<()> {
        for line in self.broken(lead, lead.width().min(16), text) {
            writeln!(self.out, "{}", self.paint(style, &line))?;
        }
        Ok(())
    }

    /// Breaks text at blanks, behind `lead`, to the width.
    fn broken(&self, lead: &str, indent: usize, text: &str) -> Vec<String> {
        let width = self.options.width.unwrap_or(usize::MAX).max(40);
        let mut lines = Vec::new();
        let mut line = lead.to_owned();
        let mut empty = true;
        for word in text.split(' ') {
            if !empty && line.width() + 1 + word.width() > width {
                lines.push(line);
                line = " ".repeat(indent);
                empty = true;
            }
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
            empty = false;
        }
        lines.push(line);
        lines
    }
}

fn sentence(finding: &Finding, example: &Example) -> String {
    match &example.event {
        Some(event) => format!(
            "{}: {}: {}, {}",
            place(example),
            finding.kind.name(),
            plain(&event.title),
            plain(&example.detail)
        ),
        None => format!("{}: {}", place(example), plain(&example.detail)),
    }
}

fn place(example: &Example) -> String {
    let line = example.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{}{line}", plain(&example.file))
}

fn line(example: &Example) -> String {
    example.line.map_or_else(|| plain(&example.file).into_owned(), |line| format!("line {line}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::tests::checked;

    fn text(report: &CheckReport, width: Option<usize>) -> String {
        let mut out = Vec::new();
        write(report, TextOptions { colour: false, width }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_first_lines_are_verdict_place_and_hint() {
        let report = checked(&[
            r#""kind":"a","tid":6,"tid_event_idx":1"#,
            r#""kind":"a","tid":6,"tid_event_idx":1"#,
        ]);
        let text = text(&report, None);
        let lines: Vec<&str> = text.lines().take(3).collect();
        assert!(lines[0].starts_with("faulty: 1 fault in "));
        assert!(lines[0].ends_with("a.log: 2 events of 1 thread"));
        assert!(
            lines[1].starts_with("first at ")
                && lines[1].ends_with("a.log:3: index 1 of thread 6 follows 1")
        );
        assert_eq!(
            lines[2],
            "hint: within one thread the index must rise; are two runs in one file?"
        );
    }

    #[test]
    fn text_of_the_log_cannot_steer_the_terminal() {
        let report = checked(&[
            r#""kind":"kernel.call","tid":6,"tid_event_idx":1,"payload":{"name":"\u001b[31mA"}"#,
        ]);
        let text = text(&report, None);
        assert!(!text.contains('\u{1b}') && text.contains("\\u{1b}[31mA"), "{text}");
    }

    #[test]
    fn paragraphs_keep_to_the_width() {
        let report = checked(&[
            r#""kind":"kernel.call","tid":6,"tid_event_idx":0,"payload":{"name":"KeWaitForSingleObject"}"#,
            r#""kind":"wait.begin","tid":6,"tid_event_idx":1"#,
        ]);
        let text = text(&report, Some(60));
        let verdict: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
        assert!(verdict.len() > 1 && verdict[0].starts_with("clean: no fault in"), "{text}");
        let is_word = |line: &str| !line.trim_start().contains(' ');
        assert!(verdict.iter().all(|line| line.width() <= 60 || is_word(line)), "{text}");
        let notes = text.split("notes").nth(1).unwrap().split("threads").next().unwrap();
        assert!(notes.lines().all(|line| line.width() <= 60), "{notes}");
    }
}

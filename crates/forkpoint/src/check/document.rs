//! The check as a document: verdict, the first fault, then all faults, notes, figures.

use crate::check::{CheckReport, Checks, Example, Finding, Kind};
use crate::render::document::{
    Block, Column, Document, Inline, Table, Tone, code, joined, own, parts, place, said,
};
use crate::render::words::{count, thousands};
use crate::render::{Answer, Extent};
use crate::trace::skip::advice;

/// This many places of one kind are shown; JSON has more.
const SHOWN: usize = 3;
/// This many where lanes stand at their end: where a hang is understood, each of them counts.
const SHOWN_ENDS: usize = 12;
/// This many lanes are shown; JSON has all.
const LANES: usize = 24;

impl Answer for Checks {
    fn document(&self, _shown: Extent) -> Document {
        let mut page = Document::default();
        for (number, report) in self.logs.iter().enumerate() {
            if number > 0 {
                page.blocks.extend([Block::Gap, Block::Gap]);
            }
            log(report, &mut page);
        }
        page
    }
}

fn log(report: &CheckReport, page: &mut Document) {
    verdict(report, page);
    findings(report, ("faults", &report.faults, Tone::Warn), page);
    findings(report, ("notes", &report.notes, Tone::Plain), page);
    if !report.notices.is_empty() {
        page.heading("the log as a whole");
    }
    for notice in &report.notices {
        page.text(3, said(&*notice.what).tone(Tone::Warn));
        page.text(6, said(notice.advice()).tone(Tone::Faint));
    }
    lanes(report, page);
    kinds(report, page);
    names(report, page);
    input(report, page);
}

fn verdict(report: &CheckReport, page: &mut Document) {
    let log = match &*report.files {
        [file] => code(file),
        files => said(count(files.len() as u64, "file")),
    };
    let notes = match report.n_notes() {
        0 => None,
        notes => Some(parts!["; ", count(notes, "note")]),
    };
    let whole = (!report.notices.is_empty()).then(|| own("; see the log as a whole"));
    let events = count(report.events, "event");
    let threads = count(report.lanes.len() as u64, "thread");
    let amount = parts![": ", events, " of ", threads, notes, whole];
    let Some((finding, example)) = report.first_fault() else {
        return page.verdict(Tone::Good, "clean", parts!["no fault in ", log, amount]);
    };
    let faults = count(report.n_faults(), "fault");
    page.verdict(Tone::Bad, "faulty", parts![faults, " in ", log, amount]);
    page.hanging(0, "first at ", first(finding, example));
    page.hanging(0, own("hint: ").tone(Tone::Faint), own(finding.hint).tone(Tone::Faint));
}

fn first(finding: &Finding, example: &Example) -> Inline {
    let event = example
        .event
        .as_ref()
        .map(|event| parts![": ", own(finding.kind.name()), ": ", code(&event.title), ","]);
    let colon = example.event.is_none().then(|| own(":"));
    parts![place(&example.file, example.line), event, colon, " ", said(&example.detail)]
}

fn findings(
    report: &CheckReport,
    (title, findings, tone): (&'static str, &[Finding], Tone),
    page: &mut Document,
) {
    if !findings.is_empty() {
        page.heading(title);
    }
    for finding in findings {
        let name = own(finding.kind.name()).tone(tone);
        page.text(3, parts![name, "  ", thousands(finding.count)]);
        let most = match finding.kind {
            Kind::UnfinishedWait | Kind::OpenCall => SHOWN_ENDS,
            _ => SHOWN,
        };
        for example in finding.examples.iter().take(most) {
            let place = match example.line {
                Some(line) if report.files.len() == 1 => parts!["line ", line],
                _ => place(&example.file, example.line),
            };
            let event = example.event.as_ref().map(|event| {
                let index = said(format!("#{}", event.event_idx));
                parts!["thread ", code(&event.lane), " ", index, " ", code(&event.title), ": "]
            });
            page.hanging(6, parts![place, "  "], parts![event, said(&example.detail)]);
        }
        let shown = finding.examples.len().min(most) as u64;
        page.more(6, finding.count.saturating_sub(shown), "");
        page.hanging(6, own("hint: ").tone(Tone::Faint), own(finding.hint).tone(Tone::Faint));
    }
}

fn table(columns: Vec<Column>, rows: impl Iterator<Item = Vec<Inline>>, page: &mut Document) {
    let rows = rows.map(|cells| (cells, None)).collect();
    page.blocks.push(Block::Table(Table { columns, has_header: true, rows }));
}

fn lanes(report: &CheckReport, page: &mut Document) {
    if report.lanes.is_empty() {
        return;
    }
    page.heading("threads");
    let columns = vec![
        Column::left("thread"),
        Column::right("events"),
        Column::right("first"),
        Column::right("last"),
        Column::left("ended"),
    ];
    let rows = report.lanes.iter().take(LANES).map(|lane| {
        vec![
            code(&lane.name),
            said(thousands(lane.events)),
            said(lane.first_idx.to_string()),
            said(lane.last_idx.to_string()),
            own(lane.end.name()),
        ]
    });
    table(columns, rows, page);
    let hidden = report.lanes.len().saturating_sub(LANES);
    page.more(3, hidden as u64, "; --format json has them");
}

fn kinds(report: &CheckReport, page: &mut Document) {
    if report.kinds.is_empty() {
        return;
    }
    page.heading("kinds");
    let rows = report.kinds.iter().take(LANES);
    let rows = rows.map(|kind| vec![said(thousands(kind.events)), code(&kind.kind)]);
    table(vec![Column::right("events"), Column::left("kind")], rows, page);
    let hidden = report.kinds.len().saturating_sub(LANES);
    page.more(3, hidden as u64, "; --format json has them");
}

fn names(report: &CheckReport, page: &mut Document) {
    if report.names.is_empty() {
        return;
    }
    page.heading("functions");
    let rows = report.names.iter().map(|name| {
        vec![said(thousands(name.calls)), said(thousands(name.events)), code(&name.name)]
    });
    let columns = vec![Column::right("calls"), Column::right("events"), Column::left("name")];
    table(columns, rows, page);
    page.more(3, report.n_names - report.names.len() as u64, "; --top lists them");
}

fn input(report: &CheckReport, page: &mut Document) {
    page.heading("input");
    page.text(3, joined(report.files.iter().map(code), " "));
    let engine = report.engine.as_deref().map(|engine| parts![", engine ", code(engine)]);
    let profile = code(&report.profile);
    page.text(3, parts!["format ", own(report.format), engine, ", profile ", profile]);
    let size = parts![count(report.lines, "line"), ", ", count(report.bytes, "byte")];
    let advice = |skipped: &crate::check::SkippedLines| advice(skipped.severity, skipped.fix);
    let (expected, odd): (Vec<_>, Vec<_>) =
        report.skipped.iter().partition(|skipped| advice(skipped).is_none());
    let amount = |skipped: &&crate::check::SkippedLines| {
        parts![thousands(skipped.lines), " ", own(skipped.reason)]
    };
    let expected = joined(expected.iter().map(amount), ", ");
    let expected = (!expected.is_empty()).then(|| parts!["; without an event: ", expected]);
    page.text(3, parts![size, expected]);
    for skipped in &odd {
        page.text(3, parts!["without an event: ", amount(skipped)].tone(Tone::Warn));
        page.text(6, said(advice(skipped).unwrap_or_default()).tone(Tone::Faint));
    }
    let Some(objects) = report.objects else { return };
    let objects = [
        format!("{} created", thousands(objects.created)),
        format!("{} destroyed", thousands(objects.destroyed)),
        format!("{} left", thousands(objects.open)),
    ];
    page.text(3, parts!["objects: ", objects.join(", ")]);
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::check::tests::checked;
    use crate::error::Error;
    use crate::render::{Format, TextOptions, write};

    fn text(report: CheckReport, width: Option<usize>) -> String {
        let mut out = Vec::new();
        let checks = Checks { logs: vec![report], unreadable: Vec::new() };
        write(&checks, Format::Text, TextOptions { width, ..TextOptions::default() }, &mut out)
            .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_first_lines_are_verdict_place_and_hint() {
        let report = checked(&[
            r#""kind":"a","tid":6,"tid_event_idx":1"#,
            r#""kind":"a","tid":6,"tid_event_idx":1"#,
        ]);
        let text = text(report, None);
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
    fn paragraphs_keep_to_the_width() {
        let report = checked(&[
            r#""kind":"kernel.call","tid":6,"tid_event_idx":0,"payload":{"name":"KeWaitForSingleObject"}"#,
            r#""kind":"wait.begin","tid":6,"tid_event_idx":1"#,
        ]);
        let text = text(report, Some(60));
        let verdict: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
        assert!(verdict.len() > 1 && verdict[0].starts_with("clean: no fault in"), "{text}");
        let is_word = |line: &str| !line.trim_start().contains(' ');
        assert!(verdict.iter().all(|line| line.width() <= 60 || is_word(line)), "{text}");
        let notes = text.split("notes").nth(1).unwrap().split("threads").next().unwrap();
        assert!(notes.lines().all(|line| line.width() <= 60), "{notes}");
    }

    #[test]
    fn text_of_the_log_cannot_steer_the_terminal() {
        let report = checked(&[
            r#""kind":"kernel.call","tid":6,"tid_event_idx":1,"payload":{"name":"\u001b[31mA"}"#,
        ]);
        let text = text(report, None);
        assert!(!text.contains('\u{1b}') && text.contains("\\u{1b}[31mA"), "{text}");
    }

    #[test]
    fn a_log_is_written_with_its_verdict_faults_and_notes() {
        let report = checked(&[
            r#""kind":"kernel.return","tid":6,"tid_event_idx":0,"payload":{"name":"A"}"#,
            r#""kind":"wait.begin","tid":6,"tid_event_idx":1"#,
        ]);
        let checks =
            Checks { logs: vec![report], unreadable: vec![Error::new("b.log", "is empty")] };
        let mut out = Vec::new();
        write(&checks, Format::Json, TextOptions::default(), &mut out).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(json["format_version"], 1);
        assert_eq!(json["logs"][0]["verdict"], "faulty");
        assert_eq!(json["logs"][0]["faults"][0]["examples"][0]["line"], 2);
        assert_eq!(json["logs"][0]["notes"][0]["kind"], "unfinished wait");
        assert_eq!(json["logs"][0]["lanes"][0]["end"], "waiting");
        assert_eq!(json["unreadable"][0]["file"], "b.log");
    }
}

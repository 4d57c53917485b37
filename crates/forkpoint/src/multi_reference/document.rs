//! What several references say as a document: together first, then one by one.

use crate::multi_reference::MultiReferenceReport;
use crate::pair::Pair;
use crate::render::document::{
    Block, Column, Document, Table, Tone, code, own, parts, said, value,
};
use crate::render::words::{count, thousands};
use crate::render::{Answer, Extent};
use crate::report::{Verdict, site_line, start_here};

impl Answer for MultiReferenceReport {
    fn document(&self, shown: Extent) -> Document {
        let mut page = Document::default();
        together(self, &mut page);
        disagreements(self, &mut page);
        overruled(self, &mut page);
        for against in &self.references {
            page.heading(parts!["against ", code(&against.name)]);
            page.blocks.push(Block::Gap);
            page.append(against.report.document(shown));
        }
        page
    }
}

fn together(panel: &MultiReferenceReport, page: &mut Document) {
    let references = count(panel.references.len() as u64, "reference");
    page.verdict(panel.verdict.tone(), panel.verdict.name(), parts!["against ", references]);
    if let Some((place, finding)) = panel.first().filter(|_| panel.verdict == Verdict::Diverged) {
        start_here(finding, Some(&panel.references[place].name), page);
    }
    let row = |shown: &crate::multi_reference::ReferenceReport| {
        let report = &shown.report;
        let origins = count(report.origins.len() as u64, "origin");
        let cells = vec![
            code(&shown.name),
            own(report.verdict.name()),
            parts![thousands(report.matched), " equal"],
            said(origins),
        ];
        (cells, None)
    };
    page.blocks.push(Block::Table(Table {
        columns: vec![
            Column::left("reference"),
            Column::left("verdict"),
            Column::right("equal"),
            Column::left("origins"),
        ],
        has_header: false,
        rows: panel.references.iter().map(row).collect(),
    }));
    for doubt in &panel.doubts {
        page.text(3, said(doubt).tone(Tone::Warn));
    }
}

fn disagreements(panel: &MultiReferenceReport, page: &mut Document) {
    if !panel.disagreements.is_empty() {
        page.heading("where the references disagree");
    }
    for found in &panel.disagreements {
        let against = code(&panel.references[found.reference].name);
        let agree = code(panel.names(&found.agree));
        let class = own(found.finding.class.name());
        let line = parts![class, "  against ", against, ", not ", agree];
        page.text(3, line.tone(Tone::Strong));
        page.text(6, said(&found.finding.summary).tone(Tone::Faint));
        for site in &found.finding.sites {
            page.text(6, site_line(site));
        }
        for difference in found.finding.differences.iter().filter(|d| d.excused_by.is_none()) {
            let Pair { reference, candidate } = difference.values.as_ref().map(value);
            let line = parts![code(&difference.field), ": ", reference, " ↔ ", candidate];
            page.text(6, line.tone(Tone::Faint));
        }
    }
}

fn overruled(panel: &MultiReferenceReport, page: &mut Document) {
    if !panel.overruled.is_empty() {
        page.heading("settled by authority");
    }
    for overruled in &panel.overruled {
        let rule = code(&overruled.rule).tone(Tone::Strong);
        let differences = count(overruled.count, "difference");
        let name = code(&panel.references[overruled.reference].name);
        page.text(3, parts![rule, "  ", differences, " from ", name]);
        page.text(6, said(&overruled.why).tone(Tone::Faint));
    }
}

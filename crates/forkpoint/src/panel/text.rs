//! What several references say, as one reads it in a terminal: together first, then one by one.

use std::io::{self, Write};

use crate::pair::Side;
use crate::panel::Panel;
use crate::report::Verdict;
use crate::report::plain::plain;
use crate::report::text::{
    self, BOLD, CYAN, DIM, GREEN, RED, Text, TextOptions, YELLOW, shown, spot,
};
use crate::report::words::{count, thousands};

/// Writes what the references say.
///
/// # Errors
/// What `out` says.
pub fn write(panel: &Panel, options: TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Text { options, out };
    text.together(panel)?;
    text.disagreements(panel)?;
    text.overruled(panel)?;
    for told in &panel.references {
        text.heading(&format!("against {}", plain(&told.name)))?;
        writeln!(text.out)?;
        text::write(&told.report, options, text.out)?;
    }
    Ok(())
}

impl Text<'_> {
    fn together(&mut self, panel: &Panel) -> io::Result<()> {
        let style = match panel.verdict {
            Verdict::Identical | Verdict::Prefix => GREEN,
            Verdict::Diverged => RED,
            Verdict::Inconclusive => YELLOW,
        };
        let verdict = self.paint(style.bold(), panel.verdict.name());
        let references = count(panel.references.len() as u64, "reference");
        writeln!(self.out, "{verdict}: against {references}")?;
        if let Some((place, finding)) = panel.first().filter(|_| panel.verdict == Verdict::Diverged)
        {
            let mut sites = finding.sites.iter();
            let site = sites.clone().find(|site| site.side == Side::Candidate).or(sites.next());
            let told = site.map(|site| format!("{} {}", site.side, spot(site))).unwrap_or_default();
            writeln!(self.out, "{} {told}", self.paint(BOLD, "start here:"))?;
            let name = &panel.references[place].name;
            let summary = format!("{} (against {})", plain(&finding.summary), plain(name));
            self.paragraph(3, &summary, anstyle::Style::new())?;
        }
        for told in &panel.references {
            let report = &told.report;
            let line = format!(
                "{}: {}, {} equal, {}",
                plain(&told.name),
                report.verdict.name(),
                thousands(report.matched),
                count(report.origins.len() as u64, "origin")
            );
            writeln!(self.out, "   {line}")?;
        }
        for doubt in &panel.doubts {
            self.paragraph(3, &plain(doubt), YELLOW)?;
        }
        Ok(())
    }

    fn disagreements(&mut self, panel: &Panel) -> io::Result<()> {
        if panel.disagreements.is_empty() {
            return Ok(());
        }
        self.heading("where the references disagree")?;
        for found in &panel.disagreements {
            let against = &panel.references[found.reference].name;
            let agree = panel.names(&found.agree);
            let class = found.finding.class.name();
            let line = format!("{class}  against {}, not {}", plain(against), plain(&agree));
            writeln!(self.out, "   {}", self.paint(BOLD, &line))?;
            self.paragraph(6, &plain(&found.finding.summary), DIM)?;
            for site in &found.finding.sites {
                let line = format!("{:<9}  {}", site.side, spot(site));
                writeln!(self.out, "      {}", self.paint(CYAN, &line))?;
            }
            for difference in found.finding.differences.iter().filter(|d| d.excused_by.is_none()) {
                let line = format!(
                    "{}: {} ↔ {}",
                    plain(&difference.field),
                    shown(&difference.values.reference),
                    shown(&difference.values.candidate)
                );
                self.paragraph(6, &line, DIM)?;
            }
        }
        Ok(())
    }

    fn overruled(&mut self, panel: &Panel) -> io::Result<()> {
        if panel.overruled.is_empty() {
            return Ok(());
        }
        self.heading("settled by authority")?;
        for overruled in &panel.overruled {
            let rule = self.paint(BOLD, &plain(&overruled.rule));
            let told = count(overruled.count, "difference");
            let name = plain(&panel.references[overruled.reference].name);
            writeln!(self.out, "   {rule}  {told} that {name} tells")?;
            self.paragraph(6, &plain(&overruled.why), DIM)?;
        }
        Ok(())
    }
}

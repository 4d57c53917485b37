//! What several references say as Markdown: together first, then one by one.

use std::io::{self, Write};

use crate::pair::Side;
use crate::panel::Panel;
use crate::report::Verdict;
use crate::report::markdown::{self, code, place, words};
use crate::report::words::{count, thousands};

/// Writes what the references say.
///
/// # Errors
/// What `out` says.
pub fn write(panel: &Panel, out: &mut dyn Write) -> io::Result<()> {
    let references = count(panel.references.len() as u64, "reference");
    writeln!(out, "# {}, against {references}\n", panel.verdict.name())?;
    if let Some((reference, finding)) = panel.first().filter(|_| panel.verdict == Verdict::Diverged)
    {
        let mut sites = finding.sites.iter();
        let site = sites.clone().find(|site| site.side == Side::Candidate).or(sites.next());
        let site = site.map(place).unwrap_or_default();
        let name = code(&panel.references[reference].name);
        writeln!(out, "**Start here:** {site}: {} (against {name}).\n", words(&finding.summary))?;
    }
    writeln!(out, "| reference | verdict | equal | origins |\n| --- | --- | ---: | ---: |")?;
    for told in &panel.references {
        let report = &told.report;
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            code(&told.name),
            report.verdict.name(),
            thousands(report.matched),
            report.origins.len()
        )?;
    }
    if !panel.doubts.is_empty() {
        writeln!(out, "\n## Doubts\n")?;
        for doubt in &panel.doubts {
            writeln!(out, "- {}", words(doubt))?;
        }
    }
    if !panel.disagreements.is_empty() {
        writeln!(
            out,
            "\n## Where the references disagree\n\n| class | against | not | where | |\n| --- | --- | --- | --- | --- |"
        )?;
        for found in &panel.disagreements {
            let mut sites = found.finding.sites.iter();
            let site = sites.clone().find(|site| site.side == Side::Candidate).or(sites.next());
            writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                found.finding.class.name(),
                code(&panel.references[found.reference].name),
                code(&panel.names(&found.agree)),
                site.map(place).unwrap_or_default(),
                words(&found.finding.summary)
            )?;
        }
    }
    if !panel.overruled.is_empty() {
        writeln!(
            out,
            "\n## Settled by authority\n\n| rule | reference | differences | why |\n| --- | --- | ---: | --- |"
        )?;
        for overruled in &panel.overruled {
            let name = code(&panel.references[overruled.reference].name);
            let (rule, why) = (code(&overruled.rule), words(&overruled.why));
            writeln!(out, "| {rule} | {name} | {} | {why} |", overruled.count)?;
        }
    }
    for told in &panel.references {
        writeln!(out, "\n---\n\nAgainst {}:\n", code(&told.name))?;
        markdown::write(&told.report, out)?;
    }
    Ok(())
}

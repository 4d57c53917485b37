//! What is known, and the waivers that want a look.

use std::io;

use crate::pair::Side;
use crate::report::plain::plain;
use crate::report::text::{BOLD, DIM, Text, YELLOW, spot};
use crate::report::words::{count, thousands};
use crate::report::{Report, WaiverState, WaiverUsed};

impl Text<'_> {
    pub(super) fn known(&mut self, report: &Report) -> io::Result<()> {
        const SHOWN: usize = 12;
        if report.known.is_empty() {
            return Ok(());
        }
        self.heading("known")?;
        for (place, known) in report.known.iter().take(SHOWN).enumerate() {
            let sites = &known.finding.sites;
            let site = sites.iter().find(|site| site.side == Side::Candidate).or(sites.first());
            let times = if known.count > 1 {
                format!(" × {}", thousands(known.count))
            } else {
                String::new()
            };
            let class = known.finding.class.name();
            let site = site.map(spot).unwrap_or_default();
            let line = self.cut(&format!("{}. {class}{times}  {site}", place + 1), 3);
            writeln!(self.out, "   {line}")?;
            self.paragraph(6, &plain(&known.finding.summary), DIM)?;
            let bug = format!("waiver {}: {}", plain(&known.waiver), plain(&known.bug));
            self.paragraph(6, &bug, BOLD)?;
        }
        let hidden = report.known.len().saturating_sub(SHOWN);
        if hidden > 0 {
            writeln!(self.out, "   and {} more (--format json has all)", thousands(hidden as u64))?;
        }
        Ok(())
    }

    /// Waivers that nothing is known by, and those that do not hold any more.
    pub(super) fn idle_waivers(&mut self, report: &Report) -> io::Result<()> {
        let idle: Vec<&WaiverUsed> =
            report.waivers.iter().filter(|waiver| waiver.state != WaiverState::Used).collect();
        if idle.is_empty() {
            return Ok(());
        }
        self.heading("waivers that may go")?;
        for waiver in idle {
            let state = self.paint(YELLOW, waiver.state.name());
            writeln!(self.out, "   {}  {state}", self.paint(BOLD, &plain(&waiver.id)))?;
            self.paragraph(6, &plain(&idle_because(waiver)), DIM)?;
        }
        Ok(())
    }
}

impl Text<'_> {
    /// The user's own rules that no event matched.
    pub(super) fn unmatched(&mut self, report: &Report) -> io::Result<()> {
        if report.unmatched.is_empty() {
            return Ok(());
        }
        self.heading("rules of your own that no event matched")?;
        for unmatched in &report.unmatched {
            let line = unmatched.line.map(|line| format!(":{line}")).unwrap_or_default();
            let place = plain(&format!("{}{line}", unmatched.file)).into_owned();
            writeln!(self.out, "   {}  {place}", self.paint(BOLD, &plain(&unmatched.rule)))?;
            let told = unmatched.told();
            if !told.is_empty() {
                self.paragraph(6, &plain(&told), YELLOW)?;
            }
        }
        Ok(())
    }
}

/// Returns why a waiver is of no use, with its bug and its place.
pub(in crate::report) fn idle_because(waiver: &WaiverUsed) -> String {
    let line = waiver.line.map(|line| format!(":{line}")).unwrap_or_default();
    let why = match (waiver.state, &waiver.expires) {
        (WaiverState::Expired, Some(day)) => format!("it held until {day}"),
        _ => "nothing that differs is what it is about".to_owned(),
    };
    format!("{why}; {} ({}{line})", waiver.bug, waiver.file)
}

/// Returns what an identical report says first of what is known.
pub(in crate::report) fn but_for_known(report: &Report) -> String {
    match report.known.iter().map(|known| known.count).sum::<u64>() {
        0 => String::new(),
        known => format!(" but for {}", count(known, "known divergence")),
    }
}

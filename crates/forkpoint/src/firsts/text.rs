//! The order of first appearances, as one reads it in a terminal.

use std::io::{self, Write};

use anstyle::Style;

use crate::firsts::{Firsts, Order, Parting, progress};
use crate::pair::Side;
use crate::report::Verdict;
use crate::report::plain::plain;
use crate::report::text::{CYAN, GREEN, RED, Text, TextOptions, YELLOW, beyond_sight, spot};
use crate::report::words::thousands;

/// Writes what came of it.
///
/// # Errors
/// What `out` says.
pub fn write(firsts: &Firsts, options: TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Text { options, out };
    text.first_lines(firsts)?;
    for order in &firsts.orders {
        text.order(order)?;
    }
    if !firsts.doubts.is_empty() {
        text.heading("doubts")?;
        for doubt in &firsts.doubts {
            text.paragraph(3, &plain(doubt), YELLOW)?;
        }
    }
    text.left_aside(&firsts.unseen, &firsts.not_compared)?;
    text.inputs(&firsts.inputs, &firsts.profile)
}

impl Text<'_> {
    fn first_lines(&mut self, firsts: &Firsts) -> io::Result<()> {
        let (style, said) = match firsts.verdict {
            Verdict::Identical => (GREEN, "all names first appear in one order"),
            Verdict::Prefix => (GREEN, "the names that both have first appear in one order"),
            Verdict::Diverged => (RED, "names first appear in another order"),
            Verdict::Inconclusive => (YELLOW, "no difference, but not everything was compared"),
        };
        writeln!(self.out, "{}: {said}", self.paint(style.bold(), firsts.verdict.name()))?;
        writeln!(self.out, "{}", progress(firsts))?;
        if let Some(beyond) = beyond_sight(&firsts.unseen) {
            self.paragraph(0, &beyond, Style::new())?;
        }
        match (firsts.verdict, firsts.doubts.first()) {
            (Verdict::Inconclusive, Some(doubt)) => self.because(&plain(doubt)),
            _ => Ok(()),
        }
    }

    fn order(&mut self, order: &Order) -> io::Result<()> {
        let title = match &order.lanes {
            Some(names) => {
                let names = names.as_ref().map(|name| plain(name).into_owned());
                format!("thread {} ↔ {}", names.reference, names.candidate)
            }
            None => "all threads".to_owned(),
        };
        self.heading(&title)?;
        let matched = thousands(order.matched);
        let names = order.names.map(thousands);
        let told = match &order.parting {
            None if order.names.reference == order.names.candidate => {
                format!("{matched} names in one order, all")
            }
            None => format!("{matched} names in one order, a clean prefix of {}", names.reference),
            Some(parting) => format!(
                "{matched} of {} ↔ {} names in one order, then {}",
                names.reference,
                names.candidate,
                self.paint(RED, parting.class.name())
            ),
        };
        writeln!(self.out, "   {told}")?;
        match &order.parting {
            Some(parting) => self.parting(order, parting),
            None => Ok(()),
        }
    }

    fn parting(&mut self, order: &Order, parting: &Parting) -> io::Result<()> {
        self.paragraph(3, &plain(&parting.summary), Style::new())?;
        for side in Side::BOTH {
            if let Some((name, site)) = parting.next.on(side) {
                let told = format!("{} {}", plain(name), spot(site));
                self.paragraph_after(&format!("   {side}"), 14, &told, CYAN)?;
            }
            // Where this side has what the other goes on with.
            if let Some(site) = parting.elsewhere.on(side) {
                let told = format!("{} {}", plain(&site.name), spot(site));
                self.paragraph_after(&format!("   {side}"), 14, &told, Style::new())?;
            }
        }
        let alone = order.alone.map(thousands);
        let line =
            format!("names that one side alone has: {} ↔ {}", alone.reference, alone.candidate);
        writeln!(self.out, "   {line}")
    }
}

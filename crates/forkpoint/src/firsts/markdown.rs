//! The order of first appearances as Markdown.

use std::io::{self, Write};

use crate::firsts::{Firsts, progress};
use crate::pair::Side;
use crate::report::markdown::{code, inputs, not_compared, place, unseen, words};
use crate::report::text::beyond_sight;
use crate::report::words::thousands;

/// Writes what came of it.
///
/// # Errors
/// What `out` says.
pub fn write(firsts: &Firsts, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}, by the order in which names first appear\n", firsts.verdict.name())?;
    writeln!(out, "{}.", words(&progress(firsts)))?;
    if let Some(beyond) = beyond_sight(&firsts.unseen) {
        writeln!(out, "\n{}.", words(&beyond))?;
    }
    writeln!(
        out,
        "\n| threads | in one order | reference's names | candidate's names | then |\n| --- | ---: | ---: | ---: | --- |"
    )?;
    for order in &firsts.orders {
        let title = match &order.lanes {
            Some(names) => {
                let names = names.as_ref().map(|name| code(name));
                format!("{} ↔ {}", names.reference, names.candidate)
            }
            None => "all".to_owned(),
        };
        let then = order.parting.as_ref().map_or("", |parting| parting.class.name());
        let names = order.names.map(thousands);
        writeln!(
            out,
            "| {title} | {} | {} | {} | {then} |",
            thousands(order.matched),
            names.reference,
            names.candidate
        )?;
    }
    for parting in firsts.orders.iter().filter_map(|order| order.parting.as_ref()) {
        writeln!(out, "\n## {}\n\n{}.\n", parting.class.name(), words(&parting.summary))?;
        for side in Side::BOTH {
            if let Some((name, site)) = parting.next.on(side) {
                writeln!(out, "- {}: {}", code(name), place(site))?;
            }
            if let Some(site) = parting.elsewhere.on(side) {
                writeln!(out, "- elsewhere {}: {}", code(&site.name), place(site))?;
            }
        }
    }
    if !firsts.doubts.is_empty() {
        writeln!(out, "\n## Doubts\n")?;
        for doubt in &firsts.doubts {
            writeln!(out, "- {}", words(doubt))?;
        }
    }
    unseen(&firsts.unseen, out)?;
    not_compared(&firsts.not_compared, out)?;
    inputs(&firsts.inputs, &firsts.profile, out)
}

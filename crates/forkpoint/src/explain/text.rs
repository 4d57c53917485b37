//! The explanation of an event as one reads it in a terminal.

use std::io::{self, Write};

use crate::explain::{Explanation, FieldTold, Life, ObjectTold, Standing, Why};
use crate::pair::Side;
use crate::report::plain::plain;
use crate::report::text::{BOLD, CYAN, DIM, GREEN, RED, Text, TextOptions, YELLOW, shown, spot};
use crate::report::words::count;
use crate::report::{EventView, Site};

/// Writes the explanation.
///
/// # Errors
/// What `out` says.
pub fn write(told: &Explanation, options: TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Text { options, out };
    head(&mut text, told)?;
    events(&mut text, told)?;
    fields(&mut text, told)?;
    objects(&mut text, told)?;
    if !told.before.is_empty() {
        text.heading("what came before that it depends on")?;
        for before in &told.before {
            let line =
                format!("{}: {}  {}", before.what, plain(&before.site.name), spot(&before.site));
            text.paragraph(3, &line, CYAN)?;
            let says = text.cut(&plain(&before.canonical), 6);
            text.paragraph(6, &says, DIM)?;
        }
    }
    findings(&mut text, told)
}

fn head(text: &mut Text<'_>, told: &Explanation) -> io::Result<()> {
    let (site, _) = &told.event;
    let style = match told.standing {
        Standing::Equal => GREEN,
        Standing::Known | Standing::Alone => YELLOW,
        Standing::Differs => RED,
    };
    let excused = told.fields.iter().filter(|field| matches!(field.why, Why::Excused(..))).count();
    let excused = match excused {
        0 => String::new(),
        n => format!(", {} excused", count(n as u64, "field")),
    };
    let beside = match (&told.partner, told.standing) {
        (Some((partner, _)), Standing::Differs) => format!(" against {}", event_of(partner)),
        (Some((partner, _)), _) => format!(" beside {}", event_of(partner)),
        (None, _) => " has no partner".to_owned(),
    };
    let answer = text.paint(style.bold(), told.standing.name());
    writeln!(text.out, "{answer}: {}{beside}{excused}", event_of(site))?;
    text.paragraph(3, &plain(&told.because), anstyle::Style::new())
}

/// Returns an event as `--at` takes it.
fn event_of(site: &Site) -> String {
    format!("{} {}:{}", site.side, plain(&site.lane), site.event_idx)
}

fn events(text: &mut Text<'_>, told: &Explanation) -> io::Result<()> {
    let mut both: Vec<&(Site, EventView)> = vec![&told.event];
    both.extend(&told.partner);
    both.sort_by_key(|(site, _)| site.side);
    writeln!(text.out)?;
    for (site, event) in both {
        let line = format!("{:<9}  {}  {}", site.side, plain(&site.name), spot(site));
        text.paragraph(3, &line, CYAN)?;
        // What is asked about is shown whole.
        text.paragraph(6, &plain(event.raw.trim_end()), DIM)?;
    }
    Ok(())
}

fn fields(text: &mut Text<'_>, told: &Explanation) -> io::Result<()> {
    if told.fields.is_empty() {
        return Ok(());
    }
    text.heading("field by field")?;
    for FieldTold { field, values, why } in &told.fields {
        let field = plain(field).into_owned();
        let values = values.as_ref().map(shown);
        match why {
            Why::Equal => {
                let line = text.cut(&format!("= {field}  {}", values.reference), 3);
                let line = text.paint(DIM, &line);
                writeln!(text.out, "   {line}")?;
            }
            Why::Excused(by, because) | Why::Known(by, because) => {
                let line = format!("~ {field}  {} ↔ {}", values.reference, values.candidate);
                let line = text.cut(&line, 3);
                let line = text.paint(YELLOW, &line);
                writeln!(text.out, "   {line}")?;
                let who = if matches!(why, Why::Known(..)) { "waiver" } else { "rule" };
                text.paragraph(6, &format!("{who} {}: {}", plain(by), plain(because)), DIM)?;
            }
            Why::Differs => {
                let line = text.paint(BOLD, &format!("≠ {field}"));
                writeln!(text.out, "   {line}")?;
                for (sign, style, value) in
                    [("-", RED, values.reference), ("+", GREEN, values.candidate)]
                {
                    text.paragraph(6, &format!("{sign} {value}"), style)?;
                }
            }
        }
    }
    Ok(())
}

fn objects(text: &mut Text<'_>, told: &Explanation) -> io::Result<()> {
    if told.objects.is_empty() {
        return Ok(());
    }
    text.heading("objects that it names")?;
    for ObjectTold { space, value, lives } in &told.objects {
        let title = text.paint(BOLD, &format!("{} {value:#x}", plain(space)));
        writeln!(text.out, "   {title}")?;
        for side in Side::BOTH {
            let line = match lives.on(side) {
                Some(life) => format!("{side:<9}  {}", life_of(life)),
                None => format!("{side:<9}  has no such object"),
            };
            text.paragraph(6, &line, DIM)?;
        }
    }
    if told.n_more_objects > 0 {
        text.paragraph(
            3,
            &format!("and {}", count(told.n_more_objects as u64, "more object")),
            DIM,
        )?;
    }
    Ok(())
}

fn life_of(life: &Life) -> String {
    let at = |site: &Site| format!("{} in line {}", plain(&site.name), site.line);
    let uses = match &life.uses {
        None => "never used".to_owned(),
        Some((first, last)) if first == last => format!("used once, by {}", at(first)),
        Some((first, last)) => {
            format!("used {} times, from {} to {}", life.n_uses, at(first), at(last))
        }
    };
    let gone = life.destroyed.as_ref().map(|site| format!(", destroyed by {}", at(site)));
    format!("created by {}, {uses}{}", at(&life.created), gone.unwrap_or_default())
}

fn findings(text: &mut Text<'_>, told: &Explanation) -> io::Result<()> {
    text.heading("findings of its thread")?;
    if told.findings.is_empty() {
        return text.paragraph(3, "none", DIM);
    }
    for finding in &told.findings {
        let distance = finding.distance.unsigned_abs();
        let place = match finding.distance {
            0 => "at this event".to_owned(),
            1.. => format!("{} on", count(distance, "event")),
            _ => format!("{} before", count(distance, "event")),
        };
        let line = format!(
            "{} ({})  {place}, {}",
            finding.class,
            plain(&finding.what),
            spot(&finding.site)
        );
        text.paragraph(3, &line, anstyle::Style::new())?;
    }
    Ok(())
}

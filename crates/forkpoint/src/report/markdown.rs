//! The report as Markdown, for an issue or a pull request.

use std::io::{self, Write};

use crate::ingest::Skip;
use crate::pair::{Pair, Side};
use crate::report::plain::plain;
use crate::report::text::{amounts, beyond_sight, but_for_known, follows, idle_because};
use crate::report::words::{count, thousands};
use crate::report::{
    Finding, Input, Mark, NotCompared, ProfileUsed, Report, Site, UnseenBy, Verdict, WaiverState,
};

/// Writes the report.
///
/// # Errors
/// What `out` says.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    head(report, out)?;
    for (place, finding) in report.origins.iter().enumerate() {
        write_finding(report, place, finding, out)?;
    }
    if !report.consequences.is_empty() {
        writeln!(
            out,
            "\n## What follows\n\n| class | from | where | |\n| --- | ---: | --- | --- |"
        )?;
        for finding in &report.consequences {
            let site = finding.sites.iter().find(|site| site.side == Side::Candidate);
            writeln!(
                out,
                "| {} | {} | {} | {} |",
                finding.class.name(),
                follows(finding),
                site.or(finding.sites.first()).map(place).unwrap_or_default(),
                words(&finding.summary)
            )?;
        }
    }
    known(report, out)?;
    lanes(report, out)?;
    if !report.doubts.is_empty() {
        writeln!(out, "\n## Doubts\n")?;
        for doubt in &report.doubts {
            writeln!(out, "- {}", words(doubt))?;
        }
    }
    excused(report, out)?;
    idle_waivers(report, out)?;
    unseen(&report.unseen, out)?;
    not_compared(&report.not_compared, out)?;
    inputs(&report.inputs, &report.profile, out)
}

fn head(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let but = match report.verdict {
        Verdict::Identical => but_for_known(report),
        _ => String::new(),
    };
    writeln!(out, "# {}{but}", report.verdict.name())?;
    writeln!(out)?;
    if let Some(beyond) =
        beyond_sight(&report.unseen).filter(|_| report.verdict != Verdict::Diverged)
    {
        writeln!(out, "{}.\n", capital(&beyond))?;
    }
    match (report.verdict, report.origins.first()) {
        (Verdict::Diverged, Some(first)) => {
            let site = first
                .sites
                .iter()
                .find(|site| site.side == Side::Candidate)
                .or(first.sites.first());
            let place = site.map(place).unwrap_or_default();
            writeln!(out, "**Start here:** {place}: {}.", words(&first.summary))
        }
        (Verdict::Inconclusive, _) => {
            writeln!(
                out,
                "No difference was found in {}, but not everything was compared.",
                count(report.matched, "pair of events")
            )
        }
        (Verdict::Prefix, _) => writeln!(
            out,
            "{} of {} of the reference were compared, and are equal.",
            thousands(report.matched),
            count(report.n_to_compare, "event")
        ),
        _ => writeln!(
            out,
            "{} equal pairs of events in {}.",
            thousands(report.matched),
            count(report.lanes.len() as u64, "thread")
        ),
    }
}

/// Writes what was not compared at all.
pub(crate) fn not_compared(entries: &[NotCompared], out: &mut dyn Write) -> io::Result<()> {
    if !entries.is_empty() {
        writeln!(
            out,
            "\n## Not compared\n\n| what | reference | candidate | why |\n| --- | ---: | ---: | --- |"
        )?;
        for entry in entries {
            let counts = entry.counts.map(thousands);
            let why = [Some(entry.why.clone()), entry.skip.and_then(Skip::advice)];
            let why: Vec<String> = why.into_iter().flatten().map(|text| capital(&text)).collect();
            writeln!(
                out,
                "| {} | {} | {} | {} |",
                words(&entry.what),
                counts.reference,
                counts.candidate,
                words(&why.join(" "))
            )?;
        }
    }
    Ok(())
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Writes what the other log cannot hold.
pub(crate) fn unseen(unseen: &[UnseenBy], out: &mut dyn Write) -> io::Result<()> {
    if unseen.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n## Out of sight\n\nWhat the other log cannot hold was not compared.\n\n\
         | rule | not compared | what | why |\n| --- | --- | --- | --- |"
    )?;
    for unseen in unseen {
        let what: Vec<String> = unseen
            .what
            .iter()
            .map(|(what, counts)| {
                let counts = counts.map(thousands);
                format!("{} {} ↔ {}", words(what), counts.reference, counts.candidate)
            })
            .collect();
        let (rule, why) = (code(&unseen.rule), words(&unseen.why));
        writeln!(out, "| {rule} | {} | {} | {why} |", amounts(unseen), what.join(", "))?;
    }
    Ok(())
}

fn write_finding(
    report: &Report,
    number: usize,
    finding: &Finding,
    out: &mut dyn Write,
) -> io::Result<()> {
    let lane = finding.lane.map(|lane| {
        let names = report.lanes[lane].names.as_ref().map(|name| code(name));
        format!(", thread {} ↔ {}", names.reference, names.candidate)
    });
    writeln!(out, "\n## {}. {}{}\n", number + 1, finding.class.name(), lane.unwrap_or_default())?;
    writeln!(out, "{}.\n", words(&finding.summary))?;
    for site in &finding.sites {
        writeln!(out, "- {}", place(site))?;
    }
    if !finding.differences.is_empty() {
        writeln!(out, "\n| field | reference | candidate | |\n| --- | --- | --- | --- |")?;
        for difference in &finding.differences {
            let value =
                |value: &Option<String>| value.as_deref().map_or_else(|| "absent".to_owned(), code);
            let values = difference.values.as_ref().map(value);
            let excuse = difference.excused_by.as_ref().map_or_else(
                || "**differs**".to_owned(),
                |rule| format!("excused by {}", code(rule)),
            );
            writeln!(
                out,
                "| {} | {} | {} | {excuse} |",
                code(&difference.field),
                values.reference,
                values.candidate
            )?;
        }
    }
    let mut canonical = String::new();
    for row in &finding.context {
        let sides: Vec<(Side, &crate::report::EventView)> = Side::BOTH
            .iter()
            .filter_map(|&side| row.events.on(side).as_ref().map(|event| (side, event)))
            .collect();
        for (index, (side, event)) in sides.iter().enumerate() {
            let sign = match (row.mark, side) {
                (Mark::Equal, _) if index > 0 => continue, // one line for both
                (Mark::Equal, _) => ' ',
                (Mark::Known, _) => '~',
                (_, Side::Reference) => '-',
                (_, Side::Candidate) => '+',
            };
            canonical.push_str(&format!(
                "{sign} [{}] {} {}\n",
                event.event_idx,
                plain(&event.name),
                plain(&event.canonical)
            ));
        }
    }
    writeln!(out, "\n{}", block("diff", &canonical))?;
    for side in Side::BOTH {
        let rows = finding.context.iter().filter_map(|row| row.events.on(side).as_ref());
        let raw: String = rows
            .map(|event| format!("{}: {}\n", event.line, plain(event.raw.trim_end())))
            .collect();
        if !raw.is_empty() {
            writeln!(
                out,
                "\n<details><summary>{side} as it stands</summary>\n\n{}\n\n</details>",
                block("", &raw)
            )?;
        }
    }
    Ok(())
}

fn known(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.known.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n## Known\n\n| class | times | where | | waiver | bug |\n| --- | ---: | --- | --- | --- | --- |"
    )?;
    for known in &report.known {
        let sites = &known.finding.sites;
        let site = sites.iter().find(|site| site.side == Side::Candidate).or(sites.first());
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            known.finding.class.name(),
            thousands(known.count),
            site.map(place).unwrap_or_default(),
            words(&known.finding.summary),
            code(&known.waiver),
            words(&known.bug)
        )?;
    }
    Ok(())
}

fn idle_waivers(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let idle: Vec<_> =
        report.waivers.iter().filter(|waiver| waiver.state != WaiverState::Used).collect();
    if idle.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Waivers that may go\n")?;
    for waiver in idle {
        let because = idle_because(waiver);
        writeln!(out, "- {} ({}): {}", code(&waiver.id), waiver.state.name(), words(&because))?;
    }
    Ok(())
}

fn lanes(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "\n## Threads\n\n| reference | candidate | equal | of | of | ends | ends | first divergence | paired because |\n| --- | --- | ---: | ---: | ---: | --- | --- | --- | --- |"
    )?;
    for lane in &report.lanes {
        let names = lane.names.as_ref().map(|name| code(name));
        let finding = match (lane.class, lane.finding, lane.follows_from) {
            (Some(class), Some(place), _) => format!("{}. {}", place + 1, class.name()),
            (Some(class), None, Some(origin)) => format!("{} ← {}", class.name(), origin + 1),
            (Some(class), None, None) => class.name().to_owned(),
            (None, ..) if lane.exchanged => "none; the rest as a set".to_owned(),
            (None, ..) => "none".to_owned(),
        };
        let aligned = lane.aligned.map(thousands);
        let ends = lane.ends.map(crate::align::tail::Tail::name);
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {finding} | {} |",
            names.reference,
            names.candidate,
            thousands(lane.matched),
            aligned.reference,
            aligned.candidate,
            ends.reference,
            ends.candidate,
            words(&lane.evidence)
        )?;
    }
    for lane in &report.unpaired {
        writeln!(
            out,
            "\n{} of the {} has no partner ({}).",
            code(&lane.name),
            lane.side,
            count(lane.events, "event")
        )?;
    }
    Ok(())
}

fn excused(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.excused.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n## Excused by rules\n\n| rule | kind | differences | taken out, reference | candidate | why |\n| --- | --- | ---: | ---: | ---: | --- |"
    )?;
    for excused in &report.excused {
        let left_out = excused.left_out.map(thousands);
        let (rule, why) = (code(&excused.rule), words(&excused.why));
        let differences = thousands(excused.differences);
        writeln!(
            out,
            "| {rule} | {} | {differences} | {} | {} | {why} |",
            excused.action, left_out.reference, left_out.candidate
        )?;
    }
    Ok(())
}

/// Writes the logs and the profile.
pub(crate) fn inputs(
    inputs: &Pair<Input>,
    profile: &ProfileUsed,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "\n## Inputs\n\n| side | files | format | engine | events | threads | lines |\n| --- | --- | --- | --- | ---: | ---: | ---: |"
    )?;
    let rows: Pair<_> = inputs.as_ref().map(|input| {
        let files: Vec<String> = input.files.iter().map(|file| code(file)).collect();
        let engine = input.engine.as_deref().map(words).unwrap_or_default();
        format!(
            "{} | {} | {engine} | {} | {} | {}",
            files.join(" "),
            input.format,
            thousands(input.events),
            thousands(input.lanes),
            thousands(input.lines)
        )
    });
    writeln!(out, "| reference | {} |\n| candidate | {} |", rows.reference, rows.candidate)?;
    let notices = Side::BOTH.map(|side| inputs.on(side).notices.iter().map(move |n| (side, n)));
    for (number, (side, notice)) in notices.into_iter().flatten().enumerate() {
        let lead = if number == 0 { "\n" } else { "" };
        let (what, advice) = (words(&notice.what), words(&notice.advice()));
        writeln!(out, "{lead}- The {side}: {what}; {advice}.")?;
    }
    writeln!(out, "\nProfile {}.", code(&profile.name))
}

pub(crate) fn place(site: &Site) -> String {
    format!(
        "{} thread {} event {} ({}:{})",
        site.side,
        code(&site.lane),
        site.event_idx,
        code(&site.file),
        site.line
    )
}

/// Returns text as words that Markdown takes for nothing else.
pub(crate) fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // At the start of a line a dash, a number or blanks would make a list or a block of code.
    let mut at_start = true;
    for character in plain(text).chars() {
        if at_start && character == ' ' {
            out.push_str("&#32;");
            continue;
        }
        let is_harmless = match character {
            '.' | ')' | '-' | '=' => !at_start,
            ',' | ':' | ';' | '?' | '\'' | '/' | '%' | '(' | '"' => true,
            character => !character.is_ascii_punctuation(),
        };
        if !is_harmless {
            out.push('\\');
        }
        out.push(character);
        at_start &= character.is_ascii_digit();
    }
    out
}

/// Returns text as a code span that it cannot leave, inside a table or out of it.
pub(crate) fn code(text: &str) -> String {
    let text = plain(text).replace('|', "\\|");
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad =
        if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Returns text as a code block that it cannot leave.
fn block(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}{language}\n{text}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_text_cannot_leave_its_code() {
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("x|y"), "`x\\|y`");
        assert_eq!(block("", "```\nevil\n"), "````\n```\nevil\n````");
        assert_eq!(words("1. one - 2. two"), "1\\. one - 2. two");
        assert_eq!(words("- item"), "\\- item");
        assert_eq!(words("  code"), "&#32;&#32;code");
        assert_eq!(words("<script>*x*[y](z)"), "\\<script\\>\\*x\\*\\[y\\](z)");
    }
}

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
    unmatched(report, out)?;
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

fn unmatched(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.unmatched.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Rules of your own that no event matched\n")?;
    for unmatched in &report.unmatched {
        let line = unmatched.line.map(|line| format!(":{line}")).unwrap_or_default();
        let told = unmatched.told();
        let told = if told.is_empty() { told } else { format!(": {}", words(&told)) };
        let place = code(&format!("{}{line}", unmatched.file));
        writeln!(out, "- {} ({place}){told}", code(&unmatched.rule))?;
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
        let engine = input.engine.as_deref().map(code).unwrap_or_default();
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

/// Returns a sentence for Markdown: as it is if it consists of nothing but words and numbers, else as
/// code, for what is not a word may be of a log, and a link, a mention or a reference.
pub(crate) fn words(text: &str) -> String {
    let is_first_marker = |word: &str| word.ends_with(['.', ')']) && is_number(word);
    let first = text.split(' ').next().unwrap_or_default();
    if text.split(' ').all(is_harmless) && !is_first_marker(first) {
        text.to_owned()
    } else {
        code(text)
    }
}

/// Whether a word is one of a language, or a number that is none of a commit or an issue.
fn is_harmless(word: &str) -> bool {
    let bare =
        word.strip_prefix('(').unwrap_or(word).trim_end_matches([',', '.', ';', ':', ')', '?']);
    let closes = word.len() - bare.len();
    let is_word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphabetic());
    closes <= 4
        && (matches!(bare, "↔" | "%")
            || is_number(bare)
            || bare.split(['-', '\'']).all(is_word) && bare.len() <= MOST_LETTERS)
}

/// A longer word is none of a language.
const MOST_LETTERS: usize = 24;

/// A number of so many digits in a row is none of a commit.
fn is_number(text: &str) -> bool {
    const MOST_DIGITS: usize = 6;
    let bare = text.trim_end_matches(['.', ')']);
    let parts = bare.split(',');
    !bare.is_empty()
        && parts.clone().all(|part| {
            (1..=MOST_DIGITS).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        })
}

/// Returns text as a code span that it cannot leave, inside a table or out of it.
pub(crate) fn code(text: &str) -> String {
    let text = plain(text).replace('|', "\\|");
    let fence = "`".repeat(longest_run(&text) + 1);
    // One blank at both ends is no part of the text.
    let pad = if text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        " "
    } else {
        ""
    };
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
        for word in ["the candidate's object, (12,345 ↔ 7): one-sided.", "once", "1 line"] {
            assert_eq!(words(word), word);
        }
        for text in [
            "1. one",
            "- item",
            "  code",
            "see http://evil.example",
            "www.evil.example",
            "a@b.example",
            "@everyone",
            "#1",
            "GH-12",
            "owner/name",
            "0123456789abcdef",
            "1234567",
            ":smile:",
            "<b>",
            "*x*",
            "a_b_",
            "&amp;",
            "$x$",
            "",
        ] {
            assert_eq!(words(text), code(text), "{text}");
        }
        assert_eq!(code(" a "), "`  a  `");
        assert_eq!(code("`"), "`` ` ``");
    }
}

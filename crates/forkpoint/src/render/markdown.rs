//! A document as Markdown, for an issue or a pull request.
//!
//! Invariant: what is not a literal of this program, or nothing but words and numbers, is in a code span
//! or block: no link, mention, reference or markup of a log takes effect.

use std::io::{self, Write};

use crate::pair::Side;
use crate::render::TextOptions;
use crate::render::document::{
    Block, ComparedRow, Document, Inline, LogLine, Origin, Run, Sign, Table, Tone,
};
use crate::render::escape::plain;

/// Writes a document.
///
/// # Errors
/// What `out` says.
pub(super) fn write(
    document: &Document,
    _options: TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut is_in_list = false;
    for (number, block) in document.blocks.iter().enumerate() {
        let is_item = matches!(block, Block::Text { indent, cut, .. } if *indent > 0 || *cut);
        if number > 0 && !(is_item && is_in_list) && *block != Block::Gap {
            writeln!(out)?;
        }
        if *block != Block::Gap {
            is_in_list = is_item;
        }
        match block {
            Block::Verdict { word, rest, .. } => {
                writeln!(out, "# {}\n\n{}", inline(word), inline(rest))?;
            }
            Block::Heading(title) => writeln!(out, "## {}", capital(&inline(title)))?,
            Block::Title { number, title, rest } => {
                let rest = inline(rest);
                let comma = if rest.is_empty() { "" } else { ", " };
                writeln!(out, "## {number}. {}{comma}{rest}", inline(title))?;
            }
            Block::Text { indent, lead, text, cut } => {
                let bullet = match indent {
                    0 if !cut => "",
                    0..=5 => "- ",
                    _ => "  - ",
                };
                writeln!(out, "{bullet}{}", line_of(lead.0.iter().chain(&text.0)))?;
            }
            Block::Table(rows) => table(rows, out)?,
            Block::Comparison(rows) => comparison(rows, out)?,
            Block::Lines { title, lines } => self::lines(title, lines, out)?,
            Block::Command { purpose, command } => {
                let command = self::block("sh", &format!("{}\n", plain(command)));
                writeln!(out, "{}:\n\n{command}", capital(purpose))?;
            }
            Block::Gap => {}
        }
    }
    Ok(())
}

fn inline(text: &Inline) -> String {
    line_of(&text.0)
}

fn line_of<'a>(runs: impl IntoIterator<Item = &'a Run>) -> String {
    let mut line = String::new();
    for run in runs.into_iter().map(run) {
        // Two code spans side by side would be one.
        if line.ends_with('`') && run.starts_with('`') {
            line.push(' ');
        }
        line.push_str(&run);
    }
    line
}

fn run(run: &Run) -> String {
    // Blanks at the ends belong to neither markup nor code, unless they are of a log.
    let bare = run.text.trim_matches(' ');
    let before = run.text.len() - run.text.trim_start_matches(' ').len();
    let is_of_log = run.origin == Origin::Log || run.origin == Origin::Said && before > 1;
    if bare.is_empty() && run.origin != Origin::Log {
        return run.text.clone().into_owned();
    }
    let text = match run.origin {
        _ if is_of_log => code(&run.text),
        Origin::Said => words(bare),
        Origin::Own | Origin::Log => bare.to_owned(),
    };
    let text = if run.tone == Tone::Strong { format!("**{text}**") } else { text };
    if is_of_log {
        return text;
    }
    let after = run.text.len() - run.text.trim_end_matches(' ').len();
    format!("{}{text}{}", " ".repeat(before), " ".repeat(after))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn table(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let titles: Vec<&str> = table.columns.iter().map(|column| column.title).collect();
    let rules = table.columns.iter().map(|column| if column.is_right { "---:" } else { "---" });
    writeln!(out, "| {} |\n| {} |", titles.join(" | "), rules.collect::<Vec<_>>().join(" | "))?;
    for (cells, note) in &table.rows {
        let cells: Vec<String> = cells.iter().map(inline).collect();
        let note = note.as_ref().map(|note| format!(" ({})", inline(note)));
        writeln!(out, "| {}{} |", cells.join(" | "), note.unwrap_or_default())?;
    }
    Ok(())
}

fn comparison(rows: &[ComparedRow], out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    for row in rows {
        let sides: &[(char, Side)] = match row.sign {
            Sign::Equal => &[(' ', Side::Reference)],
            Sign::Waived => &[('~', Side::Reference), ('~', Side::Candidate)],
            Sign::Differs => &[('-', Side::Reference), ('+', Side::Candidate)],
            Sign::Only(Side::Reference) => &[('-', Side::Reference)],
            Sign::Only(Side::Candidate) => &[('+', Side::Candidate)],
        };
        for &(sign, side) in sides {
            let (Some(index), Some(event)) = (row.indices.on(side), row.events.on(side)) else {
                continue;
            };
            text.push_str(&format!("{sign} [{index}] {}\n", plain(event)));
        }
    }
    writeln!(out, "{}", block("diff", &text))?;
    let fields: Vec<_> = rows.iter().flat_map(|row| &row.fields).collect();
    if fields.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| field | reference | candidate | |\n| --- | --- | --- | --- |")?;
    for field in fields {
        let value =
            |value: &Option<String>| value.as_deref().map_or_else(|| "absent".to_owned(), code);
        let values = field.values.as_ref().map(value);
        let excuse = field.excused_by.as_ref();
        let excuse = excuse
            .map_or_else(|| "**differs**".to_owned(), |rule| format!("excused by {}", code(rule)));
        writeln!(
            out,
            "| {} | {} | {} | {excuse} |",
            code(&field.field),
            values.reference,
            values.candidate
        )?;
    }
    Ok(())
}

fn lines(title: &Inline, lines: &[LogLine], out: &mut dyn Write) -> io::Result<()> {
    // HTML knows no code span: what is of a log, such as the file, is left out; the places above name it.
    let own = title.0.iter().filter(|run| run.origin == Origin::Own);
    let title: String = own.map(|run| &*run.text).collect();
    let title = title.trim_end_matches(", ");
    let text: String =
        lines.iter().map(|line| format!("{}: {}\n", line.number, plain(&line.text))).collect();
    writeln!(out, "<details><summary>{title}</summary>\n\n{}\n\n</details>", block("", &text))
}

/// Returns a sentence for Markdown: as it is if it consists of nothing but words and numbers, else as
/// code, for what is not a word may be of a log, and a link, a mention or a reference.
fn words(text: &str) -> String {
    let is_first_marker = |word: &str| word.ends_with(['.', ')']) && is_number(word);
    let first = text.split(' ').next().unwrap_or_default();
    if text.split(' ').all(is_harmless) && !is_first_marker(first) {
        text.to_owned()
    } else {
        code(text)
    }
}

/// Whether a word is one of a language, or a number that cannot be a commit's or an issue's.
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

/// A number with up to this many digits in a row cannot be a commit's.
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
fn code(text: &str) -> String {
    let text = plain(text).replace('|', "\\|");
    let fence = "`".repeat(longest_run(&text) + 1);
    // One blank at both ends is not a part of the text.
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

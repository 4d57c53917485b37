//! A document for a terminal: coloured where that is wanted, broken and cut to its width.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::pair::{Pair, Side};
use crate::render::around::{Around, around};
use crate::render::document::{
    Block, ComparedField, ComparedRow, Document, Inline, LogLine, Sign, Table, Tone,
};
use crate::render::escape::plain;
use crate::render::extent::Extent;

/// How a document is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextOptions {
    /// Whether to colour it.
    pub colour: bool,
    /// How many columns there are; without, lines are as long as they are.
    pub width: Option<usize>,
    /// What of it.
    pub shown: Extent,
}

/// No line is broken at fewer columns.
const LEAST_WIDTH: usize = 40;
/// Lines of a paragraph are indented no further.
const DEEPEST: usize = 20;
/// The mark and both indices of a row of events.
const MARGIN: usize = 24;
/// Where there is no width, a longer value is cut to where it differs.
const LONGEST_VALUE: usize = 400;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Good => GREEN,
        Tone::Bad => RED,
        Tone::Warn => YELLOW,
        Tone::Place => CYAN,
        Tone::Faint => DIM,
        Tone::Strong => BOLD,
    }
}

/// Writes a document.
///
/// # Errors
/// What `out` says.
pub(super) fn write(
    document: &Document,
    options: TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page { options, out };
    document.blocks.iter().try_for_each(|block| page.block(block))
}

struct Page<'a> {
    options: TextOptions,
    out: &'a mut dyn Write,
}

/// Escaped text of one style.
type Piece = (Style, String);

fn pieces(text: &Inline) -> Vec<Piece> {
    text.0.iter().map(|run| (style(run.tone), plain(&run.text).into_owned())).collect()
}

fn width_of(pieces: &[Piece]) -> usize {
    pieces.iter().map(|(_, text)| text.width()).sum()
}

impl Page<'_> {
    fn block(&mut self, block: &Block) -> io::Result<()> {
        match block {
            Block::Verdict { tone, word, rest } => {
                let word = pieces(word).into_iter();
                let mut line: Vec<Piece> =
                    word.map(|(_, text)| (style(*tone).bold(), text)).collect();
                line.push((Style::new(), ": ".to_owned()));
                line.extend(pieces(rest));
                self.paragraph(0, 0, line)
            }
            Block::Heading(title) => {
                writeln!(self.out)?;
                let title = pieces(title).into_iter().map(|(_, text)| (BOLD, text)).collect();
                self.paragraph(0, 0, title)
            }
            Block::Title { number, title, rest } => {
                writeln!(self.out)?;
                let mut line = vec![(RED.bold(), format!("{number}. "))];
                line.extend(pieces(title).into_iter().map(|(_, text)| (RED.bold(), text)));
                line.push((Style::new(), "  ".to_owned()));
                line.extend(pieces(rest));
                self.one_line(&line)
            }
            Block::Text { indent, lead, text, cut } => {
                let (mut line, text) = (pieces(lead), pieces(text));
                let hang = (indent + width_of(&line)).min(DEEPEST);
                line.extend(text);
                if *cut {
                    let line = self.cut(line, *indent);
                    write!(self.out, "{:indent$}", "")?;
                    self.one_line(&line)
                } else {
                    self.paragraph(*indent, hang, line)
                }
            }
            Block::Table(table) => self.table(table),
            Block::Comparison(rows) => rows.iter().try_for_each(|row| self.row(row)),
            Block::Lines { title, lines } => self.lines(title, lines),
            Block::Command { purpose, command } => {
                writeln!(self.out, "   {}", self.paint(DIM, &format!("{purpose}:")))?;
                writeln!(self.out, "      {}", plain(command))
            }
            Block::Gap => writeln!(self.out),
        }
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.options.colour && style != Style::new() && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// Writes pieces as a line, without blanks at its end.
    fn one_line(&mut self, line: &[Piece]) -> io::Result<()> {
        let mut merged: Vec<Piece> = Vec::new();
        for (style, text) in line {
            match merged.last_mut() {
                Some((last, merged)) if last == style => merged.push_str(text),
                _ => merged.push((*style, text.clone())),
            }
        }
        while let Some((_, text)) = merged.last_mut() {
            text.truncate(text.trim_end().len());
            if !text.is_empty() {
                break;
            }
            merged.pop();
        }
        let line: String = merged.iter().map(|(style, text)| self.paint(*style, text)).collect();
        writeln!(self.out, "{line}")
    }

    /// Writes a paragraph, broken at blanks to the width; its first line is indented by `indent`, the
    /// others by `hang`.
    fn paragraph(&mut self, indent: usize, hang: usize, text: Vec<Piece>) -> io::Result<()> {
        let width = self.options.width.unwrap_or(usize::MAX).max(LEAST_WIDTH);
        let mut line: Vec<Piece> = vec![(Style::new(), " ".repeat(indent))];
        let (mut columns, mut is_empty, mut is_first) = (indent, true, true);
        for mut word in words(text) {
            let wide = width_of(&word);
            let blanks = leading_blanks(&word);
            if !is_empty && columns + wide > width && wide > blanks {
                self.one_line(&line)?;
                line = vec![(Style::new(), " ".repeat(hang))];
                (columns, is_empty, is_first) = (hang, true, false);
            }
            if is_empty && !is_first {
                strip_blanks(&mut word);
            }
            columns += width_of(&word);
            is_empty &= word.iter().all(|(_, text)| text.trim().is_empty());
            line.extend(word);
        }
        self.one_line(&line)
    }

    /// Returns the pieces cut to the columns that are left beside `used`.
    fn cut(&self, line: Vec<Piece>, used: usize) -> Vec<Piece> {
        let Some(width) = self.options.width else { return line };
        let room = width.saturating_sub(used).max(8);
        if width_of(&line) <= room {
            return line;
        }
        let mut columns = 0;
        let mut fits = Vec::new();
        for (style, text) in line {
            let end = text.char_indices().find(|(_, c)| {
                columns += c.width().unwrap_or(0);
                columns >= room
            });
            match end {
                Some((end, _)) => {
                    fits.push((style, format!("{}…", &text[..end])));
                    break;
                }
                None => fits.push((style, text)),
            }
        }
        fits
    }

    fn cut_text(&self, text: &str, used: usize) -> String {
        let line = self.cut(vec![(Style::new(), plain(text).into_owned())], used);
        line.into_iter().map(|(_, text)| text).collect()
    }

    fn table(&mut self, table: &Table) -> io::Result<()> {
        let header = table.columns.iter().map(|column| vec![(DIM, column.title.to_owned())]);
        let header: Vec<Vec<Piece>> = header.collect();
        let rows: Vec<Vec<Vec<Piece>>> =
            table.rows.iter().map(|(cells, _)| cells.iter().map(pieces).collect()).collect();
        let mut widths = vec![0; table.columns.len()];
        for row in rows.iter().chain(table.has_header.then_some(&header)) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = width_of(cell).max(*width);
            }
        }
        if table.has_header {
            self.cells(table, &widths, &header)?;
        }
        for (row, (_, note)) in rows.iter().zip(&table.rows) {
            self.cells(table, &widths, row)?;
            if let Some(note) = note {
                let indent = widths.first().copied().unwrap_or(0) + 5;
                self.paragraph(indent, indent.min(DEEPEST), pieces(note))?;
            }
        }
        Ok(())
    }

    fn cells(&mut self, table: &Table, widths: &[usize], row: &[Vec<Piece>]) -> io::Result<()> {
        let mut line: Vec<Piece> = vec![(Style::new(), " ".to_owned())];
        for ((cell, column), width) in row.iter().zip(&table.columns).zip(widths) {
            let blanks = (Style::new(), " ".repeat(width - width_of(cell)));
            line.push((Style::new(), "  ".to_owned()));
            if column.is_right {
                line.push(blanks);
                line.extend(cell.iter().cloned());
            } else {
                line.extend(cell.iter().cloned());
                line.push(blanks);
            }
        }
        self.one_line(&line)
    }

    fn row(&mut self, row: &ComparedRow) -> io::Result<()> {
        let index =
            |side: Side| row.indices.on(side).map(|index| index.to_string()).unwrap_or_default();
        let indices = format!("{:>8} {:>8}", index(Side::Reference), index(Side::Candidate));
        let event = |side: Side| row.events.on(side).as_deref().unwrap_or(&row.name);
        let (head, line) = match row.sign {
            Sign::Equal => {
                let line = self.cut_text(event(Side::Reference), MARGIN);
                (self.paint(DIM, "="), format!(" {indices}  {line}"))
            }
            Sign::Waived => {
                let line = self.cut_text(event(Side::Reference), MARGIN + 9);
                let head = format!("~ {indices}  (known)");
                (self.paint(YELLOW, &head), format!("  {line}"))
            }
            Sign::Differs => {
                let name = self.cut_text(&row.name, MARGIN);
                let equal =
                    if row.equal.is_empty() { String::new() } else { format!("  {}", row.equal) };
                let equal = self.cut_text(&equal, MARGIN + name.width());
                (self.paint(BOLD, &format!("≠ {indices}  {name}")), self.paint(DIM, &equal))
            }
            Sign::Only(side) => {
                let (sign, style) = side_style(side);
                let style = if row.is_divergent { style.bold() } else { style };
                let line = self.cut_text(event(side), MARGIN);
                (self.paint(style, &format!("{sign} {indices}  {line}")), String::new())
            }
        };
        writeln!(self.out, "   {head}{line}")?;
        row.fields.iter().try_for_each(|field| self.field(field))
    }

    fn field(&mut self, compared: &ComparedField) -> io::Result<()> {
        let field = plain(&compared.field);
        let values = compared.values.as_ref().map(|value| match value {
            Some(value) => plain(value).into_owned(),
            None => "(absent)".to_owned(),
        });
        if let Some(rule) = &compared.excused_by {
            let Pair { reference, candidate } = values;
            let rule = plain(rule);
            let line = format!("{field}: {reference} ↔ {candidate}");
            let line = self.cut_text(&line, 26 + 14 + rule.width());
            let line = self.paint(DIM, &format!("{line}  (excused: {rule})"));
            return writeln!(self.out, "{:24}{line}", "");
        }
        // A difference behind the edge is no difference to a reader.
        let room = self.options.width.map_or(LONGEST_VALUE, |width| {
            width.max(LEAST_WIDTH).saturating_sub(29 + field.width()).max(LEAST_WIDTH / 2)
        });
        let Around { values, place } = around(values.as_ref().map(String::as_str), room);
        for side in Side::BOTH {
            let (sign, style) = side_style(side);
            let line = self.cut_text(&format!("{field} = {}", values.on(side)), 26);
            let line = self.paint(style.bold(), &format!("{sign} {line}"));
            writeln!(self.out, "{:22}{line}", "")?;
        }
        if let Some(place) = place {
            let line = self.paint(DIM, &format!("from {place} on"));
            writeln!(self.out, "{:24}{line}", "")?;
        }
        Ok(())
    }

    fn lines(&mut self, title: &Inline, lines: &[LogLine]) -> io::Result<()> {
        let title = pieces(title).into_iter().map(|(_, text)| (DIM, text)).collect();
        self.paragraph(3, 3, title)?;
        let digits = lines.iter().map(|line| line.number.to_string().len()).max().unwrap_or(0);
        for line in lines {
            // The one line that matters is shown whole.
            let (pointer, style, text) = if line.is_divergent {
                (">", Style::new(), plain(&line.text).into_owned())
            } else {
                (" ", DIM, self.cut_text(&line.text, 7 + digits))
            };
            let line = format!("{pointer} {:>digits$}  {text}", line.number);
            writeln!(self.out, "   {}", self.paint(style, line.trim_end()))?;
        }
        Ok(())
    }
}

fn side_style(side: Side) -> (&'static str, Style) {
    match side {
        Side::Reference => ("-", RED),
        Side::Candidate => ("+", GREEN),
    }
}

/// Returns the words of a text, each with the blanks before it.
fn words(text: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut words: Vec<Vec<Piece>> = vec![Vec::new()];
    let mut in_blanks = true;
    for (style, text) in text {
        let mut start = 0;
        for (at, character) in text.char_indices() {
            let is_blank = character == ' ';
            if is_blank && !in_blanks {
                let word = words.last_mut().expect("there is always one");
                word.push((style, text[start..at].to_owned()));
                words.push(Vec::new());
                start = at;
            }
            in_blanks = is_blank;
        }
        words.last_mut().expect("there is always one").push((style, text[start..].to_owned()));
    }
    words
}

fn leading_blanks(word: &[Piece]) -> usize {
    let text = word.iter().flat_map(|(_, text)| text.chars());
    text.take_while(|character| *character == ' ').count()
}

fn strip_blanks(word: &mut [Piece]) {
    for (_, text) in word {
        let blanks = text.len() - text.trim_start_matches(' ').len();
        text.drain(..blanks);
        if !text.is_empty() {
            break;
        }
    }
}

//! A result as one page of HTML that needs nothing else: no network, no other file, and for its summary no script.
//!
//! Its one idea: what a reader sees first is the document, written here; the rest is the result's own JSON, packed
//! into the page, which a script of ours shows. Invariant: text of a log is escaped here and becomes text nodes
//! there; the page's policy lets nothing run or load but what its hashes name.

use std::io::{self, Read, Write};

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::pair::Side;
use crate::render::document::{Block, ComparedRow, Document, Inline, Run, Sign, Table, Tone};
use crate::render::escape::{hidden_class, plain};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What stands before the packed JSON in a page.
const BEFORE_DATA: &str = "<script id=\"forkpoint-report\" type=\"application/gzip;base64\"";

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    title: &'a str,
    style: &'a str,
    style_hash: &'a str,
    script: &'a str,
    script_hash: &'a str,
    body: &'a str,
    data: &'a str,
    n_bytes: usize,
}

/// Writes a result: what its document says, and its JSON.
///
/// # Errors
/// What `out` says.
pub(super) fn write(document: &Document, json: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(json)?;
    let title = match document.blocks.first() {
        Some(Block::Verdict { word, rest, .. }) => format!("{}: {}", bare(word), bare(rest)),
        _ => "Forkpoint".to_owned(),
    };
    let script = SCRIPT.replace("HIDDEN", &hidden_class());
    let page = Page {
        title: &title,
        style: STYLE,
        style_hash: &hash(STYLE),
        script: &script,
        script_hash: &hash(&script),
        body: &body(document),
        data: &STANDARD.encode(packed.finish()?),
        n_bytes: json.len(),
    };
    page.write_into(out).map_err(io::Error::other)
}

/// Returns the JSON that a page holds; none if it holds none.
///
/// # Errors
/// When what it holds is damaged.
pub fn extract(page: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let Some(at) = memchr::memmem::find(page, BEFORE_DATA.as_bytes()) else { return Ok(None) };
    let rest = &page[at..];
    let damaged = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let start =
        memchr::memchr(b'>', rest).ok_or_else(|| damaged("the page ends within its data"))?;
    let rest = &rest[start + 1..];
    let end = memchr::memchr(b'<', rest).ok_or_else(|| damaged("the page ends within its data"))?;
    let packed = STANDARD.decode(rest[..end].trim_ascii());
    let packed = packed.map_err(|error| damaged(&error.to_string()))?;
    let mut json = Vec::new();
    GzDecoder::new(&*packed).read_to_end(&mut json)?;
    Ok(Some(json))
}

/// Returns the hash of a text as a content security policy names it.
fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

fn bare(text: &Inline) -> String {
    text.0.iter().map(|run| plain(&run.text)).collect()
}

/// Returns text that nothing in it can be taken for markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for character in plain(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            character => out.push(character),
        }
    }
    out
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "",
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Warn => "warn",
        Tone::Place => "place",
        Tone::Faint => "faint",
        Tone::Strong => "strong",
    }
}

fn run(run: &Run) -> String {
    let text = escaped(&run.text);
    let name = if run.origin == crate::render::document::Origin::Log { "code" } else { "span" };
    match class(run.tone) {
        "" if name == "span" => text,
        "" => format!("<{name}>{text}</{name}>"),
        class => format!("<{name} class=\"{class}\">{text}</{name}>"),
    }
}

fn inline(text: &Inline) -> String {
    text.0.iter().map(run).collect()
}

fn body(document: &Document) -> String {
    let mut out = String::new();
    for block in &document.blocks {
        match block {
            Block::Verdict { tone, word, rest } => {
                let (word, rest) = (inline(word), inline(rest));
                out.push_str(&format!(
                    "<h1><span class=\"{}\">{word}</span>: {rest}</h1>\n",
                    class(*tone)
                ));
            }
            Block::Heading(title) => out.push_str(&format!("<h2>{}</h2>\n", inline(title))),
            Block::Title { number, title, rest } => {
                let (title, rest) = (inline(title), inline(rest));
                out.push_str(&format!(
                    "<h3>{number}. <span class=\"bad\">{title}</span> {rest}</h3>\n"
                ));
            }
            Block::Text { indent, lead, text, .. } => {
                let indent = match indent {
                    0 => "",
                    1..=5 => " class=\"in1\"",
                    _ => " class=\"in2\"",
                };
                out.push_str(&format!("<p{indent}>{}{}</p>\n", inline(lead), inline(text)));
            }
            Block::Table(rows) => table(rows, &mut out),
            Block::Comparison(rows) => comparison(rows, &mut out),
            Block::Lines { title, lines } => {
                let text = lines.iter().map(|line| {
                    let mark = if line.is_divergent { '>' } else { ' ' };
                    format!("{mark} {}: {}\n", line.number, escaped(&line.text))
                });
                let (title, text) = (inline(title), text.collect::<String>());
                out.push_str(&format!("<p class=\"in1 faint\">{title}</p><pre>{text}</pre>\n"));
            }
            Block::Command { purpose, command } => {
                let command = escaped(command);
                out.push_str(&format!(
                    "<p class=\"in1 faint\">{purpose}:</p><pre>{command}</pre>\n"
                ));
            }
            Block::Gap => {}
        }
    }
    out
}

fn table(table: &Table, out: &mut String) {
    let side = |is_right: bool| if is_right { " class=\"right\"" } else { "" };
    out.push_str("<div class=\"scroll\"><table><thead><tr>");
    for column in &table.columns {
        let side = side(column.is_right);
        out.push_str(&format!("<th scope=\"col\"{side}>{}</th>", escaped(column.title)));
    }
    out.push_str("</tr></thead><tbody>\n");
    for (cells, note) in &table.rows {
        out.push_str("<tr>");
        for (nth, (cell, column)) in cells.iter().zip(&table.columns).enumerate() {
            let note = note.as_ref().filter(|_| nth + 1 == cells.len());
            let note = note.map(|note| format!("<br>{}", inline(note))).unwrap_or_default();
            out.push_str(&format!("<td{}>{}{note}</td>", side(column.is_right), inline(cell)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
}

fn comparison(rows: &[ComparedRow], out: &mut String) {
    out.push_str("<pre>");
    for row in rows {
        let (sign, tone, sides): (_, _, &[Side]) = match row.sign {
            Sign::Equal => ('=', "faint", &[Side::Reference]),
            Sign::Waived => ('~', "warn", &[Side::Reference]),
            Sign::Differs => ('≠', "strong", &[]),
            Sign::Only(Side::Reference) => ('-', "bad", &[Side::Reference]),
            Sign::Only(Side::Candidate) => ('+', "good", &[Side::Candidate]),
        };
        let index =
            |side: Side| row.indices.on(side).map(|index| index.to_string()).unwrap_or_default();
        let indices = format!("{:>8} {:>8}", index(Side::Reference), index(Side::Candidate));
        let event =
            sides.first().and_then(|side| row.events.on(*side).as_deref()).unwrap_or(&row.name);
        out.push_str(&format!(
            "<span class=\"{tone}\">{sign} {indices}  {}</span>\n",
            escaped(event)
        ));
        for field in &row.fields {
            for (side, sign, tone) in
                [(Side::Reference, '-', "bad"), (Side::Candidate, '+', "good")]
            {
                let value = field.values.on(side).as_deref().unwrap_or("(absent)");
                let (field, value) = (escaped(&field.field), escaped(value));
                out.push_str(&format!(
                    "{:20}<span class=\"{tone}\">{sign} {field} = {value}</span>\n",
                    ""
                ));
            }
        }
    }
    out.push_str("</pre>\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::document::{code, own};

    #[test]
    fn a_page_gives_its_json_back_and_text_stays_text() {
        let mut document = Document::default();
        document.verdict(Tone::Bad, own("diverged"), code("</title><script>alert(1)</script>"));
        document.text(3, code("<img src=x onerror=alert(1)>\u{202e}"));
        let json = "{\"a\": \"</script>\"}\n".repeat(100);
        let mut page = Vec::new();
        write(&document, json.as_bytes(), &mut page).unwrap();
        assert_eq!(extract(&page).unwrap().unwrap(), json.as_bytes());
        let text = String::from_utf8(page).unwrap();
        assert_eq!(text.matches("<script").count(), 2, "{text}");
        assert!(!text.contains("<img") && !text.contains('\u{202e}'), "{text}");
        assert_eq!(extract(b"<html></html>").unwrap(), None);
        let cut = &text.as_bytes()[..text.find("base64\"").unwrap() + 100];
        assert!(extract(cut).is_err());
    }

    #[test]
    fn our_own_script_and_style_end_where_they_should() {
        assert!(!SCRIPT.contains("</") && !STYLE.contains("</"));
        // No way to make markup of text.
        for way in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "http:",
            "https:",
        ] {
            let n = SCRIPT.matches(way).count();
            let allowed = usize::from(way == "http:"); // the name of the SVG namespace
            assert!(n <= allowed, "{way}");
        }
    }
}

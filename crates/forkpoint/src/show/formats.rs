//! The list of formats as one reads it in a terminal.

use std::io::{self, Write};

use anstyle::Style;

use crate::ingest::Format;
use crate::report::text::{BOLD, DIM, Text, TextOptions};

/// Writes each format: its name, what it is, how it is recognised and which profile suits it.
///
/// # Errors
/// What `out` says.
pub fn write(formats: &[Format], options: TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Text { options, out };
    for format in formats {
        writeln!(text.out, "{}", text.paint(BOLD, format.name))?;
        text.paragraph(4, format.about, Style::new())?;
        text.paragraph(4, &format!("recognised by {}", format.known_by), DIM)?;
        text.paragraph(4, &format!("profile {}", format.profile), DIM)?;
    }
    Ok(())
}

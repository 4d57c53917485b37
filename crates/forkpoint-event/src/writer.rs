//! Writes a log, one line per event.

use std::io::{self, Write};

use crate::{Event, Header};

/// Writes the header at once and then an event a line.
///
/// It does not buffer and does not flush: the caller brings the writer that suits it.
#[derive(Debug)]
pub struct LogWriter<W> {
    out: W,
    line: Vec<u8>,
}

impl<W: Write> LogWriter<W> {
    /// Returns a writer whose header is written.
    ///
    /// # Errors
    /// What `out` says.
    pub fn new(out: W, engine: &str) -> io::Result<Self> {
        let mut writer = Self { out, line: Vec::with_capacity(512) };
        writer.line(&Header::new(engine))?;
        Ok(writer)
    }

    /// Writes one event, in one call of the writer, so that a killed engine tears one line at most.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write(&mut self, event: &Event) -> io::Result<()> {
        self.line(event)
    }

    /// Returns the writer underneath.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn line(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, value)?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let event =
            Event::new("kernel.return", 7, 3).with("name", "NtClose").with("return_value", 0);
        let mut log = LogWriter::new(Vec::new(), "ours").unwrap();
        log.write(&event).unwrap();
        let bytes = log.into_inner();
        let mut lines = bytes.split(|&byte| byte == b'\n');
        assert!(Header::parse(lines.next().unwrap()).is_ok());
        assert_eq!(serde_json::from_slice::<Event>(lines.next().unwrap()).unwrap(), event);
    }
}

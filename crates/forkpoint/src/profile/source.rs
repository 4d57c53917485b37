//! One profile file: what it is called, its text, and where a mistake stands in it.

use crate::error::Error;
use crate::profile::path::parts;
use crate::profile::select::Words;
use crate::profile::written::{At, Many};

/// One profile file.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file, or `built-in NAME`.
    pub file: String,
    /// Its text.
    pub text: String,
    /// Where its lines start: each rule has a place, and there may be many.
    line_starts: Vec<usize>,
}

impl Source {
    pub(super) fn new(file: &str, text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(ends).collect();
        Self { file: file.to_owned(), text: text.to_owned(), line_starts }
    }

    /// Returns the line and the column of byte `at`, counted from 1.
    pub(super) fn place(&self, at: usize) -> (usize, usize) {
        let at = self.text.floor_char_boundary(at);
        let line = self.line_starts.partition_point(|&start| start <= at);
        (line, self.text[self.line_starts[line - 1]..at].chars().count() + 1)
    }

    /// Returns an error at byte `at`.
    pub(super) fn error(&self, at: usize, message: impl Into<String>) -> Error {
        Error::of_profile(&self.file, message).at(self.place(at))
    }

    /// Says that an id is not made as ids are.
    pub(super) fn well_formed_id(&self, at: usize, id: &str) -> Result<(), Error> {
        let well_formed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || !id.chars().all(well_formed) {
            return Err(self
                .error(at, format!("expected an id of lower-case words, found `{id}`"))
                .maybe_hint(Some("such as `raw-handle`".to_owned())));
        }
        Ok(())
    }

    /// Returns the paths of the payload fields that are named.
    pub(super) fn paths(&self, fields: &At<Many>) -> Result<Vec<Vec<String>>, Error> {
        let paths = fields.list();
        if paths.is_empty() || paths.iter().any(|path| path.split('.').any(str::is_empty)) {
            let message = "expected payload fields such as `status` or `args.r3`";
            return Err(self.error(fields.start(), message));
        }
        Ok(paths.into_iter().map(parts).collect())
    }

    /// Returns the values that are named; none if nothing is said.
    pub(super) fn words(&self, texts: Option<&At<Many>>) -> Result<Option<Words>, Error> {
        let Some(texts) = texts else { return Ok(None) };
        Words::parse(&texts.list()).map(Some).map_err(|bad| {
            let message = format!("expected a value or a range of values, found `{bad}`");
            let hint = Some("such as `0` or `0xc0000001..0xc0000fff`".to_owned());
            self.error(texts.start(), message).maybe_hint(hint)
        })
    }
}

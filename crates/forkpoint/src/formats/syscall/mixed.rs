//! A call that may hold the program's own text, as far as its lines have come.

use crate::trace::Place;

/// The mark of a call whose second half comes later.
pub(super) const UNFINISHED: &str = "<unfinished ...>";

/// A call that may hold the program's text, as far as its lines have come.
#[derive(Debug)]
pub(in crate::formats) struct Mixed {
    /// Its lines, with their ends between them.
    pub text: String,
    /// Where each line is, and where it ends in `text`.
    pub lines: Vec<(Place, usize)>,
    /// Where the call's name stands in `text`.
    pub at: usize,
}

impl Mixed {
    /// No program writes more at once to a terminal that somebody reads.
    const LONGEST: usize = 1 << 20;

    /// Returns a call with its first line.
    pub fn new(line: &str, at: usize, place: Place) -> Self {
        Self { text: line.to_owned(), lines: vec![(place, line.len())], at }
    }

    /// Adds a line.
    pub fn go_on(&mut self, line: &str, place: Place) {
        self.text.push('\n');
        self.text.push_str(line);
        self.lines.push((place, self.text.len()));
    }

    /// Returns the call.
    pub fn call(&self) -> &str {
        &self.text[self.at..]
    }

    /// Returns whether its last line may be the last one of the call.
    pub fn may_end(&self) -> bool {
        let start = self.lines.len().checked_sub(2).map_or(0, |before| self.lines[before].1);
        let line = &self.text[start..];
        line.contains("= ") || line.contains(UNFINISHED) || self.text.len() > Self::LONGEST
    }

    /// Returns the places of each line and the next.
    pub fn steps(&self) -> impl Iterator<Item = (Place, Place)> + '_ {
        self.lines.windows(2).map(|pair| (pair[0].0, pair[1].0))
    }

    /// Returns its lines, each with its place.
    pub fn each(&self) -> impl Iterator<Item = (Place, &str)> {
        let mut start = 0;
        self.lines.iter().map(move |&(place, end)| {
            let line = &self.text[start..end];
            start = end + 1;
            (place, line)
        })
    }
}

//! What a trace asks of the log that it was read from.

use std::fmt::Debug;
use std::io;

use crate::error::Error;
use crate::trace::Place;
use crate::trace::line::Line;
use crate::trace::parsed_event::ParsedEvent;

/// Reads single lines and events of a log again.
///
/// Invariant: a line that is not read again as it was read first leaves its reason in
/// [`EventSource::failure`], so that nobody takes the lack of it for a finding.
pub trait EventSource: Debug + Send + Sync {
    /// Returns the line at `place`; of an event that takes several lines, all in one.
    ///
    /// # Errors
    /// When the file cannot be read any more.
    fn read(&self, place: Place) -> io::Result<Line>;

    /// Returns the bytes of the line at `place`; cheaper than [`EventSource::read`], which counts lines.
    ///
    /// # Errors
    /// When the file cannot be read any more.
    fn bytes(&self, place: Place) -> io::Result<Vec<u8>>;

    /// Returns the event of such a line.
    fn parse(&self, text: &str) -> Option<ParsedEvent<'static>>;

    /// Returns where line `number` of file number `part` starts; the number of lines if it has less.
    ///
    /// # Errors
    /// When the file cannot be read any more.
    fn place_of_line(&self, part: usize, number: u64) -> io::Result<Result<Place, u64>>;

    /// Returns the lines behind the one at `first` and before the one at `last`, of which at most the last
    /// `most` bytes are read; each with its place.
    ///
    /// # Errors
    /// When the file cannot be read any more.
    fn between(&self, first: Place, last: Place, most: u64) -> io::Result<Vec<(Place, Line)>>;

    /// Returns where the event starts that goes on in the line at `place`.
    fn start_of(&self, place: Place) -> Place;

    /// Returns why the first line could not be read again that could not.
    fn failure(&self) -> Option<&Error>;

    /// Notes that the line at `place` is not the event any more that it was.
    fn fail_as_changed(&self, place: Place);

    /// Returns device and inode of each regular file.
    fn identities(&self) -> Vec<Option<(u64, u64)>>;
}

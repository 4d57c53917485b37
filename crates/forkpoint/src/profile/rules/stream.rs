//! `[[stream]]`: pipes and sockets, which carry bytes and not pieces.

use crate::error::Error;
use crate::profile::path::parts;
use crate::profile::plan::field_of;
use crate::profile::rules::absorb::Made;
use crate::profile::rules::header::{Draft, Kind, rule_spec};
use crate::profile::select::{Selector, glob};
use crate::profile::written::{At, Many};

rule_spec! {
    /// Pipes and sockets carry bytes: where a thread gets, or gives, the same bytes by them on both sides, in how many
    /// calls is scheduling. The whole of each stream is compared, as far as the logs show it.
    StreamSpec(why, kind, name, budget) {
        /// The payload field that names the pipe or the socket.
        pub object: At<String>,
        /// The payload field that holds the bytes, as far as they are shown.
        pub bytes: At<String>,
        /// The payload field that says how many bytes the call has carried.
        pub carried: At<String>,
        /// The payload field that says how many bytes it was to carry.
        pub asked: At<String>,
        /// Whether a call that carries less than it was to carry is an answer, and no cut.
        pub complete: bool = default,
        /// What creates such objects. An object that no event creates is one too, if a log shows that it carried
        /// less than was asked for, and more later.
        pub since: Vec<String>,
        /// Calls that give it another name.
        pub through: Vec<String> = default,
        /// The payload field that says how a call failed, and the errors that say that there is nothing to carry yet.
        pub error: Option<At<String>>,
        /// See `error`.
        pub idle: Many = default,
        /// Calls that wait until there is something to carry: they may come and go beside it.
        pub beside: Vec<String> = default,
    }
}

/// Pipes and sockets, and the calls that carry bytes by them.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The object.
    pub made: Made,
    /// Where the object's name is.
    pub object: Vec<String>,
    /// Where the bytes are.
    pub bytes: Vec<String>,
    /// Where the number of bytes is that were carried.
    pub carried: Vec<String>,
    /// Where the number of bytes is that were to be carried.
    pub asked: Vec<String>,
    /// Where the error is.
    pub error: Option<Vec<String>>,
    /// Whether a call that carries less is an answer.
    pub complete: bool,
    /// Errors that say that there is nothing to carry yet, as patterns.
    idle: Vec<String>,
    /// Calls that carry.
    pub carries: Selector,
    /// Calls that wait.
    pub beside: Vec<Selector>,
}

impl Kind for StreamSpec {
    type Form = Stream;

    fn form(&self, rule: &mut Draft<'_>) -> Result<Stream, Error> {
        let path = |field: &At<String>| parts(field);
        let object = path(&self.object);
        let made = Made {
            field: field_of(&object.iter().map(String::as_str).collect::<Vec<_>>()),
            makers: Selector::parse_all(&self.since),
            through: Selector::parse_all(&self.through),
        };
        Ok(Stream {
            made,
            bytes: path(&self.bytes),
            carried: path(&self.carried),
            asked: path(&self.asked),
            error: self.error.as_ref().map(path),
            object,
            complete: self.complete,
            idle: self.idle.list().into_iter().map(str::to_owned).collect(),
            carries: rule.selector.clone(),
            beside: Selector::parse_all(&self.beside),
        })
    }
}

impl Stream {
    /// Returns whether an error says that there is nothing to carry yet.
    pub fn is_idle(&self, error: &str) -> bool {
        self.idle.iter().any(|pattern| glob(pattern, error))
    }
}

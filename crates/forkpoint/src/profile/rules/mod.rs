//! The kinds of rule: one file each, and one line of `kinds`.
//!
//! Its one idea: a kind's file holds its keys, what is checked of them, and what the engine gets. Invariant:
//! no kind knows another, and none knows the profile.

pub mod absorb;
pub mod affine;
pub mod authority;
pub mod coarse;
pub mod elastic;
pub mod exchange;
pub mod float;
pub mod header;
pub mod identity;
pub mod local;
pub mod low_bits;
pub mod modules;
pub mod nested;
pub mod skip;
pub mod stream;
pub mod text;
pub mod visible;

use std::sync::Arc;

use crate::profile::rules::absorb::Context;
use crate::profile::rules::elastic::Elastic;
use crate::profile::rules::exchange::Exchange;
use crate::profile::rules::float::Float;
use crate::profile::rules::header::{Instead, Places};
use crate::profile::rules::identity::Identity;
use crate::profile::rules::modules::Modules;
use crate::profile::rules::skip::Skip;
use crate::profile::rules::stream::Stream;
use crate::profile::rules::visible::Visible;
use crate::profile::select::{Selector, Words};

/// Gives `$with` the kinds of rule that a profile may hold, in the order in which they act on a value: what
/// the key means, the key (which is the name of the file), its structure, and the action that it becomes.
macro_rules! kinds {
    ($with:ident) => {
        $with! {
            /// What some logs are able to record at all.
            visible VisibleSpec => Action::Visible,
            /// Fields of which only the low bits are meant.
            low_bits LowBitsSpec => Action::instead,
            /// Fields of which only the truth or the sign is meant.
            coarse CoarseSpec => Action::instead,
            /// Fields that may differ by a constant.
            affine AffineSpec => |places| Action::treat(places, Treatment::Affine),
            /// Texts that hold addresses.
            text TextSpec => Action::instead,
            /// Fields that are left out.
            skip SkipSpec => |(places, how)| Action::treat(places, Treatment::Skip(how)),
            /// Fields that hold an object's name.
            identity IdentitySpec => |(places, how)| Action::treat(places, Treatment::Identity(how)),
            /// Events whose thread or presence is scheduling.
            float FloatSpec => Action::Float,
            /// Calls that an engine passes on to the same function.
            nested NestedSpec => |(field, values)| Action::Nested { field, values },
            /// Loops whose count is scheduling.
            elastic ElasticSpec => Action::Elastic,
            /// Kinds that one engine writes for itself.
            local LocalSpec => |Local { counted, object, until }| Action::Local { counted, object, until },
            /// Pipes and sockets, which carry bytes and not pieces.
            stream StreamSpec => |stream| Action::Stream(Box::new(stream)),
            /// Threads that may take one another's work.
            exchange ExchangeSpec => Action::Exchange,
            /// Differences that are excused where they stand.
            absorb AbsorbSpec => |Absorb { paths, values, context }| Action::Absorb { paths, values, context },
            /// Which of several references is the one to ask.
            authority AuthoritySpec => |references| Action::Authority { references },
        }
    };
}
pub(super) use kinds;

/// What is done to one value.
#[derive(Clone, Debug)]
pub enum Treatment {
    /// It is left out.
    Skip(Skip),
    /// It names an object: that it does is compared, which one is not.
    Identity(Identity),
    /// Something else is compared instead of it.
    Instead(Arc<dyn Instead>),
    /// It is a number that may differ by a constant; the walk compares it.
    Affine,
    /// It is noted, and compared all the same.
    Note,
}

/// What a rule does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Values at these paths of the payload are treated.
    Treat {
        /// Where.
        places: Places,
        /// How.
        treatment: Treatment,
    },
    /// Events are taken out of the lanes and compared as sets.
    Float(Float),
    /// A call right inside a call of the same function is left out.
    Nested {
        /// The field that distinguishes them, as asides know it.
        field: u16,
        /// What the inner call has there, and the outer has not.
        values: Words,
    },
    /// Repeats of a body are folded.
    Elastic(Elastic),
    /// Calls may cut what they carry otherwise.
    Stream(Box<Stream>),
    /// Lanes may take one another's work.
    Exchange(Exchange),
    /// Functions of other modules are left out.
    Modules(Modules),
    /// Some logs can hold no more than this.
    Visible(Visible),
    /// Of several references, these are the ones to ask.
    Authority {
        /// Their engines or files, as patterns.
        references: Vec<String>,
    },
    /// Events are left out.
    Local {
        /// Whether the report says each engine's count.
        counted: bool,
        /// The payload field that names an object.
        object: Option<Vec<String>>,
        /// Only before the lane's first event of this sort.
        until: Option<Selector>,
    },
    /// A difference is excused where it stands.
    Absorb {
        /// The fields that may differ.
        paths: Vec<Vec<String>>,
        /// Only if both values are among these.
        values: Option<Words>,
        /// When.
        context: Context,
    },
}

impl Action {
    pub(super) fn treat(places: Places, treatment: Treatment) -> Self {
        Self::Treat { places, treatment }
    }

    pub(super) fn instead((places, how): (Places, impl Instead + 'static)) -> Self {
        Self::treat(places, Treatment::Instead(Arc::new(how)))
    }

    /// Returns the word for this kind of rule, as profiles spell it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Treat { treatment: Treatment::Skip(_), .. } => "skip",
            Self::Treat { treatment: Treatment::Identity(_), .. } => "identity",
            Self::Treat { treatment: Treatment::Instead(how), .. } => how.name(),
            Self::Treat { treatment: Treatment::Affine, .. } => "affine",
            Self::Treat { treatment: Treatment::Note, .. } => "note",
            Self::Float(_) => "float",
            Self::Nested { .. } => "nested",
            Self::Elastic(_) => "elastic",
            Self::Local { .. } => "local",
            Self::Modules(_) => "modules",
            Self::Visible(_) => "visible",
            Self::Authority { .. } => "authority",
            Self::Stream(_) => "stream",
            Self::Exchange(_) => "exchange",
            Self::Absorb { .. } => "absorb",
        }
    }
}

//! Objects that fields name: what a profile says of them.

use schemars::JsonSchema;
use serde::Deserialize;

/// That a field names an object, and what the event does to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectUse {
    /// Which names these are; the same number in two logs of one value may mean two things in two
    /// spaces.
    pub space: Space,
    /// What the event does to the object.
    pub does: Does,
    /// Whether objects that no event creates are followed too, and which contradictions then count.
    pub inferred: Option<Inferred>,
}

/// A kind of names, by its place in the `spaces` of the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Space(pub u16);

impl Space {
    /// Returns the space of names of one kind; a new one if there is none among `spaces`.
    pub(super) fn of(names: &str, spaces: &mut Vec<String>) -> Self {
        let known = spaces.iter().position(|space| space == names);
        let space = known.unwrap_or_else(|| {
            spaces.push(names.to_owned());
            spaces.len() - 1
        });
        Self(space as u16)
    }
}

/// What an event does to the object that a field names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Does {
    /// It comes to be; the name is its own from here on.
    Creates,
    /// It goes away; the name is free again.
    Destroys,
    /// It is used.
    #[default]
    Uses,
    /// A thread waits for it.
    Waits,
    /// Whoever waits for it is woken.
    Signals,
}

/// Which contradictions count where objects are inferred from their uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Inferred {
    /// Every one: a name that stands for one object stands for no other until it is destroyed.
    OneToOne,
    /// Those where both names stand for other objects elsewhere: what lies on a stack lies there for a
    /// while only.
    Corroborated,
    /// Every one; and a pair of names that no second field or function gives, or that are only ever returned, are
    /// values that differ. For logs of which nothing else is known.
    Supported,
}

/// Where the size of a new object is reported: in an event before the one that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeField {
    /// The kind of that event, of the same function and thread.
    pub kind: String,
    /// The field, in parts.
    pub path: Vec<String>,
    /// The field, as asides know it.
    pub field: u16,
}

/// How an object that several threads share is recognised from its creation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SharedSpec {
    /// The kind of event that creates it.
    pub kind: String,
    /// The payload field with its semantic id.
    pub id: String,
    /// The payload field with the guest pointer that the id is made from.
    pub pointer: String,
    /// The payload field with the object type that the id is made from.
    pub object_type: String,
}

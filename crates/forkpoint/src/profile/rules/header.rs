//! What the kinds of rule share: their common keys, and how these are read.
//!
//! Its one idea: a kind names the common keys that it has; they are written, explained and read here.
//! The keys are put into the kind's own structure, as serde neither flattens one structure into another
//! that refuses unknown keys, nor says then where in the file a value stands.

use crate::error::Error;
use crate::profile::budget::Budget;
use crate::profile::object::{Does, ObjectUse, SizeField, Space};
use crate::profile::select::{Selector, Words};
use crate::profile::signatures::Type;
use crate::profile::source::Source;
use crate::profile::suggestion::did_you_mean;
use crate::profile::written::{At, Many};
use crate::value::Value;

/// Defines the keys of a kind of rule: the common ones in parentheses (with what they mean, where that
/// is not the usual), and its own.
macro_rules! rule_spec {
    ($(#[$about:meta])* $Spec:ident($($part:tt)*) { $($own:tt)* }) => {
        rule_spec! { @[$($part)*] [] [] $(#[$about])* $Spec { $($own)* } }
    };
    // One part after the other becomes keys, and their names.
    (@[why: $doc:tt $(, $($rest:tt)*)?] [$($key:tt)*] [$($name:tt)*] $($spec:tt)*) => { rule_spec! {
        @[$($($rest)*)?] [$($key)* #[doc = $doc] pub why: String,] [$($name)* why] $($spec)*
    } };
    (@[kind: $doc:tt $(, $($rest:tt)*)?] [$($key:tt)*] [$($name:tt)*] $($spec:tt)*) => { rule_spec! {
        @[$($($rest)*)?]
        [$($key)* #[doc = $doc] pub kind: Many = default,] [$($name)* kind] $($spec)*
    } };
    (@[name: $doc:tt $(, $($rest:tt)*)?] [$($key:tt)*] [$($name:tt)*] $($spec:tt)*) => { rule_spec! {
        @[$($($rest)*)?]
        [$($key)* #[doc = $doc] pub name: Many = default,] [$($name)* name] $($spec)*
    } };
    (@[budget: $doc:tt $(, $($rest:tt)*)?] [$($key:tt)*] [$($name:tt)*] $($spec:tt)*) => { rule_spec! {
        @[$($($rest)*)?]
        [
            $($key)*
            #[doc = $doc]
            pub max_count: Option<u64>,
            /// A budget as a share of the compared pairs of events, from 0 to 1.
            pub max_share: Option<At<f64>>,
        ]
        [$($name)* max_count max_share] $($spec)*
    } };
    (@[fields_or_type $(, $($rest:tt)*)?] [$($key:tt)*] [$($name:tt)*] $($spec:tt)*) => { rule_spec! {
        @[$($($rest)*)?]
        [
            $($key)*
            /// Payload fields: `status`, `args.r3`, `args.*`.
            pub fields: Option<At<Many>>,
            /// Instead of fields: arguments and results of these types, by the profile's signatures.
            #[serde(rename = "type")]
            pub types: Option<At<Many>>,
        ]
        [$($name)* fields types] $($spec)*
    } };
    (@[names $(, $($rest:tt)*)?] [$($key:tt)*] [$($name:tt)*] $($spec:tt)*) => { rule_spec! {
        @[$($($rest)*)?]
        [
            $($key)*
            /// What the field names: a word of your own, such as `handle`; names of one kind are
            /// followed from creation to use.
            pub names: Option<String>,
            /// What the event does to it.
            pub does: $crate::profile::object::Does = default,
        ]
        [$($name)* names does] $($spec)*
    } };
    // What the keys usually mean.
    (@[why $($rest:tt)*] $($spec:tt)*) => { rule_spec! {
        @[why: "Why a correct engine may differ here." $($rest)*] $($spec)*
    } };
    (@[kind $($rest:tt)*] $($spec:tt)*) => { rule_spec! {
        @[kind: "The kinds of event it holds for; `*` stands for anything." $($rest)*] $($spec)*
    } };
    (@[name $($rest:tt)*] $($spec:tt)*) => { rule_spec! {
        @[name: "The functions it holds for; `*` stands for anything." $($rest)*] $($spec)*
    } };
    (@[budget $($rest:tt)*] $($spec:tt)*) => { rule_spec! {
        @[budget: "A budget: where the rule excuses more differences and events than this, both sides \
            counted, the comparison is inconclusive." $($rest)*] $($spec)*
    } };
    // All parts are keys: the structure. `= default` marks a key that is no `Option` and may be left out.
    (@[] [$($key:tt)*] $names:tt $(#[$about:meta])* $Spec:ident { $($own:tt)* }) => {
        rule_spec! { @struct $names $(#[$about])* $Spec { $($key)* $($own)* } }
    };
    (@struct [$($name:ident)*] $(#[$about:meta])* $Spec:ident {
        $($(#[$key_about:meta])* pub $key:ident: $Type:ty $(= $default:ident)?,)*
    }) => {
        $(#[$about])*
        #[derive(Clone, Debug, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        pub struct $Spec {
            /// The rule's name.
            pub id: String,
            $($(#[$key_about])* $(#[serde($default)])? pub $key: $Type,)*
        }

        impl $crate::profile::rules::header::Keys for $Spec {
            fn header(&self) -> $crate::profile::rules::header::Header<'_> {
                let mut header = $crate::profile::rules::header::Header::NONE;
                header.id = &self.id;
                $(header.$name = &self.$name;)*
                header
            }
        }
    };
}
pub(crate) use rule_spec;

/// The common keys of a rule; those that its kind has not say nothing.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    pub id: &'a str,
    pub why: &'a str,
    pub kind: &'a Many,
    pub name: &'a Many,
    pub max_count: &'a Option<u64>,
    pub max_share: &'a Option<At<f64>>,
    pub fields: &'a Option<At<Many>>,
    pub types: &'a Option<At<Many>>,
    pub names: &'a Option<String>,
    pub does: &'a Does,
}

impl Header<'_> {
    pub const NONE: Self = Header {
        id: "",
        why: "",
        kind: &Many::Any,
        name: &Many::Any,
        max_count: &None,
        max_share: &None,
        fields: &None,
        types: &None,
        names: &None,
        does: &Does::Uses,
    };
}

/// The keys of a kind of rule.
pub trait Keys {
    /// Returns the common ones.
    fn header(&self) -> Header<'_>;
}

/// A kind of rule, as a profile spells it.
pub trait Kind: Keys {
    /// What the engine gets.
    type Form;

    /// Checks the kind's own keys and returns what they say; what all rules have goes into the draft.
    ///
    /// # Errors
    /// What is wrong with them, and where.
    fn form(&self, rule: &mut Draft<'_>) -> Result<Self::Form, Error>;
}

/// A kind of rule by which something else is compared instead of a value.
pub trait Instead: std::fmt::Debug + Send + Sync {
    /// Returns the word for this kind, as profiles spell it.
    fn name(&self) -> &'static str;

    /// Returns what is compared instead of the value; none if it is compared as it is.
    fn instead(&self, value: &Value<'_>) -> Option<Value<'static>>;
}

/// Which values of an event a rule is about.
#[derive(Clone, Debug)]
pub enum Places {
    /// Those at these paths of the payload, in parts.
    Paths(Vec<Vec<String>>),
    /// Arguments and results of these types.
    Types(Vec<Type>),
}

/// A rule while it is read.
pub struct Draft<'a> {
    pub source: &'a Source,
    /// Where the rule begins.
    pub at: usize,
    pub header: Header<'a>,
    /// What fields may name, so far.
    pub spaces: &'a mut Vec<String>,
    pub selector: Selector,
    pub object: Option<ObjectUse>,
    pub among: Option<String>,
    pub arguments: Option<Words>,
    pub size: Option<SizeField>,
}

impl<'a> Draft<'a> {
    pub fn new(
        source: &'a Source,
        at: usize,
        header: Header<'a>,
        spaces: &'a mut Vec<String>,
    ) -> Self {
        let named = header.names.as_deref().map(|names| Space::of(names, spaces));
        Self {
            source,
            at,
            header,
            spaces,
            selector: Selector::new(&header.kind.list(), &header.name.list()),
            object: named.map(|space| ObjectUse { space, does: *header.does, inferred: None }),
            among: None,
            arguments: None,
            size: None,
        }
    }

    /// Returns an error about the rule as a whole.
    pub fn error(&self, message: impl Into<String>) -> Error {
        self.source.error(self.at, message)
    }

    /// Leaves out the functions of these patterns.
    pub fn except(&mut self, names: &Many) {
        self.selector = std::mem::take(&mut self.selector).except(&names.list());
    }

    /// Returns which values the rule is about: its fields, or types, and not both.
    pub fn places(&self) -> Result<Places, Error> {
        let types = match (self.header.fields, self.header.types) {
            (Some(fields), None) => return Ok(Places::Paths(self.source.paths(fields)?)),
            (None, Some(types)) => types,
            _ => {
                let message = format!("rule `{}` needs either `fields` or `type`", self.header.id);
                return Err(self.error(message));
            }
        };
        let parse = |name| {
            Type::parse(name).ok_or_else(|| {
                let hint = did_you_mean(name, Type::ALL.iter().map(|of| of.name()));
                let message = format!("no type is called `{name}`");
                self.source.error(types.start(), message).maybe_hint(hint)
            })
        };
        types.list().into_iter().map(parse).collect::<Result<_, _>>().map(Places::Types)
    }

    /// Checks what every rule must say, and returns the rule's budget.
    pub fn check(&self) -> Result<Budget, Error> {
        let Header { id, why, max_count, max_share, .. } = self.header;
        self.source.well_formed_id(self.at, id)?;
        if why.trim().is_empty() {
            return Err(self.error(format!("rule `{id}` does not say why")));
        }
        Budget::of(self.source, *max_count, max_share.as_ref())
    }
}

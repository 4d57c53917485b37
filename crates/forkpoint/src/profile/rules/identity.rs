//! `[[identity]]`: fields that hold an object's name. That they do is compared; which one is not.

use crate::error::Error;
use crate::profile::object::{Does, Inferred, SizeField};
use crate::profile::path::{field_of, parts, strs};
use crate::profile::rules::header::{Draft, Kind, Places, rule_spec};
use crate::profile::select::Words;
use crate::profile::source::Source;
use crate::profile::written::{At, Many};
use crate::value::Value;

rule_spec! {
    /// A field that holds an object's name: a handle, an address, a thread id.
    IdentitySpec(why, kind, name, budget, fields_or_type, names) {
        /// The functions it does not hold for, though `name` or a type means them.
        pub except: Many = default,
        /// Values that name no object and are compared as they are: `0`, `0xc0000001..0xc0000fff`.
        /// Null, an empty string and false never name one.
        pub failure: Option<At<Many>>,
        /// Only values in these ranges name an object; without it, all do that are not failure.
        pub objects: Option<At<Many>>,
        /// Only text names an object (`"0xf8000010"`); a number is a number.
        pub text_only: bool = default,
        /// Only a number that is written in hexadecimal names an object; see `decimal-addresses`.
        pub hex_only: bool = default,
        /// A list or a structure stands for the address where it lies, which another engine shows instead. Without
        /// it, a list or a structure names nothing; what it holds may.
        pub contents: bool = default,
        /// With `names`: the rule by which the thread's last event before this one may name several objects, any
        /// of which may then be named here.
        pub among: Option<String>,
        /// With `type`: only arguments at these places, counted from 0, and results.
        pub places: Option<At<Many>>,
        /// With `names`: objects that no event creates are followed too: which of one log is which of the
        /// other is inferred from where both are used.
        pub inferred: Option<Inferred>,
        /// With `does = "creates"`: the kind of event, before this one in the same thread and of the
        /// same function, and its field, that tell the object's size in bytes: `"kernel.call args.size"`.
        /// Addresses inside it are then followed too.
        pub size: Option<At<String>>,
    }
}

/// Which values name an object.
#[derive(Clone, Debug)]
pub struct Identity {
    /// These name none.
    pub failure: Words,
    /// Only these do.
    pub objects: Option<Words>,
    /// Only text does; a number is a number.
    pub text_only: bool,
    /// Only a number that is written in hexadecimal does.
    pub hex_only: bool,
    /// A list or a structure stands for where it lies.
    pub contents: bool,
}

impl Kind for IdentitySpec {
    type Form = (Places, Identity);

    fn form(&self, rule: &mut Draft<'_>) -> Result<Self::Form, Error> {
        let source = rule.source;
        let zero = || Words::parse(&["0"]).expect("zero is a value");
        let identity = Identity {
            failure: source.words(self.failure.as_ref())?.unwrap_or_else(zero),
            objects: source.words(self.objects.as_ref())?,
            text_only: self.text_only,
            hex_only: self.hex_only,
            contents: self.contents,
        };
        rule.size = self.size.as_ref().map(|size| size_field(source, size)).transpose()?;
        if rule.size.is_some() && (self.does != Does::Creates || self.names.is_none()) {
            return Err(rule.error(format!(
                "rule `{}` tells a size, so it must say what it `names`, and that it creates it",
                self.id
            )));
        }
        rule.except(&self.except);
        rule.arguments = source.words(self.places.as_ref())?;
        rule.among.clone_from(&self.among);
        if let Some(used) = &mut rule.object {
            used.inferred = self.inferred;
        }
        Ok((rule.places()?, identity))
    }
}

fn size_field(source: &Source, size: &At<String>) -> Result<SizeField, Error> {
    match size.split_once(' ') {
        Some((kind, path)) if !path.split('.').any(str::is_empty) => {
            let path = parts(path);
            let field = field_of(&strs(&path));
            Ok(SizeField { kind: kind.to_owned(), path, field })
        }
        _ => {
            let message = format!("expected KIND FIELD, found `{}`", **size);
            let hint = Some("such as `kernel.call args.size`".to_owned());
            Err(source.error(size.start(), message).maybe_hint(hint))
        }
    }
}

impl Identity {
    /// Puts a mark in the place of what names an object, and calls `note` with what stood there.
    pub fn apply(&self, value: &mut Value<'_>, mut note: impl FnMut(&Value<'_>)) {
        let mut apply = |value: &mut Value<'_>| {
            if self.names_an_object(value) {
                note(value);
                *value = Value::Identity;
            }
        };
        // A list or an object is not a name, unless it stands for its address; but what it holds may be some.
        match value {
            Value::List(_) | Value::Object(_) if self.contents => {
                note(value);
                *value = Value::Identity;
            }
            Value::List(elements) => elements.iter_mut().for_each(apply),
            Value::Object(members) => members.iter_mut().for_each(|(_, value)| apply(value)),
            value => apply(value),
        }
    }

    fn names_an_object(&self, value: &Value<'_>) -> bool {
        match value {
            Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => false,
            Value::Number(_) if self.hex_only => false,
            Value::Text(text) if text.is_empty() => false,
            value if self.text_only && !matches!(value, Value::Text(_)) => false,
            value => match (value.word(), &self.objects) {
                (Some(word), objects) => {
                    !self.failure.contains(word)
                        && objects.as_ref().is_none_or(|words| words.contains(word))
                }
                (None, objects) => objects.is_none(),
            },
        }
    }
}

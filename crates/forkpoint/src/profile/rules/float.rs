//! `[[float]]`: events whose thread or presence is scheduling.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::Error;
use crate::profile::path::parts;
use crate::profile::rules::header::{Draft, Kind, rule_spec};
use crate::profile::select::{Selector, glob};
use crate::profile::written::{At, Many};

rule_spec! {
    /// Events whose thread or presence is scheduling: taken out of the lanes and compared as sets.
    FloatSpec(why, kind, name, budget, names) {
        /// The payload field that names the object, if one does.
        pub object: Option<At<String>>,
        /// When the event floats.
        pub when: FloatWhen = default,
        /// What it means that a float is seen on one side only.
        pub one_sided: OneSided = default,
        /// Why what such events hold is scheduling too, and is not compared; without it, it is compared.
        pub any_value: Option<String>,
        /// With `any-value`: only of these kinds of event; without it, of all.
        pub any_value_kind: Many = default,
        /// Whether equal ones may stand anywhere: those that both threads have between the same two events are
        /// not compared with each other.
        pub anywhere: bool = default,
        /// Whether the events of one thread keep their order among themselves.
        pub ordered: bool = default,
        /// The kind of events that go with it when they follow at once in the lane.
        pub followed_by: Option<String>,
        /// The event that ends what goes with it: all that its lane does from the float up to that event,
        /// such as a signal's handler. Nothing goes with it where another event of its kind comes first.
        pub until: Option<String>,
    }
}

/// When an event floats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FloatWhen {
    /// Always.
    #[default]
    Always,
    /// When the object it names is shared by threads.
    Shared,
}

/// What it means that a float is seen on one side only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OneSided {
    /// The other engine never did it: a divergence.
    #[default]
    Diverges,
    /// Its presence is scheduling: excused, and counted.
    Excused,
}

/// Events whose thread or presence is scheduling.
#[derive(Clone, Debug)]
pub struct Float {
    /// The payload field that names the object.
    pub object: Option<Vec<String>>,
    /// Whether only events on shared objects float.
    pub when_shared: bool,
    /// Whether a float that one side never had is a divergence.
    pub one_sided_diverges: bool,
    /// Whether what such events hold is not compared.
    pub any_value: bool,
    /// Only of these kinds of event; of all, if there are none.
    pub any_value_kinds: Vec<String>,
    /// Whether equal ones may stand anywhere.
    pub anywhere: bool,
    /// Whether the events of one thread keep their order among themselves.
    pub ordered: bool,
    /// The event that goes with it when it follows at once.
    pub followed_by: Option<Selector>,
    /// The event up to which all that follows goes with it.
    pub until: Option<Selector>,
}

impl Kind for FloatSpec {
    type Form = Float;

    fn form(&self, rule: &mut Draft<'_>) -> Result<Float, Error> {
        if self.when == FloatWhen::Shared && self.object.is_none() {
            return Err(rule.error(format!(
                "rule `{}` floats when its object is shared, but names no `object` field",
                self.id
            )));
        }
        if self.any_value.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
            let message = format!("rule `{}` excuses any value, and does not say why", self.id);
            let hint = "say it there: any-value = \"why the values differ\"".to_owned();
            return Err(rule.error(message).maybe_hint(Some(hint)));
        }
        Ok(Float {
            object: self.object.as_ref().map(|path| parts(path)),
            when_shared: self.when == FloatWhen::Shared,
            one_sided_diverges: self.one_sided == OneSided::Diverges,
            any_value: self.any_value.is_some(),
            any_value_kinds: self.any_value_kind.strings(),
            anywhere: self.anywhere,
            ordered: self.ordered,
            followed_by: self.followed_by.as_deref().map(Selector::parse),
            until: self.until.as_deref().map(Selector::parse),
        })
    }
}

impl Float {
    /// Returns whether what an event of this kind holds is not compared.
    pub fn takes_any_value(&self, kind: &str) -> bool {
        let kinds = &self.any_value_kinds;
        self.any_value && (kinds.is_empty() || kinds.iter().any(|known| glob(known, kind)))
    }
}

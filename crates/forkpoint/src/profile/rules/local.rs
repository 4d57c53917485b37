//! `[[local]]`: kinds of event that one engine writes for itself.

use crate::error::Error;
use crate::profile::path::parts;
use crate::profile::rules::header::{Draft, Kind, rule_spec};
use crate::profile::select::Selector;
use crate::profile::written::{At, Many};

rule_spec! {
    /// Kinds of event that one engine writes for itself; they are left out of the lanes.
    LocalSpec(why, kind, name, budget, names) {
        /// Whether the report says each engine's count.
        pub counted: bool = default,
        /// Only before the lane's first event of this sort, as `"KIND NAME"`; in a lane without one, nowhere.
        pub until: Option<String>,
        /// The payload field that names an object, if one does.
        pub object: Option<At<String>>,
    }
}

/// Events that are left out.
#[derive(Clone, Debug)]
pub struct Local {
    /// Whether the report says each engine's count.
    pub counted: bool,
    /// The payload field that names an object.
    pub object: Option<Vec<String>>,
    /// Only before the lane's first event of this sort.
    pub until: Option<Selector>,
}

impl Kind for LocalSpec {
    type Form = Local;

    fn form(&self, rule: &mut Draft<'_>) -> Result<Local, Error> {
        if self.kind.list().is_empty() && self.name.list().is_empty() {
            let message = format!("rule `{}` names neither a kind nor a function", self.id);
            return Err(rule.error(message));
        }
        if self.names.is_some() && self.object.is_none() {
            return Err(rule.error(format!(
                "rule `{}` names an object, but no `object` field holds it",
                self.id
            )));
        }
        Ok(Local {
            counted: self.counted,
            object: self.object.as_ref().map(|path| parts(path)),
            until: self.until.as_deref().map(Selector::parse),
        })
    }
}

//! `[[nested]]`: calls that an engine passes on to the same function.

use crate::error::Error;
use crate::profile::path::field_of;
use crate::profile::rules::header::{Draft, Kind, rule_spec};
use crate::profile::select::Words;
use crate::profile::written::{At, Many};

rule_spec! {
    /// Calls right inside a call of the same function, with equal arguments and an equal result: the engine
    /// passes the call on. The inner call and its return are left out, and counted.
    NestedSpec(why, name, budget) {
        /// A field that distinguishes the two calls, and that another rule leaves out of the comparison: `caller`.
        pub field: At<String>,
        /// Only where the inner call has one of these values there, and the outer call has none of them.
        pub values: At<Many>,
    }
}

impl Kind for NestedSpec {
    /// The field that distinguishes the calls, and what the inner call has there.
    type Form = (u16, Words);

    fn form(&self, rule: &mut Draft<'_>) -> Result<Self::Form, Error> {
        let values = rule.source.words(Some(&self.values))?.unwrap_or_default();
        Ok((field_of(&self.field.split('.').collect::<Vec<_>>()), values))
    }
}

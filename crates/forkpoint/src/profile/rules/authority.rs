//! `[[authority]]`: which of several references is the one to ask.

use crate::error::Error;
use crate::profile::rules::header::{Draft, Kind, rule_spec};
use crate::profile::written::Many;

rule_spec! {
    /// With several references: which of them is the one to ask about some events. What the others say of
    /// them is not the candidate's fault, and is counted.
    AuthoritySpec(why: "Why this reference is the one to ask.", kind, name) {
        /// The references that are asked: the engine that the header says, or the log's file name; `*`
        /// stands for anything.
        pub reference: Many,
    }
}

impl Kind for AuthoritySpec {
    /// The engines or files of the references, as patterns.
    type Form = Vec<String>;

    fn form(&self, rule: &mut Draft<'_>) -> Result<Self::Form, Error> {
        let references = self.reference.strings();
        if references.is_empty() {
            let message = format!("rule `{}` gives authority to no reference", self.id);
            return Err(rule.error(message));
        }
        Ok(references)
    }
}

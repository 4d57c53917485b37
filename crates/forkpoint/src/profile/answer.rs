//! Which fields of a call and its return in one event are what came back. It excuses nothing.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::profile::select::{Selector, glob};
use crate::profile::written::Many;

/// Fields of a call and its return in one event that hold what came back, though they stand among the arguments:
/// the bytes of a read, the structure that was filled. Where nothing else differs, the function returned
/// something different to equal arguments.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AnswerSpec {
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// The fields, as patterns.
    pub fields: Many,
}

/// Fields that hold what came back.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    selector: Selector,
    fields: Vec<String>,
}

impl Answer {
    pub(super) fn of(spec: &AnswerSpec) -> Self {
        Self {
            selector: Selector::new(&spec.kind.list(), &spec.name.list()),
            fields: spec.fields.strings(),
        }
    }

    pub(super) fn holds(&self, kind: &str, name: Option<&str>, field: &str) -> bool {
        self.selector.matches(kind, name) && self.fields.iter().any(|pattern| glob(pattern, field))
    }
}

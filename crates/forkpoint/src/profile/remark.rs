//! What is worth saying about values that the candidate returns. It excuses nothing.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::Error;
use crate::profile::select::{Selector, Words};
use crate::profile::source::Source;
use crate::profile::written::{At, Many};

/// What is worth saying about a value that the candidate returns where the reference returns
/// another. It excuses nothing.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RemarkSpec {
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// The values.
    pub values: At<Many>,
    /// What to say.
    pub says: String,
}

/// What is worth saying about a value that the candidate returns where the reference does not.
#[derive(Clone, Debug)]
pub(super) struct Remark {
    pub(super) selector: Selector,
    pub(super) values: Words,
    pub(super) says: String,
}

/// Returns the remarks of a profile file.
pub(super) fn remarks_of(source: &Source, specs: &[RemarkSpec]) -> Result<Vec<Remark>, Error> {
    let remark = |spec: &RemarkSpec| {
        Ok(Remark {
            selector: Selector::new(&spec.kind.list(), &spec.name.list()),
            values: source.words(Some(&spec.values))?.unwrap_or_default(),
            says: spec.says.clone(),
        })
    };
    specs.iter().map(remark).collect()
}

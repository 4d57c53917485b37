//! Values as profile files spell them.
//!
//! Its one idea: a value knows where in the file it stands, so that a mistake is reported there, and
//! the manual sees the value alone.

use std::borrow::Cow;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use toml::Spanned;

/// A value, and where in the file it stands.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct At<T>(Spanned<T>);

impl<T> At<T> {
    /// Returns the byte at which the value begins.
    pub fn start(&self) -> usize {
        self.0.span().start
    }
}

impl<T> Deref for At<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.get_ref()
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// One or several strings.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Many {
    /// Nothing was said.
    #[default]
    Any,
    /// One.
    One(String),
    /// Several, each as good as the others.
    Several(Vec<String>),
}

impl Many {
    /// Returns the strings; none when nothing was said.
    pub fn list(&self) -> Vec<&str> {
        match self {
            Self::Any => Vec::new(),
            Self::One(one) => vec![one],
            Self::Several(several) => several.iter().map(String::as_str).collect(),
        }
    }

    /// Returns the strings, to be kept.
    pub fn strings(&self) -> Vec<String> {
        self.list().into_iter().map(str::to_owned).collect()
    }
}

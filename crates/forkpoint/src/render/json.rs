//! A result as JSON: its own fields, behind the version of the format.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::render::escape::{plain_json, write_json};

/// The version of these formats. It rises when a key changes its meaning or goes away.
pub const FORMAT_VERSION: u32 = 1;

/// A result with the version of its format.
#[derive(Serialize, JsonSchema)]
pub struct Versioned<'a, T> {
    /// The version of this format.
    format_version: u32,
    #[serde(flatten)]
    result: &'a T,
}

/// Serialises a result that lies within another with the version of its format.
///
/// # Errors
/// What `serializer` says.
pub fn versioned<T: Serialize, S: Serializer>(
    result: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    Versioned { format_version: FORMAT_VERSION, result }.serialize(serializer)
}

/// Writes a result, indented.
///
/// # Errors
/// What `out` says.
pub fn write(result: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write_json(&Versioned { format_version: FORMAT_VERSION, result }, out)
}

/// Writes a value as one line.
///
/// # Errors
/// What `out` says.
pub fn write_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", plain_json(&serde_json::to_string(value)?))
}

/// Returns the JSON schema of a result.
pub fn schema<T: JsonSchema + 'static>() -> String {
    let schema = schemars::schema_for!(Versioned<'static, T>);
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}

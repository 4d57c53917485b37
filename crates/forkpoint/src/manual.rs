//! Pages of the manual that the program writes itself, so that they cannot lie: the classes of
//! divergence and the keys and rules of profiles.
//!
//! Invariant: docs/classes.md and docs/profiles.md equal what is written here (tests/manual.rs).

use std::fmt::Write;

use serde_json::Value as Json;

use crate::analysis::Class;
use crate::profile::spec::ProfileSpec;
use crate::profile::{BUILTIN, Profile};

/// Returns docs/classes.md: every class of divergence, what it means and what to look at.
pub fn classes() -> String {
    let mut page = "# Classes of divergence\n\n\
        Every finding has one class. `forkpoint help classes` prints this page's contents.\n"
        .to_owned();
    for class in Class::ALL {
        let (meaning, look) = class.meaning();
        let _ = write!(page, "\n## {}\n\n{meaning} {look}\n", class.name());
    }
    page
}

/// Returns docs/profiles.md: every key of a profile, and every rule of the built-in profiles.
pub fn profiles() -> String {
    let schema = schemars::schema_for!(ProfileSpec).to_value();
    let mut page = "# Profiles\n\n\
        A profile is a TOML file that says what a correct engine may do differently. Each rule has\n\
        an id and a why, is counted where it excuses something, and can be switched off with\n\
        `--without ID`. `forkpoint profile show NAME` shows what holds, `forkpoint profile check FILE`\n\
        finds mistakes. An unknown key is an error.\n"
        .to_owned();
    keys(&mut page, "The file", &schema, &schema);
    let tables = schema["properties"].as_object().into_iter().flatten();
    for (key, property) in tables {
        if let Some(table) = table(property, &schema) {
            let title = if property["type"] == "array" {
                format!("`[[{key}]]`")
            } else {
                format!("`[{key}]`")
            };
            let about = table["description"].as_str().unwrap_or_default();
            let _ = write!(page, "\n## {title}\n\n{about}\n");
            keys_of(&mut page, table, &schema);
        }
    }
    page.push_str("\n# Built-in profiles\n");
    for &(name, _) in BUILTIN {
        let profile = Profile::load(name, &[]).expect("the built-in profiles have no mistake");
        let _ = write!(
            page,
            "\n## {name}\n\n{}\n\n| rule | kind | why |\n| --- | --- | --- |\n",
            profile.about
        );
        for rule in &profile.rules {
            let from = rule.file.strip_prefix("built-in ").unwrap_or(&rule.file);
            let from = if from == name { String::new() } else { format!(" (of {from})") };
            let _ =
                writeln!(page, "| `{}`{from} | {} | {} |", rule.id, rule.action.name(), rule.why);
        }
    }
    page
}

fn keys(page: &mut String, title: &str, table: &Json, schema: &Json) {
    let _ = write!(page, "\n## {title}\n");
    keys_of(page, table, schema);
}

fn keys_of(page: &mut String, table: &Json, schema: &Json) {
    page.push_str("\n| key | value | meaning |\n| --- | --- | --- |\n");
    let required: Vec<&str> =
        table["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    for (key, property) in table["properties"].as_object().into_iter().flatten() {
        let needed = if required.contains(&key.as_str()) { ", required" } else { "" };
        let about = property["description"].as_str().unwrap_or_default().replace('\n', " ");
        let _ = writeln!(page, "| `{key}` | {}{needed} | {about} |", kind_of(property, schema));
    }
}

/// Returns the definition that a property refers to.
fn resolved<'a>(property: &'a Json, schema: &'a Json) -> &'a Json {
    let reference = property["$ref"].as_str().or_else(|| {
        let choices = property["anyOf"].as_array()?;
        choices.iter().find_map(|choice| choice["$ref"].as_str())
    });
    match reference.and_then(|path| path.rsplit('/').next()) {
        Some(name) => &schema["$defs"][name],
        None => property,
    }
}

/// Returns the table that a property is, or is a list of.
fn table<'a>(property: &'a Json, schema: &'a Json) -> Option<&'a Json> {
    let inner = if property["type"] == "array" { &property["items"] } else { property };
    let inner = resolved(inner, schema);
    inner["properties"].is_object().then_some(inner)
}

/// Returns what may stand for a key, in words.
fn kind_of(property: &Json, schema: &Json) -> String {
    let definition = resolved(property, schema);
    if table(property, schema).is_some() {
        return if property["type"] == "array" { "tables".to_owned() } else { "table".to_owned() };
    }
    if let Some(words) = words_of(definition) {
        return words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
    }
    if definition["anyOf"].is_array() {
        return "string or list of strings".to_owned();
    }
    let kind = match &definition["type"] {
        Json::Array(kinds) => kinds.iter().filter_map(Json::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    };
    match kind {
        Some("array") => "list of strings".to_owned(),
        Some(kind) => kind.to_owned(),
        None => "value".to_owned(),
    }
}

/// Returns the words of an enumeration.
fn words_of(definition: &Json) -> Option<Vec<&str>> {
    if let Some(words) = definition["enum"].as_array() {
        return Some(words.iter().filter_map(Json::as_str).collect());
    }
    let choices = definition["oneOf"].as_array()?;
    choices.iter().map(|choice| choice["const"].as_str()).collect()
}

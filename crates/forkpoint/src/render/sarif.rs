//! Checks as SARIF 2.1.0, which code-scanning systems read.
//!
//! Source of the format: OASIS, "Static Analysis Results Interchange Format Version 2.1.0", sections 3.13 to 3.31.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::render::checks::{Check, Outcome};
use crate::render::escape::{plain, write_json};

/// Writes what did not pass.
pub(super) fn write(checks: &[Check], out: &mut dyn Write) -> io::Result<()> {
    let troubles = || checks.iter().filter(|check| check.outcome != Outcome::Passed);
    let classes: BTreeSet<&str> = troubles().map(|check| &*check.class).collect();
    let rules: Vec<Value> = classes.iter().map(|class| json!({ "id": class })).collect();
    let results: Vec<Value> = troubles().map(result).collect();
    let log = json!({
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [{
            "tool": { "driver": {
                "name": "forkpoint",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "results": results,
        }],
    });
    write_json(&log, out)
}

fn result(check: &Check) -> Value {
    let level = if check.outcome == Outcome::Failed { "error" } else { "warning" };
    let message = format!("{}: {}", plain(&check.name), plain(&check.message));
    let locations: Vec<Value> =
        check.place.iter().map(|(file, line)| location(file, *line)).collect();
    json!({
        "ruleId": check.class,
        "level": level,
        "message": { "text": message },
        "locations": locations,
    })
}

fn location(file: &str, line: u64) -> Value {
    // A path is a reference of RFC 3986: what is none of its plain characters is escaped.
    let uri: String = file
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri },
            "region": { "startLine": line.max(1) },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_pass_is_a_result_with_its_place() {
        let failed =
            Check { place: Some(("a b/ü.log".to_owned(), 7)), ..Check::failed("x\u{1b}") };
        let passed = Check { outcome: Outcome::Passed, ..failed.clone() };
        let mut out = Vec::new();
        write(&[passed, failed], &mut out).unwrap();
        let log: Value = serde_json::from_slice(&out).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.len(), 1);
        assert_eq!(results[0]["message"]["text"], "x\\u{1b}: x\\u{1b}");
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b/%C3%BC.log");
        assert_eq!(place["region"]["startLine"], 7);
    }
}

//! Checks as a code-quality report, which GitLab shows in a merge request.
//!
//! Source of the format: GitLab's documentation, "Code Quality", the subset of Code Climate's that it reads: description,
//! check_name, fingerprint, severity, location.

use std::io::{self, Write};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::render::checks::{Check, Outcome};
use crate::render::escape::{plain, write_json};

/// Writes what did not pass.
pub(super) fn write(checks: &[Check], out: &mut dyn Write) -> io::Result<()> {
    let troubles = checks.iter().filter(|check| check.outcome != Outcome::Passed);
    write_json(&troubles.map(issue).collect::<Vec<_>>(), out)
}

fn issue(check: &Check) -> Value {
    // Without a place GitLab leaves an issue out, so the report itself is named.
    let (file, line) = check.place.clone().unwrap_or_else(|| ("forkpoint".to_owned(), 1));
    let mut hash = Sha256::new();
    for part in [&check.class, &check.name, &check.message] {
        hash.update(part);
        hash.update([0]);
    }
    let fingerprint: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "description": format!("{}: {}", plain(&check.name), plain(&check.message)),
        "check_name": check.class,
        "fingerprint": fingerprint,
        "severity": if check.outcome == Outcome::Failed { "major" } else { "info" },
        "location": { "path": file, "lines": { "begin": line.max(1) } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_issue_has_what_gitlab_asks_for() {
        let checks = [Check::failed("one"), Check::failed("other")];
        let mut out = Vec::new();
        write(&checks, &mut out).unwrap();
        let issues: Vec<Value> = serde_json::from_slice(&out).unwrap();
        assert_eq!(issues.len(), 2);
        assert_ne!(issues[0]["fingerprint"], issues[1]["fingerprint"]);
        for issue in &issues {
            assert!(issue["location"]["lines"]["begin"].as_u64() >= Some(1));
            for key in ["description", "check_name", "fingerprint", "severity"] {
                assert!(issue[key].is_string(), "{key}: {issue}");
            }
        }
    }
}

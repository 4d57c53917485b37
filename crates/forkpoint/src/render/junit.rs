//! Checks as JUnit XML, which CI systems show as tests.
//!
//! Source of the format: the schema that Jenkins and GitLab read, as quick-junit writes it. It escapes text.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::render::checks::{Check, Outcome};
use crate::render::escape::plain;

/// Writes each check as a test case.
pub(super) fn write(checks: &[Check], out: &mut dyn Write) -> io::Result<()> {
    let mut suite = TestSuite::new("forkpoint");
    suite.add_test_cases(checks.iter().map(case));
    let mut report = Report::new("forkpoint");
    report.add_test_suite(suite);
    report.serialize(&mut *out).map_err(io::Error::other)?;
    writeln!(out)
}

fn case(check: &Check) -> TestCase {
    let kind = match check.outcome {
        Outcome::Passed => {
            return TestCase::new(plain(&check.name), TestCaseStatus::success());
        }
        Outcome::Failed => NonSuccessKind::Failure,
        Outcome::Unsure => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(plain(&check.message)).set_type(plain(&check.class));
    let details: Vec<_> = check.details.iter().map(|line| plain(line)).collect();
    status.set_description(details.join("\n"));
    TestCase::new(plain(&check.name), status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_is_text() {
        let hostile = "</testcase>\u{1b}[31m\u{0}]]>&\"x\"\n<failure/>";
        let mut out = Vec::new();
        write(&[Check::failed(hostile)], &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.matches("<failure").count(), 1, "{text}");
        assert_eq!(text.matches("</testcase>").count(), 1, "{text}");
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
        let report = Report::deserialize_from_str(&text).unwrap();
        assert_eq!(report.test_suites[0].test_cases.len(), 1);
    }
}

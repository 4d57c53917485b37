//! The report as an answer: what a reader gets to see of it, and what a CI system.

use crate::render::document::Document;
use crate::render::{Answer, Check, Detail, Extent};
use crate::report::{Report, checks, document, first_screen};

impl Answer for Report {
    fn document(&self, shown: Extent) -> Document {
        match shown.detail {
            Detail::Full => document::full(self, shown),
            Detail::Brief | Detail::Verdict | Detail::Page => {
                first_screen::first_screen(self, shown)
            }
        }
    }

    fn checks(&self) -> Option<Vec<Check>> {
        Some(checks::checks(self))
    }
}

//! What a gate says as a document, and as checks.

use crate::gate::{Change, Gate, GateOutcome};
use crate::render::checks::{Check, Outcome};
use crate::render::document::{Document, Tone, own, parts, place, said};
use crate::render::words::{count, thousands};
use crate::render::{Answer, Detail, Extent};

/// This many changes of each sort are listed; of more, `-v` lists all.
const LISTED: usize = 10;

impl Answer for Gate {
    fn document(&self, shown: Extent) -> Document {
        let mut page = Document::default();
        let tone = match self.outcome {
            GateOutcome::Passed => Tone::Good,
            GateOutcome::Failed => Tone::Bad,
            GateOutcome::Inconclusive => Tone::Warn,
        };
        let changes = |changes: &[Change]| count(changes.len() as u64, "change");
        let worse = format!("{} for the worse, ", changes(&self.worse));
        let better = format!("{} for the better, ", changes(&self.better));
        let same = format!("{} as before", count(self.unchanged, "origin"));
        page.verdict(tone, self.outcome.name(), worse + &better + &same);
        let most = if shown.detail == Detail::Full { usize::MAX } else { LISTED };
        let most = shown.max_findings.unwrap_or(most);
        for (title, changes, tone) in
            [("worse", &self.worse, Tone::Bad), ("better", &self.better, Tone::Good)]
        {
            if !changes.is_empty() {
                page.heading(title);
            }
            for change in changes.iter().take(most) {
                let at = change.file.as_ref().map(|file| parts!["  ", place(file, change.line)]);
                let kind = own(change.kind.name()).tone(tone);
                page.text(3, parts![kind, at]);
                page.text(6, said(&change.what));
            }
            let hidden = changes.len().saturating_sub(most);
            page.more(3, hidden as u64, &format!(" of {} (-v)", thousands(changes.len() as u64)));
        }
        crate::report::doubts(&self.doubts, &mut page);
        page
    }

    fn checks(&self) -> Option<Vec<Check>> {
        let outcome = match self.outcome {
            GateOutcome::Passed => Outcome::Passed,
            GateOutcome::Failed => Outcome::Failed,
            GateOutcome::Inconclusive => Outcome::Unsure,
        };
        let verdict = Check {
            name: "gate".to_owned(),
            outcome,
            class: self.outcome.name().to_owned(),
            message: self.worse.first().map_or_else(
                || format!("{} as before", count(self.unchanged, "origin")),
                |change| change.what.clone(),
            ),
            details: self.doubts.clone(),
            place: None,
        };
        let changes = self.worse.iter().map(|change| Check {
            name: change.kind.name().to_owned(),
            outcome: Outcome::Failed,
            class: change.kind.name().to_owned(),
            message: change.what.clone(),
            details: Vec::new(),
            place: change.file.clone().zip(change.line),
        });
        Some([verdict].into_iter().chain(changes).collect())
    }
}

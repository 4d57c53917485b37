//! `[[elastic]]`: loops whose count is scheduling.

use crate::error::Error;
use crate::profile::rules::header::{Draft, Kind, rule_spec};
use crate::profile::select::Selector;
use crate::profile::written::At;

rule_spec! {
    /// A loop whose count is scheduling.
    ElasticSpec(why, budget) {
        /// One round of the loop: `"KIND NAME"` an event.
        pub body: At<Vec<String>>,
        /// What must stand right before the first round.
        pub after: Option<At<Vec<String>>>,
        /// What must stand right after the last round.
        pub before: Option<At<Vec<String>>>,
        /// How many rounds are kept: 1, or 0 for a loop that may not run at all.
        pub keep: Option<At<u32>>,
        /// More rounds than this in a row are not folded.
        pub max_repeats: Option<At<u32>>,
        /// Whether all calls of one round name the same object.
        pub same_object: bool = default,
    }
}

/// A loop whose count is scheduling.
#[derive(Clone, Debug)]
pub struct Elastic {
    /// One round.
    pub body: Vec<Selector>,
    /// What must stand right before the first round.
    pub after: Vec<Selector>,
    /// What must stand right after the last.
    pub before: Vec<Selector>,
    /// How many rounds are kept, 0 or 1.
    pub keep: u32,
    /// Whether all calls of one round name the same object.
    pub same_object: bool,
    /// More rounds than this in a row are not folded.
    pub max_repeats: u32,
}

impl Kind for ElasticSpec {
    type Form = Elastic;

    fn form(&self, rule: &mut Draft<'_>) -> Result<Elastic, Error> {
        const DEFAULT_MAX_REPEATS: u32 = 1024;
        let body = Selector::parse_all(&self.body);
        if body.is_empty() {
            return Err(rule.source.error(self.body.start(), "a loop's body needs an event"));
        }
        if let Some(keep) = self.keep.as_ref().filter(|keep| ***keep > 1) {
            let message = format!("expected to keep 0 or 1 rounds, found {}", **keep);
            return Err(rule.source.error(keep.start(), message));
        }
        let keep = self.keep.as_ref().map_or(1, |keep| **keep);
        if keep == 0 && (self.after.is_none() || self.before.is_none()) {
            return Err(rule.error(format!(
                "rule `{}` keeps no round, so it must say what stands `after` and `before` the loop",
                self.id
            )));
        }
        let around = |texts: &Option<At<Vec<String>>>| {
            texts.as_ref().map(|texts| Selector::parse_all(texts)).unwrap_or_default()
        };
        Ok(Elastic {
            body,
            after: around(&self.after),
            before: around(&self.before),
            keep,
            same_object: self.same_object,
            max_repeats: self.max_repeats.as_ref().map_or(DEFAULT_MAX_REPEATS, |max| **max),
        })
    }
}

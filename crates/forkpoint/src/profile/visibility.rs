//! What the logs of a comparison are able to record, and what of the other log lies outside of that.
//!
//! An engine that writes no returns is not wrong because it has none. What a log can hold is reported by its
//! own header or by a rule of the profile; what lies outside is not compared, and counted.
//! Invariant: each rule hides for itself, and one that is switched off hides nothing.

use forkpoint_event::Visible as Told;

use crate::pair::Side;
use crate::profile::path::parts;
use crate::profile::rule::RuleId;
use crate::profile::rules::visible::Visible;
use crate::profile::select::{Selector, glob};

/// What a log says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Its format.
    pub format: String,
    /// The engine that wrote it, if it says so.
    pub engine: Option<String>,
    /// What that engine can record, if it says so.
    pub visible: Option<Told>,
}

/// What one log can record, by one rule.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) rule: RuleId,
    /// Whose log it is.
    pub(super) side: Side,
    records: Option<Vec<Selector>>,
    never: Vec<Selector>,
    pub(super) lacks: Vec<Vec<String>>,
    pub(super) only: Option<Vec<String>>,
}

/// What both logs of a comparison can record.
#[derive(Clone, Debug, Default)]
pub struct Visibility(pub(super) Vec<View>);

impl View {
    /// Returns what the log of `side` can record by a rule; none if the rule is not about it.
    pub(super) fn of(visible: &Visible, rule: RuleId, side: Side, log: &About) -> Option<Self> {
        let is_one = |patterns: &[String], text: Option<&str>| {
            let any = |text: &str| patterns.iter().any(|pattern| glob(pattern, text));
            patterns.is_empty() || text.is_some_and(any)
        };
        let holds = is_one(&visible.formats, Some(&log.format))
            && is_one(&visible.engines, log.engine.as_deref())
            && visible.side.is_none_or(|mine| mine == side);
        if !holds {
            return None;
        }
        if visible.by_header {
            return log.visible.as_ref().map(|shown| Self::shown(rule, side, shown));
        }
        Some(Self {
            rule,
            side,
            records: visible.records.clone(),
            never: visible.never.clone(),
            lacks: visible.lacks.clone(),
            only: visible.only.clone(),
        })
    }

    fn shown(rule: RuleId, side: Side, shown: &Told) -> Self {
        Self {
            rule,
            side,
            records: shown.records.as_deref().map(Selector::parse_all),
            never: Selector::parse_all(&shown.never),
            lacks: shown.lacks.iter().map(|path| parts(path)).collect(),
            only: None,
        }
    }

    pub(super) fn hides(&self, kind: &str, name: Option<&str>) -> bool {
        let any = |selectors: &[Selector]| selectors.iter().any(|one| one.matches(kind, name));
        self.records.as_deref().is_some_and(|records| !any(records)) || any(&self.never)
    }
}

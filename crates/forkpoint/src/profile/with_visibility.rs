//! The profile for two logs: what one of them cannot record is not compared.
//!
//! Invariant: each rule hides for itself, and one that is switched off hides nothing.

use crate::pair::{Pair, Side};
use crate::profile::in_force::Profile;
use crate::profile::rule::RuleId;
use crate::profile::rules::Action;
use crate::profile::visibility::{About, View, Visibility};

impl Profile {
    /// Returns the profile for two logs: its rules about what logs can record hold from here on.
    #[must_use]
    pub fn with_visibility(&self, logs: Pair<&About>) -> Self {
        let mut profile = self.clone();
        profile.sight = Visibility::default();
        for (index, rule) in self.rules.iter().enumerate() {
            let Action::Visible(visible) = &rule.action else { continue };
            for side in Side::BOTH {
                profile.sight.0.extend(View::of(
                    visible,
                    RuleId(index as u16),
                    side,
                    logs.on(side),
                ));
            }
        }
        profile
    }

    /// Returns whether any rule says what one of the logs can record.
    pub fn is_limited(&self) -> bool {
        self.sight.0.iter().any(|view| self.rule(view.rule).enabled)
    }

    /// Returns the rule by which the log of `side` can hold no event of this kind and name.
    pub fn hidden_by(&self, side: Side, kind: &str, name: Option<&str>) -> Option<RuleId> {
        let views = self.sight.0.iter().filter(|view| view.side == side);
        let mut views = views.filter(|view| self.rule(view.rule).enabled);
        views.find(|view| view.hides(kind, name)).map(|view| view.rule)
    }

    /// Returns the sides whose logs a rule says something about.
    pub fn limits(&self, rule: RuleId) -> Pair<bool> {
        Pair::of(|side| self.sight.0.iter().any(|view| (view.rule, view.side) == (rule, side)))
    }

    /// Calls `treat` with the fields that one of the logs cannot have in events of this kind and name,
    /// and `keep` with the only ones that it can.
    pub(super) fn fields_out_of_sight(
        &self,
        kind: &str,
        name: Option<&str>,
        treat: &mut dyn FnMut(RuleId, &[String]),
        keep: &mut dyn FnMut(RuleId, &[String]),
    ) {
        for view in &self.sight.0 {
            let rule = self.rule(view.rule);
            if !rule.enabled || !rule.matches(kind, name) {
                continue;
            }
            view.lacks.iter().for_each(|path| treat(view.rule, path));
            if let Some(only) = &view.only {
                keep(view.rule, only);
            }
        }
    }
}

//! Which of several references is the one to ask.

use crate::profile::select::glob;
use crate::profile::{Action, Profile, RuleId};

impl Profile {
    /// Returns the rules that say who is to be asked about events of this kind and name, in order.
    pub fn authorities<'a>(
        &'a self,
        kind: &'a str,
        name: Option<&'a str>,
    ) -> impl Iterator<Item = RuleId> + 'a {
        let numbered = self.rules.iter().enumerate();
        let mine = numbered.filter(move |(_, rule)| {
            matches!(rule.action, Action::Authority { .. })
                && rule.enabled
                && rule.matches(kind, name)
        });
        mine.map(|(index, _)| RuleId(index as u16))
    }

    /// Returns whether a rule gives authority to the reference that goes by one of these names.
    pub fn has_authority(&self, rule: RuleId, names: [Option<&str>; 2]) -> bool {
        let Action::Authority { references } = &self.rule(rule).action else { return false };
        let is_meant = |name: &str| references.iter().any(|pattern| glob(pattern, name));
        names.into_iter().flatten().any(is_meant)
    }
}

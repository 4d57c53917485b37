//! The rule that stands for the modules that the user asked for.

use crate::profile::budget::Budget;
use crate::profile::in_force::Profile;
use crate::profile::rule::{Rule, RuleId};
use crate::profile::rules::Action;
use crate::profile::rules::modules::Modules;
use crate::profile::select::Selector;

impl Profile {
    /// The id of the rule that stands for the user's choice of modules.
    pub const MODULES: &'static str = "modules";

    /// Returns the profile that leaves out what functions of other modules do, by a rule of its own.
    #[must_use]
    pub fn of_modules(&self, modules: Modules) -> Self {
        let mut profile = self.clone();
        if modules == Modules::default() {
            return profile;
        }
        let list = |word: &str, names: &[String]| {
            (!names.is_empty()).then(|| format!("{word} {}", names.join(",")))
        };
        let asked =
            [list("--only-modules", &modules.only), list("--without-modules", &modules.without)];
        let asked: Vec<String> = asked.into_iter().flatten().collect();
        profile.rules.push(Rule {
            arguments: None,
            among: None,
            id: Self::MODULES.to_owned(),
            why: format!("The user asked for it: {}.", asked.join(" ")),
            file: "command line".to_owned(),
            place: None,
            enabled: true,
            selector: Selector::default(),
            action: Action::Modules(modules),
            object: None,
            size: None,
            budget: Budget::default(),
        });
        profile
    }

    /// Returns the rule by which functions of this name are left out for their module.
    pub(super) fn other_module(&self, name: Option<&str>) -> Option<RuleId> {
        let rules = self.rules.iter().enumerate().filter(|(_, rule)| rule.enabled);
        let mut modules = rules.filter_map(|(index, rule)| match &rule.action {
            Action::Modules(modules) => Some((RuleId(index as u16), modules)),
            _ => None,
        });
        modules
            .find(|(_, modules)| name.is_some_and(|name| modules.leaves_out(name)))
            .map(|(id, _)| id)
    }
}

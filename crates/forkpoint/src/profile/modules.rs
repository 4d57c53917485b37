//! Modules whose functions are looked at, as the user asked for it beside the profile.
//!
//! A function's module is what stands before the dot of its name (`KERNEL32.CreateFileW`); in whatever
//! case. Events without a module stay.

use crate::profile::budget::Budget;
use crate::profile::select::Selector;
use crate::profile::{Action, Profile, Rule, RuleId};

/// Which modules are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modules {
    /// Only these; none for all.
    pub only: Vec<String>,
    /// Not these.
    pub without: Vec<String>,
}

impl Modules {
    /// Returns whether functions of this name are left out.
    pub fn leaves_out(&self, name: &str) -> bool {
        let Some(module) = Self::of(name) else { return false };
        let is_one = |modules: &[String]| modules.iter().any(|one| Self::is(one, module));
        !self.only.is_empty() && !is_one(&self.only) || is_one(&self.without)
    }

    /// Returns the module of a function, if its name tells.
    pub fn of(name: &str) -> Option<&str> {
        name.split_once('.').map(|(module, _)| module)
    }

    /// Returns whether `KERNEL32`, `kernel32` or `kernel32.dll` is the module.
    pub fn is(asked: &str, module: &str) -> bool {
        let bare =
            |name: &str| name.trim().to_ascii_lowercase().trim_end_matches(".dll").to_owned();
        bare(asked) == bare(module)
    }
}

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
            places: None,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_what_stands_before_the_dot_in_whatever_case() {
        let only = |module: &str| Modules { only: vec![module.to_owned()], ..Modules::default() };
        for name in ["KERNEL32", "kernel32", "kernel32.dll"] {
            assert!(!only(name).leaves_out("KERNEL32.CreateFileW"));
            assert!(only(name).leaves_out("ntdll.NtCreateFile"));
            assert!(!only(name).leaves_out("PE DLL"));
        }
        let without = Modules { without: vec!["ntdll".to_owned()], ..Modules::default() };
        assert!(without.leaves_out("ntdll.NtClose") && !without.leaves_out("ntdll2.NtClose"));
    }
}

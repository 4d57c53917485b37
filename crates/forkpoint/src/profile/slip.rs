//! Slips of the user's own pen: rules that no event matches, and words that are nearly those of a log.
//!
//! Its one idea: whoever writes a word knows roughly how it looks. A word that a log has not, and that is
//! a letter or two from one that it has, or that one without its module, was meant to be it. Invariant:
//! the rules of built-in profiles are never reported: they are written for more logs than two.

use std::collections::BTreeSet;

use crate::profile::builtin::BUILTIN;
use crate::profile::in_force::Profile;
use crate::profile::rule::Rule;
use crate::profile::rules::Action;
use crate::profile::rules::absorb::Context;
use crate::profile::select::{Selector, glob};

/// What no event matched: a rule, or one pattern of it.
#[derive(Clone, Debug)]
pub struct Slip<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// The pattern, if other patterns of the rule matched events: `kind kernel.retrun`.
    pub pattern: Option<String>,
    /// What may have been meant.
    pub meant: Option<String>,
}

/// Returns the known word that differs from `word` by a slip, if there is one; none if `word` is known.
pub fn nearly<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const SLIPS: usize = 2; // one letter too many and one too few, or two letters changed
    const SHORT: usize = 3; // words of up to this many letters are all near one another
    let lower = word.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        if candidate == word {
            return None;
        }
        let distance = strsim::osa_distance(&lower, &candidate.to_lowercase());
        let most = SLIPS.min(word.chars().count().saturating_sub(SHORT).div_ceil(2));
        if distance <= most && best.is_none_or(|(nearest, _)| distance < nearest) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Returns the known word that is `word` with what stands before a dot, if `word` is not known itself.
fn behind_module<'a>(word: &str, known: &BTreeSet<&'a str>) -> Option<&'a str> {
    let is_it = |known: &&str| {
        known.rsplit_once('.').is_some_and(|(_, name)| name.eq_ignore_ascii_case(word))
    };
    known.iter().copied().find(is_it).filter(|_| !known.contains(word))
}

impl Profile {
    /// Returns which of the user's own rules no event matches, and which patterns of them are slips;
    /// `seen` are the kinds and names of all events.
    pub fn slips<'a>(&'a self, seen: &[(&str, Option<&str>)]) -> Vec<Slip<'a>> {
        let kinds: BTreeSet<&str> = seen.iter().map(|&(kind, _)| kind).collect();
        let names: BTreeSet<&str> = seen.iter().filter_map(|&(_, name)| name).collect();
        let mut slips = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.enabled && rule.is_own()) {
            let parts = rule.selectors();
            let mut near = Vec::new();
            for selector in &parts {
                near.extend(selector.nearly(&kinds, &names));
            }
            let is_matched = parts
                .iter()
                .any(|selector| seen.iter().any(|&(kind, name)| selector.matches(kind, name)));
            let must = rule.must_match();
            let is_missing = |selector: &&Selector| {
                !seen.iter().any(|&(kind, name)| selector.matches(kind, name))
            };
            if !is_matched || must.iter().any(is_missing) {
                let meant = near.into_iter().next().map(|(_, meant)| meant);
                slips.push(Slip { rule, pattern: None, meant });
            } else {
                slips.extend(near.into_iter().map(|(pattern, meant)| Slip {
                    rule,
                    pattern: Some(pattern),
                    meant: Some(meant),
                }));
            }
        }
        slips
    }

    /// Returns the kind of event that a log meant, if its own is none that the profile or the schema knows
    /// and is nearly one of them.
    pub fn meant_kind(&self, kind: &str) -> Option<String> {
        let roles = self.roles.iter().map(|(_, selector)| selector);
        let others = self.blocking.iter().chain(&self.new_process);
        let of_rules: Vec<&Selector> = self.rules.iter().flat_map(Rule::selectors).collect();
        let selectors: Vec<&Selector> = roles.chain(others).chain(of_rules).collect();
        // `*` alone knows every kind and says nothing.
        let knows = |pattern: &str| pattern != "*" && glob(pattern, kind);
        let patterns = || selectors.iter().flat_map(|selector| selector.kinds());
        if patterns().any(knows) {
            return None;
        }
        let known =
            patterns().filter(|pattern| !pattern.contains('*')).chain(forkpoint_event::kind::ALL);
        nearly(kind, known).map(str::to_owned)
    }
}

impl Rule {
    /// Returns whether the rule is of a file that the user gave.
    pub fn is_own(&self) -> bool {
        let is_builtin =
            |(name, _): &(&str, &str)| self.file.strip_prefix("built-in ") == Some(*name);
        self.place.is_some() && !BUILTIN.iter().any(is_builtin) && !self.is_about_logs()
    }

    /// Whether it is about logs as a whole and not about events.
    fn is_about_logs(&self) -> bool {
        matches!(self.action, Action::Modules(_) | Action::Visible(_) | Action::Authority { .. })
    }

    /// Returns all that says which events the rule is about.
    fn selectors(&self) -> Vec<&Selector> {
        let mut all = Vec::new();
        match &self.action {
            Action::Elastic(elastic) => {
                all.extend(elastic.body.iter().chain(&elastic.after).chain(&elastic.before));
            }
            Action::Exchange(exchange) => all.push(&exchange.first),
            Action::Float(float) => {
                all.push(&self.selector);
                all.extend(float.followed_by.iter().chain(&float.until));
            }
            Action::Local { until, .. } => {
                all.push(&self.selector);
                all.extend(until);
            }
            Action::Absorb { context: Context::Since { start, among, .. }, .. } => {
                all.push(&self.selector);
                all.extend(start.iter().chain(among));
            }
            _ => all.push(&self.selector),
        }
        all
    }

    /// Returns what an event must match each, or the rule never does anything.
    fn must_match(&self) -> Vec<&Selector> {
        match &self.action {
            Action::Elastic(elastic) => elastic.body.iter().collect(),
            Action::Exchange(exchange) => vec![&exchange.first],
            _ => vec![&self.selector],
        }
    }
}

impl Selector {
    /// Returns its patterns that are slips, each with what may have been meant. A word that another
    /// pattern of it means is not a slip of this one.
    fn nearly(&self, kinds: &BTreeSet<&str>, names: &BTreeSet<&str>) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (what, patterns, known) in [
            ("kind", self.kinds().collect::<Vec<_>>(), kinds),
            ("name", self.names().collect(), names),
        ] {
            for pattern in patterns.iter().filter(|pattern| !pattern.contains('*')) {
                let is_meant = |word: &str| patterns.iter().any(|other| glob(other, word));
                let near = nearly(pattern, known.iter().copied());
                let near = near.or_else(|| behind_module(pattern, known));
                if let Some(near) = near.filter(|near| !is_meant(near)) {
                    found.push((format!("{what} {pattern}"), near.to_owned()));
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slips(
        rules: &str,
        seen: &[(&str, Option<&str>)],
    ) -> Vec<(String, Option<String>, Option<String>)> {
        let text = format!("name = \"my\"\nabout = \"x\"\nextends = \"strict\"\n{rules}");
        let profile = Profile::parse("my.toml", &text, &[]).unwrap();
        let slips = profile.slips(seen).into_iter();
        slips.map(|slip| (slip.rule.id.clone(), slip.pattern, slip.meant)).collect()
    }

    const SEEN: [(&str, Option<&str>); 3] = [
        ("kernel.call", Some("NtReadFile")),
        ("kernel.return", Some("NtReadFile")),
        ("call", Some("KERNEL32.CreateFileW")),
    ];

    fn rule(selector: &str) -> String {
        format!("[[skip]]\nid = \"a\"\nwhy = \"b\"\nfields = \"x\"\n{selector}\n")
    }

    #[test]
    fn a_rule_that_no_event_matches_is_told_with_what_was_meant() {
        for (selector, meant) in [
            ("kind = \"kernel.retrun\"", Some("kernel.return")),
            ("kind = \"Kernel.Return\"", Some("kernel.return")),
            ("name = \"NtReadFlie\"", Some("NtReadFile")),
            ("name = \"CreateFileW\"", Some("KERNEL32.CreateFileW")),
            ("name = \"NtWriteFile\"", None),
            ("kind = \"xyz\"", None),
        ] {
            let expected = vec![("a".to_owned(), None, meant.map(str::to_owned))];
            assert_eq!(slips(&rule(selector), &SEEN), expected, "{selector}");
        }
        for matched in ["kind = \"kernel.*\"", "name = \"NtReadFile\"", ""] {
            assert_eq!(slips(&rule(matched), &SEEN), [], "{matched}");
        }
    }

    #[test]
    fn one_pattern_of_several_may_be_a_slip() {
        let shown = slips(&rule("kind = [\"kernel.call\", \"kernel.retrun\"]"), &SEEN);
        let expected = ("a", Some("kind kernel.retrun"), Some("kernel.return"));
        let shown = shown
            .first()
            .map(|(rule, pattern, meant)| (&**rule, pattern.as_deref(), meant.as_deref()));
        assert_eq!(shown, Some(expected));
        let both = rule("name = [\"NtReadFile\", \"NtReadFileX\"]");
        assert_eq!(slips(&both, &SEEN), []);
    }

    #[test]
    fn a_loop_needs_an_event_for_each_line_of_its_body() {
        let rule = "[[elastic]]\nid = \"a\"\nwhy = \"b\"\nbody = [\"kernel.call NtReadFile\", \"kernel.retrun NtReadFile\"]\n";
        assert_eq!(slips(rule, &SEEN), [("a".to_owned(), None, Some("kernel.return".to_owned()))]);
    }

    #[test]
    fn a_kind_that_nobody_knows_and_that_is_nearly_known_was_meant_to_be() {
        let profile = Profile::load("xenia", &[]).unwrap();
        let meant = |kind| profile.meant_kind(kind);
        assert_eq!(meant("kernel.retrun"), Some("kernel.return".to_owned()));
        assert_eq!(meant("Kernel.call"), Some("kernel.call".to_owned()));
        for right in ["kernel.return", "handle.create", "gpu.swap", "k", "call", "return"] {
            assert_eq!(meant(right), None, "{right}");
        }
        let strict = Profile::load("strict", &[]).unwrap();
        assert_eq!(strict.meant_kind("wait.beginn"), Some("wait.begin".to_owned()));
    }
}

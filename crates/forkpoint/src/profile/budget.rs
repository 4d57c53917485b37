//! How much a rule may excuse before one had better look at it again.

use crate::error::Error;
use crate::profile::source::Source;
use crate::profile::written::At;

/// A rule's budget. Without one, it may excuse as much as it will.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Budget {
    /// The most differences and events that it may excuse.
    pub max_count: Option<u64>,
    /// The most of them for each compared pair of events, from 0 to 1.
    pub max_share: Option<f64>,
}

impl Budget {
    /// Returns the limit that a rule breaks that excused so much, as the profile spells it.
    pub fn exceeded(&self, spent: u64, compared: u64) -> Option<String> {
        let count = self.max_count.filter(|most| spent > *most);
        if let Some(most) = count {
            return Some(format!("max-count = {most}"));
        }
        let most = self.max_share?;
        (spent as f64 > most * compared as f64).then(|| format!("max-share = {most}"))
    }

    /// Returns the budget as the profile spells it; none if there is none.
    pub fn spelled(&self) -> Option<String> {
        let count = self.max_count.map(|most| format!("max-count = {most}"));
        let share = self.max_share.map(|most| format!("max-share = {most}"));
        let both: Vec<String> = count.into_iter().chain(share).collect();
        (!both.is_empty()).then(|| both.join(", "))
    }

    /// Returns the budget that a profile spells.
    pub(super) fn of(
        source: &Source,
        max_count: Option<u64>,
        max_share: Option<&At<f64>>,
    ) -> Result<Self, Error> {
        if let Some(share) = max_share
            && !(0.0..=1.0).contains(&**share)
        {
            let message = format!("expected a share from 0 to 1, found {}", **share);
            return Err(source.error(share.start(), message));
        }
        Ok(Self { max_count, max_share: max_share.map(|share| **share) })
    }
}

#[cfg(test)]
mod tests {
    use crate::profile::Profile;

    use super::*;

    #[test]
    fn a_budget_is_exceeded_by_more_than_it_allows() {
        let budget = Budget { max_count: Some(2), max_share: None };
        assert_eq!(budget.exceeded(2, 0), None);
        assert_eq!(budget.exceeded(3, 100).unwrap(), "max-count = 2");
        let budget = Budget { max_count: None, max_share: Some(0.5) };
        assert_eq!(budget.exceeded(5, 10), None);
        assert_eq!(budget.exceeded(6, 10).unwrap(), "max-share = 0.5");
        assert_eq!(budget.exceeded(0, 0), None);
        assert!(budget.exceeded(1, 0).is_some());
    }

    #[test]
    fn a_share_is_a_part_of_one() {
        for (share, is_right) in [
            ("0", true),
            ("0.25", true),
            ("1", true),
            ("1.5", false),
            ("-0.1", false),
            ("nan", false),
        ] {
            let text = format!(
                "name = \"my\"\nabout = \"x\"\n[[skip]]\nid = \"a\"\nwhy = \"b\"\nfields = \"c\"\nmax-share = {share}\n"
            );
            let profile = Profile::parse("my.toml", &text, &[]);
            assert_eq!(profile.is_ok(), is_right, "{share}");
            if let Err(error) = profile {
                assert!(error.to_string().ends_with("(my.toml:7:13)"), "{error}");
            }
        }
    }
}

//! One rule of a profile.
//!
//! Invariant: whatever excuses a difference is a rule, with an id and a why.

use crate::profile::budget::Budget;
use crate::profile::object::{ObjectUse, SizeField};
use crate::profile::rules::Action;
use crate::profile::rules::header::Places;
use crate::profile::select::{Selector, Words};

/// A rule of the profile in force, by its place in the profile's `rules`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub u16);

impl RuleId {
    /// Marks an object that proves itself shared; it belongs to no rule.
    pub const SHARED: Self = Self(u16::MAX);
    /// Marks the type of an object whose creator may share it; it belongs to no rule.
    pub const OBJECT_TYPE: Self = Self(u16::MAX - 1);

    /// Returns whether this is a mark and no rule.
    #[inline]
    pub fn is_mark(self) -> bool {
        self >= Self::OBJECT_TYPE
    }
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name.
    pub id: String,
    /// Why a correct engine may differ here.
    pub why: String,
    /// The file that holds it.
    pub file: String,
    /// Where in the file: line and column, counted from 1.
    pub place: Option<(usize, usize)>,
    /// Whether it holds; `--without` switches it off.
    pub enabled: bool,
    pub(super) selector: Selector,
    /// What it does.
    pub action: Action,
    /// What the fields it is about name, if they name objects that are followed.
    pub object: Option<ObjectUse>,
    /// The rule by which the last event before may name several objects, any of which may be named.
    pub among: Option<String>,
    /// Only arguments at these places, of a rule about types.
    pub(super) arguments: Option<Words>,
    /// Where the size of an object that it creates is reported.
    pub size: Option<SizeField>,
    /// How much it may excuse.
    pub budget: Budget,
}

impl Rule {
    /// Returns what the rule is about, a line each.
    pub fn scope(&self) -> Vec<String> {
        let mut lines = self.selector.lines();
        let fields = |paths: &[Vec<String>]| {
            let paths: Vec<String> = paths.iter().map(|path| path.join(".")).collect();
            format!("fields {}", paths.join(", "))
        };
        match &self.action {
            Action::Absorb { paths, .. } | Action::Treat { places: Places::Paths(paths), .. } => {
                lines.push(fields(paths));
            }
            Action::Treat { places: Places::Types(types), .. } => {
                let types: Vec<&str> = types.iter().map(|of| of.name()).collect();
                lines.push(format!("type {}", types.join(", ")));
            }
            Action::Visible(visible) => lines.extend(visible.lines()),
            Action::Authority { references } => {
                lines.push(format!("reference {}", references.join(", ")));
            }
            _ => {}
        }
        lines
    }

    /// Returns whether the rule lets events on shared objects float.
    pub fn is_float_on_shared(&self) -> bool {
        matches!(&self.action, Action::Float(float) if float.when_shared)
    }

    /// Returns whether the rule is about events of this kind and name.
    pub fn matches(&self, kind: &str, name: Option<&str>) -> bool {
        self.selector.matches(kind, name)
    }

    /// Returns whether the rule is about functions of this name, whatever the kind of event.
    pub fn is_about_function(&self, name: Option<&str>) -> bool {
        self.selector.matches_name(name)
    }

    /// Returns whether the rule leaves values out of the comparison.
    pub fn treats_values(&self) -> bool {
        matches!(self.action, Action::Treat { .. } | Action::Visible(_))
    }

    /// Returns whether the rule says what some logs are able to record.
    pub fn is_visibility(&self) -> bool {
        matches!(self.action, Action::Visible(_))
    }
}

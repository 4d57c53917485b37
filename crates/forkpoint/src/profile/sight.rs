//! What the logs of a comparison are able to record, and what of the other log lies outside of that.
//!
//! An engine that writes no returns is not wrong because it has none. What a log can hold is told by its
//! own header or by a rule of the profile; what lies outside is not compared, and counted.
//! Invariant: each rule hides for itself, and one that is switched off hides nothing.

use forkpoint_event::Visible as Told;

use crate::pair::{Pair, Side};
use crate::profile::select::glob;
use crate::profile::{Action, Profile, Rule, RuleId, Selector};

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

/// A rule that says what some logs are able to record.
#[derive(Clone, Debug, Default)]
pub struct Visible {
    /// Only logs of these formats; none for all.
    pub formats: Vec<String>,
    /// Only logs of these engines; none for all.
    pub engines: Vec<String>,
    /// Only the log of this side.
    pub side: Option<Side>,
    /// What they can record is told by their headers.
    pub by_header: bool,
    /// The events that they can hold; none for all.
    pub records: Option<Vec<Selector>>,
    /// Events that they cannot hold all the same.
    pub never: Vec<Selector>,
    /// Payload fields that their events never have.
    pub lacks: Vec<Vec<String>>,
    /// The only fields of a payload that they can have.
    pub only: Option<Vec<String>>,
}

/// What one log can record, by one rule.
#[derive(Clone, Debug)]
struct View {
    rule: RuleId,
    /// Whose log it is.
    side: Side,
    records: Option<Vec<Selector>>,
    never: Vec<Selector>,
    lacks: Vec<Vec<String>>,
    only: Option<Vec<String>>,
}

/// What both logs of a comparison can record.
#[derive(Clone, Debug, Default)]
pub struct Sight(Vec<View>);

impl Profile {
    /// Returns the profile for two logs: its rules about what logs can record hold from here on.
    #[must_use]
    pub fn seeing(&self, logs: Pair<&About>) -> Self {
        let mut profile = self.clone();
        profile.sight = Sight::default();
        for (index, rule) in self.rules.iter().enumerate() {
            let Action::Visible(visible) = &rule.action else { continue };
            for side in Side::BOTH {
                profile.sight.0.extend(visible.view(RuleId(index as u16), side, logs.on(side)));
            }
        }
        profile
    }

    /// Returns whether any rule says what one of the logs can record.
    pub fn is_limited(&self) -> bool {
        self.sight.0.iter().any(|view| self.rule(view.rule).enabled)
    }

    /// Returns the rule by which the log of `side` can hold no event of this kind and name.
    pub fn out_of_sight(&self, side: Side, kind: &str, name: Option<&str>) -> Option<RuleId> {
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

impl Visible {
    fn view(&self, rule: RuleId, side: Side, log: &About) -> Option<View> {
        let is_one = |patterns: &[String], text: Option<&str>| {
            let any = |text: &str| patterns.iter().any(|pattern| glob(pattern, text));
            patterns.is_empty() || text.is_some_and(any)
        };
        let holds = is_one(&self.formats, Some(&log.format))
            && is_one(&self.engines, log.engine.as_deref())
            && self.side.is_none_or(|mine| mine == side);
        if !holds {
            return None;
        }
        if self.by_header {
            return log.visible.as_ref().map(|told| View::told(rule, side, told));
        }
        Some(View {
            rule,
            side,
            records: self.records.clone(),
            never: self.never.clone(),
            lacks: self.lacks.clone(),
            only: self.only.clone(),
        })
    }

    /// Returns what the rule is about, a line each.
    pub(super) fn lines(&self) -> Vec<String> {
        let list = |word: &str, texts: &[String]| {
            (!texts.is_empty()).then(|| format!("{word} {}", texts.join(", ")))
        };
        let paths: Vec<String> = self.lacks.iter().map(|path| path.join(".")).collect();
        let events = |selectors: &[Selector]| -> Vec<String> {
            selectors.iter().map(|selector| selector.lines().join(" ")).collect()
        };
        [
            list("logs of format", &self.formats),
            list("logs of engine", &self.engines),
            self.side.map(|side| format!("the {side}'s log")),
            self.by_header.then(|| "as the log's header tells".to_owned()),
            self.records.as_ref().and_then(|records| list("records", &events(records))),
            list("never", &events(&self.never)),
            list("lacks fields", &paths),
            self.only.as_ref().and_then(|only| list("has no fields but", only)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl View {
    fn told(rule: RuleId, side: Side, told: &Told) -> Self {
        let events = |texts: &[String]| texts.iter().map(|text| Selector::parse(text)).collect();
        let path = |text: &String| text.split('.').map(str::to_owned).collect();
        Self {
            rule,
            side,
            records: told.records.as_deref().map(events),
            never: events(&told.never),
            lacks: told.lacks.iter().map(path).collect(),
            only: None,
        }
    }

    fn hides(&self, kind: &str, name: Option<&str>) -> bool {
        let any = |selectors: &[Selector]| selectors.iter().any(|one| one.matches(kind, name));
        self.records.as_deref().is_some_and(|records| !any(records)) || any(&self.never)
    }
}

impl Rule {
    /// Returns whether the rule says what some logs are able to record.
    pub fn is_about_sight(&self) -> bool {
        matches!(self.action, Action::Visible(_))
    }
}

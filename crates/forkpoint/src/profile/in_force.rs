//! A profile in force: its rules, and what it says of events.
//!
//! Invariant: nothing here changes what the profile says; a change gives a new one.

use std::borrow::Cow;
use std::sync::Arc;

use crate::profile::answer::Answer;
use crate::profile::date::Date;
use crate::profile::error_names::ErrorNames;
use crate::profile::object::{Does, ObjectUse, SharedSpec, Space};
use crate::profile::pattern::Pattern;
use crate::profile::remark::Remark;
use crate::profile::roles::Role;
use crate::profile::rule::{Rule, RuleId};
use crate::profile::rules::exchange::Exchange;
use crate::profile::rules::identity::Identity;
use crate::profile::rules::{Action, Treatment};
use crate::profile::select::{Selector, glob};
use crate::profile::signatures::Signatures;
use crate::profile::variant::Variant;
use crate::profile::visibility::Visibility;
use crate::profile::waiver::{Waiver, WaiverId};
use crate::value::Value;

/// How lanes are put together again after they diverged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resync {
    /// How many events in a row must be equal.
    pub anchor: usize,
    /// How many events either lane may skip.
    pub window: usize,
    /// After this many gaps a lane is not followed any further.
    pub max_gaps: usize,
}

impl Default for Resync {
    fn default() -> Self {
        Self { anchor: 2, window: 512, max_gaps: 64 }
    }
}

/// A profile in force.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// The files it is made of, the most basic first.
    pub chain: Vec<String>,
    /// Its rules; a [`RuleId`] is an index into them.
    pub rules: Vec<Rule>,
    /// Its waivers; a [`WaiverId`] is an index into them.
    pub waivers: Vec<Waiver>,
    pub(super) roles: Vec<(Role, Selector)>,
    /// Calls that wait.
    pub(super) blocking: Vec<Selector>,
    /// Events with which a program begins.
    pub(super) start: Vec<Selector>,
    /// Calls that end the whole process.
    pub(super) end: Vec<Selector>,
    /// Calls that create a process.
    pub(super) new_process: Vec<Selector>,
    /// Whether an event's index within its thread is compared.
    pub compare_index: bool,
    /// How lanes are put together again.
    pub resync: Resync,
    /// The payload field that says how a call failed, if calls are to be judged by that.
    pub outcome: Option<String>,
    /// Payload fields, as patterns, that hold contents of files, pipes and sockets.
    pub contents: Vec<String>,
    /// What fields may name, as the profile calls it.
    pub spaces: Vec<String>,
    pub(super) shared: Option<SharedSpec>,
    pub(super) signatures: Option<Signatures>,
    pub(super) remarks: Vec<Remark>,
    pub(super) answers: Vec<Answer>,
    pub(super) error_names: Vec<ErrorNames>,
    /// What the logs of a comparison can record; nothing is limited until [`Profile::with_visibility`].
    pub(super) sight: Visibility,
    pub(super) variants: Vec<Variant>,
    pub(super) pattern: Option<Arc<Pattern>>,
}

impl Profile {
    /// Returns whether a function may be called otherwise by its arguments.
    pub fn may_rename(&self, kind: &str, name: Option<&str>) -> bool {
        self.variants.iter().any(|variant| variant.selector.matches(kind, name))
    }

    /// Returns whether the names of modules, before the dot of a function's name, compare in whatever case.
    pub fn folds_modules(&self) -> bool {
        self.signatures.is_some()
    }

    /// Returns whether a rule distinguishes numbers in hexadecimal from others.
    pub fn tells_hex_apart(&self) -> bool {
        self.rules.iter().any(|rule| {
            matches!(
                rule.action,
                Action::Treat {
                    treatment: Treatment::Identity(Identity { hex_only: true, .. }),
                    ..
                }
            )
        })
    }

    /// Returns whether functions are called otherwise by their arguments.
    pub fn has_variants(&self) -> bool {
        !self.variants.is_empty()
    }

    /// Returns what the function of an event is called in the comparison: the first variant that it is
    /// gives the name.
    pub fn called<'a>(
        &'a self,
        kind: &str,
        name: &'a str,
        payload: &[(Cow<'_, str>, Value<'_>)],
    ) -> Cow<'a, str> {
        let mut variants =
            self.variants.iter().filter(|variant| variant.selector.matches(kind, Some(name)));
        let variant = variants.find(|variant| variant.holds(payload));
        variant.map_or(Cow::Borrowed(name), |variant| variant.called(name))
    }

    /// Returns what an event of this kind and name means, if the profile says.
    pub fn role(&self, kind: &str, name: Option<&str>) -> Option<Role> {
        self.roles.iter().find(|(_, selector)| selector.matches(kind, name)).map(|(role, _)| *role)
    }

    /// Returns whether a call of this kind and name waits for something to happen.
    pub fn blocks(&self, kind: &str, name: Option<&str>) -> bool {
        self.blocking.iter().any(|selector| selector.matches(kind, name))
    }

    /// Returns the kinds of names of objects that threads wait for.
    pub fn spaces_of_waits(&self) -> Vec<Space> {
        let waits = |used: &ObjectUse| matches!(used.does, Does::Waits | Does::Signals);
        let used = self.rules.iter().filter_map(|rule| rule.object.filter(waits));
        used.map(|used| used.space).collect()
    }

    /// Returns whether an event of this kind and name wakes whoever waits for an object.
    pub fn signals(&self, kind: &str, name: Option<&str>) -> bool {
        let signals = |rule: &Rule| rule.object.is_some_and(|object| object.does == Does::Signals);
        self.rules.iter().any(|rule| rule.enabled && signals(rule) && rule.matches(kind, name))
    }

    /// Returns whether a call of this kind and name ends the whole process.
    pub fn ends_process(&self, kind: &str, name: Option<&str>) -> bool {
        self.end.iter().any(|selector| selector.matches(kind, name))
    }

    /// Returns whether a program begins with an event of this kind and name.
    pub fn starts(&self, kind: &str, name: Option<&str>) -> bool {
        self.start.iter().any(|selector| selector.matches(kind, name))
    }

    /// Returns whether a call of this kind and name creates a process.
    pub fn creates_process(&self, kind: &str, name: Option<&str>) -> bool {
        self.new_process.iter().any(|selector| selector.matches(kind, name))
    }

    /// Returns the rule by which an event that creates a thread says the thread's number.
    pub fn child_thread_rule(&self) -> Option<RuleId> {
        let tells = |rule: &Rule| {
            rule.object.is_some_and(|object| {
                object.does == Does::Creates
                    && self.spaces[usize::from(object.space.0)] == Self::THREADS
            })
        };
        self.rules.iter().position(tells).map(|index| RuleId(index as u16))
    }

    /// Returns the rules by which events tell numbers of threads that they do not create.
    pub fn thread_rules(&self) -> Vec<RuleId> {
        let tells = |rule: &Rule| {
            rule.object.is_some_and(|object| {
                object.does != Does::Creates
                    && self.spaces[usize::from(object.space.0)] == Self::THREADS
            })
        };
        let rules = self.rules.iter().enumerate().filter(|(_, rule)| tells(rule));
        rules.map(|(index, _)| RuleId(index as u16)).collect()
    }

    /// Returns what an event does with what one thread hands over to another that it creates: creates, at
    /// the creation; uses, where the new thread starts.
    pub fn hands_over(&self, rule: RuleId) -> Option<Does> {
        if rule.is_mark() {
            return None;
        }
        let object = self.rule(rule).object?;
        (self.spaces[usize::from(object.space.0)] == Self::HANDED).then_some(object.does)
    }

    /// What a profile calls what a new thread gets from its creator.
    const HANDED: &'static str = "thread-start";

    /// What a profile calls names that are thread numbers.
    const THREADS: &'static str = "thread";

    /// Returns whether what a function returns is itself the number of an error, or of none.
    pub fn returns_errors(&self, kind: &str, name: Option<&str>) -> bool {
        self.error_names.iter().any(|names| names.selector.matches(kind, name))
    }

    /// Returns what a number is called that a function returns, if it is an error's.
    pub fn error_name(&self, kind: &str, name: Option<&str>, number: u64) -> Option<&'static str> {
        let mut tables = self.error_names.iter();
        tables.find(|names| names.selector.matches(kind, name))?.name(number)
    }

    /// Returns whether a field of such an event holds what came back.
    pub fn is_answer(&self, kind: &str, name: Option<&str>, field: &str) -> bool {
        self.answers.iter().any(|answer| answer.holds(kind, name, field))
    }

    /// Returns what the profile remarks about a value that a function returns.
    pub fn remarks(&self, kind: &str, name: Option<&str>, word: u64) -> Vec<&str> {
        self.remarks
            .iter()
            .filter(|remark| remark.selector.matches(kind, name) && remark.values.contains(word))
            .map(|remark| remark.says.as_str())
            .collect()
    }

    /// Returns how the lines of a log are read, if the profile says.
    pub fn pattern(&self) -> Option<&Arc<Pattern>> {
        self.pattern.as_ref()
    }

    /// Returns the profile with one more rule switched off.
    #[must_use]
    pub fn without(&self, rule: RuleId) -> Self {
        let mut profile = self.clone();
        profile.rules[usize::from(rule.0)].enabled = false;
        profile
    }

    /// Returns the waivers that hold on this day.
    pub fn waivers_on(&self, today: Option<Date>) -> impl Iterator<Item = (WaiverId, &Waiver)> {
        let numbered = self.waivers.iter().enumerate();
        numbered
            .filter(move |(_, waiver)| waiver.holds(today))
            .map(|(index, waiver)| (WaiverId(index as u16), waiver))
    }

    /// Returns a waiver.
    pub fn waiver(&self, id: WaiverId) -> &Waiver {
        &self.waivers[usize::from(id.0)]
    }

    /// Returns whether a call takes in bytes of a pipe or a socket.
    pub fn carries(&self, kind: &str, name: Option<&str>) -> bool {
        self.rules.iter().any(|rule| match &rule.action {
            Action::Stream(stream) => stream.carries.matches(kind, name),
            _ => false,
        })
    }

    /// Returns the rules that let lanes take one another's work.
    pub fn exchanges(&self) -> impl Iterator<Item = (RuleId, &Exchange)> {
        let enabled = self.rules.iter().enumerate().filter(|(_, rule)| rule.enabled);
        enabled.filter_map(|(index, rule)| match &rule.action {
            Action::Exchange(exchange) => Some((RuleId(index as u16), exchange)),
            _ => None,
        })
    }

    /// Returns whether a rule is about numbers that may differ by a constant.
    pub fn rule_is_affine(&self, id: RuleId) -> bool {
        let rule = self.rules.get(usize::from(id.0));
        rule.is_some_and(|rule| {
            matches!(rule.action, Action::Treat { treatment: Treatment::Affine, .. })
        })
    }

    /// Returns a rule.
    pub fn rule(&self, id: RuleId) -> &Rule {
        &self.rules[usize::from(id.0)]
    }

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

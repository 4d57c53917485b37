//! The rules: what a correct engine may do differently.
//!
//! A profile is a TOML file ([`spec`]), checked and turned into rules ([`compile`]), from which the
//! scan gets one [`Plan`] per kind and name of event. Whatever excuses a difference is a rule here,
//! with an id and a why; nothing else in the program knows the name of a function.
//!
//! It is over 700 lines because what each kind of rule holds is explained here.

mod authority;
mod budget;
mod compile;
mod date;
mod error;
mod error_names;
mod modules;
mod own_names;
mod pattern;
pub mod plan;
mod roles;
mod select;
mod sight;
mod signatures;
mod slip;
pub mod spec;
mod variant;
mod waiver;

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

pub use budget::Budget;
pub use compile::Source;
pub use date::Date;
pub use error::{ProfileError, did_you_mean};
use error_names::ErrorNames;
pub use modules::Modules;
pub use own_names::{Birth, OwnNames};
pub use pattern::{Found, MAX_TEXT, NoEvent, Pattern};
pub use plan::{Plan, RuleId};
pub use select::{Selector, Words, glob, word};
pub use sight::{About, Sight, Visible};
pub use signatures::{Signatures, Type};
pub use slip::Slip;
use variant::Variant;
pub use waiver::{Waiver, WaiverId};

use crate::value::Value;
use plan::Treatment;
use spec::{ProfileSpec, SharedSpec};

pub use spec::{Does, Inferred};

/// The profiles that come with the program: name and text.
pub const BUILTIN: [(&str, &str); 9] = [
    ("linux", include_str!("builtin/linux.toml")),
    ("linux-qemu", include_str!("builtin/linux-qemu.toml")),
    ("qemu", include_str!("builtin/qemu.toml")),
    ("gameboy", include_str!("builtin/gameboy.toml")),
    ("nestest", include_str!("builtin/nestest.toml")),
    ("strict", include_str!("builtin/strict.toml")),
    ("wine", include_str!("builtin/wine.toml")),
    ("xenia", include_str!("builtin/xenia.toml")),
    ("xenia-text", include_str!("builtin/xenia-text.toml")),
];

/// What an event means, by its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A function is entered.
    Call,
    /// A function returns.
    Return,
    /// A thread is created.
    Spawn,
    /// A thread ends.
    Exit,
    /// A wait begins.
    Wait,
    /// A wait ends.
    Wake,
    /// A function returns what an earlier call left behind.
    Echo,
    /// A function is entered and returns, in one event.
    Whole,
    /// An event tells the state that it finds, which the event before left.
    State,
}

impl Role {
    /// Returns whether a function returns.
    pub fn is_return(self) -> bool {
        matches!(self, Self::Return | Self::Echo)
    }

    /// Returns whether a function has returned when this has happened.
    pub fn has_returned(self) -> bool {
        self.is_return() || self == Self::Whole
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
    selector: Selector,
    /// What it does.
    pub action: Action,
    /// What the fields it is about name, if they name objects that are followed.
    pub object: Option<ObjectUse>,
    /// The rule by which the last event before may name several objects, any of which may be named.
    pub among: Option<String>,
    /// Only arguments at these places, of a rule about types.
    pub(in crate::profile) places: Option<Words>,
    /// Where the size of an object that it creates is told.
    pub size: Option<SizeField>,
    /// How much it may excuse.
    pub budget: Budget,
}

/// Where the size of a new object is told: in an event before the one that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeField {
    /// The kind of that event, of the same function and thread.
    pub kind: String,
    /// The field, in parts.
    pub path: Vec<String>,
    /// The field, as asides know it.
    pub field: u16,
}

/// That a field names an object, and what the event does to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectUse {
    /// Which names these are; the same number in two logs of one value may mean two things in two
    /// spaces.
    pub space: Space,
    /// What the event does to the object.
    pub does: Does,
    /// Whether objects that no event creates are followed too, and which contradictions then count.
    pub inferred: Option<Inferred>,
}

/// A kind of names, by its place in [`Profile::spaces`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Space(pub u16);

/// How lanes are put together again after they parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resync {
    /// How many events in a row must be equal.
    pub anchor: usize,
    /// How many events either lane may skip.
    pub window: usize,
    /// After so many gaps a lane is not followed any further.
    pub max_gaps: usize,
}

impl Default for Resync {
    fn default() -> Self {
        Self { anchor: 2, window: 512, max_gaps: 64 }
    }
}

impl Float {
    /// Returns whether what an event of this kind holds is not compared.
    pub fn takes_any_value(&self, kind: &str) -> bool {
        let kinds = &self.any_value_kinds;
        self.any_value && (kinds.is_empty() || kinds.iter().any(|known| glob(known, kind)))
    }
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
}

/// Which values of an event a rule is about.
#[derive(Clone, Debug)]
pub enum Places {
    /// Those at these paths of the payload, in parts.
    Paths(Vec<Vec<String>>),
    /// Arguments and results of these types.
    Types(Vec<Type>),
}

/// What a rule does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Values at these paths of the payload are treated.
    Treat {
        /// Where.
        places: Places,
        /// How.
        treatment: Treatment,
    },
    /// Events are taken out of the lanes and compared as sets.
    Float(Float),
    /// A call right inside a call of the same function is left out.
    Nested {
        /// The field that tells them apart, as asides know it.
        field: u16,
        /// What the inner call has there, and the outer has not.
        values: Words,
    },
    /// Repeats of a body are folded.
    Elastic(Elastic),
    /// Lanes may take one another's work.
    Exchange(Exchange),
    /// Functions of other modules are left out.
    Modules(Modules),
    /// Some logs can hold no more than this.
    Visible(Visible),
    /// Of several references, these are the ones to ask.
    Authority {
        /// Their engines or files, as patterns.
        references: Vec<String>,
    },
    /// Events are left out.
    Local {
        /// Whether the report tells each engine's count.
        counted: bool,
        /// The payload field that names an object.
        object: Option<Vec<String>>,
        /// Only before the lane's first event of this sort.
        until: Option<Selector>,
    },
    /// A difference is excused where it stands.
    Absorb {
        /// The fields that may differ.
        paths: Vec<Vec<String>>,
        /// Only if both values are among these.
        values: Option<Words>,
        /// When.
        context: Context,
    },
}

/// When a difference is excused where it stands.
#[derive(Clone, Debug)]
pub enum Context {
    /// Since an event that matches `start`, all events match `among`.
    Since {
        /// What came first.
        start: Vec<Selector>,
        /// What may stand between.
        among: Vec<Selector>,
        /// How many events are looked back at.
        within: u32,
    },
    /// The function that returned last before, on both sides, returned none of these.
    AfterSuccess {
        /// Functions that leave everything as it is when they succeed: what came before them counts.
        through: Vec<Selector>,
        /// What functions return when they fail.
        failure: Words,
        /// Values that mean something even after success.
        telling: Words,
        /// The functions that leave such a value.
        telling_after: Vec<Selector>,
    },
    /// The object that the event names was created by one of these, on both sides.
    From(Made),
    /// The bytes that differ look drawn by chance, and the process has drawn some before, on both sides.
    Chance {
        /// What bytes are drawn from.
        made: Made,
        /// What draws bytes without one.
        drawn: Vec<Selector>,
    },
    /// The texts are equal but for names that come to be in the logs, each in its own.
    OwnNames(OwnNames),
    /// The texts are equal but for numbers that name objects, on both sides.
    ObjectInText {
        /// Of which names; of all, if none is told.
        space: Option<Space>,
        /// Whether the numbers are decimal, and the objects those of equal events.
        decimal: bool,
    },
    /// Both values are numbers, and differ by no more than this.
    Near {
        /// How much.
        most: u64,
    },
    /// Both texts are equal once each side's own process number is taken out.
    OwnProcess,
    /// One side shows a number that is not 0, or nothing, where the other shows what it stands for.
    Undecoded,
    /// Both sides give several names for a number, or one, and one of them is the same.
    Alternatives,
    /// Text that was cut short is the beginning of what the other side shows.
    CutShort,
    /// One side does not show the field.
    OneSided,
}

impl Action {
    /// Returns the word for this kind of rule, as profiles spell it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Treat { treatment: Treatment::Skip { .. }, .. } => "skip",
            Self::Treat { treatment: Treatment::Identity { .. }, .. } => "identity",
            Self::Treat { treatment: Treatment::LowBits { .. }, .. } => "low-bits",
            Self::Treat { treatment: Treatment::Truth | Treatment::Sign, .. } => "coarse",
            Self::Treat { treatment: Treatment::Addresses { .. }, .. } => "text",
            Self::Treat { treatment: Treatment::Affine, .. } => "affine",
            Self::Treat { treatment: Treatment::Note, .. } => "note",
            Self::Float(_) => "float",
            Self::Nested { .. } => "nested",
            Self::Elastic(_) => "elastic",
            Self::Local { .. } => "local",
            Self::Modules(_) => "modules",
            Self::Visible(_) => "visible",
            Self::Authority { .. } => "authority",
            Self::Exchange(_) => "exchange",
            Self::Absorb { .. } => "absorb",
        }
    }
}

/// Threads that may take one another's work.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What the first event of such a thread is.
    pub first: Selector,
}

/// Events whose thread or presence is scheduling.
#[derive(Clone, Debug)]
pub struct Float {
    /// The payload field that names the object.
    pub object: Option<Vec<String>>,
    /// Whether only events on shared objects float.
    pub when_shared: bool,
    /// Whether a float that one side never had is a divergence.
    pub one_sided_diverges: bool,
    /// Whether what such events hold is not compared.
    pub any_value: bool,
    /// Only of these kinds of event; of all, if there are none.
    pub any_value_kinds: Vec<String>,
    /// Whether equal ones may stand anywhere.
    pub anywhere: bool,
    /// Whether the events of one thread keep their order among themselves.
    pub ordered: bool,
    /// The event that goes with it when it follows at once.
    pub followed_by: Option<Selector>,
    /// The event up to which all that follows goes with it.
    pub until: Option<Selector>,
}

/// An object that certain events create.
#[derive(Clone, Debug)]
pub struct Made {
    /// The field that names it, as asides know it.
    pub field: u16,
    /// What creates such objects.
    pub makers: Vec<Selector>,
    /// What gives them another name.
    pub through: Vec<Selector>,
}

/// A loop whose count is scheduling.
#[derive(Clone, Debug)]
pub struct Elastic {
    /// One round.
    pub body: Vec<Selector>,
    /// What must stand right before the first round.
    pub after: Vec<Selector>,
    /// What must stand right after the last.
    pub before: Vec<Selector>,
    /// How many rounds are kept, 0 or 1.
    pub keep: u32,
    /// Whether all calls of one round name the same object.
    pub same_object: bool,
    /// More rounds than this in a row are not folded.
    pub max_repeats: u32,
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
    roles: Vec<(Role, Selector)>,
    /// Calls that wait.
    blocking: Vec<Selector>,
    /// Events with which a program begins.
    start: Vec<Selector>,
    /// Calls that end the whole process.
    end: Vec<Selector>,
    /// Calls that create a process.
    new_process: Vec<Selector>,
    /// Whether an event's index within its thread is compared.
    pub compare_index: bool,
    /// How lanes are put together again.
    pub resync: Resync,
    /// What fields may name, as the profile calls it.
    pub spaces: Vec<String>,
    shared: Option<SharedSpec>,
    signatures: Option<Signatures>,
    remarks: Vec<Remark>,
    error_names: Vec<ErrorNames>,
    /// What the logs of a comparison can record; nothing is limited until [`Profile::seeing`].
    sight: Sight,
    variants: Vec<Variant>,
    pattern: Option<Arc<Pattern>>,
}

/// What is worth saying about a value that the candidate returns where the reference does not.
#[derive(Clone, Debug)]
struct Remark {
    selector: Selector,
    values: Words,
    says: String,
}

impl Profile {
    /// Returns the built-in profile, or the one in the file, that `name` names; less the rules
    /// whose ids are in `without`.
    ///
    /// # Errors
    /// When there is no such profile, it cannot be read, it has a mistake, or `without` names a
    /// rule that it has not.
    pub fn load(name: &str, without: &[String]) -> Result<Self, ProfileError> {
        compile::compile(&chain(name)?, without)
    }

    /// Returns the profile that `text` spells; `file` is what it is called in errors.
    ///
    /// # Errors
    /// As [`Profile::load`].
    pub fn parse(file: &str, text: &str, without: &[String]) -> Result<Self, ProfileError> {
        compile::compile(&extended(parse(file, text)?)?, without)
    }

    /// Returns what is done to events of this kind and name.
    pub fn plan(&self, kind: &str, name: Option<&str>) -> Plan {
        compile::plan(self, kind, name)
    }

    /// Returns whether a function may be called otherwise by its arguments.
    pub fn may_rename(&self, kind: &str, name: Option<&str>) -> bool {
        self.variants.iter().any(|variant| variant.selector.matches(kind, name))
    }

    /// Returns whether the names of modules, before the dot of a function's name, compare in whatever case.
    pub fn folds_modules(&self) -> bool {
        self.signatures.is_some()
    }

    /// Returns whether a rule tells numbers in hexadecimal from others.
    pub fn tells_hex_apart(&self) -> bool {
        self.rules.iter().any(|rule| {
            matches!(
                rule.action,
                Action::Treat { treatment: Treatment::Identity { hex_only: true, .. }, .. }
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

    /// Returns the rule by which an event that creates a thread tells the thread's number.
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
}

/// Returns the profile files that `name` stands for, the most basic first.
///
/// # Errors
/// When one cannot be found, read or understood.
pub fn chain(name: &str) -> Result<Vec<Source>, ProfileError> {
    extended(find(name)?)
}

fn extended(source: Source) -> Result<Vec<Source>, ProfileError> {
    const MAX_CHAIN: usize = 16;
    let mut chain = vec![source];
    while let Some(base) = &chain[0].spec.extends {
        let (at, name) = (base.span().start, base.get_ref());
        let error = |message: String| ProfileError::at(&chain[0].file, &chain[0].text, at, message);
        if chain.len() >= MAX_CHAIN {
            return Err(error(format!(
                "more than {MAX_CHAIN} profiles extend one another: is it a circle?"
            )));
        }
        let is_builtin = BUILTIN.iter().any(|(builtin, _)| builtin == name);
        // A path is meant as seen from the file that names it.
        let beside = Path::new(&chain[0].file).with_file_name(name);
        let base = match find(if is_builtin { name } else { beside.to_str().unwrap_or(name) }) {
            Err(missing) if missing.place.is_none() => {
                return Err(error(missing.message).hint(missing.hint));
            }
            found => found?,
        };
        chain.insert(0, base);
    }
    Ok(chain)
}

fn find(name: &str) -> Result<Source, ProfileError> {
    if let Some((builtin, text)) = BUILTIN.iter().find(|(builtin, _)| *builtin == name) {
        return parse(&format!("built-in {builtin}"), text);
    }
    if !name.contains(['/', '\\', '.']) && !Path::new(name).exists() {
        let names = BUILTIN.map(|(name, _)| name);
        let hint = did_you_mean(name, names).unwrap_or_else(|| {
            format!("built-in profiles are {}; a file needs its path", names.join(", "))
        });
        return Err(ProfileError::of_file("--profile", format!("no profile is called `{name}`"))
            .hint(Some(hint)));
    }
    match std::fs::read_to_string(name) {
        Ok(text) => parse(name, &text),
        Err(error) => Err(ProfileError::of_file(name, format!("cannot read the profile: {error}"))),
    }
}

fn parse(file: &str, text: &str) -> Result<Source, ProfileError> {
    match toml::from_str::<ProfileSpec>(text) {
        Ok(spec) => Ok(Source::new(file, text, spec)),
        Err(error) => {
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            let hint = unknown_field_hint(&message);
            let short = message
                .split(", expected")
                .next()
                .unwrap_or(&message)
                .replace("unknown field", "unknown key");
            let message = if hint.is_some() { short } else { message };
            let at = error.span().map_or(0, |span| span.start);
            Err(ProfileError::at(file, text, at, message).hint(hint))
        }
    }
}

/// Returns a suggestion for serde's "unknown field `x`, expected one of `a`, `b`".
fn unknown_field_hint(message: &str) -> Option<String> {
    let rest = message
        .strip_prefix("unknown field `")
        .or_else(|| message.strip_prefix("unknown variant `"))?;
    let mut words = rest.split('`');
    let unknown = words.next()?;
    let known: Vec<&str> = words.skip(1).step_by(2).collect();
    let listed = || format!("known are {}", known.join(", "));
    did_you_mean(unknown, known.iter().copied()).or_else(|| Some(listed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &str) -> (String, Option<String>) {
        let error = Profile::parse("my.toml", text, &[]).unwrap_err();
        (error.to_string(), error.hint)
    }

    #[test]
    fn the_built_in_profiles_have_no_mistake() {
        for (name, _) in BUILTIN {
            let profile = Profile::load(name, &[]).unwrap();
            assert_eq!(profile.name, name);
        }
    }

    #[test]
    fn an_unknown_key_is_an_error_with_its_place_and_a_suggestion() {
        let text =
            "name = \"my\"\nabout = \"x\"\n\n[[skip]]\nid = \"a\"\nwhy = \"b\"\nfeilds = \"c\"\n";
        let (message, hint) = mistake(text);
        assert_eq!(message, "unknown key `feilds` (my.toml:7:1)");
        assert_eq!(hint.unwrap(), "did you mean `fields`?");
    }

    #[test]
    fn a_rule_must_say_why() {
        let text =
            "name = \"my\"\nabout = \"x\"\n[[skip]]\nid = \"a\"\nwhy = \" \"\nfields = \"c\"\n";
        assert_eq!(mistake(text).0, "rule `a` does not say why (my.toml:3:1)");
    }

    #[test]
    fn a_float_of_any_value_must_say_why() {
        let float = |value: &str| {
            let head = "name = \"my\"\nabout = \"x\"\n[[float]]\nid = \"a\"\nwhy = \"b\"\nkind = \"k\"\none-sided = \"excused\"\n";
            mistake(&format!("{head}any-value = {value}\n"))
        };
        let (message, hint) = float("\" \"");
        assert_eq!(message, "rule `a` excuses any value, and does not say why (my.toml:3:1)");
        assert_eq!(hint.unwrap(), "say it there: any-value = \"why the values differ\"");
        assert!(float("true").0.contains("my.toml:8:13"), "{}", float("true").0);
    }

    #[test]
    fn a_bad_range_is_shown() {
        let text = "name = \"my\"\nabout = \"x\"\n[[identity]]\nid = \"a\"\nwhy = \"b\"\nfields = \"c\"\nfailure = \"0xzz\"\n";
        assert_eq!(
            mistake(text).0,
            "expected a value or a range of values, found `0xzz` (my.toml:7:11)"
        );
    }

    #[test]
    fn a_rule_with_the_id_of_an_extended_one_takes_its_place() {
        let text = "name = \"my\"\nabout = \"x\"\nextends = \"strict\"\n[[skip]]\nid = \"raw-handle\"\nwhy = \"mine\"\nfields = \"z\"\n";
        let profile = Profile::parse("my.toml", text, &[]).unwrap();
        assert_eq!(profile.rules.iter().filter(|rule| rule.id == "raw-handle").count(), 1);
        assert_eq!(profile.rules.iter().find(|rule| rule.id == "raw-handle").unwrap().why, "mine");
    }

    #[test]
    fn without_an_unknown_rule_is_an_error_with_a_suggestion() {
        let error = Profile::load("strict", &["raw-handel".to_owned()]).unwrap_err();
        assert_eq!(error.to_string(), "profile `strict` has no rule `raw-handel` (--without)");
        assert_eq!(error.hint.unwrap(), "did you mean `raw-handle`?");
    }

    #[test]
    fn a_profile_that_extends_nothing_known_says_where() {
        let (message, _) = mistake("name = \"my\"\nabout = \"x\"\nextends = \"strikt\"\n");
        assert!(message.contains("my.toml:3:11"), "{message}");
    }
}

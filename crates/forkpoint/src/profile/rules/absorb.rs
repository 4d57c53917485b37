//! `[[absorb]]`: differences that are excused where they stand, by what happened around them.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::Error;
use crate::profile::object::Space;
use crate::profile::own_names::{BirthSpec, OwnNames, births_of};
use crate::profile::path::field_of;
use crate::profile::rules::header::{Draft, Kind, rule_spec};
use crate::profile::select::{Selector, Words};
use crate::profile::written::{At, Many};

rule_spec! {
    /// A difference that is excused where it stands, by what happened around it.
    AbsorbSpec(why, kind, name, budget) {
        /// The payload fields that may differ.
        pub fields: At<Many>,
        /// Only values in these ranges are excused, on both sides (with `when = "one-sided"`, on the side that
        /// shows one); without it, all are.
        pub values: Option<At<Many>>,
        /// When it holds.
        pub when: AbsorbWhen,
        /// With `when = "since"`: what came first, as `"KIND NAME"`.
        pub since: Vec<String> = default,
        /// With `when = "since"`: what may stand between, as `"KIND NAME"`.
        pub among: Vec<String> = default,
        /// With `when = "since"`: how many events are looked back at.
        pub within: Option<u32>,
        /// With `when = "after-success"`: what functions return when they fail.
        pub failure: Option<At<Many>>,
        /// With `when = "after-success"`: values that mean something even then, behind a function of
        /// `telling-after`; where either side has one of them, nothing is excused.
        pub telling: Option<At<Many>>,
        /// The functions that leave such a value, as `"KIND NAME"`.
        pub telling_after: Vec<String> = default,
        /// With `when = "from"`: the payload field that names the object; with `"chance"`: what names it where
        /// bytes are drawn.
        pub object: Option<String>,
        /// With `when = "near"`: by how much the numbers may differ.
        pub most: Option<u64>,
        /// With `when = "ready"`: the field that holds how many there are.
        pub count: Option<String>,
        /// With `when = "own-names"`: where names come to be.
        pub born: Vec<BirthSpec> = default,
        /// With `when = "own-names"`: where a program chooses names itself; what it has chosen before it is shown
        /// as born is no such name.
        pub chosen: Vec<BirthSpec> = default,
        /// With `when = "own-names"`: whether the numbers of the log's threads and processes are names.
        pub threads: bool = default,
        /// With `when = "own-names"`: names are words in which letters were drawn by chance; without it, they are
        /// decimal numbers.
        pub drawn_letters: bool = default,
        /// With `when = "own-names"`: smaller numbers are not names; 1 without it.
        pub least: Option<u64>,
        /// With `when = "own-names"`: names may stand outside of texts, too.
        pub numbers: bool = default,
        /// With `when = "object-in-text"`: of which names the objects are; of all, without it.
        pub names: Option<String>,
        /// With `when = "object-in-text"`: the numbers are decimal, of any length, and the objects were created by
        /// equal events.
        pub decimal: bool = default,
        /// With `when = "from"` or `"chance"`: events that give an object another name, as `"KIND NAME"`; with
        /// `"after-success"`: functions that leave everything as it is when they succeed, so that what returned
        /// before them counts.
        pub through: Vec<String> = default,
        /// With `when = "own-names"`: fields that tell how long a text is; they may differ by as much as the names
        /// in it do.
        pub lengths: Option<At<Many>>,
        /// With `when = "chance"`: events that draw bytes, as `"KIND NAME"`.
        pub drawn: Vec<String> = default,
    }
}

/// When a difference is excused where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AbsorbWhen {
    /// Since an event that matches `since`, all events match `among`.
    Since,
    /// The function that returned last before did not fail, on either side.
    AfterSuccess,
    /// The texts are equal once each side's own process number is taken out.
    OwnProcess,
    /// One side shows a number, or nothing, where the other shows what it stands for.
    Undecoded,
    /// Of the names that one side gives for a number (`A or B`), the other gives one too.
    Alternatives,
    /// Text that was cut short (`…` at its end) is the beginning of what the other side shows.
    CutShort,
    /// One side does not show the field at all.
    OneSided,
    /// The object that the event names in `object` was created by an event that matches `since`, on both
    /// sides.
    From,
    /// The bytes that differ look drawn by chance, and the process has drawn some before, on both sides:
    /// from an object that an event of `since` created, or by an event of `drawn`.
    Chance,
    /// The texts are equal but for names that the program made up or was given, as an event of `born` shows,
    /// and that are the same name by where each log first shows them.
    OwnNames,
    /// The texts are equal but for numbers in hexadecimal that name objects, on both sides.
    ObjectInText,
    /// Both values are numbers, and differ by no more than `most`.
    Near,
    /// One side's list holds all of the other's, and more; `count` is how many, on each side.
    Ready,
}

/// Which differences are excused, and when.
#[derive(Clone, Debug)]
pub struct Absorb {
    /// The fields that may differ.
    pub paths: Vec<Vec<String>>,
    /// Only if both values are among these.
    pub values: Option<Words>,
    /// When.
    pub context: Context,
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
        /// Of which names; of all, if none is reported.
        space: Option<Space>,
        /// Whether the numbers are decimal, and the objects those of equal events.
        decimal: bool,
    },
    /// Both values are numbers, and differ by no more than this.
    Near {
        /// How much.
        most: u64,
    },
    /// One side's list holds all of the other's, and each side counts its own.
    Ready {
        /// The field that holds how many there are.
        count: String,
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

impl Kind for AbsorbSpec {
    type Form = Absorb;

    fn form(&self, rule: &mut Draft<'_>) -> Result<Absorb, Error> {
        let context = self.context(rule)?;
        let values = rule.source.words(self.values.as_ref())?;
        Ok(Absorb { paths: rule.source.paths(&self.fields)?, values, context })
    }
}

impl AbsorbSpec {
    fn context(&self, rule: &mut Draft<'_>) -> Result<Context, Error> {
        const DEFAULT_WITHIN: u32 = 4096;
        let (source, id) = (rule.source, &self.id);
        let words =
            |texts: &Option<At<Many>>| Ok(source.words(texts.as_ref())?.unwrap_or_default());
        Ok(match self.when {
            AbsorbWhen::Since if self.since.is_empty() => {
                return Err(rule.error(format!(
                    "rule `{id}` holds since an event, but does not say which in `since`"
                )));
            }
            AbsorbWhen::Since => Context::Since {
                start: Selector::parse_all(&self.since),
                among: Selector::parse_all(&self.among),
                within: self.within.unwrap_or(DEFAULT_WITHIN),
            },
            AbsorbWhen::AfterSuccess => Context::AfterSuccess {
                through: Selector::parse_all(&self.through),
                failure: words(&self.failure)?,
                telling: words(&self.telling)?,
                telling_after: Selector::parse_all(&self.telling_after),
            },
            AbsorbWhen::From => Context::From(self.made(rule)?),
            AbsorbWhen::Chance => {
                Context::Chance { made: self.made(rule)?, drawn: Selector::parse_all(&self.drawn) }
            }
            AbsorbWhen::OwnNames if self.born.is_empty() && !self.threads => {
                return Err(rule.error(format!(
                    "rule `{id}` is about names, but does not say where they are `born`"
                )));
            }
            AbsorbWhen::OwnNames => Context::OwnNames(OwnNames {
                born: births_of(source, rule.at, &self.born)?,
                chosen: births_of(source, rule.at, &self.chosen)?,
                threads: self.threads,
                drawn: self.drawn_letters,
                least: self.least.unwrap_or(1),
                numbers: self.numbers,
                lengths: self.lengths.as_ref().map_or(Ok(Vec::new()), |of| source.paths(of))?,
            }),
            AbsorbWhen::ObjectInText => Context::ObjectInText {
                space: self.names.as_ref().map(|names| Space::of(names, rule.spaces)),
                decimal: self.decimal,
            },
            AbsorbWhen::Near => match self.most {
                Some(most) => Context::Near { most },
                None => {
                    return Err(rule.error(format!("rule `{id}` does not say how near in `most`")));
                }
            },
            AbsorbWhen::Ready => match &self.count {
                Some(count) => Context::Ready { count: count.clone() },
                None => {
                    return Err(rule.error(format!(
                        "rule `{id}` does not say in `count` which field holds how many"
                    )));
                }
            },
            AbsorbWhen::OwnProcess => Context::OwnProcess,
            AbsorbWhen::Undecoded => Context::Undecoded,
            AbsorbWhen::Alternatives => Context::Alternatives,
            AbsorbWhen::CutShort => Context::CutShort,
            AbsorbWhen::OneSided => Context::OneSided,
        })
    }

    fn made(&self, rule: &Draft<'_>) -> Result<Made, Error> {
        let Some(object) = self.object.as_ref().filter(|_| !self.since.is_empty()) else {
            return Err(rule.error(format!(
                "rule `{}` needs an `object`, and which event creates it in `since`",
                self.id
            )));
        };
        Ok(Made {
            field: field_of(&object.split('.').collect::<Vec<_>>()),
            makers: Selector::parse_all(&self.since),
            through: Selector::parse_all(&self.through),
        })
    }
}

//! `[[visible]]`: what some logs are able to record at all.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::Error;
use crate::pair::Side;
use crate::profile::rules::header::{Draft, Kind, rule_spec};
use crate::profile::select::Selector;
use crate::profile::written::{At, Many};

rule_spec! {
    /// What some logs are able to record at all. What the other log has beyond that is not compared, and
    /// is counted as such. A log that holds what it cannot record shows that the rule is wrong: then the
    /// comparison is inconclusive.
    VisibleSpec(why: "Why such a log cannot hold more.", kind: "With `fields` and `only-fields`: the kinds of event they are about; `*` stands for anything.", name: "With `fields` and `only-fields`: the functions they are about; `*` stands for anything.", budget: "A budget: where the rule leaves out more events and fields than this, both sides counted, the comparison is inconclusive.") {
        /// Only logs of these formats; `*` stands for anything.
        pub format: Many = default,
        /// Only logs of these engines, as their headers tell; `*` stands for anything.
        pub engine: Many = default,
        /// Only the log of this side.
        pub side: Option<SideSpec>,
        /// What a log can record is reported by its own header.
        pub by_header: bool = default,
        /// The events that such a log can hold, as `"KIND NAME"` or `"KIND"`; without it, all.
        pub records: Option<Vec<String>>,
        /// Events that it cannot hold, though `records` reports them.
        pub never: Vec<String> = default,
        /// Payload fields that events of such a log never have: `return_value`, `args`, `args.size`.
        pub fields: Option<At<Many>>,
        /// The only fields at the top of a payload that events of such a log can have.
        pub only_fields: Option<Many>,
    }
}

/// Which of the two logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SideSpec {
    /// The reference's.
    Reference,
    /// The candidate's.
    Candidate,
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
    /// What they can record is reported by their headers.
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

impl Kind for VisibleSpec {
    type Form = Visible;

    fn form(&self, rule: &mut Draft<'_>) -> Result<Visible, Error> {
        let limits = self.records.is_some()
            || !self.never.is_empty()
            || self.fields.is_some()
            || self.only_fields.is_some();
        if self.by_header == limits {
            let what = if limits {
                "goes by the log's header, and tells something else besides"
            } else {
                "limits nothing"
            };
            let hint = "tell `records`, `never`, `fields` or `only-fields`; or `by-header = true`";
            let error = rule.error(format!("rule `{}` {what}", self.id));
            return Err(error.maybe_hint(Some(hint.to_owned())));
        }
        let lacks = self.fields.as_ref().map(|fields| rule.source.paths(fields)).transpose()?;
        Ok(Visible {
            formats: self.format.strings(),
            engines: self.engine.strings(),
            side: self.side.map(|side| match side {
                SideSpec::Reference => Side::Reference,
                SideSpec::Candidate => Side::Candidate,
            }),
            by_header: self.by_header,
            records: self.records.as_deref().map(Selector::parse_all),
            never: Selector::parse_all(&self.never),
            lacks: lacks.unwrap_or_default(),
            only: self.only_fields.as_ref().map(Many::strings),
        })
    }
}

impl Visible {
    /// Returns what the rule is about, a line each.
    pub fn lines(&self) -> Vec<String> {
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

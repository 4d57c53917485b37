//! Divergences that are known: each names its bug, and what it is about.
//!
//! A waiver excuses nothing. What it is about is still reported, as known; it only does not make the
//! candidate diverge once more.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::class::Class;
use crate::error::Error;
use crate::pair::{Pair, Side};
use crate::profile::date::Date;
use crate::profile::select::{Selector, glob, word};
use crate::profile::source::Source;
use crate::profile::suggestion::did_you_mean;
use crate::profile::written::{At, Many};

/// A divergence that is known. It is reported as such, and does not by itself make the candidate
/// diverged. Of a gap, all events must be what the waiver is about; lanes that do not meet again
/// cannot be waived.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WaiverSpec {
    /// The waiver's name.
    pub id: String,
    /// The bug: text, or where it is written down.
    pub bug: String,
    /// What else there is to say.
    pub why: Option<String>,
    /// The last day on which it holds, such as 2027-01-31. Without, it holds for ever.
    #[schemars(with = "Option<String>")]
    pub expires: Option<At<toml::Value>>,
    /// The classes of divergence it is about; `forkpoint help classes` says them. Without, all.
    pub class: Option<At<Many>>,
    /// The kinds of event it is about; `*` stands for anything. A kind or a name must be reported.
    #[serde(default)]
    pub kind: Many,
    /// The functions it is about; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// The fields that may differ: `return_value`, `args.*`. Without, all.
    #[serde(default)]
    pub fields: Many,
    /// The values that the reference has there, if only these are known; `(absent)` for no value.
    #[serde(default)]
    pub reference: Many,
    /// The values that the candidate has there.
    #[serde(default)]
    pub candidate: Many,
}

/// A waiver of the profile in force, by its place in the profile's `waivers`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WaiverId(pub u16);

/// A known divergence.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// Its name.
    pub id: String,
    /// The bug that it stands for.
    pub bug: String,
    /// What else there is to say.
    pub why: Option<String>,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// The file that holds it.
    pub file: String,
    /// Where in the file: line and column, counted from 1.
    pub place: Option<(usize, usize)>,
    /// Whether it holds; `--without` switches it off.
    pub enabled: bool,
    classes: Vec<Class>,
    selector: Selector,
    fields: Vec<String>,
    values: Pair<Vec<String>>,
}

impl Waiver {
    /// Returns whether it holds on this day. One that expires needs to know the day.
    pub fn holds(&self, today: Option<Date>) -> bool {
        self.enabled
            && self.expires.is_none_or(|expires| today.is_some_and(|today| today <= expires))
    }

    /// Returns what it is about, a line each.
    pub fn scope(&self) -> Vec<String> {
        let mut lines = self.selector.lines();
        let classes: Vec<&str> = self.classes.iter().map(|class| class.name()).collect();
        let [reference, candidate] = Side::BOTH.map(|side| self.values.on(side).join(", "));
        let shown = [
            ("class", classes.join(", ")),
            ("fields", self.fields.join(", ")),
            ("reference", reference),
            ("candidate", candidate),
        ];
        lines.extend(
            shown
                .iter()
                .filter(|(_, text)| !text.is_empty())
                .map(|(key, text)| format!("{key} {text}")),
        );
        lines
    }

    /// Returns whether it is about findings of this class.
    pub fn is_about(&self, class: Class) -> bool {
        self.classes.is_empty() || self.classes.contains(&class)
    }

    /// Returns whether it is about events of this kind and name.
    pub fn matches(&self, kind: &str, name: Option<&str>) -> bool {
        self.selector.matches(kind, name)
    }

    /// Returns whether it is about values alone: then it is about no missing call and no thread.
    pub fn is_about_values(&self) -> bool {
        !self.fields.is_empty() || Side::BOTH.iter().any(|&side| !self.values.on(side).is_empty())
    }

    /// Returns whether it is about this field that has these values.
    pub fn is_about_field(&self, field: &str, values: &Pair<Option<String>>) -> bool {
        let field = self.fields.is_empty() || self.fields.iter().any(|glob_| glob(glob_, field));
        field
            && Side::BOTH.iter().all(|&side| {
                let shown = self.values.on(side);
                shown.is_empty() || shown.iter().any(|shown| is_value(shown, values.on(side)))
            })
    }
}

/// Whether a value is the one that was written: as a number, or as text with or without its quotes.
fn is_value(shown: &str, value: &Option<String>) -> bool {
    let Some(value) = value.as_deref() else { return shown == ABSENT };
    let bare = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let bare = bare.unwrap_or(value);
    shown == value || shown == bare || word(shown).is_some_and(|word_| word(bare) == Some(word_))
}

/// What stands for a field that is not there.
const ABSENT: &str = "(absent)";

/// Returns the waivers of a profile file.
pub(super) fn waivers_of(source: &Source, specs: &[At<WaiverSpec>]) -> Result<Vec<Waiver>, Error> {
    specs.iter().map(|spec| waiver(source, spec)).collect()
}

fn waiver(source: &Source, spec: &At<WaiverSpec>) -> Result<Waiver, Error> {
    let at = spec.start();
    source.well_formed_id(at, &spec.id)?;
    if spec.bug.trim().is_empty() {
        return Err(source.error(at, format!("waiver `{}` names no bug", spec.id)));
    }
    if [&spec.kind, &spec.name].iter().all(|many| many.list().is_empty()) {
        let message = format!("waiver `{}` names neither a kind nor a function", spec.id);
        let hint = "a waiver of everything would hide what is new".to_owned();
        return Err(source.error(at, message).maybe_hint(Some(hint)));
    }
    let fields = spec.fields.strings();
    if fields.iter().any(|field| field.split('.').any(str::is_empty)) {
        let message = "expected payload fields such as `status` or `args.r3`";
        return Err(source.error(at, message));
    }
    Ok(Waiver {
        id: spec.id.clone(),
        bug: spec.bug.clone(),
        why: spec.why.clone(),
        expires: expires(source, spec)?,
        file: source.file.clone(),
        place: Some(source.place(at)),
        enabled: true,
        classes: classes(source, spec)?,
        selector: Selector::new(&spec.kind.list(), &spec.name.list()),
        fields,
        values: Pair::new(spec.reference.strings(), spec.candidate.strings()),
    })
}

fn expires(source: &Source, spec: &WaiverSpec) -> Result<Option<Date>, Error> {
    let Some(said) = &spec.expires else { return Ok(None) };
    let text = match &**said {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let error = || {
        let message = format!("expected a day, found `{text}`");
        let hint = Some("such as 2027-01-31".to_owned());
        source.error(said.start(), message).maybe_hint(hint)
    };
    Date::parse(&text).map(Some).ok_or_else(error)
}

fn classes(source: &Source, spec: &WaiverSpec) -> Result<Vec<Class>, Error> {
    let Some(said) = &spec.class else { return Ok(Vec::new()) };
    let parsed = said.list().into_iter().map(|name| {
        Class::parse(name).ok_or_else(|| {
            let hint = did_you_mean(name, Class::ALL.iter().map(|class| class.name()))
                .unwrap_or_else(|| "`forkpoint help classes` tells them all".to_owned());
            let message = format!("no class is called `{name}`");
            source.error(said.start(), message).maybe_hint(Some(hint))
        })
    });
    parsed.collect()
}

#[cfg(test)]
mod tests {
    use crate::profile::Profile;

    use super::*;

    fn profile(waiver: &str) -> Result<Profile, Error> {
        let text = format!("name = \"my\"\nabout = \"x\"\n[[waiver]]\nid = \"w\"\n{waiver}\n");
        Profile::parse("my.toml", &text, &[])
    }

    fn mistake(waiver: &str) -> String {
        profile(waiver).unwrap_err().to_string()
    }

    #[test]
    fn what_a_waiver_lacks_is_said_with_its_place() {
        assert_eq!(mistake("bug = \" \"\nname = \"A\""), "waiver `w` names no bug (my.toml:3:1)");
        assert_eq!(
            mistake("bug = \"1\""),
            "waiver `w` names neither a kind nor a function (my.toml:3:1)"
        );
        assert_eq!(
            mistake("bug = \"1\"\nname = \"A\"\nclass = \"retrun-value\""),
            "no class is called `retrun-value` (my.toml:7:9)"
        );
        for day in ["\"2027-02-30\"", "7", "2027-01-31T10:00:00"] {
            let found = day.trim_matches('"');
            assert_eq!(
                mistake(&format!("bug = \"1\"\nname = \"A\"\nexpires = {day}")),
                format!("expected a day, found `{found}` (my.toml:7:11)")
            );
        }
    }

    #[test]
    fn a_waiver_holds_until_its_day_and_needs_to_know_the_day() {
        for day in ["2027-01-31", "\"2027-01-31\""] {
            let profile = profile(&format!("bug = \"1\"\nname = \"A\"\nexpires = {day}")).unwrap();
            let waiver = &profile.waivers[0];
            assert!(waiver.holds(Date::parse("2027-01-31")));
            assert!(!waiver.holds(Date::parse("2027-02-01")));
            assert!(!waiver.holds(None));
        }
    }

    #[test]
    fn values_are_the_same_as_numbers_and_as_text() {
        let value = |text: &str| Some(text.to_owned());
        for (shown, found) in [("0x10", "16"), ("16", "\"0x10\""), ("abc", "\"abc\"")] {
            assert!(is_value(shown, &value(found)), "{shown} {found}");
        }
        assert!(is_value(ABSENT, &None));
        assert!(!is_value("1", &None) && !is_value("1", &value("2")));
    }
}

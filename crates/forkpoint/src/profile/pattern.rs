//! The lines of a log as a profile describes them: regular expressions whose named groups are the
//! parts of an event.
//!
//! Its one idea: a group's name says where its text goes, so a new format is a line of TOML. A line
//! that no pattern matches is damaged, unless the profile says that it is not an event: a pattern with a
//! mistake in it must not make two logs equal.

use std::borrow::Cow;

use regex::{Captures, Regex, RegexBuilder};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::Error;
use crate::profile::select::glob;
use crate::profile::source::Source;
use crate::profile::written::{At, Many};
use crate::value::{Number, Value};

/// How the lines of a log are read that has a format of its own: one event a line. A line that no
/// pattern matches is damaged.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AdapterSpec {
    /// Regular expressions, the first that matches counts. Named groups say what is what: `kind`, `pid`,
    /// `tid`, `name`, `clock`, `ret` (becomes the field `return_value`) and `arg.ANYTHING` (becomes
    /// `args.ANYTHING`).
    pub pattern: At<Many>,
    /// Regular expressions of lines that hold no event; they are counted.
    pub skip: Option<At<Many>>,
    /// The kind of an event, where no group says it.
    #[serde(default = "AdapterSpec::kind")]
    pub kind: String,
    /// Groups that are hexadecimal numbers, with or without `0x`; `*` stands for anything. All others
    /// are text; of `pid` and `tid`, decimal numbers.
    #[serde(default)]
    pub hex: Many,
    /// Groups that are decimal numbers, even where `hex` names them too.
    #[serde(default)]
    pub decimal: Many,
    /// What the clock counts.
    #[serde(default)]
    pub clock: ClockUnit,
}

impl AdapterSpec {
    fn kind() -> String {
        "event".to_owned()
    }
}

/// What a clock counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClockUnit {
    /// Seconds, with a fraction or without, or `HH:MM:SS`.
    #[default]
    Seconds,
    /// Thousandths.
    Milliseconds,
    /// Millionths.
    Microseconds,
    /// Billionths.
    Nanoseconds,
}

/// The most memory that one compiled expression may take, in bytes.
const MAX_COMPILED: usize = 1 << 20;

/// The longest line that expressions are tried on, in bytes: matching costs time by the line's length.
pub const MAX_TEXT: usize = 64 << 10;

/// How the lines of a log are read.
#[derive(Debug)]
pub struct Pattern {
    events: Vec<Expression>,
    skip: Vec<Regex>,
    kind: String,
    clock: ClockUnit,
}

#[derive(Debug)]
struct Expression {
    regex: Regex,
    groups: Vec<(usize, Group)>,
}

/// Where the text of a group goes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Group {
    Kind,
    Process(Base),
    Thread(Base),
    Name,
    Clock,
    Argument(String, Base),
    Returned(Base),
}

/// How the text of a group is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    Text,
    Decimal,
    Hex,
}

/// An event, as a pattern finds it in a line.
#[derive(Clone, Debug)]
pub struct PatternMatch<'a> {
    /// The kind.
    pub kind: Cow<'a, str>,
    /// The process, where the log distinguishes processes.
    pub process: Option<u32>,
    /// The thread; 0 in a log of one.
    pub thread: i64,
    /// The function.
    pub name: Option<Cow<'a, str>>,
    /// The payload.
    pub payload: Vec<(Cow<'a, str>, Value<'a>)>,
    /// The clock, in nanoseconds.
    pub clock: Option<i64>,
}

/// Why a line holds no event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoEvent {
    /// The profile says so.
    Skipped,
    /// It is longer than [`MAX_TEXT`].
    TooLong,
    /// Nothing that the profile says matches it.
    Unmatched,
    /// It matches, but its process or thread is not a number.
    NoThread(String),
}

impl Pattern {
    pub(super) fn new(source: &Source, spec: &AdapterSpec) -> Result<Self, Error> {
        let sorts = Sorts { source, decimal: spec.decimal.list(), hex: spec.hex.list() };
        let mut events = Vec::new();
        for text in spec.pattern.list() {
            let regex = expression(source, &spec.pattern, text)?;
            let groups = sorts.groups(&spec.pattern, &regex)?;
            events.push(Expression { regex, groups });
        }
        if events.is_empty() {
            let message = "expected a regular expression with named groups";
            return Err(source.error(spec.pattern.start(), message));
        }
        let mut skip = Vec::new();
        if let Some(said) = &spec.skip {
            for text in said.list() {
                skip.push(expression(source, said, text)?);
            }
        }
        Ok(Self { events, skip, kind: spec.kind.clone(), clock: spec.clock })
    }

    /// Returns the event that a line holds.
    ///
    /// # Errors
    /// Why it holds none.
    pub fn find<'a>(&'a self, line: &'a str) -> Result<PatternMatch<'a>, NoEvent> {
        if line.len() > MAX_TEXT {
            return Err(NoEvent::TooLong);
        }
        let captured =
            self.events.iter().find_map(|event| Some((event, event.regex.captures(line)?)));
        match captured {
            Some((event, captures)) => self.found(event, &captures),
            None if self.skip.iter().any(|regex| regex.is_match(line)) => Err(NoEvent::Skipped),
            None => Err(NoEvent::Unmatched),
        }
    }

    fn found<'a>(
        &'a self,
        event: &'a Expression,
        captures: &Captures<'a>,
    ) -> Result<PatternMatch<'a>, NoEvent> {
        let mut found = PatternMatch {
            kind: Cow::Borrowed(&self.kind),
            process: None,
            thread: 0,
            name: None,
            payload: Vec::new(),
            clock: None,
        };
        let mut arguments = Vec::new();
        for (index, group) in &event.groups {
            let Some(text) = captures.get(*index).map(|group| group.as_str()) else { continue };
            match group {
                Group::Kind => found.kind = Cow::Borrowed(text),
                Group::Name => found.name = Some(Cow::Borrowed(text)),
                Group::Process(base) => {
                    let number = number(text, *base).and_then(|word| u32::try_from(word).ok());
                    found.process = Some(number.ok_or_else(|| no_number("process", text))?);
                }
                Group::Thread(base) => {
                    let number = number(text, *base).and_then(|word| i64::try_from(word).ok());
                    found.thread = number.ok_or_else(|| no_number("thread", text))?;
                }
                Group::Clock => found.clock = nanoseconds(text, self.clock),
                Group::Argument(key, base) => {
                    arguments.push((Cow::Borrowed(key.as_str()), value(text, *base)));
                }
                Group::Returned(base) => {
                    found.payload.push((Cow::Borrowed("return_value"), value(text, *base)));
                }
            }
        }
        if !arguments.is_empty() {
            found.payload.insert(0, (Cow::Borrowed("args"), Value::Object(arguments)));
        }
        Ok(found)
    }

    /// Returns whether the first line of a log that says anything is an event.
    pub fn suits(&self, head: &str) -> bool {
        let lines = head.lines().filter(|line| !line.trim().is_empty());
        let first =
            lines.map(|line| self.find(line)).find(|found| !matches!(found, Err(NoEvent::Skipped)));
        first.is_some_and(|found| found.is_ok())
    }
}

fn no_number(what: &str, text: &str) -> NoEvent {
    const SHOWN: usize = 40;
    let text: String = text.chars().take(SHOWN).collect();
    NoEvent::NoThread(format!("expected a {what} number, found `{text}`"))
}

fn expression(source: &Source, said: &At<Many>, text: &str) -> Result<Regex, Error> {
    let built = RegexBuilder::new(text).size_limit(MAX_COMPILED).build();
    built.map_err(|error| {
        let message = match error {
            regex::Error::CompiledTooBig(_) => {
                format!("the expression takes more than {} KiB when compiled", MAX_COMPILED >> 10)
            }
            // The last line of the parser's own picture of the mistake is the sentence.
            error => error.to_string().lines().last().unwrap_or_default().trim().to_owned(),
        };
        source.error(said.start(), format!("no regular expression: {message}"))
    })
}

/// Which groups are read how.
struct Sorts<'a> {
    source: &'a Source,
    decimal: Vec<&'a str>,
    hex: Vec<&'a str>,
}

impl Sorts<'_> {
    fn groups(&self, said: &At<Many>, regex: &Regex) -> Result<Vec<(usize, Group)>, Error> {
        let named = regex.capture_names().enumerate();
        let mut groups = Vec::new();
        for (index, name) in named.filter_map(|(index, name)| Some((index, name?))) {
            let base = self.base(name);
            let group = match name.split_once('.') {
                None if name == "kind" => Group::Kind,
                None if name == "pid" => Group::Process(base),
                None if name == "tid" => Group::Thread(base),
                None if name == "name" => Group::Name,
                None if name == "clock" => Group::Clock,
                None if name == "ret" => Group::Returned(base),
                Some(("arg", key)) if !key.is_empty() => Group::Argument(key.to_owned(), base),
                _ => {
                    let message = format!("a group is called `{name}`, which says nothing");
                    let hint = "groups are kind, pid, tid, name, clock, ret and arg.ANYTHING";
                    let error = self.source.error(said.start(), message);
                    return Err(error.maybe_hint(Some(hint.to_owned())));
                }
            };
            groups.push((index, group));
        }
        Ok(groups)
    }

    fn base(&self, name: &str) -> Base {
        let among = |patterns: &[&str]| patterns.iter().any(|pattern| glob(pattern, name));
        if among(&self.decimal) {
            Base::Decimal
        } else if among(&self.hex) {
            Base::Hex
        } else {
            Base::Text
        }
    }
}

/// Returns the number that text spells; without a base it is decimal, or hexadecimal after `0x`.
fn number(text: &str, base: Base) -> Option<i128> {
    let hex = |digits: &str| {
        let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        all.then(|| u64::from_str_radix(digits, 16).ok()).flatten().map(i128::from)
    };
    let text = text.trim();
    let prefixed = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    match (base, prefixed) {
        (Base::Hex, _) => hex(prefixed.unwrap_or(text)),
        (Base::Text, Some(digits)) => hex(digits),
        // A sign before digits, and nothing else that a number may be written with.
        _ => text
            .parse::<i64>()
            .ok()
            .map(i128::from)
            .or_else(|| text.parse::<u64>().ok().map(i128::from)),
    }
}

/// Returns the value that text spells; what is not a number after all stays text.
fn value(text: &str, base: Base) -> Value<'_> {
    let number = if base == Base::Text { None } else { number(text, base) };
    match (number, base) {
        (Some(number), Base::Hex) => u64::try_from(number)
            .map_or_else(|_| Value::Number(Number::Integer(number)), Value::Hex),
        (Some(number), _) => Value::Number(Number::Integer(number)),
        (None, _) => Value::Text(Cow::Borrowed(text)),
    }
}

/// Returns a clock in nanoseconds: a number with or without a fraction, or hours, minutes and
/// seconds with colons between.
fn nanoseconds(text: &str, unit: ClockUnit) -> Option<i64> {
    const DIGITS: usize = 9;
    let scale: i64 = match unit {
        ClockUnit::Seconds => 1_000_000_000,
        ClockUnit::Milliseconds => 1_000_000,
        ClockUnit::Microseconds => 1_000,
        ClockUnit::Nanoseconds => 1,
    };
    let (whole, fraction) = text.trim().split_once(['.', ',']).unwrap_or((text.trim(), ""));
    let mut units: i64 = 0;
    for part in whole.split(':') {
        units = units.checked_mul(60)?.checked_add(i64::from(part.parse::<u32>().ok()?))?;
        if !whole.contains(':') {
            units = part.parse::<u64>().ok().and_then(|part| i64::try_from(part).ok())?;
        }
    }
    let digits = &fraction[..fraction.len().min(DIGITS)];
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let parts = digits.parse::<i64>().unwrap_or(0);
    let below = parts.checked_mul(scale)? / 10_i64.pow(digits.len() as u32);
    units.checked_mul(scale)?.checked_add(below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;

    fn profile(adapter: &str) -> Result<Profile, Error> {
        let text = format!("name = \"my\"\nabout = \"x\"\n[adapter]\n{adapter}\n");
        Profile::parse("my.toml", &text, &[])
    }

    fn found<'a>(profile: &'a Profile, line: &'a str) -> Result<PatternMatch<'a>, NoEvent> {
        profile.pattern().unwrap().find(line)
    }

    #[test]
    fn groups_say_where_their_text_goes() {
        let profile = profile(
            r#"pattern = '''^\[(?<clock>[\d.]+)\] (?<pid>\w+):(?<tid>\w+) (?<kind>\w+) (?<name>\S+) (?<arg.size>\w+) (?<arg.path>\S+)(?: = (?<ret>-?\w+))?$'''
hex = ["pid", "arg.size"]
decimal = "ret"
skip = '^#'"#,
        )
        .unwrap();
        let found_one = found(&profile, "[1.5] 1f:0x10 call read 2a /etc/x = -1").unwrap();
        assert_eq!((found_one.process, found_one.thread), (Some(0x1F), 16));
        assert_eq!((&*found_one.kind, found_one.name.as_deref()), ("call", Some("read")));
        assert_eq!(found_one.clock, Some(1_500_000_000));
        let payload = Value::Object(found_one.payload.clone()).to_string();
        assert_eq!(payload, r#"{"args": {"size": 0x2a, "path": "/etc/x"}, "return_value": -1}"#);
        assert_eq!(found(&profile, "# nothing").unwrap_err(), NoEvent::Skipped);
        assert_eq!(found(&profile, "else").unwrap_err(), NoEvent::Unmatched);
        let line = "[1] 1:main call read 1 x";
        let expected = NoEvent::NoThread("expected a thread number, found `main`".to_owned());
        assert_eq!(found(&profile, line).unwrap_err(), expected);
    }

    #[test]
    fn what_is_no_number_after_all_stays_text() {
        let text = |text, base| value(text, base).to_string();
        assert_eq!(text("FF", Base::Hex), "0xff");
        assert_eq!(text("??", Base::Hex), r#""??""#);
        assert_eq!(text("1ffffffffffffffff", Base::Hex), r#""1ffffffffffffffff""#);
        assert_eq!(text("010", Base::Decimal), "10");
        assert_eq!(text("010", Base::Text), r#""010""#);
    }

    #[test]
    fn clocks_have_units_fractions_and_colons() {
        assert_eq!(nanoseconds("12.000000001", ClockUnit::Seconds), Some(12_000_000_001));
        assert_eq!(nanoseconds("00:01:02.5", ClockUnit::Seconds), Some(62_500_000_000));
        assert_eq!(nanoseconds("7", ClockUnit::Microseconds), Some(7_000));
        for bad in ["", "x", "1.x", "99999999999999999999", "1:x"] {
            assert_eq!(nanoseconds(bad, ClockUnit::Seconds), None, "{bad}");
        }
    }

    #[test]
    fn a_mistake_in_an_expression_is_told_with_its_place() {
        let shown = |adapter| profile(adapter).unwrap_err().to_string();
        assert!(
            shown("pattern = '('")
                .contains("no regular expression: error: unclosed group (my.toml:4:11)")
        );
        assert!(shown("pattern = '(?<who>x)'").contains("a group is called `who`"));
        assert!(shown(r"pattern = '(?:(?:\w{100}){100}){100}'").contains("more than 1024 KiB"));
        assert!(shown("pattern = []").contains("expected a regular expression"));
    }

    #[test]
    fn a_line_without_end_is_not_matched_for_ever() {
        let profile = profile("pattern = '(?<name>.*)x$'").unwrap();
        assert_eq!(found(&profile, &"a".repeat(MAX_TEXT + 1)).unwrap_err(), NoEvent::TooLong);
    }
}

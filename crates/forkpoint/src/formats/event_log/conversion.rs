//! What the header of a converted log says of its original.
//!
//! Invariant: what is there is understood or refused. A member that was passed over would hide damage, notices
//! or processes of the original, and make two logs look alike that are not.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::formats::format::Header;
use crate::profile::{BUILTIN, did_you_mean};
use crate::trace::skip::Severity;
use crate::trace::warning::LogWarning;

/// What any header may hold with a meaning.
const OWN: [&str; 4] = ["kind", "schema_version", "engine", "visible"];
/// What makes the log a converted one.
const FROM: &str = "converted_from";
/// What a converted log's header holds beside that.
const OF_CONVERSION: [&str; 3] = ["damaged", "owners", "notices"];
const PROFILE: &str = "profile";

/// Why a header is not understood.
#[derive(Debug)]
pub(super) struct Unclear {
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

type Result<T> = std::result::Result<T, Unclear>;

/// Returns what the header says of the log that its log was converted from: nothing, if it was written as
/// an event log.
pub(super) fn read(line: &[u8]) -> Result<Header> {
    let header: Map<String, Json> = serde_json::from_slice(line)
        .map_err(|error| Unclear { message: error.to_string(), hint: None })?;
    refuse_slips(&header)?;
    let Some(from) = header.get(FROM) else {
        return match OF_CONVERSION.iter().find(|key| header.contains_key(**key)) {
            Some(key) => Err(unclear(key, &format!("it needs `{FROM}` beside it"))),
            None => Ok(Header::default()),
        };
    };
    let from = text(FROM, from)?;
    let profile = header.get(PROFILE).map(profile).transpose()?;
    Ok(Header {
        converted: Some((from.to_owned(), header.get("damaged").map_or(Ok(0), damaged)?)),
        profile,
        owners: header.get("owners").map(owners).transpose()?,
        notices: header.get("notices").map_or(Ok(Vec::new()), notices)?,
        ..Header::default()
    })
}

/// Refuses a member that is none of those with a meaning and may have been one. A writer's own notes stay: in
/// what this program converted there are none, unless it was an event log before.
fn refuse_slips(header: &Map<String, Json>) -> Result<()> {
    let with_meaning = || OWN.into_iter().chain([FROM, PROFILE]).chain(OF_CONVERSION);
    let is_converted = [FROM].iter().chain(&OF_CONVERSION).any(|key| header.contains_key(*key));
    let has_own_notes = !is_converted || header.get(FROM).is_some_and(|from| from == "event-log");
    let weighty: &[&str] =
        if is_converted { &["visible", FROM, "damaged"] } else { &["visible", FROM] };
    for key in header.keys().filter(|key| with_meaning().all(|known| known != *key)) {
        let slip = weighty.iter().find(|known| is_slip(key, known));
        if let Some(known) = slip {
            let hint = Some(format!("did you mean `{known}`?"));
            return Err(Unclear { hint, ..unclear(key, "nothing is called so") });
        }
        if !has_own_notes {
            let hint = did_you_mean(key, with_meaning());
            return Err(Unclear { hint, ..unclear(key, "nothing is called so") });
        }
    }
    Ok(())
}

/// Returns whether a word may be the known one with a slip or two, or cut short.
fn is_slip(word: &str, known: &str) -> bool {
    const SLIPS: usize = 2;
    const LEAST: usize = 4; // letters of a word that was cut short
    strsim::osa_distance(&word.to_lowercase(), known) <= SLIPS
        || (word.len() >= LEAST && known.starts_with(word))
}

fn unclear(key: &str, why: &str) -> Unclear {
    Unclear { message: format!("the header's `{key}` is not understood: {why}"), hint: None }
}

fn expected(key: &str, what: &str, found: &Json) -> Unclear {
    const SHOWN: usize = 60; // letters of what was found
    let found = found.to_string();
    let short: String = found.chars().take(SHOWN).collect();
    let more = if short.len() < found.len() { "…" } else { "" };
    unclear(key, &format!("expected {what}, found {short}{more}"))
}

fn text<'a>(key: &str, value: &'a Json) -> Result<&'a str> {
    value.as_str().ok_or_else(|| expected(key, "text", value))
}

/// A profile is one that comes with the program, never a file.
fn profile(value: &Json) -> Result<String> {
    let name = text(PROFILE, value)?;
    let known = BUILTIN.iter().map(|(builtin, _)| *builtin);
    if known.clone().any(|builtin| builtin == name) {
        return Ok(name.to_owned());
    }
    let hint = did_you_mean(name, known);
    Err(Unclear { hint, ..expected(PROFILE, "the name of a built-in profile", value) })
}

fn damaged(value: &Json) -> Result<u64> {
    value.as_u64().ok_or_else(|| expected("damaged", "a number of lines from 0 up", value))
}

fn owners(value: &Json) -> Result<BTreeMap<i64, u32>> {
    let what = "the 32-bit process of each thread";
    let owners = value.as_object().ok_or_else(|| expected("owners", what, value))?;
    let owner = |(thread, owner): (&String, &Json)| {
        let pair = || {
            let thread: i64 = thread.parse().ok()?;
            Some((thread, u32::try_from(owner.as_u64()?).ok()?))
        };
        pair().ok_or_else(|| expected("owners", what, &serde_json::json!({ thread: owner })))
    };
    owners.iter().map(owner).collect()
}

fn notices(value: &Json) -> Result<Vec<LogWarning>> {
    let notices = value.as_array().ok_or_else(|| expected("notices", "a list", value))?;
    notices.iter().map(notice).collect()
}

fn notice(value: &Json) -> Result<LogWarning> {
    const KEYS: [&str; 3] = ["what", "severity", "fix"];
    let what = "`what`, `severity` and `fix` as text";
    let wrong = || expected("notices", what, value);
    let members =
        value.as_object().filter(|members| members.len() == KEYS.len()).ok_or_else(wrong)?;
    let text = |key: &str| members.get(key).and_then(Json::as_str).ok_or_else(wrong);
    let severity = text("severity")?;
    let severity =
        Severity::ALL.into_iter().find(|one| one.name() == severity).ok_or_else(|| {
            let names = Severity::ALL.map(Severity::name);
            let hint = Some(format!("known are {}", names.join(", ")));
            Unclear { hint, ..unclear("notices", &format!("no severity is called `{severity}`")) }
        })?;
    let owned = |text: &str| Cow::Owned(text.to_owned());
    Ok(LogWarning { what: owned(text("what")?), severity, fix: owned(text("fix")?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_with(members: &str) -> Result<Header> {
        read(format!("{{\"kind\":\"schema_version\",\"schema_version\":1{members}}}").as_bytes())
    }

    #[test]
    fn what_conversion_writes_is_understood() {
        let header = read_with(
            r#","engine":"e","converted_from":"strace","profile":"linux","owners":{"7":6},"damaged":2,
               "notices":[{"what":"w","severity":"loses events","fix":"f"}]"#,
        )
        .unwrap();
        assert_eq!(header.converted, Some(("strace".to_owned(), 2)));
        assert_eq!(header.profile.as_deref(), Some("linux"));
        assert_eq!(header.owners, Some(BTreeMap::from([(7, 6)])));
        assert_eq!(header.notices.len(), 1);
    }

    #[test]
    fn notes_of_a_writer_are_its_own() {
        for notes in ["", r#","profile":"release","build":7,"note":[],"version":"2""#] {
            let header = read_with(notes).unwrap();
            assert!(header.converted.is_none() && header.profile.is_none(), "{notes}");
        }
        assert!(read_with(r#","converted_from":"event-log","damaged":1,"build":7"#).is_ok());
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for bad in [
            r#","converted_from":null"#,
            r#","converted_from":["strace"]"#,
            r#","converted_fro":"strace""#,
            r#","conv":"strace""#,
            r#","Converted_From":"strace""#,
            r#","visibl":{}"#,
            r#","damaged":1"#,
            r#","owners":{"7":6}"#,
            r#","notices":[]"#,
            r#","converted_from":"strace","damaged":1.0"#,
            r#","converted_from":"strace","damaged":-3"#,
            r#","converted_from":"strace","damaged":"1""#,
            r#","converted_from":"strace","damaged":1e20"#,
            r#","converted_from":"strace","damaged":null"#,
            r#","converted_from":"strace","damage":1"#,
            r#","converted_from":"strace","xyz":1"#,
            r#","converted_from":"event-log","damagd":1"#,
            r#","converted_from":"strace","profile":"linu""#,
            r#","converted_from":"strace","profile":7"#,
            r#","converted_from":"strace","profile":"/etc/profile.toml""#,
            r#","converted_from":"strace","owners":[]"#,
            r#","converted_from":"strace","owners":{"seven":6}"#,
            r#","converted_from":"strace","owners":{"7":-6}"#,
            r#","converted_from":"strace","owners":{"7":4294967296}"#,
            r#","converted_from":"strace","notices":{}"#,
            r#","converted_from":"strace","notices":["loses events"]"#,
            r#","converted_from":"strace","notices":[{"what":"w","severity":"fatal","fix":"f"}]"#,
            r#","converted_from":"strace","notices":[{"what":"w","severity":"loses events"}]"#,
            r#","converted_from":"strace","notices":[{"what":"w","severity":"loses events","fix":7}]"#,
            r#","converted_from":"strace","notices":[{"what":"w","severity":"expected","fix":"f","x":1}]"#,
        ] {
            assert!(read_with(bad).is_err(), "{bad}");
        }
    }
}

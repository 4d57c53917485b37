//! Profile files: found by name, read, and put on top of what they extend.

use std::path::Path;

use crate::error::Error;
use crate::profile::builtin::BUILTIN;
use crate::profile::compile::compile;
use crate::profile::in_force::Profile;
use crate::profile::source::Source;
use crate::profile::spec::{ProfileFile, ProfileSpec};
use crate::profile::suggestion::did_you_mean;

impl Profile {
    /// Returns the built-in profile, or the one in the file, that `name` names; less the rules
    /// whose ids are in `without`.
    ///
    /// # Errors
    /// When there is no such profile, it cannot be read, it has a mistake, or `without` names a
    /// rule that it has not.
    pub fn load(name: &str, without: &[String]) -> Result<Self, Error> {
        compile(&extended(find(name)?)?, without)
    }

    /// Returns the profile that `text` spells; `file` is what it is called in errors.
    ///
    /// # Errors
    /// As [`Profile::load`].
    pub fn parse(file: &str, text: &str, without: &[String]) -> Result<Self, Error> {
        compile(&extended(parse(file, text)?)?, without)
    }
}

/// Returns the profile files that `name` stands for, the most basic first.
///
/// # Errors
/// When one cannot be found, read or understood.
pub fn chain(name: &str) -> Result<Vec<Source>, Error> {
    Ok(extended(find(name)?)?.into_iter().map(|file| file.source).collect())
}

fn extended(file: ProfileFile) -> Result<Vec<ProfileFile>, Error> {
    const MAX_CHAIN: usize = 16;
    let mut chain = vec![file];
    while let Some(base) = &chain[0].spec.extends {
        let (source, name) = (&chain[0].source, base.as_str());
        let error = |message: String| source.error(base.start(), message);
        if chain.len() >= MAX_CHAIN {
            return Err(error(format!(
                "more than {MAX_CHAIN} profiles extend one another: is it a circle?"
            )));
        }
        let is_builtin = BUILTIN.iter().any(|(builtin, _)| *builtin == name);
        // A path is meant as seen from the file that names it.
        let beside = Path::new(&source.file).with_file_name(name);
        let base = match find(if is_builtin { name } else { beside.to_str().unwrap_or(name) }) {
            Err(missing) if missing.line.is_none() => {
                return Err(error(missing.message).maybe_hint(missing.hint));
            }
            found => found?,
        };
        chain.insert(0, base);
    }
    Ok(chain)
}

fn find(name: &str) -> Result<ProfileFile, Error> {
    if let Some((builtin, text)) = BUILTIN.iter().find(|(builtin, _)| *builtin == name) {
        return parse(&format!("built-in {builtin}"), text);
    }
    if !name.contains(['/', '\\', '.']) && !Path::new(name).exists() {
        let names: Vec<&str> = BUILTIN.iter().map(|(name, _)| *name).collect();
        let hint = did_you_mean(name, names.iter().copied()).unwrap_or_else(|| {
            format!("built-in profiles are {}; a file needs its path", names.join(", "))
        });
        return Err(Error::of_profile("--profile", format!("no profile is called `{name}`"))
            .maybe_hint(Some(hint)));
    }
    match std::fs::read_to_string(name) {
        Ok(text) => parse(name, &text),
        Err(error) => Err(Error::of_profile(name, format!("cannot read the profile: {error}"))),
    }
}

fn parse(file: &str, text: &str) -> Result<ProfileFile, Error> {
    let source = Source::new(file, text);
    match toml::from_str::<ProfileSpec>(text) {
        Ok(spec) => Ok(ProfileFile { source, spec }),
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
            Err(source.error(at, message).maybe_hint(hint))
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
        for &(name, _) in BUILTIN {
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

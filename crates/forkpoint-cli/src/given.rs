//! What the user wrote on the command line, to be written again in a command that is proposed.

use clap::ArgMatches;
use clap::parser::ValueSource;
use forkpoint::pair::Pair;

/// The options of a command line, each with its name in the program, and the words that give it.
pub(crate) struct Given(Vec<(String, Vec<String>)>);

/// What says how an answer is written, not what it is; and which event is asked for.
const NOT_REPEATED: [&str; 15] = [
    "format",
    "output",
    "color",
    "no_pager",
    "threads",
    "jobs",
    "quiet",
    "verbose",
    "stat",
    "bisect",
    "max_findings",
    "context",
    "at",
    "side",
    "lane",
];

impl Given {
    /// Returns the options that the user gave to the verb.
    pub(crate) fn of(matches: &ArgMatches) -> Self {
        let Some((verb, matches)) = matches.subcommand() else { return Self(Vec::new()) };
        let options = crate::options_of(verb);
        let given = options.iter().filter_map(|option| {
            let id = option.get_id().as_str();
            let long = option.get_long().filter(|_| !NOT_REPEATED.contains(&id))?;
            if matches.value_source(id) != Some(ValueSource::CommandLine) {
                return None;
            }
            let flag = format!("--{long}");
            if !option.get_action().takes_values() {
                return Some((id.to_owned(), vec![flag]));
            }
            let values = matches.get_raw(id)?.map(|value| value.to_string_lossy().into_owned());
            Some((id.to_owned(), values.flat_map(|value| [flag.clone(), value]).collect()))
        });
        Self(given.collect())
    }

    /// Returns whether the user gave an option, by its name in the program.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.0.iter().any(|(given, _)| given == id)
    }

    /// Returns a command about two logs, ready to paste into a shell, with what the user gave as far as `verb` takes it.
    pub(crate) fn command(
        &self,
        verb: &str,
        paths: Pair<&[String]>,
        more: impl IntoIterator<Item = String>,
    ) -> String {
        let mut options: Vec<String> = more.into_iter().collect();
        options.extend(self.words_for(verb));
        let Pair { reference, candidate } = paths;
        let mut words = vec![verb.to_owned()];
        if let ([reference], [candidate]) = (reference, candidate) {
            words.extend([reference.clone(), candidate.clone()]);
            words.extend(options);
        } else {
            words.extend(options);
            words.extend_from_slice(reference);
            words.push("--".to_owned());
            words.extend_from_slice(candidate);
        }
        command(&words)
    }

    /// Returns the words that give to `verb` what the user gave, as far as it takes that.
    pub(crate) fn words_for(&self, verb: &str) -> Vec<String> {
        let taken = crate::options_of(verb);
        let is_taken = |id: &str| taken.iter().any(|option| option.get_id() == id);
        let words = self.0.iter().filter(|(id, _)| is_taken(id));
        words.flat_map(|(_, words)| words.clone()).collect()
    }
}

/// Returns a command, ready to paste into a shell.
pub(crate) fn command(words: &[String]) -> String {
    let quoted = words.iter().map(|word| {
        // A word cannot hold NUL, which is all that cannot be quoted.
        shlex::try_quote(word).map_or_else(|_| word.clone(), std::borrow::Cow::into_owned)
    });
    ["forkpoint".to_owned()].into_iter().chain(quoted).collect::<Vec<_>>().join(" ")
}

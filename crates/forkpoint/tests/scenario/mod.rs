//! Scenarios as Markdown: what a file under tests/spec says.
// Each test that includes this uses a part of it.
#![allow(dead_code)]
//!
//! Invariant: a line that looks like a fact (`word: …`) is one that is known, or an error; nothing
//! that was typed to be checked is taken for prose.

use std::fmt::Write as _;

use forkpoint::profile::{Modules, Profile};

use crate::notation;

/// One `##` section of a file.
#[derive(Debug, Default)]
pub struct Scenario {
    /// The heading.
    pub title: String,
    /// The line of the heading, counted from 1.
    pub line: usize,
    /// Facts and settings: word and rest, in order.
    pub shown: Vec<(String, String)>,
    /// Fenced blocks.
    pub blocks: Vec<Block>,
}

/// A fenced block.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// What follows the backticks.
    pub info: Vec<String>,
    /// What is inside.
    pub text: String,
    /// The lines of the file that are inside, counted from 0; one past the last.
    pub inside: (usize, usize),
}

/// Words that set how a scenario is run. Before the first `##` they hold for each scenario of the file that
/// does not say otherwise; so does a block `profile`.
const SETTINGS: [&str; 10] = [
    "profile", "without", "map", "options", "today", "callers", "modules", "imports", "mode",
    "over",
];

/// Words that may start a line with a colon. What each means is reported in tests/spec.rs.
const WORDS: [&str; 25] = [
    "verdict",
    "class",
    "site",
    "excused",
    "doubt",
    "fault",
    "unpaired",
    "profile",
    "without",
    "map",
    "options",
    "known",
    "waiver",
    "today",
    "unseen",
    "callers",
    "modules",
    "imports",
    "mode",
    "over",
    "clean-runs",
    "matched",
    "says",
    "disputed",
    "overruled",
];

impl Scenario {
    /// Takes over what the file sets and the scenario does not.
    fn inherit(&mut self, file: &Self) {
        let has_profile = self.block("profile").is_some() || self.shown("profile").next().is_some();
        let own: Vec<String> = self.shown.iter().map(|(word, _)| word.clone()).collect();
        let is_set = |word: &String| own.contains(word) || word == "profile" && has_profile;
        self.shown.extend(file.shown.iter().filter(|(word, _)| !is_set(word)).cloned());
        if !has_profile {
            self.blocks.extend(file.blocks.iter().cloned());
        }
    }

    /// Returns what was reported by `word`, in order.
    pub fn shown<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a str> {
        self.shown.iter().filter(move |(known, _)| known == word).map(|(_, rest)| rest.as_str())
    }

    /// Returns the blocks called `name`, in order.
    pub fn blocks<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| block.info[0] == name)
    }

    /// Returns the log that the one block called `name` spells.
    pub fn log(&self, name: &str) -> Vec<u8> {
        let block = self.block(name);
        block.unwrap_or_else(|| panic!("`{}` has no block {name}", self.title)).log()
    }

    /// Returns the rules: those of the block, or the profile that is named.
    pub fn profile(&self) -> Profile {
        let words = |word| self.shown(word).flat_map(str::split_whitespace).map(str::to_owned);
        let without: Vec<String> = words("without").collect();
        let profile = match self.block("profile") {
            Some(block) => Profile::parse("scenario.toml", &block.text, &without),
            None => Profile::load(self.shown("profile").last().unwrap_or("strict"), &without),
        };
        let profile = profile.unwrap_or_else(|error| panic!("`{}`: {error}", self.title));
        profile.of_modules(Modules { only: words("modules").collect(), without: Vec::new() })
    }

    /// Returns the one block called `name`, if there is one.
    pub fn block(&self, name: &str) -> Option<&Block> {
        let mut blocks = self.blocks.iter().filter(|block| block.info[0] == name);
        let block = blocks.next();
        assert!(blocks.next().is_none(), "two blocks are called {name} under `{}`", self.title);
        block
    }
}

impl Block {
    /// Returns the log that it spells.
    pub fn log(&self) -> Vec<u8> {
        let is = |word: &str| self.info.iter().any(|info| info == word);
        let mut log = if is("raw") { self.text.clone() } else { notation::log(&self.text) };
        if is("torn") {
            assert_eq!(log.pop(), Some('\n'));
        }
        log.into_bytes()
    }
}

/// Returns the scenarios of a file.
///
/// # Errors
/// A sentence about what cannot be understood, with its line.
pub fn scenarios(text: &str) -> Result<Vec<Scenario>, String> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    let mut of_file = Scenario::default();
    let mut block: Option<Block> = None;
    for (at, line) in text.lines().enumerate() {
        let error = |what: &str| Err(format!("line {}: {what}: {line}", at + 1));
        if let Some(open) = &mut block {
            if line == "```" {
                open.inside.1 = at;
                let is_setting = open.info[0] == "profile";
                match scenarios.last_mut() {
                    Some(scenario) => scenario.blocks.extend(block.take()),
                    None if is_setting => of_file.blocks.extend(block.take()),
                    None => return error("a block before the first `##`"),
                }
            } else {
                writeln!(open.text, "{line}").expect("writing to a string");
            }
        } else if let Some(info) = line.strip_prefix("```") {
            let info: Vec<String> = info.split_whitespace().map(str::to_owned).collect();
            let known = ["reference", "candidate", "clean", "profile", "report"];
            if !info.first().is_some_and(|name| known.contains(&name.as_str())) {
                return error("an unknown block");
            }
            block = Some(Block { info, text: String::new(), inside: (at + 1, at + 1) });
        } else if let Some(title) = line.strip_prefix("## ") {
            let title = title.to_owned();
            scenarios.push(Scenario { title, line: at + 1, ..Scenario::default() });
        } else if let Some((word, rest)) = fact(line) {
            if !WORDS.contains(&word) {
                return error("an unknown fact");
            }
            let fact = (word.to_owned(), rest.to_owned());
            match scenarios.last_mut() {
                Some(scenario) => scenario.shown.push(fact),
                None if SETTINGS.contains(&word) => of_file.shown.push(fact),
                None => return error("a fact before the first `##`"),
            }
        }
    }
    match block {
        Some(block) => Err(format!("the block of line {} has no end", block.inside.0)),
        None => {
            scenarios.iter_mut().for_each(|scenario| scenario.inherit(&of_file));
            Ok(scenarios)
        }
    }
}

/// Returns word and rest of a line that starts with one lower-case word and a colon.
fn fact(line: &str) -> Option<(&str, &str)> {
    let (word, rest) = line.split_once(": ")?;
    let is_word = !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    is_word.then_some((word, rest.trim()))
}

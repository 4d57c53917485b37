//! The proposals as a profile, each with what supports it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::learn::{EventName, Subject, Support, Target};
use crate::render::escape::{is_hidden, plain};
use crate::render::words::count;

/// This many lanes are named; of more, the number.
const LANES_NAMED: usize = 8;

/// A loop is folded up to this many rounds more than were ever seen.
const SPARE: u64 = 4;

/// Returns the profile.
pub(super) fn profile(target: &Target<'_>, proposals: &BTreeMap<Subject, Support>) -> String {
    let mut text = String::new();
    let runs = target.runs.join(", ");
    let _ = writeln!(
        text,
        "# Proposed by `forkpoint learn` from {}:",
        count(target.runs.len() as u64, "run")
    );
    let _ = writeln!(text, "# {}", one_line(&runs));
    text.push_str(
        "# Read each rule before you take it: it excuses what it names in any comparison.\n\n",
    );
    let _ = writeln!(text, "name = \"learned\"");
    let _ = writeln!(
        text,
        "about = {}",
        quoted(&format!("{}, and what varies between runs of one engine.", target.base))
    );
    let _ = writeln!(text, "extends = {}", quoted(target.base));
    let mut ids = BTreeSet::new();
    for (subject, support) in proposals {
        let mut id = slug(subject);
        let mut number = 2;
        while !ids.insert(id.clone()) {
            id = format!("{}-{number}", slug(subject));
            number += 1;
        }
        rule(&mut text, &id, subject, support);
    }
    text
}

fn rule(text: &mut String, id: &str, subject: &Subject, support: &Support) {
    let table = match subject {
        Subject::Loop(_) => "elastic",
        Subject::Field(..) => "skip",
        Subject::Presence(..) => "float",
    };
    let _ = write!(text, "\n{}[[{table}]]\nid = {}\n", evidence(support), quoted(id));
    let why = match subject {
        Subject::Loop(_) => "How often this repeats varies between runs of one engine.",
        Subject::Field(..) => "This value varies between runs of one engine.",
        Subject::Presence(..) => {
            "Whether and where this happens varies between runs of one engine."
        }
    };
    let _ = writeln!(text, "why = {}", quoted(why));
    match subject {
        Subject::Loop(body) => {
            text.push_str("body = [\n");
            for event in body {
                let _ = writeln!(text, "    {},", quoted(&spelt(event)));
            }
            let _ = writeln!(text, "]\nkeep = 1\nmax-repeats = {}", most(support));
        }
        Subject::Field((kind, name), field) => {
            selector(text, [kind.as_str()].into_iter(), name.as_deref());
            let _ = writeln!(text, "fields = {}", quoted(field));
            if !support.like.contains("*") && !support.like.is_empty() {
                let like: Vec<String> = support.like.iter().map(|like| quoted(like)).collect();
                let _ = writeln!(text, "like = [{}]", like.join(", "));
            }
        }
        Subject::Presence(kinds, name) => {
            selector(text, kinds.iter().map(String::as_str), name.as_deref());
            text.push_str("one-sided = \"excused\"\n");
        }
    }
}

/// Twice the rounds that were seen and some to spare: the next run may be slower.
fn most(support: &Support) -> u64 {
    (2 * support.most + SPARE).next_power_of_two().max(32)
}

fn selector<'a>(text: &mut String, kinds: impl Iterator<Item = &'a str>, name: Option<&str>) {
    let kinds: Vec<String> = kinds.map(quoted).collect();
    match &*kinds {
        [kind] => writeln!(text, "kind = {kind}"),
        kinds => writeln!(text, "kind = [{}]", kinds.join(", ")),
    }
    .expect("a string takes all");
    if let Some(name) = name {
        let _ = writeln!(text, "name = {}", quoted(name));
    }
}

fn evidence(support: &Support) -> String {
    let runs: Vec<String> = support.runs.iter().map(ToString::to_string).collect();
    let of = if support.of > 0 {
        format!(" (of {} in run 1)", count(support.of, "such event"))
    } else {
        String::new()
    };
    let lanes: Vec<&str> = support.lanes.iter().take(LANES_NAMED).map(String::as_str).collect();
    let more = support.lanes.len().saturating_sub(LANES_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let mut text = format!(
        "# Seen {}{of}: in run {} against run 1, in thread {}{more}",
        count(support.seen, "time"),
        runs.join(", "),
        lanes.join(", ")
    );
    if support.most > 0 {
        let _ = write!(text, ", at most {}", count(support.most, "round"));
    }
    if let Some(example) = &support.example {
        let (reference, candidate) = (&example.reference, &example.candidate);
        let _ = write!(
            text,
            "\n# first: {}:{} ↔ {}:{}",
            reference.0, reference.1, candidate.0, candidate.1
        );
    }
    let lines: Vec<String> = text.lines().map(one_line).collect();
    lines.join("\n") + "\n"
}

fn spelt((kind, name): &EventName) -> String {
    match name {
        Some(name) => format!("{kind} {name}"),
        None => kind.clone(),
    }
}

fn slug(subject: &Subject) -> String {
    let (verb, of) = match subject {
        Subject::Loop(body) => {
            ("repeats", body.iter().find_map(|(_, name)| name.clone()).unwrap_or_default())
        }
        Subject::Field((kind, name), field) => {
            ("varies", format!("{}-{field}", name.as_ref().unwrap_or(kind)))
        }
        Subject::Presence(kinds, name) => {
            ("comes-and-goes", name.clone().or(kinds.first().cloned()).unwrap_or_default())
        }
    };
    slug_of(verb, &of)
}

/// Returns an id of lower-case words.
pub(super) fn slug_of(verb: &str, of: &str) -> String {
    let mut slug = String::from(verb);
    let mut dash = true;
    for c in of.chars() {
        if c.is_ascii_alphanumeric() {
            if dash {
                slug.push('-');
            }
            slug.push(c.to_ascii_lowercase());
            dash = false;
        } else {
            dash = true;
        }
    }
    slug
}

/// Returns text as a TOML string, whatever is in it; what nobody sees is escaped.
pub(super) fn quoted(text: &str) -> String {
    if !text.contains(is_hidden) {
        return toml::Value::String(text.to_owned()).to_string();
    }
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            character if is_hidden(character) => {
                out.push_str(&format!("\\U{:08x}", u32::from(character)));
            }
            character => out.push(character),
        }
    }
    out + "\""
}

/// Returns text that stays within a comment.
pub(super) fn one_line(text: &str) -> String {
    plain(text).into_owned()
}

//! What keeps the house in order: who may know whom, and what nobody may do.
//!
//! A test here fails when the project changes its shape. If the new shape is meant, change the table,
//! and docs/architecture.md with it.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "tidy/arrows.rs"]
mod arrows;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The rooms of the library, from the ground up: each may use those before it, and no other.
const ROOMS: &[&str] = &[
    "value",
    "pair",
    "class",
    "error",
    "render",
    "profile",
    "trace",
    "scan",
    "formats",
    "read",
    "objects",
    "align",
    "analysis",
    "report",
    "logs",
    "stat",
    "gate",
    "check",
    "convert",
    "explain",
    "audit",
    "learn",
    "first_calls",
    "multi_reference",
    "show",
    "manual",
    "lib",
];

/// What a file of the library may not hold, and why.
const NEVER_IN_THE_LIBRARY: [(&str, &str); 7] = [
    ("println!", "the library prints nothing"),
    ("print!", "the library prints nothing"),
    ("dbg!", "the library prints nothing"),
    ("std::env", "the library reads no environment"),
    ("env::var", "the library reads no environment"),
    ("process::exit", "the library never exits"),
    ("Command::new", "the library starts nothing"),
];

/// Rules that no scenario names yet. The list may only become shorter.
const OWED: &[&str] = &[];

/// Classes that no scenario has yet. The list may only become shorter.
const OWED_CLASSES: &[&str] = &[];

/// Names that say nothing.
const BANNED_MODULES: [&str; 8] =
    ["util", "utils", "common", "misc", "types", "helper", "helpers", "shared_code"];

/// A file over this many lines says why in its first comment, by this very number.
const LONG: usize = 700;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// All files below a folder of the project that end so: their paths from the root, and their text.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                walk(&path, found);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    if root().join(folder).is_dir() {
        walk(&root().join(folder), &mut found);
    }
    found.sort();
    let name =
        |path: &Path| path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    found
        .iter()
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .map(|path| (name(path), std::fs::read_to_string(path).unwrap()))
        .collect()
}

fn sources() -> Vec<(String, String)> {
    let sources = [files("crates", ".rs"), files("fuzz", ".rs")].concat();
    assert!(sources.len() > 80, "only {} files were found", sources.len());
    sources
}

/// A file's text before its own tests.
fn before_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap()
}

/// Lines of code: comments are left out.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

fn all_hold(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The modules of a crate with their code.
fn modules(name: &str) -> arrows::Files {
    let folder = format!("crates/{name}/src");
    let module = |file: &str| {
        let path = file[folder.len() + 1..].trim_end_matches(".rs");
        path.trim_end_matches("/mod").replace('/', "::")
    };
    let code = |text: &str| code(before_tests(text)).collect::<Vec<_>>().join("\n");
    let files = files(&folder, ".rs").into_iter();
    files.map(|(file, text)| (module(&file), code(&text))).collect()
}

#[test]
fn arrows_between_rooms_point_one_way() {
    let modules = modules("forkpoint");
    let rooms: BTreeSet<&str> = modules.keys().map(|module| arrows::room(module)).collect();
    assert_eq!(rooms, ROOMS.iter().copied().collect(), "ROOMS lists the rooms, and no other");
    let floor = |module: &str| ROOMS.iter().position(|room| *room == arrows::room(module));
    let arrows = arrows::Arrows::of(&modules);
    let upwards = arrows.between_rooms().filter(|(module, used)| floor(used) >= floor(module));
    all_hold(&upwards.map(|(module, used)| format!("{module} uses {used}")).collect::<Vec<_>>());
}

#[test]
fn no_files_use_one_another_in_a_circle() {
    for name in ["forkpoint-event", "forkpoint-compat", "forkpoint", "forkpoint-cli"] {
        let circle = arrows::Arrows::of(&modules(name)).circle();
        let lines = circle.iter().map(|(module, uses)| format!("{name}: {module} uses {uses:?}"));
        all_hold(&lines.collect::<Vec<_>>());
    }
}

#[test]
fn a_circle_is_found() {
    let files = |all: &[(&str, &str)]| -> arrows::Files {
        all.iter().map(|(module, text)| ((*module).to_owned(), (*text).to_owned())).collect()
    };
    // What a `mod.rs` re-exports is its child's; what it defines is its own.
    let house = files(&[
        ("a", "mod b;\nmod c;\npub use b::B;\nuse c::run;\n"),
        ("a::b", "use std::fmt;\npub struct B;\n"),
        ("a::c", "use crate::a::{B, Own};\n"),
        ("d", "use crate::a::B;\n"),
    ]);
    let circle = arrows::Arrows::of(&house).circle();
    assert_eq!(circle.keys().collect::<Vec<_>>(), ["a", "a::c"]);
    let mended = files(&[("a", "pub use c::run;"), ("a::c", "use crate::a::{b::B, Own};")]);
    assert_eq!(arrows::Arrows::of(&mended).circle().len(), 0);
}

#[test]
fn the_houses_depend_on_one_another_one_way() {
    for (house, never) in [
        ("forkpoint-event", &["forkpoint =", "forkpoint.", "clap", "rayon"][..]),
        ("forkpoint-compat", &["forkpoint =", "forkpoint.", "forkpoint-event", "clap", "rayon"]),
        (
            "forkpoint",
            &[
                "forkpoint-cli",
                "forkpoint-compat",
                "clap",
                "indicatif",
                "anstream",
                "terminal_size",
            ],
        ),
    ] {
        let manifest = root().join("crates").join(house).join("Cargo.toml");
        let manifest = std::fs::read_to_string(manifest).unwrap();
        for name in never {
            let depends = manifest.lines().any(|line| line.starts_with(name));
            assert!(!depends, "{house} depends on {name}");
        }
    }
}

#[test]
fn the_library_never_prints_reads_the_environment_or_exits() {
    let mut wrong = Vec::new();
    let library =
        [files("crates/forkpoint/src", ".rs"), files("crates/forkpoint-event/src", ".rs")];
    for (file, text) in library.concat() {
        for line in code(before_tests(&text)) {
            for (never, why) in NEVER_IN_THE_LIBRARY {
                if line.contains(never) {
                    wrong.push(format!("{file}: {why}: {}", line.trim()));
                }
            }
        }
    }
    all_hold(&wrong);
}

#[test]
fn every_file_says_what_it_is_for() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let header: Vec<&str> = text
            .lines()
            .skip_while(|line| line.starts_with("#!"))
            .take_while(|line| line.starts_with("//!"))
            .collect();
        if header.is_empty() {
            wrong.push(format!("{file}: its first line is no `//!`"));
        }
        let n_lines = text.lines().count();
        if n_lines > LONG && !header.iter().any(|line| line.contains(&LONG.to_string())) {
            wrong.push(format!(
                "{file}: {n_lines} lines; over {LONG}, the first comment says why (and says {LONG})"
            ));
        }
    }
    all_hold(&wrong);
}

#[test]
fn no_test_is_switched_off() {
    let off = format!("#[{}", "ignore"); // so that this line is none
    let files = sources();
    let wrong: Vec<&String> =
        files.iter().filter(|(_, text)| text.contains(&off)).map(|(file, _)| file).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn names_say_something() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let path = Path::new(&file);
        for part in path.with_extension("").components() {
            let part = part.as_os_str().to_string_lossy();
            if BANNED_MODULES.contains(&&*part) {
                wrong.push(format!("{file}: `{part}` says nothing"));
            }
        }
        for line in code(&text) {
            if line.contains(&format!("pub fn {}_", "get")) {
                wrong.push(format!("{file}: no getter says so: {}", line.trim()));
            }
        }
    }
    all_hold(&wrong);
}

/// The words and phrases that docs/style.md says not to use.
fn banned() -> Vec<String> {
    let page = std::fs::read_to_string(root().join("docs/style.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| not |"));
    let cells = rows.filter(|line| !line.contains("---")).filter_map(|row| row.split('|').nth(1));
    cells.flat_map(|cell| cell.split(", ")).map(|word| word.trim().to_owned()).collect()
}

/// Comments, pages, reasons of rules and scenarios, line by line.
fn prose() -> Vec<(String, String)> {
    let comment = |line: &str| line.split_once("//").map(|(_, rest)| rest.to_owned());
    let reason = |line: &str| {
        let is_prose =
            line.starts_with('#') || line.starts_with("why = ") || line.starts_with("about = ");
        is_prose.then(|| line.to_owned())
    };
    let whole = |line: &str| Some(line.to_owned());
    let mut prose = Vec::new();
    let mut add = |(file, text): (String, String), part: &dyn Fn(&str) -> Option<String>| {
        prose.extend(text.lines().filter_map(part).map(|line| (file.clone(), line)));
    };
    let is_source = |(file, _): &(String, String)| file.contains("/src/");
    files("crates", ".rs").into_iter().filter(is_source).for_each(|file| add(file, &comment));
    files("crates", ".toml").into_iter().filter(is_source).for_each(|file| add(file, &reason));
    let is_page = |(file, _): &(String, String)| {
        !file.ends_with("style.md") && !file.ends_with("CHANGELOG.md")
    };
    files("docs", ".md").into_iter().filter(is_page).for_each(|file| add(file, &whole));
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    add(("README.md".to_owned(), readme), &whole);
    let is_spec = |(file, _): &(String, String)| file.contains("/spec/");
    let outside_of_blocks =
        files("crates", ".md").into_iter().filter(is_spec).map(|(file, text)| {
            let parts = text.split("```").step_by(2);
            (file, parts.collect::<Vec<_>>().join(""))
        });
    outside_of_blocks.for_each(|file| add(file, &whole));
    prose
}

#[test]
fn prose_uses_the_words_of_the_field() {
    let banned = banned();
    assert!(banned.len() > 20, "docs/style.md has its table");
    let in_code = regex::Regex::new("`[^`]*`").unwrap();
    let prose: Vec<(String, String)> = prose()
        .into_iter()
        .map(|(file, line)| (file, in_code.replace_all(&line.to_lowercase(), "`").into_owned()))
        .collect();
    assert!(prose.len() > 10_000, "{} lines", prose.len());
    let mut wrong = Vec::new();
    for word in banned {
        let is_used = |line: &str| {
            line.split(&*word).skip(1).zip(line.split(&*word)).any(|(after, before)| {
                let is_letter =
                    |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-');
                !is_letter(after.chars().next()) && !is_letter(before.chars().last())
            })
        };
        let found = prose.iter().filter(|(_, line)| is_used(line));
        wrong.extend(found.map(|(file, line)| format!("`{word}` in {file}: {}", line.trim())));
    }
    all_hold(&wrong);
}

#[test]
fn nothing_knows_the_machine_it_was_written_on() {
    let paths = ["work", "home", "root", "tmp/w-"].map(|folder| format!("/{folder}/"));
    let mut wrong = Vec::new();
    for ending in [".rs", ".toml", ".md", ".sh", ".yml"] {
        for (file, text) in
            [files("crates", ending), files("docs", ending), files("fuzz", ending)].concat()
        {
            for line in text.lines() {
                if paths.iter().any(|path| line.contains(path.as_str())) {
                    wrong.push(format!("{file}: {}", line.trim()));
                }
            }
        }
    }
    all_hold(&wrong);
}

#[test]
fn every_class_and_every_rule_has_a_page_and_a_name_of_its_own() {
    let read = |page: &str| std::fs::read_to_string(root().join("docs").join(page)).unwrap();
    let (classes, profiles) = (read("classes.md"), read("profiles.md"));
    for class in forkpoint::analysis::Class::ALL {
        assert!(
            classes.contains(class.name()),
            "docs/classes.md does not tell of {}",
            class.name()
        );
    }
    for (name, _) in forkpoint::profile::BUILTIN.iter().copied() {
        let profile = forkpoint::profile::Profile::load(name, &[]).unwrap();
        let mut ids = BTreeSet::new();
        for rule in &profile.rules {
            assert!(ids.insert(&rule.id), "two rules of {name} are called {}", rule.id);
            assert!(profiles.contains(&rule.id), "docs/profiles.md does not tell of {}", rule.id);
            assert!(rule.why.ends_with('.'), "the why of {} is no sentence", rule.id);
        }
    }
}

/// What a scenario file says of a rule: it excused, it excused beside a divergence, it is off.
#[test]
fn every_built_in_rule_has_its_scenarios() {
    let scenarios = files("crates/forkpoint/tests/spec", ".md");
    let sections: Vec<&str> = scenarios.iter().flat_map(|(_, text)| text.split("\n## ")).collect();
    let some =
        |all: &[&str]| sections.iter().any(|section| all.iter().all(|line| section.contains(line)));
    let mut wrong = Vec::new();
    for (name, _) in forkpoint::profile::BUILTIN.iter().copied() {
        for rule in forkpoint::profile::Profile::load(name, &[]).unwrap().rules {
            let id = &rule.id;
            // What lies outside of what a log can hold is reported as unseen.
            let word = if rule.is_visibility() { "unseen" } else { "excused" };
            let excused = format!("\n{word}: {id} ");
            // What is left out altogether excuses nothing; it is reported under "not compared".
            let is_local = rule.action.name() == "local"
                && !files("crates/forkpoint/tests/spec", &format!("rule-{id}.md")).is_empty();
            let is_told = (is_local
                || some(&[&excused, "\nverdict: identical"])
                    && some(&[&excused, "\nverdict: diverged"]))
                && some(&[&format!("\nwithout: {id}\n"), "\nverdict: diverged"]);
            if is_told == OWED.contains(&id.as_str()) {
                wrong.push(if is_told {
                    format!("`{id}` has its scenarios now: strike it from OWED")
                } else {
                    format!("`{id}` of {name} needs scenarios: noise, noise beside a change, off")
                });
            }
        }
    }
    all_hold(&wrong);
}

#[test]
fn every_class_is_found_in_a_scenario() {
    let scenarios = files("crates/forkpoint/tests/spec", ".md");
    for class in forkpoint::analysis::Class::ALL {
        let fact = format!("\nclass: {}\n", class.name());
        let is_found = scenarios.iter().any(|(_, text)| text.contains(&fact));
        let is_owed = OWED_CLASSES.contains(&class.name());
        assert!(
            is_found != is_owed,
            "no scenario of tests/spec has the class {}, or it does and must leave OWED_CLASSES",
            class.name()
        );
    }
}

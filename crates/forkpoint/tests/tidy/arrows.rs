//! Who uses whom: the files of the library, and the imports between them.
//!
//! An import counts against the file that defines the name: what a `mod.rs` only re-exports is not a
//! use of that `mod.rs`, and what it re-exports and also names itself is its own import.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

/// A module's path, `align::walk`, or that of a name, `align::walk::LaneAlignment`.
type Name = String;

/// The text of each module of the library, without tests and comments.
pub type Files = BTreeMap<Name, String>;

/// No name is re-exported more often.
const MOST_EXPORTS: usize = 8;

/// Which modules each module uses.
pub struct Arrows(BTreeMap<Name, BTreeSet<Name>>);

impl Arrows {
    /// Reads the arrows from the imports of each module.
    pub fn of(files: &Files) -> Self {
        let mut exports: BTreeMap<Name, Name> = BTreeMap::new();
        let mut imports: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
        let statement = Regex::new(r"(?m)^\s*(pub(?:\([^)]*\))? )?use ([^;]+);").unwrap();
        let inline = Regex::new(r"crate::([a-z_]\w*(?:::\w+)*)").unwrap();
        for (module, text) in files {
            let imported = imports.entry(module.clone()).or_default();
            let without_uses = statement.replace_all(text, "");
            let uses_itself = |name: &str| {
                // A field or a local may have the name of a function: a function is called.
                let is_type = name.starts_with(char::is_uppercase);
                let end = if is_type { r"\b" } else { r"\(" };
                Regex::new(&format!(r"\b{name}{end}")).unwrap().is_match(&without_uses)
            };
            for found in statement.captures_iter(text) {
                for path in branches("", &found[2]) {
                    let Some(path) = absolute(module, &path, files) else { continue };
                    if found.get(1).is_some() {
                        let name = path.rsplit("::").next().unwrap();
                        if uses_itself(name) {
                            imported.insert(path.clone());
                        }
                        exports.insert(join(module, name), path);
                    } else {
                        imported.insert(path);
                    }
                }
            }
            imported.extend(inline.captures_iter(&without_uses).map(|found| found[1].to_owned()));
        }
        let original = |name: &str| {
            prefixes(name).find_map(|prefix| {
                let to = exports.get(prefix).filter(|to| *to != prefix)?;
                Some(format!("{to}{}", &name[prefix.len()..]))
            })
        };
        let defined_in = |name: &Name| {
            // A name may be re-exported by several files, one after the other.
            let mut name = name.clone();
            for _ in 0..MOST_EXPORTS {
                let Some(next) = original(&name) else { break };
                name = next;
            }
            prefixes(&name).find(|prefix| files.contains_key(*prefix)).map(str::to_owned)
        };
        let resolve = |(module, names): (&Name, &BTreeSet<Name>)| {
            let used = names.iter().filter_map(defined_in).filter(|used| used != module);
            (module.clone(), used.collect())
        };
        Self(imports.iter().map(resolve).collect())
    }

    /// Returns the modules that use one another, directly or not: none if all arrows point one way.
    pub fn circle(&self) -> BTreeMap<Name, BTreeSet<Name>> {
        let mut left = self.0.clone();
        loop {
            // What uses nothing that is left is in no circle, nor is what nothing that is left uses.
            let used: BTreeSet<&Name> = left.values().flatten().collect();
            let is_end = |(module, uses): &(&Name, &BTreeSet<Name>)| {
                uses.is_empty() || !used.contains(module)
            };
            let ends: Vec<Name> =
                left.iter().filter(is_end).map(|(module, _)| module.clone()).collect();
            if ends.is_empty() {
                return left;
            }
            left.retain(|module, _| !ends.contains(module));
            left.values_mut().for_each(|uses| uses.retain(|used| !ends.contains(used)));
        }
    }

    /// Returns the arrows between rooms: who uses what.
    pub fn between_rooms(&self) -> impl Iterator<Item = (&str, &str)> {
        let all =
            self.0.iter().flat_map(|(module, uses)| uses.iter().map(move |used| (module, used)));
        all.map(|(module, used)| (&**module, &**used)).filter(|(a, b)| room(a) != room(b))
    }
}

/// Returns the room of a module.
pub fn room(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

fn join(module: &str, name: &str) -> Name {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

/// Returns a path and all that it lies in, the longest first.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices("::").map(|(at, _)| at).collect::<Vec<_>>().into_iter().rev();
    std::iter::once(path.len()).chain(ends).map(|end| &path[..end])
}

/// Returns the paths of a tree of imports, `a::{b, c::{d, e}}`.
fn branches(before: &str, tree: &str) -> Vec<Name> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let path = tree.split(" as ").next().unwrap().trim().trim_end_matches("::self");
        return if path.is_empty() { Vec::new() } else { vec![format!("{before}{path}")] };
    };
    let before = format!("{before}{}", &tree[..open]);
    let inner = &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())];
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, character) in inner.char_indices().chain([(inner.len(), ',')]) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let part = inner[start..at].trim();
                match part {
                    "self" => found.push(before.trim_end_matches("::").to_owned()),
                    part => found.extend(branches(&before, part)),
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

/// Returns an imported path from the root of the library; none for another crate's.
fn absolute(module: &str, path: &str, files: &Files) -> Option<Name> {
    let parent = || module.rsplit_once("::").map_or("", |(parent, _)| parent);
    if let Some(path) = path.strip_prefix("crate::") {
        return Some(path.to_owned());
    }
    if let Some(path) = path.strip_prefix("self::") {
        return Some(join(module, path));
    }
    if let Some(path) = path.strip_prefix("super::") {
        return Some(join(parent(), path));
    }
    let child = join(module, path.split("::").next().unwrap());
    files.contains_key(&child).then(|| join(module, path))
}

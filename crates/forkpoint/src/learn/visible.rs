//! What logs of one engine were seen to hold, as rules about what it can record.
//!
//! Invariant: what is in one of the logs is never outside of the rules that are written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::learn::Target;
use crate::learn::write::{one_line, quoted, slug_of};
use crate::render::words::count;
use crate::trace::{Symbols, Trace};

/// What was seen.
#[derive(Debug, Default)]
pub struct SeenSet {
    /// How many events there were.
    pub n_events: u64,
    /// By kind of event: the functions, and none for events without one.
    pub names: BTreeMap<String, BTreeSet<Option<String>>>,
    /// By kind of event: the fields of its payloads.
    pub fields: BTreeMap<String, BTreeSet<String>>,
    /// The logs' format.
    pub format: String,
    /// Their engine, if they all say the same.
    pub engine: Option<String>,
}

/// Returns what logs of one engine hold: all kinds, functions and fields. Each line is read again.
pub fn seen(logs: &[Trace], symbols: &Symbols) -> SeenSet {
    let mut set = SeenSet::default();
    if let Some(first) = logs.first() {
        set.format = first.format.to_owned();
        set.engine = first.engine.clone();
        set.engine = set.engine.filter(|_| logs.iter().all(|log| log.engine == first.engine));
    }
    for log in logs {
        for lane in &log.lanes {
            for (symbol, place) in lane.symbols.iter().zip(lane.places.iter()) {
                set.n_events += 1;
                let symbol = symbols.of(*symbol);
                let names = set.names.entry(symbol.kind.clone()).or_default();
                if !names.contains(&symbol.name) {
                    names.insert(symbol.name.clone());
                }
                let Ok(line) = log.lines.bytes(place) else { continue };
                let Some(parsed) = log.event_of(place, &line) else { continue };
                let fields = set.fields.entry(symbol.kind.clone()).or_default();
                for (key, value) in &parsed.payload {
                    if !value.is_null() && !fields.contains(&**key) {
                        fields.insert(key.to_string());
                    }
                }
            }
        }
    }
    set
}

/// Returns the profile that says so.
pub fn profile(target: &Target<'_>, set: &SeenSet) -> String {
    let whose = set.engine.as_deref().unwrap_or(&set.format);
    let mut text = format!(
        "# Written by `forkpoint learn --visible` from {}, {}:\n# {}\n",
        count(target.runs.len() as u64, "log"),
        count(set.n_events, "event"),
        one_line(&target.runs.join(", "))
    );
    text.push_str(
        "# What never stood there is taken for what cannot stand there. Take logs of several programs, and\n\
         # strike what this engine could record all the same.\n\n",
    );
    if set.engine.is_none() {
        text.push_str(
            "# These logs do not name their engine: if the other log has this format too, add to each rule\n\
             # side = \"candidate\", or \"reference\".\n\n",
        );
    }
    let _ = writeln!(text, "name = \"learned\"");
    let about = format!("{}, and what logs of {whose} can hold.", target.base);
    let _ = writeln!(text, "about = {}", quoted(&about));
    let _ = writeln!(text, "extends = {}", quoted(target.base));
    let why = format!("Logs of {whose} were never seen to hold more.");
    let head = |id: &str| {
        let mut head = format!("\n[[visible]]\nid = {}\nwhy = {}\n", quoted(id), quoted(&why));
        let _ = writeln!(head, "format = {}", quoted(&set.format));
        if let Some(engine) = &set.engine {
            let _ = writeln!(head, "engine = {}", quoted(engine));
        }
        head
    };
    text.push_str(&head("seen-events"));
    text.push_str("records = [\n");
    for (kind, names) in &set.names {
        // A blank stands between kind and name, so one inside a kind is reported as anything.
        let kind = kind.replace(' ', "*");
        for name in names {
            let event = match name {
                Some(name) => format!("{kind} {name}"),
                None => kind.clone(),
            };
            let _ = writeln!(text, "    {},", quoted(&event));
        }
    }
    text.push_str("]\n");
    let mut ids = BTreeSet::new();
    for (kind, fields) in &set.fields {
        let mut id = slug_of("seen-fields", kind);
        while !ids.insert(id.clone()) {
            id.push_str("-too");
        }
        text.push_str(&head(&id));
        let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
        let _ = writeln!(text, "kind = {}", quoted(kind));
        let _ = writeln!(text, "only-fields = [{}]", fields.join(", "));
    }
    text
}

//! Logs as one types them in a test: an event a line, as short as it can be read.
//!
//! ```text
//! TID KIND [NAME] [FIELD=VALUE …] [@INDEX] [×TIMES]
//!
//! 6 call NtClose args.r3=0x10     {"kind":"kernel.call","tid":6,"tid_event_idx":0,"payload":{"name":"NtClose","args":{"r3":"0x10"}}}
//! 6 return NtClose return_value=0 {"kind":"kernel.return","tid":6,"tid_event_idx":1,"payload":{"name":"NtClose","return_value":0}}
//! ```
//!
//! `import`, `call` and `return` are short for `import.call`, `kernel.call` and `kernel.return`. A
//! value is JSON, or else text. A field that starts with a dot stands beside the payload. Indices
//! count up in each thread by themselves. A line that starts with `{` stands as it is; if it is
//! the first line, it is the header, else the header is put before the rest. Empty lines and lines
//! that start with `#` are left out.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The header that a log gets which has none.
pub const HEADER: &str = r#"{"kind":"schema_version","schema_version":1}"#;

/// Returns the log that `text` spells.
pub fn log(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let mut log = String::new();
    if !lines.first().is_some_and(|line| line.starts_with('{')) {
        log.push_str(HEADER);
        log.push('\n');
    }
    let mut next = BTreeMap::new();
    for line in lines {
        if line.starts_with('{') {
            log.push_str(line);
            log.push('\n');
        } else {
            event(line, &mut next, &mut log);
        }
    }
    log
}

fn event(line: &str, next: &mut BTreeMap<i64, u64>, log: &mut String) {
    let words = words(line);
    let mut words = words.iter().map(String::as_str);
    let bad = |what: &str| -> ! { panic!("{what} in `{line}`; see tests/notation/mod.rs") };
    let thread = words.next().and_then(|word| word.parse::<i64>().ok());
    let thread = thread.unwrap_or_else(|| bad("no thread number"));
    let kind = match words.next().unwrap_or_else(|| bad("no kind")) {
        "import" => "import.call",
        "call" => "kernel.call",
        "return" => "kernel.return",
        kind => kind,
    };
    let index = next.entry(thread).or_default();
    let (mut beside, mut payload, mut times) = (Map::new(), Map::new(), 1);
    for word in words {
        if let Some(shown) = word.strip_prefix('@') {
            *index = shown.parse().unwrap_or_else(|_| bad("no index after @"));
        } else if let Some(shown) = word.strip_prefix('×') {
            times = shown.parse().unwrap_or_else(|_| bad("no number after ×"));
        } else if let Some((path, value)) = word.split_once('=') {
            let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
            match path.strip_prefix('.') {
                Some(key) => put(&mut beside, key, value),
                None => put(&mut payload, path, value),
            }
        } else if payload.is_empty() {
            payload.insert("name".to_owned(), Value::from(word));
        } else {
            bad("a name behind fields");
        }
    }
    for _ in 0..times {
        let mut event = Map::new();
        event.insert("kind".to_owned(), Value::from(kind));
        event.insert("tid".to_owned(), Value::from(thread));
        event.insert("tid_event_idx".to_owned(), Value::from(*index));
        event.extend(beside.clone());
        event.insert("payload".to_owned(), Value::from(payload.clone()));
        *index += 1;
        log.push_str(&Value::from(event).to_string());
        log.push('\n');
    }
}

/// Splits at blanks that stand in no quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        quoted ^= letter == '"';
        if letter == ' ' && !quoted {
            words.push(String::new());
        } else {
            words.last_mut().expect("there is one from the start").push(letter);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn put(object: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            object.insert(path.to_owned(), value);
        }
        Some((key, rest)) => {
            let inner = object.entry(key).or_insert_with(|| Value::from(Map::new()));
            put(
                inner.as_object_mut().expect("a field is either a value or an object"),
                rest,
                value,
            );
        }
    }
}

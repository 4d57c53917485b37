//! Why two events count as equal or not, field by field.
//!
//! The slow door beside `token == token`: both lines are read again, and their values go through the
//! same treatment as in the scan.

use crate::pair::Pair;
use crate::profile::plan::{MaskedValue, Node};
use crate::profile::{Plan, Profile, RuleId};
use crate::trace::parsed_event::ParsedEvent;
use crate::trace::{Place, SymbolId, Symbols, Trace};
use crate::value::{Value, hash_bytes};

/// One event, read again.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Its file.
    pub file: String,
    /// Its line, counted from 1.
    pub line: u64,
    /// The line as it is; bytes that are not text are replaced.
    pub raw: String,
    /// What it says, as it is compared: identities and left-out fields are shown as such.
    pub canonical: String,
    /// Its fields, each with what it holds as it is compared; without those that are left out.
    pub fields: Vec<(String, String)>,
    /// The host's clock, if the event has one.
    pub clock: Option<i64>,
}

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field: `kind`, `name`, `return_value`, `args.r3`.
    pub field: String,
    /// What each side has there; none if it has no such field.
    pub values: Pair<Option<String>>,
    /// What the rules leave of that.
    pub canonical: Pair<Option<String>>,
    /// The rule that excuses it, if one does.
    pub excused_by: Option<RuleId>,
}

/// Reads the event at `place` again.
pub fn view(trace: &Trace, place: Place, plan: &Plan) -> View {
    match trace.lines.read(place) {
        Ok(line) => {
            let raw = String::from_utf8_lossy(&line.bytes).into_owned();
            let parsed = trace.event_of(place, &line.bytes);
            let canonical =
                parsed.as_ref().map(|parsed| canonical_text(parsed, plan)).unwrap_or_default();
            let clock = parsed.as_ref().and_then(|parsed| parsed.clock);
            let fields = parsed.map(|parsed| fields_of(parsed, plan)).unwrap_or_default();
            View { file: line.file, line: line.number, canonical, fields, clock, raw }
        }
        Err(error) => {
            View { raw: format!("(cannot be read any more: {error})"), ..View::default() }
        }
    }
}

/// Returns the members of a payload as they are compared, without the name, which the title has; none for what is left
/// out.
fn canonical_members<'a>(
    parsed: ParsedEvent<'a>,
    plan: &Plan,
) -> impl Iterator<Item = (std::borrow::Cow<'a, str>, Option<Value<'a>>)> {
    parsed.payload.into_iter().filter(|(key, _)| key != "name").map(|(key, value)| {
        let hash = hash_bytes(key.as_bytes());
        let value = match plan.payload.member(hash) {
            Some(node) => node.canonical(value, hash, &mut Vec::new()),
            None => Some(value),
        };
        (key, value)
    })
}

/// Returns the fields of the event at `place` as they are compared: their names and what they hold.
pub fn fields(trace: &Trace, place: Place, plan: &Plan) -> Vec<(String, String)> {
    trace.event(place).map(|event| fields_of(event, plan)).unwrap_or_default()
}

fn fields_of(event: ParsedEvent<'_>, plan: &Plan) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for (key, value) in canonical_members(event, plan) {
        if let Some(value) = value {
            add_fields(key.into_owned(), &value, &mut fields);
        }
    }
    fields
}

fn add_fields(name: String, value: &Value<'_>, fields: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (inner, value) in members {
                add_fields(format!("{name}.{inner}"), value, fields);
            }
        }
        value => fields.push((name, value.to_string())),
    }
}

/// Returns the hashes of the fields of the event at `place` as they are compared, of the payload's members and of theirs.
pub fn field_hashes(trace: &Trace, place: Place, plan: &Plan) -> Vec<(u64, u64)> {
    let mut fields = Vec::new();
    for (key, value) in
        trace.event(place).into_iter().flat_map(|event| canonical_members(event, plan))
    {
        let hash = hash_bytes(key.as_bytes());
        match value {
            Some(Value::Object(members)) => fields.extend(members.iter().map(|(inner, value)| {
                (hash.rotate_left(7) ^ hash_bytes(inner.as_bytes()), value.hash())
            })),
            Some(value) => fields.push((hash, value.hash())),
            None => {}
        }
    }
    fields
}

/// Returns the payload as it is compared, on one line.
fn canonical_text(parsed: &ParsedEvent<'_>, plan: &Plan) -> String {
    let mut parts = Vec::new();
    for (key, value) in canonical_members(parsed.clone(), plan) {
        match value {
            Some(Value::Object(members)) if members.is_empty() => {}
            Some(Value::Object(members)) => {
                parts.extend(members.iter().map(|(inner, value)| format!("{key}.{inner}={value}")));
            }
            Some(value) => parts.push(format!("{key}={value}")),
            None => parts.push(format!("{key}=‹left out›")),
        }
    }
    parts.join(" ")
}

/// Where two events stand.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// The event's line.
    pub place: Place,
    /// Its kind and name.
    pub symbol: SymbolId,
    /// Its index in the log.
    pub index: u64,
}

/// Returns where two events differ, and what rules excuse.
pub fn differences(
    lines: Pair<&Trace>,
    symbols: &Symbols,
    profile: &Profile,
    spots: Pair<Spot>,
) -> Vec<Difference> {
    let mut found = Vec::new();
    let sides = spots.map(|spot| symbols.of(spot.symbol));
    if sides.reference.kind != sides.candidate.kind {
        found.push(differs("kind", sides.map(|symbol| Some(symbol.kind.clone()))));
        return found;
    }
    let parsed = lines.zip(spots).map(|(trace, spot)| trace.event(spot.place));
    if sides.reference.name != sides.candidate.name {
        // One function may have several names in the comparison, by what it does or how it ends.
        let names = parsed.as_ref().map(|event| event.as_ref().map(|event| event.name.clone()));
        if names.reference.is_none() || names.reference != names.candidate {
            found.push(differs("name", sides.map(|symbol| symbol.name.clone())));
            return found;
        }
    }
    if profile.compare_index && spots.reference.index != spots.candidate.index {
        found.push(differs("tid_event_idx", spots.map(|spot| Some(spot.index.to_string()))));
    }
    let Pair { reference: Some(reference), candidate: Some(candidate) } = parsed else {
        return found; // one of the files is gone; what can be said was said
    };
    // Names are the symbol's, which are equal; formats differ in whether the payload has it too.
    let payloads = Pair::new(reference, candidate).map(|parsed| {
        let payload = parsed.payload.into_iter();
        let rest = payload.filter(|(key, value)| key != "name" || !matches!(value, Value::Text(_)));
        Value::Object(rest.collect())
    });
    let node = Some(&sides.reference.plan.payload);
    compare(profile, node, "", 0, payloads.map(Some), &mut found);
    let differ = found.iter().any(|difference| difference.excused_by.is_none());
    if sides.reference.name != sides.candidate.name && !differ {
        found.push(differs("name", sides.map(|symbol| symbol.name.clone())));
    }
    found
}

fn differs(field: &str, values: Pair<Option<String>>) -> Difference {
    let canonical = values.clone();
    Difference { field: field.to_owned(), values, canonical, excused_by: None }
}

/// Adds the differences between two values as they are, those included that a rule excuses.
fn compare(
    profile: &Profile,
    node: Option<&Node>,
    path: &str,
    key: u64,
    values: Pair<Option<Value<'_>>>,
    found: &mut Vec<Difference>,
) {
    let raw_hash = values.as_ref().map(|value| value.as_ref().map(Value::hash));
    if raw_hash.reference == raw_hash.candidate {
        return;
    }
    let canonical = |value: &Option<Value<'_>>, asides: &mut Vec<MaskedValue>| {
        let value = value.clone()?.into_static();
        match node {
            Some(node) => node.canonical(value, key, asides),
            None => Some(value),
        }
    };
    if let Pair { reference: Some(Value::Object(a)), candidate: Some(Value::Object(b)) } = &values {
        let whole = node.is_none_or(|node| node.own_rules().next().is_none());
        if whole {
            let find = |members: &[(std::borrow::Cow<'_, str>, Value<'_>)], key: &str| {
                members
                    .iter()
                    .find(|(name, _)| name == key)
                    .map(|(_, value)| value.clone().into_static())
            };
            let only_b = b.iter().filter(|(name, _)| a.iter().all(|(other, _)| other != name));
            for (name, _) in a.iter().chain(only_b) {
                let hash = hash_bytes(name.as_bytes());
                let inner = Pair::new(find(a, name), find(b, name));
                let path =
                    if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
                let node = node.and_then(|node| node.member_of(a.len(), hash));
                compare(profile, node, &path, key.rotate_left(7) ^ hash, inner, found);
            }
            return;
        }
    }
    let mut asides = Vec::new();
    let left = values.as_ref().map(|value| canonical(value, &mut asides));
    let hash = left.as_ref().map(|value| value.as_ref().map(Value::hash));
    let equal = hash.reference == hash.candidate;
    // What is only noted beside an event is compared all the same, by another rule or none.
    let mut rules = asides.iter().map(|aside| aside.rule).filter(|rule| !rule.is_mark());
    let excuse = rules.clone().find(|&rule| profile.rule(rule).treats_values());
    let excused_by = equal.then(|| excuse.or_else(|| rules.next())).flatten();
    let text = |value: Option<Value<'_>>| value.map(|value| value.to_string());
    let (values, canonical) = (values.map(text), left.map(text));
    found.push(Difference { field: path.to_owned(), values, canonical, excused_by });
}

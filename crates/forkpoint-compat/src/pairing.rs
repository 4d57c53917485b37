//! Decides which thread is compared with which.
//!
//! One idea: threads whose first kernel call has the same name belong together, in
//! the order of their ids; a map from the user replaces that.

use std::collections::HashMap;

use super::failure::{Failure, Shape};
use super::int::{MAX_DIGITS, any_base};
use super::key::Key;
use super::log::{Lane, Log};
use super::options::{Options, python_strip};
use super::order::sorted;
use super::payload::has_kind;
use super::repr::{plain, repr};
use super::value::{Value, or_none};

/// Two threads to compare.
#[derive(Clone, Debug)]
pub(super) struct LanePair {
    /// The canary's thread id, as the map writes it.
    pub(super) canary_tid: Value,
    /// Our thread id, as the map writes it.
    pub(super) ours_tid: Value,
    pub(super) canary_lane: usize,
    pub(super) ours_lane: usize,
}

/// Thread ids mapped one to one; a repeated key keeps its place and its last value.
#[derive(Debug, Default)]
pub(super) struct TidMap {
    pairs: Vec<(Value, Value)>,
    place: HashMap<Key, usize>,
}

impl TidMap {
    fn insert(&mut self, canary: &Value, ours: Value) {
        let Some(key) = canary.key() else { return };
        let place = *self.place.entry(key).or_insert(self.pairs.len());
        match self.pairs.get_mut(place) {
            Some(pair) => pair.1 = ours,
            None => self.pairs.push((canary.clone(), ours)),
        }
    }
}

/// Returns the map the options ask for; an empty one is an error.
pub(super) fn map(canary: &Log, ours: &Log, options: &Options) -> Result<TidMap, Failure> {
    let map = match options.tid_map.as_deref() {
        None | Some("") => by_first_call(canary, ours)?,
        Some(text) => parse(text)?,
    };
    if map.pairs.is_empty() { Err(Failure::NoMapping) } else { Ok(map) }
}

/// Returns the map's pairs in the order of the canary's ids.
pub(super) fn in_order(map: TidMap) -> Result<Vec<(Value, Value)>, Failure> {
    Ok(sorted(map.pairs, |(canary_tid, _)| canary_tid)?)
}

/// Finds the lanes of a pair; a thread that its log lacks is reported in `warnings`.
pub(super) fn find(
    (canary_tid, ours_tid): (Value, Value),
    canary: &Log,
    ours: &Log,
    warnings: &mut Vec<String>,
) -> Result<Option<LanePair>, Failure> {
    let Some(canary_lane) = canary.lane_idx(&canary_tid) else {
        warnings.push(not_in_stream("canary", &canary_tid)?);
        return Ok(None);
    };
    let Some(ours_lane) = ours.lane_idx(&ours_tid) else {
        warnings.push(not_in_stream("ours", &ours_tid)?);
        return Ok(None);
    };
    Ok(Some(LanePair { canary_tid, ours_tid, canary_lane, ours_lane }))
}

fn not_in_stream(side: &str, tid: &Value) -> Result<String, Failure> {
    let tid = plain(tid).escaped();
    if tid.trim_start_matches('-').len() > MAX_DIGITS {
        let message = format!("--tid-map: a {side} tid of more than {MAX_DIGITS} digits");
        return Err(Failure::Unfit(message));
    }
    Ok(format!("warn: {side} tid {tid} not in stream; skipping"))
}

fn by_first_call(canary: &Log, ours: &Log) -> Result<TidMap, Failure> {
    let mut callers: Vec<[Vec<&Value>; 2]> = Vec::new();
    let mut place: HashMap<Key, usize> = HashMap::new();
    for (side, log) in [canary, ours].into_iter().enumerate() {
        for lane in &log.lanes {
            let Some(name) = first_call(log, lane)? else { continue };
            let group = *place.entry(name).or_insert(callers.len());
            if group == callers.len() {
                callers.push(Default::default());
            }
            callers[group][side].push(&lane.tid);
        }
    }
    let mut map = TidMap::default();
    for [canary_tids, ours_tids] in callers {
        if canary_tids.is_empty() {
            continue; // the reference never looks at, and never sorts, these
        }
        let canary_tids = sorted(canary_tids, |tid| *tid)?;
        let ours_tids = sorted(ours_tids, |tid| *tid)?;
        for (canary_tid, ours_tid) in canary_tids.into_iter().zip(ours_tids) {
            map.insert(canary_tid, ours_tid.clone());
        }
    }
    Ok(map)
}

fn first_call(log: &Log, lane: &Lane) -> Result<Option<Key>, Failure> {
    let call = lane.events.iter().enumerate().find(|(_, event)| has_kind(event, "kernel.call"));
    let Some((i, call)) = call else { return Ok(None) };
    let name = match call.get("payload") {
        Some(Value::Dict(payload)) => Ok(or_none(payload.get("name"))),
        Some(other) => Err(Shape::not_an_object("payload", other)),
        None => Err(Shape::missing("payload")),
    };
    let key = name.and_then(|name| name.key().ok_or_else(|| Shape::unhashable("name", name)));
    match key.map_err(|shape| shape.at(&log.name, &lane.tid, i))? {
        Key::None => Ok(None),
        key => Ok(Some(key)),
    }
}

fn parse(text: &str) -> Result<TidMap, Failure> {
    let mut map = TidMap::default();
    for token in text.split(',').map(python_strip).filter(|token| !token.is_empty()) {
        let Some((canary, ours)) = token.split_once('=') else {
            let token = repr(&Value::Str(token.into())).escaped();
            return Err(Failure::Refused(format!(
                "--tid-map: bad token {token} (expected canary=ours)"
            )));
        };
        map.insert(&tid(canary)?, tid(ours)?);
    }
    Ok(map)
}

fn tid(text: &str) -> Result<Value, Failure> {
    let text = python_strip(text);
    any_base(text)
        .ok_or_else(|| Failure::Unfit(format!("expected an integer, found `{text}` (--tid-map)")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::read;
    use crate::options::Generation;

    fn log(calls: &[(&str, &str)]) -> Log {
        let mut text = r#"{"kind":"schema_version","schema_version":1}"#.to_owned();
        for (tid, payload) in calls {
            text += &format!("\n{{\"kind\":\"kernel.call\",\"tid\":{tid},\"payload\":{payload}}}");
        }
        read(text.as_bytes(), "log").expect("readable")
    }

    fn paired(canary: &Log, ours: &Log, tid_map: &str) -> Result<Vec<String>, Failure> {
        let mut options = Options::new(Generation::Strict);
        options.tid_map = Some(tid_map.to_owned());
        let mut warnings = Vec::new();
        let mut shown = Vec::new();
        for pair in in_order(map(canary, ours, &options)?)? {
            let Some(pair) = find(pair, canary, ours, &mut warnings)? else { continue };
            let [a, b] = [&pair.canary_tid, &pair.ours_tid].map(|tid| plain(tid).escaped());
            shown.push(format!("{a}={b}"));
        }
        shown.extend(warnings);
        Ok(shown)
    }

    const N: &str = r#"{"name":"N"}"#;
    const M: &str = r#"{"name":"M"}"#;

    #[test]
    fn threads_of_one_first_call_pair_in_the_order_of_their_ids() {
        let canary = log(&[("9", N), ("7", N), ("8", M)]);
        let ours = log(&[("2", M), ("1.5", N), ("true", N), ("4", N)]);
        assert_eq!(paired(&canary, &ours, "").expect("paired"), ["7=True", "8=2", "9=1.5"]);
    }

    #[test]
    fn threads_without_a_named_call_are_left_out() {
        let canary = log(&[("1", r#"{"name":null}"#)]);
        assert_eq!(paired(&canary, &canary, ""), Err(Failure::NoMapping));
    }

    #[test]
    fn ids_that_python_cannot_sort_are_an_error_only_if_the_canary_has_the_name() {
        let mixed = log(&[("1", N), ("\"1\"", N)]);
        let other = log(&[("1", M)]);
        assert!(matches!(paired(&mixed, &other, ""), Err(Failure::Unfit(_))));
        assert_eq!(paired(&other, &mixed, ""), Err(Failure::NoMapping));
    }

    #[test]
    fn a_map_pairs_what_it_names_and_warns_of_the_rest() {
        let canary = log(&[("1", N), ("2", N)]);
        assert_eq!(
            paired(&canary, &canary, "2=0x1, 1=9,1=2,5=1,").expect("paired"),
            ["1=2", "2=1", "warn: canary tid 5 not in stream; skipping"]
        );
        assert_eq!(
            paired(&canary, &canary, "1-2").map_err(|f| f.to_string()),
            Err("--tid-map: bad token '1-2' (expected canary=ours)".to_owned())
        );
        assert_eq!(paired(&canary, &canary, " , "), Err(Failure::NoMapping));
        assert!(matches!(paired(&canary, &canary, "1=x"), Err(Failure::Unfit(_))));
    }
}

//! Threads and events by the names that reports print.
//!
//! Invariant: whatever a report, `check` or `show` prints as a thread or as a place is accepted here, as
//! the log that it is of spells it.

use std::collections::BTreeMap;
use std::path::Path;

use forkpoint::pair::{Pair, Side};
use forkpoint::profile::{Profile, did_you_mean};
use forkpoint::read::why_no_event;
use forkpoint::render::escape::plain;
use forkpoint::render::words::{count, shortened};
use forkpoint::trace::{LaneKey, Trace};

use crate::trouble::Trouble;

/// This many names are listed.
const LISTED: usize = 12;

/// Pairs of threads, as the user names them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Map(Vec<Pair<String>>);

/// Reads pairs of threads: `6=1,7=2`, `0138:0140=062c`.
pub(crate) fn map(text: &str) -> Result<Map, String> {
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let pair = |pair: &str| match pair.split_once('=') {
        Some((reference, candidate)) if !reference.is_empty() && !candidate.is_empty() => {
            Ok(Pair::new(reference.trim().to_owned(), candidate.trim().to_owned()))
        }
        _ => Err(format!("expected REFERENCE=CANDIDATE, found `{pair}`")),
    };
    pairs.map(pair).collect::<Result<_, String>>().map(Map)
}

impl Map {
    /// Returns whether it names no thread.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the threads that are meant.
    pub(crate) fn of(&self, traces: &Pair<Trace>) -> Result<Vec<Pair<LaneKey>>, Trouble> {
        let key = |side: Side, names: &Pair<String>| {
            let trace = traces.on(side);
            let lane = lane(trace, &format!("the {side}"), names.on(side), "--map")?;
            Ok::<_, Trouble>(trace.lanes[lane].key)
        };
        let pair = |names: &Pair<String>| {
            Ok::<_, Trouble>(Pair::new(key(Side::Reference, names)?, key(Side::Candidate, names)?))
        };
        let pairs = self.0.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
        for side in [Side::Reference, Side::Candidate] {
            let mut known = BTreeMap::new();
            for (pair, names) in pairs.iter().zip(&self.0) {
                let Some(first) = known.insert(*pair.on(side), names) else { continue };
                let thread = traces.on(side).lane_name(*pair.on(side));
                let message = format!("--map names thread {thread} of the {side} twice");
                let written =
                    |names: &Pair<String>| format!("{}={}", names.reference, names.candidate);
                let both = format!("`{}` and `{}`", written(first), written(names));
                return Err(Trouble::new(message, Some(format!("leave one out of {both}"))));
            }
        }
        Ok(pairs)
    }
}

/// Returns the lane that a reader of the log calls so; `whose` says which log it is.
pub(crate) fn lane(trace: &Trace, whose: &str, name: &str, option: &str) -> Result<usize, Trouble> {
    find_lane(trace, name).ok_or_else(|| {
        let message = format!("{whose} has no thread {name} ({option})");
        Trouble::new(message, Some(lanes_of(trace, name)))
    })
}

/// Says which threads there are, and which may have been meant.
fn lanes_of(trace: &Trace, name: &str) -> String {
    let names: Vec<String> = trace.lanes.iter().map(|lane| trace.lane_name(lane.key)).collect();
    let listed = format!("it has {}", listed(names.iter().map(String::as_str)));
    match did_you_mean(name, names.iter().map(String::as_str)) {
        Some(meant) if names.len() > LISTED => format!("{meant} {listed}"),
        _ => listed,
    }
}

/// Returns names as a list that does not become too long.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let mut shown: Vec<&str> = names.by_ref().take(LISTED).collect();
    let more = names.count();
    let more = format!("{more} more");
    if more != "0 more" {
        shown.push(&more);
    }
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}

fn find_lane(trace: &Trace, name: &str) -> Option<usize> {
    let name = name.trim();
    let named = |is: &dyn Fn(LaneKey) -> bool| trace.lanes.iter().position(|lane| is(lane.key));
    let printed = named(&|key| trace.lane_name(key).eq_ignore_ascii_case(name));
    // Numbers are meant as the log has them: Wine's and Xenia's threads are hexadecimal.
    let is_hex = trace.lane_name(LaneKey { process: None, thread: 0xFF }) != "255";
    let key = || key(name, is_hex);
    let number = || key().and_then(|meant| named(&|key| key == meant));
    // A thread without its process is meant if there is one such thread.
    let alone = || {
        let meant = self::key(name, is_hex || trace.lanes.iter().any(|l| l.key.process.is_some()))
            .filter(|meant| meant.process.is_none())?;
        let is_one = |lane: &&forkpoint::trace::Lane| lane.key.thread == meant.thread;
        let only = trace.lanes.iter().filter(is_one).count() == 1;
        only.then(|| named(&|key| key.thread == meant.thread))?
    };
    printed.or_else(number).or_else(alone)
}

/// Reads a thread's number: `6`, `0x1f`, or `PROCESS:THREAD` in hexadecimal.
fn key(text: &str, is_hex: bool) -> Option<LaneKey> {
    let hex = |text: &str| {
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
        i64::from_str_radix(digits, 16).ok()
    };
    if let Some((process, thread)) = text.split_once(':') {
        let process = u32::try_from(hex(process)?).ok()?;
        return Some(LaneKey { process: Some(process), thread: hex(thread)? });
    }
    let thread = if is_hex || text.starts_with("0x") { hex(text) } else { text.parse().ok() };
    Some(LaneKey { process: None, thread: thread? })
}

/// An event of a log: its lane and its position there.
pub(crate) type Spot = (usize, usize);

/// What `--at` names: THREAD:INDEX or FILE:LINE, or an index alone.
#[derive(Clone, Debug)]
pub(crate) struct AtArg {
    name: Option<String>,
    number: u64,
}

/// Reads THREAD:INDEX or FILE:LINE.
pub(crate) fn at(text: &str) -> Result<AtArg, String> {
    let bad = || {
        format!(
            "expected THREAD:INDEX such as 6:120 or 0024:0028:431, or FILE:LINE such as run.log:17, found `{text}`"
        )
    };
    let (name, number) = text.rsplit_once(':').ok_or_else(bad)?;
    let number = number.trim().parse().map_err(|_| bad())?;
    Ok(AtArg { name: Some(name.trim().to_owned()).filter(|name| !name.is_empty()), number })
        .and_then(|at| if at.name.is_some() { Ok(at) } else { Err(bad()) })
}

/// Reads an index, THREAD:INDEX or FILE:LINE.
pub(crate) fn at_or_index(text: &str) -> Result<AtArg, String> {
    match text.trim().parse() {
        Ok(number) => Ok(AtArg { name: None, number }),
        Err(_) => at(text),
    }
}

impl AtArg {
    /// Returns whether it names a file of this log and none of its threads.
    pub(crate) fn is_file_of(&self, trace: &Trace) -> bool {
        let Some(name) = &self.name else { return false };
        find_lane(trace, name).is_none() && !files_called(trace, name).is_empty()
    }

    /// Returns the event; `lane` is the one of an index alone, and `whose` says which log it is.
    pub(crate) fn find(
        &self,
        trace: &Trace,
        profile: &Profile,
        lane: Option<usize>,
        whose: &str,
    ) -> Result<Spot, Trouble> {
        let Some(name) = &self.name else {
            let Some(lane) = lane else {
                let hint = Some("say which with --lane".to_owned());
                return Err(Trouble::new("--at needs a thread: the log has several", hint));
            };
            return self.in_lane(trace, lane, whose);
        };
        if let Some(lane) = find_lane(trace, name) {
            return self.in_lane(trace, lane, whose);
        }
        match *files_called(trace, name) {
            [part] => self.in_line(trace, profile, part),
            [] => {
                let files = listed(trace.files.iter().map(String::as_str));
                let message = format!("{whose} has no thread and no file {name} (--at)");
                let hint = format!("{}; its files are {files}", lanes_of(trace, name));
                Err(Trouble::new(message, Some(hint)))
            }
            ref parts => {
                let files = listed(parts.iter().map(|&part| trace.files[part].as_str()));
                let message = format!("{whose} has several files {name} (--at)");
                Err(Trouble::new(message, Some(format!("say which: {files}"))))
            }
        }
    }

    fn in_lane(&self, trace: &Trace, lane: usize, whose: &str) -> Result<Spot, Trouble> {
        let events = &trace.lanes[lane];
        let position = events.position_of(self.number).ok_or_else(|| {
            let name = trace.lane_name(events.key);
            let hint = events.n_events().checked_sub(1).map(|last| {
                format!("it has events {} to {}", events.event_idx(0), events.event_idx(last))
            });
            let message = format!("thread {name} of {whose} has no event {} (--at)", self.number);
            Trouble::new(message, hint)
        })?;
        Ok((lane, position))
    }

    /// Finds the event of a line of file number `part`.
    fn in_line(&self, trace: &Trace, profile: &Profile, part: usize) -> Result<Spot, Trouble> {
        let (file, number) = (&trace.files[part], self.number);
        let cannot = |error: std::io::Error| {
            Trouble::new(format!("cannot be read any more: {error} ({file})"), None)
        };
        let place = match trace.lines.place_of_line(part, number).map_err(cannot)? {
            Ok(place) => place,
            Err(lines) => {
                let message = format!("there is no line {number} ({file})");
                let hint = match number {
                    0 => "lines are counted from 1".to_owned(),
                    _ => format!("the file has {}", count(lines, "line")),
                };
                return Err(Trouble::new(message, Some(hint)));
            }
        };
        if let Some(spot) = trace.event_at(place) {
            return Ok(spot);
        }
        let line = trace.lines.bytes(place).map_err(cannot)?;
        let why = why_no_event(trace, profile, place, &line);
        let text = String::from_utf8_lossy(&line);
        let message = format!(
            "line {number} holds no event: {why}: `{}` ({file}:{number})",
            shortened(text.trim(), 60)
        );
        let near = trace.events_around(place).map(|place| {
            place.and_then(|place| trace.lines.read(place).ok()).map(|line| line.number)
        });
        let hint = match near {
            [Some(before), Some(after)] => {
                Some(format!("the nearest events are in lines {before} and {after}"))
            }
            [Some(line), None] | [None, Some(line)] => {
                Some(format!("the nearest event is in line {line}"))
            }
            [None, None] => None,
        };
        Err(Trouble::new(message, hint))
    }
}

/// Returns which files of a log are called so: by the path that reports print, or by the name alone.
fn files_called(trace: &Trace, name: &str) -> Vec<usize> {
    let bare = |text: &str| text.strip_prefix("./").unwrap_or(text).to_owned();
    let is_path = |file: &str| bare(file) == bare(name) || bare(&plain(file)) == bare(name);
    let is_name = |file: &str| {
        let base = Path::new(file).file_name().map(|base| base.to_string_lossy().into_owned());
        base.is_some_and(|base| base == name || plain(&base) == name)
    };
    let all = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..trace.files.len()).filter(|&part| is(&trace.files[part])).collect()
    };
    match all(&is_path) {
        paths if paths.is_empty() => all(&is_name),
        paths => paths,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_the_log_has_them() {
        let key = |text, is_hex| key(text, is_hex).map(|key| (key.process, key.thread));
        assert_eq!(key("062c", true), Some((None, 0x62C)));
        assert_eq!(key("16", true), Some((None, 0x16)));
        assert_eq!(key("16", false), Some((None, 16)));
        assert_eq!(key("0x1f", false), Some((None, 0x1F)));
        assert_eq!(key("0138:0140", false), Some((Some(0x138), 0x140)));
        assert_eq!(key("x", true), None);
    }

    #[test]
    fn a_list_is_bounded() {
        let names: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        assert!(listed(names.iter().map(String::as_str)).ends_with("11, 8 more"));
        assert_eq!(listed([]), "none");
    }
}

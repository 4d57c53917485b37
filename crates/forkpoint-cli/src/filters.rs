//! What `--only-callers`, `--imports`, `--only-modules`, `--without-modules` and `--from` leave to look at.
//!
//! Invariant: a filter that leaves nothing is trouble and never a verdict, and what there is instead is
//! reported.

use std::collections::{BTreeMap, BTreeSet};

use forkpoint::pair::Pair;
use forkpoint::profile::{Modules, Profile, did_you_mean};
use forkpoint::read;
use forkpoint::render::escape::plain;
use forkpoint::render::words::count;
use forkpoint::scan::symbols::SymbolTable;
use forkpoint::trace::{Symbols, Trace};
use forkpoint::value::Value;

use crate::input::ReadArgs;
use crate::names::listed;
use crate::trouble::Trouble;

/// This many events are looked at to say what there is.
const LOOKED_AT: usize = 100_000;

impl ReadArgs {
    /// Says that a filter leaves nothing of one of the logs, or nothing of what it names.
    pub(crate) fn refuse_nothing(
        &self,
        traces: &[&Trace],
        symbols: &Symbols,
        profile: &Profile,
    ) -> Result<(), Trouble> {
        for trace in traces.iter().filter(|trace| trace.n_events() == 0) {
            self.refuse_empty(trace, profile)?;
        }
        self.refuse_no_module(traces, symbols)
    }

    /// Says which filter left a log without an event, if one did.
    fn refuse_empty(&self, trace: &Trace, profile: &Profile) -> Result<(), Trouble> {
        let is_filtered = self.only_callers.is_some() || self.imports.is_some();
        let file = trace.files.first().map(String::as_str).unwrap_or_default();
        let option = if self.only_callers.is_some() { "--only-callers" } else { "--imports" };
        let Ok(sources) = read::open(&trace.files) else {
            // Standard input cannot be read again, and what was left out there has no names.
            let by_filter = trace.skipped.iter().filter(|(why, _)| why.reason.contains(option));
            let left_out: u64 = by_filter.map(|(_, count)| count).sum();
            if !is_filtered || left_out == 0 {
                return Ok(());
            }
            let message = format!("{option} leaves no event ({file})");
            let hint = format!("{} left out by it", count(left_out, "line"));
            return Err(Trouble::new(message, Some(hint)));
        };
        if let (Some(from), Some(first)) = (&self.from, sources.first()) {
            let found = read::recognise(first);
            if found.as_ref().is_ok_and(|format| format.name != from.as_str()) || found.is_err() {
                let message = format!("holds no event of the format {from} (--from, {file})");
                let hint = found.map_or_else(
                    |error| error.hint.unwrap_or(error.message),
                    |format| format!("it looks like a log of the format {}", format.name),
                );
                return Err(Trouble::new(message, Some(hint)));
            }
        }
        if !is_filtered {
            return Ok(());
        }
        let table = SymbolTable::new(profile);
        let unfiltered = ReadArgs { only_callers: None, imports: None, ..self.clone() };
        let format = self.from.as_deref().map(forkpoint::formats::format).transpose()?;
        let all = read::read(sources, profile, &table, unfiltered.options(format, None))?;
        if all.n_events() == 0 {
            return Ok(());
        }
        let (what, seen) = match &self.only_callers {
            Some(_) => ("calls come from", callers(&all)),
            None => ("functions are", functions(&table.finish())),
        };
        let message = format!("{option} leaves no event ({file})");
        let seen = listed(seen.iter().map(String::as_str));
        Err(Trouble::new(message, Some(format!("{what} {seen}"))))
    }

    /// Says that no function is of a module that is asked for, or that all are of those left out.
    fn refuse_no_module(&self, traces: &[&Trace], symbols: &Symbols) -> Result<(), Trouble> {
        let modules = self.modules();
        if modules == Modules::default() {
            return Ok(());
        }
        let ids: BTreeSet<u32> = traces
            .iter()
            .flat_map(|trace| &trace.lanes)
            .flat_map(|lane| lane.symbols.iter().map(|symbol| symbol.0))
            .collect();
        let names = ids.iter().map(|&id| symbols.0[id as usize].name.as_deref());
        let seen: BTreeSet<&str> = names.clone().flatten().filter_map(Modules::of).collect();
        let hint = |asked: &str| {
            let all = format!("modules seen: {}", listed(seen.iter().copied()));
            // Modules are meant in whatever case.
            let alike: Vec<String> = seen.iter().map(|name| name.to_ascii_lowercase()).collect();
            let asked = asked.to_ascii_lowercase();
            let meant = did_you_mean(&asked, alike.iter().map(String::as_str));
            meant.map_or(all.clone(), |meant| format!("{meant} {all}"))
        };
        let is_seen = |asked: &String| seen.iter().any(|name| Modules::is(asked, name));
        let absent = |asked: &[String]| -> Vec<String> {
            asked.iter().filter(|asked| !is_seen(asked)).cloned().collect()
        };
        let (no_only, no_without) = (absent(&modules.only), absent(&modules.without));
        if let Some(first) = no_only.first().filter(|_| no_only.len() == modules.only.len()) {
            let message =
                format!("no function of {} is in the logs (--only-modules)", no_only.join(", "));
            return Err(Trouble::new(message, Some(hint(first))));
        }
        for (option, absent) in [("--only-modules", no_only), ("--without-modules", no_without)] {
            for asked in absent {
                let note =
                    format!("no function of {asked} is in the logs ({option}); {}", hint(&asked));
                crate::terminal::say(&format!("note: {}", plain(&note)));
            }
        }
        let all = traces.iter().map(|trace| trace.n_events()).sum::<usize>();
        if all > 0 && names.clone().all(|name| name.is_some_and(|name| modules.leaves_out(name))) {
            let message = "--only-modules and --without-modules leave no event";
            return Err(Trouble::new(message, Some(hint(""))));
        }
        Ok(())
    }
}

/// Returns where the program's own code seems to lie, as `--only-callers` takes it: the lowest addresses that calls
/// of both logs come from. Libraries lie higher, and elsewhere in every engine.
pub(crate) fn program(traces: &Pair<Trace>) -> Option<String> {
    /// Fewer calls are no program's.
    const FEWEST: u64 = 16;
    // The logs are read again for this, and in other formats no caller stands.
    let names_callers = |trace: &Trace| {
        forkpoint::formats::format(trace.format).is_ok_and(|format| format.images.is_some())
    };
    if !names_callers(&traces.reference) || !names_callers(&traces.candidate) {
        return None;
    }
    let ranges = traces.as_ref().map(ranges);
    let mut both = ranges.reference.iter().filter(|(range, count)| {
        let other = ranges.candidate.get(range).copied().unwrap_or_default();
        **count >= FEWEST && other >= FEWEST
    });
    let (&first, _) = both.next()?;
    // With nothing else that calls there is nothing to leave out.
    if ranges.reference.len() < 2 && ranges.candidate.len() < 2 {
        return None;
    }
    let after = both.map(|(&range, _)| range);
    let end = after.zip(first + 1..).take_while(|(range, next)| range == next).count() as u64;
    Some(format!("{:#x}..{:#x}", first * RANGE, (first + 1 + end) * RANGE))
}

/// How finely callers are counted.
const RANGE: u64 = 1 << 20; // bytes

/// Returns how many calls come from each range of addresses.
fn ranges(trace: &Trace) -> BTreeMap<u64, u64> {
    let mut seen: BTreeMap<u64, u64> = BTreeMap::new();
    for (lane, position) in trace.in_file_order().take(LOOKED_AT) {
        let Some(event) = trace.event(trace.lanes[lane].places.at(position)) else { continue };
        let caller = event.payload.iter().find(|(key, _)| key == "caller");
        if let Some((_, Value::Hex(caller))) = caller {
            *seen.entry(caller / RANGE).or_default() += 1;
        }
    }
    seen
}

/// Returns where calls come from, most of them first: ranges of addresses.
fn callers(trace: &Trace) -> Vec<String> {
    let mut ranges: Vec<(u64, u64)> = ranges(trace).into_iter().collect();
    ranges.sort_by_key(|&(range, count)| (std::cmp::Reverse(count), range));
    let range = |(range, count): (u64, u64)| {
        let low = range * RANGE;
        format!("{low:x}..{:x} ({count} events)", low.saturating_add(RANGE))
    };
    ranges.into_iter().map(range).collect()
}

/// Returns the names of functions.
fn functions(symbols: &Symbols) -> Vec<String> {
    let names: BTreeSet<&str> =
        symbols.0.iter().filter_map(|symbol| symbol.name.as_deref()).collect();
    names.into_iter().map(str::to_owned).collect()
}

//! The table of contents: the order of the steps, and nothing else.

use rayon::prelude::*;

use crate::align::absorb::Absorber;
use crate::align::births::Births;
use crate::align::chance::Draws;
use crate::align::streams::{Sieve, Stream};
use crate::align::threads::{self, Paired};
use crate::align::walk::{Walk, walk};
use crate::align::{exchange, floats, tallies};
use crate::cause::causes;
use crate::finding::Facts;
use crate::identity::{
    Among, Identities, Meeting, ObjectNames, ObjectRules, Objects, Uses, contradictions,
    shared_objects,
};
pub use crate::options::Options;
use crate::pair::{Pair, Side};
use crate::profile::Profile;
use crate::report::Report;
use crate::report::build::report;
use crate::trace::{Lane, Symbols, Trace};

/// Compares two logs. Both must have been read with this profile and these symbols.
pub fn compare(
    traces: &Pair<Trace>,
    symbols: &Symbols,
    profile: &Profile,
    options: &Options,
) -> Report {
    examine(traces, symbols, profile, options, |facts| {
        report(facts, &causes(facts, facts.findings()))
    })
}

/// Compares two logs as [`compare`] does, and hands all that was found to `look`.
pub fn examine<T>(
    traces: &Pair<Trace>,
    symbols: &Symbols,
    profile: &Profile,
    options: &Options,
    look: impl FnOnce(&Facts<'_>) -> T,
) -> T {
    let rules = ObjectRules::new(profile);
    let (shared, objects) = rayon::join(
        || shared_objects(traces, symbols, profile),
        || objects(traces, symbols, profile, &rules),
    );
    let sieve = Sieve::new(traces, symbols, profile, &shared);
    let names = ObjectNames { objects: &objects, rules: &rules };
    let streams = Pair::of(|side| sift(&sieve, side, &traces.on(side).lanes, names));
    let pairing = threads::pair(&streams, symbols, &options.told, profile);
    let draws = Draws::default();
    let births = Births::default();
    let absorber = Absorber {
        traces,
        symbols,
        profile,
        names,
        draws: &draws,
        births: &births,
        pairs: &pairing.pairs,
        today: options.today,
    };
    let mut walks: Vec<Walk> = pairing
        .pairs
        .par_iter()
        .map(|paired| walk(side_by_side(&streams, paired), &absorber))
        .collect();
    exchange::settle(&streams, &pairing.pairs, &mut walks, profile, symbols, names);
    let lanes: Vec<Pair<usize>> = pairing.pairs.iter().map(|paired| paired.lanes).collect();
    let meetings: Vec<&[Meeting]> = walks.iter().map(|walk| walk.meetings.as_slice()).collect();
    let identities = Identities::new(traces, objects, rules, &shared, &lanes, &meetings);
    let mut conflicts = identities.all_conflicts(&meetings);
    let uses: Vec<[&Uses; 2]> = walks.iter().map(|walk| [&walk.uses, &walk.uses_behind]).collect();
    conflicts.extend(contradictions(&uses));
    let among = Among { traces, lanes: &lanes, profile };
    conflicts.retain(|conflict| !among.explains(conflict));
    conflicts.sort_by_key(|conflict| (conflict.pair, conflict.meeting.at));
    let (oddities, floated) =
        floats::compare(&streams, &lanes, &walks, profile, symbols, &identities);
    look(&Facts {
        traces,
        symbols,
        profile,
        options,
        streams: &streams,
        pairing: &pairing,
        walks: &walks,
        identities: &identities,
        conflicts,
        oddities,
        floated,
        left_out_of_floats: tallies::left_out(&streams, profile, &identities),
        draws: &draws,
        births: &births,
    })
}

fn objects(
    traces: &Pair<Trace>,
    symbols: &Symbols,
    profile: &Profile,
    rules: &ObjectRules,
) -> Pair<Objects> {
    let of = |trace| Objects::of(trace, symbols, profile, rules);
    let (reference, candidate) = rayon::join(|| of(&traces.reference), || of(&traces.candidate));
    Pair::new(reference, candidate)
}

fn sift<'a>(
    sieve: &Sieve<'a>,
    side: Side,
    lanes: &'a [Lane],
    names: ObjectNames<'_>,
) -> Vec<Stream<'a>> {
    lanes.par_iter().map(|lane| sieve.stream(side, lane, names)).collect()
}

fn side_by_side<'a, 'b>(
    streams: &'b Pair<Vec<Stream<'a>>>,
    paired: &Paired,
) -> Pair<&'b Stream<'a>> {
    Pair::new(
        &streams.reference[paired.lanes.reference],
        &streams.candidate[paired.lanes.candidate],
    )
}

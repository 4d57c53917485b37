//! Two traces in, a report out.

pub use crate::analysis::Options;
use crate::analysis::analyse;
use crate::analysis::cause::causes;
use crate::pair::Pair;
use crate::profile::Profile;
use crate::report::Report;
use crate::report::build::report;
use crate::trace::{Symbols, Trace};

/// Compares two logs. Both must have been read with this profile and these symbols.
pub fn compare(
    traces: &Pair<Trace>,
    symbols: &Symbols,
    profile: &Profile,
    options: &Options,
) -> Report {
    let facts = analyse(traces, symbols, profile, options);
    report(&facts, &causes(&facts, facts.findings()))
}

//! The two reference generations, to the letter.
//!
//! One idea: the references are Python, so their results are Python's; values,
//! equality, `repr`, hashing, order and JSON are modelled first, and the rules are
//! then written down as they are. Nothing here is shared with the native engine,
//! and nothing of it bends to fit this.
//!
//! Invariant: where a reference would die of an uncaught exception, this returns a
//! [`Failure`] with the place; no input panics.
//!
//! Not modelled: CPython's sort of 64 and more thread ids with a NaN among them,
//! and the surrogates that a C locale would let through to stdout.

mod absorbed;
mod canonical;
mod difference;
mod dumps;
mod failure;
mod int;
mod json;
mod key;
mod local_kinds;
mod log;
mod nested_cs;
mod options;
mod order;
mod pairing;
mod payload;
mod render;
mod repr;
mod shared;
mod text;
mod unicode;
mod value;
mod walk;

pub use failure::Failure;
pub use log::{Log, read};
pub use options::{Absorber, Generation, Options};

use log::Lane;
use walk::{Absorbed, Field, Walk};

/// Two logs, compared.
#[derive(Debug)]
pub struct Comparison {
    canary: Log,
    ours: Log,
    options: Options,
    walks: Vec<Walk>,
    absorbed: Vec<(usize, Absorbed)>, // with the index of its walk
}

/// Compares two logs as the reference of the options' generation does.
///
/// What a user should know but no failure says, threads of a `--tid-map` that are
/// not in the logs, is added to `warnings`, also if the comparison then fails.
pub fn compare(
    mut canary: Log,
    mut ours: Log,
    options: Options,
    warnings: &mut Vec<String>,
) -> Result<Comparison, Failure> {
    for log in [&mut canary, &mut ours] {
        if options.canonicalize_allocators {
            canonical::allocators(log, options.generation)?;
        }
        if options.generation == Generation::Floating && options.canonicalize_host_heap {
            canonical::host_heap(log)?;
        }
    }
    let map = pairing::map(&canary, &ours, &options)?;
    let shared = match options.generation {
        Generation::Strict => shared::SharedSids::default(),
        Generation::Floating => shared::collect(&canary, &ours)?,
    };
    let field = Field { canary: &canary, ours: &ours, shared: &shared, options: &options };
    let mut walks = Vec::new();
    let mut absorbed = Vec::new();
    for pair in pairing::in_order(map)? {
        let Some(pair) = pairing::find(pair, &canary, &ours, warnings)? else { continue };
        let mut passed = Vec::new();
        let walk_idx = walks.len();
        walks.push(walk::walk(&field, pair, &mut passed)?);
        absorbed.extend(passed.into_iter().map(|event| (walk_idx, event)));
    }
    Ok(Comparison { canary, ours, options, walks, absorbed })
}

impl Comparison {
    /// Returns the report in Markdown.
    ///
    /// Fails where the reference would: an event to be shown has no payload object,
    /// thread ids cannot be sorted, or a text has no UTF-8.
    pub fn report(&self) -> Result<String, Failure> {
        render::report(self)
    }

    /// Returns the number of events that rules let pass.
    pub fn n_absorbed(&self) -> usize {
        self.absorbed.len()
    }

    /// Appends the JSON line of the `n`th absorbed event, with its newline.
    pub fn absorbed_line(&self, n: usize, out: &mut String) {
        if let Some((walk_idx, event)) = self.absorbed.get(n) {
            absorbed::line(self, &self.walks[*walk_idx], event, out);
        }
    }

    /// Returns the first divergence in one sentence, if there is any, as
    /// `--validate-identical` says it.
    pub fn verdict(&self) -> Option<String> {
        let walk = self.walks.iter().find(|walk| walk.divergence.is_some())?;
        let divergence = walk.divergence.as_ref()?;
        let mut out = text::TextBuf::new();
        out.str("validate-identical: divergence in canary_tid=").plain(&walk.pair.canary_tid);
        out.str(" at tid_event_idx=").count(walk.n_matched);
        out.str(" (").buf(&divergence.description).str(")");
        Some(out.escaped())
    }

    fn lanes(&self, walk: &Walk) -> [&Lane; 2] {
        [&self.canary.lanes[walk.pair.canary_lane], &self.ours.lanes[walk.pair.ours_lane]]
    }
}

//! `[[affine]]`: numbers that may differ by a constant; the walk through the lanes compares them.

use crate::error::Error;
use crate::profile::rules::header::{Draft, Kind, Places, rule_spec};
use crate::profile::written::{At, Many};

rule_spec! {
    /// A number that may differ by a constant, such as a clock that starts elsewhere. The constant is learnt
    /// from the first two events of a pair of threads that are aligned, and learnt again where
    /// the threads have diverged; where it changes without that, the clock drifts: a divergence.
    AffineSpec(why, kind, name, budget) {
        /// Payload fields: `args.cyc`.
        pub fields: At<Many>,
    }
}

impl Kind for AffineSpec {
    type Form = Places;

    fn form(&self, rule: &mut Draft<'_>) -> Result<Self::Form, Error> {
        rule.source.paths(&self.fields).map(Places::Paths)
    }
}

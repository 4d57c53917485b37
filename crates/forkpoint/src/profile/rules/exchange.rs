//! `[[exchange]]`: threads that may take one another's work.

use crate::error::Error;
use crate::profile::rules::header::{Draft, Kind, rule_spec};
use crate::profile::select::Selector;
use crate::profile::written::{At, Many};

rule_spec! {
    /// Threads that may take one another's work: lanes that begin alike, and that between them do the same
    /// events as often, are compared as one set from where they diverge.
    ExchangeSpec(why, kind: "The kind of a thread's first event; `*` stands for anything.", name: "The function of a thread's first event; `*` stands for anything.", budget) {
    }
}

/// Threads that may take one another's work.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What the first event of such a thread is.
    pub first: Selector,
}

impl Kind for ExchangeSpec {
    type Form = Exchange;

    fn form(&self, rule: &mut Draft<'_>) -> Result<Exchange, Error> {
        Ok(Exchange { first: rule.selector.clone() })
    }
}

//! The order of first appearances as JSON. The types here are the wire's.
//!
//! docs/firsts.schema.json is generated from them.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::firsts::{Firsts, Order, Parting};
use crate::report::json::{
    JsonInput, JsonNotCompared, JsonPair, JsonProfile, JsonSite, JsonUnseen, JsonVerdict, input,
    not_compared, profile, site, unseen,
};
use crate::report::plain::write_json;

/// The version of this format. It rises when a key changes its meaning or goes away.
pub const FORMAT_VERSION: u32 = 1;

/// A report of `forkpoint diff --mode first-occurrence`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonFirsts {
    /// The version of this format.
    format_version: u32,
    /// What came of the comparison.
    verdict: JsonVerdict,
    /// What keeps the logs from being called identical, though no difference was found.
    doubts: Vec<String>,
    /// How many names are equal from the start, in all orders: the measure of progress.
    matched: u64,
    /// How many names the reference has, in all orders.
    names: u64,
    /// The orders that were compared: one a pair of threads, or one in all.
    orders: Vec<JsonOrder>,
    /// The rules in force.
    profile: JsonProfile,
    /// What was not compared because the other log cannot hold it.
    unseen: Vec<JsonUnseen>,
    /// What was not compared at all.
    not_compared: Vec<JsonNotCompared>,
    /// The logs.
    inputs: JsonPair<JsonInput>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonOrder {
    /// What the logs call the two threads; none for all threads together.
    lanes: Option<JsonPair<String>>,
    /// How many names each has.
    names: JsonPair<u64>,
    /// How many are equal from the start.
    matched: u64,
    /// How many names each has that the other has nowhere in this order.
    alone: JsonPair<u64>,
    parting: Option<JsonParting>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonParting {
    class: String,
    summary: String,
    /// The name that comes next on each side.
    next: JsonPair<Option<JsonFirst>>,
    /// Where the other side's next name first appears on this side.
    elsewhere: JsonPair<Option<JsonSite>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonFirst {
    name: String,
    site: JsonSite,
}

/// Writes what came of it, indented.
///
/// # Errors
/// What `out` says.
pub fn write(firsts: &Firsts, out: &mut dyn Write) -> io::Result<()> {
    let (matched, names) = firsts.progress();
    let wire = JsonFirsts {
        format_version: FORMAT_VERSION,
        verdict: firsts.verdict.into(),
        doubts: firsts.doubts.clone(),
        matched,
        names,
        orders: firsts.orders.iter().map(order).collect(),
        profile: profile(&firsts.profile),
        unseen: firsts.unseen.iter().map(unseen).collect(),
        not_compared: firsts.not_compared.iter().map(not_compared).collect(),
        inputs: firsts.inputs.as_ref().map(input).into(),
    };
    write_json(&wire, out)
}

/// Returns the JSON schema of the format.
pub fn schema() -> String {
    let schema = schemars::schema_for!(JsonFirsts);
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}

fn order(order: &Order) -> JsonOrder {
    JsonOrder {
        lanes: order.lanes.clone().map(JsonPair::from),
        names: order.names.into(),
        matched: order.matched,
        alone: order.alone.into(),
        parting: order.parting.as_ref().map(parting),
    }
}

fn parting(parting: &Parting) -> JsonParting {
    let next = parting.next.as_ref().map(|next| {
        next.as_ref().map(|(name, at)| JsonFirst { name: name.clone(), site: site(at) })
    });
    JsonParting {
        class: parting.class.name().to_owned(),
        summary: parting.summary.clone(),
        next: next.into(),
        elsewhere: parting.elsewhere.as_ref().map(|at| at.as_ref().map(site)).into(),
    }
}

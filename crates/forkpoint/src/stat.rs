//! How often each function is called in each log: a comparison at a glance, as `git diff --stat` is of files.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::Serialize;

use crate::logs::Logs;
use crate::pair::{Pair, Side};
use crate::profile::Role;
use crate::render::document::{Block, Column, Document, Table, Tone, code, own, said};
use crate::render::words::{count, thousands};
use crate::render::{Answer, Detail, Extent};
use crate::report::{Report, Verdict};

/// This many functions are listed; of more, `-v` lists all.
const LISTED: usize = 40;

/// How often each function is called.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Stat {
    /// What came of the comparison.
    pub verdict: Verdict,
    /// The functions, and kinds of events without one: those first that findings are about, then those whose counts
    /// differ most.
    pub functions: Vec<FunctionCount>,
}

/// How often one function is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FunctionCount {
    /// The function, or the kind of event.
    pub name: String,
    /// How many calls each log has, or events of other kinds; a call's return is not counted.
    pub calls: Pair<u64>,
    /// How many findings are about it.
    pub findings: u64,
}

impl Stat {
    /// Counts the functions of two logs that were compared.
    pub fn of(logs: &Logs, report: &Report) -> Self {
        let mut counts: BTreeMap<String, FunctionCount> = BTreeMap::new();
        for side in Side::BOTH {
            let mut by_symbol: HashMap<u32, u64> = HashMap::new();
            let lanes = &logs.traces.on(side).lanes;
            for symbol in lanes.iter().flat_map(|lane| &lane.symbols) {
                *by_symbol.entry(symbol.0).or_default() += 1;
            }
            for (id, n) in by_symbol {
                let symbol = &logs.symbols.0[id as usize];
                if symbol.role.is_some_and(Role::is_return) {
                    continue;
                }
                let name = symbol.name.as_ref().unwrap_or(&symbol.kind);
                *function(&mut counts, name).calls.on_mut(side) += n;
            }
        }
        for finding in report.origins.iter().chain(&report.consequences) {
            if let Some(site) = finding.sites.first() {
                // A site names the kind, then the function.
                let name = site.name.split_once(' ').map_or(&*site.name, |(_, function)| function);
                function(&mut counts, name).findings += 1;
            }
        }
        let mut functions: Vec<FunctionCount> = counts.into_values().collect();
        functions.sort_by_key(|function| {
            let Pair { reference, candidate } = function.calls;
            std::cmp::Reverse((
                function.findings,
                reference.abs_diff(candidate),
                reference + candidate,
            ))
        });
        Self { verdict: report.verdict, functions }
    }
}

fn function<'a>(
    counts: &'a mut BTreeMap<String, FunctionCount>,
    name: &str,
) -> &'a mut FunctionCount {
    counts.entry(name.to_owned()).or_insert_with(|| FunctionCount {
        name: name.to_owned(),
        calls: Pair::default(),
        findings: 0,
    })
}

impl FunctionCount {
    fn is_even(&self) -> bool {
        self.findings == 0 && self.calls.reference == self.calls.candidate
    }
}

impl Answer for Stat {
    fn document(&self, shown: Extent) -> Document {
        let mut page = Document::default();
        let uneven = self.functions.iter().filter(|function| !function.is_even()).count() as u64;
        let functions = count(self.functions.len() as u64, "function");
        let rest =
            format!("{} of {functions} differ in their counts or have findings", thousands(uneven));
        page.verdict(self.verdict.tone(), self.verdict.name(), rest);
        let is_full = shown.detail == Detail::Full;
        let most = if is_full { usize::MAX } else { shown.max_findings.unwrap_or(LISTED) };
        let listed = self.functions.iter().filter(|function| is_full || !function.is_even());
        let row = |function: &FunctionCount| {
            let Pair { reference, candidate } = function.calls;
            let difference = i128::from(candidate) - i128::from(reference);
            let difference = match difference {
                0 => own("="),
                _ => said(format!("{difference:+}")).tone(Tone::Warn),
            };
            let findings = match function.findings {
                0 => own(""),
                n => said(count(n, "finding")).tone(Tone::Bad),
            };
            (
                vec![
                    code(&function.name),
                    said(thousands(reference)),
                    said(thousands(candidate)),
                    difference,
                    findings,
                ],
                None,
            )
        };
        page.blocks.push(Block::Table(Table {
            columns: vec![
                Column::left("function"),
                Column::right("reference"),
                Column::right("candidate"),
                Column::right("more"),
                Column::left("findings"),
            ],
            has_header: true,
            rows: listed.clone().take(most).map(row).collect(),
        }));
        let hidden = listed.count().saturating_sub(most) as u64;
        page.more(3, hidden, " (-v)");
        if !is_full {
            let even = self.functions.len() as u64 - uneven;
            page.text(
                3,
                said(format!("{} with equal counts and no finding", count(even, "function")))
                    .tone(Tone::Faint),
            );
        }
        page
    }
}

//! What one lane reads differently because another wrote it differently.
//!
//! Its one idea: the same two contents that differ in a write and in a read of another lane are one difference, and the
//! write comes first, whichever line the log has first.

use std::collections::HashMap;

use crate::analysis::cause::attribution::Findings;
use crate::analysis::finding::{Detail, Finding};
use crate::pair::Pair;
use crate::profile::glob;

/// The contents of this many findings are read again; what lies behind is not followed.
const MAX_READ: usize = 1 << 12;

/// Contents that differ, as they are shown on each side.
type Contents = Pair<String>;

/// Lets reads follow from the writes of other lanes that carried the same.
pub(super) fn follow(findings: &mut Findings<'_>) {
    if findings.facts.profile.contents.is_empty() {
        return;
    }
    let mut writes: HashMap<Contents, usize> = HashMap::new();
    let mut reads = Vec::new();
    for (number, found) in findings.found.iter().enumerate().take(MAX_READ) {
        let Some(contents) = contents(findings, found) else { continue };
        if reads_bytes(findings, found) {
            reads.push((number, contents));
        } else {
            writes.entry(contents).or_insert(number);
        }
    }
    for (read, contents) in reads {
        let Some(&write) = writes.get(&contents) else { continue };
        if findings.found[read].pair != findings.found[write].pair && findings.is_origin(read) {
            findings.follows(read, write);
        }
    }
}

/// Returns the contents in which two aligned events differ.
fn contents(findings: &Findings<'_>, found: &Finding) -> Option<Contents> {
    if !matches!(found.detail, Detail::Differ(_)) {
        return None;
    }
    let at = Pair::new(found.at.reference?, found.at.candidate?);
    let patterns = &findings.facts.profile.contents;
    let mut differences = findings.facts.differences(at).into_iter();
    let found = differences.find(|difference| {
        difference.excused_by.is_none()
            && patterns.iter().any(|pattern| glob(pattern, &difference.field))
    })?;
    let Pair { reference, candidate } = found.canonical;
    Some(Pair::new(reference?, candidate?))
}

/// Whether a finding is at a call that takes bytes in.
fn reads_bytes(findings: &Findings<'_>, found: &Finding) -> bool {
    let facts = findings.facts;
    found.at.candidate.is_some_and(|at| {
        let symbol = facts.symbol(at);
        facts.profile.carries(&symbol.kind, symbol.name.as_deref())
    })
}

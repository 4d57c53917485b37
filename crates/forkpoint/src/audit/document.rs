//! The audit as a document.

use crate::audit::{Audit, MAX_TRIED, NearExcuse, RuleAudit, Without};
use crate::pair::Pair;
use crate::render::document::{
    Document, Inline, Tone, code, joined, own, parts, place, said, value,
};
use crate::render::words::{count, thousands};
use crate::render::{Answer, Extent};
use crate::report::{Verdict, doubts, spot};

impl Answer for Audit {
    fn document(&self, _shown: Extent) -> Document {
        let mut page = Document::default();
        head(self, &mut page);
        if !self.rules.is_empty() {
            page.heading("rules in use, and the verdict without each");
        }
        for rule in &self.rules {
            write_rule(self, rule, &mut page);
        }
        if !self.idle.is_empty() {
            page.heading("rules that excuse nothing here");
            page.text(3, joined(self.idle.iter().map(code), ", ").tone(Tone::Faint));
        }
        near(self, &mut page);
        doubts(&self.doubts, &mut page);
        page
    }
}

fn head(audit: &Audit, page: &mut Document) {
    let changes = |rule: &&RuleAudit| {
        rule.without.as_ref().is_some_and(|without| changes(audit.verdict, without))
    };
    let carry = audit.rules.iter().filter(changes).count() as u64;
    let over = audit.rules.iter().filter(|rule| rule.over_budget.is_some()).count() as u64;
    let over = (over > 0).then(|| parts![count(over, "rule"), " over budget; "]);
    let rests = match carry {
        0 => own("no rule alone changes the verdict"),
        _ => {
            let all = count(audit.rules.len() as u64, "rule");
            parts!["the verdict depends on ", thousands(carry), " of ", all]
        }
    };
    page.verdict(audit.verdict.tone(), audit.verdict.name(), parts![over, rests]);
    page.text(0, parts!["profile ", code(&audit.profile)]);
}

/// Whether the verdict or the origins change without the rule.
fn changes(verdict: Verdict, without: &Without) -> bool {
    without.verdict != verdict || without.new_origins > 0 || without.gone_origins > 0
}

fn write_rule(audit: &Audit, rule: &RuleAudit, page: &mut Document) {
    let mut amounts = Vec::new();
    if rule.differences > 0 {
        amounts.push(count(rule.differences, "difference"));
    }
    if rule.left_out != Pair::default() {
        let left = rule.left_out.map(thousands);
        amounts.push(format!("{} ↔ {} taken out", left.reference, left.candidate));
    }
    let id = code(&rule.rule).tone(Tone::Strong);
    page.text(3, parts![id, "  ", own(rule.action), "  ", amounts.join(", ")]);
    match (&rule.over_budget, &rule.budget) {
        (Some(limit), _) => {
            page.text(6, parts!["over its budget: ", said(limit)].tone(Tone::Bad));
        }
        (None, Some(budget)) => {
            page.text(6, parts!["within its budget: ", said(budget)].tone(Tone::Faint));
        }
        (None, None) => {}
    }
    match &rule.without {
        None => {
            let most = thousands(MAX_TRIED as u64);
            let line = parts!["not tried: more than ", most, " rules excuse something"];
            page.text(6, line.tone(Tone::Warn));
        }
        Some(without) => {
            page.text(6, verdict_without(audit.verdict, without).tone(without.verdict.tone()));
        }
    }
    let place = place(&rule.file, rule.line);
    page.text(6, parts![said(&rule.why), " (", place, ")"].tone(Tone::Faint));
}

/// Returns the verdict without a rule, in a line.
fn verdict_without(verdict: Verdict, without: &Without) -> Inline {
    let word = own(without.verdict.name());
    if !changes(verdict, without) {
        return parts!["without it still ", word];
    }
    let mut changes = Vec::new();
    if without.new_origins > 0 {
        changes.push(count(without.new_origins as u64, "new finding"));
    }
    if without.gone_origins > 0 {
        changes.push(format!("{} gone", thousands(without.gone_origins as u64)));
    }
    let first = without.first.as_ref().map(|first| {
        let site = first.site.as_ref().map(spot);
        parts!["; first ", own(first.class), ", ", site, ": ", said(&first.summary)]
    });
    let colon = (!changes.is_empty()).then(|| own(": "));
    parts!["without it ", word, colon, changes.join(", "), first]
}

fn near(audit: &Audit, page: &mut Document) {
    if !audit.near.is_empty() {
        page.heading("what was excused right before each divergence");
    }
    for (place, divergence) in audit.near.iter().enumerate() {
        let number = said((place + 1).to_string());
        let line = parts![number, ". ", own(divergence.class), "  ", spot(&divergence.site)];
        page.line(3, line.tone(Tone::Place));
        if divergence.excuses.is_empty() {
            page.text(6, own("nothing").tone(Tone::Faint));
        }
        for excuse in &divergence.excuses {
            page.line(6, excuse_line(excuse));
        }
    }
    page.more(3, audit.n_not_near as u64, " divergences that were not examined");
}

fn excuse_line(excuse: &NearExcuse) -> Inline {
    let before = count(excuse.before as u64, "event");
    let site = excuse.sites.candidate.as_ref().or(excuse.sites.reference.as_ref());
    let event = site.map(|site| parts![code(&site.name), " (", site.event_idx, ") "]);
    let what = match (&excuse.field, &excuse.values) {
        (Some(field), Some(values)) => {
            let Pair { reference, candidate } = values.as_ref().map(value);
            parts![code(field), " ", reference, " ↔ ", candidate]
        }
        _ => own("taken out of its thread"),
    };
    parts![before, " before, ", code(&excuse.rule), ": ", event, what]
}

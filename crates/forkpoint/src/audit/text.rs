//! The audit as one reads it in a terminal.

use std::io::{self, Write};

use anstyle::Style;

use crate::audit::{Audit, MAX_TRIED, NearExcuse, RuleAudit, Without};
use crate::pair::Pair;
use crate::report::Verdict;
use crate::report::plain::plain;
use crate::report::text::{BOLD, CYAN, DIM, GREEN, RED, Text, TextOptions, YELLOW, shown, spot};
use crate::report::words::{count, thousands};

/// Writes the audit.
///
/// # Errors
/// What `out` says.
pub fn write(audit: &Audit, options: TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Text { options, out };
    head(&mut text, audit)?;
    if !audit.rules.is_empty() {
        text.heading("rules that excuse, and what is said without each")?;
        for rule in &audit.rules {
            write_rule(&mut text, audit, rule)?;
        }
    }
    if !audit.idle.is_empty() {
        text.heading("rules that excuse nothing here")?;
        let ids: Vec<String> = audit.idle.iter().map(|id| plain(id).into_owned()).collect();
        text.paragraph(3, &ids.join(", "), DIM)?;
    }
    near(&mut text, audit)?;
    if !audit.doubts.is_empty() {
        text.heading("doubts")?;
        for doubt in &audit.doubts {
            text.paragraph(3, &plain(doubt), YELLOW)?;
        }
    }
    Ok(())
}

fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Identical | Verdict::Prefix => GREEN,
        Verdict::Diverged => RED,
        Verdict::Inconclusive => YELLOW,
    }
}

fn head(text: &mut Text<'_>, audit: &Audit) -> io::Result<()> {
    let changes = |rule: &&RuleAudit| {
        rule.without.as_ref().is_some_and(|without| changes(audit.verdict, without))
    };
    let carry = audit.rules.iter().filter(changes).count() as u64;
    let over = audit.rules.iter().filter(|rule| rule.over_budget.is_some()).count() as u64;
    let excusing = count(audit.rules.len() as u64, "rule");
    let mut said = match carry {
        0 => "no rule alone changes what is said".to_owned(),
        _ => format!("this rests on {} of {excusing}", thousands(carry)),
    };
    if over > 0 {
        said = format!("{} over budget; {said}", count(over, "rule"));
    }
    let verdict = text.paint(style(audit.verdict).bold(), audit.verdict.name());
    writeln!(text.out, "{verdict}: {said}")?;
    writeln!(text.out, "profile {}", plain(&audit.profile))
}

/// Whether something else is said without the rule.
fn changes(verdict: Verdict, without: &Without) -> bool {
    without.verdict != verdict || without.new_origins > 0 || without.gone_origins > 0
}

fn write_rule(text: &mut Text<'_>, audit: &Audit, rule: &RuleAudit) -> io::Result<()> {
    let mut amounts = Vec::new();
    if rule.differences > 0 {
        amounts.push(count(rule.differences, "difference"));
    }
    if rule.left_out != Pair::default() {
        let left = rule.left_out.map(thousands);
        amounts.push(format!("{} ↔ {} taken out", left.reference, left.candidate));
    }
    let id = text.paint(BOLD, &plain(&rule.rule));
    writeln!(text.out, "   {id}  {}  {}", rule.action, amounts.join(", "))?;
    match (&rule.over_budget, &rule.budget) {
        (Some(limit), _) => {
            text.paragraph(6, &format!("over its budget: {}", plain(limit)), RED)?;
        }
        (None, Some(budget)) => {
            text.paragraph(6, &format!("within its budget: {}", plain(budget)), DIM)?;
        }
        (None, None) => {}
    }
    let (line, style) = match &rule.without {
        None => (format!("not tried: more than {MAX_TRIED} rules excuse something"), YELLOW),
        Some(without) => (told(audit.verdict, without), style(without.verdict)),
    };
    text.paragraph(6, &line, style)?;
    let line = rule.line.map(|line| format!(":{line}")).unwrap_or_default();
    text.paragraph(6, &format!("{} ({}{line})", plain(&rule.why), plain(&rule.file)), DIM)
}

/// Returns what is said without a rule, in a line.
fn told(verdict: Verdict, without: &Without) -> String {
    if !changes(verdict, without) {
        return format!("without it {} all the same", without.verdict.name());
    }
    let mut line = format!("without it {}", without.verdict.name());
    if without.new_origins > 0 {
        line.push_str(&format!(": {}", count(without.new_origins as u64, "new finding")));
    }
    if without.gone_origins > 0 {
        let sign = if without.new_origins > 0 { "," } else { ":" };
        line.push_str(&format!("{sign} {} gone", thousands(without.gone_origins as u64)));
    }
    if let Some((class, site, summary)) = &without.first {
        let site = site.as_ref().map(spot).unwrap_or_default();
        line.push_str(&format!("; first {class}, {site}: {}", plain(summary)));
    }
    line
}

fn near(text: &mut Text<'_>, audit: &Audit) -> io::Result<()> {
    if audit.near.is_empty() {
        return Ok(());
    }
    text.heading("what was excused right before each divergence")?;
    for (place, divergence) in audit.near.iter().enumerate() {
        let line = format!("{}. {}  {}", place + 1, divergence.class, spot(&divergence.site));
        let line = text.cut(&line, 3);
        let line = text.paint(CYAN, &line);
        writeln!(text.out, "   {line}")?;
        if divergence.excuses.is_empty() {
            text.paragraph(6, "nothing near", DIM)?;
        }
        for excuse in &divergence.excuses {
            let line = text.cut(&excuse_line(excuse), 6);
            writeln!(text.out, "      {line}")?;
        }
    }
    if audit.n_not_near > 0 {
        let more = count(audit.n_not_near as u64, "more divergence");
        text.paragraph(3, &format!("and {more} that were not looked at"), DIM)?;
    }
    Ok(())
}

fn excuse_line(excuse: &NearExcuse) -> String {
    let before = count(excuse.before as u64, "event");
    let site = excuse.sites.candidate.as_ref().or(excuse.sites.reference.as_ref());
    let name = site.map(|site| plain(&site.name).into_owned()).unwrap_or_default();
    let index = site.map(|site| site.event_idx).unwrap_or_default();
    let what = match &excuse.field {
        Some((field, values)) => {
            let values = values.as_ref().map(shown);
            format!("{} {} ↔ {}", plain(field), values.reference, values.candidate)
        }
        None => "taken out of its thread".to_owned(),
    };
    format!("{before} before, {}: {name} ({index}) {what}", plain(&excuse.rule))
}

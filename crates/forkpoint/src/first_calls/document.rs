//! The order of first appearances as a document.

use crate::first_calls::{FirstCalls, Order, OrderDivergence};
use crate::pair::Side;
use crate::render::document::{Document, Inline, Tone, code, own, parts, said};
use crate::render::words::{count, thousands};
use crate::render::{Answer, Extent};
use crate::report::{Verdict, doubts, hidden_summary, inputs, not_compared, spot, thread_name};

impl Answer for FirstCalls {
    fn document(&self, _shown: Extent) -> Document {
        let mut page = Document::default();
        head(self, &mut page);
        for order in &self.orders {
            write_order(order, &mut page);
        }
        doubts(&self.doubts, &mut page);
        not_compared(&self.unseen, &self.not_compared, &mut page);
        inputs(&self.inputs, &self.profile, &mut page);
        page
    }
}

fn head(firsts: &FirstCalls, page: &mut Document) {
    let rest = match firsts.verdict {
        Verdict::Identical => "all names first appear in one order",
        Verdict::Prefix => "the names that both have first appear in one order",
        Verdict::Diverged => "names first appear in another order",
        Verdict::Inconclusive => "no difference, but not everything was compared",
    };
    page.verdict(firsts.verdict.tone(), firsts.verdict.name(), rest);
    let share = (firsts.matched * 100).checked_div(firsts.names).unwrap_or(0);
    let names = count(firsts.names, "name of the reference");
    let matched = thousands(firsts.matched);
    page.text(0, parts!["progress: ", matched, " of ", names, ", ", share, " %"]);
    hidden_summary(&firsts.unseen, page);
    if let (Verdict::Inconclusive, Some(doubt)) = (firsts.verdict, firsts.doubts.first()) {
        page.labelled("because", said(doubt));
    }
}

fn write_order(order: &Order, page: &mut Document) {
    let title = match &order.lanes {
        Some(names) => parts!["thread ", thread_name(names)],
        None => own("all threads"),
    };
    page.heading(title);
    let names = order.names.map(thousands);
    let outcome: Inline = match &order.divergence {
        None if order.names.reference == order.names.candidate => own(" names in one order, all"),
        None => parts![" names in one order, a clean prefix of ", names.reference],
        Some(divergence) => parts![
            " of ",
            names.reference,
            " ↔ ",
            names.candidate,
            " names in one order, then ",
            own(divergence.class.name()).tone(Tone::Bad)
        ],
    };
    page.text(3, parts![thousands(order.matched), outcome]);
    if let Some(divergence) = &order.divergence {
        write_parting(order, divergence, page);
    }
}

fn write_parting(order: &Order, divergence: &OrderDivergence, page: &mut Document) {
    page.text(3, said(&divergence.summary));
    for side in Side::BOTH {
        let lead = || said(format!("{side:<9}  "));
        if let Some(next) = divergence.next.on(side) {
            let line = parts![code(&next.name), " ", spot(&next.site)].tone(Tone::Place);
            page.hanging(3, lead(), line);
        }
        // Where this side has what the other goes on with.
        if let Some(site) = divergence.elsewhere.on(side) {
            page.hanging(3, lead(), parts![code(&site.name), " ", spot(site)]);
        }
    }
    let alone = order.alone.map(thousands);
    page.text(
        3,
        parts!["names that one side alone has: ", alone.reference, " ↔ ", alone.candidate],
    );
}

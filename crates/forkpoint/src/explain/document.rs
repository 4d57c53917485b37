//! The explanation of an event as a document.

use crate::explain::{Explanation, Located, MatchStatus, ObjectLifetime, Why};
use crate::pair::{Pair, Side};
use crate::render::document::{Document, Inline, Tone, code, own, parts, said, value};
use crate::render::words::count;
use crate::render::{Answer, Extent};
use crate::report::{Site, next, spot};

impl Answer for Explanation {
    fn document(&self, _shown: Extent) -> Document {
        let mut page = Document::default();
        head(self, &mut page);
        events(self, &mut page);
        fields(self, &mut page);
        objects(self, &mut page);
        if !self.before.is_empty() {
            page.heading("what came before that it depends on");
        }
        for before in &self.before {
            let name = code(&before.site.name);
            let line = parts![own(before.what), ": ", name, "  ", spot(&before.site)];
            page.text(3, line.tone(Tone::Place));
            page.line(6, code(&before.canonical).tone(Tone::Faint));
        }
        findings(self, &mut page);
        next(&self.next, &mut page);
        page
    }
}

fn head(explained: &Explanation, page: &mut Document) {
    let tone = match explained.standing {
        MatchStatus::Equal => Tone::Good,
        MatchStatus::Known | MatchStatus::Alone => Tone::Warn,
        MatchStatus::Differs => Tone::Bad,
    };
    let excused = explained.fields.iter().filter(|field| field.why == Why::Excused).count();
    let excused = (excused > 0).then(|| parts![", ", count(excused as u64, "field"), " excused"]);
    let partner = match (&explained.partner, explained.standing) {
        (Some(partner), MatchStatus::Differs) => parts![" against ", event_of(&partner.site)],
        (Some(partner), _) => parts![" aligned with ", event_of(&partner.site)],
        (None, _) => own(" has no partner"),
    };
    let rest = parts![event_of(&explained.event.site), partner, excused];
    page.verdict(tone, explained.standing.name(), rest);
    page.text(3, said(&explained.because));
}

/// Returns an event as `--at` takes it.
fn event_of(site: &Site) -> Inline {
    let event = code(format!("{}:{}", site.lane, site.event_idx));
    parts![site.side.name(), " ", event]
}

fn events(explained: &Explanation, page: &mut Document) {
    let mut both: Vec<&Located> = vec![&explained.event];
    both.extend(&explained.partner);
    both.sort_by_key(|event| event.site.side);
    page.heading("events");
    for event in both {
        let side = said(format!("{:<9}  ", event.site.side));
        let line = parts![side, code(&event.site.name), "  ", spot(&event.site)];
        page.text(3, line.tone(Tone::Place));
        // What is asked about is shown whole.
        page.text(6, code(event.raw.trim_end()).tone(Tone::Faint));
    }
}

fn fields(explained: &Explanation, page: &mut Document) {
    if !explained.fields.is_empty() {
        page.heading("field by field");
    }
    for shown in &explained.fields {
        let Pair { reference, candidate } = shown.values.as_ref().map(value);
        let field = code(&shown.field);
        match shown.why {
            Why::Equal => page.line(3, parts!["= ", field, "  ", reference].tone(Tone::Faint)),
            Why::Excused | Why::Known => {
                let line = parts!["~ ", field, "  ", reference, " ↔ ", candidate];
                page.line(3, line.tone(Tone::Warn));
                let who = if shown.why == Why::Known { "waiver " } else { "rule " };
                let by = shown.by.as_ref().map(code);
                let because = shown.because.as_ref().map(said);
                page.text(6, parts![who, by, ": ", because].tone(Tone::Faint));
            }
            Why::Differs => {
                page.text(3, parts!["≠ ", field].tone(Tone::Strong));
                page.text(6, parts!["- ", reference].tone(Tone::Bad));
                page.text(6, parts!["+ ", candidate].tone(Tone::Good));
            }
        }
    }
}

fn objects(explained: &Explanation, page: &mut Document) {
    if !explained.objects.is_empty() {
        page.heading("objects that it names");
    }
    for object in &explained.objects {
        let title = parts![code(&object.space), " ", code(format!("{:#x}", object.value))];
        page.text(3, title.tone(Tone::Strong));
        for side in Side::BOTH {
            let life = object.lives.on(side).as_ref();
            let life = life.map_or_else(|| own("has no such object"), life_of);
            let line = parts![said(format!("{side:<9}  ")), life];
            page.text(6, line.tone(Tone::Faint));
        }
    }
    page.more(3, explained.n_more_objects as u64, "");
}

fn life_of(life: &ObjectLifetime) -> Inline {
    let at = |site: &Site| parts![code(&site.name), " in line ", site.line];
    let uses = match (&life.first_use, &life.last_use) {
        (Some(first), Some(last)) if first == last => parts!["used once, by ", at(first)],
        (Some(first), Some(last)) => {
            parts!["used ", count(life.n_uses, "time"), ", from ", at(first), " to ", at(last)]
        }
        _ => own("never used"),
    };
    let gone = life.destroyed.as_ref().map(|site| parts![", destroyed by ", at(site)]);
    parts!["created by ", at(&life.created), ", ", uses, gone]
}

fn findings(explained: &Explanation, page: &mut Document) {
    page.heading("findings of its thread");
    if explained.findings.is_empty() {
        page.text(3, own("none").tone(Tone::Faint));
    }
    for finding in &explained.findings {
        let distance = count(finding.distance.unsigned_abs(), "event");
        let place = match finding.distance {
            0 => own("at this event"),
            1.. => parts![distance, " later"],
            _ => parts![distance, " earlier"],
        };
        let what = said(&finding.what);
        let line = parts![own(finding.class), " (", what, ")  ", place, ", ", spot(&finding.site)];
        page.text(3, line);
    }
}

//! What was not compared because the other log cannot hold it.

use std::io;

use crate::pair::Pair;
use crate::report::UnseenBy;
use crate::report::plain::plain;
use crate::report::text::{BOLD, DIM, Text};
use crate::report::words::{count, thousands};

impl Text<'_> {
    pub(super) fn unseen(&mut self, unseen: &[UnseenBy]) -> io::Result<()> {
        for unseen in unseen {
            let rule = self.paint(BOLD, &plain(&unseen.rule));
            writeln!(self.out, "   {rule}  {}", amounts(unseen))?;
            self.paragraph(6, &plain(&unseen.why), DIM)?;
            let what = unseen.what.iter().map(|(what, counts)| {
                let counts = counts.map(thousands);
                format!("{} {} ↔ {}", plain(what), counts.reference, counts.candidate)
            });
            self.paragraph(6, &what.collect::<Vec<_>>().join(", "), DIM)?;
        }
        Ok(())
    }
}

/// Returns how much one rule kept from being compared, on both sides.
pub(crate) fn amounts(unseen: &UnseenBy) -> String {
    told(unseen.events, unseen.fields)
}

/// Returns how much lies outside of what the logs can hold; none if nothing does.
pub(crate) fn beyond_sight(unseen: &[UnseenBy]) -> Option<String> {
    let sum = |of: fn(&UnseenBy) -> Pair<u64>| {
        unseen.iter().map(of).fold(Pair::default(), |sum: Pair<u64>, counts| {
            Pair::new(sum.reference + counts.reference, sum.candidate + counts.candidate)
        })
    };
    let (events, fields) = (sum(|unseen| unseen.events), sum(|unseen| unseen.fields));
    (!unseen.is_empty())
        .then(|| format!("not compared: {} that the other log cannot hold", told(events, fields)))
}

fn told(events: Pair<u64>, fields: Pair<u64>) -> String {
    let both = |counts: Pair<u64>, noun: &str| {
        let first = thousands(counts.reference);
        (counts != Pair::default()).then(|| format!("{first} ↔ {}", count(counts.candidate, noun)))
    };
    let told = [both(events, "event"), both(fields, "field")];
    told.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

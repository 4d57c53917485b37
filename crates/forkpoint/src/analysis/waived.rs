//! Which waiver a finding is known by.
//!
//! Invariant: all that a known finding holds is what its waiver is about; a gap that holds one other
//! event is not known.

use crate::align::filter::AlignedLane;
use crate::align::oddity::FloatMismatch;
use crate::align::resync::Gap;
use crate::align::waive::of_values;
use crate::analysis::analyse::Analysis;
use crate::analysis::finding::{Detail, EventRef, Finding};
use crate::class::Class;
use crate::pair::Pair;
use crate::profile::{Waiver, WaiverId};

impl Analysis<'_> {
    /// Returns the waiver that a finding is known by.
    pub fn waiver_of(&self, found: &Finding) -> Option<WaiverId> {
        if self.profile.waivers.is_empty() {
            return None;
        }
        match &found.detail {
            Detail::Differ(Some(gap)) if gap.is_one_event() && self.is_one_symbol(found) => {
                self.waiver_of_values(found.at)
            }
            // What comes after it was not compared; of drifts only the first is reported.
            Detail::Differ(None) | Detail::Drift(_) => None,
            Detail::Differ(Some(gap)) | Detail::Repeats { gap, .. } => {
                if self.is_one_symbol(found) && !gap.is_lopsided() {
                    return None; // behind the first pair nothing says what corresponds
                }
                let streams = self.streams_of(found.pair?);
                self.waiver(found.class, |waiver| {
                    self.leading(waiver, streams, found.nth, *gap) == (gap.reference, gap.candidate)
                })
            }
            Detail::Ends(side) => self.waiver_of_events(found.class, [*found.at.on(*side)]),
            Detail::Float(FloatMismatch::Differ { .. }) => self.waiver_of_values(found.at),
            Detail::Object(_)
            | Detail::Float(FloatMismatch::OneSided { .. } | FloatMismatch::OtherObject { .. })
            | Detail::Thread(_)
            | Detail::Signal { .. } => {
                self.waiver_of_events(found.class, [found.at.reference, found.at.candidate])
            }
        }
    }

    /// Takes the known events off the front of a gap that only one side has; returns how many
    /// events that are, if some but not all are known.
    pub(super) fn known_front(
        &self,
        class: Class,
        streams: Pair<&AlignedLane<'_>>,
        nth: Pair<usize>,
        gap: Gap,
    ) -> Option<Gap> {
        if !gap.is_lopsided() {
            return None;
        }
        let fronts =
            self.waivers().filter(|(_, waiver)| waiver.is_about(class)).map(|(_, waiver)| {
                let (reference, candidate) = self.leading(waiver, streams, nth, gap);
                Gap { reference, candidate }
            });
        let longest = fronts.max_by_key(|front| front.reference + front.candidate)?;
        (longest != gap && longest != Gap { reference: 0, candidate: 0 }).then_some(longest)
    }

    fn waivers(&self) -> impl Iterator<Item = (WaiverId, &Waiver)> {
        self.profile.waivers_on(self.options.today)
    }

    fn waiver(&self, class: Class, is_known: impl Fn(&Waiver) -> bool) -> Option<WaiverId> {
        self.waivers()
            .find(|(_, waiver)| {
                waiver.is_about(class) && !waiver.is_about_values() && is_known(waiver)
            })
            .map(|(id, _)| id)
    }

    fn waiver_of_events<const N: usize>(
        &self,
        class: Class,
        events: [Option<EventRef>; N],
    ) -> Option<WaiverId> {
        self.waiver(class, |waiver| {
            let mut events = events.iter().flatten().peekable();
            events.peek().is_some() && events.all(|at| self.is_about(waiver, *at))
        })
    }

    fn is_about(&self, waiver: &Waiver, at: EventRef) -> bool {
        let symbol = self.symbol(at);
        waiver.matches(&symbol.kind, symbol.name.as_deref())
    }

    /// Returns how many of the first events of a gap a waiver is about, on each side.
    fn leading(
        &self,
        waiver: &Waiver,
        streams: Pair<&AlignedLane<'_>>,
        nth: Pair<usize>,
        gap: Gap,
    ) -> (usize, usize) {
        if waiver.is_about_values() {
            return (0, 0);
        }
        let count = |stream: &AlignedLane<'_>, nth: usize, length: usize| {
            let symbols = (nth..nth + length).map(|nth| self.symbols.of(stream.symbol(nth)));
            symbols
                .take_while(|symbol| waiver.matches(&symbol.kind, symbol.name.as_deref()))
                .count()
        };
        (
            count(streams.reference, nth.reference, gap.reference),
            count(streams.candidate, nth.candidate, gap.candidate),
        )
    }

    fn is_one_symbol(&self, found: &Finding) -> bool {
        let Pair { reference: Some(reference), candidate: Some(candidate) } = found.at else {
            return false;
        };
        let id = |at: EventRef| self.lane(at.side, at.lane).symbols[at.position];
        id(reference) == id(candidate)
    }

    fn waiver_of_values(&self, at: Pair<Option<EventRef>>) -> Option<WaiverId> {
        let at = Pair::new(at.reference?, at.candidate?);
        of_values(self.profile, self.options.today, self.symbol(at.reference), || {
            self.differences(at)
        })
    }
}

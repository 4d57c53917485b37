//! Which object of the reference is which of the candidate.
//!
//! Aligned creations make pairs, and so do names that both engines derive alike (shared objects). A
//! use that both sides align must then name the two objects of one pair: the same call on *another*
//! object is a divergence, however equal everything else is.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::objects::lifetimes::{ObjectRules, Objects};
use crate::objects::object::ObjectId;
use crate::objects::shared::SharedObjects;
use crate::pair::{Pair, Side};
use crate::profile::{Does, Inferred, RuleId};
use crate::trace::{Place, Trace};

/// Two aligned events that name an object in the same field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectMatch {
    /// The events' positions in their lanes.
    pub at: Pair<u32>,
    /// The names.
    pub values: Pair<u64>,
    /// What they mean, where the log says.
    pub objects: Pair<Option<Pointer>>,
    /// The rule that says so.
    pub rule: RuleId,
    /// The field.
    pub field: u16,
}

/// An object, or a byte of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// The object.
    pub object: ObjectId,
    /// How many bytes into it the name points.
    pub offset: u32,
}

/// The pairs of objects.
#[derive(Debug, Default)]
pub struct Bijection {
    partners: Pair<Vec<Option<ObjectId>>>,
}

/// Two aligned events that name objects that do not correspond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectMismatch {
    /// The pair of lanes.
    pub pair: usize,
    /// Where, and what the names are.
    pub meeting: ObjectMatch,
    /// The objects, where they are known.
    pub objects: Pair<Option<ObjectId>>,
    /// Whether the names are values that differ, since nothing else says that they are names of one object.
    pub is_alone: bool,
}

/// What is known of the objects of both logs.
#[derive(Debug)]
pub struct Identities {
    /// The objects of each.
    pub objects: Pair<Objects>,
    /// Which rules report them.
    pub rules: ObjectRules,
    /// Which are pairs.
    pub bijection: Bijection,
    /// How many objects got a name that another still had.
    n_given_again: Pair<usize>,
}

impl Bijection {
    /// Returns the partner of an object.
    pub fn partner(&self, side: Side, object: ObjectId) -> Option<ObjectId> {
        self.partners.on(side).get(object.index()).copied().flatten()
    }

    /// Pairs two objects, unless one has another partner already.
    fn pair(&mut self, objects: Pair<ObjectId>) {
        let free = Side::BOTH.iter().all(|&side| self.partner(side, *objects.on(side)).is_none());
        if free {
            for side in Side::BOTH {
                let index = objects.on(side).index();
                self.partners.on_mut(side)[index] = Some(*objects.on(side.other()));
            }
        }
    }
}

impl Identities {
    /// Pairs the objects whose creations are aligned; `meetings` are those of each pair of lanes.
    pub fn new(
        traces: &Pair<Trace>,
        objects: Pair<Objects>,
        rules: ObjectRules,
        shared: &SharedObjects,
        lanes: &[Pair<usize>],
        meetings: &[&[ObjectMatch]],
    ) -> Self {
        let partners = objects.as_ref().map(|objects| vec![None; objects.len()]);
        let n_given_again = objects.as_ref().map(Objects::n_given_again);
        let mut this = Self { objects, rules, bijection: Bijection { partners }, n_given_again };
        let mut ids: Vec<u64> = shared.iter().copied().collect();
        ids.sort_unstable();
        for space in this.rules.spaces() {
            for &id in &ids {
                let both = Pair::of(|side| this.objects.on(side).first(space, id));
                if let Pair { reference: Some(reference), candidate: Some(candidate) } = both {
                    this.bijection.pair(Pair::new(reference, candidate));
                }
            }
        }
        let mut created: Vec<(Place, Pair<ObjectId>)> = Vec::new();
        for (lanes, meetings) in lanes.iter().zip(meetings) {
            let places = &traces.reference.lanes[lanes.reference].places;
            for meeting in meetings.iter().filter(|meeting| this.creates(meeting)) {
                if let Pair { reference: Some(a), candidate: Some(b) } = meeting.objects {
                    let place = places.at(meeting.at.reference as usize);
                    created.push((place, Pair::new(a.object, b.object)));
                }
            }
        }
        created.par_sort_unstable();
        created.iter().for_each(|&(_, objects)| this.bijection.pair(objects));
        this
    }

    fn creates(&self, meeting: &ObjectMatch) -> bool {
        self.rules.of(meeting.rule).is_some_and(|used| used.does == Does::Creates)
    }

    /// Returns the object that a name means for an event of a process.
    pub fn object(
        &self,
        side: Side,
        process: Option<u32>,
        (rule, value): (RuleId, u64),
        place: Place,
    ) -> Option<ObjectId> {
        let space = self.rules.of(rule)?.space;
        self.objects.on(side).resolve(space, value, process, place).map(|(object, _)| object)
    }

    /// Returns the aligned uses whose objects do not correspond, in the order of the pairs of lanes.
    pub fn all_conflicts(&self, meetings: &[&[ObjectMatch]]) -> Vec<ObjectMismatch> {
        let pairs = meetings.par_iter().enumerate();
        pairs.flat_map_iter(|(pair, meetings)| self.conflicts(pair, meetings)).collect()
    }

    /// Returns the aligned uses of a pair of lanes whose objects do not correspond, in order.
    fn conflicts(&self, pair: usize, meetings: &[ObjectMatch]) -> Vec<ObjectMismatch> {
        let same_field =
            |a: &ObjectMatch, b: &ObjectMatch| (a.at, a.rule, a.field) == (b.at, b.rule, b.field);
        let mut shifts = Shifts::default();
        meetings
            .chunk_by(same_field)
            .filter_map(|group| {
                if group.iter().any(|meeting| self.creates(meeting)) {
                    return group.iter().find(|one| self.given_twice(one).is_some()).map(|one| {
                        let objects = one.objects.map(|pointer| pointer.map(|one| one.object));
                        ObjectMismatch { pair, meeting: *one, objects, is_alone: false }
                    });
                }
                self.conflict(pair, group).filter(|conflict| !shifts.explain(self, conflict))
            })
            .collect()
    }

    /// Returns the side that alone gives a name that something of it still has: one thing is given twice. Where
    /// that happens often, or on both sides, the log does not report everything that is given back.
    pub fn given_twice(&self, meeting: &ObjectMatch) -> Option<Side> {
        /// More than these are not accident.
        const FEW: usize = 2;
        let again = |side: &Side| {
            let object = meeting.objects.on(*side).map(|pointer| pointer.object);
            object.is_some_and(|object| self.objects.on(*side).get(object).is_given_again)
        };
        if !self.creates(meeting) {
            return None;
        }
        let side = Side::BOTH.into_iter().find(again)?;
        let is_rare = *self.n_given_again.on(side) <= FEW;
        (is_rare && *self.n_given_again.on(side.other()) == 0).then_some(side)
    }

    /// A field that holds several names is a set of them.
    fn conflict(&self, pair: usize, group: &[ObjectMatch]) -> Option<ObjectMismatch> {
        let among = |side: Side, wanted: Pointer| {
            group.iter().any(|meeting| *meeting.objects.on(side) == Some(wanted))
        };
        let meeting = group.iter().find(|meeting| {
            // What is followed one to one is not a number, whatever it looks like.
            let is_name = self
                .rules
                .of(meeting.rule)
                .is_some_and(|used| used.inferred == Some(Inferred::OneToOne));
            let same_word = !is_name && meeting.values.reference == meeting.values.candidate;
            Side::BOTH.iter().any(|&side| {
                // One word on both sides that names nothing on one of them is a number, which lies
                // in an object of the other by chance.
                if same_word && meeting.objects.on(side.other()).is_none() {
                    return false;
                }
                let Some(Pointer { object, offset }) = *meeting.objects.on(side) else {
                    return false;
                };
                // Some engines print no more than the low 32 bits of an address.
                let (own, other) = (*meeting.values.on(side), *meeting.values.on(side.other()));
                let is_cut = other >> 32 == 0 && own >> 32 != 0;
                if is_cut && meeting.objects.on(side.other()).is_none() {
                    return false;
                }
                let partner = self.bijection.partner(side, object);
                partner.is_some_and(|object| !among(side.other(), Pointer { object, offset }))
            })
        })?;
        let objects = meeting.objects.map(|pointer| pointer.map(|pointer| pointer.object));
        Some(ObjectMismatch { pair, meeting: *meeting, objects, is_alone: false })
    }
}

/// How far the parts of an object lie from where they lie in its partner: a program that wants an address
/// which is a multiple of something takes another byte of the block, and from then on all that follow.
#[derive(Default)]
struct Shifts(HashMap<ObjectId, i64>);

impl Shifts {
    /// What programs align by inside of blocks: vectors and lines of caches.
    const MULTIPLES: [i64; 3] = [32, 64, 128];

    /// Whether two names point into two objects that are a pair, as far apart as others do.
    fn explain(&mut self, known: &Identities, conflict: &ObjectMismatch) -> bool {
        let pointers = conflict.meeting.objects;
        let Pair { reference: Some(a), candidate: Some(b) } = pointers else { return false };
        if known.bijection.partner(Side::Reference, a.object) != Some(b.object) {
            return false;
        }
        let shift = i64::from(b.offset) - i64::from(a.offset);
        // Both take the next multiple of something: they lie as far apart as the blocks do, but for multiples.
        let Pair { reference, candidate } = conflict.meeting.values;
        let bases = Pair::new(
            reference.wrapping_sub(a.offset.into()),
            candidate.wrapping_sub(b.offset.into()),
        );
        let apart = bases.reference.wrapping_sub(bases.candidate) as i64;
        let is_of = |multiple: &i64| (shift - apart) % multiple == 0 && shift.abs() < *multiple;
        if shift == 0 || !Self::MULTIPLES.iter().any(is_of) {
            return false;
        }
        *self.0.entry(a.object).or_insert(shift) == shift
    }
}

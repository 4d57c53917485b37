//! What the names of one kind mean in the course of a log.
//!
//! Invariant: the meanings of a name follow one another and do not overlap.

use std::ops::{Range, RangeInclusive};

use rapidhash::RapidHashMap;

use crate::objects::object::{Object, ObjectId, Spot};
use crate::trace::Place;

/// A name that begins or ceases to mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The name.
    pub name: u64,
    /// The event's place.
    pub place: Place,
    /// What happens.
    pub what: What,
}

/// What an event does to a name. One that does both destroys what was there before; what it creates stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// It gives the name to an object of this many bytes; 1 where no size is reported. The call that creates it
    /// began at this place: what another call inside of that created by this name is the same object.
    Creates(ObjectId, u32, Place),
    /// It destroys what the name means. The call that does returns at this place; inside of it the name still
    /// means what it did.
    Destroys(Spot, Place),
}

/// One meaning of a name.
#[derive(Clone, Copy, Debug)]
pub struct Meaning {
    from: Place,
    until: Place,
    /// The object.
    pub object: ObjectId,
    /// Bytes.
    size: u32,
}

/// The names of one kind.
#[derive(Debug)]
pub struct Names {
    /// By name, and for each name in the order of the log.
    meanings: Vec<Meaning>,
    /// Where the meanings of a name are.
    of: RapidHashMap<u64, Range<u32>>,
    /// The names of objects of more than one byte, in order.
    extents: Vec<Extent>,
    /// Where each name is destroyed, whatever it means there.
    destroyed: RapidHashMap<u64, Vec<Place>>,
    /// Outside of these words nothing has a meaning: most numbers are not names.
    bounds: RangeInclusive<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Extent {
    base: u64,
    /// The first address that neither this nor any extent below it reaches.
    reach: u64,
    /// The most bytes that any object of this name has.
    size: u32,
}

impl Names {
    /// Returns what names mean after `changes`, in whatever order; notes which objects they destroy, and which get
    /// a name that another still has.
    pub fn new(mut changes: Vec<Change>, objects: &mut [Object]) -> Self {
        changes.sort_unstable();
        let by_name = || changes.chunk_by(|a, b| a.name == b.name);
        let creates = |change: &Change| matches!(change.what, What::Creates(..));
        let mut this = Self {
            meanings: Vec::with_capacity(changes.iter().filter(|change| creates(change)).count()),
            of: RapidHashMap::default(),
            extents: Vec::new(),
            destroyed: RapidHashMap::default(),
            bounds: RangeInclusive::new(1, 0),
        };
        this.of.reserve(by_name().filter(|of_one| of_one.iter().any(creates)).count());
        by_name().for_each(|of_one_name| this.name(of_one_name, objects));
        let mut reach = 0;
        for extent in &mut this.extents {
            reach = extent.reach.max(reach);
            extent.reach = reach;
        }
        if let (Some(first), Some(last)) = (changes.first(), changes.last()) {
            this.bounds = first.name..=last.name.max(reach);
        }
        this
    }

    /// Notes what one name means in the course of the log.
    fn name(&mut self, changes: &[Change], objects: &mut [Object]) {
        let name = changes[0].name;
        let first = self.meanings.len();
        for (at, change) in changes.iter().enumerate() {
            let last = self.meanings[first..].last_mut();
            let from = change.place;
            match (change.what, last) {
                (What::Creates(object, ..), Some(last)) if last.object == object => {}
                (What::Creates(_, _, since), Some(last))
                    if last.until >= from && last.from > since => {}
                (What::Creates(object, size, _), last) => {
                    let is_open = last.is_some_and(|last| last.until == Place::LAST);
                    let gives_back = changes.get(at + 1).is_some_and(|next| {
                        next.place == from && matches!(next.what, What::Destroys(..))
                    });
                    objects[object.index()].is_given_again |= is_open && !gives_back;
                    self.meanings.push(Meaning { from, until: Place::LAST, object, size });
                }
                // What an event both creates and destroys under one name was there before.
                (What::Destroys(..), Some(last)) if last.from == from => {}
                (What::Destroys(by, until), Some(last)) if last.until == Place::LAST => {
                    last.until = until;
                    objects[last.object.index()].died = Some(by);
                }
                (What::Destroys(..), _) => {} // before the log began, or never created
            }
            if matches!(change.what, What::Destroys(..)) {
                self.destroyed.entry(name).or_default().push(from);
            }
        }
        let meanings = &self.meanings[first..];
        let Some(size) = meanings.iter().map(|meaning| meaning.size).max() else { return };
        if size > 1 {
            let reach = name.saturating_add(u64::from(size));
            self.extents.push(Extent { base: name, size, reach });
        }
        self.of.insert(name, first as u32..self.meanings.len() as u32);
    }

    /// Returns the first meaning of a name.
    pub fn first(&self, name: u64) -> Option<Meaning> {
        self.meanings_of(name).first().copied()
    }

    /// Returns how often a name was destroyed before `place`.
    pub fn generation(&self, name: u64, place: Place) -> u32 {
        let places = self.destroyed.get(&name);
        places.map_or(0, |places| places.partition_point(|at| *at < place) as u32)
    }

    /// Returns the object that a name means for an event at `place`, and how many bytes into it the
    /// name points.
    pub fn resolve(&self, name: u64, place: Place) -> Option<(ObjectId, u32)> {
        if !self.bounds.contains(&name) {
            return None;
        }
        if let Some(meaning) = self.meaning(name, place) {
            return Some((meaning.object, 0));
        }
        self.around(name).find_map(|base| {
            let meaning = self.meaning(base, place)?;
            let offset = u32::try_from(name - base).ok()?;
            (offset < meaning.size).then_some((meaning.object, offset))
        })
    }

    fn meanings_of(&self, name: u64) -> &[Meaning] {
        let found = self.of.get(&name);
        found.map_or(&[], |range| &self.meanings[range.start as usize..range.end as usize])
    }

    fn meaning(&self, name: u64, place: Place) -> Option<Meaning> {
        let list = self.meanings_of(name);
        let before = list.partition_point(|meaning| meaning.from <= place);
        list[..before].last().copied().filter(|latest| place <= latest.until)
    }

    /// Returns the bases of extents that may hold an address, the nearest first.
    fn around(&self, name: u64) -> impl Iterator<Item = u64> + '_ {
        /// How many smaller addresses are looked at for one that reaches this far.
        const NEIGHBOURS: usize = 32;
        let after = self.extents.partition_point(|extent| extent.base <= name);
        let below = self.extents[..after].iter().rev().take(NEIGHBOURS);
        below
            .take_while(move |extent| extent.reach > name)
            .filter(move |extent| name - extent.base < u64::from(extent.size))
            .map(|extent| extent.base)
    }
}

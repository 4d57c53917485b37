//! Which object a name means, at one moment of one log.
//!
//! In file order: an event that creates opens an object for the names that it gives, a use means the
//! latest object of that name before it, and an event that destroys closes it, so that a name that
//! is given again means a new object. All that one event creates is one object with several names.

use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};

use rapidhash::RapidHashMap;

use crate::profile::{Does, ObjectUse, Profile, RuleId, Space};
use crate::trace::{AsideAt, Lane, Place, Symbols, Trace};

/// An object of one log, lane by lane in the order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub u32);

/// Where an event is: its lane, and its position there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The lane, by its place in the log.
    pub lane: u32,
    /// The event's position in the lane.
    pub position: u32,
}

/// One object.
#[derive(Clone, Copy, Debug)]
pub struct Object {
    /// The event that created it.
    pub born: Spot,
    /// The event that destroyed it.
    pub died: Option<Spot>,
}

/// One meaning of a name.
#[derive(Clone, Copy, Debug)]
struct Meaning {
    from: Place,
    until: Option<Place>,
    object: ObjectId,
    /// Bytes; 1 where no size is told.
    size: u64,
}

/// The objects of one log and their names.
#[derive(Debug, Default)]
pub struct Objects {
    objects: Vec<Object>,
    /// By name, and for each name in the order of the log.
    meanings: Vec<Meaning>,
    /// Where the meanings of a name are.
    names: RapidHashMap<(Space, u64), Range<u32>>,
    extents: Extents,
    /// Outside of these words nothing in a space has a meaning: most numbers are no names.
    bounds: Vec<(Space, RangeInclusive<u64>)>,
}

/// Which asides name objects: the rules' uses, by rule.
#[derive(Debug)]
pub struct ObjectRules(Vec<Option<ObjectUse>>);

impl ObjectRules {
    /// Returns the uses that the profile's rules tell of.
    pub fn new(profile: &Profile) -> Self {
        Self(profile.rules.iter().map(|rule| rule.object.filter(|_| rule.enabled)).collect())
    }

    /// Returns what an aside says of an object.
    #[inline]
    pub fn of(&self, rule: RuleId) -> Option<ObjectUse> {
        self.0.get(usize::from(rule.0)).copied().flatten()
    }

    /// Returns the spaces of names, in order.
    pub fn spaces(&self) -> Vec<Space> {
        let mut spaces: Vec<Space> = self.0.iter().flatten().map(|used| used.space).collect();
        spaces.sort_unstable();
        spaces.dedup();
        spaces
    }

    /// Returns whether no rule follows objects.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

/// A name that begins or ceases to mean something.
#[derive(Clone, Copy, Debug)]
struct Change {
    name: (Space, u64),
    place: Place,
    spot: Spot,
    /// The object that is created; none where one is destroyed.
    creates: Option<ObjectId>,
    size: u64,
}

impl Objects {
    /// Returns the objects of a log.
    pub fn of(trace: &Trace, symbols: &Symbols, profile: &Profile, rules: &ObjectRules) -> Self {
        let mut objects = Self::default();
        if rules.is_empty() {
            return objects;
        }
        let sizes = SizeEvents::new(symbols, profile);
        let mut changes = Vec::new();
        for (number, lane) in trace.lanes.iter().enumerate() {
            objects.create(lane, number as u32, rules, &sizes, &mut changes);
        }
        // An event that creates and destroys one name first creates it.
        changes.sort_unstable_by_key(|change| {
            (change.name, change.place, change.creates.is_none(), change.size)
        });
        for of_one_name in changes.chunk_by(|a, b| a.name == b.name) {
            objects.name(of_one_name);
        }
        objects.extents = Extents::of(&objects.names, &objects.meanings);
        for space in changes.chunk_by(|a, b| a.name.0 == b.name.0) {
            let (first, last) = (space[0], space[space.len() - 1]);
            let reach = objects.extents.reach(last.name.0).unwrap_or(0);
            objects.bounds.push((first.name.0, first.name.1..=last.name.1.max(reach)));
        }
        objects
    }

    /// Makes the objects that a lane creates, and collects what its names begin or cease to mean.
    fn create(
        &mut self,
        lane: &Lane,
        number: u32,
        rules: &ObjectRules,
        sizes: &SizeEvents,
        changes: &mut Vec<Change>,
    ) {
        let mut size: HashMap<RuleId, u64> = HashMap::new();
        for aside in &lane.asides {
            let Some(used) = rules.of(aside.rule) else { continue };
            if !matches!(used.does, Does::Creates | Does::Destroys) {
                continue;
            }
            if sizes.tells(aside, lane) {
                size.insert(aside.rule, aside.value);
                continue;
            }
            let spot = Spot { lane: number, position: aside.at };
            let creates = used.does == Does::Creates;
            if creates && self.objects.last().is_none_or(|last| last.born != spot) {
                self.objects.push(Object { born: spot, died: None });
            }
            changes.push(Change {
                place: lane.places[aside.at as usize],
                spot,
                creates: creates.then(|| ObjectId(self.objects.len() as u32 - 1)),
                name: (used.space, scoped(aside.value, lane.owner)),
                size: size.get(&aside.rule).copied().unwrap_or(1),
            });
        }
    }

    /// Notes what one name means in the course of the log.
    fn name(&mut self, changes: &[Change]) {
        let first = self.meanings.len();
        for change in changes {
            let last = self.meanings[first..].last_mut();
            let from = change.place;
            if let Some(object) = change.creates {
                if last.is_none_or(|last| last.object != object) {
                    let size = change.size.max(1);
                    self.meanings.push(Meaning { from, until: None, object, size });
                }
            } else if let Some(last) = last.filter(|last| last.until.is_none()) {
                last.until = Some(from);
                self.objects[last.object.0 as usize].died = Some(change.spot);
            } // else destroyed before the log began, or never created
        }
        if self.meanings.len() > first {
            self.names.insert(changes[0].name, first as u32..self.meanings.len() as u32);
        }
    }

    /// Returns an object.
    pub fn get(&self, id: ObjectId) -> Object {
        self.objects[id.0 as usize]
    }

    /// Returns the number of objects.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Returns whether the log creates no object.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Returns the first object that a name means.
    pub fn first(&self, space: Space, value: u64) -> Option<ObjectId> {
        self.meanings_of((space, value)).first().map(|first| first.object)
    }

    /// Returns the object that a name means for an event at `place`, and how many bytes into it the
    /// name points.
    pub fn resolve(&self, space: Space, value: u64, place: Place) -> Option<(ObjectId, u64)> {
        if !self.bounds.iter().any(|(of, bounds)| *of == space && bounds.contains(&value)) {
            return None;
        }
        if let Some(meaning) = self.meaning((space, value), place) {
            return Some((meaning.object, 0));
        }
        self.extents.around(space, value).find_map(|base| {
            let meaning = self.meaning((space, base), place)?;
            (value - base < meaning.size).then_some((meaning.object, value - base))
        })
    }

    fn meanings_of(&self, name: (Space, u64)) -> &[Meaning] {
        let found = self.names.get(&name);
        found.map_or(&[], |range| &self.meanings[range.start as usize..range.end as usize])
    }

    fn meaning(&self, name: (Space, u64), place: Place) -> Option<Meaning> {
        let list = self.meanings_of(name);
        let before = list.partition_point(|meaning| meaning.from <= place);
        let latest = list[..before].last()?;
        latest.until.is_none_or(|until| place <= until).then_some(*latest)
    }
}

/// The names of objects of more than one byte.
#[derive(Debug, Default)]
struct Extents(Vec<Extent>);

#[derive(Clone, Copy, Debug)]
struct Extent {
    space: Space,
    base: u64,
    /// The most bytes that any object of this name has.
    size: u64,
    /// The first address that neither this nor any extent of the space below it reaches.
    reach: u64,
}

impl Extents {
    fn of(names: &RapidHashMap<(Space, u64), Range<u32>>, meanings: &[Meaning]) -> Self {
        let mut extents: Vec<Extent> = Vec::new();
        for (&(space, base), range) in names {
            let meanings = &meanings[range.start as usize..range.end as usize];
            let size = meanings.iter().map(|meaning| meaning.size).max().unwrap_or(0);
            if size > 1 {
                extents.push(Extent { space, base, size, reach: base.saturating_add(size) });
            }
        }
        extents.sort_unstable_by_key(|extent| (extent.space, extent.base));
        for at in 1..extents.len() {
            if extents[at].space == extents[at - 1].space {
                extents[at].reach = extents[at].reach.max(extents[at - 1].reach);
            }
        }
        Self(extents)
    }

    /// Returns an address that no extent of a space goes beyond.
    fn reach(&self, space: Space) -> Option<u64> {
        let after = self.0.partition_point(|extent| extent.space <= space);
        let last = self.0[..after].last().filter(|extent| extent.space == space);
        last.map(|extent| extent.reach)
    }

    /// Returns the bases of extents that may hold an address, the nearest first.
    fn around(&self, space: Space, value: u64) -> impl Iterator<Item = u64> + '_ {
        /// How many smaller addresses are looked at for one that reaches this far.
        const NEIGHBOURS: usize = 32;
        let after = self.0.partition_point(|extent| (extent.space, extent.base) <= (space, value));
        let below = self.0[..after].iter().rev().take(NEIGHBOURS);
        below
            .take_while(move |extent| extent.space == space && extent.reach > value)
            .filter(move |extent| value - extent.base < extent.size)
            .map(|extent| extent.base)
    }
}

/// Returns a name as it is known beside those of other processes: each has its own handles and
/// addresses. Addresses that stood next to one another still do.
pub fn scoped(value: u64, process: Option<u32>) -> u64 {
    value ^ (u64::from(process.unwrap_or(0)) << 32)
}

/// The events that tell how large the object is that their function is about to create.
struct SizeEvents {
    /// By rule: the symbols, where the rule has a size.
    symbols: Vec<Option<Vec<bool>>>,
}

impl SizeEvents {
    fn new(symbols: &Symbols, profile: &Profile) -> Self {
        let tells = |rule: &crate::profile::Rule| {
            let size = rule.size.as_ref()?;
            let is_one = symbols.0.iter().map(|symbol| {
                symbol.kind == size.kind && rule.is_about_function(symbol.name.as_deref())
            });
            Some(is_one.collect())
        };
        Self { symbols: profile.rules.iter().map(tells).collect() }
    }

    fn tells(&self, aside: &AsideAt, lane: &Lane) -> bool {
        let symbols = self.symbols.get(usize::from(aside.rule.0)).and_then(Option::as_ref);
        symbols.is_some_and(|symbols| symbols[lane.symbols[aside.at as usize].0 as usize])
    }
}

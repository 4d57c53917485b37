//! Which object a name means, at one moment of one log.
//!
//! In file order: an event that creates opens an object for the names that it gives, a use means the
//! latest object of that name before it, and an event that destroys closes it, so that a name that
//! is given again means a new object. All that one event creates is one object with several names.

use std::collections::HashMap;

use crate::profile::{Does, ObjectUse, Profile, RuleId, Space};
use crate::trace::{AsideAt, Lane, Place, Symbols, Trace};

/// An object of one log, in the order of creation.
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
    names: HashMap<(Space, u64), Vec<Meaning>>,
    /// The names of objects of more than one byte, in order.
    extents: Vec<(Space, u64)>,
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
    place: Place,
    spot: Spot,
    creates: bool,
    name: (Space, u64),
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
            changes_of(lane, number as u32, rules, &sizes, &mut changes);
        }
        changes.sort_by_key(|change| (change.place, !change.creates));
        for change in changes {
            if change.creates { objects.open(change) } else { objects.close(change) }
        }
        let sized = objects.names.iter().filter(|(_, list)| list.iter().any(|m| m.size > 1));
        objects.extents = sized.map(|(name, _)| *name).collect();
        objects.extents.sort_unstable();
        objects
    }

    fn open(&mut self, change: Change) {
        let new = self.objects.last().is_none_or(|last| last.born != change.spot);
        if new {
            self.objects.push(Object { born: change.spot, died: None });
        }
        let object = ObjectId(self.objects.len() as u32 - 1);
        let meanings = self.names.entry(change.name).or_default();
        if meanings.last().is_none_or(|last| last.object != object) {
            let (from, size) = (change.place, change.size.max(1));
            meanings.push(Meaning { from, until: None, object, size });
        }
    }

    fn close(&mut self, change: Change) {
        let Some(last) = self.names.get_mut(&change.name).and_then(|list| list.last_mut()) else {
            return; // destroyed before the log began, or never created
        };
        if last.until.is_none() {
            last.until = Some(change.place);
            self.objects[last.object.0 as usize].died = Some(change.spot);
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
        self.names.get(&(space, value)).and_then(|list| list.first()).map(|first| first.object)
    }

    /// Returns the object that a name means for an event at `place`, and how many bytes into it the
    /// name points.
    pub fn resolve(&self, space: Space, value: u64, place: Place) -> Option<(ObjectId, u64)> {
        /// How many smaller addresses are looked at for one that reaches this far.
        const NEIGHBOURS: usize = 32;
        if let Some(meaning) = self.meaning(space, value, place) {
            return Some((meaning.object, 0));
        }
        let after = self.extents.partition_point(|name| *name <= (space, value));
        let below = self.extents[..after].iter().rev().take(NEIGHBOURS);
        below.take_while(|(other, _)| *other == space).find_map(|&(_, base)| {
            let meaning = self.meaning(space, base, place)?;
            (value - base < meaning.size).then_some((meaning.object, value - base))
        })
    }

    fn meaning(&self, space: Space, value: u64, place: Place) -> Option<Meaning> {
        let list = self.names.get(&(space, value))?;
        let before = list.partition_point(|meaning| meaning.from <= place);
        let latest = list[..before].last()?;
        latest.until.is_none_or(|until| place <= until).then_some(*latest)
    }
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

fn changes_of(
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
        changes.push(Change {
            place: lane.places[aside.at as usize],
            spot: Spot { lane: number, position: aside.at },
            creates: used.does == Does::Creates,
            name: (used.space, aside.value),
            size: size.get(&aside.rule).copied().unwrap_or(1),
        });
    }
}

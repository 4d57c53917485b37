//! Which object a name means, at one moment of one log.
//!
//! In file order: an event that creates opens an object for the names that it gives, a use means the
//! latest object of that name before it, and an event that destroys closes it, so that a name that
//! is given again means a new object. All that one event creates is one object with several names.

use std::collections::{HashMap, HashSet};

use crate::objects::names::{Change, Names, What};
use crate::objects::object::{Object, ObjectId, Spot};
use crate::pair::Pair;
use crate::profile::{Does, ObjectUse, Profile, Role, RuleId, Space};
use crate::trace::{Lane, MaskedAt, Place, Symbols, Trace};

/// The objects of one log and their names.
#[derive(Debug, Default)]
pub struct Objects {
    objects: Vec<Object>,
    /// By the space.
    names: Vec<Names>,
    /// By process: the one that created it, and where.
    parents: HashMap<u32, (u32, Place)>,
}

/// What names mean: the objects of both logs, and which rules name them.
#[derive(Clone, Copy, Debug)]
pub struct ObjectNames<'a> {
    /// The objects.
    pub objects: &'a Pair<Objects>,
    /// The rules.
    pub rules: &'a ObjectRules,
}

/// Which asides name objects: the rules' uses, by rule.
#[derive(Debug)]
pub struct ObjectRules(Vec<Option<ObjectUse>>);

impl ObjectRules {
    /// Returns the uses that the profile's rules report.
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

impl Objects {
    /// Returns the objects of a log.
    pub fn of(trace: &Trace, symbols: &Symbols, profile: &Profile, rules: &ObjectRules) -> Self {
        let mut objects = Self::default();
        if rules.is_empty() {
            return objects;
        }
        let sizes = SizeEvents::new(symbols, profile);
        let n_spaces = rules.spaces().last().map_or(0, |space| usize::from(space.0) + 1);
        let mut changes = vec![Vec::new(); n_spaces];
        let functions = Functions::new(symbols);
        for (number, lane) in trace.lanes.iter().enumerate() {
            let calls = functions.calls_of(lane);
            objects.create((lane, number as u32), rules, &sizes, &calls, &mut changes);
        }
        objects.parents = parents(trace, symbols, profile);
        for changes in changes {
            objects.names.push(Names::new(changes, &mut objects.objects));
        }
        objects
    }

    /// Makes the objects that a lane creates, and collects what its names begin or cease to mean.
    fn create(
        &mut self,
        (lane, number): (&Lane, u32),
        rules: &ObjectRules,
        sizes: &SizeEvents,
        calls: &Calls,
        changes: &mut [Vec<Change>],
    ) {
        let mut size: HashMap<RuleId, u32> = HashMap::new();
        for (number_of_aside, aside) in lane.asides.iter().enumerate() {
            let Some(used) = rules.of(aside.rule) else { continue };
            if !matches!(used.does, Does::Creates | Does::Destroys) {
                continue;
            }
            if sizes.tells(aside, lane) {
                // What is larger is known by its first 4 GiB.
                size.insert(aside.rule, u32::try_from(aside.value).unwrap_or(u32::MAX));
                continue;
            }
            let spot = Spot { lane: number, position: aside.at };
            let creates = used.does == Does::Creates;
            if creates && self.objects.last().is_none_or(|last| last.born != spot) {
                self.objects.push(Object { born: spot, died: None, is_given_again: false });
            }
            let what = if creates {
                let object = ObjectId::new(self.objects.len() - 1);
                // One event may tell both: then the size may follow the name.
                let here = lane.asides[number_of_aside..].iter();
                let mut here =
                    here.take_while(|other| (other.at, other.rule) == (aside.at, aside.rule));
                let own = here.find(|other| sizes.tells(other, lane));
                let own = own.map(|size| u32::try_from(size.value).unwrap_or(u32::MAX));
                let size = own.or(size.get(&aside.rule).copied()).map_or(1, |size| size.max(1));
                let call = calls.of_return(aside.at).unwrap_or(aside.at);
                What::Creates(object, size, lane.places.at(call as usize))
            } else {
                let end = calls.returns_of(aside.at).unwrap_or(aside.at);
                What::Destroys(spot, lane.places.at(end as usize))
            };
            changes[usize::from(used.space.0)].push(Change {
                name: scoped(aside.value, lane.owner),
                place: lane.places.at(aside.at as usize),
                what,
            });
        }
    }

    /// Returns an object.
    pub fn get(&self, id: ObjectId) -> Object {
        self.objects[id.index()]
    }

    /// Returns how many objects got a name that another still had.
    pub fn n_given_again(&self) -> usize {
        self.objects.iter().filter(|object| object.is_given_again).count()
    }

    /// Returns how many objects there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Returns whether the log creates no object.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Returns the first object that a name means.
    pub fn first(&self, space: Space, name: u64) -> Option<ObjectId> {
        Some(self.names.get(usize::from(space.0))?.first(name)?.object)
    }

    /// Returns how often a name was destroyed before `place`.
    pub fn generation(&self, space: Space, name: u64, place: Place) -> u32 {
        self.names.get(usize::from(space.0)).map_or(0, |names| names.generation(name, place))
    }

    /// Returns the object that a word means for an event of a process at `place`, and how many bytes into it the
    /// word points. What a process was given by the one that created it, it has until it gives it back.
    pub fn resolve(
        &self,
        space: Space,
        word: u64,
        process: Option<u32>,
        place: Place,
    ) -> Option<(ObjectId, u32)> {
        /// What further ancestors had is not looked for.
        const ANCESTORS: usize = 16;
        let names = self.names.get(usize::from(space.0))?;
        let (mut process, mut place) = (process, place);
        for _ in 0..ANCESTORS {
            let name = scoped(word, process);
            if let Some(found) = names.resolve(name, place) {
                return Some(found);
            }
            if names.generation(name, place) > 0 {
                return None;
            }
            let &(parent, created) = self.parents.get(&process?)?;
            (process, place) = (Some(parent), created);
        }
        None
    }
}

/// Returns a name as it is known beside those of other processes: each has its own handles and
/// addresses. Addresses that stood next to one another still do.
pub fn scoped(value: u64, process: Option<u32>) -> u64 {
    value ^ (u64::from(process.unwrap_or(0)) << 32)
}

/// Returns which process created each, as far as the log says.
fn parents(trace: &Trace, symbols: &Symbols, profile: &Profile) -> HashMap<u32, (u32, Place)> {
    let Some(rule) = profile.child_thread_rule() else { return HashMap::new() };
    let processes: HashSet<u32> = trace.lanes.iter().filter_map(|lane| lane.owner).collect();
    let mut parents = HashMap::new();
    for lane in &trace.lanes {
        let Some(owner) = lane.owner else { continue };
        for aside in lane.asides.iter().filter(|aside| aside.rule == rule) {
            let spawns = symbols.of(lane.symbols[aside.at as usize]).role == Some(Role::Spawn);
            let child = u32::try_from(aside.value).ok().filter(|child| processes.contains(child));
            if let Some(child) = child.filter(|child| spawns && *child != owner) {
                parents.entry(child).or_insert((owner, lane.places.at(aside.at as usize)));
            }
        }
    }
    parents
}

/// Which symbols are calls and returns of one function.
struct Functions {
    /// By symbol: the function, by a number of its own, and whether it returns.
    of: Vec<Option<(u32, bool)>>,
}

impl Functions {
    fn new(symbols: &Symbols) -> Self {
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let of = symbols.0.iter().map(|symbol| {
            let known = numbers.len() as u32;
            let returns = match symbol.role? {
                Role::Call => false,
                role if role.is_return() => true,
                _ => return None,
            };
            Some((*numbers.entry(symbol.name.as_deref()?).or_insert(known), returns))
        });
        Self { of: of.collect() }
    }

    /// Finds the call of each return of a lane.
    fn calls_of(&self, lane: &Lane) -> Calls {
        /// Calls nest no deeper; of more, the outermost are forgotten.
        const DEEPEST: usize = 1 << 12;
        let mut open: Vec<(u32, u32)> = Vec::new();
        let mut calls = Vec::new();
        for (position, symbol) in lane.symbols.iter().enumerate() {
            match self.of[symbol.0 as usize] {
                Some((function, false)) => {
                    if open.len() >= DEEPEST {
                        open.drain(..DEEPEST / 2);
                    }
                    open.push((function, position as u32));
                }
                // What does not return, and is left open, stands above the call.
                Some((function, true)) => {
                    if let Some(at) = open.iter().rposition(|(open, _)| *open == function) {
                        calls.push((position as u32, open[at].1));
                        open.truncate(at);
                    }
                }
                None => {}
            }
        }
        let mut by_call: Vec<(u32, u32)> = calls.iter().map(|&(end, call)| (call, end)).collect();
        by_call.sort_unstable();
        Calls { by_return: calls, by_call }
    }
}

/// The calls of a lane's returns, as positions.
struct Calls {
    /// Each return and its call, in the order of the returns.
    by_return: Vec<(u32, u32)>,
    /// Each call and its return, in the order of the calls.
    by_call: Vec<(u32, u32)>,
}

impl Calls {
    fn of_return(&self, position: u32) -> Option<u32> {
        let found = self.by_return.binary_search_by_key(&position, |(at, _)| *at).ok()?;
        Some(self.by_return[found].1)
    }

    fn returns_of(&self, position: u32) -> Option<u32> {
        let found = self.by_call.binary_search_by_key(&position, |(at, _)| *at).ok()?;
        Some(self.by_call[found].1)
    }
}

/// The events that tell how large the object is that their function is about to create.
struct SizeEvents {
    /// By rule: the symbols and the field, where the rule has a size.
    symbols: Vec<Option<(Vec<bool>, u16)>>,
}

impl SizeEvents {
    fn new(symbols: &Symbols, profile: &Profile) -> Self {
        let tells = |rule: &crate::profile::Rule| {
            let size = rule.size.as_ref()?;
            let is_one = symbols.0.iter().map(|symbol| {
                symbol.kind == size.kind && rule.is_about_function(symbol.name.as_deref())
            });
            Some((is_one.collect(), size.field))
        };
        Self { symbols: profile.rules.iter().map(tells).collect() }
    }

    fn tells(&self, aside: &MaskedAt, lane: &Lane) -> bool {
        let symbols = self.symbols.get(usize::from(aside.rule.0)).and_then(Option::as_ref);
        symbols.is_some_and(|(symbols, field)| {
            aside.field == *field && symbols[lane.symbols[aside.at as usize].0 as usize]
        })
    }
}

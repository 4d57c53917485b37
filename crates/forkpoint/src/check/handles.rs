//! Objects are created before they are used, and not used after they are destroyed.
//!
//! An object is known by its semantic id, in events without one by its raw handle. Only events that
//! may name one are read again, in the order of the file, a batch at a time.
//!
//! What is out of order is only *suspected* at first. It is a fault when one thread did both, since
//! lines of two threads may stand in any order, and when the object is the thread's own: a shared
//! dispatcher is reported at its first touch, and again by whoever touches it first next time.

use std::collections::HashMap;
use std::fmt;

use forkpoint_event::kind;
use rayon::prelude::*;

use crate::check::tally::{Spot, Tally};
use crate::check::{Kind, ObjectCounts};
use crate::objects::Recipe;
use crate::trace::parsed_event::ParsedEvent;
use crate::trace::{Place, Trace};
use crate::value::Value;

/// How many lines are read again at once; their touches are all that is held of them.
const BATCH: usize = 8192;
/// How many suspected objects are tried on the recipe of shared ids, about 0.2 ms each. The hint of
/// [`Kind::Unexamined`] says this number.
const PROOFS: usize = 256;

/// Which object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Object {
    Semantic(u64),
    Raw(u64),
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Semantic(id) => write!(f, "object {id:016x}"),
            Self::Raw(handle) => write!(f, "handle {handle:#x}"),
        }
    }
}

/// What an event does to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ObjectOp {
    Create,
    /// A thread's own object comes with the thread; some engines report it in a line of its own, too.
    Spawn,
    Destroy,
    Wait,
}

impl ObjectOp {
    fn of(kind: &str) -> Option<Self> {
        match kind {
            kind::HANDLE_CREATE => Some(Self::Create),
            kind::HANDLE_DESTROY => Some(Self::Destroy),
            kind::THREAD_CREATE => Some(Self::Spawn),
            kind::WAIT_BEGIN => Some(Self::Wait),
            _ => None,
        }
    }
}

struct ObjectAccess {
    spot: Spot,
    op: ObjectOp,
    object: Object,
    object_type: Option<u32>,
}

/// Looks at all objects; returns how many there are, if the log reports any.
pub(super) fn look(tally: &mut Tally<'_>) -> Option<ObjectCounts> {
    let mut objects = Objects::default();
    for batch in ops(tally).chunks(BATCH) {
        let trace = tally.trace;
        let touches: Vec<Result<Vec<ObjectAccess>, Spot>> =
            batch.par_iter().map(|&(place, spot, op)| read(trace, place, spot, op)).collect();
        for touches in touches {
            match touches {
                Ok(touches) => touches.iter().for_each(|touch| objects.take(touch, tally)),
                Err(spot) => {
                    tally.add(Kind::Unreadable, spot, |_| {
                        "the line cannot be read again".to_owned()
                    });
                }
            }
        }
    }
    objects.judge(tally);
    objects.counts()
}

/// Returns the events that may name an object, in the order of the log.
fn ops(tally: &Tally<'_>) -> Vec<(Place, Spot, ObjectOp)> {
    let ops: Vec<Option<ObjectOp>> =
        tally.symbols.0.iter().map(|symbol| ObjectOp::of(&symbol.kind)).collect();
    let mut events = Vec::new();
    for (number, lane) in tally.trace.lanes.iter().enumerate() {
        for (at, id) in lane.symbols.iter().enumerate() {
            if let Some(op) = ops[id.0 as usize] {
                let spot = Spot { lane: number as u32, at: at as u32 };
                events.push((lane.places.at(at), spot, op));
            }
        }
    }
    events.par_sort_unstable_by_key(|&(place, ..)| place);
    events
}

fn read(trace: &Trace, place: Place, spot: Spot, op: ObjectOp) -> Result<Vec<ObjectAccess>, Spot> {
    let parsed = trace.event(place).ok_or(spot)?;
    let object_type = field(&parsed, "object_type").and_then(Value::word);
    let object_type = object_type.and_then(|word| u32::try_from(word).ok());
    let touch = |object| ObjectAccess { spot, op, object, object_type };
    if let Some(Value::List(ids)) = field(&parsed, "handles_semantic_ids") {
        return Ok(ids.iter().filter_map(semantic).map(touch).collect());
    }
    let object = field(&parsed, "handle_semantic_id").and_then(semantic).or_else(|| {
        let raw = field(&parsed, "raw_handle_id")?.word()?;
        (raw != 0).then_some(Object::Raw(raw))
    });
    Ok(object.map(touch).into_iter().collect())
}

fn field<'a, 'b>(parsed: &'a ParsedEvent<'b>, key: &str) -> Option<&'a Value<'b>> {
    parsed.payload.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

/// Returns the object of an id of 16 hex digits; 0 stands for none.
fn semantic(value: &Value<'_>) -> Option<Object> {
    let Value::Text(text) = value else { return None };
    let is_id = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let id = is_id.then(|| u64::from_str_radix(text, 16).ok())??;
    (id != 0).then_some(Object::Semantic(id))
}

/// What is known of an object that was created.
struct ObjectState {
    created: Spot,
    /// How it was reported: created, spawned, or (once it was reported both ways) created.
    op: ObjectOp,
    destroyed: Option<Spot>,
    object_type: Option<u32>,
    /// A thread's own id is made by one thread; more than one creator share it.
    shared: bool,
}

/// What looks like a fault, until it is known whether the object is shared.
struct Suspicion {
    kind: Kind,
    object: Object,
    spot: Spot,
    /// The event that it contradicts.
    other: Spot,
}

#[derive(Default)]
struct Objects {
    lives: HashMap<Object, ObjectState>,
    /// Uses of what was not created so far: each lane's first.
    early: HashMap<Object, Vec<Spot>>,
    suspicions: Vec<Suspicion>,
    counts: ObjectCounts,
    any: bool,
}

impl Objects {
    fn take(&mut self, touch: &ObjectAccess, tally: &mut Tally<'_>) {
        self.any = true;
        match touch.op {
            ObjectOp::Create | ObjectOp::Spawn => self.create(touch, tally),
            ObjectOp::Destroy | ObjectOp::Wait => self.use_(touch, tally),
        }
    }

    fn create(&mut self, touch: &ObjectAccess, tally: &mut Tally<'_>) {
        let ObjectAccess { spot, op, object, object_type } = *touch;
        let Some(life) = self.lives.get_mut(&object) else {
            self.counts.created += 1;
            let life =
                ObjectState { created: spot, op, destroyed: None, object_type, shared: false };
            self.lives.insert(object, life);
            for use_ in self.early.remove(&object).unwrap_or_default() {
                self.used_early(object, use_, spot, tally);
            }
            return;
        };
        let same_lane = life.created.lane == spot.lane;
        let open = life.destroyed.is_none();
        // A thread's object may be reported twice: with the thread, and by itself.
        let twice_told = open && life.op != op;
        life.shared |= !same_lane && !twice_told;
        let other = life.created;
        self.counts.created += u64::from(!open);
        (life.created, life.destroyed) = (spot, None);
        life.op = if twice_told { ObjectOp::Create } else { op };
        life.object_type = object_type.or(life.object_type);
        if twice_told {
            return;
        }
        match object {
            Object::Semantic(_) if same_lane => {
                self.suspect(Kind::DuplicateCreate, object, spot, other);
            }
            Object::Raw(_) if open => tally.add(Kind::ReusedHandle, spot, |tally| {
                format!("{object} was given before, by {}", shown(tally, other))
            }),
            Object::Semantic(_) | Object::Raw(_) => {}
        }
    }

    /// A destroy or a wait.
    fn use_(&mut self, touch: &ObjectAccess, tally: &mut Tally<'_>) {
        let ObjectAccess { spot, object, .. } = *touch;
        let Some(life) = self.lives.get_mut(&object) else {
            let uses = self.early.entry(object).or_default();
            if uses.iter().all(|first| first.lane != spot.lane) {
                uses.push(spot);
            }
            return;
        };
        if let Some(destroyed) = life.destroyed {
            if destroyed.lane == spot.lane {
                self.suspect(Kind::LateUse, object, spot, destroyed);
            } else {
                tally.add(Kind::UseAcrossThreads, spot, |tally| {
                    format!("{object} was destroyed before, by {}", shown(tally, destroyed))
                });
            }
        } else if touch.op == ObjectOp::Destroy {
            life.destroyed = Some(spot);
            self.counts.destroyed += 1;
        }
    }

    fn used_early(&mut self, object: Object, use_: Spot, created: Spot, tally: &mut Tally<'_>) {
        match object {
            Object::Semantic(_) if use_.lane == created.lane => {
                self.suspect(Kind::EarlyUse, object, use_, created);
            }
            Object::Semantic(_) => tally.add(Kind::UseAcrossThreads, use_, |tally| {
                format!("{object} is created only later, by {}", shown(tally, created))
            }),
            // The number may have been another object's, older than the log.
            Object::Raw(_) => tally.add(Kind::UnknownObject, use_, |_| unknown(object)),
        }
    }

    fn suspect(&mut self, kind: Kind, object: Object, spot: Spot, other: Spot) {
        self.suspicions.push(Suspicion { kind, object, spot, other });
    }

    /// Reports the suspicions that hold, and what was never created.
    fn judge(&mut self, tally: &mut Tally<'_>) {
        let mut recipe = None;
        let mut shared: HashMap<Object, bool> = HashMap::new();
        for Suspicion { kind, object, spot, other } in std::mem::take(&mut self.suspicions) {
            let known = shared.get(&object).copied();
            let excused = match (known, object, self.lives.get(&object)) {
                (Some(known), ..) => known,
                (None, _, Some(life)) if life.shared => true,
                (None, Object::Semantic(id), Some(ObjectState { object_type: Some(word), .. })) => {
                    if shared.len() >= PROOFS {
                        tally.add(Kind::Unexamined, spot, |_| format!("{object}: {}", kind.name()));
                        continue;
                    }
                    recipe.get_or_insert_with(Recipe::new).makes(id, *word)
                }
                _ => false,
            };
            shared.insert(object, excused);
            if !excused {
                tally.add(kind, spot, |tally| detail(kind, object, &shown(tally, other)));
            }
        }
        for (object, uses) in &self.early {
            for use_ in uses {
                tally.add(Kind::UnknownObject, *use_, |_| unknown(*object));
            }
        }
    }

    fn counts(&self) -> Option<ObjectCounts> {
        let open = self.lives.values().filter(|life| life.destroyed.is_none()).count() as u64;
        self.any.then_some(ObjectCounts { open, ..self.counts })
    }
}

fn detail(kind: Kind, object: Object, other: &str) -> String {
    match kind {
        Kind::DuplicateCreate => format!("{object} was created before, by {other}"),
        Kind::LateUse => format!("{object} was destroyed before, by {other}"),
        _ => format!("{object} is created only later, by {other}"),
    }
}

fn unknown(object: Object) -> String {
    format!("{object} was not created in this log before")
}

/// Returns an event of another line in words.
fn shown(tally: &Tally<'_>, spot: Spot) -> String {
    let index = tally.lane(spot).event_idx(spot.at as usize);
    format!("index {index} of thread {}", tally.lane_name(spot))
}

#[cfg(test)]
mod tests {
    use forkpoint_event::SemanticId;

    use super::*;
    use crate::check::CheckReport;
    use crate::check::tests::{checked, found};

    const OWN: u64 = 0x1234_5678_9abc_def0;

    fn handle(kind: &str, tid: u32, index: u32, id: u64) -> String {
        format!(
            r#""kind":"handle.{kind}","tid":{tid},"tid_event_idx":{index},"payload":{{"handle_semantic_id":"{id:016x}","raw_handle_id":"0x10","object_type":2}}"#
        )
    }

    fn wait(tid: u32, index: u32, id: u64) -> [String; 2] {
        [
            format!(
                r#""kind":"wait.begin","tid":{tid},"tid_event_idx":{index},"payload":{{"handles_semantic_ids":["{id:016x}"]}}"#
            ),
            format!(r#""kind":"wait.end","tid":{tid},"tid_event_idx":{}"#, index + 1),
        ]
    }

    fn of(lines: &[String]) -> CheckReport {
        checked(&lines.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[test]
    fn create_wait_destroy_is_clean_and_counted() {
        let [begin, end] = wait(6, 1, OWN);
        let report = of(&[handle("create", 6, 0, OWN), begin, end, handle("destroy", 6, 3, OWN)]);
        assert_eq!(found(&report), []);
        assert_eq!(report.objects, Some(ObjectCounts { created: 1, destroyed: 1, open: 0 }));
    }

    #[test]
    fn a_thread_that_uses_what_it_destroyed_is_at_fault_and_another_one_is_noted() {
        let log = |tid| {
            let [begin, end] = wait(tid, 2, OWN);
            of(&[handle("create", 6, 0, OWN), handle("destroy", 6, 1, OWN), begin, end])
        };
        assert_eq!(found(&log(6)), [(Kind::LateUse, 1, Some(4))]);
        assert_eq!(found(&log(7)), [(Kind::UseAcrossThreads, 1, Some(4))]);
        assert_eq!(log(7).n_faults(), 0);
    }

    #[test]
    fn a_thread_that_uses_what_it_creates_later_is_at_fault_and_another_one_is_noted() {
        let log = |tid| {
            let [begin, end] = wait(tid, 0, OWN);
            of(&[begin, end, handle("create", 6, 2, OWN)])
        };
        assert_eq!(found(&log(6)), [(Kind::EarlyUse, 1, Some(2))]);
        assert_eq!(found(&log(7)), [(Kind::UseAcrossThreads, 1, Some(2))]);
    }

    #[test]
    fn an_object_that_was_never_created_is_a_note() {
        let [begin, end] = wait(6, 0, OWN);
        let report = of(&[begin, end, handle("destroy", 6, 2, OWN)]);
        assert_eq!(found(&report), [(Kind::UnknownObject, 1, Some(2))]);
        assert_eq!(report.n_faults(), 0);
    }

    #[test]
    fn an_own_object_created_twice_is_a_fault_and_a_shared_one_is_not() {
        let twice = |id| of(&[handle("create", 6, 0, id), handle("create", 6, 1, id)]);
        assert_eq!(found(&twice(OWN)), [(Kind::DuplicateCreate, 1, Some(3))]);
        assert_eq!(found(&twice(SemanticId::shared_global(0x82A0_0020, 2).0)), []);
        // Created by two threads, an id cannot be made from one thread's number.
        let lines = [handle("create", 6, 0, OWN), handle("create", 7, 0, OWN)];
        assert_eq!(found(&of(&lines)), []);
    }

    #[test]
    fn without_semantic_ids_the_raw_handle_names_the_object() {
        let raw = |kind: &str, index: u32| {
            format!(
                r#""kind":"handle.{kind}","tid":6,"tid_event_idx":{index},"payload":{{"raw_handle_id":"0x10"}}"#
            )
        };
        let lines = [raw("create", 0), raw("destroy", 1), raw("destroy", 2)];
        assert_eq!(found(&of(&lines)), [(Kind::LateUse, 1, Some(4))]);
        let again = [raw("create", 0), raw("destroy", 1), raw("create", 2), raw("destroy", 3)];
        assert_eq!(found(&of(&again)), []);
        assert_eq!(found(&of(&[raw("create", 0), raw("create", 1)]))[0].0, Kind::ReusedHandle);
    }

    #[test]
    fn a_thread_s_object_may_be_told_with_the_thread_and_by_itself() {
        let spawn = format!(
            r#""kind":"thread.create","tid":6,"tid_event_idx":0,"payload":{{"handle_semantic_id":"{OWN:016x}"}}"#
        );
        assert_eq!(found(&of(&[spawn, handle("create", 6, 1, OWN)])), []);
    }

    #[test]
    fn many_odd_objects_are_examined_up_to_a_bound_that_is_told() {
        let lines: Vec<String> = (0..300_u32)
            .map(|n| handle("create", 6, n, OWN + u64::from(n / 2) * 0x1_0001))
            .chain(
                (300..900)
                    .map(|n| handle("create", 6, n, OWN ^ u64::from((n - 300) / 2 + 1) << 40)),
            )
            .collect();
        let report = of(&lines);
        assert_eq!(found(&report)[0], (Kind::DuplicateCreate, 256, Some(3)));
        assert_eq!((found(&report)[1].0, found(&report)[1].1), (Kind::Unexamined, 194));
    }
}

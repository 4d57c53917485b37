//! One finding, as the report says it: its sentence, its places, its evidence.

use crate::align::drift::Drift;
use crate::align::oddity::FloatMismatch;
use crate::align::resync::Gap;
use crate::analysis::cause::{Source, done_by};
use crate::analysis::{Analysis, Class, Detail, EventRef, Finding};
use crate::objects::{ObjectId, ObjectMismatch, Spot};
use crate::pair::{Pair, Side};
use crate::profile::{Action, Places, Role};
use crate::render::words::{count, shortened};
use crate::report::build::evidence::{context, difference, event, lane_name, shown, site};
use crate::report::build::messages::{called_at, messages};
use crate::report::{ContextRow, FindingView, Mark, ObjectHistory, Site};
use crate::value::Value;

/// Returns a finding; `follows` is what it follows from, and `in_full` asks for what surrounds
/// it.
pub(super) fn finding(
    facts: &Analysis<'_>,
    found: &Finding,
    follows: Option<Source>,
    in_full: bool,
) -> FindingView {
    let both = match found.at {
        Pair { reference: Some(reference), candidate: Some(candidate) } => {
            Some(Pair::new(reference, candidate))
        }
        _ => None,
    };
    let differs = match &found.detail {
        Detail::Differ(_) | Detail::Float(FloatMismatch::Differ { .. }) => {
            both.map(|both| facts.differences(both)).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let mut sites: Vec<Site> = [found.at.reference, found.at.candidate]
        .into_iter()
        .flatten()
        .map(|at| site(facts, at))
        .collect();
    if let Detail::Signal { wait, .. } = &found.detail {
        sites.extend(wait.candidate.map(|at| site(facts, at)));
    }
    let shown = shown(&differs);
    let mut summary = summary(facts, found, &sites, &shown);
    if let Some(deed) = done_by(facts, found) {
        let sides = Pair::of(|side| site(facts, *deed.on(side)));
        summary.push_str(&format!("; {} did it", before(&sides)));
        sites.push(sides.candidate);
    }
    let remarks = remarks(facts, found, &differs);
    for name in errors(facts, found, &differs) {
        // A remark may name it too.
        if !remarks.iter().any(|remark| remark.contains(&name)) {
            summary.push_str(&format!(" ({name})"));
        }
    }
    for remark in remarks {
        summary.push_str(&format!(" ({remark})"));
    }
    if found.more > 0 {
        summary.push_str(&format!(" (and {} more such findings)", found.more));
    }
    FindingView {
        class: found.class,
        summary,
        sites,
        differences: differs.into_iter().map(|differs| difference(facts, differs)).collect(),
        context: if in_full { evidence(facts, found, both) } else { Vec::new() },
        messages: if in_full { messages(facts, found) } else { Vec::new() },
        histories: histories(facts, found),
        objects: Vec::new(),
        is_new: false,
        is_abridged: !in_full,
        lane: found.pair,
        follows_from: match follows {
            Some(Source::Origin(origin)) => Some(origin),
            _ => None,
        },
        follows_known: match follows {
            Some(Source::Known(known)) => Some(known),
            _ => None,
        },
    }
}

fn evidence(
    facts: &Analysis<'_>,
    found: &Finding,
    both: Option<Pair<EventRef>>,
) -> Vec<ContextRow> {
    let gap = match &found.detail {
        Detail::Differ(gap) => *gap,
        Detail::Repeats { gap, .. } => Some(*gap),
        Detail::Ends(_) => None,
        // But for the object or the number the events are equal, and so may be what comes behind them.
        Detail::Object(_) | Detail::Drift(_) => Some(Gap { reference: 1, candidate: 1 }),
        Detail::Float(_) | Detail::Thread(_) | Detail::Signal { .. } => {
            let events = found.at.map(|at| at.map(|at| event(facts, at)));
            let mut rows = vec![ContextRow { mark: Mark::Divergent, events }];
            if let Detail::Signal { wait, .. } = &found.detail {
                let events = wait.map(|at| at.map(|at| event(facts, at)));
                rows.push(ContextRow { mark: Mark::After, events });
            }
            return rows;
        }
    };
    match (found.pair, both) {
        (Some(pair), Some(_)) => context(facts, facts.lanes(pair), found.nth, gap),
        _ => Vec::new(),
    }
}

/// The event that left the state which differs.
fn before(sides: &Pair<Site>) -> String {
    let Pair { reference, candidate } = sides;
    let index = match (reference.event_idx, candidate.event_idx) {
        (a, b) if a == b => a.to_string(),
        (a, b) => format!("{a} ↔ {b}"),
    };
    format!("the event before it, {} ({index}),", candidate.name)
}

/// A number that has gone another way than its constant says.
fn drifts(facts: &Analysis<'_>, drift: &Drift) -> String {
    let more = |constant: u64| match constant as i64 {
        more @ 0.. => format!("{more} more"),
        less => format!("{} less", less.unsigned_abs()),
    };
    let fields = match &facts.profile.rule(drift.rule).action {
        Action::Treat { places: Places::Paths(paths), .. } => {
            paths.iter().map(|path| path.join(".")).collect::<Vec<_>>().join(" or ")
        }
        _ => String::new(),
    };
    format!(
        "{fields} drifts: {} ↔ {}, {} in the candidate where it was {} until here (rule {})",
        drift.values.reference,
        drift.values.candidate,
        more(drift.constant()),
        more(drift.before),
        facts.profile.rule(drift.rule).id
    )
}

/// What the errors are called that a function returns, or that the echo behind its failure says.
fn errors(
    facts: &Analysis<'_>,
    found: &Finding,
    differs: &[crate::align::explain::Difference],
) -> Vec<String> {
    if found.class != Class::ReturnValue {
        return Vec::new();
    }
    let mut said = Vec::new();
    for difference in differs.iter().filter(|difference| difference.excused_by.is_none()) {
        for side in [Side::Reference, Side::Candidate] {
            let (Some(at), Some(value)) = (*found.at.on(side), difference.values.on(side)) else {
                continue;
            };
            let value = value.trim_matches('"');
            let Some(number) = crate::profile::word(value) else { continue };
            let symbol = facts.symbol(at);
            let (kind, function) = (symbol.kind.as_str(), symbol.name.as_deref());
            if let Some(name) = facts.profile.error_name(kind, function, number) {
                said.push(format!("{value} is {name}"));
            } else if matches!(number, 0 | 0xffff_ffff | u64::MAX)
                && !facts.profile.returns_errors(kind, function)
            {
                said.extend(echo(facts, at, &difference.field));
            }
        }
    }
    said
}

/// What the echo says that is the next call of an event's thread, if it is an error with a name.
fn echo(facts: &Analysis<'_>, at: EventRef, field: &str) -> Option<String> {
    /// The echo's call and its return.
    const AHEAD: usize = 2;
    let lane = facts.lane(at.side, at.lane);
    let ahead = (at.position + 1..lane.n_events()).take(AHEAD);
    let mut ahead = ahead.map(|position| EventRef { position, ..at });
    let at = ahead.find(|at| facts.symbol(*at).role == Some(Role::Echo))?;
    let symbol = facts.symbol(at);
    let event = facts.traces.on(at.side).event(facts.place(at))?;
    let (_, value) = event.payload.iter().find(|(key, _)| key == field)?;
    let name = facts.profile.error_name(&symbol.kind, symbol.name.as_deref(), value.word()?)?;
    let function = symbol.name.as_deref().unwrap_or(&symbol.kind);
    Some(format!("{function} of the {} then gives {name}", at.side))
}

/// What the profile remarks about a value that the candidate gives.
fn remarks(
    facts: &Analysis<'_>,
    found: &Finding,
    differs: &[crate::align::explain::Difference],
) -> Vec<String> {
    let Some(at) = found.at.candidate.filter(|_| found.class == Class::ReturnValue) else {
        return Vec::new();
    };
    let symbol = facts.symbol(at);
    let mut said = Vec::new();
    for difference in differs.iter().filter(|difference| difference.excused_by.is_none()) {
        let value = difference.values.candidate.as_deref().unwrap_or_default();
        let Some(word) = crate::profile::word(value.trim_matches('"')) else { continue };
        for remark in facts.profile.remarks(&symbol.kind, symbol.name.as_deref(), word) {
            if !said.iter().any(|before| before == remark) {
                said.push(remark.to_owned());
            }
        }
    }
    said
}

fn summary(facts: &Analysis<'_>, found: &Finding, sites: &[Site], shown: &str) -> String {
    let title = |side: Side| {
        let event = sites.iter().find(|site| site.side == side);
        event.map(|site| site.name.clone()).unwrap_or_default()
    };
    let function = || {
        let at = found.at.reference.or(found.at.candidate);
        let symbol = at.map(|at| facts.symbol(at));
        symbol
            .map(|symbol| symbol.name.clone().unwrap_or_else(|| symbol.kind.clone()))
            .unwrap_or_default()
    };
    let asked = || {
        let at = found.at.candidate.filter(|_| found.class == Class::ReturnValue);
        at.map(|at| asked(facts, at)).unwrap_or_default()
    };
    match &found.detail {
        Detail::Differ(gap) => {
            let function = || format!("{}{}", function(), asked());
            let sentence = differing(found.class, *gap, &function(), &title, shown);
            match gap {
                None if !matches!(found.class, Class::LostSync | Class::DifferentCall) => {
                    let window = facts.profile.resync.window;
                    format!(
                        "{sentence}; the lanes agree nowhere within {window} events after it (profile: resync-window)"
                    )
                }
                _ => sentence,
            }
        }
        Detail::Repeats { round, rounds, gap } => {
            let side = if gap.candidate == 0 { Side::Reference } else { Side::Candidate };
            format!(
                "{}, from {} on, repeats {} in the reference and {} in the candidate",
                if *round == 1 {
                    "one event".to_owned()
                } else {
                    format!("a round of {}", count(*round as u64, "event"))
                },
                title(side),
                times(rounds.reference),
                times(rounds.candidate)
            )
        }
        Detail::Ends(side) => ends(facts, found, *side, &title(*side)),
        Detail::Object(ObjectMismatch { is_alone: true, meeting, .. }) => {
            let Pair { reference, candidate } = meeting.values;
            format!(
                "{} has a different value: {reference:#x} ↔ {candidate:#x}, and nothing else says that they name one object",
                function()
            )
        }
        Detail::Object(conflict) => match offsets(facts, found, conflict) {
            _ if let Some(side) = facts.identities.given_twice(&conflict.meeting) => format!(
                "{} of the {side} gives {:#x}, which is in use",
                function(),
                conflict.meeting.values.on(side)
            ),
            Some(Pair { reference, candidate }) => format!(
                "{} points elsewhere into the same object: {} from its start ↔ {}",
                function(),
                count(reference.into(), "byte"),
                count(candidate.into(), "byte")
            ),
            None => {
                format!("{} refers to a different object{}", function(), which(facts, conflict))
            }
        },
        Detail::Drift(drift) => drifts(facts, drift),
        Detail::Float(FloatMismatch::OneSided { side, float, .. }) => format!(
            "{} of the {side} has no equal anywhere in the {} (it may be on any thread: rule {})",
            title(*side),
            side.other(),
            facts.profile.rule(float.rule).id
        ),
        Detail::Float(FloatMismatch::Differ { .. }) => {
            format!("{} differs: {shown}", title(Side::Reference))
        }
        Detail::Float(FloatMismatch::OtherObject { floats, .. }) => format!(
            "{} refers to a different object: both logs have equally many such events, but not on the same objects (rule {})",
            title(Side::Reference),
            facts.profile.rule(floats.reference.rule).id
        ),
        Detail::Thread(side) => {
            let lane =
                found.at.on(*side).map(|at| lane_name(facts, *side, at.lane)).unwrap_or_default();
            match found.at.on(side.other()) {
                Some(_) => format!(
                    "thread {lane} of the {side} has no partner: the {} creates it and it never starts",
                    side.other()
                ),
                None => format!(
                    "thread {lane} of the {side} has no partner, and the {side} creates more threads"
                ),
            }
        }
        Detail::Signal { wait, other } => {
            let waiter = wait
                .candidate
                .map(|at| lane_name(facts, Side::Candidate, at.lane))
                .unwrap_or_default();
            if *other {
                format!(
                    "a different object is signalled here than in the reference, and thread {waiter} waits forever for the one that was meant"
                )
            } else {
                format!(
                    "the object that thread {waiter} waits for is signalled here as in the reference, and the wait never ends"
                )
            }
        }
    }
}

/// Returns the texts that the function was called with, as one would write the call: what a lookup was
/// for says more than its name.
fn asked(facts: &Analysis<'_>, at: EventRef) -> String {
    const SHOWN: usize = 2;
    let call = called_at(facts, at);
    let Some(parsed) = call.and_then(|call| facts.traces.on(at.side).event(facts.place(call)))
    else {
        return String::new();
    };
    let arguments = parsed.payload.iter().filter(|(key, _)| key != "name" && key != "module");
    let mut texts = Vec::new();
    arguments.for_each(|(_, value)| texts_of(value, &mut texts));
    texts.truncate(SHOWN);
    if texts.is_empty() { String::new() } else { format!("({})", texts.join(", ")) }
}

/// Collects the texts in a value that are not machine words.
fn texts_of(value: &Value<'_>, texts: &mut Vec<String>) {
    match value {
        Value::Text(text) if value.word().is_none() && !text.is_empty() => {
            texts.push(format!("\"{}\"", shortened(text, 48)));
        }
        Value::List(values) => values.iter().for_each(|value| texts_of(value, texts)),
        Value::Object(members) => members.iter().for_each(|(_, value)| texts_of(value, texts)),
        _ => {}
    }
}

fn times(count: u64) -> String {
    match count {
        0 => "not at all".to_owned(),
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}

fn differing(
    class: Class,
    gap: Option<Gap>,
    function: &str,
    title: &dyn Fn(Side) -> String,
    shown: &str,
) -> String {
    let (reference, candidate) = (title(Side::Reference), title(Side::Candidate));
    match (class, gap) {
        (Class::ReturnValue, _) => format!("{function} returns a different value: {shown}"),
        (Class::Arguments, _) => format!("{function} is called with different arguments: {shown}"),
        (Class::ThreadAttribute, _) => {
            format!("a thread is created with different attributes: {shown}")
        }
        (Class::MissingCall, Some(gap)) => {
            let events = count(gap.reference as u64, "event");
            format!("the candidate skips {events}, from {reference} on")
        }
        (Class::ExtraCall, Some(gap)) => {
            let events = count(gap.candidate as u64, "extra event");
            format!("the candidate has {events}, from {candidate} on")
        }
        (Class::Reordered, Some(gap)) => {
            let events = count(gap.reference as u64, "event");
            format!("the same {events} are in a different order, from {reference} on")
        }
        (Class::Payload, _) => format!("{reference} differs: {shown}"),
        (Class::LostSync, _) => format!(
            "the reference continues with {reference}, the candidate with {candidate}; the threads do not realign"
        ),
        _ => format!("the reference continues with {reference}, the candidate with {candidate}"),
    }
}

fn ends(facts: &Analysis<'_>, found: &Finding, side: Side, last: &str) -> String {
    let Some(pair) = found.pair else { return String::new() };
    if found.class == Class::Crash {
        return format!("the {side} ends inside {last}, and its other threads stop there too");
    }
    let streams = facts.streams_of(pair);
    let other = streams.on(side.other());
    let nth = *found.nth.on(side.other());
    let next = (nth < other.len()).then(|| facts.symbols.of(other.symbol(nth)).title());
    let how = match found.class {
        Class::Blocked => "is blocked",
        Class::Cut => "stops inside a call",
        Class::ExitedEarly => "exits",
        _ => "stops",
    };
    let after = count(facts.walks[pair].equal() as u64, "equal event");
    let Some(next) = next else {
        let tail = facts.tail(side.other(), *facts.lanes(pair).on(side.other())).name();
        return format!(
            "the {side} {how} after {after}, in {last}; the {} ends {tail}",
            side.other()
        );
    };
    let more = count((other.len() - nth) as u64, "more event");
    format!("the {side} {how} after {after}; the {} has {more}, next {next}", side.other())
}

/// Returns how far into one and the same object both sides point, if that is what differs.
fn offsets(facts: &Analysis<'_>, found: &Finding, conflict: &ObjectMismatch) -> Option<Pair<u32>> {
    let identities = &facts.identities;
    let partner = identities.bijection.partner(Side::Reference, conflict.objects.reference?);
    if partner != conflict.objects.candidate {
        return None;
    }
    let meeting = &conflict.meeting;
    let space = identities.rules.of(meeting.rule)?.space;
    let offset = |side: Side| {
        let at = (*found.at.on(side))?;
        let (value, owner) = (*meeting.values.on(side), facts.lane(side, at.lane).owner);
        let resolved = identities.objects.on(side).resolve(space, value, owner, facts.place(at));
        resolved.map(|(_, offset)| offset)
    };
    Some(Pair::new(offset(Side::Reference)?, offset(Side::Candidate)?))
}

/// Returns which objects were meant, by how they came to be.
fn which(facts: &Analysis<'_>, conflict: &ObjectMismatch) -> String {
    if conflict.objects == Pair::default() {
        let Pair { reference, candidate } = conflict.meeting.values;
        return format!(
            ": {reference:#x} ↔ {candidate:#x}, which refer to different objects elsewhere"
        );
    }
    let born = Pair::of(|side| {
        conflict.objects.on(side).map(|object| site(facts, born(facts, side, object)))
    });
    let shown = |site: &Option<Site>| match site {
        Some(site) => {
            format!("the one of {}, thread {} event {}", site.name, site.lane, site.event_idx)
        }
        None => "one that the log does not create".to_owned(),
    };
    format!(": {} ↔ {}", shown(&born.reference), shown(&born.candidate))
}

fn born(facts: &Analysis<'_>, side: Side, object: ObjectId) -> EventRef {
    at(side, facts.identities.objects.on(side).get(object).born)
}

fn at(side: Side, spot: Spot) -> EventRef {
    EventRef { side, lane: spot.lane as usize, position: spot.position as usize }
}

/// Returns the histories of the objects that a finding is about: what each side used, and what its
/// partner would have been.
fn histories(facts: &Analysis<'_>, found: &Finding) -> Vec<ObjectHistory> {
    let Detail::Object(conflict) = &found.detail else { return Vec::new() };
    let used = Side::BOTH.iter().filter_map(|&side| Some((side, (*conflict.objects.on(side))?)));
    used.map(|(side, object)| {
        let history = facts.identities.objects.on(side).get(object);
        let partner = facts.identities.bijection.partner(side, object);
        ObjectHistory {
            side,
            created: site(facts, at(side, history.born)),
            destroyed: history.died.map(|spot| site(facts, at(side, spot))),
            partner: partner.map(|partner| site(facts, born(facts, side.other(), partner))),
        }
    })
    .collect()
}

//! Rules that excuse a difference where it stands, by what happened around it.
//!
//! They are asked only at a mismatch, in the order of the profile; both lines are read again.

use crate::align::compared::Compared;
use crate::align::explain::{self, Difference, Spot};
use crate::align::filter::AlignedLane;
use crate::align::new_names::NewNames;
use crate::align::random_draws::{self, RandomDraws};
use crate::align::ready;
use crate::objects::{ObjectMatch, Pointer};
use crate::pair::{Pair, Side};
use crate::profile::{Action, Context, Date, Profile, Role, RuleId, Selector, Space, Words, word};
use crate::value::{Value, hash_bytes};

/// Two numbers in texts, and the objects that they name.
type Named = (Pair<u64>, Pair<Option<Pointer>>);

/// What excuses all differences between two events.
#[derive(Debug, Default)]
pub struct Excuses {
    /// The rules, one for each difference.
    pub rules: Vec<RuleId>,
    /// The objects that the events name in texts: they must correspond.
    pub met: Vec<ObjectMatch>,
}

/// What absorbing needs to know of the two logs.
#[derive(Clone, Copy, Debug)]
pub struct Absorber<'a> {
    /// The logs.
    pub logs: Compared<'a>,
    /// Where each process has drawn bytes by chance.
    pub draws: &'a RandomDraws,
    /// The names that come to be in each log.
    pub births: &'a NewNames,
    /// What day it is, for waivers that expire.
    pub today: Option<Date>,
}

impl Absorber<'_> {
    /// Returns where two events are and what they are.
    pub fn spots(&self, streams: Pair<&AlignedLane<'_>>, nth: Pair<usize>) -> Pair<Spot> {
        streams.zip(nth).map(|(stream, nth)| {
            let position = stream.position(nth);
            Spot {
                place: stream.lane.places.at(position),
                symbol: stream.symbol(nth),
                index: stream.lane.event_idx(position),
            }
        })
    }

    /// Returns how two events differ.
    pub fn differences(
        &self,
        streams: Pair<&AlignedLane<'_>>,
        nth: Pair<usize>,
    ) -> Vec<Difference> {
        explain::differences(
            self.logs.traces.as_ref(),
            self.logs.symbols,
            self.logs.profile,
            self.spots(streams, nth),
        )
    }

    /// Returns what excuses all differences between two events; none if one stays.
    pub fn excuses(&self, streams: Pair<&AlignedLane<'_>>, nth: Pair<usize>) -> Option<Excuses> {
        if streams.reference.symbol(nth.reference) != streams.candidate.symbol(nth.candidate) {
            return None; // other events stand here; only values are absorbed
        }
        let symbol = self.logs.symbols.of(streams.reference.symbol(nth.reference));
        let rules = self.logs.profile.absorbing(&symbol.kind, symbol.name.as_deref());
        if rules.is_empty() {
            return None;
        }
        let (excuses, left) = self.judge(&rules, streams, nth);
        (left.is_empty() && !excuses.rules.is_empty()).then_some(excuses)
    }

    /// Returns the differences between two events that nothing excuses, without the names in them that correspond.
    pub fn unexcused(&self, streams: Pair<&AlignedLane<'_>>, nth: Pair<usize>) -> Vec<Difference> {
        let symbol = self.logs.symbols.of(streams.reference.symbol(nth.reference));
        let rules = self.logs.profile.absorbing(&symbol.kind, symbol.name.as_deref());
        self.judge(&rules, streams, nth).1
    }

    /// Returns what excuses differences between two events, and the differences that stay.
    fn judge(
        &self,
        rules: &[Absorbing<'_>],
        streams: Pair<&AlignedLane<'_>>,
        nth: Pair<usize>,
    ) -> (Excuses, Vec<Difference>) {
        let processes = streams.map(|stream| stream.lane.key.process);
        let mut excuses = Excuses::default();
        let mut left = Vec::new();
        let mut longer = 0; // by how much the reference's names are longer than the candidate's
        for mut difference in self.differences(streams, nth) {
            if difference.excused_by.is_some() {
                continue;
            }
            excuses.met.extend(self.met_in_text(rules, streams, nth, &difference));
            let used = &mut excuses.rules;
            if let Some(rule) = rules.iter().find(|rule| rule.is_length(&difference, longer)) {
                used.push(rule.id);
                continue;
            }
            if self.leave_out_names(rules, processes, &mut difference, used, &mut longer) {
                continue;
            }
            let excuse = rules.iter().find(|rule| {
                rule.paths.iter().any(|path| is_at(path, &difference.field))
                    && rule.values.is_none_or(|values| are_among(values, rule.context, &difference))
                    && self.holds(rule.context, streams, nth, &difference)
            });
            match excuse {
                Some(rule) => used.push(rule.id),
                None => left.push(difference),
            }
        }
        (excuses, left)
    }

    /// Replaces the names that correspond in a difference, by every rule that is about names; returns whether
    /// nothing else differs.
    fn leave_out_names(
        &self,
        rules: &[Absorbing<'_>],
        processes: Pair<Option<u32>>,
        difference: &mut Difference,
        used: &mut Vec<RuleId>,
        longer: &mut i64,
    ) -> bool {
        let length = |text: &Option<String>| text.as_ref().map_or(0, |text| text.len() as i64);
        let by = |texts: &Pair<Option<String>>| length(&texts.reference) - length(&texts.candidate);
        let before = by(&difference.canonical);
        for rule in rules {
            if !rule.paths.iter().any(|path| is_at(path, &difference.field)) {
                continue;
            }
            let texts = &difference.canonical;
            let left = match rule.context {
                Context::OwnNames(how) => {
                    self.births.without_names(&self.logs, (rule.id, how), texts)
                }
                Context::OwnProcess => without_own_process(processes, texts),
                _ => None,
            };
            if let Some(left) = left {
                difference.canonical = left;
                used.push(rule.id);
            }
        }
        *longer += before - by(&difference.canonical);
        difference.canonical.reference == difference.canonical.candidate
    }

    fn holds(
        &self,
        context: &Context,
        streams: Pair<&AlignedLane<'_>>,
        nth: Pair<usize>,
        difference: &Difference,
    ) -> bool {
        match context {
            Context::Since { start, among, within } => {
                let matches = |nth: usize, selectors: &[Selector]| {
                    let symbol = self.logs.symbols.of(streams.reference.symbol(nth));
                    selectors
                        .iter()
                        .any(|selector| selector.matches(&symbol.kind, symbol.name.as_deref()))
                };
                let first = nth.reference.saturating_sub(*within as usize);
                for before in (first..nth.reference).rev() {
                    if matches(before, start) {
                        return true;
                    }
                    if !matches(before, among) {
                        return false;
                    }
                }
                false
            }
            Context::AfterSuccess { through, failure, telling, telling_after } => {
                let says = |value: &Option<String>| {
                    value.as_deref().and_then(word).is_some_and(|word| telling.contains(word))
                };
                let Pair { reference, candidate } = &difference.canonical;
                let says_something = says(reference) || says(candidate);
                Side::BOTH.iter().all(|&side| {
                    let stream = streams.on(side);
                    let mut nth = *nth.on(side);
                    while let Some(before) = self.returned_before(stream, nth) {
                        let symbol = self.logs.symbols.of(stream.symbol(before));
                        let is_one =
                            |one: &Selector| one.matches(&symbol.kind, symbol.name.as_deref());
                        if !self.succeeded(side, stream, before, failure) {
                            return false;
                        }
                        if !through.iter().any(is_one) {
                            return !(says_something && telling_after.iter().any(is_one));
                        }
                        nth = before;
                    }
                    false
                })
            }
            Context::From(made) => Side::BOTH.iter().all(|&side| {
                let stream = streams.on(side);
                let position = stream.position(*nth.on(side));
                self.logs.is_made_by(side, stream.lane, position, made)
            }),
            Context::Chance { .. } => {
                let Pair { reference: Some(a), candidate: Some(b) } = &difference.canonical else {
                    return false;
                };
                random_draws::looks_drawn(a, b)
                    && !is_elsewhere(streams, nth)
                    && Side::BOTH.iter().all(|&side| {
                        let stream = streams.on(side);
                        let place = stream.lane.places.at(stream.position(*nth.on(side)));
                        self.draws.before(&self.logs, side, stream.lane.owner, place)
                    })
            }
            Context::Near { most } => {
                let number = |value: &Option<String>| value.as_deref().and_then(word);
                let Pair { reference, candidate } = &difference.canonical;
                number(reference)
                    .zip(number(candidate))
                    .is_some_and(|(a, b)| a.abs_diff(b) <= *most)
            }
            Context::Ready { count } => ready::lists_more(&self.differences(streams, nth), count),
            Context::OwnNames(_) | Context::OwnProcess => false, // they were left out before
            Context::ObjectInText { space, decimal } => {
                let texts = &difference.canonical;
                self.objects_in_texts(streams, nth, (*space, *decimal), texts).is_some()
            }
            Context::Undecoded => undecoded(difference),
            Context::Alternatives => alternatives(&difference.canonical),
            Context::CutShort => cut_short(&difference.canonical),
            Context::OneSided => {
                difference.values.reference.is_none() != difference.values.candidate.is_none()
            }
        }
    }

    /// Returns the objects that two texts name in numbers, each in its log; none if something else differs
    /// between them.
    fn objects_in_texts(
        &self,
        streams: Pair<&AlignedLane<'_>>,
        nth: Pair<usize>,
        (only, decimal): (Option<Space>, bool),
        texts: &Pair<Option<String>>,
    ) -> Option<Vec<Named>> {
        /// Shorter runs of hexadecimal digits are not names.
        const SHORTEST: usize = 4;
        let (radix, shortest) = if decimal { (10, 1) } else { (16, SHORTEST) };
        let Pair { reference: Some(a), candidate: Some(b) } = texts else { return None };
        let parts = |text: &str| {
            let is_digit = |c: char| c.is_digit(radix);
            let mut parts: Vec<String> = Vec::new();
            for c in text.chars() {
                let fresh = parts.last().is_none_or(|last| !last.ends_with(is_digit));
                match parts.last_mut() {
                    Some(last) if is_digit(c) && !fresh => last.push(c),
                    _ => parts.push(c.to_string()),
                }
            }
            parts
        };
        let (a, b) = (parts(a), parts(b));
        let value =
            |part: &str| u64::from_str_radix(part, radix).ok().filter(|_| part.len() >= shortest);
        let named = |side: Side, value: u64, space: Space| {
            let stream = streams.on(side);
            let place = stream.lane.places.at(stream.position(*nth.on(side)));
            let objects = self.logs.names.objects.on(side);
            let found = objects.resolve(space, value, stream.lane.owner, place);
            found.map(|(object, offset)| Pointer { object, offset })
        };
        // How an object came to be.
        let birth = |side: Side, pointer: Pointer| {
            let born = self.logs.names.objects.on(side).get(pointer.object).born;
            self.logs.traces.on(side).lanes[born.lane as usize].tokens[born.position as usize]
        };
        let spaces = only.map_or_else(|| self.logs.names.rules.spaces(), |space| vec![space]);
        let both = |a: &str, b: &str| {
            let values = Pair::new(value(a)?, value(b)?);
            spaces.iter().find_map(|&space| {
                let objects = Pair::of(|side| named(side, *values.on(side), space));
                let Pair { reference: Some(mine), candidate: Some(theirs) } = objects else {
                    return None;
                };
                let alike =
                    !decimal || birth(Side::Reference, mine) == birth(Side::Candidate, theirs);
                alike.then_some((values, objects))
            })
        };
        let alike = a.len() == b.len();
        let other = a.iter().zip(&b).filter(|(a, b)| a != b);
        alike.then(|| other.map(|(a, b)| both(a, b)).collect())?
    }

    /// Returns the objects that two events name in a text that a rule may excuse: they must correspond.
    fn met_in_text(
        &self,
        rules: &[Absorbing<'_>],
        streams: Pair<&AlignedLane<'_>>,
        nth: Pair<usize>,
        difference: &Difference,
    ) -> Vec<ObjectMatch> {
        let named = rules.iter().find_map(|rule| {
            let Context::ObjectInText { space, decimal } = rule.context else { return None };
            let how = (*space, *decimal);
            Some((rule.id, self.objects_in_texts(streams, nth, how, &difference.canonical)?))
        });
        let Some((rule, named)) = named else { return Vec::new() };
        let at = streams.zip(nth).map(|(stream, nth)| stream.position(nth) as u32);
        let met = |(values, objects)| ObjectMatch { at, values, objects, rule, field: 0 };
        named.into_iter().map(met).collect()
    }

    /// Returns the event with which a function returned last before another event, other than by the
    /// event's own name.
    fn returned_before(&self, stream: &AlignedLane<'_>, nth: usize) -> Option<usize> {
        const FAR: usize = 4096; // events looked back at
        let own = stream.symbol(nth);
        let is_return = |before: &usize| {
            let id = stream.symbol(*before);
            self.logs.symbols.of(id).role == Some(Role::Return) && id != own
        };
        (nth.saturating_sub(FAR)..nth).rev().find(is_return)
    }

    /// Whether the function that returns with an event did not fail.
    fn succeeded(
        &self,
        side: Side,
        stream: &AlignedLane<'_>,
        before: usize,
        failure: &Words,
    ) -> bool {
        let trace = self.logs.traces.on(side);
        let Some(parsed) = trace.event(stream.lane.places.at(stream.position(before))) else {
            return false;
        };
        let returned = parsed.payload.into_iter().find(|(key, _)| key == "return_value");
        // What a void function leaves in the register says nothing: then neither success nor failure.
        let key = hash_bytes(b"return_value");
        let node = self.logs.symbols.of(stream.symbol(before)).plan.payload.member(key);
        let value = returned.and_then(|(_, value)| match node {
            Some(node) => node.canonical(value, key, &mut Vec::new()),
            None => Some(value),
        });
        value.is_some_and(|value| !value.word().is_some_and(|word| failure.contains(word)))
    }
}

/// Whether one of two events is near the other's place in the other's lane: then it was moved.
fn is_elsewhere(streams: Pair<&AlignedLane<'_>>, nth: Pair<usize>) -> bool {
    const NEAR: usize = 64; // events looked at, before and behind
    Side::BOTH.iter().any(|&side| {
        let (stream, at) = (streams.on(side.other()), *nth.on(side.other()));
        let token = streams.on(side).token(*nth.on(side));
        let near = at.saturating_sub(NEAR)..(at + NEAR).min(stream.len());
        near.into_iter().any(|nth| stream.token(nth) == token)
    })
}

/// Whether one side shows a number, or nothing, where the other shows what it stands for.
fn undecoded(difference: &Difference) -> bool {
    let is_raw = |value: &Option<String>| {
        value.as_deref().is_none_or(|value| {
            value == Value::Identity.to_string() || word(value).is_some_and(|word| word != 0)
        })
    };
    let is_decoded = |value: &Option<String>| {
        value.as_deref().is_some_and(|value| value.starts_with(['"', '[', '{']))
    };
    let Pair { reference, candidate } = &difference.canonical;
    is_raw(reference) && is_decoded(candidate) || is_decoded(reference) && is_raw(candidate)
}

/// Whether a rule's path means a field; `*` is any part of it.
fn is_at(path: &[String], field: &str) -> bool {
    let mut parts = field.split('.');
    path.iter().all(|wanted| parts.next().is_some_and(|part| wanted == "*" || wanted == part))
        && parts.next().is_none()
}

/// Whether two values are equal as far as both are shown: text that ends in `…` was cut short, and the
/// other goes on there.
fn cut_short(values: &Pair<Option<String>>) -> bool {
    let Pair { reference: Some(a), candidate: Some(b) } = values else { return false };
    let (mut a, mut b) = (a.as_str(), b.as_str());
    let mut cuts = 0;
    loop {
        let alike = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8());
        let length: usize = alike.sum();
        (a, b) = (&a[length..], &b[length..]);
        if a.is_empty() && b.is_empty() {
            return cuts > 0;
        }
        let is_cut = |text: &str| text.starts_with("…\"");
        let longer = match (is_cut(a), is_cut(b)) {
            (true, false) => &mut b,
            (false, true) => &mut a,
            _ => return false,
        };
        // The text that goes on must go on, up to its closing quote.
        let Some(end) = closing_quote(longer).filter(|&end| end > 0) else { return false };
        *longer = &longer[end..];
        let cut = if is_cut(a) { &mut a } else { &mut b };
        *cut = &cut["…".len()..];
        cuts += 1;
    }
}

/// Returns where the text that a value shows ends.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, char)| {
        let ends = char == '"' && !escaped;
        escaped = char == '\\' && !escaped;
        ends.then_some(at)
    })
}

/// Returns two texts without each side's own process number; none if one of them does not hold it.
fn without_own_process(
    processes: Pair<Option<u32>>,
    texts: &Pair<Option<String>>,
) -> Option<Pair<Option<String>>> {
    let without = |text: &Option<String>, process: Option<u32>| {
        let text = text.as_deref()?;
        let left = replace_number(text, process?);
        (left != text).then_some(left)
    };
    let reference = without(&texts.reference, processes.reference)?;
    let candidate = without(&texts.candidate, processes.candidate)?;
    Some(Pair::new(Some(reference), Some(candidate)))
}

/// Returns the text with each decimal number that equals `number` replaced.
fn replace_number(text: &str, number: u32) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let length = rest[at..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - at);
        let (before, run) = (&rest[..at], &rest[at..at + length]);
        out.push_str(before);
        out.push_str(if run == digits { "‹pid›" } else { run });
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    out
}

/// Whether both values are words among these; of what one side shows alone, that one.
fn are_among(values: &Words, context: &Context, difference: &Difference) -> bool {
    let one_is_enough = matches!(context, Context::OneSided);
    let among = |value: &Option<String>| match value.as_deref() {
        Some(value) => word(value).is_some_and(|word| values.contains(word)),
        None => one_is_enough,
    };
    among(&difference.canonical.reference) && among(&difference.canonical.candidate)
}

/// Whether two sets of names, `"A or B"`, have one in common.
fn alternatives(names: &Pair<Option<String>>) -> bool {
    let Pair { reference: Some(a), candidate: Some(b) } = names else { return false };
    let of = |text: &'_ str| -> Vec<String> {
        text.trim_matches('"').split(" or ").map(|name| name.trim().to_owned()).collect()
    };
    let (a, b) = (of(a), of(b));
    a.len() + b.len() > 2 && a.iter().any(|name| b.contains(name))
}

/// A rule that may absorb.
struct Absorbing<'a> {
    id: RuleId,
    paths: &'a [Vec<String>],
    values: Option<&'a Words>,
    context: &'a Context,
}

impl Absorbing<'_> {
    /// Whether a difference is that of two lengths, and as large as that of the names in the text.
    fn is_length(&self, difference: &Difference, longer: i64) -> bool {
        let Context::OwnNames(how) = self.context else { return false };
        let number = |value: &Option<String>| value.as_deref()?.parse::<i64>().ok();
        let Pair { reference, candidate } = &difference.canonical;
        longer != 0
            && how.lengths.iter().any(|path| is_at(path, &difference.field))
            && number(reference)
                .zip(number(candidate))
                .is_some_and(|(a, b)| a.checked_sub(b) == Some(longer))
    }
}

impl Profile {
    /// Returns the rules that may absorb a difference between events of this kind and name.
    fn absorbing(&self, kind: &str, name: Option<&str>) -> Vec<Absorbing<'_>> {
        let enabled = self
            .rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| rule.enabled && rule.matches(kind, name));
        enabled
            .filter_map(|(index, rule)| match &rule.action {
                Action::Absorb { paths, values, context } => {
                    let id = RuleId(index as u16);
                    Some(Absorbing { id, paths, values: values.as_ref(), context })
                }
                _ => None,
            })
            .collect()
    }
}

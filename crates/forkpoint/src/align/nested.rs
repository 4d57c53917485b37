//! Folds calls that an engine passes on: a call right inside a call of the same function, with equal
//! arguments and an equal result.
//!
//! Invariant: of each two calls the outer stays.

use std::collections::BTreeMap;

use crate::profile::{Action, Inferred, Profile, Role, RuleId, Words};
use crate::trace::{Lane, MaskedAt, Symbols};

/// The rules about calls that are passed on, by the symbols of such calls.
#[derive(Debug)]
pub struct Nests {
    /// By symbol: the rule, if the symbol is a call of a function that one is about.
    of: Vec<Option<RuleId>>,
}

impl Nests {
    /// Returns the rules of a profile.
    pub fn new(symbols: &Symbols, profile: &Profile) -> Self {
        let rules = || profile.rules.iter().zip(0..).filter(|(rule, _)| rule.enabled);
        let of = symbols.0.iter().map(|symbol| {
            let mut rules = rules().filter(|(rule, _)| {
                matches!(rule.action, Action::Nested { .. })
                    && symbol.role == Some(Role::Call)
                    && rule.matches(&symbol.kind, symbol.name.as_deref())
            });
            rules.next().map(|(_, number)| RuleId(number))
        });
        Self { of: of.collect() }
    }

    /// Returns whether such a call may be in this lane.
    pub fn touch(&self, lane: &Lane) -> bool {
        lane.symbols.iter().any(|symbol| self.of[symbol.0 as usize].is_some())
    }
}

/// Returns the positions that are left of `kept`; moves `slots`, which are indices into `kept` that do not
/// fall, to what is left.
pub fn fold<'a>(
    nests: &Nests,
    lane: &Lane,
    (symbols, profile): (&Symbols, &Profile),
    kept: &[u32],
    slots: impl Iterator<Item = &'a mut u32>,
    folded: &mut BTreeMap<RuleId, u64>,
) -> Vec<u32> {
    let look = Look { lane, symbols, profile, kept };
    let mut is_folded = vec![false; kept.len()];
    for outer in 0..kept.len().saturating_sub(1) {
        let Some(rule) = nests.of[lane.symbols[kept[outer] as usize].0 as usize] else { continue };
        let Action::Nested { field, values } = &profile.rule(rule).action else { continue };
        if is_folded[outer] || !look.is_passed_on(outer, *field, values) {
            continue;
        }
        if let Some(end) = look.end_of(outer + 1) {
            is_folded[outer + 1] = true;
            is_folded[end] = true;
            *folded.entry(rule).or_default() += 1;
        }
    }
    let mut before = Vec::with_capacity(kept.len() + 1);
    let mut left = Vec::with_capacity(kept.len());
    for (&position, is_folded) in kept.iter().zip(&is_folded) {
        before.push(left.len() as u32);
        if !is_folded {
            left.push(position);
        }
    }
    before.push(left.len() as u32);
    for slot in slots {
        *slot = before[*slot as usize];
    }
    left
}

struct Look<'a> {
    lane: &'a Lane,
    symbols: &'a Symbols,
    profile: &'a Profile,
    kept: &'a [u32],
}

impl Look<'_> {
    fn is_equal(&self, a: usize, b: usize) -> bool {
        let token = |at: usize| self.lane.tokens[self.kept[at] as usize];
        token(a) == token(b) && self.names(a).eq(self.names(b))
    }

    /// The objects that an event names one to one: a call on another object differs. Addresses are not
    /// among them, for structures may be converted on the way.
    fn names(&self, at: usize) -> impl Iterator<Item = (RuleId, u16, u64)> {
        let asides = self.lane.asides_at(self.kept[at] as usize).iter();
        let is_name = |aside: &&MaskedAt| {
            let rule = (!aside.rule.is_mark()).then(|| self.profile.rule(aside.rule));
            let object = rule.and_then(|rule| rule.object);
            object.is_some_and(|used| used.inferred == Some(Inferred::OneToOne))
        };
        asides.filter(is_name).map(|aside| (aside.rule, aside.field, aside.value))
    }

    /// Whether the call behind a call is the same, and is distinguished by the field.
    fn is_passed_on(&self, outer: usize, field: u16, values: &Words) -> bool {
        let has = |at: usize| {
            let asides = self.lane.asides_at(self.kept[at] as usize);
            asides.iter().any(|aside| aside.field == field && values.contains(aside.value))
        };
        self.is_equal(outer, outer + 1) && has(outer + 1) && !has(outer)
    }

    /// Returns where the call at `inner` returns, if the call around it returns the same right behind.
    fn end_of(&self, inner: usize) -> Option<usize> {
        /// A call with more inside is looked at no further.
        const LONGEST: usize = 4096;
        let symbol = |at: usize| self.symbols.of(self.lane.symbols[self.kept[at] as usize]);
        let name = symbol(inner).name.as_deref();
        let mut depth = 0_usize;
        for at in inner..self.kept.len().min(inner + LONGEST) {
            let here = symbol(at);
            if here.name.as_deref() != name {
                continue;
            }
            match here.role {
                Some(Role::Call) => depth += 1,
                Some(role) if role.is_return() => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let follows = at + 1 < self.kept.len() && self.is_equal(at, at + 1);
                return follows.then_some(at);
            }
        }
        None
    }
}

//! Walks a pair of lanes in lock-step up to the first difference that nothing excuses.
//!
//! The hot path compares tokens and allocates nothing; what rules left out of equal events is
//! counted on the way.

use crate::align::absorb::Absorber;
use crate::align::resync::{self, Gap};
use crate::align::streams::Stream;
use crate::pair::Pair;
use crate::profile::RuleId;
use crate::trace::{AsideAt, Lane};

/// Differences that a rule excused: how many, and the first.
#[derive(Clone, Debug, Default)]
pub struct Excusals {
    /// By rule: the count, and where the first was, as positions in the lanes.
    pub by_rule: Vec<Option<(u64, Pair<u32>)>>,
}

impl Excusals {
    fn add(&mut self, rule: RuleId, at: Pair<u32>) {
        let index = usize::from(rule.0);
        if self.by_rule.len() <= index {
            self.by_rule.resize(index + 1, None);
        }
        self.by_rule[index].get_or_insert((0, at)).0 += 1;
    }
}

/// What came of a walk.
#[derive(Clone, Debug)]
pub struct Walk {
    /// How many pairs of events are equal, up to the first divergence.
    pub matched: usize,
    /// What rules excused on the way.
    pub excusals: Excusals,
    /// Where it parted.
    pub parting: Parting,
}

/// Where a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// Both lanes ended together.
    None,
    /// Two events differ.
    Differ {
        /// Which of the aligned events, on each side.
        nth: Pair<usize>,
        /// How far it is to where the lanes agree again, if they do.
        gap: Option<Gap>,
    },
    /// The reference goes on where the candidate has ended.
    CandidateEnds {
        /// Which of the aligned events; the candidate's is one past its last.
        nth: Pair<usize>,
    },
    /// The candidate goes on where the reference has ended.
    ReferenceEnds {
        /// Which of the aligned events; the reference's is one past its last.
        nth: Pair<usize>,
    },
}

/// Walks two streams.
pub fn walk(streams: Pair<&Stream<'_>>, absorber: &Absorber<'_>) -> Walk {
    let Pair { reference, candidate } = streams;
    let mut excusals = Excusals::default();
    let mut asides = streams.map(|stream| Asides { lane: stream.lane, next: 0 });
    let length = reference.len().min(candidate.len());
    let mut nth = 0;
    while nth < length {
        let at = Pair::new(reference.position(nth), candidate.position(nth));
        if reference.lane.tokens[at.reference] != candidate.lane.tokens[at.candidate] {
            let here = Pair::new(nth, nth);
            let Some(rules) = absorber.excuses(streams, here) else {
                let gap = resync::next_anchor(reference, candidate, (nth, nth));
                return Walk {
                    matched: nth,
                    excusals,
                    parting: Parting::Differ { nth: here, gap },
                };
            };
            rules.iter().for_each(|&rule| excusals.add(rule, at.map(|at| at as u32)));
        }
        let left_out =
            Pair::new(asides.reference.at(at.reference), asides.candidate.at(at.candidate));
        if !left_out.reference.is_empty() || !left_out.candidate.is_empty() {
            count_excusals(left_out, absorber, at.map(|at| at as u32), &mut excusals);
        }
        nth += 1;
    }
    let here = Pair::new(nth, nth);
    let parting = match reference.len().cmp(&candidate.len()) {
        std::cmp::Ordering::Equal => Parting::None,
        std::cmp::Ordering::Greater => Parting::CandidateEnds { nth: here },
        std::cmp::Ordering::Less => Parting::ReferenceEnds { nth: here },
    };
    Walk { matched: nth, excusals, parting }
}

/// Goes along a lane's asides as the walk goes along its events.
struct Asides<'a> {
    lane: &'a Lane,
    next: usize,
}

impl<'a> Asides<'a> {
    #[inline]
    fn at(&mut self, position: usize) -> &'a [AsideAt] {
        let asides = &self.lane.asides;
        while asides.get(self.next).is_some_and(|aside| (aside.at as usize) < position) {
            self.next += 1;
        }
        let start = self.next;
        while asides.get(self.next).is_some_and(|aside| aside.at as usize == position) {
            self.next += 1;
        }
        &asides[start..self.next]
    }
}

/// Counts what was left out of two events that count as equal, where it differs.
fn count_excusals(
    left_out: Pair<&[AsideAt]>,
    absorber: &Absorber<'_>,
    at: Pair<u32>,
    excusals: &mut Excusals,
) {
    let (mut a, mut b) = (left_out.reference, left_out.candidate);
    let mut excuse = |rule: RuleId| {
        if rule != RuleId::SHARED && absorber.profile.rule(rule).treats_values() {
            excusals.add(rule, at);
        }
    };
    loop {
        match (a.split_first(), b.split_first()) {
            (None, None) => return,
            (Some((x, rest)), None) => {
                excuse(x.rule);
                a = rest;
            }
            (None, Some((y, rest))) => {
                excuse(y.rule);
                b = rest;
            }
            (Some((x, rest_a)), Some((y, rest_b))) => {
                match (x.rule, x.field).cmp(&(y.rule, y.field)) {
                    std::cmp::Ordering::Equal => {
                        if x.value != y.value {
                            excuse(x.rule);
                        }
                        (a, b) = (rest_a, rest_b);
                    }
                    std::cmp::Ordering::Less => {
                        excuse(x.rule);
                        a = rest_a;
                    }
                    std::cmp::Ordering::Greater => {
                        excuse(y.rule);
                        b = rest_b;
                    }
                }
            }
        }
    }
}

//! What a profile does to one kind of event, worked out once per (kind, name).
//!
//! Invariant: a plan decides from one event alone; what needs the other log or the other lanes is
//! only *noted* here ([`MaskedValue`]) and decided later.

use std::borrow::Cow;

pub use crate::profile::path::field_of;
pub use crate::profile::rule::RuleId;
use crate::profile::rules::Treatment;
use crate::profile::rules::skip::Skip;
use crate::value::{Value, hash_bytes, hash_integer};

/// What was left out of an event's token, or noted beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MaskedValue {
    /// The rule that left it out or noted it.
    pub rule: RuleId,
    /// Which field it was: a fingerprint of its path.
    pub field: u16,
    /// The machine word that was there; for other values, their hash.
    pub value: u64,
}

/// The treatments of a value and of what lies inside it.
#[derive(Clone, Debug, Default)]
pub struct Node {
    treatments: Vec<(RuleId, Treatment)>,
    members: Vec<(Box<str>, u64, Node)>,
    any_member: Option<Box<Node>>,
    /// For values with this many members; others are treated by the node beside it.
    arity: Option<(usize, Box<Node>)>,
}

impl Node {
    /// Adds a treatment at `path`, whose parts are keys or `*`.
    pub fn add(&mut self, path: &[&str], rule: RuleId, treatment: &Treatment) {
        let Some((&first, rest)) = path.split_first() else {
            self.treatments.push((rule, treatment.clone()));
            return;
        };
        let child =
            if first == "*" { self.any_member.get_or_insert_default() } else { self.named(first) };
        child.add(rest, rule, treatment);
    }

    /// Returns the node of the member called `name`, which is made if there is none.
    fn named(&mut self, name: &str) -> &mut Self {
        let found = self.members.iter().position(|(key, _, _)| **key == *name);
        let index = found.unwrap_or_else(|| {
            self.members.push((name.into(), hash_bytes(name.as_bytes()), Self::default()));
            self.members.len() - 1
        });
        &mut self.members[index].2
    }

    /// Returns the node of the member called `name`, taken out of its place.
    pub fn take(&mut self, name: &str) -> Self {
        std::mem::take(self.named(name))
    }

    /// Lets the node at `path` hold for values of `arity` members only; `fallback` holds for others.
    pub fn restrict(&mut self, path: &[&str], arity: usize, fallback: Node) {
        match path.split_first() {
            None => self.arity = Some((arity, Box::new(fallback))),
            Some((first, rest)) => self.named(first).restrict(rest, arity, fallback),
        }
    }

    /// Lets what holds for any member hold for the named ones too. To be called once, at the end.
    pub fn close(&mut self) {
        if let Some(any) = &self.any_member {
            for (_, _, child) in &mut self.members {
                child.merge(any);
            }
        }
        self.members.iter_mut().for_each(|(_, _, child)| child.close());
        if let Some(any) = &mut self.any_member {
            any.close();
        }
    }

    /// Lets `rule` leave out all members but these. To be called after [`Node::close`].
    pub fn keep_only(&mut self, names: &[&str], rule: RuleId) {
        let leave_out = (rule, Treatment::Skip(Skip::default()));
        for name in names {
            if self.members.iter().all(|(key, _, _)| **key != **name) {
                let any = self.any_member.as_deref().cloned().unwrap_or_default();
                self.members.push(((*name).into(), hash_bytes(name.as_bytes()), any));
            }
        }
        let others = self.members.iter_mut().filter(|(key, _, _)| !names.contains(&&**key));
        others.for_each(|(_, _, node)| node.treatments.insert(0, leave_out.clone()));
        self.any_member.get_or_insert_default().treatments.insert(0, leave_out);
    }

    fn merge(&mut self, other: &Self) {
        self.treatments.extend(other.treatments.iter().cloned());
        self.treatments.sort_by_key(|(rule, _)| *rule);
        for (key, hash, node) in &other.members {
            match self.members.iter_mut().find(|(mine, _, _)| mine == key) {
                Some((_, _, mine)) => mine.merge(node),
                None => self.members.push((key.clone(), *hash, node.clone())),
            }
        }
        if let Some(any) = &other.any_member {
            self.any_member.get_or_insert_default().merge(any);
        }
    }

    /// Returns whether nothing is done here or below.
    pub fn is_empty(&self) -> bool {
        self.treatments.is_empty() && self.members.is_empty() && self.any_member.is_none()
    }

    /// Returns whether nothing is done to the value as a whole, only to its members, however many
    /// it has.
    pub fn treats_members_only(&self) -> bool {
        self.treatments.is_empty() && self.arity.is_none()
    }

    /// Returns what holds for the member whose key has this hash.
    #[inline]
    pub fn member(&self, key: u64) -> Option<&Self> {
        let named = self.members.iter().find(|(_, hash, _)| *hash == key).map(|(_, _, node)| node);
        named.or(self.any_member.as_deref())
    }

    /// Returns what holds for a member of a value with `arity` members.
    pub fn member_of(&self, arity: usize, key: u64) -> Option<&Self> {
        match &self.arity {
            Some((expected, fallback)) if *expected != arity => fallback.member(key),
            _ => self.member(key),
        }
    }

    /// Returns the value as it is compared (`None`: left out), and notes what was left out.
    pub fn canonical<'a>(
        &self,
        value: Value<'a>,
        path: u64,
        asides: &mut Vec<MaskedValue>,
    ) -> Option<Value<'a>> {
        // What is noted is noted as it is, before anything inside it is left out.
        for (rule, _) in self.treatments.iter().filter(|(_, how)| matches!(how, Treatment::Note)) {
            let mut set_aside = |value: &Value<'_>| {
                asides.push(MaskedValue { rule: *rule, field: path as u16, value: note(value) });
            };
            match &value {
                Value::List(elements) => elements.iter().for_each(set_aside),
                value => set_aside(value),
            }
        }
        let mut value =
            if self.members.is_empty() && self.any_member.is_none() && self.arity.is_none() {
                value
            } else {
                self.canonical_members(value, path, asides)
            };
        for (rule, treatment) in &self.treatments {
            let mut set_aside = |value: &Value<'_>| {
                asides.push(MaskedValue { rule: *rule, field: path as u16, value: note(value) });
            };
            let instead = match treatment {
                Treatment::Note => continue,
                Treatment::Skip(skip) => {
                    if skip.leaves_out(&value) {
                        set_aside(&value);
                        return None;
                    }
                    continue;
                }
                Treatment::Identity(identity) => {
                    identity.apply(&mut value, set_aside);
                    if matches!(value, Value::Identity) {
                        return Some(value);
                    }
                    continue;
                }
                Treatment::Affine => {
                    if value.word().is_some() {
                        set_aside(&value);
                        return Some(Value::Text(Cow::Borrowed("‹up to a constant›")));
                    }
                    continue;
                }
                Treatment::Instead(how) => how.instead(&value),
            };
            if let Some(instead) = instead {
                set_aside(&value);
                value = instead;
            }
        }
        Some(value)
    }

    fn canonical_members<'a>(
        &self,
        value: Value<'a>,
        path: u64,
        asides: &mut Vec<MaskedValue>,
    ) -> Value<'a> {
        match (&value, &self.arity) {
            (Value::Object(members), Some((arity, fallback))) if members.len() != *arity => {
                return fallback.canonical_members(value, path, asides);
            }
            _ => {}
        }
        match value {
            Value::Object(members) => Value::Object(
                members
                    .into_iter()
                    .filter_map(|(key, value)| {
                        let hash = hash_bytes(key.as_bytes());
                        let value = match self.member(hash) {
                            Some(node) => {
                                node.canonical(value, path.rotate_left(7) ^ hash, asides)?
                            }
                            None => value,
                        };
                        Some((key, value))
                    })
                    .collect(),
            ),
            Value::List(elements) => {
                let Some(node) = &self.any_member else { return Value::List(elements) };
                let left_out = || Value::Text(Cow::Borrowed("‹left out›"));
                let each = elements.into_iter().enumerate().map(|(index, element)| {
                    let path = path.rotate_left(7) ^ hash_integer(index as i128);
                    node.canonical(element, path, asides).unwrap_or_else(left_out) // places are kept
                });
                Value::List(each.collect())
            }
            scalar => scalar,
        }
    }

    /// Returns the rules that act on this value or inside it.
    pub fn rules(&self, found: &mut Vec<RuleId>) {
        found.extend(self.treatments.iter().map(|(rule, _)| *rule));
        self.members.iter().for_each(|(_, _, node)| node.rules(found));
        if let Some(any) = &self.any_member {
            any.rules(found);
        }
    }

    /// Returns the rules that act on this very value.
    pub fn own_rules(&self) -> impl Iterator<Item = RuleId> + '_ {
        self.treatments.iter().map(|(rule, _)| *rule)
    }
}

/// Returns the word that a value is, or its hash: equal values give equal notes.
pub fn note(value: &Value<'_>) -> u64 {
    match value {
        // A semantic id is text of 16 hex digits, without 0x.
        Value::Text(text) if text.len() == 16 => {
            u64::from_str_radix(text, 16).unwrap_or_else(|_| value.hash())
        }
        _ => value.word().unwrap_or_else(|| value.hash()),
    }
}

/// What a profile does to events of one kind and name.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What is done to the payload's members.
    pub payload: Node,
    /// The rule by which events of this kind are left out of the lanes.
    pub local: Option<RuleId>,
    /// The rule by which they may float.
    pub float: Option<RuleId>,
    /// The payload fields (their keys' hashes) that prove an object shared: id, pointer, type.
    pub shared: Option<[u64; 3]>,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::profile::rules::coarse::Meant;
    use crate::profile::rules::identity::Identity;
    use crate::profile::rules::low_bits::LowBits;
    use crate::profile::select::Words;

    fn words(texts: &[&str]) -> Words {
        Words::parse(texts).unwrap()
    }

    fn canonical(node: &Node, value: Value<'static>) -> (Option<String>, Vec<u64>) {
        let mut asides = Vec::new();
        let value = node.canonical(value, 0, &mut asides).map(|value| value.to_string());
        (value, asides.iter().map(|aside| aside.value).collect())
    }

    #[test]
    fn success_is_canonical_and_failure_stays() {
        let mut node = Node::default();
        let failure = words(&["0", "0xc0000001..0xc0000fff"]);
        node.add(
            &[],
            RuleId(0),
            &Treatment::Identity(Identity {
                failure,
                objects: None,
                text_only: false,
                hex_only: false,
                contents: false,
            }),
        );
        assert_eq!(
            canonical(&node, Value::Hex(0x4000_0000)),
            (Some("‹object›".into()), vec![0x4000_0000])
        );
        assert_eq!(canonical(&node, Value::Hex(0xC000_0017)), (Some("0xc0000017".into()), vec![]));
        assert_eq!(canonical(&node, Value::Text("0x0".into())), (Some("\"0x0\"".into()), vec![]));
        assert_eq!(canonical(&node, Value::Null), (Some("null".into()), vec![]));
    }

    #[test]
    fn a_stale_upper_half_is_cut_and_a_pointer_is_not() {
        let mut node = Node::default();
        let low = Treatment::Instead(Arc::new(LowBits {
            mask: 0xFFFF_FFFF,
            values: Some(words(&["0..0xffff"])),
        }));
        let object = Treatment::Identity(Identity {
            failure: words(&["0"]),
            objects: Some(words(&["0x10000.."])),
            text_only: false,
            hex_only: false,
            contents: false,
        });
        node.add(&["*"], RuleId(0), &low);
        node.add(&["*"], RuleId(1), &object);
        node.close();
        let args = |word| Value::Object(vec![("0".into(), Value::Hex(word))]);
        assert_eq!(canonical(&node, args(0x7FFF_0000_0001)).0.unwrap(), r#"{"0": 0x1}"#);
        assert_eq!(canonical(&node, args(0x7FFF_1234_0000)).0.unwrap(), r#"{"0": ‹object›}"#);
        assert_eq!(canonical(&node, args(0x22)).0.unwrap(), r#"{"0": 0x22}"#);
    }

    #[test]
    fn of_a_payload_only_what_a_log_can_have_is_kept() {
        let mut node = Node::default();
        node.add(&["a"], RuleId(1), &Treatment::Instead(Arc::new(Meant::Truth)));
        node.add(&["b"], RuleId(1), &Treatment::Instead(Arc::new(Meant::Truth)));
        node.close();
        node.keep_only(&["a", "c"], RuleId(0));
        let members = ["a", "b", "c", "d"].map(|key| (key.into(), Value::Hex(7))).to_vec();
        let (kept, asides) = canonical(&node, Value::Object(members));
        assert_eq!(kept.unwrap(), r#"{"a": 0x1, "c": 0x7}"#);
        assert_eq!(asides, [7, 7, 7]); // the truth of a; b and d as a whole
    }

    #[test]
    fn what_holds_for_any_member_holds_for_a_named_one_too() {
        let mut node = Node::default();
        node.add(&["args", "*"], RuleId(1), &Treatment::Note);
        node.add(&["args", "r3"], RuleId(0), &Treatment::Note);
        node.close();
        let value =
            Value::Object(vec![("args".into(), Value::Object(vec![("r3".into(), Value::Hex(7))]))]);
        let mut asides = Vec::new();
        node.canonical(value, 0, &mut asides);
        assert_eq!(asides.iter().map(|aside| aside.rule.0).collect::<Vec<_>>(), [0, 1]);
    }
}

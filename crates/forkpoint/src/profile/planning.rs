//! What the rules do to events of one kind and name, from the rules that are about them.

use crate::profile::in_force::Profile;
use crate::profile::path::strs;
use crate::profile::plan::{Node, Plan};
use crate::profile::rule::{Rule, RuleId};
use crate::profile::rules::header::Places;
use crate::profile::rules::skip::Skip;
use crate::profile::rules::{Action, Treatment};
use crate::profile::signatures::{Signatures, Type};
use crate::value::hash_bytes;

impl Profile {
    /// Returns what is done to events of this kind and name.
    pub fn plan(&self, kind: &str, name: Option<&str>) -> Plan {
        plan(self, kind, name)
    }
}

fn plan(profile: &Profile, kind: &str, name: Option<&str>) -> Plan {
    let mut plan = Plan::default();
    let mut payload = Node::default();
    let mine: Vec<(RuleId, &Rule)> = profile
        .rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| rule.enabled && rule.selector.matches(kind, name))
        .map(|(index, rule)| (RuleId(index as u16), rule))
        .collect();
    // Notes first: a field that is left out is noted all the same.
    for (id, rule) in &mine {
        let object = match &rule.action {
            Action::Float(float) => {
                plan.float = plan.float.or(Some(*id));
                &float.object
            }
            Action::Local { object, .. } => {
                plan.local = plan.local.or(Some(*id));
                object
            }
            _ => continue,
        };
        if let Some(path) = object {
            payload.add(&strs(path), *id, &Treatment::Note);
        }
    }
    // The size of what a function is about to create is in another event than its name.
    for (index, rule) in profile.rules.iter().enumerate().filter(|(_, rule)| rule.enabled) {
        if let Some(size) = rule.size.as_ref().filter(|size| size.kind == kind)
            && rule.selector.matches_name(name)
        {
            payload.add(&strs(&size.path), RuleId(index as u16), &Treatment::Note);
        }
    }
    // Values whose type is not known may be any.
    let unknown = |arguments: &str, result: &str, treat: &mut dyn FnMut(&[&str])| {
        treat(&[arguments, "*"]);
        treat(&[result]);
    };
    let signatures = profile.signatures.as_ref();
    let signature = signatures.and_then(|signatures| signatures.of(name?));
    let mut only: Vec<(RuleId, Vec<String>)> = Vec::new();
    profile.fields_out_of_sight(
        kind,
        name,
        &mut |id, path| {
            payload.add(&strs(path), id, &Treatment::Skip(Skip::default()));
        },
        &mut |id, fields| only.push((id, fields.to_vec())),
    );
    let mut typed = payload.clone();
    for (id, rule) in &mine {
        let Action::Treat { places, treatment } = &rule.action else { continue };
        match places {
            Places::Paths(paths) => {
                for path in paths {
                    payload.add(&strs(path), *id, treatment);
                    typed.add(&strs(path), *id, treatment);
                }
            }
            Places::Types(types) => {
                let Some(Signatures { arguments, result, .. }) = signatures else { continue };
                if types.contains(&Type::Any) {
                    unknown(arguments, result, &mut |path| payload.add(path, *id, treatment));
                }
                let Some(signature) = &signature else { continue };
                // What is in a register of floating point is not an argument that could be stale: it is
                // printed as the value it is.
                let of_arguments: Vec<Type> =
                    types.iter().copied().filter(|of| *of != Type::Nothing).collect();
                let among = |place: &usize| {
                    rule.arguments.as_ref().is_none_or(|places| places.contains(*place as u64))
                };
                for place in signature.arguments_of(&of_arguments).filter(among) {
                    typed.add(&[arguments, &place.to_string()], *id, treatment);
                }
                if types.contains(&signature.result) {
                    typed.add(&[result], *id, treatment);
                }
            }
        }
    }
    payload.close();
    if let (Some(signature), Some(signatures)) = (&signature, signatures) {
        typed.close();
        // A function that takes more or fewer arguments than we know of differs.
        let unknown = payload.take(&signatures.arguments);
        typed.restrict(&[&signatures.arguments], signature.arguments.len(), unknown);
        payload = typed;
    }
    for (id, fields) in only {
        payload.keep_only(&strs(&fields), id);
    }
    plan.payload = payload;
    plan.local = plan.local.or_else(|| profile.other_module(name));
    plan.shared = profile.shared.as_ref().filter(|shared| shared.kind == kind).map(|shared| {
        [&shared.id, &shared.pointer, &shared.object_type].map(|key| hash_bytes(key.as_bytes()))
    });
    plan
}

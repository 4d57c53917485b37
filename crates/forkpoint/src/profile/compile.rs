//! From the profile as written to the profile in force.
//!
//! Its one idea: of a chain of files, what a later one says takes the place of what an earlier one says.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::error::Error;
use crate::profile::answer::Answer;
use crate::profile::error_names::error_names_of;
use crate::profile::in_force::{Profile, Resync};
use crate::profile::pattern::Pattern;
use crate::profile::remark::remarks_of;
use crate::profile::roles::{self, RolesSpec};
use crate::profile::rule::Rule;
use crate::profile::rules::absorb::Absorb;
use crate::profile::rules::header::{Draft, Kind};
use crate::profile::rules::local::Local;
use crate::profile::rules::{Action, Treatment, kinds};
use crate::profile::signatures::Signatures;
use crate::profile::source::Source;
use crate::profile::spec::{CompareSpec, ProfileFile, ProfileSpec};
use crate::profile::suggestion::did_you_mean;
use crate::profile::variant::variants_of;
use crate::profile::visibility::Visibility;
use crate::profile::waiver::{Waiver, waivers_of};
use crate::profile::written::At;

/// Builds the profile of a chain of files, the most basic first, less the rules named in `without`.
pub(super) fn compile(chain: &[ProfileFile], without: &[String]) -> Result<Profile, Error> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut waivers: Vec<Waiver> = Vec::new();
    let mut roles = RolesSpec::default();
    let mut compare_index = false;
    let mut decimal_addresses = false;
    let mut outcome = None;
    let mut contents = Vec::new();
    let mut resync = Resync::default();
    let mut spaces = Vec::new();
    let mut shared = None;
    let mut signatures = None;
    let mut remarks = Vec::new();
    let mut answers = Vec::new();
    let mut error_names = Vec::new();
    let mut variants = Vec::new();
    let mut pattern = None;
    for ProfileFile { source, spec } in chain {
        drop_rules(&mut rules, &mut waivers, source, &spec.without)?;
        let own = rules_of(source, spec, &mut spaces)?;
        let own_waivers = waivers_of(source, &spec.waiver)?;
        let mut ids = BTreeSet::new();
        let all = own.iter().map(|rule| (&rule.id, rule.place));
        for (id, place) in all.chain(own_waivers.iter().map(|waiver| (&waiver.id, waiver.place))) {
            if !ids.insert(id.clone()) {
                let message = format!("a second rule is called `{id}`");
                let error = Error::of_profile(&source.file, message);
                return Err(match place {
                    Some(place) => error.at(place),
                    None => error,
                });
            }
        }
        // What has the id of an extended rule or waiver takes its place, whichever of both it is.
        rules.retain(|rule| own_waivers.iter().all(|waiver| waiver.id != rule.id));
        waivers.retain(|waiver| !ids.contains(&waiver.id));
        waivers.extend(own_waivers);
        let known = rules.iter().enumerate().map(|(number, rule)| (rule.id.clone(), number));
        let known: HashMap<String, usize> = known.collect();
        for rule in own {
            match known.get(&rule.id) {
                Some(&number) => rules[number] = rule,
                None => rules.push(rule),
            }
        }
        roles::take(&mut roles, &spec.roles);
        compare_index = spec.compare.index.unwrap_or(compare_index);
        decimal_addresses = spec.compare.decimal_addresses.unwrap_or(decimal_addresses);
        if let Some(own) = &spec.compare.contents {
            contents.clone_from(own);
        }
        outcome = spec.compare.outcome.clone().or(outcome);
        take_resync(&mut resync, source, &spec.compare)?;
        answers.extend(spec.answer.iter().map(Answer::of));
        remarks.extend(remarks_of(source, &spec.remark)?);
        // What a profile says itself counts before what it extends.
        let inherited =
            std::mem::replace(&mut error_names, error_names_of(source, &spec.error_names)?);
        error_names.extend(inherited);
        // What a profile says itself comes before what it extends.
        let inherited = std::mem::replace(&mut variants, variants_of(source, &spec.variant)?);
        variants.extend(inherited);
        shared = spec.shared.clone().or(shared);
        if let Some(spec) = &spec.signatures {
            signatures = Some(Signatures::new(source, spec)?);
        }
        if let Some(spec) = &spec.adapter {
            pattern = Some(Arc::new(Pattern::new(source, spec)?));
        }
    }
    for id in without {
        if !ids(&rules, &waivers).any(|known| known == id) {
            let hint = did_you_mean(id, ids(&rules, &waivers));
            let name = chain.last().map_or("", |file| file.spec.name.as_str());
            let message = format!("profile `{name}` has no rule `{id}`");
            return Err(Error::of_profile("--without", message).maybe_hint(hint));
        }
    }
    for rule in &mut rules {
        rule.enabled = !without.contains(&rule.id);
    }
    for waiver in &mut waivers {
        waiver.enabled = !without.contains(&waiver.id);
    }
    if rules.len().max(waivers.len()) >= usize::from(u16::MAX) {
        return Err(Error::of_profile("profile", "more than 65,534 rules"));
    }
    // A field that one log never has is left out before anything else looks at it.
    rules.sort_by_key(|rule| !rule.is_visibility());
    if decimal_addresses {
        rules.iter_mut().for_each(|rule| {
            if let Action::Treat { treatment: Treatment::Identity(identity), .. } = &mut rule.action
            {
                identity.hex_only = false;
            }
        });
    }
    let last = chain.last().expect("a chain has at least the profile itself");
    Ok(Profile {
        name: last.spec.name.clone(),
        about: last.spec.about.clone(),
        chain: chain.iter().map(|file| file.source.file.clone()).collect(),
        rules,
        waivers,
        roles: roles::compiled(&roles),
        blocking: roles::selectors(&roles.blocking),
        start: roles::selectors(&roles.start),
        end: roles::selectors(&roles.end),
        new_process: roles::selectors(&roles.new_process),
        compare_index,
        resync,
        outcome,
        contents,
        spaces,
        shared,
        signatures,
        remarks,
        answers,
        error_names,
        sight: Visibility::default(),
        variants,
        pattern,
    })
}

/// Returns the ids of rules and waivers.
fn ids<'a>(rules: &'a [Rule], waivers: &'a [Waiver]) -> impl Iterator<Item = &'a str> {
    let rules = rules.iter().map(|rule| rule.id.as_str());
    rules.chain(waivers.iter().map(|waiver| waiver.id.as_str()))
}

fn drop_rules(
    rules: &mut Vec<Rule>,
    waivers: &mut Vec<Waiver>,
    source: &Source,
    without: &[At<String>],
) -> Result<(), Error> {
    for id in without {
        if !ids(rules, waivers).any(|known| known == **id) {
            let hint = did_you_mean(id, ids(rules, waivers));
            let message = format!("the extended profile has no rule `{}`", **id);
            return Err(source.error(id.start(), message).maybe_hint(hint));
        }
        rules.retain(|rule| rule.id != **id);
        waivers.retain(|waiver| waiver.id != **id);
    }
    Ok(())
}

fn take_resync(resync: &mut Resync, source: &Source, said: &CompareSpec) -> Result<(), Error> {
    const MOST: usize = 1 << 20;
    let take = |mine: &mut usize, said: &Option<At<usize>>, least: usize| {
        let Some(said) = said else { return Ok(()) };
        let number = **said;
        if !(least..=MOST).contains(&number) {
            let message = format!("expected a number from {least} to {MOST}, found {number}");
            return Err(source.error(said.start(), message));
        }
        *mine = number;
        Ok(())
    };
    take(&mut resync.anchor, &said.resync_anchor, 2)?;
    take(&mut resync.window, &said.resync_window, 1)?;
    take(&mut resync.max_gaps, &said.resync_gaps, 0)
}

macro_rules! rules_of_each {
    ($($(#[$about:meta])* $kind:ident $Spec:ident => $action:expr,)*) => {
        /// Returns the rules of a profile file, kind by kind.
        fn rules_of(
            source: &Source,
            spec: &ProfileSpec,
            spaces: &mut Vec<String>,
        ) -> Result<Vec<Rule>, Error> {
            let mut rules = Vec::new();
            $(for spec in &spec.$kind {
                rules.push(rule(source, spec, spaces, $action)?);
            })*
            Ok(rules)
        }
    };
}
kinds!(rules_of_each);

/// Returns a rule: what its kind makes of its own keys, and what all rules have.
fn rule<K: Kind>(
    source: &Source,
    spec: &At<K>,
    spaces: &mut Vec<String>,
    action: impl FnOnce(K::Form) -> Action,
) -> Result<Rule, Error> {
    let mut draft = Draft::new(source, spec.start(), spec.header(), spaces);
    let action = action(spec.form(&mut draft)?);
    let budget = draft.check()?;
    Ok(Rule {
        id: draft.header.id.to_owned(),
        why: draft.header.why.to_owned(),
        file: source.file.clone(),
        place: Some(source.place(draft.at)),
        enabled: true,
        selector: draft.selector,
        action,
        object: draft.object,
        among: draft.among,
        arguments: draft.arguments,
        size: draft.size,
        budget,
    })
}

//! From the profile as written to the profile as the engine sees it.
//!
//! It is over 700 lines because each kind of rule is checked here, in a function of its own.

mod sight;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use toml::Spanned;

use crate::profile::budget::Budget;
use crate::profile::error::{ProfileError, did_you_mean};
use crate::profile::error_names::ErrorNames;
use crate::profile::own_names::births_of;
use crate::profile::pattern::Pattern;
use crate::profile::plan::{Node, Plan, RuleId, Treatment, field_of};
use crate::profile::roles;
use crate::profile::select::{Selector, Words};
use crate::profile::spec::{
    self, AbsorbWhen, FloatWhen, Many, Meant, OneSided, ProfileSpec, RolesSpec,
};
use crate::profile::variant::variants_of;
use crate::profile::waiver::{Waiver, waivers_of};
use crate::profile::{
    Action, Context, Does, Elastic, Exchange, Float, Made, ObjectUse, OwnNames, Places, Profile,
    Remark, Resync, Rule, Sight, Signatures, SizeField, Space, Type,
};

/// One profile file: what it is called, its text, and what it says.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file, or `built-in NAME`.
    pub file: String,
    /// Its text.
    pub text: String,
    /// What it says.
    pub spec: ProfileSpec,
    /// Where its lines start: each rule has a place, and there may be many.
    line_starts: Vec<usize>,
}

impl Source {
    pub(super) fn new(file: &str, text: &str, spec: ProfileSpec) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(ends).collect();
        Self { file: file.to_owned(), text: text.to_owned(), spec, line_starts }
    }

    pub(super) fn error(&self, at: usize, message: impl Into<String>) -> ProfileError {
        let at = self.text.floor_char_boundary(at);
        let line = self.line_starts.partition_point(|&start| start <= at);
        let column = self.text[self.line_starts[line - 1]..at].chars().count() + 1;
        let error = ProfileError::of_file(&self.file, message);
        ProfileError { place: Some((line, column)), ..error }
    }

    /// Says that an id is not made as ids are.
    pub(super) fn well_formed_id(&self, at: usize, id: &str) -> Result<(), ProfileError> {
        let well_formed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || !id.chars().all(well_formed) {
            return Err(self
                .error(at, format!("expected an id of lower-case words, found `{id}`"))
                .hint(Some("such as `raw-handle`".to_owned())));
        }
        Ok(())
    }
}

/// Builds the profile of a chain of files, the most basic first, less the rules named in `without`.
pub fn compile(chain: &[Source], without: &[String]) -> Result<Profile, ProfileError> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut waivers: Vec<Waiver> = Vec::new();
    let mut roles = RolesSpec::default();
    let mut compare_index = false;
    let mut decimal_addresses = false;
    let mut resync = Resync::default();
    let mut spaces = Vec::new();
    let mut shared = None;
    let mut signatures = None;
    let mut remarks = Vec::new();
    let mut error_names = Vec::new();
    let mut variants = Vec::new();
    let mut pattern = None;
    for source in chain {
        drop_rules(&mut rules, &mut waivers, source)?;
        let own = rules_of(source, &mut spaces)?;
        let own_waivers = waivers_of(source)?;
        let mut ids = BTreeSet::new();
        let all = own.iter().map(|rule| (&rule.id, rule.place));
        for (id, place) in all.chain(own_waivers.iter().map(|waiver| (&waiver.id, waiver.place))) {
            if !ids.insert(id.clone()) {
                let at = ProfileError { place, ..ProfileError::of_file(&source.file, "") };
                let message = format!("a second rule is called `{id}`");
                return Err(ProfileError { message, ..at });
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
        roles::take(&mut roles, &source.spec.roles);
        compare_index = source.spec.compare.index.unwrap_or(compare_index);
        decimal_addresses = source.spec.compare.decimal_addresses.unwrap_or(decimal_addresses);
        take_resync(&mut resync, source)?;
        remarks.extend(remarks_of(source)?);
        // What a profile says itself counts before what it extends.
        let inherited = std::mem::replace(&mut error_names, error_names_of(source)?);
        error_names.extend(inherited);
        // What a profile says itself comes before what it extends.
        let inherited = std::mem::replace(&mut variants, variants_of(source)?);
        variants.extend(inherited);
        shared = source.spec.shared.clone().or(shared);
        signatures = signatures_of(source)?.or(signatures);
        if let Some(spec) = &source.spec.adapter {
            pattern = Some(Arc::new(Pattern::new(source, spec)?));
        }
    }
    for id in without {
        if !ids(&rules, &waivers).any(|known| known == id) {
            let hint = did_you_mean(id, ids(&rules, &waivers));
            let name = chain.last().map_or("", |source| source.spec.name.as_str());
            let message = format!("profile `{name}` has no rule `{id}`");
            return Err(ProfileError::of_file("--without", message).hint(hint));
        }
    }
    for rule in &mut rules {
        rule.enabled = !without.contains(&rule.id);
    }
    for waiver in &mut waivers {
        waiver.enabled = !without.contains(&waiver.id);
    }
    if rules.len().max(waivers.len()) >= usize::from(u16::MAX) {
        return Err(ProfileError::of_file("profile", "more than 65,534 rules"));
    }
    // A field that one log never has is left out before anything else looks at it.
    rules.sort_by_key(|rule| !rule.is_about_sight());
    if decimal_addresses {
        rules.iter_mut().for_each(|rule| {
            if let Action::Treat { treatment: Treatment::Identity { hex_only, .. }, .. } =
                &mut rule.action
            {
                *hex_only = false;
            }
        });
    }
    let last = chain.last().expect("a chain has at least the profile itself");
    Ok(Profile {
        name: last.spec.name.clone(),
        about: last.spec.about.clone(),
        chain: chain.iter().map(|source| source.file.clone()).collect(),
        rules,
        waivers,
        roles: roles::compiled(&roles),
        blocking: roles::selectors(&roles.blocking),
        start: roles::selectors(&roles.start),
        end: roles::selectors(&roles.end),
        new_process: roles::selectors(&roles.new_process),
        compare_index,
        resync,
        spaces,
        shared,
        signatures,
        remarks,
        error_names,
        sight: Sight::default(),
        variants,
        pattern,
    })
}

fn signatures_of(source: &Source) -> Result<Option<Signatures>, ProfileError> {
    let Some(spec) = &source.spec.signatures else { return Ok(None) };
    let name = spec.table.get_ref();
    let Some(table) = Signatures::table(name) else {
        let hint = did_you_mean(name, Signatures::TABLES.iter().map(|(name, _)| *name));
        let message = format!("no table of signatures is called `{name}`");
        return Err(source.error(spec.table.span().start, message).hint(hint));
    };
    let (arguments, result) = (spec.arguments.clone(), spec.result.clone());
    Ok(Some(Signatures { table, arguments, result }))
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
) -> Result<(), ProfileError> {
    for id in &source.spec.without {
        if !ids(rules, waivers).any(|known| known == id.get_ref()) {
            let hint = did_you_mean(id.get_ref(), ids(rules, waivers));
            let message = format!("the extended profile has no rule `{}`", id.get_ref());
            return Err(source.error(id.span().start, message).hint(hint));
        }
        rules.retain(|rule| rule.id != *id.get_ref());
        waivers.retain(|waiver| waiver.id != *id.get_ref());
    }
    Ok(())
}

fn error_names_of(source: &Source) -> Result<Vec<ErrorNames>, ProfileError> {
    let names = |spec: &Spanned<spec::ErrorNamesSpec>| {
        let (at, spec) = (spec.span().start, spec.get_ref());
        let Some(table) = ErrorNames::table(&spec.table) else {
            let message = format!("no table of errors is called `{}`", spec.table);
            let hint = did_you_mean(&spec.table, ErrorNames::titles());
            return Err(source.error(at, message).hint(hint));
        };
        let selector = Selector::new(&spec.kind.list(), &spec.name.list());
        Ok(ErrorNames { selector, table })
    };
    source.spec.error_names.iter().map(names).collect()
}

fn remarks_of(source: &Source) -> Result<Vec<Remark>, ProfileError> {
    let mut spaces = Vec::new();
    let compiler = Compiler { source, rules: Vec::new(), spaces: &mut spaces };
    let remark = |remark: &spec::RemarkSpec| {
        Ok(Remark {
            selector: Selector::new(&remark.kind.list(), &remark.name.list()),
            values: compiler.words(Some(&remark.values))?.unwrap_or_default(),
            says: remark.says.clone(),
        })
    };
    source.spec.remark.iter().map(remark).collect()
}

fn take_resync(resync: &mut Resync, source: &Source) -> Result<(), ProfileError> {
    const MOST: usize = 1 << 20;
    let said = &source.spec.compare;
    let take = |mine: &mut usize, said: &Option<Spanned<usize>>, least: usize| {
        let Some(said) = said else { return Ok(()) };
        let number = *said.get_ref();
        if !(least..=MOST).contains(&number) {
            let message = format!("expected a number from {least} to {MOST}, found {number}");
            return Err(source.error(said.span().start, message));
        }
        *mine = number;
        Ok(())
    };
    take(&mut resync.anchor, &said.resync_anchor, 2)?;
    take(&mut resync.window, &said.resync_window, 1)?;
    take(&mut resync.max_gaps, &said.resync_gaps, 0)
}

/// Checks what every rule has, and hands each to `action`.
struct Compiler<'a> {
    source: &'a Source,
    rules: Vec<Rule>,
    spaces: &'a mut Vec<String>,
}

impl Compiler<'_> {
    fn rule<T>(
        &mut self,
        spanned: &Spanned<T>,
        (id, why): (&str, &str),
        (kind, name): (&Many, &Many),
        action: Action,
    ) -> Result<(), ProfileError> {
        let at = spanned.span().start;
        self.source.well_formed_id(at, id)?;
        if why.trim().is_empty() {
            return Err(self.source.error(at, format!("rule `{id}` does not say why")));
        }
        let place = self.source.error(at, "").place;
        self.rules.push(Rule {
            id: id.to_owned(),
            why: why.to_owned(),
            file: self.source.file.clone(),
            place,
            enabled: true,
            selector: Selector::new(&kind.list(), &name.list()),
            action,
            object: None,
            places: None,
            among: None,
            size: None,
            budget: Budget::default(),
        });
        Ok(())
    }

    /// Gives the rule that was added last its budget.
    fn budget(
        &mut self,
        max_count: Option<&u64>,
        max_share: Option<&Spanned<f64>>,
    ) -> Result<(), ProfileError> {
        let budget = Budget::of(self.source, max_count, max_share)?;
        if let Some(rule) = self.rules.last_mut() {
            rule.budget = budget;
        }
        Ok(())
    }

    /// Returns the space of names of one kind.
    fn space(&mut self, names: &String) -> Space {
        let known = self.spaces.iter().position(|space| space == names);
        let space = known.unwrap_or_else(|| {
            self.spaces.push(names.clone());
            self.spaces.len() - 1
        });
        Space(space as u16)
    }

    /// Lets the rule that was added last name objects.
    fn object(&mut self, names: Option<&String>, does: Does) {
        let Some(names) = names else { return };
        let space = self.space(names);
        if let Some(rule) = self.rules.last_mut() {
            rule.object = Some(ObjectUse { space, does, inferred: None });
        }
    }

    fn paths(&self, fields: &Spanned<Many>) -> Result<Vec<Vec<String>>, ProfileError> {
        let paths = fields.get_ref().list();
        if paths.is_empty() || paths.iter().any(|path| path.split('.').any(str::is_empty)) {
            let message = "expected payload fields such as `status` or `args.r3`";
            return Err(self.source.error(fields.span().start, message));
        }
        Ok(paths.iter().map(|path| path.split('.').map(str::to_owned).collect()).collect())
    }

    /// Returns which values a rule is about: its fields, or types, and not both.
    fn places<T>(
        &self,
        spanned: &Spanned<T>,
        id: &str,
        fields: Option<&Spanned<Many>>,
        types: Option<&Spanned<Many>>,
    ) -> Result<Places, ProfileError> {
        let (fields, types) = match (fields, types) {
            (Some(fields), None) => return Ok(Places::Paths(self.paths(fields)?)),
            (None, Some(types)) => (types, types.get_ref().list()),
            _ => {
                let message = format!("rule `{id}` needs either `fields` or `type`");
                return Err(self.source.error(spanned.span().start, message));
            }
        };
        let parsed: Result<Vec<Type>, &str> =
            types.iter().map(|name| Type::parse(name).ok_or(*name)).collect();
        parsed.map(Places::Types).map_err(|unknown| {
            let hint = did_you_mean(unknown, Type::ALL.iter().map(|of| of.name()));
            self.source
                .error(fields.span().start, format!("no type is called `{unknown}`"))
                .hint(hint)
        })
    }

    fn coarse(&mut self, spanned: &Spanned<spec::CoarseSpec>) -> Result<(), ProfileError> {
        let rule = spanned.get_ref();
        let treatment = match rule.meant {
            Meant::Truth => Treatment::Truth,
            Meant::Sign => Treatment::Sign,
        };
        let places = self.places(spanned, &rule.id, rule.fields.as_ref(), rule.types.as_ref())?;
        let action = Action::Treat { places, treatment };
        self.rule(spanned, (&rule.id, &rule.why), (&rule.kind, &rule.name), action)
    }

    fn affine(&mut self, spanned: &Spanned<spec::AffineSpec>) -> Result<(), ProfileError> {
        let rule = spanned.get_ref();
        let places = Places::Paths(self.paths(&rule.fields)?);
        let action = Action::Treat { places, treatment: Treatment::Affine };
        self.rule(spanned, (&rule.id, &rule.why), (&rule.kind, &rule.name), action)
    }

    fn text(&mut self, spanned: &Spanned<spec::TextSpec>) -> Result<(), ProfileError> {
        let rule = spanned.get_ref();
        let digits = *rule.hex_digits.get_ref();
        if !(4..=64).contains(&digits) {
            let message = format!("expected 4 to 64 digits, found {digits}");
            return Err(self.source.error(rule.hex_digits.span().start, message));
        }
        let treatment = Treatment::Addresses { digits: digits as usize };
        let places = self.places(spanned, &rule.id, rule.fields.as_ref(), rule.types.as_ref())?;
        let action = Action::Treat { places, treatment };
        self.rule(spanned, (&rule.id, &rule.why), (&rule.kind, &rule.name), action)
    }

    fn words(&self, texts: Option<&Spanned<Many>>) -> Result<Option<Words>, ProfileError> {
        let Some(texts) = texts else { return Ok(None) };
        match Words::parse(&texts.get_ref().list()) {
            Ok(words) => Ok(Some(words)),
            Err(bad) => {
                let message = format!("expected a value or a range of values, found `{bad}`");
                let hint = Some("such as `0` or `0xc0000001..0xc0000fff`".to_owned());
                Err(self.source.error(texts.span().start, message).hint(hint))
            }
        }
    }

    fn skip(&mut self, spanned: &Spanned<spec::SkipSpec>) -> Result<(), ProfileError> {
        let rule = spanned.get_ref();
        let treatment = Treatment::Skip {
            values: self.words(rule.values.as_ref())?,
            like: rule.like.list().into_iter().map(str::to_owned).collect(),
        };
        let places = self.places(spanned, &rule.id, rule.fields.as_ref(), rule.types.as_ref())?;
        let action = Action::Treat { places, treatment };
        self.rule(spanned, (&rule.id, &rule.why), (&rule.kind, &rule.name), action)?;
        self.object(rule.names.as_ref(), rule.does);
        Ok(())
    }

    fn identity(&mut self, spanned: &Spanned<spec::IdentitySpec>) -> Result<(), ProfileError> {
        let rule = spanned.get_ref();
        let zero = || Words::parse(&["0"]).expect("zero is a value");
        let failure = self.words(rule.failure.as_ref())?.unwrap_or_else(zero);
        let treatment = Treatment::Identity {
            failure,
            objects: self.words(rule.objects.as_ref())?,
            text_only: rule.text_only,
            hex_only: rule.hex_only,
            contents: rule.contents,
        };
        let size = rule.size.as_ref().map(|size| self.size(size)).transpose()?;
        if size.is_some() && (rule.does != Does::Creates || rule.names.is_none()) {
            let message = format!(
                "rule `{}` tells a size, so it must say what it `names`, and that it creates it",
                rule.id
            );
            return Err(self.source.error(spanned.span().start, message));
        }
        let places = self.places(spanned, &rule.id, rule.fields.as_ref(), rule.types.as_ref())?;
        let action = Action::Treat { places, treatment };
        self.rule(spanned, (&rule.id, &rule.why), (&rule.kind, &rule.name), action)?;
        self.object(rule.names.as_ref(), rule.does);
        let places = self.words(rule.places.as_ref())?;
        if let Some(last) = self.rules.last_mut() {
            last.selector = last.selector.clone().except(&rule.except.list());
            last.places = places;
            last.among.clone_from(&rule.among);
            last.size = size;
            if let Some(used) = &mut last.object {
                used.inferred = rule.inferred;
            }
        }
        Ok(())
    }

    fn size(&self, size: &Spanned<String>) -> Result<SizeField, ProfileError> {
        match size.get_ref().split_once(' ') {
            Some((kind, path)) if !path.split('.').any(str::is_empty) => Ok(SizeField {
                kind: kind.to_owned(),
                path: path.split('.').map(str::to_owned).collect(),
                field: field_of(&path.split('.').collect::<Vec<_>>()),
            }),
            _ => {
                let message = format!("expected KIND FIELD, found `{}`", size.get_ref());
                let hint = Some("such as `kernel.call args.size`".to_owned());
                Err(self.source.error(size.span().start, message).hint(hint))
            }
        }
    }

    fn low_bits(&mut self, spanned: &Spanned<spec::LowBitsSpec>) -> Result<(), ProfileError> {
        let rule = spanned.get_ref();
        let bits = *rule.bits.get_ref();
        if !(1..=63).contains(&bits) {
            let message = format!("expected 1 to 63 bits, found {bits}");
            return Err(self.source.error(rule.bits.span().start, message));
        }
        let treatment =
            Treatment::LowBits { mask: (1 << bits) - 1, values: self.words(rule.values.as_ref())? };
        let places = self.places(spanned, &rule.id, rule.fields.as_ref(), rule.types.as_ref())?;
        let action = Action::Treat { places, treatment };
        self.rule(spanned, (&rule.id, &rule.why), (&rule.kind, &rule.name), action)?;
        if let Some(last) = self.rules.last_mut() {
            last.selector = last.selector.clone().except(&rule.except.list());
        }
        Ok(())
    }

    fn nested(&mut self, spanned: &Spanned<spec::NestedSpec>) -> Result<(), ProfileError> {
        let rule = spanned.get_ref();
        let values = self.words(Some(&rule.values))?.unwrap_or_default();
        let field = field_of(&rule.field.get_ref().split('.').collect::<Vec<_>>());
        let action = Action::Nested { field, values };
        self.rule(spanned, (&rule.id, &rule.why), (&Many::Any, &rule.name), action)
    }

    fn float(&mut self, spanned: &Spanned<spec::FloatSpec>) -> Result<(), ProfileError> {
        let rule = spanned.get_ref();
        if rule.when == FloatWhen::Shared && rule.object.is_none() {
            let message = format!(
                "rule `{}` floats when its object is shared, but names no `object` field",
                rule.id
            );
            return Err(self.source.error(spanned.span().start, message));
        }
        let object =
            rule.object.as_ref().map(|path| path.get_ref().split('.').map(str::to_owned).collect());
        if rule.any_value.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
            let message = format!("rule `{}` excuses any value, and does not say why", rule.id);
            let hint = Some("say it there: any-value = \"why the values differ\"".to_owned());
            return Err(self.source.error(spanned.span().start, message).hint(hint));
        }
        let action = Action::Float(Float {
            ordered: rule.ordered,
            anywhere: rule.anywhere,
            object,
            when_shared: rule.when == FloatWhen::Shared,
            one_sided_diverges: rule.one_sided == OneSided::Diverges,
            any_value: rule.any_value.is_some(),
            any_value_kinds: rule.any_value_kind.list().into_iter().map(str::to_owned).collect(),
            followed_by: rule.followed_by.as_deref().map(Selector::parse),
            until: rule.until.as_deref().map(Selector::parse),
        });
        self.rule(spanned, (&rule.id, &rule.why), (&rule.kind, &rule.name), action)?;
        self.object(rule.names.as_ref(), rule.does);
        Ok(())
    }

    fn elastic(&mut self, spanned: &Spanned<spec::ElasticSpec>) -> Result<(), ProfileError> {
        const DEFAULT_MAX_REPEATS: u32 = 1024;
        let rule = spanned.get_ref();
        let selectors = |list: &Spanned<Vec<String>>| {
            list.get_ref().iter().map(|text| Selector::parse(text)).collect::<Vec<_>>()
        };
        let body = selectors(&rule.body);
        if body.is_empty() {
            return Err(self.source.error(rule.body.span().start, "a loop's body needs an event"));
        }
        let keep = rule.keep.as_ref().map_or(1, |keep| *keep.get_ref());
        if keep > 1 {
            let at = rule.keep.as_ref().map_or(0, |keep| keep.span().start);
            return Err(self
                .source
                .error(at, format!("expected to keep 0 or 1 rounds, found {keep}")));
        }
        if keep == 0 && (rule.after.is_none() || rule.before.is_none()) {
            let message = format!(
                "rule `{}` keeps no round, so it must say what stands `after` and `before` the loop",
                rule.id
            );
            return Err(self.source.error(spanned.span().start, message));
        }
        let action = Action::Elastic(Elastic {
            body,
            after: rule.after.as_ref().map(selectors).unwrap_or_default(),
            before: rule.before.as_ref().map(selectors).unwrap_or_default(),
            keep,
            same_object: rule.same_object,
            max_repeats: rule
                .max_repeats
                .as_ref()
                .map_or(DEFAULT_MAX_REPEATS, |max| *max.get_ref()),
        });
        self.rule(spanned, (&rule.id, &rule.why), (&Many::Any, &Many::Any), action)
    }

    fn absorb(&mut self, spanned: &Spanned<spec::AbsorbSpec>) -> Result<(), ProfileError> {
        const DEFAULT_WITHIN: u32 = 4096;
        let rule = spanned.get_ref();
        let selectors =
            |texts: &[String]| texts.iter().map(|text| Selector::parse(text)).collect::<Vec<_>>();
        let context = match rule.when {
            AbsorbWhen::Since if rule.since.is_empty() => {
                let message = format!(
                    "rule `{}` holds since an event, but does not say which in `since`",
                    rule.id
                );
                return Err(self.source.error(spanned.span().start, message));
            }
            AbsorbWhen::Since => Context::Since {
                start: selectors(&rule.since),
                among: selectors(&rule.among),
                within: rule.within.unwrap_or(DEFAULT_WITHIN),
            },
            AbsorbWhen::AfterSuccess => Context::AfterSuccess {
                through: selectors(&rule.through),
                failure: self.words(rule.failure.as_ref())?.unwrap_or_default(),
                telling: self.words(rule.telling.as_ref())?.unwrap_or_default(),
                telling_after: selectors(&rule.telling_after),
            },
            AbsorbWhen::From | AbsorbWhen::Chance => {
                let Some(object) = rule.object.as_ref().filter(|_| !rule.since.is_empty()) else {
                    let message = format!(
                        "rule `{}` needs an `object`, and which event creates it in `since`",
                        rule.id
                    );
                    return Err(self.source.error(spanned.span().start, message));
                };
                let field = field_of(&object.split('.').collect::<Vec<_>>());
                let through = selectors(&rule.through);
                let made = Made { field, makers: selectors(&rule.since), through };
                if rule.when == AbsorbWhen::From {
                    Context::From(made)
                } else {
                    Context::Chance { made, drawn: selectors(&rule.drawn) }
                }
            }
            AbsorbWhen::OwnNames => {
                let at = spanned.span().start;
                if rule.born.is_empty() && !rule.threads {
                    let message = format!(
                        "rule `{}` is about names, but does not say where they are `born`",
                        rule.id
                    );
                    return Err(self.source.error(at, message));
                }
                Context::OwnNames(OwnNames {
                    born: births_of(self.source, at, &rule.born)?,
                    chosen: births_of(self.source, at, &rule.chosen)?,
                    threads: rule.threads,
                    drawn: rule.drawn_letters,
                    least: rule.least.unwrap_or(1),
                    numbers: rule.numbers,
                    lengths: rule.lengths.as_ref().map_or(Ok(Vec::new()), |of| self.paths(of))?,
                })
            }
            AbsorbWhen::ObjectInText => Context::ObjectInText {
                space: rule.names.as_ref().map(|names| self.space(names)),
                decimal: rule.decimal,
            },
            AbsorbWhen::Near => match rule.most {
                Some(most) => Context::Near { most },
                None => {
                    let message = format!("rule `{}` does not say how near in `most`", rule.id);
                    return Err(self.source.error(spanned.span().start, message));
                }
            },
            AbsorbWhen::OwnProcess => Context::OwnProcess,
            AbsorbWhen::Undecoded => Context::Undecoded,
            AbsorbWhen::Alternatives => Context::Alternatives,
            AbsorbWhen::CutShort => Context::CutShort,
            AbsorbWhen::OneSided => Context::OneSided,
        };
        let values = self.words(rule.values.as_ref())?;
        let action = Action::Absorb { paths: self.paths(&rule.fields)?, values, context };
        self.rule(spanned, (&rule.id, &rule.why), (&rule.kind, &rule.name), action)
    }

    fn exchange(&mut self, spanned: &Spanned<spec::ExchangeSpec>) -> Result<(), ProfileError> {
        let rule = spanned.get_ref();
        let first = Selector::new(&rule.kind.list(), &rule.name.list());
        let action = Action::Exchange(Exchange { first });
        self.rule(spanned, (&rule.id, &rule.why), (&rule.kind, &rule.name), action)
    }

    fn local(&mut self, spanned: &Spanned<spec::LocalSpec>) -> Result<(), ProfileError> {
        let rule = spanned.get_ref();
        if rule.kind.list().is_empty() && rule.name.list().is_empty() {
            let message = format!("rule `{}` names neither a kind nor a function", rule.id);
            return Err(self.source.error(spanned.span().start, message));
        }
        let object =
            rule.object.as_ref().map(|path| path.get_ref().split('.').map(str::to_owned).collect());
        if rule.names.is_some() && rule.object.is_none() {
            let message =
                format!("rule `{}` names an object, but no `object` field holds it", rule.id);
            return Err(self.source.error(spanned.span().start, message));
        }
        let until = rule.until.as_deref().map(Selector::parse);
        let action = Action::Local { counted: rule.counted, object, until };
        self.rule(spanned, (&rule.id, &rule.why), (&rule.kind, &rule.name), action)?;
        self.object(rule.names.as_ref(), rule.does);
        Ok(())
    }
}

fn rules_of(source: &Source, spaces: &mut Vec<String>) -> Result<Vec<Rule>, ProfileError> {
    let spec = &source.spec;
    let mut compiler = Compiler { source, rules: Vec::new(), spaces };
    macro_rules! budgeted {
        ($kind:ident) => {
            for rule in &spec.$kind {
                compiler.$kind(rule)?;
                let rule = rule.get_ref();
                compiler.budget(rule.max_count.as_ref(), rule.max_share.as_ref())?;
            }
        };
    }
    budgeted!(visible);
    // Fields are cut to their low bits before anything else looks at them.
    budgeted!(low_bits);
    budgeted!(coarse);
    budgeted!(affine);
    budgeted!(text);
    budgeted!(skip);
    budgeted!(identity);
    budgeted!(float);
    budgeted!(nested);
    budgeted!(elastic);
    budgeted!(local);
    budgeted!(exchange);
    budgeted!(absorb);
    for rule in &spec.authority {
        compiler.authority(rule)?;
    }
    Ok(compiler.rules)
}

/// Returns what the rules do to events of this kind and name.
pub fn plan(profile: &Profile, kind: &str, name: Option<&str>) -> Plan {
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
    // The size of what a function is about to create stands in another event than its name.
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
            payload.add(&strs(path), id, &Treatment::Skip { values: None, like: Vec::new() });
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
                // What stands in a register of floating point is no argument that could be stale: it is
                // printed as the value it is.
                let of_arguments: Vec<Type> =
                    types.iter().copied().filter(|of| *of != Type::Nothing).collect();
                let among = |place: &usize| {
                    rule.places.as_ref().is_none_or(|places| places.contains(*place as u64))
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
        // A function that takes more or fewer arguments than we know of is another one.
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
        [&shared.id, &shared.pointer, &shared.object_type]
            .map(|key| crate::value::hash_bytes(key.as_bytes()))
    });
    plan
}

fn strs(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

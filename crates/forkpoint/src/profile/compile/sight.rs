//! Rules about what logs can record, and about which of several references is the one to ask.

use toml::Spanned;

use super::Compiler;
use crate::pair::Side;
use crate::profile::error::ProfileError;
use crate::profile::select::Selector;
use crate::profile::spec::{self, Many};
use crate::profile::{Action, Visible};

impl Compiler<'_> {
    pub(super) fn visible(
        &mut self,
        spanned: &Spanned<spec::VisibleSpec>,
    ) -> Result<(), ProfileError> {
        let rule = spanned.get_ref();
        let at = spanned.span().start;
        let limits = rule.records.is_some()
            || !rule.never.is_empty()
            || rule.fields.is_some()
            || rule.only_fields.is_some();
        if rule.by_header == limits {
            let message = if limits {
                format!(
                    "rule `{}` goes by the log's header, and tells something else besides",
                    rule.id
                )
            } else {
                format!("rule `{}` limits nothing", rule.id)
            };
            let hint = "tell `records`, `never`, `fields` or `only-fields`; or `by-header = true`";
            return Err(self.source.error(at, message).hint(Some(hint.to_owned())));
        }
        let strings = |many: &Many| many.list().into_iter().map(str::to_owned).collect();
        let events =
            |texts: &[String]| texts.iter().map(|text| Selector::parse(text)).collect::<Vec<_>>();
        let action = Action::Visible(Visible {
            formats: strings(&rule.format),
            engines: strings(&rule.engine),
            side: rule.side.map(|side| match side {
                spec::SideSpec::Reference => Side::Reference,
                spec::SideSpec::Candidate => Side::Candidate,
            }),
            by_header: rule.by_header,
            records: rule.records.as_deref().map(events),
            never: events(&rule.never),
            lacks: rule
                .fields
                .as_ref()
                .map(|fields| self.paths(fields))
                .transpose()?
                .unwrap_or_default(),
            only: rule.only_fields.as_ref().map(strings),
        });
        self.rule(spanned, (&rule.id, &rule.why), (&rule.kind, &rule.name), action)
    }

    pub(super) fn authority(
        &mut self,
        spanned: &Spanned<spec::AuthoritySpec>,
    ) -> Result<(), ProfileError> {
        let rule = spanned.get_ref();
        let references: Vec<String> =
            rule.reference.list().into_iter().map(str::to_owned).collect();
        if references.is_empty() {
            let message = format!("rule `{}` gives authority to no reference", rule.id);
            return Err(self.source.error(spanned.span().start, message));
        }
        let action = Action::Authority { references };
        self.rule(spanned, (&rule.id, &rule.why), (&rule.kind, &rule.name), action)
    }
}

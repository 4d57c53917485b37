//! The list of formats as a document.

use crate::formats::format::Format;
use crate::render::document::{Document, Tone, own, parts};
use crate::render::{Answer, Extent};
use schemars::JsonSchema;
use serde::Serialize;

/// The formats of logs that are read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FormatList {
    /// The formats, in the order in which they are tried.
    pub formats: Vec<FormatAbout>,
}

/// What there is to say of a format.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FormatAbout {
    /// Its name, as `--from` takes it.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// How it is recognised.
    pub known_by: &'static str,
    /// The profile that suits it.
    pub profile: &'static str,
}

impl FormatList {
    /// Returns the list of these formats.
    pub fn of(formats: &[&'static Format]) -> Self {
        let about = |format: &&'static Format| FormatAbout {
            name: format.name,
            about: format.about,
            known_by: format.known_by,
            profile: format.profile,
        };
        Self { formats: formats.iter().map(about).collect() }
    }
}

impl Answer for FormatList {
    fn document(&self, _shown: Extent) -> Document {
        let mut page = Document::default();
        for format in &self.formats {
            page.text(0, own(format.name).tone(Tone::Strong));
            page.text(4, own(format.about));
            page.text(4, parts!["recognised by ", own(format.known_by)].tone(Tone::Faint));
            page.text(4, parts!["profile ", own(format.profile)].tone(Tone::Faint));
        }
        page
    }
}

//! What of a result a reader wants to see.

/// How much of a result a page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// The verdict alone.
    Verdict,
    /// What fits a screen.
    #[default]
    Brief,
    /// What fits a screen, and all threads.
    Page,
    /// All of it.
    Full,
}

/// What of a result a page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// How much of it.
    pub detail: Detail,
    /// At most this many findings of each sort; without, as many as suit the detail.
    pub max_findings: Option<usize>,
    /// How many events before and after a divergence; without, as many as suit the detail.
    pub context: Option<(usize, usize)>,
}

impl Extent {
    /// Everything.
    pub const FULL: Self = Self { detail: Detail::Full, max_findings: None, context: None };
}

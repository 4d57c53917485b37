//! What a run is asked for.

use super::failure::Failure;

/// Which reference is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// The first: events align by index, nothing is excused.
    Strict,
    /// The second: scheduling may move, add and drop some events.
    Floating,
}

impl Generation {
    /// Returns the name of the generation.
    pub fn name(self) -> &'static str {
        match self {
            Generation::Strict => "strict",
            Generation::Floating => "floating",
        }
    }
}

/// A rule of the floating generation that excuses events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absorber {
    /// The creation of a shared dispatcher.
    SharedGlobal,
    /// A wait on a shared dispatcher.
    WaitBegin,
    /// Balanced critical-section pairs before a leave.
    NestedCs,
}

impl Absorber {
    const ALL: [Absorber; 3] = [Absorber::SharedGlobal, Absorber::WaitBegin, Absorber::NestedCs];

    /// Returns the name by which a user switches the rule off.
    pub fn name(self) -> &'static str {
        match self {
            Absorber::SharedGlobal => "shared-global",
            Absorber::WaitBegin => "wait-begin",
            Absorber::NestedCs => "nested-cs",
        }
    }

    /// Returns the rules of a comma-separated list; unknown names are an error.
    pub fn parse_list(list: &str) -> Result<Vec<Absorber>, Failure> {
        let mut absorbers = Vec::new();
        let mut unknown = Vec::new();
        for name in list.split(',').map(python_strip).filter(|name| !name.is_empty()) {
            match Absorber::ALL.into_iter().find(|absorber| absorber.name() == name) {
                Some(absorber) => absorbers.push(absorber),
                None => unknown.push(name.to_owned()),
            }
        }
        if unknown.is_empty() {
            return Ok(absorbers);
        }
        unknown.sort_unstable();
        unknown.dedup();
        Err(Failure::UnknownAbsorbers(unknown))
    }
}

/// The settings of a run; the host heap and the absorbers are floating's alone.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which reference is followed.
    pub generation: Generation,
    /// Pairs of thread ids, `canary=ours` by commas, instead of pairing by first call.
    pub tid_map: Option<String>,
    /// Whether what allocators return is replaced by ordinals.
    pub canonicalize_allocators: bool,
    /// Whether addresses of the host's heap are replaced by ordinals.
    pub canonicalize_host_heap: bool,
    /// The rules that are switched off.
    pub disabled: Vec<Absorber>,
}

impl Options {
    /// Returns the settings of a reference run without flags.
    pub fn new(generation: Generation) -> Options {
        Options {
            generation,
            tid_map: None,
            canonicalize_allocators: true,
            canonicalize_host_heap: true,
            disabled: Vec::new(),
        }
    }
}

/// Returns Python's `text.strip()`.
pub(super) fn python_strip(text: &str) -> &str {
    text.trim_matches(super::unicode::is_space)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_may_have_spaces_and_holes() {
        assert_eq!(
            Absorber::parse_list(" nested-cs,, shared-global "),
            Ok(vec![Absorber::NestedCs, Absorber::SharedGlobal])
        );
        assert_eq!(Absorber::parse_list(" "), Ok(vec![]));
    }

    #[test]
    fn unknown_names_are_collected_once_and_sorted() {
        assert_eq!(
            Absorber::parse_list("z,nested-cs,a,z"),
            Err(Failure::UnknownAbsorbers(vec!["a".into(), "z".into()]))
        );
    }
}

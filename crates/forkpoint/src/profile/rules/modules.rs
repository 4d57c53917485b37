//! Modules whose functions are looked at, as the user asked for it beside the profile.
//!
//! A function's module is what stands before the dot of its name (`KERNEL32.CreateFileW`); in whatever
//! case. Events without a module stay.

/// Which modules are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modules {
    /// Only these; none for all.
    pub only: Vec<String>,
    /// Not these.
    pub without: Vec<String>,
}

impl Modules {
    /// Returns whether functions of this name are left out.
    pub fn leaves_out(&self, name: &str) -> bool {
        let Some(module) = Self::of(name) else { return false };
        let is_one = |modules: &[String]| modules.iter().any(|one| Self::is(one, module));
        !self.only.is_empty() && !is_one(&self.only) || is_one(&self.without)
    }

    /// Returns the module of a function, if its name says.
    pub fn of(name: &str) -> Option<&str> {
        name.split_once('.').map(|(module, _)| module)
    }

    /// Returns whether `KERNEL32`, `kernel32` or `kernel32.dll` is the module.
    pub fn is(asked: &str, module: &str) -> bool {
        let bare =
            |name: &str| name.trim().to_ascii_lowercase().trim_end_matches(".dll").to_owned();
        bare(asked) == bare(module)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_what_stands_before_the_dot_in_whatever_case() {
        let only = |module: &str| Modules { only: vec![module.to_owned()], ..Modules::default() };
        for name in ["KERNEL32", "kernel32", "kernel32.dll"] {
            assert!(!only(name).leaves_out("KERNEL32.CreateFileW"));
            assert!(only(name).leaves_out("ntdll.NtCreateFile"));
            assert!(!only(name).leaves_out("PE DLL"));
        }
        let without = Modules { without: vec!["ntdll".to_owned()], ..Modules::default() };
        assert!(without.leaves_out("ntdll.NtClose") && !without.leaves_out("ntdll2.NtClose"));
    }
}

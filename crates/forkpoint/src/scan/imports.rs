//! Which functions are a program's imports, where a log prints an engine's own helpers in the same way.

use std::collections::HashSet;

/// This many names are read at most: all exports of a console's kernel are some thousand.
const MOST: usize = 1 << 16;

/// The functions whose calls are events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imports {
    names: HashSet<String>,
}

impl Imports {
    /// Reads a list: a name a line; what follows `#` is a comment.
    ///
    /// # Errors
    /// A sentence that says what was expected, with the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut names = HashSet::new();
        for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let name = line.split('#').next().unwrap_or_default().trim();
            if name.is_empty() {
                continue;
            }
            let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !is_name {
                return Err(format!(
                    "line {}: expected the name of one function, such as NtClose, found `{name}`",
                    at + 1
                ));
            }
            names.insert(name.to_owned());
            if names.len() > MOST {
                return Err(format!("more than {MOST} names"));
            }
        }
        if names.is_empty() {
            return Err("expected the name of a function a line, found none".to_owned());
        }
        Ok(Self { names })
    }

    /// Returns whether a function is among them.
    pub fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_a_line_with_comments() {
        let list = "\u{feff}# kernel\r\nNtClose\r\n\n  NtOpenFile # files\n";
        let imports = Imports::parse(list).unwrap();
        assert!(imports.contains("NtClose") && imports.contains("NtOpenFile"));
        assert!(!imports.contains("kernel") && !imports.contains("ntclose"));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for (list, said) in [
            ("", "found none"),
            ("# nothing\n", "found none"),
            ("NtClose\nNtOpenFile NtClose\n", "line 2"),
            ("d> F8000008 NtClose(F8000010)\n", "line 1"),
        ] {
            let error = Imports::parse(list).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}

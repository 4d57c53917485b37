//! Whose calls are looked at: those of the code at some addresses.
//!
//! What the libraries of an engine call among themselves is their own affair; what the program
//! calls is not. An event whose caller is elsewhere is left out, and counted.

use std::ops::Range;

use crate::error::Error;
use crate::formats::format::Format;
use crate::scan::callers::Callers;

/// The code whose calls are looked at, as the user names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallersOf {
    /// The code at these addresses; the end is not one of them.
    Addresses(Range<u64>),
    /// The code of this image, such as `game.exe`.
    Image(String),
}

impl CallersOf {
    /// Returns what `LO..HI` or the name of an image means.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let Some((low, high)) = text.split_once("..") else {
            return match text {
                "" => Err("expected LO..HI or the name of an image".to_owned()),
                name => Ok(Self::Image(name.to_owned())),
            };
        };
        let address = |text: &str| {
            // Addresses are hexadecimal wherever a log has them, and so they are here.
            let digits = text.trim().replace('_', "");
            let digits = digits.strip_prefix("0x").or(digits.strip_prefix("0X")).unwrap_or(&digits);
            let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            let address = u64::from_str_radix(digits, 16).ok().filter(|_| is_hex);
            address.ok_or_else(|| format!("expected an address such as 0x400000, found `{text}`"))
        };
        let range = address(low)?..address(high)?;
        if range.is_empty() {
            return Err(format!("expected a low address, then a higher one, found `{text}`"));
        }
        Ok(Self::Addresses(range))
    }

    /// Returns the addresses, for a log of this format that starts with `head`.
    ///
    /// # Errors
    /// When the format has no callers, or the log does not tell where the image lies.
    pub(super) fn resolve(
        &self,
        format: &Format,
        label: &str,
        head: &[u8],
    ) -> Result<Callers, Error> {
        let Some(images) = format.images else {
            let message = format!("is of the format {}, which names no callers", format.name);
            return Err(Error::new(label, message).hint("leave out --only-callers"));
        };
        match self {
            Self::Addresses(range) => Ok(Callers { ranges: vec![range.clone()] }),
            Self::Image(name) => {
                let ranges = images(head, name);
                if ranges.is_empty() {
                    return Err(Error::new(label, format!("does not tell where {name} lies"))
                        .hint(
                            "give its addresses: --only-callers 0x400000..0x600000; or log again \
                             with the loader's own lines (WINEDEBUG=+relay,+loaddll)",
                        ));
                }
                Ok(Callers { ranges })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_names_are_told_apart() {
        let addresses = |low, high| Ok(CallersOf::Addresses(low..high));
        assert_eq!(CallersOf::parse("0x400000..0x600000"), addresses(0x40_0000, 0x60_0000));
        for text in
            ["400000..600000", "0x400000..600000", "400000..0x600000", "0X400000 .. 60_0000"]
        {
            assert_eq!(CallersOf::parse(text), addresses(0x40_0000, 0x60_0000), "{text}");
        }
        assert_eq!(CallersOf::parse("game.exe"), Ok(CallersOf::Image("game.exe".to_owned())));
        for bad in ["", "5..5", "9..1", "0xzz..1", "..", "+1..2"] {
            assert!(CallersOf::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_end_is_not_one_of_them() {
        let callers = Callers { ranges: Vec::from([0x1000..0x1800, 0x1800..0x2000]) };
        assert!(callers.contains(0x1000) && callers.contains(0x1FFF));
        assert!(!callers.contains(0x2000) && !callers.contains(0xFFF));
    }
}

//! A value as it is shown, cut into pieces: numbers, and the bytes between them.

/// A piece of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A run of digits.
    Number(String),
    /// A byte, or what an escape stands for.
    Byte(Vec<u8>),
}

/// Cuts a value into pieces.
pub fn pieces(text: &str) -> Vec<Piece> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let length = match bytes[at] {
            _ if digits > 0 => digits,
            // A value is shown as JSON: the backslash of an escape is escaped.
            b'\\' if bytes[at..].starts_with(b"\\\\x") => 5,
            b'\\' if bytes[at..].starts_with(b"\\\\\\") => 4, // of a backslash or a quote
            b'\\' if bytes[at..].starts_with(b"\\\\") => 3,
            b'\\' => 2,
            _ => 1,
        };
        let end = (at + length).min(bytes.len());
        pieces.push(match digits {
            0 => Piece::Byte(bytes[at..end].to_vec()),
            _ => Piece::Number(text[at..end].to_owned()),
        });
        at = end;
    }
    pieces
}

/// Cuts a value into bytes; a digit is one.
pub fn by_byte(text: &str) -> Vec<Piece> {
    let cut = |piece| match piece {
        Piece::Number(digits) => digits.bytes().map(|byte| Piece::Byte(vec![byte])).collect(),
        byte @ Piece::Byte(_) => vec![byte],
    };
    pieces(text).into_iter().flat_map(cut).collect()
}

impl Piece {
    /// Returns whether this is this character.
    pub fn is(&self, character: u8) -> bool {
        matches!(self, Self::Byte(byte) if *byte == [character])
    }
}

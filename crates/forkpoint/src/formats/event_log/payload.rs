//! Hashes a payload under the rules while it is read, building nothing.
//!
//! Invariant: the result is that of [`Scan::event`](crate::scan::Scan::event) on the
//! payload as a tree. What cannot be known before the payload's end is left to the full reading.

use std::borrow::Cow;

use crate::formats::event_log::json::{Flaw, Reader};
use crate::profile::plan::{MaskedValue, Node};
use crate::scan::event_cache::Summary;
use crate::scan::symbols::{SymbolCache, SymbolTable};
use crate::scan::token;
use crate::value::{self, Value};

/// A payload with more members is read in full.
const MEMBERS: usize = 24;

/// Takes a payload and returns what it comes to; none if its members are not in the plain order:
/// the name first or not at all, no key twice.
///
/// # Errors
/// When it is not JSON.
pub fn summary(
    reader: &mut Reader<'_, '_>,
    kind: &str,
    symbols: &mut SymbolCache,
    table: &SymbolTable<'_>,
    asides: &mut Vec<MaskedValue>,
) -> Result<Option<Summary>, Flaw> {
    if reader.peek() != Some(b'{') {
        return Ok(None);
    }
    let name = reader.first_name();
    let (id, symbol) = symbols.of(table, kind, name);
    let mut of_shared: [Option<Value<'_>>; 3] = [None, None, None];
    let mut keys = [0; MEMBERS];
    let mut n_keys = 0;
    let mut sum = 0_u64;
    let mut plain = true;
    reader.object(|reader, key| {
        let named = n_keys == 0 && name.is_some();
        plain &= n_keys < MEMBERS && !key.escaped && (named || !matches!(key.text, "name" | "ord"));
        if !plain {
            return reader.hash().map(|_| ());
        }
        reader.peek();
        let key = reader.hash_string(key);
        plain &= !keys[..n_keys].contains(&key);
        keys[n_keys] = key;
        n_keys += 1;
        if let Some(field) =
            symbol.plan.shared.and_then(|shared| shared.iter().position(|&of| of == key))
        {
            let start = reader.position();
            of_shared[field] = Some(reader.value()?);
            reader.seek(start);
        }
        let hash = match symbol.plan.payload.member(key) {
            _ if named => reader.hash().map(|_| None)?, // it is the symbol's
            None => Some(reader.hash()?),
            Some(node) => treated(reader, node, key, asides)?,
        };
        if let Some(hash) = hash.filter(|&hash| hash != value::hash_null()) {
            sum = sum.wrapping_add(value::hash_member(key, hash));
        }
        Ok(())
    })?;
    if plain && symbol.plan.shared.is_some() {
        let [id, pointer, object_type] = &of_shared;
        token::note_shared(id.as_ref(), pointer.as_ref(), object_type.as_ref(), asides);
    }
    Ok(plain.then_some(Summary { symbol: id, symbol_hash: symbol.hash, sum }))
}

/// Takes a value and returns its hash as the rules leave it; none if they leave nothing.
fn treated(
    reader: &mut Reader<'_, '_>,
    node: &Node,
    path: u64,
    asides: &mut Vec<MaskedValue>,
) -> Result<Option<u64>, Flaw> {
    let hash = |value: Option<Value<'_>>| value.map(|value| value.hash());
    match reader.peek() {
        Some(b'"') => {
            let string = reader.string()?;
            let text =
                if string.escaped { reader.unescape(string) } else { Cow::Borrowed(string.text) };
            Ok(hash(node.canonical(Value::Text(text), path, asides)))
        }
        Some(b'{') if node.treats_members_only() => {
            let noted = asides.len();
            let start = reader.position();
            let sum = reader.sum_of_object(|reader, key| match node.member(key) {
                None => reader.hash().map(Some),
                Some(node) => treated(reader, node, path.rotate_left(7) ^ key, asides),
            })?;
            if let Some(sum) = sum {
                return Ok(Some(value::hash_object(sum)));
            }
            // A key that occurs twice: what its first value left aside does not count.
            asides.truncate(noted);
            reader.seek(start);
            let value = reader.value()?;
            Ok(hash(node.canonical(value, path, asides)))
        }
        _ => {
            let value = reader.value()?;
            Ok(hash(node.canonical(value, path, asides)))
        }
    }
}

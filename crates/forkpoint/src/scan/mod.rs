//! What formats write into: from lines to the columns of a trace.

pub mod block;
pub mod callers;
pub mod chunk;
pub mod elision;
pub mod event_cache;
pub mod file_thread;
pub mod imports;
pub mod symbols;
pub mod token;

use std::sync::Arc;

use crate::profile::plan::MaskedValue;
use crate::profile::{Pattern, Profile};
use crate::scan::callers::Callers;
use crate::scan::event_cache::Summary;
use crate::scan::imports::Imports;
use crate::scan::symbols::{SymbolCache, SymbolTable};
use crate::trace::SymbolId;
use crate::trace::parsed_event::ParsedEvent;
use crate::value::Value;

/// What one thread needs to scan blocks.
#[derive(Debug)]
pub struct Scan<'a> {
    /// The symbols of both logs.
    pub table: &'a SymbolTable<'a>,
    /// The symbols that this thread knows.
    pub symbols: SymbolCache,
    /// Whether an event's index is compared.
    pub compare_index: bool,
    /// Which file of the log is read.
    pub part: u16,
    /// Only calls from these addresses are events.
    pub callers: Option<&'a Callers>,
    /// Only these functions are the program's imports.
    pub imports: Option<&'a Imports>,
    /// How lines are read, if the profile says.
    pub pattern: Option<Arc<Pattern>>,
    /// What the rules left out of the event that is being scanned.
    pub asides: Vec<MaskedValue>,
    /// The thread that the file is named after.
    pub file_thread: Option<i64>,
}

impl<'a> Scan<'a> {
    /// Returns a scan of file number `part` of a log.
    pub fn new(
        table: &'a SymbolTable<'a>,
        profile: &Profile,
        part: u16,
        callers: Option<&'a Callers>,
    ) -> Self {
        Self {
            table,
            symbols: SymbolCache::default(),
            compare_index: profile.compare_index,
            part,
            callers,
            imports: None,
            pattern: profile.pattern().cloned(),
            asides: Vec::new(),
            file_thread: None,
        }
    }

    /// Returns the symbol, the token and (in `asides`) what was left out of an event that a format
    /// has parsed.
    pub fn event(&mut self, parsed: ParsedEvent<'_>) -> (SymbolId, u64) {
        let Summary { symbol, symbol_hash, sum } = self.summary(parsed);
        (symbol, token::of(symbol_hash, sum))
    }

    /// Returns what such an event comes to.
    pub fn summary(&mut self, parsed: ParsedEvent<'_>) -> Summary {
        let name = self.table.called(&parsed.kind, parsed.name.as_deref(), &parsed.payload);
        let (id, symbol) = self.symbols.of(self.table, &parsed.kind, name.as_deref());
        let index = parsed.index.filter(|_| self.compare_index);
        let mut sum = index.map_or(0, token::index);
        let node = &symbol.plan.payload;
        for (key, value) in parsed.payload {
            if key == "name" && matches!(value, Value::Text(_)) {
                continue; // the symbol has it
            }
            let key = crate::value::hash_bytes(key.as_bytes());
            let hash = match node.member(key) {
                None => (!value.is_null()).then(|| value.hash()),
                Some(node) => token::treated(node, value, key, &mut self.asides),
            };
            sum = sum.wrapping_add(hash.map_or(0, |hash| crate::value::hash_member(key, hash)));
        }
        Summary { symbol: id, symbol_hash: symbol.hash, sum }
    }
}

//! Gives each (kind, name) a number, once for both logs.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::profile::Profile;
use crate::trace::{Symbol, SymbolId, Symbols};
use crate::value::{Value, fold, hash_bytes};

/// The numbers given so far. Shared by all threads; each keeps a [`SymbolCache`] before it.
#[derive(Debug)]
pub struct SymbolTable<'a> {
    profile: &'a Profile,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    ids: HashMap<(String, Option<String>), SymbolId>,
    symbols: Vec<Arc<Symbol>>,
    /// How each name is spelled: of several spellings, the first by its letters.
    spelled: HashMap<SymbolId, String>,
}

impl<'a> SymbolTable<'a> {
    /// Returns a table without symbols; new ones get their plan from `profile`.
    pub fn new(profile: &'a Profile) -> Self {
        Self { profile, known: Mutex::default() }
    }

    /// Returns whether a rule distinguishes numbers in hexadecimal from others.
    pub fn tells_hex_apart(&self) -> bool {
        self.profile.tells_hex_apart()
    }

    /// Returns whether the profile calls some functions otherwise than the log.
    pub fn has_variants(&self) -> bool {
        self.profile.has_variants()
    }

    /// Returns what the profile calls the function of an event.
    pub fn called<'n>(
        &self,
        kind: &str,
        name: Option<&'n str>,
        payload: &[(Cow<'_, str>, Value<'_>)],
    ) -> Option<Cow<'n, str>>
    where
        'a: 'n,
    {
        name.map(|name| self.profile.called(kind, name, payload))
    }

    /// Returns the symbol of this kind and name.
    pub fn intern(&self, kind: &str, name: Option<&str>) -> (SymbolId, Arc<Symbol>) {
        let mut known = self.known.lock().expect("no thread panics while it holds the table");
        let folded = name.map(|name| self.folded(name));
        let key = (kind.to_owned(), folded.as_deref().map(str::to_owned));
        if let Some(&id) = known.ids.get(&key) {
            // Of several spellings the report has one, whichever was met first.
            if let Some(name) = name.filter(|name| Some(*name) != folded.as_deref()) {
                let least = known.spelled.entry(id).or_insert_with(|| name.to_owned());
                if name < least.as_str() {
                    name.clone_into(least);
                }
            }
            return (id, Arc::clone(&known.symbols[id.0 as usize]));
        }
        let id = SymbolId(known.symbols.len() as u32);
        if let Some(name) = name {
            known.spelled.insert(id, name.to_owned());
        }
        let symbol = Arc::new(Symbol {
            kind: kind.to_owned(),
            name: name.map(str::to_owned),
            plan: self.profile.plan(kind, name),
            role: self.profile.role(kind, name),
            may_be_renamed: self.profile.may_rename(kind, name),
            hash: symbol_hash(kind, folded.as_deref()),
        });
        known.symbols.push(Arc::clone(&symbol));
        known.ids.insert(key, id);
        (id, symbol)
    }

    /// Returns a name as it is compared: a module is one, in whatever case its name is written.
    fn folded<'n>(&self, name: &'n str) -> Cow<'n, str> {
        match name.rsplit_once('.') {
            Some((module, function))
                // In capitals throughout: a single one is no other way to spell it.
                if self.profile.folds_modules()
                    && module.bytes().any(|byte| byte.is_ascii_uppercase())
                    && !module.bytes().any(|byte| byte.is_ascii_lowercase()) =>
            {
                Cow::Owned(format!("{}.{function}", module.to_ascii_lowercase()))
            }
            _ => Cow::Borrowed(name),
        }
    }

    /// Returns those symbols so far that create a process.
    pub fn that_create_processes(&self) -> Vec<SymbolId> {
        let known = self.known.lock().expect("no thread panics while it holds the table");
        let symbols = known.symbols.iter().zip(0..);
        let creating = symbols.filter(|(symbol, _)| {
            self.profile.creates_process(&symbol.kind, symbol.name.as_deref())
        });
        creating.map(|(_, number)| SymbolId(number)).collect()
    }

    /// Returns those symbols so far whose kind may be a slip of the pen, with what may have been meant.
    pub fn with_odd_kinds(&self) -> Vec<(SymbolId, String, String)> {
        let known = self.known.lock().expect("no thread panics while it holds the table");
        let mut meant: HashMap<&str, Option<String>> = HashMap::new();
        let odd = known.symbols.iter().zip(0..).filter_map(|(symbol, number)| {
            let meant = meant
                .entry(&symbol.kind)
                .or_insert_with(|| self.profile.meant_kind(&symbol.kind))
                .clone()?;
            Some((SymbolId(number), symbol.kind.clone(), meant))
        });
        odd.collect()
    }

    /// Returns all symbols.
    pub fn finish(self) -> Symbols {
        let known = self.known.into_inner().expect("no thread panics while it holds the table");
        let mut symbols = known.symbols;
        for (id, name) in known.spelled {
            let symbol = &mut symbols[id.0 as usize];
            if symbol.name.as_deref() != Some(name.as_str()) {
                *symbol = Arc::new(Symbol { name: Some(name), ..Symbol::clone(symbol) });
            }
        }
        Symbols(symbols)
    }
}

/// Returns the hash of a kind and a name: different for each pair, equal in every run.
pub fn symbol_hash(kind: &str, name: Option<&str>) -> u64 {
    bytes_hash(kind, name.map(str::as_bytes))
}

/// One thread's memory of the table, so that it asks for each symbol once.
#[derive(Debug, Default)]
pub struct SymbolCache {
    known: HashMap<u64, (SymbolId, Arc<Symbol>), std::hash::BuildHasherDefault<AsIs>>,
}

impl SymbolCache {
    /// Returns the symbol of this kind and name.
    pub fn of(
        &mut self,
        table: &SymbolTable<'_>,
        kind: &str,
        name: Option<&str>,
    ) -> (SymbolId, &Symbol) {
        let entry =
            self.known.entry(symbol_hash(kind, name)).or_insert_with(|| table.intern(kind, name));
        (entry.0, &entry.1)
    }

    /// Returns the symbol of this kind and a name that need not be text: it is made text only once.
    #[inline]
    pub fn of_bytes(
        &mut self,
        table: &SymbolTable<'_>,
        kind: &str,
        name: Option<&[u8]>,
    ) -> (SymbolId, &Symbol) {
        let entry = self.known.entry(bytes_hash(kind, name)).or_insert_with(|| {
            let name = name.map(String::from_utf8_lossy);
            table.intern(kind, name.as_deref())
        });
        (entry.0, &entry.1)
    }
}

/// As [`symbol_hash`], of a name that need not be text.
fn bytes_hash(kind: &str, name: Option<&[u8]>) -> u64 {
    fold(hash_bytes(kind.as_bytes()), name.map_or(1, |name| hash_bytes(name) | 2))
}

/// Hashes what is a hash already.
#[derive(Debug, Default)]
pub struct AsIs(u64);

impl std::hash::Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash_bytes(bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

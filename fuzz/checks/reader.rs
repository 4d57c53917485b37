//! Any bytes as a log: no panic, every line is an event, a fault or skipped, and our scanner of JSON
//! takes exactly what serde_json takes.
//!
//! The fuzz target `reader` and the test `seeds` check this.

use forkpoint::formats::event_log::json::{Reader, Scratch};
use forkpoint::profile::Profile;
use forkpoint::read::{self, ReadOptions, Source};
use forkpoint::scan::block::BLOCK;
use forkpoint::scan::symbols::SymbolTable;
use forkpoint::trace::fault::FaultKind;
use std::sync::LazyLock;

static PROFILE: LazyLock<Profile> =
    LazyLock::new(|| Profile::load("xenia", &[]).expect("built in"));

/// How deep serde_json follows; ours stops at its own bound, which is not below.
const DEEP: usize = 100;

/// Panics if reading `bytes` as a log breaks one of these rules.
pub fn check(bytes: &[u8]) {
    scanner(bytes);
    let profile = &*PROFILE;
    for block in [7, BLOCK] {
        let Ok(source) = Source::of_bytes("fuzz.log", bytes) else { continue };
        let table = SymbolTable::new(profile);
        let options = ReadOptions { threads: 1, block, ..ReadOptions::default() };
        let Ok(trace) = read::read(vec![source], profile, &table, options) else { continue };
        let n_events: u64 = trace.lanes.iter().map(|lane| lane.n_events() as u64).sum();
        let n_skipped: u64 = trace.skipped.values().sum();
        let n_faults: u64 = trace
            .faults
            .0
            .iter()
            .filter(|(kind, _)| **kind != FaultKind::FallingIndex) // its event stays
            .map(|(_, fault)| fault.count)
            .sum();
        let is_plain = !bytes.starts_with(&[0x1F, 0x8B]) && !bytes.starts_with(&[0x28, 0xB5]);
        if is_plain {
            let ends = bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
            let rest = u64::from(!bytes.ends_with(b"\n")); // a last line without its end is one
            assert_eq!(n_events + n_skipped + n_faults, ends + rest, "each line once");
            assert_eq!(trace.n_lines, ends + rest, "each line is counted");
        }
        for lane in &trace.lanes {
            assert_eq!(lane.tokens.len(), lane.places.iter().count());
            assert_eq!(lane.tokens.len(), lane.symbols.len());
            assert!(lane.places.iter().is_sorted());
            for place in lane.places.iter() {
                let line = trace.lines.bytes(place).expect("a line that was read is there");
                // An event of schema v1 is text; what Wine writes need not be.
                let text = String::from_utf8_lossy(&line);
                assert!(!trace.is_event_log || std::str::from_utf8(&line).is_ok());
                assert!(trace.event(place).is_some(), "an event reads again: {text}");
            }
        }
    }
}

fn scanner(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let depth = text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count();
    if depth > DEEP {
        return; // the bounds on depth need not be the same
    }
    let mut scratch = Scratch::default();
    let mut reader = Reader::new(text, &mut scratch);
    let hash = reader.hash().and_then(|hash| reader.end().map(|()| hash));
    let mut scratch = Scratch::default();
    let mut reader = Reader::new(text, &mut scratch);
    let value = reader.value().and_then(|value| reader.end().map(|()| value.hash()));
    assert_eq!(hash.is_ok(), value.is_ok(), "both readers take the same: {text}");
    if let (Ok(hash), Ok(value)) = (&hash, &value) {
        assert_eq!(hash, value, "both readers see the same: {text}");
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => assert!(hash.is_ok(), "serde_json takes it: {text}"),
        Err(error) => assert!(hash.is_err(), "serde_json refuses it, {error}: {text}"),
    }
}

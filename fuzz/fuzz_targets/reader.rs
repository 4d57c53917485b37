//! Any bytes as a log; what holds of them is in checks/reader.rs.

#![no_main]

#[path = "../checks/reader.rs"]
mod reader;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| reader::check(bytes));

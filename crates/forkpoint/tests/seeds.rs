//! What the fuzz target `reader` checks holds of its own seeds, or it would fuzz nothing.

#[path = "../../../fuzz/checks/reader.rs"]
mod reader;

use std::path::Path;

#[test]
fn the_reader_keeps_its_rules_on_each_seed_and_each_part_of_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/reader");
    let seeds: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|seed| seed.unwrap().path()).collect();
    assert!(seeds.iter().any(|seed| seed.ends_with("bad.jsonl")));
    for seed in seeds {
        let bytes = std::fs::read(&seed).unwrap();
        reader::check(&bytes);
        for end in (0..bytes.len()).step_by(bytes.len() / 50 + 1) {
            reader::check(&bytes[..end]);
        }
    }
}

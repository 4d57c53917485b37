//! The pages that the program writes are the pages in docs/.
//!
//! `FORKPOINT_BLESS=1 cargo test --test manual` writes them anew.

use std::path::Path;

fn equals(page: &str, written: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    if std::env::var_os("FORKPOINT_BLESS").is_some() {
        std::fs::write(&path, written).expect("docs/ can be written to");
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stands == written, "docs/{page} is not what the program writes: FORKPOINT_BLESS=1");
}

#[test]
fn the_page_of_classes_is_current() {
    equals("classes.md", &forkpoint::manual::classes());
}

#[test]
fn the_page_of_profiles_is_current() {
    equals("profiles.md", &forkpoint::manual::profiles());
}

//! The calls of each function in both logs: their form.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod schema;

use forkpoint::analysis::Options;
use forkpoint::logs::Logs;
use forkpoint::pair::Pair;
use forkpoint::profile::Profile;
use forkpoint::read::ReadOptions;
use forkpoint::stat::Stat;

#[test]
fn the_schema_is_current_and_counts_follow_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let reference = path("a", "7 getuid() = 0\n7 getgid() = 0\n");
    let candidate = path("b", "7 getuid() = 0\n7 getuid() = 0\n7 getgid() = 1\n");
    let paths = Pair::new(&reference, &candidate).map(std::slice::from_ref);
    let profile = Profile::load("linux", &[]).unwrap();
    let logs = Logs::open(paths, None).unwrap().profile(profile);
    let logs = logs.read(ReadOptions::default()).unwrap();
    let report = logs.compare(&Options::default()).unwrap();
    let stat = Stat::of(&logs, &report);
    let getuid = stat.functions.iter().find(|function| function.name == "getuid").unwrap();
    assert_eq!(getuid.calls, Pair::new(1, 2));
    assert!(stat.functions[0].findings > 0, "those first that findings are about: {stat:?}");
    schema::holds("stat", &[stat]);
}

//! Wine relay logs: real ones, against figures and verdicts typed by hand.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;

use forkpoint::analysis::Options;
use forkpoint::logs::compare;
use forkpoint::pair::{Pair, Side};
use forkpoint::profile::{Modules, Profile};
use forkpoint::read::{self, CallersOf, ReadOptions, Source};
use forkpoint::render::{Format, TextOptions, to_string};
use forkpoint::report::{Report, Verdict};
use forkpoint::scan::symbols::SymbolTable;
use forkpoint::trace::Trace;

const NINJA: [&str; 2] =
    ["../../examples/ninja/ninja.wine8.A.log.gz", "../../examples/ninja/ninja.wine10.A.log.gz"];

const NINJA_IMAGE: &str = "0x140000000..0x140100000";

const SEVEN_ZIP: [&str; 3] = [
    "tests/data/wine/7za.wine8.A.log.gz",
    "tests/data/wine/7za.wine8.B.log.gz",
    "tests/data/wine/7za.wine10.A.log.gz",
];

const SEVEN_ZIP_IMAGE: &str = "0x400000..0x600000";

fn source(path: &str) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    Source::open(path.to_str().unwrap()).unwrap()
}

fn read(path: &str, options: ReadOptions<'_>) -> Trace {
    let profile = Profile::load("wine", &[]).unwrap();
    let table = SymbolTable::new(&profile);
    read::read(vec![source(path)], &profile, &table, options).unwrap()
}

/// Compares two logs with the profile that suits their format.
fn diff(paths: [&str; 2], callers: Option<&str>, without: &[&str]) -> Report {
    let sources = paths.map(source);
    let name = read::recognise(&sources[0]).unwrap().profile;
    let without: Vec<String> = without.iter().map(|&id| id.to_owned()).collect();
    let profile = Profile::load(name, &without).unwrap();
    let table = SymbolTable::new(&profile);
    let callers = callers.map(|text| CallersOf::parse(text).unwrap());
    let options = ReadOptions { callers: callers.as_ref(), ..ReadOptions::default() };
    let [reference, candidate] =
        sources.map(|source| read::read(vec![source], &profile, &table, options).unwrap());
    let traces = Pair::new(reference, candidate);
    compare(&traces, &table.finish(), &profile, &Options::default())
}

/// Lines, events, and skipped lines by reason.
fn figures(trace: &Trace) -> (u64, usize, Vec<(&'static str, u64)>) {
    (
        trace.n_lines,
        trace.n_events(),
        trace.skipped.iter().map(|(why, n)| (why.reason, *n)).collect(),
    )
}

#[test]
fn every_line_is_an_event_or_skipped_by_name() {
    let trace = read(NINJA[0], ReadOptions::default());
    let skipped = vec![
        ("a fixme message", 1),
        ("a trace message", 10),
        ("no thread: written by a shell or by the program", 2),
    ];
    assert_eq!(figures(&trace), (11_494, 11_481, skipped));
    assert!(trace.faults.is_empty());
    let lanes: Vec<String> = trace.lanes.iter().map(|lane| trace.lane_name(lane.key)).collect();
    assert_eq!(lanes, ["0120:0124", "0128:012c", "0130:0134", "0138:013c"]);
}

#[test]
fn nothing_depends_on_where_blocks_are_cut() {
    let whole = read(NINJA[0], ReadOptions::default());
    let cut = read(NINJA[0], ReadOptions { block: 1000, threads: 3, ..ReadOptions::default() });
    assert_eq!(figures(&whole), figures(&cut));
    for (a, b) in whole.lanes.iter().zip(&cut.lanes) {
        assert_eq!((a.key, &a.tokens, &a.places), (b.key, &b.tokens, &b.places));
        assert_eq!(a.asides, b.asides);
    }
}

#[test]
fn only_calls_from_the_program_are_read_and_the_others_counted() {
    let callers = CallersOf::parse(NINJA_IMAGE).unwrap();
    let options = ReadOptions { callers: Some(&callers), ..ReadOptions::default() };
    let trace = read(NINJA[0], options);
    assert_eq!(trace.lanes[0].n_events(), 1_620);
    let left_out: u64 = trace.skipped.values().sum();
    assert_eq!(trace.n_events() as u64 + left_out, trace.n_lines);
}

#[test]
fn an_image_that_the_log_does_not_place_is_an_error_with_a_way_out() {
    let profile = Profile::load("wine", &[]).unwrap();
    let table = SymbolTable::new(&profile);
    let callers = CallersOf::parse("ninja.exe").unwrap();
    let options = ReadOptions { callers: Some(&callers), ..ReadOptions::default() };
    let error = read::read(vec![source(NINJA[0])], &profile, &table, options).unwrap_err();
    assert!(error.to_string().contains("does not tell where ninja.exe lies"), "{error}");
    assert!(error.hint.unwrap().contains("+loaddll"));
    let callers = CallersOf::parse("kernelbase.dll").unwrap();
    let options = ReadOptions { callers: Some(&callers), ..ReadOptions::default() };
    assert!(read(NINJA[0], options).n_events() > 1000);
}

#[test]
fn two_runs_of_one_engine_are_identical() {
    let paths = [SEVEN_ZIP[0], SEVEN_ZIP[1]];
    let all = diff(paths, None, &[]);
    assert_eq!((all.verdict, all.matched), (Verdict::Identical, 19_530));
    let own = diff(paths, Some(SEVEN_ZIP_IMAGE), &[]);
    assert_eq!((own.verdict, own.matched), (Verdict::Identical, 9_674));
}

#[test]
fn what_7_zip_calls_is_the_same_on_both_versions() {
    let report = diff([SEVEN_ZIP[0], SEVEN_ZIP[2]], Some(SEVEN_ZIP_IMAGE), &[]);
    assert_eq!(report.profile.name, "wine");
    assert_eq!((report.verdict, report.matched), (Verdict::Identical, 9_674));
    let elsewhere = "lines: call from elsewhere (--only-callers)";
    let left_out = report.not_compared.iter().find(|left_out| left_out.what == elsewhere).unwrap();
    assert_eq!(left_out.counts, Pair::new(9_780, 9_804));
}

#[test]
fn each_rule_that_7_zip_needs_is_needed() {
    let rules: [&[&str]; 5] = [
        &["address"],
        &["handle", "handle-passed-on"],
        &["stale-upper-half"],
        &["no-value"],
        &["address-by-size"],
    ];
    for rule in rules {
        let report = diff([SEVEN_ZIP[0], SEVEN_ZIP[2]], Some(SEVEN_ZIP_IMAGE), rule);
        assert_eq!(report.verdict, Verdict::Diverged, "without {rule:?}");
    }
}

#[test]
fn ninja_first_differs_where_wine_8_lacks_a_function() {
    let report = diff(NINJA, Some(NINJA_IMAGE), &[]);
    assert_eq!(report.verdict, Verdict::Diverged);
    let first = &report.origins[0];
    assert_eq!(first.class.name(), "return-value");
    let lanes: Vec<_> = first.sites.iter().map(|site| (site.lane.as_str(), site.line)).collect();
    assert_eq!(lanes, [("0120:0124", 1074), ("013c:0140", 1089)]);
    assert_eq!(first.sites[0].name, "return KERNEL32.GetProcAddress");
    let before = first.context.iter().rev().find_map(|row| {
        let event = row.events.reference.as_ref()?;
        (event.line == 1073).then_some(&event.canonical)
    });
    assert!(before.unwrap().contains(r#"text.1="GetTempPath2W""#), "{before:?}");
    let value = &first.differences[0];
    assert_eq!(value.field, "return_value");
    assert_eq!(value.values.reference.as_deref(), Some("0x0"));
}

#[test]
fn what_ninja_finds_later_is_told_and_noise_is_not() {
    let report = diff(NINJA, Some(NINJA_IMAGE), &[]);
    let lines = |finding: &forkpoint::report::FindingView| {
        finding.sites.iter().map(|site| site.line).collect::<Vec<_>>()
    };
    let of_the_program =
        |finding: &&forkpoint::report::FindingView| finding.sites[0].lane == "0120:0124";
    let origins: Vec<_> = report.origins.iter().filter(of_the_program).map(lines).collect();
    // GetTempPath2W, and the attributes of .ninja_lock.
    assert_eq!(origins, [[1074, 1089], [11_340, 11_532]]);
    // The last error that GetProcAddress left behind; and ninja writes times as decimal numbers: of
    // them only the length is in the log.
    let consequences: Vec<_> =
        report.consequences.iter().filter(of_the_program).map(lines).collect();
    let pairs: Vec<_> = consequences.iter().map(|sites| &sites[..2]).collect();
    assert_eq!(pairs, [[1280, 1295], [5809, 6659], [8825, 8747], [11_311, 11_503]]);
    // The last error is blamed on the call that left it.
    assert_eq!(consequences[0][2], 1089);
    let program = &report.lanes[0];
    assert_eq!(program.aligned, Pair::new(1_620, 1_620));
    let excused = |rule: &str| report.excused.iter().find(|excused| excused.rule == rule).unwrap();
    // It is reported once; that it is still there after functions that succeeded is noise.
    let first = excused("stale-last-error").example.as_ref().unwrap();
    assert!(first.reference.line > 1280 && first.candidate.line > 1295);
    assert!(excused("own-process-in-text").differences > 0);
}

#[test]
fn the_size_of_the_environment_is_excused_by_a_rule_that_says_so() {
    let report = diff(NINJA, Some(NINJA_IMAGE), &[]);
    let excused = |rule: &str| report.excused.iter().find(|excused| excused.rule == rule);
    assert!(excused("environment-size").unwrap().why.contains("environment is an input"));
    assert!(excused("environment-memory").is_some());
    let report = diff(NINJA, Some(NINJA_IMAGE), &["environment-size"]);
    assert_eq!((report.origins[0].sites[0].line, report.origins[0].sites[1].line), (879, 894));
}

#[test]
fn the_program_pairs_with_the_program_and_children_with_children() {
    let report = diff(NINJA, Some(NINJA_IMAGE), &[]);
    let pairs: Vec<_> = report
        .lanes
        .iter()
        .map(|lane| (lane.names.reference.as_str(), lane.names.candidate.as_str()))
        .collect();
    let expected = [
        ("0120:0124", "013c:0140"),
        ("0128:012c", "0144:0148"),
        ("0130:0134", "014c:0150"),
        ("0138:013c", "0154:0158"),
    ];
    assert_eq!(pairs, expected);
}

#[test]
fn calls_of_other_modules_are_left_out_by_a_rule_that_says_so() {
    let log = |number: &str| {
        format!(
            "0024:Call KERNEL32.Sleep(00000001) ret=140001000\n\
             0024:Call ntdll.NtDelayExecution({number},00000000) ret=7b010000\n\
             0024:Ret  ntdll.NtDelayExecution() retval=00000000 ret=7b010000\n\
             0024:Ret  KERNEL32.Sleep() retval=00000000 ret=140001000\n\
             0024:Starting thread proc 0000000140001000 (arg=0000000000000000)\n"
        )
    };
    let compared = |modules: Modules| {
        let profile = Profile::load("wine", &[]).unwrap().of_modules(modules);
        let table = SymbolTable::new(&profile);
        let logs = Pair::new(log("00000001"), log("00000002"));
        let traces = logs.map(|log| {
            let source = vec![Source::of_bytes("x.log", log.as_bytes()).unwrap()];
            read::read(source, &profile, &table, ReadOptions::default()).unwrap()
        });
        compare(&traces, &table.finish(), &profile, &Options::default())
    };
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(compared(Modules::default()).verdict, Verdict::Diverged);
    for modules in [
        Modules { without: named(&["NTDLL.dll"]), ..Modules::default() },
        Modules { only: named(&["kernel32"]), ..Modules::default() },
    ] {
        let report = compared(modules);
        assert_eq!((report.verdict, report.matched), (Verdict::Identical, 3));
        let left: u64 = report.not_compared.iter().map(|entry| entry.counts.reference).sum();
        assert_eq!(left, 2);
        assert!(report.not_compared[0].why.contains("(rule modules)"), "{:?}", report.not_compared);
    }
    // What is left out of one module does not reach into another.
    let other = compared(Modules { without: named(&["user32"]), ..Modules::default() });
    assert_eq!(other.verdict, Verdict::Diverged);
    // Where nothing is left, nothing is identical.
    let none = compared(Modules { only: named(&["user32"]), ..Modules::default() });
    assert_eq!((none.verdict, none.matched), (Verdict::Identical, 1), "PE DLL has no module");
}

/// What is in a relay log, a line of each sort.
const SORTS: &[u8] = br#"it looks like wine32 is missing
870.447:0120:0124:trace:relay:load_list L"RelayExclude" = L"ntdll.48;x"
870.459:0120:0124:Call PE DLL (proc=0000000170068C10,module=0000000170000000 L"ntdll.dll",reason=PROCESS_ATTACH,res=000000000011FB00)
870.459:0120:0124:Ret  PE DLL (proc=0000000170068C10,module=0000000170000000 L"ntdll.dll",reason=PROCESS_ATTACH,res=000000000011FB00) retval=1
870.481:0120:0124:Starting thread proc 000000014003EE6C (arg=0000000067FF0000)
870.487:0120:0124:Call KERNEL32.GetProcAddress(7b600000,140073ed0 "Get\"Temp,) ret=1") ret=14003e7ed
870.487:0120:0124:Ret  KERNEL32.GetProcAddress() retval=00000000 ret=14003e7ed
870.797:0128:012c:fixme:ntdll:NtQuerySystemInformation info_class 2
870.797:0128:012c:Call KERNEL32.ExitProcess(00000000) ret=140059f77
"#;

#[test]
fn whatever_is_damaged_each_line_is_told_once_and_nothing_panics() {
    let profile = Profile::load("wine", &[]).unwrap();
    let wine = forkpoint::formats::format("wine").unwrap();
    let mut seed: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let mut n_damaged = 0;
    for _ in 0..2_000 {
        let mut bytes = SORTS.to_vec();
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            match random(4) {
                0 => bytes[at] = random(256) as u8,
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, b"(),=\"\\ \n\xFF"[random(9)]),
                _ => bytes.truncate(at + 1),
            }
        }
        let ends = bytes.iter().filter(|&&byte| byte == b'\n').count();
        let n_lines = ends + usize::from(!bytes.ends_with(b"\n"));
        let table = SymbolTable::new(&profile);
        let log = || vec![Source::of_bytes("damaged.log", &bytes).unwrap()];
        let options = ReadOptions { format: Some(wine), threads: 1, ..ReadOptions::default() };
        let Ok(trace) = read::read(log(), &profile, &table, options) else { continue };
        let skipped: u64 = trace.skipped.values().sum();
        let shown = trace.n_events() as u64 + skipped + trace.faults.count();
        assert_eq!(shown, n_lines as u64, "{}", String::from_utf8_lossy(&bytes));
        n_damaged += usize::from(!trace.faults.is_empty());
        let cut = ReadOptions { block: 40, ..options };
        let again = read::read(log(), &profile, &table, cut).unwrap();
        assert_eq!(figures(&again), figures(&trace));
        let report =
            compare(&Pair::new(trace, again), &table.finish(), &profile, &Options::default());
        assert_ne!(report.verdict, Verdict::Diverged, "{}", String::from_utf8_lossy(&bytes));
    }
    assert!(n_damaged > 200, "only {n_damaged} logs were damaged");
}

/// What is said where a function returns one value and then another, and what the echo behind it gives.
fn headline(function: &str, results: [&str; 2], echo: [&str; 2]) -> String {
    let logs = [0, 1].map(|run| {
        let calls = [
            ("KERNEL32.GetVersion", "00000001"),
            (function, results[run]),
            ("KERNEL32.GetLastError", echo[run]),
            ("KERNEL32.GetTickCount", "00000007"),
        ];
        let lines = calls.map(|(name, result)| {
            let back = "ret=140001000";
            format!("0024:Call {name}() {back}\n0024:Ret  {name}() retval={result} {back}\n")
        });
        lines.concat()
    });
    let sources = logs.map(|log| Source::of_bytes("a.log", log.as_bytes()).unwrap());
    let profile = Profile::load("wine", &[]).unwrap();
    let table = SymbolTable::new(&profile);
    let [reference, candidate] = sources
        .map(|source| read::read(vec![source], &profile, &table, ReadOptions::default()).unwrap());
    let traces = Pair::new(reference, candidate);
    let report = compare(&traces, &table.finish(), &profile, &Options::default());
    report.origins.first().map(|first| first.summary.clone()).unwrap_or_default()
}

#[test]
fn errors_are_called_by_their_names() {
    for (function, result, name) in [
        ("ntdll.NtOpenFile", "c0000034", "(0xc0000034 is STATUS_OBJECT_NAME_NOT_FOUND)"),
        ("ole32.CoCreateInstance", "80040154", "(0x80040154 is REGDB_E_CLASSNOTREG)"),
        ("advapi32.RegOpenKeyExW", "00000002", "(0x2 is ERROR_FILE_NOT_FOUND)"),
    ] {
        let said = headline(function, ["00000000", result], ["00000000"; 2]);
        assert!(said.ends_with(name), "{said}");
        let said = headline(function, [result, "00000000"], ["00000000"; 2]);
        assert!(said.ends_with(name), "{said}");
    }
    // The profile remarks on this one, and names it there.
    let said = headline("ntdll.NtOpenFile", ["00000000", "c0000002"], ["00000000"; 2]);
    assert_eq!(said.matches("STATUS_NOT_IMPLEMENTED").count(), 1, "{said}");
}

#[test]
fn the_error_that_is_asked_for_behind_a_failure_is_quoted() {
    let gives = "KERNEL32.GetLastError of the candidate then gives ERROR_FILE_NOT_FOUND";
    for (function, results) in [
        ("KERNEL32.CreateFileA", ["00000044", "ffffffff"]),
        ("KERNEL32.DeleteFileA", ["00000001", "00000000"]),
    ] {
        let said = headline(function, results, ["00000000", "00000002"]);
        assert!(said.contains(gives), "{said}");
        let said = headline(function, results, ["00000000"; 2]);
        assert!(!said.contains("then gives"), "{said}");
    }
    // What it returns itself is the error, and 0 is none.
    let said = headline("ntdll.NtOpenFile", ["c0000034", "00000000"], ["00000002"; 2]);
    assert!(!said.contains("then gives"), "{said}");
}

#[test]
fn ninja_fits_a_screen_of_eighty_columns() {
    let mut report = diff(NINJA, Some(NINJA_IMAGE), &[]);
    for site in report.origins.iter_mut().flat_map(|finding| &mut finding.sites) {
        site.file = "examples/ninja/ninja.log.gz".to_owned();
    }
    for side in Side::BOTH {
        report.inputs.on_mut(side).files = vec!["examples/ninja/ninja.log.gz".to_owned()];
    }
    let options = TextOptions { width: Some(80), ..TextOptions::default() };
    let page = to_string(&report, Format::Text, options);
    // The two commands that the command line adds take six more.
    assert!(page.lines().count() <= 54, "{page}");
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    assert!(page.contains("GetTempPath2W") && page.contains(".ninja_lock"), "{page}");
}
